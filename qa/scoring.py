"""A scorecard applied to a transcript: pure, so the same inputs give the same bytes.

Score = sum of points over sum of weights, over criteria that apply and could be told. What did not
apply leaves both sums, or counts as met, as the criterion says; what could not be told always leaves
them. A bonus adds points and no weight; no score exceeds 1. A failed criterion with auto-fail `section`
takes the section's points and with `form` all of them (`zero`), or leaves them and marks the form Fail
(`mark`); the score before that stays beside it (`raw_score`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.errors import InputError
from models.records import Asked, Criterion, Evaluation, Finding, Scriptedness, Section, Transcript, Verdict
from qa.answering import SURE_ENOUGH, Evidence, answer, fails, points_for
from qa.contact_agents import agents_of, part_of, turns_of

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

__all__ = [
    "SURE_ENOUGH",
    "evaluate",
    "evaluation_fingerprint",
    "evaluation_id",
    "fingerprint_parts",
    "points_for",
    "with_totals",
]


def fingerprint_parts(
    scorecard: Scorecard, transcript: Transcript, analyser: Mapping[str, str] | str
) -> dict[str, str]:
    """What a score depends on, each with its digest; the wording of a scorecard is no part of it."""
    parts = {"analyser": analyser} if isinstance(analyser, str) else dict(analyser)
    return {**parts, "scorecard": f"{scorecard.id} {scorecard.meaning}", "transcript": transcript.digest}


def evaluation_fingerprint(scorecard: Scorecard, transcript: Transcript, analyser: str) -> str:
    """SHA-256 of scorecard, transcript and analyser fingerprint: what a score depends on."""
    parts = (scorecard.id, scorecard.meaning, transcript.digest, analyser)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def evaluation_id(scorecard: Scorecard, transcript: Transcript, agent: str | None = None) -> str:
    """`contact:scorecard`, and the agent behind it where one of several is meant."""
    shared = agent is not None and len(agents_of(transcript)) > 1
    return f"{transcript.id}:{scorecard.name}" + (f":{agent}" if shared else "")


def evaluate(
    scorecard: Scorecard,
    transcript: Transcript,
    findings: Sequence[Finding],
    *,
    scriptedness: Scriptedness | None = None,
    fingerprint: str = "",
    parts: Mapping[str, str] | None = None,
    answers: Sequence[Verdict] = (),
    agent: str | None = None,
) -> Evaluation:
    """Answer every criterion and add up.

    Args:
        scorecard: Any version.
        transcript: The contact the findings were made in.
        findings: From `Analyser.analyse`, in any order.
        scriptedness: From `Analyser.scriptedness`; without it a criterion on it is UNSCORED.
        fingerprint: `Analyser.fingerprint`.
        parts: What that fingerprint was made of, by name; None: it stands as `analyser`.
        answers: Given answers to asked criteria, such as those of `qa.asking`.
        agent: Whose part of a contact that several agents had (`qa.contact_agents.agents_of`); None:
            the contact as a whole.

    Raises:
        InputError: A finding or a given answer points outside the transcript, or nobody of that
            name had the contact; names the label and turn.
    """
    for finding in findings:
        if finding.span is not None:
            _check_span(finding, transcript)
    part = transcript
    if agent is not None:
        if agent not in agents_of(transcript):
            raise InputError(f"transcript {transcript.id}: no agent of that name had it")
        mine = turns_of(transcript, agent)
        findings = [one for one in findings if one.span is None or one.span.turn in mine]
        part = part_of(transcript, agent)
    seen = Evidence(
        transcript,
        tuple(sorted(findings, key=_place)),
        scriptedness,
        part,
        _given(scorecard, transcript, answers),
    )
    verdicts: dict[str, Verdict] = {}
    for criterion in scorecard.criteria:
        verdicts[criterion.ref] = answer(criterion, scorecard.id, seen, verdicts)
    return with_totals(
        Evaluation(
            id=evaluation_id(scorecard, transcript, agent),
            transcript=transcript.id,
            transcript_digest=transcript.digest,
            client=transcript.client,
            agent=transcript.agent if agent is None else agent,
            scorecard=scorecard.id,
            verdicts=tuple(verdicts.values()),
            score=None,
            raw_score=None,
            fingerprint=evaluation_fingerprint(scorecard, transcript, fingerprint),
            parts=fingerprint_parts(scorecard, transcript, parts or fingerprint),
        ),
        scorecard,
    )


def with_totals(evaluation: Evaluation, scorecard: Scorecard) -> Evaluation:
    """The evaluation with its scores, rates and auto-fails added up from its verdicts."""
    answered = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    failed = [criterion for criterion in scorecard.criteria if fails(criterion, answered[criterion.ref])]
    form_failed = any(one.auto_fail == "form" for one in failed)
    form_zeroed = any(one.auto_fail == "form" and one.on_auto_fail == "zero" for one in failed)
    earned_all = raw_all = weight_all = 0.0
    section_scores: dict[str, float | None] = {}
    for section in scorecard.sections:
        raw, weight = _sums(section, answered)
        zeroed = form_zeroed or any(one in section.criteria and one.on_auto_fail == "zero" for one in failed)
        earned = 0.0 if zeroed else raw
        section_scores[section.ref] = _share(earned, weight)
        earned_all, raw_all, weight_all = earned_all + earned, raw_all + raw, weight_all + weight
    score = _share(earned_all, weight_all)
    return replace(
        evaluation,
        score=score,
        raw_score=_share(raw_all, weight_all),
        section_scores=section_scores,
        copc=_copc_rates(scorecard.criteria, answered),
        auto_failed=tuple(criterion.ref for criterion in failed),
        passed=None if score is None else score >= scorecard.pass_mark and not form_failed,
    )


def _sums(section: Section, answered: Mapping[str, Verdict]) -> tuple[float, float]:
    """Points earned in a section, bonuses among them, and the weight they are held against."""
    scored = [(one, answered[one.ref]) for one in section.criteria if answered[one.ref].points is not None]
    raw = sum(verdict.points or 0.0 for _, verdict in scored)
    return raw, sum(criterion.weight for criterion, _ in scored if not criterion.bonus)


def _given(scorecard: Scorecard, transcript: Transcript, answers: Sequence[Verdict]) -> dict[str, Verdict]:
    asked = {one.ref for one in scorecard.criteria if isinstance(one.check, Asked)}
    for verdict in answers:
        if verdict.criterion not in asked:
            raise InputError(f"criterion {verdict.criterion}: takes no given answer; it is not asked")
        for span in verdict.evidence:
            transcript.quote(span)
    return {verdict.criterion: verdict for verdict in answers}


def _check_span(finding: Finding, transcript: Transcript) -> None:
    try:
        transcript.quote(finding.span)  # type: ignore[arg-type]
    except InputError as problem:
        raise InputError(f"finding {finding.label}: does not belong to this transcript: {problem}") from None


def _place(finding: Finding) -> tuple[bool, int, int, int, str, str, str]:
    """An order that does not depend on the order in which findings came."""
    last = (finding.label, finding.source or "", finding.by + finding.reason)
    if finding.span is None:
        return (True, 0, 0, 0, *last)
    return (False, finding.span.turn, finding.span.start, finding.span.end, *last)


def _share(part: float, whole: float) -> float | None:
    # Rounded so that the same sum in another order gives the same bytes.
    return min(1.0, round(part / whole, 6)) if whole else None


def _copc_rates(criteria: Sequence[Criterion], answered: Mapping[str, Verdict]) -> dict[str, float | None]:
    """Shares of met criteria; a bonus that was not earned and words without points are no defects."""
    rates: dict[str, float | None] = {}
    for name in ("customer", "business", "compliance"):
        told = [
            answered[one.ref].outcome != "NOT_MET"
            for one in criteria
            if one.copc == name
            and not one.bonus
            and one.answer.kind != "text"
            and (answered[one.ref].outcome in ("MET", "NOT_MET") or answered[one.ref].points is not None)
        ]
        rates[name] = _share(sum(told), len(told))
    return rates
