"""From a passage to the few things that must be conveyed, each in the source's own words.

Facts come before script text, so that agents speak in their own words. A fact is a slice of the
passage: nothing is reworded, so nothing can be invented. A line that limits another one ("unless the
seal is broken") is never left behind by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from copilot.cues import content_words, cues
from copilot.steps import procedure
from copilot.wordings import is_alternatives
from knowledge_base.quantities import DURATIONS, all_quantities
from models.folding import fold
from models.patterns import pattern
from models.records import FactKind, FactLine, Passage
from models.sentences import split_sentences
from models.stems import without_ending

_MARKUP = pattern(r"(?:#{1,6}\s+|[-*•]\s+|\d{1,2}[.)]\s+|>\s+)")
_NUMBER = pattern(r"\d|\b(?:one|two|three|four|five|six|seven|ten|twelve|fourteen|thirty)\b", re.IGNORECASE)
_WRAPPED = pattern(r"(?<=[a-z,;])[ \t]*\n[ \t]*(?=[a-z(€$£]|(?:EUR|USD|GBP|NOK|CHF) ?\d|(?!\d{1,2}[.)]\s)\d)")
"""A line break in mid-sentence, as hard-wrapped sources have them."""
_TABLE_RULE = pattern(r"[\s|:]*--[\s|:-]*")
_EMPHASIS = pattern(r"\*\*|__|`")
_LONGEST_FACT = 240
_ROOT = 3
"""Letters that a word keeps when its ending is taken off."""
_LIMITS_THE_BEST = 0.4
"""Worth of each word (of two) that an exception shares with the line that answers best."""
_OPENS_CONDITION = pattern(r"\s*(?:only )?(?:if|when|only|provided|as long as|in case)\b", re.IGNORECASE)
_DATES = (*DURATIONS, "time", "date")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    """In the passage."""
    listed: bool
    """It has a bullet or a number."""
    section: int
    """Number of the heading above it."""


def fact_lines(passage: Passage, query: str, *, most: int = 4) -> tuple[FactLine, ...]:
    """The lines of a passage that answer the query, in the order of the passage.

    A line is worth its words in common with the query, and more when it holds a number, an amount,
    a date, a condition or an exception. A line that limits a chosen one comes along with it, and so
    does the line that a limiting one or a list leans on; what does not fit with its company is left out.

    Args:
        passage: Any passage; headings and the names of a table's columns are no facts.
        query: What was asked.
        most: Lines at most, at least 1.

    Returns:
        The first line when nothing fits the query; none when the passage has no words. A line longer
        than 240 code points is cut at a word and ends in " …"; its address is that of the kept part.
    """
    every = _lines(passage)
    lines = [line for line in every if not line.text.endswith("?")] or list(every)  # a question is no fact
    asked = _stems(query)
    worth = _worths(lines, asked)
    company = _company(lines)
    chosen: set[int] = set()
    for index in sorted(range(len(lines)), key=lambda index: (-worth[index], index)):
        if worth[index] <= 0 or len(chosen) >= most:
            break
        wanted = company[index] - chosen
        if len(chosen) + len(wanted) <= most:
            chosen |= wanted
        elif not chosen:  # too long a list: the line itself, then what is nearest to it
            chosen.update(sorted(wanted, key=lambda other: (abs(other - index), other))[:most])
    if not chosen and lines:
        chosen = set(sorted(company[0])[:most])
    steps = procedure(passage)
    return tuple(
        FactLine(line.text, _kind(line, passage, steps), passage.id, line.start, line.end)
        for line in (lines[index] for index in sorted(chosen))
    )


def facts(passage: Passage, query: str, *, most: int = 4) -> tuple[str, ...]:
    """The texts of `fact_lines`."""
    return tuple(line.text for line in fact_lines(passage, query, most=most))


@lru_cache(maxsize=1_024)
def _lines(passage: Passage) -> tuple[_Line, ...]:
    """Kept, since a few passages answer most of what customers ask."""
    return tuple(_read(passage))


def _read(passage: Passage) -> Iterator[_Line]:
    # Blanks of the same width keep every other word in its place.
    text = _WRAPPED.sub(lambda hit: " " * len(hit[0]), passage.text)
    section, aside = 0, False
    waiting: _Line | None = None
    for start, end in split_sentences(text, passage.language or "en"):
        raw = text[start:end]
        bare = raw.strip()
        if _TABLE_RULE.fullmatch(bare):
            waiting = None  # the row above it only names the columns
            continue
        if bare.startswith("#"):
            section, aside = section + 1, is_alternatives(bare)
            continue
        if aside or not content_words(bare):
            continue  # other wordings of the same are no further facts
        line = _line(raw, start, section)
        if waiting is not None:
            yield waiting
        waiting = line
    if waiting is not None:
        yield waiting


def _line(raw: str, offset: int, section: int) -> _Line | None:
    """A sentence without its marks, or None when nothing is left."""
    begin = len(raw) - len(raw.lstrip())
    mark = _MARKUP.match(raw, begin)
    begin = mark.end() if mark else begin
    hidden = {place for hit in _EMPHASIS.finditer(raw) for place in range(hit.start(), hit.end())}
    kept = [place for place in range(begin, len(raw)) if place not in hidden]
    while kept and (raw[kept[0]].isspace() or raw[kept[0]] == "|"):
        kept.pop(0)
    while kept and (raw[kept[-1]].isspace() or raw[kept[-1]] == "|"):
        kept.pop()
    # One blank for a run of them.
    kept = kept[:1] + [
        place for before, place in pairwise(kept) if not (raw[place].isspace() and raw[before].isspace())
    ]
    if not kept:
        return None
    text = "".join(" " if raw[place].isspace() else raw[place] for place in kept)
    if len(text) > _LONGEST_FACT:
        cut = text.rfind(" ", 0, _LONGEST_FACT)
        cut = cut if cut > 0 else _LONGEST_FACT
        kept, text = kept[:cut], text[:cut] + " …"
    return _Line(
        text,
        offset + kept[0],
        offset + kept[-1] + 1,
        listed=mark is not None,
        section=section,
    )


def _worths(lines: Sequence[_Line], asked: set[str]) -> list[float]:
    stems = [_stems(line.text) for line in lines]
    worths = [
        len(own & asked)
        + 0.6 * bool(_NUMBER.search(line.text))
        + 0.5 * bool(cues().condition.search(line.text))
        for line, own in zip(lines, stems, strict=True)
    ]
    if not worths:
        return worths
    best = stems[worths.index(max(worths))]
    return [
        worth + _LIMITS_THE_BEST * min(2, len(own & best - asked)) * _excepts(line)
        for worth, line, own in zip(worths, lines, stems, strict=True)
    ]


def _company(lines: Sequence[_Line]) -> list[set[int]]:
    """For each line, those that must be shown with it, itself among them."""
    groups = [{index} for index in range(len(lines))]

    def join(one: int, other: int) -> None:
        whole = groups[one] | groups[other]
        for index in whole:
            groups[index] = whole

    for index, line in enumerate(lines[1:], 1):
        before = lines[index - 1]
        if line.section == before.section and cues().limiting.match(line.text):
            join(index - 1, index)
    company = [set(group) for group in groups]
    for index, line in enumerate(lines):
        if line.listed:
            around = (_list_opening(lines, index), _list_closing(lines, index))
            for other in around:
                company[index] |= {other} if other is not None else set()
    return company


def _list_closing(lines: Sequence[_Line], index: int) -> int | None:
    """The line behind a list that limits all of it ("This does not apply to faulty items.")."""
    for below in range(index + 1, len(lines)):
        line = lines[below]
        if line.section != lines[index].section:
            return None
        if not line.listed:
            return below if cues().limiting.match(line.text) else None
    return None


def _list_opening(lines: Sequence[_Line], index: int) -> int | None:
    """The line ("These are not refundable:") that a list item says nothing without."""
    section = lines[index].section
    for above in range(index - 1, -1, -1):
        line = lines[above]
        if line.section != section or (not line.listed and not line.text.endswith(":")):
            return None
        if line.text.endswith(":"):
            says = _excepts(line) or cues().condition.search(line.text)
            return above if says else None
    return None


def _excepts(line: _Line) -> bool:
    return cues().exception.search(line.text) is not None


def _kind(line: _Line, passage: Passage, steps: Sequence[FactLine]) -> FactKind:
    """What sort of thing a line says: a step, an exception, a condition, an amount, a date or period."""
    of_steps = any(step.start < line.end and line.start < step.end for step in steps)
    if of_steps or _excepts(line):
        return "step" if of_steps else "exception"
    if _OPENS_CONDITION.match(line.text):
        return "condition"
    found = {one.dimension for one in all_quantities(fold(line.text).text, (passage.language or "en")[:2])}
    if found and (found & {"money", "percent"} or not found & set(_DATES)):
        return "amount"
    if found:
        return "date"
    return "condition" if cues().condition.search(line.text) else "other"


def _stems(text: str) -> set[str]:
    return {without_ending(word, shortest=_ROOT) for word in content_words(text)}
