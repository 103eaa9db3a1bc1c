/* The agent panel: its state, its header, what to say next. Everything on screen is built from the live channel. */

const app = part("app");
const query = new URLSearchParams(location.search);
const fresh = query.get("contact") === "new";
const contact = fresh ? `practice-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}` : query.get("contact");
const practice = Boolean(contact) && (contact.startsWith("practice-") || query.has("practice"));
const state = {
  contact: null, turns: [], partials: [], suggestions: [], cards: null, disclosures: [], alerts: [],
  ticks: [], commitments: [], explanations: [], wording: {}, health: null,
};
let closed = false;

const words = makeWords(props.words, "en");
const { t, counted } = words;
const say = (label) => t(`label ${label}`);
const turnWords = (index) => t("turn", { n: index + 1 }).replaceAll(" ", "\u00a0");
const due = (entry) => entry.overdue || ["due", "altered", "late", "missing"].includes(entry.progress);
const quoteOf = (span) => (state.turns[span.turn] ? slicePoints(state.turns[span.turn].text, span.start, span.end) : "");
const turnsAgo = (index) => state.turns.length - 1 - index;
/** A day as the reader writes it; empty for none. */
function dayIn(iso) {
  if (!iso) return "";
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  const language = element.lang === "en" ? "en-GB" : element.lang;
  return new Date(year, month - 1, day).toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
}
const path = (rest) => `/api/v1/contacts/${encodeURIComponent(contact)}/${rest}`;

// -- header -----------------------------------------------------------------------------------

function drawHeader() {
  const about = state.contact || {};
  part("client").textContent = about.client_name || about.client || "";
  if (/^#[0-9a-f]{6}$/i.test(about.colour || "")) app.style.setProperty("--client", about.colour);
  const channel = about.channel && about.channel !== "other" ? t(`channel_${about.channel}`) : null;
  part("about").textContent = [channel, contact, about.agent].filter(Boolean).join(" · ");
  const spoken = state.alerts.filter((alert) => alert.span && alert.label.startsWith("customer."));
  const latest = spoken.sort((a, b) => b.span.turn - a.span.turn)[0];
  const chip = part("wording");
  chip.hidden = !latest;
  if (latest) {
    chip.textContent = `${t("wording", { what: say(latest.label).replace(/^[^:]+: /, "") })} · ${turnWords(latest.span.turn)}`;
    chip.title = `“${quoteOf(latest.span)}”`;
  }
  const missing = (state.health && state.health.reasons) || [];
  part("health").hidden = !missing.length;
  part("health").textContent = missing.join(" · ");
}

let before = "";

function drawStatus(name, text) {
  app.dataset.live = name;
  part("live").textContent = text;
  /* Before anything has come, an empty panel says why it is empty. */
  const waits = name === "reconnecting" && before !== "";
  part("no-connection").hidden = !waits || app.dataset.state !== "loading";
  part("no-connection").textContent = t("no_connection");
  before = name;
}

// -- say next ---------------------------------------------------------------------------------

function nextStatement() {
  const order = { altered: 0, late: 1, missing: 1, due: 2 };
  const weight = { opening: 0, before_payment: 1, before_close: 2 };
  return state.disclosures
    .filter((entry) => entry.progress in order)
    .sort((a, b) => weight[a.deadline] - weight[b.deadline] || order[a.progress] - order[b.progress])[0];
}

/* What must be said before the close can wait while the customer's question is still open. */
function stripStatement(card) {
  const statement = nextStatement();
  const waits = statement && statement.deadline === "before_close" && card && age(card) <= 2;
  return waits ? null : statement;
}

const SECRETS = ["privacy.secret_ahead", "privacy.secret_request"];
const secretAhead = () => state.alerts.find((alert) => SECRETS.includes(alert.label) && alert.span && turnsAgo(alert.span.turn) <= 1);

function misstated() {
  const wrong = state.ticks.filter((tick) => tick.progress === "misstated" && tick.span && turnsAgo(tick.span.turn) <= 4);
  return wrong[wrong.length - 1];
}

function statementStrip(statement) {
  const partly = statement.overdue ? t("overdue") : { altered: t("said_in_part"), late: t("late") }[statement.progress];
  const how = [partly, t(`deadline_${statement.deadline}`)].filter(Boolean).join(", ");
  return [
    h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, t("say_next")), statement.title),
    h("p", { class: "u-quiet" }, [how, t(statement.verbatim ? "word_for_word" : "own_words")].join(" · ")),
    statement.verbatim &&
      h("button", { class: "p-insert", onclick: () => insertStatement(statement) }, t("insert"), h("kbd", {}, "Alt I")),
  ];
}

