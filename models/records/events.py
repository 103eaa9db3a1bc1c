"""What a live contact is remembered by until it ends: who has it, and what happened, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.records.conversation import Turn
from models.records.findings import Finding
from models.records.live import Suggestion
from models.records.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class LiveContact:
    """A contact that is going on. Erased when its transcript is stored."""

    id: str
    """The contact."""
    agent: str
    channel: Channel
    started_at: datetime
    ended: bool = False
    """Its transcript is stored; what is left of its events goes next."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One thing that happened in a live contact. Appended, and erased when the contact ends."""

    contact: str
    number: int
    """Position in the contact, from 0."""
    kind: Literal["heard", "dismissed", "stepped"]
    at: datetime
    turn: Turn | None = None
    """What was heard, redacted; final."""
    cards: tuple[Suggestion, ...] = ()
    """What it called for, so that a restart does not search anew; of `stepped`: the next step."""
    alerts: tuple[Finding, ...] = ()
    """What its words called attention to."""
    suggestion: str = ""
    """Id of the card that was dismissed, or of the step that was behind."""

    @property
    def id(self) -> str:
        """Contact and number."""
        return event_id(self.contact, self.number)


def event_id(contact: str, number: int) -> str:
    """Under which an event is stored."""
    return f"{contact}\n{number}"
