"""What was erased, so that a restored backup forgets it again: one sealed line each, keyed hashes only.

The lines stand in the data folder and, since a backup may come back without that folder, beside every
backup that this folder has made.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from storage.audit import append_lines
from storage.names import client_key
from storage.opening import write_private
from storage.own_keys import keyed_hash, own_key

Erasable = Literal["contact", "person", "client"]

FILE = "erasures.jsonl"
PLACES = "backups.json"
"""Folders that hold backups of this one."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One thing that was erased."""

    what: Erasable
    client: str
    """Keyed hash of the client."""
    of: str
    """Keyed hash of the contact or person; empty for a client."""
    at: datetime


def client_hash(key: bytes, client: str) -> str:
    """Keyed hash of a client's name."""
    return keyed_hash(key, "client", client_key(client))


def append(folder: Path, stones: Iterable[Tombstone]) -> tuple[list[Path], list[Path]]:
    """Write tombstones in the data folder and beside its backups.

    Returns:
        The backup folders that were told, and those that could not be reached.
    """
    key = own_key(folder, "tombstones")
    lines = [_line(key, stone) for stone in stones]
    append_lines(folder / FILE, lines)
    told, untold = [], []
    for place in backup_places(folder):
        try:
            if not place.is_dir():
                raise FileNotFoundError(place)
            append_lines(place / FILE, lines)
            told.append(place)
        except OSError:
            untold.append(place)
    return told, untold


def read(path: Path, key: bytes) -> list[Tombstone]:
    """The tombstones of a file whose seal holds, oldest first."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            seal = said.pop("seal")
            if hmac.compare_digest(seal, _seal(key, said)):
                at = datetime.fromisoformat(said["at"])
                found.append(Tombstone(said["what"], said["client"], said["of"], at))
    return found


def backup_places(folder: Path) -> list[Path]:
    """Folders that hold backups of this data folder."""
    try:
        return [Path(place) for place in json.loads((folder / PLACES).read_text("utf-8"))]
    except (OSError, ValueError):
        return []


def remember_place(folder: Path, place: Path) -> None:
    """Note that a folder holds backups, so that erasures are told there."""
    places = backup_places(folder)
    if place.resolve() not in places:
        write_private(folder / PLACES, json.dumps([str(one) for one in [*places, place.resolve()]]))


def _line(key: bytes, stone: Tombstone) -> str:
    at = stone.at.astimezone(UTC).isoformat()
    said = {"what": stone.what, "client": stone.client, "of": stone.of, "at": at}
    return json.dumps({**said, "seal": _seal(key, said)}, sort_keys=True)


def _seal(key: bytes, said: dict[str, str]) -> str:
    return hmac.digest(key, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hex()
