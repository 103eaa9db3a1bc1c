"""Durable memory: one SQLite file per client, nothing shared between clients.

`open_store(folder)` is the durable store, `MemoryStore()` the same promises without a disk. Both
redact before they keep anything and refuse every call without a client.
"""

from __future__ import annotations

from pathlib import Path

from storage.memory import MemoryStore
from storage.names import check_client_name
from storage.opening import sqlite_version
from storage.sqlite import SqliteStore

__all__ = ["MemoryStore", "SqliteStore", "check_client_name", "open_store", "sqlite_version"]


def open_store(folder: str | Path) -> SqliteStore:
    """The store in a data folder, which is made when it is not there.

    Raises:
        ConfigError: The folder cannot be made or written.
    """
    return SqliteStore(Path(folder))
