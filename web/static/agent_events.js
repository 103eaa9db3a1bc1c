/* Keys, practice, and the start of the panel. */

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
    if (["TEXTAREA", "INPUT", "SELECT"].includes(document.activeElement?.tagName)) document.activeElement.blur();
    else if (openCard()) dismiss(openCard());
  } else if (event.key === "Enter" && event.ctrlKey) handled(closed ? copyWrapUp() : draft.copy());
});

// -- practice: both sides typed, so that the panel can be tried without a telephony feed ---------

async function speak(form, speaker) {
  const field = form.querySelector("input");
  const text = field.value.trim();
  if (!text) return;
  field.disabled = true;
  try {
    await request("POST", path("turns"), { turns: [{ speaker, text }] });
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

part("wording").addEventListener("click", () => {
  const spoken = state.alerts.filter((alert) => alert.span && alert.label.startsWith("customer."));
  if (spoken.length) showTurn(Math.max(...spoken.map((alert) => alert.span.turn)));
  part("feed").scrollIntoView({ block: "nearest" });
});

// -- start --------------------------------------------------------------------------------------

let drawing = 0;

/* Regions of one change arrive one after the other: they are drawn together, in the next frame. */
function takeIn(region, json) {
  if (region === "wrap_up") drawDrafted(json);
  if (!(region in state)) return;
  state[region] = json;
  if (region === "contact" && json.ended && !closed) end();
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(() => {
    app.dataset.state = closed ? "closed" : "open";
    if (!closed) draw();
  });
}

words.use(words.preferred(query.get("lang"), ...navigator.languages));
const draft = makeDraft({ contact: () => (state.turns.length && !closed ? contact : null), words });
let live = null;

request("GET", "/api/v1/clients/me").then((me) => {
  part("wrap-dispositions").replaceChildren(...(me.dispositions || []).map((name) => h("option", { value: name })));
  if (me.page_language && !query.get("lang")) {
    words.use(words.preferred(me.page_language));
    if (app.dataset.state === "open") draw();
  }
  part("switch").hidden = !me.may_change_client;
  /* The client's name stands there also while the contact's own words are on their way. */
  state.contact ??= { ...me, agent: me.name };
  drawHeader();
}).catch(() => {});

if (contact) {
  if (fresh) history.replaceState(null, "", `?contact=${encodeURIComponent(contact)}`);
  part("practice").hidden = !practice;
  drawStatus("reconnecting", t("connecting"));
  live = makeLive({ contact, t, onState: takeIn, onStatus: (...said) => closed || drawStatus(...said) });
} else {
  app.dataset.state = "none";
  drawScores().catch(() => {});
}
