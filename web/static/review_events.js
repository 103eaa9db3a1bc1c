/* Clicks, keys and files of the review page. One listener each, whatever is drawn. */

const actions = { save, score, next: () => step(1, { waiting: true }), upload: () => part("upload").showModal(), keys: () => part("keys").showModal(), send };

element.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const act = at("[data-act]");
  if (act) return actions[act.dataset.act]();
  const item = at(".q-item");
  if (item) return openContact(item.dataset.contact);
  const turn = at("[data-turn]");
  if (turn) return goToTurn(turn.dataset.turn);
  const link = at("[data-criterion-link]");
  if (link) return selectCriterion(link.dataset.criterionLink);
  const searched = at("[data-show-searched]");
  if (searched) return showSearched(searched.closest(".n-note"));
  const head = at("[data-select]");
  if (head) return selectFinding(selected === head.dataset.select ? null : head.dataset.select, { from: "note" });
  const mark = at("mark[data-findings]");
  if (mark) return selectMark(mark);
  const tag = at(".m-tag");
  if (tag) return selectFinding(tag.dataset.finding);
  const tone = at(".t-toggle");
  if (tone) return toggleTone(tone.dataset.tone, tone.getAttribute("aria-pressed") !== "true");
  const criterion = at(".c");
  if (criterion && !at("label, input, details, button")) followCriterion(criterion);
});

/* Words under several findings: every click goes to the next of them. */
function selectMark(mark) {
  const ids = mark.dataset.findings.split(" ");
  selectFinding(ids[(ids.indexOf(selected) + 1) % ids.length]);
}

element.addEventListener("change", (event) => {
  if (event.target.matches(".c-answer input")) {
    recount();
    const criterion = event.target.closest(".c");
    if (criterion.classList.contains("is-changed")) criterion.querySelector(".c-why input").scrollIntoView({ block: "nearest" });
  } else if (event.target === part("waiting")) filterQueue();
  else if (event.target === part("files")) chooseFiles(event.target.files);
});

element.addEventListener("input", (event) => {
  if (event.target.closest(".c-why")) recount();
  else if (event.target === part("filter")) filterQueue();
});

document.addEventListener("keydown", (event) => {
  if (!element.isConnected) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    return void save();
  }
  const writing = event.target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, dialog");
  if (event.key === "Escape" && !event.target.closest?.("dialog")) {
    if (writing) event.target.blur();
    return selectFinding(null);
  }
  if (writing || event.ctrlKey || event.altKey || event.metaKey) return;
  const mark = event.target.closest?.("mark[data-findings]");
  const keys = {
    j: () => stepFinding(1), k: () => stepFinding(-1), n: () => step(1), p: () => step(-1),
    "/": () => part("filter").focus(), "?": () => part("keys").showModal(),
    Enter: () => mark && selectMark(mark), " ": () => mark && selectMark(mark),
  };
  const action = keys[event.key];
  if (!action || (["Enter", " "].includes(event.key) && !mark)) return;
  event.preventDefault();
  action();
});

// -- files --------------------------------------------------------------------------------------

let chosenFiles = [];

function chooseFiles(files) {
  chosenFiles = [...files].filter((file) => file.size > 0);
  part("file-list").replaceChildren(...chosenFiles.map((file) =>
    h("li", { "data-file": file.name }, h("span", { class: "r-file-name" }, file.name),
      h("span", { class: "u-quiet" }, `${Math.max(1, Math.round(file.size / 1024))} KB`), h("span", { class: "r-file-state" }, "ready"))));
  element.querySelector("[data-act='send']").disabled = !chosenFiles.length;
  part("upload-state").textContent = "";
}

/* One request per file, so that a bad one spoils no other and says why on its own line. */
async function send() {
  const button = element.querySelector("[data-act='send']");
  button.disabled = true;
  let contacts = 0;
  let refused = 0;
  for (const file of chosenFiles) {
    const line = byId("data-file", file.name);
    const say = (words, state) => {
      line.querySelector(".r-file-state").textContent = words;
      line.dataset.state = state;
    };
    say("reading…", "busy");
    const form = new FormData();
    form.append("files", file, file.name);
    try {
      const report = await request("POST", "/api/v1/ingest", form);
      const { stored: made, rejected: bad } = report;
      for (const [at, contact] of made.entries()) {
        say(`scoring ${at + 1} of ${made.length}…`, "busy");
        /* Without a scorecard the contact waits in the queue as it is. */
        await request("POST", "/api/v1/score", { contact, keep: true }).catch(() => {});
      }
      contacts += made.length;
      refused += bad.length;
      if (bad.length) say([made.length ? count(made.length, "contact") : "", ...bad.map((entry) => entry.reason)].filter(Boolean).join("; "), "bad");
      else say(count(made.length, "contact") + (report.warnings.length ? `, ${count(report.warnings.length, "note")} of the reader` : ""), "ok");
    } catch (problem) {
      refused += 1;
      say(problem.message, "bad");
    }
  }
  part("upload-state").textContent = `${count(contacts, "contact")} in the queue${refused ? ` · ${refused} not read` : ""}`;
  chosenFiles = [];
  part("files").value = "";
  loadQueue({ keep: true });
}

for (const kind of ["dragover", "drop"]) {
  part("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    if (kind === "drop") chooseFiles(event.dataTransfer.files);
  });
}

loadQueue();
