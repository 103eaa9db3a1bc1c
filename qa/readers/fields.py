"""Names of columns and keys that people give to the same thing, and a turn out of one row."""

# ruff: noqa: E501 - a row of the table reads best on one line

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from models.patterns import pattern
from models.records import Speaker
from qa.readers.drafts import Said, words
from qa.readers.times import moment, number, seconds

ALIASES: Mapping[str, str] = {
    "contact": (
        "conversationid callid contactid ticketid interactionid sessionid chatid dialogid dialogueid caseid "
        "transcriptid convid conversation_id conversation call contact ticket interaction 通話id"
    ),
    "speaker": (
        "speaker role participant author from sender speakerrole participantrole authortype sendertype speakertype "
        "speakerlabel speakername party who actor 話者 sprecher hablante locuteur name"
    ),
    "text": "text message utterance content body transcript sentence phrase msg said turntext speech comment 発話 発話内容 内容",
    "start": "start starttime offset timestamp begin startoffset beginoffset starts begintime time sec from_time 開始",
    "end": "end endtime endoffset stop ends stoptime finish 終了",
    "at": "at date datetime createdat sentat created sent timestamputc messagetime eventtime",
    "participant": "participantid speakerid userid authorid senderid",
    "agent": "agent agentid agentname agentemail advisor rep representative operator assignee assigneeemail employee",
    "client": "client clientid clientname brand account tenant campaignclient",
    "channel": "channel media mediatype channeltype",
    "language": "language lang locale languagecode",
    "confidence": "confidence asrconfidence",
    "visibility": "visibility",
    "public": "public ispublic",
    "private": "private isprivate internal isinternal internalnote",
    "order": "turn turnindex turnno turnnumber turnid index sequence seq order position linenumber sentenceindex",
    "turn_id": "utteranceid messageid segmentid id",
    "started_at": "startedat callstart callstarttime calldate contactdate startdatetime conversationstart",
    "queue": "queue queuename queueid",
    "campaign": "campaign campaignid",
    "skill": "skill skillid",
    "disposition": "disposition wrapup wrapupcode",
    "direction": "direction",
    "reason": "reason contactreason callreason",
    "site": "site sitename",
    "csat": "csat csatscore",
    "required": "required",
}
"""By our name; case, blanks, dashes and underscores in the file's names do not matter."""
_BY_ALIAS: dict[str, tuple[str, int]] = {}
for _field, _names in ALIASES.items():
    for _rank, _name in enumerate(_names.split()):
        _BY_ALIAS.setdefault(_name.replace("_", ""), (_field, _rank))
_UNITS = pattern(r"(?<=.)(?:in)?(ms|millis|milliseconds?|msec|s|sec|secs|seconds?)\Z")
_YES = frozenset(("true", "yes", "y", "1", "t"))
_ROLES = frozenset(get_args(Speaker))
_PERCENT = 100.0
_LAST = 99


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands, and the unit of its numbers."""

    key: Any
    per_second: float = 1.0


def columns(names: Iterable[tuple[Hashable, object]]) -> dict[str, Column]:
    """Our fields among a file's names, given as (key, name); the best alias wins, then the first."""
    found: dict[str, tuple[int, Column]] = {}
    for key, name in names:
        plain = re.sub(r"[\W_]+", "", str(name or "").casefold())
        per_second = 1.0
        if plain not in _BY_ALIAS:
            unit = _UNITS.search(plain)
            if unit and plain[: unit.start()] in _BY_ALIAS:
                field = _BY_ALIAS[plain[: unit.start()]][0]
                if field in ("start", "end"):
                    plain = plain[: unit.start()]
                    per_second = 1000.0 if unit.group(1).startswith("m") else 1.0
        field, rank = _BY_ALIAS.get(plain, ("", 0))
        if not field:
            continue
        column = Column(key, per_second)
        loser: Column | None
        if field in found and found[field][0] <= rank:
            loser = column
        else:
            loser = found[field][1] if field in found else None
            found[field] = (rank, column)
        if loser and field == "speaker":  # a role beside a name: the name is the participant
            found.setdefault("participant", (_LAST, loser))
    return {field: column for field, (_, column) in found.items()}


def said_of(get: Callable[[Any], Any], where: Mapping[str, Column]) -> Said:
    """One turn from a row; `get` gives the value at a column's key, None when there is none."""

    def value(field: str) -> Any:
        column = where.get(field)
        return get(column.key) if column else None

    label = words(value("speaker")).strip()
    speaker: Any = label.casefold() if label.casefold() in _ROLES else None
    participant = words(value("participant")).strip()
    start, at = _start(value("start"), where.get("start"))
    end, _ = _start(value("end"), where.get("end"))
    given = value("at")
    confidence = number(value("confidence"))
    if confidence is not None and 1.0 < confidence <= _PERCENT:
        confidence /= _PERCENT
    who = participant or ("" if speaker else label)
    if participant and not speaker and label:
        from qa.readers.roles import role_of

        speaker = role_of(label)
        who = participant if speaker else label
    identity = value("turn_id")
    return Said(
        words(value("text")),
        who,
        speaker,
        start,
        end,
        moment(given) if given not in (None, "") else at,
        words(value("language")) or None,
        confidence,
        "internal" if _is_internal(value) else "public",
        words(identity) or None,
    )


def _start(value: Any, column: Column | None) -> tuple[float | None, datetime | None]:
    """Seconds, or a date: `timestamp` is either, and only the value tells."""
    if value in (None, "") or column is None:
        return None, None
    if isinstance(value, datetime):
        return None, value
    dated = isinstance(value, str) and len(value) > 9 and ("-" in value or "/" in value)  # noqa: PLR2004 - a date has ten characters or more
    if dated and (at := moment(value)):
        return None, at
    found = number(value)
    a_year = 3e7
    if found is not None and found / column.per_second > a_year and (at := moment(found)):
        return None, at
    return seconds(value, per_second=column.per_second), None


def _is_internal(value: Callable[[str], Any]) -> bool:
    visibility = words(value("visibility")).casefold()
    if visibility in ("internal", "private", "note", "agents", "internal note"):
        return True
    public, private = value("public"), value("private")
    if public is not None and public != "" and str(public).casefold() not in _YES:
        return True
    return private is not None and str(private).casefold() in _YES
