"""Contacts with one secret or one name each, as written, in lower case, and as a recogniser hears them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from benchmarks.redaction_corpus import Sample, one_turn, over_turns
from benchmarks.redaction_secrets import MAKERS

NOISE = ("as written", "lower case", "recogniser")
"""`recogniser`: lower case, no punctuation, fillers, and homophones also within what is dictated."""
NAMED = ("NAME, US", "NAME, other")
KINDS = ("CARD", *MAKERS, *NAMED)
_US = (
    "James Smith", "Mary Johnson", "Robert Williams", "Patricia Brown", "John Davis", "Jennifer Miller", "Michael Wilson",
    "Linda Moore", "David Taylor", "Elizabeth Anderson", "William Thomas", "Barbara Jackson", "Richard White", "Susan Harris",
    "Joseph Martin", "Jessica Thompson", "Thomas Clark", "Sarah Lewis", "Charles Walker", "Karen Hall",
)  # fmt: skip
_OTHER = (
    "Priya Raghunathan", "Oluwaseun Adeyemi", "Nguyễn Thị Hoa", "Siobhán Ó Briain", "Joke van der Meer", "Bjørn Øvergård",
    "María José Ñíguez", "Xin Yi Tan", "Fatima al-Zahra Benali", "Wei Zhang", "Kwame Mensah", "Aigerim Nurlanova",
    "José de la Cruz", "Łukasz Wójcik", "Anneliese Müller-Groß", "Hae-won Park", "Thabo Nkosi", "Aylin Yılmaz",
    "Dimitrios Papadopoulos", "Ranjit Singh Dhillon",
)  # fmt: skip
_NAME_FRAMES = (
    "My name is {}.", "This is {} speaking.", "Hi, I'm {} and my parcel is late.", "It's {}, I called yesterday.",
    "The order was placed by {} last week.", "Please send it to {} at work.", "Can you put it under {}?", "{}, yes.",
    "I spoke with {} on Monday.", "Thank you, {}, one moment please.",
)  # fmt: skip
_HEARD = {
    "one": ("won",), "two": ("to", "too"), "three": ("tree",), "four": ("for",), "five": ("fife",), "six": ("sicks",),
    "eight": ("ate",), "nine": ("mine",), "oh": ("o", "owe"), "at": ("add",), "card": ("cart",), "code": ("coat",), "pin": ("pen",),
}  # fmt: skip
_WRONG, _FILLED = 0.06, 0.05
_FILLERS = ("uh", "um", "er")
_WORD = re.compile(r"[^\s]+")


def contacts(kind: str, noise: str, count: int, *, seed: int) -> Iterator[Sample]:
    """`count` contacts with one secret of a kind, each with the places of all its parts."""
    random = Random(f"{kind} {noise} {seed}")
    for number in range(count):
        sample = _made(kind, random, number)
        if noise == "lower case":
            sample = _rewritten(sample, str.lower)
        elif noise == "recogniser":
            sample = _rewritten(sample, lambda text: _heard(text, random))
        yield sample


def _made(kind: str, random: Random, number: int) -> Sample:
    if kind == "CARD":
        return over_turns(random) if number % 3 == 2 else one_turn(random)
    if kind in NAMED:
        said, frame = random.choice(_US if kind == "NAME, US" else _OTHER), random.choice(_NAME_FRAMES)
        return _framed((), frame, said, kind)
    back, frame, said = MAKERS[kind](random)
    return _framed(back, frame, said, kind)


def _framed(back: tuple[tuple[str, str], ...], frame: str, said: str, kind: str) -> Sample:
    start = frame.index("{}")
    turns = (*back, ("customer", frame.replace("{}", said)))
    return Sample(turns, ((len(turns) - 1, start, start + len(said), kind),), kind)


def _rewritten(sample: Sample, change: object) -> Sample:
    """The contact in other words; the places of its secrets move along."""
    assert callable(change)
    turns, secrets = [], []
    for place, (speaker, text) in enumerate(sample.turns):
        said, done = "", 0
        for _, start, end, kind in sorted(one for one in sample.secrets if one[0] == place):
            said += change(text[done:start])
            fresh = change(text[start:end])
            secrets.append((place, len(said), len(said) + len(fresh), kind))
            said, done = said + fresh, end
        turns.append((speaker, said + change(text[done:])))
    return replace(sample, turns=tuple(turns), secrets=tuple(secrets))


def _heard(text: str, random: Random) -> str:
    """As a recogniser writes it; what is written in digits or with signs stays, as it normalises those."""

    text = re.sub(r"[:=]\s*$", " is ", text)  # nobody says a colon

    def word(found: re.Match[str]) -> str:
        said = found[0].lower()
        if any(sign.isdigit() for sign in said) or "@" in said:
            return said
        bare = said.strip(".,;:!?\"'()<>=#")
        if not bare:
            return ""
        if bare in _HEARD and random.random() < _WRONG:
            bare = random.choice(_HEARD[bare])
        return f"{random.choice(_FILLERS)} {bare}" if random.random() < _FILLED else bare

    return _WORD.sub(word, text)
