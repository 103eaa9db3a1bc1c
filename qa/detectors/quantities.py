"""Numbers with a unit in a folded text: money, per cent, durations; ranges and number words included.

Calendar and business days, hours and months are different dimensions: none is turned into another, save
weeks into days and years into months.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"half": 0.5, "couple": 2, "dozen": 12}
_TENS = {
    word: 10 * value
    for value, word in enumerate("ten twenty thirty forty fifty sixty seventy eighty ninety".split(), 1)
}
_WORDS = "|".join(sorted((*_SMALL, *_TENS, "hundred", "thousand"), key=len, reverse=True))
_NUMBER = (
    rf"(?:\d+(?:[ ,.]\d{{3}})*(?:[.,]\d{{1,2}})?|(?:{_WORDS})(?:(?: and | of |[ -])(?:{_WORDS})){{0,9}})"
)
_CURRENCY = r"[$\u20ac\u00a3]|\b(?:usd|eur|gbp|nok|chf)\b"
_CURRENCY_AFTER = (
    r"[$\u20ac\u00a3](?! ?\d)|(?:usd|eur|gbp|nok|chf|euros?|dollars?|pounds?|bucks|quid|kroner|francs?)\b"
)
_UNITS = (
    r"(?:business|working|work) ?days?|(?:calendar |full |whole )?days?|weekdays?|weeks?|months?|years?|"
    r"hours?|hrs?|"
    r"minutes?|mins?|%|percent|per cent|cents?"
)
_QUANTITY = re.compile(
    rf"(?:(?P<money>{_CURRENCY}) ?(?P<m1>{_NUMBER})(?:(?: ?(?:to|-) ?)(?:{_CURRENCY})? "
    rf"?(?P<m2>{_NUMBER}))?"
    rf"|(?<![\w.,$#-])(?P<n1>{_NUMBER})(?:(?: ?(?:to|-) ?)(?P<n2>{_NUMBER}))?(?: |-)?"
    rf"(?P<unit>{_CURRENCY_AFTER}|(?:more |further |full )?(?:{_UNITS})(?!\w)))"
)
_FREE = re.compile(
    r"\b(?:free of charge|for free|at no (?:extra |additional )?(?:cost|charge)|costs? nothing|no charge|"
    r"without charge|(?:is|are|it's) (?:completely |always |totally |also )?free(?= |[.,!]|$)(?! of | "
    r"until | from | up ))"
)
_AT_MOST = re.compile(
    r"\b(?:up to|within|no more than|at most|maximum(?: of)?|max|not more than|less than|under|below|"
    r"inside|highest|longest|for)(?: (?:the|a|first|next))* ?$"
)
_AT_LEAST = re.compile(
    r"\b(?:at least|minimum(?: of)?|from|over|more than|above|no less than|smallest|further|each "
    r"further)(?: \w+)? ?$"
)
_SIGHT = 80
"""Characters before a quantity in which words that open its range may stand."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or range with a dimension, where it stands, and as it was said."""

    start: int
    end: int
    low: float
    high: float
    dimension: str
    """`money`, `percent`, `days`, `business days`, `hours`, `minutes` or `months`."""
    said: str


def quantities(text: str) -> Iterator[Quantity]:
    """All quantities of a folded text, left to right.

    Words before it open the range: "within 5 days" is 0 to 5, "at least 3 days" 3 to infinity.
    """
    for hit in _QUANTITY.finditer(text):
        first, second = (hit["m1"], hit["m2"]) if hit["money"] else (hit["n1"], hit["n2"])
        dimension, factor = _dimension(hit["money"] or hit["unit"])
        low = number(first) * factor
        high = number(second) * factor if second else low
        if low > high:
            low, high = high, low
        before = text[max(0, hit.start() - _SIGHT) : hit.start()]
        if _AT_MOST.search(before):
            low = 0.0
        elif _AT_LEAST.search(before):
            high = inf
        yield Quantity(hit.start(), hit.end(), low, high, dimension, hit.group().strip())
    for hit in _FREE.finditer(text):
        yield Quantity(hit.start(), hit.end(), 0.0, 0.0, "money", hit.group().strip())


def number(text: str) -> float:
    """A number as digits ("1,200.50", "9,90") or words ("one hundred and fifty")."""
    text = text.strip()
    if text[:1].isdigit():
        whole, mark, rest = _split_decimal(text)
        return float(re.sub(r"[ ,.]", "", whole) + (f".{rest}" if mark else ""))
    total = part = 0.0
    for word in re.split(r"[ -]", text):
        if word == "hundred":
            part = (part or 1) * 100
        elif word == "thousand":
            total, part = total + (part or 1) * 1000, 0.0
        elif word in ("couple", "dozen"):
            part = _SMALL[word]
        else:
            part += _SMALL.get(word, _TENS.get(word, 0))
    return total + part


def _split_decimal(text: str) -> tuple[str, str, str]:
    decimal = re.search(r"[.,](\d{1,2})$", text)
    return (text[: decimal.start()], ".", decimal[1]) if decimal else (text, "", "")


def _dimension(unit: str) -> tuple[str, float]:
    unit = re.sub(r"^(?:more|further|full|whole|calendar) ", "", unit.strip())
    table = (
        (r"(?:business|working|work) ?days?|weekdays?", "business days", 1.0),
        (r"days?", "days", 1.0),
        (r"weeks?", "days", 7.0),
        (r"months?", "months", 1.0),
        (r"years?", "months", 12.0),
        (r"hours?|hrs?", "hours", 1.0),
        (r"minutes?|mins?", "minutes", 1.0),
        (r"%|per ?cent", "percent", 1.0),
        (r"cents?", "money", 0.01),
    )
    for pattern, dimension, factor in table:
        if re.fullmatch(pattern, unit):
            return dimension, factor
    return "money", 1.0
