"""What comes into a live contact, and what is seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.records import (
    Commitment,
    DisclosureState,
    Explanation,
    FactTick,
    Finding,
    Suggestion,
    Transcript,
    Turn,
)

if TYPE_CHECKING:
    from copilot import Session


@dataclass(frozen=True, slots=True)
class Arrival:
    """A turn as it came in."""

    turn: Turn
    is_final: bool = True
    """False: the recogniser may still change it. It is shown and not answered until its final comes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of arriving turns."""

    accepted: int
    replaced: int
    ignored: int
    """Equal to what was there, or a partial later than its final."""
    suggestions: tuple[Suggestion, ...]
    """Called for by the last of them; usually none."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """All that a panel shows of a live contact, at one moment."""

    transcript: Transcript
    suggestions: tuple[Suggestion, ...]
    """The cards made last; they stand until others are made."""
    disclosures: tuple[DisclosureState, ...]
    alerts: tuple[Finding, ...]
    ended: bool = False
    cards: tuple[Suggestion, ...] = ()
    """On display: at most three, never reordered."""
    partials: tuple[Turn, ...] = ()
    ticks: tuple[FactTick, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    health: tuple[str, ...] = ()
    """What this contact goes without, in plain words."""
    places: tuple[int, ...] = ()
    """Of the cards: in which place of the display each stands, from 0. A free place stays free."""


def view_of(session: Session, suggestions: Sequence[Suggestion], *, ended: bool) -> LiveView:
    """A contact as it is now.

    Args:
        session: Of the contact.
        suggestions: Made last.
        ended: Whether it is over.
    """
    state = session.state
    return LiveView(
        state.transcript,
        tuple(suggestions),
        state.disclosures,
        state.alerts,
        ended=ended,
        cards=state.cards,
        partials=state.partials,
        ticks=state.ticks,
        commitments=state.commitments,
        explanations=state.explanations,
        health=tuple(session.health),
        places=tuple(place for place, id in enumerate(state.places) if id),
    )
