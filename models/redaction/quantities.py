"""Written figures that are no secret by their shape: dates, times, prices, decimals, network addresses."""

from __future__ import annotations

import re

from models.patterns import pattern

_OPAQUE = pattern(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,128})(?![0-9a-z])"
)
"""Identifiers of machines: UUIDs and hashes."""
_CURRENCY = pattern(r"[$€£¥₹][ ]?$")
_PRICE = pattern(r"[0-9]{1,9}(?:[.,'][0-9]{1,3}){0,4}(?![0-9])")
_SHAPES = pattern(
    r"""
    (?P<ymd>(?<![0-9./-])(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9]|[./-][0-9]))
  | (?P<dmy>(?<![0-9./-])[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}
       (?![0-9]|[./-][0-9]|[ ][0-9]{1,2}[.-][0-9]))
  | (?P<ip>(?<![0-9.])(?<![0-9][ ])[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|[. ][0-9]))
  | (?P<time>(?<![0-9:])(?:[01]?[0-9]|2[0-4]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?![0-9]|:[0-9]))
  | (?P<month>(?<![0-9/])(?:0?[1-9]|1[0-2])/(?:20)?[0-9]{2}(?![0-9]|/[0-9]))
  | (?P<thousands>(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3}){1,2}(?:\.[0-9]{1,2})?(?![0-9]|,[0-9]))
  | (?P<punkt>(?<![0-9.,])[0-9]{1,3}(?:\.[0-9]{3}){1,2},[0-9]{1,2}(?![0-9]|[.,][0-9]))
  | (?P<decimal>(?<![0-9.,])(?<![0-9][ ])[0-9]{1,7}[.,][0-9]{1,2}(?![0-9]|[.,][0-9]|[ ][0-9]))
  | (?P<percent>(?<![0-9.,])[0-9]{1,6}(?:[.,][0-9]{1,4})?[ ]?%)
  | (?P<ratio>(?<![0-9/])24/7(?![0-9/]))
    """,
    re.VERBOSE,
)

_MONTHS, _DAYS, _OCTET = 12, 31, 255

UNITS = frozenset(
    """
    minute minutes min mins hour hours hr hrs second seconds sec secs day days week weeks month
    months year years yr yrs decade decades night nights business working calendar moment percent
    percentage per dollar dollars buck bucks euro euros pound pounds quid cent cents pence penny kr
    kroner krone rupee rupees peso pesos yen franc francs usd eur gbp inr php nok sek dkk chf cad
    aud zloty gb mb tb kb gigabyte gigabytes megabyte megabytes gig gigs mbps kbps gbps kwh kw wh
    watts watt volts volt kg kgs kilo kilos grams gram g km kms kilometers kilometres kilometer
    miles mile meters metres meter metre cm mm inch inches feet foot ft lbs lb ounces oz litres
    liters litre liter ml cubic square units unit items item times time people persons person
    customers employees users guests am pm a.m p.m o'clock oclock degrees pixels points stars star
    percent bps degree steps step pages page copies pieces piece boxes box bags bag cases packs pack
    pairs thousand million millions billion k customers calls orders tickets transactions records
    rows contacts seats rooms nights adults children kids attempts minuten stunden uur uren dagen
    weken maanden jaar tage tagen wochen monate jahre euros horas días dias semanas meses años timer
    dager uker måneder år minutter prozent procent porciento por prosent things questions options
    ways devices lines st nd rd th
    """.split()
)
"""After one of these words a number before it is a quantity: "45 minutes", "30 days", "one of the four"."""


def opaque(text: str) -> list[tuple[int, int]]:
    """Half-open ranges that are identifiers of machines; a run of twelve digits in a hash makes it none."""
    found = []
    for match in _OPAQUE.finditer(text):
        words = match.group()
        if "-" in words or not (words.isdigit() or words.isalpha() or re.search("[0-9]{12}", words)):
            found.append(match.span())
    return found


def quantity_at(text: str, start: int) -> int:
    """Where the date, time, amount or network address ends whose first digit stands at `start`; 0 if none."""
    if _CURRENCY.search(text, max(0, start - 2), start):
        price = _PRICE.match(text, start)
        if price:
            return price.end()
    match = _SHAPES.match(text, start)
    if match is None:
        return 0
    shape, words = match.lastgroup, match.group()
    if shape in ("dmy", "ymd") and not _dated(words, year_first=shape == "ymd"):
        return 0
    if shape == "ip" and any(int(part) > _OCTET for part in words.split(".")):
        return 0
    return match.end()


def _dated(words: str, *, year_first: bool) -> bool:
    """Whether three written groups can be a day, a month and a year, in any usual order."""
    first, second, third = (int(part) for part in re.split(r"[./-]", words))
    if year_first:
        first, third = third, first
    low, high = sorted((first, second))
    return 1 <= low <= _MONTHS and low <= high <= _DAYS
