"""Regular expressions that are compiled when they are first used.

There are hundreds; compiling all of them would take a tenth of a second of every process that starts,
most of it for languages and subjects that the process never meets.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """Looks like the compiled pattern; what was asked for once is kept beside it."""

    def __init__(self, words: str, flags: int) -> None:
        self._made = (words, flags)

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(*self._made), name)
        self.__dict__[name] = value
        return value

    def __repr__(self) -> str:
        return f"pattern({self._made[0]!r})"


def pattern(words: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile(words, flags)`, at the first use. A fault in the words shows then, so each has a test.

    Give it to methods of its own (`.search`, `.sub`), not to functions of `re`.
    """
    return cast("re.Pattern[str]", _Later(words, int(flags)))
