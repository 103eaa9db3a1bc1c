"""Which cards help: what was done with them, by passage, as shares with intervals. About cards, not people.

Reads what `storage.panel_use` keeps apart. Nothing here names an agent or a contact, and a passage that few
cards came from is counted and not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from models.records import FeedbackAction
from storage.panel_use import UsedCard

LEAST = 5
"""Cards below which neither a passage nor a heading is shown."""
_Z = 1.959963984540054
"""Of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the shown, as a share with its 95 % interval (Wilson, 1927)."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CardUse:
    """What became of the cards that one passage made."""

    passage: str
    """Id."""
    heading: str
    """Of the passage; empty when it is no longer there."""
    shown: int
    used: Share
    """Used or copied."""
    copied: Share
    dismissed: Share


@dataclass(frozen=True, slots=True)
class CardReport:
    """The cards of the last thirty days."""

    cards: int
    passages: tuple[CardUse, ...]
    """Dismissed most first."""
    gaps: tuple[tuple[str, int], ...]
    """Nearest heading of questions that nothing answered, and how often; most often first."""
    few: int
    """Passages and headings left out because fewer than five cards are known of each."""
    muted: tuple[tuple[str, int], ...] = ()
    """Kinds of cards that agents muted for a contact, and how often."""


def card_report(cards: Sequence[UsedCard], headings: Mapping[str, str], *, least: int = LEAST) -> CardReport:
    """Cards counted by passage, and the questions that got "not in this client's material" by heading.

    Args:
        cards: Of one client.
        headings: Of its passages, by id.
        least: Cards below which a line is left out.
    """
    done: dict[str, Counter[FeedbackAction]] = {}
    shown: Counter[str] = Counter()
    gaps: Counter[str] = Counter()
    muted: Counter[str] = Counter()
    for card in cards:
        if "muted" in card.actions:
            muted[card.kind] += 1
        if not card.passages:
            gaps[card.heading or "(no heading near)"] += 1
            continue
        for passage in dict.fromkeys(card.passages):
            shown[passage] += 1
            counts = done.setdefault(passage, Counter())
            counts.update(card.actions)
            counts["used"] += "copied" in card.actions and "used" not in card.actions
    lines = [
        CardUse(
            passage,
            headings.get(passage, ""),
            count,
            share(done[passage]["used"], count),
            share(done[passage]["copied"], count),
            share(done[passage]["dismissed"], count),
        )
        for passage, count in shown.items()
        if count >= least
    ]
    lines.sort(key=lambda line: (-line.dismissed.low, -line.shown, line.passage))
    told = [(heading, count) for heading, count in gaps.items() if count >= least]
    few = len(shown) - len(lines) + len(gaps) - len(told)
    return CardReport(
        len(cards),
        tuple(lines),
        tuple(sorted(told, key=lambda one: (-one[1], one[0]))),
        few,
        tuple(sorted(muted.items())),
    )


def share(count: int, of: int) -> Share:
    """A share with its Wilson interval at 95 %; 0 to 1 when nothing was seen.

    Example:
        >>> one = share(5, 10)
        >>> (one.share, round(one.low, 3), round(one.high, 3))
        (0.5, 0.237, 0.763)
    """
    if of <= 0:
        return Share(count, 0.0, 0.0, 1.0)
    p, z2 = count / of, _Z * _Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(count, p, max(0.0, middle - half), min(1.0, middle + half))
