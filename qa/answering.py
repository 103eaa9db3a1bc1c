"""One criterion answered by machine: does the question arise, what was found or measured, how surely.

A question that did not arise is NOT_APPLICABLE; one that a machine cannot tell is UNSCORED and waits
for a person. Words that the recogniser was unsure of never fail a section or a form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from models.records import (
    AnswerIs,
    AnswerValue,
    Asked,
    Criterion,
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
from qa.card_answers import band_of, share_of
from qa.detectors.standing import counts
from qa.measures import MEASURES

_MOST_NAMED = 3
SURE_ENOUGH = 0.6
"""Mean recogniser confidence of the evidence below which a machine never fails a form or section."""
_WORDS: Mapping[Outcome, str] = {
    "MET": "yes",
    "NOT_MET": "no",
    "NOT_APPLICABLE": "not applicable",
    "UNSCORED": "not answered",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a machine answers from: the contact, what was found in it, and whose part is asked about."""

    transcript: Transcript
    findings: tuple[Finding, ...]
    """In the agent's part, and about the contact as a whole."""
    scriptedness: Scriptedness | None
    part: Transcript
    """The agent's part alone, for measures; the contact itself when it is asked about as a whole."""
    answers: Mapping[str, Verdict]
    """Given answers to asked criteria, by ref: a generator's, whose quotes were found."""

    @property
    def shared(self) -> bool:
        """Whether others had a part of the contact that is not asked about."""
        return len(self.part.turns) < len(self.transcript.turns)


def answer(criterion: Criterion, by: str, seen: Evidence, earlier: Mapping[str, Verdict]) -> Verdict:
    """The machine's verdict.

    Args:
        criterion: The question.
        by: `name@version` of the scorecard.
        seen: What to answer from.
        earlier: Verdicts of the criteria further up, by ref.
    """
    if not any(turn.speaker == "agent" for turn in seen.transcript.turns):
        if isinstance(criterion.check, Asked):
            return settled(criterion, "UNSCORED", "waits for a person's answer", by)
        why = "no turn is known to be the agent's; say who is who, then score again"
        return settled(criterion, "UNSCORED", why, by)
    for condition in (criterion.applies_when, *criterion.conditions):
        stopped = None if condition is None else _stopped(condition, seen, earlier)
        if stopped is not None:
            return settled(criterion, stopped[0], stopped[1], by)
    check = criterion.check
    if isinstance(check, Asked):
        return seen.answers.get(criterion.ref) or settled(
            criterion, "UNSCORED", "waits for a person's answer", by
        )
    if isinstance(check, Found):
        return _answer_found(check, criterion, by, seen)
    return _answer_measured(check, criterion, by, seen)


def settled(
    criterion: Criterion,
    outcome: Outcome,
    reason: str,
    by: str,
    *,
    evidence: tuple[Span, ...] = (),
    value: AnswerValue = None,
) -> Verdict:
    """A verdict with the points that the criterion gives for it."""
    return Verdict(criterion.ref, outcome, points_for(criterion, outcome, value), reason, by, evidence, value)


def points_for(criterion: Criterion, outcome: Outcome, value: AnswerValue = None) -> float | None:
    """Points of an answer, 0 to the weight; None where the answer leaves the sum."""
    if outcome == "UNSCORED":
        return None
    if outcome == "NOT_APPLICABLE":
        return criterion.weight if criterion.not_applicable == "count_as_met" else None
    if criterion.answer.kind in ("yes_no", "text") or value is None:
        return criterion.weight if outcome == "MET" else 0.0
    return round(criterion.weight * (share_of(criterion.answer, value) or 0.0), 6)


def outcome_of(criterion: Criterion, value: AnswerValue) -> Outcome:
    """Met or not met, for an answer that is more than yes or no; UNSCORED when nothing holds it."""
    if criterion.answer.kind == "text":
        return "MET" if value else "UNSCORED"
    share = share_of(criterion.answer, value)
    if share is None:
        return "UNSCORED"
    return "MET" if share >= criterion.answer.met_from else "NOT_MET"


def fails(criterion: Criterion, verdict: Verdict) -> bool:
    """Whether an answer fails the section or the form: the options that say so, else a plain no."""
    if criterion.auto_fail == "none" or verdict.outcome not in ("MET", "NOT_MET"):
        return False
    failing = {option.ref for option in criterion.answer.options if option.fails}
    if not failing or verdict.value is None:
        return verdict.outcome == "NOT_MET"
    if isinstance(verdict.value, (int, float)):
        band = band_of(criterion.answer, verdict.value)
        return band is not None and band.fails
    chosen = (verdict.value,) if isinstance(verdict.value, str) else verdict.value
    return not failing.isdisjoint(chosen)


def stopped_by(condition: AnswerIs, earlier: Mapping[str, Verdict]) -> tuple[Outcome, str] | None:
    """Why a question does not arise after another's answer; None when it does."""
    other = earlier[condition.criterion]
    if other.outcome == "UNSCORED":
        return "UNSCORED", f"waits for the answer to {condition.criterion}"
    chosen = other.value if isinstance(other.value, tuple) else (other.value,)
    if other.outcome in condition.outcomes or not set(condition.options).isdisjoint(chosen):
        return None
    said = _WORDS[other.outcome]
    return "NOT_APPLICABLE", f"the question did not arise: {condition.criterion} was answered {said}"


