"""A live contact as data, and what each thing that happens makes of it. Pure functions, frozen records.

Turns arrive in any order, twice, or as partials that the recogniser still changes. A turn that says when it
began takes its place by that; evidence follows the turns. What happened is kept as `LiveEvent`s: applying
them again gives the same state, so a contact survives the end of its process without a search.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from copilot.placing import again, place
from models.errors import InputError, RedactionError
from models.records import (
    Commitment,
    DisclosureState,
    Explanation,
    FactTick,
    Finding,
    Span,
    Suggestion,
    Transcript,
    Turn,
)
from models.records.events import LiveEvent

log = logging.getLogger("unscripted.copilot")

MOST_CARDS = 3
"""Places for cards on display."""
FRESH_TURNS = 8
"""Turns after the one that called for it for which a card stays on display."""
_MASKED_AFTER = 12
"""Turns after a late one that are masked again, now that it is known what was asked before them."""
_EXPLAINED = 6
"""Turns back from the last for which explanations stay."""
Part = TypeVar("Part")
Failed = tuple[tuple[str, str], ...]
"""Parts that did not work when last used, and the kind of error."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """All that is known of a contact at one moment."""

    transcript: Transcript
    """Final turns, redacted, in order of time where they have one."""
    partials: tuple[Turn, ...] = ()
    """Turns whose final has not come, redacted, in order of arrival."""
    made: tuple[Suggestion, ...] = ()
    """Every card of the contact, in order."""
    places: tuple[str, ...] = ("",) * MOST_CARDS
    """Id of the card in each place of the display; empty: the place is free."""
    alerts: tuple[Finding, ...] = ()
    disclosures: tuple[DisclosureState, ...] = ()
    ticks: tuple[FactTick, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    failed: Failed = ()
    closed: bool = False

    @property
    def cards(self) -> tuple[Suggestion, ...]:
        """On display, in the order of their places."""
        by_id = {card.id: card for card in self.made}
        return tuple(by_id[id] for id in self.places if id)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a contact is read with: functions of their arguments alone, for one client's material."""

    mask: Callable[[Turn, Sequence[Turn], str], Turn]
    """A turn without secrets, after these turns, in a contact of this language; raises RedactionError."""
    alerts: Callable[[Sequence[Turn], int], Sequence[Finding]]
    call: Callable[[LiveState, int], Sequence[Suggestion]]
    """Cards that turn number `int` calls for by rule: next steps and the client's moments."""
    answer: Callable[[LiveState, int, Sequence[Suggestion]], Sequence[Suggestion]]
    """Cards that it calls for by what it asks, beside those."""
    disclosures: Callable[[LiveState], Sequence[DisclosureState]]
    ticks: Callable[[Sequence[Suggestion], Sequence[Turn]], Sequence[FactTick]]
    commitments: Callable[[Transcript, int], Sequence[Commitment]]
    """From turn number `int` on."""
    explain: Callable[[Sequence[Turn], int], Sequence[Explanation]]
    fresh_turns: int = FRESH_TURNS
    """Turns for which a card stays on display."""


def begin(transcript: Transcript, tools: Tools) -> LiveState:
    """A contact in which nothing was said yet."""
    return _refreshed(LiveState(transcript), tools, 0)


def hear(
    state: LiveState, turn: Turn, tools: Tools, *, at: datetime, is_final: bool = True
) -> tuple[LiveState, LiveEvent | None]:
    """Take in a turn; the event is None when there is nothing to remember.

    A turn whose `id` is known replaces the earlier one; with the same words it changes nothing. A partial is
    kept until its final comes, and one that comes after its final is ignored.

    Raises:
        InputError: The contact is closed, or a partial has no id.
        RedactionError: The turn could not be made safe; nothing has changed.
    """
    if state.closed:
        raise InputError(f"contact {state.transcript.id}: is closed; start a new session")
    turns, language = state.transcript.turns, state.transcript.language or ""
    if not is_final:
        if turn.id is None:
            raise InputError("turn: one that is not final needs an id, so that its final can replace it")
        safe = tools.mask(turn, turns, language)
        if any(heard.id == safe.id for heard in turns):
            return state, None
        return _with_partial(state, safe), None
    placed, index, _ = place(turns, turn)
    safe = tools.mask(turn, placed[:index], language)
    known = next((heard for heard in turns if safe.id is not None and heard.id == safe.id), None)
    if known is not None and _said(known) == _said(safe):
        return state, None
    there, failed = _placed(state, safe), state.failed
    index = next(place for place, one in enumerate(there.transcript.turns) if one is safe)
    alerts, failed = _tried("alerts", lambda: tools.alerts(there.transcript.turns, index), (), failed)
    there = replace(there, alerts=_of_turn(there.alerts, alerts, index))
    called, failed = _tried("moments", lambda: tools.call(there, index), (), failed)
    found, failed = _tried("search", lambda: tools.answer(there, index, called), (), failed)
    event = LiveEvent(
        state.transcript.id, 0, "heard", at, turn=safe, cards=(*called, *found), alerts=tuple(alerts)
    )
    after = replace(apply(state, event, fresh_turns=tools.fresh_turns), failed=failed)
    return _refreshed(after, tools, index), event


