/* The end of a contact: a wrap-up of the contact's own sentences, each tied to its turn, every line editable. */

const HEADINGS = ["issue", "done", "commitment", "open", "customer_wording"];
/* How long after the end a generator's text may still come. */
const DRAFT_MS = 45000;
let wrapLines = [];

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function lineRow(line) {
  const field = h("textarea", { rows: "1", "aria-label": t(`heading_${line.heading}`), oninput: () => grow(field) });
  field.value = line.text;
  line.field = field;
  const turn = line.spans && line.spans[0] ? line.spans[0].turn : null;
  return h("li", { class: "w-line" }, field,
    turn === null ? null : h("button", { class: "u-plain w-turn", onclick: () => showTurn(turn) }, turnWords(turn)));
}

function addLine(heading) {
  const line = { heading, text: "", spans: [] };
  wrapLines.push(line);
  part("wrap-lines").querySelector(`[data-heading="${heading}"] ul`).append(lineRow(line));
  line.field.focus();
}

function drawDrafted(summary) {
  part("wrap-drafted").hidden = !summary.drafted;
  part("wrap-drafted-text").textContent = summary.drafted || "";
}

function drawWrap(summary) {
  wrapLines = summary.lines.map((line) => ({ ...line }));
  const groups = HEADINGS.map((heading) =>
    h("section", { class: "w-group", "data-heading": heading },
      h("h3", { class: "u-label p-head" }, t(`heading_${heading}`),
        h("button", { class: "u-plain", "aria-label": t("add_line", { what: t(`heading_${heading}`) }), onclick: () => addLine(heading) }, "+")),
      h("ul", {}, wrapLines.filter((line) => line.heading === heading).map(lineRow))));
  part("wrap-lines").replaceChildren(...groups);
  part("wrap-disposition").value = summary.disposition || "";
  drawDrafted(summary);
  for (const line of wrapLines) grow(line.field);
}

const linesNow = () => wrapLines.map((line) => ({ heading: line.heading, text: line.field.value.trim(), spans: line.spans || [] }))
  .filter((line) => line.text);

function wrapUpText() {
  const lines = linesNow();
  const disposition = part("wrap-disposition").value.trim();
  const groups = HEADINGS.map((heading) => {
    const own = lines.filter((line) => line.heading === heading);
    return own.length ? `${t(`heading_${heading}`)}\n${own.map((line) => `- ${line.text}`).join("\n")}` : null;
  });
  return [disposition ? `${t("disposition")}: ${disposition}` : null, ...groups].filter(Boolean).join("\n\n");
}

async function end() {
  const button = part("end");
  button.disabled = true;
  try {
    const summary = await request("POST", path("close"), {});
    closed = true;
    if (live) setTimeout(live.stop, DRAFT_MS);
    drawStatus("closed", t("ended"));
    app.dataset.state = "closed";
    button.hidden = true;
    drawFeed();
    drawWrap(summary);
    part("wrap-body").scrollTop = 0;
    part("wrap-disposition").focus();
  } catch (problem) {
    button.disabled = false;
    drawStatus("stale", problem.message);
  }
}

async function copyWrapUp() {
  await copyText(wrapUpText());
  flash(part("wrap-copy"), t("copied"));
}

async function saveWrapUp() {
  const problem = part("wrap-problem");
  problem.hidden = true;
  try {
    await request("PUT", path("wrap-up"), { lines: linesNow().map(({ heading, text }) => ({ heading, text })), disposition: part("wrap-disposition").value.trim() });
    flash(part("wrap-save"), t("saved"));
  } catch (fault) {
    problem.hidden = false;
    problem.textContent = `${t("not_saved")} ${fault.message}`;
  }
}

part("end").addEventListener("click", end);
part("wrap-copy").addEventListener("click", copyWrapUp);
part("wrap-save").addEventListener("click", saveWrapUp);
