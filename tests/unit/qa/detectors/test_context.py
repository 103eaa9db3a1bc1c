"""Findings that need the turns around them."""

import pytest

from models.readings import read
from models.records import Transcript, Turn
from qa.detectors.context import ContextDetector


def found(*lines, legal=()):
    """Lines are "A: ..." or "C: ..."; gives (label, turn from 1)."""
    turns = tuple(
        Turn(speaker="agent" if line.startswith("A:") else "customer", text=line[2:].strip())
        for line in lines
    )
    (findings,) = ContextDetector(legal).detect(read([Transcript(id="t", client="c", turns=turns)]))
    return [(f.label, f.span.turn + 1) for f in findings if f.label != "tone.uptake"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: How long does it take?", "A: Five days.", "C: What do I do now?", "A: The form."], [2, 4]),
        (["C: How long does it take?", "A: Five days."], []),
        (
            ["C: Is it paid?", "A: Yes.", "C: Is it late?", "A: No.", "C: Is that all?", "A: Yes, correct."],
            [],
        ),
        (["C: Where is it?", "A: In Lund, sir.", "C: And where now?", "A: Sorry, unknown."], []),
        (["C: Please cancel it, can you?", "A: Cancelled.", "C: How about the other?", "A: Also done."], []),
        (["C: My wife died on Monday. What do I need to send?", "A: The certificate."], [2]),
    ],
)
def test_curt(lines, expected):
    assert [turn for label, turn in found(*lines) if label == "tone.curt"] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["C: My father died last week.", "A: What is the account number?", "C: 4411.", "A: Thank you."],
            [2],
        ),
        (["C: My father died last week.", "A: I am so sorry for your loss."], []),
        (["C: My father died.", "A: The number, please?", "C: 4411", "A: My condolences, Mr Ek."], []),
        (["C: I lost my job and can't pay.", "A: What is the postcode?", "C: 1234", "A: Found it."], [2]),
        (["C: My phone died.", "A: What model is it?"], []),
        (["C: If my father died, what would happen?", "A: Then we close the account."], []),
        (
            [
                "C: My mother is in hospital.",
                "A: Mm-hm.",
                "C: So I am late.",
                "A: How awful, take your time.",
            ],
            [],
        ),
    ],
)
def test_missed_empathy(lines, expected):
    assert [turn for label, turn in found(*lines) if label == "tone.missed_empathy"] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                "C: I called on Monday.",
                "A: No, you did not call.",
                "C: I did, at nine.",
                "A: That is not true.",
            ],
            [4],
        ),
        (["C: I called on Monday.", "A: No, you did not call."], []),
        (
            ["C: I called.", "A: That is not right, let me check.", "C: I did.", "A: That's not what I see."],
            [],
        ),
        (["C: Did I miss it?", "A: No, you didn't.", "C: Is it late?", "A: No, it isn't."], []),
        (
            ["C: It was open.", "A: You said he told you that's not true.", "C: Yes.", "A: That's not true."],
            [],
        ),
    ],
)
def test_argumentative(lines, expected):
    assert [turn for label, turn in found(*lines) if label == "tone.argumentative"] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: Can you refund it?", "A: Nothing I can do. Bye."], [2]),
        (["C: Can you refund it?", "A: That's not possible.", "C: Why?", "A: It's our policy."], [2, 4]),
        (["C: Can you refund it?", "A: That's not possible, because it was cut to length."], []),
        (["C: Can you refund it?", "A: There is nothing I can do, but you can exchange it."], []),
        (["C: Can you refund it?", "A: That's not possible.", "C: Oh.", "A: I'll ask my team lead."], []),
        (["C: Is there any interest?", "A: No."], []),
        (["C: He said nothing I can do.", "A: You said he told you there's nothing I can do."], []),
        (["C: Kan ik het ruilen?", "A: Daar kan ik niets aan doen."], [2]),
    ],
)
def test_dead_end(lines, expected):
    assert [turn for label, turn in found(*lines) if label == "brand.dead_end"] == expected


def test_giving_a_reason_or_an_option_never_raises_a_dead_end():
    refusal = "A: It's not possible to cancel."
    assert ("brand.dead_end", 2) in found("C: Please cancel.", refusal)
    for addition in (" The reason is the date.", " Instead, I can change it.", " Please call the depot."):
        assert found("C: Please cancel.", refusal + addition) == []


@pytest.mark.parametrize(
    ("sentence", "raised"),
    [
        ("The aforementioned request cannot be processed per guideline 4.2.", True),
        ("I can't do it because the curtain was cut to length.", False),
        ("Kindly be informed that the item shall be delivered on Friday, sir.", False),
        ("The amount is refunded within 14 days.", False),
    ],
)
def test_stiff(sentence, raised):
    assert (("tone.stiff", 2) in found("C: What about my request?", "A: " + sentence)) is raised


def test_prescribed_wording_is_not_stiff():
    wording = "The aforementioned withdrawal right is exercised pursuant to section 4.2."
    assert found("A: " + wording) == [("tone.stiff", 1)]
    assert found("A: " + wording, legal=[f"Notice. {wording} Keep it."]) == []


def test_uptake_takes_two_of_the_customers_own_words():
    turns = (
        Turn(speaker="customer", text="The blue curtain came with a torn seam."),
        Turn(speaker="agent", text="A torn seam on the curtain, that I can replace for you."),
    )
    transcript = Transcript(id="t", client="c", turns=turns)
    (findings,) = ContextDetector().detect(read([transcript]))
    assert [transcript.quote(f.span) for f in findings if f.label == "tone.uptake"] == [
        "torn seam on the curtain"
    ]
