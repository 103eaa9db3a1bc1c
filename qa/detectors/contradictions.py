"""Numbers an agent states against the client's policy: `brand.policy_contradiction`.

A sentence is compared only when it asserts (no question, no supposition, no quotation, no past fact of
this order), when a passage found for it speaks of the same thing in the same dimension, and when no such
passage agrees with it. Anything less certain stays silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from models.records import Finding, Hit, Passage, Severity, Span
from qa.detectors.authority import stems
from qa.detectors.contact import customer_before
from qa.detectors.folding import fold
from qa.detectors.quantities import Quantity, quantities
from qa.detectors.scope import Scope, in_scope, quotations

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading

TOP = 3
"""Passages of the search that may govern a sentence."""
SHARED = 2
"""Content stems that a sentence and a fact must share, the key noun among them."""
CORRECTED_WITHIN = 3
"""Agent turns in which a correction makes it minor."""

NEARLY = 1
"""A fact that agrees counts when it shares at most so many stems fewer."""
SHORT = 2
"""Content stems below which a sentence is read together with what the customer said before it."""

_PAST = re.compile(
    r"\b(?:was|were|had|did|ordered|bought|paid|delivered|arrived|received|shipped|sent|called|came|"
    r"ago|last (?:week|month|year|monday|tuesday|wednesday|thursday|friday)|yesterday|since|used to|so far|"
    r"already|until (?:\w+ )?20\d\d)\b"
)
_THIS_CASE = re.compile(
    r"\b(?:your (?:\w+ )?(?:bill|balance|order|payment|invoice|total|refund|reference|meter|account|"
    r"parcel|usage)|"
    r"the (?:balance|total)|i see|i can see|you(?:'re| are) using|you (?:owe|used|have used)|"
    r"i(?:'ll| will|'m| am|'ve| have)|we(?:'ll| will)|i can (?:offer|give|refund))\b"
)
_ASSUMED = re.compile(
    r"\b(?:if|unless|suppose|imagine|example|for instance|might|maybe|perhaps|probably|i think|i "
    r"believe|i guess|"
    r"other (?:companies|suppliers|shops)|elsewhere|by law|legal(?:ly)?|the law)\b"
)
_GENERIC = stems(
    "day days week month year hour minute business working calendar euro eur usd dollar pound percent "
    "cent number time "
    "amount money people person thing get take give make go come need want know tell say see use can "
    "may must will "
    "item items order orders customer within up most least about after before from first last new only "
    "also then still "
    "yes no okay please free charge whatever reason sure right wrong site website rule true really page "
    "say back you your we our my me us it its not no so too they he she i"
)
_CASE_AFTER = re.compile(r" (?:late|overdue|early|left|remaining|old|away|ago|too|before today|behind)\b")
_KNOWN = re.compile(r"\b(?:the|those|these|that|your|my|our|his|her|their|of) ?$")
"""Before a number: it was spoken of already, or belongs to this case."""
_NOT_MEANT: tuple[Scope, ...] = ("negated", "reported", "apology")
_ROW = re.compile(r"^\s*\|")


@dataclass(frozen=True, slots=True)
class Fact:
    """One quantity that a policy states, and what it is about."""

    words: frozenset[str]
    """Stems of its sentence or table row."""
    about: frozenset[str]
    """Stems of the headings above it."""
    quantity: Quantity
    passage: Passage


@dataclass(frozen=True, slots=True)
class _Claim:
    place: tuple[int, int]
    query: str
    short: bool
    """Too few content words to stand alone."""
    core: frozenset[str]
    """Content stems of the clause itself: the key noun is among them."""
    words: frozenset[str]
    """The same, with what was said before when it is short."""
    quantity: Quantity
    span: Span


class ContradictionDetector:
    """`brand.policy_contradiction` for numbers, durations and amounts."""

    name = "contradictions.v1"
    labels: tuple[str, ...] = ("brand.policy_contradiction",)

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words; all sentences are searched in one batch."""
        claims = [list(_claims(reading)) for reading in readings]
        texts = list(dict.fromkeys(claim.query for found in claims for claim in found))
        if not texts:
            return [[] for _ in readings]
        hits = dict(zip(texts, self._kb.search_many(texts, TOP, kinds=("policy", "faq")), strict=True))
        facts: dict[str, tuple[Fact, ...]] = {}
        return [
            list(self._judge(reading, found, hits, facts))
            for reading, found in zip(readings, claims, strict=True)
        ]

    def _judge(
        self,
        reading: Reading,
        claims: Sequence[_Claim],
        hits: dict[str, list[Hit]],
        facts: dict[str, tuple[Fact, ...]],
    ) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        wrong: dict[tuple[str, float, float], Fact] = {}
        for claim in claims:
            known: list[Fact] = []
            for hit in hits[claim.query]:
                passage = hit.passage
                if passage.id not in facts:
                    facts[passage.id] = tuple(compile_facts(passage))
                known.extend(facts[passage.id])
            number = (claim.quantity.dimension, claim.quantity.low, claim.quantity.high)
            against = contradicted(claim.words, claim.quantity, known, core=claim.core)
            if against is None and claim.short:
                against = wrong.get(number)  # "it is 60 days for sure": said again
            if against is None or claim.place in told:
                continue
            told.add(claim.place)
            wrong[number] = against
            yield _finding(reading, claim, against)


