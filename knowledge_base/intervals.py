"""Two quantities held against each other: whether they agree, with the arithmetic.

A policy's number is a parameter: another number on the same thing is wrong, more generous or stricter.
Only a value inside a stated range, or below a stated limit, fits it.
"""

from __future__ import annotations

from math import inf
from typing import Literal

from knowledge_base.quantities import DURATIONS, Quantity

Outcome = Literal["contradicts", "agrees", "unknown"]
Window = tuple[float, float]

_FAR = 8
"""Durations in different units that are more times apart than this speak of different things."""
_HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0}
_MONTH = (28 * 24.0, 31 * 24.0)
_HOLIDAYS = 4
"""Days that a weekend and a holiday may add to business days."""
_ROUGH = 0.15
"""Share by which "about" may be off."""


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are of one dimension; money of two currencies is not."""
    if one.dimension in DURATIONS and other.dimension in DURATIONS:
        return one.dimension == other.dimension or one.high == other.high or not far_apart(one, other)
    if one.dimension != other.dimension:
        return False
    return not (one.currency and other.currency and one.currency != other.currency)


def far_apart(one: Quantity, other: Quantity) -> bool:
    """Whether two durations are so unlike that they measure different things."""
    first, second = (_window(each, each.low if each.high == inf else each.high)[1] for each in (one, other))
    return min(first, second) * _FAR < max(first, second)


def held_against(said: Quantity, policy: Quantity) -> tuple[Outcome, str]:
    """The outcome of two comparable quantities, and the arithmetic behind it.

    Example:
        >>> from knowledge_base.quantities import quantities
        >>> (said,), (policy,) = quantities("60 days"), quantities("within 30 days")
        >>> held_against(said, policy)
        ('contradicts', '60 > 30')
    """
    view = _plain if said.dimension == policy.dimension else _window
    low, high = view(policy, policy.low), view(policy, policy.high)
    mine = view(said, said.low), view(said, said.high)
    mixed = (said.dimension == "business days") != (policy.dimension == "business days")
    outcome: Outcome = "unknown"
    if mixed and said.high < inf and policy.high < inf:
        apart = mine[1][0] > high[1] or (mine[1][1] < low[0] and policy.comparator != "at most")
        # "14 business days" for 14 days is wrong; "14 days" for 14 business days may be loose talk.
        swapped = (
            said.dimension == "business days" and said.high == policy.high and policy.dimension == "days"
        )
        outcome = "contradicts" if apart or swapped else "unknown"
    elif not mixed:
        slack = _ROUGH if said.about or policy.about else 0.0
        outcome = _OUTCOMES[policy.comparator](said, mine, (low, high), slack)
    return outcome, _arithmetic(said, policy) if outcome == "contradicts" else ""


def _equal(one: Window, other: Window, slack: float) -> bool:
    gap = slack * max(abs(other[0]), abs(other[1])) if other[1] < inf else 0.0
    return one[0] <= other[1] + gap + 1e-9 and other[0] <= one[1] + gap + 1e-9


def _point(
    said: Quantity, mine: tuple[Window, Window], policy: tuple[Window, Window], slack: float
) -> Outcome:
    value = policy[1]
    if said.comparator == "at least":
        if _equal(mine[0], value, slack):
            return "agrees"
        return "contradicts" if mine[0][0] > value[1] else "unknown"
    if said.comparator == "range":
        inside = mine[0][0] <= value[1] and value[0] <= mine[1][1]
        return "unknown" if inside else "contradicts"
    return "agrees" if _equal(mine[1], value, slack) else "contradicts"


def _range(
    said: Quantity, mine: tuple[Window, Window], policy: tuple[Window, Window], slack: float
) -> Outcome:
    low, high = policy
    if said.comparator == "at least":
        if _equal(mine[0], low, slack):
            return "agrees"
        return "contradicts" if mine[0][0] > high[1] else "unknown"
    if said.comparator == "at most":
        if _equal(mine[1], high, slack):
            return "agrees"
        return "unknown" if low[0] < mine[1][1] < high[0] else "contradicts"
    inside = mine[0][1] >= low[0] - 1e-9 and mine[1][0] <= high[1] + 1e-9
    return "agrees" if inside else "contradicts"


def _at_most(
    said: Quantity, mine: tuple[Window, Window], policy: tuple[Window, Window], slack: float
) -> Outcome:
    bound = policy[1]
    if said.comparator == "at least":
        if _equal(mine[0], bound, slack):
            return "agrees"
        return "contradicts" if said.dimension in DURATIONS or mine[0][0] > bound[1] else "unknown"
    if _equal(mine[1], bound, slack):
        return "agrees"
    if mine[1][0] > bound[1]:
        return "contradicts"
    return "contradicts" if said.comparator == "at most" else "agrees"


def _at_least(
    said: Quantity, mine: tuple[Window, Window], policy: tuple[Window, Window], slack: float
) -> Outcome:
    bound = policy[0]
    if said.comparator in ("at least", "point"):
        if _equal(mine[0], bound, slack):
            return "agrees"
        if said.comparator == "point" and mine[0][0] > bound[1]:
            return "unknown"
        return "contradicts"
    if _equal(mine[1], bound, slack):
        return "agrees"
    return "contradicts" if mine[1][1] < bound[0] and said.comparator == "range" else "unknown"


_OUTCOMES = {"point": _point, "range": _range, "at most": _at_most, "at least": _at_least}


def _window(one: Quantity, value: float) -> Window:
    """A value as hours where it is a duration; months and business days are as long as they may be."""
    if value == inf:
        return inf, inf
    if one.dimension == "months":
        return (value * _MONTH[0], value * _MONTH[1]) if value else (0.0, 0.0)
    if one.dimension == "business days":
        return value * 24, (value * 7 / 5 + _HOLIDAYS) * 24
    if one.dimension in _HOURS:
        return value * _HOURS[one.dimension], value * _HOURS[one.dimension]
    return value, value


def _plain(_one: Quantity, value: float) -> Window:
    return value, value


def ends(one: Quantity) -> set[Window]:
    """The numbers that a quantity states, in hours where it is a duration."""
    return {_window(one, value) for value in {one.high if one.low == 0 else one.low, one.high} if value < inf}


def _arithmetic(said: Quantity, policy: Quantity) -> str:
    mine = said.low if said.comparator == "at least" else said.high
    theirs = policy.low if policy.comparator == "at least" else policy.high
    if policy.comparator == "range" and mine < policy.low:
        theirs = policy.low
    one, other = _window(said, mine)[1], _window(policy, theirs)[1]
    if said.dimension == policy.dimension:
        one, other = mine, theirs
        units = ("", "")
    else:
        units = (f" {said.dimension}", f" {policy.dimension}")
    if (said.dimension == "business days") != (policy.dimension == "business days") and mine == theirs:
        return f"{mine:g}{units[0]} \u2260 {theirs:g}{units[1]}"
    sign = ">" if one > other else "<" if one < other else "\u2260"
    return f"{mine:g}{units[0]} {sign} {theirs:g}{units[1]}"
