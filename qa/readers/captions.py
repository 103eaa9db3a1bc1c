"""Captions: WebVTT, SRT and SBV by one cue parser, since real files mix their habits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise

from models.patterns import pattern
from models.records import ReadWarning
from qa.readers.content import unfenced
from qa.readers.drafts import Draft, Said
from qa.readers.plain import accepted_labels
from qa.readers.times import clock

_STAMP = r"(?:\d{1,3}:)?\d{1,3}:\d{2}[.,]\d{1,3}"
_TIMING = pattern(rf"\s*({_STAMP})\s*(?:-->|,)\s*({_STAMP})(?:\s.*)?\Z")
_ARROW = pattern(rf"^[ \t]*{_STAMP}[ \t]*-->[ \t]*{_STAMP}", re.MULTILINE)
_COMMA = pattern(r"\A\s*(?:\d+:)?\d+:\d{2}\.\d{1,3},(?:\d+:)?\d+:\d{2}\.\d{1,3}\s*$", re.MULTILINE)
_VOICE = pattern(r"<v(?:\.[^\s>]{1,40})*\s+([^<>]{1,80})>")
_TAG = pattern(r"</?[a-zA-Z][^<>\n]{0,80}>|</?>|<\d[\d:.]{0,15}>")
_LABEL = pattern(r"\s*(?:-\s+)?\[?([^\W\d_][\w .'’&/#()-]{0,39}?)\]?\s*[:：]\s+(?=\S)")
_BLOCKS = ("NOTE", "STYLE", "REGION")
_PROBE = 20_000
_SAME_MOMENT_S = 0.5


@dataclass(frozen=True, slots=True)
class _Cue:
    start_s: float | None
    end_s: float | None
    lines: tuple[str, ...]


def is_webvtt(text: str) -> bool:
    """Whether the text, unfenced, starts with WEBVTT."""
    return unfenced(text[:200]).lstrip("\ufeff \n").startswith("WEBVTT")


def is_srt(text: str) -> bool:
    """Whether timing lines with an arrow stand near the beginning (a full stop for the comma is fine)."""
    return bool(_ARROW.search(text, 0, _PROBE))


def is_sbv(text: str) -> bool:
    """Whether the first line is `0:00:00.378,0:00:11.378`."""
    return bool(_COMMA.match(text, 0, 200))


def read_captions(text: str) -> Draft:
    """One contact from captions. A voice tag or a recurring `Name:` names the speaker."""
    warnings: list[ReadWarning] = []
    cues = list(_cues(unfenced(text), warnings))
    cues = _without_rolling(cues, warnings)
    counts: Counter[str] = Counter()
    for cue in cues:
        for line in cue.lines:
            match = _LABEL.match(_TAG.sub("", line))
            if match and "<v" not in line:
                counts[match.group(1)] += 1
    labels = accepted_labels(counts)
    said: list[Said] = []
    last, carried = "", 0
    for cue in cues:
        for who, words in _voices(cue.lines, labels):
            if not who and labels and last:
                carried += bool(words)
                who = last  # noqa: PLW2901 - one long sentence over several cues is labelled once
            elif who in labels:
                last = who
            said.append(Said(words, who, None, cue.start_s, cue.end_s))
    if carried:
        note = f"{carried} cues name no speaker and were given the one before"
        warnings.append(ReadWarning("speaker-carried", note))
    return Draft(said, channel="voice", speaker_from="label", warnings=tuple(warnings))


def _cues(text: str, warnings: list[ReadWarning]) -> Iterator[_Cue]:
    lines = _below_header(text)
    start: float | None = None
    end: float | None = None
    kept: list[str] = []
    timed = skipping = False
    untimed = 0
    for line in (*lines, "", ""):
        timing = _TIMING.match(line) if "-->" in line or "," in line else None
        if timing:
            if kept and (kept[-1].strip().isdigit() or not timed):
                kept.pop()  # the number of this cue, or its name
            if timed:
                yield _Cue(start, end, tuple(kept))
            start, end = clock(timing.group(1)), clock(timing.group(2))
            kept, timed, skipping = [], True, False
        elif line.strip():
            if not timed and not kept and line.split(maxsplit=1)[0] in _BLOCKS:
                skipping = True
            if not skipping:
                kept.append(line)
        else:
            if timed:
                yield _Cue(start, end, tuple(kept))
            elif kept and not (len(kept) == 1 and kept[0].strip().isdigit()):
                untimed += 1
                yield _Cue(None, None, tuple(kept))
            kept, timed, skipping = [], False, False
    if untimed:
        warnings.append(
            ReadWarning("cue-without-time", f"{untimed} cues have no times; they were kept without")
        )


def _below_header(text: str) -> list[str]:
    """The lines after the heading block of a WebVTT file; all lines of any other."""
    lines = text.split("\n")
    place = 0
    if is_webvtt(text):
        while place < len(lines) and lines[place].strip() and not _TIMING.match(lines[place]):
            place += 1
    return lines[place:]


def _without_rolling(cues: list[_Cue], warnings: list[ReadWarning]) -> list[_Cue]:
    """Live captions repeat the line above in the next cue; said once is enough."""
    plain = [tuple(filter(None, (_TAG.sub("", line).strip() for line in cue.lines))) for cue in cues]
    repeats = [
        bool(before and after) and after[: len(before)] == before and _runs_on(cues[index], cues[index + 1])
        for index, (before, after) in enumerate(pairwise(plain))
    ]
    pairs = sum(1 for before, after in pairwise(plain) if before and after)
    fewest = 2
    if sum(repeats) < fewest or sum(repeats) * 2 < pairs:
        return cues
    warnings.append(ReadWarning("rolling-captions", f"{sum(repeats)} cues repeat the one before; said once"))
    kept = [cues[0]]
    for index, cue in enumerate(cues[1:]):
        lines = plain[index + 1][len(plain[index]) :] if repeats[index] else cue.lines
        kept.append(replace(cue, lines=tuple(lines)))
    return [cue for cue, repeat in zip(kept, (False, *repeats), strict=True) if cue.lines or not repeat]


def _runs_on(before: _Cue, after: _Cue) -> bool:
    """Whether a cue follows at once and names no speaker: two people may well say the same."""
    if before.end_s is None or after.start_s is None or abs(after.start_s - before.end_s) > _SAME_MOMENT_S:
        return False
    return not any("<v" in line or _LABEL.match(line) for line in after.lines)


def _voices(lines: tuple[str, ...], labels: object) -> Iterator[tuple[str, str]]:
    """Speaker and words of a cue; two voices in one cue come as two."""
    who = ""
    words: list[str] = []
    for line in lines:
        place = 0
        for match in (*_VOICE.finditer(line), None):
            piece = line[place : match.start() if match else len(line)]
            label = None if "<v" in line else _LABEL.match(piece)
            if label and label.group(1) in labels:  # type: ignore[operator]
                if words:
                    yield who, _words(words)
                who, words, piece = label.group(1), [], piece[label.end() :]
            if piece.strip():
                words.append(piece)
            if match:
                if words:
                    yield who, _words(words)
                who, words, place = unescape(match.group(1)).strip(), [], match.end()
    yield who, _words(words)


def _words(lines: list[str]) -> str:
    return unescape(_TAG.sub("", "\n".join(lines))).replace("\xa0", " ").strip()
