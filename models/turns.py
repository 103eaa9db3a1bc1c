"""Whose turn it is: texts are worked on one at a time, and live ones first.

Models with 8-bit weights take one text at a time, on one thread (see `models.encoders`). What many threads
want of the processors at once is put in order here, for all such models of a process.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from models.ports import Vectors

Item = TypeVar("Item")
Done = TypeVar("Done")

_MOST_THREADS = 8
_PARALLEL_FROM = 4
"""Fewer texts than this are not worth a thread."""


class Turns:
    """Lets so many threads work at a time, in the order in which they came.

    Twenty conversations that encode side by side on two processors all end late; one after the other,
    the first are done when the last begin. Texts that somebody waits for go before those of an ingest.

    Args:
        places: Threads at a time, at least 1.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._lock = Lock()
        self._waiting: tuple[deque[Lock], deque[Lock]] = (deque(), deque())

    @contextmanager
    def turn(self, *, urgent: bool) -> Iterator[None]:
        """Wait for a place, and give it on afterwards."""
        mine: Lock | None = None
        with self._lock:
            if self._free:
                self._free -= 1
            else:
                mine = Lock()
                mine.acquire()
                self._waiting[0 if urgent else 1].append(mine)
        if mine is not None:
            mine.acquire()  # released by the one whose place this thread takes
        try:
            yield
        finally:
            with self._lock:
                for line in self._waiting:
                    if line:
                        line.popleft().release()
                        break
                else:
                    self._free += 1


_turns = Turns(min(os.cpu_count() or 1, _MOST_THREADS))
"""Of this process: its models share the processors."""


def _new_turns() -> None:
    """In a forked process nobody will give a place back that another thread held."""
    global _turns  # noqa: PLW0603 - see above
    _turns = Turns(min(os.cpu_count() or 1, _MOST_THREADS))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_turns)


def turn(*, urgent: bool) -> AbstractContextManager[None]:
    """A place among the threads of this process that work with weights; see `Turns`."""
    return _turns.turn(urgent=urgent)


def threads_of(wanted: int | None) -> int:
    """Texts to work on at the same time, at least 1; None: one per processor, at most 8."""
    return max(1, wanted or min(os.cpu_count() or 1, _MOST_THREADS))


def rows_in_turn(
    texts: Sequence[str], row_of: Callable[[str], Vectors], *, model: str, threads: int
) -> Vectors:
    """Rows of texts, one text at a time on a thread, each thread waiting for its turn.

    Args:
        texts: At least one; equal ones are encoded once.
        row_of: A function from a text to its row.
        model: Whose rows they are: rows of the texts encoded last are remembered by model.
        threads: Texts encoded at the same time, at least 1.
    """
    import numpy as np

    # Longest first, so that no thread is left with a long text at the end.
    unique = sorted(set(texts), key=lambda text: (-len(text), text))
    urgent = len(unique) < _PARALLEL_FROM

    def in_turn(text: str) -> Vectors:
        if not urgent:
            with turn(urgent=False):
                return row_of(text)
        # A live turn is read by several parts: its moments, the search, the check of a draft.
        said = f"{model}\0{text}".encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(said, digest_size=16).digest()
        known = _lately.get(key)
        if known is None:
            with turn(urgent=True):
                known = row_of(text)
            with _keeping:
                _lately[key] = known
                if len(_lately) > _MOST_LATELY:
                    del _lately[next(iter(_lately))]
        return known

    rows = side_by_side(in_turn, unique, threads=1 if urgent else threads)
    place = {text: index for index, text in enumerate(unique)}
    vectors: Vectors = np.stack(rows)[[place[text] for text in texts]]
    return vectors


def side_by_side(work: Callable[[Item], Done], items: Sequence[Item], *, threads: int) -> list[Done]:
    """The work done on each item, in order, by so many threads."""
    if threads == 1 or len(items) == 1:
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, items))


_lately: dict[bytes, Vectors] = {}
"""Rows of the texts encoded last, by digest: the words are not kept."""
_MOST_LATELY = 256
_keeping = Lock()


def forget() -> None:
    """Encode again what was encoded a moment ago, when it is asked for: for measurements."""
    with _keeping:
        _lately.clear()
