"""Which facts of the cards on display the agent has conveyed, and which otherwise than the client says.

Said: every number of the fact, its condition, and most of its other words, in whatever words and order.
Misstated: only when claim frames contradict (`knowledge_base.comparison`), in the light of the card and
of whatever else the client's documents say of it; anything less certain leaves the fact open.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from copilot.conveying import Heard, Wanted, agrees, conveys, heard_in, is_free, wanted_of
from knowledge_base.comparison import UNKNOWN, Comparison, Weights, compare
from knowledge_base.facts import compile_facts
from models.patterns import pattern
from models.records import FactLine, FactTick, Span, Suggestion, Turn

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from knowledge_base.claims import Frame
    from knowledge_base.facts import Fact
    from models.records import FactProgress, Passage

_NEIGHBOURS = 8
"""Other passages that are asked before a fact counts as misstated."""
_SHORT = 2
"""Topic stems below which a sentence is read together with what was said before it."""
_KINDS = ("policy", "faq")
_NO_DENIAL = pattern(
    r"\b(?:do not|don't|no need to) (?:worry|hesitate)|\blimit|\bno (?:\w+er|more|less|option|additional) ",
    re.IGNORECASE,
)


_MOST_READ = 20_000
"""Turns, each with a card, whose marks are kept: a live contact asks for all of its turns again and again."""
_Found = tuple[int, "FactProgress", tuple[int, int], str]
_read: weakref.WeakKeyDictionary[KnowledgeBase, dict[Hashable, tuple[_Found, ...]]] = (
    weakref.WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class _Mark:
    progress: FactProgress
    span: Span
    reason: str = ""


def ticks(kb: KnowledgeBase, cards: Sequence[Suggestion], turns: Sequence[Turn]) -> tuple[FactTick, ...]:
    """Where each fact of each card stands: open, said or misstated.

    What the agent said last of a fact holds, so that a slip is put right by saying it right. Facts that a
    person rejected are never held against what was said.

    Args:
        kb: Of the client.
        cards: On display; a card's facts can be said from the turn of its `because` on.
        turns: Of the contact so far.

    Returns:
        One tick for each fact, in the order of the cards and their facts.
    """
    rejected = _rejected(kb)
    found: list[FactTick] = []
    for card in cards:
        wanted = _wanted(card)
        since = card.because.turn if card.because is not None else 0
        marks = _marks(kb, card, wanted, turns, since, rejected) if wanted else {}
        for line in range(len(card.facts)):
            mark = marks.get(line)
            found.append(
                FactTick(card.id, line, "open")
                if mark is None
                else FactTick(card.id, line, mark.progress, mark.span, mark.reason)
            )
    return tuple(found)


def _rejected(kb: KnowledgeBase) -> frozenset[str]:
    if not kb.fact_decisions:
        return frozenset()
    from knowledge_base.facts import latest_decisions

    return frozenset(id for id, one in latest_decisions(kb).items() if one.state == "rejected")


def _wanted(card: Suggestion) -> tuple[Wanted, ...]:
    if not card.sources:
        return ()
    source = card.sources[0]
    lines = card.lines or tuple(FactLine(text, "other", source.id, 0, 0) for text in card.facts)
    by_id = {passage.id: passage for passage in card.sources}
    return tuple(_ready(by_id.get(line.passage, source), line.text) for line in lines)


@lru_cache(maxsize=512)
def _ready(passage: Passage, text: str) -> Wanted:
    return wanted_of(text, passage)


@lru_cache(maxsize=256)
def _facts(passage: Passage) -> tuple[Fact, ...]:
    return tuple(compile_facts(passage))


def _marks(  # noqa: PLR0917 - a card in its contact
    kb: KnowledgeBase,
    card: Suggestion,
    wanted: tuple[Wanted, ...],
    turns: Sequence[Turn],
    since: int,
    rejected: frozenset[str],
) -> dict[int, _Mark]:
    known = _read.setdefault(kb, {})
    if len(known) > _MOST_READ:
        known.clear()
    marks: dict[int, _Mark] = {}
    for index in range(since, len(turns)):
        turn = turns[index]
        if turn.speaker != "agent" or turn.visibility != "public":
            continue
        before = tuple(one.text for one in turns[max(0, index - 2) : index] if one.visibility == "public")
        language = (turn.language or card.sources[0].language or "en")[:2].lower()
        key = (kb.digest, wanted, turn.text, before, language, rejected)
        found = known.get(key)
        if found is None:
            found = known[key] = tuple(_of_turn(kb, card, wanted, turn.text, before, language, rejected))
        for line, progress, (start, end), reason in found:
            marks[line] = _Mark(progress, Span(index, start, end), reason)
    return marks


def _of_turn(  # noqa: PLR0917 - a turn in its contact
    kb: KnowledgeBase,
    card: Suggestion,
    wanted: Sequence[Wanted],
    text: str,
    before: Sequence[str],
    language: str,
    rejected: frozenset[str],
) -> Iterator[_Found]:
    """What one turn says of a card's facts; what is misstated comes last, and holds."""
    about = frozenset[str]().union(*(one.stems for one in wanted))
    touched = [one for one in heard_in(text, language) if one.numbered or one.stems & about]
    if not touched:
        return
    # The customer's turn, and the agent's before it.
    around = " . ".join(before)
    for line, place in _said(wanted, touched, around):
        yield line, "said", place, ""
    for line, place, reason in _misstated(kb, card, wanted, touched, around, rejected):
        yield line, "misstated", place, reason


