"""Passages read two sentences at a time, each passage as near to a query as the nearest of its pairs.

An encoder that was trained on short texts says of a long one what it is about on the whole, and loses the
sentence that answers. Across languages, where no shared word makes up for it, that decides what is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge_base.corpus import encoded_text
from models.patterns import pattern

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge_base.index import FaissIndex
    from models.ports import Encoder, Vectors
    from models.records import Passage

    Places = NDArray[np.intp]

_BORDER = pattern(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])|\n+|(?<=[^\W\d_]{3}[.!?])(?=[A-ZÀ-ÖØ-ÞŒŠŽ])")
"""Where a sentence ends, also when the blank after it is lost. Not `models.sentences`, which knows better and
takes seconds to load: a border put wrong here costs next to nothing."""
_MORE = 4
"""Times as many pairs are fetched as passages are wanted, and again until there are enough."""


def read_in_pairs(encoder: Encoder) -> bool:
    """Whether the encoder says that it reads long passages worse than short ones."""
    return bool(getattr(encoder, "reads_in_pairs", False))


def pairs(passage: Passage) -> list[str]:
    """What is encoded of a passage: its sentences two by two; title with headings, and each line, are one.

    They do not overlap: overlapping ones found a few questions more of 200, for twice the time and memory.
    """
    whole = encoded_text(passage)
    head = " ".join(whole.removesuffix(passage.text).split())
    sentences = [text for text in (head, *map(str.strip, _BORDER.split(passage.text))) if text]
    return [" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)] or [whole]


class PairIndex:
    """Rows of pairs, searched as if they were rows of passages.

    Args:
        index: Of the pairs, passage by passage.
        counts: Pairs of each passage, in order, each at least 1.
        across_languages: Whether rows of one meaning are near to each other in any language.
    """

    def __init__(self, index: FaissIndex, counts: Sequence[int], *, across_languages: bool = False) -> None:
        import numpy as np

        self.across_languages = across_languages
        self.index = index
        self._counts = np.asarray(counts, dtype=np.intp)
        self._starts = np.cumsum(self._counts) - self._counts
        self._owners = np.repeat(np.arange(len(counts), dtype=np.intp), self._counts)

    def nearest(
        self, query: Vectors, limit: int, *, among: NDArray[np.bool_] | None = None
    ) -> tuple[Places, Vectors]:
        """Passages and their cosines, best first, ties in order; see `FaissIndex.nearest`."""
        import numpy as np

        marks = None if among is None else among[self._owners]
        most = len(self._owners) if marks is None else int(marks.sum())
        fetched = _MORE * limit
        while True:
            rows, cosines = self.index.nearest(query, fetched, among=marks)
            # Best first, so where a passage stands first is how near it is.
            places, first = np.unique(self._owners[rows], return_index=True)
            if len(places) >= limit or fetched >= most:
                order = np.lexsort((places, -cosines[first]))
                return places[order], cosines[first][order]
            fetched *= _MORE

    def cosines(self, query: Vectors, places: Places) -> Vectors:
        """Cosines of a query with these passages."""
        import numpy as np

        if not len(places):
            return np.zeros(0, dtype=np.float32)
        counts = self._counts[places]
        begins = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(self._starts[places] - begins, counts)
        nearest: Vectors = np.maximum.reduceat(self.index.cosines(query, rows), begins)
        return nearest
