"""Contacts with unique secrets in every shape, and a search that finds what is left of them in any bytes."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from benchmarks import redaction_talk
from benchmarks.redaction_corpus import TEENS, TENS, UNITS, Sample, one_turn, over_turns
from benchmarks.redaction_lines import innocent
from benchmarks.redaction_secrets import MAKERS

_LETTERS = "bcdfghjklmnpqrtvwxyz"
_MARK = re.compile(r"zq[a-z]{9}")
_REACH = 700
"""Characters after a mark that are read; no turn here is longer."""
_LONG = 9
"""Digits in a row of a card number that are found anywhere, with or without a mark."""
_FEWEST = 3
_NUMBERS = {
    **{word: str(place) for place, word in enumerate(UNITS)},
    **{word: str(place + 10) for place, word in enumerate(TEENS)},
    **{word: str(place * 10) for place, word in enumerate(TENS) if word},
    "oh": "0", "o": "0", "nought": "0",
}  # fmt: skip
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TOKEN = re.compile(r"\d+|[a-z]+")
_CUT = re.compile(r'["<\n\x00]|\\n|\\"')
_MADE_AT = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d[t ]\d\d:\d\d:\d\d(?:\.\d+)?")
"""When a record was made: a group "2026" is in every one of them."""
_DIGEST = re.compile(
    r"(?<![0-9a-z])(?:(?=(?:[0-9]*[a-f]){4})[0-9a-f]{16,}(?![0-9a-z])|[01]\.\d{12,}(?:e-\d+)?)"
    # A whole SHA-256, whatever byte of the file stands before or behind it.
    r"|(?=(?:[0-9]*[a-f]){6})[0-9a-f]{64}"
)
"""Nine digits of a digest or of a fraction are some card's by chance, twice in three thousand contacts."""
_SHOWN_DIGITS = re.compile(r"\*{4}\d{4}")
"""What a mark shows of a card."""
_BEFORE = "I see, let me have a look at that for you right now."
_AFTER = "Let me write that down and see what I can do about it for you."
ORDINARY = ("order numbers", "prices", "times", "menu options")


@dataclass(frozen=True, slots=True)
class Talk:
    """One contact: what is said, and what of it must be nowhere."""

    turns: tuple[tuple[str, str], ...]
    mark: str
    """A word of its own, before the secret."""
    parts: tuple[str, ...]
    """The secret, as it is said: in one turn, or in several."""
    number: str
    """Of the card; empty where the secret is another."""
    worst: str
    """The turns with the secret in one text, as people type it again; empty where they make no sense alone."""
    ordinary: tuple[int, ...]
    """Turns whose numbers are no secret, with a sentence of the agent's between them and the secret."""
    beside: int
    """Such a turn right behind it."""
    shape: str


def talks(n: int, seed: int) -> Iterator[Talk]:
    """`n` contacts, no two with the same card number: six of ten with a card, four with other secrets."""
    random = Random(seed)
    used: set[str] = set()
    plain = innocent(10**9, seed=seed)
    makers = list(MAKERS.values())
    for place in range(n):
        while True:
            sample = _sample(random, place, makers)
            if not sample.digits or sample.digits not in used:
                break
        used.add(sample.digits)
        yield _talk(random, sample, next(plain), next(plain), place)


