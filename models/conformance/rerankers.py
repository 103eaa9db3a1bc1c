"""What a reranker must do."""

from __future__ import annotations

import math

from models.conformance.claims import hold
from models.ports import Reranker
from models.records import Passage

_ROUNDING = 1e-3
"""Ratings may differ by this much with the company that a passage keeps in a batch."""


def check_reranker(reranker: Reranker) -> None:
    """One rating in [0, 1] per passage, in order, the same again, no passages, odd texts.

    Raises:
        AssertionError: With the first breach of `models.ports.Reranker`.
    """
    texts = (
        "A refund takes five working days.",
        "The engineer comes on Tuesday.",
        "",
        "我的订单 😀",
        "word " * 2000,
    )
    passages = [
        Passage(id=f"p{place}", document="d", text=text, start=0, end=len(text), title="T", heading="T")
        for place, text in enumerate(texts)
    ]
    hold(isinstance(reranker, Reranker), "a reranker has name and rate")
    hold(isinstance(reranker.name, str) and reranker.name, "name is a non-empty string")
    query = "How long does a refund take?"
    ratings = reranker.rate(query, passages)
    hold(len(ratings) == len(passages), "one rating per passage")
    hold(all(math.isfinite(one) and 0 <= one <= 1 for one in ratings), "ratings are in [0, 1]")
    hold(reranker.rate(query, tuple(passages)) == ratings, "the same call gives the same ratings")
    backwards = reranker.rate(query, passages[::-1])[::-1]
    hold(
        all(abs(a - b) < _ROUNDING for a, b in zip(ratings, backwards, strict=True)),
        "ratings follow the passages",
    )
    hold(reranker.rate(query, []) == [], "no passages give no ratings")
    hold(len(reranker.rate("", passages)) == len(passages), "an empty query is rated too")
    hold(ratings[0] > ratings[1], "the passage that answers is rated above one about something else")
