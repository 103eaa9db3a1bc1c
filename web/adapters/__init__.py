"""What telephony vendors push, as turns: pure functions from a payload to `Fed` records.

`read(kind, payload)` is the way in. A payload that cannot be used raises an `InputError` that names the
field and never a word of what was said. Nothing here keeps anything: partials and finals carry the ids
by which `web.live_contacts` puts one in the place of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from models.errors import InputError
from web.adapters.contact_lens import from_contact_lens
from web.adapters.genesys import from_genesys
from web.adapters.plain import from_plain
from web.adapters.reading import Fed
from web.adapters.twilio import from_twilio

__all__ = ["ADAPTERS", "Fed", "read"]

ADAPTERS: dict[str, Callable[..., list[Fed]]] = {
    "contact-lens": from_contact_lens,
    "genesys": from_genesys,
    "twilio": from_twilio,
    "plain": from_plain,
}


def read(kind: str, payload: Mapping[str, Any], *, contact: str = "", customer: str = "inbound") -> list[Fed]:
    """What a payload says, contact by contact; empty for keep-alives and the like.

    Args:
        kind: A name in `ADAPTERS`.
        payload: Decoded JSON, or the fields of a form.
        contact: Id of the contact, for payloads that do not name it.
        customer: Twilio: which track is the customer's, `inbound` or `outbound`.

    Raises:
        InputError: No such kind, or the payload is not of it; names the field.
    """
    if kind not in ADAPTERS:
        raise InputError(f"feed: unknown kind; known are {', '.join(ADAPTERS)}")
    if not isinstance(payload, Mapping):
        raise InputError("feed: the payload must be a JSON object")
    if kind == "twilio":
        return from_twilio(payload, customer=customer)
    return ADAPTERS[kind](payload, contact=contact)
