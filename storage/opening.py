"""How a data file is opened, and what makes a write to disk last."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigError, StorageError
from storage.migrations import migrate

if TYPE_CHECKING:
    import apsw

_BUSY_MS = 10_000
_PAGES_IN_LOG = 1_000
"""Of 4 KiB, in the write-ahead log, before they are brought into the file."""


def sqlite_version() -> tuple[int, ...]:
    """Version of the SQLite that the store runs on, such as `(3, 54, 1)`."""
    import apsw

    return tuple(int(part) for part in apsw.sqlite_lib_version().split("."))


def open_file(path: Path, *, prepare: Callable[[apsw.Connection], object] = migrate) -> apsw.Connection:
    """A connection to one data file: write-ahead log, fsync on every commit, readable by its owner only.

    Raises:
        ConfigError: The file cannot be opened as a data file.
    """
    import apsw

    try:
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(_BUSY_MS)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "secure_delete = ON",
            "mmap_size = 0",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        connection.set_wal_hook(_after_commit)
        path.chmod(0o600)
        prepare(connection)
    except apsw.Error as problem:
        raise ConfigError(
            f"{path}: cannot be opened as a data file ({type(problem).__name__}); restore it from a backup"
        ) from problem
    return connection


def _after_commit(connection: apsw.Connection, name: str, pages: int) -> int:
    """Bring the write-ahead log into the file now and then, after a commit.

    SQLite's own way tells a failure of this as one of the commit, which is done and stays done.
    """
    import apsw

    if pages >= _PAGES_IN_LOG:
        with suppress(apsw.Error):
            connection.wal_checkpoint(name, apsw.SQLITE_CHECKPOINT_PASSIVE)
    return apsw.SQLITE_OK


@contextmanager
def refusals() -> Iterator[None]:
    """What the disk says when it refuses, in words for people.

    Raises:
        StorageError: It is full, broken or busy.
    """
    import apsw

    try:
        yield
    except apsw.FullError as problem:
        raise StorageError("the disk is full: nothing was stored; make room and try again") from problem
    except (apsw.BusyError, apsw.LockedError) as problem:
        raise StorageError("the database is busy: nothing was stored; try again") from problem
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError) as problem:
        raise StorageError(
            "the disk refuses: nothing was stored; look at the disk and try again"
        ) from problem
    except apsw.CorruptError as problem:
        raise StorageError("the database is damaged: restore it from a backup") from problem


def write_private(path: Path, text: str) -> None:
    """Put a file in the place of another in one step, readable by its owner only."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    flush_folder(path.parent)


def compact(connection: apsw.Connection) -> bool:
    """Write a file anew without what was deleted, and empty its write-ahead log.

    Returns:
        False when another reader kept the log from being emptied.
    """
    connection.execute("VACUUM")
    row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return row is None or row[0] == 0


def flush_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut."""
    if os.name == "nt":  # Windows has no handle for a folder; the rename itself is journalled
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
