"""What a sentence may not change of the unit that it is aligned with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from copilot import grounding_words as words_of
from copilot.grounding_units import DIGITS, Unit, is_free, values
from knowledge_base.quantities import DURATIONS, Quantity, all_quantities
from knowledge_base.topics import topic

Reason = Literal[
    "empty", "hidden", "link", "contact", "markup", "instruction", "number", "negation", "obligation",
    "condition", "strength", "opposite", "name", "words", "meaning", "contradiction",
    "repeated", "unfinished", "long",
]  # fmt: skip
"""Why a sentence was dropped; the first that applies, in the order of the checks."""


def numbers_reason(folded: str, numbers: Sequence[Quantity], unit: Unit) -> Reason | None:
    """A number, date or period that the unit does not have, or has otherwise."""
    spent: list[tuple[int, int]] = []
    for one in numbers:
        later = _opens_later(folded, one)
        if not any(
            _same(one, other) and later == _opens_later(unit.folded, other) for other in unit.quantities
        ):
            return "number"
        spent.append((one.start, one.end))
    rest = "".join(
        " " if any(start <= place < end for start, end in spent) else character
        for place, character in enumerate(folded)
    )
    if values(rest) - values(unit.folded):
        return "number"
    if set(words_of.PERIODS.findall(rest)) - set(words_of.PERIODS.findall(unit.whole)):
        return "number"
    working = words_of.BUSINESS_DAY.search(unit.folded) and not words_of.BUSINESS_DAY.search(folded)
    if working and re.search(r"\bdays?\b", folded):
        return "number"
    said, given = set(words_of.DATED.findall(folded)), set(words_of.DATED.findall(unit.folded))
    return "number" if said - given else None


def _opens_later(folded: str, one: Quantity) -> bool:
    return words_of.LATER_THAN.search(folded[: one.start]) is not None


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


def turn_reason(folded: str, stems: frozenset[str], unit: Unit) -> Reason | None:
    """What turns the unit round, makes it say more, or leaves its condition out."""
    if _turns_round(folded, unit):
        return "negation"
    if _obliges_otherwise(folded, unit):
        return "obligation"
    if any(strong not in unit.whole for strong in words_of.STRONG.findall(folded)):
        return "strength"
    if words_of.USUALLY.search(unit.folded) and not words_of.MIGHT.search(folded):
        return "strength"
    if any(_opposed(folded, unit.folded, *pair) for pair in words_of.OPPOSITES):
        return "opposite"
    return None if _keeps_conditions(folded, stems, unit) else "condition"


def _turns_round(folded: str, unit: Unit) -> bool:
    """Whether one says no where the other says yes, or free where the other says that it costs."""
    if words_of.denies(folded) != words_of.denies(unit.folded):
        return True
    free, theirs = is_free(folded), is_free(unit.folded)
    if theirs and not free and words_of.MONEY_TALK.search(folded) and not DIGITS.search(folded):
        return True
    nothing = any(one.dimension == "money" and one.high == 0 for one in unit.quantities)
    return free and not (theirs or nothing)


def _obliges_otherwise(folded: str, unit: Unit) -> bool:
    """Whether may becomes must, must becomes may, or what is possible becomes certain."""
    must, may = words_of.MUST.search(words_of.NEEDLESS.sub(" ", folded)), words_of.MAY.search(folded)
    their_must, their_may = words_of.MUST.search(unit.folded), words_of.MAY.search(unit.folded)
    if (must and not their_must) or (may and not must and their_must and not their_may):
        return True
    return bool(_promises(folded) and their_may and not _promises(unit.folded) and not may)


def _keeps_conditions(folded: str, stems: frozenset[str], unit: Unit) -> bool:
    """Whether it names at least half of each condition that the unit has, and no other one."""
    broad = words_of.MAY.search(folded) or is_free(folded)
    if broad and unit.limited and not DIGITS.search(folded) and not _narrowed(folded):
        return False
    named = stems | {f"#{found}" for found in values(folded)}
    if any(2 * len(condition & named) < len(condition) for condition in unit.conditions):
        return False
    for hit in words_of.CONDITION.finditer(folded):
        own = topic(re.split(r"[,;:]", folded[hit.end() :], maxsplit=1)[0], "en")
        if own and 2 * len(own & (unit.stems | unit.about)) < len(own):
            return False
    return True


def _promises(folded: str) -> bool:
    return words_of.WILL.search(folded) is not None


def _opposed(said: str, given: str, one: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether each has only one of two words that mean the opposite."""
    ours, theirs = (one.search(said), other.search(said)), (one.search(given), other.search(given))
    if all(ours) and all(theirs):
        return _order(*ours) != _order(*theirs)
    if bool(ours[0]) == bool(ours[1]) or bool(theirs[0]) == bool(theirs[1]):
        return False
    return bool(ours[0]) != bool(theirs[0])


def _narrowed(folded: str) -> bool:
    """Whether a sentence names any condition or number of its own."""
    return bool(
        words_of.CONDITION.search(folded)
        or words_of.LEADING.match(folded)
        or any(one.low or one.high for one in all_quantities(folded))
    )


def _order(one: re.Match[str] | None, other: re.Match[str] | None) -> bool:
    return one is not None and other is not None and one.start() < other.start()
