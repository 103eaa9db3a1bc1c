"""The shape of a client's file, as numbered steps. A step is never edited; a new one is added."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.errors import ConfigError
from storage.transactions import transaction

if TYPE_CHECKING:
    import apsw


def m0001_records(connection: apsw.Connection) -> None:
    """Records with their revisions, and vectors by the digest of their text."""
    connection.execute(
        """
        CREATE TABLE records (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            revision INTEGER NOT NULL,
            UNIQUE (kind, id)
        );
        CREATE TABLE revisions (
            record INTEGER NOT NULL REFERENCES records (seq) ON DELETE CASCADE,
            revision INTEGER NOT NULL,
            digest TEXT NOT NULL,
            body TEXT NOT NULL,
            stored_at TEXT NOT NULL,
            PRIMARY KEY (record, revision)
        );
        CREATE TABLE vectors (
            encoder TEXT NOT NULL,
            digest TEXT NOT NULL,
            vector BLOB NOT NULL,
            PRIMARY KEY (encoder, digest)
        ) WITHOUT ROWID;
        """
    )


def m0002_register(connection: apsw.Connection) -> None:
    """Lines that queues and dashboards read, made from what the file holds already."""
    from storage.register_tables import create, refresh_all

    create(connection)
    refresh_all(connection)


def m0003_erasure(connection: apsw.Connection) -> None:
    """Who a contact is about, as keyed hashes; what was erased; what must not be."""
    connection.execute(
        """
        CREATE TABLE subjects (
            subject TEXT NOT NULL, contact TEXT NOT NULL, PRIMARY KEY (subject, contact)
        ) WITHOUT ROWID;
        CREATE INDEX subjects_contact ON subjects (contact);
        CREATE TABLE erased (contact TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE holds (
            contact TEXT PRIMARY KEY, who TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
        ) WITHOUT ROWID;
        """
    )


MIGRATIONS: tuple[Callable[[apsw.Connection], None], ...] = (m0001_records, m0002_register, m0003_erasure)


def migrate(connection: apsw.Connection, *, dry_run: bool = False) -> list[str]:
    """Bring a file to the newest shape; each step and its record share one transaction.

    Returns:
        Names of the steps that ran, or would run when `dry_run`.

    Raises:
        ConfigError: The file was written by a newer version of the software.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations "
        "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
    )
    done = {row[0] for row in connection.execute("SELECT number FROM migrations")}
    if done and max(done) > len(MIGRATIONS):
        raise ConfigError(
            f"the data file is at step {max(done)}, this version knows {len(MIGRATIONS)}: "
            "install a newer version"
        )
    ran = []
    for number, step in enumerate(MIGRATIONS, start=1):
        if number in done:
            continue
        ran.append(step.__name__)
        if dry_run:
            continue
        with transaction(connection):
            # Another process may have been faster between the look above and the lock.
            if not connection.execute("SELECT 1 FROM migrations WHERE number = ?", (number,)).fetchone():
                step(connection)
                connection.execute(
                    "INSERT INTO migrations VALUES (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
                    (number, step.__name__),
                )
    return ran
