"""Azure: Content Understanding, batch and fast transcription, Conversations, the accelerator's blobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qa.readers.drafts import Draft, Said, channel_of, kept, rows, under, words
from qa.readers.plain import read_text
from qa.readers.times import moment, number, seconds

_MS, _TICKS = 1000.0, 1e7


def is_content_understanding(value: object) -> bool:
    """`result.contents[].transcriptPhrases`."""
    return any(
        "transcriptPhrases" in item for item in rows(under(under(value).get("result")).get("contents"))
    )


def read_content_understanding(value: Mapping[str, Any]) -> list[Draft]:
    """Each content is a contact; the speaker is Agent, Customer or a name."""
    contents = [item for item in rows(value["result"]["contents"]) if rows(item.get("transcriptPhrases"))]
    drafts = []
    for index, content in enumerate(contents):
        said = [
            Said(
                words(item.get("text")),
                _who(item.get("speaker")),
                None,
                seconds(item.get("startTimeMs"), per_second=_MS),
                seconds(item.get("endTimeMs"), per_second=_MS),
                language=words(item.get("locale")) or None,
                confidence=number(item.get("confidence")),
            )
            for item in rows(content["transcriptPhrases"])
        ]
        id = words(value.get("id"))
        drafts.append(
            Draft(
                said,
                id=f"{id}-{index + 1}" if id and len(contents) > 1 else id,
                channel="voice",
                language=next((one.language for one in said if one.language), None),
                metadata=kept(vendor="azure", duration_s=seconds(content.get("endTimeMs"), per_second=_MS)),
            )
        )
    return drafts


def is_batch(value: object) -> bool:
    """`recognizedPhrases`."""
    return isinstance(value, dict) and bool(rows(value.get("recognizedPhrases")))


def read_batch(value: Mapping[str, Any]) -> list[Draft]:
    """Batch transcription: ticks of 100 ns, the best reading of each phrase."""
    phrases = rows(value["recognizedPhrases"])
    said = []
    for item in phrases:
        best = (rows(item.get("nBest")) or [{}])[0]
        start = _first(
            seconds(item.get("offsetInTicks"), per_second=_TICKS),
            seconds(item.get("offsetMilliseconds"), per_second=_MS),
        )
        length = _first(
            seconds(item.get("durationInTicks"), per_second=_TICKS),
            seconds(item.get("durationMilliseconds"), per_second=_MS),
        )
        said.append(
            Said(
                words(best.get("display") or best.get("lexical")),
                "",
                None,
                start,
                start + length if start is not None and length is not None else None,
                language=words(item.get("locale")) or None,
                confidence=number(best.get("confidence")),
            )
        )
    started = moment(value.get("timestamp"))
    length = seconds(value.get("durationInTicks"), per_second=_TICKS)
    return [
        _spoken(
            value, phrases, said, duration_s=length, transcribed_at=started.isoformat() if started else None
        )
    ]


def is_fast(value: object) -> bool:
    """`phrases[].offsetMilliseconds`."""
    return any("offsetMilliseconds" in item for item in rows(under(value).get("phrases")))


def read_fast(value: Mapping[str, Any]) -> list[Draft]:
    """Fast transcription: milliseconds."""
    phrases = rows(value["phrases"])
    said = []
    for item in phrases:
        start = seconds(item.get("offsetMilliseconds"), per_second=_MS)
        length = seconds(item.get("durationMilliseconds"), per_second=_MS)
        end = start + length if start is not None and length is not None else None
        language = words(item.get("locale")) or None
        said.append(
            Said(
                words(item.get("text")),
                "",
                None,
                start,
                end,
                language=language,
                confidence=number(item.get("confidence")),
            )
        )
    return [
        _spoken(value, phrases, said, duration_s=seconds(value.get("durationMilliseconds"), per_second=_MS))
    ]


def _spoken(
    value: Mapping[str, Any], phrases: list[Mapping[str, Any]], said: list[Said], **facts: object
) -> Draft:
    """Who spoke: the diarised speaker, else the channel when there are several."""
    diarised = any(item.get("speaker") is not None for item in phrases)
    several = len({item.get("channel") for item in phrases}) > 1
    named = [
        replace(
            one,
            who=_who(item.get("speaker"))
            if diarised
            else f"channel {item.get('channel')}"
            if several
            else "",
        )
        for one, item in zip(said, phrases, strict=True)
    ]
    return Draft(
        named,
        id=words(value.get("id")),
        channel="voice",
        language=next((one.language for one in said if one.language), None),
        speaker_from="channel" if several and not diarised else "inferred",
        metadata=kept(vendor="azure", **facts),
    )


def is_conversations(value: object) -> bool:
    """`analysisInput.conversations`, or one conversation of it."""
    if not isinstance(value, dict):
        return False
    return bool(rows(under(value.get("analysisInput")).get("conversations"))) or bool(
        rows(value.get("conversationItems"))
    )


def read_conversations(value: Mapping[str, Any]) -> list[Draft]:
    """The language service's input: participants and words, no times."""
    drafts = []
    for conversation in rows(under(value.get("analysisInput")).get("conversations")) or [value]:
        said = []
        for item in rows(conversation.get("conversationItems")):
            who = words(item.get("role")) or words(item.get("participantId"))
            said.append(
                Said(words(item.get("text") or item.get("lexical")), who, id=words(item.get("id")) or None)
            )
        modality = words(conversation.get("modality"))
        drafts.append(
            Draft(
                said,
                id=words(conversation.get("id")),
                channel="voice" if modality == "transcript" else channel_of(modality, "chat"),
                language=words(conversation.get("language")) or None,
                metadata={"vendor": "azure"},
            )
        )
    return drafts


def is_blob(value: object) -> bool:
    """The accelerator's blob: `Content` and `ConversationId`."""
    return isinstance(value, dict) and isinstance(value.get("Content"), str) and "ConversationId" in value


def read_blob(value: Mapping[str, Any]) -> list[Draft]:
    """Labelled text in a JSON envelope; without labels it is one unknown turn."""
    inner = read_text(value["Content"].strip(), channel="voice")
    return [
        replace(
            inner,
            id=words(value["ConversationId"]),
            client=words(value.get("ClientId")),
            started_at=moment(value.get("StartTime")) or inner.started_at,
            metadata=kept(vendor="microsoft-accelerator"),
        )
    ]


def _who(speaker: object) -> str:
    return f"speaker {speaker}" if isinstance(speaker, int) else words(speaker).strip()


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
