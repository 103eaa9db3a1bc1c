"""Is this sentence in that passage? Every number, name, "not", "must" and "if" of it, or it is dropped.

A sentence is aligned with the unit of the sources (a sentence, a clause, a table row) that has most of
its words, and held against that unit: what it adds, turns round, makes stronger or leaves out of a
condition is a reason to drop it. Dropping a good sentence costs a wording; keeping a bad one costs trust,
so doubt drops. Nothing here trusts the generator or asks it anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from copilot import grounding_words as words_of
from knowledge_base.claims import frames
from knowledge_base.quantities import DURATIONS, Quantity, all_quantities
from knowledge_base.topics import topic
from models.folding import fold
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base.facts import FactBook
    from models.ports import Encoder

Reason = Literal[
    "empty", "hidden", "link", "contact", "markup", "instruction", "number", "negation", "obligation",
    "condition", "strength", "opposite", "name", "words", "meaning", "contradiction",
    "repeated", "unfinished", "long",
]  # fmt: skip
"""Why a sentence was dropped; the first that applies, in the order of the checks."""

COVERED = 0.7
"""Least share of a sentence's topic words that the unit it is aligned with, or its headings, must have."""
COVERED_ALIKE = 0.5
"""The same where the encoder finds the two alike."""
ALIKE, FAR = 0.72, 0.35
"""Cosine from which two are alike; below which they are not, whatever words they share."""
_NEAR_BEST = 0.08
_LONGEST = 400
_ALLOWED = set("–—‘’“”…€£°•½¼¾×²³«»¿¡")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TABLE_RULE = re.compile(r"^[\s|:]*-[\s|:-]*$")


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


@dataclass(frozen=True, slots=True)
class _Unit:
    text: str
    folded: str
    stems: frozenset[str]
    about: frozenset[str]
    quantities: tuple[Quantity, ...]
    conditions: tuple[frozenset[str], ...]
    whole: str
    """Folded sentence that the unit is, or is a clause of."""


class Sources:
    """Sources read once: the units that a sentence may be aligned with. Made by `read_sources`."""

    def __init__(self, units: Sequence[_Unit], text: str, language: str, encoder: Encoder | None) -> None:
        self.language = language
        self._units = tuple(units)
        self._text = text
        self._known = frozenset(_WORD.findall(fold(text).text))
        self._alphabets = {_alphabet(character) for character in text if character.isalpha()} | {"LATIN"}
        self._letters = frozenset(text)
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
            parts = [part for part in _clauses(folded) if topic(part, self.language)]
            if len(parts) > 1 and all(self._held(part, part) is None for part in parts):
                reason = None
        if reason is None and book is not None:
            claims = frames(folded.rstrip(".!"), self.language)
            if any(book.judge(claim).outcome == "contradicts" for claim in claims):
                reason = "contradiction"
        return reason

    def _surface(self, sentence: str) -> Reason | None:  # noqa: PLR0911 - the checks in their order
        """What no sentence may hold, whatever the sources say."""
        if any(not self._seen(character) for character in sentence):
            return "hidden"
        if words_of.LINK.search(sentence):
            return "link"
        if words_of.MARKUP.search(sentence) or words_of.BLOB.search(sentence):
            return "markup"
        for pattern in (words_of.E_MAIL, words_of.PHONE):
            for hit in pattern.finditer(sentence):
                if _squeezed(hit.group()) not in _squeezed(self._text):
                    return "contact"
        if speaks_to_a_generator(sentence):
            return "instruction"
        if len(sentence) > _LONGEST:
            return "long"
        first = True
        for hit in _WORD.finditer(sentence):
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
        stems = topic(folded, self.language)
        numbers = all_quantities(folded, self.language)
        if not stems and not numbers and not _DIGITS.search(folded):
            return "empty"
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
        reason = _numbers_reason(folded, numbers, unit)
        if reason is None:
            reason = _turn_reason(folded, stems, unit)
        if reason is not None:
            return reason
        share = _coverage(stems, unit)
        if cosine is not None and cosine < FAR:
            return "meaning"
        if share < (COVERED_ALIKE if cosine is not None and cosine >= ALIKE else COVERED):
            return "words"
        return None

    def _cosines(self, sentence: str, places: Sequence[int]) -> dict[int, float]:
        if self._encoder is None:
            return {}
        if self._rows is None:
            self._rows = self._encoder.encode([unit.text for unit in self._units])
        row = self._encoder.encode([sentence])[0]
        return {place: float(self._rows[place] @ row) for place in places}

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
    units: list[_Unit] = []
    safe: list[str] = []
    for place, text in enumerate(texts):
        heading = headings[place] if place < len(headings) else ""
        about = topic(fold(heading).text, language[:2]) if heading else frozenset()
        text = _honest(text, language)  # noqa: PLW2901 - from here on only this part of it
        safe += [text, heading if not speaks_to_a_generator(heading) else ""]
        for line in _lines(text):
            for start, end in split_sentences(line, language):
                units += _units_of(line[start:end], about, language[:2])
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


