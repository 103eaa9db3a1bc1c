"""Documents to passages: citable pieces on heading and sentence borders, with exact offsets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.kinds import guess_kind
from knowledge_base.sections import Block, SectionOfText, read_sections
from models.patterns import pattern
from models.records import Document, DocumentKind, Passage
from models.sentences import split_sentences

TARGET = 150
"""Words a passage has when a section must be cut; encoders read about 190."""
LONGEST = 180
"""Words after which a passage is closed at the next border."""
WHOLE = 220
"""A section of so many words stays whole."""
TABLE_WHOLE = 300
"""A table of so many words stays whole."""
SHORT = 30
"""Neighbouring sections with fewer words each are put together."""
TOGETHER = 120
"""Words up to which they are."""

_CJK = pattern(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_TOKEN = pattern(r"\S+")
_LONG_TOKEN = 100
_WRAPPED = 60


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch that is not cut: a block, a sentence, a row."""

    start: int
    end: int
    size: float
    opens: bool = True
    """It begins a block, which is the better place to cut."""
    alone: bool = False
    """It is a passage of its own."""


def split(document: Document) -> list[Passage]:
    r"""Cut a document into passages.

    A passage never crosses a heading, except that neighbouring sections of a few words are put
    together under their common heading, and never a page. Tables and list items stay whole when they
    can. Each question of a FAQ and each line of a script is a passage of its own. Every word is in a
    passage or in the heading of one.

    Args:
        document: Any document; without a kind, it is guessed.

    Returns:
        Passages in order, `document.text[start:end] == text`, none empty, ids `<document>#<n>` from 1.
        A document without words has none.

    Example:
        >>> text = "# Refunds\n\nRefunds take five days."
        >>> [(p.heading, p.text) for p in split(Document(id="refunds", text=text))]
        [('Refunds', 'Refunds take five days.')]
    """
    text = document.text
    kind = document.kind or guess_kind(text, document.id.split("/"))
    paged = "\f" in text
    passages: list[Passage] = []
    for group in _grouped(_with_words(document, read_sections(text)), text, kind):
        for start, end in _ranges(group, text, kind, document.language or "en"):
            if not _says_something(text[start:end]):
                continue  # a stray mark is nothing to cite
            passages.append(
                Passage(
                    id=f"{document.id}#{len(passages) + 1}",
                    document=document.id,
                    text=text[start:end],
                    start=start,
                    end=end,
                    title=document.title,
                    heading=_heading(group, document.title, paged=paged),
                    kind=kind,
                    version=document.version,
                    language=document.language,
                    effective_from=document.effective_from,
                    effective_until=document.effective_until,
                )
            )
    return passages


def words_in(text: str) -> float:
    """Length of a text in words; scripts without blanks and very long words count by their letters."""
    count = len(text.split())
    letters = 0.0 if text.isascii() else 0.7 * len(_CJK.findall(text))
    return max(count + letters, len(text) / 8)


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _with_words(document: Document, sections: list[SectionOfText]) -> list[SectionOfText]:
    """Sections with something to cite.

    A heading with nothing under it is its own text, unless it only says the document's title.
    """
    kept = []
    for section in sections:
        # A stray mark is nothing to cite.
        section.blocks = [
            one for one in section.blocks if _says_something(document.text[one.start : one.end])
        ]
    filled = any(section.blocks for section in sections)
    for number, section in enumerate(sections):
        after = sections[number + 1] if number + 1 < len(sections) else None
        if section.blocks:
            kept.append(section)
        elif section.heading_end == section.start or (
            filled and section.headings[-1].casefold() == document.title.casefold()
        ):
            continue
        elif after is None or after.headings[: len(section.headings)] != section.headings:
            line = document.text[section.start : section.heading_end].rstrip()
            section.blocks.append(Block("paragraph", section.start, section.start + len(line)))
            section.headings = section.headings[:-1]
            kept.append(section)
    return kept


def _grouped(
    sections: list[SectionOfText], text: str, kind: DocumentKind
) -> Iterator[tuple[SectionOfText, ...]]:
    """Sections one by one, short neighbours under the same heading together."""
    group: list[SectionOfText] = []
    size = 0.0
    for section in sections:
        own = words_in(text[section.start : section.blocks[-1].end])
        fits = (
            group
            and kind not in ("faq", "script")
            and not section.question
            and not group[0].question
            and max(own, words_in(text[group[-1].start : group[-1].blocks[-1].end])) < SHORT
            and size + own <= TOGETHER
            and len(section.headings) > 1
            and section.headings[:-1] == group[0].headings[:-1]
            and section.page == group[0].page
        )
        if group and not fits:
            yield tuple(group)
            group, size = [], 0.0
        group.append(section)
        size += own
    if group:
        yield tuple(group)


def _heading(group: Sequence[SectionOfText], title: str, *, paged: bool) -> str:
    path = group[0].headings if len(group) == 1 else group[0].headings[:-1]
    if len(path) > 1 and title and path[0].casefold() == title.casefold():
        path = path[1:]
    return " > ".join((*path, f"page {group[0].page}") if paged else path)


