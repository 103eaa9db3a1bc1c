"""Learned heads on tone: suggestions for review, never scored, at most two per contact.

A head is the mean of a logistic on hashed n-grams and one on frozen sentence vectors of the turn and of
what the customer said before. The n-grams are asked first: they cost microseconds, and only turns they do
not rule out are encoded, so an ordinary contact costs no vector at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import TYPE_CHECKING, Any

from models.folding import fold
from models.heads import Head, load_head, sigmoid
from models.records import Finding, Span
from qa.detectors import cues
from qa.detectors.contact import customer_before, replies
from qa.detectors.ngrams import places
from qa.detectors.patterns import PhraseSet
from qa.detectors.shipped import read_shipped
from qa.detectors.standing import MEASURED, UNSCORED

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Encoder
    from models.readings import Reading

NAME = "tone_heads.v1"
MOST = 2
"""Suggestions per contact."""
REACH = 2.0
"""How far below its threshold the n-gram half may lie, in logits, for the vectors to be asked."""
WORDS = 3
"""Shorter turns say too little for a head."""
SENTENCES = 8
"""Of a turn that are read."""
_WIDTH = 384
_WHY = "a learned head marks this for a look: {what}; a suggestion, never scored"


@dataclass(frozen=True, slots=True)
class Asked:
    """A head, and when it is asked."""

    head: str
    label: str
    what: str
    remedy: str
    after_distress: bool = False
    """Only when the customer told of distress or complained right before."""


HEADS = (
    Asked(
        "tone_rude@1",
        "tone.rude",
        "wording close to what people marked as rude elsewhere",
        "Read it in its context; if it holds, say the same without the person in it.",
    ),
    Asked(
        "tone_empathy@1",
        "tone.empathy",
        "wording close to what people marked as caring",
        "",
        after_distress=True,
    ),
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    reading: int
    turn: int
    before: int | None
    asked: Asked
    sparse: float
    """Weighted sum of the n-grams alone."""


class ToneHeadDetector:
    """Suggestions of the heads that ship, English agent turns only."""

    name = NAME
    labels: tuple[str, ...] = tuple(asked.label for asked in HEADS)
    only_suggests = True
    """Nothing of it is shown while a reply is typed."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Suggestions per reading, the surest two, in order of the words.

        None with another encoder than the one the heads were trained on: its vectors mean other things.
        """
        if any(load_head(asked.head).about.get("encoder") != self._encoder.name for asked in HEADS):
            return [[] for _ in readings]
        candidates = [
            found for number, reading in enumerate(readings) for found in _candidates(number, reading)
        ]
        vectors = self._vectors(readings, candidates)
        found: list[list[Finding]] = [[] for _ in readings]
        for candidate in candidates:
            suggestion = _judge(readings[candidate.reading], candidate, vectors)
            if suggestion is not None:
                found[candidate.reading].append(suggestion)
        return [_fewest(suggestions) for suggestions in found]

    def _vectors(self, readings: Sequence[Reading], candidates: Sequence[_Candidate]) -> dict[str, Any]:
        """The sentences that candidates need; those of the readings are taken where they have them."""
        wanted: dict[str, Any] = {}
        for candidate in candidates:
            reading = readings[candidate.reading]
            for turn in (candidate.turn, candidate.before):
                for row in reading.rows(turn)[:SENTENCES] if turn is not None else ():
                    text = reading.sentences[row].text
                    if wanted.get(text) is None:
                        wanted[text] = None if reading.vectors is None else reading.vectors[row]
        missing = [text for text, vector in wanted.items() if vector is None]
        if missing:
            wanted.update(zip(missing, self._encoder.encode(missing), strict=True))
        return wanted


def _candidates(number: int, reading: Reading) -> Iterator[_Candidate]:
    turns = reading.transcript.turns
    for turn in replies(reading):
        language = turns[turn].language or reading.transcript.language or "en"
        if language.partition("-")[0].lower() not in MEASURED:
            continue
        found = places(turns[turn].text)
        if len(turns[turn].text.split()) < WORDS or not found:
            continue
        before = customer_before(reading, turn)
        for asked in HEADS:
            if asked.after_distress and not (before is not None and _hurt(turns[before].text)):
                continue
            head = load_head(asked.head)
            sparse = sum(float(head.weights[3 * _WIDTH + place]) * value for place, value in found.items())
            if 2 * sparse + head.bias >= _least(head) - REACH:
                yield _Candidate(number, turn, before, asked, sparse)


def _least(head: Head) -> float:
    """The uncalibrated logit of the threshold."""
    cut = head.thresholds["suggest"]
    return (log(cut / (1 - cut)) - head.offset) / head.slope


@cache
def _hurts() -> PhraseSet:
    return PhraseSet([tuple(read_shipped("data/hurt.yaml"))])


def _hurt(text: str) -> bool:
    """Whether the customer complains or tells of trouble."""
    return bool(_hurts().matching(fold(text).text)) or cues.has("distress", text)


def _judge(reading: Reading, candidate: _Candidate, vectors: dict[str, Any]) -> Finding | None:
    head = load_head(candidate.asked.head)
    own = _mean(reading, candidate.turn, vectors)
    before = _mean(reading, candidate.before, vectors)
    weights = head.weights[: 3 * _WIDTH].reshape(3, _WIDTH)
    logit = (
        head.bias
        + candidate.sparse
        + float(weights[0] @ own + weights[1] @ before + weights[2] @ (own * before))
    )
    chance = sigmoid(head.slope * logit + head.offset)
    if chance < head.thresholds["suggest"]:
        return None
    return Finding(
        candidate.asked.label,
        "note",
        _span(reading, candidate.turn, head, vectors),
        round(chance, 4),
        f"{UNSCORED}{head.name}",
        _WHY.format(what=candidate.asked.what),
        candidate.asked.remedy,
    )


def _mean(reading: Reading, turn: int | None, vectors: dict[str, Any]) -> Any:
    """Unit mean of a turn's sentences; zeros when there are none."""
    import numpy as np

    rows = [] if turn is None else [vectors[part.text] for part in reading.of(turn)[:SENTENCES]]
    if not rows:
        return np.zeros(_WIDTH, np.float32)
    mean = np.mean(rows, axis=0)
    return mean / max(float(np.linalg.norm(mean)), 1e-9)


def _span(reading: Reading, turn: int, head: Head, vectors: dict[str, Any]) -> Span:
    """The sentence that speaks for the head most."""
    weights = head.weights

    def weight(text: str) -> float:
        grams = sum(float(weights[3 * _WIDTH + place]) * value for place, value in places(text).items())
        return grams + float(weights[:_WIDTH] @ vectors[text])

    best = max(reading.of(turn)[:SENTENCES], key=lambda part: weight(part.text))
    return best.span


def _fewest(suggestions: list[Finding]) -> list[Finding]:
    kept = sorted(suggestions, key=lambda finding: -finding.confidence)[:MOST]
    return sorted(
        kept, key=lambda finding: (finding.span.turn, finding.span.start) if finding.span else (0, 0)
    )


def tone_head_detector(kb: KnowledgeBase) -> ToneHeadDetector:
    """The heads, on the encoder that the client's knowledge uses."""
    return ToneHeadDetector(kb.encoder)
