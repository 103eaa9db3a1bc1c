"""WhatsApp exports: `[23/11/24, 13:05:10] Ana: text` and `23/11/24, 13:05 - Ana: text`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from models.patterns import pattern
from models.records import ReadWarning
from qa.readers.drafts import Draft, Said
from qa.readers.times import to_24_hours

_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202c\ufeff"))
_LINE = pattern(
    r"\[?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}),?\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"(?:\s*([apAP])\.?\s?[mM]\.?)?(?:\]\s*|\s+-\s+)(?:([^:\n]{1,60}):\s)?(.*)\Z",
)
_MEDIA = pattern(
    r"(?:<[^<>]{3,40}(?:omitted|weggelassen|omitido|omis|omesso|weggelaten|attached)[^<>]{0,60}>"
    r"|(?:image|video|audio|sticker|gif|document|contact card) omitted)\Z",
    re.IGNORECASE,
)
_SHARE = 0.6
_READ_FOR_ORDER = 5_000


@dataclass(frozen=True, slots=True)
class _Message:
    date: tuple[int, int, int]
    time: tuple[int, int, int]
    half: str
    who: str
    text: str


def is_whatsapp(text: str) -> bool:
    """Whether 60 % of the first lines look like messages (a long message may run over lines)."""
    lines = [line for line in text[:20_000].translate(_MARKS).split("\n") if line.strip()][:200]
    return bool(lines) and sum(bool(_LINE.match(line)) for line in lines) >= _SHARE * len(lines)


def read_whatsapp(text: str) -> Draft:
    """One contact; day or month first is decided over the whole file, and said when it cannot be."""
    messages = list(_messages(text.translate(_MARKS)))
    day_first, certain = _day_first(messages)
    warnings = []
    if not certain:
        order = "day" if day_first else "month"
        note = f"day or month first cannot be told from this file; read as {order} first: check the dates"
        warnings.append(ReadWarning("date-order-assumed", note))
    said, events = [], []
    unread = 0
    for message in messages:
        at = _at(message, day_first=day_first)
        unread += at is None
        if not message.who or _MEDIA.match(message.text.strip()):
            kind = "media" if message.who else "system"
            events.append({"type": kind, "at": at.isoformat() if at else None})
        else:
            said.append(Said(message.text, message.who, at=at))
    if unread:
        warnings.append(ReadWarning("time-unread", f"{unread} dates could not be read"))
    return Draft(
        said,
        channel="whatsapp",
        speaker_from="label",
        metadata={"events": events} if events else {},
        warnings=tuple(warnings),
    )


def _messages(text: str) -> Iterator[_Message]:
    open_message: _Message | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        if not match:
            lines.append(line)
            continue
        if open_message:
            yield _with_text(open_message, lines)
        first, second, third, hour, minute, second_of = (
            int(part or 0) for part in match.group(1, 2, 3, 4, 5, 6)
        )
        who, words = (match.group(8) or "").strip(), match.group(9)
        open_message = _Message(
            (first, second, third), (hour, minute, second_of), match.group(7) or "", who, words
        )
        lines = []
    if open_message:
        yield _with_text(open_message, lines)


def _with_text(message: _Message, lines: list[str]) -> _Message:
    text = "\n".join([message.text, *lines]).strip()
    return _Message(message.date, message.time, message.half, message.who, text)


def _day_first(messages: list[_Message]) -> tuple[bool, bool]:
    """Whether the day comes first, and whether that is certain: a part above 12, else the order in time."""
    largest_month, thousand = 12, 1000
    if any(message.date[0] >= thousand for message in messages):
        return True, True  # year first: no question
    firsts = max((message.date[0] for message in messages), default=0)
    seconds = max((message.date[1] for message in messages), default=0)
    if firsts > largest_month or seconds > largest_month:
        return firsts > largest_month, True
    if all(message.date[0] == message.date[1] for message in messages):
        return True, True
    runs = {order: _rises(messages, day_first=order) for order in (True, False)}
    if runs[True] != runs[False]:
        return runs[True], True
    return not any(message.half for message in messages), False


def _rises(messages: list[_Message], *, day_first: bool) -> bool:
    times = [at for message in messages[:_READ_FOR_ORDER] if (at := _at(message, day_first=day_first))]
    return all(a <= b for a, b in pairwise(times))


def _at(message: _Message, *, day_first: bool) -> datetime | None:
    first, second, third = message.date
    thousand, century = 1000, 100
    if first >= thousand:
        year, month, day = first, second, third
    else:
        day, month = (first, second) if day_first else (second, first)
        year = third + 2000 if third < century else third
    hour, minute, second_of = message.time
    try:
        return datetime(
            year, month, day, to_24_hours(hour, message.half or None), minute, second_of, tzinfo=UTC
        ).replace(tzinfo=None)
    except ValueError:
        return None
