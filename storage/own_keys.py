"""The data folder's own secret: what keyed hashes and seals are made with.

One file beside the clients' files, readable by its owner only, made once. Every purpose has a key of its
own that is derived from it, so that a seal of one kind says nothing about another.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from models.errors import ConfigError

NAME = "own.key"
_BYTES = 32


def own_key(folder: Path, purpose: str) -> bytes:
    """The key of a data folder for one purpose, 32 bytes. Made when the folder has none.

    Raises:
        ConfigError: The key file is there and cannot be used.
    """
    return derived(_whole(folder / NAME), purpose)


def derived(whole: bytes, purpose: str) -> bytes:
    """The key for one purpose from the content of a key file."""
    return hmac.digest(whole, purpose.encode(), hashlib.sha256)


def keyed_hash(key: bytes, *parts: str) -> str:
    """A name that only the holder of the key can connect with these words, 32 hexadecimal digits."""
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, hashlib.sha256).hex()[:32]


def _whole(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        found = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as problem:
        raise ConfigError(f"{path}: cannot be used; restore it from a backup") from problem
    if len(found) != _BYTES:
        raise ConfigError(f"{path}: is not a key of {_BYTES} bytes; restore it from a backup")
    return found


def _make(path: Path) -> None:
    """Write the key under another name first: a second process sees all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
