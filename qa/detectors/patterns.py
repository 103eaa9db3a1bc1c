"""Readable patterns: macros and blanks expanded, compiled by RE2 in one set, so time stays linear.

In a pattern, `{name}` is a macro of `rules/macros.yaml`; a blank stands for any run of blanks, commas,
dashes or colons, because recognisers and hurried writers leave them out; words are matched whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from models.errors import ConfigError
from qa.detectors.folding import fold_pattern
from qa.detectors.shipped import read_shipped

_MACRO = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_BLANK = "(?:[ ,;:~-]+)"
_CONTRACTED = re.compile(r"(?:\(\?:)+(?:[^()|]*\|)*'")
"""A group with an alternative such as `'re`, which stands right behind the word before it."""
_SET_MEMORY = 512 << 20
"""Bytes RE2 may use for the automaton of one set; it is built lazily and stays far below."""


@cache
def macros() -> Mapping[str, str]:
    """The macro table, by name."""
    return dict(read_shipped("rules/macros.yaml"))


def alternatives(names: Sequence[str]) -> str:
    """A pattern that matches any of these literal names; one that matches nothing when there are none."""
    from qa.detectors.folding import fold

    folded = [re.escape(fold(name).text.strip()).replace(r"\ ", " ") for name in names if name.strip()]
    return "(?:" + "|".join(sorted(folded, key=len, reverse=True)) + ")" if folded else r"(?:\b\B)"


def expand(pattern: str, extra: Mapping[str, str] | None = None) -> str:
    """A pattern as RE2 takes it.

    Args:
        pattern: As written in a rule.
        extra: Macros of one client (`{own}`), before the common ones.

    Raises:
        ConfigError: When a macro does not exist or calls itself.
    """
    body = fold_pattern(pattern)
    for _ in range(8):
        opened = _MACRO.sub(lambda hit: f"(?:{_look_up(hit.group(1), extra)})", body)
        if opened == body:
            break
        body = opened
    else:
        raise ConfigError(f"rules: the macros in {pattern!r} call themselves")
    return "|".join(_whole_words(part) for part in _parts(_blanks(body)))


def _whole_words(part: str) -> str:
    """One alternative, held to whole words where it begins and ends with one."""
    left = "" if part.startswith(("^", "(^", "(?:^")) else r"\b"
    right = "" if part.endswith(("$", r"\?", "!", r"\.", ")$)", r"\]")) else r"\b"
    return f"{left}(?:{part}){right}"


def _parts(body: str) -> list[str]:
    """The alternatives of a pattern that stand in no group."""
    parts, start, depth = [], 0, 0
    escaped = inside = False
    for place, character in enumerate(body):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif inside:
            inside = character != "]"
        elif character == "[":
            inside = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and not depth:
            parts.append(body[start:place])
            start = place + 1
    return [*parts, body[start:]]


def _look_up(name: str, extra: Mapping[str, str] | None) -> str:
    if extra is not None and name in extra:
        return extra[name]
    try:
        return fold_pattern(macros()[name])
    except KeyError:
        raise ConfigError(f"rules: macro {{{name}}} does not exist; see rules/macros.yaml") from None


def _blanks(body: str) -> str:
    """Every blank outside a character class, opened up; optional before a group with a contraction."""
    out: list[str] = []
    escaped = inside = False
    for place, character in enumerate(body):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == "[":
            inside = True
        elif character == "]":
            inside = False
        elif character == " " and not inside:
            out.append(_BLANK + "?" if _CONTRACTED.match(body, place + 1) else _BLANK)
            continue
        elif character == "'" and not inside and body[place + 1 : place + 2] not in ("?", "*"):
            out.append("'?")  # recognisers write "youre"
            continue
        out.append(character)
    return "".join(out)


class PhraseSet:
    """Entries of patterns, all tried in one pass over a folded text. An empty entry never matches."""

    def __init__(self, entries: Sequence[Sequence[str]], extra: Mapping[str, str] | None = None) -> None:
        self.entries = tuple(tuple(entry) for entry in entries)
        self._extra = tuple((extra or {}).items())
        self._compiled: _Compiled | None = None

    def _ready(self) -> _Compiled:
        if self._compiled is None:
            self._compiled = _compiled(self.entries, self._extra)
        return self._compiled

    def matching(self, text: str) -> list[int]:
        """Positions of the entries that occur somewhere in the folded text, ascending."""
        ready = self._ready()
        if not ready.entry_of:
            return []
        return sorted(ready.entry_of[place] for place in ready.together.Match(text) or ())

    def spans(self, entry: int, text: str) -> Iterator[tuple[int, int]]:
        """Where an entry occurs, first to last; empty matches are left out."""
        searcher = self._ready().searchers[entry]
        for hit in searcher.finditer(text) if searcher is not None else ():
            start, end = hit.span()
            if start < end:
                yield start, end


@dataclass(frozen=True, slots=True)
class _Compiled:
    together: Any
    """The set: one pass says which entries occur."""
    entry_of: tuple[int, ...]
    """Position of the entry, by its place in the set."""
    searchers: tuple[Any, ...]
    """By entry; None for an empty one."""


@lru_cache(maxsize=128)
def _compiled(entries: tuple[tuple[str, ...], ...], extra: tuple[tuple[str, str], ...]) -> _Compiled:
    """The patterns as RE2 has them: most of a second for the rules that ship.

    Kept, because a client's detectors are made anew with every change of its documents.
    """
    import re2

    options = re2.Options()
    options.max_mem = _SET_MEMORY
    options.log_errors = False
    together = re2.Set.SearchSet(options)
    # Nobody asks what a group held: without that, RE2 needs its automaton alone, and no second, slower way.
    alone = re2.Options()
    alone.max_mem = _SET_MEMORY
    alone.log_errors = False
    alone.never_capture = True
    macros_of_client = dict(extra)
    searchers: list[Any] = []
    entry_of: list[int] = []
    for position, entry in enumerate(entries):
        if not entry:
            searchers.append(None)
            continue
        joined = "|".join(expand(pattern, macros_of_client) for pattern in entry)
        try:
            searchers.append(re2.compile(joined, alone))
            together.Add(joined)
            entry_of.append(position)
        except re2.error as problem:
            raise ConfigError(f"rules: pattern {joined[:80]!r} cannot be compiled: {problem}") from problem
    if entry_of:
        together.Compile()
    return _Compiled(together, tuple(entry_of), tuple(searchers))
