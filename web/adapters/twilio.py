"""Twilio Real-Time Transcriptions: the form that its status callback posts.

`transcription-content` with `Final=true` is a turn. Partial results are passed over: Twilio gives them no
id that the final would share, so they could never be replaced. Which track is the customer's depends on
who called whom and is the deployer's to say.

Source:
    www.twilio.com/docs, "TwiML Voice: <Transcription>" and "Webhooks security".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from models.errors import InputError
from models.records import Speaker, Turn
from web.adapters.reading import Fed, identity, language, moment, share, words
from web.live_contacts import Arrival

_EVENTS = ("transcription-started", "transcription-content", "transcription-stopped", "transcription-error")
_TRACKS = ("inbound_track", "outbound_track")


def from_twilio(payload: Mapping[str, Any], *, customer: str = "inbound") -> list[Fed]:
    """The turn of one callback.

    Args:
        payload: The fields of the form.
        customer: `inbound` or `outbound`: the customer's track. A customer who called in is inbound.

    Raises:
        InputError: A field is missing or wrong; it is named, its value is not.
    """
    if f"{customer}_track" not in _TRACKS:
        raise InputError("customer: inbound or outbound is wanted")
    event = payload.get("TranscriptionEvent")
    if event not in _EVENTS:
        raise InputError(f"TranscriptionEvent: one of {', '.join(_EVENTS)} is wanted")
    contact = identity(payload, "CallSid", "")
    if event != "transcription-content":
        return [Fed(contact, ended=event == "transcription-stopped")]
    final = str(payload.get("Final", "true")).lower()
    if final not in ("true", "false"):
        raise InputError("Final: true or false is wanted")
    if final == "false":
        return [Fed(contact)]
    track = payload.get("Track")
    if track not in _TRACKS:
        raise InputError(f"Track: one of {', '.join(_TRACKS)} is wanted")
    data = _data(payload)
    speaker: Speaker = "customer" if track == f"{customer}_track" else "agent"
    turn = Turn(
        speaker=speaker,
        text=words(data, "transcript", "TranscriptionData."),
        at=moment(payload, "Timestamp", ""),
        language=language(payload, "LanguageCode"),
        confidence=share(data, "confidence", "TranscriptionData."),
        id=f"{identity(payload, 'TranscriptionSid', '')}:{identity(payload, 'SequenceId', '')}",
        participant=str(track),
    )
    return [Fed(contact, (Arrival(turn),))]


def _data(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        data = json.loads(words(payload, "TranscriptionData", ""))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, Mapping):
        raise InputError("TranscriptionData: a JSON object is wanted")
    return data


def is_signed(url: str, fields: Iterable[tuple[str, str]], signature: str, tokens: Iterable[str]) -> bool:
    """Whether `X-Twilio-Signature` was made for this very request by one of the accounts.

    Args:
        url: The address as Twilio called it, with its query.
        fields: Names and values of the form, repeated names repeated.
        signature: What the header says.
        tokens: Auth tokens of the deployer's Twilio accounts.
    """
    whole = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    right = [_signature(whole, token) for token in tokens]
    return any([hmac.compare_digest(one.encode(), signature.encode()) for one in right])  # noqa: C419 - all are compared


def _signature(whole: str, token: str, how: Literal["sha1"] = "sha1") -> str:
    """HMAC-SHA1 is what Twilio signs with; as a keyed hash it is sound."""
    return base64.b64encode(hmac.digest(token.encode(), whole.encode(), getattr(hashlib, how))).decode()
