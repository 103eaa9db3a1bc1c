"""How well script is told from own words: `python benchmarks/scripting.py DATA [--sample N]`.

STAR, split by task (five groups of tasks, one domain never in two): the head is fitted on four groups and
tested on the fifth, whose library it has never seen. Intervals are bootstrapped by dialogue. Then the
library is taken away and mined; then ordinary agents are read for heavy-scripting findings.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import scripting_ordinary as ordinary
import scripting_star as star
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve, roc_auc_score
from sklearn.pipeline import make_union

from models.heads import sigmoid
from models.words import words

RESAMPLES = 200
BINS = 15
Row = dict[str, Any]


def main(data: Path, sample: int | None = None) -> list[Row]:
    """All tables, as rows. `sample` limits dialogues per group and contacts per set."""
    dialogues, responses = star.read_star(data)
    customers = star.vocabulary(dialogues)
    if sample is not None:
        dialogues = random.Random(star.SEED).sample(dialogues, min(len(dialogues), 5 * sample))
    folds = [star.fold_of(dialogues, responses, group) for group in star.task_groups(responses)]
    heard = [star.heard_turns(fold, customers) for fold in folds]
    heads = [
        _head([one for n, other in enumerate(heard) if n != number for one in other])
        for number in range(len(folds))
    ]
    return [
        *known_library(folds, heard, heads),
        *found_lines(heard, heads),
        *ordinary.contact_shares(dialogues, responses, heads, customers),
        *ordinary.unknown_library(dialogues, responses, sample or 400),
        *ordinary.findings_per_thousand(data, sample),
    ]


def _head(turns: Sequence[star.Heard]) -> tuple[np.ndarray[Any, Any], float]:
    rows, looked_at = star.rows_of(turns)
    return star.fit(rows, looked_at)


# -- the library is known -----------------------------------------------------------------------


def known_library(
    folds: Sequence[star.Fold],
    heard: Sequence[Sequence[star.Heard]],
    heads: Sequence[tuple[np.ndarray[Any, Any], float]],
) -> list[Row]:
    """Ours and the baselines on the same turns."""
    scores: dict[str, list[float]] = {}
    turns: list[star.Heard] = []
    for number, (fold, tested) in enumerate(zip(folds, heard, strict=True)):
        turns.extend(tested)
        library = [[word.text for word in words(text)] for text in fold.library]
        joined = [" ".join(line) for line in library]
        bags = [Counter(line) for line in library]
        others = [one for n, other in enumerate(heard) if n != number for one in other]
        for name, made in {
            "majority": [1.0] * len(tested),
            "rapidfuzz token ratio": _ratios(tested, joined),
            "token F1, closest line": [
                max(_token_f1(Counter(one.said), bag) for bag in bags) for one in tested
            ],
            "TF-IDF head": _tf_idf(others, tested),
            "alignment F": [_share(one, lambda numbers: numbers[0]) for one in tested],
            "scripting@1": [_share(one, _scorer(*heads[number])) for one in tested],
        }.items():
            scores.setdefault(name, []).extend(made)
    return [
        _measured(name, rate, turns, np.array(values))
        for rate in star.RATES
        for name, values in scores.items()
    ]


def found_lines(
    heard: Sequence[Sequence[star.Heard]], heads: Sequence[tuple[np.ndarray[Any, Any], float]]
) -> list[Row]:
    """Whether the probability of a found line means what it says; turns weigh as in training."""
    rows = []
    for rate in star.RATES:
        score, label = [], []
        for number, tested in enumerate(heard):
            p = _scorer(*heads[number])
            for one in tested:
                if one.rate == rate:
                    score.extend(p(numbers) for _, numbers in one.lines)
                    label.extend(one.turn.scripted for _ in one.lines)
        turns = [one for tested in heard for one in tested if one.rate == rate]
        typed = sum(not one.turn.scripted for one in turns)
        truth, values = np.array(label), np.array(score)
        even = np.where(truth, typed / (len(turns) - typed), 1.0)
        natural = np.where(truth, 1.0 / star.KEEP, 1.0)
        rows.append(
            {
                "part": "probability of found lines, unseen tasks",
                "word_error_rate": rate,
                "lines": len(truth),
                "ece_even": ece(truth, values, even),
                "ece": ece(truth, values, natural),
            }
        )
    return rows


def _share(one: star.Heard, p: Callable[[star.Numbers], float]) -> float:
    """The turn's scriptedness in [0, 1], as the product counts it."""
    return min(1.0, sum(count * p(numbers) for count, numbers in one.lines) / max(1, len(one.said)))


def _ratios(tested: Sequence[star.Heard], library: Sequence[str]) -> list[float]:
    texts = [" ".join(one.said) for one in tested]
    return list(process.cdist(texts, library, scorer=fuzz.token_sort_ratio).max(axis=1) / 100.0)


