"""Lines of the register: what queues, filters and dashboards read in place of whole records.

A store makes them from the transcripts, analyses and evaluations that it keeps; nobody writes one by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

WAITING = ("unscored", "draft", "disputed")
"""States of a case that ask for a person."""
COUNTED = ("confirmed", "acknowledged", "resolved")
"""States that a named person stands behind: only these count in any statistic."""


@dataclass(frozen=True, slots=True)
class Case:
    """A contact and one evaluation of it, or a contact that has none."""

    contact: str
    agent: str
    channel: str
    language: str
    site: str
    reason: str
    """Why the customer came, as the source says (`metadata["reason"]`, else its queue); may be empty."""
    started_at: datetime | None
    day: str
    """`2026-03-31` in UTC; empty when the source gives no time."""
    week: str
    """ISO 8601, `2026-W14`; empty likewise."""
    turns: int
    heard: float | None
    """Mean confidence of the speech recogniser, in [0, 1]; None for typed words."""
    csat: float | None
    """The customer's own rating, in the scale of the source."""
    evaluation: str | None
    scorecard: str
    """`name@version`; empty without an evaluation."""
    status: str
    """`unscored`, or the state of the evaluation."""
    waiting: bool
    """Whether the state asks for a person."""
    score: float | None
    raw_score: float | None
    passed: bool | None
    failed: int
    """Criteria whose answer failed a section or the form, counted."""
    auto_failed: str
    """Their refs, parted by commas."""
    findings: int
    gravest: str
    """Label of the gravest finding; empty when there is none."""
    severity: int
    """Its rank, 0 (note, or none) to 3 (critical)."""
    scriptedness: float | None
    """0-100."""


@dataclass(frozen=True, slots=True)
class Between:
    """A condition: at least `low`, below `high`; None leaves that end open."""

    low: str | float | None = None
    high: str | float | None = None


Wanted = str | float | bool | None | tuple[str, ...] | Between
"""What a column must be: a value, one of several, or a range."""
Where = Mapping[str, Wanted]
NO_CONDITION: Where = {}


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines that agree in some columns, counted."""

    key: tuple[str | int | None, ...]
    count: int
    known: int
    """Lines that have a number in the column that was summed."""
    total: float
    squares: float
    """Sum of the squared numbers, for the spread."""

    @property
    def mean(self) -> float | None:
        """Mean of the known numbers; None when there are none."""
        return self.total / self.known if self.known else None
