"""What a coach writes beside a turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CoachingNote:
    """A person's note, pinned to a turn of a contact; appended."""

    contact: str
    turn: int
    """Index, from 0."""
    text: str
    who: str
    at: datetime
    before: str = ""
    """What was said, in the coach's words."""
    after: str = ""
    """How it could be said."""
