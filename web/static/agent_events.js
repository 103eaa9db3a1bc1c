/* Keys, practice and the end of a contact, and the start of the panel. */

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
    part("wrap-text").setSelectionRange(0, 0);
    part("wrap-text").scrollTop = 0;
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

const draft = makeDraft({ contact: () => (state.turns.length && !closed ? contact : null), labels });
let live = null;
if (contact) {
  if (fresh) history.replaceState(null, "", `?contact=${encodeURIComponent(contact)}`);
  part("practice").hidden = !practice;
  drawStatus("reconnecting", "connecting");
  live = makeLive({ contact, onState: takeIn, onStatus: drawStatus });
} else {
  app.dataset.state = "none";
  request("GET", "/api/v1/clients/me").then((me) => {
    state.contact = { ...me, agent: me.name };
    drawHeader();
  }).catch(() => {});
}
