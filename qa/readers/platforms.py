"""Contact-centre platforms: Genesys Cloud, Google CCAI, Twilio, Verint, Uniphore."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models.records import Speaker
from qa.readers.drafts import Draft, Said, channel_of, kept, rows, under, words
from qa.readers.roles import role_of
from qa.readers.times import moment, number, seconds

_MS, _US = 1000.0, 1e6
_FIRST_EPOCH_US = 1e14
"""1973 in microseconds: a smaller value is an offset."""
_FIRST_EPOCH_MS = 1e11
_PURPOSES: Mapping[str, Speaker] = {
    "external": "customer",
    "customer": "customer",
    "internal": "agent",
    "agent": "agent",
    "user": "agent",
    "acd": "system",
    "ivr": "bot",
    "bot": "bot",
    "voicemail": "system",
}


# -- Genesys ------------------------------------------------------------------------------------


def is_genesys(value: object) -> bool:
    """`transcripts[].phrases`."""
    return any("phrases" in item for item in rows(under(value).get("transcripts")))


def read_genesys(value: Mapping[str, Any]) -> list[Draft]:
    """Every transcript of the file (one per communication or language), in one contact."""
    began = number(value.get("conversationStartTime")) or number(value.get("startTime"))
    transcripts = rows(value["transcripts"])
    stamps = [number(p.get("startTimeMs")) for t in transcripts for p in rows(t.get("phrases"))]
    first = min((stamp for stamp in stamps if stamp is not None), default=None)
    if began is None and first is not None and first >= _FIRST_EPOCH_MS:
        began = first
    said, languages = [], []
    for transcript in transcripts:
        language = words(transcript.get("language")) or None
        languages.append(language)
        for phrase in rows(transcript.get("phrases")):
            start = number(phrase.get("startTimeMs"))
            begins = (
                None if start is None else (start - began) / _MS if began and start >= began else start / _MS
            )
            length = number(under(phrase.get("duration")).get("milliseconds"))
            purpose = words(phrase.get("participantPurpose"))
            ends = None if begins is None or length is None else begins + length / _MS
            said.append(
                Said(
                    words(phrase.get("decoratedText") or phrase.get("text")),
                    _genesys_who(value, purpose, start),
                    _PURPOSES.get(purpose.casefold()) or role_of(purpose),
                    begins,
                    ends,
                    language=language,
                    confidence=number(phrase.get("confidence")),
                )
            )
    agents = {words(p.get("userId")) for p in rows(value.get("participants")) if words(p.get("userId"))}
    return [
        Draft(
            said,
            id=words(value.get("conversationId")),
            agent=agents.pop() if len(agents) == 1 else "",
            client=next(
                (words(p["divisionId"]) for p in rows(value.get("participants")) if p.get("divisionId")), ""
            ),
            channel=channel_of(value.get("mediaType"), "voice"),
            language=next(filter(None, languages), None),
            started_at=moment(began),
            metadata=kept(
                vendor="genesys",
                queue=next(
                    (words(p["queueId"]) for p in rows(value.get("participants")) if p.get("queueId")), None
                ),
                communication=words(value.get("communicationId")),
            ),
        )
    ]


def _genesys_who(value: Mapping[str, Any], purpose: str, start: float | None) -> str:
    """The user who was on the contact at that moment, else the purpose."""
    if _PURPOSES.get(purpose.casefold()) != "agent":
        return purpose
    on = []
    for party in rows(value.get("participants")):
        if not words(party.get("userId")):
            continue
        begins, ends = (
            number(party.get("startTimeMs") or party.get("startTime")),
            number(party.get("endTimeMs") or party.get("endTime")),
        )
        if start is None or ((begins is None or begins <= start) and (ends is None or start <= ends)):
            on.append(words(party["userId"]))
    return on[0] if len(on) == 1 else purpose


def is_genesys_events(value: object) -> bool:
    """Notifications with `eventBody.transcripts`, one or a list."""
    events = rows(value) if isinstance(value, list) else [under(value)]
    return any(rows(under(event.get("eventBody")).get("transcripts")) for event in events)


def read_genesys_events(value: Any) -> list[Draft]:
    """A contact per conversation id; a later text of the same utterance replaces it, a final any partial."""
    found: dict[str, dict[str, tuple[bool, Said]]] = {}
    for event in rows(value) if isinstance(value, list) else [value]:
        body = under(event.get("eventBody"))
        for item in rows(body.get("transcripts")):
            best = (rows(item.get("alternatives")) or [{}])[0]
            start = seconds(best.get("offsetMs"), per_second=_MS)
            length = seconds(best.get("durationMs"), per_second=_MS)
            who, id = words(item.get("channel")), words(item.get("utteranceId"))
            turns = found.setdefault(words(body.get("conversationId")), {})
            final = item.get("isFinal") is not False
            if not final and turns.get(id, (False,))[0]:
                continue
            text = words(best.get("decoratedTranscript") or best.get("transcript"))
            end = start + length if start is not None and length is not None else None
            role = _PURPOSES.get(who.casefold())
            turns[id] = (
                final,
                Said(text, who, role, start, end, confidence=number(best.get("confidence")), id=id or None),
            )
    return [
        Draft(
            [one for _, one in turns.values()],
            id,
            channel="voice",
            speaker_from="channel",
            metadata={"vendor": "genesys"},
        )
        for id, turns in found.items()
    ]


# -- Google CCAI --------------------------------------------------------------------------------


def is_ccai(value: object) -> bool:
    """`entries[].start_timestamp_usec`, or entries with a text and a role."""
    entries = rows(under(value).get("entries"))
    return bool(entries) and (
        "start_timestamp_usec" in entries[0] or {"text", "role", "user_id"} <= set(entries[0])
    )


def read_ccai(value: Mapping[str, Any]) -> list[Draft]:
    """Microseconds since the epoch or since the start; there are no ends."""
    entries = rows(value["entries"])
    stamps = [number(item.get("start_timestamp_usec")) for item in entries]
    first = min((stamp for stamp in stamps if stamp is not None), default=None)
    dated = first is not None and first >= _FIRST_EPOCH_US
    zero = first if dated and first is not None else 0.0
    said = []
    for item, stamp in zip(entries, stamps, strict=True):
        who = words(item.get("user_id"))
        role = role_of(words(item.get("role")))
        start = None if stamp is None else (stamp - zero) / _US
        said.append(Said(words(item.get("text")), who or words(item.get("role")), role, start))
    began = (
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=zero)
        if dated and zero < _US * 2.5e11
        else None
    )
    id = words(value.get("conversation_id") or value.get("id"))
    return [Draft(said, id, started_at=began, metadata={"vendor": "google-ccai"})]


# -- Twilio, Verint, Uniphore -------------------------------------------------------------------


def is_twilio(value: object) -> bool:
    """`sentences[].media_channel`."""
    return any("media_channel" in item for item in rows(under(value).get("sentences")))


def read_twilio(value: Mapping[str, Any]) -> list[Draft]:
    """Sentences by channel; the channel's role comes from the transcript record when it is there."""
    channel = under(value.get("channel"))
    roles = {
        words(party.get("channel_participant")): role_of(words(party.get("role")))
        for party in rows(
            channel.get("participants") or under(channel.get("media_properties")).get("participants")
        )
    }
    said = [
        Said(
            words(item.get("transcript")),
            f"channel {item.get('media_channel')}",
            roles.get(words(item.get("media_channel"))),
            seconds(item.get("start_time")),
            seconds(item.get("end_time")),
            confidence=number(item.get("confidence")),
        )
        for item in sorted(
            rows(value["sentences"]), key=lambda item: number(item.get("sentence_index")) or 0.0
        )
    ]
    id = next(
        (words(item["transcript_sid"]) for item in rows(value["sentences"]) if item.get("transcript_sid")), ""
    )
    client = words(value.get("customer_key"))
    return [
        Draft(
            said,
            id or words(value.get("sid")),
            client=client,
            channel="voice",
            speaker_from="channel",
            metadata={"vendor": "twilio"},
        )
    ]


