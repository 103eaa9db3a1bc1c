"""A text cut into pieces so that overlapping ranges can be marked without nesting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

_STOPS = ".,;:!?…)”’\"'"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under one and the same set of ranges."""

    text: str
    over: tuple[int, ...] = ()
    """Numbers of the ranges that cover it, in their order."""
    starts: tuple[int, ...] = ()
    """Of those, the ranges that begin here."""
    ends: tuple[int, ...] = ()
    """The ranges that end here: the place for their labels."""


def cut(text: str, ranges: Sequence[tuple[int, int]]) -> list[Piece]:
    """The text in pieces, cut at every border of every range.

    Args:
        text: Any text; joined again, the pieces give exactly it.
        ranges: Half-open code points. Empty ones and parts outside the text are passed over.

    Returns:
        Pieces in order; none is empty.
    """
    kept = {
        number: (max(start, 0), min(end, len(text)))
        for number, (start, end) in enumerate(ranges)
        if max(start, 0) < min(end, len(text))
    }
    borders = sorted({0, len(text), *(border for pair in kept.values() for border in pair)})
    return [
        Piece(
            text[start:end],
            over=tuple(number for number, (low, high) in kept.items() if low <= start and end <= high),
            starts=tuple(number for number, (low, _) in kept.items() if low == start),
            ends=tuple(number for number, (_, high) in kept.items() if high == end),
        )
        for start, end in pairwise(borders)
    ]


def labels_after_stops(pieces: Sequence[Piece]) -> list[Piece]:
    """The same text, with the place for labels moved behind a comma or full stop that follows the words."""
    moved: list[Piece] = []
    for piece in pieces:
        before = moved[-1] if moved else None
        stops = piece.text[: len(piece.text) - len(piece.text.lstrip(_STOPS))]
        if before is None or not before.ends or piece.over or not stops:
            moved.append(piece)
            continue
        moved[-1] = replace(before, ends=())
        moved.append(Piece(stops, ends=before.ends))
        if len(stops) < len(piece.text):
            moved.append(replace(piece, text=piece.text[len(stops) :]))
    return moved
