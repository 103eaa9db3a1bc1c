"""Everything a search needs, built once and never changed: passages, words, vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge_base.calibration import RIVALS, Calibration
from knowledge_base.fusion import ASIDE, IN_SEVERAL_LANGUAGES, WORD_WEIGHT, WORDS_COUNTED, relevance
from knowledge_base.lexical import LexicalIndex, primary, stems
from knowledge_base.named import SET_BACK, Names
from models.records import Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge_base.index import FaissIndex
    from knowledge_base.rated import Rated
    from knowledge_base.windows import PairIndex
    from models.ports import Vectors

DEPTH = 64
"""Passages that words and meaning each put forward: of 1,900 questions the first 12 were those of 100."""
STAND_BACK = frozenset(("script", "macro", "disclosure"))
"""Kinds that a policy or FAQ of equal relevance comes before."""
REMEMBERED = 16
"""Days and kinds for which the allowed passages are kept."""
TITLE_WEIGHT = 3
"""Times that words of titles and headings count on top of once: they say what a passage is about."""
MOST_LANGUAGES = 4
"""Languages in which a query is stemmed, the most frequent ones of the documents."""
_NEAR_THE_BEST = 0.3
"""Share of the best passage's words from which on passages are sorted first."""


def encoded_text(passage: Passage) -> str:
    """What is encoded and searched: title, headings and text, none of them twice."""
    above, text = _above(passage.title, passage.heading), passage.text
    return f"{above}\n{text}" if above and text else above or text


@lru_cache(maxsize=4_096)
def _above(title: str, heading: str) -> str:
    """Title and headings; many passages share them."""
    if heading.casefold().startswith(title.casefold()):
        return heading
    return f"{title}\n{heading}" if heading else title


def text_digest(text: str) -> str:
    """SHA-256, under which a vector is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_digest(client: str, passages: Sequence[Passage], digests: Sequence[str]) -> str:
    """SHA-256 of whose passages there are and what they say, in order."""
    lines = (f"{passage.id}\0{digest}\n" for passage, digest in zip(passages, digests, strict=True))
    return hashlib.sha256("".join((f"{client}\n", *lines)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranker says of one query, on a scale of its own."""

    places: list[int]
    """Of passages, best first."""
    relevances: list[float]
    """In the same order, never rising."""
    words: int
    """Distinct words of the query that mean something."""
    words_only: bool
    """Nothing was compared by meaning."""


