"""Two encoders side by side: all-MiniLM-L6-v2 and bge-small-en-v1.5.

What one of two encoders misses, the other often finds. A row holds both: the row of the default encoder and
the row of bge, each with its share of the length, so that the cosine of two rows is the weighted mean of both
encoders' cosines. Cosines of bge are high and narrow (unrelated texts: .5 to .7), because its rows have much
in common; that is taken off, as `models.multilingual` does, so that unrelated texts come near to 0.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import cache
from math import sqrt
from typing import TYPE_CHECKING

from models import thorough_weights
from models.encoders import MiniLMEncoder, sound
from models.turns import rows_in_turn, threads_of

if TYPE_CHECKING:
    from models.ports import Vectors

SHARE = 0.5
"""Of bge in a cosine; the rest is the default encoder's."""
ASKS = "Represent this sentence for searching relevant passages: "
"""What bge was trained to read before a question."""

_BGE = "bge-small-en-v1.5-int8"
_DIMENSION = 384
"""Of each of the two."""
_TOKENS = 256
"""Longest text in tokens, as the default encoder reads it."""


class ThoroughEncoder:
    """The default encoder and bge-small-en-v1.5, both with 8-bit weights, on the processor.

    English. It takes about three times as long as the default encoder. Like that one it reads one text at a
    time, on one thread, so that a text gives the same bytes in any company. bge was trained with words
    before a question: `encode` reads passages; `encode_queries`, which the knowledge base prefers for what
    is searched, puts them before each text. Safe to share between threads; a pickled one holds its settings
    only.

    Args:
        threads: Texts encoded at the same time, at least 1; None: one per processor, at most 8.
    """

    NAME = "minilm-l6-beside-bge-small-en-v1.5-int8@1"
    word_weight = 0.4
    """What a full share of words counts beside its cosines (`knowledge_base.fusion`): less than beside those
    of the default encoder, which say less."""

    def __init__(self, *, threads: int | None = None) -> None:
        self.name = self.NAME
        self.dimension = 2 * _DIMENSION
        self._threads = threads_of(threads)
        self._default = MiniLMEncoder(threads=threads)

    def warm_up(self) -> None:
        """Load the weights of both now.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: Weights are missing or altered; names the file.
        """
        _row_of(queries=False)
        self._default.warm_up()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of passages, float32, shape `(len(texts), 768)`; read up to the 256th token.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: Weights are missing or altered; names the file.
        """
        return self._rows(texts, queries=False)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of questions, to be compared with rows of `encode`; raises what it raises."""
        return self._rows(texts, queries=True)

    def _rows(self, texts: Sequence[str], *, queries: bool) -> Vectors:
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        row_of = _row_of(queries=queries)
        model = f"{_BGE} {'question' if queries else 'passage'}"
        second = rows_in_turn(texts, row_of, model=model, threads=self._threads)
        first = self._default.encode(texts)
        halves = (np.float32(sqrt(1 - SHARE)) * first, np.float32(sqrt(SHARE)) * second)
        rows: Vectors = np.concatenate(halves, axis=1)
        return rows


@cache
def _row_of(*, queries: bool) -> Callable[[str], Vectors]:
    """A function from a text to its unit row by bge, off the middle of all texts."""
    import numpy as np

    session, tokenizer = thorough_weights.load(thorough_weights.ENCODER, tokens=_TOKENS)
    centre = _centre(queries=queries)

    def row_of(text: str) -> Vectors:
        ids = np.array([tokenizer.encode(f"{ASKS if queries else ''}{sound(text)}").ids], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        whole: Vectors = session.run(None, feed)[0][0, 0]
        row: Vectors = whole / np.linalg.norm(whole) - centre
        row /= max(float(np.linalg.norm(row)), 1e-6)
        return row

    return row_of


@cache
def _centre(*, queries: bool) -> Vectors:
    import numpy as np

    from models.thorough_centres import PASSAGES, QUERIES

    raw = base64.b85decode(QUERIES if queries else PASSAGES)
    return np.frombuffer(raw, dtype="<f2").astype(np.float32)
