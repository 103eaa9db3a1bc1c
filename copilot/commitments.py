"""What the agent promised the customer, and by when."""

from __future__ import annotations

from copilot.cues import content_words, cues
from models.records import Commitment, Span, Transcript
from models.sentences import split_sentences


def commitments(transcript: Transcript, *, since: int = 0) -> tuple[Commitment, ...]:
    """The agent's promises, in order.

    Args:
        transcript: The contact so far.
        since: Index of the first turn to read.
    """
    found: list[Commitment] = []
    for index, turn in enumerate(transcript.turns):
        if index < since or turn.speaker != "agent" or turn.visibility != "public":
            continue
        for start, end in split_sentences(turn.text, turn.language or transcript.language or "en"):
            sentence = turn.text[start:end]
            if sentence.endswith("?") or not content_words(sentence):
                continue
            if cues().commitment.search(sentence) and (when := cues().when.search(sentence)):
                span = Span(index, start + when.start(), start + when.end())
                found.append(Commitment(Span(index, start, end), span))
    return tuple(found)
