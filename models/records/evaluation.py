"""Questions, answers, and what people say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.records.conversation import Span
from models.records.vocabulary import (
    AnswerKind,
    AutoFail,
    CopcClass,
    DisputeState,
    EvaluationStatus,
    NotApplicable,
    OnAutoFail,
    Outcome,
    Severity,
)

AnswerValue = float | str | tuple[str, ...] | None
"""A number, the ref of an option or written words, or the refs of several options."""


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
    by: Literal["person", "generator"] = "person"
    """`generator`: a language model may answer, with a quote that must stand in the transcript."""


Check = Found | Measured | Asked


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen, or one band of a number."""

    ref: str
    text: str
    share: float
    """Of the criterion's weight, in [-1, 1]; below 0 only where several may be chosen."""
    fails: bool = False
    """Choosing it is what the criterion's `auto_fail` is about."""
    low: float | None = None
    """Of a band: from this number on."""
    high: float | None = None
    """Of a band: up to and including this number."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer to a criterion looks like, and what it is worth."""

    kind: AnswerKind = "yes_no"
    options: tuple[Option, ...] = ()
    """Of a scale and of multi: what may be chosen. Of a number: its bands, the first that fits counts."""
    starts_at: float = 0.0
    """Of multi: the share before the chosen options are added; the sum is kept in [0, 1]."""
    met_from: float = 1.0
    """The share from which the criterion counts as met."""


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """Condition: another criterion, further up, was answered like this."""

    criterion: str
    outcomes: tuple[Outcome, ...] = ()
    options: tuple[str, ...] = ()
    """Refs of options, one of which was chosen."""


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
    answer: Answer = Answer()
    on_auto_fail: OnAutoFail = "zero"
    """`zero`: the section's or form's points are taken. `mark`: they stay and the form is marked Fail."""
    not_applicable: NotApplicable = "leave_out"
    bonus: bool = False
    """Adds points and can lose none: its weight is no part of what can be reached."""
    conditions: tuple[Found | AnswerIs, ...] = ()
    """All must hold, beside `applies_when`, for the question to arise."""


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
    """0 to the criterion's weight; None where the answer leaves the sum."""
    reason: str
    by: str
    evidence: tuple[Span, ...] = ()
    value: AnswerValue = None
    """What was answered, where the answer is more than yes or no."""


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
    parts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the fingerprint was made of, by name, so that one can say what changed."""
    machine: tuple[Verdict, ...] = ()
    """The machine's answers where another stands in their place now."""


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
    value: AnswerValue = None
    before: Outcome | None = None
    """The answer that stood there until then."""
    before_by: str = ""
    """Who or what had given it."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """An evaluation moved from one state to another; appended."""

    evaluation: str
    before: EvaluationStatus
    after: EvaluationStatus
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """An agent's objection to a verdict."""

    evaluation: str
    criterion: str
    reason: str
    who: str
    at: datetime
    evidence: tuple[Span, ...] = ()
    """Words the objection rests on."""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeStep:
    """What happened to a dispute after it was opened; appended."""

    dispute: str
    state: DisputeState
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RaterAnswers:
    """One person's answers to a scorecard for one contact, given without seeing anybody else's."""

    id: str
    contact: str
    scorecard: str
    """Name of the scorecard, without its version."""
    who: str
    answers: tuple[Verdict, ...]
    at: datetime | None = None
    session: str = ""
    """The calibration in which they were given; empty when they came in from outside."""
    origin: str = ""
    """The file they came from."""
    total: float | None = None
    """The score that the source gives, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Several people score the same contacts, blind."""

    id: str
    scorecard: str
    """`name@version`."""
    contacts: tuple[str, ...]
    raters: tuple[str, ...]
    who: str
    at: datetime
