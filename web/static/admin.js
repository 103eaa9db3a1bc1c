/* The admin page. Sections arrive as escaped HTML; this script moves between them and sends forms. */

const ARMED_MS = 5000;
const PAUSE_MS = 250;
const MOST_AT_ONCE = 50;
let words = {};
let shownSection = "";
let asked = 0;

async function ask(name, value) {
  const answer = await server[name](value).catch(() => null);
  return answer ?? { problem: words.not_saved || "The server did not answer.", kind: "lost" };
}

function tell(problem) {
  part("problem").hidden = !problem;
  part("problem").textContent = problem || "";
  if (problem) part("said").hidden = true;
  if (problem) part("scroll").scrollTo({ top: 0 });
}

function say(text) {
  part("said").hidden = !text;
  part("said").textContent = text || "";
  if (text) tell("");
}

/** Load a section. What stands there stays until the new one is here, and when it does not come. */
async function show(section, { id = "", quiet = false } = {}) {
  const number = (asked += 1);
  const main = part("main");
  const wait = setTimeout(() => main.setAttribute("aria-busy", "true"), PAUSE_MS);
  const answer = await ask("view", { section, id });
  clearTimeout(wait);
  main.removeAttribute("aria-busy");
  if (number !== asked) return;
  if (answer.problem) {
    tell(answer.problem);
    if (answer.kind === "session") part("problem").append(" ", h("a", { href: "/login" }, "→"));
    return;
  }
  words = answer.words;
  part("bar").innerHTML = answer.bar;
  part("nav").innerHTML = answer.nav;
  main.innerHTML = answer.main;
  const here = part("nav").querySelector("[aria-current]");
  if (here) part("nav").scrollLeft = here.offsetLeft - 40;
  document.documentElement.lang = answer.language;
  document.title = `${answer.title} · Unscripted`;
  const moved = shownSection !== answer.section;
  shownSection = answer.section;
  const place = answer.section === "document" ? `document/${encodeURIComponent(id)}` : answer.section;
  if (location.hash.slice(1) !== place) history.pushState(null, "", `#${place}`);
  part("app").dataset.section = answer.section;
  if (moved && !quiet) {
    say("");
    tell("");
    part("once").hidden = true;
    part("scroll").scrollTo({ top: 0 });
    main.focus({ preventScroll: true });
  }
}

/** What is shown now and never again: a key, or a link. */
function showOnce(once) {
  const value = once.path ? location.origin + once.path : once.value;
  const copied = h("span", { "data-say": "" }, words.copy);
  const button = h("button", { class: "u-primary", onclick: async () => {
    await copyText(value);
    flash(button, words.copied);
  } }, copied);
  const close = h("button", { onclick: () => { part("once").hidden = true; part("once").replaceChildren(); } }, "×");
  close.setAttribute("aria-label", words.once_more);
  part("once").replaceChildren(
    h("div", { class: "a-once-head" }, h("h2", {}, once.title), close),
    h("p", { class: "u-quiet" }, `${once.words} ${words.shown_once}`),
    h("div", { class: "a-row" }, h("code", { class: "a-secret", "data-part": "secret", tabindex: "0" }, value), button));
  part("once").hidden = false;
  part("scroll").scrollTo({ top: 0 });
}

function listResults(form, lines) {
  const list = form.querySelector("[data-part='results']");
  if (list) list.replaceChildren(...(lines || []).map((line) => h("li", { class: line.state ? `is-${line.state}` : null }, line.text)));
}

function busy(form, on) {
  for (const button of form.querySelectorAll("button")) button.disabled = on;
}

async function act(form, submitter) {
  const said = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  said.do = (submitter && submitter.name === "do" && submitter.value) || form.dataset.do;
  busy(form, true);
  const answer = await ask("act", said);
  busy(form, false);
  if (answer.problem) {
    listResults(form, []);
    tell(answer.problem);
    return;
  }
  if (answer.stay) listResults(form, answer.lines);
  else await show(shownSection, { quiet: true });
  if (answer.once) showOnce(answer.once);
  say(answer.say);
  if (!answer.stay) part("scroll").scrollTo({ top: 0 });
}

