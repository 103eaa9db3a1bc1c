"""Questions, answers, and what people say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.records.conversation import Span
from models.records.vocabulary import AutoFail, CopcClass, EvaluationStatus, Outcome, Severity


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
