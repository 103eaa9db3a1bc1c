/* From a mark to its criterion and back; turns, findings, what was searched. */

function reveal(node, block = "center") {
  /* Twice: turns that were never on screen have only a guessed height. */
  node.scrollIntoView({ block });
  requestAnimationFrame(() => node.scrollIntoView({ block }));
}

function goToTurn(number) {
  const turn = element.querySelector(`[data-view]:not([hidden]) #t-${Number(number)}`);
  if (!turn) return;
  all(".t-turn.is-selected").forEach((other) => other.classList.remove("is-selected"));
  turn.classList.add("is-selected");
  reveal(turn);
}

function selectCriterion(ref, { scroll = true } = {}) {
  all(".c.is-selected").forEach((other) => other.classList.remove("is-selected"));
  const criterion = ref && byId("data-criterion", ref, part("card"));
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
  for (const turn of all(".t-turn", part("transcript"))) {
    const number = Number(turn.dataset.turnNumber);
    turn.classList.toggle("is-searched", from <= number && number <= to && !turn.classList.contains("is-customer"));
  }
  if (scroll) goToTurn(from);
}

/* Words under several findings: every click goes to the next of them. */
function selectMark(mark) {
  const ids = mark.dataset.findings.split(" ");
  selectFinding(ids[(ids.indexOf(selected) + 1) % ids.length]);
}

/* A criterion leads to its findings, one after the other at every click. */
function followCriterion(criterion) {
  const ref = criterion.dataset.criterion;
  const notes = all(".n-note", part("transcript")).filter((note) => note.dataset.criteria.split(" ").includes(ref));
  selectCriterion(ref, { scroll: false });
  if (!notes.length) return;
  const at = notes.findIndex((note) => note.dataset.finding === selected);
  selectFinding(notes[(at + 1) % notes.length].dataset.finding, { from: "criterion" });
}

function stepFinding(by) {
  const notes = all(".n-note", part("transcript")).filter((note) => note.offsetParent !== null);
  if (!notes.length) return;
  const at = notes.findIndex((note) => note.dataset.finding === selected);
  const next = at < 0 ? (by > 0 ? 0 : notes.length - 1) : (at + by + notes.length) % notes.length;
  selectFinding(notes[next].dataset.finding, { from: "list" });
}

/* The next criterion takes the focus, so that an answer is one more key. */
function stepCriterion(by) {
  const list = criteria();
  if (!list.length) return;
  const at = list.findIndex((one) => one.classList.contains("is-selected"));
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length];
  selectCriterion(next.dataset.criterion);
  (next.querySelector("input:checked, select, input, textarea") || next).focus();
}

function toggleTone(tone, on) {
  part("transcript").classList.toggle(`hides-${tone}`, !on);
  element.querySelector(`.t-toggle[data-tone="${tone}"]`)?.setAttribute("aria-pressed", String(on));
}
