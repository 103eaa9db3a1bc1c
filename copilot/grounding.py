"""Is this sentence in that passage? Every number, name, "not", "must" and "if" of it, or it is dropped.

A sentence is aligned with the unit of the sources (a sentence, a clause, a table row) that has most of
its words, and held against that unit: what it adds, turns round, makes stronger or leaves out of a
condition is a reason to drop it. Dropping a good sentence costs a wording; keeping a bad one costs trust,
so doubt drops. Nothing here trusts the generator or asks it anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot import grounding_words as words_of
from copilot.grounding_rules import Reason, numbers_reason, turn_reason
from copilot.grounding_units import (
    DIGITS,
    WORD,
    Unit,
    lines,
    plain,
    split_clauses,
    subject_of,
    units_of,
    with_subject,
)
from knowledge_base.claims import frames
from knowledge_base.quantities import Quantity, all_quantities
from knowledge_base.topics import topic
from models.folding import fold
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base.facts import FactBook
    from models.ports import Encoder

__all__ = [
    "Dropped",
    "Grounding",
    "Reason",
    "Sources",
    "ground",
    "grounded",
    "plain",
    "read_sources",
    "speaks_to_a_generator",
]

COVERED = 0.7
"""Least share of a sentence's topic words that the unit it is aligned with, or its headings, must have."""
COVERED_ALIKE = 0.5
"""The same where the encoder finds the two alike."""
ALIKE, FAR = 0.72, 0.35
"""Cosine from which two are alike; below which they are not, whatever words they share."""
_HEADING = 0.6
"""What a word of the heading above counts, against one of the unit's own."""
_NEAR_BEST = 0.08
_LONGEST = 400
_LONGEST_UNIT = 700
"""A longer sentence of a source is none."""
_LONGEST_SOURCE = 20_000
_WINDOW, _OVERLAP = 1_000, 120
_LONG_RUN = 40
_ENDS = " .!,;:"
_ALLOWED = set("–—‘’“”…€£°•½¼¾×²³«»¿¡")
_LOOKALIKES = str.maketrans(
    "аеіорсухѕјԁһкмтвнАЕІОРСУХЅЈΑΒΕΙΚΜΝΟΡΤΥΧοα", "aeiopcyxsjdhkmtbhAEIOPCYXSJABEIKMNOPTYXoa"
)
_ROOT = 4
"""Letters that two forms of a word share: *written*, *writing*."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that is not shown."""

    sentence: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Grounding:
    """What became of some sentences."""

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]


