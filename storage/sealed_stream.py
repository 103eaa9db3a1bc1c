"""A stream of bytes that only a passphrase opens: AES-256-GCM in pieces, the key by scrypt.

A piece cannot be cut out, moved, repeated or left off at the end without being noticed: its nonce holds its
number and whether it is the last, and every piece is bound to the header.
"""

from __future__ import annotations

import secrets
from typing import IO, TYPE_CHECKING

from models.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"UNSCRIPTED-SEALED-1\n"
_PIECE = 1 << 20
_TAG = 16
_SALT = 16
_PREFIX = 7
_COST = 2**15
"""Of scrypt: 32 MiB and about a tenth of a second for each guess."""
SHORTEST_PASSPHRASE = 12


def check_passphrase(passphrase: str) -> None:
    """Raise InputError for one that is quickly guessed."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(f"passphrase: it needs at least {SHORTEST_PASSPHRASE} characters")


class SealingWriter:
    """Writes what it is given, sealed. `finish` must be called, or what was written cannot be opened."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        check_passphrase(passphrase)
        self._file = file
        salt, self._prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
        self._header = MAGIC + salt + self._prefix
        self._cipher = _cipher(passphrase, salt)
        self._waiting = bytearray()
        self._number = 0
        file.write(self._header)

    def write(self, data: bytes) -> int:
        """Take bytes; whole pieces are written at once."""
        self._waiting += data
        while len(self._waiting) > _PIECE:
            self._piece(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def finish(self) -> None:
        """Write what is left as the last piece."""
        self._piece(bytes(self._waiting), last=True)

    def _piece(self, data: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._file.write(self._cipher.encrypt(nonce, data, self._header))
        self._number += 1


class OpeningReader:
    """Reads what a `SealingWriter` wrote.

    Raises:
        InputError: The passphrase is wrong, or a piece was changed, moved or left off.
    """

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file = file
        self._header = file.read(len(MAGIC) + _SALT + _PREFIX)
        if len(self._header) != len(MAGIC) + _SALT + _PREFIX or not self._header.startswith(MAGIC):
            raise InputError("backup: is not one that a passphrase opens")
        self._cipher = _cipher(passphrase, self._header[len(MAGIC) : len(MAGIC) + _SALT])
        self._next = file.read(_PIECE + _TAG)
        self._ready = bytearray()
        self._number = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; all that is left when negative."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._open_piece()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _open_piece(self) -> None:
        from cryptography.exceptions import InvalidTag

        piece, self._next = self._next, self._file.read(_PIECE + _TAG)
        nonce = _nonce(self._header[-_PREFIX:], self._number, last=not self._next)
        try:
            self._ready += self._cipher.decrypt(nonce, piece, self._header)
        except InvalidTag:
            what = "is altered or cut short" if self._number else "is altered, or the passphrase is wrong"
            raise InputError(f"backup: piece {self._number + 1} {what}") from None
        self._number += 1
        self._ended = not self._next


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return AESGCM(Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
