"""Search by words: BM25 over stemmed words, for one client."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, count
from math import log
from typing import TYPE_CHECKING, Any

from knowledge_base.function_words import FUNCTION_WORDS
from models.patterns import pattern
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

K1, B = 1.5, 0.75
"""How soon a word that is repeated stops counting, and how much a long passage pays for its length."""

_FREQUENT = 16
"""A word in more than one of so many passages is kept as a row of all."""
_ROW_BYTES = 8_000_000
"""Of such rows, all together."""

_ALIASES = {"nb": "no", "nn": "no"}
_RUN = pattern(r"[^\W_]+")
_APOSTROPHE = pattern(r"(?<=\w)['’](?=\w)")
_UNSPACED = pattern(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]{2,}")


@lru_cache(maxsize=1_024)
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
    empty = STOPWORDS if code == "en" else FUNCTION_WORDS.get(_ALIASES.get(code, code), frozenset())
    words = _RUN.findall(folded)
    if not _UNSPACED.search(folded):
        return [stem(word, code) for word in words if word not in empty]
    found: list[str] = []
    for word in words:
        if _UNSPACED.search(word):
            found.extend(word[at : at + 2] for at in range(len(word) - 1))
        elif word not in empty:
            found.append(stem(word, code))
    return found


class LexicalIndex:
    """BM25 over the stems of passages. Never changes once built.

    For each word, the passages that have it and what it adds there: a query reads a few short runs.

    Args:
        passages: Stems of each passage, in order.
    """

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        import numpy as np

        self._size = len(passages)
        self._rows: dict[int, NDArray[np.float32]] = {}
        numbers: defaultdict[str, int] = defaultdict(count().__next__)
        lengths = np.fromiter(map(len, passages), dtype=np.int64, count=self._size)
        tokens = np.fromiter(
            map(numbers.__getitem__, chain.from_iterable(passages)), dtype=np.int64, count=int(lengths.sum())
        )
        self._words: dict[str, int] = dict(numbers)
        places = np.repeat(np.arange(self._size, dtype=np.int64), lengths)
        # A word in a passage is one number, and so sorted by word, then by place.
        found, often = np.unique(tokens * max(self._size, 1) + places, return_counts=True)
        words, self._places = np.divmod(found, max(self._size, 1))
        self._places = self._places.astype(np.int32)
        having = np.bincount(words, minlength=len(self._words))
        self._ends = np.concatenate(([0], np.cumsum(having)))
        self._rarity = np.log(1 + (self._size - having + 0.5) / (having + 0.5))
        self._rarest = log(1 + (self._size + 0.5) / 0.5)
        relative = lengths / max(lengths.mean() if self._size else 0.0, 1e-9)
        room = K1 * (1 - B + B * relative)[self._places]
        self._weights = (self._rarity[words] * often / (room + often)).astype(np.float32)

    @property
    def parts(self) -> tuple[list[str], tuple[NDArray[np.generic], ...]]:
        """All of it, for `of`: the words, and numbers about them."""
        import numpy as np

        arrays = (np.asarray([self._size]), self._ends, self._rarity, self._places, self._weights)
        return list(self._words), arrays

    @classmethod
    def of(cls, words: Sequence[str], arrays: Sequence[NDArray[Any]]) -> LexicalIndex:
        """The index with these `parts`."""
        index = cls([])
        size, ends, rarity, places, weights = arrays
        vars(index).update(_ends=ends, _rarity=rarity, _places=places, _weights=weights)
        vars(index).update(
            _size=int(size[0]),
            _words={word: number for number, word in enumerate(words)},
            _rarest=log(1 + (int(size[0]) + 0.5) / 0.5),
        )
        return index

    def scores(self, query: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every passage, 0 where no word is shared."""
        import numpy as np

        scores = np.zeros(self._size, dtype=np.float32)
        for word in query:
            number = self._words.get(word)
            if number is None:
                continue
            if (everywhere := self._row(number)) is not None:
                scores += everywhere
                continue
            run = slice(self._ends[number], self._ends[number + 1])
            scores[self._places[run]] += self._weights[run]  # a passage is there once
        return scores

    def _row(self, number: int) -> NDArray[np.float32] | None:
        """What a frequent word adds to every passage: adding rows is quicker than picking places."""
        row = self._rows.get(number)
        often = self._ends[number + 1] - self._ends[number]
        if (
            row is None
            and often * _FREQUENT > self._size
            and len(self._rows) < _ROW_BYTES // (4 * self._size)
        ):
            import numpy as np

            row = np.zeros(self._size, dtype=np.float32)
            run = slice(self._ends[number], self._ends[number + 1])
            row[self._places[run]] = self._weights[run]
            self._rows[number] = row
        return row

    def full_share(self, query: Iterable[str], counted: int) -> float:
        """The most that BM25 can give for the rarest words of a query, at most `counted` of them.

        A word that no passage has weighs as much as the rarest one, so an alien question stays far
        below. 0 for no words.
        """
        weights = sorted((self._rarity_of(word) for word in set(query)), reverse=True)
        return sum(weights[:counted])

    def _rarity_of(self, word: str) -> float:
        number = self._words.get(word)
        return self._rarest if number is None else float(self._rarity[number])