class Sources:
    """Sources read once: the units that a sentence may be aligned with. Made by `read_sources`."""

    def __init__(self, units: Sequence[Unit], text: str, language: str, encoder: Encoder | None) -> None:
        self.language = language
        self._units = tuple(units)
        self._text = text
        self._known = frozenset(WORD.findall(fold(text).text))
        self._stems = frozenset().union(*(unit.stems | unit.about for unit in units))
        self._roots: dict[str, list[str]] = {}
        for stem in sorted(self._stems):
            if len(stem) >= _ROOT:
                self._roots.setdefault(stem[:_ROOT], []).append(stem)
        self._alphabets = {_alphabet(character) for character in text if character.isalpha()} | {"LATIN"}
        self._letters = frozenset(text)
        self._quotes = frozenset(unit.whole.rstrip(_ENDS) for unit in units)
        self._encoder = encoder
        self._rows: Any = None

    def usable(self, lines: Iterable[str]) -> list[str]:
        """Those of some lines that speak to nobody but readers."""
        return [line for line in lines if not speaks_to_a_generator(line)]

    def check(self, sentence: str, *, book: FactBook | None = None) -> Reason | None:
        """Why a plain sentence is dropped; None when all of it is in the sources."""
        reason = self._surface(sentence)
        if reason is not None:
            return reason
        folded = fold(sentence).text.strip()
        reason = self._held(sentence, folded)
        if reason in ("words", "number", "meaning", "condition", "negation"):
            parts = [part for part in with_subject(split_clauses(folded)) if topic(part, self.language)]
            if len(parts) > 1 and all(self._held(part, part) is None for part in parts):
                reason = None
        if reason is None and book is not None:
            claims = frames(folded.rstrip(".!"), self.language)
            if any(book.judge(claim).outcome == "contradicts" for claim in claims):
                reason = "contradiction"
        return reason

    def _surface(self, sentence: str) -> Reason | None:  # noqa: PLR0911 - the checks in their order
        """What no sentence may hold, whatever the sources say."""
        if len(sentence) > _LONGEST:
            return "long"
        if any(not self._seen(character) for character in sentence):
            return "hidden"
        if words_of.LINK.search(words_of.E_MAIL.sub(" ", sentence)):
            return "link"
        if words_of.MARKUP.search(sentence):
            return "markup"
        for pattern in (words_of.E_MAIL, words_of.PHONE):
            for hit in pattern.finditer(sentence):
                if _squeezed(hit.group()) not in _squeezed(self._text):
                    return "contact"
        if speaks_to_a_generator(sentence):
            return "instruction"
        first = True
        for hit in WORD.finditer(sentence):
            word = hit.group()
            if (
                not first
                and word[:1].isupper()
                and sentence[: hit.start()].rstrip()[-1:] not in (".", "!", "?", ":")
            ):
                named = fold(word).text.removesuffix("'s")
                if named not in self._known and named not in words_of.NO_NAMES:
                    return "name"
            first = False
        return None

    def _held(self, sentence: str, folded: str) -> Reason | None:
        if folded.rstrip(_ENDS) in self._quotes:
            return None
        stems = topic(folded, self.language)
        numbers = all_quantities(folded, self.language)
        if "pay" not in self._stems and numbers and words_of.YOU_PAY.search(folded):
            stems -= {"pay"}  # "you pay $29" of "it costs $29"
        if not stems and not numbers and not DIGITS.search(folded):
            return "empty"
        if any(self._is_new(one) for one in stems):
            return "words"
        rated = [(_coverage(stems, unit), place) for place, unit in enumerate(self._units)]
        if not rated:
            return "words"
        best = max(share for share, _ in rated)
        near = [place for share, place in rated if share >= best - _NEAR_BEST]
        if best < COVERED_ALIKE or not any(self._units[place].stems & stems for place in near):
            return "words"
        cosines = self._cosines(sentence, near)
        near.sort(key=lambda place: -(cosines.get(place, 0.0) + _overlap(stems, self._units[place])))
        reasons = [self._unit_reason(folded, stems, numbers, place, cosines) for place in near[:4]]
        return None if None in reasons else reasons[0]

    def _unit_reason(
        self,
        folded: str,
        stems: frozenset[str],
        numbers: Sequence[Quantity],
        place: int,
        cosines: dict[int, float],
    ) -> Reason | None:
        unit = self._units[place]
        cosine = cosines.get(place)
        reason = numbers_reason(folded, numbers, unit)
        if reason is None:
            reason = turn_reason(folded, stems, unit)
        if reason is not None:
            return reason
        if self._of_something_else(folded, stems, unit):
            return "words"
        share = _coverage(stems, unit)
        if cosine is not None and cosine < FAR:
            return "meaning"
        if share < (COVERED_ALIKE if cosine is not None and cosine >= ALIKE else COVERED):
            return "words"
        return None

    def _of_something_else(self, folded: str, stems: frozenset[str], unit: Unit) -> bool:
        """Whether the heading's subject takes the place of the one that the unit names itself."""
        ours, theirs = subject_of(folded, self.language), subject_of(unit.folded, self.language)
        return bool(ours and theirs) and not (ours & unit.stems or theirs & stems)

    def _cosines(self, sentence: str, places: Sequence[int]) -> dict[int, float]:
        if self._encoder is None:
            return {}
        if self._rows is None:
            self._rows = self._encoder.encode([unit.text for unit in self._units])
        row = self._encoder.encode([sentence])[0]
        return {place: float(self._rows[place] @ row) for place in places}

    def _is_new(self, one: str) -> bool:
        """Whether a topic word stands nowhere in the sources, in any form."""
        if one in self._stems or one in words_of.PARAPHRASE or one in self._known:
            return False
        return not any(_same_root(one, other) for other in self._roots.get(one[:_ROOT], ()))

    def _seen(self, character: str) -> bool:
        """Whether a character may be shown: plain, or one that the sources have."""
        if character.isascii():
            return character.isprintable()
        if unicodedata.category(character) in ("Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"):
            return False
        if character in self._letters or character in _ALLOWED:
            return True
        return character.isalpha() and _alphabet(character) in self._alphabets


