"""Whom a record is about: how each kind names its contact and its people.

An erasure reads this table and nothing else, so a kind that is stored and not named here would be left
behind: `tests/security/test_erasure.py` fails when there is one. A kind that this table does not know
(another program's) is erased when any of its values is the contact or the person.

A path is a field, `a.b` a field in a field, `a[]` every item of a list, `a{}` every value of a mapping and
`a{key}` every key of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Change = Callable[[str], str | None]
"""What takes the place of a value; None takes it away, or the item that holds it."""


@dataclass(frozen=True, slots=True)
class Names:
    """How one kind of record names what it is about."""

    contact: str = ""
    """The contact that the whole record is about; it goes with it."""
    evaluation: str = ""
    """The evaluation it is about."""
    dispute: str = ""
    """The dispute it is about."""
    among: tuple[str, ...] = ()
    """Contacts among others; only they go."""
    people: tuple[str, ...] = ()
    """Names of people, which another word takes the place of."""


KINDS: Mapping[str, Names] = {
    "Transcript": Names("id", people=("agent", "turns[].participant")),
    "Analysis": Names("id"),
    "Evaluation": Names("transcript", people=("agent", "verdicts[].by", "machine[].by")),
    "Review": Names(evaluation="evaluation", people=("who", "before_by")),
    "StatusChange": Names(evaluation="evaluation", people=("who",)),
    "Dispute": Names(evaluation="evaluation", people=("who",)),
    "DisputeStep": Names(dispute="dispute", people=("who",)),
    "CoachingNote": Names("contact", people=("who",)),
    "ShownCards": Names("id"),
    "WrapUp": Names("contact", people=("edited_by",)),
    "LiveContact": Names("id", people=("agent",)),
    "LiveEvent": Names("contact", people=("turn.participant",)),
    "Feedback": Names("contact", people=("agent",)),
    "RaterAnswers": Names("contact", people=("who", "answers[].by")),
    "Calibration": Names(among=("contacts[]",), people=("raters[]", "who")),
    "DrawnSample": Names(among=("contacts[]", "assigned{}[]"), people=("who", "assigned{key}")),
    "Claim": Names("id", people=("who",)),
    "DeadLetter": Names("transcript"),
    "MinedPhrase": Names(among=("examples[].transcript",), people=("decided_by",)),
    "FactDecision": Names(people=("who",)),
    "Document": Names(people=("owner",)),
    "SpeakerCorrection": Names("contact", people=("who",)),
    "Outgoing": Names("contact", "evaluation", "dispute"),
    "Proposal": Names(people=("by", "by_id", "decided_by", "document.owner")),
    "Done": Names(),
    "UsualScripting": Names(),
    "ColumnMapping": Names(people=("by",)),
    "Scorecard": Names(),
    "ClientProfile": Names(),
}


def spelled(name: str) -> str:
    """What two spellings of one name share."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def said(body: Any, path: str) -> list[str]:
    """The words at a path."""
    found: list[str] = []

    def note(value: str) -> str:
        found.append(value)
        return value

    changed(body, path, note)
    return found


def changed(body: Any, path: str, change: Change) -> Any:
    """The body with other words at a path; an item of a list whose word goes, goes with it."""
    step, _, rest = path.partition(".")
    return _stepped(body, step, rest, change)


def changed_anywhere(value: Any, change: Change) -> Any:
    """The body with other words wherever it holds some: for kinds that the table does not know."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): changed_anywhere(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [changed_anywhere(item, change) for item in value]
    return value


def _stepped(body: Any, step: str, rest: str, change: Change) -> Any:
    if not isinstance(body, Mapping):
        return body
    name, how = _parted(step)
    if name not in body:
        return body
    return {**body, name: _at(body[name], how, rest, change)}


def _parted(step: str) -> tuple[str, str]:
    """`assigned{}[]` as `assigned` and `{}[]`."""
    ends = [at for at in (step.find("["), step.find("{")) if at >= 0]
    cut = min(ends, default=len(step))
    return step[:cut], step[cut:]


def _at(value: Any, how: str, rest: str, change: Change) -> Any:
    if how.startswith("[]") and isinstance(value, list):
        items = [_at(item, how[2:], rest, change) for item in value]
        return [item for item in items if item is not None]
    if how.startswith("{}") and isinstance(value, Mapping):
        return {key: _at(item, how[2:], rest, change) for key, item in value.items()}
    if how == "{key}" and isinstance(value, Mapping):
        keys = {key: change(key) for key in value}
        return {new: value[key] for key, new in keys.items() if new is not None}
    if rest and not how:
        inner = changed(value, rest, change)
        return None if _gone(value, inner, rest) else inner
    return change(value) if isinstance(value, str) and value and not how else value


def _gone(before: Any, after: Any, rest: str) -> bool:
    """Whether the word at the end of a path was taken away, and with it what it stood in."""
    had = isinstance(before, Mapping) and before.get(rest) is not None
    return had and after.get(rest) is None
