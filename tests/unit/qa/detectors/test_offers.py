"""Offers against the client's authority, from client.yaml and from prose, list and table."""

import pytest

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.readings import read
from models.records import ClientProfile, Document, Transcript, Turn
from qa.detectors.authority import read_authority
from qa.detectors.offers import offer_detector
from qa.detectors.quantities import quantities

TABLE = """# Limits
| Offer | Agent | Team lead |
|---|---|---|
| Goodwill credit | up to EUR 25 | up to EUR 75 |
| Late fee waiver | up to EUR 15 | up to EUR 45 |
| Refund of a duplicate payment | up to EUR 500 | any |
| Exit fee waiver | not allowed | up to EUR 75 |
| Partial refund, item kept | up to 15 % | up to 15 % |
| Payment extension | up to 7 days | up to 14 days |

## Never offered by anybody
- Compensation for damage, injury or spoiled food.
- A full refund when the customer keeps the item.
- Writing off a debt.
- A free or reduced care plan.
"""


def detector(documents=(), **profile):
    kb = KnowledgeBase("acme", encoder=HashingEncoder(), profile=ClientProfile(id="acme", **profile))
    kb.add(list(documents))
    return offer_detector(kb)


AUTHORITY = Document(id="rules/authority", kind="authority", text=TABLE)
POLICY = Document(
    id="rules/outages", kind="policy", text="# Outages\nThe outage credit is EUR 50 after 12 hours."
)


def found(checker, line):
    turns = (Turn(speaker="agent", text=line),)
    return checker.detect(read([Transcript(id="t", client="acme", turns=turns)]))[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("I can offer you a goodwill credit of EUR 60.", "EUR 60"),
        ("I'm putting a EUR 150 credit on your account.", "limit for Goodwill credit is 25"),
        ("I'll refund all of it plus EUR 50.", "EUR 50"),
        ("I'll waive all your late fees for the year.", "all fees"),
        ("I'll waive the exit fee for you.", "not for agents"),
        ("I'll refund you EUR 600 for the duplicate payment.", "EUR 600"),
        ("I can give you 40 % back and you keep the table.", "40 %"),
        ("I will refund the whole amount and you keep the table.", "full refund"),
        ("I'll extend the due date by 14 days.", "14 days"),
        ("I'll write off your debt.", "Writing off"),
        ("I will compensate you for the spoiled food with EUR 80.", "spoiled food"),
        ("I'll give you the care plan for free.", "care plan"),
    ],
)
def test_beyond_authority(line, words):
    (finding,) = found(detector([AUTHORITY, POLICY]), line)
    assert finding.label == "brand.unauthorised_offer"
    assert finding.severity == "critical"
    assert words.lower() in finding.reason.lower()
    assert finding.source == "rules/authority"


@pytest.mark.parametrize(
    "line",
    [
        "I can offer you a goodwill credit of EUR 25.",
        "I'll ask my team lead for a EUR 100 credit.",
        "Your refund of EUR 48.20 for the duplicate charge is on its way.",
        "I'm sending the second EUR 96 back now.",
        "I'm adding the EUR 75 outage credit to your account.",
        "I'm refunding EUR 48.20 for the lamp you returned.",
        "I'll waive the EUR 15 late fee.",
        "I can't give you a EUR 100 credit.",
        "If I gave you a EUR 100 credit, I would be in trouble.",
        "Would it help if I give you a EUR 100 credit?",
        "You said my colleague told you that I'll give you a EUR 100 credit.",
        "I will send you the bill of EUR 138.20 again.",
        "We will refund the full price once the return is scanned.",
        "I'll send you a replacement free of charge.",
        "I'll extend the due date by 5 days.",
    ],
)
def test_within_authority_or_no_offer(line):
    assert found(detector([AUTHORITY, POLICY]), line) == []


def test_limits_of_the_profile():
    checker = detector(authority={"goodwill_credit": 25, "never": ["cash, gift cards or free energy"]})
    (finding,) = found(checker, "I'll give you a credit of EUR 30.")
    assert finding.source is None
    assert "client.yaml" in finding.reason
    assert found(checker, "I'm giving you free energy for a month.")


def test_without_limits_nothing_is_raised():
    assert found(detector(), "I'll give you a credit of EUR 3000.") == []


def test_authority_as_prose_and_list():
    limits, bans = read_authority(
        "Agents may give a goodwill voucher of up to EUR 20.\n- Late fee waiver: up to 15 euros\n"
        "A team lead may give a goodwill voucher of up to EUR 50.\n\n## Never\n- Writing off a debt.",
        "a",
    )
    assert [(limit.family, limit.most, limit.dimension) for limit in limits] == [
        ("gift", 20.0, "money"),
        ("waiver", 15.0, "money"),
    ]
    assert [ban.text for ban in bans] == ["Writing off a debt."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within 30 days of delivery", [(0.0, 30.0, "days")]),
        ("3 to 5 working days", [(3.0, 5.0, "business days")]),
        ("three to five business days", [(3.0, 5.0, "business days")]),
        ("a hundred and fifty dollars", [(150.0, 150.0, "money")]),
        ("$1,200.50 and eur 9,90", [(1200.5, 1200.5, "money"), (9.9, 9.9, "money")]),
        ("twenty percent", [(20.0, 20.0, "percent")]),
        ("for three years", [(0.0, 36.0, "months")]),
        ("two weeks", [(14.0, 14.0, "days")]),
        ("it is free of charge", [(0.0, 0.0, "money")]),
        ("five dollars a month", [(5.0, 5.0, "money")]),
        ("order 4425 7740, one of them", []),
    ],
)
def test_quantities(text, expected):
    assert [(q.low, q.high, q.dimension) for q in quantities(text)] == expected
