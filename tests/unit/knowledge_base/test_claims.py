"""Claim frames, intervals and links: what is said of what, and what becomes of it."""

import pytest

from knowledge_base.claims import asserts, frames, is_claim
from knowledge_base.facts import FactBook, compile_facts
from knowledge_base.intervals import held_against
from knowledge_base.quantities import all_quantities
from knowledge_base.splitting import split
from models.folding import fold
from models.records import Document


def one(text, language="en"):
    (quantity,) = all_quantities(fold(text).text, language)
    return quantity


@pytest.mark.parametrize(
    ("text", "language", "low", "high", "dimension"),
    [
        ("within five business days", "en", 0, 5, "business days"),
        ("between 5 and 7 days", "en", 5, 7, "days"),
        ("at least GBP 25", "en", 25, float("inf"), "money"),
        ("60 minutes or more", "en", 60, float("inf"), "minutes"),
        ("two visitors at most", "en", 0, 2, "count visitor"),
        ("from 8 am to 6 pm", "en", 8, 18, "time"),
        ("children under 12", "en", 0, 12, "age"),
        ("refunded in full", "en", 100, 100, "percent"),
        ("€ 1.250,00", "nl", 1250, 1250, "money"),
        ("binnen 2 werkdagen", "nl", 0, 2, "business days"),
        ("veertien dagen", "nl", 14, 14, "days"),
        ("innerhalb von 5 Werktagen", "de", 0, 5, "business days"),
        ("dreißig Tage", "de", 30, 30, "days"),
        ("entre 5 y 7 días hábiles", "es", 5, 7, "business days"),
        ("sous 10 jours ouvrés", "fr", 0, 10, "business days"),
        ("innen 3 virkedager", "no", 0, 3, "business days"),
        ("35 kr", "no", 35, 35, "money"),
    ],
)
def test_quantities(text, language, low, high, dimension):
    found = one(text, language)
    assert (found.low, found.high, found.dimension) == (low, high, dimension)


@pytest.mark.parametrize(
    ("said", "policy", "outcome", "arithmetic"),
    [
        ("60 days", "within 30 days", "contradicts", "60 > 30"),
        ("within 14 days", "within 30 days", "contradicts", "14 < 30"),
        ("three weeks", "21 days", "agrees", ""),
        ("two days", "48 hours", "agrees", ""),
        ("3 business days", "2 to 4 business days", "agrees", ""),
        ("2 to 9 business days", "2 to 4 business days", "contradicts", "9 > 4"),
        ("about three months", "90 days", "agrees", ""),
        ("5 days", "5 business days", "unknown", ""),
        ("14 business days", "14 days", "contradicts", "14 business days ≠ 14 days"),
        ("30 days", "5 business days", "contradicts", "30 days > 5 business days"),
        ("10 %", "up to 15 %", "agrees", ""),
        ("$20", "at least $25", "contradicts", "20 < 25"),
        ("$10", "free of charge", "contradicts", "10 > 0"),
    ],
)
def test_held_against(said, policy, outcome, arithmetic):
    assert held_against(one(said), one(policy)) == (outcome, arithmetic)


@pytest.mark.parametrize(
    ("text", "asserted"),
    [
        ("you have 60 days.", True),
        ("if it is unopened, you have 60 days.", True),
        ("do you have 60 days?", False),
        ("would you like the 60 days", False),
        ("if you had ordered yesterday you would have 60 days.", False),
        ("other shops give you 60 days.", False),
        ("i think it is 60 days.", False),
    ],
)
def test_speech_acts(text, asserted):
    assert asserts(text) is asserted


@pytest.mark.parametrize(
    "text",
    [
        "it was ordered 60 days ago",
        "you said that you have 60 days to return it",
        "your balance is $60",
        "i'll call you back within 2 hours",
        "your flight is 60 minutes late",
        "it is not 60 days",
        "the bill is $12 less",
    ],
)
def test_facts_of_this_case_are_no_claims(text):
    assert not any(is_claim(frame, text) for frame in frames(text) if frame.quantity is not None)


POLICY = Document(
    id="policies/returns",
    kind="policy",
    title="Returns",
    version="3",
    text="""# Returns
Items may be returned within 30 days of delivery. Opened software cannot be returned.

We deliver to offices, but not to hotels.

| Fare | Change fee | Refund |
|---|---|---|
| Light | EUR 60 | no refund |
| Classic | EUR 30 | 50 % |
""",
)


@pytest.fixture(scope="module")
def book():
    return FactBook([fact for passage in split(POLICY) for fact in compile_facts(passage)])


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("you can return opened software", "contradicts"),
        ("opened software can't be returned", "agrees"),
        ("we deliver to hotels as well", "contradicts"),
        ("we deliver to offices", "agrees"),
        ("items may be returned within 60 days of delivery", "contradicts"),
        ("the change fee in the light fare is eur 30", "contradicts"),
        ("the change fee in the classic fare is eur 30", "agrees"),
        ("the light fare is refunded in full", "contradicts"),
        ("the exhibition runs for 60 days", "unknown"),
        ("we deliver pizza", "unknown"),
    ],
)
def test_judged(book, text, outcome):
    outcomes = {book.judge(frame).outcome for frame in frames(text)}
    gravest = next(one for one in ("contradicts", "agrees", "unknown") if one in outcomes)
    assert gravest == outcome


def test_a_claim_names_its_fact(book):
    (frame,) = [f for f in frames("items may be returned within 60 days of delivery") if f.quantity]
    result = book.judge(frame)
    assert result.fact is not None
    assert result.fact.text == "Items may be returned within 30 days of delivery."
    assert (result.fact.value, result.arithmetic) == ("30 days", "60 > 30")
