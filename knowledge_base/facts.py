"""Facts: what a client's policies and answers say, compiled once, decided on by a person.

A fact is a sentence or a table cell with its frame (`knowledge_base.claims`). Its id depends on the
document and the words alone, so a decision outlives a re-ingest as long as the words are unchanged. A
rejected fact is never used; one that nobody has decided on is used with less confidence.
"""

from __future__ import annotations

import hashlib
import re
import weakref
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from knowledge_base.claims import Frame, frames, split_exception
from knowledge_base.comparison import Comparison, Weights, compare
from knowledge_base.quantities import Quantity, all_quantities
from knowledge_base.topics import topic
from models.errors import NotFoundError
from models.folding import fold
from models.patterns import pattern
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.records import DocumentKind, FactDecision, Passage

State = Literal["proposed", "approved", "rejected"]

KINDS: tuple[DocumentKind, ...] = ("policy", "faq")
"""Documents that facts are compiled from."""
_ID_DIGITS = 10
_MOST_CANDIDATES = 2_000
"""Facts that one claim is held against, by its rarest words first."""
_ROW = pattern(r"^\s*\|")
_RULE = pattern(r"^[\s|:]*-[\s|:-]*$")
_BULLET = pattern(r"^\s*(?:[-*+\u2022]|\d{1,2}[.)])\s+|^\s*#{1,6}\s+|^\s*>\s+")
_ASIDE = pattern(r"^(?:for )?(?:example|instance|e\.g)\b")
_FORMER = pattern(r"\b(?:until|before) (?:\w+ )?(?:\d{1,2},? )?20\d\d\b.*\b(?:was|were)\b|\bused to\b")
_MONEY_HEAD = pattern(r"\b(?:fees?|costs?|charges?|prices?|kosten|prix|frais|precio|gebyr|gebuhr\w*)\b")
_NOTHING = pattern(r"^(?:none|no|nothing|free|included|-|n/a|0|keine|geen|ninguno|aucun\w*|ingen)$")
_TO_AGENTS = pattern(
    r"\b(?:agents?|team leads?|supervisors?) (?:never |do not |may not |must not )?(?:say|ask|tell|write|"
    r"open)\b|"
    r"^(?:do not|don't|never|say|tell|ask|pass|log|give|offer|write down|compare) "
)
"""What to say is no fact about what holds."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a document says."""

    id: str
    """`f-` and ten hexadecimal digits, of the document, the words and the number."""
    text: str
    """The sentence or table row, as the document has it."""
    frame: Frame
    passage: Passage
    about: frozenset[str] = frozenset()
    """Topic stems of the headings above."""
    title: frozenset[str] = frozenset()
    """Topic stems of the document's title."""
    row: frozenset[str] = frozenset()
    """Topic stems of the table row's name, which a claim must name."""
    guards: tuple[Quantity, ...] = ()
    """Numbers in the name of the table row."""
    section: str = ""
    """The heading right above it."""
    state: State = "proposed"
    by: str = ""
    at: str = ""
    """When it was decided, ISO 8601."""

    @property
    def value(self) -> str:
        """The number as the document says it, or whether it affirms or denies."""
        if self.frame.quantity is not None:
            return self.frame.quantity.said
        verb = {"may": "may", "must": "must", "value": "is"}[self.frame.kind]
        return f"{verb} not" if self.frame.denies else verb


class FactBook:
    """The usable facts of one client, ready to be held against claims. Never changed once made."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = tuple(facts)
        usable = [fact for fact in facts if fact.state != "rejected"]
        self.weights = Weights(usable)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._usable = usable
        for place, fact in enumerate(usable):
            for word in fact.frame.core | fact.about | fact.row:
                self._by_word[word].append(place)

    def judge(
        self, claim: Frame, *, context: frozenset[str] = frozenset(), on: date | None = None
    ) -> Comparison:
        """What the client's facts in force on a day say of a claim (`knowledge_base.comparison.compare`)."""
        places: set[int] = set()
        postings = (self._by_word.get(word, ()) for word in sorted(claim.core | claim.near | context))
        for posting in sorted(postings, key=len):
            if len(places) + len(posting) > _MOST_CANDIDATES and places:
                break  # rarer words have put forward enough
            places.update(posting)
        chosen = [self._usable[place] for place in sorted(places)]
        if on is not None:
            chosen = [fact for fact in chosen if _in_force(fact.passage, on)]
        return compare(claim, chosen, self.weights, context=context)


def compile_facts(passage: Passage, *, headings: bool = True) -> Iterator[Fact]:
    """The facts of a passage, in order; headings are what they are about."""
    language = (passage.language or "en")[:2]
    above = passage.heading.removeprefix(passage.title).removeprefix(" > ") or passage.heading
    outer = topic(fold(above).text, language) if headings else frozenset()
    about, section = outer, passage.heading.rsplit(" > ", 1)[-1]
    header: list[str] = []
    for line in passage.text.splitlines():
        if not _ROW.match(line):
            header = []
        if line.lstrip().startswith("#"):  # short sections share a passage
            section = line.strip("# ").strip()
            about = topic(fold(section).text, language) or outer
            continue
        if not _ROW.match(line):
            plain = _BULLET.sub("", line)
            for start, end in split_sentences(plain, language):
                for fact in _sentence_facts(plain[start:end], about, passage, language):
                    yield replace(fact, section=section)
            continue
        cells = [cell.strip().replace("**", "") for cell in line.strip().strip("|").split("|")]
        if _RULE.match(line):
            continue
        if not header:
            header = cells
            continue
        for fact in _row_facts(line, header, cells, about, passage, language):
            yield replace(fact, section=section)


