"""What records and errors say in English, in the reader's language.

Records keep what was said when they were made, in English, and exports repeat it; a page says it anew. The
catalogues `reasons`, `problems` and `reading` of `texts/` hold every such sentence with its slots. A
sentence is recognised by its fixed parts, what stood in the slots is put into the other language's
sentence, and what no catalogue knows (a client's own rule, a person's reason) stays as it is.

What a slot holds follows from the first part of its name:
    said      a sentence of the catalogue itself, or the whole is not recognised
    maybe     the same, and stays as it is when it is none
    label     a label of a finding, shown by its name
    kinds     names of heavy-scripting labels without their first part, parted by commas
    list      parts joined by commas, "and" or "or"
    day       `3 May 2026`
    n, m      a number, with the marks of the language
    thing     the word for a record and its id, such as `evaluation c1:short`
    sum       numbers with units, such as `10 days > 5 business days`
    file      a file's name; place, ref: an address, an id, without semicolons; key: a key of a settings file
    others    stay as they are
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from models.labels import LABELS
from models.patterns import pattern
from web.texts import DEFAULT, LANGUAGES, label_of, texts, with_labels

CATALOGUES = ("reasons", "problems", "reading")
_LONGEST = 4_000
"""Code points; a longer text is somebody's own."""
_LONGEST_NAME = 250
_DEEPEST = 8
_MOST_PARTS = 80
"""Parts of one text that are looked up; a text of ours has a dozen."""
_MOST_PLACES = 8
"""Where a fixed part occurs more often, the later places are not tried."""
_PARTS = ("answered ", "day ", "measure ", "month", "state ", "sum ", "thing ", "turn ", "unit ", "word ")
"""Keys of what stands inside sentences only: by itself, "yes" is what a person typed."""
_SENTENCES = frozenset(
    ("advice", "because", "health", "message", "note", "notice", "reason", "remedy", "warnings")
)
"""Keys of answers under which records have sentences of ours; `because` may also be a place."""
_SLOT = pattern(r"\{(\w+)\}")
_NUMBER = pattern(r"[-–+]?\d[\d.,:-]*\s?%?")
_SUM = pattern(r"\d[\w.,<>≠%$€£ ]{0,79}")
_DAY = pattern(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
_UNIT = pattern(r"business days|[a-z]+")
_JOINT = pattern(r"(, | and | or )")
_SPACED_PERCENT = ("de", "es", "nb")
_MARKS: Mapping[str, dict[int, Any]] = {
    "nl": str.maketrans(",.", ".,"),
    "de": str.maketrans(",.", ".,"),
    "es": str.maketrans(",.", ".,"),
    "nb": str.maketrans(",.", "\u00a0,"),
}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with slots: fixed parts and slots by turns, a fixed part first and last (may be empty)."""

    key: str
    fixed: tuple[str, ...]
    slots: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How telling it is: code points of its fixed parts."""
        return sum(map(len, self.fixed))


def translated(text: str, language: str) -> str:
    """A sentence of a record or an error in a language; what is not known stays as it is.

    Args:
        text: As it was stored or raised.
        language: A key of `LANGUAGES`.

    Example:
        >>> translated("Insults the customer.", "de")
        'Beleidigt den Kunden.'
        >>> translated("evaluation c1: a named person must confirm it", "nl")
        'beoordeling c1: iemand met een naam moet die bevestigen'
    """
    if not text or len(text) > _LONGEST or language not in LANGUAGES:
        return text
    return _found(text, language) or text


def told(value: Any, language: str) -> Any:
    """JSON of an answer with the sentences of ours in it in a language; all else is the value itself.

    Args:
        value: Objects, lists and plain values.
        language: A key of `LANGUAGES`.
    """
    if language == DEFAULT:
        return value
    if isinstance(value, list):
        return [told(one, language) for one in value]
    if isinstance(value, dict):
        return {
            name: _sentences_in(one, language) if name in _SENTENCES else told(one, language)
            for name, one in value.items()
        }
    return value


def _sentences_in(value: Any, language: str) -> Any:
    """A sentence, or a list of them; anything else as `told` has it."""
    if isinstance(value, str):
        return translated(value, language)
    if isinstance(value, list):
        return [_sentences_in(one, language) for one in value]
    return told(value, language)


def labels_named(text: str, language: str) -> str:
    """The text with every label in it by its name in the language."""
    from models.label_names import named

    words = with_labels(language, "labels")
    return named(text, {label: label_of(words, label) for label in LABELS})


@lru_cache(maxsize=4_096)
def _found(text: str, language: str) -> str | None:
    return _said(text, _Search(language), 0)


@dataclass(slots=True)
class _Search:
    """One text being recognised: how many more parts of it may be looked at, and those that were."""

    language: str
    left: int = _MOST_PARTS
    seen: dict[tuple[str, bool], str | None] = field(default_factory=dict)


def _said(text: str, search: _Search, depth: int) -> str | None:
    """The text in a language; None when no catalogue knows it."""
    place = (text, depth == 0)
    if place not in search.seen:
        if depth > _DEEPEST or search.left <= 0:
            return None
        search.left -= 1
        search.seen[place] = None
        search.seen[place] = _looked_up(text, search, depth)
    return search.seen[place]


def _looked_up(text: str, search: _Search, depth: int) -> str | None:
    language = search.language
    key = _fixed().get(text)
    if key is not None and (depth or not key.startswith(_PARTS)):
        return _words(language)[key]
    key = _fixed().get(f"{text}.")
    if key is not None:
        return _words(language)[key].removesuffix(".")
    for sentence in _sentences():
        # A cheap look first: nearly none of the sentences is the one.
        if not text.startswith(sentence.fixed[0]) or not text.endswith(sentence.fixed[-1]):
            continue
        for held in _readings(text, sentence):
            filled = _filled(held, search, depth)
            if filled is not None:
                return _fill(_words(language)[sentence.key], filled)
    return _in_parts(text, search, depth)


def _in_parts(text: str, search: _Search, depth: int) -> str | None:
    """Sentences joined by semicolons: the first that is known, and the rest."""
    at = text.find("; ")
    while at > 0:
        head = _said(text[:at], search, depth + 1)
        if head is not None:
            rest = text[at + 2 :]
            return f"{head}; {_said(rest, search, depth + 1) or rest}"
        at = text.find("; ", at + 1)
    return None


def _readings(text: str, sentence: _Sentence) -> Iterator[dict[str, str]]:
    """What the slots may hold, first places first."""
    last = len(sentence.slots) - 1
    end = len(text) - len(sentence.fixed[-1])

    def read(slot: int, start: int) -> Iterator[dict[str, str]]:
        name = sentence.slots[slot]
        if slot == last:
            held = text[start:end]
            if held and _fits(name, held):
                yield {name: held}
            return
        part = sentence.fixed[slot + 1]
        at = text.find(part, start + 1, end)
        for _ in range(_MOST_PLACES):
            if at < 0:
                return
            held = text[start:at]
            if _fits(name, held):
                for rest in read(slot + 1, at + len(part)):
                    yield {name: held, **rest}
            at = text.find(part, at + 1, end)

    if end >= len(sentence.fixed[0]):
        yield from read(0, len(sentence.fixed[0]))


def _fill(text: str, slots: Mapping[str, str]) -> str:
    """A sentence with its slots filled; what is filled in is not read again."""
    return _SLOT.sub(lambda slot: slots[slot[1]], text)


def _fits(name: str, held: str) -> bool:
    kind = name.partition("_")[0]
    if kind in ("n", "m"):
        return _NUMBER.fullmatch(held) is not None
    if kind == "label":
        return held in LABELS
    if kind == "sum":
        return _SUM.fullmatch(held) is not None
    if kind in ("file", "place", "ref"):
        return "; " not in held and len(held) <= _LONGEST_NAME
    if kind == "key":
        return " " not in held
    return kind != "thing" or f"thing {held.partition(' ')[0]}" in texts(DEFAULT, "reasons")


def _filled(held: Mapping[str, str], search: _Search, depth: int) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name, value in held.items():
        said = _slot(name.partition("_")[0], value, search, depth)
        if said is None:
            return None
        found[name] = said
    return found


def _slot(kind: str, value: str, search: _Search, depth: int) -> str | None:
    if kind == "said":
        return _said(value, search, depth + 1)
    if kind == "maybe":
        return _said(value, search, depth + 1) or value
    say = _SAID.get(kind)
    return value if say is None or search.language == DEFAULT else say(value, search.language)


def _label(value: str, language: str) -> str:
    return label_of(with_labels(language, "labels"), value)


def _kinds(value: str, language: str) -> str:
    return ", ".join(_label(f"scripting.{one.replace(' ', '_')}", language) for one in value.split(", "))


def _list(value: str, language: str) -> str:
    words = texts(language, "reasons")
    joints = {" and ": f" {words['word and']} ", " or ": f" {words['word or']} "}
    return "".join(joints.get(part, part) for part in _JOINT.split(value))


def _thing(value: str, language: str) -> str:
    what, blank, id = value.partition(" ")
    return f"{texts(language, 'reasons')[f'thing {what}']}{blank}{id}"


def _sum(value: str, language: str) -> str:
    words = texts(language, "reasons")
    said = _UNIT.sub(lambda unit: words.get(f"sum {unit[0]}", unit[0]), value)
    return said.translate(_MARKS.get(language, {}))


def _days(value: str, language: str) -> str:
    return _DAY.sub(lambda day: _day(day, language), value)


def _number(value: str, language: str) -> str:
    # A range or a time keeps its marks; only a number has those of the language.
    said = value if ":" in value else value.translate(_MARKS.get(language, {}))
    return re.sub(r"(?<=\d)%", "\u00a0%", said) if language in _SPACED_PERCENT else said


def _day(day: re.Match[str], language: str) -> str:
    english, words = texts(DEFAULT, "reasons")["months"].split(), texts(language, "reasons")["months"].split()
    if day[2] not in english:
        return day[0]
    stop = "." if language in ("de", "nb") else ""
    return f"{day[1]}{stop} {words[english.index(day[2])]} {day[3]}"


_SAID: Mapping[str, Callable[[str, str], str]] = {
    "n": _number,
    "m": _number,
    "label": _label,
    "kinds": _kinds,
    "list": _list,
    "day": _days,
    "thing": _thing,
    "sum": _sum,
}
"""How what stood in a slot is said, by the kind of the slot."""


@cache
def _words(language: str) -> Mapping[str, str]:
    """Every sentence of the catalogues by its key, which no two of them share."""
    return {key: words for page in CATALOGUES for key, words in texts(language, page).items()}


@cache
def _fixed() -> Mapping[str, str]:
    """Sentences without slots, of every language: a rule for Dutch speaks Dutch in its records."""
    found: dict[str, str] = {}
    for language in (DEFAULT, *LANGUAGES):
        for key, words in _words(language).items():
            if "{" not in words and not key.startswith(("thing ", "turn ", "word ", "months")):
                found.setdefault(words, key)
    return found


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """English sentences with slots, the most telling first."""
    found = []
    for key, words in _words(DEFAULT).items():
        parts = _SLOT.split(words)
        if len(parts) > 1:
            found.append(_Sentence(key, tuple(parts[::2]), tuple(parts[1::2])))
    return tuple(sorted(found, key=lambda one: -one.weight))
