"""By when: the words of a sentence that name a time, and the moment they mean.

Everything here reads folded text (`models.folding.fold`). A day without an hour is over at 23:59, a
morning at 12:00, an afternoon at 18:00, an evening at 22:00, business at 17:00; of a range the later end
counts; business days are Monday to Friday, holidays are not known. "Next Tuesday" is the Tuesday of next
week, "Tuesday" the first one after today. Where words give no moment ("in a few days") there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from knowledge_base.quantities import DURATIONS, number, quantities

_LAST = time(23, 59)
_CLOSE = time(17, 0)
_WEEK, _FRIDAY, _SUNDAY = 7, 4, 6
_NOON = 12
_OFFICE = 7
"""Hours up to which a bare "at 5" is in the afternoon."""
_ONE = (
    r"(?P<n>half an?|an?(?: couple of)?|one|couple of|een|half|anderhalf|eine[rmn]?|halben?|una?|media|"
    r"en|ett|et|en halv) "
    r"(?:(?P<business>business|working|work) )?(?P<unit>minute?n?|minuut|minuten?|minutos?|"
    r"minutt|hours?|uur|stunden?|horas?|time|days?|dag|tag(?:es)?|dia|weeks?|week|woche|semana|uke|months?|maand|monats?|mes|maned)\b"
)
_UNITS = (
    (r"min", "minutes"),
    (r"hour|uur|stund|hora|time", "hours"),
    (r"day|dag|tag|dia", "days"),
    (r"week|woche|semana|uke", "weeks"),
    (r"m[ao]n|mes|maand", "months"),
)
_HALF = {"half a", "half an", "half", "halbe", "halben", "media", "en halv"}


@dataclass(frozen=True, slots=True)
class When:
    """Words that name a time, and the moment by which it is over."""

    start: int
    end: int
    due: datetime | None
    """None: the words give no moment, or there is no clock to count from."""
    near: bool = False
    """A matter of minutes: within the contact, not after it."""


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    day: date | None = None
    hour: time | None = None
    moment: datetime | None = None
    near: bool = False


def find_when(text: str, now: datetime | None, language: str = "en") -> When | None:
    """The time that a folded sentence names, if any; day and hour are put together.

    Args:
        text: Folded.
        now: When it was said; None: only the words are found.
        language: One of en, nl, de, es, nb; others are read as English.

    Example:
        >>> found = find_when("i'll call by tomorrow 5 pm", datetime(2026, 3, 4, 10, 30))
        >>> found.due.isoformat()
        '2026-03-05T17:00:00'
    """
    clock = now or datetime(2001, 1, 3, 0, 0)  # noqa: DTZ001 - a stand-in whose results are thrown away
    words = _words(language)
    pieces = sorted(_pieces(text, clock, words), key=lambda piece: (piece.start, -piece.end))
    kept: list[_Piece] = []
    for piece in pieces:
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
    few = re.search(rf"(?:\b{words['within']} )?\b(?:{words['few']})\b", text)
    if not kept:
        near = few is not None and re.search(r"minut", few[0]) is not None
        return When(few.start(), few.end(), None, near) if few is not None else None
    start, end = kept[0].start, kept[-1].end
    due, near = _put_together(kept, clock)
    return When(start, end, due if now is not None else None, near)


def _put_together(pieces: list[_Piece], now: datetime) -> tuple[datetime | None, bool]:
    days = [piece.day for piece in pieces if piece.day is not None]
    hours = [piece.hour for piece in pieces if piece.hour is not None]
    moments = [piece.moment for piece in pieces if piece.moment is not None]
    if days or hours:
        hour = hours[-1] if hours else _LAST
        if days:
            return datetime.combine(days[-1], hour, tzinfo=now.tzinfo), False
        today = datetime.combine(now.date(), hour, tzinfo=now.tzinfo)
        return today if today > now else today + timedelta(days=1), False
    near = all(piece.near for piece in pieces)
    return (max(moments) if moments else None), near


def _pieces(text: str, now: datetime, words: dict[str, Any]) -> Iterator[_Piece]:
    yield from _durations(text, now, words)
    yield from _days(text, now.date(), words)
    yield from _hours(text, words)


def _durations(text: str, now: datetime, words: dict[str, Any]) -> Iterator[_Piece]:
    before = re.compile(rf"\b{words['within']} (?:an? )?$")
    after = re.compile(rf" {words['after']}\b") if "after" in words else None
    found = [
        (one.start, one.end, one.dimension, one.high)
        for one in quantities(text, words["language"])
        if one.dimension in DURATIONS
    ]
    for hit in re.finditer(_ONE, text):
        if not any(hit.start() < end and start < hit.end() for start, end, *_ in found):
            found.append((hit.start(), hit.end(), *_one(hit)))
    for start, end, dimension, amount in found:
        opening = before.search(text[:start])
        closing = after.match(text, end) if after is not None else None
        if (opening is None and closing is None) or amount == float("inf"):
            continue
        first = opening.start() if opening is not None else start
        last = closing.end() if closing is not None else end
        near = dimension == "minutes" and amount <= 10  # noqa: PLR2004 - as long as somebody may be asked to hold
        yield _Piece(first, last, moment=_later(now, dimension, amount), near=near)


def _one(hit: re.Match[str]) -> tuple[str, float]:
    amount = (
        0.5 if hit["n"] in _HALF else 1.5 if hit["n"] == "anderhalf" else 2.0 if "couple" in hit["n"] else 1.0
    )
    unit = next(name for pattern, name in _UNITS if re.match(pattern, hit["unit"]))
    if unit == "weeks":
        return "days", amount * _WEEK
    return ("business days" if hit["business"] and unit == "days" else unit), amount


def _later(now: datetime, dimension: str, amount: float) -> datetime:
    """A moment so much later: hours to the minute, longer ones to the end of their last day."""
    if dimension in ("minutes", "hours"):
        gap = timedelta(minutes=amount) if dimension == "minutes" else timedelta(hours=amount)
        if now.tzinfo is None:
            return now + gap
        return (now.astimezone(UTC) + gap).astimezone(now.tzinfo)  # an hour is an hour, summer time or not
    day = now.date()
    if dimension == "business days":
        left = int(amount)
        while left > 0:
            day += timedelta(days=1)
            left -= day.weekday() <= _FRIDAY
    elif dimension == "months":
        day = _months_later(day, int(amount))
    else:
        day += timedelta(days=int(amount))
    return datetime.combine(day, _LAST, tzinfo=now.tzinfo)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, _last_day(day.year + year, month + 1)))


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _days(text: str, today: date, words: dict[str, Any]) -> Iterator[_Piece]:
    for pattern, gap in words["days"].items():
        for hit in re.finditer(rf"\b{pattern}\b", text):
            yield _Piece(hit.start(), hit.end(), day=today + timedelta(days=gap), hour=None)
    names = words["weekdays"]
    for hit in re.finditer(
        rf"(?:\b(?P<next>{words['next']}) )?\b(?P<day>{'|'.join(names)})s?(?:abend|ochtend|middag)?\b", text
    ):
        wanted = names.index(hit["day"])
        if hit["next"] and words["language"] != "de":
            gap = _WEEK - today.weekday() + wanted
        else:
            gap = (wanted - today.weekday()) % _WEEK or _WEEK
        yield _Piece(hit.start(), hit.end(), day=today + timedelta(days=gap))
    yield from _ends(text, today, words)
    yield from _dates(text, today, words)


def _ends(text: str, today: date, words: dict[str, Any]) -> Iterator[_Piece]:
    """Ends of spans: "the end of the month", "next week", "close of business"."""
    if "business_close" in words:
        for hit in re.finditer(rf"\b(?:{words['business_close']})\b", text):
            yield _Piece(hit.start(), hit.end(), hour=_CLOSE)
    units = words["units"]
    for unit, pattern in units.items():
        for hit in re.finditer(rf"\b{words['end_of']}(?P<unit>{pattern})\b", text):
            yield _Piece(hit.start(), hit.end(), day=_end(today, unit, "next" in hit[0], friday=True))
        for hit in re.finditer(rf"\b(?P<which>{words['next']}|{words['this']}) (?:{pattern})\b", text):
            coming = re.fullmatch(words["next"], hit["which"]) is not None
            if unit != "day" and (coming or hit["which"] in ("this", "deze", "este", "esta", "denne")):
                yield _Piece(hit.start(), hit.end(), day=_end(today, unit, coming))


def _end(today: date, unit: str, coming: bool, *, friday: bool = False) -> date:  # noqa: FBT001 - next or this
    if unit == "day":
        return today
    if unit == "week":
        last = _FRIDAY if friday and today.weekday() <= _FRIDAY else _SUNDAY
        return today + timedelta(days=last - today.weekday() + _WEEK * coming)
    if unit == "year":
        return date(today.year + coming, 12, 31)
    first = _months_later(today.replace(day=1), int(coming))
    return first.replace(day=_last_day(first.year, first.month))


def _dates(text: str, today: date, words: dict[str, Any]) -> Iterator[_Piece]:
    months = words["months"]
    named = "|".join(months)
    for hit in re.finditer(
        rf"\b(?:(?P<m1>{named}) (?:the )?(?P<d1>\d{{1,2}})|"
        rf"(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of| de)? "
        rf"(?P<m2>{named}))(?:st|nd|rd|th)?\b",
        text,
    ):
        day, month = int(hit["d1"] or hit["d2"]), months.index(hit["m1"] or hit["m2"]) + 1
        for year in (today.year, today.year + 1):
            if 1 <= day <= _last_day(year, month) and date(year, month, day) >= today:
                yield _Piece(hit.start(), hit.end(), day=date(year, month, day))
                break
    for hit in re.finditer(r"\b(?:on|by|before|until) the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! of)", text):
        for ahead in (0, 1, 2):
            first = _months_later(today.replace(day=1), ahead)
            if 1 <= int(hit["day"]) <= _last_day(first.year, first.month):
                wanted = first.replace(day=int(hit["day"]))
                if wanted >= today:
                    yield _Piece(hit.start(), hit.end(), day=wanted)
                    break


_SPELT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_CLOCK = (
    r"\b(?P<h>[01]?\d|2[0-3])(?::(?P<m>[0-5]\d))? ?(?P<half>[ap])(?:\.m\.?|m\b)|"
    r"\b(?P<h2>[01]?\d|2[0-3])[:.](?P<m2>[0-5]\d)\b|"
    rf"\b(?P<spelt>{_SPELT}) (?P<half2>[ap])(?:\.m\.?|m\b)|"
    r"\b(?P<noon>noon|midday|midnight|mediodia|mittag(?= ?$)|medianoche)\b"
)
_NO_HOUR = (
    r"(?!\s?[ap]\.?m)(?!\s?(?:business |working )?\w*(?:day|week|hour|minute|month|year|%|dollar|euro|per))"
)
"""What must not follow a bare "at 5", "within 5"."""


def _hours(text: str, words: dict[str, Any]) -> Iterator[_Piece]:
    for hit in re.finditer(_CLOCK, text):
        if hit["noon"]:
            yield _Piece(
                hit.start(),
                hit.end(),
                hour=_LAST if hit["noon"] in ("midnight", "medianoche") else time(_NOON),
            )
            continue
        hour = int(hit["h"] or hit["h2"] or number(hit["spelt"]))
        half = hit["half"] or hit["half2"]
        if half and hour <= _NOON:
            hour = hour % _NOON + (_NOON if half == "p" else 0)
        yield _Piece(hit.start(), hit.end(), hour=time(hour, int(hit["m"] or hit["m2"] or 0)))
    opening = rf"\b{words['clock']} (?P<bare>\d{{1,2}}|{_SPELT})"
    named = rf"(?: {words['hour']}\b)" if "hour" in words else ""
    bare = rf"{opening}(?:{named or '(?:o.clock)?'})(?=$|[\s,.;!]{_NO_HOUR})"
    for hit in re.finditer(bare, text):
        hour = int(number(hit["bare"]))
        if 0 < hour <= _OFFICE and not named:
            hour += _NOON
        if hour < 24:  # noqa: PLR2004 - hours of a day
            yield _Piece(hit.start(), hit.end(), hour=time(hour))
    for pattern, until in words["parts"].items():
        for hit in re.finditer(rf"\b(?:(?:in the|this|am|i|por la) )?(?:{pattern})\b", text):
            yield _Piece(hit.start(), hit.end(), hour=time.fromisoformat(until))


@cache
def _words(language: str) -> dict[str, Any]:
    """The words of `dates.yaml` for a language; English for one that is not in it."""
    import yaml

    known = yaml.safe_load(Path(__file__).with_name("dates.yaml").read_text("utf-8"))
    name = {"no": "nb", "nn": "nb"}.get(language[:2].lower(), language[:2].lower())
    name = name if name in known else "en"
    return {**known[name], "language": "no" if name == "nb" else name}
