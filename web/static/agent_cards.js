/* The cards: at most three, each in its place. One is open; the others are a line that opens in place. */

const dismissed = new Set();
const muted = new Map();
const announced = new Set();
const earlier = new Map();
const restored = new Set();
const FRESH_TURNS = 8;
const MUTABLE = ["answer", "step"];
let shownCards = [];
let chosen = null;

const age = (card) => (card.because ? turnsAgo(card.because.turn) : 0);
const newest = (cards) => [...cards].sort((a, b) => (b.because?.turn ?? 0) - (a.because?.turn ?? 0))[0];
const openCard = () => shownCards.find((card) => card.id === chosen) || newest(shownCards);

function onDisplay() {
  const given = state.cards || state.suggestions;
  const back = [...restored].map((id) => earlier.get(id)).filter((card) => card && !given.includes(card));
  return [...given, ...back].filter((card) => !dismissed.has(card.id) && !muted.has(card.kind) && age(card) <= FRESH_TURNS).slice(0, 3);
}

/* A row of a table says nothing without its neighbours, so it never stands alone. */
function leadOf(card) {
  if (card.step) return card.facts[card.step - 1] || card.facts[0];
  if (card.facts.some((fact) => fact.includes("|"))) return null;
  const short = card.facts.filter((fact, index) => fact.length <= 110 && tickOf(card, index).progress === "open");
  return short.find((fact) => /\d/.test(fact)) || short[0] || null;
}

const tickOf = (card, line) =>
  state.ticks.find((tick) => tick.suggestion === card.id && tick.line === line) || { progress: "open" };

function factOf(tick) {
  const card = (state.cards || state.suggestions).find((one) => one.id === tick.suggestion) || earlier.get(tick.suggestion);
  return card && card.facts[tick.line];
}

function citation(card) {
  const passage = card.sources[0];
  if (!passage) return "";
  const section = (passage.heading || "").split(" > ").pop();
  const version = passage.version && (/^\d/.test(passage.version) ? `v${passage.version}` : passage.version);
  const since = passage.effective_from && t("in_force_since", { day: dayIn(passage.effective_from) });
  const own = ![passage.title, card.title].includes(section) && section;
  const parts = [passage.title || passage.document, own, version, since];
  return parts.filter(Boolean).join(" · ");
}

function because(card) {
  if (!card.because || !state.turns[card.because.turn]) return null;
  return h("p", { class: "p-because" }, `${t("because")} `, h("q", {}, quoteOf(card.because)), ` · ${turnWords(card.because.turn)}`);
}

/* Numbers are what the eye looks for; a table row keeps its cells apart without the bars. */
function factWords(fact) {
  const [first, ...rest] = fact.split(" | ");
  if (rest.length) return [h("strong", {}, first), `: ${rest.join(" · ")}`];
  return fact.split(/((?:[€$£]\s?)?\d[\d.,:]*(?:\s?%)?)/).map((piece, index) => (index % 2 ? h("b", {}, piece) : piece));
}

function factRow(card, index) {
  const tick = tickOf(card, index);
  const line = (card.lines || [])[index];
  const tag = line && ["condition", "exception"].includes(line.kind) ? h("span", { class: "p-tag" }, t(`kind_${line.kind}`)) : null;
  const said = tick.progress === "said" && tick.span ? t("said_at", { turn: turnWords(tick.span.turn) }) : null;
  const wrong = tick.progress === "misstated" ? h("span", { class: "p-wrong" }, tick.reason || t("fact_misstated")) : null;
  return h("li", { class: `p-fact is-${tick.progress}`, "data-line": index },
    h("span", { class: "p-tick", role: "img", "aria-label": t(`fact_${tick.progress}`), title: said || t(`fact_${tick.progress}`) }),
    h("span", {}, tag, factWords(card.facts[index]), wrong));
}

function stepBody(card) {
  const dots = Array.from({ length: card.steps }, (_, index) =>
    h("span", { class: `p-dot ${index + 1 < card.step ? "is-past" : index + 1 === card.step ? "is-now" : ""}` }));
  return [
    h("p", { class: "p-steps", role: "img", "aria-label": t("step_of", { n: card.step, of: card.steps }) }, dots),
    h("button", { class: "u-plain p-next-step", title: t("step_done_hint"), onclick: () => stepDone(card) }, t("step_done")),
    h("details", { class: "p-allsteps" }, h("summary", {}, t("all_steps")),
      h("ol", {}, card.facts.map((fact) => h("li", {}, factWords(fact))))),
  ];
}

function otherWordings(card) {
  if (!(card.alternatives || []).length) return null;
  return h("details", { class: "p-other" }, h("summary", {}, t("other_wordings")),
    h("ul", {}, card.alternatives.map((wording) => h("li", {}, h("q", {}, wording)))));
}

function worded(card) {
  const made = state.wording && state.wording[card.id];
  if (!made || !made.text) return null;
  return h("div", { class: "p-worded" }, h("p", {}, made.text), h("p", { class: "u-quiet" }, made.label || t("ai_worded")));
}

