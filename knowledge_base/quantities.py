"""Numbers with a unit in a folded text: money, per cent, durations, times, ages, counts; also in words.

The text is folded (`models.folding.fold`): lower case, no accents. English in full; units, number
formats (`1.234,56`) and number words of Dutch, German, Spanish, French and Norwegian. Calendar and
business days are different dimensions here; `knowledge_base.comparison` knows how far they can be held
against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import inf
from typing import Literal

from models.patterns import pattern

Comparator = Literal["point", "range", "at most", "at least"]

_SMALL = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"half": 0.5, "couple": 2.0, "dozen": 12.0}
_TENS = {
    word: 10.0 * value
    for value, word in enumerate("ten twenty thirty forty fifty sixty seventy eighty ninety".split(), 1)
}
_SCALES = ("hundred", "thousand")
_DIGITS = r"\d+(?:[ ,.]\d{3})*(?:[.,]\d{1,2})?(?![\d:])"

_CURRENCIES = {
    "usd": r"\$|\busd\b|\bdollars?\b|\bbucks\b",
    "eur": r"\u20ac|\beur\b|\beuros?\b",
    "gbp": r"\u00a3|\bgbp\b|\bpounds?\b(?: sterling)?|\bquid\b",
    "nok": r"\bnok\b|\bkr\b|\bkroner\b",
    "chf": r"\bchf\b|\bfrancs?\b|\bfranken\b",
}
_BEFORE = r"[$\u20ac\u00a3]|\b(?:usd|eur|gbp|nok|chf|kr)\b"
_AFTER = (
    r"[$\u20ac\u00a3](?! ?\d)|(?:usd|eur|gbp|nok|chf|euros?|dollars?|pounds?|bucks|quid|kroner|kr|francs?|"
    r"franken)\b"
)
_BUSINESS_DAYS = (
    r"(?:business|working|work)[ -]?days?|weekdays?|werkdag(?:en)?|werktage?n?|arbeitstage?n?|"
    r"geschaftstage?n?|dias? (?:habil(?:es)?|laborables?)|jours? (?:ouvr(?:e|es|able|ables)|de travail)|"
    r"virkedag(?:er)?|arbeidsdag(?:er)?"
)
_DAYS = (
    r"(?:calendar |full |whole )?days?|dag(?:en|er)?|kalenderdagen|(?:kalender)?tage?n?|"
    r"dias?(?: naturales| corridos)?|jours?(?: calendaires)?|dogn"
)
_UNITS: tuple[tuple[str, str, float], ...] = (
    (_BUSINESS_DAYS, "business days", 1.0),
    (_DAYS, "days", 1.0),
    (r"weeks?|week|weken|wochen?|semanas?|semaines?|uker?", "days", 7.0),
    (r"months?|maand(?:en)?|monate?n?|mes(?:es)?|mois|maned(?:er)?", "months", 1.0),
    (r"years?|jaar|jaren|jahre?n?|anos?|ans?|annees?|ar", "months", 12.0),
    (r"hours?|hrs?|uur|uren|stunden?|horas?|heures?|timer?", "hours", 1.0),
    (r"minutes?|mins?|minuten|minuut|minutos?|minutter?|minutt", "minutes", 1.0),
    (r"seconds?|secs?", "minutes", 1 / 60),
    (r"%|percent|per cent|procent|prozent|por ciento|pour cent|prosent", "percent", 1.0),
    (r"cents?", "money", 0.01),
    (r"kg|kilos?|kilograms?", "kg", 1.0),
    (r"cm|centimet(?:er|re)s?", "cm", 1.0),
    (r"km|kilomet(?:er|re)s?|miles?", "km", 1.0),
    (r"gb|gigabytes?", "gb", 1.0),
    (r"mb|megabytes?", "mb", 1.0),
)
_UNIT = "|".join(pattern for pattern, _, _ in _UNITS)
_SHORT_UNITS = frozenset("an ans ar time timer uur mes dag mins min sec secs".split())
_BETWEEN = r"(?P<between>\b(?:between|entre|tussen|zwischen|mellom) )?"
_JOIN = r"(?: ?(?(between)(?:and|und|en|y|et|og|to|-)|(?:to|-|tot|bis|a|hasta|til)) ?)"
_FREE = pattern(
    r"\b(?:free of charge|for free|at no (?:extra |additional )?(?:cost|charge)|costs? nothing|no charge|"
    r"without (?:a |any )?(?:charge|fee|excess|cost)|no (?:\w+ ){0,2}(?:fees?|charges?|excess|"
    r"costs?)\b(?! is "
    r"included)|"
    r"(?:is|are|it's|they're|gets?|travels?|stays?|delivered|park|parks|included|be) (?:completely |always |"
    r"totally |also |delivered |carried |done )?(?:for )?free(?= |[.,!;]|$)(?! of | until | from \w+ up)|"
    r"(?:gratis|kostenlos|kostenfrei|gratuit(?:e|es|o|a|os|as)?))\b"
)
_SOME = pattern(
    r"\b(?:there is|there's|we charge|you pay|comes with|has|costs) (?:a|an) "
    r"(?:(?:small|little|extra|service) )?(?:fee|charge)\b"
)
_SHARE = pattern(r"\b(?:in full|full (?:refund|amount|price)|fully|entire amount|whole amount)\b")
_HALF = pattern(r"\bhalf (?:of )?(?:the|your|its) (?:\w+ )?(?:fare|price|amount|cost|money|ticket)\b")
_TIME = pattern(
    r"(?<![\d.,$:])(?:(?P<h>[01]?\d|2[0-4])[:.](?P<m>[0-5]\d)(?: ?(?P<ap1>[ap])\.?m\b\.?)?"
    r"|(?P<h2>1[0-2]|[1-9]) ?(?P<ap2>[ap])\.?m\b\.?|(?P<noon>\bnoon\b|\bmidday\b|\bmidnight\b))(?!\d)"
)
_AGE = pattern(
    r"\b(?:under|over|below|above|younger than|older than|aged?|age of|at least|looks? under) (?:the age "
    r"of )?"
    r"(?P<n>\d{1,2})(?![\d.,]*\d)(?! ?(?:%|[$\u20ac\u00a3]|:))(?= |[.,;!?]|$)(?! (?:UNITS)\b)"
    r"(?! (?:eur|usd|gbp|kg|cm|percent|euros?|dollars?|pounds?)\b)".replace("UNITS", _UNIT)
)
_MONTHS = "january february march april may june july august september october november december".split()
_DATE = pattern(
    rf"\b(?:(?P<m1>{'|'.join(_MONTHS)}) (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{'|'.join(m for m in _MONTHS if m != 'may')}))\b"
)
_AT_MOST = pattern(
    r"\b(?:up to|within|no more than|at most|maximum(?: of)?|max|not more than|less than|under|below|inside|"
    r"highest|longest|until|till|before|no later than|not exceed|exceed|"
    r"maximaal|hoogstens|tot|binnen|uiterlijk|maximal|hochstens|bis(?: zu)?|innerhalb von|innert|binnen|"
    r"maximo de|hasta|como maximo|dentro de|plazo de(?: los)?|en un plazo de|jusqu'a|sous|dans les|au plus|"
    r"dans un delai de|maximum de|maksimalt|inntil|opptil|innen|hoyst)"
    r"(?: (?:the|a|an|first|next|full|age of|de|los|les|den))* ?$"
)
_AT_LEAST = pattern(
    r"\b(?:at least|minimum(?: \w+)?(?: (?:of|is))?|from|over|more than|above|no less than|smallest|"
    r"longer than|"
    r"older than|further|each further|minimaal|minstens|ten minste|vanaf|meer dan|mindestens|ab|mehr als|"
    r"minimo(?: de)?|al menos|a partir de|mas de|minimum de|au moins|plus de|minst|fra|mer enn)"
    r"(?: (?:the|a|an|einem|einer|de)?(?: ?(?:bestellwert|\w+wert) von)?)? ?$"
)
_AFTER_MOST = pattern(
    r" ?(?:at most|at the most|at the latest|maximum|max|or less|or fewer|or younger|or under|and under|"
    r"tops)\b"
)
_AFTER_LEAST = pattern(r" ?(?:at least|at minimum|minimum|or more|or over|or older|and over|and up|plus)\b")
_ABOUT = pattern(
    r"\b(?:about|around|roughly|approximately|some|circa|ca|etwa|ungefahr|ongeveer|unos|environ)(?: \w+)? ?$"
)
_NOT_COUNTED = frozenset(
    "of or and to the a an in on at for by with per from is are am pm st nd rd th more less times time "
    "percent digits digit letters euros dollars point percentage ago left later minute kwh".split()
)
DURATIONS = ("minutes", "hours", "days", "business days", "months")
_SIGHT = 60
"""Characters before a quantity in which words that open its range may stand."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or range with a dimension, where it stands, and as it was said."""

    start: int
    end: int
    low: float
    high: float
    dimension: str
    """`money`, `percent`, `days`, `business days`, `hours`, `minutes`, `months`, `time` (hours of the
    day), `date`, `age`, `kg` and the like, or `count <stem>`."""
    said: str
    comparator: Comparator = "point"
    currency: str = ""
    about: bool = False
    """"about", "roughly": not meant to be exact."""


