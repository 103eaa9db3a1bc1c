/* Answers: what stands, what was changed and why, undoing, and saving under one's name. */

const SHORTEST_REASON = 5;
const drafts = new Map();
const undone = [];
let correcting = false;
let preview = 0;

const criteria = () => all(".c", part("card"));
const foot = () => part("card")?.querySelector(".s-foot[data-evaluation]");
const isOpen = () => foot()?.dataset.status === "draft" || correcting;
const reasonOf = (criterion) => criterion.querySelector(".c-why input");

/* The answer in the fields of a criterion: an outcome, or a value where more than yes or no is asked. */
function answerOf(criterion) {
  const { kind } = criterion.dataset;
  if (kind === "yes_no") return { outcome: criterion.querySelector("input[type=radio]:checked")?.value || null, value: null };
  if (kind === "scale") {
    const { value } = criterion.querySelector("[data-kind=scale]");
    return value.startsWith("o:") ? { outcome: null, value: value.slice(2) } : { outcome: value || null, value: null };
  }
  const instead = criterion.querySelector("[data-kind=instead]").value;
  if (instead) return { outcome: instead, value: null };
  if (kind === "multi") return { outcome: null, value: all("[data-kind=multi]:checked", criterion).map((box) => box.value) };
  const field = criterion.querySelector(`[data-kind=${kind}]`);
  if (kind === "number") return { outcome: null, value: field.value === "" ? null : Number(field.value) };
  return { outcome: null, value: field.value.trim() || null };
}

function isChanged(criterion) {
  const stands = JSON.parse(criterion.dataset.standing);
  const now = answerOf(criterion);
  if (now.value === null) return now.outcome !== null && now.outcome !== stands.outcome;
  return JSON.stringify(now.value) !== JSON.stringify(stands.value);
}

function setAnswer(criterion, { outcome, value }) {
  const { kind } = criterion.dataset;
  if (kind === "yes_no") for (const box of all("input[type=radio]", criterion)) box.checked = box.value === outcome;
  else if (kind === "scale") criterion.querySelector("[data-kind=scale]").value = value === null ? outcome : `o:${value}`;
  else {
    const answered = value !== null && value !== undefined;
    criterion.querySelector("[data-kind=instead]").value = answered ? "" : outcome || "";
    if (kind === "multi") for (const box of all("[data-kind=multi]", criterion)) box.checked = answered && value.includes(box.value);
    else criterion.querySelector(`[data-kind=${kind}]`).value = answered ? value : "";
  }
}

function overrides() {
  if (!isOpen()) return [];
  return criteria().filter(isChanged)
    .map((node) => ({ node, criterion: node.dataset.criterion, ...answerOf(node), reason: reasonOf(node).value.trim() }));
}

const plainly = (changed) => changed.map(({ criterion, outcome, value, reason }) => ({ criterion, outcome: value === null ? outcome : null, value, reason }));

/* What was typed on a contact stays, in this page's memory alone, until it is saved or undone. */
function keepDraft() {
  if (!evaluation || !part("card")) return;
  const changed = overrides();
  if (changed.length) drafts.set(evaluation, plainly(changed));
  else drafts.delete(evaluation);
}

function bringBack() {
  const kept = drafts.get(evaluation);
  if (!kept) return;
  if (!isOpen()) return showUnsaved(kept);
  for (const { criterion, outcome, value, reason } of kept) {
    const node = byId("data-criterion", criterion, part("card"));
    if (!node) continue;
    setAnswer(node, { outcome, value });
    reasonOf(node).value = reason;
  }
}

/* Answers that somebody else's confirmation overtook: told beside what stands now, until let go. */
function showUnsaved(kept) {
  const box = part("save-problem");
  box.replaceChildren(h("strong", {}, say("yours_not_saved")),
    h("ul", {}, kept.map(({ criterion, outcome, value, reason }) =>
      h("li", {}, `${criterion}: ${value === null ? say(`outcome_${(outcome || "").toLowerCase()}`) : value}. ${reason}`))),
    h("button", { onclick: () => { drafts.delete(evaluation); box.hidden = true; } }, say("let_go")));
  box.hidden = false;
}

function recount() {
  const changed = overrides();
  const nodes = new Set(changed.map((entry) => entry.node));
  const missing = changed.filter((entry) => entry.reason.length < SHORTEST_REASON && !(entry.node.dataset.kind === "text" && entry.value));
  for (const node of criteria()) {
    const now = nodes.has(node);
    node.classList.toggle("is-changed", now);
    const why = node.querySelector(".c-why");
    if (why) why.hidden = !now;
    node.classList.toggle("needs-reason", missing.some((entry) => entry.node === node));
  }
  if (!foot() || !isOpen()) return;
  const open = criteria().filter((node) => answerOf(node).outcome === "UNSCORED").length;
  const told = [];
  if (changed.length) told.push(many("overrides", changed.length));
  if (missing.length) told.push(many("reasons_missing", missing.length));
  if (open) told.push(many("could_not_tell", open));
  told.push(say("confirming_as", { who: part("who").dataset.name }));
  const state = part("save-state");
  state.hidden = false;
  state.textContent = told.join(" · ");
  state.classList.toggle("is-blocked", missing.length > 0);
  foot().querySelector("[data-act='save']").disabled = missing.length > 0 || (correcting && !changed.length);
  clearTimeout(recount.timer);
  if (changed.length || recount.asked) recount.timer = setTimeout(askSum, 120);
}

