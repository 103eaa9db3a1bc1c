"""Whether sentences convey a fact: its numbers, its condition, most of its words, denied or not alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from copilot.cues import content_words
from knowledge_base.claims import Frame, asserts, frames, is_claim
from knowledge_base.intervals import comparable, ends, held_against
from knowledge_base.quantities import DURATIONS, Quantity, all_quantities
from knowledge_base.scope import in_scope, quotations
from knowledge_base.topics import topic
from models.folding import Folded, fold
from models.patterns import pattern
from models.records import Passage
from models.sentences import split_sentences
from models.stems import without_ending
from models.words import words

SHARE = 0.6
"""Least share of a fact's words, where it has no number."""
SHARE_NUMBERED = 0.5
"""The same where all its numbers were said."""
SHARE_CONDITION = 0.5
"""Least share of the words of its condition or exception."""
_FEWEST = 2
"""Words in common below which nothing was said."""
_SHORT = 3
"""Words below which a sentence is read together with what was said before it."""
_LONGEST = 600
"""Code points of a sentence that are read."""
_MOST_SENTENCES = 60
_PREFIX = 5
_NO_PLACE = frozenset({"insid"})
_NUMBER = pattern(
    r"\d|[$€£]|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|hundred|"
    r"thousand|couple|free|noon|midnight|fee|charge|nothing|full|gratis|kostenlos|"
    r"an? (?:\w+ )?(?:day|week|month|year|hour|minute|night))\b"
)
_CONDITION = pattern(
    r"\b(?:if|unless|only|provided|except|as long as|tenzij|alleen|nur|wenn|solo|si|hvis|bare)\b"
    r"(?P<rest>[^,;]+)"
)
_WHEN = pattern(r"^(?:and |so )?when (?=[^?]*,[^?]*$)")
"""Of a statement; a question that begins so is another matter."""
_AND_CENTS = pattern(r"(?: and)? \d\d\b(?! ?(?:%|[a-z]))")
"""After an amount: "4 euros 95"."""
_FREE = pattern(r"\bfree\b|\bno (?:extra )?(?:charge|cost|fee)|\bnothing\b|\bgratis\b|\bkostenlos\b")
_ONE = pattern(r"\ban? (?:\w+ )?(?:day|week|month|year|hour|minute|night)\b")
_TAKEN_BACK = pattern(r"\b(?:i was wrong|that was wrong|i misspoke|scratch that|i meant|i mean\b|correction)")


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A fact of a card, ready to be listened for."""

    passage: Passage
    stems: frozenset[str]
    words: frozenset[str]
    """Stems of all words that carry meaning, for a fact with hardly a topic: "after that, we charge one"."""
    condition: frozenset[str]
    quantities: tuple[Quantity, ...]
    denies: bool | None
    """None: it says neither what may nor what must be."""
    language: str
    letters: str
    """Its letters and digits alone, to find it in its source."""

    def holds(self, text: str) -> bool:
        """Whether a sentence or row of the source is this fact, or part of it, or has it in it."""
        other = _letters(text)
        return bool(other) and (other in self.letters or self.letters in other)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A sentence that an agent said, with its place in the turn."""

    text: str
    start: int
    end: int
    folded: Folded
    stems: frozenset[str]
    prefixes: frozenset[str]
    numbered: bool
    """It may hold a number."""
    states: bool
    """No question, doubt or report."""
    asserts: bool
    """No supposition either."""
    taken_back: bool
    language: str
    quoted: tuple[tuple[int, int], ...] = ()
    """Ranges of the sentence in quotation marks."""
    kept: dict[str, object] = field(default_factory=dict, repr=False)

    def quantities(self) -> tuple[Quantity, ...]:
        """Its numbers."""
        if "quantities" not in self.kept:
            self.kept["quantities"] = (
                tuple(all_quantities(self.folded.text, self.language)) if self.numbered else ()
            )
        return self.kept["quantities"]  # type: ignore[return-value]

    def frames(self) -> tuple[Frame, ...]:
        """What it says of what."""
        if "frames" not in self.kept:
            self.kept["frames"] = tuple(frames(self.folded.text.rstrip(" .!"), self.language))
        return self.kept["frames"]  # type: ignore[return-value]

    def claims(self) -> list[Frame]:
        """Its frames that speak of a rule, in its own voice."""
        if not self.asserts:
            return []
        return [
            frame
            for frame in self.frames()
            if not (frame.quantity is not None and _AND_CENTS.match(self.folded.text, frame.end))
            and is_claim(frame, self.folded.text)
            and not any(
                low <= self.folded.original(frame.start, frame.end)[0] < high for low, high in self.quoted
            )
        ]

    def place(self, claim: Frame) -> tuple[int, int]:
        """Where a claim stands in the turn; the whole sentence when no number is compared."""
        if claim.quantity is None:
            return self.start, self.end
        first, last = self.folded.original(claim.start, claim.end)
        return self.start + first, self.start + last


