"""Does a draft promise what no document of the client's holds? `draft.unsupported_promise`.

A number of days or an amount that the company is to bring about, promised without a hedge, that neither a
fact of the client's, nor a card on display, nor anything said in the contact supports. What a document
contradicts is `brand.policy_contradiction`, what exceeds the authority is `brand.unauthorised_offer`; both
are told by their own detectors. What agents will do themselves ("I'll call you by five") is theirs to say.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from copilot.draft_cues import has
from knowledge_base.claims import Frame, asserts, frames
from knowledge_base.facts import fact_book
from knowledge_base.quantities import Quantity, all_quantities
from knowledge_base.scope import quotations
from models.folding import fold
from models.records import Finding, Span, Suggestion, Transcript
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase

LABEL = "draft.unsupported_promise"
BY = "draft.unsupported_promise@1"
CONFIDENCE = 0.8
_LONGEST = 600
_REMEDY = "Say what the client's material says of it, or that you will find out by when."
_TIMES = ("days", "business days", "months", "hours", "minutes")

_Key = tuple[str, float, float]
_numbers: weakref.WeakKeyDictionary[KnowledgeBase, tuple[str, dict[_Key, list[frozenset[str]]]]] = (
    weakref.WeakKeyDictionary()
)


def unsupported_promises(
    kb: KnowledgeBase,
    transcript: Transcript,
    draft: str,
    *,
    language: str,
    cards: Sequence[Suggestion] = (),
) -> list[Finding]:
    """Promises in a draft that nothing supports, in the order of the words; English.

    Args:
        kb: Of the client.
        transcript: The contact so far: a number that was said there is known to the agent.
        draft: The reply, as it is typed.
        language: Of the draft.
        cards: That are on display.
    """
    if language.partition("-")[0].lower() != "en":
        return []
    found: list[Finding] = []
    heard: set[_Key] | None = None
    quoted = quotations(draft)
    for start, end in split_sentences(draft, language):
        folded = fold(draft[start : min(end, start + _LONGEST)])
        text = folded.text.strip()
        if not _promises(text):
            continue
        for frame in frames(text.rstrip(" .!"), "en"):
            one = frame.quantity
            if one is None or one.high == 0 or not _binding(kb, one):  # "no fee" promises no amount
                continue
            if heard is None:
                heard = _heard(transcript, cards)
            if _key(one) in heard or _supported(kb, frame):
                continue
            first, last = folded.original(frame.start, frame.end)
            if any(low <= start + first < high for low, high in quoted):
                continue
            said = draft[start + first : start + last]
            reason = f"promises {said}; nothing in the client's material says so"
            span = Span(0, start + first, start + last)
            found.append(Finding(LABEL, "minor", span, CONFIDENCE, BY, reason, _REMEDY))
            break
    return found


def warm(kb: KnowledgeBase) -> None:
    """Compile what the client's documents say, so that the first keystroke does not wait for it."""
    _documented(kb)


def _promises(text: str) -> bool:
    return (
        has("promises", text)
        and has("promised", text)
        and not has("own_action", text)
        and not has("hedges", text)
        and asserts(text)
    )


def _binding(kb: KnowledgeBase, one: Quantity) -> bool:
    if one.dimension in _TIMES:
        return True
    limited = bool(kb.profile.authority) or bool(kb.documents("authority"))
    return one.dimension.startswith("money") and not limited  # with limits, another detector knows them


def _supported(kb: KnowledgeBase, frame: Frame) -> bool:
    """Whether a document says it, or speaks of it at all: what it contradicts is told elsewhere."""
    assert frame.quantity is not None
    if fact_book(kb).judge(frame).outcome != "unknown":
        return True
    words = frame.core | frame.near
    return any(stems & words for stems in _documented(kb).get(_key(frame.quantity), ()))


def _documented(kb: KnowledgeBase) -> dict[_Key, list[frozenset[str]]]:
    """The numbers of the client's facts, and what each is about."""
    known = _numbers.get(kb)
    if known is None or known[0] != kb.digest:
        numbers: dict[_Key, list[frozenset[str]]] = {}
        for fact in fact_book(kb).facts:
            if fact.frame.quantity is not None and fact.state != "rejected":
                about = fact.frame.core | fact.frame.near | fact.about | fact.row | fact.title
                numbers.setdefault(_key(fact.frame.quantity), []).append(about)
        known = (kb.digest, numbers)
        _numbers[kb] = known
    return known[1]


def _heard(transcript: Transcript, cards: Sequence[Suggestion]) -> set[_Key]:
    """Numbers that were said in the contact or stand on a card."""
    texts = [turn.text for turn in transcript.turns if turn.visibility == "public"]
    texts += [card.text for card in cards]
    return {key for text in texts for key in _numbers_in(text)}


@lru_cache(maxsize=2_000)
def _numbers_in(text: str) -> tuple[_Key, ...]:
    """Of a turn or a card, which stay while a reply is typed; never of a draft."""
    return tuple(_key(one) for one in all_quantities(fold(text).text, "en"))


def _key(one: Quantity) -> _Key:
    """A number without how it is compared: "within 5 days" and "at most 5 days" are the same five."""
    ends = [end for end in (one.low, one.high) if end not in (float("inf"), float("-inf"))]
    dimension = "days" if one.dimension == "business days" else one.dimension
    return dimension, 0.0 if one.comparator != "range" else min(ends, default=0.0), max(ends, default=0.0)
