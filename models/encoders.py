"""Encoders: texts to unit vectors."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.errors import InputError

if TYPE_CHECKING:
    from models.ports import Vectors


class HashingEncoder:
    """Words and their letters hashed to signed buckets: no weights, the same on every machine.

    Texts that share words, or parts of words, are close; meaning is not known. Good for tests and as a
    last resort.

    Args:
        dimension: Number of buckets, at least 8.

    Raises:
        InputError: When the dimension is too small.
    """

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 8:  # noqa: PLR2004 - the documented minimum
            raise InputError(f"HashingEncoder: dimension {dimension} is below 8")
        self.dimension = dimension
        self.name = f"hashing-{dimension}@1"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows, float32, shape `(len(texts), dimension)`; a text without words gives the first axis."""
        import numpy as np

        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        known: dict[str, list[tuple[int, float]]] = {}
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()):
                if word not in known:
                    known[word] = self._buckets(word)
                for bucket, weight in known[word]:
                    row[bucket] += weight
        empty = ~rows.any(axis=1)
        rows[empty, 0] = 1.0
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def _buckets(self, word: str) -> list[tuple[int, float]]:
        """Where a word goes: itself whole, its runs of three letters at half weight."""
        padded = f" {word} "
        grams = [padded[start : start + 3] for start in range(len(padded) - 2)]
        features = [(f"w {word}", 1.0), *((f"g {gram}", 0.5) for gram in grams)]
        buckets = []
        for feature, weight in features:
            value = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "big")
            buckets.append(((value >> 1) % self.dimension, weight if value & 1 else -weight))
        return buckets
