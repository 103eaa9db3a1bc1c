"""Disputes: the objection, the evidence, what both sides said, and the decision with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.errors import InputError, NotFoundError
from models.records import (
    Criterion,
    Dispute,
    DisputeState,
    DisputeStep,
    Evaluation,
    Review,
    Transcript,
    Verdict,
)
from qa.disputes import CLOSED, rules_for
from web import dispute_desk
from web.given_answers import correction_of
from web.kept_scores import stored
from web.reader import Answer, Reader, id_in, words_in
from web.render import age, drawn
from web.scorecard_pane import OUTCOMES, chosen_of, number_of

if TYPE_CHECKING:
    from web.dispute_desk import DisputeView

_STATES = ("open", "closed", "all")
_MOST_SHOWN = 200
_LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Hearing:
    """A dispute with all that is needed to decide it."""

    dispute: Dispute
    state: DisputeState
    steps: tuple[DisputeStep, ...]
    contact: str
    agent: str
    criterion: Criterion | None
    section: str
    verdict: Verdict | None
    """What stands."""
    machine: Verdict | None
    """What the machine had answered, where a person changed it."""
    confirmed_by: str
    quotes: tuple[tuple[int, str], ...]
    """Turn, from 1, and its words: what the objection rests on, then what the answer rests on."""
    age: str
    due: datetime
    """The agent had so many days to object; the desk has as many to decide."""
    overdue: bool
    barred: bool
    """Whether this reader may not decide: they objected, or they confirmed and another must decide."""
    mine: bool
    """Whether the reader objected, and so may withdraw it."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.state not in CLOSED


def view(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """The list of disputes, those that wait first, the oldest of them on top."""
    state = words_in(said, "state", most=20) or "open"
    if state not in _STATES:
        raise InputError(f"state: is one of {', '.join(_STATES)}")
    every = dispute_desk.disputes(reader.workspace, reader.client)
    waiting = [one for one in every if one.state not in CLOSED]
    closed = [one for one in reversed(every) if one.state in CLOSED]
    shown = {"open": waiting, "closed": closed, "all": waiting + closed}[state]
    hearings = [_hearing(reader, one) for one in shown[:_MOST_SHOWN]]
    html = drawn(
        "disputes",
        reader.words("review"),
        hearings=hearings,
        state=state,
        states=_STATES,
        outcomes=OUTCOMES[:3],
        number=number_of,
        chosen=chosen_of,
        client=reader.kb.profile.name or reader.client,
    )
    return {"html": html, "open": len(waiting)}


def open_count(reader: Reader) -> int:
    """Disputes that wait for a decision."""
    store, client = reader.kb.store, reader.kb.client
    if not store.tally(client, "cases", where={"status": "disputed"})[0].count:
        return 0
    return sum(one.state not in CLOSED for one in dispute_desk.disputes(reader.workspace, reader.client))


def decide(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """Take a dispute up, or close it: the answer stands, another takes its place, or it is withdrawn.

    Raises:
        InputError: No such step, no reason, or no new answer.
        ConflictError: This person may not decide, or it is closed.
    """
    id, step = id_in(said, "dispute"), words_in(said, "step", most=20)
    workspace, client = reader.workspace, reader.client
    reason = words_in(said, "reason", most=_LONGEST_REASON)
    if step == "under_review":
        dispute_desk.take_up_dispute(workspace, client, id, who=reader.name)
        return {}
    if step not in CLOSED:
        raise InputError(f"step: is one of under_review, {', '.join(CLOSED)}")
    correction = None
    if step == "changed":
        criterion = reader.kb.store.get(reader.kb.client, Dispute, id).criterion
        correction = correction_of(
            criterion, words_in(said, "outcome", most=20) or None, said.get("value"), reason
        )
    dispute_desk.settle_dispute(
        workspace,
        client,
        id,
        step,
        who=reader.name,
        reason=reason,
        correction=correction,
    )
    return {}


def _hearing(reader: Reader, shown: DisputeView) -> Hearing:
    kb, one = reader.kb, shown.dispute
    evaluation = stored(kb.store, kb.client, Evaluation, one.evaluation)
    transcript = (
        stored(kb.store, kb.client, Transcript, evaluation.transcript) if evaluation is not None else None
    )
    try:
        card = reader.workspace.scorecard(kb.client, evaluation.scorecard) if evaluation is not None else None
    except NotFoundError:
        card = None
    rules = rules_for(card, kb.profile.extra) if card is not None else None
    found = [
        (section.ref, criterion)
        for section in (card.sections if card is not None else ())
        for criterion in section.criteria
        if criterion.ref == one.criterion
    ]
    section, criterion = found[0] if found else ("", None)
    verdict = _verdict(evaluation.verdicts if evaluation is not None else (), one.criterion)
    confirmed = [
        review.who
        for review in kb.store.find(kb.client, Review)
        if review.evaluation == one.evaluation and not review.criterion
    ]
    spans = [*one.evidence, *(verdict.evidence if verdict is not None else ())]
    quotes = {span: transcript.quote(span) for span in spans} if transcript is not None else {}
    now, due = datetime.now(UTC), one.at + timedelta(days=rules.days if rules is not None else 0)
    by = confirmed[-1] if confirmed else ""
    objected = one.who.casefold() == reader.name.casefold()
    return Hearing(
        one,
        shown.state,
        shown.steps,
        evaluation.transcript if evaluation is not None else one.evaluation,
        evaluation.agent if evaluation is not None else "",
        criterion,
        section,
        verdict,
        _verdict(evaluation.machine if evaluation is not None else (), one.criterion),
        by,
        tuple((span.turn + 1, words) for span, words in quotes.items()),
        age(one.at, now, reader.words("review")),
        due,
        shown.state not in CLOSED and now > due,
        objected
        or (rules is not None and rules.resolved_by == "another" and by.casefold() == reader.name.casefold()),
        objected,
    )


def _verdict(verdicts: tuple[Verdict, ...], criterion: str) -> Verdict | None:
    return next((one for one in verdicts if one.criterion == criterion), None)
