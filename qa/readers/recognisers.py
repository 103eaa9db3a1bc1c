"""Speech-to-text output: Deepgram, AssemblyAI, Whisper and WhisperX, Speechmatics, Rev."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.records import ReadWarning
from qa.readers.drafts import Draft, Said, kept, rows, under, words
from qa.readers.times import moment, number, seconds

_MS = 1000.0
_PAUSE_S = 1.0
"""In a channel of its own a speaker never changes; a pause this long ends the turn."""
_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word."""

    text: str
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    who: str = ""
    glued: bool = False
    """Punctuation: no blank before it."""


def turns_of(heard: Iterable[Word], *, gap_s: float | None = None) -> list[Said]:
    """Words grouped into turns where the speaker changes, and, given `gap_s`, at pauses that long."""
    turns: list[Said] = []
    group: list[Word] = []
    for word in heard:
        if group and not word.glued and (word.who != group[0].who or _pauses(group[-1], word, gap_s)):
            turns.append(_joined(group))
            group = []
        group.append(word)
    if group:
        turns.append(_joined(group))
    return turns


def _pauses(before: Word, after: Word, gap_s: float | None) -> bool:
    if gap_s is None or before.end_s is None or after.start_s is None:
        return False
    return after.start_s - before.end_s >= gap_s


def _joined(group: list[Word]) -> Said:
    text = "".join(word.text if word.glued else " " + word.text for word in group).strip()
    sure = [word.confidence for word in group if word.confidence is not None and not word.glued]
    start = next((word.start_s for word in group if word.start_s is not None), None)
    end = next((word.end_s for word in reversed(group) if word.end_s is not None), None)
    return Said(text, group[0].who, None, start, end, confidence=sum(sure) / len(sure) if sure else None)


def _who(speaker: object, prefix: str = "speaker ") -> str:
    return f"{prefix}{speaker}" if isinstance(speaker, int) else words(speaker).strip()


# -- Deepgram -----------------------------------------------------------------------------------


def is_deepgram(value: object) -> bool:
    """`results.channels[].alternatives`."""
    channels = rows(under(under(value).get("results")).get("channels"))
    return bool(channels) and "alternatives" in channels[0]


def read_deepgram(value: Mapping[str, Any]) -> list[Draft]:
    """Words by speaker (utterances mix two speakers); several channels: the channel is the speaker."""
    about, results = under(value.get("metadata")), value["results"]
    channels = rows(results["channels"])
    several = len(channels) > 1
    said: list[Said] = []
    for index, channel in enumerate(channels):
        best = (rows(channel.get("alternatives")) or [{}])[0]
        heard = [
            _deepgram_word(item, f"channel {index}" if several else None) for item in rows(best.get("words"))
        ]
        diarised = len({word.who for word in heard}) > 1
        if not several and not diarised and rows(results.get("utterances")):
            said += [_segment(item, words(item.get("transcript"))) for item in rows(results["utterances"])]
        elif heard:
            said += turns_of(heard, gap_s=None if diarised and not several else _PAUSE_S)
        else:
            said.append(Said(words(best.get("transcript")), f"channel {index}" if several else ""))
    language = words((channels[0]).get("detected_language")) or None
    return [
        Draft(
            said,
            id=words(about.get("request_id")),
            channel="voice",
            language=language,
            speaker_from="channel" if several else "inferred",
            metadata=kept(vendor="deepgram", duration_s=number(about.get("duration"))),
        )
    ]


def _deepgram_word(item: Mapping[str, Any], channel: str | None) -> Word:
    return Word(
        words(item.get("punctuated_word") or item.get("word")),
        seconds(item.get("start")),
        seconds(item.get("end")),
        number(item.get("confidence")),
        channel or _who(item.get("speaker")),
    )


def _segment(item: Mapping[str, Any], text: str, *, per_second: float = 1.0) -> Said:
    return Said(
        text,
        _who(item.get("speaker")),
        None,
        seconds(item.get("start"), per_second=per_second),
        seconds(item.get("end"), per_second=per_second),
        confidence=number(item.get("confidence")),
    )


# -- AssemblyAI ---------------------------------------------------------------------------------


def is_assemblyai(value: object) -> bool:
    """Utterances (null unless asked for) or words, beside AssemblyAI's own keys or in whole milliseconds."""
    if not isinstance(value, dict) or not ("utterances" in value or "words" in value):
        return False
    if any(
        mark in value for mark in ("audio_duration", "language_model", "acoustic_model", "speaker_labels")
    ):
        return True
    utterances = rows(value.get("utterances"))
    return bool(utterances) and isinstance(utterances[0].get("start"), int) and "words" in utterances[0]


def read_assemblyai(value: Mapping[str, Any]) -> list[Draft]:
    """Utterances, else words by speaker; milliseconds."""
    utterances = rows(value.get("utterances"))
    if utterances:
        said = [_segment(item, words(item.get("text")), per_second=_MS) for item in utterances]
    else:
        said = turns_of(
            Word(
                words(item.get("text")),
                seconds(item.get("start"), per_second=_MS),
                seconds(item.get("end"), per_second=_MS),
                number(item.get("confidence")),
                _who(item.get("speaker") or item.get("channel")),
            )
            for item in rows(value.get("words"))
        ) or [Said(words(value.get("text")))]
    return [
        Draft(
            said,
            id=words(value.get("id")),
            channel="voice",
            language=words(value.get("language_code")) or None,
            speaker_from="inferred",
            redacted="yes" if value.get("redact_pii") is True else "unknown",
            metadata=kept(vendor="assemblyai", duration_s=number(value.get("audio_duration"))),
        )
    ]


