"""The vocabulary of Unscripted: frozen records that every room reads and writes.

Start here, then read `models/ports.py`. Records hold data and a few pure look-ups, nothing else.
Scores and confidences are in [0, 1]; times are seconds or aware datetimes; ranges are half-open and
count Unicode code points. Evidence is an address (`Span`), never a copied quote: erasing a
transcript erases its quotations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from models.errors import InputError

Speaker = Literal["agent", "customer", "bot", "system", "supervisor", "unknown"]
Visibility = Literal["public", "internal"]
Channel = Literal["voice", "chat", "email", "sms", "whatsapp", "other"]
DocumentKind = Literal["policy", "script", "faq", "disclosure", "macro", "authority", "glossary"]
Severity = Literal["note", "minor", "major", "critical"]
SuggestionKind = Literal["answer", "step", "disclosure", "alert"]
FeedbackAction = Literal["shown", "used", "copied", "dismissed", "muted"]
Outcome = Literal["MET", "NOT_MET", "NOT_APPLICABLE", "UNSCORED"]
CopcClass = Literal["customer", "business", "compliance"]
AutoFail = Literal["none", "section", "form"]
Deadline = Literal["opening", "before_payment", "before_close"]
DisclosureProgress = Literal["later", "due", "done", "altered", "late", "missing"]
EvaluationStatus = Literal["draft", "confirmed", "acknowledged", "disputed", "resolved"]

SEVERITIES: tuple[Severity, ...] = ("note", "minor", "major", "critical")
"""From mildest to gravest; compare with `severity_rank`."""


def severity_rank(severity: Severity) -> int:
    """Position in `SEVERITIES`, 0 (note) to 3 (critical)."""
    return SEVERITIES.index(severity)


# -- the conversation -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """An address of words: half-open code points `[start, end)` in one turn."""

    turn: int
    """Index into `Transcript.turns`, from 0. Screens and reasons count from 1."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party said or wrote in one go.

    Raises:
        InputError: Unknown speaker, text that cannot be written as UTF-8, or an end before the start.
    """

    speaker: Speaker
    text: str
    start_s: float | None = None
    """Seconds since the contact began; None when the source has no times."""
    end_s: float | None = None
    at: datetime | None = None
    """Wall-clock time, when that is what the source gives."""
    language: str | None = None
    """BCP 47."""
    confidence: float | None = None
    """Of the speech recogniser, in [0, 1]."""
    visibility: Visibility = "public"
    """`internal` notes were never said to the customer and are not scored."""
    id: str | None = None
    """The source's own id, used to replace a partial turn by its final."""
    participant: str | None = None
    """The source's id of who spoke; two agents in one contact differ here."""

    def __post_init__(self) -> None:
        if self.speaker not in get_args(Speaker):
            known = ", ".join(get_args(Speaker))
            raise InputError(f"turn: speaker {self.speaker!r} is not one of {known}")
        if not isinstance(self.text, str):
            raise InputError("turn: text must be a string")
        if not self.text.isascii():
            try:
                self.text.encode()
            except UnicodeEncodeError as problem:
                raise InputError(
                    f"turn: text holds a lone surrogate at offset {problem.start}; "
                    "decode the source with errors='replace'"
                ) from problem
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise InputError(f"turn: ends at {self.end_s} s, before it starts at {self.start_s} s")


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something a reader had to assume or repair; shown, never hidden."""

    code: str
    """Stable, such as `speaker-inferred` or `json-tail`."""
    message: str
    path: str = ""
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One contact in turns.

    Raises:
        InputError: When the id or the client is empty.
    """

    id: str
    client: str
    turns: tuple[Turn, ...]
    agent: str = ""
    channel: Channel = "other"
    language: str | None = None
    started_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Source (vendor, format, file), queue, `required` (ids of disclosures that were due) and the like."""
    warnings: tuple[ReadWarning, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", tuple(self.turns))
        object.__setattr__(self, "warnings", tuple(self.warnings))
        if not self.id:
            raise InputError("transcript: id is empty")
        if not self.client:
            raise InputError(f"transcript {self.id}: client is empty")

    @property
    def digest(self) -> str:
        """SHA-256 of everything but the warnings; equal content has an equal digest."""
        from models.codec import to_json

        return hashlib.sha256(to_json(self, exclude=("warnings",)).encode()).hexdigest()

    def quote(self, span: Span) -> str:
        """The words at `span`.

        Raises:
            InputError: When the span lies outside the transcript.
        """
        if not 0 <= span.turn < len(self.turns):
            raise InputError(f"transcript {self.id}: no turn {span.turn + 1}")
        text = self.turns[span.turn].text
        if not 0 <= span.start <= span.end <= len(text):
            raise InputError(
                f"transcript {self.id}: turn {span.turn + 1} has no characters {span.start}-{span.end}"
            )
        return text[span.start : span.end]

    def locate(self, words: str, *, from_turn: int = 0) -> Span | None:
        """The first place, at or after `from_turn`, where exactly these words stand; None if nowhere."""
        for index in range(from_turn, len(self.turns)):
            start = self.turns[index].text.find(words)
            if start >= 0:
                return Span(index, start, start + len(words))
        return None


# -- what the client wants said ---------------------------------------------------------------


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
    """In [0, 1]; comparable within one client, higher is better."""
    rank: int
    """From 1."""
    degraded: bool = False
    """Found by words alone, because the encoder was not available."""


# -- while the contact is live ----------------------------------------------------------------


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


# -- afterwards -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector saw: a label, the words, and why. About wording, never about the person.

    Raises:
        InputError: Unknown label or severity, or a confidence outside [0, 1].
    """

    label: str
    severity: Severity
    span: Span | None
    """None only for absence; the reason then names the turns searched."""
    confidence: float
    by: str
    """`name@version` of the rule or detector."""
    reason: str
    remedy: str = ""
    """What to say instead."""
    source: str | None = None
    """Id of the passage or document the words were held against."""

    def __post_init__(self) -> None:
        from models.labels import LABELS

        if self.label not in LABELS:
            raise InputError(f"finding: label {self.label!r} does not exist; see models/labels.py")
        if self.severity not in SEVERITIES:
            raise InputError(f"finding {self.label}: severity must be one of {', '.join(SEVERITIES)}")
        if not 0.0 <= self.confidence <= 1.0:
            raise InputError(f"finding {self.label}: confidence {self.confidence} is outside [0, 1]")