/* The sum is worked out where it will be kept: conditions, bonus points and auto-fails are all in it. */
async function askSum() {
  const number = (preview += 1);
  const changed = overrides().filter((entry) => entry.outcome !== null || entry.value !== null);
  recount.asked = changed.length > 0;
  const answer = await ask("preview", { evaluation, overrides: plainly(changed) });
  if (number !== preview || answer.problem || !foot()) return;
  part("score").textContent = answer.score;
  part("score-words").textContent = changed.length ? say("of_100_yours") : say("of_100_draft");
  if (part("passed")) part("passed").textContent = answer.passed ? say("passed") : say("below");
  part("auto-failed").hidden = !answer.auto_failed.length;
  part("auto-failed-refs").replaceChildren(...answer.auto_failed.flatMap((ref, at) =>
    [at ? ", " : "", h("button", { class: "r-turn-link", "data-criterion-link": ref }, ref.replaceAll("-", " "))]));
  if (part("without")) part("without").hidden = true;
  for (const node of criteria()) {
    const follows = answer.follows[node.dataset.criterion];
    node.querySelector(".c-follows")?.remove();
    if (follows) node.querySelector(".c-main").append(h("p", { class: "c-follows" }, say("follows", { outcome: follows })));
  }
}

function noteChange(criterion) {
  undone.push({ criterion: criterion.dataset.criterion, was: criterion.lastAnswer ?? JSON.parse(criterion.dataset.standing) });
  criterion.lastAnswer = answerOf(criterion);
}

function undo(ref) {
  const at = ref ? undone.findLastIndex((one) => one.criterion === ref) : undone.length - 1;
  const last = at >= 0 ? undone.splice(at, 1)[0] : null;
  const node = byId("data-criterion", ref || last?.criterion || "", part("card"));
  if (!node) return;
  const was = ref || !last ? JSON.parse(node.dataset.standing) : last.was;
  setAnswer(node, was);
  node.lastAnswer = was;
  if (!isChanged(node)) reasonOf(node).value = "";
  recount();
  selectCriterion(node.dataset.criterion);
}

/* A confirmed score is corrected by confirming it again: the answers open, the reasons stay. */
function correct() {
  correcting = true;
  for (const node of criteria()) node.disabled = false;
  foot().querySelector("[data-act='save']").hidden = false;
  foot().querySelector("[data-act='correct']").hidden = true;
  part("next").hidden = true;
  recount();
  stepCriterion(1);
}

async function save() {
  if (element.querySelector("[data-view=calibration]:not([hidden])")) return handIn();
  if (!foot()) return;
  if (!isOpen()) return void step(1, { waiting: true });
  const changed = overrides();
  const button = foot().querySelector("[data-act='save']");
  recount();
  if (button.disabled) {
    const missing = element.querySelector(".c.needs-reason");
    if (missing) reasonOf(missing).focus();
    return;
  }
  button.disabled = true;
  const [id, contact] = [evaluation, current];
  const answer = await ask("save", { evaluation: id, status: foot().dataset.status, overrides: plainly(changed) });
  const box = part("save-problem");
  if (answer.problem) {
    /* Nothing that was typed is lost: it stays in the fields, and in memory when one goes elsewhere. */
    button.disabled = false;
    keepDraft();
    box.replaceChildren(h("p", {}, say("not_saved", { why: answer.problem })),
      answer.kind === "conflict" ? h("button", { onclick: () => openContact(contact) }, say("show_what_stands")) : h("button", { onclick: save }, say("try_again")));
    box.hidden = false;
    return;
  }
  drafts.delete(id);
  correcting = false;
  evaluation = null;
  undone.length = 0;
  foot().dataset.status = answer.status;
  const list = items();
  const at = list.findIndex((item) => item.hasAttribute("aria-current"));
  const next = list.slice(at + 1).concat(list.slice(0, Math.max(at, 0))).find((item) => item.dataset.waits === "yes" && item.dataset.evaluation !== id);
  if (next) await openContact(next.dataset.contact, { evaluation: next.dataset.evaluation });
  await loadQueue({ open: !next });
}

window.addEventListener("beforeunload", (event) => {
  keepDraft();
  if (drafts.size) event.preventDefault();
});
