/* The review page. Queue, transcript and scorecard arrive as escaped HTML; this script moves between them. */

const app = part("app");
let items = [];
let current = null;
let selected = null;
let loading = 0;

const all = (selector, from = element) => [...from.querySelectorAll(selector)];
const byId = (attribute, id) => element.querySelector(`[${attribute}="${CSS.escape(id)}"]`);

function skeleton(lines) {
  return Array.from({ length: lines }, (_, i) => h("span", { class: "u-skeleton", style: `width: ${90 - (i * 17) % 40}%` }));
}

function message(title, words, action) {
  return h("div", { class: "r-message" }, h("h3", {}, title), h("p", { class: "u-quiet" }, words), action);
}

// -- queue ------------------------------------------------------------------------------------

/* A server function that fails answers nothing at all. */
async function ask(name, value) {
  const answer = await server[name](value).catch(() => null);
  return answer ?? { problem: "The server did not answer." };
}

async function loadQueue({ keep } = {}) {
  try {
    const answer = await ask("queue", "");
    if (answer.problem) throw new Error(answer.problem);
    part("queue").innerHTML = answer.html;
    part("client").textContent = answer.client;
    part("client").style.setProperty("--client", answer.colour);
    part("who").textContent = answer.who;
    items = all(".q-item", part("queue"));
    filterQueue();
    mark_current();
    if (keep) return;
    const asked = new URLSearchParams(location.search).get("contact");
    const first = items.find((item) => item.dataset.contact === asked) || visible()[0];
    if (asked || first) openContact(asked || first.dataset.contact);
    else part("transcript").replaceChildren(message("Nothing to review", "Upload transcripts, or wait for contacts to end.",
      h("button", { "data-act": "upload", class: "u-primary" }, "Upload transcripts")));
  } catch (problem) {
    const retry = h("button", { onclick: () => loadQueue({ keep }) }, "Try again");
    part("queue").replaceChildren(h("p", { class: "u-error", role: "alert" }, `The queue could not be loaded. ${problem.message}`), retry);
  }
}

const visible = () => items.filter((item) => !item.closest("li").hidden);

function filterQueue() {
  const words = part("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of items) {
    const text = item.textContent.toLowerCase();
    const waits = !part("waiting").checked || item.dataset.waits === "yes";
    item.closest("li").hidden = !(waits && words.every((word) => text.includes(word)));
  }
  const waiting = items.filter((item) => item.dataset.waits === "yes").length;
  part("queue-count").textContent = items.length ? `${waiting} waiting · ${visible().length} shown` : "";
}

function mark_current() {
  for (const item of items) item.toggleAttribute("aria-current", item.dataset.contact === current);
  byId("data-contact", current || "")?.scrollIntoView({ block: "nearest" });
}

function step(by, { waiting = false } = {}) {
  const list = visible();
  const at = list.findIndex((item) => item.dataset.contact === current);
  const order = by > 0 ? list.slice(at + 1).concat(waiting ? list.slice(0, Math.max(at, 0)) : []) : list.slice(0, Math.max(at, 0)).reverse();
  const next = order.find((item) => !waiting || item.dataset.waits === "yes");
  if (next) openContact(next.dataset.contact);
  return Boolean(next);
}

// -- one contact ------------------------------------------------------------------------------

async function openContact(id, { force = false } = {}) {
  if (!force && overrides().length && id !== current && !window.confirm("Leave this contact without saving the changed answers?")) return;
  const number = (loading += 1);
  current = id;
  selected = null;
  mark_current();
  history.replaceState(null, "", `?contact=${encodeURIComponent(id)}`);
  const slow = setTimeout(() => {
    part("transcript").replaceChildren(...skeleton(12));
    part("card").replaceChildren(...skeleton(10));
  }, 150);
  const answer = await ask("contact", id);
  clearTimeout(slow);
  if (number !== loading) return;
  if (answer.problem) {
    const retry = h("button", { onclick: () => openContact(id, { force: true }) }, "Try again");
    part("transcript").replaceChildren(message("This contact cannot be shown", answer.problem, retry));
    part("card").replaceChildren();
    return;
  }
  part("transcript").innerHTML = answer.transcript;
  part("transcript").scrollTop = 0;
  part("card").innerHTML = answer.card;
  const client = part("transcript").querySelector(".t-client");
  client?.style.setProperty("--client", client.dataset.colour);
  for (const tone of ["script"]) toggleTone(tone, false);
  recount();
}

