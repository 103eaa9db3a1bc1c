"""A file of the whole data folder, beside the clients' own: people and their sessions, access keys."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from storage.opening import open_file, refusals
from storage.transactions import transaction

if TYPE_CHECKING:
    import apsw

Known = TypeVar("Known")


class SharedFile(Generic[Known]):
    """A file that is opened when it is first used, and what was read of it.

    Safe to share between threads; several processes may use the file.

    Args:
        path: Of the file; it and its folder are made when needed.
        prepare: Makes the tables where there are none.
        read: What every request asks for.
    """

    def __init__(
        self,
        path: Path,
        *,
        prepare: Callable[[apsw.Connection], object],
        read: Callable[[apsw.Connection], Known],
    ) -> None:
        self._path, self._prepare, self._read = path, prepare, read
        self._lock = threading.RLock()
        self._opened: apsw.Connection | None = None
        self._known: tuple[int, Known] | None = None

    def known(self) -> Known:
        """What `read` found, read again only when the file has changed: asking touches no disk."""
        with self.held() as connection:
            version: int = connection.pragma("data_version")
            if self._known is None or self._known[0] != version:
                self._known = version, self._read(connection)
            return self._known[1]

    @contextmanager
    def held(self) -> Iterator[apsw.Connection]:
        """The connection, for one thread at a time. Raises StorageError when the disk refuses."""
        with self._lock, refusals():
            if self._opened is None:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._opened = open_file(self._path, prepare=self._prepare)
            yield self._opened

    @contextmanager
    def changing(self) -> Iterator[apsw.Connection]:
        """The connection for a single statement that changes what is known."""
        with self.held() as connection:
            self._known = None
            try:
                yield connection
            finally:
                self._known = None

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """The connection for several statements that are kept together, or none of them."""
        with self.changing() as connection, transaction(connection):
            yield connection

    def close(self) -> None:
        """Close the file. It opens again when it is used."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = self._known = None
