"""What a client's past contacts taught: stock phrases for a person to judge, and what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.errors import InputError
from models.records.conversation import Span

PhraseState = Literal["proposed", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """Where a phrase was said: an address, never copied words."""

    transcript: str
    span: Span


@dataclass(frozen=True, slots=True)
class MinedPhrase:
    """A stock phrase of one client, found in past contacts.

    Proposed, it weighs half in scriptedness; approved by a named person, it is a line of the script;
    rejected, it is not shown again.

    Raises:
        InputError: A decision without a name or a time, or no words.
    """

    id: str
    """From its words: the same phrase, mined again, is the same record."""
    template: str
    """Normalised words, redacted; `{}` stands for what varies."""
    contacts: int
    agents: int
    """0 when the contacts do not name agents."""
    examples: tuple[PhrasePlace, ...] = ()
    rank: float = 0.0
    state: PhraseState = "proposed"
    decided_by: str = ""
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.template.strip():
            raise InputError(f"mined phrase {self.id}: has no words")
        if self.state != "proposed" and not (self.decided_by.strip() and self.decided_at is not None):
            raise InputError(f"mined phrase {self.id}: {self.state} needs the name of a person and a time")


@dataclass(frozen=True, slots=True)
class UsualScripting:
    """How scripted a client's contacts usually are, for one contact reason."""

    id: str
    """The contact reason; `any` for all contacts of the client."""
    contacts: int
    """Contacts long enough for a number."""
    scriptedness: tuple[float, ...]
    """101 quantiles of the number 0-100, lowest first."""
    shares: tuple[float, ...]
    """101 quantiles of the scripted share of words that are no courtesy and no identity check, in [0, 1]."""
