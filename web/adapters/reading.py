"""Fields of foreign payloads, read with the place named when one is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.errors import InputError
from models.records import Channel
from web.live_contacts import Arrival

_LONGEST_TEXT = 50_000
_LONGEST_ID = 256
_LATEST_MS = 10**14


@dataclass(frozen=True, slots=True)
class Fed:
    """What a payload says of one contact."""

    contact: str
    arrivals: tuple[Arrival, ...] = ()
    """In the order of the payload."""
    agent: str = ""
    channel: Channel = "voice"
    ended: bool = False
    """The source has stopped listening."""


def mapping(holder: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    """An object that must be there.

    Raises:
        InputError: It is not.
    """
    value = holder.get(name)
    if not isinstance(value, Mapping):
        raise InputError(f"{where}{name}: an object is wanted")
    return value


def listed(holder: Mapping[str, Any], name: str, where: str) -> list[Any]:
    """A list; empty when the field is missing or null.

    Raises:
        InputError: It is something else.
    """
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"{where}{name}: a list is wanted")
    return value


def words(holder: Mapping[str, Any], name: str, where: str) -> str:
    """What was said.

    Raises:
        InputError: It is missing, no text, or too long.
    """
    value = holder.get(name)
    if not isinstance(value, str):
        raise InputError(f"{where}{name}: text is wanted")
    if len(value) > _LONGEST_TEXT:
        raise InputError(f"{where}{name}: longer than {_LONGEST_TEXT} characters")
    return value


def identity(holder: Mapping[str, Any], name: str, where: str, *, needed: bool = True) -> str:
    """An id; empty when it is missing and not needed.

    Raises:
        InputError: It is missing, or no text of 1-256 printable characters.
    """
    value = holder.get(name)
    if value in (None, "") and not needed:
        return ""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or not value.isprintable():
        raise InputError(f"{where}{name}: an id of 1 to {_LONGEST_ID} printable characters is wanted")
    return value


def milliseconds(holder: Mapping[str, Any], name: str, where: str) -> float | None:
    """A time of milliseconds; None when it is missing.

    Raises:
        InputError: It is no number, below 0, or beyond the year 5000.
    """
    value = number(holder, name, where)
    if value is not None and not 0 <= value <= _LATEST_MS:
        raise InputError(f"{where}{name}: is out of range")
    return value


def number(holder: Mapping[str, Any], name: str, where: str) -> float | None:
    """A number, also when it was written as text; None when it is missing.

    Raises:
        InputError: It is none.
    """
    value = holder.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise InputError(f"{where}{name}: a number is wanted")
    try:
        made = float(value)
    except (ValueError, OverflowError):
        raise InputError(f"{where}{name}: a number is wanted") from None
    if not math.isfinite(made):
        raise InputError(f"{where}{name}: a number is wanted")
    return made


def share(holder: Mapping[str, Any], name: str, where: str) -> float | None:
    """A confidence in [0, 1]; None when it is missing or of another scale."""
    value = number(holder, name, where)
    return value if value is not None and 0 <= value <= 1 else None


def moment(holder: Mapping[str, Any], name: str, where: str) -> datetime | None:
    """A time in ISO 8601 with its zone; None when it is missing.

    Raises:
        InputError: It is none.
    """
    value = holder.get(name)
    if value in (None, ""):
        return None
    try:
        made = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InputError(f"{where}{name}: a time such as 2026-03-31T09:00:00Z is wanted") from None
    if made.tzinfo is None:
        raise InputError(f"{where}{name}: the time needs its zone, such as Z")
    return made


def language(holder: Mapping[str, Any], name: str) -> str | None:
    """A BCP 47 tag; None when there is none that looks like one."""
    value = holder.get(name)
    if not isinstance(value, str) or not 1 < len(value) <= 20 or not value.isascii():  # noqa: PLR2004 - lengths of tags
        return None
    return value if value.replace("-", "").isalnum() else None
