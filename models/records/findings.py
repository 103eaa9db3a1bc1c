"""What the detectors saw, afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from models.errors import InputError
from models.records.conversation import Span
from models.records.vocabulary import SEVERITIES, Severity


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
    """95 % interval, bootstrapped over the agent's sentences."""
    words: int
    """Non-mandatory agent words: the denominator."""
    spans: tuple[ScriptedSpan, ...] = ()
    percentile: float | None = None
    """Share in percent of this client's past contacts that were less scripted; None with fewer than 30."""
    compared: int = 0
    """How many past contacts the percentile rests on."""
    reason: str = ""
    """The contact reason they have in common; empty when they are all of the client's."""
    top: tuple[ScriptedSpan, ...] = ()
    """The spans that weigh most, at most five."""


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
