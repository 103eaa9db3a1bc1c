"""Neighbourhoods of rows: which ones are worth a look, where a client has so many that all are too many.

An inverted file (Sivic and Zisserman 2003; Jégou et al. 2011): rows are put to the nearest of some
centres, and a query looks at the rows of the centres nearest to it. How many centres that takes is
measured on the rows themselves, with queries as far from them as questions are from passages.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.index_file import HEAD, write_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.ports import Vectors

    Places = NDArray[np.int64]

LARGE = 50_000
"""Rows from which neighbourhoods pay: below, going through all in 8 bits takes less than encoding does."""
_RECALL = 0.995
"""Share of the best 100 that a look must find, on average, over the queries that measure it."""
_DEPTH = 100
_MEASURED = 200
_AS_FAR_AS = 0.6
"""Cosine of a measuring query to its row: what a question has to the passage that answers it."""
_ROUNDS, _POINTS = 6, 48
_GROWN = 1.2
"""Centres serve on while there are at most so many times as many rows, or as few."""


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """Centres, and which of them each row belongs to."""

    centres: Vectors
    """Shape `(k, dimension)`."""
    of: Places
    """Shape `(rows,)`, numbers of centres."""
    probes: int
    """Centres that a query looks at."""

    def fit(self, count: int) -> bool:
        """Whether the centres may serve for so many rows."""
        return len(self.of) / _GROWN <= count <= len(self.of) * _GROWN


def neighbourhoods(vectors: Vectors, *, before: Neighbourhoods | None = None) -> Neighbourhoods | None:
    """Of these unit rows; None when too many centres would have to be looked at.

    The same rows give the same neighbourhoods: seed and order are fixed, one thread.

    Args:
        vectors: Shape `(rows, dimension)`.
        before: Whose centres are taken over, where they fit.
    """
    import faiss
    import numpy as np

    count, dimension = vectors.shape
    faiss.omp_set_num_threads(1)
    if before is not None and before.centres.shape[1] == dimension and before.fit(count):
        centres = before.centres
    else:
        wanted = 1 << round(np.log2(2 * count**0.5))
        trainer = faiss.Kmeans(
            dimension,
            wanted,
            niter=_ROUNDS,
            seed=1,
            spherical=True,
            max_points_per_centroid=_POINTS,
            min_points_per_centroid=1,
        )
        trainer.train(vectors)
        centres = np.ascontiguousarray(trainer.centroids, dtype=np.float32)
    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(centres)
    of = quantizer.search(vectors, 1)[1][:, 0]
    probes = _probes(vectors, centres, of)
    return Neighbourhoods(centres, of, probes) if probes else None


def _probes(vectors: Vectors, centres: Vectors, of: Places) -> int:
    """The fewest centres, a power of two, that find enough; 0 when a quarter of all does not."""
    import numpy as np

    random = np.random.default_rng(1)
    chosen = vectors[random.integers(0, len(vectors), _MEASURED)]
    noise = random.standard_normal(chosen.shape, dtype=np.float32)
    noise -= np.vecdot(noise, chosen)[:, None] * chosen
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    queries = _AS_FAR_AS * chosen + np.float32((1 - _AS_FAR_AS**2) ** 0.5) * noise
    # How near the centre of each of the best rows is to the query, counted among all centres.
    ranks = np.empty((_MEASURED, _DEPTH), dtype=np.int64)
    for number, query in enumerate(queries):
        best = np.argpartition(vectors @ query, -_DEPTH)[-_DEPTH:]
        place = np.empty(len(centres), dtype=np.int64)
        place[np.argsort(-(centres @ query), kind="stable")] = np.arange(len(centres))
        ranks[number] = place[of[best]]
    probes = 8
    while probes <= len(centres) // 4:
        if float((ranks < probes).mean()) >= _RECALL:
            return probes
        probes *= 2
    return 0


def save(made: Neighbourhoods, path: Path, *, content: str) -> None:
    """Write them in one step, with a sum over all of it.

    Raises:
        OSError: The folder cannot be written.
    """
    centres, of = made.centres.astype("<f4"), made.of.astype("<i4")
    write_file(path, _head(made, centres.tobytes() + of.tobytes(), content), centres.tobytes(), of.tobytes())


def load(path: Path, *, dimension: int) -> tuple[Neighbourhoods, str] | None:
    """What was saved, and the content that it was made of; None when it is not there or damaged."""
    import numpy as np

    try:
        whole = path.read_bytes()
        said = json.loads(whole[:HEAD])
        centres, rows = int(said["centres"]), int(said["rows"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    raw = whole[HEAD:]
    cut = 4 * dimension * centres
    if len(raw) != cut + 4 * rows or not centres:
        return None
    found = Neighbourhoods(
        np.frombuffer(raw[:cut], dtype="<f4").reshape(centres, dimension).astype(np.float32),
        np.frombuffer(raw[cut:], dtype="<i4").astype(np.int64),
        int(said.get("probes", 0)),
    )
    whole_head = _head(found, raw, str(said.get("documents", "")))
    usable = whole[:HEAD] == whole_head and found.probes > 0 and int(found.of.max(initial=0)) < centres
    return (found, str(said["documents"])) if usable else None


def _head(made: Neighbourhoods, raw: bytes, content: str) -> bytes:
    said = {
        "format": 1,
        "documents": content,
        "centres": len(made.centres),
        "rows": len(made.of),
        "probes": made.probes,
        "sum": hashlib.sha256(raw).hexdigest(),
    }
    return json.dumps(said).encode().ljust(HEAD - 1) + b"\n"
