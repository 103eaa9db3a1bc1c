/* The review page. Every view arrives as escaped HTML in the reader's language; this script moves between them. */

const app = part("app");
let words = {};
let current = null;
let evaluation = null;
let selected = null;
let loading = 0;
let offset = 0;
let filters = { status: "waiting" };

const all = (selector, from = element) => [...from.querySelectorAll(selector)];
const byId = (attribute, id, from = element) => from.querySelector(`[${attribute}="${CSS.escape(id)}"]`);

/** A text of the page by its key, with its `{slots}` filled. */
function say(key, slots = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in slots ? String(slots[name]) : whole));
}
const many = (key, n) => say(`${key}_${n === 1 ? "one" : "many"}`, { n });

function skeleton(lines) {
  return Array.from({ length: lines }, (_, i) => h("span", { class: "u-skeleton", style: `width: ${90 - ((i * 17) % 40)}%` }));
}

function message(title, text, action) {
  return h("div", { class: "r-message" }, h("h3", {}, title), h("p", { class: "u-quiet" }, text), action);
}

/* A server function that fails answers nothing at all: the connection is gone, or the server is. */
async function ask(name, value) {
  const answer = await server[name](value).catch(() => null);
  connected(answer !== null && answer !== undefined);
  return answer ?? { problem: say("no_answer"), kind: "lost" };
}

function connected(yes) {
  const sign = part("connection");
  if (!sign) return;
  sign.textContent = yes ? "" : say("connection_lost");
  sign.classList.toggle("is-lost", !yes);
}

/* The status a view is in stands in the address, so that reloading and going back lead to it. */
function remember(values) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) value ? query.set(name, value) : query.delete(name);
  history.replaceState(null, "", `?${query}`);
}

// -- queue ------------------------------------------------------------------------------------

const items = () => all(".q-item", part("queue"));

async function loadQueue({ open = false, facets = false } = {}) {
  const asked = (loadQueue.number = (loadQueue.number || 0) + 1);
  const answer = await ask("queue", { ...filters, offset, facets });
  if (asked !== loadQueue.number) return;
  if (answer.problem) {
    /* What was there stays: an old list is better than none. */
    part("queue").querySelector(".u-error")?.remove();
    const retry = h("button", { onclick: () => loadQueue({ open }) }, say("try_again"));
    const note = h("div", { class: "u-error", role: "alert" }, h("p", {}, say("queue_not_loaded")), h("p", {}, answer.problem), retry);
    if (items().length) part("queue").prepend(note);
    else part("queue").replaceChildren(note);
    return;
  }
  part("queue").innerHTML = answer.html;
  part("queue-count").textContent = say("queue_count", { waiting: answer.waiting, shown: answer.total });
  if (answer.facets) fillFacets(answer.facets);
  markCurrent();
  if (!open) return;
  const first = items()[0];
  if (first) openContact(first.dataset.contact, { evaluation: first.dataset.evaluation });
  else {
    part("card").replaceChildren();
    part("transcript").replaceChildren(message(say("nothing_to_review"), say("nothing_to_review_why"),
      h("button", { "data-go": "upload", class: "u-primary" }, say("upload_transcripts"))));
  }
}

function fillFacets(facets) {
  for (const [name, values] of Object.entries(facets)) {
    const select = element.querySelector(`select[data-filter="${name}"]`);
    select.replaceChildren(h("option", { value: "" }, say("any")), ...values.map(([value, text]) => h("option", { value }, text)));
    select.closest("label").hidden = !values.length;
    select.value = filters[name] || "";
  }
}

/* Filters that have no field of their own, such as a criterion of a dashboard, are chips that can be taken off. */
function showFilters() {
  for (const field of all("[data-filter]")) field.value = filters[field.dataset.filter] || (field.dataset.filter === "status" ? "waiting" : "");
  const set = Object.entries(filters).filter(([name, value]) => value && !["status", "search"].includes(name));
  part("filter-count").hidden = !set.length;
  part("filter-count").textContent = String(set.length);
  part("chips").replaceChildren(...set.filter(([name]) => name !== "outcome").map(([name, value]) =>
    h("button", { class: "q-chip", "data-unfilter": name, "aria-label": say("remove_filter", { filter: value }) }, `${say(`filter_${name}`)}: ${value} ×`)));
}

function setFilters(next, { open = false } = {}) {
  filters = next;
  offset = 0;
  showFilters();
  return loadQueue({ open });
}