def _stopped(
    condition: Found | AnswerIs, seen: Evidence, earlier: Mapping[str, Verdict]
) -> tuple[Outcome, str] | None:
    if isinstance(condition, AnswerIs):
        return stopped_by(condition, earlier)
    matching = _matching(condition, seen.findings)
    if _meets(condition, matching):
        return None
    if matching:
        return "NOT_APPLICABLE", f"the question did not arise: {_named(matching)}"
    return "NOT_APPLICABLE", f"the question did not arise: {_none_of(condition.labels, seen.transcript)}"


def _answer_found(check: Found, criterion: Criterion, by: str, seen: Evidence) -> Verdict:
    matching = _matching(check, seen.findings)
    evidence = tuple(finding.span for finding in matching if finding.span is not None)
    if seen.shared and any(finding.span is None for finding in matching):
        whose = "is about the whole contact, which several agents had; a person says whose it is"
        return settled(criterion, "UNSCORED", f"{_named(matching)}; this {whose}", by, evidence=evidence)
    reason = _named(matching) if matching else _none_of(check.labels, seen.transcript)
    verdict = _verdict_of(criterion, check, matching, reason, by)
    if not fails(criterion, verdict):
        return verdict
    # Words heard badly fail nothing: neither those that were found nor those that may have been missed.
    sure = [finding for finding in matching if _heard_well(finding.span, seen.transcript)]
    still = fails(criterion, _verdict_of(criterion, check, sure, reason, by))
    too_few = check.at_least is not None and len(matching) < check.at_least
    missed = too_few or criterion.answer.kind == "number"
    if still and (not missed or _heard_well(None, seen.transcript)):
        return verdict
    return replace(verdict, outcome="UNSCORED", points=None, reason=_UNSURE, value=None)


_UNSURE = (
    f"recognised with confidence below {SURE_ENOUGH:.0%}: too unsure to fail by machine; a person decides"
)


def _verdict_of(
    criterion: Criterion, check: Found, matching: Sequence[Finding], reason: str, by: str
) -> Verdict:
    evidence = tuple(finding.span for finding in matching if finding.span is not None)
    if criterion.answer.kind != "number":
        met: Outcome = "MET" if _meets(check, matching) else "NOT_MET"
        return settled(criterion, met, reason, by, evidence=evidence)
    count = float(len(matching))
    return settled(
        criterion,
        outcome_of(criterion, count),
        f"{count:g} found: {reason}",
        by,
        evidence=evidence,
        value=count,
    )


def _answer_measured(check: Measured, criterion: Criterion, by: str, seen: Evidence) -> Verdict:
    if check.measure == "scriptedness":
        number = seen.scriptedness.value if seen.scriptedness is not None else None
        missing = "scriptedness is not available: it needs 60 agent words outside required statements"
    else:
        measure = MEASURES[check.measure]
        number = measure.read(seen.part)
        missing = f"{check.measure} is not available: {measure.needs}"
    if number is None:
        return settled(criterion, "UNSCORED", missing, by)
    number = float(number)
    said = f"{check.measure} is {number:.1f} {check.unit}"
    if criterion.answer.kind == "number":
        outcome = outcome_of(criterion, number)
        band = band_of(criterion.answer, number)
        where = f"in {band.ref}" if band is not None else "no band holds it, so a person answers"
        verdict = settled(criterion, outcome, f"{said}; {where}", by, value=number)
    else:
        met = (check.at_least is None or number >= check.at_least) and (
            check.at_most is None or number <= check.at_most
        )
        bounds = " and ".join(
            f"{word} {bound:g}"
            for word, bound in (("at least", check.at_least), ("at most", check.at_most))
            if bound is not None
        )
        verdict = settled(criterion, "MET" if met else "NOT_MET", f"{said}; asked for {bounds}", by)
    if fails(criterion, verdict) and not _heard_well(None, seen.transcript):
        return replace(verdict, outcome="UNSCORED", points=None, reason=f"{said}; {_UNSURE}", value=None)
    return verdict


def _matching(check: Found, findings: Sequence[Finding]) -> list[Finding]:
    return [
        finding
        for finding in findings
        if finding.label in check.labels
        and counts(finding)
        and severity_rank(finding.severity) >= severity_rank(check.severity)
        and (check.document is None or (finding.source or "").split("#")[0] == check.document)
    ]


def _meets(check: Found, matching: Sequence[Finding]) -> bool:
    enough = check.at_least is None or len(matching) >= check.at_least
    return enough and (check.at_most is None or len(matching) <= check.at_most)


def _heard_well(span: Span | None, transcript: Transcript) -> bool:
    """Whether the words an answer rests on were recognised well; typed words always were."""
    turns = transcript.turns if span is None else (transcript.turns[span.turn],)
    known = [turn.confidence for turn in turns if turn.confidence is not None]
    return not known or sum(known) / len(known) >= SURE_ENOUGH


def _named(matching: Sequence[Finding]) -> str:
    named = "; ".join(
        f"{finding.label} ({_where(finding)}): {finding.reason}" for finding in matching[:_MOST_NAMED]
    )
    return named + (f"; and {len(matching) - _MOST_NAMED} more" if len(matching) > _MOST_NAMED else "")


def _where(finding: Finding) -> str:
    return "whole contact" if finding.span is None else f"turn {finding.span.turn + 1}"


def _none_of(labels: Sequence[str], transcript: Transcript) -> str:
    named = " or ".join(labels[:2])
    more = f" (nor {len(labels) - 2} more)" if len(labels) > 2 else ""  # noqa: PLR2004 - two are named
    return f"no {named}{more} in turns 1-{len(transcript.turns)}"
