"""What agents did with cards, kept apart: a file of its own per client, short-lived, never read by QA.

A row is one card that was shown. It says which passages it came from and what the agent did with it, so
that cards can be made better; it holds no words of anybody. After a day nothing in it leads to a person:
the agent, the card's id (which is made from the contact's) and the time of day are gone. After thirty
days the row is gone. `qa` cannot import this module: a contract of import-linter holds it.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from models.errors import InputError
from models.records import FeedbackAction
from storage.names import client_key
from storage.opening import open_file, refusals
from storage.sqlite import SqliteStore
from storage.transactions import transaction

if TYPE_CHECKING:
    import apsw

FILE = "panel.sqlite"
"""In the client's own folder."""
KEPT_FOR = timedelta(days=30)
LINKED_FOR = timedelta(hours=24)
"""How long a row names its agent and its card."""
PURGED_EVERY = timedelta(hours=1)
"""How often a file that is in use is cleaned, so that a day is never much more than a day."""
_LONGEST = 300
"""Characters of an id or a heading."""


@dataclass(frozen=True, slots=True)
class PanelNote:
    """Something that was done with a card, as the panel tells it."""

    suggestion: str
    """Id of the card."""
    passages: tuple[str, ...]
    """Ids of the passages that it shows; none when it says that nothing here answers."""
    action: FeedbackAction
    at: datetime
    """With a zone."""
    agent: str = ""
    kind: str = "answer"
    """Of the card."""
    heading: str = ""
    """Of a card without passages: the heading of the client's that lies nearest to the question."""


@dataclass(frozen=True, slots=True)
class UsedCard:
    """One card that was shown, and all that was done with it."""

    passages: tuple[str, ...]
    kind: str
    heading: str
    actions: frozenset[FeedbackAction]
    at: datetime
    """When the first of it happened; once a day has passed, midnight UTC of that day."""
    agent: str = ""
    """Empty once a day has passed."""
    suggestion: str = ""
    """Empty once a day has passed."""


