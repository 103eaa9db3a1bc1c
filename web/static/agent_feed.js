/* The conversation: the last turns, the customer's wording marked, hard words explained. */

function marksOf(index) {
  const alerts = state.alerts
    .filter((alert) => alert.span && alert.span.turn === index)
    .map((alert) => ({ ...alert.span, rank: 1, class: "f-mark", title: say(alert.label) }));
  const terms = state.explanations
    .filter((one) => one.span.turn === index)
    .map((one) => ({ ...one.span, rank: 0, class: "f-term", title: one.meaning }));
  return [...alerts, ...terms];
}

function turnRow(turn, index) {
  const meanings = state.explanations.filter((one) => one.span.turn === index);
  return h("li", { class: `f-turn is-${turn.speaker}`, "data-turn": index },
    h("span", { class: "f-who" }, t(`speaker_${turn.speaker}`)),
    h("span", { class: "f-text" }, marked(turn.text, marksOf(index)),
      meanings.map((one) => h("span", { class: "f-meaning" }, h("b", {}, one.term), ` = ${one.meaning}`))));
}

const partialRow = (turn) =>
  h("li", { class: `f-turn is-${turn.speaker} is-partial` },
    h("span", { class: "f-who" }, t(`speaker_${turn.speaker}`)), h("span", { class: "f-text" }, `${turn.text} …`));

function drawFeed() {
  const from = closed ? 0 : Math.max(0, state.turns.length - 6);
  const box = part("feed");
  const rows = state.turns.slice(from).map((turn, offset) => turnRow(turn, from + offset));
  rows.push(...(closed ? [] : state.partials.map(partialRow)));
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  const seen = [state.turns.slice(from), state.partials, state.alerts, state.explanations, element.lang];
  const changed = replaceIfChanged(part("feed-turns"), seen, rows.length ? rows : [h("li", { class: "u-quiet" }, t("nothing_said"))]);
  if (changed && (atEnd || !box.matches(":hover"))) box.scrollTop = box.scrollHeight;
}

function showTurn(index) {
  const row = part("feed").querySelector(`[data-turn="${index}"]`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.classList.add("is-shown");
  setTimeout(() => row.classList.remove("is-shown"), 1600);
}

/* The last words stay in sight when the list gets shorter. */
new ResizeObserver(() => {
  if (!closed) part("feed").scrollTop = part("feed").scrollHeight;
}).observe(part("feed"));
