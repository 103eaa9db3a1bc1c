"""Read-backs, facts before verification, competitors and partners."""

import pytest

from models.readings import read
from models.records import Transcript, Turn
from models.redaction import redact
from qa.detectors.names import NameDetector
from qa.detectors.privacy import PrivacyDetector


def transcript(*lines):
    return Transcript(
        id="t",
        client="c",
        turns=tuple(
            Turn(speaker="agent" if line.startswith("A:") else "customer", text=line[2:].strip())
            for line in lines
        ),
    )


def found(detector, *lines, redacted=False):
    contact = transcript(*lines)
    contact = redact(contact) if redacted else contact
    (findings,) = detector.detect(read([contact]))
    return [(f.label, f.span.turn + 1, contact.quote(f.span)) for f in findings]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("So that is 4111 1111 1111 1111, right?", "4111 1111 1111 1111"),
        (
            "I read back: four one one one, one one one one, one one one one, one one one one.",
            "four one one one, one one one one, one one one one, one one one one",
        ),
        ("The card ends in 1111.", None),
        ("Your order number is 4111 2222 3333.", None),
        ("Your IBAN is GB29 NWBK 6016 1331 9268 19.", "GB29 NWBK 6016 1331 9268 19"),
        ("Please transfer it to our IBAN GB29 NWBK 6016 1331 9268 19.", None),
    ],
)
def test_readback(line, words):
    raised = [hit for hit in found(PrivacyDetector(), "A: " + line) if hit[0] == "privacy.readback"]
    assert raised == ([("privacy.readback", 1, words)] if words else [])


def test_readback_in_a_redacted_contact_is_found_once():
    lines = ("C: It's 4111 1111 1111 1111.", "A: So 4111 1111 1111 1111, thank you.")
    raised = found(PrivacyDetector(), *lines, redacted=True)
    assert raised == [("privacy.readback", 2, "[CARD ****1111]")]


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        (["C: It's about my sister.", "A: The balance is $305 and her last payment was in May."], 2),
        (["A: May I have your account number, please?", "C: 44310417", "A: The balance is $305."], None),
        (["C: My account is 44310417.", "A: The balance is $305."], None),
        (["C: I am Ana, ana@example.com", "A: Your last order was in May."], None),
        (["C: What is a late fee?", "A: The late fee is $15."], None),
        (["C: Hello.", "A: If the balance is zero, nothing is due."], None),
    ],
)
def test_before_verification(lines, turn):
    detector = PrivacyDetector(("name", "account number"))
    assert [hit[1] for hit in found(detector, *lines)] == ([turn] if turn else [])


def test_a_client_that_verifies_nothing_is_not_checked():
    assert found(PrivacyDetector(), "A: The balance is $305.") == []


NAMES = NameDetector(("Spark", "Northvale Power"), ("Corvane Works",))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("I'd go to Northvale Power, they are cheaper.", "I'd go to Northvale Power"),
        ("Try Spark, honestly.", "Try Spark"),
        ("Honestly, Spark is much cheaper.", "Spark is much cheaper"),
        ("Give the boiler a spark and try again.", None),
        ("Please ask Spark for the final bill.", None),
        ("I would not recommend Spark.", None),
        ("You said a friend told you to try Spark.", None),
        ("Did you switch to Spark last year?", None),
        ("Spark charges its own exit fee, they will send you a bill.", None),
    ],
)
def test_competitor(line, words):
    assert [hit[2] for hit in found(NAMES, "A: " + line)] == ([words] if words else [])


def test_an_undisclosed_partner_is_named():
    assert found(NAMES, "A: It is made by corvane works.") == [
        ("brand.internal_disclosure", 1, "corvane works")
    ]
    assert found(NAMES, "C: Is it made by Corvane Works?", "A: A partner makes it.") == []
    assert found(NAMES, "A: I can't say whether Corvane Works makes it.") == []