class PanelUse:
    """The notes of all clients, each in a file of its own. Safe to share between threads.

    Args:
        folder: The data folder; None keeps everything in memory.
        clock: What time it is, with a zone.
    """

    def __init__(self, folder: Path | None = None, *, clock: Callable[[], datetime] | None = None) -> None:
        self._store = SqliteStore(folder) if folder is not None else None
        self._clock = clock or (lambda: datetime.now(UTC))
        self._connections: dict[str, apsw.Connection] = {}
        self._purged: dict[str, datetime] = {}
        self._lock = threading.RLock()

    def note(self, client: str, note: PanelNote) -> None:
        """Take down one action; the same on the same card again changes nothing.

        Raises:
            InputError: The client's name is not usable, the action unknown, or the time without a zone.
        """
        if note.action not in get_args(FeedbackAction):
            raise InputError(f"panel use: the action is none of {', '.join(get_args(FeedbackAction))}")
        if note.at.tzinfo is None:
            raise InputError("panel use: the time has no zone; give it in UTC")
        with self._writing(client) as connection:
            self._purge_if_due(client, connection)
            connection.execute(
                "INSERT OR IGNORE INTO cards VALUES (?, ?, ?, ?, ?, ?, 1)",
                (
                    note.suggestion[:_LONGEST],
                    json.dumps([id[:_LONGEST] for id in note.passages]),
                    note.kind[:_LONGEST],
                    note.heading[:_LONGEST],
                    note.at.astimezone(UTC).isoformat(timespec="seconds"),
                    note.agent[:_LONGEST],
                ),
            )
            connection.execute(
                "INSERT OR IGNORE INTO actions VALUES (?, ?)", (note.suggestion[:_LONGEST], note.action)
            )

    def cards(self, client: str) -> list[UsedCard]:
        """The cards of the last thirty days, oldest first; cleaned before they are read."""
        if self._connection(client, create=False) is None:
            return []
        with self._writing(client) as connection:
            self._purge(connection)
            rows = connection.execute(
                "SELECT card, passages, kind, heading, at, agent, linked, group_concat(action) "
                "FROM cards JOIN actions USING (card) GROUP BY card ORDER BY at, card"
            ).fetchall()
        return [
            UsedCard(
                tuple(json.loads(str(passages))),
                str(kind),
                str(heading),
                frozenset(action for action in get_args(FeedbackAction) if action in str(done).split(",")),
                datetime.fromisoformat(str(at)),
                str(agent),
                str(card) if linked else "",
            )
            for card, passages, kind, heading, at, agent, linked, done in rows
        ]

    def purge(self, client: str) -> int:
        """Unlink what is older than a day and delete what is older than thirty; how many rows that were.

        Happens by itself when a client's file is opened, hourly while it is used, and before it is read.
        A server calls it once a day for clients whose panels are closed.
        """
        if self._connection(client, create=False) is None:
            return 0
        with self._writing(client) as connection:
            changed = self._purge(connection)
        if changed and self._store is not None:
            # What was overwritten must not live on in the write-ahead log.
            with self._lock:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return changed

    def erase(self, client: str) -> None:
        """Delete every row of this client."""
        if self._connection(client, create=False) is None:
            return
        with self._writing(client) as connection:
            connection.execute("DELETE FROM cards")
        with self._lock:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every file; they are opened again when they are used. What is in memory is forgotten."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    # -- parts ------------------------------------------------------------------------------

    def _purge_if_due(self, client: str, connection: apsw.Connection) -> None:
        key, now = client_key(client), self._clock()
        if now - self._purged.get(key, datetime.min.replace(tzinfo=UTC)) >= PURGED_EVERY:
            self._purge(connection)
            self._purged[key] = now

    def _purge(self, connection: apsw.Connection) -> int:
        """Inside a transaction."""
        now = self._clock().astimezone(UTC)
        connection.execute(
            "DELETE FROM cards WHERE at < ?", ((now - KEPT_FOR).isoformat(timespec="seconds"),)
        )
        changed = connection.changes()
        old = connection.execute(
            "SELECT card, at FROM cards WHERE linked AND at < ?",
            ((now - LINKED_FOR).isoformat(timespec="seconds"),),
        ).fetchall()
        for card, at in old:
            day = datetime.fromisoformat(str(at)).replace(hour=0, minute=0, second=0)
            connection.execute(
                "UPDATE cards SET card = ?, at = ?, agent = '', linked = 0 WHERE card = ?",
                (secrets.token_hex(16), day.isoformat(timespec="seconds"), card),
            )
        return changed + len(old)

    def _connection(self, client: str, *, create: bool) -> apsw.Connection | None:
        key = client_key(client)
        with self._lock:
            known = self._connections.get(key)
            if known is not None:
                return known
            if self._store is None:
                if not create:
                    return None
                connection = _in_memory()
            else:
                known_names = {client_key(name) for name in self._store.clients()}
                if not create and key not in known_names:
                    return None
                path = self._store.folder(client) / FILE
                if not create and not path.exists():
                    return None
                connection = open_file(path, prepare=_prepare)
            self._connections[key] = connection
            return connection

    @contextmanager
    def _writing(self, client: str) -> Iterator[apsw.Connection]:
        with self._lock, refusals():
            connection = self._connection(client, create=True)
            assert connection is not None
            with transaction(connection):
                yield connection


def _in_memory() -> apsw.Connection:
    import apsw

    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA foreign_keys = ON").fetchall()
    _prepare(connection)
    return connection


def _prepare(connection: apsw.Connection) -> None:
    """The tables. A lost second of notes is no harm, so that the panel never waits for the disk."""
    connection.execute("PRAGMA synchronous = NORMAL").fetchall()
    connection.execute(
        """
        CREATE TABLE IF NOT EXISTS cards (
            card TEXT PRIMARY KEY,
            passages TEXT NOT NULL,
            kind TEXT NOT NULL,
            heading TEXT NOT NULL,
            at TEXT NOT NULL,
            agent TEXT NOT NULL,
            linked INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS actions (
            card TEXT NOT NULL REFERENCES cards (card) ON DELETE CASCADE ON UPDATE CASCADE,
            action TEXT NOT NULL,
            PRIMARY KEY (card, action)
        ) WITHOUT ROWID;
        """
    )
