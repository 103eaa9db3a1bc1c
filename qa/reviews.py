"""A person's word on a machine's draft, and the states an evaluation goes through: pure, append-only.

    draft ── confirmed ── acknowledged
                 └──────────┴── disputed ── resolved

Each step has a name, a time and, where an answer changed, a reason. The evaluation carries the answers
that stand and their sum; the machine's answers where another stands now are kept in it (`machine`), and
every change is a `Review` beside it. Nothing counts in any statistic before a named person confirmed it,
nor while it is disputed (`counted`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError
from models.records import (
    AnswerIs,
    AnswerValue,
    Criterion,
    Evaluation,
    EvaluationStatus,
    Outcome,
    Review,
    StatusChange,
    Verdict,
)
from models.records.cases import COUNTED
from qa.answering import outcome_of, points_for, stopped_by
from qa.scoring import with_totals

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

SHORTEST_REASON = 5
"""Characters that a reason for a changed answer needs at least."""

STEPS: Mapping[EvaluationStatus, tuple[EvaluationStatus, ...]] = {
    "draft": ("confirmed",),
    "confirmed": ("confirmed", "acknowledged", "disputed"),
    "acknowledged": ("confirmed", "disputed"),
    "disputed": ("resolved",),
    "resolved": (),
}
"""Where each state may lead; confirming again corrects an answer, with a reason."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's answer to one criterion."""

    criterion: str
    outcome: Outcome | None = None
    """None where a value says it."""
    reason: str = ""
    value: AnswerValue = None


Override = tuple[str, Outcome, str] | Correction
"""(criterion ref, outcome, reason), or a `Correction` where the answer is more than yes or no."""


