/* The agent panel. State comes in by the live channel; everything on screen is built from it here. */

const labels = props.labels;
const app = part("app");
const query = new URLSearchParams(location.search);
const fresh = query.get("contact") === "new";
const contact = fresh ? `practice-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}` : query.get("contact");
const practice = Boolean(contact) && (contact.startsWith("practice-") || query.has("practice"));
const state = { contact: null, turns: [], suggestions: [], disclosures: [], alerts: [] };
const dismissed = new Set();
const announced = new Set();
const earlier = new Map();
let shownCards = [];
let chosen = null;
let closed = false;

const say = (name) => labels[name] || name;
const turnWords = (index) => `turn ${index + 1}`;
const due = (entry) => ["due", "altered", "late", "missing"].includes(entry.progress);

// -- header -----------------------------------------------------------------------------------

function drawHeader() {
  const about = state.contact || {};
  part("client").textContent = about.client_name || about.client || "";
  if (/^#[0-9a-f]{6}$/i.test(about.colour || "")) app.style.setProperty("--client", about.colour);
  const facts = [about.channel && about.channel !== "other" ? about.channel : null, contact, about.agent];
  part("about").textContent = facts.filter(Boolean).join(" · ");
  const latest = [...state.alerts].filter((alert) => alert.span).sort((a, b) => b.span.turn - a.span.turn)[0];
  const chip = part("wording");
  chip.hidden = !latest;
  if (!latest) return;
  const words = say(latest.label).replace(/^customer: /, "");
  chip.textContent = `wording: ${words} · ${turnWords(latest.span.turn)}`;
  const turn = state.turns[latest.span.turn];
  chip.title = turn ? `“${slicePoints(turn.text, latest.span.start, latest.span.end)}”` : "";
}

function drawStatus(name, words) {
  app.dataset.live = name;
  part("live").textContent = words;
}

// -- say next ---------------------------------------------------------------------------------

const DEADLINES = { opening: "at the opening", before_payment: "before the payment", before_close: "before you close" };

function nextStatement() {
  const order = { altered: 0, late: 1, due: 2 };
  const weight = { opening: 0, before_payment: 1, before_close: 2 };
  return state.disclosures
    .filter((entry) => entry.progress in order)
    .sort((a, b) => weight[a.deadline] - weight[b.deadline] || order[a.progress] - order[b.progress])[0];
}

/* A row of a table says nothing without its neighbours, so it never stands alone. */
function leadOf(card) {
  if (card.facts.some((fact) => fact.includes("|"))) return null;
  const short = card.facts.filter((fact) => fact.length <= 110);
  return short.find((fact) => /\d/.test(fact)) || short[0] || null;
}

/* What must be said before the close can wait while the customer's question is still open. */
function stripStatement(card) {
  const statement = nextStatement();
  const waits = statement && statement.deadline === "before_close" && card && age(card) <= 2;
  return waits ? null : statement;
}

const FRESH_TURNS = 8;
const age = (card) => (card.because ? state.turns.length - 1 - card.because.turn : 0);

function drawStrip() {
  const strip = part("strip");
  const card = shownCards[0];
  const statement = stripStatement(card);
  let nodes;
  let kind;
  if (statement) {
    kind = statement.progress === "due" ? "due" : "late";
    const partly = { altered: "said in part", late: "late" }[statement.progress];
    const how = [partly, DEADLINES[statement.deadline]].filter(Boolean).join(", ");
    nodes = [
      h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, "Say next"), statement.title),
      h("p", { class: "u-quiet" }, [how, statement.verbatim ? "word for word" : "in your own words"].join(" · ")),
      statement.verbatim &&
        h("button", { class: "p-insert", onclick: () => insertStatement(statement) }, "Insert", h("kbd", {}, "Alt I")),
    ];
  } else if (card) {
    kind = "fact";
    nodes = [
      h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, "Say next"), leadOf(card) || card.title),
      h("p", { class: "u-quiet" }, leadOf(card) ? "in your own words" : "the facts below, in your own words"),
    ];
  } else {
    kind = "quiet";
    const open = state.disclosures.filter((entry) => entry.progress !== "done").length;
    const waiting = open ? `${count(open, "statement")} for later` : "nothing is due";
    nodes = [h("p", { class: "p-next" }, "Listening"), h("p", { class: "u-quiet" }, `Nothing to add; ${waiting}.`)];
  }
  replaceIfChanged(strip, [kind, statement, card && card.id], nodes);
  strip.dataset.kind = kind;
}

async function insertStatement(statement) {
  try {
    const words = await server.wording(statement.document);
    if (words) draft.insert(words);
  } catch {
    drawStatus("stale", "wording not available, see the document");
  }
}

// -- cards ------------------------------------------------------------------------------------