def is_verint(value: object) -> bool:
    """`transcript_detailed[]` with `p` and `sp`."""
    return any({"p", "sp"} <= set(item) for item in rows(under(value).get("transcript_detailed")))


def read_verint(value: Mapping[str, Any]) -> list[Draft]:
    """Phrases in milliseconds; what both said at once belongs to nobody."""
    said = [
        Said(
            words(item.get("p")),
            words(item.get("sp")),
            role_of(words(item.get("sp"))) or "unknown",
            seconds(item.get("s"), per_second=_MS),
            seconds(item.get("e"), per_second=_MS),
            confidence=number(item.get("c")),
        )
        for item in rows(value["transcript_detailed"])
    ]
    return [
        Draft(
            said,
            words(value.get("id") or value.get("call_id")),
            channel="voice",
            metadata={"vendor": "verint"},
        )
    ]


def is_uniphore(value: object) -> bool:
    """`turns[].startOffset` with `words`."""
    return any("startOffset" in item and "words" in item for item in rows(under(value).get("turns")))


def read_uniphore(value: Mapping[str, Any]) -> list[Draft]:
    """Turns in milliseconds; words are a text or a list."""
    said = []
    for item in rows(value["turns"]):
        spoken = item.get("words")
        text = words(spoken) or " ".join(words(w.get("text") or w.get("word")) for w in rows(spoken))
        who = words(item.get("speaker"))
        start, end = (seconds(item.get(key), per_second=_MS) for key in ("startOffset", "endOffset"))
        said.append(Said(text, who, role_of(who), start, end))
    return [
        Draft(
            said,
            words(value.get("id") or value.get("conversationId")),
            channel="voice",
            metadata={"vendor": "uniphore"},
        )
    ]
