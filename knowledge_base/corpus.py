"""Everything a search needs, built once and never changed: passages, words, vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from knowledge_base.fusion import ASIDE, WORDS_COUNTED, confidence, relevance
from knowledge_base.lexical import LexicalIndex, primary, stems
from models.records import Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge_base.index import FaissIndex
    from models.ports import Vectors

DEPTH = 100
"""Passages that words and meaning each put forward."""
STAND_BACK = frozenset(("script", "macro", "disclosure"))
"""Kinds that a policy or FAQ of equal relevance comes before."""
REMEMBERED = 16
"""Days and kinds for which the allowed passages are kept."""
MOST_LANGUAGES = 4
"""Languages in which a query is stemmed, the most frequent ones of the documents."""


def encoded_text(passage: Passage) -> str:
    """What is encoded and searched: title, headings and text, none of them twice."""
    heading = passage.heading
    title = "" if heading.casefold().startswith(passage.title.casefold()) else passage.title
    return "\n".join(part for part in (title, heading, passage.text) if part)


def text_digest(text: str) -> str:
    """SHA-256, under which a vector is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_digest(client: str, passages: Sequence[Passage], digests: Sequence[str]) -> str:
    """SHA-256 of whose passages there are and what they say, in order."""
    lines = (f"{passage.id}\0{digest}\n" for passage, digest in zip(passages, digests, strict=True))
    return hashlib.sha256("".join((f"{client}\n", *lines)).encode()).hexdigest()


class Corpus:
    """The passages of one client, ready to be searched from any thread.

    Args:
        passages: In the order of their documents.
        language: Of passages that name none.
        index: Rows by passage id; None to search by words alone.
    """

    def __init__(self, passages: Sequence[Passage], *, language: str, index: FaissIndex | None) -> None:
        self.passages = tuple(passages)
        self.index = index
        self._allowed: dict[tuple[date, frozenset[str] | None], NDArray[np.bool_] | None] = {}
        codes = [primary(passage.language or language) for passage in passages]
        counts = {code: codes.count(code) for code in dict.fromkeys(codes)}
        self._languages = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_LANGUAGES] or ["en"]
        self._lexical = LexicalIndex(
            [_weighted_stems(one, code) for one, code in zip(passages, codes, strict=True)]
        )

    def allowed(self, on: date, kinds: frozenset[str] | None) -> NDArray[np.bool_] | None:
        """Marks of the passages in force on that day and of these kinds; None when all are."""
        known = self._allowed
        if (on, kinds) in known:
            return known[on, kinds]
        import numpy as np

        marks = np.fromiter(
            (
                (kinds is None or passage.kind in kinds) and _in_force(passage, on)
                for passage in self.passages
            ),
            dtype=np.bool_,
            count=len(self.passages),
        )
        allowed = None if marks.all() else marks
        # Replaced, never emptied: another thread may be reading the one before.
        self._allowed = {**(known if len(known) < REMEMBERED else {}), (on, kinds): allowed}
        return allowed

    def search(
        self,
        query: str,
        vector: Vectors | None,
        limit: int,
        allowed: NDArray[np.bool_] | None,
        *,
        aside: bool = True,
    ) -> list[Hit]:
        """Up to `limit` hits among the allowed passages, best first.

        Args:
            query: Words or a question.
            vector: Of the query, shape `(1, dimension)`; None when there is no encoder.
            limit: At least 1.
            allowed: From the method of that name.
            aside: Whether scripts, macros and disclosures stand back.
        """
        import numpy as np

        words = list(dict.fromkeys(stem for code in self._languages for stem in stems(query, code)))
        full = self._lexical.full_share(words, WORDS_COUNTED)
        shares = self._lexical.scores(words) / (full or 1.0)
        depth = max(DEPTH, limit)
        places = _by_words(shares, allowed, depth)
        cosines: list[float] = []
        if self.index is not None and vector is not None:
            # Rows of the index lie in the order of the passages.
            near, _ = self.index.nearest(vector[0], depth, among=allowed)
            places = np.union1d(places, near)
            cosines = self.index.cosines(vector[0], places).tolist()
        words_only = not cosines
        rated = []
        for at, (place, share) in enumerate(zip(places.tolist(), shares[places].tolist(), strict=True)):
            value = relevance(share, None if words_only else cosines[at])
            if aside and self.passages[place].kind in STAND_BACK:
                value -= ASIDE
            rated.append((-round(value, 6), place))
        rated.sort()
        return [
            Hit(
                self.passages[place],
                round(confidence(-value, words_only=words_only), 6),
                rank,
                degraded=words_only,
            )
            for rank, (value, place) in enumerate(rated[:limit], 1)
        ]


def _by_words(shares: NDArray[np.float32], allowed: NDArray[np.bool_] | None, depth: int) -> NDArray[np.intp]:
    """Places of the best passages by words, ties in document order; those that share none are left out."""
    import numpy as np

    if allowed is not None:
        shares = np.where(allowed, shares, np.float32(0.0))
    places = np.flatnonzero(shares > 0)
    if depth < len(places):
        found = shares[places]
        places = places[found >= np.partition(found, -depth)[-depth]]
    return places[np.argsort(-shares[places], kind="stable")][:depth]


def _weighted_stems(passage: Passage, language: str) -> list[str]:
    """The stems of a passage, those of its title and headings twice."""
    above = f"{passage.title} {passage.heading}"
    return stems(above, language) + stems(encoded_text(passage), language)


def _in_force(passage: Passage, on: date) -> bool:
    starts = passage.effective_from is None or passage.effective_from <= on
    return starts and (passage.effective_until is None or on <= passage.effective_until)
