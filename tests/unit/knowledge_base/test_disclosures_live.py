"""Disclosures while the contact is live: how complete, overdue or not, and the conditions of the client."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge_base.conditions import ALWAYS, applies
from knowledge_base.disclosures import required, track
from models.records import (
    ClientProfile,
    DisclosureRule,
    DisclosureState,
    Document,
    Finding,
    Span,
    Transcript,
    Turn,
)
from tests.unit.library import Library

RECORDING = "This call is recorded for training and quality purposes."
CONSENT = "I am pausing the recording while you enter your card details. Do you agree to this payment today?"


def contact(*lines: str, **fields: Any) -> Transcript:
    turns = tuple(Turn("customer" if line[0] == "C" else "agent", line[3:]) for line in lines)
    return Transcript(id="c1", client="acme", turns=turns, **fields)


def library(*when: str, text: str = RECORDING, deadline: Any = "opening", verbatim: bool = True) -> Library:
    document = Document(id="d/one", text=text, kind="disclosure", title="One", verbatim=verbatim)
    rule = DisclosureRule("d/one", when=when or ("always",), deadline=deadline)
    return Library(document, profile=ClientProfile(id="acme", disclosures=(rule,)))


def state(kb: Library, talk: Transcript, *, closed: bool = False) -> DisclosureState | None:
    states = track(required(kb, talk), talk, closed=closed)  # type: ignore[arg-type]
    return states[0] if states else None


OPENING = ["A: Hello.", "C: Hi.", "A: How can I help?", "C: My bill.", "A: Sure."]


@pytest.mark.parametrize(
    ("lines", "progress", "complete", "overdue"),
    [
        (["A: Hello."], "due", 0.0, False),
        ([f"A: Hello. {RECORDING}"], "done", 1.0, False),
        (OPENING, "due", 0.0, True),
        ([*OPENING, "C: So?", "A: One moment."], "missing", 0.0, True),
        ([*OPENING, f"A: {RECORDING}"], "late", 1.0, False),
    ],
)
def test_progress_completeness_and_whether_its_time_has_passed(
    lines: list[str], progress: str, complete: float, *, overdue: bool
) -> None:
    found = state(library(), contact(*lines))
    assert found is not None
    assert (found.progress, found.complete, found.overdue) == (progress, complete, overdue)


def test_a_statement_said_in_part_says_how_much_of_it() -> None:
    found = state(library(), contact("A: Hello. This call is recorded for training."))
    assert found is not None
    assert found.progress == "altered"
    assert 0.4 < found.complete < 0.8
    assert not found.overdue
    whole = state(library(text="We do not share your data."), contact("A: We share your data."))
    assert whole is not None
    assert whole.progress == "altered"
    assert whole.complete == 0.99  # only "not" is missing, and all hangs on it


def test_before_payment_it_is_overdue_once_the_card_number_was_asked_for() -> None:
    kb = library("only if payment is taken", text=CONSENT, deadline="before_payment")
    assert state(kb, contact("A: Hello.", "C: I have a question about my bill.")) is None
    due = state(kb, contact("A: Hello.", "C: I want to pay my bill by card."))
    assert due is not None
    assert (due.progress, due.overdue) == ("due", False)
    assert due.because == "a payment is taken, from turn 2 on"
    late = state(kb, contact("A: Hello.", "C: I want to pay my bill by card.", "A: What is the card number?"))
    assert late is not None
    assert late.overdue


def test_nothing_is_overdue_in_a_contact_that_has_ended() -> None:
    found = state(library(), contact(*OPENING), closed=True)
    assert found is not None
    assert (found.progress, found.overdue) == ("missing", False)


@pytest.mark.parametrize(
    ("when", "lines", "because"),
    [
        (["always"], ["A: Hi"], ALWAYS),
        (["sign me up"], ["C: Please sign me up!"], "“sign me up” was said in turn 1"),
        (["if sign me up"], ["C: Please sign me up!"], "“sign me up” was said in turn 1"),
        (["sign me up"], ["C: my sign is up"], None),
        (["only if payment is taken"], ["C: Can I pay now?"], "a payment is taken, from turn 1 on"),
        (["payment is taken"], ["C: I don't want to pay now."], None),
        (["payment is taken"], ["C: I paid last week."], None),
        (["the customer is moving house"], ["C: Hello.", "C: We are moving to a new house."],
         "turn 2 says so: the customer is moving house"),
        (["the customer is moving house"], ["C: I am not moving house."], None),
        (["the customer is not moving house"], ["C: I am not moving house."],
         "turn 1 says so: the customer is not moving house"),
        (["the customer is moving house"], ["C: My house is cold."], None),
        (["pay with my card"], ["C: I tried to pay and my card was charged."], None),
        (["pay by card", "unless gift card"], ["C: I pay by card."],
         "“pay by card” was said in turn 1, unless: gift card"),
        (["pay by card", "unless gift card"], ["C: I pay by card.", "C: A gift card, that is."], None),
        (["unless already a member"], ["A: Hello."], f"{ALWAYS}, unless: already a member"),
        (["unless: already a member"], ["C: I am already a member."], None),
        (["unless customer.complaint"], ["C: Hello."],
         f"{ALWAYS}, unless: the customer's wording: dissatisfaction that asks for something"),
        (["unless"], ["C: Hello."], None),
    ],
)  # fmt: skip
def test_conditions(when: list[str], lines: list[str], because: str | None) -> None:
    found = applies(when, contact(*lines))
    if because is None:
        assert found is None
    else:
        assert found is not None
        assert found[0].startswith(because[:60])


def test_a_label_makes_it_due_or_keeps_it_from_being_due() -> None:
    finding = Finding("customer.complaint", "note", Span(1, 0, 3), 0.9, "rule@1", "a complaint")
    talk = contact("A: Hello", "C: This is a disgrace")
    found = applies(["customer.complaint"], talk, [finding])
    assert found is not None
    assert found[1] == 1
    assert applies(["always", "unless customer.complaint"], talk, [finding]) is None


def test_conditions_in_a_document_of_its_own() -> None:
    document = Document(
        id="d/two", text=RECORDING, kind="disclosure", metadata={"unless": "already a member"}, due="opening"
    )
    kb = Library(document)
    assert state(kb, contact("A: Hello.")) is not None
    assert state(kb, contact("A: Hello.", "C: I am already a member.")) is None


def test_since_is_the_turn_that_made_it_due() -> None:
    found = applies(
        ["moving out", "cancel my contract"], contact("A: Hi", "C: cancel my contract", "C: moving out")
    )
    assert found is not None
    assert found[1] == 1
