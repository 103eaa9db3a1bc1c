"""The outline of a document: headings, and the blocks of text under each of them.

Reads Markdown as people write it, and plain text whose headings are only short lines. A form feed
separates the pages of a paged document. Every offset is one into the text as given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from models.patterns import pattern

BlockKind = Literal["paragraph", "item", "table", "code"]

PLAIN_HEADING_CHARACTERS = 80
LONGEST_HEADING = 500
"""A longer line is text, whatever marks it has; patterns for headings are not made for it."""
PLAIN_HEADING_WORDS = 10

_LINE = pattern(r"[^\n\f]*(?:\n|\f|\Z)")
_ATX = pattern(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t\r]*$")
_SETEXT = pattern(r"(=+|-{3,})[ \t\r]*$")
_RULE = pattern(r"(?:[-*_][ \t]*){3,}[\r]*$")
_BOLD_LINE = pattern(r"(\*\*|__)(?=\S)([^*_]+?)(?<=\S)\1:?[ \t\r]*$")
_QUESTION = pattern(
    r"(?:\*\*|__)?(?:Q|Question|Frage|Vraag)[ \t]*\d{0,3}[ \t]*[:.)][ \t]*(\S.*?)[ \t\r]*$", re.IGNORECASE
)
_ANSWER = pattern(
    r"[ \t]*+(?:\*\*|__)?(?:A|Answer|Antwort|Antwoord)[ \t]*+(?:\d{1,3}[ \t]*+)?[:.)](?:\*\*|__)?[ \t]*",
    re.IGNORECASE,
)
_ITEM = pattern(r"([ \t]*)(?:[-*+•·▪◦–]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+\S")
_FENCE = pattern(r"[ \t]*(```+|~~~+)")
# Possessive where two parts may hold the same blanks: no line makes it try them in turn.
_TABLE_RULE = pattern(
    r"[ \t]*+(?:\|[ \t]*+)?:?-{2,}+:?[ \t]*+(?:\|[ \t]*+:?-{2,}+:?[ \t]*+)*+(?:\|[ \t\r]*+)?\r?$"
)
_LINK = pattern(r"!?\[([^\]]*)\]\([^)]*\)")
_BOLD_LEVEL, _QUESTION_LEVEL = 7, 8


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table or code block, without the blanks around it."""

    kind: BlockKind
    start: int
    end: int


@dataclass(slots=True)
class SectionOfText:
    """What stands under one heading, on one page."""

    headings: tuple[str, ...]
    """Outermost first; empty above the first heading."""
    page: int
    """From 1; always 1 without form feeds."""
    start: int
    """Where its heading line begins, or its text when it has none of its own."""
    heading_end: int
    """End of its heading line; equals `start` when it has none of its own."""
    question: bool = False
    """Its heading is a question, so it is one entry of a list of questions."""
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    """Without the line's end."""
    text: str
    page: int
    ends_page: bool


def read_sections(text: str) -> list[SectionOfText]:
    r"""The sections of a text in order, those without blocks included.

    Example:
        >>> [s.headings for s in read_sections("# Refunds\n\nFive days.\n\n## By card\n\nTen days.")]
        [('Refunds',), ('Refunds', 'By card')]
    """
    lines = list(_lines(text))
    marked = _marked_headings(lines)
    if not any(level < _BOLD_LEVEL for level, *_ in marked.values()):
        marked = _plain_headings(lines) | marked
    sections = [SectionOfText((), 1, 0, 0)]
    stack: list[tuple[int, str]] = []
    body: list[_Line] = []
    for number, line in enumerate(lines):
        heading = marked.get(number)
        if heading is not None:
            _close(sections[-1], body)
            level, words, length = heading
            stack = [entry for entry in stack if entry[0] < level]
            if words:
                stack.append((level, words))
                last = lines[number + length - 1]
                path = tuple(entry[1] for entry in stack)
                asks = level == _QUESTION_LEVEL or words.endswith("?")
                sections.append(SectionOfText(path, line.page, line.start, last.end, asks))
        elif number - 1 in marked and marked[number - 1][2] == 2:  # noqa: PLR2004 - the line under a heading
            pass
        else:
            body.append(line)
        if line.ends_page:
            _close(sections[-1], body)
            path = tuple(entry[1] for entry in stack)
            sections.append(SectionOfText(path, line.page + 1, line.end + 1, line.end + 1))
    _close(sections[-1], body)
    return [section for section in sections if section.blocks or section.heading_end > section.start]


def _lines(text: str) -> Iterator[_Line]:
    page = 1
    for match in _LINE.finditer(text):
        whole = match[0]
        if not whole and match.start() == len(text):
            return
        line = whole.rstrip("\n\f")
        yield _Line(match.start(), match.start() + len(line), line, page, whole.endswith("\f"))
        page += whole.endswith("\f")


def _marked_headings(lines: list[_Line]) -> dict[int, tuple[int, str, int]]:
    """Headings that are marked as such: line number -> level, words, lines taken."""
    found: dict[int, tuple[int, str, int]] = {}
    fence = ""
    blank_before = True
    for number, line in enumerate(lines):
        opening = _FENCE.match(line.text)
        if opening and (not fence or opening[1].startswith(fence)):
            fence = "" if fence else opening[1][:3]
        if fence or opening:
            blank_before = False
            continue
        under = lines[number + 1].text if number + 1 < len(lines) else ""
        if len(line.text) > LONGEST_HEADING:
            pass
        elif match := _ATX.match(line.text):
            found[number] = (len(match[1]), _words(match[2]), 1)
        elif blank_before and line.text[:1].strip() and _SETEXT.match(under) and not _special(line.text):
            found[number] = (1 if under[0] == "=" else 2, _words(line.text), 2)
        elif match := _QUESTION.match(line.text):
            found[number] = (_QUESTION_LEVEL, _words(match[1]), 1)
        elif blank_before and (match := _BOLD_LINE.match(line.text)) and _short(match[2]):
            found[number] = (_BOLD_LEVEL, _words(match[2]), 1)
        blank_before = not line.text.strip()
    return found


