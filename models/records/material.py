"""What the client wants said."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from models.errors import InputError
from models.records.vocabulary import Deadline, DocumentKind, Severity


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """When a disclosure is due, as `client.yaml` or the document's front matter says it."""

    document: str
    when: tuple[str, ...] = ("always",)
    """`always`, a label of a finding (`customer.complaint`), words, or a sentence."""
    deadline: Deadline = "before_close"
    severity: Severity = "major"


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """`client.yaml`: who the client is and what its agents may do.

    Every field but the id has a default: a folder without the file works.
    """

    id: str
    name: str = ""
    industry: str = ""
    currency: str = ""
    language: str = "en"
    brands: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    undisclosed_partners: tuple[str, ...] = ()
    authority: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Limits by kind of offer (`goodwill_credit: 25`) and `never`: what may not be offered at all."""
    verification: tuple[str, ...] = ()
    disclosures: tuple[DisclosureRule, ...] = ()
    colour: str = "#52606d"
    retention: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Days by kind of record."""
    moments: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    scorecards: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Unknown keys, kept as they came."""
    card_use: bool = True
    """Whether QA tells what became of the copilot's cards; an explanation, never points."""


@dataclass(frozen=True, slots=True)
class Document:
    """A source that the client supplies."""

    id: str
    """Relative path without suffix (`policies/refunds`), or any id of the caller's."""
    text: str
    title: str = ""
    kind: DocumentKind | None = None
    """None: guessed from the text when it is added."""
    version: str = ""
    effective_from: date | None = None
    effective_until: date | None = None
    """The last day on which it holds."""
    owner: str = ""
    language: str = ""
    verbatim: bool = False
    """A disclosure that must be said word for word."""
    required_when: tuple[str, ...] = ()
    due: Deadline | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise InputError("document: id is empty")
        object.__setattr__(self, "required_when", tuple(self.required_when))

    @property
    def digest(self) -> str:
        """SHA-256 of every field; equal content has an equal digest."""
        from models.codec import to_json

        return hashlib.sha256(to_json(self).encode()).hexdigest()

    def in_force(self, on: date) -> bool:
        """Whether the document holds on that day, first and last day included."""
        starts = self.effective_from is None or self.effective_from <= on
        return starts and (self.effective_until is None or on <= self.effective_until)


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document: `document.text[start:end] == text`."""

    id: str
    """`<document>#<number from 1>`."""
    document: str
    text: str
    start: int
    end: int
    title: str = ""
    heading: str = ""
    """Headings above it, outermost first, joined by ` > `."""
    kind: DocumentKind = "policy"
    version: str = ""
    language: str = ""
    effective_from: date | None = None
    effective_until: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result."""

    passage: Passage
    score: float
    """Probability that this passage answers, in [0, 1], on the client's own scale."""
    rank: int
    """From 1."""
    degraded: bool = False
    """Found by words alone, because the encoder was not available."""
    answerable: float = 1.0
    """Probability that any of the client's documents answers the query; the same for all its hits. Higher
    than every score: two passages that fit alike share the belief, and the query is answerable still."""


@dataclass(frozen=True, slots=True)
class FactDecision:
    """A person's word on one compiled fact. Appended, never written over; the last one holds.

    Raises:
        InputError: Nobody is named.
    """

    fact: str
    """Id of the fact: it depends on the document and the words alone, so it outlives a re-ingest."""
    state: Literal["approved", "rejected"]
    who: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.who.strip():
            raise InputError(f"fact {self.fact}: a decision needs the name of who made it")
