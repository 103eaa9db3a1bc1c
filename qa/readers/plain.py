"""Plain text with labels: `Agent: …`, `**Agent:** …`, `[00:12] Agent: …`, `Agent (00:12): …`.

A label counts when it is a word for a role or when it recurs; everything else with a colon
("Note: …", "Port: 80") belongs to the turn above it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from models.errors import InputError
from models.patterns import pattern
from models.records import Channel, ReadWarning, Speaker
from qa.readers.drafts import Draft, Said
from qa.readers.roles import is_diarised, is_weak, role_of
from qa.readers.times import clock, moment, number, to_24_hours

_TIME = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE_TIME = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?"
_INSIDE = rf"(?:{_DATE_TIME}|{_TIME}|(?:\d+\s?h\s*)?(?:\d+\s?m(?:in)?\s*)?\d+(?:[.,]\d+)?\s?s?)"
_RANGE = rf"{_INSIDE}(?:\s*(?:-->|->|-|–|to)\s*{_INSIDE})?"
_NAME = r"[^\W\d_][\w .'’&/#@-]{0,39}?"
_WHOLE_NAME = pattern(rf"{_NAME}\Z")
_LONGEST_LABEL = 42
_MOST_LINES = 200_000
_LINE = pattern(
    rf"\s*(?:[-•>]\s+)?"
    rf"(?:(?:[\[(]\s*(?P<before>{_RANGE})\s*[\])]|(?P<bare>{_DATE_TIME}|{_TIME}))\s*+(?:[-–|]\s*+)?)?"
    rf"\[?(?P<label>{_NAME})\]?"
    rf"(?:\s*[(\[]\s*(?P<note>[^()\[\]\n]{{1,40}})\s*[)\]]|\s+(?P<after>{_TIME}))?"
    rf"(?:\s*[:：]\s*(?P<text>.*)|(?P<alone>\s*))\Z",
)
_SPEAKER = pattern(r"(?:speaker|spk)[ _-]?\d{1,3}\Z", re.IGNORECASE)
_KEY = pattern(r"\s*+(?:-\s++)?(?:([a-z_][\w.-]{0,60}):(?:(\s*(?:[#&].*)?\Z)|\s)|[-{\[]\s*\S)")
_STAMP = pattern(rf"{_RANGE}\Z")
_BOLD = pattern(r"((?:[\[(][^\])\n]{1,40}[\])]\s*+)?)(?:\*\*|__)([^*\n]{1,80}?)(?:\*\*|__)")
_LEADING_TIME = pattern(rf"[\[(]?({_TIME})[\])]?\s+(?=\S)")
_ASIDE = pattern(
    r"\s*(?:[\[(][^\[\]()\n]+[\])]+"
    r"|end of (?:call|chat|transcript|conversation)\b.*|transcript end\b.*)\s*\Z",
    re.IGNORECASE,
)
_NEVER = frozenset(
    (
        "note notes ps p.s nb tip important warning caution hint example address phone tel "
        "telephone mobile fax email e-mail mail name date time duration subject re fwd total price "
        "cost amount step option order ref reference account port proxy url link http https "
        "username password server website web hours status result summary question answer reason "
        "issue action steps next source file item id case ticket number from to cc sent"
    ).split()
)
_MOST_WORDS = 5
_LONGEST_ASIDE = 300
_MOST_LABELS = 200
_PROBE = 100_000
_FIRST_CLOCK_S = 300.0
"""A first `mm:ss` above five minutes, or a first `hh:mm:ss` above an hour, is the time of day."""


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    note: str
    stamp: str
    text: str


def _split(line: str) -> _Line | None:
    """Label, bracket, time and words of a line, when it has the shape of a labelled one."""
    head = line[:160]
    colon = head.find(":")
    a_time = head[colon - 1 : colon].isdigit() and head[colon + 1 : colon + 3].isdigit()
    if 0 < colon <= _LONGEST_LABEL and not a_time and (label := _plain_label(head[:colon])):
        return _Line(label, "", "", line[colon + 1 :].lstrip())
    if "**" in head or "__" in head:
        line = _BOLD.sub(r"\1\2", line, count=1)
        head = line[:160]
    if ":" not in head and "：" not in head:
        return None
    match = _LINE.match(line)
    if not match:
        return None
    label = match["label"].strip()
    note, stamp = (match["note"] or "").strip(), match["before"] or match["bare"] or match["after"] or ""
    if note and _STAMP.match(note):
        note, stamp = "", stamp or note
    if match["alone"] is not None and not stamp:
        return None
    if len(label.split()) > _MOST_WORDS:
        return None
    return _Line(label, note, stamp, match["text"] or "")


@lru_cache(maxsize=8192)
def _plain_label(before: str) -> str:
    """The label when nothing but a label stands before the colon, else empty: the common and quick case."""
    label = before.strip()
    return label if _WHOLE_NAME.match(label) and len(label.split()) <= _MOST_WORDS else ""


def _lines(text: str) -> Iterator[tuple[str, _Line | None]]:
    for line in text.split("\n"):
        yield line, _split(line) if ":" in line or "：" in line else None


def accepted_labels(counts: Counter[str]) -> dict[str, Speaker | None]:
    """Which labels are speakers, with the role those name that name one; empty when there are none.

    Args:
        counts: How often each label stood at the start of a line.
    """
    labels: dict[str, Speaker | None] = {}
    weak: dict[str, Speaker | None] = {}
    for label, count in counts.most_common(_MOST_LABELS):
        role = role_of(label)
        if role is not None:
            (weak if is_weak(label) and count == 1 else labels)[label] = role
        elif (count > 1 and _may_be_a_name(label)) or _SPEAKER.match(label):
            labels[label] = None
    if labels:
        labels.update(weak)
    known = any(labels.values())
    return labels if known or len(labels) > 1 else {}


def _may_be_a_name(label: str) -> bool:
    first = label.casefold().split()[0] if label.split() else ""
    if label.casefold().rstrip(".") in _NEVER or first in ("http", "https"):
        return False
    most_words = 3
    return is_diarised(label) or (len(label.split()) <= most_words and not label[0].islower())


@dataclass(frozen=True, slots=True)
class _Survey:
    """What stands at the starts of lines."""

    counts: Counter[str]
    names: dict[str, Speaker]
    """Names whose role a label states: `Agent (Ben)`, `Ben (Agent)`, `Agent Ben`."""
    firsts: dict[str, str]
    """The words behind each label where it stands first."""

    @property
    def labels(self) -> dict[str, Speaker | None]:
        found = accepted_labels(self.counts)
        return found or {label: None for label in self.names if label in self.counts}


def _survey(text: str) -> _Survey:
    survey = _Survey(Counter(), {}, {})
    for _, line in _lines(text):
        if line:
            survey.counts[line.label] += 1
            survey.firsts.setdefault(line.label, line.text)
            _learn_name(line, survey.names)
    return survey


def is_labelled(text: str) -> bool:
    """Whether the text has at least one known or two recurring labels at line starts."""
    return bool(_survey(text[:_PROBE]).labels) or (len(text) > _PROBE and bool(_survey(text).labels))


def read_text(text: str, *, channel: Channel = "other") -> Draft:
    """One contact from labelled text; text without labels becomes a single unknown turn and a warning."""
    if text.count("\n") > _MOST_LINES:
        raise InputError(f"the text has more than {_MOST_LINES:,} lines; split it into its contacts")
    survey = _survey(text)
    labels, names = survey.labels, survey.names
    if not labels:
        note = ReadWarning(
            "no-labels", "no speaker labels were found; read as one turn of an unknown speaker"
        )
        return Draft([Said(text)], channel=channel, speaker_from="label", warnings=(note,))
    declared = _declared(labels, survey.counts, survey.firsts)
    names.update({name: role for name, role in declared.values() if role})
    turns, preamble = _turns(text, labels, names, set(declared))
    warnings: list[ReadWarning] = []
    if preamble:
        skipped = f"{preamble} lines before the first speaker were left out"
        warnings.append(ReadWarning("preamble-skipped", skipped))
    said, started_at = _with_times(turns, warnings)
    agents = {one.who for one in said if names.get(one.who) == "agent"}
    return Draft(
        said,
        agent=agents.pop() if len(agents) == 1 else "",
        channel=channel,
        started_at=started_at,
        speaker_from="label",
        roles=names,
        warnings=tuple(warnings),
    )


def looks_like_settings(text: str) -> bool:
    """Whether the text is YAML or the like: most lines are keys or list items, of many kinds and nested."""
    lines = [
        line for line in text[:_PROBE].split("\n") if line.strip() and not line.lstrip().startswith("#")
    ][:300]
    keys = [match for line in lines if (match := _KEY.match(line))]
    most, kinds, nested = 0.6, 4, 2
    if len(keys) < most * len(lines) or not keys:
        return False
    names = {match.group(1) for match in keys if match.group(1)}
    return len(names) >= kinds and sum(match.group(2) is not None for match in keys) >= nested


def _learn_name(line: _Line, names: dict[str, Speaker]) -> None:
    """`Agent (Ben):` and `Ben (Agent):` say what Ben is."""
    if not line.note:
        name, stated = _name_behind_role(line.label), role_of(line.label)
        if name and stated:
            names.setdefault(name, stated)
        return
    outer, inner = role_of(line.label), role_of(line.note)
    if outer and not inner:
        names.setdefault(line.note, outer)
    elif inner and not outer:
        names.setdefault(line.label, inner)


@lru_cache(maxsize=4096)
def _name_behind_role(label: str) -> str:
    """`Ben` of `Agent Ben`; empty for `Agent`, `Agent 2` and `Customer Service`."""
    first, _, rest = label.partition(" ")
    plain = rest[:1].isupper() and role_of(rest) is None and role_of(first) == role_of(label)
    return rest if plain and role_of(first) else ""


def _declared(
    labels: dict[str, Speaker | None], counts: Counter[str], firsts: dict[str, str]
) -> dict[str, tuple[str, Speaker | None]]:
    """Heading lines such as `Agent: Daleen`, when `Daleen` is a label of the same text."""
    found: dict[str, tuple[str, Speaker | None]] = {}
    for label, role in labels.items():
        name = firsts.get(label, "").strip()
        if role and counts[label] == 1 and name in labels and labels[name] is None:
            found[label] = (name, role)
    return found


def _turns(
    text: str, labels: dict[str, Speaker | None], names: dict[str, Speaker], headings: set[str]
) -> tuple[list[tuple[Said, str]], int]:
    """Turns with their time stamps as written, and how many lines stood before the first."""
    turns: list[tuple[Said, str]] = []
    own_name = _only_names(names)
    line: _Line | None = None
    pieces: list[str] = []
    resumed = False
    preamble = 0

    def close() -> None:
        words = "\n".join(pieces).strip("\n")
        if line and (words.strip() or not resumed):
            role, who = _who(line, labels, own_name)
            turns.append((Said(words, who, role), "" if resumed else line.stamp))

    for raw, found in _lines(text):
        if found and found.label in headings:
            continue
        if found and (found.label in labels or found.label in names):
            close()
            line, pieces, resumed = found, [found.text], False
        elif line is None:
            preamble += bool(raw.strip())
        elif len(raw) < _LONGEST_ASIDE and " " in raw.strip() and _ASIDE.match(raw):
            close()
            turns.append((Said(raw.strip(), speaker="system"), ""))
            pieces, resumed = [], True
        else:
            pieces.append(raw.rstrip())
    close()
    return turns, preamble


def _only_names(names: dict[str, Speaker]) -> dict[Speaker, str]:
    """The one name a role has in this text, so that `Agent:` and `Agent (Ben):` are one person."""
    by_role: dict[Speaker, set[str]] = {}
    for name, role in names.items():
        by_role.setdefault(role, set()).add(name)
    return {role: next(iter(found)) for role, found in by_role.items() if len(found) == 1}


def _who(
    line: _Line, labels: dict[str, Speaker | None], own_name: dict[Speaker, str]
) -> tuple[Speaker | None, str]:
    role = labels.get(line.label)
    if role and line.note and not role_of(line.note):
        return role, line.note
    name = _name_behind_role(line.label)
    if role and name:
        return role, name
    if role and role in own_name and len(line.label.split()) == 1:
        return role, own_name[role]
    return role, line.label


def _with_times(
    turns: list[tuple[Said, str]], warnings: list[ReadWarning]
) -> tuple[list[Said], datetime | None]:
    """Stamps become seconds, or dates become `at`; the time of day counts from the first turn."""
    if not any(stamp for _, stamp in turns):
        turns = _stamps_in_text(turns)
    ranges = [_ends(stamp) for _, stamp in turns]
    first = next((start for start, _ in ranges if start), "")
    if not first:
        return [one for one, _ in turns], None
    if re.match(r"\d{4}-", first):
        dated = [replace(one, at=moment(start)) for (one, _), (start, _) in zip(turns, ranges, strict=True)]
        return dated, next((one.at for one in dated if one.at), None)
    unit, zero = _clock_reading(first)
    if zero:
        note = "the times are those of a clock; seconds count from the first turn"
        warnings.append(ReadWarning("clock-times", note))
    timed = []
    for (one, _), (start, end) in zip(turns, ranges, strict=True):
        begins, ends = _offset(start, unit, zero), _offset(end, unit, zero)
        timed.append(replace(one, start_s=begins, end_s=ends))
    return timed, None


def _stamps_in_text(turns: list[tuple[Said, str]]) -> list[tuple[Said, str]]:
    """`Agent Ben: 00:00:05 Good afternoon`: the time opens the words, in most of the turns."""
    matches = [_LEADING_TIME.match(one.text) for one, _ in turns]
    enough, fewest = 0.8, 3
    if len(turns) < fewest or sum(map(bool, matches)) < enough * len(turns):
        return turns
    return [
        (replace(one, text=one.text[match.end() :]), match.group(1)) if match else (one, stamp)
        for (one, stamp), match in zip(turns, matches, strict=True)
    ]


def _ends(stamp: str) -> tuple[str, str]:
    if not stamp:
        return "", ""
    if re.match(r"\d{4}-", stamp):
        return stamp, ""
    start, *end = re.split(r"\s*(?:-->|->|-|–|to)\s*", stamp, maxsplit=1)
    return start, end[0] if end else ""


def _clock_reading(first: str) -> tuple[float, float]:
    """Factor on the seconds read (60 when `hh:mm` was read as `mm:ss`) and the time of day to subtract."""
    found, half = _seconds(first)
    parts = first.count(":")
    minute, hour = 60.0, 3600.0
    if found is None:
        return 1.0, 0.0
    if parts == 1 and (half or found > _FIRST_CLOCK_S):
        return minute, _halved(found * minute, half)
    if parts > 1 and (half or found > hour):
        return 1.0, _halved(found, half)
    return 1.0, 0.0


def _seconds(text: str) -> tuple[float | None, str]:
    half = re.search(r"([ap])\.?m\.?\s*\Z", text.casefold())
    bare = re.sub(r"\s*[apAP]\.?[mM]\.?\s*\Z", "", text)
    found = clock(bare)
    if found is None and "." in bare:
        found = number(bare)
    return found, half.group(1) if half else ""


def _halved(value: float, half: str) -> float:
    hour = 3600
    return to_24_hours(int(value // hour), half or None) * hour + value % hour


def _offset(text: str, unit: float, zero: float) -> float | None:
    found, half = _seconds(text)
    if found is None:
        return None
    value = _halved(found * unit, half) - zero if zero else found
    midnight = 86_400.0
    return value + midnight if zero and value < -midnight / 2 else value