def compile_facts(passage: Passage) -> Iterator[Fact]:
    """The quantities of a passage with the words of their sentence or table row."""
    about = stems(f"{passage.title} {passage.heading}")
    for line in passage.text.splitlines():
        pieces = [line] if _ROW.match(line) else re.split(r"(?<=[.!?;])\s+", line)
        for piece in pieces:
            text = fold(piece.replace("**", " ").replace("|", " , ")).text
            for quantity in quantities(text):
                if text.startswith(" ago", quantity.end):
                    continue
                rest = text[: quantity.start] + " " + text[quantity.end :]
                yield Fact(stems(rest), about, quantity, passage)


def contradicted(
    words: frozenset[str], quantity: Quantity, facts: Sequence[Fact], *, core: frozenset[str] | None = None
) -> Fact | None:
    """The fact that a statement contradicts, if no fact as near to it agrees with it.

    Facts are about the same thing when they share at least two content stems with the statement, one of
    them in their own sentence (of `core`, when that is given), and have its dimension. Ranges agree when
    they overlap.
    """
    best: tuple[int, Fact] | None = None
    agreeing: list[tuple[int, Fact]] = []
    for fact in facts:
        if fact.quantity.dimension != quantity.dimension:
            continue
        own = (words & fact.words) - _GENERIC
        shared = own | ((words & fact.about) - _GENERIC)
        if not shared:
            continue
        score = len(own) + len(shared)
        if _agree(quantity, fact.quantity):
            agreeing.append((score, fact))
        elif (
            (own if core is None else own & core)
            and len(shared) >= SHARED
            and (best is None or score > best[0])
        ):
            best = (score, fact)
    if best is None or any(_saves(score, fact, quantity, words, best) for score, fact in agreeing):
        return None
    return best[1]


def _saves(score: int, fact: Fact, said: Quantity, words: frozenset[str], against: tuple[int, Fact]) -> bool:
    """Whether a fact that agrees speaks for the statement: its very number, the same passage, or as near."""
    own, other = (words & fact.words) - _GENERIC, (words & against[1].words) - _GENERIC
    exact = fact.quantity.high == said.high and fact.quantity.low in (said.low, 0.0)
    if exact and own - other:
        return True  # its very number, in words that the other fact does not have
    beside = exact or fact.passage.id == against[1].passage.id
    return score >= against[0] - NEARLY or (beside and 2 * score >= against[0])