function citation(card) {
  const passage = card.sources[0];
  if (!passage) return "";
  const section = (passage.heading || "").split(" > ").pop();
  const version = passage.version && (/^\d/.test(passage.version) ? `v${passage.version}` : passage.version);
  const since = passage.effective_from && `in force since ${dayOf(passage.effective_from)}`;
  const parts = [passage.title || passage.document, section !== passage.title && section, version, since];
  return parts.filter(Boolean).join(" · ");
}

function because(card) {
  if (!card.because) return null;
  const turn = state.turns[card.because.turn];
  if (!turn) return null;
  const quote = slicePoints(turn.text, card.because.start, card.because.end);
  return h("p", { class: "p-because" }, "because ", h("q", {}, quote), ` · ${turnWords(card.because.turn)}`);
}

/* A table row keeps its cells apart without the bars. */
function cells(fact) {
  const [first, ...rest] = fact.split(" | ");
  return rest.length ? [h("strong", {}, first), `: ${rest.join(" · ")}`] : [fact];
}

function cardBody(card, lead, key) {
  const facts = card.facts.filter((fact) => fact !== lead);
  const copy = h("button", { class: "u-primary", "data-copy": card.id, onclick: () => copyCard(card) },
    h("span", { "data-say": "" }, "Copy facts"), key && h("kbd", {}, key));
  return [
    because(card),
    facts.length ? h("ul", { class: "p-facts" }, facts.map((fact) => h("li", {}, cells(fact)))) : null,
    h("details", { class: "p-source" },
      h("summary", {}, h("span", { class: "p-cite" }, citation(card)), h("kbd", {}, "Alt S")),
      h("p", { class: "p-source-hint" }, "Source words, for reading up:"),
      h("blockquote", {}, card.text)),
    h("div", { class: "p-actions" }, copy,
      h("button", { class: "p-dismiss", onclick: () => dismiss(card) }, "Dismiss"),
      card.degraded ? h("span", { class: "u-chip is-warn", title: "The meaning search is not available" },
        "degraded: found by words alone") : null),
  ];
}

function drawCards() {
  const box = part("cards");
  for (const card of state.suggestions) earlier.set(card.id, card);
  const visible = state.suggestions.filter((card) => !dismissed.has(card.id) && age(card) <= FRESH_TURNS).slice(0, 3);
  const top = visible.find((card) => card.id === chosen) || visible[0];
  shownCards = top ? [top, ...visible.filter((card) => card !== top)] : [];
  const lead = top && !stripStatement(top) ? leadOf(top) : null;
  const titled = top && (stripStatement(top) || lead);
  const hidden = state.suggestions.filter((card) => dismissed.has(card.id)).length;
  const past = [...earlier.values()].filter((card) => !visible.includes(card) && !dismissed.has(card.id)).slice(-4).reverse();
  const nodes = [
    top && h("article", { class: "p-card", "data-card": top.id, tabindex: "-1", "aria-label": top.title },
      titled && h("h2", { class: "p-title" }, top.title), cardBody(top, lead, "Alt 1")),
    ...shownCards.slice(1).map((card, index) =>
      h("details", { class: "p-more", "data-card": card.id, name: "p-more" },
        h("summary", {}, h("span", { class: "p-more-title" }, card.title), h("kbd", {}, `Alt ${index + 2}`)),
        cardBody(card, null, null))),
    past.length ? h("details", { class: "p-earlier" },
      h("summary", { class: "u-quiet" }, `${past.length} earlier in this contact`),
      past.map((card) => h("details", { class: "p-more", name: "p-past" },
        h("summary", {}, h("span", { class: "p-more-title" }, card.title),
          card.because ? h("span", { class: "u-quiet" }, turnWords(card.because.turn)) : null), cardBody(card, null, null)))) : null,
    hidden ? h("button", { class: "u-plain", onclick: restore }, `${hidden} dismissed, show again`) : null,
  ];
  replaceIfChanged(box, [visible, lead, Boolean(titled), hidden, past.length, state.turns.length && visible.map((card) => because(card) !== null)], nodes);
  for (const card of shownCards) tell(card, "shown");
  part("legend").hidden = shownCards.length > 0;
}

function tell(card, action) {
  if (announced.has(`${card.id} ${action}`)) return;
  announced.add(`${card.id} ${action}`);
  request("POST", `/api/v1/contacts/${encodeURIComponent(contact)}/feedback`, { suggestion: card.id, action }).catch(() => {});
}

