"""Search by meaning: nearest neighbours of one client, as if every row were compared.

Rows are kept as they are, and again in a few bits in FAISS, several times quicker to go through
(`index_looks`). A look at those names candidates; they are compared as they are, and more of them until no
other row can belong to the best. What is believed of rows in 2 bits is very likely; where it does not settle
the best, rows in 8 bits do, of which it is certain. Above `neighbourhoods.LARGE` rows, a query goes through
the rows near to it alone, and the answer is that of comparing those.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from knowledge_base import neighbourhoods as near
from knowledge_base.index_file import HEAD, index_head, index_path, near_path, write_file
from knowledge_base.index_looks import EightBits, TwoBits
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
"""Candidates fetched beyond the limit at first; four times as many when they do not settle it by 8 bits."""
_FETCHED = 8
"""Candidates by 2 bits, in limits; never fewer than by 8 bits."""
SMALL = 500
"""Up to so many rows, all are compared as they are: not worth a first look."""
MIDDLE = 1_000
"""From so many rows on, the first look is at 2 bits: below, 8 bits are as quick."""
_WORTH = 8
"""Queries after which rows in few bits are made: a command that asks once is done before they would be."""


@dataclass(frozen=True, slots=True)
class _Looks:
    """The rows in few bits."""

    eight_bits: EightBits
    two_bits: TwoBits | None


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
        self._near = before
        self._looks: _Looks | None = None
        self._asked = 0
        self._making = Lock()

    def __len__(self) -> int:
        return len(self._ids)

    def warm_up(self) -> None:
        """Make the rows in few bits now, not in the background while the first queries are answered."""
        with self._making:
            vectors = self._vectors
            if self._looks is not None or len(self._ids) <= SMALL:
                return
            two_bits = self._near is None and len(vectors) >= MIDDLE and TwoBits.fits(self.dimension)
            looks = _Looks(EightBits(vectors, self._near), TwoBits(vectors) if two_bits else None)
            if self._vectors is vectors:
                self._looks = looks

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
        looks = self._first_looks()
        allowed = None if among is None else np.flatnonzero(among)
        size = len(self._ids) if allowed is None else len(allowed)
        # A look by 2 bits names the best of all rows: of a few marked ones there may be none among them.
        if looks is not None and looks.two_bits is not None and 2 * size >= len(self._ids):
            settled = self._by_two_bits(looks.two_bits, query, limit, among)
            if settled is not None:
                return settled
        fetched = limit + _RESERVE
        while True:
            if looks is None or size <= max(SMALL, fetched):
                rows = np.arange(size) if allowed is None else allowed
                return _best(rows, self.cosines(query, rows), limit)
            rows, bound = looks.eight_bits.look(query, fetched, among)
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
        # "clip" leaves out the check of each row's number: three quarters of the time. All of ours are there.
        chosen = (
            self._vectors if len(rows) == len(self._ids) else self._vectors.take(rows, axis=0, mode="clip")
        )
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
        self._vectors, self._looks, self._asked = vectors, None, 0
        if len(ids) <= SMALL:
            return
        large = len(ids) >= near.LARGE
        self._near = of_these or (near.neighbourhoods(vectors, before=self._near) if large else None)

    def _first_looks(self) -> _Looks | None:
        """The rows in few bits; None while they are not there, and every row is compared."""
        looks = self._looks
        if looks is None and len(self._ids) > SMALL:
            self._asked += 1
            if self._asked == _WORTH:
                Thread(target=self.warm_up, name="index").start()
        return looks

    def _by_two_bits(
        self, looks: TwoBits, query: Vectors, limit: int, among: NDArray[np.bool_] | None
    ) -> tuple[Rows, Vectors] | None:
        """The best and what ties with them; None when rows in 2 bits do not settle it."""
        import numpy as np

        rows, about = looks.look(query, min(max(_FETCHED * limit, limit + _RESERVE), len(self._ids)))
        least = float(about[-1])
        if among is not None:
            chosen = among[rows]
            rows, about = rows[chosen], about[chosen]
        first = 2 * limit
        if len(rows) < first:
            return None
        cosines = self.cosines(query, rows[:first])
        worth = float(np.partition(cosines, -limit)[-limit]) - looks.margin(query) - _SLACK
        if least >= worth:
            return None  # rows that were not fetched may be among the best
        more = rows[first : max(first, int(np.count_nonzero(about >= worth)))]
        return _best(
            np.concatenate((rows[:first], more)),
            np.concatenate((cosines, self.cosines(query, more))),
            limit,
        )

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
