"""A disk that loses what was not synced when the power goes, and that can be full or broken.

A layer of SQLite's own file interface (a VFS): writes reach the real file at once, as they reach a page
cache; a second picture of the file holds what was synced. A cut leaves that picture with any part of the
later writes, whole or torn at a sector.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import apsw

SECTOR = 512
_NAME = "unscripted-trial-disk"
_BELOW = apsw.vfs_names()[0]
"""The layer below: the real files."""


class Disk:
    """What is on the disk, as far as it was synced, and what is still on its way."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.synced: dict[str, bytearray] = {}
        self.waiting: dict[str, list[tuple[int, bytes | None]]] = {}
        self.refuse = 0.0
        """Share of writes and syncs that fail, in [0, 1]."""
        self.refused = 0
        self.syncs = 0

    def check(self) -> None:
        """Fail, now and then, as a disk that is full or broken does."""
        if self.refuse and self.random.random() < self.refuse:
            self.refused += 1
            if self.random.random() < 0.5:
                raise apsw.FullError("the trial's disk is full")
            raise apsw.IOError("the trial's disk is broken")

    def wrote(self, name: str, offset: int, data: bytes | None) -> None:
        """A write at an offset; without data the file was cut there."""
        self.synced.setdefault(name, bytearray())
        self.waiting.setdefault(name, []).append((offset, data))

    def sync(self, name: str) -> None:
        """Everything that was written to a file is safe from now on."""
        self.syncs += 1
        image = self.synced.setdefault(name, bytearray())
        for offset, data in self.waiting.pop(name, ()):
            _apply(image, offset, data)

    def gone(self, name: str) -> None:
        """A file was deleted."""
        self.synced.pop(name, None)
        self.waiting.pop(name, None)

    def cut(self, folder: Path, target: Path) -> None:
        """The power goes: a copy of the folder as the disk has it."""
        shutil.copytree(folder, target)
        for path in target.rglob("*.sqlite*"):
            path.unlink()
        for name, image in self.synced.items():
            after = bytearray(image)
            for offset, data in self.waiting.get(name, ()):
                if self.random.random() < 0.5:
                    continue
                whole = data is None or self.random.random() < 0.5
                kept = data if whole else data[: SECTOR * self.random.randrange(len(data) // SECTOR + 1)]
                _apply(after, offset, kept)
            place = target / Path(name).relative_to(folder)
            place.write_bytes(after)


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], disk: Disk) -> None:
        super().__init__(_BELOW, name, flags)
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.check()
        self._disk.wrote(self._name, offset, bytes(data))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._disk.wrote(self._name, newsize, None)
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self._disk.check()
        self._disk.sync(self._name)


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(_NAME, _BELOW, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(name, flags, self._disk)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self._disk.gone(filename)


@contextmanager
def on_disk(disk: Disk) -> Iterator[None]:
    """Every database that is opened meanwhile lies on this disk. Close all of them before the end."""
    layer = _Vfs(disk)
    try:
        yield
    finally:
        layer.unregister()


def _apply(image: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data
