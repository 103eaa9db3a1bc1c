"""What one client's growing knowledge base costs: time, memory and what is found, at 1k to 500k passages.

    python benchmarks/growth.py [--sizes 1000 10000 100000 500000] [--picture FILE.svg] [--rest FILE.jsonl]

Each size runs in a process of its own; sizes that stand in the file given with --rest are not measured
again, so a broken run goes on. Texts are made up (`passages.py`) and really split and indexed by words.
Vectors are made too, since encoding half a million passages takes an hour here: unit rows around centres
of topics, two levels deep, with the spread of cosines that the default encoder gives such texts. A query
is a question to the texts with a vector near one of the rows. "exact" compares every row in 32 bits;
FAISS's IVF and HNSW indexes are what an approximate index would cost and miss on the same rows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from passages import SECTIONS, document, questions  # noqa: E402

from knowledge_base.corpus import Corpus  # noqa: E402
from knowledge_base.index import FaissIndex  # noqa: E402
from knowledge_base.splitting import split  # noqa: E402
from models.records import Document, Passage  # noqa: E402

DIMENSION = 384
SIZES = (1_000, 10_000, 100_000, 500_000)
QUERIES = 100
DEEP = 100


def made_rows(count: int, *, seed: int = 0) -> np.ndarray:
    """Unit rows in topics of topics: cosines inside a topic about .6, between topics about .1."""
    random = np.random.default_rng(seed)
    common = random.standard_normal(DIMENSION, dtype=np.float32)
    topics = random.standard_normal((64, DIMENSION), dtype=np.float32) + 0.4 * common
    below = 0.8 * random.standard_normal((4_000, DIMENSION), dtype=np.float32)
    below += topics[random.integers(0, len(topics), len(below))]
    rows = np.empty((count, DIMENSION), dtype=np.float32)
    for start in range(0, count, 20_000):
        part = rows[start : start + 20_000]
        part[:] = below[random.integers(0, len(below), len(part))]
        part += random.standard_normal(part.shape, dtype=np.float32)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def near(rows: np.ndarray, count: int) -> np.ndarray:
    """Queries: rows of the corpus, moved so that their cosine to it is about .8."""
    random = np.random.default_rng(1)
    moved = rows[random.integers(0, len(rows), count)]
    moved = moved + 0.04 * random.standard_normal(moved.shape, dtype=np.float32)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def resident() -> float:
    """MiB of this process now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def each_ms(acts: list) -> np.ndarray:
    spent = []
    for act in acts:
        start = time.perf_counter()
        act()
        spent.append((time.perf_counter() - start) * 1e3)
    return np.array(spent)


def recall(found: list[set[int]], exact: list[set[int]]) -> float:
    return float(np.mean([len(one & other) / len(other) for one, other in zip(found, exact, strict=True)]))


