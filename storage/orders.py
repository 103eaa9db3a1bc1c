"""An erasure or a hold, as somebody orders it: across everything that a data folder holds.

The modules beside this clear one thing each; here it is put in order: the records, the other files, the
audit's words, the tombstones that a restored backup obeys, and a certificate that says what was done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import InputError, NotFoundError
from storage import erasure, leftovers, tombstones
from storage.names import client_key
from storage.own_keys import own_key
from storage.subjects import spelled
from storage.tombstones import Erasable, Tombstone

if TYPE_CHECKING:
    from storage.audit import AuditTrail
    from storage.sqlite import SqliteStore

PEOPLE_FILES = ("access.sqlite", "people.sqlite")
"""Databases beside the clients' folders that know people and the clients they work for."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an erasure took away, to hand to whoever asked for it."""

    what: Erasable
    of: str
    """The contact, person or client, as asked."""
    client: str
    at: datetime
    by: str
    reason: str
    contacts: int
    records: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Records that are gone, by kind."""
    changed: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Records that stay without it, by kind."""
    files: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Rows that went from other files, by file."""
    audit_words: int = 0
    """Pieces of clear text taken out of the audit; its events stay."""
    backups_told: tuple[str, ...] = ()
    """Folders whose backups forget it when they are restored."""
    to_do: tuple[str, ...] = ()
    """What a person still has to see to."""


def erase(
    store: SqliteStore,
    audit: AuditTrail,
    folder: Path,
    client: str,
    *,
    contact: str = "",
    person: str = "",
    whole_client: bool = False,
    who: str,
    reason: str = "",
) -> Certificate:
    """Erase one contact, one person or one client, everywhere.

    Args:
        store: The records.
        audit: Keeps the event and loses the words.
        folder: The data folder.
        client: Whose.
        contact: Id of a contact.
        person: Name of an agent or reviewer, or the reference of a customer.
        whole_client: Everything of the client.
        who: Who orders it; named in the certificate and the audit.
        reason: Why.

    Raises:
        InputError: Not exactly one of the three, or nobody is named.
        NotFoundError: No such client, or nothing is known of the contact or person.
        ConflictError: It is held.
    """
    if sum((bool(contact), bool(person), whole_client)) != 1:
        raise InputError("erase: say one of a contact, a person, or the whole client")
    if not who.strip():
        raise InputError("erase: name who orders it")
    known = {client_key(one): one for one in store.clients()}
    if client_key(client) not in known:
        raise NotFoundError(f"client {client}: is not in this data folder")
    client = known[client_key(client)]
    at = datetime.now(UTC)
    key = own_key(folder, "tombstones")
    owner = tombstones.client_hash(key, client)
    if whole_client:
        made, stones = forget_client(store, folder, client), [Tombstone("client", owner, "", at)]
        words: set[str] | None = None
    else:
        made, words = _some(store, folder, client, contact=contact, person=person, at=at)
        hashed = store.hashed(client)
        gone = [contact] if contact else sorted(made.contacts)
        stones = [Tombstone("contact", owner, hashed("contact", one), at) for one in gone]
        if person:
            stones.append(Tombstone("person", owner, hashed("person", spelled(person)), at))
    told, untold = tombstones.append(folder, stones)
    what: Erasable = "contact" if contact else "person" if person else "client"
    of = contact or person or client
    taken = audit.forget(client, words, who=who, action=f"erase.{what}", of=of, reason=reason)
    to_do = [*made.to_do, *(f"backups in {one}: not reached; copy {tombstones.FILE} there" for one in untold)]
    return Certificate(
        what,
        of,
        client,
        at,
        who,
        reason,
        len(made.contacts),
        dict(made.removed.records),
        dict(made.removed.changed),
        made.files,
        taken,
        tuple(str(one) for one in told),
        tuple(to_do),
    )


def hold(store: SqliteStore, client: str, contact: str, *, who: str, reason: str, audit: AuditTrail) -> None:
    """Keep a contact, or with an empty id everything of a client, from being erased.

    Raises:
        InputError: Nobody is named, or no reason is given.
    """
    if not who.strip() or not reason.strip():
        raise InputError("hold: it needs a name and a reason")
    with store.writing(client) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)",
            (contact, who, _cleaned(reason), datetime.now(UTC).isoformat()),
        )
    audit.note(client, who=who, action="hold.set", of=contact or client, reason=reason)


def release(store: SqliteStore, client: str, contact: str, *, who: str, audit: AuditTrail) -> None:
    """Take a hold back.

    Raises:
        NotFoundError: There is no such hold.
    """
    with store.writing(client) as connection:
        connection.execute("DELETE FROM holds WHERE contact = ?", (contact,))
        if not connection.changes():
            raise NotFoundError("hold: there is none to release")
    audit.note(client, who=who, action="hold.release", of=contact or client)


@dataclass(slots=True)
class Made:
    """What was done, before it is put into a certificate."""

    removed: erasure.Removed
    contacts: Sequence[str]
    files: dict[str, int]
    to_do: list[str] = field(default_factory=list)


def forget_some(
    store: SqliteStore, audit: AuditTrail, folder: Path, client: str, *, what: str, of: str, at: datetime
) -> None:
    """Carry out an erasure again, in a restored folder: also of what was held when the backup was made."""
    contact, person = (of, "") if what == "contact" else ("", of)
    with suppress(NotFoundError):
        _, words = _some(store, folder, client, contact=contact, person=person, at=at, despite_holds=True)
        audit.forget(client, words, who="restore", action=f"erase.{what}", of=of)


def _some(
    store: SqliteStore,
    folder: Path,
    client: str,
    *,
    contact: str,
    person: str,
    at: datetime,
    despite_holds: bool = False,
) -> tuple[Made, set[str]]:
    contacts = [contact] if contact else erasure.contacts_of_person(store, client, person)
    removed = erasure.erase_contacts(store, client, contacts, at=at, despite_holds=despite_holds)
    if person:
        removed.changed.update(erasure.rename_person(store, client, person))
    words = removed.ids | removed.cards | ({person} if person else set())
    files = leftovers.sweep_folder(store.folder(client), words)
    made = Made(removed, contacts, files)
    if person:
        files |= _sign_in(folder, client, person)
        made.to_do += _accounts(folder, person)
    if not removed.records and not removed.changed and not files:
        raise NotFoundError(f"{'contact' if contact else 'person'}: nothing of this client names it")
    # Which contacts an export holds is not known; they can be made again.
    files |= {leftovers.EXPORTS: gone} if (gone := leftovers.drop_exports(store.folder(client))) else {}
    if not store.compact(client):
        made.to_do.append("another process reads the database; run it again when it has ended")
    return made, words


def forget_client(store: SqliteStore, folder: Path, client: str, *, despite_holds: bool = False) -> Made:
    """Take a client away. Raises ConflictError when something of it is held."""
    removed = erasure.Removed()
    with store.writing(client) as connection:
        held = [one for (one,) in connection.execute("SELECT contact FROM holds")]
        if not despite_holds:
            erasure.check_holds(connection, [str(one) for one in held])
        rows = connection.execute("SELECT kind, count(*) FROM records GROUP BY kind").fetchall()
        removed.records = Counter({str(kind): int(count) for kind, count in rows})  # type: ignore[arg-type]
        contacts = [
            str(id) for (id,) in connection.execute("SELECT id FROM records WHERE kind = 'Transcript'")
        ]
    own = store.folder(client)
    files = {path.name: 1 for path in own.rglob("*") if path.is_file() and path.name != leftovers.DATABASE}
    for path in own.glob("*.sqlite"):
        if path.name != leftovers.DATABASE:
            leftovers.empty_file(path)
    store.remove(client)
    for name in _root_files(folder):
        found = leftovers.sweep_file(
            folder / name, [client, client_key(client)], columns=("client", "client_key")
        )
        if found:
            files[name] = found
    return Made(removed, contacts, files)


def _root_files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.sqlite"))


def _sign_in(folder: Path, client: str, person: str) -> dict[str, int]:
    """Keys by which the person came in for this client."""
    from storage.access import AccessKeys

    gone = AccessKeys(folder).forget(client, person) if (folder / "access.sqlite").exists() else 0
    return {"access.sqlite": gone} if gone else {}


def _accounts(folder: Path, person: str) -> list[str]:
    """Accounts of that name: they may serve other clients, so a person decides."""
    if not (folder / "people.sqlite").exists():
        return []
    from storage.people import People

    named = [
        one for one in People(folder).list() if spelled(person) in (spelled(one.name), spelled(one.login))
    ]
    return ["a sign-in account has this name; put it out in /admin" for _ in named]


def _cleaned(reason: str) -> str:
    from models.redaction import redact

    return redact(reason)
