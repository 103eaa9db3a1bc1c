"""Who did what: a chain of events per client, in a file of its own.

Every event holds the seal of the one before it. What an event names (a person, a contact, a reason) is
sealed as a keyed hash and kept in clear beside it, so that an erasure can take the words away while the
chain still holds. The key is in another file than the events.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.names import client_key
from storage.opening import compact, open_file, refusals
from storage.own_keys import keyed_hash, own_key
from storage.transactions import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import apsw

FIELDS = ("who", "of", "reason", "before", "after")
"""What an event may name. Each is sealed in the chain and kept in clear beside it until it is erased."""
ERASED = "erased"
_START = "0" * 64
_LONGEST = 2_000
_FEWEST_DIGITS = 12
"""Of a name or an id, before it may hold a card number."""
_SHORTEST_WITHIN = 6
"""Characters of an id that is also looked for inside longer text."""


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that somebody did."""

    number: int
    """From 1, without gaps, per client."""
    at: datetime
    action: str
    """`object.verb`, such as `evaluation.confirm`."""
    who: str
    """A person's name; `erased` once they were."""
    of: str
    """Id of what it was done to."""
    reason: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold."""

    client: str
    number: int
    """The event; 0: the file as a whole."""
    what: str


class AuditTrail:
    """The audit of a data folder. Safe to share between threads; several processes may use the folder."""

    def __init__(self, folder: str | Path) -> None:
        self._root = Path(folder)
        self._lock = threading.RLock()
        self._files: dict[str, apsw.Connection] = {}
        self._keys: tuple[bytes, bytes, bytes] | None = None

    def note(
        self,
        client: str,
        *,
        who: str,
        action: str,
        of: str,
        reason: str = "",
        before: str = "",
        after: str = "",
    ) -> int:
        """Append an event, durable when this returns. Not for live turns: it waits for the disk.

        Args:
            client: Whose.
            who: The person or program, as named by its credential; `system` for the schedule.
            action: `object.verb` in lower case: `transcript.read`, `evaluation.confirm`, `key.issue`.
            of: Id of what it was done to; never words of a contact.
            reason: What the person gave as reason; redacted before it is kept.
            before: State before, or the digest of it.
            after: State after, or the digest of it.

        Returns:
            The event's number in the client's chain.

        Raises:
            InputError: The client's name is not usable.
        """
        said = {"who": who, "action": action, "of": of, "reason": reason, "before": before, "after": after}
        return self.note_all(client, [said])

    def note_all(self, client: str, events: Sequence[Mapping[str, str]]) -> int:
        """Append several events at once, each as the arguments of `note`. The number of the last."""
        from models.redaction import redact

        number = 0
        with self._lock, refusals():
            connection = self._file(client, create=True)
            assert connection is not None
            with transaction(connection):
                for said in events:
                    words = {name: said[name][:_LONGEST] for name in FIELDS if said.get(name)}
                    for name, text in words.items():
                        if name == "reason" or sum(map(str.isdigit, text)) >= _FEWEST_DIGITS:
                            words[name] = redact(text)
                    number = self._append(connection, client, said["action"], words)
        return number

    def forget(
        self, client: str, words: Iterable[str] | None, *, who: str, action: str, of: str, reason: str = ""
    ) -> int:
        """Take words out of the trail, for good, and note that it was done.

        The events stay, in their places and sealed as before.

        Args:
            client: Whose.
            words: Ids and names to forget, wherever an event holds them; None: all of this client.
            who: By whom.
            action: `erase.contact`, `erase.person` or `erase.client`.
            of: What was erased; only its keyed hash is kept.
            reason: Why.

        Returns:
            How many pieces of clear text went.
        """
        from models.redaction import redact

        with self._lock:
            connection = self._file(client, create=True)
            assert connection is not None
            with transaction(connection):
                gone = _rows_with(connection, None if words is None else set(words))
                hashes = sorted({self._hash(client, text) for _, _, text in gone} | {self._hash(client, of)})
                connection.executemany(
                    "DELETE FROM words WHERE number = ? AND field = ?", [(n, field) for n, field, _ in gone]
                )
                said = {"who": who, "reason": redact(reason)}
                said = {name: text[:_LONGEST] for name, text in said.items() if text}
                whole = words is None
                self._append(connection, client, action, said, of=of, erased=["*"] if whole else hashes)
            compact(connection)
        return len(gone)

    def events(self, client: str, *, limit: int | None = None) -> list[AuditEvent]:
        """The client's events, newest first."""
        with self._lock:
            connection = self._file(client, create=False)
            if connection is None:
                return []
            rows: list[Any] = connection.execute(
                "SELECT number, body FROM events ORDER BY number DESC LIMIT ?",
                (-1 if limit is None else limit,),
            ).fetchall()
            return [_event(number, json.loads(body), _words(connection, number)) for number, body in rows]

    def cut(self, client: str, before: datetime) -> int:
        """Drop the events before a moment (retention). The chain holds from there on. Returns how many."""
        with self._lock:
            connection = self._file(client, create=False)
            if connection is None:
                return 0
            with connection:
                row = connection.execute(
                    "SELECT number, seal FROM events WHERE at < ? ORDER BY number DESC LIMIT 1",
                    (_text(before),),
                ).fetchone()
                if row is None:
                    return 0
                connection.execute("DELETE FROM words WHERE number <= ?", (row[0],))
                connection.execute("DELETE FROM events WHERE number <= ?", (row[0],))
                gone: int = connection.changes()
                seal = self._seal(f"base {self._hash(client)} {row[0]} {row[1]}")
                connection.execute("DELETE FROM base")
                connection.execute("INSERT INTO base VALUES (?, ?, ?)", (*row, seal))
            compact(connection)
        return gone

    def verify(self, client: str, *, anchor: Path | None = None) -> list[Break]:
        """Whether the chain holds from its first event to its last.

        Args:
            client: Whose.
            anchor: A file that `anchor` wrote; without it a cut tail passes. None: the one in the folder.

        Returns:
            Every place where it does not; empty when it does.
        """
        from storage.audit_check import breaks

        anchor = anchor or self.anchor_file
        path = self._path(client)
        if not path.exists():
            heads = [head for head in read_anchor(anchor) if head.get("file") == path.stem]
            gone = "the file is gone: the anchor names events of it"
            return [Break(client, 0, gone)] if heads else []
        hashed = lambda *parts: self._hash(client, *parts)  # noqa: E731 - a name for what is handed over
        try:
            with self._lock:
                connection = self._file(client, create=False)
                assert connection is not None
                found = breaks(connection, hashed, self._seal, path.stem, read_anchor(anchor))
        except Exception as problem:  # noqa: BLE001 - a file that cannot be read does not hold either
            return [Break(client, 0, f"the file cannot be read ({type(problem).__name__})")]
        return [Break(client, number, what) for number, what in found]

    @property
    def anchor_file(self) -> Path:
        """Where heads are written when the deployer names no place outside."""
        return self._root / "audit" / "anchor.jsonl"

    def anchor(self, path: Path | None = None) -> int:
        """Append the head of every chain to a file that is best kept elsewhere. Returns how many."""
        path = path or self.anchor_file
        lines = []
        with self._lock:
            for file in sorted((self._root / "audit").glob("*.sqlite")):
                connection = self._open(file)
                row = connection.execute(
                    "SELECT number, seal FROM events ORDER BY number DESC LIMIT 1"
                ).fetchone()
                if row is not None:
                    head = {"file": file.stem, "number": row[0], "seal": row[1]}
                    lines.append(json.dumps({"at": _text(datetime.now(UTC)), **head}, sort_keys=True))
        if lines:
            append_lines(path, lines)
        return len(lines)

    def close(self) -> None:
        """Close every file. They open again when they are used."""
        with self._lock:
            for connection in self._files.values():
                connection.close()
            self._files.clear()

    # -- files and seals --------------------------------------------------------------------

    def _append(
        self,
        connection: apsw.Connection,
        client: str,
        action: str,
        words: dict[str, str],
        *,
        of: str = "",
        erased: Sequence[str] = (),
    ) -> int:
        """Inside a transaction."""
        query = "SELECT number, seal FROM events UNION ALL SELECT number, seal FROM base "
        row = connection.execute(query + "ORDER BY number DESC LIMIT 1").fetchone()
        number, previous = (row[0] + 1, row[1]) if row is not None else (1, _START)
        at = _text(datetime.now(UTC))
        said: dict[str, Any] = {name: self._hash(client, text) for name, text in words.items()}
        said |= {"number": number, "at": at, "action": action, "client": self._hash(client)}
        said |= {"previous": previous} | ({"of": self._hash(client, of)} if of else {})
        said |= {"erased": list(erased)} if erased else {}
        body = json.dumps(said, sort_keys=True, separators=(",", ":"))
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?)", (number, at, body, self._seal(body)))
        connection.executemany(
            "INSERT INTO words VALUES (?, ?, ?)", [(number, name, text) for name, text in words.items()]
        )
        return number

    def _own_keys(self) -> tuple[bytes, bytes, bytes]:
        if self._keys is None:
            made = [own_key(self._root, f"audit {purpose}") for purpose in ("file", "words", "seal")]
            self._keys = (made[0], made[1], made[2])
        return self._keys

    def _hash(self, client: str, *parts: str) -> str:
        return keyed_hash(self._own_keys()[1], client_key(client), *parts)

    def _seal(self, body: str) -> str:
        return hmac.digest(self._own_keys()[2], body.encode(), hashlib.sha256).hex()

    def _path(self, client: str) -> Path:
        return self._root / "audit" / f"{keyed_hash(self._own_keys()[0], client_key(client))}.sqlite"

    def _file(self, client: str, *, create: bool) -> apsw.Connection | None:
        path = self._path(client)
        return self._open(path) if create or path.exists() else None

    def _open(self, path: Path) -> apsw.Connection:
        if path.stem not in self._files:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._files[path.stem] = open_file(path, prepare=_prepare)
        return self._files[path.stem]


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append to a file and wait for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())


