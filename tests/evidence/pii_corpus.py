"""Contacts with one secret or one name each, as written, in lower case, and as a recogniser hears them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from benchmarks.redaction_corpus import Sample, one_turn, over_turns
from benchmarks.redaction_secrets import MAKERS

NOISE = ("as written", "lower case", "recogniser")
"""`recogniser`: lower case, no punctuation, fillers, and homophones also within what is dictated."""
NAMED = ("NAME, US", "NAME, other")
TRIED = "NAME, tried"
"""Names and frames that the redactor was developed with."""
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
_FRAMES_KNOWN = (
    "My name is {}.", "This is {} speaking.", "Hi, I'm {} and my parcel is late.", "It's {}, I called yesterday.",
    "The order was placed by {} last week.", "Please send it to {} at work.", "Can you put it under {}?", "{}, yes.",
    "I spoke with {} on Monday.", "Thank you, {}, one moment please.",
)  # fmt: skip
_FRAMES = tuple(((), "customer", frame) for frame in _FRAMES_KNOWN) + (
    ((("agent", "Who am I speaking to?"),), "customer", "{}"),
    ((("agent", "Can I take your full name, please?"),), "customer", "Sure, {}."),
    ((("agent", "And the name on the booking?"),), "customer", "That would be {}, I think."),
    ((), "customer", "Yes hello, {} here."),
    ((), "customer", "The account is in the name of {}."),
    ((), "customer", "I'm calling on behalf of my mother, {}."),
    ((), "customer", "My husband {} already phoned about this."),
    ((), "customer", "Could you ask {} to call me back?"),
    ((), "customer", "It was signed for by {}."),
    ((), "customer", "Last time {} helped me with it."),
    ((), "agent", "Is that {}?"),
    ((), "agent", "Dear {}, thank you for your patience."),
    ((), "agent", "Okay {}, I have sent it again."),
)
"""Turns before, who speaks, and the turn: those above and more that the redactor was not tried on."""
NAMELESS = (
    "I'm calling about my order from last week.",
    "It's broken and I'm very upset.",
    "This is ridiculous, honestly.",
    "Thank you, goodbye.",
    "Please send it to London by Friday.",
    "I paid with Visa at the shop.",
    "Can you put it under warranty?",
    "I spoke with a manager on Monday.",
    "My name is wrong on the bill.",
    "What is your name?",
    "Your name please.",
    "Yes, Monday works for me.",
    "I live in Manchester near the station.",
    "Is that included in the Premium plan?",
    "It's Samsung, I called yesterday.",
    "Hi, I'm locked out of my account.",
    "Thanks, perfect.",
    "The order was placed by mistake last week.",
    "I'm with Vodafone at the moment.",
    "That's unacceptable and I want a refund.",
    "Hello, welcome to Acme Support, how may I help?",
    "Let me transfer you to Billing.",
    "My husband already phoned about this.",
    "Could you ask somebody to call me back?",
    "It was delivered by courier.",
    "I'm Irish but I live in Spain.",
    "The router says Connected.",
    "Please hold, I will check with Technical Support.",
    "We close on Christmas Day and in August.",
    "Okay great, that helps.",
    "I tried Chrome and Firefox.",
    "The flight from Oslo to Paris was cancelled.",
    "Can you send it by email to my wife?",
    "My mother, who is ill, needs it.",
    "I am calling on behalf of my company.",
    "Sorry, could you repeat that?",
    "This is about the Gold card.",
    "Thank you so much for waiting.",
    "I'm looking at the Galaxy in blue.",
    "It's under Settings, then Privacy.",
    "The driver left it with a neighbour.",
    "Ask your bank for the IBAN.",
    "Dear customer, your parcel is on its way.",
    "Kind regards, Customer Service.",
    "She said it was fine.",
    "I'm disappointed, frankly.",
    "For English press one.",
    "The technician is coming on Tuesday.",
    "That's correct, yes.",
    "Well, thanks anyway.",
)
"""Lines in which nobody is named, for precision."""
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


@cache
def kept_names() -> dict[str, tuple[str, ...]]:
    """Names of which no word is in a list of the product, per kind; nobody has looked at them."""
    lines = (Path(__file__).parent / "pii_names.txt").read_text("utf-8").splitlines()
    split = lines.index("# other")
    us, other = (tuple(line for line in part if line[:1] != "#") for part in (lines[:split], lines[split:]))
    return {"NAME, US": us, "NAME, other": other}


def _made(kind: str, random: Random, number: int) -> Sample:
    if kind == "CARD":
        return over_turns(random) if number % 3 == 2 else one_turn(random)
    if kind in NAMED:
        said, (back, speaker, frame) = random.choice(kept_names()[kind]), random.choice(_FRAMES)
        return _framed(back, frame, said, kind, speaker=speaker)
    if kind == TRIED:
        return _framed((), random.choice(_FRAMES_KNOWN), random.choice(_US + _OTHER), kind)
    back, frame, said = MAKERS[kind](random)
    return _framed(back, frame, said, kind)


def _framed(
    back: tuple[tuple[str, str], ...], frame: str, said: str, kind: str, *, speaker: str = "customer"
) -> Sample:
    start = frame.index("{}")
    turns = (*back, (speaker, frame.replace("{}", said)))
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