def wanted_of(text: str, passage: Passage) -> Wanted:
    """A fact's line, made ready."""
    language = (passage.language or "en")[:2]
    folded = fold(text.replace(" | ", " : ")).text.strip().rstrip(".!")
    conditions = [hit["rest"] for hit in _CONDITION.finditer(folded)]
    return Wanted(
        passage,
        _about(folded, language),
        _words(folded),
        frozenset[str]().union(*(topic(rest, language) for rest in conditions)),
        tuple(one for one in all_quantities(folded, language) if not one.dimension.startswith("count")),
        _denies(frames(folded, language)),
        language,
        _letters(text),
    )


@lru_cache(maxsize=1024)
def heard_in(text: str, language: str) -> tuple[Heard, ...]:
    """The sentences of a turn; read once, however many cards are on display."""
    quoted = quotations(text)
    found = []
    for start, end in split_sentences(text, language)[:_MOST_SENTENCES]:
        if end - start > _LONGEST:
            continue
        folded = fold(text[start:end])
        plain = folded.text
        stated = _WHEN.sub("once ", plain)
        stems = _about(plain, language)
        found.append(
            Heard(
                text[start:end],
                start,
                end,
                folded,
                stems,
                frozenset(stem[:_PREFIX] for stem in stems if len(stem) >= _PREFIX),
                _NUMBER.search(plain) is not None,
                asserts(stated, supposing=True) and not in_scope("reported", plain, len(plain), len(plain)),
                asserts(stated),
                _TAKEN_BACK.search(plain) is not None,
                language,
                tuple((low - start, high - start) for low, high in quoted if start <= low < end),
            )
        )
    return tuple(found)


def conveys(fact: Wanted, sentences: Sequence[Heard], before: str) -> bool:
    """Whether sentences, together, say a fact.

    Args:
        fact: From a card.
        sentences: Of one turn of the agent's.
        before: What was said before; read with a sentence too short to stand alone.
    """
    said = frozenset[str]().union(*(one.stems for one in sentences))
    prefixes = frozenset[str]().union(*(one.prefixes for one in sentences))
    own = {stem for stem in fact.stems if stem in said or stem[:_PREFIX] in prefixes}
    if fact.quantities and not any(one.numbered for one in sentences):
        return False
    if before and (own or fact.quantities) and len(said) < _SHORT:
        around = _topic(before, fact.language)
        own |= fact.stems & around
    if not own or len(own) < min(_FEWEST, len(fact.stems)):
        return False
    if len(fact.stems) < _FEWEST and not fact.quantities:
        told = frozenset[str]().union(*(_words(one.folded.text) for one in sentences))
        if len(told & fact.words) < max(_FEWEST, SHARE * len(fact.words)):
            return False
    if len(own) < (SHARE_NUMBERED if fact.quantities else SHARE) * len(fact.stems):
        return False
    if len(own & fact.condition) < SHARE_CONDITION * len(fact.condition):
        return False
    return all(_stated(one, sentences) for one in fact.quantities) and _alike(fact, sentences)


def _stated(wanted: Quantity, sentences: Sequence[Heard]) -> bool:
    """Whether a number of the policy's was said: that very number, however it was put."""
    alike = False
    for one in sentences:
        for said in one.quantities():
            if not comparable(said, wanted):
                continue
            alike = True
            if agrees(said, wanted):
                return True
    text = " ".join(one.folded.text for one in sentences)
    if wanted.dimension == "money" and wanted.high == 0:
        return is_free(text)
    if wanted.dimension in DURATIONS and wanted.high == 1 and _ONE.search(text):
        return True
    # "thirty-five at booking, sixty at the airport": the unit is said once.
    return alike and f"{wanted.high:g}" in {word.text for one in sentences for word in words(one.text)}


def agrees(said: Quantity, wanted: Quantity) -> bool:
    """Whether a number is that very number, in any unit; one inside a range is not."""
    if not comparable(said, wanted) or not ends(said) & ends(wanted):
        return False
    return held_against(said, wanted)[0] == "agrees"


def is_free(text: str) -> bool:
    """Whether a folded text says that something costs nothing."""
    return _FREE.search(text) is not None


def _alike(fact: Wanted, sentences: Sequence[Heard]) -> bool:
    """Whether one of the sentences' frames on the same thing affirms or denies as the fact does."""
    if fact.denies is None:
        return True
    found = {
        frame.denies
        for one in sentences
        for frame in one.frames()
        if frame.kind != "value" and frame.core & fact.stems
    }
    return not found or fact.denies in found


def _about(text: str, language: str) -> frozenset[str]:
    """Topic stems; "within the first 14 days" speaks of no place."""
    stems = topic(text, language)
    return stems if "inside" in text or language != "en" else stems - _NO_PLACE


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(without_ending(word, shortest=3) for word in content_words(text))


def _denies(found: Sequence[Frame]) -> bool | None:
    stated = [frame.denies for frame in found if frame.kind != "value"]
    return any(stated) if stated else None


@lru_cache(maxsize=256)
def _topic(text: str, language: str) -> frozenset[str]:
    return topic(fold(text).text, language)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