def quantities(text: str, language: str = "en") -> Iterator[Quantity]:
    """Money, per cent and durations of a folded text, left to right.

    Words around it open the range: "within 5 days" is 0 to 5, "at least 3 days" 3 to infinity.

    Example:
        >>> [(q.low, q.high, q.dimension) for q in quantities("within 5 to 7 business days")]
        [(5.0, 7.0, 'business days')]
    """
    language = language[:2].lower()
    for hit in _pattern(language).finditer(text):
        first, second = (hit["m1"], hit["m2"]) if hit["money"] else (hit["n1"], hit["n2"])
        unit = hit["money"] or hit["unit"]
        if not hit["money"] and language == "en" and _foreign(unit):
            continue
        dimension, factor = _dimension(unit)
        low = number(first) * factor
        high = number(second) * factor if second else low
        yield _opened(
            Quantity(
                hit.end("between") if hit["between"] else hit.start(),
                hit.end(),
                min(low, high),
                max(low, high),
                dimension,
                hit.group().removeprefix(hit["between"] or "").strip(),
                "range" if second else "point",
                _currency(unit) if dimension == "money" and unit != "cents" else "",
            ),
            text,
        )
    for hit in _FREE.finditer(text):
        yield Quantity(hit.start(), hit.end(), 0.0, 0.0, "money", hit.group().strip())