def _sentence_facts(sentence: str, about: frozenset[str], passage: Passage, language: str) -> Iterator[Fact]:
    text = fold(sentence.replace("**", "")).text.strip().rstrip(".!")
    if _FORMER.search(text):
        return
    if not text or text.endswith("?") or _ASIDE.match(text) or _TO_AGENTS.search(text):
        return
    for part in split_exception(text):
        for frame in frames(part, language):
            if frame.quantity is not None and part.startswith(" ago", frame.end):
                continue
            if frame.quantity is not None and not frame.core and not frame.near and not about:
                continue
            yield _fact(sentence, frame, about, passage)


def _row_facts(  # noqa: PLR0917 - a row in its table
    line: str,
    header: Sequence[str],
    cells: Sequence[str],
    about: frozenset[str],
    passage: Passage,
    language: str,
) -> Iterator[Fact]:
    name = fold(cells[0]).text
    guards = tuple(all_quantities(name, language))
    row = topic(name, language)
    for place, cell in enumerate(cells[1:], 1):
        head = fold(header[place]).text if place < len(header) else ""
        said = fold(cell).text.strip(" .")
        money = _MONEY_HEAD.search(head) or _MONEY_HEAD.search(name)
        if _NOTHING.match(said) and money:
            said = "free of charge"
        elif (
            re.match(r"^(?:no refund|not refundable|non-?refundable|none)$", said)
            and "refund" in f"{head} {said}"
        ):
            said = "refund of 0 %"
        found = frames(f"{head} : {said}" if head else said, language)
        for frame in found:
            if frame.quantity is None and len(found) > 1:
                continue
            yield replace(_fact(line.strip(), frame, about, passage), row=row, guards=guards)


def _fact(text: str, frame: Frame, about: frozenset[str], passage: Passage) -> Fact:
    words = " ".join(text.split())
    said = frame.quantity.said if frame.quantity is not None else f"{frame.kind} {frame.denies}"
    digest = hashlib.sha256(f"{passage.document}\0{words}\0{said}\0{frame.start}".encode()).hexdigest()
    title = topic(fold(passage.title).text, (passage.language or "en")[:2])
    return Fact(f"f-{digest[:_ID_DIGITS]}", words, frame, passage, about, title)


def facts_of(kb: KnowledgeBase, *, document: str | None = None, all_dates: bool = False) -> list[Fact]:
    """All facts of a client's policies and answers, with what people decided, in order of the documents.

    Args:
        kb: The client's knowledge.
        document: Only of this one, whatever its kind.
        all_dates: Those of documents that are no longer or not yet in force, too.

    Raises:
        NotFoundError: No such document.
    """
    decided = latest_decisions(kb)
    documents = (
        [kb.document(document)]
        if document is not None
        else [one for one in kb.documents(all_dates=all_dates) if one.kind in KINDS]
    )
    found: dict[str, Fact] = {}
    for one in documents:
        for passage in kb.passages(one.id):
            for fact in compile_facts(passage):
                found.setdefault(fact.id, _decided(fact, decided.get(fact.id)))
    return list(found.values())


def _decided(fact: Fact, decision: FactDecision | None) -> Fact:
    if decision is None:
        return fact
    at = decision.at.isoformat(timespec="seconds")
    return replace(fact, state=decision.state, by=decision.who, at=at)


def latest_decisions(kb: KnowledgeBase) -> Mapping[str, FactDecision]:
    """The decision that holds for each fact, by the fact's id: the last one made."""
    decisions = getattr(kb, "fact_decisions", ())
    return {decision.fact: decision for decision in sorted(decisions, key=lambda one: one.at)}


_books: weakref.WeakKeyDictionary[KnowledgeBase, tuple[str, FactBook]] = weakref.WeakKeyDictionary()


def fact_book(kb: KnowledgeBase) -> FactBook:
    """The facts of a client, of all dates, compiled once for each state of its documents and decisions."""
    known = _books.get(kb)
    if known is None or known[0] != kb.digest:
        known = (kb.digest, FactBook(facts_of(kb, all_dates=True)))
        _books[kb] = known
    return known[1]


def _in_force(passage: Passage, on: date) -> bool:
    starts = passage.effective_from is None or passage.effective_from <= on
    return starts and (passage.effective_until is None or on <= passage.effective_until)


def decide(
    kb: KnowledgeBase, ids: Sequence[str], state: Literal["approved", "rejected"], *, who: str, at: datetime
) -> list[Fact]:
    """Record a person's decision on facts; nothing is written over.

    Returns:
        The facts as they are now, in the order of the ids.

    Raises:
        NotFoundError: No such fact of this client; then nothing is recorded.
        InputError: Nobody is named.
    """
    from models.records import FactDecision

    known = {fact.id for fact in facts_of(kb, all_dates=True)}
    for id in ids:
        if id not in known:
            raise NotFoundError(f"Fact {id}: no such record; `unscripted facts` lists them")
    for decision in [FactDecision(id, state, who, at) for id in dict.fromkeys(ids)]:
        kb.store.put(kb.client, decision)
    kb.refresh()
    now = {fact.id: fact for fact in facts_of(kb, all_dates=True)}
    return [now[id] for id in dict.fromkeys(ids)]
