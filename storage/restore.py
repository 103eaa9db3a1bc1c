"""A data folder from a backup: checked first, then written, then made to forget what was erased since."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigError, ConflictError, InputError
from storage.backup import MANIFEST, check_backup, members
from storage.kept_sessions import forget_all
from storage.opening import flush_folder
from storage.own_keys import own_key
from storage.tombstones import FILE as ERASURES
from storage.tombstones import PLACES, Tombstone, read

if TYPE_CHECKING:
    from storage.sqlite import SqliteStore


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    folder: Path
    made_at: datetime
    """When the backup was begun."""
    clients: tuple[str, ...]
    files: int
    erasures: int
    """How many erasures from after the backup were carried out again."""
    told_by: tuple[str, ...]
    """Files in which erasures from after the backup were looked for."""


def restore_backup(path: Path, into: Path, *, passphrase: str = "", erasures: Path | None = None) -> Restored:
    """Make a data folder from a backup.

    Args:
        path: The backup.
        into: The folder to make; it must not be there, or be empty.
        passphrase: Of a sealed one.
        erasures: A file of erasures from elsewhere, such as the old data folder's; beside those that lie
            with the backup.

    Raises:
        ConflictError: The folder holds something.
        InputError: The backup is damaged or altered; nothing was written.
        ConfigError: It cannot be written.
    """
    from storage.sqlite import SqliteStore

    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise ConflictError(f"folder {into}: holds something; name a new or empty one")
    said = check_backup(path, passphrase=passphrase)
    made_at = datetime.fromisoformat(said["made_at"])
    partial = into.with_name(f"{into.name}.partial-{secrets.token_hex(4)}")
    sources = [one for one in (path.parent / ERASURES, erasures) if one is not None and one.exists()]
    try:
        _write(path, passphrase, partial)
        forget_all(partial)  # who signed out since the backup stays out
        key = own_key(partial, "tombstones")
        stones = {stone for source in sources for stone in read(source, key) if stone.at >= made_at}
        store = SqliteStore(partial)
        done = _forget(store, partial, sorted(stones, key=lambda stone: stone.at), key)
        for client in store.clients():
            _check(store, client)
        clients = tuple(store.clients())
        store.close()
        if into.exists():
            into.rmdir()
        partial.replace(into)
        flush_folder(into.parent)
    except OSError as problem:
        raise ConfigError(f"folder {into}: cannot be written ({problem.strerror})") from problem
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Restored(into, made_at, clients, len(said["files"]), done, tuple(str(one) for one in sources))


def _write(path: Path, passphrase: str, folder: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    for name, file in members(path, passphrase):
        if name == MANIFEST:
            continue
        target = folder / name
        for parent in reversed(target.relative_to(folder).parents):
            (folder / parent).mkdir(exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(file, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
    (folder / PLACES).unlink(missing_ok=True)


def _check(store: SqliteStore, client: str) -> None:
    with store.writing(client) as connection:
        row = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if row is None or row[0] != "ok":
        raise InputError(f"client {client}: its database is damaged in the backup")


def _forget(store: SqliteStore, folder: Path, stones: list[Tombstone], key: bytes) -> int:
    """Carry out erasures that came after the backup. Returns how many met something."""
    from storage.audit import AuditTrail
    from storage.orders import forget_client, forget_some
    from storage.tombstones import append, client_hash

    audit = AuditTrail(folder)
    done = 0
    for client in store.clients():
        mine = [stone for stone in stones if stone.client == client_hash(key, client)]
        if any(stone.what == "client" for stone in mine):
            forget_client(store, folder, client, despite_holds=True)
            audit.forget(client, None, who="restore", action="erase.client", of=client)
            done += 1
            continue
        for what, found in _named(store, client, mine):
            forget_some(store, audit, folder, client, what=what, of=found, at=datetime.now(UTC))
            done += 1
        # Contacts that the backup does not know yet, too: their source may send them again.
        refused = [(stone.of, stone.at.isoformat()) for stone in mine if stone.what == "contact"]
        if refused:
            with store.writing(client) as connection:
                connection.executemany("INSERT OR IGNORE INTO erased VALUES (?, ?)", refused)
    audit.close()
    if stones:
        append(folder, stones)
    return done


def _named(store: SqliteStore, client: str, stones: list[Tombstone]) -> list[tuple[str, str]]:
    """The contacts and people of a client that these tombstones mean."""
    from storage.erasure import contacts_known, contacts_of_subjects, people_known
    from storage.subjects import spelled

    hashed = store.hashed(client)
    contacts = {stone.of for stone in stones if stone.what == "contact"}
    people = {stone.of for stone in stones if stone.what == "person"}
    found = [("contact", one) for one in contacts_known(store, client) if hashed("contact", one) in contacts]
    found += [("contact", one) for one in contacts_of_subjects(store, client, people)]
    named = sorted({spelled(one) for one in people_known(store, client)})
    return found + [("person", one) for one in named if hashed("person", one) in people]
