/* Disputes, calibration, files in and files out: what the buttons of those views do. */

Object.assign(actions, {
  decide: async (button) => {
    const form = button.closest("[data-form]");
    const asked = { dispute: form.dataset.dispute, step: button.dataset.step, reason: form.querySelector("[data-field=reason]")?.value || "" };
    if (asked.step === "changed") {
      const { outcome, value } = answerOf(form.querySelector(".p-new"));
      Object.assign(asked, { outcome: value === null ? outcome : null, value });
    }
    button.disabled = true;
    const answer = await ask("decide", asked);
    button.disabled = false;
    problemIn(form, answer.problem);
    if (!answer.problem) {
      await loadView("disputes", LOADED.disputes);
      loadQueue();
    }
  },
  calibrate: async (button) => {
    const form = button.closest("[data-form]");
    button.disabled = true;
    const answer = await ask("calibrate", fieldsOf(form));
    button.disabled = false;
    problemIn(form, answer.problem);
    if (!answer.problem) go("calibration", { session: answer.session });
  },
  rater: (button) => {
    const field = button.closest("[data-form]").querySelector("[data-field=raters]");
    const names = field.value.split(",").map((one) => one.trim()).filter(Boolean);
    if (!names.includes(button.dataset.rater)) field.value = [...names, button.dataset.rater].join(", ");
    button.remove();
    field.focus();
  },
  handin: () => handIn(),
  adopt: async (button) => {
    const form = button.closest("[data-form]");
    const session = element.querySelector("[data-session]").dataset.session;
    const answer = await ask("adopt", { session, criterion: form.dataset.criterionAdopt, ...fieldsOf(form) });
    problemIn(form, answer.problem);
    if (!answer.problem) flash(button, say("adopted"));
  },
  lookat: lookAt,
  send,
  again: () => loadView("upload"),
  export: saveExport,
});

// -- calibration: one's own answers, before anybody else's ---------------------------------------

async function openBlind(contact) {
  const session = element.querySelector("[data-session]").dataset.session;
  const answer = await ask("blind", { session, contact });
  const pane = part("blind");
  if (answer.problem) return pane.replaceChildren(h("p", { class: "u-error", role: "alert" }, answer.problem));
  const transcript = h("div", { class: "k-words r-scroll", tabindex: "0", role: "region", "aria-label": say("transcript") });
  const card = h("div", { class: "k-card" });
  transcript.innerHTML = answer.transcript;
  card.innerHTML = answer.card;
  pane.replaceChildren(transcript, card);
  colourIn(transcript);
  for (const button of all("[data-blind]")) button.setAttribute("aria-pressed", String(button.dataset.blind === contact));
}

async function handIn() {
  const card = element.querySelector(".k-card");
  const foot = card?.querySelector("[data-calibration]");
  if (!foot) return;
  const problem = part("blind-problem");
  const answers = all(".c", card).map((node) => ({ criterion: node.dataset.criterion, ...answerOf(node) }));
  const open = answers.filter((one) => one.outcome === null && (one.value === null || one.value === undefined));
  const missing = open.filter((one) => byId("data-criterion", one.criterion, card).dataset.kind !== "text");
  if (missing.length) {
    problem.hidden = false;
    problem.textContent = many("answers_missing", missing.length);
    return byId("data-criterion", missing[0].criterion, card).querySelector("input, select")?.focus();
  }
  const { calibration: session, contact } = foot.dataset;
  const answer = await ask("handin", { session, contact, answers: answers.filter((one) => !open.includes(one)).map((one) => ({ ...one, outcome: one.value === null ? one.outcome : null })) });
  problem.hidden = !answer.problem;
  problem.textContent = answer.problem || "";
  if (answer.problem) return;
  await loadView("calibration", { session });
  if (answer.next) openBlind(answer.next);
}

// -- files in -------------------------------------------------------------------------------------

let chosenFiles = [];

function chooseFiles(files) {
  chosenFiles = [...files].filter((file) => file.size > 0).slice(0, 200);
  const drop = part("drop").querySelector("strong");
  drop.textContent = chosenFiles.length ? many("files_chosen", chosenFiles.length) : say("drop_here");
  element.querySelector("[data-act='lookat']").disabled = !chosenFiles.length;
}

function wizard(step) {
  for (const pane of all("[data-pane]")) pane.hidden = pane.dataset.pane !== String(step);
  for (const mark of all("[data-at]")) {
    mark.classList.toggle("is-done", Number(mark.dataset.at) < step);
    Number(mark.dataset.at) === step ? mark.setAttribute("aria-current", "step") : mark.removeAttribute("aria-current");
  }
  element.querySelector("[data-act='lookat']").hidden = step !== 1;
  element.querySelector("[data-act='send']").hidden = step !== 2;
}

const agentQuery = () => {
  const agent = part("upload-agent").value.trim();
  return agent ? `?agent=${encodeURIComponent(agent)}` : "";
};

/* One request per file, so that a bad one spoils no other and says why on its own line. */
async function lookAtFile(file) {
  const lost = (problem) => ({ files: [{ path: file.name, reason: problem.message, contacts: [], total: 0 }] });
  const found = await request("POST", `/api/v1/ingest/preview${agentQuery()}`, fileForm(file)).catch(lost);
  return found.files[0];
}

let looked = [];

async function lookAt() {
  wizard(2);
  part("preview").replaceChildren(...skeleton(4));
  keptMappings = JSON.parse(part("kept-columns").dataset.kept);
  mappings.clear();
  looked = [];
  for (const [at, file] of chosenFiles.entries()) {
    part("preview-state").textContent = say("looking", { at: at + 1, of: chosenFiles.length });
    let one = await lookAtFile(file);
    /* A table in which nobody is the agent, or that could not be read, is read by a kept mapping that fits. */
    const unsure = one.reason || !one.contacts.some((contact) => contact.roles.agent);
    const kept = unsure && one.columns ? keptMappings.find((mapping) => fitsTable(one.columns, mapping)) : null;
    if (kept) {
      mappings.set(file, { columns: kept.columns, speakers: kept.speakers });
      one = await lookAtFile(file);
    }
    looked.push([file, one]);
  }
  showLook();
}

