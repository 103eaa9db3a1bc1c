"""What is each part of the thorough search worth, and what should it weigh?

    python benchmarks/retrieval_thorough.py DATA [--cache FOLDER] [--rated 8] [--corpora feedbackqa_UK …]

Over search as it is with the default encoder, in points: bge-small-en-v1.5 in its place, both side by side,
and the best passages of each put in order by a cross-encoder. Asked are every other of the 500 questions
that `retrieval.py` asks: the constants in `models/thorough.py` and `knowledge_base/rated.py` were chosen on
these, and `retrieval.py --skip 500` looks at others. Encoding passages and reading them with questions takes
a quarter of an hour of one processor; the cache keeps vectors and ratings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from retrieval import CORPORA, interval  # noqa: E402
from retrieval_task import FIRST, Array, Reader, Task, best_of, task_of  # noqa: E402

from knowledge_base.rated import RATED, WEIGHT  # noqa: E402
from models.records import Passage  # noqa: E402
from models.reranking import CrossEncoder  # noqa: E402
from models.thorough import SHARE, ThoroughEncoder  # noqa: E402

WORDS = (0.3, 0.4, 0.5, 0.6)
SHARES = (0.4, 0.6)
WEIGHTS = (0.01, 0.02, 0.03, 0.04)
SUREST = 1e-5
SAVED_EVERY = 50
QUESTIONS, PASSAGES = "bge question ", "bge passage "


@dataclass
class Second(Reader):
    """bge's half of the thorough encoder's rows, of questions or passages."""

    encoder: ThoroughEncoder = field(default_factory=ThoroughEncoder)

    def made(self, texts: list[str]) -> Array:
        """Rows that are not in the cache."""
        rows = (self.encoder.encode_queries if self.of == QUESTIONS else self.encoder.encode)(texts)
        return rows[:, rows.shape[1] // 2 :] / np.float32(np.sqrt(SHARE))


@dataclass
class Ratings:
    """Log-odds that a passage answers a question, each pair read once."""

    path: Path | None
    reranker: CrossEncoder = field(default_factory=CrossEncoder)

    def __post_init__(self) -> None:
        self.known: dict[str, float] = {}
        if self.path and self.path.exists():
            self.known = json.loads(self.path.read_text("utf-8"))

    def of(self, task: Task, asked: Array, pools: list[Array]) -> Array:
        """Shape (questions, passages); where a passage is in no pool, nothing that counts."""
        found = np.zeros((len(asked), len(task.texts)))
        for place, (question, pool) in enumerate(zip(asked.tolist(), pools, strict=True)):
            new = [one for one in pool.tolist() if f"{question} {one}" not in self.known]
            texts = [task.texts[one] for one in new]
            passages = [Passage("", "", text, 0, len(text), "", "") for text in texts]
            for one, rating in zip(new, self.reranker.rate(task.questions[question], passages), strict=True):
                sure = min(max(rating, SUREST), 1 - SUREST)
                self.known[f"{question} {one}"] = log(sure / (1 - sure))
            found[place, pool] = [self.known[f"{question} {one}"] for one in pool.tolist()]
            if self.path and new and place % SAVED_EVERY == SAVED_EVERY - 1:
                self.path.write_text(json.dumps(self.known), "utf-8")
        return found


def best(scores: Array, count: int) -> Array:
    return np.argsort(-scores, axis=1, kind="stable")[:, :count]


def put_in_order(scores: Array, ratings: Array, weight: float, count: int) -> Array:
    """Scores that put the best few in the order of scores and ratings, above all others."""
    places = best(scores, count)
    values = np.take_along_axis(scores + weight * ratings, places, axis=1)
    least = np.take_along_axis(scores, places[:, -1:], axis=1)
    changed = scores.copy()
    np.put_along_axis(changed, places, values - values.min(axis=1, keepdims=True) + least + 1e-9, axis=1)
    return changed


def ways(task: Task, asked: Array, options: argparse.Namespace, name: str) -> Iterator[tuple[str, Array]]:
    """What is tried, with scores of the shape (questions, passages); search as it is comes first."""
    questions = Second(options.cache, QUESTIONS).rows([task.questions[one] for one in asked])
    bge = questions @ Second(options.cache, PASSAGES).rows(task.texts).T
    usual, cosine, share = task.shipped[asked], task.cosine[asked], task.share[asked]

    def both(of_bge: float, words: float) -> Array:
        return of_bge * bge + (1 - of_bge) * cosine + words * share

    def rated(scores: Array, weight: float) -> Array:
        return put_in_order(scores, ratings, weight, options.rated)

    pooled = [usual, *(both(SHARE, words) for words in WORDS), *(both(one, 0.4) for one in SHARES)]
    pools = np.concatenate([best(one, options.rated) for one in pooled], axis=1)
    kept = options.cache and options.cache / f"ratings-{name}.json"
    ratings = Ratings(kept).of(task, asked, [np.unique(row) for row in pools])
    yield "as it is", usual
    yield f"as it is, rated {WEIGHT}", rated(usual, WEIGHT)
    yield "as it is, rated 0.03", rated(usual, 0.03)
    yield "in the order of the ratings alone", rated(usual, 1e3)
    yield "bge alone, words 0.6", bge + 0.6 * share
    yield "bge alone, words 0.4", bge + 0.4 * share
    for words in WORDS:
        yield f"both, words {words}", both(SHARE, words)
    for words in WORDS:
        yield f"both, words {words}, rated {WEIGHT}", rated(both(SHARE, words), WEIGHT)
    for weight in WEIGHTS:
        yield f"both, words 0.4, rated {weight}", rated(both(SHARE, 0.4), weight)
    for of_bge in SHARES:
        yield f"both, {of_bge} of bge, words 0.4, rated {WEIGHT}", rated(both(of_bge, 0.4), WEIGHT)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--cache", type=Path, help="folder for vectors and ratings")
    parser.add_argument("--rated", type=int, default=RATED, help="of the best passages")
    options = parser.parse_args()
    hits: dict[str, dict[str, Array]] = {}
    for name in options.corpora:
        task = task_of(CORPORA[name](options.data), FIRST, Reader(options.cache))
        asked = np.arange(0, len(task.questions), 2)
        starts = np.flatnonzero(np.r_[True, task.document[1:] != task.document[:-1]])
        right = np.searchsorted(task.document[starts], task.right[asked])
        for way, scores in ways(task, asked, options, name):
            nearest = best_of(scores, starts)
            ranks = (nearest > nearest[np.arange(len(nearest)), right][:, None]).sum(axis=1)
            hits.setdefault(way, {})[name] = np.stack((ranks < 1, ranks < 5)).astype(float)
        print(f"{name}: {len(task.texts)} passages, {len(asked)} questions", flush=True)
    usual = hits["as it is"]
    for way, found in hits.items():
        gains = [100 * (found[name] - usual[name]) for name in found]
        every = np.concatenate(gains, axis=1)  # as many questions of each corpus, or nearly
        apart = " ".join(f"{gain[1].mean():+.1f}" for gain in gains)
        print(f"{way:44} {interval(every[0], digits=1)}  {interval(every[1], digits=1)}  at five: {apart}")


if __name__ == "__main__":
    main()