// -- findings, criteria and turns ---------------------------------------------------------------

function reveal(node, block = "center") {
  /* Twice: turns that were never on screen have only a guessed height. */
  node.scrollIntoView({ block });
  requestAnimationFrame(() => node.scrollIntoView({ block }));
}

function goToTurn(number) {
  const turn = element.querySelector(`#t-${Number(number)}`);
  if (!turn) return;
  all(".t-turn.is-selected").forEach((other) => other.classList.remove("is-selected"));
  turn.classList.add("is-selected");
  reveal(turn);
}

function selectCriterion(ref, { scroll = true } = {}) {
  all(".c.is-selected").forEach((other) => other.classList.remove("is-selected"));
  const criterion = ref && byId("data-criterion", ref);
  if (!criterion) return;
  criterion.classList.add("is-selected");
  if (scroll) criterion.scrollIntoView({ block: "nearest" });
}

function selectFinding(id, { from = "mark" } = {}) {
  selected = id;
  all(".is-picked").forEach((node) => node.classList.remove("is-picked"));
  all(".n-head[aria-expanded='true']").forEach((node) => node.setAttribute("aria-expanded", "false"));
  all(".is-searched").forEach((node) => node.classList.remove("is-searched"));
  const note = id && element.querySelector(`#n-${CSS.escape(id)}`);
  if (!note) return selectCriterion(null);
  note.classList.add("is-picked");
  note.querySelector(".n-head").setAttribute("aria-expanded", "true");
  for (const node of all(`[data-findings~="${CSS.escape(id)}"]`)) node.classList.add("is-picked");
  if (note.dataset.from) showSearched(note, { scroll: false });
  reveal(note.closest(".t-turn") || note, from === "list" ? "center" : "nearest");
  if (from !== "criterion") selectCriterion(note.dataset.criteria.split(" ")[0]);
}

function showSearched(note, { scroll = true } = {}) {
  const [from, to] = [Number(note.dataset.from), Number(note.dataset.to)];
  for (const turn of all(".t-turn")) {
    const number = Number(turn.dataset.turnNumber);
    turn.classList.toggle("is-searched", from <= number && number <= to && !turn.classList.contains("is-customer"));
  }
  if (scroll) goToTurn(from);
}

/* A criterion leads to its findings, one after the other at every click. */
function followCriterion(criterion) {
  const ref = criterion.dataset.criterion;
  const notes = all(".n-note").filter((note) => note.dataset.criteria.split(" ").includes(ref));
  selectCriterion(ref, { scroll: false });
  if (!notes.length) return;
  const at = notes.findIndex((note) => note.dataset.finding === selected);
  selectFinding(notes[(at + 1) % notes.length].dataset.finding, { from: "criterion" });
}

function stepFinding(by) {
  const notes = all(".n-note").filter((note) => note.offsetParent !== null);
  if (!notes.length) return;
  const at = notes.findIndex((note) => note.dataset.finding === selected);
  const next = at < 0 ? (by > 0 ? 0 : notes.length - 1) : (at + by + notes.length) % notes.length;
  selectFinding(notes[next].dataset.finding, { from: "list" });
}

function toggleTone(tone, on) {
  part("transcript").classList.toggle(`hides-${tone}`, !on);
  element.querySelector(`.t-toggle[data-tone="${tone}"]`)?.setAttribute("aria-pressed", String(on));
}

// -- answers ------------------------------------------------------------------------------------

