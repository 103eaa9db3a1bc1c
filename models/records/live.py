"""What the copilot says while the contact is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.records.conversation import Span
from models.records.findings import Finding
from models.records.material import Passage
from models.records.vocabulary import (
    Deadline,
    DisclosureProgress,
    FactKind,
    FactProgress,
    FeedbackAction,
    Severity,
    SuggestionKind,
)


@dataclass(frozen=True, slots=True)
class FactLine:
    """One thing to convey, and the words of the passage that it comes from."""

    text: str
    """Equal to the passage's words but for Markdown marks and line breaks."""
    kind: FactKind
    passage: str
    """Id of the passage."""
    start: int
    end: int
    """Half-open code points in the passage's text."""


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
    lines: tuple[FactLine, ...] = ()
    """The facts with their addresses, one for each, in the same order."""
    alternatives: tuple[str, ...] = ()
    """Approved other wordings of the client's, for agents who look for words of their own."""
    step: int = 0
    """Which step of a procedure this is, from 1; 0: not a step."""
    steps: int = 0
    """How many steps the procedure has."""
    moment: str = ""
    """Id of the client's moment that called for it; empty when a question did."""
    notice: str = ""
    """What to know before using it, in plain words: that the policy changed, or that nothing here answers."""


@dataclass(frozen=True, slots=True)
class FactTick:
    """Whether a fact of a card has been conveyed."""

    suggestion: str
    line: int
    """Index into `Suggestion.facts`."""
    progress: FactProgress
    span: Span | None = None
    """Where the agent said it, or said it otherwise."""
    reason: str = ""
    """Of a misstated one: what the client says against what was said, with the arithmetic."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """Something that the agent promised the customer."""

    span: Span
    """The sentence."""
    when: Span | None = None
    """The words that say by when."""
    due: datetime | None = None
    """The same as a moment in time, where the words and the contact's clock give one."""


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
    complete: float = 0.0
    """Share of the wording that was said, in [0, 1]."""
    overdue: bool = False
    """Its time has passed while the contact is live, and it was not said."""


@dataclass(frozen=True, slots=True)
class ReadingLevel:
    """How hard a draft is to read. About the text, never about its writer."""

    grade: float
    """Years of school that the reader needs; the formula is the language's own."""
    words: int
    longest: Span | None = None
    """The longest sentence, when it should be cut in two."""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A word or idiom of the customer's, in plain words."""

    span: Span
    term: str
    meaning: str
    source: str = ""
    """Document of the client's glossary; empty: the general one."""


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """What the detectors saw in a draft; spans point into the draft (turn 0)."""

    findings: tuple[Finding, ...]
    available: bool = True
    """False: the check failed or had no detectors. The agent can still send."""
    note: str = ""
    blocked_by: tuple[str, ...] = ()
    """Labels that a rule of the client's makes binding; empty: the findings are advice."""
    reading: ReadingLevel | None = None


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
    """One of the client's own dispositions, when the contact's words give one."""
    commitments: tuple[Commitment, ...] = ()
    drafted: str = ""
    """A generator's wording of the lines, every sentence grounded in them; empty without one."""
    edited_by: str = ""
    """Who changed it by hand."""


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
