"""Numbers against policy: arithmetic in the reason, silence when in doubt."""

from datetime import date

import pytest

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.readings import read
from models.records import Document, Transcript, Turn
from qa.detectors.contradictions import contradiction_detector

RETURNS = """# Returns
## Return period
Customers may return an item within **30 days of delivery**.

## Refund
The refund is issued within 14 days after the return has been scanned.

## Pick-up
| Item | Cost |
|---|---|
| Furniture, pick-up from the home | EUR 39 for each pick-up |
| Parcel with our label | EUR 4.90 |
"""
FEES = """# Late fee
The late fee is EUR 15. It is added when a bill is unpaid 10 days after the due date.
Card refunds take 3 to 5 business days.
A customer can question a bill for up to 12 months after the bill date.
"""
OLD = Document(
    id="policies/returns-old",
    kind="policy",
    text="# Returns\nCustomers may return an item within 60 days of delivery.",
    effective_until=date(2020, 1, 1),
)


@pytest.fixture(scope="module")
def checker():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add(
        [
            Document(id="policies/returns", kind="policy", text=RETURNS, version="3"),
            Document(id="policies/fees", kind="policy", text=FEES),
            OLD,
        ]
    )
    return contradiction_detector(kb)


def found(checker, *lines):
    turns = tuple(
        Turn(speaker="customer" if line.startswith("C:") else "agent", text=line.removeprefix("C:").strip())
        for line in lines
    )
    return checker.detect(read([Transcript(id="t", client="acme", turns=turns)]))[0]


@pytest.mark.parametrize(
    ("line", "said", "policy"),
    [
        ("You have 60 days from delivery to return it.", "60 days", "30 days"),
        ("You can return it within 20 days of delivery.", "20 days", "30 days"),
        ("The refund is issued within 30 days after the return is scanned.", "30 days", "14 days"),
        ("The pick-up of furniture costs EUR 59.", "eur 59", "eur 39"),
        ("The late fee is EUR 25.", "eur 25", "eur 15"),
        ("The fee is added five days after the due date of the bill.", "five days", "10 days"),
        ("Card refunds take 10 to 14 business days.", "10 to 14 business days", "3 to 5 business days"),
        ("You have three years to question a bill.", "three years", "12 months"),
    ],
)
def test_contradicted(checker, line, said, policy):
    (finding,) = found(checker, line)
    assert finding.severity == "major"
    assert finding.reason.startswith(f"you said {said}; the policy says {policy} (policies/")
    assert finding.source.startswith("policies/")


@pytest.mark.parametrize(
    "line",
    [
        "You can return it within 30 days of delivery.",
        "It was ordered 60 days ago.",
        "Your bill was EUR 60 and the late fee was EUR 25 last year.",
        "Is the late fee EUR 25?",
        "If the late fee were EUR 25, I would say so.",
        "You said the late fee is EUR 25.",
        "The late fee isn't EUR 25.",
        "Card refunds take 10 days.",
        "The lamp needs a bulb of 60 euros.",
        "Other shops give you 60 days to return an item.",
        "I'll call you within 60 days about the return.",
    ],
)
def test_silent(checker, line):
    assert found(checker, line) == []


def test_the_version_and_heading_are_named(checker):
    (finding,) = found(checker, "You have 60 days from delivery to return it.")
    assert "policies/returns v3, section Return period): 60 > 30" in finding.reason


def test_corrected_soon_after_is_minor(checker):
    (finding,) = found(
        checker,
        "You have 60 days from delivery to return it.",
        "C: Really?",
        "Sorry, I was wrong, it is 30 days.",
    )
    assert finding.severity == "minor"


def test_said_again_is_raised_again(checker):
    findings = found(
        checker,
        "You have 60 days from delivery to return it.",
        "C: Are you sure?",
        "Yes, it is 60 days for sure.",
    )
    assert [finding.span.turn for finding in findings] == [0, 2]