def _plain_headings(lines: list[_Line]) -> dict[int, tuple[int, str, int]]:
    """Short lines that stand like headings in a text that marks none."""
    found: dict[int, tuple[int, str, int]] = {}
    filled = [(number, line.text.strip()) for number, line in enumerate(lines) if line.text.strip()]
    for place, (number, words) in enumerate(filled[:-1]):
        before = filled[place - 1][1] if place else ""
        after_number, after = filled[place + 1]
        if (
            _short(words)
            and words[0].isupper()
            and words[-1] not in ".!,;:…"
            and (not before or before[-1] in ".!?:" or filled[place - 1][0] < number - 1)
            and len(after) > max(40, 1.5 * len(words))
            and after[0].isalnum()
            and not _special(words)
            and after_number <= number + 2
        ):
            found[number] = (_BOLD_LEVEL, _words(words), 1)
    return found


def _special(line: str) -> bool:
    """Whether a line is an item, a table row or a quotation, and so no heading."""
    return bool(_ITEM.match(line)) or line.lstrip()[:1] in ("|", ">") or " | " in line


def _short(words: str) -> bool:
    return len(words) <= PLAIN_HEADING_CHARACTERS and len(words.split()) <= PLAIN_HEADING_WORDS


def _words(heading: str) -> str:
    """A heading without marks: `**How long?**` reads `How long?`."""
    plain = _LINK.sub(r"\1", heading)
    return " ".join(plain.replace("**", "").replace("__", "").replace("`", "").split()).strip("*_ ")


def _close(section: SectionOfText, body: list[_Line]) -> None:
    """Turn the lines collected so far into the section's blocks."""
    section.blocks.extend(_blocks(body, section))
    if section.blocks and section.heading_end == section.start:
        section.start = section.heading_end = section.blocks[0].start
    body.clear()


def _blocks(body: list[_Line], section: SectionOfText) -> Iterator[Block]:
    asked = section.question and not section.blocks
    number = 0
    while number < len(body):
        line = body[number]
        if not line.text.strip() or _RULE.match(line.text.strip()):
            number += 1
            continue
        first = number
        kind: BlockKind
        if fence := _FENCE.match(line.text):
            kind, number = "code", _end_of_fence(body, number, fence[1][:3])
        elif _is_row(body, number):
            kind, number = "table", _while(body, number, "|")
        elif item := _ITEM.match(line.text):
            kind, number = "item", _end_of_item(body, number, len(item[1].expandtabs(4)))
        else:
            kind, number = "paragraph", _end_of_paragraph(body, number)
        start = body[first].start
        if asked:
            answer = _ANSWER.match(line.text)
            start += answer.end() if answer else 0
            asked = False
        block = _trimmed(kind, start, body[first:number])
        if block is not None:
            yield block


def _trimmed(kind: BlockKind, start: int, lines: list[_Line]) -> Block | None:
    """The block from `start` in its first line, without the blanks around it; None when nothing is left."""
    while lines and not lines[0].text[start - lines[0].start :].strip():
        lines = lines[1:]
        start = lines[0].start if lines else start
    while lines and not lines[-1].text.strip():
        lines = lines[:-1]
    if not lines:
        return None
    head, tail = lines[0].text[start - lines[0].start :], lines[-1].text
    return Block(kind, start + len(head) - len(head.lstrip()), lines[-1].start + len(tail.rstrip()))


def _is_row(body: list[_Line], number: int) -> bool:
    text = body[number].text
    if text.lstrip().startswith("|"):
        return True
    under = body[number + 1].text if number + 1 < len(body) else ""
    return "|" in text and "|" in under and bool(_TABLE_RULE.match(under))


def _while(body: list[_Line], number: int, mark: str) -> int:
    while number < len(body) and mark in body[number].text:
        number += 1
    return number


def _end_of_fence(body: list[_Line], number: int, fence: str) -> int:
    for closing in range(number + 1, len(body)):
        if body[closing].text.strip().startswith(fence):
            return closing + 1
    return len(body)


def _end_of_item(body: list[_Line], number: int, indent: int) -> int:
    """Past an item, its wrapped lines and what is nested in it."""
    number += 1
    while number < len(body):
        text = body[number].text
        if not text.strip():
            after = body[number + 1].text if number + 1 < len(body) else ""
            if not after.strip() or _indent(after) <= indent:
                return number
        elif (
            ((item := _ITEM.match(text)) and len(item[1].expandtabs(4)) <= indent)
            or _RULE.match(text.strip())
            or _is_row(body, number)
            or _FENCE.match(text)
        ):
            return number
        number += 1
    return number


def _end_of_paragraph(body: list[_Line], number: int) -> int:
    number += 1
    while number < len(body):
        text = body[number].text
        if not text.strip() or _ITEM.match(text) or _FENCE.match(text) or _is_row(body, number):
            return number
        if _RULE.match(text.strip()):
            return number
        number += 1
    return number


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
