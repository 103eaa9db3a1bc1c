"""Rerankers: passages read together with the question.

An encoder reads question and passage apart, and cannot know what the one wants of the other. A cross-encoder
reads both at once, which tells the passage that answers from one about the same thing, and costs as much for
each passage as encoding it. So it reads the best few of a search, for those who can wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import exp

from models import thorough_weights
from models.encoders import sound
from models.errors import InputError
from models.ports import Reranker
from models.records import Passage
from models.turns import side_by_side, threads_of, turn

_TOKENS = 320
"""Longest question with its passage in tokens; the longer of the two is cut."""


def open_reranker(setting: str) -> Reranker | None:
    """The reranker that a setting, or a reranker's `name`, stands for.

    Args:
        setting: `thorough`; `none` or nothing for no reranker.

    Raises:
        InputError: There is no such reranker.
    """
    if setting in {"", "none"}:
        return None
    if setting in {"thorough", CrossEncoder.NAME}:
        return CrossEncoder()
    raise InputError(f"reranker: there is none called {setting!r}; use `thorough` or `none`")


class CrossEncoder:
    """ms-marco-MiniLM-L-12-v2 with 8-bit weights, on the processor.

    English. It was trained on questions to a search engine with passages that answer them. Each pair is
    read by itself, on one thread, so that a passage is rated alike in any company; texts to be encoded for
    a live contact go first. Safe to share between threads; a pickled one holds its settings only.

    Args:
        threads: Pairs read at the same time, at least 1; None: one per processor, at most 8.
    """

    NAME = "ms-marco-minilm-l12-v2-int8@1"

    def __init__(self, *, threads: int | None = None) -> None:
        self.name = self.NAME
        self._threads = threads_of(threads)

    def warm_up(self) -> None:
        """Load the weights now.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: The weights are missing or altered; names the file.
        """
        _logit_of()

    def rate(self, query: str, passages: Sequence[Passage]) -> list[float]:
        """The probability, by the model, that each passage answers: the logistic of what it says.

        Between about 1e-5 and 1 - 1e-5, so that the log-odds give back what the model said.

        Raises:
            MissingExtraError: The package is not installed.
            ModelError: The weights are missing or altered; names the file.
        """
        if not passages:
            return []
        logit_of = _logit_of()

        def rating(passage: Passage) -> float:
            with turn(urgent=False):
                return 1 / (1 + exp(-logit_of(query, _whole(passage))))

        return side_by_side(rating, passages, threads=self._threads)


def _whole(passage: Passage) -> str:
    """Title, headings and text, none of them twice."""
    title = "" if passage.heading.casefold().startswith(passage.title.casefold()) else passage.title
    return "\n".join(part for part in (title, passage.heading, passage.text) if part)


@cache
def _logit_of() -> Callable[[str, str], float]:
    import numpy as np

    session, tokenizer = thorough_weights.load(thorough_weights.CROSS_ENCODER, tokens=_TOKENS)

    def logit_of(query: str, text: str) -> float:
        pair = tokenizer.encode(sound(query), sound(text))
        ids = np.array([pair.ids], dtype=np.int64)
        kinds = np.array([pair.type_ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": kinds}
        return float(session.run(None, feed)[0].item())

    return logit_of
