"""The idioms and region words of `idioms.yaml`, read once and keyed by their first word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from models.errors import ConfigError
from models.folding import fold

_LINE = re.compile(
    r"(?P<say>[^=@!]+?)(?: @(?P<where>[a-z,]+))?\s* = (?P<means>[^!]+?)(?: !(?P<guard>.+))?", re.DOTALL
)
_TOKEN = re.compile(r"[^\W_]+(?:['’&/.](?=[^\W_])[^\W_]+)*")
_SLOTS: Mapping[str, str] = {
    "<me>": "me|us|you|him|her|them|it|people|customers",
    "<my>": "my|our|your|his|her|their|its|the|one's",
    "<hour>": "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1|2|3|4|5|6|7|8|9|10|11|12",
    "<n>": "one|two|three|four|five|six|seven|eight|nine|ten|twenty|fifty|hundred|1|2|3|4|5|6|7|8|9|10|20|50",
    "<mir>": "mir|uns|dir|ihm|ihr|ihnen",
    "<meinem>": "meinem|unserem|deinem|ihrem",
    "<mijn>": "mijn|m'n|me|onze|uw|zijn|haar|de|het",
}
_MOST_WORDINGS = 4_000
"""Of one line; more is a slip of the pen."""
_NEAR = 60
"""Code points on either side in which a guard looks."""


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word and where it stands in the folded text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One term in one of its wordings."""

    words: tuple[str, ...]
    """Folded."""
    term: str
    """As it is shown."""
    meaning: str
    source: str = ""
    guard: re.Pattern[str] | None = field(default=None, compare=False)

    def meant(self, text: str, start: int, end: int) -> bool:
        """Whether nothing near these words of a folded text shows the literal use."""
        if self.guard is None:
            return True
        return self.guard.search(text[max(0, start - _NEAR) : end + _NEAR]) is None


class Glossary:
    """Terms keyed by their first word, so that a turn costs a look-up per word. Never changed once made."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_first: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.words:
                self._by_first.setdefault(entry.words[0], []).append(entry)
        for rivals in self._by_first.values():
            rivals.sort(key=lambda entry: -len(entry.words))  # stable: the first of equals stays first
        self.size = sum(len(rivals) for rivals in self._by_first.values())

    def begins(self, word: str) -> bool:
        """Whether any term begins with a folded word."""
        return word in self._by_first

    def at(self, found: Sequence[Token], place: int, text: str) -> Entry | None:
        """The longest term that begins with the token at `place` and is meant as one."""
        following = found[place + 1].word if place + 1 < len(found) else ""
        for entry in self._by_first.get(found[place].word, ()):
            if len(entry.words) > 1 and entry.words[1] != following:
                continue
            last = place + len(entry.words)
            if last > len(found):
                continue
            if any(found[place + i].word != word for i, word in enumerate(entry.words)):
                continue
            if any(
                _parted(text, found[i].end, found[i + 1].start) for i in range(place, last - 1)
            ) or not entry.meant(text, found[place].start, found[last - 1].end):
                continue
            return entry
        return None


def tokens(text: str) -> list[Token]:
    """Words of a folded text; a hyphen parts them, an apostrophe does not."""
    return [Token(hit.group(), hit.start(), hit.end()) for hit in _TOKEN.finditer(text)]


def as_words(term: str) -> tuple[str, ...]:
    """The folded words of a term, as `tokens` finds them."""
    return tuple(token.word for token in tokens(fold(term).text))


def _parted(text: str, end: int, start: int) -> bool:
    """Whether two words belong to different sentences or parts of one."""
    return any(mark in ".!?;:()\n" for mark in text[end:start])


@cache
def general(language: str) -> Glossary:
    """The glossary that ships, for a primary language code; empty for one that has none."""
    data = _data()
    name = {"no": "nb", "nn": "nb"}.get(language, language)
    if name == "regions" or name not in data:
        return Glossary(())
    return Glossary(_entries(str(data[name]), data["regions"], name))


@cache
def _data() -> Mapping[str, Any]:
    import yaml

    data: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("idioms.yaml").read_text("utf-8"))
    return data


def languages() -> tuple[str, ...]:
    """Languages that have a general glossary."""
    return tuple(sorted(set(_data()) - {"regions"}))


def lines(language: str) -> list[str]:
    """The lines of a language as they are written, without the comments."""
    return [
        line.strip()
        for line in str(_data()[language]).splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]


def _entries(block: str, regions: Mapping[str, str], name: str) -> Iterator[Entry]:
    for number, line in enumerate(block.splitlines(), start=1):
        if line.strip() and not line.strip().startswith("#"):
            yield from _read(line.strip(), regions, f"idioms.yaml, {name}, line {number}")


def _read(line: str, regions: Mapping[str, str], where: str) -> Iterator[Entry]:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise ConfigError(f"{where}: expected `words @regions = meaning !guard`")
    codes = (parts["where"] or "").split(",") if parts["where"] else []
    unknown = [code for code in codes if code not in regions]
    if unknown:
        raise ConfigError(f"{where}: no region {', '.join(unknown)}")
    heard = f" ({', '.join(regions[code] for code in codes)})" if codes else ""
    guard = re.compile(rf"(?:\b|(?<=\W))(?:{fold(parts['guard']).text})") if parts["guard"] else None
    meaning = parts["means"].strip() + heard
    seen: set[tuple[str, ...]] = set()
    for wording in _expanded(parts["say"].strip(), where):
        words = as_words(wording)
        if words and words not in seen:
            seen.add(words)
            yield Entry(words, " ".join(wording.split()), meaning, guard=guard)


def _expanded(pattern: str, where: str) -> list[str]:
    """All wordings of a pattern with alternatives, nested ones too."""
    for slot, words in _SLOTS.items():
        pattern = pattern.replace(slot, f"({words})")
    found = _alternatives(pattern, where)
    if len(found) > _MOST_WORDINGS:
        raise ConfigError(f"{where}: {len(found)} wordings; write it in two lines")
    return found


def _alternatives(pattern: str, where: str) -> list[str]:
    parts: list[list[str]] = [[]]
    whole: list[list[str]] = []
    depth, start = 0, 0
    for place, mark in enumerate(pattern):
        if mark == "(":
            if depth == 0:
                parts[-1].append(pattern[start:place])
                start = place + 1
            depth += 1
        elif mark == ")":
            depth -= 1
            if depth == 0:
                whole.append(parts[-1])
                parts[-1] = [*parts[-1], "\0" + pattern[start:place]]
                start = place + 1
    if depth != 0:
        raise ConfigError(f"{where}: a bracket is not closed")
    parts[-1].append(pattern[start:])
    choices = [
        [word for part in _split(text[1:]) for word in _alternatives(part, where)]
        if text.startswith("\0")
        else [text]
        for text in parts[-1]
    ]
    return ["".join(chosen) for chosen in product(*choices)]


def _split(inner: str) -> list[str]:
    """The alternatives of one bracket, brackets within left whole."""
    found, depth, start = [], 0, 0
    for place, mark in enumerate(inner):
        depth += (mark == "(") - (mark == ")")
        if mark == "|" and depth == 0:
            found.append(inner[start:place])
            start = place + 1
    return [*found, inner[start:]]
