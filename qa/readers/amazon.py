"""Amazon: Contact Lens voice, chat and real time, Transcribe with and without call analytics, PCA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from models.records import ReadWarning, Speaker
from qa.readers.drafts import Draft, Said, channel_of, kept, rows, under, words
from qa.readers.recognisers import Word, turns_of
from qa.readers.roles import role_of
from qa.readers.times import moment, number, seconds

_MS = 1000.0
_REDACTED = {"redacted": "yes", "raw": "no"}


def is_chat(value: object) -> bool:
    """Contact Lens chat: items with an absolute time."""
    return isinstance(value, dict) and any("AbsoluteTime" in item for item in rows(value.get("Transcript")))


def is_call_analytics(value: object) -> bool:
    """Transcribe Call Analytics: as Contact Lens voice, with a job and the role on the turn."""
    return is_voice(value) and isinstance(value, dict) and "JobName" in value


def is_voice(value: object) -> bool:
    """Contact Lens voice, or anything with the same items."""
    if not isinstance(value, dict) or not rows(value.get("Transcript")):
        return False
    return "ConversationCharacteristics" in value or any(
        "BeginOffsetMillis" in item for item in rows(value["Transcript"])
    )


def read_chat(value: Mapping[str, Any]) -> list[Draft]:
    """Messages are turns; joins, leaves and attachments are events."""
    said, events = [], []
    roles = _roles(value)
    for item in rows(value.get("Transcript")):
        at = moment(item.get("AbsoluteTime"))
        who = words(item.get("ParticipantId"))
        if item.get("Type") in ("EVENT", "ATTACHMENT") or "Content" not in item:
            kind = (
                words(item.get("ContentType")).rpartition("event.")[2] or words(item.get("Type")).casefold()
            )
            events.append(kept(type=kind, at=at.isoformat() if at else None, participant=who))
            continue
        said.append(_said(item, who, roles, at=at))
    return [_draft(value, said, events)]


def read_voice(value: Mapping[str, Any]) -> list[Draft]:
    """Each item is a turn with offsets in milliseconds."""
    roles = _roles(value)
    said = [
        _said(item, words(item.get("ParticipantId")) or words(item.get("ParticipantRole")), roles)
        for item in rows(value["Transcript"])
    ]
    return [_draft(value, said, [])]


def _roles(value: Mapping[str, Any]) -> dict[str, Speaker]:
    found: dict[str, Speaker] = {}
    for party in rows(value.get("Participants")):
        role = role_of(words(party.get("ParticipantRole")))
        if role and party.get("ParticipantId"):
            found[words(party["ParticipantId"])] = role
    return found


def _said(item: Mapping[str, Any], who: str, roles: Mapping[str, Speaker], **more: Any) -> Said:
    role = role_of(words(item.get("ParticipantRole"))) or roles.get(who) or role_of(who)
    heard = [c for word in rows(item.get("Items")) if (c := number(word.get("Confidence")))]
    return Said(
        words(item.get("Content")),
        who,
        role,
        seconds(item.get("BeginOffsetMillis"), per_second=_MS),
        seconds(item.get("EndOffsetMillis"), per_second=_MS),
        confidence=sum(heard) / len(heard) if heard else None,
        id=words(item.get("Id")) or None,
        **more,
    )


def _draft(value: Mapping[str, Any], said: list[Said], events: list[dict[str, Any]]) -> Draft:
    about, measures = under(value.get("CustomerMetadata")), under(value.get("ConversationCharacteristics"))
    categories = under(value.get("Categories")).get("MatchedCategories")
    output = words(under(value.get("ContentMetadata")).get("Output")).casefold()
    language = words(value.get("LanguageCode"))
    return Draft(
        said,
        id=words(about.get("ContactId")) or words(value.get("ContactId")) or words(value.get("JobName")),
        channel=channel_of(value.get("Channel"), "voice"),
        language=language if len(language) <= 15 else None,  # noqa: PLR2004 - documentation puts a sentence here
        redacted=_REDACTED.get(output, "unknown"),
        metadata=kept(
            vendor="amazon",
            version=words(value.get("Version")),
            categories=[name for name in categories if isinstance(name, str)]
            if isinstance(categories, list)
            else None,
            duration_s=seconds(measures.get("TotalConversationDurationMillis"), per_second=_MS),
            events=events,
        ),
    )


# -- real time ----------------------------------------------------------------------------------


def is_real_time(value: object) -> bool:
    """One event of the segment stream, or a list of them."""
    events = rows(value) if isinstance(value, list) else [value] if isinstance(value, dict) else []
    known = ("STARTED", "SEGMENTS", "COMPLETED", "FAILED")
    return bool(events) and all(event.get("EventType") in known for event in events)


def read_real_time(value: Any) -> list[Draft]:
    """A contact per id. A final replaces its partials, whichever comes first."""
    by_contact: dict[str, list[Mapping[str, Any]]] = {}
    for event in rows(value) if isinstance(value, list) else [value]:
        by_contact.setdefault(words(event.get("ContactId")), []).append(event)
    return [_stream(events) for events in by_contact.values()]


def _stream(events: list[Mapping[str, Any]]) -> Draft:
    finals: dict[tuple[Any, ...], Said] = {}
    partials: dict[tuple[Any, ...], tuple[tuple[str, str], Said]] = {}
    for event in events:
        for segment in rows(event.get("Segments")):
            final, partial = under(segment.get("Transcript")), under(segment.get("Utterance"))
            if final:
                one = _said(final, words(final.get("ParticipantId")), {})
                finals[one.id, one.who, one.start_s] = one
            elif partial:
                one = _said(
                    {**partial, "Content": partial.get("PartialContent")},
                    words(partial.get("ParticipantId")),
                    {},
                )
                partials[one.id, one.who, one.start_s] = ((words(partial.get("TranscriptId")), one.who), one)
    done = {(one.id or "", one.who) for one in finals.values()}
    left = [one for key, one in partials.values() if key not in done]
    note = ReadWarning("partial-turns", f"{len(left)} turns have no final text; the partial was kept")
    draft = _draft(events[0], [*finals.values(), *left], [])
    return Draft(
        draft.said,
        draft.id,
        channel=draft.channel,
        language=draft.language,
        metadata=draft.metadata,
        warnings=(note,) if left else (),
    )


def is_live_analytics(value: object) -> bool:
    """Live Call Analytics events: a list with ADD_TRANSCRIPT_SEGMENT."""
    return isinstance(value, list) and any(
        item.get("EventType") == "ADD_TRANSCRIPT_SEGMENT" for item in rows(value)
    )


def read_live_analytics(value: list[Any]) -> list[Draft]:
    """A contact per call id; a later version of a segment replaces the earlier, a final any partial."""
    calls: dict[str, dict[str, tuple[bool, Said]]] = {}
    for index, event in enumerate(rows(value)):
        if event.get("EventType") != "ADD_TRANSCRIPT_SEGMENT":
            continue
        who, id = words(event.get("Channel")), words(event.get("SegmentId")) or str(index)
        partial = str(event.get("IsPartial")).casefold() == "true"
        segments = calls.setdefault(words(event.get("CallId")), {})
        if id in segments and partial and not segments[id][0]:
            continue
        role: Speaker | None = "customer" if who == "CALLER" else role_of(who)
        times = seconds(event.get("StartTime")), seconds(event.get("EndTime"))
        segments[id] = partial, Said(words(event.get("Transcript")), who, role, *times, id=id)
    return [
        Draft([one for _, one in segments.values()], call, channel="voice", speaker_from="channel")
        for call, segments in calls.items()
    ]


# -- Transcribe and post-call analytics ---------------------------------------------------------


def is_transcribe(value: object) -> bool:
    """Plain Amazon Transcribe."""
    return (
        isinstance(value, dict)
        and "jobName" in value
        and bool(rows(under(value.get("results")).get("items")))
    )


def read_transcribe(value: Mapping[str, Any]) -> list[Draft]:
    """Words grouped by speaker or channel; times are strings of seconds."""
    results = value["results"]
    by_time = {
        words(item.get("start_time")): words(item.get("speaker_label") or segment.get("speaker_label"))
        for segment in rows(under(results.get("speaker_labels")).get("segments"))
        for item in rows(segment.get("items"))
    }
    by_channel = {
        words(item.get("start_time")): words(channel.get("channel_label"))
        for channel in rows(under(results.get("channel_labels")).get("channels"))
        for item in rows(channel.get("items"))
    }

    def all_words() -> Iterator[Word]:
        for item in rows(results["items"]):
            best = (rows(item.get("alternatives")) or [{}])[0]
            start = words(item.get("start_time"))
            who = words(item.get("channel_label") or item.get("speaker_label"))
            yield Word(
                words(best.get("content")),
                seconds(item.get("start_time")),
                seconds(item.get("end_time")),
                number(best.get("confidence")),
                who or by_channel.get(start) or by_time.get(start) or "",
                glued=item.get("type") == "punctuation",
            )

    channels = bool(by_channel) or any("channel_label" in item for item in rows(results["items"]))
    language = words(results.get("language_code")) or None
    said = turns_of(all_words(), gap_s=1.0 if channels else None)
    return [
        Draft(
            said,
            words(value["jobName"]),
            channel="voice",
            language=language,
            speaker_from="channel" if channels else "inferred",
            metadata={"vendor": "amazon"},
        )
    ]


def is_pca(value: object) -> bool:
    """AWS post-call analytics."""
    return isinstance(value, dict) and "SpeechSegments" in value and "ConversationAnalytics" in value


def read_pca(value: Mapping[str, Any]) -> list[Draft]:
    """Numbers are strings and a missing one is "None"; what the menu said is the bot's."""
    about = under(value["ConversationAnalytics"])
    names = {
        words(item.get("Speaker")): words(item.get("DisplayText"))
        for item in rows(about.get("SpeakerLabels"))
    }
    said = []
    for item in rows(value["SpeechSegments"]):
        label = words(item.get("SegmentSpeaker"))
        who = names.get(label, label)
        menu = str(item.get("IVRSegment")).casefold() == "true"
        said.append(
            Said(
                words(item.get("DisplayText") or item.get("OriginalText")),
                who,
                "bot" if menu else role_of(who),
                seconds(item.get("SegmentStartTime")),
                seconds(item.get("SegmentEndTime")),
            )
        )
    return [
        Draft(
            said,
            id=_stated(about.get("GUID")),
            agent=_stated(about.get("Agent")),
            client=_stated(about.get("Cust")),
            channel="voice",
            language=_stated(about.get("LanguageCode")) or None,
            started_at=moment(_stated(about.get("ConversationTime"))),
            roles={name: "agent" for name in (_stated(about.get("Agent")),) if name},
            metadata=kept(vendor="amazon-pca", duration_s=seconds(about.get("Duration"))),
        )
    ]


def _stated(value: object) -> str:
    """The value as text, without the source's ways of saying that there is none."""
    text = words(value).strip()
    return "" if text in ("None", "none", "N/A") else text
