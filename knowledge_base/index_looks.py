"""First looks at many rows: small copies of them, quick to go through, that name the ones worth comparing.

What a query takes is reading: encoding it has driven the rows out of the processor's cache, so that the
bytes of a look are its time. Rows in 2 bits a dimension are a sixteenth of the rows themselves, rows in
8 bits a quarter.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge_base.neighbourhoods import Neighbourhoods
    from models.ports import Vectors

    Rows = NDArray[np.intp]

_BLOCK = 4_096
"""Rows rounded at a time, so that the work fits beside the result."""
_LEVELS, _BORDER = (-1.510, -0.4528, 0.4528, 1.510), 0.9816
"""Where four values of a bell curve lie best, and what parts the outer from the inner ones (Max 1960)."""
_TIMES = 3.0
"""Times its usual error that a row in 2 bits is believed to stray at most."""
_AT_ONCE = 4
"""Dimensions to a byte."""
_FEWEST = 64


class TwoBits:
    """Rows in 2 bits a dimension, relative to the mean and the spread of all: cosines to a hundredth or two.

    A look reads 96 bytes a row of 384 dimensions. How far an estimate may be off is a matter of chance, not
    of proof: of the best 100 of 1,500 real questions among 20,000 rows, one in 10,000 was farther off than
    `margin` says, and those stood near the hundredth place.

    Args:
        vectors: Shape `(rows, dimension)`; see `fits`.

    Source:
        Max, Quantizing for minimum distortion (1960) · André, Kermarrec, Le Scouarnec, Cache locality is not
        enough (2015), for sums of table entries by shuffles: FAISS's `IndexPQFastScan`, two dimensions to an
        entry.
    """

    def __init__(self, vectors: Vectors) -> None:
        import faiss
        import numpy as np

        faiss.omp_set_num_threads(1)
        count, dimension = vectors.shape
        mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
        levels = np.asarray(_LEVELS, dtype=np.float32)[:, None] * spread
        codes = np.empty((count, dimension), dtype=np.uint8)
        whole = rounded = 0.0
        for start in range(0, count, _BLOCK):
            block = vectors[start : start + _BLOCK] - mean
            places = codes[start : start + _BLOCK]
            places[:] = _places(block, np.float32(_BORDER) * spread)
            whole += float(np.vdot(block, block))
            rounded += float(np.vdot(block, np.take_along_axis(levels, places, 0)))
        # Levels lie nearer to the mean than what they stand for: a row's product with itself comes out
        # right only when they are stretched.
        levels *= np.float32(whole / (rounded or 1.0))
        variance, errors = np.zeros(dimension), np.empty(count)
        for start in range(0, count, _BLOCK):
            error = vectors[start : start + _BLOCK] - mean
            error -= np.take_along_axis(levels, codes[start : start + _BLOCK], 0)
            variance += np.einsum("ij,ij->j", error, error)
            errors[start : start + _BLOCK] = np.vecdot(error, error)
        self._variance = variance / count
        self._worst = float(errors.max() / (errors.mean() or 1.0)) ** 0.5
        self._codes = _fast_scan(codes, mean + levels)

    @staticmethod
    def fits(dimension: int) -> bool:
        """Whether rows of so many dimensions can be looked at this way: errors of few do not even out."""
        return dimension >= _FEWEST and dimension % _AT_ONCE == 0

    def look(self, query: Vectors, count: int) -> tuple[Rows, Vectors]:
        """So many rows, and what their cosines are about, best first."""
        import faiss

        faiss.omp_set_num_threads(1)  # see `EightBits.look`
        about, found = self._codes.search(query[None], count)
        there = found[0] >= 0
        return found[0][there], about[0][there]

    def margin(self, query: Vectors) -> float:
        """How far an estimate for this query may be off."""
        import numpy as np

        usual = float(np.vdot(query * query, self._variance))
        return float(_TIMES * self._worst * sqrt(usual))


def _places(block: Vectors, border: Vectors) -> NDArray[np.uint8]:
    """Of each value, which level is nearest to it."""
    import numpy as np

    places = (block > -border).view(np.uint8) + (block > 0).view(np.uint8)
    places += (block > border).view(np.uint8)
    return places


def _fast_scan(places: NDArray[np.uint8], levels: Vectors) -> Any:
    """FAISS's index of rows that are rounded already; `levels` of shape `(4, dimension)`."""
    import faiss
    import numpy as np

    count, dimension = places.shape
    number = np.arange(16)
    pairs = np.empty((dimension // 2, 16, 2), dtype=np.float32)
    pairs[:, :, 0] = levels[number % 4, 0::2].T
    pairs[:, :, 1] = levels[number // 4, 1::2].T
    packed = places[:, 0::4] | places[:, 1::4] << 2 | places[:, 2::4] << 4 | places[:, 3::4] << 6
    plain = faiss.IndexPQ(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(pairs.reshape(-1), plain.pq.centroids)
    faiss.copy_array_to_vector(packed.reshape(-1), plain.codes)
    plain.is_trained, plain.ntotal = True, count
    return faiss.IndexPQFastScan(plain)  # type: ignore[arg-type]  # it takes either


class EightBits:
    """Rows in 8 bits a dimension; how far that can move a cosine is known for certain.

    Args:
        vectors: Shape `(rows, dimension)`.
        near: Their neighbourhoods, of which a look goes through some alone; None: it goes through all.
    """

    def __init__(self, vectors: Vectors, near: Neighbourhoods | None) -> None:
        import faiss
        import numpy as np

        faiss.omp_set_num_threads(1)
        self._near, self._count, dimension = near, len(vectors), vectors.shape[1]
        largest = max(
            float(np.abs(vectors[start : start + _BLOCK]).max()) for start in range(0, self._count, _BLOCK)
        )
        self._scale = 127 / (largest or 1.0)
        self._codes = self._empty(dimension)
        error = longest = 0.0
        for start in range(0, self._count, _BLOCK):
            block = vectors[start : start + _BLOCK] * np.float32(self._scale)
            rounded = np.rint(block)
            self._put(rounded, start)
            error = max(error, float(np.linalg.norm(block - rounded, axis=1).max()))
            longest = max(longest, float(np.linalg.norm(block, axis=1).max()))
        self._error, self._longest = error / self._scale, longest / self._scale

    def _empty(self, dimension: int) -> Any:
        """Where rounded rows go: one after the other, or each to its neighbourhood."""
        import faiss

        kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        if self._near is None:
            return faiss.IndexScalarQuantizer(dimension, kind, metric)
        centres = faiss.IndexFlatIP(dimension)
        centres.add(self._near.centres)
        codes = faiss.IndexIVFScalarQuantizer(
            centres, dimension, len(self._near.centres), kind, metric, False
        )
        codes.referenced_objects = [centres]  # type: ignore[attr-defined]  # FAISS keeps the address alone
        codes.is_trained = True
        return codes

    def _put(self, rounded: Vectors, start: int) -> None:
        import faiss
        import numpy as np

        if self._near is None:
            self._codes.add(rounded)
            return
        ids = np.arange(start, start + len(rounded), dtype=np.int64)
        of = np.ascontiguousarray(self._near.of[start : start + len(rounded)], dtype=np.int64)
        pointers = (faiss.swig_ptr(rounded), faiss.swig_ptr(ids), faiss.swig_ptr(of))
        self._codes.add_core(len(rounded), *pointers)

    def look(self, query: Vectors, count: int, among: NDArray[np.bool_] | None) -> tuple[Rows, float]:
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
            few = among is not None and 2 * int(among.sum()) < self._count
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
