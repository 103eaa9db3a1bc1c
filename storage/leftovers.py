"""What else a data folder holds of somebody: files beside the clients' databases.

A file that is not named here is swept all the same: any row of an unknown database that holds a word that
is to go, goes.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.opening import compact, open_file
from storage.transactions import transaction

if TYPE_CHECKING:
    import apsw

DATABASE = "unscripted.sqlite"
EXPORTS = "exports"
"""Folder of exports that a server keeps for download, in the client's own folder. They can be made again."""
_SHORTEST_WITHIN = 6
"""Characters of an id that is also looked for inside longer values."""


def sweep_folder(folder: Path, words: Collection[str]) -> dict[str, int]:
    """Take words out of the other files of a client's folder.

    Returns:
        Rows that went, by file.
    """
    gone = {}
    for path in sorted(folder.glob("*.sqlite")):
        if path.name != DATABASE:
            gone[path.name] = sweep_file(path, words)
    return {name: count for name, count in gone.items() if count}


def drop_exports(folder: Path, *, before_s: float | None = None) -> int:
    """Remove exports that are kept for download; with a time in seconds since 1970, only older ones."""
    kept = folder / EXPORTS
    gone = 0
    for path in sorted(kept.rglob("*")) if kept.is_dir() else ():
        if path.is_file() and (before_s is None or path.stat().st_mtime < before_s):
            path.unlink(missing_ok=True)
            gone += 1
    if before_s is None and kept.is_dir():
        shutil.rmtree(kept, ignore_errors=True)
    return gone


def sweep_file(path: Path, words: Collection[str], *, columns: Collection[str] = ()) -> int:
    """Delete the rows of a database that hold one of these words.

    Args:
        path: The file; nothing happens when it is not there.
        words: What is to go.
        columns: Look only in columns of these names, and for the whole value; else in all, and inside.

    Returns:
        How many rows went.
    """
    if not path.exists():
        return 0
    connection = open_file(path, prepare=lambda _: None)
    try:
        with transaction(connection):
            gone = sum(
                _sweep_table(connection, table, set(words), set(columns)) for table in _tables(connection)
            )
        if gone:
            compact(connection)
    finally:
        connection.close()
    return gone


def drop_rows(path: Path, table: str, before: str) -> int:
    """Delete the rows of a table whose `at` is earlier than a time, as the file writes them."""
    connection = open_file(path, prepare=lambda _: None)
    try:
        connection.execute(f'DELETE FROM "{table}" WHERE at < ?', (before,))  # noqa: S608 - our own name
        gone: int = connection.changes()
        if gone:
            compact(connection)
    finally:
        connection.close()
    return gone


def empty_file(path: Path) -> None:
    """Overwrite all rows of a database that is to be removed: another process may still hold it open."""
    connection = open_file(path, prepare=lambda _: None)
    try:
        for table in _tables(connection):
            connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of the file's own
        compact(connection)
    finally:
        connection.close()


def _tables(connection: apsw.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return [str(name) for (name,) in rows]


def _sweep_table(connection: apsw.Connection, table: str, words: set[str], columns: set[str]) -> int:
    quoted = '"' + table.replace('"', '""') + '"'
    names = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted})")]
    keys = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({quoted})") if row[5]]
    looked = [name for name in names if not columns or name in columns]
    if not looked:
        return 0
    identity = ", ".join(f'"{name}"' for name in keys) or "rowid"
    seen = ", ".join(f'"{name}"' for name in looked)
    rows: list[Any] = connection.execute(
        f"SELECT {seen}, {identity} FROM {quoted}"  # noqa: S608 - names of the file's own
    ).fetchall()
    width = len(looked)
    long = [] if columns else [word for word in words if len(word) >= _SHORTEST_WITHIN]
    gone = [row[width:] for row in rows if any(_holds(value, words, long) for value in row[:width])]
    where = " AND ".join(f'"{name}" = ?' for name in keys) or "rowid = ?"
    connection.executemany(f"DELETE FROM {quoted} WHERE {where}", gone)  # noqa: S608 - names of the file's own
    return len(gone)


def _holds(value: Any, words: set[str], long: list[str]) -> bool:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return isinstance(value, str) and (value in words or any(word in value for word in long))