def plain(sentence: str) -> str:
    """A sentence without a bullet and emphasis marks; everything else stays, to be judged."""
    return " ".join(words_of.EMPHASIS.sub("", words_of.BULLET.sub("", sentence)).split())


def speaks_to_a_generator(text: str) -> bool:
    """Whether words are meant for a language model: "ignore the above", "say exactly ..."."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    folded = fold(shown.translate(_LOOKALIKES)).text
    return words_of.TO_A_GENERATOR.search(folded) is not None or words_of.BLOB.search(text) is not None


_LOOKALIKES = str.maketrans(
    "аеіорсухѕјԁһкмтвнАЕІОРСУХЅЈΑΒΕΙΚΜΝΟΡΤΥΧοα", "aeiopcyxsjdhkmtbhAEIOPCYXSJABEIKMNOPTYXoa"
)


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


def _lines(text: str) -> Iterator[str]:
    """Lines of a passage: wrapped lines joined, table rows with the names of their columns."""
    header: list[str] = []
    joined = re.sub(r"(?<=[a-z,;])\n(?=[a-z(])", " ", text)
    for line in joined.splitlines():
        if not line.lstrip().startswith("|"):
            header = []
            yield plain(line.lstrip("# "))
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if _TABLE_RULE.match(line):
            continue
        if not header:
            header = cells
            continue
        for head, cell in zip(header[1:], cells[1:], strict=False):
            yield plain(f"{cells[0]}: {head} {cell}")


def _units_of(sentence: str, about: frozenset[str], language: str) -> Iterator[_Unit]:
    folded = fold(sentence).text.strip()
    clauses = _clauses(folded)
    everything = tuple(condition for clause in clauses for condition in _conditions(clause, language))
    yield _unit(sentence, folded, about, everything, folded, language)
    if len(clauses) < 2:  # noqa: PLR2004 - a sentence is its own only clause
        return
    subject = topic(clauses[0], language)
    for place, clause in enumerate(clauses):
        before = clauses[place - 1] if place else ""
        after = clauses[place + 1] if place + 1 < len(clauses) else ""
        bound = [clause]
        if words_of.CONDITION.match(before):
            bound.append(before)
        if words_of.EXCEPTION.match(after):
            bound.append(after)
        conditions = tuple(found for part in bound for found in _conditions(part, language))
        yield _unit(clause, clause, about | subject, conditions, folded, language)


def _unit(  # noqa: PLR0917 - a unit in its parts
    text: str,
    folded: str,
    about: frozenset[str],
    conditions: tuple[frozenset[str], ...],
    whole: str,
    language: str,
) -> _Unit:
    found = tuple(all_quantities(folded, language))
    return _Unit(text, folded, topic(folded, language), about, found, conditions, whole)


def _clauses(folded: str) -> list[str]:
    return [part.strip(" ,;.") for part in words_of.CUT.split(folded) if part and part.strip(" ,;.")]


def _conditions(clause: str, language: str) -> Iterator[frozenset[str]]:
    """Topic stems and numbers of each condition that a clause names."""
    for hit in words_of.CONDITION.finditer(clause):
        rest = re.split(r"[,;:]", clause[hit.end() :], maxsplit=1)[0]
        stems = topic(rest, language)
        numbers = {f"#{digits}" for digits in _DIGITS.findall(rest)}
        if stems or numbers:
            yield stems | numbers


def _coverage(stems: frozenset[str], unit: _Unit) -> float:
    if not stems:
        return 0.5
    own = len(stems & unit.stems)
    return (own + len((stems - unit.stems) & unit.about)) / len(stems)


def _overlap(stems: frozenset[str], unit: _Unit) -> float:
    either = stems | unit.stems
    return len(stems & unit.stems) / len(either) if either else 0.0


def _numbers_reason(folded: str, numbers: Sequence[Quantity], unit: _Unit) -> Reason | None:
    spent: list[tuple[int, int]] = []
    for one in numbers:
        if not any(_same(one, other) for other in unit.quantities):
            return "number"
        spent.append((one.start, one.end))
    theirs = set(_DIGITS.findall(unit.folded))
    for hit in _DIGITS.finditer(folded):
        inside = any(start <= hit.start() < end for start, end in spent)
        if not inside and hit.group() not in theirs:
            return "number"
    said, given = set(words_of.DATED.findall(folded)), set(words_of.DATED.findall(unit.folded))
    return "number" if said - given else None


def _same(one: Quantity, other: Quantity) -> bool:
    """Whether a number says what the source's number says, or less."""
    if one.dimension != other.dimension or (
        one.currency and other.currency and one.currency != other.currency
    ):
        return False
    ends = {value for value in (one.low, one.high) if value not in (0.0, float("inf"))} or {one.low, one.high}
    given = {value for value in (other.low, other.high) if value not in (0.0, float("inf"))} or {
        other.low,
        other.high,
    }
    if one.comparator == other.comparator:
        return ends == given
    if {one.comparator, other.comparator} == {"point", "at most"}:
        return ends == given and one.dimension in (*DURATIONS, "percent", "time", "date")
    return False