const criteria = () => all(".c", part("card"));
const answerOf = (criterion) => criterion.querySelector("input[type=radio]:checked")?.value || criterion.dataset.auto;
const isOpen = () => part("card").querySelector(".s-foot")?.dataset.status === "draft";

function overrides() {
  if (!isOpen()) return [];
  return criteria().filter((c) => answerOf(c) !== c.dataset.auto)
    .map((c) => ({ node: c, criterion: c.dataset.criterion, outcome: answerOf(c), reason: c.querySelector(".c-why input").value.trim() }));
}

/* The draft number with the answers as they stand; the server works it out again when it is confirmed. */
function total() {
  const rows = criteria().map((c) => ({
    answer: answerOf(c), weight: Number(c.dataset.weight), scope: c.dataset.autoFail, section: c.closest(".s-section").dataset.section,
  }));
  const told = rows.filter((row) => row.answer === "MET" || row.answer === "NOT_MET");
  const failed = rows.filter((row) => row.answer === "NOT_MET" && row.scope !== "none");
  const lost = new Set(failed.map((row) => row.section));
  const form = failed.some((row) => row.scope === "form");
  const weight = told.reduce((sum, row) => sum + row.weight, 0);
  const earned = form ? 0 : told.filter((row) => row.answer === "MET" && !lost.has(row.section)).reduce((sum, row) => sum + row.weight, 0);
  return weight ? earned / weight : null;
}

function recount() {
  for (const criterion of criteria()) {
    const changed = isOpen() && answerOf(criterion) !== criterion.dataset.auto;
    criterion.classList.toggle("is-changed", changed);
    criterion.querySelector(".c-why").hidden = !changed;
  }
  if (!isOpen()) return;
  const changed = overrides();
  const missing = changed.filter((entry) => entry.reason.length < 5);
  for (const entry of changed) entry.node.classList.toggle("needs-reason", missing.includes(entry));
  const open = criteria().filter((c) => answerOf(c) === "UNSCORED").length;
  const words = [];
  if (changed.length) words.push(count(changed.length, "override"));
  if (missing.length) words.push(`${count(missing.length, "reason")} missing`);
  if (open) words.push(`${open} could not tell`);
  words.push(`confirming as ${part("who").textContent.split(",")[0]}`);
  part("save-state").textContent = words.join(" · ");
  part("save-state").classList.toggle("is-blocked", missing.length > 0);
  part("card").querySelector("[data-act='save']").disabled = missing.length > 0;
  if (changed.length) {
    const share = total();
    part("score").textContent = share === null ? "–" : String(Math.round(share * 100));
    part("score-words").textContent = "of 100 · draft, with your answers";
    const mark = Number(part("card").querySelector(".s-foot").dataset.passMark);
    if (part("passed")) part("passed").textContent = share !== null && share >= mark ? "passed" : "below";
  }
}

async function save() {
  if (!isOpen()) return void step(1, { waiting: true });
  const changed = overrides();
  const missing = changed.find((entry) => entry.reason.length < 5);
  if (missing) return missing.node.querySelector(".c-why input").focus();
  const button = part("card").querySelector("[data-act='save']");
  button.disabled = true;
  const id = part("card").querySelector(".s-foot").dataset.evaluation;
  try {
    const body = { overrides: changed.map(({ criterion, outcome, reason }) => ({ criterion, outcome, reason })) };
    await request("POST", `/api/v1/evaluations/${encodeURIComponent(id)}/review`, body);
  } catch (problem) {
    button.disabled = false;
    part("save-problem").hidden = false;
    part("save-problem").textContent = `Not saved. ${problem.message}`;
    return;
  }
  const saved = current;
  part("card").querySelector(".s-foot").dataset.status = "confirmed";
  await loadQueue({ keep: true });
  if (!step(1, { waiting: true })) openContact(saved, { force: true });
}

async function score() {
  part("card").replaceChildren(...skeleton(10));
  const answer = await ask("score", current);
  if (answer.problem) part("card").replaceChildren(message("Not scored", answer.problem));
  else {
    await loadQueue({ keep: true });
    openContact(current, { force: true });
  }
}
