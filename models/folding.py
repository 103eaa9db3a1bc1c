"""Text folded for pattern matching, with a way back to the original offsets.

Folding removes what must never decide a finding: case, accents, curly quotation marks, zero-width
characters, emphasis marks, runs of white space and hesitation words ("um"). Rules are written
against folded text only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from models.patterns import pattern

_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201b": "'",
        "\u02bc": "'",
        "\u00b4": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u00f8": "o",
        "\u00d8": "o",
        "\u00e6": "ae",
        "\u00c6": "ae",
        "\u00df": "ss",
        "\u0131": "i",
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
    }
)
_DROPPED = pattern(r"[\u00ad\u200b-\u200f\u2060\ufeff]|(?<![A-Za-z])\*+|\*+(?![A-Za-z])")
_FILLER = pattern(r"\b(?:u+h+m*|u+m+|e+r+m+|e+h+m+|h+m+)\b[,.]{0,3} ?", re.IGNORECASE)
_BLANKS = pattern(r"\s{2,}|[^\S ]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and where each of its characters stood."""

    text: str
    at: tuple[int, ...] | None
    """Original offset per folded character; None when they are the same."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range in the original text of folded `[start, end)`; empty stays empty."""
        if self.at is None:
            return start, end
        if start >= end:
            place = self.at[start] if start < len(self.at) else (self.at[-1] + 1 if self.at else 0)
            return place, place
        return self.at[start], self.at[end - 1] + 1


def fold(text: str) -> Folded:
    """Lower case, no accents, plain apostrophes and quotation marks, single blanks, no hesitation words.

    Example:
        >>> folded = fold("It\u2019s  NOT um d\u00e9j\u00e0 vu")
        >>> folded.text
        "it's not deja vu"
        >>> folded.original(9, 13)
        (13, 17)
    """
    return _kept(text) if len(text) <= _SENTENCE else _fold(text)


def _fold(text: str) -> Folded:
    if text.isascii() and not (_BLANKS.search(text) or _FILLER.search(text) or _DROPPED.search(text)):
        return Folded(text.lower().replace("`", "'"), None)
    hidden = bytearray(len(text))
    for silent in (_DROPPED, _FILLER):
        for hit in silent.finditer(text):
            hidden[hit.start() : hit.end()] = b"\x01" * (hit.end() - hit.start())
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if hidden[place]:
            continue
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                places.append(place)
            continue
        for plain in _plain(character):
            characters.append(plain)
            places.append(place)
    return Folded("".join(characters), tuple(places))


_SENTENCE = 2_000
"""Code points up to which a text is kept: the detectors ask for the same turn a dozen times."""
_kept = lru_cache(maxsize=4096)(_fold)


def fold_pattern(pattern: str) -> str:
    """A pattern with its accented letters folded as the text will be; escapes keep their case."""
    if pattern.isascii():
        return pattern
    return "".join(character if character.isascii() else _plain(character) for character in pattern)


def _plain(character: str) -> str:
    if character.isascii():
        return "'" if character == "`" else character.lower()
    mapped = character.translate(_PLAIN)
    if mapped != character:
        return mapped
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()
