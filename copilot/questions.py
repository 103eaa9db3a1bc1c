"""Is there something to answer? Silence is the default: a greeting, thanks or an address gets no card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.cues import content_words, cues
from models.records import Span, Turn
from models.sentences import split_sentences

_ENOUGH_WORDS = 2
_THIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """Something the customer wants answered."""

    span: Span
    """The sentence that asks."""
    query: str
    """What to search for: the sentence, with the conversation's own words where it is thin."""


def find_question(turns: Sequence[Turn], index: int) -> Question | None:
    """What turn `index` asks, or None when it asks nothing.

    The last asking sentence of the turn counts: people explain first and ask at the end. A thin one
    ("how long does that take?") borrows words from the customer's earlier sentences.
    """
    turn = turns[index]
    if turn.speaker not in ("customer", "unknown") or turn.visibility != "public":
        return None
    sentences = [
        (start, end)
        for start, end in split_sentences(turn.text, turn.language or "en")
        if not cues().small_talk.match(turn.text[start:end])
    ]
    asking = [(start, end) for start, end in sentences if _asks(turn.text[start:end])]
    direct = [(start, end) for start, end in asking if "?" in turn.text[start:end]]
    if not asking:
        return None
    start, end = (direct or asking)[-1]
    asked = turn.text[start:end]
    words = content_words(asked)
    context = [turn.text[s:e] for s, e in sentences if (s, e) != (start, end)]
    if len(words) < _THIN_WORDS:
        context = [*_earlier(turns, index), *context]
    elif len(words) + sum(len(content_words(text)) for text in context) > 6 * _THIN_WORDS:
        context = context[-1:]
    needed = 1 if direct else _ENOUGH_WORDS
    if len(words) + sum(len(content_words(text)) for text in context) < needed:
        return None
    return Question(Span(index, start, end), " ".join([*context, asked]))


def _asks(sentence: str) -> bool:
    return bool(
        cues().asks.search(sentence)
        or (cues().problem.search(sentence) and len(content_words(sentence)) > _ENOUGH_WORDS)
    )


def _earlier(turns: Sequence[Turn], index: int, most: int = 2) -> list[str]:
    """The customer's last turns that were about something, oldest first."""
    found: list[str] = []
    for turn in reversed(turns[:index]):
        if (
            turn.speaker == "customer"
            and turn.visibility == "public"
            and len(content_words(turn.text)) > _ENOUGH_WORDS
        ):
            found.insert(0, turn.text)
            if len(found) == most:
                break
    return found
