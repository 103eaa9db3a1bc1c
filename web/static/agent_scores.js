/* The agent's own confirmed scores: the evidence first, then the number, and a way to say that it is wrong. */

const FIRST = ["NOT_MET", "UNSCORED", "MET", "NOT_APPLICABLE"];

function evidenceRow(line) {
  return h("li", { class: `s-line is-${line.outcome}` },
    h("p", {}, h("strong", {}, t(`outcome_${line.outcome}`)), ` ${line.question}`),
    line.quotes.map((quote) => h("p", { class: "s-quote" }, h("q", {}, quote.words), ` · ${turnWords(quote.turn)}`)),
    line.reason ? h("p", { class: "u-quiet" }, line.reason) : null);
}

/* What was met and what did not arise is one line each, to be opened. */
function outcomeRows(outcome, lines) {
  if (!lines.length) return null;
  const rows = h("ul", { class: "s-lines" }, lines.map(evidenceRow));
  if (!["MET", "NOT_APPLICABLE"].includes(outcome)) return rows;
  return h("details", { class: `s-fold is-${outcome}` }, h("summary", {}, `${t(`outcome_${outcome}`)} · ${lines.length}`), rows);
}

function disputeForm(score, box) {
  const field = h("textarea", { rows: "3", "aria-label": t("dispute_reason"), placeholder: t("dispute_reason") });
  const choice = h("select", { "aria-label": t("dispute_about") },
    score.lines.map((line) => h("option", { value: line.criterion }, line.question)));
  const problem = h("p", { class: "u-error", role: "alert", hidden: true });
  const send = async () => {
    try {
      const answer = await server.dispute({ evaluation: score.evaluation, criterion: choice.value, reason: field.value.trim() });
      if (answer.problem) throw new Error(answer.problem);
      await drawScores();
    } catch (fault) {
      problem.hidden = false;
      problem.textContent = fault.message;
    }
  };
  box.replaceChildren(choice, field, h("div", { class: "p-actions" }, h("button", { class: "u-primary", onclick: send }, t("dispute_send"))), problem);
  field.focus();
}

async function acknowledge(score) {
  await server.acknowledge({ evaluation: score.evaluation });
  await drawScores();
}

async function openScore(row, box) {
  if (box.childElementCount) return;
  const score = await server.own_score({ evaluation: row.evaluation });
  if (score.problem) return box.replaceChildren(h("p", { class: "u-quiet" }, t("score_gone")));
  const form = h("div", { class: "s-dispute" });
  box.replaceChildren(...[
    ...FIRST.map((outcome) => outcomeRows(outcome, score.lines.filter((line) => line.outcome === outcome))),
    h("p", { class: "s-total" }, t("score_total", { percent: score.percent, who: score.confirmed_by })),
    ...score.notes.map((note) => h("p", { class: "s-note" }, note)),
    score.dispute ? h("p", { class: "p-notice" }, t(`dispute_${score.dispute.state}`), score.dispute.reason ? ` · ${score.dispute.reason}` : "") : null,
    h("div", { class: "p-actions" },
      score.may_acknowledge ? h("button", { onclick: () => acknowledge(score) }, t("acknowledge")) : null,
      score.may_dispute ? h("button", { onclick: () => disputeForm(score, form) }, t("dispute")) : null),
    form,
  ].filter(Boolean));
}

function scoreRow(row) {
  const box = h("div", { class: "s-body" });
  const fold = h("details", { class: "p-more s-row", ontoggle: () => fold.open && openScore(row, box) },
    h("summary", {}, h("span", { class: "p-more-title" }, row.contact),
      h("span", { class: "u-quiet" }, [dayIn(row.day), row.state ? t(`state_${row.state}`) : null].filter(Boolean).join(" · "))),
    box);
  return fold;
}

async function drawScores() {
  const { scores: rows } = await server.own_scores({});
  part("scores").hidden = !rows;
  if (!rows) return;
  part("scores-list").replaceChildren(...(rows.length ? rows.map(scoreRow) : [h("p", { class: "u-quiet" }, t("no_scores"))]));
}
