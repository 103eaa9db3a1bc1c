import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.facts import fact_lines, facts
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


def lines_of(text, query, **options):
    return fact_lines(passage(text), query, **options)


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        # A line that limits the one before it comes along, however little it has of the question.
        (
            "We are glad.\nA refund is given within 30 days.\nUnless the seal is broken.\nOur shop is big.",
            "refund",
            ["A refund is given within 30 days.", "Unless the seal is broken."],
        ),
        (
            "- Refunds take 5 days.\n- This does not apply to gift cards.\n- We like gifts.",
            "how long does a refund take",
            ["Refunds take 5 days.", "This does not apply to gift cards."],
        ),
        # What limits nothing by itself brings what it limits.
        (
            "Moving it is free until noon.\nAfter that, moving costs $20.\nHello there.",
            "what does it cost: $20",
            ["Moving it is free until noon.", "After that, moving costs $20."],
        ),
        # A list item says nothing without a heading line that denies.
        (
            "These items cannot be returned:\n- Gift cards\n- Swimwear\n\nWe deliver fast.",
            "swimwear",
            ["These items cannot be returned:", "Swimwear"],
        ),
        # And a line behind a list limits all of it.
        (
            "- Gift cards are final.\n- Rugs are final.\n\nThese rules do not apply to faulty items.\nHello there.",
            "gift cards",
            ["Gift cards are final.", "These rules do not apply to faulty items."],
        ),
        # An exception that speaks of the answer's subject is put before what does not.
        (
            "Games can be sent back within 30 days.\nWe have 200 shops.\nOpened games are excluded.",
            "send back games",
            ["Games can be sent back within 30 days.", "Opened games are excluded."],
        ),
    ],
)
def test_what_limits_a_fact_comes_along(text, query, expected):
    assert [line.text for line in lines_of(text, query, most=2)] == expected


def test_company_that_does_not_fit_is_left_out_together():
    text = "A refund takes 5 days.\nUnless it was a gift.\nA refund for gifts takes 9 days."
    assert [line.text for line in lines_of(text, "refund gift", most=1)] == [
        "A refund for gifts takes 9 days."
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The fee is $15.", "amount"),
        ("You get 20 % off.", "amount"),
        ("Refunds take 5 days.", "date"),
        ("We open at 8:00.", "date"),
        ("If the box is open, we take it back.", "condition"),
        ("You must show the receipt.", "condition"),
        ("Gift cards are not covered.", "exception"),
        ("It is free unless it rains.", "exception"),
        ("We like our work.", "other"),
    ],
)
def test_kinds(text, kind):
    (line,) = lines_of(text, "refund")
    assert line.kind == kind


def test_steps_are_told_from_numbered_options():
    steps = lines_of("1. Unplug the router.\n2. Wait one minute.", "router")
    assert {line.kind for line in steps} == {"step"}
    options = lines_of("1. A spare part, free of charge.\n2. A refund of 20 %.", "part refund")
    assert {line.kind for line in options} == {"amount"}


def test_other_wordings_are_no_facts():
    text = "Refunds take 5 days.\n\n## Other ways to say it\n\n- Your money is back in 5 days."
    assert facts(passage(text), "refund days money") == ("Refunds take 5 days.",)


def test_a_line_break_before_a_number_or_an_indented_word_ends_nothing():
    assert facts(passage("- Return postage costs,\n  as a rule,\n  4.95 for each parcel."), "postage") == (
        "Return postage costs, as a rule, 4.95 for each parcel.",
    )


WORDS = st.sampled_from(
    "refund **30 days** unless seal `code` EUR 5.00 if not. Card | bank: Größe 50 % naïve two\nwords , ; ! ?".split(
        " "
    )
)
MARKS = st.sampled_from(["", "- ", "1. ", "> ", "# ", "| ", "  - ", "\n", "* "])
PASSAGES = st.lists(st.tuples(MARKS, st.lists(WORDS, min_size=1, max_size=60)), max_size=8).map(
    lambda lines: "\n".join(mark + " ".join(words) for mark, words in lines)
)


@given(PASSAGES, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_the_words_at_the_address_are_the_fact(text, most):
    found = fact_lines(passage(text), "refund card", most=most)
    assert len(found) <= most
    assert [line.start for line in found] == sorted(line.start for line in found)
    for line in found:
        assert 0 <= line.start < line.end <= len(text)
        kept = re.sub(r"\*\*|__|`", "", text[line.start : line.end])
        assert " ".join(kept.split()) == line.text.removesuffix(" …")
    assert facts(passage(text), "refund card", most=most) == tuple(line.text for line in found)
