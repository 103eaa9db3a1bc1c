"""What learned order, a learned map of questions and more vectors of a passage would add to search.

    python benchmarks/retrieval_learned.py DATA [--corpora …] [--most 1000] [--cache FOLDER] [--only head]

Everything is held out: what is learned for a corpus is learned on the other corpora, of which nothing may
ship, so these rows say what the way of learning could give at best; "on sets that may ship" is learned on
dstc9_track1 (Apache-2.0), banking77 and clinc150 (CC BY) alone. Printed per lever: hit@1 and hit@5 in points
over what ships (cosine + 0.6 × BM25 share, titles counted four times), the mean over corpora, with 95 %
intervals from 1,000 paired bootstrap resamples of questions within each corpus, then hit@5 of each corpus.
Rows are kept in the cache folder, so that a second run encodes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from retrieval import CORPORA  # noqa: E402
from retrieval_task import POOL, Array, Reader, Task, allowed, best_of, task_of, unit  # noqa: E402

from knowledge_base.fusion import WORD_WEIGHT  # noqa: E402
from knowledge_base.lexical import LexicalIndex, stems  # noqa: E402

SHIPPING = "on sets that may ship"
HEAT = 0.07
"""Of the softmax over passages in which a map is learned."""


def learned_order(learned: Sequence[tuple[Array, Array]]) -> Array:
    """Weights of features, by a softmax over each pool (ListNet with the right ones alone)."""
    from scipy.optimize import minimize

    usable = [(made[gold.any(axis=1)], gold[gold.any(axis=1)]) for made, gold in learned]

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = 1e-3 * float(weights @ weights), 2e-3 * weights
        for made, gold in usable:
            scores = made @ weights
            odds = np.exp(scores - scores.max(axis=1, keepdims=True))
            all_of, right = odds.sum(axis=1), (odds * gold).sum(axis=1)
            pull = odds / all_of[:, None] - odds * gold / right[:, None]
            total += float(np.log(all_of / right).mean()) / len(usable)
            slope = slope + np.einsum("qp,qpf->f", pull, made) / len(made) / len(usable)
        return total, slope

    return minimize(
        loss, np.zeros(learned[0][0].shape[-1]), jac=True, method="L-BFGS-B", options={"maxiter": 60}
    ).x


def learned_map(tasks: Sequence[Task], rounds: int = 3, ridge: float = 0.01, step: float = 0.7) -> Array:
    """What is added to a question, linear in it: steps up the contrastive likelihood, held by a ridge."""
    size = tasks[0].asked.shape[1]
    made = np.zeros((size, size))
    spread = sum(task.asked.T @ task.asked / len(task.asked) for task in tasks) / len(tasks)
    for _ in range(rounds):
        slope = -0.1 * ridge * made
        for task in tasks:
            scores = unit(task.asked + task.asked @ made) @ task.held.T + WORD_WEIGHT * task.share
            odds = np.exp((scores - scores.max(axis=1, keepdims=True)) / HEAT)
            right = odds * task.gold
            pull = right / np.maximum(right.sum(axis=1, keepdims=True), 1e-12) - odds / odds.sum(
                axis=1, keepdims=True
            )
            slope = slope + task.asked.T @ (pull @ task.held) / len(task.asked) / len(tasks)
        made = made + step * np.linalg.solve(spread + ridge * np.eye(size), slope)
    return made


def mapped(task: Task, made: Array) -> Array:
    return unit(task.asked + task.asked @ made) @ task.held.T + WORD_WEIGHT * task.share


def near_words(task: Task, least: float = 0.4, most: int = 4, counts: float = 0.7) -> Array:
    """BM25 in which a word's nearest neighbours among the client's words stand in for it, at a discount.

    Words are compared by the rows that the encoder reads in first, the mean of a word's pieces.
    """
    from safetensors import safe_open
    from tokenizers import Tokenizer

    from models import weights

    folder = weights.find()
    with safe_open(str(folder / weights.MODEL), "np") as file:
        pieces = file.get_tensor(next(name for name in file.keys() if "word_embeddings" in name))  # noqa: SIM118
    pieces = pieces - pieces.mean(axis=0)
    tokenizer = Tokenizer.from_file(str(folder / weights.TOKENIZER))
    tokenizer.no_padding()
    spelt: dict[str, Counter[str]] = {}
    for text in (*task.texts, *task.questions):
        for word in set(text.casefold().split()):
            for stem in stems(word):
                spelt.setdefault(stem, Counter())["".join(filter(str.isalnum, word))] += 1
    known = sorted({word for bag in task.bags for word in bag})
    asked = sorted({word for words in task.query_words for word in words})

    def of(words: Sequence[str]) -> Array:
        names = [spelt[word].most_common(1)[0][0] if word in spelt else word for word in words]
        ids = [tokenizer.encode(name, add_special_tokens=False).ids or [0] for name in names]
        return unit(np.array([pieces[one].mean(axis=0) for one in ids]))

    index, near = LexicalIndex(task.bags), of(asked) @ of(known).T
    adds: dict[str, Array] = {}
    for word, row in zip(asked, near, strict=True):
        best = index.scores([word]).astype(float)
        weight = index.full_share([word], 1)
        for place in np.argpartition(-row, most)[:most]:
            if known[place] != word and row[place] > least:
                share = counts * (row[place] - least) / (1 - least)
                rarity = index.full_share([known[place]], 1)
                best = np.maximum(best, share * min(weight / rarity, 1) * index.scores([known[place]]))
        adds[word] = best
    words = np.array(
        [sum((adds[word] for word in one), np.zeros(len(task.texts))) for one in task.query_words]
    )
    return task.cosine + WORD_WEIGHT * words / task.full


def near_pairs(task: Task) -> Array:
    """How much nearer the nearest two sentences of a passage are than the passage."""
    read = task.reader.rows([text for one in task.pairs for text in one])
    starts = np.cumsum([0, *map(len, task.pairs)])[:-1]
    return best_of(task.asked @ read.T, starts) - task.cosine


def levers(tasks: dict[str, Task], may_ship: Sequence[Task]) -> dict[str, Callable[[str], Array]]:
    """What makes the scores of a corpus, by the name of the lever."""
    kept: dict[int, Array] = {}

    def features(task: Task) -> Array:
        if id(task) not in kept:
            kept[id(task)] = task.features()
        return kept[id(task)]

    @cache
    def shipping() -> Array:
        return learned_map(may_ship)

    def others(name: str) -> list[str]:
        return [other for other in tasks if other != name]

    def order(name: str, teachers: Sequence[Task]) -> Array:
        spread = np.concatenate([features(one).reshape(-1, features(one).shape[-1]) for one in teachers])
        scale = np.maximum(spread.std(axis=0), 1e-3)
        learned = [
            (features(one) / scale, np.take_along_axis(one.gold, one.pool, axis=1)) for one in teachers
        ]
        return tasks[name].in_pool(features(tasks[name]) / scale @ learned_order(learned))

    return {
        "learned order": lambda name: order(name, [tasks[one] for one in others(name)]),
        f"learned order, {SHIPPING}": lambda name: order(name, may_ship),
        "learned map": lambda name: mapped(tasks[name], learned_map([tasks[one] for one in others(name)])),
        f"learned map, {SHIPPING}": lambda name: mapped(tasks[name], shipping()),
        "near words": lambda name: near_words(tasks[name]),
        "heading encoded apart, .3": lambda name: tasks[name].shipped + 0.3 * tasks[name].heads(),
        "heading apart, of one document, .3": lambda name: (
            tasks[name].shipped + 0.3 * tasks[name].alone() * tasks[name].heads()
        ),
        "pairs of sentences, .3": lambda name: tasks[name].shipped + 0.3 * near_pairs(tasks[name]),
        "middle of the document, .2": lambda name: (
            tasks[name].shipped + 0.2 * (tasks[name].mean_of(tasks[name].document) - tasks[name].cosine)
        ),
    }


def difference(ranks: Sequence[tuple[Array, Array]], within: int, resamples: int = 1000) -> tuple[str, str]:
    """Change in points with its interval, the mean over corpora; and of each corpus."""
    generator = np.random.default_rng(0)
    changes = [100 * ((after < within).astype(float) - (before < within)) for before, after in ranks]
    drawn = [one[generator.integers(0, len(one), (resamples, len(one)))].mean(axis=1) for one in changes]
    low, high = np.percentile(np.mean(drawn, axis=0), (2.5, 97.5))
    means = [float(one.mean()) for one in changes]
    return f"{np.mean(means):+.1f} [{low:+.1f}, {high:+.1f}]", " ".join(f"{mean:+.1f}" for mean in means)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--most", type=int, default=1000, help="questions per corpus")
    parser.add_argument("--cache", type=Path, help="where vectors are kept; default: nowhere")
    parser.add_argument("--only", default="", help="levers with these words in their name")
    options = parser.parse_args()
    reader = Reader(options.cache)
    tasks = {name: task_of(CORPORA[name](options.data), options.most, reader) for name in options.corpora}
    before = {name: task.found(task.shipped) for name, task in tasks.items()}
    for name, ranks in before.items():
        within = "  ".join(f"{most}: {(ranks < most).mean():.3f}" for most in (1, 5, 10, 20, POOL))
        print(f"{name:<27} {len(ranks)} questions; right among the first {within}", flush=True)
    wanted = any(options.only in f"learned {what}, {SHIPPING}" for what in ("order", "map"))
    may_ship = list(allowed(options.data, reader)) if wanted else []
    for lever, scores in levers(tasks, may_ship).items():
        if options.only in lever:
            pairs_of = [(before[name], task.found(scores(name))) for name, task in tasks.items()]
            (first, _), (five, each) = difference(pairs_of, 1), difference(pairs_of, 5)
            print(f"| {lever} | {first} | {five} | {each} |", flush=True)


if __name__ == "__main__":
    main()