# -- Whisper, WhisperX, the vCon "wtf" shape ----------------------------------------------------


def is_whisper(value: object) -> bool:
    """`segments[].text`."""
    segments = rows(under(value).get("segments"))
    return bool(segments) and "text" in segments[0]


def read_whisper(value: Mapping[str, Any]) -> list[Draft]:
    """Segments are turns; a speaker only from WhisperX or the like; loops and doubtful stretches are said."""
    segments = rows(value["segments"])
    said = [_whisper_segment(item) for item in segments]
    warnings = []
    loops = _longest_run([one.text.strip().casefold() for one in said])
    if loops >= _REPEATS:
        note = f"the same words {loops} times in a row: the recogniser may have looped"
        warnings.append(ReadWarning("asr-repetition", note))
    doubtful = sum(_is_doubtful(item) for item in segments)
    if doubtful:
        note = f"{doubtful} of {len(segments)} segments are doubtful by the recogniser's own measure"
        warnings.append(ReadWarning("asr-doubtful", note))
    inside = under(value.get("transcript"))
    labels = {
        words(key): words(speaker.get("label"))
        for key, speaker in under(value.get("speakers")).items()
        if isinstance(speaker, dict)
    }
    said = [_labelled(one, labels) for one in said] if labels else said
    return [
        Draft(
            said,
            id=words(value.get("id")),
            channel="voice",
            language=words(value.get("language") or inside.get("language")) or None,
            speaker_from="label" if labels else "inferred",
            metadata=kept(
                vendor="whisper", duration_s=number(value.get("duration") or inside.get("duration"))
            ),
            warnings=tuple(warnings),
        )
    ]


def _whisper_segment(item: Mapping[str, Any]) -> Said:
    one = _segment(item, words(item.get("text")))
    log_probability = number(item.get("avg_logprob"))
    sure = one.confidence
    if sure is None and log_probability is not None:
        sure = math.exp(min(log_probability, 0.0))
    return Said(
        one.text, one.who, None, one.start_s, one.end_s, confidence=sure, id=words(item.get("id")) or None
    )


def _labelled(one: Said, labels: Mapping[str, str]) -> Said:
    label = labels.get(one.who.removeprefix("speaker ")) or labels.get(one.who)
    return Said(
        one.text, label or one.who, None, one.start_s, one.end_s, confidence=one.confidence, id=one.id
    )


def _longest_run(texts: list[str]) -> int:
    longest = run = 0
    before = None
    for text in texts:
        run = run + 1 if text and text == before else 1
        before, longest = text, max(longest, run)
    return longest


def _is_doubtful(item: Mapping[str, Any]) -> bool:
    """Whisper's own thresholds for a failed segment."""
    log_probability, silence = number(item.get("avg_logprob")), number(item.get("no_speech_prob"))
    least, most = -1.0, 0.6
    return (log_probability is not None and log_probability < least) or (
        silence is not None and silence > most
    )


# -- Speechmatics, Rev --------------------------------------------------------------------------


def is_speechmatics(value: object) -> bool:
    """`results[].alternatives` beside `format` or `job`."""
    results = rows(under(value).get("results"))
    return (
        bool(results) and "alternatives" in results[0] and ("format" in under(value) or "job" in under(value))
    )


def read_speechmatics(value: Mapping[str, Any]) -> list[Draft]:
    """Results grouped by speaker; UU is nobody; `attaches_to: previous` means no blank."""

    def heard() -> Iterator[Word]:
        for item in rows(value["results"]):
            best = (rows(item.get("alternatives")) or [{}])[0]
            speaker = words(best.get("speaker") or item.get("channel"))
            yield Word(
                words(best.get("content")),
                seconds(item.get("start_time")),
                seconds(item.get("end_time")),
                number(best.get("confidence")),
                "" if speaker == "UU" else speaker,
                glued=item.get("type") == "punctuation" and item.get("attaches_to", "previous") == "previous",
            )

    about = under(value.get("job"))
    language = words(under(under(value.get("metadata")).get("transcription_config")).get("language")) or None
    return [
        Draft(
            turns_of(heard()),
            id=words(about.get("id")),
            channel="voice",
            language=language,
            started_at=None,
            speaker_from="inferred",
            metadata=kept(vendor="speechmatics", duration_s=number(about.get("duration"))),
        )
    ]


def is_rev(value: object) -> bool:
    """`monologues[].elements`."""
    monologues = rows(under(value).get("monologues"))
    return bool(monologues) and "elements" in monologues[0]


def read_rev(value: Mapping[str, Any]) -> list[Draft]:
    """A monologue is a turn; its elements are joined as they are, blanks included."""
    names = {item.get("id"): words(item.get("name")) for item in rows(value.get("speakers"))}
    said = []
    for item in rows(value["monologues"]):
        elements = rows(item.get("elements"))
        starts = [t for e in elements if (t := seconds(e.get("ts"))) is not None]
        ends = [t for e in elements if (t := seconds(e.get("end_ts"))) is not None]
        sure = [c for e in elements if (c := number(e.get("confidence"))) is not None]
        said.append(
            Said(
                "".join(words(e.get("value")) for e in elements),
                names.get(item.get("speaker")) or _who(item.get("speaker")),
                None,
                min(starts, default=None),
                max(ends, default=None),
                confidence=sum(sure) / len(sure) if sure else None,
            )
        )
    return [
        Draft(
            said,
            words(value.get("id")),
            channel="voice",
            speaker_from="inferred",
            started_at=moment(value.get("created_on")),
            metadata={"vendor": "rev"},
        )
    ]
