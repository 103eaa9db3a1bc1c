"""How much of what the agent says comes from scripts: described, never judged.

The client's script sentences, stock courtesy formulas and learned phrases are aligned with the agent's
words (`models.alignment`). Mandatory statements are nobody's script and leave both sums.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from knowledge_base.disclosures import disclosure_words
from knowledge_base.scripts import script_sentences
from knowledge_base.statements import by_sentence
from models.alignment import ScriptIndex, align_words, compile_template
from models.records import Finding, Scriptedness, ScriptedSpan, Span, Transcript, UsualScripting
from models.script_match import RECALL, confidence, line_hits, probability
from models.words import SpokenWord, spans_of, stretches
from qa.detectors.shipped import read_shipped

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

VERBATIM, MINED, COURTESY = "scripting.verbatim", "scripting.mined", "scripting.courtesy"
WEIGHTS = {VERBATIM: 1.0, MINED: 0.5, COURTESY: 0.25}
LEAST_WORDS = 60
"""Non-mandatory agent words below which no number is given."""
LONGEST_COURTESY = 25
"""A longer line is no formula, whatever its heading says."""
LEAST_PAST = 30
"""Past contacts below which there is no percentile."""
ANY = "any"
"""Names the distribution over all of a client's contacts."""
RESAMPLES = 1000
TOP = 5
"""Spans shown as those that weigh most."""
_MOSTLY = 0.6
_STRAY = 3
"""So few words of a sentence are there by chance."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence that agents are known to say in these words."""

    text: str
    label: str
    source: str | None
    """Passage id; None for stock formulas and learned phrases."""
    part: str = ""
    """What it is for: greeting, hold, closing, empathy, verification, steps, sales, or nothing known."""


@dataclass(frozen=True, slots=True)
class Recital:
    """A line that was said."""

    line: Line
    words: tuple[SpokenWord, ...]
    """First to last matched word; may run over several turns."""
    p: float
    """Calibrated probability that the words were taken from the line (head scripting@1)."""
    matched: int
    fixed: int
    confidence: float
    """What a finding may claim: never more because the recogniser was unsure."""

    @property
    def turn(self) -> int:
        """Where it begins."""
        return self.words[0].turn


@dataclass(frozen=True, slots=True)
class Recitals:
    """One contact held against the script."""

    found: tuple[Recital, ...]
    """In the order of the contact."""
    counted: dict[int, int]
    """Non-mandatory agent words by turn; turns without any are left out."""
    mandatory: frozenset[SpokenWord]
    sentences: dict[int, int]
    """Non-mandatory words by sentence, numbered through the contact."""
    sentence_of: dict[SpokenWord, int]
    stretches: tuple[list[SpokenWord], ...]
    """What the agent said in one go, mandatory words too."""

    def of(self, turn: int) -> list[Recital]:
        """Those with words in a turn."""
        return [recital for recital in self.found if any(word.turn == turn for word in recital.words)]


