"""The durable store: one SQLite file per client in a data folder.

Driven through apsw, whose bundled SQLite (3.51.3 or newer) does not have the WAL-reset fault of the
versions that most systems ship. A client's name never becomes a path (`storage.client_list`).
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from models.codec import from_json
from models.errors import ConfigError, InputError, NotFoundError, StorageError
from models.records.cases import NO_CONDITION, Case, Tally, Where
from models.records.events import LiveContact
from storage import register_tables
from storage.audit import AuditTrail
from storage.client_list import ClientList
from storage.keys import masking_for
from storage.names import check_client_name, client_key
from storage.noted import noted
from storage.opening import compact, open_file, refusals
from storage.own_keys import keyed_hash, own_key
from storage.register import check_columns, ordering
from storage.register_tables import refresh
from storage.transactions import transaction
from storage.writing import Ready, check_current, is_there, made_ready, write

if TYPE_CHECKING:
    import apsw

    from models.ports import Vectors

Record = TypeVar("Record")
log = logging.getLogger("unscripted.storage")

_VECTORS_PER_QUERY = 500
_SEAL = 9
"""Bytes behind a vector that say whether it is whole: SQLite does not notice a flipped bit."""


class SqliteStore:
    """A `Store` in files. Safe to share between threads; several processes may open the same folder."""

    def __init__(self, folder: Path) -> None:
        self._root = folder
        self._clients = ClientList(folder)
        self._key: bytes | None = None
        self.audit = AuditTrail(folder)
        """Who did what with these records."""
        self._connections: dict[str, apsw.Connection] = {}
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as problem:
            raise ConfigError(f"data folder {folder}: cannot be made ({problem.strerror})") from problem

    @property
    def root(self) -> Path:
        """The data folder."""
        return self._root

    # -- records ----------------------------------------------------------------------------

    def put(self, client: str, record: Any, *, supersede: bool = False, expected: Any = None) -> bool:
        """See `models.ports.Store.put`. Redacted first, durable (fsync) when it returns."""
        check_client_name(client)
        if expected is None and self._is_there(client, record):
            return False
        ready = self._ready(client, record)
        needed = self._ready(client, expected).digest if expected is not None else None
        with self.writing(client) as connection:
            written = write(connection, ready, supersede=supersede, needed=needed)
        self._note(client, [ready.record] if written else [])
        return written

    def put_all(
        self, client: str, records: Sequence[Any], *, supersede: bool = False, expected: Sequence[Any] = ()
    ) -> list[bool]:
        """See `models.ports.Store.put_all`. One transaction.

        Redacted before it begins, so that others wait for the writing alone.
        """
        check_client_name(client)
        ready = [self._ready(client, record) for record in records]
        needed = dict(self._known(client, each) for each in expected)
        with self.writing(client) as connection:
            for (kind, id), digest in needed.items():
                check_current(connection, kind, id, digest)
            written = [
                write(connection, one, supersede=supersede or (one.kind, one.id) in needed, needed=None)
                for one in ready
            ]
        self._note(client, [one.record for one, new in zip(ready, written, strict=True) if new])
        return written

    def get(self, client: str, kind: type[Record], id: str) -> Record:
        """See `models.ports.Store.get`."""
        row = self._read_one(
            client,
            "SELECT body FROM records JOIN revisions ON record = seq AND revisions.revision = "
            "records.revision WHERE kind = ? AND id = ?",
            (kind.__name__, id),
        )
        if row is None:
            raise NotFoundError(f"{kind.__name__} {id}: no such record")
        return from_json(kind, str(row[0]))

    def find(self, client: str, kind: type[Record], *, limit: int | None = None) -> list[Record]:
        """See `models.ports.Store.find`."""
        connection = self._connection(client, create=False)
        if connection is None:
            return []
        with self._lock:
            rows = connection.execute(
                "SELECT body FROM records JOIN revisions ON record = seq AND revisions.revision = "
                "records.revision WHERE kind = ? ORDER BY seq LIMIT ?",
                (kind.__name__, -1 if limit is None else limit),
            ).fetchall()
        return [from_json(kind, str(body)) for (body,) in rows]

    def delete(self, client: str, kind: type[Any], id: str) -> bool:
        """See `models.ports.Store.delete`. `secure_delete` overwrites the freed pages."""
        if self._connection(client, create=False) is None:
            return False
        with self.writing(client) as connection:
            contact = self._contact(connection, kind, id)
            connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind.__name__, id))
            gone = connection.changes() > 0
            if contact is not None:
                refresh(connection, contact)
            return gone

    def delete_all(self, client: str, kind: type[Any], ids: Sequence[str]) -> int:
        """See `models.ports.Store.delete_all`. One transaction."""
        if not ids or self._connection(client, create=False) is None:
            return 0
        with self.writing(client) as connection:
            contacts = [self._contact(connection, kind, id) for id in ids]
            gone = 0
            for id in ids:
                connection.execute("DELETE FROM records WHERE kind = ? AND id = ?", (kind.__name__, id))
                gone += connection.changes()
            for contact in dict.fromkeys(contacts):
                if contact is not None:
                    refresh(connection, contact)
            return gone

    def history(self, client: str, kind: type[Record], id: str) -> list[tuple[datetime, Record]]:
        """See `models.ports.Store.history`."""
        connection = self._connection(client, create=False)
        if connection is None:
            return []
        with self._lock:
            rows = connection.execute(
                "SELECT stored_at, body FROM records JOIN revisions ON record = seq "
                "WHERE kind = ? AND id = ? ORDER BY revisions.revision",
                (kind.__name__, id),
            ).fetchall()
        return [(datetime.fromisoformat(str(at)), from_json(kind, str(body))) for at, body in rows]

    # -- the register -----------------------------------------------------------------------

    def cases(
        self,
        client: str,
        where: Where = NO_CONDITION,
        *,
        order: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Case]:
        """See `models.ports.Store.cases`."""
        check_columns("cases", [*where, *(name for name, _ in ordering(order))])
        connection = self._connection(client, create=False)
        if connection is None:
            return []
        with self._lock:
            return register_tables.cases(connection, where, order, limit, offset)

    def tally(
        self,
        client: str,
        table: str,
        by: Sequence[str] = (),
        *,
        where: Where = NO_CONDITION,
        of: str | None = None,
    ) -> list[Tally]:
        """See `models.ports.Store.tally`."""
        check_columns(table, [*by, *where, *([of] if of else [])])
        connection = self._connection(client, create=False)
        if connection is None:
            return [] if by else [Tally((), 0, 0, 0.0, 0.0)]
        with self._lock:
            return register_tables.tally(connection, table, by, where, of)

    @staticmethod
    def _contact(connection: apsw.Connection, kind: type[Any], id: str) -> str | None:
        """The contact whose lines change when a record goes."""
        if kind.__name__ in ("Transcript", "Analysis"):
            return id
        found = register_tables.contacts_of(connection, (id,)) if kind.__name__ == "Evaluation" else []
        return found[0] if found else None

    # -- vectors ----------------------------------------------------------------------------

    def put_vectors(self, client: str, encoder: str, digests: Sequence[str], vectors: Vectors) -> None:
        """See `models.ports.Store.put_vectors`."""
        import numpy as np

        rows = np.ascontiguousarray(vectors, dtype="<f4")
        if len(digests) != len(rows):
            raise InputError(f"vectors: {len(digests)} digests for {len(rows)} rows")
        with self.writing(client) as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                (
                    (encoder, digest, _sealed(row.tobytes(), encoder, digest))
                    for digest, row in zip(digests, rows, strict=True)
                ),
            )

    def get_vectors(self, client: str, encoder: str, digests: Sequence[str]) -> dict[str, Vectors]:
        """See `models.ports.Store.get_vectors`. A damaged row is as one that is not known."""
        import numpy as np

        connection = self._connection(client, create=False)
        known: dict[str, Vectors] = {}
        if connection is None:
            return known
        wanted = list(dict.fromkeys(digests))
        with self._lock:
            for first in range(0, len(wanted), _VECTORS_PER_QUERY):
                part = wanted[first : first + _VECTORS_PER_QUERY]
                marks = ",".join("?" * len(part))
                query = f"SELECT digest, vector FROM vectors WHERE encoder = ? AND digest IN ({marks})"  # noqa: S608 - only question marks
                for digest, blob in connection.execute(query, (encoder, *part)):
                    row = blob[:-_SEAL]
                    if blob == _sealed(row, encoder, digest):
                        known[digest] = np.frombuffer(row, dtype="<f4").astype(np.float32)
        return known

    def state(self, client: str, *kinds: type[Any]) -> tuple[int, ...]:
        """Numbers that change whenever any process stores or deletes a record of these kinds."""
        connection = self._connection(client, create=False)
        if connection is None:
            return ()
        with self._lock:
            found: list[int] = []
            for kind in kinds:
                row = connection.execute(
                    "SELECT count(*), coalesce(sum(revision), 0), coalesce(max(seq), 0) FROM records "
                    "WHERE kind = ?",
                    (kind.__name__,),
                ).fetchone()
                found += [int(number) for number in row or ()]
        return tuple(found)

    # -- clients and files ------------------------------------------------------------------

    def clients(self) -> list[str]:
        """See `models.ports.Store.clients`."""
        return self._clients.names()

    def folder(self, client: str) -> Path:
        """The client's own folder, for rebuildable caches beside its file. Made when needed."""
        return self._clients.folder(client)

    def compact(self, client: str) -> bool:
        """Write the client's file anew without what was deleted, and empty its write-ahead log.

        Returns:
            False when another process reads just now, so that the log could not be emptied.
        """
        connection = self._connection(client, create=False)
        if connection is None:
            return True
        with self._lock:
            return compact(connection)

    def remove(self, client: str) -> bool:
        """Take a client away with its folder. What it held is overwritten first. False when unknown."""
        connection = self._connection(client, create=False)
        if connection is None:
            return False
        with self._lock:
            with self.writing(client):
                for table in (
                    "records",
                    "vectors",
                    "cases",
                    "answers",
                    "labels",
                    "subjects",
                    "erased",
                    "holds",
                ):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            compact(connection)
            connection.close()
            self._connections.pop(client_key(client), None)
            folder = self._clients.remove(client)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return True

    def close(self) -> None:
        """Close every file. The store opens them again when it is used."""
        with self._lock:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()
            self.audit.close()

    def _note(self, client: str, records: Sequence[Any]) -> None:
        """Decisions of people go into the audit. They are stored already: a failure is told in the log."""
        events = [said for said in map(noted, records) if said is not None]
        if not events:
            return
        try:
            self.audit.note_all(client, events)
        except StorageError as problem:
            log.error("%d events are missing from the audit: %s", len(events), problem)  # noqa: TRY400 - no traceback of customers' data

    def hashed(self, client: str) -> Callable[..., str]:
        """Words of a client to what only this data folder can connect with them."""
        if self._key is None:
            self._key = own_key(self._root, "subjects")
        return partial(keyed_hash, self._key, client_key(client))

    def _ready(self, client: str, record: Any) -> Ready:
        return made_ready(record, self.hashed(client), masking_for(self, client, record))

    def _is_there(self, client: str, record: Any) -> bool:
        connection = self._connection(client, create=False)
        if connection is None:
            return False
        with self._lock, refusals():
            return is_there(connection, record)

    def _known(self, client: str, record: Any) -> tuple[tuple[str, str], str]:
        """Kind and id of a record that is expected, and its digest."""
        # Every turn of a live contact expects its contact as it was: the same few bytes each time.
        ready = _of_live(record) if isinstance(record, LiveContact) else self._ready(client, record)
        return (ready.kind, ready.id), ready.digest

    def _connection(self, client: str, *, create: bool) -> apsw.Connection | None:
        key = client_key(client)
        with self._lock:
            known = self._connections.get(key)
            if known is not None:
                return known
            if not create and key not in self._clients.entries():
                return None
            connection = open_file(self.folder(client) / "unscripted.sqlite")
            self._connections[key] = connection
            return connection

    def _read_one(self, client: str, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        connection = self._connection(client, create=False)
        if connection is None:
            return None
        with self._lock:
            row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
        return row

    @contextmanager
    def writing(self, client: str) -> Iterator[apsw.Connection]:
        """One transaction in the client's file; for this room's own modules."""
        with self._lock, refusals():
            connection = self._connection(client, create=True)
            assert connection is not None
            with transaction(connection):
                yield connection


@lru_cache(maxsize=2_048)
def _of_live(record: LiveContact) -> Ready:
    return made_ready(record, lambda *_: "")


def _sealed(row: bytes, encoder: str, digest: str) -> bytes:
    """A vector and a sum over it, its encoder and its text's digest."""
    whole = b"\0".join((encoder.encode(), digest.encode(), row))
    return row + hashlib.blake2b(whole, digest_size=_SEAL).digest()
