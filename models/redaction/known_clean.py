"""Texts that were read to the end and hold no secret: reading them again would find none.

A document is redacted when it is taken in and once more by the store, which trusts nobody. What is kept
here is the digest of a clean text, never of one as it came, and never the words.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

_MOST = 8_192
_SHORTEST = 200
"""Code points in all; what is shorter is read again sooner than looked up."""


class KnownClean:
    """Digests of conversations in which the last look changed nothing, the least recent forgotten first."""

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def key(self, texts: Sequence[str], how: object) -> bytes | None:
        """Of these texts read in this way; None when they are not worth remembering."""
        if sum(map(len, texts)) < _SHORTEST:
            return None
        digest = hashlib.blake2b(repr(how).encode(), digest_size=16)
        for text in texts:
            # The length first, so that no two lists of texts run together into the same bytes.
            digest.update(f"{len(text)}\0".encode())
            digest.update(text.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def __contains__(self, key: bytes | None) -> bool:
        if key is None:
            return False
        with self._lock:
            if key not in self._known:
                return False
            self._known.move_to_end(key)
            return True

    def add(self, key: bytes | None) -> None:
        """Remember; None is ignored."""
        if key is None:
            return
        with self._lock:
            self._known[key] = None
            while len(self._known) > self._most:
                self._known.popitem(last=False)
