"""Approved other wordings of the client's, for agents who look for words of their own.

Only what the client wrote: in a document's front matter (`alternatives:`), or in a section of a script or
macro that is headed "Other ways to say it" or "Alternatives". Nothing is put together or reworded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from knowledge_base.front_matter import read_date
from knowledge_base.sections import read_sections
from models.errors import NotFoundError
from models.patterns import pattern

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.records import Document, Passage

KINDS = ("script", "macro")
"""Documents whose sections may hold other wordings; in a policy "Alternatives" are things to offer."""

_HEADING = pattern(
    r"(?:approved )?(?:(?:other|more|different) (?:ways? to say (?:it|this|that)|wordings?|words)|"
    r"alternatives?|alternative wordings?|in other words|say it (?:differently|your way)|andere woorden|"
    r"(?:andere|alternative) formulierung(?:en)?|otras formas de decirlo|andre måter å si det på)",
    re.IGNORECASE,
)
_MARK = pattern(r"(?:[-*•+]|\d{1,2}[.)]|>)\s+")
_REFUSED = pattern(
    r"~~|[\[(]?(?:rejected|not approved|withdrawn|expired|draft|do not (?:say|use)|no longer)\b",
    re.IGNORECASE,
)
_QUOTES = ("“”", '""', "„“", "«»", "‘’")
_APPROVED = frozenset(("", "approved", "yes", "true", "in force", "active"))


def alternatives(kb: KnowledgeBase, passage: Passage, *, on: date | None = None) -> tuple[str, ...]:
    """What the client wrote as other ways to say this passage; empty when it wrote none.

    Args:
        kb: Of the client.
        passage: One of its passages.
        on: The day; None: today. A wording, or a document, that is not in force then is left out, and
            so is a wording that its status or a mark calls anything but approved.

    Returns:
        In the order in which they stand, front matter first, none twice. Slots (`{customer name}`) stay.
    """
    try:
        document = kb.document(passage.document)
    except NotFoundError:
        return ()
    day = on or _today()
    if not document.in_force(day) or passage.version != document.version:
        return ()
    headings = tuple(part.casefold() for part in passage.heading.split(" > "))
    found = [*_listed(document, headings, day)]
    if document.kind in KINDS:
        for above, words in _headed(document.text):
            under = _path_at(document.text, passage.start)
            if under[: len(above)] == above:
                found.extend(words)
    own = " ".join(passage.text.split())
    return tuple(one for one in dict.fromkeys(found) if one and one != own)


def is_alternatives(heading: str) -> bool:
    """Whether a heading says that other wordings follow."""
    return _HEADING.fullmatch(heading.strip(" #:*")) is not None


def _listed(document: Document, headings: tuple[str, ...], day: date) -> Iterator[str]:
    for key, value in document.metadata.items():
        if is_alternatives(str(key).replace("_", " ")):
            items = value if isinstance(value, list | tuple) else [value]
            for item in items:
                yield from _item(item, headings, day)


def _item(item: Any, headings: tuple[str, ...], day: date) -> Iterator[str]:
    """One entry of the front matter: words, or `text` with `status`, `section` and dates."""
    if isinstance(item, str):
        if not _REFUSED.match(item.strip()):
            yield _plain(item)
        return
    if not isinstance(item, Mapping) or not isinstance(item.get("text"), str):
        return
    section = str(item.get("section", "")).strip().casefold()
    states = (str(item.get(key, "")).strip().casefold() for key in ("status", "state", "approved"))
    if (section and section not in headings) or any(state not in _APPROVED for state in states):
        return
    starts, ends = (item.get(key) for key in ("effective_from", "effective_until"))
    first, last = read_date(starts), read_date(ends)
    if (starts and first is None) or (ends and last is None):
        return  # a date that cannot be read may have passed
    if (first is None or first <= day) and (last is None or day <= last):
        yield _plain(item["text"])


@lru_cache(maxsize=64)
def _headed(text: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Headings above each section of other wordings, and its lines."""
    found = []
    for section in read_sections(text):
        if not section.headings or not is_alternatives(section.headings[-1]):
            continue
        lines = [
            _plain(line)
            for block in section.blocks
            for line in _joined(text[block.start : block.end])
            if not _REFUSED.match(_MARK.sub("", line.strip(), count=1))
        ]
        found.append((section.headings[:-1], tuple(lines)))
    return tuple(found)


@lru_cache(maxsize=64)
def _borders(text: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((section.start, section.headings) for section in read_sections(text))


def _path_at(text: str, place: int) -> tuple[str, ...]:
    """The headings above a place of a text, outermost first."""
    under: tuple[str, ...] = ()
    for start, headings in _borders(text):
        if start > place:
            break
        under = headings
    return under


def _joined(block: str) -> list[str]:
    """The wordings of a block: one for each list item, else the whole."""
    items: list[str] = []
    for line in block.splitlines():
        if items and not _MARK.match(line.strip()):
            items[-1] += f" {line.strip()}"
        else:
            items.append(line)
    return items


def _plain(words: str) -> str:
    text = " ".join(_MARK.sub("", words.strip(), count=1).replace("**", "").split())
    for marks in _QUOTES:
        if len(text) > 1 and text[0] == marks[0] and text[-1] == marks[1]:
            return text[1:-1].strip()
    return text


def _today() -> date:
    return date.today()  # noqa: DTZ011 - a wording is withdrawn at midnight where the centre is