/** What to send: the files chosen, and those of a whole folder, each sub-folder by itself. */
function bundles(form) {
  const typed = form.elements.folder.value.trim();
  const found = new Map();
  const add = (folder, file) => found.set(folder, [...(found.get(folder) || []), file]);
  for (const file of form.elements.files.files) add(typed, file);
  for (const file of form.querySelector("[data-folder]").files) {
    const inner = file.webkitRelativePath.split("/").slice(1, -1);
    if (!file.name.startsWith(".") && !inner.some((one) => one.startsWith("."))) add([typed, ...inner].filter(Boolean).join("/"), file);
  }
  const sent = [];
  for (const [folder, files] of found) {
    for (let at = 0; at < files.length; at += MOST_AT_ONCE) sent.push([folder, files.slice(at, at + MOST_AT_ONCE)]);
  }
  return sent;
}

async function upload(form) {
  const sent = bundles(form);
  if (!sent.length) {
    form.elements.files.focus();
    return;
  }
  busy(form, true);
  const lines = [];
  try {
    for (const [folder, files] of sent) {
      listResults(form, [...lines, { text: words.sending }]);
      const body = new FormData();
      body.append("folder", folder);
      for (const file of files) body.append("files", file);
      const report = await request("POST", "/api/v1/admin/documents", body);
      lines.push(
        ...report.published.map((id) => ({ text: `✓ ${id}`, state: "ok" })),
        ...report.proposed.map((id) => ({ text: `… ${id}`, state: "ok" })),
        ...report.unchanged.map((id) => ({ text: `= ${id}` })),
        ...report.rejected.map((one) => ({ text: `✗ ${one.path}: ${one.reason}`, state: "error" })),
        ...report.warnings.map((one) => ({ text: `${one.path}: ${one.message}`, state: "warning" })));
    }
    await show(shownSection, { quiet: true });
    tell("");
    listResults(element.querySelector("form[data-upload]"), lines);
  } catch (problem) {
    listResults(form, lines);
    tell(problem.message);
  }
  busy(form, false);
}

/** A button that takes something away asks once more, in its own place. */
function arm(button) {
  if (button.dataset.armed) return true;
  button.dataset.armed = "yes";
  button.dataset.was = button.textContent;
  button.textContent = button.dataset.confirm;
  button.timer = setTimeout(() => disarm(button), ARMED_MS);
  return false;
}

function disarm(button) {
  if (!button.dataset.armed) return;
  clearTimeout(button.timer);
  delete button.dataset.armed;
  button.textContent = button.dataset.was;
}

/** An example to begin with. What stands in the field is not lost without a question. */
function fillIn(button) {
  const field = button.form.elements[button.dataset.fill];
  if (field.value.trim() && !arm(button)) return;
  disarm(button);
  field.value = button.form.querySelector("[data-starter]").textContent;
  field.focus();
  field.setSelectionRange(0, 0);
  field.scrollTop = 0;
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.fill) fillIn(button);
  else if (button.dataset.confirm && !arm(button)) event.preventDefault();
  else if (button.dataset.go) show(button.dataset.go, { id: button.dataset.id || "" });
  else if (button.dataset.act === "copy") copyText(element.querySelector("[data-copy]").value).then(() => flash(button, words.copied), () => {});
});

element.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.do && form.dataset.upload === undefined) return;
  event.preventDefault();
  if (form.dataset.upload !== undefined) upload(form);
  else act(form, event.submitter);
});

element.addEventListener("focusout", (event) => {
  if (event.target.dataset && event.target.dataset.armed) disarm(event.target);
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.dataset && event.target.dataset.armed) disarm(event.target);
});

element.addEventListener("change", async (event) => {
  const into = event.target.dataset && event.target.dataset.into;
  if (!into || !event.target.files.length) return;
  event.target.form.elements[into].value = await event.target.files[0].text();
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  element.addEventListener(kind, (event) => {
    const place = event.target.closest && event.target.closest(".a-drop");
    if (!place) return;
    place.classList.toggle("is-over", kind === "dragover");
    if (kind === "dragleave") return;
    event.preventDefault();
    if (kind === "drop") place.querySelector("input").files = event.dataTransfer.files;
  });
}

function fromAddress() {
  const [section, id] = location.hash.slice(1).split("/");
  show(section || "overview", { id: id ? decodeURIComponent(id) : "", quiet: !shownSection });
}

window.addEventListener("popstate", fromAddress);
fromAddress();
