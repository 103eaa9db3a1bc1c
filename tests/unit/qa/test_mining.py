"""Mining: what is a stock phrase, and what is a habit, a coincidence or known already."""

from __future__ import annotations

import random

import pytest

from models.readings import Reading, read
from models.records import Transcript
from qa.mining import masked, mine
from tests.unit.qa.detectors.contacts import contact

PHRASE = "Our colleagues at the depot will look into parcel {} straight away."


def contacts(count: int, *, agents: int = 2, said: str = PHRASE, offset: int = 0) -> list[Reading]:
    return read(
        [
            contact(
                f"A: {said.format(4000 + number)}",
                "C: Our colleagues at the depot will look into it straight away.",
                id=f"c{offset + number}",
                agent=f"a{number % agents}" if agents else "",
            )
            for number in range(count)
        ]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Maria, it is 20 euros.", "hi {} it is {} euros"),
        ("I've asked Mr Smith about order 4-4-1.", "i have asked {} about order {}"),
        ("The card [CARD ****1111] works", "the card {} works"),
        ("Yes", "yes"),
    ],
)
def test_masked(text: str, expected: str) -> None:
    assert " ".join(masked(text)) == expected


def test_a_phrase_of_many_contacts_and_agents_is_proposed() -> None:
    readings = contacts(6)
    (proposal,) = mine(readings)
    assert proposal.template == "our colleagues at the depot will look into parcel {} straight away"
    assert (proposal.contacts, proposal.agents) == (6, 2)
    transcripts: dict[str, Transcript] = {r.transcript.id: r.transcript for r in readings}
    assert len(proposal.examples) == 3
    for id, span in proposal.examples:
        assert transcripts[id].quote(span).startswith("Our colleagues")


def test_near_duplicates_are_one_phrase_and_what_varies_is_a_slot() -> None:
    other = "Our colleagues at the warehouse will look into parcel {} straight away."
    readings = [*contacts(4), *contacts(4, said=other, offset=4)]
    (proposal,) = mine(readings)
    assert proposal.contacts == 8
    assert proposal.template == "our colleagues at the {} will look into parcel {} straight away"


@pytest.mark.parametrize(
    ("readings", "why"),
    [
        (contacts(4), "four contacts"),
        (contacts(8, agents=1), "one agent's habit"),
        (contacts(8, said="Yes, number {} it is."), "too few fixed words"),
        ([], "nothing"),
    ],
)
def test_not_proposed(readings: list[Reading], why: str) -> None:
    assert mine(readings) == (), why


def test_agents_who_are_not_named_count_as_nobody() -> None:
    (proposal,) = mine(contacts(6, agents=0))
    assert proposal.agents == 0


def test_half_a_percent_of_the_contacts_is_needed() -> None:
    filler = read([contact(f"A: Something of its own {n} here.", id=f"f{n}", agent="b") for n in range(1400)])
    assert mine([*contacts(6, said="We will gladly look into this matter right away"), *filler]) == ()
    assert len(mine([*contacts(8, said="We will gladly look into this matter right away"), *filler])) == 1


def test_what_the_script_has_is_no_news() -> None:
    assert (
        mine(contacts(6), ["Our colleagues at the depot will look into parcel {number} straight away."]) == ()
    )


def test_the_order_of_the_contacts_does_not_matter() -> None:
    readings = [
        *contacts(6),
        *contacts(6, said="We have opened a ticket and somebody will ring you {}", offset=6),
    ]
    shuffled = list(readings)
    random.Random(5).shuffle(shuffled)
    assert mine(shuffled) == mine(readings)
    assert len(mine(readings)) == 2


@pytest.mark.parametrize(
    "line",
    [
        "Is there anything else that I may assist you with today, dear customer?",
        "It was my pleasure to assist you with this today.",
        "I will be more than happy to assist you with this.",
        "How may I be of help to you this morning?",
    ],
)
def test_courtesy_is_not_proposed(line):
    past = [contact(f"A: {line}", "C: Fine.", id=f"c{n}", agent=f"a{n}") for n in range(9)]
    assert mine(read(past)) == ()
