"""Card numbers as talked about: corrected, read back, with fillers, over turns, abroad; and look-alikes.

    python benchmarks/redaction_talk.py [--each 200] [--seed 3]

Recall: contacts in which no digit of any saying of the number is left. Untouched: lines with order numbers,
prices, times and menu options, spoken or written, that come out as they went in. Everything is made up;
`told` is with the language of
the contact set; the last rows are AgentCheck's cases of the privacy labels.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.redaction import Tally, predicted, wilson
from benchmarks.redaction_corpus import Sample, card, groups, say
from models.redaction import redact

DIGITS = {
    "en": "zero one two three four five six seven eight nine",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "no": "null en to tre fire fem seks sju åtte ni",
}
LEADS = {
    "en": "My card number is ",
    "nl": "Mijn kaartnummer is ",
    "de": "Meine Kartennummer ist ",
    "es": "El número de mi tarjeta es ",
    "fr": "Le numéro de ma carte est ",
    "no": "Kortnummeret mitt er ",
}
_FILLERS = ("uh", "um", "er", "let me see", "hang on", "you know", "like")
_FIXES = (
    "no, {right} not {wrong}",
    "sorry, {right}",
    "no wait, {right}",
    "I mean {right}",
    "correction, {right}",
)


def spoken(digits: str, language: str) -> str:
    """Digit by digit in a language."""
    named = DIGITS[language].split()
    return " ".join(named[int(digit)] for digit in digits)


def _said(rng: random.Random, part: str, *, written: bool) -> str:
    return part if written else say(rng, part, rng.choice(("digits", "digits", "double", "pairs")))


def corrected(rng: random.Random, *, written: bool) -> Sample:
    """A group said wrongly and put right at once."""
    number = card(rng)
    parts = groups(rng, number, (4,))
    slip = rng.randrange(len(parts))
    said = []
    for place, part in enumerate(parts):
        if place != slip:
            said.append(_said(rng, part, written=written))
            continue
        wrong = str((int(part[-1]) + rng.randint(1, 9)) % 10)
        fix = rng.choice(_FIXES)
        right = part if "not" not in fix else part[-1]
        told = fix.format(right=_said(rng, right, written=written), wrong=_said(rng, wrong, written=written))
        said.append(f"{_said(rng, part[:-1] + wrong, written=written)}, {told},")
    return _whole("corrected", [("customer", "Sure, it's ", " ".join(said).rstrip(","))], number)


def filled(rng: random.Random, *, written: bool) -> Sample:
    """Fillers between the groups."""
    number = card(rng)
    parts = [_said(rng, part, written=written) for part in groups(rng, number, (4,))]
    text = parts[0] + "".join(f", {rng.choice(_FILLERS)}, {part}" for part in parts[1:])
    return _whole("fillers", [("customer", "okay it's ", text)], number)


def read_back(rng: random.Random, *, written: bool) -> Sample:
    """Given in one turn, repeated by the agent in another way."""
    number = card(rng)
    given = " ".join(_said(rng, part, written=written) for part in groups(rng, number, (4,)))
    again = ", ".join(_said(rng, part, written=not written) for part in groups(rng, number, (4,)))
    return _whole("read back", [("customer", "It's ", given), ("agent", "So that was ", again)], number)


def dictated(rng: random.Random, *, written: bool) -> Sample:
    """Group by group over turns, one of them corrected."""
    number = card(rng)
    turns = []
    for part in groups(rng, number, (4,)):
        turns += [
            ("customer", "", _said(rng, part, written=written)),
            ("agent", rng.choice(("mm-hm", "okay")), ""),
        ]
        if rng.random() < 0.2:
            turns[-1] = ("agent", "sorry, again? ", "")
            turns += [("customer", "I said ", _said(rng, part, written=written)), ("agent", "yes", "")]
    return _whole("over turns, with repeats", turns, number)


SHAPES: tuple[Callable[..., Sample], ...] = (corrected, filled, read_back, dictated)


def _whole(shape: str, turns: list[tuple[str, str, str]], number: str) -> Sample:
    secrets = tuple(
        (at, len(lead), len(lead) + len(said), "CARD") for at, (_, lead, said) in enumerate(turns) if said
    )
    return Sample(tuple((who, lead + said) for who, lead, said in turns), secrets, shape, number)


def abroad(rng: random.Random, language: str) -> Sample:
    """A card number digit by digit in a language."""
    number = card(rng)
    said = ", ".join(spoken(part, language) for part in groups(rng, number, (4,)))
    return _whole(language, [("customer", LEADS[language], said)], number)


def look_alike(rng: random.Random, kind: str, *, written: bool) -> str:
    """A line whose numbers are no secret."""
    size = rng.randint(6, 10)
    number = str(rng.randint(10 ** (size - 1), 10**size - 1))
    told = number if written else say(rng, number, "digits")
    one, other = rng.randint(1, 4), rng.randint(5, 9)
    small = [str(value) if written else say(rng, str(value), "digits") for value in (one, other)]
    price = rng.randint(21, 99)
    pence = rng.randint(11, 99)
    money = (
        f"${price}.{pence}"
        if written
        else f"{say(rng, str(price), 'pairs')} dollars and {say(rng, str(pence), 'pairs')} cents"
    )
    clock = (
        f"{other}:{pence % 50 + 10}" if written else f"{small[1]} {say(rng, str(pence % 50 + 10), 'pairs')}"
    )
    return {
        "order numbers": rng.choice((f"my order number is {told}", f"It's about order {told}, please.")),
        "prices": rng.choice(
            (f"it came to {money}", f"You charged me {money} instead of {small[0]} dollars.")
        ),
        "times": rng.choice(
            (f"they come at {clock} in the morning", f"Between {clock} and {small[0]} pm is fine.")
        ),
        "menu options": rng.choice(
            (
                f"press {small[0]} for sales, {small[1]} for support",
                f"I chose option {small[0]} and then {small[1]}.",
            )
        ),
    }[kind]


def privacy_cases() -> None:
    """AgentCheck's cases of the privacy labels: what is right and what is found."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.readings import read
    from qa.detectors.client_rules import rule_detector
    from qa.detectors.privacy import privacy_detector
    from tests.agentcheck import suite

    kb = KnowledgeBase("norvane", encoder=HashingEncoder())
    kb.ingest(Path(__file__).resolve().parent.parent / "tests" / "agentcheck" / "client")
    detectors = (privacy_detector(kb), rule_detector(kb))
    cases = [case for function in suite.functions() if function.kind == "mft" for case in function.cases]
    readings = read([suite.contact(case.turns, case.id) for case in cases])
    found: list[set[str]] = [set() for _ in cases]
    for detector in detectors:
        for labels, findings in zip(found, detector.detect(readings), strict=True):
            labels |= {finding.label for finding in findings}
    for label in ("privacy.secret_request", "privacy.readback", "privacy.before_verification"):
        for half in ("dev", "test"):
            here = [
                (label in case.expect, label in told)
                for case, told in zip(cases, found, strict=True)
                if case.split == half
            ]
            raised = sum(told for _, told in here)
            hits = sum(wanted and told for wanted, told in here)
            right, reached = wilson(hits, raised), wilson(hits, sum(wanted for wanted, _ in here))
            print(f"{label:30} {half:5} precision {right}  recall {reached}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for written in (True, False):
        way = "written" if written else "spoken"
        for make in SHAPES:
            _recall([make(rng, written=written) for _ in range(options.each)], way)
    for language in DIGITS:
        samples = [abroad(rng, language) for _ in range(options.each)]
        _recall(samples, "spoken")
        _recall(samples, "told", language)
    for written in (True, False):
        for kind in ("order numbers", "prices", "times", "menu options"):
            lines = [look_alike(rng, kind, written=written) for _ in range(options.each)]
            same = sum(redact(line) == line for line in lines)
            print(f"{kind:26} {'written' if written else 'spoken':8} untouched {wilson(same, len(lines))}")
    privacy_cases()


def _recall(samples: list[Sample], way: str, language: str | None = None) -> None:
    hidden = sum(
        not Tally().add([text for _, text in one.turns], one.secrets, predicted(one.turns, language=language))
        for one in samples
    )
    print(f"{samples[0].shape:26} {way:8} hidden    {wilson(hidden, len(samples))}", flush=True)


if __name__ == "__main__":
    main()