def read_sources(
    texts: Sequence[str],
    *,
    headings: Sequence[str] = (),
    language: str = "en",
    encoder: Encoder | None = None,
) -> Sources:
    """Sources ready to hold sentences against.

    What speaks to a generator is no source, nor is what stands after it in the same text.

    Args:
        texts: Passages, or lines.
        headings: Of each text: what it is about.
        language: Of the texts.
        encoder: To hold meanings against each other; None compares words alone.
    """
    units: list[Unit] = []
    safe: list[str] = []
    for place, text in enumerate(texts):
        heading = headings[place] if place < len(headings) else ""
        about = topic(fold(heading).text, language[:2]) if heading else frozenset()
        text = _honest(text[:_LONGEST_SOURCE], language)  # noqa: PLW2901 - from here on only this part of it
        safe += [text, heading if not speaks_to_a_generator(heading) else ""]
        for line in lines(text):
            for start, end in split_sentences(line, language):
                if end - start <= _LONGEST_UNIT:
                    units += units_of(line[start:end], about, language[:2])
    return Sources(units, "\n".join(safe), language[:2], encoder)


def ground(sentence: str, sources: Sources, *, book: FactBook | None = None) -> Reason | None:
    """Why a generator's sentence is dropped; None when all of it is in the sources.

    Args:
        sentence: One sentence, as the generator gave it.
        sources: From `read_sources`.
        book: The client's facts; a sentence that contradicts one is dropped.
    """
    clean = plain(sentence)
    return "empty" if not clean else sources.check(clean, book=book)


def grounded(
    sentences: Iterable[str],
    sources: Sources | Sequence[str],
    *,
    encoder: Encoder | None = None,
    book: FactBook | None = None,
) -> Grounding:
    """Sentences sorted into those that the sources say and those that they do not.

    Example:
        >>> made = grounded(["It takes 5 days.", "It takes 9 days."], ["A refund takes 5 days."])
        >>> made.kept, [one.reason for one in made.dropped]
        ((), ['words', 'words'])
        >>> made = grounded(["The refund takes 9 days."], ["A refund takes 5 days."])
        >>> [one.reason for one in made.dropped]
        ['number']
    """
    read = sources if isinstance(sources, Sources) else read_sources(sources, encoder=encoder)
    kept: list[str] = []
    dropped: list[Dropped] = []
    for sentence in sentences:
        clean = plain(sentence)
        reason: Reason | None = "repeated" if clean in kept else ground(sentence, read, book=book)
        if reason is None:
            kept.append(clean)
        else:
            dropped.append(Dropped(clean, reason))
    return Grounding(tuple(kept), tuple(dropped))


def speaks_to_a_generator(text: str) -> bool:
    """Whether words are meant for a language model: "ignore the above", chat marks, encoded text."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    if any(_is_blob(hit.group()) for hit in words_of.BLOB.finditer(shown)):
        return True
    if words_of.CHAT_MARK.search(shown) is not None:
        return True
    folded = fold(shown.translate(_LOOKALIKES)).text
    # In windows, so that no text takes long.
    steps = range(0, max(1, len(folded) - _OVERLAP), _WINDOW - _OVERLAP)
    return any(words_of.TO_A_GENERATOR.search(folded[at : at + _WINDOW]) for at in steps)


def _is_blob(run: str) -> bool:
    """Whether a long run of letters and digits is no word, address or number of an order."""
    mixed = any(c.isupper() for c in run) and any(c.islower() for c in run) and any(c.isdigit() for c in run)
    return mixed or len(run) >= _LONG_RUN


def _honest(text: str, language: str) -> str:
    """The text as far as it speaks to people."""
    kept: list[str] = []
    for line in text.splitlines():
        for start, end in split_sentences(line, language):
            if speaks_to_a_generator(line[start:end]):
                kept.append(line[:start])
                return "\n".join(kept)
        kept.append(line)
    return "\n".join(kept)


def _coverage(stems: frozenset[str], unit: Unit) -> float:
    if not stems:
        return 0.5
    own = len(stems & unit.stems)
    return (own + _HEADING * len((stems - unit.stems) & unit.about)) / len(stems)


def _overlap(stems: frozenset[str], unit: Unit) -> float:
    either = stems | unit.stems
    return len(stems & unit.stems) / len(either) if either else 0.0


def _same_root(one: str, other: str) -> bool:
    """Whether two stems are forms of one word: all but the last letter of the shorter one is shared."""
    shorter = min(len(one), len(other))
    return shorter >= _ROOT and one[: shorter - 1] == other[: shorter - 1]


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "?").split(" ", 1)[0]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s().\u2010-\u2015/-]", "", text.casefold())
