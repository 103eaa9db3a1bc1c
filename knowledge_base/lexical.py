"""Search by words: BM25 over stemmed words, for one client."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from math import log
from typing import TYPE_CHECKING, Any

from models.stems import stem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STOPWORDS = frozenset(
    "a an and are as at be been being but by can could did do does for from had has have he her his "
    "how i if in into is it its me my of on or our she should so some such than that the their them "
    "then there these they this to us was we were what when where which who whom whose why will with "
    "would you your yours am im ive id ill dont cant isnt please ok okay just about any hi hello "
    "thanks thank ".split()
)
"""Words of English that say nothing about the subject."""

_RUN = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]{2,}")


def primary(language: str) -> str:
    """`en` of `en-GB`.

    Example:
        >>> primary("pt_BR")
        'pt'
    """
    return re.split(r"[-_]", language.strip().casefold(), maxsplit=1)[0]


def stems(text: str, language: str = "en") -> list[str]:
    """The words of a text, folded and stemmed; scripts without blanks give pairs of letters.

    Example:
        >>> stems("How long do refunds take?")
        ['long', 'refund', 'take']
    """
    folded = _APOSTROPHE.sub("", unicodedata.normalize("NFKC", text).casefold())
    code = primary(language)
    found: list[str] = []
    for match in _RUN.finditer(folded):
        word = match[0]
        if _UNSPACED.search(word):
            found.extend(word[at : at + 2] for at in range(len(word) - 1))
        elif code != "en" or word not in STOPWORDS:
            found.append(stem(word, code))
    return found


class LexicalIndex:
    """BM25 over the stems of passages. Never changes once built.

    Args:
        passages: Stems of each passage, in order.
    """

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        self._size = len(passages)
        counts: dict[str, int] = {}
        for passage in passages:
            for word in set(passage):
                counts[word] = counts.get(word, 0) + 1
        total = self._size
        self._weights = {word: log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}
        self._rarest = log(1 + (total + 0.5) / 0.5)
        self._bm25: Any = None
        if counts:
            import bm25s

            self._bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
            self._bm25.index([list(passage) for passage in passages], show_progress=False)

    def scores(self, query: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every passage, 0 where no word is shared."""
        import numpy as np

        known = [word for word in query if word in self._weights]
        if not known or self._bm25 is None:
            return np.zeros(self._size, dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores(known)
        return scores

    def full_share(self, query: Iterable[str], counted: int) -> float:
        """The most that BM25 can give for the rarest words of a query, at most `counted` of them.

        A word that no passage has weighs as much as the rarest one, so an alien question stays far
        below. 0 for no words.
        """
        weights = sorted((self._weights.get(word, self._rarest) for word in set(query)), reverse=True)
        return sum(weights[:counted])
