"""An agent's objection to an answer: opened within a window, heard by somebody else, kept step by step.

    open ── under_review ──┬── upheld      the answer stands
      └────────────────────┼── changed     another answer takes its place
                           └── withdrawn   by the one who objected

While one is open the evaluation is `disputed` and in no statistic; when the last one closes it is
`resolved`. Pure: what these functions return is for the caller to store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError
from models.records import (
    Dispute,
    DisputeState,
    DisputeStep,
    Evaluation,
    Resolver,
    Review,
    Span,
    StatusChange,
    Transcript,
)
from qa.reviews import SHORTEST_REASON, Correction, corrected, moved

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

WINDOW_DAYS = 14
"""When neither the scorecard nor the client says."""
CLOSED: tuple[DisputeState, ...] = ("upheld", "changed", "withdrawn")


@dataclass(frozen=True, slots=True)
class DisputeRules:
    """How disputes go for one scorecard of one client."""

    days: int = WINDOW_DAYS
    resolved_by: Resolver = "another"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the end of a dispute leaves to store."""

    evaluation: Evaluation
    step: DisputeStep
    change: StatusChange | None
    """None while other disputes of the evaluation are open."""
    reviews: tuple[Review, ...]


def rules_for(scorecard: Scorecard, client: Mapping[str, Any]) -> DisputeRules:
    """The scorecard's rules, else the client's (`disputes: {days: 10, resolved_by: anyone}`), else ours.

    Args:
        scorecard: The version the evaluation was made with.
        client: `ClientProfile.extra`.

    Raises:
        InputError: The client's setting is none.
    """
    setting = client.get("disputes", {})
    setting = setting if isinstance(setting, Mapping) else {"days": setting}
    days, by = setting.get("days", WINDOW_DAYS), setting.get("resolved_by", "another")
    if not isinstance(days, int) or isinstance(days, bool) or days < 0:
        raise InputError("client.yaml: disputes: days must be a whole number of days")
    if by not in ("another", "anyone"):
        raise InputError("client.yaml: disputes: resolved_by must be another or anyone")
    return DisputeRules(
        days if scorecard.dispute_days is None else scorecard.dispute_days, scorecard.resolved_by or by
    )


def state_of(dispute: Dispute, steps: Sequence[DisputeStep]) -> DisputeState:
    """The state after its last step."""
    own = [step for step in steps if step.dispute == dispute.id]
    return own[-1].state if own else "open"


def open_dispute(
    evaluation: Evaluation,
    transcript: Transcript,
    criterion: str,
    *,
    who: str,
    reason: str,
    at: datetime,
    confirmed_at: datetime,
    rules: DisputeRules,
    earlier: Sequence[Dispute] = (),
    steps: Sequence[DisputeStep] = (),
    evidence: Sequence[Span] = (),
) -> tuple[Evaluation, Dispute, StatusChange | None]:
    """Object to one answer of a confirmed evaluation.

    Args:
        evaluation: Confirmed, acknowledged, or disputed for another criterion already.
        transcript: The contact, which the evidence points into.
        criterion: Ref of the answer objected to.
        who: The agent, or who speaks for the agent.
        reason: In the agent's words.
        at: When, with a zone.
        confirmed_at: When the evaluation was last confirmed; the window counts from there.
        rules: See `rules_for`.
        earlier: Disputes of this evaluation.
        steps: Their steps.
        evidence: Words that the objection rests on.

    Raises:
        ConflictError: Not confirmed yet, resolved already, the window is closed, or this answer is
            in dispute.
        InputError: No name, no reason, no such criterion, or evidence outside the contact.
    """
    if not who.strip():
        raise InputError(f"evaluation {evaluation.id}: say who disputes it")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InputError(
            f"criterion {criterion}: a dispute needs a reason of {SHORTEST_REASON} characters or more"
        )
    if criterion not in {verdict.criterion for verdict in evaluation.verdicts}:
        raise InputError(f"evaluation {evaluation.id}: has no criterion {criterion}")
    if transcript.digest != evaluation.transcript_digest:
        raise InputError(f"evaluation {evaluation.id}: was made of another text of this contact")
    for span in evidence:
        transcript.quote(span)
    closes = confirmed_at + timedelta(days=rules.days)
    if at > closes:
        raise ConflictError(
            f"evaluation {evaluation.id}: could be disputed for {rules.days} days, until "
            f"{closes:%Y-%m-%d %H:%M} UTC"
        )
    mine = [one for one in earlier if one.criterion == criterion]
    if any(state_of(one, steps) not in CLOSED for one in mine):
        raise ConflictError(f"evaluation {evaluation.id}: {criterion} is in dispute already")
    change = None
    if evaluation.status != "disputed":
        evaluation, change = moved(evaluation, "disputed", who=who, at=at, reason=reason)
    id = f"{evaluation.id}:dispute-{len(earlier) + 1}"
    made = Dispute(evaluation.id, criterion, reason.strip(), who.strip(), at, tuple(evidence), id)
    return evaluation, made, change


