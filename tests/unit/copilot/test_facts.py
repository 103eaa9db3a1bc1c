import pytest

from copilot.facts import facts
from models.records import Passage

REFUNDS = """## Refunds
We are proud of our service.
- Card refunds take 3 to 5 business days.
- Bank transfers take 10 business days.
- No refund is given for gift cards, unless the law requires it.
Our teams work hard every day."""


def passage(text):
    return Passage("d#1", "d", text, 0, len(text))


def test_numbers_and_conditions_come_first_in_the_order_of_the_passage():
    assert facts(passage(REFUNDS), "how long does a refund to my card take", most=3) == (
        "Card refunds take 3 to 5 business days.",
        "Bank transfers take 10 business days.",
        "No refund is given for gift cards, unless the law requires it.",
    )


def test_every_fact_is_a_slice_of_the_passage():
    for fact in facts(passage(REFUNDS), "refund"):
        assert fact in REFUNDS


def test_a_passage_without_numbers_still_says_something():
    assert facts(passage("Keep the parcel closed."), "zebra") == ("Keep the parcel closed.",)


def test_long_lines_are_cut_at_a_word():
    (fact,) = facts(passage("refund " + "word " * 100), "refund")
    assert fact.endswith("word …")
    assert len(fact) <= 242


@pytest.mark.parametrize("text", ["", "\n\n", "# Only a heading"])
def test_nothing_to_say(text):
    assert facts(passage(text), "refund") == ()


def test_the_names_of_columns_are_no_fact():
    table = "| Refunded to | Time |\n|---|---|\n| Card | 3 to 5 days |\n| Bank | 7 days |"
    assert facts(passage(table), "refund") == ("Card | 3 to 5 days", "Bank | 7 days")


def test_marks_and_wrapped_lines_are_read_over():
    assert facts(passage("Items may be returned\nwithin **30 days** of delivery."), "return") == (
        "Items may be returned within 30 days of delivery.",
    )
