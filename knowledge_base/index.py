"""Search by meaning: exact nearest neighbours of one client.

Every row is kept twice: as it is, and rounded to 8 bits in FAISS, a quarter of the bytes and so several
times quicker to go through. The rounded rows name candidates; how far rounding can move a cosine is known,
so candidates are fetched until no other row can belong to the best, and their true cosines decide. The
answer is that of comparing every row. Above `neighbourhoods.LARGE` rows, a query goes through the rounded
rows near to it alone, and the answer is that of comparing those.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge_base import neighbourhoods as near
from knowledge_base.index_file import HEAD, index_head, index_path, near_path, write_file
from models.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.ports import Vectors

    Rows = NDArray[np.intp]

_DIGITS = 6
"""Cosines that agree so far are a tie: texts that differ in nothing that matters."""
_SLACK = 3e-5
"""More than what sums of 32-bit numbers, and the rounding above, can add to a cosine."""
_RESERVE = 300
"""Candidates fetched beyond the limit at first; four times as many when they do not settle it."""
SMALL = 500
"""Up to so many rows, all are compared as they are: not worth a first look."""
_BLOCK = 16_384
"""Rows rounded at a time, so that the work fits beside the result."""


class FaissIndex:
    """A `VectorIndex` that misses nothing: what comes first is what comparing every row puts first.

    A row's cosine has the same bits wherever the row lies and whatever it is compared among. Reading is
    safe from many threads; adding and removing are for one thread while nobody reads. One query takes
    one thread: a second one helps a little when the machine idles and costs milliseconds when it does not.

    Args:
        dimension: Length of the vectors.
        before: Neighbourhoods of an earlier index, whose centres may serve on.
    """

    across_languages = False
    """Whether rows of one meaning are near to each other in any language."""

    def __init__(self, dimension: int, *, before: near.Neighbourhoods | None = None) -> None:
        if dimension < 1:
            raise InputError(f"index: dimension {dimension} is below 1")
        self.dimension = dimension
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._vectors: Any = None
        self._codes: Any = None
        self._scale, self._error, self._longest = 1.0, 0.0, 0.0
        self._near = before

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add rows; an id that is there already is replaced.

        Raises:
            InputError: The vectors have another shape or are not finite, or an id stands twice.
        """
        import numpy as np

        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if rows.shape != (len(ids), self.dimension):
            raise InputError(f"index: vectors of shape {rows.shape}, ({len(ids)}, {self.dimension}) wanted")
        if len(set(ids)) < len(ids):
            raise InputError("index: an id stands twice in one call")
        if not np.isfinite(rows).all():
            raise InputError("index: a vector holds a number that is not finite")
        kept = self._without({id for id in ids if id in self._rows})
        if not len(ids):
            return
        self._hold(
            [*(self._ids[row] for row in kept), *ids],
            rows if not len(kept) else np.concatenate((self._vectors[kept], rows)),
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove rows; ids that are not there are ignored."""
        gone = {id for id in ids if id in self._rows}
        if gone:
            kept = self._without(gone)
            self._hold([self._ids[row] for row in kept], self._vectors[kept])

    def search(self, queries: Vectors, limit: int) -> list[list[tuple[str, float]]]:
        """Per query row, up to `limit` (id, cosine), best first, ties by id.

        Args:
            queries: Unit rows, shape `(n, dimension)`.
            limit: At least 1.

        Raises:
            InputError: The queries have another shape, or the limit is below 1.
        """
        import numpy as np

        rows = np.ascontiguousarray(queries, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.dimension:  # noqa: PLR2004 - rows of a matrix
            raise InputError(f"index: queries of shape {rows.shape}, (n, {self.dimension}) wanted")
        results = []
        for query in rows:
            best, cosines = self.nearest(query, limit)
            pairs = [(self._ids[at], cosine) for at, cosine in zip(best, cosines.tolist(), strict=True)]
            results.append(sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:limit])
        return results

    def nearest(
        self, query: Vectors, limit: int, *, among: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Vectors]:
        """Rows, counted in the order of adding, and their cosines: the best and whatever ties with them.

        Args:
            query: One unit row, shape `(dimension,)`.
            limit: At least 1.
            among: One mark per row: only marked ones take part; None: all.

        Returns:
            At least `limit` rows (or all that take part), best first, ties in the order of adding; more
            when the last of them ties with others, so that the caller may choose.

        Raises:
            InputError: The query has another shape, or the limit is below 1.
        """
        import numpy as np

        if query.shape != (self.dimension,):
            raise InputError(f"index: a query of shape {query.shape}, ({self.dimension},) wanted")
        if limit < 1:
            raise InputError(f"index: limit {limit} is below 1")
        allowed = None if among is None else np.flatnonzero(among)
        size = len(self._ids) if allowed is None else len(allowed)
        fetched = limit + _RESERVE
        while True:
            if self._codes is None or size <= max(SMALL, fetched):
                rows = np.arange(size) if allowed is None else allowed
                return _best(rows, self.cosines(query, rows), limit)
            rows, bound = self._look(query, fetched, None if allowed is None else among)
            best, cosines = _best(rows, self.cosines(query, rows), limit)
            if len(rows) < fetched or cosines[-1] > bound + _SLACK:
                return best, cosines
            fetched *= 4  # a row that was not fetched may still be among the best, or tie with them

    def cosines(self, query: Vectors, rows: Rows) -> Vectors:
        """Cosines of a query with these rows, to six digits.

        Args:
            query: One unit row, shape `(dimension,)`.
            rows: Counted in the order of adding, rising when it is all of them.
        """
        import numpy as np

        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        # A sum per row, not a product of matrices, whose last bits depend on where a row lies.
        # All of them lie as they are; some are copied together.
        chosen = self._vectors if len(rows) == len(self._ids) else self._vectors[rows]
        products: Vectors = np.vecdot(chosen, query).round(_DIGITS)
        return products

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The rows of these ids, shape `(len(ids), dimension)`.

        Raises:
            KeyError: An id is not there.
        """
        import numpy as np

        if not ids:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows: Vectors = self._vectors[[self._rows[id] for id in ids]]
        return rows

    # -- inside -------------------------------------------------------------------------------

    def _without(self, gone: set[str]) -> list[int]:
        """Rows that are left without these ids."""
        return [row for row, id in enumerate(self._ids) if id not in gone]

    def _hold(self, ids: list[str], vectors: Vectors, *, of_these: near.Neighbourhoods | None = None) -> None:
        """Keep these rows and nothing else. `of_these`: their neighbourhoods, where they are known."""
        self._ids, self._rows = ids, {id: row for row, id in enumerate(ids)}
        self._vectors, self._codes = vectors, None
        if len(ids) <= SMALL:
            return
        large = len(ids) >= near.LARGE
        self._near = of_these or (near.neighbourhoods(vectors, before=self._near) if large else None)
        self._round()

    def _round(self) -> None:
        """The rows in 8 bits, and how far that moves the farthest one."""
        import faiss
        import numpy as np

        faiss.omp_set_num_threads(1)
        largest = max(
            float(np.abs(self._vectors[start : start + _BLOCK]).max())
            for start in range(0, len(self._ids), _BLOCK)
        )
        self._scale = 127 / (largest or 1.0)
        codes = self._empty_codes()
        error = longest = 0.0
        for start in range(0, len(self._ids), _BLOCK):
            block = self._vectors[start : start + _BLOCK] * np.float32(self._scale)
            rounded = np.rint(block)
            self._put(codes, rounded, start)
            error = max(error, float(np.linalg.norm(block - rounded, axis=1).max()))
            longest = max(longest, float(np.linalg.norm(block, axis=1).max()))
        self._error, self._longest = error / self._scale, longest / self._scale
        self._codes = codes

    def _empty_codes(self) -> Any:
        """Where rounded rows go: one after the other, or each to its neighbourhood."""
        import faiss

        kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        if self._near is None:
            return faiss.IndexScalarQuantizer(self.dimension, kind, metric)
        centres = faiss.IndexFlatIP(self.dimension)
        centres.add(self._near.centres)
        codes = faiss.IndexIVFScalarQuantizer(
            centres, self.dimension, len(self._near.centres), kind, metric, False
        )
        codes.referenced_objects = [centres]  # type: ignore[attr-defined]  # FAISS keeps the address alone
        codes.is_trained = True
        return codes

    def _put(self, codes: Any, rounded: Vectors, start: int) -> None:
        import faiss
        import numpy as np

        if self._near is None:
            codes.add(rounded)
            return
        ids = np.arange(start, start + len(rounded), dtype=np.int64)
        of = np.ascontiguousarray(self._near.of[start : start + len(rounded)], dtype=np.int64)
        pointers = (faiss.swig_ptr(rounded), faiss.swig_ptr(ids), faiss.swig_ptr(of))
        codes.add_core(len(rounded), *pointers)

    def _look(self, query: Vectors, count: int, among: NDArray[np.bool_] | None) -> tuple[Rows, float]:
        """So many candidates by their rounded rows, and what no other row's cosine exceeds.

        Fewer than asked for: no others take part, of the neighbourhoods that were looked at.
        """
        import faiss
        import numpy as np

        # Said in every thread: FAISS would start a team for one query, and its members wait by spinning.
        faiss.omp_set_num_threads(1)
        options: dict[str, Any] = {}
        if among is not None:
            marks = np.packbits(among, bitorder="little")
            options["sel"] = faiss.IDSelectorBitmap(marks)  # type: ignore[call-arg,arg-type]
        if self._near is not None:
            # Rows of few documents may all lie elsewhere: then every neighbourhood is looked at.
            few = among is not None and 2 * int(among.sum()) < len(self._ids)
            probes = len(self._near.centres) if few else self._near.probes
            parameters: Any = faiss.SearchParametersIVF(nprobe=probes, **options)  # type: ignore[call-arg]
        else:
            parameters = faiss.SearchParameters(**options) if options else None
        # Rounded as the rows are: on some processors FAISS multiplies these rows by whole numbers only.
        scale = np.float32(127 / (float(np.abs(query).max()) or 1.0))
        rounded = np.rint(query * scale)
        moved = float(np.linalg.norm(query - rounded / scale))
        products, found = self._codes.search(rounded[None], count, params=parameters)
        error = float(np.linalg.norm(query)) * self._error + moved * (self._longest + self._error)
        there = found[0] >= 0
        return found[0][there], float(products[0, -1]) / (self._scale * float(scale)) + error

    # -- on disk ------------------------------------------------------------------------------

    def save(self, folder: Path, *, encoder: str, content: str) -> None:
        """Write one file in one step: whoever reads finds the old one or the new one, whole.

        What an interrupted writer left behind is removed.

        Args:
            folder: The client's own folder; made when needed.
            encoder: Name of the encoder.
            content: Digest of what the rows stand for, in order.

        Raises:
            OSError: The folder cannot be written, or another process writes for more than a minute.
        """
        import numpy as np

        count = len(self._ids)
        rows = np.ascontiguousarray(
            self._vectors if count else np.zeros((0, self.dimension)), dtype="<f4"
        ).reshape(-1)
        raw = rows.data.cast("B") if count else b""
        head = index_head(raw, encoder=encoder, content=content, count=count, dimension=self.dimension)
        write_file(index_path(folder, encoder), head, raw)
        if self._near is not None:
            near.save(self._near, near_path(folder, encoder), content=content)

    @classmethod
    def load(
        cls, folder: Path, ids: Sequence[str], *, encoder: str, dimension: int, content: str
    ) -> FaissIndex | None:
        """The index that was saved for exactly this content; None when it is not there, stale or damaged."""
        import numpy as np

        try:
            whole = index_path(folder, encoder).read_bytes()
        except OSError:
            return None
        raw = memoryview(whole)[HEAD:]
        if len(raw) != 4 * len(ids) * dimension:
            return None
        if whole[:HEAD] != index_head(
            raw, encoder=encoder, content=content, count=len(ids), dimension=dimension
        ):
            return None
        index = cls(dimension)
        if ids:
            kept = (
                near.load(near_path(folder, encoder), dimension=dimension) if len(ids) >= near.LARGE else None
            )
            same = kept is not None and kept[1] == content and len(kept[0].of) == len(ids)
            rows = np.frombuffer(raw, dtype="<f4").reshape(len(ids), dimension)
            index._hold(list(ids), rows, of_these=kept[0] if same and kept is not None else None)
            if index._near is not None and not same:
                with suppress(OSError):  # a cache: the next start makes them again
                    near.save(index._near, near_path(folder, encoder), content=content)
        return index


def _best(rows: Rows, cosines: Vectors, limit: int) -> tuple[Rows, Vectors]:
    """The best of these rows and all that tie with the last of them."""
    import numpy as np

    if limit < len(rows):
        least = np.partition(cosines, -limit)[-limit]
        chosen = cosines >= least
        rows, cosines = rows[chosen], cosines[chosen]
    order = np.lexsort((rows, -cosines))
    return rows[order], cosines[order]