def take_up(dispute: Dispute, steps: Sequence[DisputeStep], *, who: str, at: datetime) -> DisputeStep:
    """Say that somebody looks into it.

    Raises:
        ConflictError: It is closed, or under review.
    """
    return _step(dispute, steps, "under_review", who=who, at=at, reason="")


def settle(
    dispute: Dispute,
    evaluation: Evaluation,
    scorecard: Scorecard,
    state: DisputeState,
    *,
    who: str,
    at: datetime,
    reason: str,
    confirmed_by: str,
    rules: DisputeRules,
    others: Sequence[Dispute] = (),
    steps: Sequence[DisputeStep] = (),
    correction: Correction | None = None,
) -> Settled:
    """Close a dispute.

    Args:
        dispute: An open one.
        evaluation: The evaluation it is about.
        scorecard: The version that was made with.
        state: `upheld`, `changed` (then with a correction) or `withdrawn`.
        who: The person who decides; for `withdrawn` the one who objected.
        at: When, with a zone.
        reason: Why; the agent reads it.
        confirmed_by: Who confirmed the evaluation.
        rules: See `rules_for`.
        others: All disputes of the evaluation.
        steps: Their steps.
        correction: The answer that takes the place of the disputed one.

    Raises:
        ConflictError: It is closed, or the one who confirmed may not decide.
        InputError: No name or reason, or state and correction do not fit together.
    """
    if state not in CLOSED:
        raise InputError(f"dispute {dispute.id}: is closed as {', '.join(CLOSED)}")
    if (state == "changed") != (correction is not None):
        raise InputError(f"dispute {dispute.id}: `changed` goes with the new answer, and only that")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InputError(f"dispute {dispute.id}: needs a reason of {SHORTEST_REASON} characters or more")
    if state == "withdrawn" and _same(who, dispute.who) is False:
        raise ConflictError(f"dispute {dispute.id}: only the one who opened it may withdraw it")
    if state != "withdrawn" and _same(who, dispute.who):
        raise ConflictError(f"dispute {dispute.id}: nobody decides on their own objection")
    if state != "withdrawn" and rules.resolved_by == "another" and _same(who, confirmed_by):
        raise ConflictError(
            f"dispute {dispute.id}: must be decided by another person than the one who confirmed"
        )
    step = _step(dispute, steps, state, who=who, at=at, reason=reason)
    reviews: list[Review] = []
    if correction is not None:
        if correction.criterion != dispute.criterion:
            raise InputError(f"dispute {dispute.id}: is about {dispute.criterion}")
        before = evaluation
        evaluation, reviews = corrected(evaluation, scorecard, [correction], who=who, at=at)
        if evaluation.verdicts == before.verdicts:
            raise InputError(f"dispute {dispute.id}: the answer is the one that stands; that is `upheld`")
    left = [one for one in others if one.id != dispute.id and state_of(one, steps) not in CLOSED]
    change = None
    if not left:
        evaluation, change = moved(evaluation, "resolved", who=who, at=at, reason=reason)
    return Settled(evaluation, step, change, tuple(reviews))


def _step(
    dispute: Dispute,
    steps: Sequence[DisputeStep],
    state: DisputeState,
    *,
    who: str,
    at: datetime,
    reason: str,
) -> DisputeStep:
    if not who.strip():
        raise InputError(f"dispute {dispute.id}: a named person must do this; say who")
    now = state_of(dispute, steps)
    if now in CLOSED or now == state:
        raise ConflictError(f"dispute {dispute.id}: is {now} already")
    return DisputeStep(dispute.id or "", state, who.strip(), at, reason.strip())


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
