"""A contact from a file, played into a running server as if it were going on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.errors import InputError
from models.records import Transcript, Turn
from web.live_contacts import Arrival

if TYPE_CHECKING:
    from web.connection import Connection
    from web.shapes_out import HeardOut

_WORDS_PER_S = 2.5
"""How fast people talk, where the file has no times."""
_PAUSE_S = 0.6
_PARTS = 4
"""How often a recogniser changes its mind before a final, with partials."""
_LONGEST_GAP_S = 60.0
"""Of the contact's own time; a hold of ten minutes is not sat through."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that arrives at a moment of the contact."""

    at_s: float
    """Of the contact's own time, from its first turn."""
    number: int
    """Of the turn, from 1."""
    arrival: Arrival


def steps(transcript: Transcript, *, partials: bool = False) -> Iterator[Step]:
    """What arrives and when: each turn when it has been said, its partials while it is.

    Args:
        transcript: Any; turns without times get some from their length.
        partials: Also what a recogniser gives before it is sure.
    """
    clock, before = 0.0, None
    for number, turn in enumerate(transcript.turns, start=1):
        lasts = _lasts(turn)
        if turn.start_s is not None:
            gap = 0.0 if before is None else turn.start_s - before
            begins = clock + min(max(gap, 0.0), _LONGEST_GAP_S)
        else:
            begins = clock + (_PAUSE_S if before is not None else 0.0)
        named = turn if turn.id else replace(turn, id=f"replay-{number}")
        ends = begins + lasts
        if partials:
            yield from _partials(named, number, begins, lasts)
        yield Step(ends, number, Arrival(named))
        clock, before = ends, (turn.end_s if turn.end_s is not None else turn.start_s) or 0.0


def play(
    connection: Connection,
    contact: str,
    transcript: Transcript,
    *,
    speed: float,
    partials: bool = False,
    agent: str | None = None,
    told: Callable[[int, Turn, HeardOut], None],
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Play a contact; how many turns were sent.

    Args:
        connection: To the server, with an agent's or an admin's key.
        contact: Id under which it is live there.
        transcript: What to play.
        speed: How many times faster than it was.
        partials: Also what a recogniser gives before it is sure.
        agent: Whose contact it is; with an admin's key alone.
        told: Called with each final turn and what the copilot said to it.
        sleep: Waits.
        clock: Seconds.

    Raises:
        InputError: The speed is not above 0, or the contact has no turns.
    """
    if speed <= 0:
        raise InputError("replay: the speed must be above 0")
    if not transcript.turns:
        raise InputError(f"transcript {transcript.id}: has no turns")
    connection.open(contact, agent=agent, channel=transcript.channel)
    began, sent = clock(), 0
    for step in steps(transcript, partials=partials):
        wait = began + step.at_s / speed - clock()
        if wait > 0:
            sleep(wait)
        heard = connection.hear(contact, [step.arrival], agent=agent)
        if step.arrival.is_final:
            sent += 1
            told(step.number, step.arrival.turn, heard)
    return sent


def _lasts(turn: Turn) -> float:
    if turn.start_s is not None and turn.end_s is not None:
        return min(turn.end_s - turn.start_s, _LONGEST_GAP_S)
    return len(turn.text.split()) / _WORDS_PER_S


def _partials(turn: Turn, number: int, begins: float, lasts: float) -> Iterator[Step]:
    said = turn.text.split()
    for part in range(1, _PARTS):
        known = said[: len(said) * part // _PARTS]
        if known:
            guess = replace(turn, text=" ".join(known), end_s=None)
            yield Step(begins + lasts * part / _PARTS, number, Arrival(guess, is_final=False))
