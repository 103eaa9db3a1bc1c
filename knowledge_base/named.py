"""Whom a conversation is about: titles of documents that were named in it.

A client with many hotels, shops or products has many passages that say nearly the same, and a question
in a contact ("do they have parking?") seldom names which one is meant; that was said turns before. So the
titles that were named in the contact come first, those named last before those named long ago.

Naming changes the order of the hits and never how sure they are: a name is no answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING

from knowledge_base.lexical import stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SET_BACK = 0.4
"""Relevance that a passage loses whose title was not named when another one was named just now."""
FADES = 0.9
"""What a name keeps with every turn that follows."""
ENOUGH = 0.5
"""Share of a title that must be said; a hotel's `house` alone names none."""
TURNS_BACK = 40
"""Turns that are looked at, the last ones."""
_REMEMBERED = 4_096
"""Turns of which it is known what they named: each is looked at again with every turn that follows it."""


class Names:
    """The titles of the passages of one client. Never changes once built.

    Args:
        titles: Of each passage, in order; a passage without one is about everybody.
        languages: In which they are stemmed, as questions are.

    Example:
        >>> names = Names(["Acorn House", "Lensfield Hotel", ""], ["en"])
        >>> [round(float(share), 2) for share in names.named(["Is the Acorn House quiet?"])]
        [1.0, 0.0, 1.0]
    """

    def __init__(self, titles: Sequence[str], languages: Sequence[str]) -> None:
        import numpy as np

        self._languages = tuple(languages)
        distinct = {title: place for place, title in enumerate(dict.fromkeys(titles))}
        self._of_passage = np.fromiter(
            (distinct[title] for title in titles), dtype=np.intp, count=len(titles)
        )
        self._words = [self._stems(title) for title in distinct]
        counts: dict[str, int] = {}
        for words in self._words:
            for word in words:
                counts[word] = counts.get(word, 0) + 1
        self._weights = {word: log(1 + len(distinct) / count) for word, count in counts.items()}
        self._holders: dict[str, list[int]] = {}
        for place, words in enumerate(self._words):
            for word in words:
                self._holders.setdefault(word, []).append(place)
        self._full = [sum(self._weights[word] for word in words) for words in self._words]
        self._about_all = np.array([not words for words in self._words], dtype=np.bool_)
        self._known: dict[bytes, tuple[tuple[int, float], ...]] = {}

    def named(self, said: Sequence[str]) -> NDArray[np.float32] | None:
        """How much each passage's title was named, in [0, 1]; None when none was.

        Args:
            said: The turns of a contact, oldest first.
        """
        import numpy as np

        best: dict[int, float] = {}
        for age, text in enumerate(reversed(said[-TURNS_BACK:])):
            for place, share in self._shares(text):
                best[place] = max(best.get(place, 0.0), share**3 * FADES**age)
        if not best:
            return None
        of_title = np.zeros(len(self._words), dtype=np.float32)
        for place, value in best.items():
            of_title[place] = value
        of_title[self._about_all] = of_title.max()
        shares: NDArray[np.float32] = of_title[self._of_passage]
        return shares

    def _shares(self, text: str) -> tuple[tuple[int, float], ...]:
        """Titles of which enough is in a text, with the share of their words, rare ones counting more."""
        # By digest: what somebody said is not kept longer than the contact keeps it.
        key = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()
        shares = self._known.get(key)
        if shares is None:
            heard: dict[int, float] = {}
            for word in self._stems(text):
                for place in self._holders.get(word, ()):
                    heard[place] = heard.get(place, 0.0) + self._weights[word]
            parts = ((place, weight / self._full[place]) for place, weight in heard.items())
            shares = tuple((place, share) for place, share in parts if share >= ENOUGH)
            if len(self._known) >= _REMEMBERED:
                self._known = {}  # replaced, never emptied: another thread may be reading the one before
            self._known[key] = shares
        return shares

    def _stems(self, text: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(stem for code in self._languages for stem in stems(text, code)))
