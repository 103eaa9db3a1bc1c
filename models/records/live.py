"""What the copilot says while the contact is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.records.conversation import Span
from models.records.findings import Finding
from models.records.material import Passage
from models.records.vocabulary import Deadline, DisclosureProgress, FeedbackAction, Severity, SuggestionKind


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A card the copilot shows."""

    id: str
    kind: SuggestionKind
    title: str
    facts: tuple[str, ...]
    """What must be conveyed, each a whole short line in the source's own words."""
    text: str
    """The source words, for reading up; not for reading out."""
    sources: tuple[Passage, ...]
    because: Span | None
    """The words of the contact that called for it."""
    by: str
    confidence: float = 1.0
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class DisclosureState:
    """Where one required disclosure stands at this moment of the contact."""

    document: str
    title: str
    progress: DisclosureProgress
    deadline: Deadline
    verbatim: bool
    span: Span | None = None
    """Where it was said, best match."""
    missing: tuple[str, ...] = ()
    """Words of the wording that were not said."""
    because: str = ""
    """Why it is due, in plain words."""
    severity: Severity = "major"


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """What the detectors saw in a draft; spans point into the draft (turn 0)."""

    findings: tuple[Finding, ...]
    available: bool = True
    """False: the check failed or had no detectors. The agent can still send."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the agent did with a suggestion. Never read by QA."""

    contact: str
    suggestion: str
    action: FeedbackAction
    at: datetime
    agent: str = ""


@dataclass(frozen=True, slots=True)
class WrapUpLine:
    """One line of a wrap-up and the words it rests on."""

    heading: Literal["issue", "done", "commitment", "open", "customer_wording"]
    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Editable after-contact summary."""

    contact: str
    lines: tuple[WrapUpLine, ...]
    disclosures: tuple[DisclosureState, ...] = ()
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that the copilot showed, as QA may know of it: what it said and when, never what was clicked."""

    suggestion: str
    turn: int
    """Index of the turn that called for it, from 0."""
    title: str
    facts: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    """Ids of the passages."""


@dataclass(frozen=True, slots=True)
class ShownCards:
    """The cards of one contact."""

    id: str
    """The contact."""
    cards: tuple[ShownCard, ...]