def read_anchor(path: Path) -> list[dict[str, Any]]:
    """The heads of an anchor file, oldest first; a line cut short by a crash is left out."""
    heads = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        with suppress(ValueError):
            heads.append(json.loads(line))
    return [head for head in heads if isinstance(head, dict)]


def _rows_with(connection: apsw.Connection, words: set[str] | None) -> list[tuple[int, str, str]]:
    """Clear text that holds one of these words, and all else that its event says of it."""
    rows: list[Any] = connection.execute("SELECT number, field, text FROM words").fetchall()
    if words is None:
        return rows
    long = [word for word in words if len(word) >= _SHORTEST_WITHIN]
    hit = {
        (number, field): text
        for number, field, text in rows
        if text in words or any(word in text for word in long)
    }
    about = {number for number, field in hit if field == "of"}
    return [
        row for row in rows if (row[0], row[1]) in hit or (row[0] in about and row[1] not in ("who", "of"))
    ]


def _words(connection: apsw.Connection, number: int) -> dict[str, str]:
    rows: list[Any] = connection.execute(
        "SELECT field, text FROM words WHERE number = ?", (number,)
    ).fetchall()
    return dict(rows)


def _event(number: int, body: dict[str, Any], words: dict[str, str]) -> AuditEvent:
    said = {name: words.get(name, ERASED if name in body else "") for name in FIELDS}
    if said["of"] == ERASED:
        said["of"] = f"{ERASED} {body['of'][:12]}"
    return AuditEvent(number=number, at=datetime.fromisoformat(body["at"]), action=body["action"], **said)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _prepare(connection: apsw.Connection) -> None:
    with connection:
        connection.execute(
            """
            CREATE TABLE IF NOT EXISTS events (
                number INTEGER PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL, seal TEXT NOT NULL
            );
            CREATE INDEX IF NOT EXISTS events_at ON events (at);
            CREATE TABLE IF NOT EXISTS words (
                number INTEGER NOT NULL, field TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (number, field)
            ) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS base (
                number INTEGER NOT NULL, seal TEXT NOT NULL, proof TEXT NOT NULL
            );
            """
        )
