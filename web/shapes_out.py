"""What REST gives back where no record says it: plain dataclasses, for the OpenAPI document and callers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models.records import (
    Case,
    Channel,
    DisclosureState,
    DisputeState,
    DocumentKind,
    Evaluation,
    EvaluationStatus,
    Finding,
    Review,
    Scriptedness,
    Severity,
    Span,
    Suggestion,
    Transcript,
)
from qa.card_use import CardUse
from qa.queues import QueueItem


@dataclass(frozen=True)
class WrongField:
    """Where in the request, and what is wrong there; never its value."""

    where: str
    kind: str


@dataclass(frozen=True)
class Problem:
    """An error answer, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[WrongField, ...] = ()


@dataclass(frozen=True)
class HealthOut:
    """Whether the server can serve."""

    status: str
    """ok, degraded or failed."""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class MeOut:
    """The client of a credential, and who is asking."""

    client: str
    client_name: str
    colour: str
    industry: str
    language: str
    currency: str
    name: str
    role: str
    page_language: str
    """Of the pages: what the person has set, else the browser's."""
    dispositions: tuple[str, ...]
    """What the client books contacts under."""
    may_change_client: bool
    """Signed in with a password, by which several clients may be served."""


@dataclass(frozen=True)
class HeardOut:
    """What became of arriving turns, and what the panel should show."""

    accepted: int
    replaced: int
    ignored: int
    suggestions: tuple[Suggestion, ...]
    """Called for by the last of them; usually none."""
    disclosures: tuple[DisclosureState, ...]
    alerts: tuple[Finding, ...]


@dataclass(frozen=True)
class LiveLine:
    """A contact that is going on."""

    contact: str
    agent: str
    channel: Channel
    turns: int
    ended: bool


@dataclass(frozen=True)
class LiveList:
    """Contacts that are going on: an agent's own, an admin's all."""

    contacts: tuple[LiveLine, ...]


@dataclass(frozen=True)
class FedLine:
    """What became of the turns of one contact."""

    contact: str
    accepted: int = 0
    replaced: int = 0
    ignored: int = 0
    late: int = 0
    """Came after the contact had ended; dropped."""
    ended: bool = False
    """The contact was ended by this payload."""


@dataclass(frozen=True)
class FedOut:
    """What became of a payload. Counts alone: whoever brings turns in reads nothing here."""

    contacts: tuple[FedLine, ...]


@dataclass(frozen=True)
class FindingOut:
    """A finding with the words it points at."""

    label: str
    severity: Severity
    span: Span | None
    confidence: float
    by: str
    reason: str
    remedy: str
    source: str | None
    quote: str | None


@dataclass(frozen=True)
class AnalysisOut:
    """Findings and scriptedness of a transcript; spans point into the redacted words."""

    findings: tuple[FindingOut, ...]
    scriptedness: Scriptedness
    fingerprint: str
    transcript: Transcript


@dataclass(frozen=True)
class ScoreOut:
    """A contact held against a scorecard."""

    evaluation: Evaluation
    findings: tuple[FindingOut, ...]
    scriptedness: Scriptedness
    fingerprint: str


@dataclass(frozen=True)
class ContactLine:
    """A stored contact, in short."""

    id: str
    agent: str
    channel: Channel
    started_at: datetime | None
    turns: int


@dataclass(frozen=True)
class ContactList:
    """Stored contacts, in the order in which they came."""

    total: int
    contacts: tuple[ContactLine, ...]


@dataclass(frozen=True)
class QueueOut:
    """Contacts that wait for a person, riskiest first."""

    total: int
    items: tuple[QueueItem, ...]


@dataclass(frozen=True)
class RejectedOut:
    """What was not taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class WarningOut:
    """Something a reader had to assume or repair."""

    contact: str
    code: str
    message: str
    path: str
    turn: int | None


@dataclass(frozen=True)
class IngestOut:
    """What came of transcript files."""

    stored: tuple[str, ...]
    rejected: tuple[RejectedOut, ...]
    warnings: tuple[WarningOut, ...]


@dataclass(frozen=True)
class DocumentLine:
    """A document, in short."""

    id: str
    title: str
    kind: DocumentKind
    version: str
    language: str
    owner: str
    effective_from: date | None
    effective_until: date | None
    in_force: bool
    """Today."""
    verbatim: bool


@dataclass(frozen=True)
class DocumentList:
    """Documents of the client."""

    documents: tuple[DocumentLine, ...]


@dataclass(frozen=True)
class PublishedOut:
    """What became of a document that was put."""

    id: str
    change: str
    """added, replaced or unchanged."""
    digest: str
    """SHA-256 of what is stored now, secrets masked."""


@dataclass(frozen=True)
class EvaluationList:
    """Evaluations with their contacts, newest first."""

    total: int
    evaluations: tuple[Case, ...]


@dataclass(frozen=True)
class HistoryLine:
    """One thing that a person did with an evaluation."""

    kind: str
    """review, status, dispute or dispute_step."""
    who: str
    at: datetime
    reason: str
    criterion: str = ""
    outcome: str = ""
    before: EvaluationStatus | str = ""
    after: EvaluationStatus | str = ""
    dispute: str = ""
    state: DisputeState | str = ""


@dataclass(frozen=True)
class HistoryOut:
    """All that people did with an evaluation, oldest first."""

    steps: tuple[HistoryLine, ...]


@dataclass(frozen=True)
class ContactOut:
    """A contact with its findings, evaluation and reviews."""

    transcript: Transcript
    findings: tuple[FindingOut, ...]
    scriptedness: Scriptedness
    fingerprint: str
    evaluation: Evaluation | None
    reviews: tuple[Review, ...]
    cards: tuple[CardUse, ...]
