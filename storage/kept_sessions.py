"""Web sessions that outlive the process: the digest of each id, and whom it stands for, by random ids alone.

They stand in `people.sqlite`, as names would be a second copy of the people: a row holds the person's id or
the key's prefix, never a name, and of the cookie only its SHA-256. Who that is, and whether they still may,
is looked up anew each time a row is brought back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.opening import open_file, refusals
from storage.people_rows import prepare
from storage.shared_file import SharedFile

if TYPE_CHECKING:
    import apsw


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One browser that is signed in, as the file knows it."""

    digest: str
    """SHA-256 of the id in the cookie."""
    person: str
    """Id of the person; empty for a key."""
    prefix: str
    """Of the key that opened it; empty for a person."""
    client: str
    role: str
    started_s: float
    """Seconds since 1970."""
    used_s: float
    stamp: int


class KeptSessions:
    """The web sessions of a data folder. Safe to share between threads and processes."""

    def __init__(self, folder: str | Path) -> None:
        self._file = SharedFile(Path(folder) / "people.sqlite", prepare=prepare, read=_read)

    def rows(self) -> dict[str, KeptSession]:
        """All of them by digest, least recently used first.

        Read again only when the file has changed: asking touches no disk, so every request may.
        """
        return self._file.known()

    def keep(self, one: KeptSession) -> bool:
        """Write one down. False when the disk refuses: it then lasts as long as the process."""
        import apsw

        row = (one.digest, one.person, one.prefix, one.client, one.role)
        with suppress(apsw.Error), self._file.changing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO web_sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, one.started_s, one.used_s, one.stamp),
            )
            return True
        return False

    def note_use(self, digest: str, used_s: float) -> None:
        """Write down that one was used. A disk that cannot be written keeps nobody out."""
        import apsw

        with suppress(apsw.Error), self._file.changing() as connection:
            connection.execute("UPDATE web_sessions SET used_s = ? WHERE digest = ?", (used_s, digest))

    def forget(self, digests: Iterable[str]) -> None:
        """Delete some: nobody comes in with them again, also after a restart.

        Raises:
            StorageError: The disk refuses. Whoever signed out must be told.
        """
        gone = [(digest,) for digest in digests]
        if not gone:
            return
        with refusals(), self._file.changing() as connection:
            connection.executemany("DELETE FROM web_sessions WHERE digest = ?", gone)

    def close(self) -> None:
        """Close the file. It opens again when it is used."""
        self._file.close()


def _read(connection: apsw.Connection) -> dict[str, KeptSession]:
    found = connection.execute(
        "SELECT digest, person, prefix, client, role, started_s, used_s, stamp "
        "FROM web_sessions ORDER BY used_s"
    )
    return {row[0]: KeptSession(*row) for row in found}


def session_digest(id: str) -> str:
    """What is kept of the id in a cookie: with 256 random bits there is nothing to guess."""
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()


def forget_all(folder: Path) -> None:
    """Delete every web session of a data folder, such as one from a backup: nobody came in *there*."""
    path = folder / "people.sqlite"
    if path.exists():
        connection = open_file(path, prepare=prepare)
        try:
            connection.execute("DELETE FROM web_sessions")
        finally:
            connection.close()
