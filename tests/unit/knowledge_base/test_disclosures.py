"""Disclosures: which are due, and done, altered, late or missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.disclosures import Requirement, disclosure_words, required, track
from models.encoders import HashingEncoder
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
from models.redaction import redact
from tests.unit.library import Library

RECORDING = (
    "Calls with Acme Air are recorded for training and quality, and you can ask us for a copy at any time."
)
COOLING = (
    "This contract comes with a 14-day cooling-off period. You can cancel it within 14 days of today without "
    "giving a reason and without paying a fee."
)
CONSENT = "I am pausing the recording while you enter your card details. Do you agree to this payment today?"

LIBRARY = Library(
    Document(id="disclosures/recording", text=RECORDING, kind="disclosure", title="Recording", verbatim=True),
    Document(
        id="disclosures/cooling",
        text=COOLING,
        kind="disclosure",
        title="Cooling off",
        required_when=("sign me up",),
        due="before_close",
    ),
    Document(id="disclosures/consent", text=CONSENT, kind="disclosure", title="Card consent", verbatim=True),
    Document(id="disclosures/complaint", text="You may complain in writing to us.", kind="disclosure"),
    Document(id="disclosures/loose", text="Something nobody asks for here at all.", kind="disclosure"),
    Document(
        id="disclosures/old",
        text="An older notice.",
        kind="disclosure",
        due="opening",
        effective_until=date(2020, 1, 1),
    ),
    profile=ClientProfile(
        id="acme",
        disclosures=(
            DisclosureRule("disclosures/recording", deadline="opening"),
            DisclosureRule("disclosures/consent", when=("pay by card",), deadline="before_payment"),
            DisclosureRule("disclosures/complaint", when=("customer.complaint",), severity="minor"),
        ),
    ),
)


def contact(*lines: str, confidence: float | None = None, **fields: Any) -> Transcript:
    """`A: …`, `C: …`, `N: …` (internal note)."""
    turns = [
        Turn(
            "customer" if line[0] == "C" else "agent",
            line[3:],
            visibility="internal" if line[0] == "N" else "public",
            confidence=confidence,
        )
        for line in lines
    ]
    return Transcript(id="c1", client="acme", turns=tuple(turns), **fields)


def ids(found: list[Requirement]) -> list[str]:
    return [requirement.document.removeprefix("disclosures/") for requirement in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A: Hello"], ["recording"]),
        (["A: Hello", "C: Please SIGN ME UP!"], ["recording", "cooling"]),
        (["A: Hello", "C: my signature, me upset"], ["recording"]),
        (["A: Hello", "C: can I pay, um, by card"], ["recording", "consent"]),
        (["A: Would you like to pay by card?"], ["recording", "consent"]),
        (["A: Hello", "N: wants to pay by card"], ["recording"]),
    ],
)
def test_required_by_words(lines: list[str], expected: list[str]) -> None:
    assert ids(required(LIBRARY, contact(*lines))) == expected


def test_required_by_label() -> None:
    talk = contact("A: Hello", "C: This is a disgrace")
    finding = Finding("customer.complaint", "note", Span(1, 0, 4), 0.9, "rule@1", "a complaint")
    found = required(LIBRARY, talk, [finding])
    assert ids(found) == ["recording", "complaint"]
    assert (found[1].severity, found[1].since) == ("minor", 1)
    assert "turn 2" in found[1].because


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["disclosures/cooling"], ["cooling"]),
        (["cooling", "Recording"], ["cooling", "recording"]),
        ("loose.md", ["loose"]),
        ([], []),
        (["nobody knows it"], []),
    ],
)
def test_the_contact_itself_wins(named: object, expected: list[str]) -> None:
    assert ids(required(LIBRARY, contact("C: pay by card", metadata={"required": named}))) == expected


def test_only_what_was_in_force_on_the_day() -> None:
    then = contact("A: Hello", started_at=datetime(2019, 6, 1, tzinfo=UTC))
    assert "old" in ids(required(LIBRARY, then))
    assert "old" not in ids(required(LIBRARY, contact("A: Hello")))


def test_a_statement_that_is_added_is_due_in_the_next_turn(tmp_path: Path) -> None:
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder(), create=True)
    notice = Document("notice", "Calls are recorded.", kind="disclosure", required_when=("always",))
    talk = contact("A: Hello")
    found = []
    for change in (lambda: None, lambda: kb.add([notice]), lambda: kb.remove("notice")):
        change()
        found.append(ids(required(kb, talk)))
    assert found == [[], ["notice"], []]


def state_of(document: str, talk: Transcript, *, closed: bool = True) -> DisclosureState:
    requirements = [r for r in required(LIBRARY, talk) if r.document == f"disclosures/{document}"]
    return track(requirements, talk, closed=closed)[0]


@pytest.mark.parametrize(
    ("lines", "progress"),
    [
        ([f"A: Hello. {RECORDING} How can I help?"], "done"),
        (["A: hello " + RECORDING.lower().replace(",", "").replace(".", "")], "done"),
        (
            [
                "A: Calls with Acme Air are recorded for",
                "C: mm-hm",
                "A: " + RECORDING[RECORDING.index("training") :],
            ],
            "done",
        ),
        (["A: Hello", "C: hi", "A: Hm", "C: yes", f"A: {RECORDING}"], "done"),
        (["A: One", "C: a", "A: Two", "C: b", "A: Three", "C: c", f"A: {RECORDING}"], "late"),
        (["A: Your number?", "C: 4471 2260", "A: Thanks.", "C: so", f"A: {RECORDING}"], "late"),
        (["A: Calls are recorded for training. What is it about?"], "altered"),
        (["A: " + RECORDING.replace("and quality, ", "")], "altered"),
        (["A: " + RECORDING.replace("are recorded", "are not recorded")], "altered"),
        (["A: Hello, this is Jo. How can I help?", "C: My bag is lost."], "missing"),
        (["C: " + RECORDING], "missing"),
        (["N: " + RECORDING, "A: Hello there"], "missing"),
    ],
)
def test_verbatim_in_the_opening(lines: list[str], progress: str) -> None:
    assert state_of("recording", contact(*lines)).progress == progress


def test_altered_names_the_missing_words_and_the_place() -> None:
    talk = contact("A: Hello. " + RECORDING.replace("and quality, ", ""))
    state = state_of("recording", talk)
    assert state.missing == ("and", "quality")
    assert state.span is not None
    assert talk.quote(state.span).startswith("Calls with Acme Air")


def test_a_misheard_word_is_forgiven_only_when_the_recogniser_says_that_it_was_unsure() -> None:
    misheard = "A: " + RECORDING.replace("Acme Air", "Acne Hair")
    assert state_of("recording", contact(misheard)).progress == "altered"
    assert state_of("recording", contact(misheard, confidence=0.9)).progress == "done"
    assert state_of("recording", contact(misheard, confidence=0.99)).progress == "altered"


@pytest.mark.parametrize(
    ("said", "progress"),
    [
        (COOLING, "done"),
        (
            (
                "You should know that this contract has a 14-day cooling-off period: you can cancel it within 14 "
                "days from today, without giving any reason and with no fee to pay."
            ),
            "done",
        ),
        (
            (
                "You have 14 days from today to change your mind about the contract. In this period you can cancel, "
                "no reason needed, and you pay no fee."
            ),
            "done",
        ),
        (COOLING.replace("14", "40"), "altered"),
        ("This contract comes with a cooling-off period.", "altered"),
        ("Great, you are signed up then. Have a lovely day.", "missing"),
    ],
)
def test_a_paraphrase_counts_where_the_client_allows_it(said: str, progress: str) -> None:
    assert state_of("cooling", contact("A: Hello", "C: Sign me up", f"A: {said}")).progress == progress


@pytest.mark.parametrize(
    ("lines", "progress"),
    [
        ([f"A: {CONSENT}", "C: yes", "A: Please type the card number."], "done"),
        (["A: Please read me the card number.", "C: 4111 1111 1111 1111", f"A: {CONSENT}"], "late"),
        (["A: Your number?", "C: [CARD ****1111]", f"A: {CONSENT}"], "late"),
        (["A: Please read me the card number.", "C: no"], "missing"),
    ],
)
def test_before_payment(lines: list[str], progress: str) -> None:
    assert state_of("consent", contact("A: Hello", "C: Can I pay by card?", *lines)).progress == progress


def test_while_the_contact_is_open() -> None:
    opening = contact("A: Hello")
    assert state_of("recording", opening, closed=False).progress == "due"
    over = contact("A: One two three", "C: a", "A: b", "C: c", "A: d", "C: e", "A: f")
    assert state_of("recording", over, closed=False).progress == "missing"
    assert state_of("cooling", contact("C: sign me up"), closed=False).progress == "due"
    always = [
        Requirement(
            "d",
            "D",
            "Our terms are on the website for you.",
            False,
            "before_close",
            "major",
            "it is due in every contact",
        )
    ]
    talk = contact("A: Hello", "C: hi", "A: Done", "C: thanks")
    assert track(always, talk, closed=False)[0].progress == "later"
    bye = contact("A: Hello", "C: hi", "A: Done", "C: thanks", "A: Anything else?")
    assert track(always, bye, closed=False)[0].progress == "due"


def test_the_words_of_every_disclosure_are_known() -> None:
    talk = contact("A: Hello there. " + CONSENT, "C: ok", "A: Fine.")
    found = disclosure_words(LIBRARY, talk)
    assert len(found) == 1
    assert found[0].complete
    assert [word.text for word in found[0].words][:3] == ["i", "am", "pausing"]


def test_a_slot_may_be_filled_with_a_number_and_a_wrong_number_is_a_change() -> None:
    def progress(wording: str, said: str) -> str:
        requirement = Requirement("d", "D", wording, True, "before_close", "major", "the contact says so")
        return track([requirement], contact("C: hi", f"A: {said}"), closed=True)[0].progress

    slotted = "Your contract costs {amount} a month and it runs until the date that you chose."
    assert progress(slotted, slotted.replace("{amount}", "30 euros")) == "done"
    fixed = slotted.replace("{amount}", "30 euros")
    assert progress(fixed, fixed.replace("30", "thirty")) == "done"
    assert progress(fixed, fixed.replace("30", "13")) == "altered"


@pytest.mark.parametrize("masked", [False, True])
def test_an_address_in_the_wording_may_be_masked_in_the_contact(masked: bool) -> None:
    wording = "You may withdraw within 14 days. A clear statement to withdrawal@example.com is enough."
    said = redact(wording) if masked else wording
    requirement = Requirement(
        "disclosures/withdrawal", "Withdrawal", wording, True, "before_close", "major", "always"
    )
    contact = Transcript("c1", "acme", (Turn("agent", f"I have placed your order. {said}"),))
    (state,) = track([requirement], contact, closed=True)
    assert (state.progress, state.missing) == ("done", ())


HEARD = "calls with acme air are recordet for trading and hot quality and you can ask for a copy at any time"


@pytest.mark.parametrize(
    ("said", "progress"),
    [
        (HEARD, "done"),
        (HEARD.replace("calls with acme air are recordet for trading and hot quality and ", ""), "altered"),
        (
            "calls with acme air are not recordet for training and quality and you can ask us for a copy",
            "altered",
        ),
    ],
)
def test_raw_recognised_speech_is_forgiven_scattered_errors_alone(said: str, progress: str) -> None:
    talk = contact(f"A: {said}", "C: okay and what about my bill", channel="voice")
    assert state_of("recording", talk).progress == progress
    typed = contact(f"A: {said}", "C: okay and what about my bill", channel="chat")
    assert state_of("recording", typed).progress == "altered"


@pytest.mark.parametrize("confidence", [None, 0.6, 0.99])
def test_a_lost_amount_or_denial_is_never_passed(confidence: float | None) -> None:
    wording = "We will not store your security code and a fee of 12 dollars is charged for a late payment."
    wanted = Requirement("d", "d", wording, True, "before_close", "major", "")
    for lost in ("not ", "12 "):
        heard = wording.lower().replace(".", "").replace(lost, "")
        (state,) = track(
            [wanted], contact(f"A: {heard}", confidence=confidence, channel="voice"), closed=True
        )
        assert state.progress == "altered"


def test_a_paraphrase_denies_where_the_wording_does() -> None:
    said = (
        "You can cancel this contract within 14 days, it comes with a cooling-off period, a reason and a fee."
    )
    assert state_of("cooling", contact("A: Hello", "C: Sign me up", f"A: {said}")).progress == "altered"