def all_quantities(text: str, language: str = "en") -> list[Quantity]:
    """As `quantities`, with times of day, dates, ages, counts and shares; none overlaps another."""
    found = list(quantities(text, language))
    taken = [(one.start, one.end) for one in found]

    def add(more: Quantity) -> None:
        if not any(more.start < end and start < more.end for start, end in taken):
            taken.append((more.start, more.end))
            found.append(more)

    for one in _times(text):
        add(one)
    if language[:2] == "en":
        for hit in _SHARE.finditer(text):
            add(Quantity(hit.start(), hit.end(), 100.0, 100.0, "percent", hit.group()))
        for hit in _HALF.finditer(text):
            add(Quantity(hit.start(), hit.end(), 50.0, 50.0, "percent", hit.group()))
        for hit in _SOME.finditer(text):
            add(Quantity(hit.start(), hit.end(), 0.01, inf, "money", hit.group(), "at least"))
        for hit in _DATE.finditer(text):
            month = _MONTHS.index(hit["m1"] or hit["m2"]) + 1
            day = float(100 * month + int(hit["d1"] or hit["d2"]))
            add(_opened(Quantity(hit.start(), hit.end(), day, day, "date", hit.group()), text))
        for hit in _AGE.finditer(text):
            age = float(hit["n"])
            at = hit.start("n")
            add(_opened(Quantity(at, hit.end(), age, age, "age", hit.group().strip()), text))
        for one in _counts(text):
            add(one)
    return sorted(found, key=lambda one: (one.start, one.end))


def number(text: str) -> float:
    """A number as digits ("1,200.50", "1.234,56", "9,90") or words ("one hundred and fifty")."""
    text = text.strip()
    if text[:1].isdigit():
        decimal = re.search(r"[.,](\d{1,2})$", text)
        whole, rest = (text[: decimal.start()], decimal[1]) if decimal else (text, "")
        return float(re.sub(r"[ ,.]", "", whole) + (f".{rest}" if rest else ""))
    total = part = 0.0
    foreign = _foreign_numbers()
    for word in re.split(r"[ -]", text):
        if word == "hundred":
            part = (part or 1) * 100
        elif word == "thousand":
            total, part = total + (part or 1) * 1000, 0.0
        elif word in ("couple", "dozen"):
            part = _SMALL[word]
        elif word == "of":
            continue
        else:
            part += _SMALL.get(word, _TENS.get(word, foreign.get(word, 0.0)))
    return total + part


@cache
def _foreign_numbers() -> dict[str, float]:
    from models.folding import fold
    from models.spoken_digits import LANGUAGE_WORDS, NUMBER_WORDS

    words = dict(NUMBER_WORDS)
    for more in LANGUAGE_WORDS.values():
        words.update(more)
    found = {fold(word).text: float(digits) for word, digits in words.items()}
    return {word: value for word, value in found.items() if word not in _SMALL and word not in _TENS}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = [*_SMALL, *_TENS, *_SCALES]
    if language != "en":
        words += [word for word in _foreign_numbers() if len(word) > 1 or language != "es"]
    known = "|".join(
        sorted({re.escape(word) for word in words if word not in _SCALES}, key=len, reverse=True)
    )
    tens = "|".join(_TENS)
    one = rf"(?:(?:{tens})[ -](?:{'|'.join(list(_SMALL)[1:10])})\b|couple of|(?:{known}))(?![a-z])"
    spelled = rf"(?:{one}(?: (?:hundred|thousand)(?:(?: and)? {one})?){{0,2}}|"
    spelled += rf"(?:hundred|thousand)(?:(?: and)? {one})?(?![a-z]))"
    amount = rf"(?:{_DIGITS}|{spelled})"
    return re.compile(
        rf"{_BETWEEN}(?:(?P<money>{_BEFORE}) ?(?P<m1>{amount})(?:{_JOIN}(?:{_BEFORE})? ?(?P<m2>{amount}))?"
        rf"|(?<![\w.,$#:-])(?P<n1>{amount})(?:{_JOIN}(?P<n2>{amount}))?(?: |-)?"
        rf"(?P<unit>{_AFTER}|(?:more |further |full )?(?:{_UNIT})(?!\w)))"
    )


