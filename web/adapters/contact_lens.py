"""Amazon Connect Contact Lens, in real time.

Taken: a record of the Kinesis segment stream (`EventType` STARTED, SEGMENTS, COMPLETED, FAILED), a Lambda
event with such records (`Records[].kinesis.data`), and the answer of `ListRealtimeContactAnalysisSegments`
(voice) and its V2 (chat), which do not name the contact. A segment is one of `Transcript` (final),
`Utterance` (partial, to be replaced by the transcript whose id it names); `Categories`, `PostContactSummary`
and whatever comes later are passed over.

Source:
    docs.aws.amazon.com/connect, "Data model for conversational analytics segment streams".
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from models.errors import InputError
from models.records import Channel, Speaker, Turn
from web.adapters.reading import Fed, identity, language, listed, mapping, milliseconds, moment, words
from web.live_contacts import Arrival

_SPEAKERS: dict[str, Speaker] = {
    "AGENT": "agent",
    "CUSTOMER": "customer",
    "SYSTEM": "system",
    "CUSTOM_BOT": "bot",
    "SUPERVISOR": "supervisor",
}
_CHANNELS: dict[str, Channel] = {"VOICE": "voice", "CHAT": "chat"}
_EVENTS = ("STARTED", "SEGMENTS", "COMPLETED", "FAILED")
_MOST_RECORDS = 500


def from_contact_lens(payload: Mapping[str, Any], *, contact: str = "") -> list[Fed]:
    """Turns of one record, or of all records of a Lambda event.

    Args:
        payload: See the module.
        contact: Id of the contact, for answers of the API, which do not name it.

    Raises:
        InputError: A field is missing or wrong; it is named, its value is not.
    """
    if "Records" not in payload:
        return [_one(payload, contact, "")]
    records = listed(payload, "Records", "")
    if len(records) > _MOST_RECORDS:
        raise InputError(f"Records: more than {_MOST_RECORDS} at a time")
    return [
        _one(_decoded(record, f"Records.{place}."), contact, f"Records.{place}.")
        for place, record in enumerate(records)
    ]


def _decoded(record: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise InputError(f"{where.rstrip('.')}: an object is wanted")
    data = words(mapping(record, "kinesis", where), "data", f"{where}kinesis.")
    try:
        decoded = json.loads(base64.b64decode(data, validate=True))
    except (ValueError, RecursionError):
        raise InputError(f"{where}kinesis.data: JSON in base64 is wanted") from None
    if not isinstance(decoded, Mapping):
        raise InputError(f"{where}kinesis.data: an object is wanted")
    return decoded


def _one(payload: Mapping[str, Any], contact: str, where: str) -> Fed:
    event = payload.get("EventType", "SEGMENTS")
    if event not in _EVENTS:
        raise InputError(f"{where}EventType: one of {', '.join(_EVENTS)} is wanted")
    if "EventType" not in payload and "Segments" not in payload:
        raise InputError(f"{where}EventType: is missing, and there are no Segments")
    id = identity(payload, "ContactId", where, needed=not contact) or contact
    tongue = language(payload, "LanguageCode")
    arrivals: list[Arrival] = []
    segments = listed(payload, "Segments", where)
    for place, segment in enumerate(segments):
        at = f"{where}Segments.{place}."
        if not isinstance(segment, Mapping):
            raise InputError(f"{at.rstrip('.')}: an object is wanted")
        for kind in ("Transcript", "Utterance"):
            if segment.get(kind) is not None:
                said = mapping(segment, kind, at)
                arrivals.append(_arrival(kind, said, f"{at}{kind}.", tongue))
    channel = payload.get("Channel")
    return Fed(
        id,
        tuple(arrivals),
        channel=_CHANNELS.get(channel, "voice") if isinstance(channel, str) else "voice",
        ended=event in ("COMPLETED", "FAILED"),
    )


def _arrival(kind: str, said: Mapping[str, Any], where: str, tongue: str | None) -> Arrival:
    final = kind == "Transcript"
    role = said.get("ParticipantRole") or said.get("ParticipantId")
    start, end = milliseconds(said, "BeginOffsetMillis", where), milliseconds(said, "EndOffsetMillis", where)
    if start is not None and end is not None and end < start:
        raise InputError(f"{where}EndOffsetMillis: is before BeginOffsetMillis")
    when = said.get("Time")
    absolute = moment(when, "AbsoluteTime", f"{where}Time.") if isinstance(when, Mapping) else None
    turn = Turn(
        speaker=_SPEAKERS.get(role, "unknown") if isinstance(role, str) else "unknown",
        text=words(said, "Content" if final else "PartialContent", where),
        start_s=None if start is None else start / 1000,
        end_s=None if end is None else end / 1000,
        at=absolute or moment(said, "AbsoluteTime", where),
        language=tongue,
        id=identity(said, "Id" if final else "TranscriptId", where),
        participant=identity(said, "ParticipantId", where, needed=False) or None,
    )
    return Arrival(turn, final)