def apply(state: LiveState, event: LiveEvent, *, fresh_turns: int = FRESH_TURNS) -> LiveState:
    """The state after something that happened, but for what is read from the whole (`restored`)."""
    if event.kind == "dismissed":
        places = tuple("" if id == event.suggestion else id for id in state.places)
        return replace(state, places=places)
    if event.kind == "stepped":
        return _shown(state, event.cards, fresh_turns)
    if event.turn is None:
        return state
    there = _placed(state, event.turn)
    index = next(place for place, one in enumerate(there.transcript.turns) if one is event.turn)
    alerts = _of_turn(there.alerts, event.alerts, index)
    return _shown(replace(there, alerts=alerts), event.cards, fresh_turns)


def restored(state: LiveState, events: Sequence[LiveEvent], tools: Tools) -> LiveState:
    """The state after these events: as it was when the last of them happened, partials apart."""
    for event in events:
        state = apply(state, event, fresh_turns=tools.fresh_turns)
    return _refreshed(state, tools, 0)


def dismiss(state: LiveState, suggestion: str, tools: Tools, *, at: datetime) -> tuple[LiveState, LiveEvent]:
    """Take a card off the display; the others keep their places."""
    event = LiveEvent(state.transcript.id, 0, "dismissed", at, suggestion=suggestion)
    return _with_ticks(apply(state, event), tools), event


def step(
    state: LiveState, shown: Suggestion, following: Suggestion, tools: Tools, *, at: datetime
) -> tuple[LiveState, LiveEvent]:
    """Put the next step in the place of the one on display: it was done without a word."""
    event = LiveEvent(state.transcript.id, 0, "stepped", at, cards=(following,), suggestion=shown.id)
    return _with_ticks(apply(state, event, fresh_turns=tools.fresh_turns), tools), event


def close(state: LiveState, tools: Tools) -> LiveState:
    """End the contact: no turn comes after."""
    return state if state.closed else _refreshed(replace(state, closed=True, partials=()), tools, 0)


# -- turns ------------------------------------------------------------------------------------


def _said(turn: Turn) -> tuple[object, ...]:
    return turn.speaker, turn.text, turn.visibility, turn.start_s, turn.at


def _with_partial(state: LiveState, turn: Turn) -> LiveState:
    known = any(heard.id == turn.id for heard in state.partials)
    kept = tuple(turn if heard.id == turn.id else heard for heard in state.partials)
    return replace(state, partials=kept if known else (*kept, turn))


def _placed(state: LiveState, safe: Turn) -> LiveState:
    """With a final turn in its place, and all evidence pointing where its words are now."""
    before = state.transcript.turns
    turns, index, moves = place(before, safe)
    turns = _masked_after(turns, index)
    changed = {new for old, new in enumerate(moves) if turns[new].text != before[old].text}

    def moved(span: Span) -> Span:
        new = moves[span.turn]
        if new not in changed:
            return span if new == span.turn else replace(span, turn=new)
        return again(span, before[span.turn].text, turns[new].text, new)

    still = all(new == old for old, new in enumerate(moves)) and not changed
    return replace(
        state,
        transcript=replace(state.transcript, turns=turns),
        partials=tuple(heard for heard in state.partials if safe.id is None or heard.id != safe.id),
        made=state.made if still else tuple(_card_moved(card, moved) for card in state.made),
        alerts=state.alerts
        if still
        else tuple(
            replace(alert, span=moved(alert.span)) if alert.span is not None else alert
            for alert in state.alerts
        ),
        commitments=state.commitments
        if still
        else tuple(
            replace(one, span=moved(one.span), when=moved(one.when) if one.when is not None else None)
            for one in state.commitments
        ),
        explanations=state.explanations
        if still
        else tuple(replace(one, span=moved(one.span)) for one in state.explanations),
    )


def _masked_after(turns: tuple[Turn, ...], index: int) -> tuple[Turn, ...]:
    """A late question for a code makes the digits that were heard before it a code."""
    from models.redaction import redact_turn

    if index == len(turns) - 1:
        return turns
    fresh = list(turns)
    for later in range(index + 1, min(len(fresh), index + 1 + _MASKED_AFTER)):
        fresh[later] = redact_turn(fresh[later], fresh[:later])
    return tuple(fresh)


