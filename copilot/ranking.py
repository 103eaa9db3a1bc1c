"""One order out of two searches: for the sentence that asks, and for what was said around it.

A sentence that stands alone finds its passage best by itself; one that leans on the conversation
("how long does that take?") needs it. Scores are blended as log-odds, so a passage that only the
context calls for stays weak, and nothing is shown for "did it go through?".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

from models.records import Hit

_FLOOR = 0.001


def blend(alone: Sequence[Hit], around: Sequence[Hit], *, weight: float) -> list[Hit]:
    """Hits of both searches, best first, ranked anew; a passage that one search missed counts as its last.

    Args:
        alone: For the sentence that asks.
        around: For the sentence with its context; empty when there is none.
        weight: Of the second against the first, above 0.
    """
    if not around:
        return list(alone)
    by_id = {hit.passage.id: hit for hit in (*around, *alone)}
    first, second = _log_odds(alone), _log_odds(around)
    least_first, least_second = min(first.values(), default=_odds(_FLOOR)), min(second.values())
    scores = {
        id: (first.get(id, least_first) + weight * second.get(id, least_second)) / (1 + weight)
        for id in by_id
    }
    ordered = sorted(by_id, key=lambda name: (-scores[name], name))
    answerable = _probability(
        (_answerable(alone) + weight * _answerable(around)) / (1 + weight),
    )
    return [
        replace(by_id[id], score=_probability(scores[id]), rank=rank, answerable=answerable)
        for rank, id in enumerate(ordered, start=1)
    ]


def _answerable(hits: Sequence[Hit]) -> float:
    """Log-odds that the documents answer at all."""
    return _odds(hits[0].answerable if hits else 0.0)


def _log_odds(hits: Sequence[Hit]) -> dict[str, float]:
    return {hit.passage.id: _odds(hit.score) for hit in hits}


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _odds(score: float) -> float:
    kept = min(max(score, _FLOOR), 1 - _FLOOR)
    return log(kept / (1 - kept))
