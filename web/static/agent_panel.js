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

function leadOf(card) {
  const short = card.facts.filter((fact) => fact.length <= 110);
  return short.find((fact) => /\d/.test(fact)) || short[0] || null;
}

function drawStrip() {
  const strip = part("strip");
  const statement = nextStatement();
  const card = shownCards[0];
  let nodes;
  let kind;
  if (statement) {
    kind = statement.progress === "due" ? "due" : "late";
    const partly = statement.progress === "altered" && statement.missing.length;
    const how = partly ? `still to say: ${statement.missing.slice(0, 6).join(" ")}` : DEADLINES[statement.deadline];
    nodes = [
      h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, "Say next"), statement.title),
      h("p", { class: "u-quiet" }, [how, statement.verbatim ? "word for word" : "in your own words"].join(" · ")),
      statement.verbatim &&
        h("button", { class: "p-insert", onclick: () => insertStatement(statement) }, "Insert", h("kbd", {}, "Alt I")),
    ];
  } else if (card && leadOf(card)) {
    kind = "fact";
    nodes = [
      h("p", { class: "p-next" }, h("span", { class: "p-next-lead" }, "Say next"), leadOf(card)),
      h("p", { class: "u-quiet" }, "in your own words"),
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

function cardBody(card, lead, key) {
  const facts = card.facts.filter((fact) => fact !== lead);
  const copy = h("button", { class: "u-primary", "data-copy": card.id, onclick: () => copyCard(card) },
    h("span", { "data-say": "" }, "Copy facts"), key && h("kbd", {}, key));
  return [
    because(card),
    facts.length ? h("ul", { class: "p-facts" }, facts.map((fact) => h("li", {}, fact))) : null,
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
  const visible = state.suggestions.filter((card) => !dismissed.has(card.id)).slice(0, 3);
  const top = visible.find((card) => card.id === chosen) || visible[0];
  shownCards = top ? [top, ...visible.filter((card) => card !== top)] : [];
  const lead = top && !nextStatement() ? leadOf(top) : null;
  const hidden = state.suggestions.filter((card) => dismissed.has(card.id)).length;
  const nodes = [
    top && h("article", { class: "p-card", "data-card": top.id, tabindex: "-1" },
      h("h2", { class: "p-title" }, top.title), cardBody(top, lead, "Alt 1")),
    ...shownCards.slice(1).map((card, index) =>
      h("details", { class: "p-more", "data-card": card.id, name: "p-more" },
        h("summary", {}, h("span", { class: "p-more-title" }, card.title), h("kbd", {}, `Alt ${index + 2}`)),
        cardBody(card, null, null))),
    hidden ? h("button", { class: "u-plain", onclick: restore }, `${hidden} dismissed, show again`) : null,
  ];
  replaceIfChanged(box, [visible, lead, hidden, state.turns.length && visible.map((card) => because(card) !== null)], nodes);
  for (const card of shownCards) tell(card, "shown");
}

function tell(card, action) {
  if (announced.has(`${card.id} ${action}`)) return;
  announced.add(`${card.id} ${action}`);
  request("POST", `/api/v1/contacts/${encodeURIComponent(contact)}/feedback`, { suggestion: card.id, action }).catch(() => {});
}

async function copyCard(card) {
  const button = element.querySelector(`[data-copy="${CSS.escape(card.id)}"]`);
  try {
    await copyText(card.facts.map((fact) => `- ${fact}`).join("\n"));
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
    if (entry.missing.length && entry.progress !== "later") extra.push(`missing: ${entry.missing.slice(0, 8).join(" ")}`);
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

// -- keys -------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (!element.isConnected) return;
  const handled = () => event.preventDefault();
  const digit = /^Digit([1-3])$/.exec(event.code);
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (digit) handled(take(Number(digit[1])));
    else if (event.code === "KeyD") handled(draft.focus());
    else if (event.code === "KeyN") handled(draw({ thaw: true }));
    else if (event.code === "KeyI") handled(nextStatement()?.verbatim && insertStatement(nextStatement()));
    else if (event.code === "KeyS") {
      const fold = element.querySelector(".p-card .p-source");
      if (fold) handled((fold.open = !fold.open));
    }
  } else if (event.key === "Escape") {
    if (["TEXTAREA", "INPUT"].includes(document.activeElement?.tagName)) document.activeElement.blur();
    else if (shownCards[0]) dismiss(shownCards[0]);
  } else if (event.key === "Enter" && event.ctrlKey) handled(closed ? copyWrapUp() : draft.copy());
});

// -- practice: both sides typed, so that the panel can be tried without a telephony feed ---------

async function speak(form, speaker) {
  const field = form.querySelector("input");
  const text = field.value.trim();
  if (!text) return;
  field.disabled = true;
  try {
    await request("POST", `/api/v1/contacts/${encodeURIComponent(contact)}/turns`, { turns: [{ speaker, text }] });
    field.value = "";
    part("practice-problem").hidden = true;
  } catch (problem) {
    part("practice-problem").hidden = false;
    part("practice-problem").textContent = problem.message;
  }
  field.disabled = false;
  field.focus();
}

for (const speaker of ["customer", "agent"]) {
  part(`practice-${speaker}`).addEventListener("submit", (event) => {
    event.preventDefault();
    speak(event.target, speaker);
  });
}

// -- the end of a contact -----------------------------------------------------------------------

const HEADINGS = { issue: "Issue", done: "Done", commitment: "Promised", open: "Open", customer_wording: "Customer's wording" };

function wrapUpText(summary) {
  const groups = Object.keys(HEADINGS).map((heading) => {
    const lines = summary.lines.filter((line) => line.heading === heading);
    return lines.length ? `${HEADINGS[heading]}\n${lines.map((line) => `- ${line.text}`).join("\n")}` : null;
  });
  return groups.filter(Boolean).join("\n\n");
}

async function end() {
  const button = part("end");
  button.disabled = true;
  try {
    const summary = await request("POST", `/api/v1/contacts/${encodeURIComponent(contact)}/close`, {});
    closed = true;
    live.stop();
    drawStatus("closed", "ended");
    app.dataset.state = "closed";
    part("wrap-text").value = wrapUpText(summary) || "Nothing to sum up.";
    part("wrap-text").focus();
    button.hidden = true;
  } catch (problem) {
    button.disabled = false;
    drawStatus("stale", problem.message);
  }
}

async function copyWrapUp() {
  await copyText(part("wrap-text").value);
  flash(part("wrap-copy"), "Copied");
}

part("end").addEventListener("click", end);
part("wrap-copy").addEventListener("click", copyWrapUp);
part("wording").addEventListener("click", () => part("feed").scrollIntoView({ block: "nearest" }));

// -- start --------------------------------------------------------------------------------------

let drawing = 0;

/* Regions of one change arrive one after the other: they are drawn together, in the next frame. */
function takeIn(region, json) {
  if (!(region in state)) return;
  state[region] = json;
  if (region === "contact" && json.ended && !closed) end();
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => {
    app.dataset.state = closed ? "closed" : "open";
    draw();
  });
}

const draft = makeDraft({ contact: () => contact, labels });
let live = null;
if (contact) {
  if (fresh) history.replaceState(null, "", `?contact=${encodeURIComponent(contact)}`);
  part("practice").hidden = !practice;
  drawStatus("reconnecting", "connecting");
  live = makeLive({ contact, onState: takeIn, onStatus: drawStatus });
} else app.dataset.state = "none";
