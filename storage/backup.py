"""A copy of a whole data folder while it is in use: one file, checked before anything is written from it.

Databases are copied by SQLite's own backup, so that each is as it was at one moment and its writers go on.
Indexes and exports are left out: they are made again. The manifest stands last, with the SHA-256 of every
file and a seal over all of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from models.errors import ConfigError, InputError, NotFoundError
from storage.client_list import FOLDERS, LIST
from storage.opening import flush_folder
from storage.own_keys import NAME as KEY_FILE
from storage.own_keys import derived, own_key
from storage.sealed_stream import MAGIC, OpeningReader, SealingWriter, check_passphrase
from storage.tombstones import FILE as ERASURES
from storage.tombstones import remember_place

MANIFEST = "manifest.json"
FORMAT = 1
_PLAIN = (KEY_FILE, LIST, ERASURES, "audit/anchor.jsonl")
"""Files beside the databases. The list of clients comes last, so that it names no client without a file."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    path: Path
    made_at: datetime
    """When it was begun: what is stored or erased later is not in it."""
    files: int
    bytes: int
    """Of the files, unpacked."""
    sealed: bool
    """Whether it needs a passphrase."""


def make_backup(folder: Path, into: Path, *, passphrase: str = "", now: datetime | None = None) -> Backup:
    """Copy a data folder into a file in another folder. Others may go on writing.

    Args:
        folder: The data folder.
        into: Where the backup goes; made when it is not there. Erasures are told there from now on.
        passphrase: Seals it, so that whoever finds it can neither read nor change it. Empty: not sealed.
        now: The time to name it by; None: the clock's.

    Raises:
        NotFoundError: There is no data folder.
        InputError: The passphrase is short, or the backup would lie in what it copies.
        ConfigError: It cannot be written.
    """
    if not (folder / LIST).exists():
        raise NotFoundError(f"data folder {folder}: holds no clients")
    if passphrase:
        check_passphrase(passphrase)
    if into.resolve().is_relative_to(folder.resolve()):
        raise InputError("backup: put it outside the data folder")
    made_at = now or datetime.now(UTC)
    own_key(folder, "backup")
    staging = folder / f".backup-{secrets.token_hex(4)}"
    ending = "backup" if passphrase else "tar"
    target = into / f"unscripted-{made_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.{ending}"
    partial = target.with_name(f"{target.name}.part")
    try:
        into.mkdir(parents=True, exist_ok=True, mode=0o700)
        staging.mkdir(mode=0o700)
        sizes = _write(folder, staging, partial, made_at, passphrase)
        partial.replace(target)
        flush_folder(into)
        remember_place(folder, into)
    except OSError as problem:
        raise ConfigError(f"backup {target}: cannot be written ({problem.strerror})") from problem
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        partial.unlink(missing_ok=True)
    return Backup(target, made_at, len(sizes), sum(sizes), bool(passphrase))


def _write(folder: Path, staging: Path, partial: Path, made_at: datetime, passphrase: str) -> list[int]:
    files: dict[str, dict[str, Any]] = {}
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as raw:
        sealing = SealingWriter(raw, passphrase) if passphrase else None
        out: Any = sealing or raw
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name in _names(folder):
                copy = staging / "copy"
                if name.endswith(".sqlite"):
                    _copy_database(folder / name, copy)
                else:
                    shutil.copyfile(folder / name, copy)
                files[name] = _add(tar, copy, name)
                copy.unlink()
            said = {"format": FORMAT, "made_at": made_at.astimezone(UTC).isoformat(), "files": files}
            body = json.dumps(
                {**said, "seal": seal(own_key(folder, "backup"), said)}, sort_keys=True
            ).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size, info.mode = len(body), 0o600
            tar.addfile(info, BytesIO(body))
        if sealing is not None:
            sealing.finish()
        raw.flush()
        os.fsync(raw.fileno())
    return [one["bytes"] for one in files.values()]


def _names(folder: Path) -> list[str]:
    """What is copied, in order. Databases of clients come before the list that names them."""
    databases = [
        *folder.glob("*.sqlite"),
        *folder.glob("audit/*.sqlite"),
        *folder.glob(f"{FOLDERS}/*/*.sqlite"),
    ]
    found = sorted(path.relative_to(folder).as_posix() for path in databases)
    return [*found, *(name for name in _PLAIN if (folder / name).exists())]


