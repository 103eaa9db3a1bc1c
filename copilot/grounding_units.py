"""The units of a source that a sentence may be aligned with: sentences, their clauses, table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from copilot import grounding_words as words_of
from knowledge_base.quantities import Quantity, all_quantities
from knowledge_base.topics import topic
from models.folding import fold
from models.patterns import pattern

DIGITS = pattern(r"\d+(?:[.,:]\d+)*")
WORD = pattern(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VERB = pattern(
    r"\b(?:takes?|costs?|is|are|has|have|must|may|can|cannot|will|arrives?|needs?|expires?|lasts?|includes?|covers?)\b"
)
_TABLE_RULE = pattern(r"^[\s|:]*-[\s|:-]*$")


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that a source says, ready to be held against."""

    text: str
    folded: str
    stems: frozenset[str]
    about: frozenset[str]
    quantities: tuple[Quantity, ...]
    conditions: tuple[frozenset[str], ...]
    whole: str
    """Folded sentence that the unit is, or is a clause of."""

    @property
    def limited(self) -> bool:
        """Whether it names how much, how long or until when."""
        return any(one.comparator != "point" for one in self.quantities)


def lines(text: str) -> Iterator[str]:
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


def units_of(sentence: str, about: frozenset[str], language: str) -> Iterator[Unit]:
    """A sentence of a source as units: whole, unless its clauses say both yes and no, and by clauses."""
    folded = fold(sentence).text.strip()
    clauses = split_clauses(folded)
    mixed = len({words_of.denies(clause) for clause in clauses}) > 1
    everything = tuple(condition for clause in clauses for condition in _conditions(clause, language))
    if not mixed:
        yield _unit(sentence, folded, about, everything, folded, language)
    if len(clauses) < 2:  # noqa: PLR2004 - a sentence is its own only clause
        return
    subject = subject_of(clauses[0], language)
    for place, clause in enumerate(clauses):
        before = clauses[place - 1] if place else ""
        after = clauses[place + 1] if place + 1 < len(clauses) else ""
        bound = [clause]
        if words_of.CONDITION.match(before):
            bound.append(before)
        if words_of.EXCEPTION.match(after):
            bound.append(after)
        conditions = tuple(found for part in bound for found in _conditions(part, language))
        one = _unit(clause, clause, about, conditions, folded, language)
        yield replace(one, stems=one.stems | subject) if place else one


def _unit(  # noqa: PLR0917 - a unit in its parts
    text: str,
    folded: str,
    about: frozenset[str],
    conditions: tuple[frozenset[str], ...],
    whole: str,
    language: str,
) -> Unit:
    found = tuple(all_quantities(folded, language))
    return Unit(text, folded, topic(folded, language), about, found, conditions, whole)


def subject_of(folded: str, language: str) -> frozenset[str]:
    """Topic stems in front of the first verb that is known: what a clause speaks of."""
    verb = _VERB.search(folded)
    return topic(folded[: verb.start()], language) if verb is not None else frozenset()


def split_clauses(folded: str) -> list[str]:
    """The clauses of a folded sentence, as far as each can stand alone."""
    return [part.strip(" ,;.") for part in words_of.CUT.split(folded) if part and part.strip(" ,;.")]


def with_subject(clauses: Sequence[str]) -> list[str]:
    """Clauses that open with a verb get what the first one speaks of: "... and *it* costs EUR 5"."""
    verb = _VERB.search(clauses[0]) if clauses else None
    subject = clauses[0][: verb.start()].strip() if verb is not None else ""
    return [
        f"{subject} {one}" if place and subject and _VERB.match(one) else one
        for place, one in enumerate(clauses)
    ]


def _conditions(clause: str, language: str) -> Iterator[frozenset[str]]:
    """Topic stems and numbers of each condition that a clause names."""
    leading = words_of.LEADING.match(clause)
    named = [leading[1]] if leading is not None else []
    verb = _VERB.search(clause)
    if verb is not None:
        named += [hit[1] for hit in words_of.WITH.finditer(clause[: verb.start()])]
    if verb is not None and leading is None and all_quantities(clause[: verb.start()], language):
        yield frozenset(f"#{digits}" for digits in values(clause[: verb.start()]))
    if is_free(clause) or words_of.MAY.search(clause):
        named += [hit[1] for hit in words_of.WITH.finditer(clause)]
    for hit in words_of.CONDITION.finditer(clause):
        named.append(re.split(r"[,;:]", clause[hit.end() :], maxsplit=1)[0])
    for rest in named:
        stems = topic(rest, language)
        numbers = {f"#{digits}" for digits in values(rest)}
        if stems or numbers:
            yield stems | numbers


def is_free(folded: str) -> bool:
    """Whether a folded clause says that something costs nothing."""
    return words_of.FREE.search(folded) is not None


def values(folded: str) -> set[str]:
    """Numbers, in digits; also those that are spelled out."""
    found = set(DIGITS.findall(folded))
    return found | {words_of.SPELLED[word] for word in WORD.findall(folded) if word in words_of.SPELLED}


def plain(sentence: str) -> str:
    """A sentence without a bullet and emphasis marks; everything else stays, to be judged."""
    return " ".join(words_of.EMPHASIS.sub("", words_of.BULLET.sub("", sentence)).split())
