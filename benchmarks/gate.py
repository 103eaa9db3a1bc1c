"""Has anything become worse? One command, before a change goes in.

    python benchmarks/gate.py [--data DATA] [--corpora NAME …] [--update] [--cache FOLDER]

A fresh, small run is held against `benchmarks/baseline.json`: what is found and what stays silent, the
ratios of speed, and what a process costs. Each figure has a direction and a tolerance there; the first
one that is worse than the baseline by more than its tolerance makes the exit code 1, and the table says
what moved. Without DATA it asks the examples and made-up passages, so anybody can run it; with the folder
of public sets that `retrieval.py` reads, also what we find above the fusion of BM25 and vectors there.
`--update` writes what was measured as the new baseline, with the tolerances as they are.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from passages import document, questions_with_answers  # noqa: E402

from knowledge_base import KnowledgeBase  # noqa: E402
from knowledge_base.index import FaissIndex  # noqa: E402
from models.records import Document  # noqa: E402

BASELINE = HERE / "baseline.json"
CLIENTS = ("fernhollow", "lumenor")
SURE = 0.5


def examples() -> dict[str, float]:
    """Questions of the example clients' own FAQs, asked of both clients."""
    asked, bases = {}, {}
    for client in CLIENTS:
        bases[client] = KnowledgeBase(client)
        bases[client].ingest(ROOT / "examples" / client)
        asked[client] = [
            row["question"]
            for path in sorted((ROOT / "examples" / client).rglob("*.csv"))
            for row in csv.DictReader(path.open(encoding="utf-8"))
            if row.get("question")
        ]
    own, silent = [], []
    for client, other in (CLIENTS, CLIENTS[::-1]):
        for question, hits in zip(asked[client], bases[client].search_many(asked[client], 1), strict=True):
            own.append(bool(hits) and question in f"{hits[0].passage.heading} {hits[0].passage.text}")
        foreign = bases[other].search_many(asked[client], 1)
        silent += [not hits or hits[0].score < SURE for hits in foreign]
    return {
        "examples: a question of the FAQ finds it first": float(np.mean(own)),
        "examples: another client's questions stay below one half": float(np.mean(silent)),
    }


def made(count: int = 120, asked: int = 200) -> dict[str, float]:
    """Questions to made-up documents that differ in little but the product."""
    kb = KnowledgeBase("made")
    kb.add([Document(str(number), document(number)[1], title=document(number)[0]) for number in range(count)])
    pairs = questions_with_answers(asked, count)
    found = [[hit.passage.document for hit in hits] for hits in kb.search_many([one for one, _ in pairs], 5)]
    return {
        "made: the right document first": float(
            np.mean([ids[:1] == [str(right)] for ids, (_, right) in zip(found, pairs, strict=True)])
        ),
        "made: the right document among five": float(
            np.mean([str(right) in ids for ids, (_, right) in zip(found, pairs, strict=True)])
        ),
    }


def recall(rows: int = 30_000, asked: int = 60) -> dict[str, float]:
    """What the index finds of what comparing every row finds."""
    random = np.random.default_rng(0)
    vectors = random.standard_normal((rows, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = FaissIndex(384)
    index.add([str(row) for row in range(rows)], vectors)
    index.warm_up()
    shares = []
    for query in vectors[random.integers(0, rows, asked)] + np.float32(0.03):
        exact = np.argsort(-np.vecdot(vectors, query).round(6), kind="stable")[:100]
        shares.append(len(set(index.nearest(query, 100)[0].tolist()) & set(exact.tolist())) / 100)
    return {"index: recall@100 against every row": float(np.mean(shares))}


def quality(data: Path, most: int, names: Sequence[str]) -> dict[str, float]:
    """Above the fusion of BM25 and vectors, on the public sets, as the mean over corpora.

    Figures of some of the corpora bear their names, so that they are not held against those of all.
    """
    import random

    from retrieval import CORPORA, baselines, measures, ours

    gains: dict[str, list[float]] = {"hit@1": [], "hit@5": []}
    for name in names or CORPORA:
        corpus = CORPORA[name](data)
        sample = random.Random(0).sample(corpus.questions, min(most, len(corpus.questions)))
        asked, gold = [question for question, _ in sample], [right for _, right in sample]
        kb = KnowledgeBase(name)
        kb.add(corpus.documents)
        fusion = measures(baselines(corpus, asked)["fusion"], gold)
        mine = measures(ours(kb, asked), gold)
        for key, values in gains.items():
            values.append(float(mine[key].mean() - fusion[key].mean()))
    sets = ", ".join(names) or "public sets"
    return {f"{sets}: {key} above fusion": float(np.mean(values)) for key, values in gains.items()}


def speed(cache: Path) -> dict[str, float]:
    """The ratios of `speed.py`, small and without the peers."""
    from speed import measure

    options: Any = SimpleNamespace(
        data=None, passages=2_000, ingest=400, questions=160, peers=[], cache=cache, json=None
    )
    found = measure(options)
    kept = (
        "texts encoded for unchanged documents",
        "query over bare encode, by processor time",
        "cold search cpu seconds",
        "resident MiB",
    )
    return {f"speed: {name}": float(found[name]) for name in kept}


def compare(measured: dict[str, float], baseline: dict[str, dict[str, Any]]) -> bool:
    """Print what moved; whether all of it holds."""
    print("\n| figure | baseline | now | may be | |\n| --- | --- | --- | --- | --- |")
    holds = True
    for name, value in measured.items():
        wanted = baseline.get(name)
        if wanted is None:
            print(f"| {name} | - | {value:.3f} | | new: --update takes it in |")
            continue
        sign = 1 if wanted["better"] == "higher" else -1
        least = wanted["value"] - sign * wanted["tolerance"]
        worse = sign * value < sign * least - 1e-9
        moved = sign * (value - wanted["value"]) > wanted["tolerance"]
        word = "WORSE" if worse else "better: --update keeps it" if moved else ""
        bound = "at least" if sign > 0 else "at most"
        print(f"| {name} | {wanted['value']:.3f} | {value:.3f} | {bound} {least:.3f} | {word} |")
        holds &= not worse
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the public sets that retrieval.py reads")
    parser.add_argument("--most", type=int, default=200, help="questions of each public set")
    parser.add_argument("--corpora", nargs="*", default=[], help="some of the public sets; default: all")
    parser.add_argument("--cache", type=Path, help="where passages are kept between runs; default: nowhere")
    parser.add_argument("--baseline", type=Path, default=BASELINE)
    parser.add_argument("--update", action="store_true", help="write the figures as the new baseline")
    parser.add_argument("--skip-speed", action="store_true", help="what is found alone")
    options = parser.parse_args()
    measured = examples() | made() | recall()
    if options.data:
        measured |= quality(options.data, options.most, options.corpora)
    if not options.skip_speed:
        with tempfile.TemporaryDirectory() as folder:
            measured |= speed(options.cache or Path(folder))
    baseline = json.loads(options.baseline.read_text("utf-8")) if options.baseline.exists() else {}
    holds = compare(measured, baseline)
    if options.update:
        for name, value in measured.items():
            lower = name.startswith("speed:")
            fresh = {"value": 0.0, "tolerance": 0.02, "better": "lower" if lower else "higher"}
            baseline[name] = {**baseline.get(name, fresh), "value": round(value, 4)}
        options.baseline.write_text(json.dumps(baseline, indent=1) + "\n", "utf-8")
        print(f"written: {options.baseline}")
        return 0
    print("\nholds" if holds else "\nworse than the baseline by more than the tolerance")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
