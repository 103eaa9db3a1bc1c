"""Our own JSON shape, and the many like it: an object with a list of turns, or only the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from models.records import ReadWarning
from qa.readers.drafts import Draft, Said, channel_of, kept, rows, under, words
from qa.readers.fields import Column, columns, said_of
from qa.readers.markup import without_markup
from qa.readers.plain import is_labelled, read_text
from qa.readers.roles import role_of
from qa.readers.tables import read_records
from qa.readers.times import moment

_TURNS = (
    "turns messages utterances conversation dialogue dialog transcript transcription entries items chat log "
    "original sentences segments lines paragraphs"
).split()
_TEXTS = "transcript conversation content text dialogue dialog body".split()
_LISTS = (
    "transcripts contacts conversations calls chats tickets interactions dialogs data items results records "
    "rows"
).split()
_KEPT = "queue campaign skill disposition direction team tags required duration_s events redacted".split()
_DEEPEST = 8


def has_turns(value: object) -> bool:
    """An object that holds a list of turns under one of the usual names."""
    return isinstance(value, dict) and _turns_of(value) is not None


def has_text(value: object) -> bool:
    """An object whose transcript is one labelled text."""
    return isinstance(value, dict) and _text_of(value) is not None


def is_turn_list(value: object) -> bool:
    """A list of objects (or pairs) with a speaker and words."""
    return isinstance(value, list) and bool(value) and _are_turns(value)


def is_list_of_contacts(value: object) -> bool:
    """A list of objects, or an object with such a list under one of the usual names."""
    if isinstance(value, list):
        return bool(rows(value))
    return isinstance(value, dict) and any(rows(value[key]) for key in _keys(value, _LISTS))


def contacts_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects of such a list."""
    if isinstance(value, list):
        return rows(value)
    return next(rows(value[key]) for key in _keys(value, _LISTS) if rows(value[key]))


def is_lines(value: object) -> bool:
    """A list of strings with labels."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(x, str) for x in value)
        and is_labelled("\n".join(value))
    )


def read_lines(value: list[str]) -> list[Draft]:
    """`["Agent: …", "Customer: …"]`."""
    return [read_text("\n".join(value))]


def read_turn_list(value: list[Any]) -> list[Draft]:
    """A list of turns; when they carry a contact id, a contact for each."""
    return [_without_assistant(draft) for draft in read_records(_as_objects(value))]


def read_conversation(value: Mapping[str, Any]) -> list[Draft]:
    """An object with a list of turns and, beside it, what is known of the contact."""
    name = _turns_of(value) or ""
    return [_described(value, [_said(turn) for turn in _as_objects(value[name])])]


def read_conversation_text(value: Mapping[str, Any]) -> list[Draft]:
    """An object whose transcript is one text."""
    inner = read_text(_text_of(value) or "")
    outer = _described(value, [])
    return [
        replace(
            outer,
            said=inner.said,
            agent=outer.agent or inner.agent,
            roles=inner.roles,
            started_at=outer.started_at or inner.started_at,
            warnings=(*outer.warnings, *inner.warnings),
        )
    ]


def _described(value: Mapping[str, Any], said: list[Said]) -> Draft:
    inner = under(value.get("metadata"))
    about = {**inner, **value}
    where = columns((key, key) for key in about)

    def text(*fields: str) -> str:
        for field in fields:
            column = where.get(field)
            found = about.get(column.key) if column else None
            found = found.get("id") or found.get("name") if isinstance(found, dict) else found
            if words(found).strip():
                return words(found).strip()
        return ""

    speaker_from = words(inner.get("speaker_from"))
    metadata = dict(inner) if _depth(inner) <= _DEEPEST else {}
    metadata |= kept(**{name: value.get(name) for name in _KEPT if _depth(value.get(name)) <= _DEEPEST})
    started = where.get("started_at") or where.get("at") or where.get("start")
    draft = Draft(
        said,
        id=words(value.get("id")).strip() or text("contact"),
        agent=text("agent"),
        client=text("client"),
        channel=channel_of(text("channel")),
        language=text("language") or None,
        started_at=moment(about.get(started.key)) if started else None,
        speaker_from=speaker_from
        if speaker_from in ("vendor", "channel", "label", "inferred", "user")
        else "label",
        redacted=words(inner.get("redacted")) or "unknown",
        metadata=metadata,
    )
    return _without_assistant(draft)


def _without_assistant(draft: Draft) -> Draft:
    """`assistant` and `user`, the words of model training files, are agent and customer; said aloud."""
    said = list(draft.said)
    if not any(one.who.casefold() == "assistant" for one in said):
        return replace(draft, said=said)
    note = ReadWarning(
        "assistant-as-agent", "the role 'assistant' was read as the agent; swap by hand if it was a bot"
    )
    return replace(draft, said=said, warnings=(*draft.warnings, note))


def _turns_of(value: Mapping[str, Any]) -> str | None:
    return next(
        (key for key in _keys(value, _TURNS) if isinstance(value[key], list) and _are_turns(value[key])), None
    )


def _text_of(value: Mapping[str, Any]) -> str | None:
    """The labelled text of an object, out of its markup."""
    texts = (without_markup(value[key]) for key in _keys(value, _TEXTS) if isinstance(value[key], str))
    return next((text for text in texts if is_labelled(text)), None)


def _keys(value: Mapping[str, Any], names: list[str]) -> list[str]:
    """Keys of the object that have one of the names, in the order of the names; case does not matter."""
    by_name = {str(key).casefold(): key for key in value}
    return [by_name[name] for name in names if name in by_name]


def _are_turns(value: list[Any]) -> bool:
    first = next((item for item in value if item), None)
    if isinstance(first, dict):
        known = columns((key, key) for key in first)
        text = known.get("text")
        return text is not None and "speaker" in known and not isinstance(first.get(text.key), (dict, list))
    pair = 2
    return (
        isinstance(first, list)
        and len(first) >= pair
        and all(isinstance(x, str) for x in first[:pair])
        and role_of(first[0]) is not None
    )


def _as_objects(value: list[Any]) -> list[Mapping[str, Any]]:
    pair = 2
    return [
        item if isinstance(item, dict) else {"speaker": item[0], "text": item[1]}
        for item in value
        if isinstance(item, dict) or (isinstance(item, list) and len(item) >= pair)
    ]


def _said(turn: Mapping[str, Any]) -> Said:
    return said_of(turn.get, _where(tuple(turn)))


@lru_cache(maxsize=256)
def _where(keys: tuple[str, ...]) -> Mapping[str, Column]:
    return columns((key, key) for key in keys)


def _depth(value: object, limit: int = _DEEPEST + 1) -> int:
    """How deeply a value is nested, counted up to a limit."""
    if limit == 0 or not isinstance(value, (dict, list)):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(item, limit - 1) for item in inner), default=0)