def _card_moved(card: Suggestion, moved: Callable[[Span], Span]) -> Suggestion:
    return replace(card, because=moved(card.because)) if card.because is not None else card


# -- cards ------------------------------------------------------------------------------------


def _shown(state: LiveState, cards: Sequence[Suggestion], fresh_turns: int) -> LiveState:
    """New cards in free places or in those of the oldest; the others stay where they are."""
    by_id = {card.id: card for card in (*state.made, *cards)}
    last = len(state.transcript.turns) - 1
    places = ["" if id and _is_old(by_id[id], last - fresh_turns) else id for id in state.places]
    age = {card.id: number for number, card in enumerate(state.made)}
    for card in cards[:MOST_CARDS]:
        if card.id in places:
            continue
        follows = [i for i, id in enumerate(places) if id and _is_step_after(by_id[id], card)]
        free = [i for i, id in enumerate(places) if not id]
        oldest = min(range(len(places)), key=lambda i: age.get(places[i], len(age)))
        places[(follows or free or [oldest])[0]] = card.id
    known = {card.id for card in state.made}
    fresh = tuple(card for card in cards if card.id not in known)
    return replace(state, places=tuple(places), made=(*state.made, *fresh))


def _is_old(card: Suggestion, before: int) -> bool:
    """A step stays until it is done."""
    return card.kind != "step" and card.because is not None and card.because.turn < before


def _is_step_after(shown: Suggestion, card: Suggestion) -> bool:
    return bool(
        shown.step
        and card.step
        and shown.sources
        and card.sources
        and shown.sources[0].id == card.sources[0].id
    )


# -- what is read from the whole --------------------------------------------------------------


def _refreshed(state: LiveState, tools: Tools, index: int) -> LiveState:
    """Only what can have changed with turn `index`; 0: all of it. A broken part keeps what it said last."""
    turns = state.transcript.turns
    disclosures, failed = _tried(
        "statements",
        lambda: tools.disclosures(state),
        state.disclosures,
        state.failed,
    )
    commitments = state.commitments
    spoke = index == 0 or index < len(turns) - 1 or turns[index].speaker == "agent"
    if spoke:
        earlier = tuple(one for one in commitments if one.span.turn < index)
        later, failed = _tried("promises", lambda: tools.commitments(state.transcript, index), (), failed)
        commitments = (*earlier, *later)
    oldest = max(0, len(turns) - _EXPLAINED)
    wanted = [index] if index else range(oldest, len(turns))
    asked = [at for at in wanted if at >= oldest and turns[at].speaker in ("customer", "unknown")]
    explained, failed = _tried(
        "explanations", lambda: [one for at in asked for one in tools.explain(turns, at)], (), failed
    )
    kept = [one for one in state.explanations if one.span.turn >= oldest and one.span.turn not in wanted]
    explanations = sorted((*kept, *explained), key=lambda one: (one.span.turn, one.span.start))
    fresh = replace(
        state,
        disclosures=disclosures,
        commitments=commitments,
        explanations=tuple(explanations),
        failed=failed,
    )
    # Only the agent's words tick off, and only those after the turn that called for a card.
    return _with_ticks(fresh, tools, spoke=spoke)


def _with_ticks(state: LiveState, tools: Tools, *, spoke: bool = True) -> LiveState:
    """Where the facts on display stand. Until the agent `spoke`, those of a new card are open."""
    cards, turns = state.cards, state.transcript.turns
    if not cards:
        return replace(state, ticks=())
    if not spoke:
        known = {(tick.suggestion, tick.line): tick for tick in state.ticks}
        ticks = tuple(
            known.get((card.id, line)) or FactTick(card.id, line, "open")
            for card in cards
            for line in range(len(card.facts))
        )
        return replace(state, ticks=ticks)
    ticks, failed = _tried("ticks", lambda: tools.ticks(cards, turns), state.ticks, state.failed)
    return replace(state, ticks=ticks, failed=failed)


def _of_turn(known: Sequence[Finding], found: Sequence[Finding], index: int) -> tuple[Finding, ...]:
    """Findings with those of one turn replaced."""
    return (*(one for one in known if one.span is not None and one.span.turn != index), *found)


def _tried(
    name: str, work: Callable[[], Sequence[Part]], otherwise: Sequence[Part], failed: Failed
) -> tuple[tuple[Part, ...], Failed]:
    """What a part gives. One that breaks must not lose the turn: it is left out and that is said."""
    others = tuple(one for one in failed if one[0] != name)
    try:
        return tuple(work()), others
    except RedactionError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever breaks, the turn must be kept
        log.warning("live part %s failed: %s", name, type(problem).__name__)
        return tuple(otherwise), (*others, (name, type(problem).__name__))