def counted(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Those that may enter a statistic: confirmed by a named person and not in dispute."""
    return [evaluation for evaluation in evaluations if evaluation.status in COUNTED]


def moved(
    evaluation: Evaluation, after: EvaluationStatus, *, who: str, at: datetime, reason: str = ""
) -> tuple[Evaluation, StatusChange]:
    """The evaluation in its next state, and the step to keep.

    Raises:
        ConflictError: That state does not follow; says which do.
        InputError: No name.
    """
    if not who.strip():
        raise InputError(f"evaluation {evaluation.id}: a named person must do this; say who")
    if after not in STEPS[evaluation.status]:
        follows = " or ".join(STEPS[evaluation.status]) or "nothing"
        raise ConflictError(
            f"evaluation {evaluation.id}: is {evaluation.status}, which {follows} may follow, not {after}"
        )
    step = StatusChange(evaluation.id, evaluation.status, after, who.strip(), at, reason.strip())
    return replace(evaluation, status=after), step


def confirm(
    evaluation: Evaluation, scorecard: Scorecard, overrides: Sequence[Override], *, who: str, at: datetime
) -> tuple[Evaluation, list[Review]]:
    """The evaluation as a named person confirms it, and the reviews to keep.

    Args:
        evaluation: A draft, or one that is confirmed again.
        scorecard: The version it was made with.
        overrides: Answers of the person; one that differs from what stands needs a reason.
        who: The person's name.
        at: When, with a zone.

    Raises:
        ConflictError: It is disputed or resolved: that is settled in the dispute.
        InputError: No name, another scorecard, an unknown criterion or answer, or a missing reason.
    """
    if not who.strip():
        raise InputError(f"evaluation {evaluation.id}: a named person must confirm it")
    answered, reviews = corrected(evaluation, scorecard, overrides, who=who, at=at)
    confirmed, _ = moved(answered, "confirmed", who=who, at=at)
    return confirmed, [*reviews, Review(evaluation.id, "", None, "", who, at)]


def corrected(
    evaluation: Evaluation, scorecard: Scorecard, overrides: Sequence[Override], *, who: str, at: datetime
) -> tuple[Evaluation, list[Review]]:
    """The evaluation with a person's answers in place and the sums made anew; its state stays.

    A question that hangs on a changed answer follows it: it stops applying, or it applies now and waits
    for a person's answer.

    Raises:
        InputError: Another scorecard, an unknown criterion or answer, or a missing reason.
    """
    if evaluation.scorecard != scorecard.id:
        raise InputError(f"evaluation {evaluation.id}: was made with another scorecard version")
    criteria = {criterion.ref: criterion for criterion in scorecard.criteria}
    verdicts = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    machine = {verdict.criterion: verdict for verdict in evaluation.machine}
    own: set[str] = set()
    reviews = []
    for override in overrides:
        one = override if isinstance(override, Correction) else Correction(*override)
        known = verdicts.get(one.criterion)
        if known is None:
            raise InputError(f"evaluation {evaluation.id}: has no criterion {one.criterion}")
        fresh = _answered(criteria[one.criterion], known, one, who)
        reviews.append(
            Review(
                evaluation.id,
                one.criterion,
                fresh.outcome,
                one.reason.strip(),
                who,
                at,
                fresh.value,
                known.outcome,
                known.by,
            )
        )
        own.add(one.criterion)
        if fresh is not known:
            machine.setdefault(one.criterion, known)
            verdicts[one.criterion] = fresh
    for ref, criterion in criteria.items():
        fresh = _following(criterion, verdicts, by=who) if ref not in own else verdicts[ref]
        if fresh is not verdicts[ref]:
            machine.setdefault(ref, verdicts[ref])
            verdicts[ref] = fresh
    replaced = tuple(machine[one.ref] for one in scorecard.criteria if one.ref in machine)
    answered = replace(evaluation, verdicts=tuple(verdicts.values()), machine=replaced)
    return with_totals(answered, scorecard), reviews


def machine_verdicts(evaluation: Evaluation) -> tuple[Verdict, ...]:
    """What the machine had answered, criterion by criterion, whatever people said since."""
    kept = {verdict.criterion: verdict for verdict in evaluation.machine}
    return tuple(kept.get(verdict.criterion, verdict) for verdict in evaluation.verdicts)


def _answered(criterion: Criterion, known: Verdict, given: Correction, who: str) -> Verdict:
    """The verdict as the person gives it; the very one that stood when nothing differs.

    Raises:
        InputError: No such answer, or a changed one without a reason.
    """
    outcome, value = given.outcome, given.value
    if value is not None and outcome in (None, "MET", "NOT_MET"):
        if criterion.answer.kind == "yes_no":
            raise InputError(f"criterion {criterion.ref}: is answered with yes or no, not with a value")
        outcome = outcome_of(criterion, value)
        if outcome == "UNSCORED":
            raise InputError(f"criterion {criterion.ref}: has no such answer; see its options")
    elif outcome is None:
        raise InputError(f"criterion {criterion.ref}: the answer is missing")
    else:
        value = None
    if outcome == known.outcome and (given.value is None or value == known.value):
        return known
    reason = given.reason.strip()
    if criterion.answer.kind == "text" and isinstance(value, str):
        reason = reason or value
    if len(reason) < SHORTEST_REASON:
        raise InputError(
            f"criterion {criterion.ref}: a changed answer needs a reason of {SHORTEST_REASON} characters "
            "or more"
        )
    points = points_for(criterion, outcome, value)
    return Verdict(criterion.ref, outcome, points, reason, who, known.evidence, value)


def _following(criterion: Criterion, verdicts: Mapping[str, Verdict], *, by: str) -> Verdict:
    """The verdict after the answers further up changed; the very one that stood when it still fits."""
    known = verdicts[criterion.ref]
    looks_at = [one for one in criterion.conditions if isinstance(one, AnswerIs)]
    if not looks_at:
        return known
    stopped = next(filter(None, (stopped_by(one, verdicts) for one in looks_at)), None)
    if stopped is not None:
        outcome, reason = stopped
        if known.outcome == outcome:
            return known
        return Verdict(criterion.ref, outcome, points_for(criterion, outcome), reason, by)
    waited = tuple(f"the question did not arise: {one.criterion} was" for one in looks_at) + tuple(
        f"waits for the answer to {one.criterion}" for one in looks_at
    )
    if known.outcome in ("NOT_APPLICABLE", "UNSCORED") and known.reason.startswith(waited):
        reason = "applies now that an answer above it changed; waits for a person's answer"
        return Verdict(criterion.ref, "UNSCORED", None, reason, by)
    return known