def _turn_reason(folded: str, stems: frozenset[str], unit: _Unit) -> Reason | None:  # noqa: PLR0911 - rules
    """What turns the unit round, or makes it say more."""
    if words_of.denies(folded) != words_of.denies(unit.folded):
        return "negation"
    must, may = words_of.MUST.search(folded), words_of.MAY.search(folded)
    their_must, their_may = words_of.MUST.search(unit.folded), words_of.MAY.search(unit.folded)
    if (must and not their_must) or (may and not must and their_must and not their_may):
        return "obligation"
    if _promises(folded) and words_of.MIGHT.search(unit.folded) and not _promises(unit.folded) and not may:
        return "obligation"
    if any(strong not in unit.whole for strong in words_of.STRONG.findall(folded)):
        return "strength"
    if words_of.USUALLY.search(unit.folded) and not words_of.MIGHT.search(folded):
        return "strength"
    if any(_opposed(folded, unit.folded, *pair) for pair in words_of.OPPOSITES):
        return "opposite"
    digits = {f"#{found}" for found in _DIGITS.findall(folded)}
    for condition in unit.conditions:
        if 2 * len(condition & (stems | digits)) < len(condition):
            return "condition"
    for hit in words_of.CONDITION.finditer(folded):
        named = topic(re.split(r"[,;:]", folded[hit.end() :], maxsplit=1)[0], "en")
        if named and 2 * len(named & (unit.stems | unit.about)) < len(named):
            return "condition"
    return None


def _promises(folded: str) -> bool:
    return words_of.WILL.search(folded) is not None


def _opposed(said: str, given: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether each has only one of two words that mean the opposite."""
    ours, theirs = (one.search(said), other.search(said)), (one.search(given), other.search(given))
    if bool(ours[0]) == bool(ours[1]) or bool(theirs[0]) == bool(theirs[1]):
        return False
    return bool(ours[0]) != bool(theirs[0])


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "?").split(" ", 1)[0]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s().\u2010-\u2015/-]", "", text.casefold())