function cardBody(card, lead, key) {
  const rows = card.facts.map((fact, index) => (fact === lead && !card.step ? null : factRow(card, index))).filter(Boolean);
  return [
    because(card),
    card.notice ? h("p", { class: "p-notice" }, card.notice) : null,
    ...(card.step ? stepBody(card) : [rows.length ? h("ul", { class: "p-facts" }, rows) : null]),
    worded(card),
    otherWordings(card),
    card.sources.length ? h("details", { class: "p-source" },
      h("summary", {}, h("span", { class: "p-cite" }, citation(card)), h("kbd", {}, "Alt S")),
      h("p", { class: "p-source-hint" }, t("source_hint")),
      h("blockquote", { tabindex: "0" }, card.text)) : null,
    h("div", { class: "p-actions" },
      card.facts.length ? h("button", { class: "u-primary", "data-copy": card.id, onclick: () => copyCard(card) },
        h("span", { "data-say": "" }, t("copy_facts")), key && h("kbd", {}, key)) : null,
      h("button", { class: "p-dismiss", onclick: () => dismiss(card) }, t("dismiss")),
      MUTABLE.includes(card.kind) ?
        h("button", { class: "u-plain p-mute", title: t("mute_hint"), "aria-label": t(`mute_${card.kind}`), onclick: () => mute(card) }, t("mute")) : null,
      card.degraded ? h("span", { class: "u-chip is-warn", title: t("degraded_hint") }, t("degraded")) : null),
  ];
}

function cardNode(card, index, open, lead) {
  const key = `Alt ${index + 1}`;
  if (card === open) {
    const titled = lead || stripStatement(card) || secretAhead() || misstated();
    return h("article", { class: `p-card is-${card.kind}`, "data-card": card.id, tabindex: "-1", "aria-label": card.title },
      titled && h("h2", { class: "p-title" }, card.title), cardBody(card, lead, key));
  }
  return h("details", { class: `p-more is-${card.kind}`, "data-card": card.id, name: "p-more" },
    h("summary", {}, h("span", { class: "p-more-title" }, card.title), h("kbd", {}, key)), cardBody(card, null, null));
}

function pastNodes(past) {
  if (!past.length) return null;
  return h("details", { class: "p-earlier" },
    h("summary", { class: "u-quiet" }, counted("earlier", past.length)),
    past.map((card) => h("details", { class: "p-more", name: "p-past" },
      h("summary", {}, h("span", { class: "p-more-title" }, card.title),
        card.because ? h("span", { class: "u-quiet" }, turnWords(card.because.turn)) : null), cardBody(card, null, null))));
}

function drawCards() {
  const given = state.cards || state.suggestions;
  for (const card of given) earlier.set(card.id, card);
  shownCards = onDisplay();
  const open = openCard();
  const lead = open && !stripStatement(open) && !secretAhead() && !misstated() ? leadOf(open) : null;
  const hidden = dismissed.size;
  const past = [...earlier.values()].filter((card) => !shownCards.includes(card) && !dismissed.has(card.id)).slice(-4).reverse();
  const nodes = [
    ...shownCards.map((card, index) => cardNode(card, index, open, lead)),
    pastNodes(past),
    hidden ? h("button", { class: "u-plain", onclick: restore }, counted("dismissed", hidden)) : null,
    ...[...muted.keys()].map((kind) => h("button", { class: "u-plain", onclick: () => unmute(kind) }, t(`unmute_${kind}`))),
  ];
  const heard = shownCards.map((card) => because(card) !== null);
  const ticks = state.ticks.map((tick) => [tick.suggestion, tick.line, tick.progress]);
  replaceIfChanged(part("cards"), [shownCards, open && open.id, lead, hidden, past.length, heard, ticks, [...muted.keys()], state.wording], nodes);
  for (const card of shownCards) tell(card, "shown");
  part("legend").hidden = shownCards.length > 0;
}

/* While cards stand still, what was said may still be ticked off on them. */
function drawTicks() {
  for (const card of shownCards) {
    const node = element.querySelector(`[data-card="${CSS.escape(card.id)}"]`);
    for (const row of node ? node.querySelectorAll("[data-line]") : []) {
      row.className = `p-fact is-${tickOf(card, Number(row.dataset.line)).progress}`;
    }
  }
}

function tell(card, action) {
  if (announced.has(`${card.id} ${action}`)) return;
  announced.add(`${card.id} ${action}`);
  request("POST", path("feedback"), { suggestion: card.id, action }).catch(() => {});
}

async function copyCard(card) {
  const button = element.querySelector(`[data-copy="${CSS.escape(card.id)}"]`);
  try {
    await copyText(card.facts.map((fact) => `- ${fact.replace(" | ", ": ").replaceAll(" | ", " · ")}`).join("\n"));
    flash(button, t("copied"));
    tell(card, "copied");
  } catch (problem) {
    flash(button, t("copy_refused"));
  }
}

function take(number) {
  const card = shownCards[number - 1];
  if (!card) return;
  const node = element.querySelector(`[data-card="${CSS.escape(card.id)}"]`);
  const folded = node.tagName === "DETAILS" && !node.open;
  if (folded) node.open = true;
  node.scrollIntoView({ block: "nearest" });
  tell(card, "used");
  if (!folded && card.facts.length) copyCard(card);
}

function dismiss(card) {
  dismissed.add(card.id);
  restored.delete(card.id);
  tell(card, "dismissed");
  draw({ thaw: true });
}

function mute(card) {
  muted.set(card.kind, card);
  tell(card, "muted");
  draw({ thaw: true });
}

/* A step that was done in silence: the server puts the next one in its place. */
function stepDone(card) {
  request("POST", path(`cards/${encodeURIComponent(card.id)}/step`)).then((cards) => {
    state.cards = cards;
    draw({ thaw: true });
  }).catch(() => {});
}

function unmute(kind) {
  const card = muted.get(kind);
  muted.delete(kind);
  restored.add(card.id);
  for (const action of ["muted", "unmuted"]) announced.delete(`${card.id} ${action}`);
  tell(card, "unmuted");
  draw({ thaw: true });
}

/* The server has let go of what was dismissed; here it is still known. */
function restore() {
  for (const id of dismissed) restored.add(id);
  dismissed.clear();
  draw({ thaw: true });
}