class ScriptBook:
    """Every line of one client that may be recited, ready to be found.

    Args:
        kb: The client's knowledge.
        learned: Phrases mined from past contacts (`qa.mining`), templates with `{}`.
        approved: Those that a person took into the script.
        usual: How scripted this client's contacts usually are, by contact reason.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        *,
        learned: Sequence[str] = (),
        approved: Sequence[str] = (),
        usual: Sequence[UsualScripting] = (),
    ) -> None:
        self._kb = kb
        self._usual = {one.id: one for one in usual}
        stock = [Line(text, COURTESY, None, part) for part, texts in _courtesy().items() for text in texts]
        lines = []
        for sentence in script_sentences(kb):
            template = compile_template(sentence.text)
            formula = next((line for line in stock if _is_formula(line.text, template.words)), None)
            courtesy = (sentence.courtesy or formula is not None) and len(template.words) <= LONGEST_COURTESY
            part = sentence.part or (formula.part if formula is not None else "")
            lines.append(Line(sentence.text, COURTESY if courtesy else VERBATIM, sentence.passage, part))
        lines.extend(Line(text, VERBATIM, None) for text in approved)
        self.has_library = bool(lines)
        lines.extend(Line(text, MINED, None) for text in learned)
        self.lines: tuple[Line, ...] = (*lines, *stock)
        self._index = ScriptIndex(line.text for line in self.lines)
        self.recite: Callable[[Transcript], Recitals] = lru_cache(maxsize=512)(self._recite)
        """What was recited in a transcript; remembered, because several detectors ask."""

    def usual(self, transcript: Transcript) -> UsualScripting | None:
        """What a contact is compared with: those of its reason, else all; None below `LEAST_PAST`."""
        for name in (contact_reason(transcript), ANY):
            known = self._usual.get(name) if name else None
            if known is not None and known.contacts >= LEAST_PAST:
                return known
        return None

    def _recite(self, transcript: Transcript) -> Recitals:
        mandatory = _mandatory(self._kb, transcript)
        found: list[Recital] = []
        counted: dict[int, int] = {}
        sentences: dict[int, int] = {}
        sentence_of: dict[SpokenWord, int] = {}
        whole = tuple(stretches(transcript))
        for stretch in whole:
            said = [word for word in stretch if word not in mandatory] if mandatory else stretch
            for word in said:
                counted[word.turn] = counted.get(word.turn, 0) + 1
            sure = _sureness(said, transcript)
            texts = [word.text for word in said]
            ranges = _sentences(said, transcript)
            for start, end in ranges:
                sentence_of.update(dict.fromkeys(said[start:end], len(sentences)))
                sentences[len(sentences)] = end - start
            for match, numbers in line_hits(self._index, texts, ranges, sure):
                hit = match.alignment
                found.append(
                    Recital(
                        self.lines[match.template],
                        tuple(said[hit.start : hit.end]),
                        probability(numbers),
                        hit.matched,
                        hit.fixed,
                        confidence(numbers),
                    )
                )
        return Recitals(tuple(found), counted, mandatory, sentences, sentence_of, whole)


def contact_reason(transcript: Transcript) -> str:
    """Why the customer came, as the source says; empty when it does not."""
    told = transcript.metadata
    return str(told.get("reason") or told.get("queue") or "").strip()


def scriptedness(book: ScriptBook, transcript: Transcript, *, interval: bool = True) -> Scriptedness:
    """The share of the agent's non-mandatory words that come from scripts, 0-100.

    `100 * sum(words * weight * p) / sum(words)`, where weight is 1 for the client's script, .5 for mined
    phrases and .25 for courtesy formulas. Contractions count as two words, fillers as none.

    Args:
        book: The client's lines.
        transcript: Any contact.
        interval: Whether to draw it; costs a millisecond.

    Returns:
        `value` is None below 60 such words; the interval (95 %, sentences resampled, seeded by
        their numbers) is None with it, and with fewer than two sentences. The percentile is None
        until 30 past contacts are known. The spans are given in any case.

    Source:
        Our definition; describes, and is not a fault by itself.
    """
    recitals = book.recite(transcript)
    total = sum(recitals.counted.values())
    found: list[tuple[float, ScriptedSpan]] = []
    for recital in recitals.found:
        weight = WEIGHTS[recital.line.label]
        for span, count in addresses(recital, recitals.mandatory):
            scripted = ScriptedSpan(span, recital.line.label, weight, count, recital.line.source)
            found.append((count * weight * recital.p, scripted))
    spans = tuple(span for _, span in found)
    top = tuple(
        span
        for _, span in sorted(found, key=lambda one: (-one[0], one[1].span.turn, one[1].span.start))[:TOP]
    )
    if total < LEAST_WORDS:
        return Scriptedness(None, None, None, total, spans, top=top)
    value = 100.0 * sum(mass for mass, _ in found) / total
    low, high = _interval(_by_sentence(recitals)) if interval else (None, None)
    usual = book.usual(transcript)
    if usual is None:
        return Scriptedness(value, low, high, total, spans, top=top)
    return Scriptedness(
        value,
        low,
        high,
        total,
        spans,
        percentile=100.0 * rank(usual.scriptedness, value),
        compared=usual.contacts,
        reason="" if usual.id == ANY else usual.id,
        top=top,
    )


def rank(quantiles: Sequence[float], value: float) -> float:
    """Share of a distribution below a value, in [0, 1]; half of those that equal it count."""
    low, high = bisect_left(quantiles, value), bisect_right(quantiles, value)
    return (low + high) / 2.0 / len(quantiles)


def scripted_share(recitals: Recitals) -> tuple[float, int]:
    """(share of script, words) of what is neither courtesy nor an identity check nor mandatory."""
    beside = {r for r in recitals.found if r.line.label == COURTESY or r.line.part == "verification"}
    total = sum(recitals.counted.values()) - sum(len(recital.words) for recital in beside)
    scripted = [r for r in recitals.found if r.line.label == VERBATIM and r not in beside]
    if total <= 0:
        return 0.0, 0
    return min(1.0, sum(len(recital.words) * recital.p for recital in scripted) / total), total


def _by_sentence(recitals: Recitals) -> list[tuple[float, int]]:
    """(scripted mass, words) of every sentence."""
    mass = dict.fromkeys(recitals.sentences, 0.0)
    for recital in recitals.found:
        worth = WEIGHTS[recital.line.label] * recital.p
        for word in recital.words:
            sentence = recitals.sentence_of.get(word)
            if sentence is not None:
                mass[sentence] += worth
    return [(mass[sentence], count) for sentence, count in recitals.sentences.items()]


class ScriptingDetector:
    """Raises the three descriptive labels, severity note, one finding per line and turn."""

    name = "scripting.v1"
    labels: tuple[str, ...] = (VERBATIM, MINED, COURTESY)

    def __init__(self, book: ScriptBook) -> None:
        self.book = book

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        return [self._read(reading.transcript) for reading in readings]

    def _read(self, transcript: Transcript) -> list[Finding]:
        found: list[Finding] = []
        recitals = self.book.recite(transcript)
        for recital in recitals.found:
            reason = _REASONS[recital.line.label].format(matched=recital.matched, fixed=recital.fixed)
            found.extend(
                Finding(
                    recital.line.label,
                    "note",
                    span,
                    round(recital.confidence, 3),
                    f"{recital.line.label}@1",
                    reason,
                    source=recital.line.source,
                )
                for span, _ in addresses(recital, recitals.mandatory)
            )
        return found


_REASONS = {
    VERBATIM: "These are the words of the client's script: {matched} of {fixed} of its words, in order.",
    MINED: "A stock phrase: the same wording was found in many past contacts ({matched} of {fixed} words).",
    COURTESY: "A stock greeting, hold or closing formula ({matched} of {fixed} words).",
}


def addresses(recital: Recital, mandatory: frozenset[SpokenWord]) -> list[tuple[Span, int]]:
    """One span per turn, cut where a mandatory statement stands between, with the number of its words."""
    pieces: list[list[SpokenWord]] = []
    for word in recital.words:
        last = pieces[-1][-1] if pieces else None
        cut = last is None or last.turn != word.turn
        if last is not None and not cut:
            cut = any(w.turn == word.turn and last.end <= w.start < word.start for w in mandatory)
        if cut:
            pieces.append([])
        pieces[-1].append(word)
    return [(spans_of(piece)[0], len(piece)) for piece in pieces]


def _mandatory(kb: KnowledgeBase, transcript: Transcript) -> frozenset[SpokenWord]:
    """The words of disclosures; a sentence that is mostly one counts whole."""
    said = {word for statement in disclosure_words(kb, transcript) for word in statement.words}
    if not said:
        return frozenset()
    whole: set[SpokenWord] = set(said)
    for stretch in stretches(transcript):
        for sentence in by_sentence(stretch, transcript):
            inside = sum(word in said for word in sentence)
            if inside >= _MOSTLY * len(sentence):
                whole.update(sentence)
            elif inside <= _STRAY:
                whole.difference_update(sentence)
    return frozenset(whole)


def _sentences(said: Sequence[SpokenWord], transcript: Transcript) -> list[tuple[int, int]]:
    """Half-open ranges of `said`, sentence by sentence."""
    ranges, start = [], 0
    for sentence in by_sentence(said, transcript):
        ranges.append((start, start + len(sentence)))
        start += len(sentence)
    return ranges


def _sureness(said: Sequence[SpokenWord], transcript: Transcript) -> float:
    """Mean recogniser confidence of the turns, by words; 1.0 where none is given."""
    known = [c for c in (transcript.turns[word.turn].confidence for word in said) if c is not None]
    return sum(known) / len(known) if known else 1.0


def _is_formula(formula: str, said: tuple[str, ...]) -> bool:
    hit = align_words(compile_template(formula), said)
    return hit.recall >= RECALL and hit.matched >= _MOSTLY * len(said)


def _courtesy() -> dict[str, list[str]]:
    return {
        str(part): [str(text) for text in texts] for part, texts in read_shipped("data/courtesy.yaml").items()
    }


def _interval(units: Sequence[tuple[float, int]]) -> tuple[float | None, float | None]:
    """95 % percentile interval over resampled units; the same units always draw the same.

    Seeded by the units and not by the whole transcript: a required statement must move nothing.
    """
    if len(units) < 2:  # noqa: PLR2004 - one sentence has no spread
        return None, None
    import numpy as np

    seed = sha256(repr(units).encode()).digest()[:8]
    draw = np.random.default_rng(int.from_bytes(seed, "big"))
    picks = draw.integers(0, len(units), size=(RESAMPLES, len(units)))
    mass, count = np.array(units, dtype=np.float64).T
    values = np.sort(100.0 * mass[picks].sum(axis=1) / count[picks].sum(axis=1))
    return float(values[int(0.025 * RESAMPLES)]), float(values[int(0.975 * RESAMPLES)])
