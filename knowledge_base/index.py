"""Search by meaning: exact nearest neighbours of one client, in FAISS."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InputError

if TYPE_CHECKING:
    from models.ports import Vectors

_SPARE = 16
"""Rows fetched beyond the limit, so that ties at the border fall the same way every time."""
_DIGITS = 6
"""Cosines that agree so far are a tie: the last bits depend on where a row lies in memory."""


class FaissIndex:
    """A `VectorIndex` over `IndexFlatIP`: every row is compared, so nothing is missed.

    Reading is safe from many threads; adding and removing are for one thread while nobody reads.

    Args:
        dimension: Length of the vectors.
    """

    def __init__(self, dimension: int) -> None:
        if dimension < 1:
            raise InputError(f"index: dimension {dimension} is below 1")
        self.dimension = dimension
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._index: Any = None

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add rows; an id that is there already is replaced.

        Raises:
            InputError: The vectors have another shape, or an id stands twice.
        """
        import numpy as np

        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if rows.shape != (len(ids), self.dimension):
            raise InputError(f"index: vectors of shape {rows.shape}, ({len(ids)}, {self.dimension}) wanted")
        if len(set(ids)) < len(ids):
            raise InputError("index: an id stands twice in one call")
        self.remove([id for id in ids if id in self._rows])
        if not len(ids):
            return
        if self._index is None:
            import faiss

            self._index = faiss.IndexFlatIP(self.dimension)
        self._index.add(rows)
        self._rows.update((id, len(self._ids) + place) for place, id in enumerate(ids))
        self._ids.extend(ids)

    def remove(self, ids: Sequence[str]) -> None:
        """Remove rows; ids that are not there are ignored."""
        gone = {id for id in ids if id in self._rows}
        if not gone:
            return
        kept = [id for id in self._ids if id not in gone]
        vectors = self.vectors(kept)
        self._index, self._ids, self._rows = None, [], {}
        self.add(kept, vectors)

    def search(
        self, queries: Vectors, limit: int, *, among: Sequence[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Per query row, up to `limit` (id, cosine), best first, ties by id.

        Args:
            queries: Unit rows, shape `(n, dimension)`.
            limit: At least 1.
            among: Only these ids take part; None: all.

        Raises:
            InputError: The queries have another shape, or the limit is below 1.
        """
        import numpy as np

        rows = np.ascontiguousarray(queries, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.dimension:  # noqa: PLR2004 - rows of a matrix
            raise InputError(f"index: queries of shape {rows.shape}, (n, {self.dimension}) wanted")
        if limit < 1:
            raise InputError(f"index: limit {limit} is below 1")
        allowed = None if among is None else sorted({self._rows[id] for id in among if id in self._rows})
        size = len(self._ids) if allowed is None else len(allowed)
        if self._index is None or not size or not len(rows):
            return [[] for _ in rows]
        parameters = None
        if allowed is not None and size < len(self._ids):
            import faiss

            selector = faiss.IDSelectorBatch(np.asarray(allowed, dtype=np.int64))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        reserve = _SPARE
        while True:
            fetched = min(limit + reserve, size)
            cosines, found = self._index.search(rows, fetched, params=parameters)
            cosines = cosines.round(_DIGITS)
            if fetched == size or (cosines[:, limit - 1] > cosines[:, -1]).all():
                break
            reserve *= 4  # a tie runs over the border, so which ids it holds is not known yet
        results = []
        for row_cosines, row_found in zip(cosines.tolist(), found.tolist(), strict=True):
            pairs = [(self._ids[at], cosine) for at, cosine in zip(row_found, row_cosines, strict=True)]
            pairs.sort(key=lambda pair: (-pair[1], pair[0]))
            results.append(pairs[:limit])
        return results

    def vectors(self, ids: Sequence[str]) -> Vectors:
        """The rows of these ids, shape `(len(ids), dimension)`.

        Raises:
            KeyError: An id is not there.
        """
        import numpy as np

        if not ids:
            return np.zeros((0, self.dimension), dtype=np.float32)
        rows: Vectors = self._index.reconstruct_batch(
            np.asarray([self._rows[id] for id in ids], dtype=np.int64)
        )
        return rows

    def save(self, folder: Path, *, encoder: str, content: str) -> None:
        """Write the rows and a manifest, each in one step; a reader never sees half of it.

        Args:
            folder: The client's own folder; made when needed.
            encoder: Name of the encoder.
            content: Digest of what the rows stand for, in order.
        """
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        raw = np.ascontiguousarray(self.vectors(self._ids), dtype="<f4").tobytes()
        manifest = {
            "encoder": encoder,
            "count": len(self._ids),
            "dimension": self.dimension,
            "sha256": hashlib.sha256(raw).hexdigest(),
            "documents": content,
        }
        rows, description = _paths(folder, encoder)
        # Rows first: a manifest that matches them is what makes them valid.
        _write(rows, raw)
        _write(description, json.dumps(manifest, indent=1).encode())

    @classmethod
    def load(
        cls, folder: Path, ids: Sequence[str], *, encoder: str, dimension: int, content: str
    ) -> FaissIndex | None:
        """The index that was saved for exactly this content; None when it is not there, stale or damaged."""
        import numpy as np

        rows, description = _paths(folder, encoder)
        try:
            manifest = json.loads(description.read_text("utf-8"))
            raw = rows.read_bytes()
        except (OSError, ValueError):
            return None
        wanted = {
            "encoder": encoder,
            "count": len(ids),
            "dimension": dimension,
            "sha256": hashlib.sha256(raw).hexdigest(),
            "documents": content,
        }
        if manifest != wanted or len(raw) != 4 * len(ids) * dimension:
            return None
        index = cls(dimension)
        index.add(ids, np.frombuffer(raw, dtype="<f4").reshape(len(ids), dimension))
        return index


def _paths(folder: Path, encoder: str) -> tuple[Path, Path]:
    """Files of an encoder; its name is hashed, since it may be a path."""
    stem = "vectors-" + hashlib.sha256(encoder.encode()).hexdigest()[:12]
    return folder / f"{stem}.f32", folder / f"{stem}.json"


def _write(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
