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


def content_digest(passages: Sequence[Passage], digests: Sequence[str]) -> str:
    """SHA-256 of which passages there are and what they say, in order."""
    lines = (f"{passage.id}\0{digest}\n" for passage, digest in zip(passages, digests, strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


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
        self._allowed: dict[tuple[date, frozenset[str] | None], list[int] | None] = {}
        self._places = {passage.id: place for place, passage in enumerate(passages)}
        codes = [primary(passage.language or language) for passage in passages]
        counts = {code: codes.count(code) for code in dict.fromkeys(codes)}
        self._languages = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_LANGUAGES] or ["en"]
        self._lexical = LexicalIndex(
            [_weighted_stems(one, code) for one, code in zip(passages, codes, strict=True)]
        )

    def allowed(self, on: date, kinds: frozenset[str] | None) -> list[int] | None:
        """Places of the passages in force on that day and of these kinds; None when all are."""
        known = self._allowed
        if (on, kinds) in known:
            return known[on, kinds]
        places = [
            place
            for place, passage in enumerate(self.passages)
            if (kinds is None or passage.kind in kinds) and _in_force(passage, on)
        ]
        allowed = None if len(places) == len(self.passages) else places
        # Replaced, never emptied: another thread may be reading the one before.
        self._allowed = {**(known if len(known) < REMEMBERED else {}), (on, kinds): allowed}
        return allowed

    def search(
        self,
        query: str,
        vector: Vectors | None,
        limit: int,
        places: Sequence[int] | None,
        *,
        aside: bool = True,
    ) -> list[Hit]:
        """Up to `limit` hits among the allowed places, best first.

        Args:
            query: Words or a question.
            vector: Of the query, shape `(1, dimension)`; None when there is no encoder.
            limit: At least 1.
            places: From `allowed`.
            aside: Whether scripts, macros and disclosures stand back.
        """
        words = list(dict.fromkeys(stem for code in self._languages for stem in stems(query, code)))
        full = self._lexical.full_share(words, WORDS_COUNTED)
        shares = self._lexical.scores(words) / (full or 1.0)
        candidates = self._by_words(shares, places, max(DEPTH, limit))
        cosines: dict[str, float] = {}
        if self.index is not None and vector is not None:
            among = None if places is None else [self.passages[place].id for place in places]
            cosines = dict(self.index.search(vector, max(DEPTH, limit), among=among)[0])
            candidates = list(dict.fromkeys((*candidates, *cosines)))
            missing = [id for id in candidates if id not in cosines]
            products = (self.index.vectors(missing) @ vector[0]).tolist()
            cosines.update(zip(missing, products, strict=True))
        rated = []
        for id in candidates:
            place = self._places[id]
            value = relevance(float(shares[place]), cosines.get(id))
            if aside and self.passages[place].kind in STAND_BACK:
                value -= ASIDE
            rated.append((-round(value, 6), place))
        words_only = not cosines
        return [
            Hit(
                self.passages[place],
                round(confidence(-value, words_only=words_only), 6),
                rank,
                degraded=words_only,
            )
            for rank, (value, place) in enumerate(sorted(rated)[:limit], 1)
        ]

    def _by_words(self, shares: NDArray[np.float32], places: Sequence[int] | None, depth: int) -> list[str]:
        """Ids of the best passages by words, ties in document order; those that share none are left out."""
        import numpy as np

        if places is not None:
            mask = np.zeros(len(shares), dtype=bool)
            mask[list(places)] = True
            shares = np.where(mask, shares, 0.0)
        best = np.argsort(-shares, kind="stable")[:depth]
        return [self.passages[place].id for place in best.tolist() if shares[place] > 0]


def _weighted_stems(passage: Passage, language: str) -> list[str]:
    """The stems of a passage, those of its title and headings twice."""
    above = f"{passage.title} {passage.heading}"
    return stems(above, language) + stems(encoded_text(passage), language)


def _in_force(passage: Passage, on: date) -> bool:
    starts = passage.effective_from is None or passage.effective_from <= on
    return starts and (passage.effective_until is None or on <= passage.effective_until)
