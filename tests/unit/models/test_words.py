"""Words: what becomes equal, and that offsets stay those of the original."""

from __future__ import annotations

import pytest

from models.records import Span, Transcript, Turn
from models.words import is_back_channel, spans_of, stretches, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I’m sorry", "i am sorry"),
        ("I'm sorry", "im sorry"),
        ("You can't", "you cannot"),
        ("we don’t", "we do not"),
        ("it's here", "it is here"),
        ("they'll've", "they will have"),
        ("twenty-five dollars", "25 dollars"),
        ("one hundred and five", "105"),
        ("two thousand three hundred", "2,300"),
        ("thirty per cent", "30%"),
        ("30 percent", "30 %"),
        ("E-mail", "email"),
        ("OK", "okay"),
        ("the customer's card", "the customers card"),
        ("HELLO, there!", "hello there"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_equal(one: str, other: str) -> None:
    assert [word.text for word in words(one)] == [word.text for word in words(other)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four four one seven", ["4", "4", "1", "7"]),
        ("twenty twenty", ["20", "20"]),
        ("fifty, sixty", ["50", "60"]),
        ("a hundred and more", ["a", "100", "and", "more"]),
        ("1st of 3.5", ["1st", "of", "3.5"]),
        ("Hi {name}, [CARD ****1111] <NAME> {{ticket.id}}", ["hi", "{}", "{}", "{}", "{}"]),
        ("a < b and c > d", ["a", "b", "and", "c", "d"]),
        ("你好", ["你", "好"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("", []),
        ("?!…", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("um, your, uh, order", ["your", "order"]),
        ("So, you know, it shipped", ["so", "it", "shipped"]),
        ("Do you know it", ["do", "you", "know", "it"]),
        ("I mean, no", ["no"]),
    ],
)
def test_fillers_are_dropped(text: str, expected: list[str]) -> None:
    assert [word.text for word in words(text, drop_fillers=True)] == expected
    assert len(words(text)) >= len(expected)


def test_offsets_are_those_of_the_original() -> None:
    text = "  I’m at twenty-five, İstanbul [amount]."
    assert [text[word.start : word.end] for word in words(text)] == [
        "I’m",
        "I’m",
        "at",
        "twenty-five",
        "İstanbul",
        "[amount]",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mm-hm.", True),
        ("okay, yes", True),
        ("", True),
        ("okay?", False),
        ("yes but my order is late", False),
        ("no wait", False),
    ],
)
def test_back_channel(text: str, expected: bool) -> None:
    assert is_back_channel(text) is expected


def test_stretches_run_across_a_back_channel_and_end_at_a_question() -> None:
    turns = (
        Turn("agent", "This call may"),
        Turn("customer", "mm-hm"),
        Turn("agent", "be recorded."),
        Turn("agent", "note to self", visibility="internal"),
        Turn("customer", "Why is that?"),
        Turn("agent", "For training."),
    )
    found = stretches(Transcript(id="c1", client="acme", turns=turns))
    assert [[word.text for word in said] for said in found] == [
        ["this", "call", "may", "be", "recorded"],
        ["for", "training"],
    ]
    assert spans_of(found[0]) == [Span(0, 0, 13), Span(2, 0, 11)]