def _sample(random: Random, place: int, makers: list[object]) -> Sample:
    way = place % 10
    if way < 3:
        return one_turn(random)
    if way < 5:
        return over_turns(random)
    if way == 5:
        shape = random.choice(redaction_talk.SHAPES)
        return shape(random, written=random.random() < 0.5)
    make = makers[place // 10 * 4 % len(makers) + way - 6 - len(makers)]
    assert callable(make)
    back, frame, said = make(random)
    start = frame.index("{}")
    turns = (*back, ("customer", frame.replace("{}", said)))
    return Sample(turns, ((len(turns) - 1, start, start + len(said), "OTHER"),), make.__name__.strip("_"))


def _talk(random: Random, sample: Sample, line: str, other: str, place: int) -> Talk:
    kind = ORDINARY[place % len(ORDINARY)]
    look_alike = redaction_talk.look_alike(random, kind, written=random.random() < 0.5)
    turns = [("agent", "Hello, how can I help?"), ("customer", look_alike), ("agent", _BEFORE)]
    offset = len(turns)
    turns += sample.turns
    mark = "zq" + "".join(random.choices(_LETTERS, k=9))
    parts = tuple(sample.turns[turn][1][start:end] for turn, start, end, _ in sample.secrets)
    places = sorted({offset + turn for turn, *_ in sample.secrets})
    # In the turn itself; of a number that is dictated over turns, before it begins: a strange word within
    # it would be what nobody says.
    at = places[0] if len(places) == 1 else offset - 1
    turns[at] = (turns[at][0], f"{mark} {turns[at][1]}")
    worst = " ".join(turns[place][1] for place in places)
    worst = worst if mark in worst else f"{mark} {worst}"
    if not sample.digits and places[0] > offset:
        worst = ""  # the answer to a question is no secret to anybody who has not heard the question
    turns += [("agent", "Thank you. Is there anything else?"), ("customer", line)]
    turns += [("agent", _AFTER), ("customer", other)]
    return Talk(
        tuple(turns), mark, parts, sample.digits, worst, (1, len(turns) - 1), len(turns) - 3, sample.shape
    )


class Search:
    """What is left of the secrets of some contacts, in any bytes.

    A secret is looked for behind its mark, as it was said, and as digits; a card number besides anywhere,
    nine digits of it in a row, whether they are written or spoken and whatever stands between them.
    """

    def __init__(self, made: list[Talk]) -> None:
        self._by_mark = {one.mark: one.parts for one in made}
        self._windows = {
            one.number[first : first + _LONG]
            for one in made
            if one.number
            for first in range(len(one.number) - _LONG + 1)
        }

    def left_in(self, content: bytes) -> set[str]:
        """Marks, or the last four digits of card numbers, of what is found."""
        text = _MADE_AT.sub(" ", _plain(content.decode("utf-8", "ignore")))
        found = set()
        marks = list(_MARK.finditer(text))
        for place, mark in enumerate(marks):
            parts = self._by_mark.get(mark[0])
            if parts is None:
                continue
            until = marks[place + 1].start() if place + 1 < len(marks) else len(text)
            segment = text[mark.end() : min(until, mark.end() + _REACH * len(parts))]
            if _stands(parts[0], segment) if len(parts) == 1 else _parts_stand(parts, segment):
                found.add(mark[0])
        for digits in _runs(_DIGEST.sub(" | ", text)):
            for first in range(len(digits) - _LONG + 1):
                if digits[first : first + _LONG] in self._windows:
                    found.add(f"a card, …{digits[first : first + _LONG][-2:]}")
        return found


class _Signs(dict[int, str | None]):
    """What becomes of a sign: digits of any script are plain ones, and what nobody sees goes."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        made: str | None = sign
        if sign.isdigit() and not sign.isascii():
            made = str(unicodedata.digit(sign))
        elif unicodedata.category(sign) in ("Cf", "Me", "Mn"):
            made = None
        self[code] = made
        return made


_SIGNS = _Signs()


def _plain(text: str) -> str:
    """One form for what is written in many: escapes undone, compatibility forms folded, lower case."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), html.unescape(text))
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_SIGNS).lower()


@cache
def _said(words: str) -> tuple[str, str]:
    text = _plain(words)
    return "".join(sign for sign in text if sign.isalnum()), _digits(text)


def _stands(said: str, segment: str) -> bool:
    """Whether what was said is in the segment: in the same letters, or as the same digits."""
    bare, digits = _said(said)
    if len(digits) < _LONG:  # such a little number is soon in what follows the turn
        segment = _CUT.split(segment.lstrip(' <"'), maxsplit=1)[0]
    if len(bare) >= _FEWEST + 1 and bare in "".join(sign for sign in segment if sign.isalnum()):
        return True
    return len(digits) >= _FEWEST and digits in _digits(segment)


def _parts_stand(parts: tuple[str, ...], segment: str) -> bool:
    """Whether a group of four digits or more is there as it was said, or three smaller ones in order."""
    segment = _SHOWN_DIGITS.sub(" ", segment)
    spoken = f" {' '.join(_TOKEN.findall(segment))} "
    after = few = 0
    for part in parts:
        words = f" {' '.join(_TOKEN.findall(_plain(part)))} "
        place = spoken.find(words, after)
        if place < 0 or not words.strip():
            continue
        if len(_digits(words)) >= _FEWEST + 1:
            return True
        after, few = place, few + 1
    return few >= _FEWEST and few == len(parts)


def _digits(text: str) -> str:
    """Digits, written or in words, in order; "double four" is two of them."""
    out: list[str] = []
    times, tens = 1, False
    for token in _TOKEN.findall(text):
        if token in ("double", "triple", "treble"):
            times, tens = (2 if token == "double" else 3), False
            continue
        number = token if token.isdigit() else _NUMBERS.get(token)
        if number is None:
            times, tens = 1, False
            continue
        if tens and len(number) == 1 and number != "0" and not token.isdigit():
            out[-1] = out[-1][:-1] + number
            tens = False
            continue
        out.append(number * times)
        tens = not token.isdigit() and len(number) == 2 and number[1] == "0" and number != "10"
        times = 1
    return "".join(out)


def _runs(text: str) -> Iterator[str]:
    """Digits that belong together: at most a few other signs, or one word, between them."""
    for found in re.finditer(
        rf"(?:\d|{_NAMED})(?:(?:[^\w]{{0,5}}(?:(?:uh|um|er|then|and|comma|dash|double|triple|treble)[^\w]{{1,3}}){{0,2}})(?:\d|{_NAMED}))+",
        text,
    ):
        if len(found[0]) >= _LONG:
            yield _digits(found[0])


_NAMED = (
    "(?:" + "|".join(sorted((word for word in _NUMBERS if len(word) > 1), key=len, reverse=True)) + r")\b"
)
