# ruff: noqa: ISC004 - long sentences in tuples
"""Required statements said in known ways, on clean text and with word errors of a recogniser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

RATES = (0.0, 0.05, 0.1, 0.2)
DRAWS = 6
"""Contacts with the same words and other errors."""

FILLERS = (
    "okay let me have a look at that for you it will only take a moment",
    "i can see the account here and the last payment came in on monday",
    "thank you for waiting i have the page open now and i am reading it",
    "so the engineer comes in the morning and you get a message before",
)
ERRORS = (
    "the a of to and it is in at for on with was he be this that have from or had by hot word but what "
    "some we "
    "out other were all there when up use your how said an each she which do their time if way about "
    "many then "
    "them write would like so these her long make thing see him two has look more day could go come did"
).split()
ERRORS = [word for word in ERRORS if word != "two"]


@dataclass(frozen=True)
class Wording:
    """A statement, and ways of saying it that a careful listener would judge."""

    id: str
    text: str
    verbatim: bool
    made: tuple[str, ...]
    altered: tuple[str, ...]


WORDINGS = (
    Wording(
        "recording",
        "This call is recorded for training and quality purposes, and the recording is kept for 90 days.",
        True,
        (),
        (
            "this call is recorded for training and quality purposes",
            "this call is recorded for training and quality purposes, and the recording is kept for 30 days",
            "we keep a recording of the call so that everybody can learn from it",
        ),
    ),
    Wording(
        "card",
        "I will pause the recording while you give me your card details. We will not store your security "
        "code.",
        True,
        (),
        (
            "i will pause the recording while you give me your card details. we will store your security "
            "code",
            "i will pause the recording while you give me your card details",
        ),
    ),
    Wording(
        "advice",
        "The information I give you today is general and does not take account of your personal situation, "
        "so please consider speaking to an adviser before you decide.",
        True,
        (),
        (
            "the information i give you today is general and does take account of your personal "
            "situation, so "
            "please consider speaking to an adviser before you decide",
            "the information i give you today is general",
        ),
    ),
    Wording(
        "cooling",
        "You can cancel this contract within 14 days without giving a reason and without paying a fee.",
        False,
        (
            "for 14 days you can cancel the contract, you need no reason for it and there is no fee to pay",
            "you have 14 days in which the contract can be cancelled without any reason and without a fee",
        ),
        (
            "you can cancel this contract within 40 days without giving a reason and without paying a fee",
            "you can cancel this contract within 14 days",
        ),
    ),
    Wording(
        "complaint",
        "You have the right to complain in writing. We answer within 8 weeks, and after that you may go "
        "to the "
        "ombudsman free of charge.",
        False,
        (
            "you may complain in writing and get an answer within 8 weeks. after that you can go to the "
            "ombudsman "
            "free of charge, that is your right",
        ),
        (
            "you have the right to complain in writing. we answer within 8 weeks",
            "you have the right to complain in writing. we answer within 6 weeks, and after that you may "
            "go to the "
            "ombudsman free of charge",
        ),
    ),
    Wording(
        "fee",
        "A payment plan has a set-up fee of $12, and interest of 3 percent is charged on late instalments.",
        True,
        (),
        (
            "a payment plan has a set-up fee of $20, and interest of 3 percent is charged on late "
            "instalments",
            "a payment plan has a set-up fee of $12",
        ),
    ),
    Wording(
        "guarantee",
        "Past returns are no guarantee of future returns, and the value of your investment may fall as "
        "well as rise.",
        True,
        (),
        (
            "past returns are a guarantee of future returns, and the value of your investment may fall "
            "as well as rise",
            "the value of your investment may rise",
        ),
    ),
    Wording(
        "emergency",
        "If you smell gas, leave the building, do not use any switches and call the emergency line from "
        "outside.",
        False,
        (
            "when there is a smell of gas leave the building, do not use the switches, and from outside "
            "call the "
            "emergency line",
        ),
        (
            "if you smell gas, leave the building",
            "if you smell gas, leave the building, use any switches and call the emergency line from outside",
        ),
    ),
)


def cases() -> Iterator[tuple[Wording, str, str]]:
    """Wording, what was said, and the truth: made, altered or missing."""
    for one in WORDINGS:
        yield one, one.text, "made"
        yield one, one.text, "made"
        for said in one.made:
            yield one, said, "made"
        for said in one.altered:
            yield one, said, "altered"
        yield one, "", "missing"


def garbled(text: str, rate: float, draw: Random) -> str:
    """Lower case without punctuation; words swapped (half), dropped or put in (a quarter each)."""
    import re

    said = []
    for word in re.sub(r"[.,;!?]", "", text.lower()).split():
        if draw.random() >= rate:
            said.append(word)
            continue
        kind = draw.random()
        if kind < 0.25:
            continue
        if kind < 0.5:
            said += [word, draw.choice(ERRORS)]
        elif kind < 0.75 and len(word) > 4:
            place = draw.randrange(1, len(word) - 1)
            said.append(word[:place] + draw.choice("aeiostrn") + word[place + 1 :])
        else:
            said.append(draw.choice(ERRORS))
    return " ".join(said)


def measured(rate: float) -> list[tuple[str, str, str]]:
    """(wording, truth, what was found) of all cases at a word error rate."""
    from knowledge_base.disclosures import Requirement, track
    from models.records import Transcript, Turn

    draw = Random(11)
    names = {"done": "made", "late": "made", "altered": "altered"}
    rows = []
    for one, said, truth in cases():
        for _ in range(1 if rate == 0 else DRAWS):
            lines = [FILLERS[0], said, FILLERS[1], FILLERS[2], FILLERS[3]]
            heard = [line if rate == 0 else garbled(line, rate, draw) for line in lines]
            turns: list[Any] = []
            for line in heard:
                if line:
                    turns += [
                        Turn(speaker="agent", text=line),
                        Turn(speaker="customer", text="i see and what about my bill"),
                    ]
            contact = Transcript(id="c", client="acme", turns=tuple(turns), channel="voice")
            wanted = Requirement(one.id, one.id, one.text, one.verbatim, "before_close", "major", "")
            (state,) = track([wanted], contact, closed=True)
            rows.append((one.id, truth, names.get(state.progress, "missing")))
    return rows


def f1(rows: list[tuple[str, str, str]], label: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one outcome."""
    hit = sum(truth == found == label for _, truth, found in rows)
    said = sum(found == label for _, _, found in rows)
    wanted = sum(truth == label for _, truth, _ in rows)
    precision, recall = hit / max(1, said), hit / max(1, wanted)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def disclosures() -> None:
    """Print the table."""
    print(f"\nrequired statements: {len(WORDINGS)} wordings, {len(list(cases()))} ways of saying them")
    print(
        f"  {'WER':<6}{'made P':>8}{'R':>7}{'F1':>7}{'altered F1':>12}{'missing F1':>12}  altered passed "
        f"as made"
    )
    for rate in RATES:
        rows = measured(rate)
        precision, recall, score = f1(rows, "made")
        passed = sum(truth == "altered" and found == "made" for _, truth, found in rows)
        altered = sum(truth == "altered" for _, truth, _ in rows)
        print(
            f"  {rate:<6}{precision:>8.3f}{recall:>7.3f}{score:>7.3f}{f1(rows, 'altered')[2]:>12.3f}"
            f"{f1(rows, 'missing')[2]:>12.3f}  {passed} of {altered}"
        )


if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).parent.parent))
    disclosures()
    if "-v" in sys.argv:
        for rate in RATES[:3]:
            from collections import Counter

            print(rate, [item for item in Counter(measured(rate)).items() if item[0][1] != item[0][2]])