function stripNow(card) {
  const secret = secretAhead();
  if (secret) {
    const lead = h("span", { class: "p-next-lead" }, t("stop"));
    return ["stop", [h("p", { class: "p-next" }, lead, t("secret_next")), h("p", { class: "u-quiet" }, secret.remedy || t("secret_hint"))]];
  }
  const wrong = misstated();
  if (wrong) {
    const lead = h("span", { class: "p-next-lead" }, t("put_right"));
    return ["late", [h("p", { class: "p-next" }, lead, factOf(wrong) || t("fact_misstated")), h("p", { class: "u-quiet" }, wrong.reason)]];
  }
  const statement = stripStatement(card);
  if (statement) return [statement.progress === "due" && !statement.overdue ? "due" : "late", statementStrip(statement)];
  if (card) {
    const lead = leadOf(card);
    const label = card.step ? t("step_of", { n: card.step, of: card.steps }) : t(card.kind === "alert" ? "note_this" : "say_next");
    return [card.kind === "alert" ? "due" : "fact", [
      h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, label), lead || card.title),
      h("p", { class: "u-quiet" }, card.kind === "alert" ? card.notice : t(lead ? "own_words" : "facts_below")),
    ]];
  }
  const open = state.disclosures.filter((entry) => entry.progress !== "done").length;
  const waiting = open ? counted("statements_later", open) : t("nothing_due");
  return ["quiet", [h("p", { class: "p-next" }, t("listening")), h("p", { class: "u-quiet" }, waiting)]];
}

function drawStrip() {
  const card = openCard();
  const [kind, nodes] = stripNow(card);
  const strip = part("strip");
  replaceIfChanged(strip, [kind, card && card.id, nextStatement(), secretAhead(), misstated(), state.disclosures.length, element.lang], nodes);
  strip.dataset.kind = kind;
  strip.classList.toggle("has-button", Boolean(strip.querySelector("button")));
}

async function insertStatement(statement) {
  try {
    const wording = await server.wording(statement.document);
    if (wording) draft.insert(wording);
  } catch {
    drawStatus("stale", t("no_wording"));
  }
}

// -- drawing, and standing still --------------------------------------------------------------

const signatures = new WeakMap();

function replaceIfChanged(node, signature, children) {
  const text = JSON.stringify(signature);
  if (signatures.get(node) === text) return false;
  signatures.set(node, text);
  node.replaceChildren(...children.filter(Boolean));
  return true;
}

const occupied = () =>
  shownCards.length > 0 && (part("cards").matches(":hover") || part("cards").contains(document.activeElement));

/** Cards never move under a pointer or a focus: what is new waits behind a button that says so. */
function draw({ thaw = false } = {}) {
  drawHeader();
  drawFeed();
  const known = new Set(shownCards.map((card) => card.id));
  const news = onDisplay().filter((card) => !known.has(card.id)).length;
  const frozen = !thaw && occupied();
  part("news").hidden = !(frozen && news);
  part("news-words").textContent = t("news", { n: news });
  if (frozen) {
    drawTicks();
    return;
  }
  drawCards();
  drawStrip();
  drawRequired();
  drawPromised();
}

for (const kind of ["pointerleave", "focusout"]) {
  part("cards").addEventListener(kind, () => setTimeout(draw, 150));
}
part("news").addEventListener("click", () => draw({ thaw: true }));
