"""Times as sources write them, to seconds and datetimes. What cannot be read is None, never a guess."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from models.patterns import pattern

_CLOCK = pattern(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,9})?)\Z")
_LENGTH = pattern(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+(?:[.,]\d+)?)\s*s(?:ec)?)?\Z")
_DATE = pattern(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})[,\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([ap])\.?m\.?)?\Z"
)
_FIRST_EPOCH_S = 1e8
"""1973: a smaller number is an offset, not a date."""
_LONGEST_TIME = 100
"""A longer text is no time."""
_MILLISECONDS, _MICROSECONDS = 1e11, 1e14


def number(value: object) -> float | None:
    """A finite number out of a number or a string of one (decimal comma too), else None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        value = value.strip().replace(",", ".") if value.count(",") == 1 else value.strip()
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def seconds(value: object, *, per_second: float = 1.0) -> float | None:
    """Seconds out of a number in units of `per_second`, `1:02.5`, `00:01:02`, `1m 2s` or a timedelta."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    found = number(value)
    if found is not None:
        return found / per_second
    return clock(value) if isinstance(value, str) else None


def clock(text: str) -> float | None:
    """Seconds out of `mm:ss`, `hh:mm:ss.mmm` or `1m 13s`, else None."""
    text = text.strip()
    if len(text) > _LONGEST_TIME:
        return None
    match = _CLOCK.match(text)
    if match:
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    match = _LENGTH.match(text.casefold()) if text else None
    if match and any(match.groups()):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float((rest or "0").replace(",", "."))
    return None


def moment(value: object) -> datetime | None:
    """A datetime out of ISO 8601, RFC 2822 or an epoch in s, ms or µs; naive when no zone is given."""
    if isinstance(value, datetime):
        return value
    found = number(value)
    try:
        if found is not None:
            return _epoch(found)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TIME:
            return None
        text = value.strip().removesuffix(" UTC")
        assumed = UTC if text != value.strip() else None
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            return _by_parts(text) or parsedate_to_datetime(text)
        return read.replace(tzinfo=assumed) if assumed and read.tzinfo is None else read
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None


def _epoch(value: float) -> datetime | None:
    if value < _FIRST_EPOCH_S:
        return None
    unit = 1e6 if value >= _MICROSECONDS else 1e3 if value >= _MILLISECONDS else 1.0
    return datetime.fromtimestamp(value / unit, UTC)


def _by_parts(text: str) -> datetime | None:
    """`23/11/2024 13:05` when day and month can be told apart, else None."""
    match = _DATE.match(text.casefold())
    if not match:
        return None
    first, second, third = (int(part) for part in match.group(1, 2, 3))
    hour = to_24_hours(int(match.group(4)), match.group(7))
    rest = (hour, int(match.group(5)), int(match.group(6) or 0))
    largest_month, thousand = 12, 1000
    if first >= thousand:
        return datetime(first, second, third, *rest)  # noqa: DTZ001 - naive: the source gives no zone
    if first > largest_month or first == second:
        return datetime(_year(third), second, first, *rest)  # noqa: DTZ001 - as above
    if second > largest_month:
        return datetime(_year(third), first, second, *rest)  # noqa: DTZ001 - as above
    return None


def _year(value: int) -> int:
    century = 100
    return value + 2000 if value < century else value


def to_24_hours(hour: int, half: str | None) -> int:
    """The hour on a 24-hour clock; `half` is `a`, `p` or None."""
    noon = 12
    if half is None:
        return hour
    return hour % noon + (noon if half.casefold().startswith("p") else 0)
