"""What an agent states against the client's policy: `brand.policy_contradiction`.

Sentences become claim frames (`knowledge_base.claims`) and are held against the facts of the policies in
force (`knowledge_base.facts`). A sentence counts only when it asserts: no question, no supposition, no
quotation, no fact of this case. Anything less than certain stays silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_base.claims import Frame, asserts, frames, is_claim
from knowledge_base.comparison import Comparison
from knowledge_base.facts import FactBook, fact_book
from knowledge_base.intervals import comparable, held_against
from knowledge_base.quantities import all_quantities
from knowledge_base.scope import quotations
from knowledge_base.topics import topic
from models.folding import Folded, fold
from models.patterns import pattern
from models.records import Finding, Severity, Span
from qa.detectors.contact import customer_before

if TYPE_CHECKING:
    from datetime import date

    from knowledge_base import KnowledgeBase
    from models.readings import Reading

CORRECTED_WITHIN = 3
"""Agent turns in which a correction makes it minor."""
CONFIDENCE = {"approved": 0.9, "proposed": 0.8, "rejected": 0.0}
"""By the state of the fact: one that a person approved counts for more."""
POLARITY_CONFIDENCE = 0.85
"""Share of it where words alone were compared."""
_SHORT = 2
"""Topic stems below which a sentence is read together with what the customer said before it."""
_LONGEST = 600
"""Code points of a sentence that are read: text without any full stop is no statement."""
_MOST_SENTENCES = 200
"""Sentences of one turn that are read: a longer turn is a pasted file, and must not hold up the others."""
_CORRECTING = pattern(
    r"\b(?:sorry|correct\w*|mistake\w*|wrong|actually|i mean|meant|misspoke|apolog\w+|scratch that|"
    r"rather|my bad)\b"
)


@dataclass(frozen=True, slots=True)
class _Claim:
    frame: Frame
    span: Span
    said: str
    """The words as the turn has them, for the reason."""
    context: frozenset[str]
    language: str


class ContradictionDetector:
    """`brand.policy_contradiction` for numbers, denials and conditions."""

    name = "contradictions.v2"
    labels: tuple[str, ...] = ("brand.policy_contradiction",)

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._book: tuple[str, FactBook] | None = None

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words; nothing is encoded."""
        book = fact_book(self._kb)
        if not book.facts:
            return [[] for _ in readings]
        return [list(self._read(reading, book)) for reading in readings]

    def _read(self, reading: Reading, book: FactBook) -> Iterator[Finding]:
        started = reading.transcript.started_at
        day = started.date() if started is not None else _today()
        told: set[tuple[int, int]] = set()
        wrong: dict[tuple[str, float, float], Comparison] = {}
        for claim in _claims(reading):
            one = claim.frame.quantity
            result = book.judge(claim.frame, context=claim.context, on=day)
            if one is not None:
                number = (one.dimension, one.low, one.high)
                if result.outcome == "unknown" and not claim.frame.core and number in wrong:
                    result = wrong[number]  # "it is 60 days for sure": said again
                elif result.outcome == "contradicts":
                    wrong[number] = result
            sentence = (claim.span.turn, claim.span.start if one is None else claim.span.end)
            if result.outcome != "contradicts" or sentence in told:
                continue
            told.add(sentence)
            yield _finding(reading, claim, result)


def _claims(reading: Reading) -> Iterator[_Claim]:
    for turn in reading.agent_turns:
        spoken = reading.transcript.turns[turn]
        language = (spoken.language or reading.transcript.language or "en")[:2].lower()
        quoted = quotations(spoken.text)
        before: frozenset[str] | None = None
        for sentence in reading.of(turn)[:_MOST_SENTENCES]:
            if len(sentence.text) > _LONGEST:
                continue
            folded = fold(sentence.text)
            if not asserts(folded.text):
                continue
            for frame in frames(folded.text.rstrip(" .!"), language):
                if not is_claim(frame, folded.text):
                    continue
                span = _span(folded, frame, turn, sentence.span.start)
                if any(low <= span.start < high for low, high in quoted):
                    continue
                context: frozenset[str] = frozenset()
                if len(frame.core) < _SHORT:
                    if before is None:
                        before = _before(reading, turn, language)
                    context = before
                yield _Claim(frame, span, spoken.text[span.start : span.end], context, language)


def _span(folded: Folded, frame: Frame, turn: int, offset: int) -> Span:
    first, last = folded.original(frame.start, frame.end)
    return Span(turn, offset + first, offset + last)


def _before(reading: Reading, turn: int, language: str) -> frozenset[str]:
    """Topic stems of the customer's turn before and of what the agent had said before it."""
    if customer_before(reading, turn) is None:
        return frozenset()
    turns = reading.transcript.turns[max(0, turn - 2) : turn]
    text = " . ".join(other.text for other in turns if other.visibility == "public")
    return topic(fold(text).text, language)


def _finding(reading: Reading, claim: _Claim, result: Comparison) -> Finding:
    fact = result.fact
    assert fact is not None
    corrected = _corrected(reading, claim, result)
    severity: Severity = "minor" if corrected else "major"
    passage = fact.passage
    version = f" v{passage.version}" if passage.version else ""
    section = f", section {fact.section}" if fact.section else ""
    where = f"{passage.document}{version}{section}"
    if claim.frame.quantity is not None:
        said = claim.frame.quantity.said
        reason = f"you said {said}; the policy says {fact.value} ({where}): {result.arithmetic}"
    else:
        verb = {"may": ("it can be done", "it cannot"), "must": ("it is required", "it is not")}[
            "must" if claim.frame.kind == "must" else "may"
        ]
        mine, policy = verb if not claim.frame.denies else verb[::-1]
        reason = f"you said {mine}; the policy says the opposite, {policy} ({where})"
    if corrected:
        reason += "; corrected soon after"
    confidence = CONFIDENCE[fact.state] * (1.0 if claim.frame.quantity is not None else POLARITY_CONFIDENCE)
    return Finding(
        "brand.policy_contradiction",
        severity,
        claim.span,
        round(confidence, 3),
        "brand.policy_contradiction@2",
        reason,
        "Correct it with the customer, with what the policy says.",
        passage.id,
    )


def _corrected(reading: Reading, claim: _Claim, result: Comparison) -> bool:
    """Whether one of the next agent turns, or the rest of this one, takes it back."""
    later = [turn for turn in reading.agent_turns if turn > claim.span.turn][:CORRECTED_WITHIN]
    rest = reading.transcript.turns[claim.span.turn].text[claim.span.end :]
    fact = result.fact
    assert fact is not None
    for text in (rest, *(reading.transcript.turns[turn].text for turn in later)):
        plain = fold(text).text
        if not _CORRECTING.search(plain):
            continue
        wanted = fact.frame.quantity
        if wanted is None:
            about = topic(plain, claim.language)
            if (
                any(
                    frame.kind == fact.frame.kind
                    and frame.denies == fact.frame.denies
                    and frame.core & fact.frame.core
                    for frame in frames(plain, claim.language)
                )
                or not about
            ):
                return True
            continue
        for quantity in all_quantities(plain, claim.language):
            if comparable(quantity, wanted) and held_against(quantity, wanted)[0] == "agrees":
                return True
    return False


def _today() -> date:
    from datetime import date

    return date.today()  # noqa: DTZ011 - a policy starts at midnight where the centre is


def contradiction_detector(kb: KnowledgeBase) -> ContradictionDetector:
    """The detector over this client's policies and answers in force."""
    return ContradictionDetector(kb)
