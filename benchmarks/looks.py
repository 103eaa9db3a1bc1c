"""Which small copies of the rows are worth looking at first? Time after an encode, and what each finds.

    python benchmarks/looks.py [--rows ROWS.npy --queries QUERIES.npy] [--count 20000]

Unit rows and queries of the default encoder, float32, one a line (`speed.py` leaves `passages.npy` in its
cache folder; questions are encoded here when no queries are given). Without ROWS, those that `growth.py`
makes. Fewer rows than `--count` are filled up with rows near to them (cosine about .86). Before each look a
text is encoded, as before each search: that drives the rows out of the cache. Times are of the thread, p50.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from growth import made_rows, near  # noqa: E402

from knowledge_base.index import FaissIndex  # noqa: E402
from knowledge_base.index_looks import EightBits, TwoBits  # noqa: E402
from models.encoders import default_encoder  # noqa: E402

DEEP = 100
TIMED = 100
Look = Callable[[np.ndarray], np.ndarray]


def filled(rows: np.ndarray, count: int) -> np.ndarray:
    """So many rows: these, and some near to them."""
    random = np.random.default_rng(3)
    more = rows[random.integers(0, len(rows), max(0, count - len(rows)))]
    noise = random.standard_normal(more.shape, dtype=np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    more = 0.85 * more + 0.5 * noise
    more /= np.linalg.norm(more, axis=1, keepdims=True)
    return np.ascontiguousarray(np.concatenate((rows, more))[:count], dtype=np.float32)


def milliseconds(look: Look, queries: np.ndarray) -> float:
    """Of the thread, p50, each after an encode."""
    spent = []
    for number, query in enumerate(queries[:TIMED]):
        default_encoder().encode([f"question {number} about a refund that is late, {time.time()}"])
        start = time.thread_time()
        look(query)
        spent.append(time.thread_time() - start)
    return float(np.median(spent)) * 1e3


def looks(rows: np.ndarray) -> dict[str, Look]:
    """By name: a query to candidates."""
    two, eight = TwoBits(rows), EightBits(rows, None)
    found: dict[str, Look] = {"8 bits, 400": lambda query: eight.look(query, 400, None)[0]}
    for count in (400, 800, 1_200):
        found[f"2 bits, {count}"] = lambda query, count=count: two.look(query, count)[0]
    signs = faiss.IndexBinaryFlat(rows.shape[1])
    signs.use_heap = False
    middle = rows.mean(axis=0)
    signs.add(np.packbits(rows > middle, axis=1))
    for count in (1_000, 3_000):
        found[f"1 bit, {count}"] = lambda query, count=count: signs.search(
            np.packbits(query > 0)[None], count
        )[1][0]
    rabitq = faiss.IndexRaBitQFastScan(rows.shape[1], faiss.METRIC_INNER_PRODUCT)
    rabitq.train(rows)
    rabitq.add(rows)
    found["RaBitQ, 1,000"] = lambda query: rabitq.search(query[None], 1_000)[1][0]
    index = FaissIndex(rows.shape[1])
    index.add([str(row) for row in range(len(rows))], rows)
    index.warm_up()
    found["the index: looks, then cosines"] = lambda query: index.nearest(query, DEEP)[0]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--count", type=int, default=20_000)
    options = parser.parse_args()
    rows = filled(np.load(options.rows) if options.rows else made_rows(options.count), options.count)
    if options.queries:
        queries = np.load(options.queries)
    elif options.rows:
        from passages import questions

        queries = default_encoder().encode(questions(200, max(1, options.count // 8)))
    else:
        queries = near(rows, 200)
    faiss.omp_set_num_threads(1)
    exact = [set(np.argsort(-np.vecdot(rows, query), kind="stable")[:DEEP].tolist()) for query in queries]
    print("| first look | ms after an encode | recall@100 |\n| --- | --- | --- |")
    for name, look in looks(rows).items():
        shares = [
            len(best & set(look(query).tolist())) / DEEP for query, best in zip(queries, exact, strict=True)
        ]
        print(f"| {name} | {milliseconds(look, queries):.2f} | {np.mean(shares):.4f} |", flush=True)


if __name__ == "__main__":
    main()
