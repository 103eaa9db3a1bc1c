"""Procedures: which passages are one, and which step comes next."""

import pytest

from copilot.steps import as_step, next_step, procedure
from models.errors import InputError
from models.records import Passage, Span, Suggestion, Turn


def passage(text):
    return Passage("d#1", "d", text, 0, len(text))


RESET = "# Reset the router\n1. Unplug the router.\n2. Wait ten seconds. The lights go\nout.\n3. **Plug it in** again.\n\nThat is all."


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (RESET, ["Unplug the router.", "Wait ten seconds. The lights go out.", "Plug it in again."]),
        ("First, unplug the router, then wait ten seconds, and finally plug it in again.",
         ["unplug the router", "wait ten seconds", "plug it in again."]),
        ("To start, open the app. Then tap Help. After that choose Chat.",
         ["open the app.", "tap Help.", "choose Chat."]),
        ("### Step 1: Check the cable\nLook at the plug.\n\n### Step 2: Restart\nHold the button.",
         ["Check the cable Look at the plug.", "Restart Hold the button."]),
        ("How to claim:\n1) The customer sends the receipt.\n2) We answer.", ["The customer sends the receipt.", "We answer."]),
        ("Eerst: trek de stekker eruit. Daarna wacht u een minuut.", ["trek de stekker eruit.", "wacht u een minuut."]),
        ("You choose between\n1. **A spare part**, such as a shade.\n2. **A refund** after pick-up.", []),
        ("First class tickets can be changed. Then there is a fee.", []),
        ("1. WHO CAN JOIN\nAll.\n2. WHAT IT GIVES\nMuch.", []),
        ("1. Unplug the router.", []),
        ("2. Wait.\n3. Plug it in.", []),
        ("Refunds take 5 days.", []),
    ],
)  # fmt: skip
def test_procedures(text, steps):
    found = procedure(passage(text))
    assert [line.text for line in found] == steps
    for line in found:
        words = text[line.start : line.end].replace("**", "")
        assert " ".join(words.split()) == line.text
        assert line.kind == "step"


def turns(*lines):
    return [Turn("agent" if line[0] == "A" else "customer", line[3:]) for line in lines]


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([], 1),
        (["A: Let us do this together."], 1),
        (["A: Please unplug the router now."], 2),
        (["A: Unplug the router.", "C: Okay, done."], 2),  # the customer confirms what was said already
        (["A: Pull that cable out for me.", "C: Okay, it's out."], 2),
        (["A: Pull that cable out for me.", "C: Which one?"], 1),
        (["A: Pull that cable out for me.", "C: I haven't done that yet."], 1),
        (["C: I did that already."], 1),  # nobody told them anything
        (["A: Unplug the router.", "C: Done.", "A: Wait ten seconds until the lights go out."], 3),
        (["A: Unplug it,", "C: yes", "A: the router I mean."], 2),
        (["A: Unplug the router, wait ten seconds until the lights are out and then plug it in again."], 4),
        (["C: Please unplug the router."], 1),
    ],
)
def test_the_next_step_comes_when_this_one_was_said_or_done(lines, number):
    assert next_step(procedure(passage(RESET)), turns(*lines), 0) == number


def test_turns_before_the_card_do_not_count_and_internal_notes_neither():
    steps = procedure(passage(RESET))
    assert next_step(steps, turns("A: Unplug the router."), 1) == 1
    assert next_step(steps, [Turn("agent", "Unplug the router.", visibility="internal")], 0) == 1


def test_a_card_becomes_the_card_of_a_step():
    card = Suggestion("c1", "answer", "Reset", ("a", "b"), RESET, (passage(RESET),), Span(0, 0, 1), "b")
    second = as_step(card, 2)
    assert (second.kind, second.step, second.steps) == ("step", 2, 3)
    assert second.facts == ("Wait ten seconds. The lights go out.",)
    assert second.lines[0].text == second.facts[0]
    assert second.id == as_step(card, 2).id != as_step(card, 3).id != card.id
    assert second.because == card.because
    for number in (0, 4):
        with pytest.raises(InputError, match="3 steps"):
            as_step(card, number)
    with pytest.raises(InputError, match="0 steps"):
        as_step(Suggestion("c1", "alert", "", (), "", (), None, "b"), 1)
