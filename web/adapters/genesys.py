"""Genesys Cloud transcription notifications, topic `v2.conversations.{id}.transcription`.

Taken: the notification with its `topicName`, the same inside an EventBridge event's `detail`, and a bare
`eventBody`. Heartbeats and messages that carry only a status give nothing. Of several alternatives the
first counts; Genesys sends one.

Source:
    developer.genesys.cloud, "Transcription notifications"; the public SDKs' `TranscriptionTopic…` models.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models.errors import InputError
from models.records import Speaker, Turn
from web.adapters.reading import Fed, identity, language, listed, mapping, milliseconds, share, words
from web.live_contacts import Arrival

_SPEAKERS: dict[str, Speaker] = {"EXTERNAL": "customer", "INTERNAL": "agent"}
_TOPIC = ("v2.conversations.", ".transcription")


def from_genesys(payload: Mapping[str, Any], *, contact: str = "") -> list[Fed]:
    """Turns of one notification.

    Args:
        payload: See the module.
        contact: Used when the body names no conversation.

    Raises:
        InputError: A field is missing or wrong; it is named, its value is not.
    """
    outer = mapping(payload, "detail", "") if "detail" in payload else payload
    where = "detail." if "detail" in payload else ""
    topic = outer.get("topicName")
    if isinstance(topic, str) and not (topic.startswith(_TOPIC[0]) and topic.endswith(_TOPIC[1])):
        return []  # heartbeats, and whatever else the channel carries
    if "eventBody" in outer:
        body, where = mapping(outer, "eventBody", where), f"{where}eventBody."
    else:
        body = outer
    id = identity(body, "conversationId", where, needed=not contact) or contact
    arrivals: list[Arrival] = []
    for place, said in enumerate(listed(body, "transcripts", where)):
        at = f"{where}transcripts.{place}."
        if not isinstance(said, Mapping):
            raise InputError(f"{at.rstrip('.')}: an object is wanted")
        alternatives = listed(said, "alternatives", at)
        if not alternatives:
            continue
        if not isinstance(alternatives[0], Mapping):
            raise InputError(f"{at}alternatives.0: an object is wanted")
        arrivals.append(_arrival(body, said, alternatives[0], where, at))
    status = body.get("status")
    state = status.get("status") if isinstance(status, Mapping) else status
    return [Fed(id, tuple(arrivals), ended=state == "SESSION_ENDED")]


def _arrival(
    body: Mapping[str, Any], said: Mapping[str, Any], best: Mapping[str, Any], where: str, at: str
) -> Arrival:
    inner = f"{at}alternatives.0."
    decorated = best.get("decoratedTranscript")
    text = words(best, "decoratedTranscript" if isinstance(decorated, str) else "transcript", inner)
    offset, lasted = milliseconds(best, "offsetMs", inner), milliseconds(best, "durationMs", inner)
    began = milliseconds(body, "transcriptionStartTimeMs", where)
    session = milliseconds(body, "sessionStartTimeMs", where)
    start = None
    if offset is not None:
        # Offsets count from where transcription began, which may be after the session.
        lead = began - session if began is not None and session is not None and began >= session else 0.0
        start = (offset + lead) / 1000
    final = said.get("isFinal", True)
    if not isinstance(final, bool):
        raise InputError(f"{at}isFinal: true or false is wanted")
    channel = said.get("channel")
    turn = Turn(
        speaker=_SPEAKERS.get(channel, "unknown") if isinstance(channel, str) else "unknown",
        text=text,
        start_s=start,
        end_s=start + lasted / 1000 if start is not None and lasted is not None else None,
        at=datetime.fromtimestamp((began + offset) / 1000, UTC)
        if began is not None and offset is not None
        else None,
        language=language(said, "dialect"),
        confidence=share(best, "confidence", inner),
        id=identity(said, "utteranceId", at),
    )
    return Arrival(turn, final)
