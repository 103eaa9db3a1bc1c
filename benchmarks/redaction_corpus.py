"""Contacts with secrets in them, made up: every issuer and every way people write or say a number.

Deterministic for a seed. Nothing here is anybody's: card numbers are random digits behind an issuer's
prefix with a valid check digit, ids carry valid check digits, addresses end in example domains.
"""

# ruff: noqa: E501, ARG005 - frames and shapes are tables: a line each
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
FILLERS = ("uh", "um", "then", "er", "and", "uh then", "and then", "comma", "dash")
BACKCHANNELS = (
    "ok",
    "mm-hm",
    "go on",
    "Yes.",
    "Okay, go ahead.",
    "uh-huh",
    "got it",
    "right",
    "Thank you, and next?",
    "",
)
ISSUERS = (
    ("4", 16), ("4", 13), ("4", 19), ("51", 16), ("52", 16), ("53", 16), ("54", 16), ("55", 16), ("2221", 16), ("2300", 16),
    ("2500", 16), ("2699", 16), ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("644", 16), ("649", 16), ("65", 16),
    ("3528", 16), ("3589", 16), ("62", 16), ("62", 17), ("62", 18), ("62", 19), ("5018", 12), ("5020", 13), ("5038", 14),
    ("5893", 15), ("6304", 16), ("6759", 17), ("6761", 18), ("6763", 19), ("300", 14), ("305", 14), ("36", 14), ("38", 14),
    ("2200", 16), ("60", 16), ("81", 16), ("9792", 16),
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One contact: turns of (speaker, text), and the secrets in them."""

    turns: tuple[tuple[str, str], ...]
    secrets: tuple[tuple[int, int, int, str], ...]
    """Turn, start, end, kind."""
    shape: str
    digits: str = ""
    """Of the card number, when there is one."""


def check_digit(body: str) -> str:
    """The Luhn digit that follows `body`."""
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (1 if place % 2 else 2)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def card(rng: random.Random) -> str:
    """A card number of any issuer."""
    prefix, size = rng.choice(ISSUERS)
    body = prefix + "".join(rng.choice("0123456789") for _ in range(size - len(prefix) - 1))
    return body + check_digit(body)


def groups(rng: random.Random, digits: str, sizes: tuple[int, ...] = ()) -> list[str]:
    """The digits in groups: as on the card, or of any size."""
    if not sizes:
        sizes = (
            (4, 6, 5) if len(digits) == 15 and rng.random() < 0.7 else (rng.choice((4, 4, 4, 4, 2, 3, 1)),)
        )
    out, place, turn = [], 0, 0
    while place < len(digits):
        size = sizes[turn % len(sizes)]
        out.append(digits[place : place + size])
        place, turn = place + size, turn + 1
    return out


def say(rng: random.Random, digits: str, style: str) -> str:
    """The digits in words."""
    out, place = [], 0
    while place < len(digits):
        run = 1
        while place + run < len(digits) and digits[place + run] == digits[place] and run < 3:
            run += 1
        pair = digits[place : place + 2]
        if style in ("double", "mixed") and run > 1 and rng.random() < 0.8:
            name = {2: "double", 3: rng.choice(("triple", "treble"))}[run]
            out.append(f"{name} {unit(rng, digits[place])}")
            place += run
        elif style in ("pairs", "mixed") and len(pair) == 2 and pair[0] != "0" and rng.random() < 0.8:
            out.append(pair_word(pair))
            place += 2
        elif style == "mixed" and rng.random() < 0.3:
            out.append(digits[place])
            place += 1
        else:
            out.append(unit(rng, digits[place]))
            place += 1
    return " ".join(out)


def unit(rng: random.Random, digit: str) -> str:
    """One digit as a word."""
    return rng.choice(("zero", "oh", "oh", "o")) if digit == "0" else UNITS[int(digit)]


def pair_word(pair: str) -> str:
    """Two digits as one number."""
    if pair[0] == "1":
        return TEENS[int(pair[1])]
    return TENS[int(pair[0])] + (f" {UNITS[int(pair[1])]}" if pair[1] != "0" else "")


def _wide(digits: str) -> str:
    return "".join(chr(0xFF10 + int(char)) for char in digits)


def _arabic(digits: str) -> str:
    return "".join(chr(0x0660 + int(char)) for char in digits)


WRITTEN: dict[str, Callable[[random.Random, str], str]] = {
    "plain": lambda rng, d: d,
    "blanks": lambda rng, d: " ".join(groups(rng, d)),
    "dashes": lambda rng, d: "-".join(groups(rng, d)),
    "dots": lambda rng, d: ".".join(groups(rng, d)),
    "en dashes": lambda rng, d: "–".join(groups(rng, d)),
    "spaced dashes": lambda rng, d: " - ".join(groups(rng, d)),
    "commas": lambda rng, d: ", ".join(groups(rng, d)),
    "slashes": lambda rng, d: "/".join(groups(rng, d, (4,))),
    "underscores": lambda rng, d: "_".join(groups(rng, d)),
    "pairs": lambda rng, d: " ".join(groups(rng, d, (2,))),
    "digit by digit": lambda rng, d: " ".join(d),
    "no-break blanks": lambda rng, d: "\u00a0".join(groups(rng, d)),
    "thin blanks": lambda rng, d: "\u2009".join(groups(rng, d)),
    "line breaks": lambda rng, d: "\n".join(groups(rng, d)),
    "carriage returns": lambda rng, d: "\r\n".join(groups(rng, d)),
    "tabs": lambda rng, d: "\t".join(groups(rng, d)),
    "zero width": lambda rng, d: rng.choice("\u200b\u200c\u200d\u2060\ufeff").join(groups(rng, d, (1,))),
    "soft hyphens": lambda rng, d: "\u00ad".join(groups(rng, d)),
    "full width": lambda rng, d: _wide(d),
    "full width, blanks": lambda rng, d: "\u3000".join(map(_wide, groups(rng, d))),
    "arabic-indic": lambda rng, d: " ".join(map(_arabic, groups(rng, d))),
    "ellipses": lambda rng, d: "... ".join(groups(rng, d, (4,))),
    "question marks": lambda rng, d: "? ".join(groups(rng, d, (4,))),
    "fillers, digits": lambda rng, d: f" {rng.choice(FILLERS)} ".join(groups(rng, d, (4,))),
    "keycaps": lambda rng, d: "".join(f"{char}\ufe0f\u20e3" for char in d),
}
SPOKEN: dict[str, Callable[[random.Random, str], str]] = {
    "spoken digits": lambda rng, d: say(rng, d, "digits"),
    "spoken pairs": lambda rng, d: say(rng, d, "pairs"),
    "spoken doubles": lambda rng, d: say(rng, d, "double"),
    "spoken and written": lambda rng, d: say(rng, d, "mixed"),
    "spoken, hyphens": lambda rng, d: say(rng, d, "pairs").replace("y ", "y-"),
    "spoken, commas": lambda rng, d: ", ".join(say(rng, part, "digits") for part in groups(rng, d, (4,))),
    "spoken, sentences": lambda rng, d: (
        ". ".join(say(rng, part, "double").capitalize() for part in groups(rng, d, (4,))) + "."
    ),
    "spoken, fillers": lambda rng, d: f", {rng.choice(FILLERS)}, ".join(
        say(rng, part, rng.choice(("digits", "double"))) for part in groups(rng, d, (4,))
    ),
    "spoken, capitals": lambda rng, d: say(rng, d, "digits").upper(),
    "spoken, glued to digits": lambda rng, d: " ".join(
        rng.choice((part, say(rng, part, "digits"))) for part in groups(rng, d, (4,))
    ),
}
_FRAMES = (
    ("", ""), ("My card number is ", "."), ("it's ", " thanks"), ("Sure, one moment. ", ""), ("Yeah so the number is ", " and it expires in 08/27"),
    ("card: ", ""), ("I tried to pay with ", " but it was declined"), ("Please charge ", ", the name on it is mine."), ("so that's ", ", correct?"),
    ("visa ", " exp 09/28"), ("I need a replacement, the number was ", ", lost it on 3 May"), ("(", ")"), ('"', '"'), ("CC#", ";"), ("paid £45.50 with ", " yesterday"),
)  # fmt: skip
_ASKS = (
    "Can I take the long number across the front of your card please?", "What's the card number?",
    "Could you read me the sixteen digit number?", "And how would you like to pay today?", "Please go ahead with your card details.",
)  # fmt: skip


def one_turn(rng: random.Random) -> Sample:
    """A card number in a single turn."""
    digits = card(rng)
    shape = rng.choice((*WRITTEN, *SPOKEN))
    said = (WRITTEN.get(shape) or SPOKEN[shape])(rng, digits)
    before, behind = rng.choice(_FRAMES)
    if (shape == "dots" and behind[:1] == ".") or shape == "fillers, digits":
        behind = " "
    turns = [("agent", rng.choice(_ASKS))] if rng.random() < 0.5 else []
    turns.append((rng.choice(("customer", "agent", "unknown")), before + said + behind))
    place = len(turns) - 1
    return Sample(tuple(turns), ((place, len(before), len(before) + len(said), "CARD"),), shape, digits)


def over_turns(rng: random.Random) -> Sample:
    """A card number dictated in groups, with back-channels or read-backs in between."""
    digits = card(rng)
    echo = rng.choice(("back-channels", "back-channels", "read-back", "same speaker", "unknown speakers"))
    turns: list[tuple[str, str]] = [("agent", rng.choice(_ASKS))] if rng.random() < 0.7 else []
    secrets: list[tuple[int, int, int, str]] = []
    customer, agent = ("unknown", "unknown") if echo == "unknown speakers" else ("customer", "agent")
    style = rng.choice(("digits", "pairs", "double", "mixed", "written"))
    for number, part in enumerate(groups(rng, digits, rng.choice(((4,), (4,), (2,), (3,), (8,), (4, 6, 5))))):
        said = part if style == "written" else say(rng, part, style)
        before = (
            rng.choice(("", "", "uh ", "okay ", "and then ", "yeah it's "))
            if number
            else rng.choice(("", "it's ", "my card is "))
        )
        behind = rng.choice(("", "", ".", " um", ", okay?"))
        secrets.append((len(turns), len(before), len(before) + len(said), "CARD"))
        turns.append((customer, before + said + behind))
        if echo == "same speaker":
            continue
        if echo == "read-back":
            reply = rng.choice((part, say(rng, part, "digits")))
            secrets.append((len(turns), 0, len(reply), "CARD"))
            turns.append((agent, reply + rng.choice(("", ", yes", ", okay"))))
        else:
            turns.append((agent, rng.choice(BACKCHANNELS)))
    turns.append(("agent", "Thank you, that has gone through."))
    return Sample(tuple(turns), tuple(secrets), f"over turns, {echo}", digits)


def cards(count: int, *, seed: int = 7) -> Iterator[Sample]:
    """`count` contacts with a card number; a third of them dictated over turns."""
    rng = random.Random(seed)
    for number in range(count):
        yield over_turns(rng) if number % 3 == 2 else one_turn(rng)
