"""Ranges to be masked, and how far a mask reaches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.patterns import pattern
from models.redaction.mentions import Mention


@dataclass(frozen=True, slots=True)
class Edit:
    """A range of a reading copy to be masked."""

    start: int
    end: int
    kind: str
    last_four: str = ""

    @property
    def mark(self) -> str:
        """What stands in its place."""
        return f"[{self.kind} ****{self.last_four}]" if self.last_four else f"[{self.kind}]"


_FIRST = ("CARD", "PASSWORD")
"""Kinds whose mark wins where two edits overlap."""


def merged(edits: list[Edit]) -> list[Edit]:
    """Sorted, with overlapping ones joined under one mark: the card's, or the first one's."""
    out: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end, edit.kind, edit.last_four)):
        if out and edit.start < out[-1].end:
            last = out[-1]
            mark = min(
                last, edit, key=lambda one: _FIRST.index(one.kind) if one.kind in _FIRST else len(_FIRST)
            )
            out[-1] = Edit(last.start, max(last.end, edit.end), mark.kind, mark.last_four)
        else:
            out.append(edit)
    return out


def outside(edits: list[Edit], marks: Sequence[Mention], text: str) -> list[Edit]:
    """The edits without what they share with marks that stand there already: a mark is never changed."""
    if not marks or not edits:
        return edits
    out: list[Edit] = []
    for edit in edits:
        place = edit.start
        first = bisect_right(marks, edit.start, key=lambda mark: mark.end)
        for mark in marks[first:]:
            if mark.start >= edit.end:
                break
            out.append(replace(edit, start=place, end=max(place, mark.start)))
            place = mark.end
        out.append(replace(edit, start=place) if place < edit.end else replace(edit, end=edit.start))
    return [edit for edit in out if any(char.isalnum() for char in text[edit.start : edit.end])]


_LETTERS_BEFORE = pattern(r"(?:(?<![\w'])(?![ai]\s)[a-z][\s\-.]{0,2}){1,6}$|(?<![\w'])[a-z]{1,3}-?$")
_LETTERS_AFTER = pattern(r"[\s\-]{0,2}[a-z](?![^\W_])|[a-z0-9]{1,12}")
_WINDOW = 18


def with_letters(text: str, start: int, end: int) -> tuple[int, int]:
    """The range with the letters that belong to an id: `N1234567`, "A B 12 34 56 C"."""
    window = max(0, start - _WINDOW)
    before = _LETTERS_BEFORE.search(text[window:start])
    if before:
        start = window + before.start()
    behind = _LETTERS_AFTER.match(text, end)
    if behind and not (text[end].isspace() and behind.group().strip() in ("a", "i")):
        end = behind.end()
    return start, end


_EXTENSION = pattern(r"[\s,]{0,2}(?:x|ext\.?|extension)\s?[0-9]{1,6}")


def with_plus(text: str, start: int, end: int) -> tuple[int, int]:
    """The range with "+" or "(" before it and an extension behind it."""
    while start and text[start - 1] in "+(":
        start -= 1
    extension = _EXTENSION.match(text, end)
    return start, extension.end() if extension else end


_HEARD_BEHIND = pattern(r"(?:[\s,]{1,3}(?:tree|won|ate|owe|mine)(?!\w)){1,2}")
_HEARD_BEFORE = pattern(r"(?<!\w)(?:(?:tree|won|ate|owe|mine)[\s,]{1,3}){1,2}$")


def with_heard(text: str, start: int, end: int) -> tuple[int, int]:
    """The range of a spoken number with what was misheard for its first or last digits: "sixty nine ate"."""
    window = max(0, start - _WINDOW)
    before = _HEARD_BEFORE.search(text[window:start])
    if before:
        start = window + before.start()
    behind = _HEARD_BEHIND.match(text, end)
    return start, behind.end() if behind else end


_ANY_BEHIND = pattern(r"(?:[\s,]{1,3}(?:tree|free|won|ate|owe|mine|to|too|tu|for)(?!\w)){1,2}")
_ANY_BEFORE = pattern(r"(?<!\w)(?:(?:tree|free|won|ate|owe|mine|to|too|tu|for)[\s,]{1,3}){1,2}$")


def heard_around(text: str, start: int, end: int) -> tuple[int, int, int]:
    """The range with every word beside it that may be a misheard digit, and how many there are."""
    window = max(0, start - _WINDOW)
    before, behind = _ANY_BEFORE.search(text[window:start]), _ANY_BEHIND.match(text, end)
    count = sum(len(found.group().split()) for found in (before, behind) if found)
    return window + before.start() if before else start, behind.end() if behind else end, count