def _ranges(
    group: Sequence[SectionOfText], text: str, kind: DocumentKind, language: str
) -> Iterator[tuple[int, int]]:
    if len(group) > 1:
        yield group[0].start, group[-1].blocks[-1].end
        return
    units = [unit for block in group[0].blocks for unit in _units(block, text, kind, language)]
    run: list[_Unit] = []
    for unit in units:
        if unit.alone:
            # "Say:" and the line it announces belong together.
            if len(run) == 1 and _announces(text, run[0]):
                unit = _Unit(run[0].start, unit.end, unit.size, alone=True)  # noqa: PLW2901 - the two are one unit from here on
                run = []
            yield from _packed(run, text)
            run = []
            if _announces(text, unit) and unit is not units[-1]:
                run = [unit]
            else:
                yield unit.start, unit.end
        else:
            run.append(unit)
    yield from _packed(run, text)


def _announces(text: str, unit: _Unit) -> bool:
    return text[unit.start : unit.end].rstrip("*_ ").endswith(":")


def _packed(units: list[_Unit], text: str) -> Iterator[tuple[int, int]]:
    """Neighbouring units in passages of about equal length."""
    total = sum(unit.size for unit in units)
    if not units:
        return
    if total <= WHOLE:
        yield units[0].start, units[-1].end
        return
    target = total / math.ceil(total / TARGET)
    run: list[_Unit] = []
    size = 0.0
    for unit in units:
        if run and (size + unit.size > LONGEST or (unit.opens and size >= target)):
            held = [run.pop()] if len(run) > 1 and unit.opens and _announces(text, run[-1]) else []
            yield run[0].start, run[-1].end
            run, size = held, sum(one.size for one in held)
        run.append(unit)
        size += unit.size
    yield run[0].start, run[-1].end


def _units(block: Block, text: str, kind: DocumentKind, language: str) -> Iterator[_Unit]:
    piece = text[block.start : block.end]
    size = words_in(piece)
    if kind == "script" and block.kind == "paragraph":
        yield from _script_lines(block, text, language)
    elif block.kind == "table" and (kind == "faq" or size > TABLE_WHOLE):
        yield from _rows(block, text, alone=kind == "faq")
    elif size <= LONGEST or block.kind == "table":
        yield _Unit(block.start, block.end, size, alone=kind == "script")
    elif block.kind == "code":
        yield from _pieces(block.start, block.end, text)
    else:
        yield from _sentences(block.start, block.end, text, language)


def _script_lines(block: Block, text: str, language: str) -> Iterator[_Unit]:
    """Each line, unless the lines are those of a wrapped paragraph."""
    lines = _filled_lines(block, text)
    wrapped = len(lines) > 1 and all(end - start >= _WRAPPED for start, end in lines[:-1])
    spans = [(block.start, block.end)] if wrapped else lines
    for start, end in spans:
        size = words_in(text[start:end])
        if size <= LONGEST:
            yield _Unit(start, end, size, alone=True)
        else:
            yield from _sentences(start, end, text, language)


def _sentences(start: int, end: int, text: str, language: str) -> Iterator[_Unit]:
    """Sentences of a long block. A single line break is a blank here: real files wrap their lines."""
    flat = re.sub(r"[\n\r\v\x1c-\x1e\x85\u2028\u2029]", " ", text[start:end])
    opens = True
    for first, last in split_sentences(flat, language):
        for unit in _pieces(start + first, start + last, text):
            yield _Unit(unit.start, unit.end, unit.size, opens=opens)
            opens = False


def _pieces(start: int, end: int, text: str) -> Iterator[_Unit]:
    """A stretch as it is, or cut between words, and a word of many letters inside it."""
    size = words_in(text[start:end])
    if size <= LONGEST:
        yield _Unit(start, end, size)
        return
    tokens = [
        (start + match.start() + cut, min(start + match.start() + cut + _LONG_TOKEN, start + match.end()))
        for match in _TOKEN.finditer(text[start:end])
        for cut in range(0, match.end() - match.start(), _LONG_TOKEN)
    ]
    begin, size = tokens[0][0], 0.0
    for place, (first, last) in enumerate(tokens):
        own = words_in(text[first:last])
        if size and size + own > TARGET:
            yield _Unit(begin, tokens[place - 1][1], size)
            begin, size = first, 0.0
        size += own
    yield _Unit(begin, tokens[-1][1], size)


def _rows(block: Block, text: str, *, alone: bool) -> Iterator[_Unit]:
    """Rows of a table; the header and its rule go with the first row."""
    rows = _filled_lines(block, text)
    rulers = (n for n, (start, end) in enumerate(rows[:3]) if not text[start:end].strip("|:- \t"))
    ruled = next(rulers, None)
    if ruled is not None and len(rows) > ruled + 1:
        rows = [(rows[0][0], rows[ruled + 1][1]), *rows[ruled + 2 :]]
    for start, end in rows:
        size = words_in(text[start:end])
        if size <= TABLE_WHOLE:
            yield _Unit(start, end, size, alone=alone)
        else:
            yield from _pieces(start, end, text)


def _filled_lines(block: Block, text: str) -> list[tuple[int, int]]:
    """Lines that are not blank, without the blanks around them."""
    return [
        (block.start + line.start(), block.start + line.end())
        for line in re.finditer(r"\S(?:[^\n]*[^\s])?", text[block.start : block.end])
    ]
