"""A contact as the heavy-scripting triggers look at it: replies, recitals, and wordings by group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from models.labels import LABELS
from models.records import Finding, Span, Transcript, Turn
from models.words import is_back_channel
from qa.detectors.folding import fold
from qa.detectors.patterns import PhraseSet
from qa.detectors.scripting import Recital, Recitals, ScriptBook
from qa.detectors.shipped import read_shipped

if TYPE_CHECKING:
    from models.readings import Reading

CONFIDENCE = {
    "scripting.called_out": 0.97,
    "scripting.collision": 0.9,
    "scripting.repeated": 0.8,
    "scripting.unanswered": 0.7,
    "scripting.hollow_empathy": 0.6,
    "scripting.monologue": 0.5,
}
"""Starting choices of the method, not measured; to be overwritten by data."""
NAME = "heavy_scripting.v1"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the agent said in one go, between two turns of the customer that are more than "mm-hm"."""

    turns: tuple[int, ...]
    before: int | None
    """The customer's turn it follows."""
    after: int | None
    """The customer's turn that follows."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One contact, read for all triggers."""

    reading: Reading
    book: ScriptBook
    recitals: Recitals
    replies: tuple[Reply, ...]

    @property
    def transcript(self) -> Transcript:
        """The contact itself."""
        return self.reading.transcript

    def text(self, turn: int) -> str:
        """The words of a turn."""
        return self.transcript.turns[turn].text

    def recited(self, reply: Reply) -> list[Recital]:
        """Lines that were said in a reply."""
        turns = set(reply.turns)
        return [recital for recital in self.recitals.found if recital.turn in turns]

    def words(self, reply: Reply) -> int:
        """Non-mandatory words of a reply."""
        return sum(self.recitals.counted.get(turn, 0) for turn in reply.turns)


def read_talk(reading: Reading, book: ScriptBook) -> Talk:
    """The replies of a contact; internal notes are passed over."""
    replies: list[Reply] = []
    turns: list[int] = []
    before: int | None = None
    for index, turn in enumerate(reading.transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker == "agent":
            turns.append(index)
        elif turn.speaker == "customer" and not (turns and _only_listens(turn, reading.transcript, index)):
            if turns:
                replies.append(Reply(tuple(turns), before, index))
            turns, before = [], index
    if turns:
        replies.append(Reply(tuple(turns), before, None))
    return Talk(reading, book, book.recite(reading.transcript), tuple(replies))


def _only_listens(turn: Turn, transcript: Transcript, index: int) -> bool:
    """A back-channel that answers no question."""
    asked = transcript.turns[index - 1].text.rstrip().endswith("?") if index else False
    return not asked and is_back_channel(turn.text)


@cache
def _phrases(group: str) -> PhraseSet:
    return PhraseSet([read_shipped("data/heavy_scripting.yaml")[group]])


def find(group: str, text: str) -> tuple[int, int] | None:
    """The first wording of a group of `data/heavy_scripting.yaml` in a text, as a range of it."""
    folded = fold(text)
    phrases = _phrases(group)
    if not phrases.matching(folded.text):
        return None
    hit = next(phrases.spans(0, folded.text), None)
    return folded.original(*hit) if hit else None


def says(group: str, text: str) -> bool:
    """Whether a text has a wording of a group."""
    return find(group, text) is not None


def seconds_between(earlier: Turn, later: Turn) -> float | None:
    """Seconds from one turn to another; None when the source has no times."""
    if earlier.start_s is not None and later.start_s is not None:
        return later.start_s - earlier.start_s
    if isinstance(earlier.at, datetime) and isinstance(later.at, datetime):
        return (later.at - earlier.at).total_seconds()
    return None


def raise_finding(label: str, span: Span, reason: str, remedy: str, *, source: str | None = None) -> Finding:
    """A finding of a trigger, with the severity of its label and the confidence of the method."""
    return Finding(
        label, LABELS[label].severity, span, CONFIDENCE[label], f"{label}@1", reason, remedy, source=source
    )
