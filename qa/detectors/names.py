"""Names that may not be praised or told: competitors recommended, partners the client keeps to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from models.records import Finding, Span
from qa.detectors import cues
from qa.detectors.folding import fold
from qa.detectors.scope import Scope, in_scope, quotations

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.readings import Reading, Sentence

_NEAR = 70
"""Code points between a name and the wording that recommends it."""
_NOT_MEANT: tuple[Scope, ...] = ("negated", "reported", "question", "hypothetical", "apology")
_SUGGESTS = re.compile(
    r"\b(?:have you (?:thought (?:about|of)|considered|looked (?:at|into))|why (?:not|don't you))",
    re.IGNORECASE,
)
"""Questions that recommend."""
_WERE_I_YOU = re.compile(
    r"\bif i (?:were|was) (?:you|in your \w+)\b|\bif i (?:could|may be honest|am honest)\b", re.IGNORECASE
)
"""Conditions under which an advice is meant all the same."""
_STRAIGHT = (
    r"(?:\b(?:go (?:with|to|for|over to)|(?:switch|switching|change|move|moving|over) to|sign up with|join|"
    r"better off (?:with|at)|recommend|suggest|pick|choose|try|cheaper (?:at|with|from)|"
    r"(?:get|buy|order) (?:it|one|that|this) (?:at|from))\s+)"
)
_AFTER = r"(?=\s*(?:$|[.,;!?]|(?:they|they're|it's|its|he|she|because|who|and|for|instead|if|then|cause)\b))"
_MOTION = re.compile(
    r"\b(?:recommend\w*|suggest\w*|better off|cheaper|i'd|i would|try|go (?:to|with|for)|switch|check out)\b",
    re.IGNORECASE,
)


class NameDetector:
    """`brand.competitor` and the undisclosed partners of `brand.internal_disclosure`."""

    name = "names.v1"
    labels: tuple[str, ...] = ("brand.competitor", "brand.internal_disclosure")

    def __init__(self, competitors: Sequence[str] = (), partners: Sequence[str] = ()) -> None:
        self._competitors = [pattern for name in competitors if (pattern := _pattern(name))]
        self._spoken = [
            re.compile(rf"{_STRAIGHT}{re.escape(name.strip().lower())}{_AFTER}")
            for name in competitors
            if len(name.split()) == 1
        ]
        self._partners = [(name, pattern) for name in partners if (pattern := _pattern(name))]

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        if not (self._competitors or self._partners):
            return [[] for _ in readings]
        return [list(self._read(reading)) for reading in readings]

    def _read(self, reading: Reading) -> Iterator[Finding]:
        for turn in reading.agent_turns:
            for sentence in reading.of(turn):
                yield from self._recommended(sentence)
                yield from self._told(sentence)

    def _recommended(self, sentence: Sentence) -> Iterator[Finding]:
        text = sentence.text
        if text == text.lower():
            yield from self._heard(sentence)
        for pattern in self._competitors:
            for hit in pattern.finditer(text):
                near = [
                    (start, end)
                    for start, end in cues.places("recommends", text)
                    if 0 <= hit.start() - end < _NEAR or 0 <= start - hit.end() < _NEAR
                ]
                place = _praise(text, hit.start(), hit.end(), near)
                if place is None:
                    continue
                start, end = sentence.span.start + place[0], sentence.span.start + place[1]
                yield _recommendation(Span(sentence.span.turn, start, end), 0.85)
                return

    def _heard(self, sentence: Sentence) -> Iterator[Finding]:
        """Names in text without capitals: only right behind the words that recommend, at a clause's end."""
        for pattern in self._spoken:
            hit = pattern.search(sentence.text)
            if hit is not None and not _not_meant(sentence.text, hit.start()):
                place = sentence.span.start
                yield _recommendation(Span(sentence.span.turn, place + hit.start(), place + hit.end()), 0.75)
                return

    def _told(self, sentence: Sentence) -> Iterator[Finding]:
        for name, pattern in self._partners:
            hit = pattern.search(sentence.text)
            if hit is None or re.search(
                r"\b(?:can't|cannot|can not) (?:say|tell|confirm|name)", sentence.text
            ):
                continue
            start, end = sentence.span.start + hit.start(), sentence.span.start + hit.end()
            yield Finding(
                "brand.internal_disclosure",
                "major",
                Span(sentence.span.turn, start, end),
                0.9,
                "brand.internal_disclosure.partner@1",
                f"names {name}, a partner the client does not want named",
                'Say "our partner" or "our supplier".',
            )


def _pattern(name: str) -> re.Pattern[str] | None:
    """A name as it is written; several words in any case, one word only with its own capitals.

    One word may be an ordinary one ("our cottage by the lake"), so its capital letter must be there.
    """
    words = name.split()
    if not words:
        return None
    body = r"\s+".join(re.escape(word) for word in words)
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE if len(words) > 1 else 0)


def _recommendation(span: Span, confidence: float) -> Finding:
    return Finding(
        "brand.competitor",
        "major",
        span,
        confidence,
        "brand.competitor@2",
        "recommends a competitor of the client",
        "Say what this client can offer; leave the comparison to the customer.",
    )


def _not_meant(text: str, place: int) -> bool:
    """Whether words at an offset of a sentence are denied, reported, asked or supposed."""
    folded = fold(text)
    at = place
    if folded.at is not None:
        at = next((k for k, original in enumerate(folded.at) if original >= place), 0)
    for scope in _NOT_MEANT:
        if scope in ("question", "reported") and _SUGGESTS.search(text):
            continue
        if scope == "hypothetical" and _WERE_I_YOU.search(text):
            continue
        if in_scope(scope, folded.text, at, at):
            return True
    return False


def _praise(text: str, start: int, end: int, near: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The words from recommendation to name, when it is meant as one."""
    if any(low <= start and end <= high for low, high in quotations(text)):
        return None
    for first, last in near:
        between = text[last:start] if last <= start else text[end:first]
        if re.search(r"[.;!?]", between) or len(between.split()) > 8:  # noqa: PLR2004 - so many words apart, they are not about each other
            continue
        low, high = min(first, start), max(last, end)
        if last <= start and re.search(r"\bthan\b", between):
            continue
        if _not_meant(text, max(first, start)):
            continue
        if last <= start and not _MOTION.search(text[first:last]) and len(between.split()) > 3:  # noqa: PLR2004 - nearer, any wording of the list is about the name
            continue
        return low, high
    return None


def name_detector(kb: KnowledgeBase) -> NameDetector:
    """The names of the client's profile."""
    return NameDetector(kb.profile.competitors, kb.profile.undisclosed_partners)
