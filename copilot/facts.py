"""From a passage to the few things that must be conveyed, each in the source's own words.

Facts come before script text, so that agents speak in their own words. A fact is a slice of the
passage: nothing is reworded, so nothing can be invented.
"""

from __future__ import annotations

import re

from copilot.cues import content_words, cues
from models.records import FactLine, Passage
from models.sentences import split_sentences
from models.stems import without_ending

_MARKUP = re.compile(r"^(?:#{1,6}\s+|[-*•]\s+|\d{1,2}[.)]\s+|>\s+)")
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty)\b", re.IGNORECASE
)
_WRAPPED = re.compile(r"(?<=[a-z,;])\n(?=[a-z(])")
_TABLE_RULE = re.compile(r"[\s|:]*--[\s|:-]*")
_EMPHASIS = re.compile(r"\*\*|__|`")
_LONGEST_FACT = 240
_ROOT = 3
"""Letters that a word keeps when its ending is taken off."""


def fact_lines(passage: Passage, query: str, *, most: int = 4) -> tuple[FactLine, ...]:
    """The lines of `facts`, each with its kind and its address in the passage."""
    return tuple(
        FactLine(text, "other", passage.id, max(0, start), max(0, start) + len(text))
        for text in facts(passage, query, most=most)
        for start in (passage.text.find(text),)
    )


def facts(passage: Passage, query: str, *, most: int = 4) -> tuple[str, ...]:
    """The lines of a passage that answer the query, at most `most`, in the order of the passage.

    A line is worth its words in common with the query, and more when it holds a number, an amount,
    a date, a condition or an exception. Each is a slice of the passage without its Markdown marks.
    """
    lines = _lines(passage)
    asked = _stems(query)
    worth = [_worth(line, asked) for line in lines]
    ranked = sorted(range(len(lines)), key=lambda index: (-worth[index], index))
    chosen = sorted(index for index in ranked[:most] if worth[index] > 0)
    return tuple(lines[index] for index in chosen) or tuple(lines[:1])


def _lines(passage: Passage) -> list[str]:
    lines: list[str] = []
    # Hard-wrapped sources break lines in mid-sentence; a blank of the same width keeps the rest in place.
    text = _WRAPPED.sub(" ", passage.text)
    for start, end in split_sentences(text, passage.language or "en"):
        raw = text[start:end].strip()
        if _TABLE_RULE.fullmatch(raw) and lines:
            lines.pop()  # the row above it only names the columns
        if raw.startswith("#") or not content_words(raw):
            continue
        line = _EMPHASIS.sub("", _MARKUP.sub("", raw)).strip().strip("|").strip()
        if len(line) > _LONGEST_FACT:
            line = line[: line.rfind(" ", 0, _LONGEST_FACT)] + " …"
        if line:
            lines.append(line)
    return lines


def _worth(line: str, asked: set[str]) -> float:
    return (
        len(_stems(line) & asked)
        + 0.6 * bool(_NUMBER.search(line))
        + 0.5 * bool(cues().condition.search(line))
    )


def _stems(text: str) -> set[str]:
    return {without_ending(word, shortest=_ROOT) for word in content_words(text)}