async function copyCard(card) {
  const button = element.querySelector(`[data-copy="${CSS.escape(card.id)}"]`);
  try {
    await copyText(card.facts.map((fact) => `- ${fact.replace(" | ", ": ").replaceAll(" | ", " · ")}`).join("\n"));
    flash(button, "Copied");
    tell(card, "copied");
  } catch (problem) {
    flash(button, "Not allowed by the browser");
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
  if (!folded) copyCard(card);
}

function dismiss(card) {
  dismissed.add(card.id);
  tell(card, "dismissed");
  draw({ thaw: true });
}

function restore() {
  dismissed.clear();
  draw({ thaw: true });
}

// -- required statements ----------------------------------------------------------------------

function standing(entry) {
  const at = entry.span ? turnWords(entry.span.turn) : "";
  const words = {
    done: ["", `said, ${at}`],
    due: ["!", `due ${DEADLINES[entry.deadline]}`],
    later: ["", `later, ${DEADLINES[entry.deadline]}`],
    altered: ["≈", `said in part, ${at}`],
    late: ["!", `late, said ${at}`],
    missing: ["!", "not said"],
  };
  return words[entry.progress];
}

function drawRequired() {
  const done = state.disclosures.filter((entry) => entry.progress === "done").length;
  const rows = state.disclosures.map((entry) => {
    const [sign, words] = standing(entry);
    const extra = [];
    if (entry.missing.length && entry.progress !== "later") extra.push(`not heard: ${entry.missing.slice(0, 8).join(", ")}`);
    if (entry.because && !["done"].includes(entry.progress)) extra.push(entry.because);
    return h("li", { class: `p-row is-${entry.progress}` },
      h("span", { class: "p-sign", "aria-hidden": "true" }, sign),
      h("span", { class: "p-row-title" }, entry.title),
      h("span", { class: "p-row-state" }, words),
      extra.length ? h("span", { class: "p-row-extra" }, extra.join(" · ")) : null,
      entry.verbatim && due(entry) && entry !== nextStatement()
        ? h("button", { class: "p-insert", onclick: () => insertStatement(entry) }, "Insert") : null);
  });
  const section = part("required");
  section.hidden = !rows.length;
  const head = h("h2", { class: "u-label p-head" }, "Required statements",
    h("span", {}, `${done} of ${state.disclosures.length}`));
  replaceIfChanged(section, state.disclosures, [head, h("ul", {}, rows)]);
}

// -- feed -------------------------------------------------------------------------------------

const SPEAKERS = { agent: "You", customer: "Customer", bot: "Bot", system: "System", supervisor: "Supervisor", unknown: "Unknown" };

function drawFeed() {
  const from = Math.max(0, state.turns.length - 6);
  const box = part("feed");
  const rows = state.turns.slice(from).map((turn, offset) => {
    const ranges = state.alerts
      .filter((alert) => alert.span && alert.span.turn === from + offset)
      .map((alert) => ({ ...alert.span, rank: 0, class: "f-mark", title: `wording: ${say(alert.label)}` }));
    return h("li", { class: `f-turn is-${turn.speaker}` },
      h("span", { class: "f-who" }, SPEAKERS[turn.speaker] || turn.speaker),
      h("span", { class: "f-text" }, marked(turn.text, ranges)));
  });
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  const changed = replaceIfChanged(box, [state.turns.slice(from), state.alerts],
    rows.length ? rows : [h("li", { class: "u-quiet" }, "Nothing said yet.")]);
  if (changed && (atEnd || !box.matches(":hover"))) box.scrollTop = box.scrollHeight;
}

/* The last words stay in sight when the list gets shorter. */
new ResizeObserver(() => {
  part("feed").scrollTop = part("feed").scrollHeight;
}).observe(part("feed"));

// -- drawing, and standing still --------------------------------------------------------------

const signatures = new WeakMap();

function replaceIfChanged(node, signature, children) {
  const text = JSON.stringify(signature);
  if (signatures.get(node) === text) return false;
  signatures.set(node, text);
  node.replaceChildren(...children.filter(Boolean));
  return true;
}

const guide = part("guide");
const occupied = () =>
  shownCards.length > 0 && (part("cards").matches(":hover") || part("cards").contains(document.activeElement));

/** Cards never move under a pointer or a focus: what is new waits behind a button that says so. */
function draw({ thaw = false } = {}) {
  drawHeader();
  drawFeed();
  const known = new Set(shownCards.map((card) => card.id));
  const news = state.suggestions.filter((card) => !known.has(card.id) && !dismissed.has(card.id)).length;
  const frozen = !thaw && occupied();
  const pill = part("news");
  pill.hidden = !(frozen && news);
  pill.firstChild.textContent = `${news} new`;
  if (frozen) return;
  drawCards();
  drawStrip();
  drawRequired();
}

for (const kind of ["pointerleave", "focusout"]) {
  part("cards").addEventListener(kind, () => setTimeout(draw, 150));
}
part("news").addEventListener("click", () => draw({ thaw: true }));