def _scorer(weights: np.ndarray[Any, Any], bias: float) -> Callable[[star.Numbers], float]:
    return lambda numbers: sigmoid(float(weights @ numbers) + bias)


def _token_f1(one: Counter[str], other: Counter[str]) -> float:
    return 2.0 * sum((one & other).values()) / max(1, one.total() + other.total())


def _tf_idf(train: Sequence[star.Heard], tested: Sequence[star.Heard]) -> list[float]:
    clean = [one for one in train if one.rate == 0.0]
    made = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 4), min_df=5, sublinear_tf=True, max_features=30_000
        ),
    )
    head = LogisticRegression(class_weight="balanced", max_iter=300)
    head.fit(made.fit_transform([" ".join(one.said) for one in clean]), [one.turn.scripted for one in clean])
    return [
        float(p) for p in head.predict_proba(made.transform([" ".join(one.said) for one in tested]))[:, 1]
    ]


def _measured(name: str, rate: float, turns: Sequence[star.Heard], values: np.ndarray[Any, Any]) -> Row:
    here = np.array([one.rate == rate for one in turns])
    label = np.array([one.turn.scripted for one in turns])[here]
    dialogue = np.array([one.turn.dialogue for one in turns])[here]
    score = values[here]
    natural = np.where(label, 1.0 / star.KEEP, 1.0)
    even = np.where(label, (~label).sum() / label.sum(), 1.0)
    row: Row = {
        "part": "library known",
        "method": name,
        "word_error_rate": rate,
        "turns": int(here.sum()),
        "typed": int((~label).sum()),
        "auc": roc_auc_score(label, score),
        "recall_at_p95": recall_at(label, score, natural),
        "recall_at_p95_even": recall_at(label, score, even),
    }
    if name in {"scripting@1", "alignment F"}:
        row["ece"] = ece(label, score, natural)
        row["ece_even"] = ece(label, score, even)
    if name == "scripting@1":
        row |= _intervals(label, score, natural, even, dialogue)
    return row


def recall_at(
    label: np.ndarray[Any, Any],
    score: np.ndarray[Any, Any],
    weight: np.ndarray[Any, Any],
    least: float = 0.95,
) -> float:
    """Highest recall with at least this precision; 0.0 when there is no such threshold."""
    precision, recall, cuts = precision_recall_curve(label, score, sample_weight=weight)
    fits = precision[: len(cuts)] >= least
    return float(recall[: len(cuts)][fits].max()) if fits.any() else 0.0


def ece(label: np.ndarray[Any, Any], score: np.ndarray[Any, Any], weight: np.ndarray[Any, Any]) -> float:
    """Expected calibration error over bins of equal mass."""
    order = np.argsort(score, kind="stable")
    mass = np.cumsum(weight[order]) / weight.sum()
    bins = np.minimum((mass * BINS).astype(int), BINS - 1)
    total = 0.0
    for number in range(BINS):
        inside = order[bins == number]
        if len(inside):
            share = weight[inside].sum() / weight.sum()
            gap = np.average(score[inside], weights=weight[inside]) - np.average(
                label[inside], weights=weight[inside]
            )
            total += share * abs(float(gap))
    return total


def _intervals(
    label: np.ndarray[Any, Any],
    score: np.ndarray[Any, Any],
    natural: np.ndarray[Any, Any],
    even: np.ndarray[Any, Any],
    dialogue: np.ndarray[Any, Any],
) -> Row:
    draw = np.random.default_rng(star.SEED)
    _, place = np.unique(dialogue, return_inverse=True)
    found: dict[str, list[float]] = {"auc": [], "recall_at_p95": [], "recall_at_p95_even": []}
    for _ in range(RESAMPLES):
        times = np.bincount(draw.integers(0, place.max() + 1, place.max() + 1), minlength=place.max() + 1)[
            place
        ]
        kept = times > 0
        parts = label[kept], score[kept]
        found["auc"].append(roc_auc_score(*parts, sample_weight=times[kept]))
        found["recall_at_p95"].append(recall_at(*parts, (natural * times)[kept]))
        found["recall_at_p95_even"].append(recall_at(*parts, (even * times)[kept]))
    return {
        f"{name}_95": [float(np.quantile(v, 0.025)), float(np.quantile(v, 0.975))]
        for name, v in found.items()
    }


def show(rows: Sequence[Row]) -> None:
    """A table per part."""
    part = ""
    for row in rows:
        if row["part"] != part:
            part = row["part"]
            print(f"\n## {part}")
        shown = {
            key: [round(v, 3) for v in value]
            if isinstance(value, list)
            else round(value, 3)
            if isinstance(value, float)
            else value
            for key, value in row.items()
            if key != "part"
        }
        print("  ".join(f"{key} {value}" for key, value in shown.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", type=int, default=None)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    table = main(given.data, given.sample)
    if given.json:
        print(json.dumps(table, indent=1))
    else:
        show(table)
