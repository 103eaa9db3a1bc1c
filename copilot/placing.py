"""Where an arriving turn stands among the others, and where the evidence is after it came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from models.patterns import pattern
from models.records import Span, Turn

_DIGITS = pattern(r"(\d+)")


def place(turns: Sequence[Turn], turn: Turn) -> tuple[tuple[Turn, ...], int, tuple[int, ...]]:
    """The turns with this one in its place, the place, and where each of the earlier ones stands now.

    A turn stands before those that began later; one that does not say when it began comes last. One whose
    id is known takes the place of the earlier one.
    """
    known = next((i for i, heard in enumerate(turns) if turn.id is not None and heard.id == turn.id), None)
    if known is not None and _begins(turns[known]) == _begins(turn):
        return (*turns[:known], turn, *turns[known + 1 :]), known, tuple(range(len(turns)))
    rest = [heard for i, heard in enumerate(turns) if i != known]
    index = len(rest)
    for i in range(len(rest) - 1, -1, -1):
        order = _order(rest[i], turn)
        if order is None:
            continue
        if not order:
            break
        index = i
    moves = []
    for i in range(len(turns)):
        left = i - (known is not None and i > known)
        moves.append(index if i == known else left + (left >= index))
    return (*rest[:index], turn, *rest[index:]), index, tuple(moves)


def _order(heard: Turn, turn: Turn) -> bool | None:
    """Whether `heard` comes after `turn`; None when their times say nothing."""
    if heard.start_s is not None and turn.start_s is not None:
        if heard.start_s != turn.start_s or heard.id is None or turn.id is None:
            return heard.start_s > turn.start_s
        return _natural(heard.id) > _natural(turn.id)
    if heard.at is not None and turn.at is not None:
        return _aware(heard.at) > _aware(turn.at)
    return None


def _natural(id: str) -> list[tuple[int, int, str]]:
    """`s9` before `s10`."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(id) if part]


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _begins(turn: Turn) -> tuple[object, object]:
    return turn.start_s, turn.at


def again(span: Span, before: str, now: str, turn: int) -> Span:
    """The same words in a turn that reads otherwise now; the whole turn where they are gone."""
    words = before[span.start : span.end]
    start = now.find(words) if words else -1
    return Span(turn, start, start + len(words)) if start >= 0 else Span(turn, 0, len(now))
