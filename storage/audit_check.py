"""Whether an audit chain holds: every way in which it may not, with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import apsw

_START = "0" * 64
_FIELDS = ("who", "of", "reason", "before", "after")


def breaks(
    connection: apsw.Connection,
    hashed: Callable[..., str],
    sealed: Callable[[str], str],
    file: str,
    anchors: Sequence[dict[str, Any]],
) -> list[tuple[int, str]]:
    """Number and kind of every fault; empty when the chain holds.

    Args:
        connection: To the client's audit.
        hashed: Keyed hash of words of this client; without words, of the client itself.
        sealed: Seal of an event's body.
        file: Name by which anchors speak of this file.
        anchors: Heads that were written elsewhere.
    """
    found: list[tuple[int, str]] = []
    first, previous = _base(connection, hashed, sealed, found)
    events: list[Any] = connection.execute(
        "SELECT number, at, body, seal FROM events ORDER BY number"
    ).fetchall()
    seals = {first: previous}
    bodies: dict[int, dict[str, Any]] = {}
    due = first + 1
    for number, at, body, seal in events:
        if number != due:
            found.append((due, f"deleted: events {due} to {number - 1} are missing"))
        said = _parsed(body)
        if said is None or sealed(body) != seal:
            found.append((number, "edited: the seal does not fit what the event says"))
        elif said.get("number") != number or said.get("at") != at:
            found.append((number, "moved: the event was sealed with another number or time"))
        elif said.get("client") != hashed():
            found.append((number, "swapped: the event is another client's"))
        elif number == due and said.get("previous") != previous:
            found.append((number, "broken: the event was not sealed after the one before it"))
        bodies[number] = said or {}
        previous, due = seal, number + 1
        seals[number] = seal
    found += _words_that_changed(connection, hashed, bodies)
    found += _anchored(file, anchors, seals, first)
    return sorted(set(found))


def _base(
    connection: apsw.Connection,
    hashed: Callable[..., str],
    sealed: Callable[[str], str],
    found: list[tuple[int, str]],
) -> tuple[int, str]:
    """Number and seal of the last event that retention dropped; 0 and the start when none was."""
    row = connection.execute("SELECT number, seal, proof FROM base").fetchone()
    if row is None:
        return 0, _START
    if sealed(f"base {hashed()} {row[0]} {row[1]}") != row[2]:
        found.append((int(row[0]), "edited: where the chain begins was changed"))
    return int(row[0]), str(row[1])


def _words_that_changed(
    connection: apsw.Connection, hashed: Callable[..., str], bodies: dict[int, dict[str, Any]]
) -> list[tuple[int, str]]:
    kept: dict[int, dict[str, str]] = {}
    rows: list[Any] = connection.execute("SELECT number, field, text FROM words").fetchall()
    for number, field, text in rows:
        kept.setdefault(number, {})[field] = text
    erased: set[str] = set()
    found = []
    # From the last to the first: an erasure covers what came before it.
    for number in sorted({*bodies, *kept}, reverse=True):
        body, words = bodies.get(number, {}), kept.get(number, {})
        erased.update(body.get("erased", ()))
        for field in _FIELDS:
            there, due = words.get(field), body.get(field)
            if there is not None and (due is None or hashed(there) != due):
                found.append((number, f"edited: {field} is not what was sealed"))
            elif there is None and due is not None and not _covered(body, due, erased):
                found.append((number, f"deleted: {field} is missing and no erasure covers it"))
    return found


def _covered(body: dict[str, Any], due: str, erased: set[str]) -> bool:
    return "*" in erased or due in erased or body.get("of") in erased


def _anchored(
    file: str, anchors: Sequence[dict[str, Any]], seals: dict[int, str], first: int
) -> list[tuple[int, str]]:
    found = []
    last = max(seals)
    for head in anchors:
        number = head.get("number")
        if head.get("file") != file or not isinstance(number, int) or number < first:
            continue
        if number > last:
            found.append((last + 1, f"cut: the anchor of {head.get('at')} knows events up to {number}"))
        elif seals.get(number) != head.get("seal"):
            found.append((number, f"replaced: not the event that the anchor of {head.get('at')} knows"))
    return found


def _parsed(body: str) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
