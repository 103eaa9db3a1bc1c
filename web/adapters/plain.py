"""A plain turn, for telephony that is told what to send: `{"contact", "turns" | "turn", "agent"…}`.

The turns are those of `POST /contacts/{contact}/turns`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from models.errors import InputError
from models.records import Channel
from web.adapters.reading import Fed, identity
from web.shapes import TurnsIn


def from_plain(payload: Mapping[str, Any], *, contact: str = "") -> list[Fed]:
    """Turns of one contact.

    Args:
        payload: `contact`, `turns` or `turn`, and perhaps `agent`, `channel`, `ended`.
        contact: Used when the payload names none.

    Raises:
        InputError: A field is missing or wrong; it is named, its value is not.
    """
    from pydantic import ValidationError

    from models.codec import field_path

    id = identity(payload, "contact", "", needed=not contact) or contact
    channel = payload.get("channel", "voice")
    if channel not in get_args(Channel):
        raise InputError(f"channel: one of {', '.join(get_args(Channel))} is wanted")
    ended = payload.get("ended", False)
    if not isinstance(ended, bool):
        raise InputError("ended: true or false is wanted")
    said = {name: payload[name] for name in ("turns", "turn") if payload.get(name) is not None}
    if not said and ended:
        return [Fed(id, channel=channel, ended=True)]
    try:
        body = _adapter().validate_python(said)
    except ValidationError as problem:
        places = {
            field_path(error["loc"]) for error in problem.errors(include_input=False, include_url=False)
        }
        raise InputError(f"{', '.join(sorted(places)[:5])}: missing or wrong") from None
    agent = identity(payload, "agent", "", needed=False)
    return [Fed(id, tuple(body.arrivals()), agent=agent, channel=channel, ended=ended)]


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(TurnsIn)
