"""A transcript with what is computed once and shared by all detectors: sentences and their vectors."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.records import Span, Speaker, Transcript
from models.sentences import split_sentences

if TYPE_CHECKING:
    from models.ports import Encoder, Vectors


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its address: `transcript.quote(span) == text`."""

    span: Span
    text: str


def _turn(sentence: Sentence) -> int:
    return sentence.span.turn


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript that was read once."""

    transcript: Transcript
    sentences: tuple[Sentence, ...]
    """In the order of the contact. Internal turns have none: they were never said to the customer."""
    vectors: Vectors | None = field(default=None, compare=False, repr=False)
    """float32, one unit row per sentence, shape `(len(sentences), dimension)`; None without an encoder."""

    @property
    def agent_turns(self) -> list[int]:
        """Indexes of the agent's public turns."""
        return self._turns("agent")

    @property
    def customer_turns(self) -> list[int]:
        """Indexes of the customer's public turns."""
        return self._turns("customer")

    def _turns(self, speaker: Speaker) -> list[int]:
        return [
            index
            for index, turn in enumerate(self.transcript.turns)
            if turn.speaker == speaker and turn.visibility == "public"
        ]

    def rows(self, turn: int) -> range:
        """Positions in `sentences`, and rows of `vectors`, that belong to a turn; empty if it has none."""
        first = bisect_left(self.sentences, turn, key=_turn)
        return range(first, bisect_right(self.sentences, turn, lo=first, key=_turn))

    def of(self, turn: int) -> tuple[Sentence, ...]:
        """The sentences of a turn, in order; empty if it has none."""
        rows = self.rows(turn)
        return self.sentences[rows.start : rows.stop]


def read(transcripts: Sequence[Transcript], *, encoder: Encoder | None = None) -> list[Reading]:
    """Readings of transcripts, in order.

    The language of a turn is its own, else the transcript's, else English.

    Args:
        transcripts: Any number of contacts.
        encoder: Gives the vectors; each distinct sentence of all the transcripts is encoded once.

    Raises:
        ModelError: When the encoder cannot be used.
    """
    parts = [_sentences(transcript) for transcript in transcripts]
    if encoder is None:
        return [Reading(transcript, part) for transcript, part in zip(transcripts, parts, strict=True)]
    rows: dict[str, int] = {}
    for part in parts:
        for sentence in part:
            rows.setdefault(sentence.text, len(rows))
    vectors = encoder.encode(list(rows))
    return [
        Reading(transcript, part, vectors[[rows[sentence.text] for sentence in part]])
        if part
        else Reading(transcript, part, vectors[:0])
        for transcript, part in zip(transcripts, parts, strict=True)
    ]


def _sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(Span(index, start, end), turn.text[start:end])
        for index, turn in enumerate(transcript.turns)
        if turn.visibility == "public"
        for start, end in split_sentences(turn.text, turn.language or transcript.language or "en")
    )
