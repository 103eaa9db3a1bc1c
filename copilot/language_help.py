"""Language help: the customer's idioms and region words in plain words, for agents of another mother tongue.

A look-up, no judgement: it reads the customer's words and never the agent's. A client's own glossary
(documents of kind `glossary`) wins over the general one.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

from copilot.idioms import Entry, Glossary, as_words, general, tokens
from models.folding import fold
from models.patterns import pattern
from models.records import Explanation, Span

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.records import Document, Turn

MOST = 6
"""Explanations of one turn: more would be a text to read while the customer waits."""
_LONGEST = 20_000
"""Code points of a turn that are read."""
_MOST_WORDS = 6
_LONGEST_MEANING = 200
_ROW = pattern(r"^\s*\|(.+)\|?\s*$")
_RULE = pattern(r"^[\s|:]*-[\s|:-]*$")
_BULLET = pattern(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_PAIR = pattern(r"^(?P<term>[^:=–—|]{1,60}?)\s*(?::|=|\s[–—-]\s)\s*(?P<meaning>\S.*)$")
_SHORT_FORM = pattern(r"^(?P<term>.+?)\s*\((?P<short>[^()]{1,20})\)$")
_MARKS = pattern(r"\*\*|__|`|^\*|\*$")
_HEADS = frozenset(
    "term terms word words expression abbreviation begriff begriffe wort abkürzung begrip term "
    "woord afkorting término termino palabra uttrykk ord begrep forkortelse".split()
)

_glossaries: weakref.WeakKeyDictionary[KnowledgeBase, tuple[str, Glossary]] = weakref.WeakKeyDictionary()


def explain(kb: KnowledgeBase, turn: Turn, index: int, *, language: str) -> tuple[Explanation, ...]:
    """A customer's idioms and region words of one turn, in the order in which they were said.

    Args:
        kb: Of the client; its glossary wins where both know a term.
        turn: Of the customer. An agent's or internal turn gives nothing: nobody remarks on their words.
        index: Of the turn in the contact, from 0.
        language: That the turn is in, such as `en` or `en-GB`.

    Returns:
        Each term once, at most six.
    """
    if turn.speaker not in ("customer", "unknown") or turn.visibility != "public":
        return ()
    own, shipped = client_glossary(kb), general(language.partition("-")[0].lower())
    folded = fold(turn.text[:_LONGEST])
    found = tokens(folded.text)
    told: dict[str, Explanation] = {}
    place = 0
    while place < len(found) and len(told) < MOST:
        word = found[place].word
        # The client's own meaning wins; the general one is asked where the client has none.
        entry = own.at(found, place, folded.text) if own.begins(word) else None
        if entry is None and shipped.begins(word):
            entry = shipped.at(found, place, folded.text)
        if entry is None:
            place += 1
            continue
        last = place + len(entry.words)
        if entry.meaning not in told:
            start, end = folded.original(found[place].start, found[last - 1].end)
            span = Span(index, start, end)
            told[entry.meaning] = Explanation(span, turn.text[start:end], entry.meaning, entry.source)
        place = last
    return tuple(told.values())


def client_glossary(kb: KnowledgeBase) -> Glossary:
    """The terms of a client's documents of kind `glossary`, read once for each state of its documents."""
    known = _glossaries.get(kb)
    if known is None or known[0] != kb.digest:
        terms = [entry for document in kb.documents("glossary") for entry in read_glossary(document)]
        known = (kb.digest, Glossary(terms))
        _glossaries[kb] = known
    return known[1]


def read_glossary(document: Document) -> list[Entry]:
    """The terms of a glossary: two-column tables, lists, `term: meaning` lines and definition lists.

    `term (abbreviation)` and `term / other term` stand for both.
    """
    found: list[Entry] = []
    for term, meaning in _pairs(document.text):
        plain = _MARKS.sub("", meaning).strip()
        if not plain:
            continue
        shown = plain if len(plain) <= _LONGEST_MEANING else plain[:_LONGEST_MEANING].rsplit(" ", 1)[0] + " …"
        for name in _names(_MARKS.sub("", term).strip()):
            words = as_words(name)
            if 0 < len(words) <= _MOST_WORDS:
                found.append(Entry(words, name, shown, document.id))
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    before = ""
    in_table = False
    for line in text.splitlines():
        row = _ROW.match(line)
        if row is not None:
            cells = [cell.strip() for cell in row[1].split("|")]
            heads = not in_table and _MARKS.sub("", cells[0]).casefold() in _HEADS
            if len(cells) > 1 and not _RULE.match(line) and not heads:
                yield cells[0], cells[1]
            in_table = True
            continue
        in_table = False
        if line.lstrip().startswith(":") and before:
            yield before, line.lstrip(" :\t")
            continue
        if line.lstrip().startswith("#") or not line.strip():
            before = before if not line.strip() else ""
            continue
        plain = _BULLET.sub("", line).strip()
        pair = _PAIR.match(_MARKS.sub("", plain))
        if pair is not None:
            yield pair["term"].strip(), pair["meaning"]
        before = plain


def _names(term: str) -> Iterator[str]:
    for part in re.split(r"\s+/\s+|\s*;\s*|,\s+", term):
        short = _SHORT_FORM.match(part)
        if short is None:
            yield part
        else:
            yield short["term"]
            yield short["short"]