def _foreign(unit: str) -> bool:
    """Units that are English words of another meaning, or none: read only in their own language."""
    return unit.strip() in _SHORT_UNITS - {"mins", "min", "secs", "sec"}


@cache
def _dimension(unit: str) -> tuple[str, float]:
    unit = re.sub(r"^(?:more|further|full|whole|calendar) ", "", unit.strip())
    for named, dimension, factor in _UNITS:
        if re.fullmatch(named, unit):
            return dimension, factor
    return "money", 1.0


@cache
def _currency(unit: str) -> str:
    return next((name for name, pattern in _CURRENCIES.items() if re.search(pattern, unit.strip())), "")


def _opened(one: Quantity, text: str) -> Quantity:
    """With the comparator that the words around it give."""
    before, after = text[max(0, one.start - _SIGHT) : one.start], text[one.end : one.end + _SIGHT]
    about = _ABOUT.search(before) is not None
    if one.comparator == "point":
        if one.dimension in DURATIONS and before.endswith("for "):
            return replace(one, low=0.0, comparator="at most", about=about)
        if _AFTER_MOST.match(after) or _AT_MOST.search(before):
            return replace(one, low=0.0, comparator="at most", about=about)
        if _AFTER_LEAST.match(after) or _AT_LEAST.search(before):
            return replace(one, high=inf, comparator="at least", about=about)
    return replace(one, about=about) if about else one


def _times(text: str) -> Iterator[Quantity]:
    hits = list(_TIME.finditer(text))
    place = 0
    while place < len(hits):
        hit = hits[place]
        value, end = _clock(hit), hit.end()
        after = hits[place + 1] if place + 1 < len(hits) else None
        if after is not None and re.fullmatch(
            r" ?(?:to|-|and|until|till|tot|bis) ?", text[end : after.start()]
        ):
            yield Quantity(
                hit.start(),
                after.end(),
                value,
                _clock(after),
                "time",
                text[hit.start() : after.end()],
                "range",
            )
            place += 2
            continue
        yield _clocked(Quantity(hit.start(), end, value, value, "time", hit.group()), text)
        place += 1


def _clocked(one: Quantity, text: str) -> Quantity:
    before = text[max(0, one.start - _SIGHT) : one.start]
    if re.search(r"\b(?:until|till|before|by|up to|closes? at|ends? at|no later than) ?$", before):
        return replace(one, low=0.0, comparator="at most")
    if re.search(r"\b(?:from|after|starts? at|opens? at|begins? at|as of|starting) ?$", before):
        return replace(one, high=inf, comparator="at least")
    return one


def _clock(hit: re.Match[str]) -> float:
    if hit["noon"]:
        return 24.0 if hit["noon"] == "midnight" else 12.0
    hours = float(hit["h"] or hit["h2"]) + float(hit["m"] or 0) / 60
    half = hit["ap1"] or hit["ap2"]
    if half == "p" and hours < 12:  # noqa: PLR2004 - noon
        hours += 12
    elif half == "a" and hours >= 12:  # noqa: PLR2004 - noon
        hours -= 12
    return hours


@cache
def _counted() -> re.Pattern[str]:
    words = "|".join(word for word in _SMALL if word not in ("half", "couple", "zero"))
    return re.compile(
        rf"(?<![\w.,$#:/-])(?P<n>\d{{1,3}}|{words}|couple of) (?:(?:of the|more|further|small|large|full|"
        rf"checked|"
        r"free|recent|clear) )?(?P<noun>[a-z]{3,}s|people|children|photo|bag)\b"
    )


def _counts(text: str) -> Iterator[Quantity]:
    from models.stems import stem

    for hit in _counted().finditer(text):
        noun = hit["noun"]
        if noun in _NOT_COUNTED or noun.endswith("ss"):
            continue
        value = number(hit["n"].removesuffix(" of"))
        yield _opened(
            Quantity(hit.start(), hit.end(), value, value, f"count {stem(noun)}", hit.group()), text
        )