function markCurrent() {
  for (const item of items()) {
    const here = item.dataset.contact === current && (!evaluation || !item.dataset.evaluation || item.dataset.evaluation === evaluation);
    here ? item.setAttribute("aria-current", "true") : item.removeAttribute("aria-current");
    if (here) item.scrollIntoView({ block: "nearest" });
  }
}

async function step(by, { waiting = false } = {}) {
  const list = items();
  const at = list.findIndex((item) => item.hasAttribute("aria-current"));
  const order = by > 0 ? list.slice(at + 1).concat(waiting ? list.slice(0, Math.max(at, 0)) : []) : list.slice(0, Math.max(at, 0)).reverse();
  const next = order.find((item) => item.dataset.contact !== current && (!waiting || item.dataset.waits === "yes"));
  if (next) openContact(next.dataset.contact, { evaluation: next.dataset.evaluation });
  return Boolean(next);
}

// -- one contact ------------------------------------------------------------------------------

async function openContact(id, { evaluation: wanted = "", fresh = false } = {}) {
  keepDraft();
  const number = (loading += 1);
  const left = current;
  if (left && left !== id) ask("release", { contact: left });
  current = id;
  evaluation = wanted || null;
  selected = null;
  markCurrent();
  remember({ contact: id, evaluation: wanted });
  const slow = setTimeout(() => {
    part("transcript").replaceChildren(...skeleton(12));
    part("card").replaceChildren(...skeleton(10));
  }, 150);
  const answer = await ask("contact", { contact: id, evaluation: wanted });
  clearTimeout(slow);
  if (number !== loading) return;
  part("held").hidden = !answer.held;
  if (answer.problem) {
    const retry = h("button", { onclick: () => openContact(id, { evaluation: wanted }) }, say("try_again"));
    part("transcript").replaceChildren(message(say("contact_not_shown"), answer.problem, retry));
    part("card").replaceChildren();
    return;
  }
  part("held").textContent = answer.held || "";
  part("transcript").innerHTML = answer.transcript;
  part("transcript").scrollTop = 0;
  part("card").innerHTML = answer.card;
  colourIn(part("transcript"));
  /* The client's name is on every pane. */
  const sign = h("span", { class: "t-client" }, part("client").textContent);
  sign.style.setProperty("--client", part("client").dataset.colour);
  part("card").querySelector(".s-head")?.prepend(sign);
  toggleTone("script", false);
  evaluation = part("card").querySelector(".s-foot")?.dataset.evaluation || null;
  markCurrent();
  undone.length = 0;
  if (!fresh) bringBack();
  recount();
}

function colourIn(pane) {
  const client = pane.querySelector("[data-colour]");
  client?.style.setProperty("--client", client.dataset.colour);
}

async function score() {
  part("card").replaceChildren(...skeleton(10));
  const answer = await ask("score", { contact: current });
  if (answer.problem) part("card").replaceChildren(message(say("not_scored"), answer.problem, h("button", { "data-act": "score" }, say("try_again"))));
  else {
    await openContact(current);
    loadQueue();
  }
}

// -- who is who, and notes ----------------------------------------------------------------------

function swapSides() {
  for (const select of all("[data-voice]")) {
    const other = { agent: "customer", customer: "agent" }[select.value];
    if (other) select.value = other;
  }
  part("speakers-reason").focus();
}

async function setSpeakers() {
  const roles = all("[data-voice]").map((one) => ({ speaker: one.dataset.voice, participant: one.dataset.participant, role: one.value }));
  const problem = part("speakers-problem");
  problem.hidden = true;
  const answer = await ask("speakers", { contact: current, roles, reason: part("speakers-reason").value });
  if (answer.problem) {
    problem.textContent = answer.problem;
    problem.hidden = false;
    return;
  }
  drafts.delete(evaluation);
  await openContact(current, { fresh: true });
  loadQueue();
}

let noteTurn = 0;

function writeNote(turn) {
  noteTurn = Number(turn);
  part("note-turn").textContent = say("turn_n", { n: noteTurn });
  part("note-problem").hidden = true;
  part("note-dialog").showModal();
  part("note-text").focus();
}

async function pin() {
  const answer = await ask("note", { contact: current, turn: noteTurn, text: part("note-text").value, after: part("note-after").value });
  part("note-problem").hidden = !answer.problem;
  part("note-problem").textContent = answer.problem || "";
  if (answer.problem) return;
  part("note-text").value = "";
  part("note-after").value = "";
  part("note-dialog").close();
  const at = part("transcript").scrollTop;
  await openContact(current, { evaluation });
  part("transcript").scrollTop = at;
}