class Corpus:
    """The passages of one client, ready to be searched from any thread.

    Args:
        passages: In the order of their documents.
        language: Of passages that name none.
        index: Rows by passage id; None to search by words alone.
        lexical: Of these passages, when it was kept; None: made here.
        word_weight: What a full share of words counts beside a cosine of this index.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        language: str,
        index: FaissIndex | PairIndex | None,
        lexical: LexicalIndex | None = None,
        word_weight: float = WORD_WEIGHT,
    ) -> None:
        self.passages = tuple(passages)
        self.index = index
        self.scales: dict[bool, Calibration] = {}
        """By whether searches go by words alone; measured when first needed."""
        self._names: Names | None = None
        self._set_aside: NDArray[np.float64] | None = None
        self._allowed: dict[tuple[date, frozenset[str] | None], NDArray[np.bool_] | None] = {}
        codes = _codes(passages, language)
        counts = {code: codes.count(code) for code in dict.fromkeys(codes)}
        self.languages = sorted(counts, key=lambda code: (-counts[code], code))[:MOST_LANGUAGES] or ["en"]
        several = len(self.languages) > 1 and index is not None and index.across_languages
        self._word_weight = IN_SEVERAL_LANGUAGES if several else word_weight
        self.lexical = lexical or postings(passages, language)

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

    def named(self, said: Sequence[str]) -> NDArray[np.float32] | None:
        """How much the title of each passage was named in what was said; None when none was."""
        if not said:
            return None
        if self._names is None:
            self._names = Names([passage.title for passage in self.passages], self.languages)
        return self._names.named(said)

    def _aside(self) -> NDArray[np.float64]:
        """What is taken off each passage when a query asks for no kind."""
        if self._set_aside is None:
            import numpy as np

            back = (passage.kind in STAND_BACK for passage in self.passages)
            self._set_aside = ASIDE * np.fromiter(back, dtype=np.float64, count=len(self.passages))
        return self._set_aside

    def search(
        self,
        query: str,
        vector: Vectors | None,
        limit: int,
        allowed: NDArray[np.bool_] | None,
        *,
        calibration: Calibration,
        aside: bool = True,
        named: NDArray[np.float32] | None = None,
        rated: Rated | None = None,
    ) -> list[Hit]:
        """Up to `limit` hits among the allowed passages, best first.

        Args:
            query: Words or a question.
            vector: Of the query, shape `(1, dimension)`; None when there is no encoder.
            limit: At least 1.
            allowed: From the method of that name.
            calibration: Of this corpus, for searches with or without a vector, as this one is.
            aside: Whether scripts, macros and disclosures stand back.
            named: From the method of that name.
            rated: Puts the best hits in another order.
        """
        ranking = self.rank(query, vector, max(limit, RIVALS), allowed, aside=aside, named=named)
        places = ranking.places
        scores, answerable = calibration.rate(
            ranking.relevances, [self.passages[place].document for place in places], words=ranking.words
        )
        shown = limit if rated is None else len(places)
        hits = [
            Hit(
                self.passages[place],
                round(score, 6),
                rank,
                degraded=ranking.words_only,
                answerable=round(answerable, 6),
            )
            for rank, (place, score) in enumerate(zip(places[:shown], scores, strict=False), 1)
        ]
        return hits if rated is None else rated.ordered(query, hits, ranking.relevances)[:limit]

    def rank(
        self,
        query: str,
        vector: Vectors | None,
        limit: int,
        allowed: NDArray[np.bool_] | None,
        *,
        aside: bool = True,
        named: NDArray[np.float32] | None = None,
    ) -> Ranking:
        """Up to `limit` places by relevance; the arguments are those of `search`."""
        import numpy as np

        by_language = [list(dict.fromkeys(stems(query, code))) for code in self.languages]
        words = list(dict.fromkeys(stem for each in by_language for stem in each))
        full = self.lexical.full_share(words, WORDS_COUNTED) or 1.0
        by_words = self.lexical.scores(words)
        depth = max(DEPTH, limit)
        # Also the best of what was named: among many that say the same it may be far down.
        pools = [allowed] if named is None else [allowed, _both(allowed, named > 0)]
        found = [_by_words(by_words, pool, depth) for pool in pools]
        words_only = self.index is None or vector is None
        if self.index is not None and vector is not None:
            # Rows of the index lie in the order of the passages.
            found += [self.index.nearest(vector[0], depth, among=pool)[0] for pool in pools]
        places = _distinct(np.concatenate(found))
        values = (by_words[places] / full).astype(np.float64)
        if self.index is not None and vector is not None:
            cosines = self.index.cosines(vector[0], places).astype(np.float64)
            values = relevance(values, cosines, weight=self._word_weight)
        if aside:
            values = values - self._aside()[places]
        order = values if named is None else values - SET_BACK * (named.max() - named[places])
        order, values = order.round(6), values.round(6)
        best = np.lexsort((places, -order))[:limit]
        # A name changes the order, not how sure the first one is.
        shift = values[best[0]] - order[best[0]] if len(best) else 0.0
        return Ranking(
            places[best].tolist(),
            (order[best] + shift).tolist(),
            max(map(len, by_language)),
            words_only,
        )


def _both(allowed: NDArray[np.bool_] | None, also: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return also if allowed is None else allowed & also


def _by_words(scores: NDArray[np.float32], allowed: NDArray[np.bool_] | None, depth: int) -> NDArray[np.intp]:
    """Places of the best passages by words, ties in document order; those that share none are left out."""
    import numpy as np

    if allowed is not None:
        scores = np.where(allowed, scores, np.float32(0.0))
    # Few come near the best one: to sort these alone is quicker, as long as they are enough.
    places = np.flatnonzero(scores > _NEAR_THE_BEST * scores.max(initial=0.0))
    if len(places) < depth:
        places = np.flatnonzero(scores > 0)
    if depth < len(places):
        found = scores[places]
        places = places[found >= np.partition(found, -depth)[-depth]]
    return places[np.argsort(-scores[places], kind="stable")][:depth]


def _distinct(places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each once, rising: what `np.unique` gives, in a quarter of its time for a few hundred."""
    import numpy as np

    ordered = np.sort(places)
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def postings(passages: Sequence[Passage], language: str) -> LexicalIndex:
    """The words of passages; those that name no language are in the given one."""
    codes = _codes(passages, language)
    return LexicalIndex([_weighted_stems(one, code) for one, code in zip(passages, codes, strict=True)])


def _codes(passages: Sequence[Passage], language: str) -> list[str]:
    return [primary(passage.language or language) for passage in passages]


def _weighted_stems(passage: Passage, language: str) -> list[str]:
    """The stems of a passage, those of its title and headings some more times."""
    above = f"{passage.title} {passage.heading}"
    return TITLE_WEIGHT * stems(above, language) + stems(encoded_text(passage), language)


def _in_force(passage: Passage, on: date) -> bool:
    starts = passage.effective_from is None or passage.effective_from <= on
    return starts and (passage.effective_until is None or on <= passage.effective_until)
