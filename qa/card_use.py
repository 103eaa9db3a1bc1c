"""What became of the copilot's cards, told from the transcript alone.

An explanation beside a finding and never points: a sentence that was *read out* explains why a contact sounds
scripted, one that was put *in own words* is what a card is for. What an agent clicked or dismissed is not
known here. A client may switch it off (`card_use: off` in client.yaml).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.alignment import align
from models.records import ShownCard, ShownCards, Span, Transcript
from models.sentences import split_sentences
from models.stems import stem
from models.words import content, words

Use = Literal["read out", "own words", "not used"]

AFTER = 6
"""Turns of the agent after the card in which its words are looked for."""
READ_OUT = 0.8
"""Share of a sentence's words said in order, and of what was said that is the sentence's."""
FEWEST_WORDS = 6
"""Shorter sentences are said by chance."""
OWN_WORDS = 0.5
"""Share of a fact's content words, told in any order; its numbers must all be there."""

USE_WORDS: dict[Use, str] = {
    "read out": "its words were read out",
    "own words": "conveyed in the agent's own words",
    "not used": "its words do not appear afterwards",
}


@dataclass(frozen=True, slots=True)
class CardUse:
    """One card and what became of it."""

    suggestion: str
    title: str
    use: Use
    span: Span | None
    """Where it was said; None when it was not."""

    @property
    def words(self) -> str:
        """The use in words."""
        return USE_WORDS[self.use]


def card_uses(transcript: Transcript, shown: ShownCards | None) -> list[CardUse]:
    """What became of each card, in the order in which they were shown; none shown, none told."""
    return [_use(card, transcript) for card in (shown.cards if shown is not None else ())]


def _use(card: ShownCard, transcript: Transcript) -> CardUse:
    after = [
        index
        for index, turn in enumerate(transcript.turns)
        if index > card.turn and turn.speaker == "agent" and turn.visibility == "public"
    ][:AFTER]
    language = transcript.language or "en"
    for sentence in _sentences(card, language):
        for index in after:
            span = _read_out(sentence, transcript.turns[index].text, index)
            if span is not None:
                return CardUse(card.suggestion, card.title, "read out", span)
    for index in after:
        text = transcript.turns[index].text
        if any(_conveys(text, fact, language) for fact in card.facts or _sentences(card, language)):
            return CardUse(card.suggestion, card.title, "own words", Span(index, 0, len(text)))
    return CardUse(card.suggestion, card.title, "not used", None)


def _sentences(card: ShownCard, language: str) -> list[str]:
    found = [card.text[start:end] for start, end in split_sentences(card.text, language)]
    return list(dict.fromkeys([*card.facts, *found]))


def _read_out(sentence: str, text: str, turn: int) -> Span | None:
    if len(words(sentence)) < FEWEST_WORDS:
        return None
    found = align(sentence, text)
    if found.recall < READ_OUT or found.precision < READ_OUT:
        return None
    return Span(turn, found.start, found.end)


def _conveys(text: str, fact: str, language: str) -> bool:
    wanted, said = _stems(fact, language), set(_stems(text, language))
    numbers = [word for word in wanted if word[0].isdigit()]
    if not wanted or any(number not in said for number in numbers):
        return False
    return sum(word in said for word in wanted) >= max(2, OWN_WORDS * len(wanted))


def _stems(text: str, language: str) -> Sequence[str]:
    said = [word.text for word in words(text)]
    return content(said) if language.startswith("en") else [stem(word, language) for word in said]
