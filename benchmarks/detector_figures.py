"""Figures for detectors, with intervals bootstrapped over contacts, issues or threads, never over rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Interval = tuple[float, float, float]
"""Value, and the 95 % interval around it."""


def pr_auc(truths: Any, scores: Any) -> float:
    """Average precision: area under precision over recall, ties taken together; nan without positives."""
    import numpy as np

    truths, scores = np.asarray(truths, bool), np.asarray(scores, float)
    if not truths.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truths[order])
    last = np.r_[np.flatnonzero(np.diff(scores[order])), len(scores) - 1]
    recall = hits[last] / truths.sum()
    precision = hits[last] / (last + 1)
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def roc_auc(truths: Any, scores: Any) -> float:
    """Chance that a positive scores above a negative, ties half; nan without both."""
    import numpy as np

    truths, scores = np.asarray(truths, bool), np.asarray(scores, float)
    if not truths.any() or truths.all():
        return float("nan")
    _, place, many = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(many) - (many - 1) / 2)[place]
    positive = truths.sum()
    return float((ranks[truths].sum() - positive * (positive + 1) / 2) / (positive * (~truths).sum()))


def ece(truths: Any, scores: Any, *, bins: int = 15) -> float:
    """Expected calibration error over bins of equal mass: |mean score - share true|, weighted."""
    import numpy as np

    truths, scores = np.asarray(truths, float), np.asarray(scores, float)
    order = np.argsort(scores, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(part) * abs(scores[part].mean() - truths[part].mean()) for part in parts]
    return float(sum(gaps) / len(scores))


def precision(truths: Any, raised: Any) -> float:
    """Share of what was raised that is true; nan when nothing was raised."""
    import numpy as np

    truths, raised = np.asarray(truths, bool), np.asarray(raised, bool)
    return float((truths & raised).sum() / raised.sum()) if raised.any() else float("nan")


def recall(truths: Any, raised: Any) -> float:
    """Share of what is true that was raised; nan when nothing is true."""
    return precision(raised, truths)


def macro_f1(truths: Any, guesses: Any) -> float:
    """Mean over the classes of 2PR / (P + R)."""
    import numpy as np

    truths, guesses = np.asarray(truths), np.asarray(guesses)
    values = []
    for kind in np.unique(truths):
        hit = ((truths == kind) & (guesses == kind)).sum()
        values.append(2 * hit / ((truths == kind).sum() + (guesses == kind).sum()))
    return float(np.mean(values))


def bootstrap(
    measure: Callable[..., float], groups: Sequence[str], *columns: Any, rounds: int = 200, seed: int = 7
) -> Interval:
    """A measure of columns, and the middle 95 % of it over resampled groups."""
    import numpy as np

    columns = tuple(np.asarray(column) for column in columns)
    names, place = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(place, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(place))[:-1])
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(rounds):
        rows = np.concatenate([members[pick] for pick in rng.integers(0, len(names), len(names))])
        value = measure(*(column[rows] for column in columns))
        if value == value:  # noqa: PLR0124 - not nan
            drawn.append(value)
    whole = measure(*columns)
    low, high = np.percentile(drawn, [2.5, 97.5]) if drawn else (float("nan"), float("nan"))
    return whole, float(low), float(high)


def per_thousand(raised: Any) -> float:
    """How many of a thousand."""
    import numpy as np

    return float(1000 * np.asarray(raised, float).mean())


def shown(interval: Interval, *, digits: int = 2) -> str:
    """`.91 [.88, .93]`, or `-`."""
    value, low, high = interval
    if value != value:  # noqa: PLR0124 - nan
        return "-"
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
