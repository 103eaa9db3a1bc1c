"""An import that does without another package: what it would use if it were there, and we have no use for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType


@contextmanager
def without(package: str) -> Iterator[None]:
    """What this thread imports meanwhile is told that a package is not installed.

    Nothing changes for other threads, nor when the package is loaded already: then it costs nothing more.

    Args:
        package: A top-level package, such as `torch`.
    """
    hidden = _Hidden(package)
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


class _Hidden:
    def __init__(self, package: str) -> None:
        self._package, self._thread = package, threading.get_ident()

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,  # noqa: ARG002 - as Python calls it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if name.partition(".")[0] == self._package and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is done without here", name=name)
        return None
