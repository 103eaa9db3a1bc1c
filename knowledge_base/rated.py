"""A second look at the best: the order that a reranker's ratings give.

What is added to relevance is the log-odds of a rating, which counts evidence as relevance does: on a client's
scale, so much more relevance makes the odds so many times better. Ratings change the order alone. They are
of another make in every reranker and nobody measured them on this client's documents, so no hit becomes surer
by them, and whether anything answers is as sure as without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

from models.errors import ModelError
from models.records import Hit

if TYPE_CHECKING:
    from models.ports import Reranker

RATED = 8
"""Hits that are rated, the best ones. Each costs twice what encoding it does; when twelve were rated, no more
right ones came among the first five (`benchmarks/retrieval_thorough.py`)."""
WEIGHT = 0.02
"""What a rating counts beside relevance, by its log-odds: of one sure to answer and one sure not to, .4."""
_SUREST = 1e-5
"""Ratings nearer than this to 0 or 1 say no more than it."""


class Rated:
    """Ratings of hits by a reranker; one that fails costs the order, never the answer.

    Args:
        reranker: Rates passages.
    """

    def __init__(self, reranker: Reranker) -> None:
        self._reranker = reranker
        self.failed = ""
        """Why the last hits stand as they would without ratings, in words; empty when they do not."""

    def ordered(self, query: str, hits: Sequence[Hit], relevances: Sequence[float]) -> list[Hit]:
        """The hits in the order of relevance and ratings; those below the best stay where they are.

        Args:
            query: Words or a question.
            hits: Best first.
            relevances: Of the hits.

        Returns:
            Each hit with its score, or that of the hit before it where this one is lower.
        """
        ratings = self._ratings(query, hits[:RATED])
        worth = [
            round(relevance + WEIGHT * log(rating / (1 - rating)), 6)
            for relevance, rating in zip(relevances, ratings, strict=False)
        ]
        order = sorted(range(len(worth)), key=lambda at: (-worth[at], at))
        ordered, most = [], 1.0
        for rank, hit in enumerate([*(hits[at] for at in order), *hits[len(order) :]], 1):
            most = min(most, hit.score)
            ordered.append(replace(hit, rank=rank, score=most))
        return ordered

    def _ratings(self, query: str, hits: Sequence[Hit]) -> list[float]:
        """Of each hit, off 0 and 1; none when there is nothing to order, or the reranker failed."""
        if len(hits) < 2:  # noqa: PLR2004 - one is in order
            return []
        self.failed = ""
        try:
            ratings = self._reranker.rate(query, [hit.passage for hit in hits])
            if len(ratings) != len(hits) or not all(0 <= one <= 1 for one in ratings):
                raise ModelError("it did not give a rating in [0, 1] for each passage")  # noqa: TRY301
        except Exception as problem:  # noqa: BLE001 - an agent gets an answer, whatever broke
            from knowledge_base.indexing import reason

            self.failed = f"search goes without its reranker, which failed: {reason(problem)}"
            return []
        return [min(max(one, _SUREST), 1 - _SUREST) for one in ratings]
