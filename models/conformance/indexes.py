"""What an index must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.conformance.claims import TOLERANCE, hold
from models.ports import VectorIndex

if TYPE_CHECKING:
    from models.ports import Vectors


def check_index(make_index: Callable[[int], VectorIndex]) -> None:
    """Exactness against brute force, ties, replacing, removing, emptiness.

    Args:
        make_index: Gives an empty index for vectors of this dimension.

    Raises:
        AssertionError: With the first breach of `models.ports.VectorIndex`.
    """
    import numpy as np

    random = np.random.default_rng(7)

    def unit(count: int) -> Vectors:
        rows = random.standard_normal((count, 24)).astype(np.float32)
        unit_rows: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit_rows

    index = make_index(24)
    hold(isinstance(index, VectorIndex), "an index has add, search and remove")
    queries = unit(9)
    hold(index.search(queries, 5) == [[]] * 9, "an empty index finds nothing for each query")
    index.remove(["nobody"])
    index.add([], unit(0))
    ids = [f"p{number:03d}" for number in random.permutation(200)]
    vectors = dict(zip(ids, unit(200), strict=True))
    index.add(ids[:120], np.stack([vectors[id] for id in ids[:120]]))
    index.add(ids[120:], np.stack([vectors[id] for id in ids[120:]]))
    _check_exact(index, vectors, queries)
    hold(index.search(unit(0), 5) == [], "no queries give no lists")

    replaced = dict(zip(ids[50:70], unit(20), strict=True))
    index.add(list(replaced), np.stack(list(replaced.values())))
    vectors.update(replaced)
    _check_exact(index, vectors, queries)

    index.remove([*ids[:30], "nobody"])
    for id in ids[:30]:
        del vectors[id]
    _check_exact(index, vectors, queries)

    # More ties than any index fetches in reserve, added in an order that is not theirs.
    twin = unit(1)[0]
    twins = dict.fromkeys(ids[:30], twin)
    index.add(list(twins), np.stack(list(twins.values())))
    found = [id for id, _ in index.search(twin[None], 4)[0]]
    hold(found == sorted(twins)[:4], "ties come by id")

    index.remove(list(vectors) + list(twins))
    hold(index.search(queries, 5) == [[]] * 9, "an index from which all was removed is empty")
    index.add(["again"], twin[None])
    hold(
        [id for id, _ in index.search(twin[None], 5)[0]] == ["again"], "rows can be added after removing all"
    )


def _check_exact(index: VectorIndex, vectors: dict[str, Vectors], queries: Vectors) -> None:
    """Hold the results against comparing every row."""
    for limit in (1, 7, len(vectors), len(vectors) + 50):
        results = index.search(queries, limit)
        hold(len(results) == len(queries), "one list per query, in order")
        for query, result in zip(queries, results, strict=True):
            cosines = {id: float(query @ vector) for id, vector in vectors.items()}
            best = [id for _, id in sorted((-cosine, id) for id, cosine in cosines.items())][:limit]
            hold(
                len(result) == len(best), f"{len(best)} results within a limit of {limit}, not {len(result)}"
            )
            hold(len({id for id, _ in result}) == len(result), "no id stands twice")
            for (id, cosine), expected in zip(result, best, strict=True):
                hold(id in cosines, f"id {id!r} is not in the index")
                hold(abs(cosine - cosines[id]) < TOLERANCE, f"the cosine of {id} is {cosines[id]:.5f}")
                hold(abs(cosines[id] - cosines[expected]) < TOLERANCE, "the nearest rows, best first")