def _agree(said: Quantity, policy: Quantity) -> bool:
    """Whether a statement fits a policy number: ranges overlap, and no upper bound is stretched."""
    if said.low == 0 < said.high and policy.high < inf:
        return said.high <= policy.high
    return said.low <= policy.high and policy.low <= said.high


def _claims(reading: Reading) -> Iterator[_Claim]:
    for turn in reading.agent_turns:
        quoted = quotations(reading.transcript.turns[turn].text)
        before = customer_before(reading, turn)
        around = " ".join(
            other.text
            for other in reading.transcript.turns[max(0, turn - 2) : turn]
            if other.visibility == "public"
        )
        around = around if before is not None else ""
        for number, sentence in enumerate(reading.of(turn)):
            folded = fold(sentence.text)
            text = folded.text
            if text.rstrip().endswith("?") or _ASSUMED.search(text):
                continue
            for start, clause in _clauses(text):
                for quantity in quantities(clause):
                    if quantity.high == inf or _PAST.search(clause) or _THIS_CASE.search(clause):
                        continue
                    if _CASE_AFTER.match(clause, quantity.end) or _KNOWN.search(clause[: quantity.start]):
                        continue
                    at = start + quantity.start
                    if any(in_scope(scope, text, at, at) for scope in _NOT_MEANT):
                        continue
                    first, last = folded.original(at, start + quantity.end)
                    span = Span(turn, sentence.span.start + first, sentence.span.start + last)
                    if any(low <= span.start < high for low, high in quoted):
                        continue
                    # The whole sentence says what a clause is about, its own numbers apart.
                    words, query = stems(text), sentence.text
                    core = stems(clause) - _GENERIC
                    short = len(words - _GENERIC) < SHORT
                    if short:
                        words, query = words | stems(around), f"{around} {sentence.text}".strip()
                    yield _Claim((turn, number * 1000 + start), query, short, core, words, quantity, span)


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """A folded sentence cut at commas and conjunctions that begin a new statement."""
    start = 0
    for cut in re.finditer(r"[,;] (?:and|but|so|because|which) |; | but ", text):
        yield start, text[start : cut.start()]
        start = cut.end()
    yield start, text[start:]


def _finding(reading: Reading, claim: _Claim, fact: Fact) -> Finding:
    corrected = _corrected(reading, claim, fact)
    severity: Severity = "minor" if corrected else "major"
    passage = fact.passage
    where = (
        f"{passage.document} \u00a7{passage.heading.rsplit(' > ', 1)[-1]}"
        if passage.heading
        else passage.document
    )
    version = f", version {passage.version}" if passage.version else ""
    reason = f"{claim.quantity.said} said, {fact.quantity.said} in {where}{version}"
    if corrected:
        reason += "; corrected soon after"
    return Finding(
        "brand.policy_contradiction",
        severity,
        claim.span,
        0.8,
        "brand.policy_contradiction@1",
        reason,
        "Correct it with the customer, with what the policy says.",
        passage.id,
    )


def _corrected(reading: Reading, claim: _Claim, fact: Fact) -> bool:
    """Whether one of the next agent turns, or the rest of this one, gives the policy's number."""
    later = [turn for turn in reading.agent_turns if turn > claim.span.turn][:CORRECTED_WITHIN]
    rest = reading.transcript.turns[claim.span.turn].text[claim.span.end :]
    for text in (rest, *(reading.transcript.turns[turn].text for turn in later)):
        for quantity in quantities(fold(text).text):
            same = quantity.dimension == fact.quantity.dimension and quantity.high == fact.quantity.high
            if same and re.search(
                r"\b(?:sorry|correct\w*|mistake|wrong|actually|mean|misspoke|apolog\w+)\b", text.lower()
            ):
                return True
    return False


def contradiction_detector(kb: KnowledgeBase) -> ContradictionDetector:
    """The detector over this client's policies and answers in force."""
    return ContradictionDetector(kb)
