"""A contact as the context checks walk through it: replies, what came before them, and their spans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from models.labels import LABELS
from models.records import Finding, Severity, Span
from models.words import is_back_channel

if TYPE_CHECKING:
    from models.readings import Reading


def replies(reading: Reading) -> list[int]:
    """Agent turns that are more than a sign of listening; a few bare words are kept."""
    turns = reading.transcript.turns
    return [
        turn
        for turn in reading.agent_turns
        if not is_back_channel(turns[turn].text)
        or re.fullmatch(r"\W*(?:no|nope)\W*", turns[turn].text, re.IGNORECASE)
    ]


def customer_before(reading: Reading, turn: int) -> int | None:
    """The public turn right before, when it is the customer's."""
    turns = reading.transcript.turns
    for index in range(turn - 1, -1, -1):
        if turns[index].visibility == "public" and turns[index].speaker in ("agent", "customer"):
            return index if turns[index].speaker == "customer" else None
    return None


def whole(reading: Reading, turn: int) -> Span:
    """All the words of a turn, without blanks around them."""
    parts = reading.of(turn)
    if not parts:
        return Span(turn, 0, len(reading.transcript.turns[turn].text))
    return Span(turn, parts[0].span.start, parts[-1].span.end)


def finding(label: str, span: Span, confidence: float, reason: str, remedy: str) -> Finding:
    """A finding of a context check, with the severity of its label."""
    severity: Severity = LABELS[label].severity
    return Finding(label, severity, span, confidence, f"{label}.context@1", reason, remedy)
