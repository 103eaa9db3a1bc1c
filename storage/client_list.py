"""Which clients a data folder holds, and where: `clients.json` maps a name to a random folder id."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import ConfigError
from storage.names import check_client_name, client_key
from storage.opening import write_private

if TYPE_CHECKING:
    from filelock import BaseFileLock

LIST = "clients.json"
LOCK = "clients.lock"
FOLDERS = "clients"


class ClientList:
    """The clients of a data folder. Safe to share between threads; several processes may use the folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.RLock()
        for name, mode in ((LIST, 0o600), (LOCK, 0o600), (FOLDERS, 0o700)):
            # Folders of before were open to readers.
            with suppress(OSError):
                if (root / name).stat().st_mode & 0o077:
                    (root / name).chmod(mode)

    def names(self) -> list[str]:
        """Names of all clients, sorted."""
        return sorted(entry["name"] for entry in self.entries().values())

    def entries(self) -> dict[str, dict[str, str]]:
        """Name and folder id by client key.

        Raises:
            ConfigError: The list cannot be read.
        """
        try:
            entries: dict[str, dict[str, str]] = json.loads((self._root / LIST).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise ConfigError(f"{self._root / LIST}: cannot be read; restore it from a backup") from problem
        return entries

    def folder(self, client: str) -> Path:
        """The client's own folder; client and folder are made when needed. For its owner only."""
        key = client_key(client)
        entry = self.entries().get(key) or self._register(key, check_client_name(client))
        path = self._root / FOLDERS / entry["folder"]
        if not path.is_dir():
            # `parents` of mkdir would make `clients` with the mode of the process.
            for one in (path.parent, path):
                one.mkdir(parents=True, exist_ok=True, mode=0o700)
                one.chmod(0o700)
        return path

    def remove(self, client: str) -> Path | None:
        """Take a client off the list. Returns where its files still are; None when it was not there."""
        with self._lock, self._held():
            entries = self.entries()
            entry = entries.pop(client_key(client), None)
            if entry is None:
                return None
            self._write(entries)
        return self._root / FOLDERS / entry["folder"]

    def _register(self, key: str, name: str) -> dict[str, str]:
        with self._lock, self._held():
            entries = self.entries()
            if key not in entries:
                entries[key] = {"name": name, "folder": secrets.token_hex(8)}
                self._write(entries)
            return entries[key]

    def _held(self) -> BaseFileLock:
        from filelock import FileLock

        return FileLock(self._root / LOCK, mode=0o600)

    def _write(self, entries: dict[str, dict[str, str]]) -> None:
        write_private(self._root / LIST, json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True))
