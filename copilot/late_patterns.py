"""Patterns that are compiled when they are first used: long word lists would cost every start."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands for a compiled pattern until somebody asks it something."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._pattern, self._flags), name)
        setattr(self, name, found)
        return found


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that behaves like `re.compile(pattern, flags)`."""
    return cast("re.Pattern[str]", _Late(pattern, flags))