def approximate(rows: np.ndarray, queries: np.ndarray, exact: list[set[int]]) -> dict[str, float]:
    """The least that FAISS's approximate indexes cost at a recall of .99 among the best 10."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    lists = 1 << max(4, round(np.log2(4 * len(rows) ** 0.5)))
    start = time.perf_counter()
    quantizer = faiss.IndexFlatIP(DIMENSION)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer,
        DIMENSION,
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.seed, index.cp.niter = 1, 8
    index.cp.max_points_per_centroid = 64
    index.train(rows)
    index.add(rows)
    made = time.perf_counter() - start
    faiss.omp_set_num_threads(1)
    found = {"ivf build s": made, "ivf p50 ms": 0.0, "ivf recall": 0.0, "ivf lists": lists}
    for probes in (4, 8, 16, 32, 64, 128, 256):
        if probes > lists:
            break
        index.nprobe = probes
        got = []
        for query in queries:
            rough = index.search(query[None], 60)[1][0]
            rough = rough[rough >= 0]
            best = rough[np.argsort(-np.vecdot(rows[rough], query), kind="stable")[:10]]
            got.append(set(best.tolist()))
        found["ivf recall"], found["ivf probes"] = recall(got, exact), probes
        if found["ivf recall"] >= 0.99:
            break
    found["ivf p50 ms"] = float(np.median(each_ms([lambda q=q: index.search(q[None], 60) for q in queries])))
    return found


def measure(size: int) -> dict[str, float]:
    """One size, in this process."""
    figures: dict[str, float] = {"passages": size}
    rows = made_rows(size)
    queries = near(rows, QUERIES)
    start = time.perf_counter()
    passages: list[Passage] = []
    for number in range(-(-size // SECTIONS)):
        title, text = document(number)
        passages.extend(split(Document(f"d{number}", text, title=title, kind="policy")))
    passages = passages[:size]
    figures["split s"] = time.perf_counter() - start
    assert len(passages) == size
    figures["texts MiB"] = resident() - rows.nbytes / 2**20
    ids = [passage.id for passage in passages]

    index = FaissIndex(DIMENSION)
    start = time.perf_counter()
    index.add(ids, rows)
    index.warm_up()
    figures["vectors s"] = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        index.save(Path(folder), encoder="made@1", content="growth")
        figures["save s"] = time.perf_counter() - start
        start = time.perf_counter()
        held = FaissIndex.load(Path(folder), ids, encoder="made@1", dimension=DIMENSION, content="growth")
        assert held is not None
        held.warm_up()
        figures["open s"] = time.perf_counter() - start
    del held
    start = time.perf_counter()
    corpus = Corpus(passages, language="en", index=index)
    figures["words s"] = time.perf_counter() - start
    figures["resident MiB"] = resident()

    asked = questions(QUERIES, max(1, size // SECTIONS))
    for question, query in zip(asked[:5], queries[:5], strict=True):
        corpus.rank(question, query[None], 12, None)
    # In turns, so that what else the machine does falls on all of them.
    acts = {
        "search": lambda question, query: corpus.rank(question, query[None], 12, None),
        "vectors": lambda _, query: index.nearest(query, DEEP),
        "exact float32": lambda _, query: np.argpartition(np.vecdot(rows, query), -10)[-10:],
    }
    spent: dict[str, list[float]] = {name: [] for name in acts}
    for question, query in zip(asked, queries, strict=True):
        for name, act in acts.items():
            spent[name].extend(each_ms([lambda a=act, q=question, v=query: a(q, v)]))
    for name, values in spent.items():
        figures[f"{name} p50 ms"], figures[f"{name} p95 ms"] = np.percentile(values, (50, 95)).tolist()
    exact, ours, deep_exact, deep_ours = [], [], [], []
    for query in queries:
        best = np.argsort(-np.vecdot(rows, query), kind="stable")[:DEEP].tolist()
        mine = index.nearest(query, DEEP)[0][:DEEP].tolist()
        exact.append(set(best[:10]))
        ours.append(set(mine[:10]))
        deep_exact.append(set(best))
        deep_ours.append(set(mine))
    figures["recall@10"], figures["recall@100"] = recall(ours, exact), recall(deep_ours, deep_exact)
    figures["most resident MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures |= approximate(rows, queries, exact)
    figures["most resident with an approximate one too MiB"] = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    )
    return figures


TABLE = {
    "passages": "{:,.0f}",
    "search p50 ms": "{:.1f}",
    "search p95 ms": "{:.1f}",
    "vectors p50 ms": "{:.2f}",
    "exact float32 p50 ms": "{:.2f}",
    "recall@10": "{:.3f}",
    "recall@100": "{:.3f}",
    "ivf p50 ms": "{:.2f}",
    "ivf recall": "{:.3f}",
    "ivf build s": "{:.0f}",
    "words s": "{:.1f}",
    "open s": "{:.2f}",
    "save s": "{:.2f}",
    "resident MiB": "{:,.0f}",
}


def show(found: list[dict[str, float]]) -> None:
    print("| " + " | ".join(TABLE) + " |")
    print("|" + " --- |" * len(TABLE))
    for figures in sorted(found, key=lambda one: one["passages"]):
        cells = [form.format(figures.get(name, float("nan"))) for name, form in TABLE.items()]
        print("| " + " | ".join(cells) + " |")


def draw(found: list[dict[str, float]], path: Path) -> None:
    """Time and memory over the number of passages, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "growth"
    from matplotlib import pyplot as plt

    found = sorted(found, key=lambda one: one["passages"])
    sizes = [one["passages"] for one in found]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, words in (
        ("search p50 ms", "a search, encoding apart (p50)"),
        ("search p95 ms", "a search (p95)"),
        ("vectors p50 ms", "its vectors: few bits first, then exact"),
        ("exact float32 p50 ms", "every row in 32 bits"),
        ("ivf p50 ms", "IVF at recall .99, approximate"),
    ):
        left.plot(sizes, [one[name] for one in found], marker="o", label=words)
    left.set_ylabel("milliseconds, one thread")
    right.plot(sizes, [one["resident MiB"] for one in found], marker="o", label="resident, MiB")
    right.plot(sizes, [one["open s"] + one["words s"] for one in found], marker="o", label="opening, seconds")
    for axes in (left, right):
        axes.set(xscale="log", yscale="log", xlabel="passages of one client")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--picture", type=Path, help="an .svg or .png; needs matplotlib")
    parser.add_argument("--rest", type=Path, help="figures that were measured, a line for each size")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    found = []
    if options.rest and options.rest.exists():
        found = [json.loads(line) for line in options.rest.read_text("utf-8").splitlines()]
    for size in options.sizes:
        if any(one["passages"] == size for one in found):
            continue
        run = subprocess.run(
            [sys.executable, __file__, "--one", str(size)], check=True, stdout=subprocess.PIPE, text=True
        )
        found.append(json.loads(run.stdout.splitlines()[-1]))
        if options.rest:
            with options.rest.open("a", encoding="utf-8") as rest:
                rest.write(json.dumps(found[-1]) + "\n")
        print(f"{size} passages measured", file=sys.stderr)
    show(found)
    if options.picture:
        draw(found, options.picture)


if __name__ == "__main__":
    main()