def _said(
    wanted: Sequence[Wanted], sentences: Sequence[Heard], before: str
) -> Iterator[tuple[int, tuple[int, int]]]:
    stating = [one for one in sentences if one.states]
    for line, fact in enumerate(wanted):
        for one in stating:
            if conveys(fact, (one,), before):
                yield line, (one.start, one.end)
                break
        else:
            if len(stating) > 1 and conveys(fact, stating, ""):
                yield line, (stating[0].start, stating[-1].end)


def _misstated(  # noqa: PLR0917 - a sentence in its contact
    kb: KnowledgeBase,
    card: Suggestion,
    wanted: Sequence[Wanted],
    sentences: Sequence[Heard],
    before: str,
    rejected: frozenset[str],
) -> Iterator[tuple[int, tuple[int, int], str]]:
    facts = tuple(fact for passage in card.sources for fact in _facts(passage) if fact.id not in rejected)
    if not facts:
        return
    for one in sentences:
        if not one.states or one.taken_back:
            continue
        for claim in one.claims():
            context = _context(claim, before, one.language)
            result = _held(claim, facts, context)
            if result.outcome != "contradicts" or result.fact is None:
                continue
            line = _line_of(result.fact, wanted)
            if line is None or not _near(claim, result.fact, context):
                continue
            if _doubtful(claim, one, result.fact, wanted):
                continue
            if not _stands(kb, claim, one.text, facts, context, rejected):
                continue
            yield line, one.place(claim), _reason(claim, result)


def _held(claim: Frame, facts: tuple[Fact, ...], context: frozenset[str]) -> Comparison:
    return compare(claim, facts, _weights(facts), context=context) if claim.core or context else UNKNOWN


@lru_cache(maxsize=256)
def _weights(facts: tuple[Fact, ...]) -> Weights:
    return Weights(facts)


def _context(claim: Frame, before: str, language: str) -> frozenset[str]:
    from knowledge_base.topics import topic
    from models.folding import fold

    if len(claim.core) >= _SHORT or not before:
        return frozenset()
    return topic(fold(before).text, language)


def _stands(  # noqa: PLR0917 - a claim in its contact
    kb: KnowledgeBase,
    claim: Frame,
    sentence: str,
    facts: tuple[Fact, ...],
    context: frozenset[str],
    rejected: frozenset[str],
) -> bool:
    """Whether nothing else that the client's documents say speaks for the claim.

    Asked only when a card's fact is contradicted, which is rare: it costs a search.
    """
    hits = kb.search(sentence, limit=_NEIGHBOURS, kinds=_KINDS, rerank=False)
    others = tuple(fact for hit in hits for fact in _facts(hit.passage) if fact.id not in rejected)
    every = _once((*facts, *others))
    return compare(claim, every, Weights(every), context=context).outcome == "contradicts"


def _near(claim: Frame, fact: Fact, context: frozenset[str]) -> bool:
    """Whether they share two stems: "180 for your two nights" is not about what a dog costs a night."""
    theirs = fact.frame.core | fact.row
    shared = (claim.core | claim.near | context) & (theirs | fact.about)
    return len(shared) >= min(_SHORT, len(theirs))


def _doubtful(claim: Frame, said: Heard, fact: Fact, wanted: Sequence[Wanted]) -> bool:
    """Whether the card has the claim's number as well, or a "no" is there that denies nothing.

    "Free until then, 10 after" contradicts neither number; "no larger than", "no fee" and "do not worry"
    are no denials.
    """
    if claim.quantity is not None:
        return any(agrees(claim.quantity, one) for line in wanted for one in line.quantities)
    return any(is_free(text) or _NO_DENIAL.search(text) for text in (said.folded.text, fact.text.lower()))


def _once(facts: Iterable[Fact]) -> list[Fact]:
    return list({fact.id: fact for fact in facts}.values())


def _line_of(fact: Fact, wanted: Sequence[Wanted]) -> int | None:
    """The line of the card that a fact stands in."""
    for line, one in enumerate(wanted):
        if one.passage.id == fact.passage.id and one.holds(fact.text):
            return line
    return None


def _reason(claim: Frame, result: Comparison) -> str:
    fact = result.fact
    assert fact is not None
    passage = fact.passage
    version = f" v{passage.version}" if passage.version else ""
    where = f"{passage.title or passage.document}{version}"
    if claim.quantity is not None:
        return f"said {claim.quantity.said}; {where} says {fact.value}: {result.arithmetic}"
    can, cannot = ("it is required", "it is not") if claim.kind == "must" else ("it can be done", "it cannot")
    mine, theirs = (cannot, can) if claim.denies else (can, cannot)
    return f"said {mine}; {where} says {theirs}"
