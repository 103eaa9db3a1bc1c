"""P23: a client's rules cannot hang the reading of a contact.

Rules are made up from pieces that make other engines back up (nested repetition, overlapping alternatives),
that match everywhere, that are huge, or that are no rules at all. Each is refused with a reason, or taken.
What is taken reads long turns, made to nearly match: by itself a quarter of a contact, and all of it where
that took so long that a square could go beyond the bound; and forty together, as one client's, all of it.
Folding (lower case, accents) is the same for every rule: it is timed once, and counted to each.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.evidence import Outcome

if TYPE_CHECKING:
    from models.readings import Reading
    from qa.detectors.rules import Rule

LONG = 100_000
"""Code points of the contact: twice what an hour of talk has."""
QUARTER = LONG // 4
MOST_S = 1.0
"""Processor time for one contact."""
_LINEAR = 12.0
"""Four times the text may take so many times as long; a square would take sixteen times, a busy machine eight."""
_FLOOR_S = MOST_S / 20
"""A quarter that takes less takes less than `MOST_S` four times over, even were it to grow with the square."""
_TIMES = 3
_SPOILT = 0.2
"""Share of rules with a piece that RE2, or the reader of rules, does not take."""
_TOGETHER = 40
"""Of so many rules that were taken, all are also tried together as one client's."""
_PIECES = (
    r"\w+", r"(\w+\s?)*", r"(a+)+", r"(a|aa)+", r"(a|a|b)*", ".", ".*", r".{0,50}", r"[^x]*x", r"(?:not )?stupid",
    "a", "b", "not", "never", " ", r"\b", r"\B", "$", "^", "(?i)A", r"\pL+", r"[\x00-\x{10FFFF}]", "(x+x+)+y",
    r"(.*a){12}", r"(?:a?){30}a{30}", r"\d{1,500}", r"(a{1,100}){1,20}", "{brand}", "é", "[[:alpha:]]+", r"(\s|a)*",
    "(?P<n>a)", "|", "(|a)*",
)  # fmt: skip
_UNSOUND = ("{own}", "(?=a)", r"(a)\1", "(", "[", "*", "a**", r"\C", "\u202e", "a{1001}")
_WIDEST = (".", r"\w+", "a")
"""The first rules: they match nearly everywhere, and where it is not meant."""
_UNMEANT = "not a "
_TEXTS = ("a", "not a ", "stupid a. ", "aaaa bbbb, ", "x", "no, never! ", "é\u200b", "12 ", "a\n")


def run(n: int, seed: int, folder: Path, *, most_hits: int = 0) -> Outcome:
    """Make up `n` rules and read with each that is taken.

    Args:
        n: Rules.
        seed: Decides them.
        folder: Not used.
        most_hits: How many hits of a turn a rule may look at, where it is not as shipped: without a bound
            the trial must fail.
    """
    from qa.detectors import rules as engine

    del folder
    if most_hits:
        engine._MOST_HITS = engine._MOST_OF_CLIENT = most_hits
    random, failures = Random(seed), []
    wholes = {text: _reading(text, LONG) for text in _TEXTS}
    quarters = {text: _reading(text, QUARTER) for text in _TEXTS}
    # A reading with no rule: folding, and the way through the sentences.
    folding = {text: _time([], wholes[text]) for text in _TEXTS}
    taken: list[Rule] = []
    refused: Counter[str] = Counter()
    worst, compiled = 0.0, 0.0
    alone = groups = 0
    with _folded_once():
        for reading in (*wholes.values(), *quarters.values()):
            _time([], reading)
        for number in range(n):
            pieces = [random.choice(_PIECES) for _ in range(random.choice((1, 1, 2, 3, 5, 8, 40)))]
            if number < len(_WIDEST):
                pieces = [_WIDEST[number]]
            if random.random() < _SPOILT:
                pieces.insert(random.randrange(len(pieces) + 1), random.choice(_UNSOUND))
            pattern = "".join(pieces)
            began = time.process_time()
            rules, why = _checked(number, pattern, random)
            compiled = max(compiled, time.process_time() - began)
            if not rules:
                refused[why] += 1
                failures += [f"rule {number}: refused without a reason"] * (not why)
                continue
            taken += rules
            text = random.choice(_TEXTS) if number >= len(_WIDEST) else _UNMEANT
            took = _time(rules, quarters[text])
            if number < len(_WIDEST) or took > _FLOOR_S:
                alone += 1
                quarter, took = took, _time(rules, wholes[text], most_s=MOST_S - folding[text])
                worst = max(worst, took + folding[text])
                if took + folding[text] > MOST_S:
                    failures.append(f"rule {number}: {took + folding[text]:.1f} s for {LONG:,} code points")
                elif took > _LINEAR * max(quarter, _FLOOR_S):
                    failures.append(f"rule {number}: {took:.2f} s, and {quarter:.2f} s for a quarter of it")
            if len(taken) >= _TOGETHER:
                together = _time(taken, wholes[text], most_s=MOST_S - folding[text]) + folding[text]
                worst, groups = max(worst, together), groups + 1
                failures += [f"rules to {number} together: {together:.1f} s"] * (together > MOST_S)
                taken.clear()
    if compiled > MOST_S:
        failures.append(f"a rule took {compiled:.1f} s to check")
    notes = (
        f"{n - refused.total()} taken, {refused.total()} refused with a reason",
        f"slowest reading of {LONG:,} code points: {worst:.2f} s of processor time; slowest check {compiled:.2f} s",
        f"{groups} times {_TOGETHER} together, as one client's; {alone} also alone on all of it, the others on a quarter",
    )
    return Outcome(n, n, tuple(failures), notes)


