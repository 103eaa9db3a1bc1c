"""A text as the detectors read it: lower case, plain digits, no invisible characters; and the way back."""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache

from models.patterns import pattern

_CONTROLS = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_GONE = "\x00"
"""Stands for a character that is left out; a NUL of the text itself is left out too."""
_DASHES = frozenset("‐‑‒–—―−﹘﹣－")
_QUOTES = frozenset("‘’‛′＇`´")
_VERB_AFTER = """
    passord passordet kode koden nummer nummeret pin det den hva som jeg mitt navnet adressen ist hat
""".split()
"""Words after which "er" is no hesitation but Norwegian for "is", or German for "he"."""
_HESITATIONS = pattern(
    # The first letter before all else: that is what makes the search quick.
    r"[ue](?<![\w'\-][ue])(?:(?<=u)u*(?:h+m*|m+)|(?<=e)r(?:m+|"
    + "".join(rf"(?<!\b{word} er)" for word in _VERB_AFTER)
    + r"))(?![\w'\-])[,.]?[ ](?=\S)"
)
"""What people say while they think, with the blank behind: "security um code", "double uh four"."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The reading copy of a text."""

    text: str
    offsets: array[int] | None
    """Per character of `text`, where it stands in the original; None when nothing was left out."""

    length: int = 0
    """Characters of the original."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original for a non-empty range of `text`."""
        if self.offsets is None:
            return start, end
        # What is invisible right behind the range goes with it.
        return self.offsets[start], self.offsets[end] if end < len(self.offsets) else self.length


@cache
def _character(char: str) -> str:  # noqa: PLR0911 - one return per class of character
    """One character for one: digits of any script to 0-9, full-width to ASCII, invisible to NUL."""
    if char in _DASHES:
        return "-"
    if char in _QUOTES:
        return "'"
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return _GONE
    if category in ("Zs", "Zl", "Zp"):
        return "\n" if category in ("Zl", "Zp") else " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    wide = unicodedata.normalize("NFKC", char)
    if len(wide) == 1 and wide.isascii():
        return wide.lower()
    lower = char.lower()
    return lower if len(lower) == 1 else char


def plain(text: str) -> Plain:
    """The reading copy of `text`, in time linear in its length."""
    if text.isascii():
        copy = text.lower()
        if _CONTROLS.search(text) is None:
            if _HESITATIONS.search(copy) is None:
                return Plain(copy, None)
        else:
            copy = _CONTROLS.sub(_GONE, copy)
    else:
        table = {ord(char): _character(char) for char in set(text) if char > "\x7f"}
        copy = _CONTROLS.sub(_GONE, text.translate(table))
        lower = copy.lower()
        copy = lower if len(lower) == len(copy) else copy
    copy = _HESITATIONS.sub(lambda found: _GONE * len(found[0]), copy)
    if _GONE not in copy:
        return Plain(copy, None)
    offsets = array("L", (place for place, char in enumerate(copy) if char != _GONE))
    return Plain(copy.replace(_GONE, ""), offsets, len(text))