@dataclass(frozen=True, slots=True)
class ScriptedSpan:
    """Agent words that come from a script, and which."""

    span: Span
    label: str
    weight: float
    """Share that counts: 1 verbatim, .5 mined, .25 courtesy."""
    words: int
    source: str | None


@dataclass(frozen=True, slots=True)
class Scriptedness:
    """How much of what the agent said comes from scripts. Describes, never judges."""

    value: float | None
    """0-100; None below 60 non-mandatory agent words."""
    low: float | None
    high: float | None
    """95 % interval, bootstrapped over turns."""
    words: int
    """Non-mandatory agent words: the denominator."""
    spans: tuple[ScriptedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the detectors said of one transcript, kept so that a page need not ask them again."""

    id: str
    """The transcript's id."""
    transcript_digest: str
    findings: tuple[Finding, ...]
    scriptedness: Scriptedness
    fingerprint: str
    """Of the detectors and documents (`Analyser.fingerprint`)."""


@dataclass(frozen=True, slots=True)
class Found:
    """Check: how often findings of these labels may or must occur."""

    labels: tuple[str, ...]
    at_least: int | None = None
    at_most: int | None = None
    severity: Severity = "note"
    """Findings below this severity are not counted."""
    document: str | None = None
    """Only findings whose source is this document."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Check: a measure of the contact within bounds (inclusive)."""

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Check: a question only a person answers; UNSCORED until then."""

    question: str


Check = Found | Measured | Asked


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of a scorecard."""

    ref: str
    question: str
    check: Check
    weight: float = 1.0
    copc: CopcClass = "customer"
    auto_fail: AutoFail = "none"
    applies_when: Found | None = None
    guideline: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of criteria."""

    ref: str
    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one criterion, with its evidence."""

    criterion: str
    outcome: Outcome
    points: float | None
    """0 to the criterion's weight; None when not applicable or unscored."""
    reason: str
    by: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A scorecard applied to a transcript. A draft until a named person confirms it."""

    id: str
    transcript: str
    transcript_digest: str
    client: str
    agent: str
    scorecard: str
    """`name@version`."""
    verdicts: tuple[Verdict, ...]
    score: float | None
    """In [0, 1], after auto-fail; None when no criterion could be scored."""
    raw_score: float | None
    """In [0, 1], before auto-fail."""
    section_scores: Mapping[str, float | None] = field(default_factory=dict, hash=False)
    copc: Mapping[str, float | None] = field(default_factory=dict, hash=False)
    """Share of met criteria per COPC class; reported apart, never blended."""
    auto_failed: tuple[str, ...] = ()
    """Criteria whose answer failed a section or the form."""
    passed: bool | None = None
    status: EvaluationStatus = "draft"
    fingerprint: str = ""
    """Hash of scorecard, detectors, documents and transcript: same fingerprint, same bytes."""


@dataclass(frozen=True, slots=True)
class Review:
    """A person's answer to a criterion beside the machine's; appended, never written over."""

    evaluation: str
    criterion: str
    """Empty: the evaluation as a whole was confirmed."""
    outcome: Outcome | None
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """An agent's objection to a verdict."""

    evaluation: str
    criterion: str
    reason: str
    who: str
    at: datetime
