"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from models.errors import InputError

if TYPE_CHECKING:
    import argon2

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
"""Argon2id: 19 MiB, two passes, one lane; the least that OWASP names, some 0.1 s."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
_FEWEST_DIFFERENT = 5


def check_password(password: str, *, login: str = "", name: str = "") -> str:
    """The password as it is hashed (NFC), if it is long and unlike the person's own names.

    Raises:
        InputError: Says what to change, never the password.
    """
    typed = as_typed(password)
    if not SHORTEST_PASSWORD <= len(typed) <= LONGEST_PASSWORD:
        raise InputError(
            f"password: must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words will do"
        )
    plain = rest = typed.casefold()
    own = {login, login.partition("@")[0], name, "unscripted", "password"}
    for word in sorted({spelled(one) for one in own} - {""}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(set(plain)) < _FEWEST_DIFFERENT or len(rest.strip("0123456789!?.-_ ")) < SHORTEST_PASSWORD // 3:
        raise InputError("password: is too easy to guess; take a few words that do not belong together")
    return typed


def hash_password(typed: str) -> str:
    """The Argon2id hash of what `check_password` gave, with its parameters and salt."""
    return _hasher().hash(typed)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept. Costs one hash, also when nothing was kept.

    So the time does not tell a login that exists from one that does not.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    typed = as_typed(password)[: LONGEST_PASSWORD + 1]
    try:
        return _hasher().verify(kept or _nobodys(), typed) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def as_typed(password: str) -> str:
    """One spelling for one password, whatever keyboard it came from."""
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode())


def spelled(text: str) -> str:
    """What two spellings of one login or name share."""
    return unicodedata.normalize("NFKC", text.strip()).casefold()


@cache
def _hasher() -> argon2.PasswordHasher:
    import argon2

    return argon2.PasswordHasher(
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=32,
        salt_len=16,
        type=argon2.Type.ID,
    )


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