def _copy_database(source: Path, target: Path) -> None:
    """As the database was at one moment; whoever writes to it goes on."""
    import apsw

    target.unlink(missing_ok=True)
    reading = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
    writing = apsw.Connection(str(target))
    try:
        reading.set_busy_timeout(10_000)
        with writing.backup("main", reading, "main") as copying:
            copying.step(-1)
        # A copy of one that has a write-ahead log says so in its head; alone in a file it needs none.
        writing.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        writing.close()
        reading.close()


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = path.stat().st_size, 0o600
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        tar.addfile(info, file)
    return {"sha256": digest, "bytes": info.size}


def seal(key: bytes, said: dict[str, Any]) -> str:
    """Over the manifest's own words."""
    return hmac.digest(key, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hex()


# -- reading one ----------------------------------------------------------------------------


def check_backup(path: Path, *, passphrase: str = "") -> dict[str, Any]:
    """Read a whole backup and compare every byte with its manifest.

    Returns:
        The manifest.

    Raises:
        NotFoundError: There is no such file.
        InputError: It is damaged or altered, or the passphrase is wrong; names the file in it.
    """
    digests: dict[str, str] = {}
    said: dict[str, Any] = {}
    key = b""
    for name, file in members(path, passphrase):
        try:
            body = file.read() if name in (MANIFEST, KEY_FILE) else None
            digests[name] = hashlib.sha256(body).hexdigest() if body is not None else _digest(file)
        except (tarfile.TarError, EOFError, OSError) as problem:
            raise InputError(
                f"backup {path.name}: {name} is damaged, or the file is cut short there"
            ) from problem
        if name == MANIFEST:
            said = _manifest(path, body or b"")
        elif name == KEY_FILE:
            key = body or b""
    if not said:
        raise InputError(f"backup {path.name}: {MANIFEST} is missing; the file is cut short")
    files, given = said["files"], said.pop("seal", "")
    for name, one in files.items():
        if name not in digests:
            raise InputError(f"backup {path.name}: {name} is missing; take another backup")
        if digests[name] != one["sha256"]:
            raise InputError(f"backup {path.name}: {name} is damaged or altered; take another backup")
    if extra := digests.keys() - files.keys() - {MANIFEST}:
        raise InputError(f"backup {path.name}: {min(extra)} was added to it")
    try:
        right = hmac.compare_digest(
            str(given), seal(derived(bytes.fromhex(key.decode().strip()), "backup"), said)
        )
    except ValueError:
        right = False
    if not right:
        raise InputError(f"backup {path.name}: {MANIFEST} is altered: its seal does not hold")
    return said


def members(path: Path, passphrase: str) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of every file in a backup, in its order.

    Raises:
        NotFoundError: There is no such backup.
        InputError: It cannot be read to its end, or holds what a backup never holds.
    """
    last = "its first file"
    try:
        with _opened(path, passphrase) as raw, tarfile.open(fileobj=raw, mode="r|") as tar:
            for info in tar:
                file = tar.extractfile(info) if info.isfile() else None
                if file is None or not allowed(info.name):
                    raise InputError(f"backup {path.name}: {info.name!r} does not belong in one")
                last = info.name
                yield info.name, file
            while raw.read(1 << 20):  # to the end, so that what was cut off is noticed
                pass
    except FileNotFoundError:
        raise NotFoundError(f"backup {path}: no such file") from None
    except (tarfile.TarError, EOFError, OSError) as problem:
        raise InputError(
            f"backup {path.name}: {last} is damaged, or the file is cut short there"
        ) from problem


@contextmanager
def _opened(path: Path, passphrase: str) -> Iterator[Any]:
    with path.open("rb") as file:
        sealed = file.read(len(MAGIC)) == MAGIC
        file.seek(0)
        if sealed and not passphrase:
            raise InputError(f"backup {path.name}: needs its passphrase")
        yield OpeningReader(file, passphrase) if sealed else file


def allowed(name: str) -> bool:
    """Whether a backup may hold a file of this name."""
    parts = name.split("/")
    if name in (*_PLAIN, MANIFEST):
        return True
    if not name.endswith(".sqlite") or any(part in ("", ".", "..") or "\\" in part for part in parts):
        return False
    return len(parts) == 1 or (parts[0], len(parts)) in (("audit", 2), (FOLDERS, 3))


def _digest(file: IO[bytes]) -> str:
    whole = hashlib.sha256()
    while piece := file.read(1 << 20):
        whole.update(piece)
    return whole.hexdigest()


def _manifest(path: Path, body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
        sound = isinstance(said, dict) and said["format"] == FORMAT and isinstance(said["files"], dict)
        datetime.fromisoformat(said["made_at"])
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise InputError(f"backup {path.name}: {MANIFEST} is damaged, or of another version")
    found: dict[str, Any] = said
    return found
