"""How much of what the agent says comes from scripts: described, never judged.

The client's script sentences, stock courtesy formulas and learned phrases are aligned with the agent's
words (`models.alignment`). Mandatory statements are nobody's script and leave both sums.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge_base.disclosures import disclosure_words
from knowledge_base.scripts import script_sentences
from knowledge_base.statements import by_sentence
from models.alignment import Alignment, ScriptIndex, align_words, compile_template
from models.records import Finding, Scriptedness, ScriptedSpan, Span, Transcript
from models.words import SpokenWord, spans_of, stretches
from qa.detectors.shipped import read_shipped

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

VERBATIM, MINED, COURTESY = "scripting.verbatim", "scripting.mined", "scripting.courtesy"
WEIGHTS = {VERBATIM: 1.0, MINED: 0.5, COURTESY: 0.25}
RECALL = 0.8
"""Least share of a line's fixed words, in order, when the words are sure."""
LEAST_RECALL = 0.55
"""And when the recogniser was very unsure."""
LEAST_WORDS = 60
"""Non-mandatory agent words below which no number is given."""
LONGEST_COURTESY = 25
"""A longer line is no formula, whatever its heading says."""
RESAMPLES = 1000
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
    """How surely it is the line: the alignment's F over what the recogniser lets one expect. Uncalibrated."""
    matched: int
    fixed: int

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

    def of(self, turn: int) -> list[Recital]:
        """Those with words in a turn."""
        return [recital for recital in self.found if any(word.turn == turn for word in recital.words)]


class ScriptBook:
    """Every line of one client that may be recited, ready to be found.

    Args:
        kb: The client's knowledge.
        learned: Phrases mined from past contacts (`qa.mining`), templates with `{}`.
    """

    def __init__(self, kb: KnowledgeBase, *, learned: Sequence[str] = ()) -> None:
        self._kb = kb
        stock = [Line(text, COURTESY, None, part) for part, texts in _courtesy().items() for text in texts]
        lines = []
        for sentence in script_sentences(kb):
            template = compile_template(sentence.text)
            formula = next((line for line in stock if _is_formula(line.text, template.words)), None)
            courtesy = (sentence.courtesy or formula is not None) and len(template.words) <= LONGEST_COURTESY
            part = sentence.part or (formula.part if formula is not None else "")
            lines.append(Line(sentence.text, COURTESY if courtesy else VERBATIM, sentence.passage, part))
        self.has_library = bool(lines)
        lines.extend(Line(text, MINED, None) for text in learned)
        self.lines: tuple[Line, ...] = (*lines, *stock)
        self._index = ScriptIndex(line.text for line in self.lines)
        self.recite: Callable[[Transcript], Recitals] = lru_cache(maxsize=512)(self._recite)
        """What was recited in a transcript; remembered, because several detectors ask."""

    def _recite(self, transcript: Transcript) -> Recitals:
        mandatory = _mandatory(self._kb, transcript)
        found: list[Recital] = []
        counted: dict[int, int] = {}
        for stretch in stretches(transcript):
            said = [word for word in stretch if word not in mandatory]
            for word in said:
                counted[word.turn] = counted.get(word.turn, 0) + 1
            sure = _sureness(said, transcript)
            texts = [word.text for word in said]
            recall = max(LEAST_RECALL, RECALL - (1.0 - sure))
            for match in self._index.find(texts, recall=recall):
                hit = match.alignment
                found.append(
                    Recital(
                        self.lines[match.template],
                        tuple(said[hit.start : hit.end]),
                        probability(hit, sure),
                        hit.matched,
                        hit.fixed,
                    )
                )
        return Recitals(tuple(found), counted, mandatory)


def probability(hit: Alignment, sureness: float = 1.0) -> float:
    """P(scripted) of a matched stretch: F over the recogniser's sureness, at most 1. Uncalibrated.

    With a word error rate of 10 % a faithful recital has an F near .9, so F alone would blame the
    recogniser on the agent.
    """
    return min(1.0, hit.f / max(sureness, 0.5))


def scriptedness(book: ScriptBook, transcript: Transcript) -> Scriptedness:
    """The share of the agent's non-mandatory words that come from scripts, 0-100.

    `100 * sum(words * weight * p) / sum(words)`, where weight is 1 for the client's script, .5 for mined
    phrases and .25 for courtesy formulas. Contractions count as two words, fillers as none.

    Args:
        book: The client's lines.
        transcript: Any contact.

    Returns:
        `value` is None below 60 such words; the interval (95 %, turns resampled with a fixed seed) is None
        with it, and with fewer than two turns. The spans are given in any case.

    Source:
        Our definition; describes, and is not a fault by itself.
    """
    recitals = book.recite(transcript)
    total = sum(recitals.counted.values())
    by_turn = dict.fromkeys(recitals.counted, 0.0)
    spans: list[ScriptedSpan] = []
    for recital in recitals.found:
        weight = WEIGHTS[recital.line.label]
        for span, count in addresses(recital, recitals.mandatory):
            by_turn[span.turn] += count * weight * recital.p
            spans.append(ScriptedSpan(span, recital.line.label, weight, count, recital.line.source))
    if total < LEAST_WORDS:
        return Scriptedness(None, None, None, total, tuple(spans))
    value = 100.0 * sum(by_turn.values()) / total
    low, high = _interval([(by_turn[turn], recitals.counted[turn]) for turn in sorted(by_turn)])
    return Scriptedness(value, low, high, total, tuple(spans))


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
                    round(recital.p, 3),
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


def _interval(turns: Sequence[tuple[float, int]]) -> tuple[float | None, float | None]:
    """95 % percentile interval over resampled turns."""
    if len(turns) < 2:  # noqa: PLR2004 - one turn has no spread
        return None, None
    draw = random.Random(0)  # noqa: S311 - a bootstrap, not a secret
    values = []
    for _ in range(RESAMPLES):
        sample = draw.choices(turns, k=len(turns))
        values.append(100.0 * sum(scripted for scripted, _ in sample) / sum(words for _, words in sample))
    values.sort()
    return values[int(0.025 * RESAMPLES)], values[int(0.975 * RESAMPLES)]
