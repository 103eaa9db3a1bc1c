"""How a record becomes a row: what is written, and under which conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.codec import to_json
from models.errors import ConflictError, InputError
from models.records import Transcript
from storage import register_tables
from storage.keys import record_key, redacted
from storage.register import contact_of
from storage.register_tables import refresh
from storage.subjects import spelled

if TYPE_CHECKING:
    import apsw

    from models.redaction.masking import Masking

SUBJECT_KEYS = ("customer", "customer_id", "customer_reference", "subject", "subject_reference")
"""Keys of a transcript's metadata that say who the customer is."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A record as it will be stored."""

    kind: str
    id: str
    body: str
    digest: str
    contact: str | None
    subjects: tuple[str, ...] = ()
    """Keyed hashes of the customers that a transcript names, from before it was redacted."""
    erased: str = ""
    """Keyed hash of the id, as an erasure would have left it."""
    record: Any = None
    """The record itself, redacted."""


def made_ready(record: Any, hashed: Callable[..., str], masking: Masking | None = None) -> Ready:
    """A record made ready, outside of any transaction: redacted, and with its subjects' keyed hashes."""
    safe = redacted(record, masking)
    kind, id = type(safe).__name__, record_key(safe)
    body = to_json(safe)
    try:
        digest = hashlib.sha256(body.encode()).hexdigest()
    except UnicodeEncodeError:
        raise InputError(f"{kind}: holds a lone surrogate; decode its source with errors='replace'") from None
    return Ready(
        kind, id, body, digest, contact_of(safe), subjects_of(record, hashed), hashed("contact", id), safe
    )


def is_there(connection: apsw.Connection, record: Any) -> bool:
    """Whether these very bytes are stored already, so that there is nothing to redact or to write.

    What is stored was redacted: a record with a secret in it is never equal to it, and takes the long way.
    """
    row = revision_of(connection, type(record).__name__, record_key(record))
    if row is None:
        return False
    with suppress(UnicodeEncodeError):
        return hashlib.sha256(to_json(record).encode()).hexdigest() == row[2]
    return False


def write(connection: apsw.Connection, ready: Ready, *, supersede: bool, needed: str | None) -> bool:
    """Inside a transaction. False when nothing is new."""
    kind, id = ready.kind, ready.id
    row = revision_of(connection, kind, id)
    if needed is not None:
        check_current(connection, kind, id, needed)
    if row is not None and row[2] == ready.digest:
        return False
    if row is not None and not supersede and needed is None:
        raise ConflictError(f"{kind} {id}: exists with other content; give it another id or replace it")
    if row is None:
        if kind == "Transcript":
            refuse_erased(connection, id, ready.erased)
        connection.execute("INSERT INTO records (kind, id, revision) VALUES (?, ?, 1)", (kind, id))
        seq, revision = connection.last_insert_rowid(), 1
    else:
        seq, revision = row[0], row[1] + 1
        connection.execute("UPDATE records SET revision = ? WHERE seq = ?", (revision, seq))
    connection.execute(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
        (seq, revision, ready.digest, ready.body),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO subjects VALUES (?, ?)", [(subject, id) for subject in ready.subjects]
    )
    if ready.contact is not None:
        evaluated = (id,) if kind == "Evaluation" else ()
        for contact in dict.fromkeys([*register_tables.contacts_of(connection, evaluated), ready.contact]):
            refresh(connection, contact, evaluated)
    return True


def revision_of(connection: apsw.Connection, kind: str, id: str) -> tuple[int, int, str] | None:
    """Row, number and digest of a record's current revision."""
    row: tuple[int, int, str] | None = connection.execute(
        "SELECT seq, records.revision, digest FROM records JOIN revisions ON record = seq "
        "AND revisions.revision = records.revision WHERE kind = ? AND id = ?",
        (kind, id),
    ).fetchone()
    return row


def check_current(connection: apsw.Connection, kind: str, id: str, digest: str) -> None:
    """Raise ConflictError unless this digest is the current revision's."""
    row = revision_of(connection, kind, id)
    if row is None or row[2] != digest:
        raise ConflictError(f"{kind} {id}: was changed meanwhile; read it again")


def subjects_of(record: Any, hashed: Callable[..., str]) -> tuple[str, ...]:
    """Keyed hashes of the customers whom a transcript's metadata names."""
    if not isinstance(record, Transcript):
        return ()
    said = [record.metadata.get(key) for key in SUBJECT_KEYS]
    return tuple(
        sorted(
            {hashed("person", spelled(str(one))) for one in said if isinstance(one, (str, int)) and str(one)}
        )
    )


def refuse_erased(connection: apsw.Connection, id: str, digest: str) -> None:
    """Raise ConflictError for a contact that was erased: a second import must not bring it back."""
    row = connection.execute("SELECT at FROM erased WHERE contact = ?", (digest,)).fetchone()
    if row is not None:
        raise ConflictError(
            f"Transcript {id}: was erased on {str(row[0])[:10]} and is not taken in again; "
            "a new contact needs an id of its own"
        )