function showLook() {
  const good = looked.filter(([, one]) => !one.reason);
  chosenFiles = good.map(([file]) => file);
  part("preview-state").textContent = say("looked", { good: good.length, bad: looked.length - good.length });
  part("preview").replaceChildren(...looked.map(([file, one]) => previewOf(file, one)));
  element.querySelector("[data-act='send']").disabled = !good.length;
}

function previewOf(file, one) {
  if (one.reason) return h("li", { class: "w-file is-bad", "data-file": file.name }, h("strong", {}, file.name), h("p", { class: "w-why" }, one.reason), columnsOf(file, one));
  return h("li", { class: "w-file", "data-file": file.name },
    h("p", {}, h("strong", {}, file.name), " ", h("span", { class: "u-quiet" }, `${many("contacts", one.total)} · ${one.contacts[0]?.format || ""}`)),
    one.contacts.map((contact, at) => h("details", { open: at === 0 && mappings.has(file) },
      h("summary", {}, `${contact.id} · ${many("turns", contact.turns)} · ${Object.entries(contact.roles).map(([role, n]) => `${say(`role_${role}`)} ${n}`).join(", ")}`,
        contact.known ? h("span", { class: "u-chip is-warn" }, say("already_there")) : null,
        contact.warnings.length ? h("span", { class: "u-chip is-warn" }, many("reader_notes", contact.warnings.length)) : null),
      contact.warnings.map((words) => h("p", { class: "u-quiet" }, words)),
      contact.first.map((turn) => h("p", { class: "w-turn" }, h("span", { class: "u-quiet" }, say(`role_${turn.speaker}`)), " ", turn.text)))),
    leftOut(one), columnsOf(file, one));
}

async function send() {
  wizard(3);
  let contacts = 0;
  let refused = 0;
  const bar = part("progress");
  bar.max = chosenFiles.length;
  part("file-list").replaceChildren(...chosenFiles.map((file) =>
    h("li", { "data-file": file.name, "data-state": "ready" }, h("span", { class: "r-file-name" }, file.name),
      h("span", { class: "u-quiet" }, `${Math.max(1, Math.round(file.size / 1024))} KB`), h("span", { class: "r-file-state" }, say("file_ready")))));
  for (const [number, file] of chosenFiles.entries()) {
    const line = byId("data-file", file.name, part("file-list"));
    const tell = (text, state) => {
      line.querySelector(".r-file-state").textContent = text;
      line.dataset.state = state;
    };
    tell(say("file_reading"), "busy");
    try {
      const report = await request("POST", `/api/v1/ingest${agentQuery()}`, fileForm(file));
      const { stored: made, rejected: bad } = report;
      let unscored = 0;
      for (const [at, contact] of made.entries()) {
        tell(say("file_scoring", { at: at + 1, of: made.length }), "busy");
        /* Without a scorecard the contact waits in the queue as it is. */
        const scored = await ask("score", { contact });
        unscored += Boolean(scored.problem);
      }
      contacts += made.length;
      refused += bad.length;
      const told = [made.length ? many("contacts", made.length) : "", unscored ? say("file_unscored", { n: unscored }) : "", ...bad.slice(0, 5).map((entry) => entry.reason), bad.length > 5 ? "…" : ""];
      tell(told.filter(Boolean).join("; "), bad.length ? "bad" : "ok");
    } catch (problem) {
      refused += 1;
      tell(problem.message, "bad");
    }
    bar.value = number + 1;
    part("upload-state").textContent = say("upload_progress", { at: number + 1, of: chosenFiles.length, contacts, refused });
  }
  part("to-queue").hidden = false;
  part("to-queue").focus();
  chosenFiles = [];
  filters = { status: "waiting" };
  offset = 0;
  showFilters();
  loadQueue({ facets: true });
}

// -- files out ------------------------------------------------------------------------------------

/* Fetched and then saved, so that a problem is said here and no page is left. */
async function saveExport(button) {
  const form = button.closest("[data-form]");
  const { ...choice } = fieldsOf(form);
  const format = form.querySelector("[name=format]:checked").value;
  const query = new URLSearchParams(Object.entries(choice).filter(([, value]) => value));
  button.disabled = true;
  part("export-state").textContent = say("preparing");
  problemIn(form, "");
  try {
    const answer = await fetch(`/api/v1/exports/${format}?${query}`, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      throw new Error(answer.status === 404 ? say("export_none") : said.detail || said.title || say("no_answer"));
    }
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || `export.${format}`;
    const address = URL.createObjectURL(await answer.blob());
    const link = h("a", { href: address, download: name });
    element.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    part("export-state").textContent = say("saved_as", { name });
  } catch (problem) {
    part("export-state").textContent = "";
    problemIn(form, problem.message);
  }
  button.disabled = false;
}

element.addEventListener("click", (event) => {
  const contact = event.target.closest("[data-blind]");
  if (contact) openBlind(contact.dataset.blind);
});

element.addEventListener("change", (event) => {
  if (event.target.matches("[data-part=files]")) chooseFiles(event.target.files);
});

for (const kind of ["dragover", "drop"]) {
  element.addEventListener(kind, (event) => {
    if (!event.target.closest("[data-part=drop]")) return;
    event.preventDefault();
    if (kind === "drop") chooseFiles(event.dataTransfer.files);
  });
}

start();
