/* What must be said in this contact, and what the agent has promised. */

function standing(entry) {
  const at = entry.span ? turnWords(entry.span.turn) : "";
  const share = entry.complete > 0 && entry.complete < 1 ? ` ${Math.round(entry.complete * 100)} %` : "";
  const deadline = t(`deadline_${entry.deadline}`);
  if (entry.overdue) return ["!", `${t("overdue")}, ${deadline}`];
  return {
    done: ["", t("said_at", { turn: at })],
    due: ["!", t("due_by", { deadline })],
    later: ["", t("later_by", { deadline })],
    altered: ["≈", `${t("said_in_part")}${share}, ${at}`],
    late: ["!", `${t("late")}, ${t("said_at", { turn: at })}`],
    missing: ["!", t("not_said")],
  }[entry.progress];
}

function statementRow(entry) {
  const [sign, stands] = standing(entry);
  const extra = [];
  if (entry.missing.length && entry.progress !== "later") extra.push(t("not_heard", { what: entry.missing.slice(0, 8).join(", ") }));
  else if (entry.because && entry.progress !== "done") extra.push(entry.because);
  return h("li", { class: `p-row is-${entry.overdue ? "missing" : entry.progress}` },
    h("span", { class: "p-sign", "aria-hidden": "true" }, sign),
    h("span", { class: "p-row-title" }, entry.title),
    h("span", { class: "p-row-state" }, stands),
    extra.length ? h("span", { class: "p-row-extra" }, extra.join(" · ")) : null,
    entry.verbatim && due(entry) && entry !== nextStatement()
      ? h("button", { class: "p-insert", onclick: () => insertStatement(entry) }, t("insert")) : null);
}

function drawRequired() {
  const done = state.disclosures.filter((entry) => entry.progress === "done").length;
  const section = part("required");
  section.hidden = !state.disclosures.length;
  const head = h("h2", { class: "u-label p-head" }, t("required"),
    h("span", {}, t("of", { n: done, of: state.disclosures.length })));
  replaceIfChanged(section, [state.disclosures, element.lang], [head, h("ul", {}, state.disclosures.map(statementRow))]);
}

function promiseRow(promise) {
  const at = new Date(promise.due);
  const when = promise.due
    ? at.toLocaleString(element.lang || undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
    : promise.when ? quoteOf(promise.when) : t("no_time");
  return h("li", { class: "p-row is-promise" },
    h("span", { class: "p-sign", "aria-hidden": "true" }, "→"),
    h("span", { class: "p-row-words" }, h("q", {}, quoteOf(promise.span))),
    h("span", { class: "p-row-state" }, when));
}

function drawPromised() {
  const section = part("promised");
  section.hidden = !state.commitments.length;
  const head = h("h2", { class: "u-label p-head" }, t("promised"), h("span", {}, String(state.commitments.length)));
  replaceIfChanged(section, [state.commitments, element.lang], [head, h("ul", {}, state.commitments.slice(-4).map(promiseRow))]);
}
