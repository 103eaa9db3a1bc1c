"""A scorecard applied to a transcript: pure, so the same inputs give the same bytes.

Score = sum of points over sum of weights, over criteria that apply and could be told. Not
applicable and not told leave both sums. A failed criterion with auto-fail `section` takes the
section's points, with `form` all of them; the score before that stays beside it (`raw_score`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.errors import InputError
from models.records import (
    Asked,
    Criterion,
    Evaluation,
    Finding,
    Found,
    Measured,
    Outcome,
    Scriptedness,
    Span,
    Transcript,
    Verdict,
    severity_rank,
)
from qa.measures import MEASURES

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_MOST_NAMED = 3
SURE_ENOUGH = 0.6
"""Mean recogniser confidence of the evidence below which a machine never fails a form or section."""


def evaluation_fingerprint(scorecard: Scorecard, transcript: Transcript, analyser: str) -> str:
    """SHA-256 of scorecard, transcript and analyser fingerprint: what a score depends on."""
    parts = (scorecard.digest, transcript.digest, analyser)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def evaluate(
    scorecard: Scorecard,
    transcript: Transcript,
    findings: Sequence[Finding],
    *,
    scriptedness: Scriptedness | None = None,
    fingerprint: str = "",
) -> Evaluation:
    """Answer every criterion and add up.

    Args:
        scorecard: Any version.
        transcript: The contact the findings were made in.
        findings: From `Analyser.analyse`, in any order.
        scriptedness: From `Analyser.scriptedness`; without it a criterion on it is UNSCORED.
        fingerprint: `Analyser.fingerprint`.

    Raises:
        InputError: A finding points outside the transcript; names the label and turn.
    """
    for finding in findings:
        if finding.span is not None:
            _check_span(finding, transcript)
    verdicts = tuple(
        _verdict(criterion, scorecard.id, transcript, findings, scriptedness)
        for criterion in scorecard.criteria
    )
    return with_totals(
        Evaluation(
            id=f"{transcript.id}:{scorecard.name}",
            transcript=transcript.id,
            transcript_digest=transcript.digest,
            client=transcript.client,
            agent=transcript.agent,
            scorecard=scorecard.id,
            verdicts=verdicts,
            score=None,
            raw_score=None,
            fingerprint=evaluation_fingerprint(scorecard, transcript, fingerprint),
        ),
        scorecard,
    )


def with_totals(evaluation: Evaluation, scorecard: Scorecard) -> Evaluation:
    """The evaluation with its scores, rates and auto-fails added up from its verdicts."""
    answered = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    failed = tuple(
        criterion.ref
        for criterion in scorecard.criteria
        if criterion.auto_fail != "none" and answered[criterion.ref].outcome == "NOT_MET"
    )
    form_failed = any(c.auto_fail == "form" for c in scorecard.criteria if c.ref in failed)
    earned_all = raw_all = weight_all = 0.0
    section_scores: dict[str, float | None] = {}
    for section in scorecard.sections:
        scored = [(c, answered[c.ref]) for c in section.criteria if answered[c.ref].points is not None]
        weight = sum(criterion.weight for criterion, _ in scored)
        raw = sum(verdict.points or 0.0 for _, verdict in scored)
        section_failed = form_failed or any(c.ref in failed for c in section.criteria)
        earned = 0.0 if section_failed else raw
        section_scores[section.ref] = _share(earned, weight)
        earned_all, raw_all, weight_all = earned_all + earned, raw_all + raw, weight_all + weight
    score = _share(earned_all, weight_all)
    return replace(
        evaluation,
        score=score,
        raw_score=_share(raw_all, weight_all),
        section_scores=section_scores,
        copc=_copc_rates(scorecard.criteria, answered),
        auto_failed=failed,
        passed=None if score is None else score >= scorecard.pass_mark,
    )


def points_for(outcome: Outcome, weight: float) -> float | None:
    """Points of an answer: the weight, nothing, or None where there is no answer."""
    return {"MET": weight, "NOT_MET": 0.0}.get(outcome)


def _verdict(
    criterion: Criterion,
    by: str,
    transcript: Transcript,
    findings: Sequence[Finding],
    scriptedness: Scriptedness | None,
) -> Verdict:
    outcome: Outcome
    evidence: tuple[Span, ...] = ()
    check = criterion.check
    if isinstance(check, Asked):
        outcome, reason = "UNSCORED", "waits for a person's answer"
    elif not any(turn.speaker == "agent" for turn in transcript.turns):
        outcome, reason = "UNSCORED", "no turn is known to be the agent's; say who is who, then score again"
    elif criterion.applies_when is not None and not _meets(
        criterion.applies_when, _matching(criterion.applies_when, findings)
    ):
        nothing = _none_of(criterion.applies_when.labels, transcript)
        outcome, reason = "NOT_APPLICABLE", f"the question did not arise: {nothing}"
    elif isinstance(check, Found):
        outcome, reason, evidence = _answer_found(check, criterion, transcript, findings)
    else:
        outcome, reason = _answer_measured(check, transcript, scriptedness)
    return Verdict(criterion.ref, outcome, points_for(outcome, criterion.weight), reason, by, evidence)


def _answer_found(
    check: Found, criterion: Criterion, transcript: Transcript, findings: Sequence[Finding]
) -> tuple[Outcome, str, tuple[Span, ...]]:
    matching = _matching(check, findings)
    evidence = tuple(finding.span for finding in matching if finding.span is not None)
    met = _meets(check, matching)
    if not met and criterion.auto_fail != "none" and not _heard_well(evidence, transcript):
        unsure = f"recognised with confidence below {SURE_ENOUGH:.0%}: too unsure to fail by machine"
        return "UNSCORED", f"{unsure}; a person decides", evidence
    if not matching:
        return ("MET" if met else "NOT_MET"), _none_of(check.labels, transcript), ()
    named = "; ".join(
        f"{finding.label} ({_where(finding)}): {finding.reason}" for finding in matching[:_MOST_NAMED]
    )
    more = f"; and {len(matching) - _MOST_NAMED} more" if len(matching) > _MOST_NAMED else ""
    return ("MET" if met else "NOT_MET"), named + more, evidence


def _answer_measured(
    check: Measured, transcript: Transcript, scriptedness: Scriptedness | None
) -> tuple[Outcome, str]:
    if check.measure == "scriptedness":
        value = scriptedness.value if scriptedness is not None else None
        missing = "scriptedness is not available: it needs 60 agent words outside required statements"
    else:
        value = MEASURES[check.measure].read(transcript)
        missing = f"{check.measure} is not available: the source has no times for every turn"
    if value is None:
        return "UNSCORED", missing
    met = (check.at_least is None or value >= check.at_least) and (
        check.at_most is None or value <= check.at_most
    )
    bounds = " and ".join(
        f"{word} {bound:g}"
        for word, bound in (("at least", check.at_least), ("at most", check.at_most))
        if bound is not None
    )
    return ("MET" if met else "NOT_MET"), f"{check.measure} is {value:.1f} {check.unit}; asked for {bounds}"


def _matching(check: Found, findings: Sequence[Finding]) -> list[Finding]:
    return [
        finding
        for finding in findings
        if finding.label in check.labels
        and severity_rank(finding.severity) >= severity_rank(check.severity)
        and (check.document is None or (finding.source or "").split("#")[0] == check.document)
    ]


def _meets(check: Found, matching: Sequence[Finding]) -> bool:
    enough = check.at_least is None or len(matching) >= check.at_least
    return enough and (check.at_most is None or len(matching) <= check.at_most)


def _heard_well(evidence: Sequence[Span], transcript: Transcript) -> bool:
    """Whether the words a failure rests on were recognised well; typed words always were."""
    turns = transcript.turns
    spoken = [turns[span.turn].confidence for span in evidence] or [turn.confidence for turn in turns]
    known = [confidence for confidence in spoken if confidence is not None]
    return not known or sum(known) / len(known) >= SURE_ENOUGH


def _check_span(finding: Finding, transcript: Transcript) -> None:
    try:
        transcript.quote(finding.span)  # type: ignore[arg-type]
    except InputError as problem:
        raise InputError(f"finding {finding.label}: does not belong to this transcript: {problem}") from None


def _where(finding: Finding) -> str:
    return "whole contact" if finding.span is None else f"turn {finding.span.turn + 1}"


def _none_of(labels: Sequence[str], transcript: Transcript) -> str:
    named = " or ".join(labels[:2])
    more = f" (nor {len(labels) - 2} more)" if len(labels) > 2 else ""  # noqa: PLR2004 - two are named
    return f"no {named}{more} in turns 1-{len(transcript.turns)}"


def _share(part: float, whole: float) -> float | None:
    # Rounded so that the same sum in another order gives the same bytes.
    return round(part / whole, 6) if whole else None


def _copc_rates(criteria: Sequence[Criterion], answered: dict[str, Verdict]) -> dict[str, float | None]:
    rates: dict[str, float | None] = {}
    for name in ("customer", "business", "compliance"):
        told = [
            answered[c.ref].outcome == "MET"
            for c in criteria
            if c.copc == name and answered[c.ref].outcome in ("MET", "NOT_MET")
        ]
        rates[name] = _share(sum(told), len(told))
    return rates
