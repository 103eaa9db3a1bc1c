"""Who may come in: access keys, kept beside the clients' files and never inside one of them.

A key is shown once. What is kept is its SHA-256: with 256 random bits there is nothing to guess, so
no slow hash is needed, and a stolen file opens no door.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from models.errors import ConfigError, InputError, NotFoundError
from models.patterns import pattern
from storage.names import check_client_name
from storage.opening import compact
from storage.shared_file import SharedFile
from storage.transactions import transaction

if TYPE_CHECKING:
    import apsw

Role = Literal["agent", "qa", "admin"]
"""What people are."""
KeyRole = Literal["agent", "qa", "admin", "feed"]
"""What a key opens. `feed`: a telephony that brings turns in and can read nothing."""

_SHAPE = 2
_USED_EVERY = timedelta(minutes=5)
"""How fresh `used_at` is: finer would cost a write to disk for every request."""
_KEY = pattern(r"un_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_LONGEST_NAME = 100
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who came in: a name, what they may do, and the one client they do it for."""

    name: str
    role: KeyRole
    client: str
    """Empty for somebody who signed in with a password and has not chosen yet."""
    person: str = ""
    """Id of the person; empty for a key."""
    owner: bool = False
    """May make clients, people and grants."""
    language: str = ""
    """Of the pages, as the person has set it; empty: the browser's."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What is known of a key, without the key."""

    prefix: str
    """Names the key in lists and logs; opens nothing."""
    principal: Principal
    issued_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    """When it last opened the door, to five minutes; None: never."""

    def opens(self, now: datetime) -> bool:
        """Whether the key still opens the door."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class AccessKeys:
    """The keys of a data folder. Safe to share between threads; several processes may use the folder.

    One key serves one client. A person who serves two has two keys and changes between them by
    signing in again.
    """

    def __init__(self, folder: str | Path) -> None:
        self._file = SharedFile(Path(folder) / "access.sqlite", prepare=_prepare, read=_read)

    def issue(self, name: str, role: KeyRole, client: str, *, expires: datetime | None = None) -> str:
        """Make a key. It is returned here and can never be read again.

        Raises:
            InputError: No name, an unknown role, an unusable client name, or an end without a zone.
        """
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise InputError(f"access key: the name must be 1 to {_LONGEST_NAME} printable characters")
        if role not in get_args(KeyRole):
            raise InputError(f"access key: the role must be one of {', '.join(get_args(KeyRole))}")
        if expires is not None and expires.tzinfo is None:
            raise InputError("access key: the end needs a time zone")
        prefix = secrets.token_hex(6)
        key = f"un_{prefix}_{secrets.token_urlsafe(32)}"
        row = (prefix, _digest(key), name.strip(), role, check_client_name(client), _text(datetime.now(UTC)))
        with self._file.changing() as connection:
            connection.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (*row, expires and _text(expires)),
            )
        return key

    def principal(self, key: str) -> Principal | None:
        """Whose key it is; None when it is unknown, expired or revoked.

        Takes the same steps for a wrong key as for a right one.
        """
        entry = self.entry(key)
        return entry.principal if entry is not None else None

    def entry(self, key: str) -> AccessKey | None:
        """The key's entry, if the key opens the door."""
        match = _KEY.fullmatch(key)
        digest, entry = self._file.known().get(match[1] if match else "", (_NOBODY, None))
        same = hmac.compare_digest(digest, _digest(key))
        now = datetime.now(UTC)
        if not same or entry is None or not entry.opens(now):
            return None
        if entry.used_at is None or now - entry.used_at > _USED_EVERY:
            self._note_use(entry, now)
        return entry

    def _note_use(self, entry: AccessKey, now: datetime) -> None:
        """Write down that a key was used. A disk that cannot be written keeps nobody out."""
        import apsw

        with self._file.held() as connection:
            known = self._file.known()
            digest, kept = known.get(entry.prefix, ("", entry))
            known[entry.prefix] = (digest, replace(kept, used_at=now))
            with suppress(apsw.Error):
                connection.execute("UPDATE keys SET used_at = ? WHERE prefix = ?", (_text(now), entry.prefix))

    def standing(self, prefix: str) -> AccessKey | None:
        """The entry of a key that opened the door before, if it still would. For web sessions."""
        _, entry = self._file.known().get(prefix, ("", None))
        return entry if entry is not None and entry.opens(datetime.now(UTC)) else None

    def revoke(self, prefix: str) -> None:
        """Close the door to a key, and to every web session that came in with it.

        Raises:
            NotFoundError: There is no such key.
        """
        with self._file.changing() as connection:
            connection.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE prefix = ?",
                (_text(datetime.now(UTC)), prefix),
            )
            if not connection.changes():
                raise NotFoundError("access key: no such key; list the keys to see their prefixes")

    def forget(self, client: str, name: str) -> int:
        """Delete a person's keys for a client, so that no trace of the name is left. How many there were."""
        with self._file.changing() as connection:
            connection.execute(
                "DELETE FROM keys WHERE client = ? AND name = ?", (check_client_name(client), name.strip())
            )
            gone: int = connection.changes()
            if gone:
                compact(connection)
        return gone

    def list(self) -> list[AccessKey]:
        """All keys, oldest first, revoked and expired ones too."""
        return [entry for _, entry in self._file.known().values()]

    def close(self) -> None:
        """Close the file. It opens again when it is used."""
        self._file.close()


def _read(connection: apsw.Connection) -> dict[str, tuple[str, AccessKey]]:
    """Digest and entry by prefix: this is asked with every request."""
    rows: Sequence[Any] = connection.execute("SELECT * FROM keys ORDER BY rowid").fetchall()
    return {row[0]: (row[1], _entry(row)) for row in rows}


def _entry(row: Sequence[Any]) -> AccessKey:
    prefix, _, name, role, client, issued, expires, revoked, used = row
    return AccessKey(
        prefix=prefix,
        principal=Principal(name, role, client),
        issued_at=datetime.fromisoformat(issued),
        expires_at=datetime.fromisoformat(expires) if expires else None,
        revoked_at=datetime.fromisoformat(revoked) if revoked else None,
        used_at=datetime.fromisoformat(used) if used else None,
    )


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _prepare(connection: apsw.Connection) -> None:
    shape = connection.pragma("user_version")
    if shape > _SHAPE:
        raise ConfigError(
            f"access.sqlite is of shape {shape}, this version knows {_SHAPE}: install a newer version"
        )
    if shape == _SHAPE:
        return
    with transaction(connection):
        # Another process may have been faster between the look above and the lock.
        if connection.pragma("user_version") != _SHAPE:
            _shape(connection)


def _shape(connection: apsw.Connection) -> None:
    """Make the table, or the table of shape 1 into that of shape 2."""
    old = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'keys'").fetchone() is not None
    if old:
        connection.execute("ALTER TABLE keys RENAME TO keys_before")
    connection.execute(
        """
        CREATE TABLE keys (
            prefix TEXT NOT NULL UNIQUE,
            digest TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('agent', 'qa', 'admin', 'feed')),
            client TEXT NOT NULL,
            issued_at TEXT NOT NULL,
            expires_at TEXT,
            revoked_at TEXT,
            used_at TEXT
        )
        """
    )
    if old:
        connection.execute("INSERT INTO keys SELECT *, NULL FROM keys_before ORDER BY rowid")
        connection.execute("DROP TABLE keys_before")
    connection.pragma("user_version", _SHAPE)