def _checked(number: int, pattern: str, random: Random) -> tuple[list[Rule], str]:
    """The rule as the rule engine takes it, or why it was refused."""
    import json

    from knowledge_base import KnowledgeBase
    from knowledge_base.client_rules import parse_client_rules
    from models.encoders import HashingEncoder
    from models.errors import ConfigError
    from models.records import ClientProfile
    from qa.detectors.client_rules import client_rules

    skip = random.choice((["negated", "quoted", "reported", "apology"], []))
    written = {
        "id": f"r{number}",
        "label": "tone.rude",
        "reason": "As made up.",
        "patterns": [pattern],
        "unit": random.choice(("sentence", "turn")),
        "skip": skip,
    }
    try:
        entries = parse_client_rules(json.dumps({"rules": [written]}))
        profile = ClientProfile(id="acme", extra={"rules": entries})
        return list(client_rules(KnowledgeBase("acme", encoder=HashingEncoder(8), profile=profile))), ""
    except ConfigError as problem:
        return [], str(problem)


def _reading(text: str, length: int) -> Reading:
    from models.readings import read
    from models.records import Transcript, Turn

    whole = (text * (length // len(text) + 1))[:length]
    # One turn as long as all, and one of many: both are spoken by somebody.
    turns = (
        Turn("agent", whole[: length // 2]),
        *(Turn("agent", whole[:1_000]) for _ in range(length // 2_000)),
    )
    (reading,) = read([Transcript("contact", "acme", turns)])
    for index in range(len(turns)):
        reading.of(index)
    return reading


@contextmanager
def _folded_once() -> Iterator[None]:
    """Long turns are folded once for all rules, as short ones always are."""
    from models import folding

    before = folding._fold
    setattr(folding, "_fold", lru_cache(maxsize=256)(before))
    try:
        yield
    finally:
        setattr(folding, "_fold", before)


def _time(rules: list[Rule], reading: Reading, *, most_s: float = float("inf")) -> float:
    """Processor seconds of a reading, compiled beforehand as in a server.

    Beyond `most_s` it is timed again, three times at most, and the least counts: other processes on the same
    cores make everything slower now and then, and a rule that hangs is slow each time.
    """
    from models.readings import read
    from models.records import Transcript, Turn
    from qa.detectors.rules import RuleDetector

    detector = RuleDetector(rules, ("Acme",))
    detector.detect(read([Transcript("first", "acme", (Turn("agent", "Hello."),))]))
    least = float("inf")
    for _ in range(_TIMES):
        began = time.process_time()
        detector.detect([reading])
        least = min(least, time.process_time() - began)
        if least <= most_s:
            break
    return least
