"""Is there something to answer? Silence is the default: a greeting, thanks or an address gets no card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.cues import content_words, cues
from models.records import Span, Turn
from models.sentences import split_sentences

_ENOUGH_WORDS = 2
_LEANING_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Question:
    """Something the customer wants answered."""

    span: Span
    """The sentence that asks."""
    asked: str
    """Its words."""
    context: str = ""
    """The whole turn and what was said before it; empty when there is nothing more."""
    weight: float = 1.0
    """Of the context against the sentence: higher when the sentence alone says nothing."""


def find_question(turns: Sequence[Turn], index: int) -> Question | None:
    """What turn `index` asks, or None when it asks nothing.

    The last asking sentence of the turn counts: people explain first and ask at the end.
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
    leans = len(words) <= _ENOUGH_WORDS or bool(cues().leaning.search(asked))
    around = [turn.text[s:e] for s, e in sentences if (s, e) != (start, end)]
    before = _said_before(turns, index, leans=leans)
    if len(words) + (sum(len(content_words(text)) for text in before + around) if leans else 0) < 1:
        return None
    if not direct and len(words) < _ENOUGH_WORDS:
        return None
    context = " ".join([*before, *around, asked]) if before or around else ""
    weight = _LEANING_WEIGHT if len(words) < _ENOUGH_WORDS else 1.0
    return Question(Span(index, start, end), asked, context, weight)


def _asks(sentence: str) -> bool:
    return bool(
        cues().asks.search(sentence)
        or (cues().problem.search(sentence) and len(content_words(sentence)) > _ENOUGH_WORDS)
    )


def _said_before(turns: Sequence[Turn], index: int, *, leans: bool) -> list[str]:
    """What the agent said last, and for a leaning sentence the customer's last words about something."""
    said: list[str] = []
    wanted = {"agent", "customer"} if leans else {"agent"}
    for turn in reversed(turns[max(0, index - 6) : index]):
        if (
            turn.visibility == "public"
            and turn.speaker in wanted
            and len(content_words(turn.text)) >= _ENOUGH_WORDS
        ):
            said.insert(0, turn.text)
            wanted.discard(turn.speaker)
    return said
