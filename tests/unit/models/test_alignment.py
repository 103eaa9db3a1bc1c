"""Alignment: order, slots, misheard words, places, and the index over many templates."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models import alignment
from models.alignment import ScriptIndex, align, compile_template, same_word
from models.words import words

RECORDED = "This call may be recorded for quality and training purposes."


@pytest.mark.parametrize(
    ("template", "text", "recall", "precision"),
    [
        (RECORDED, RECORDED, 1.0, 1.0),
        (RECORDED, "yes so this call may be recorded for quality and training purposes okay", 1.0, 1.0),
        (RECORDED, "This call is recorded for quality purposes.", 0.6, 6 / 7),
        (RECORDED, "purposes training and quality for recorded be may call this", 0.1, 1.0),
        ("Your order {number} has shipped", "Your order 4417 has shipped", 1.0, 1.0),
        ("Your order {number} has shipped", "Your order has shipped", 1.0, 1.0),
        ("Your order {number} has shipped", "Your order one two three four five six has shipped", 1.0, 0.8),
        ("I'm [name] from Acme", "I am Maria Jose from Acme", 1.0, 1.0),
        ("thirty days", "30 days", 1.0, 1.0),
        ("please confirm the booking today", "please confirm the bookings today", 1.0, 1.0),
        ("we will refund 1500 dollars", "we will refund 1501 dollars", 0.8, 0.8),
        ("Thank you for calling", "something else entirely", 0.0, 0.0),
        ("{x}", "a b", 0.0, 0.0),
        ("", "a b", 0.0, 0.0),
    ],
)
def test_align(template: str, text: str, recall: float, precision: float) -> None:
    found = align(template, text)
    assert found.recall == pytest.approx(recall)
    assert found.precision == pytest.approx(precision)


def test_place_and_missing_words() -> None:
    text = "Good day! This call, um, may be recorded for training purposes. Fine?"
    found = align(RECORDED, text)
    assert text[found.start : found.end] == "This call, um, may be recorded for training purposes"
    assert found.missing == ("quality", "and")
    assert (found.matched, found.fixed, found.run) == (8, 10, 6)


def test_a_far_word_does_not_stretch_the_alignment() -> None:
    text = "this " + "and then some other thing happened " * 4 + "call may be recorded for training"
    found = align("This call may be recorded for training", text)
    assert text[found.start : found.end] == "call may be recorded for training"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("booking", "bookings", True),
        ("refundable", "nonrefundable", False),
        ("authorised", "unauthorised", False),
        ("able", "unable", False),
        ("1500", "1501", False),
        ("can", "cat", False),
        ("cancellation", "cancelation", True),
    ],
)
def test_same_word(one: str, other: str, same: bool) -> None:
    assert (same_word(one, other) > 0) is same


def said(text: str) -> list[str]:
    return [word.text for word in words(text, drop_fillers=True)]


def test_index_finds_each_template_where_it_stands() -> None:
    index = ScriptIndex(
        [
            "Thank you for calling {company}, how may I help you today?",
            "I completely understand how frustrating this must be.",
            "Your refund of {amount} will arrive within five business days.",
            "Thank you",
        ]
    )
    text = said(
        "thank you for calling acme air how may i help you today ... well I completely understand how "
        "frustrating this must feel ... your refund of twelve dollars will arrive within 5 business days "
        "... i completely understand how frustrating this must be"
    )
    found = index.find(text)
    assert [match.template for match in found] == [0, 1, 2, 1]
    places = [(match.alignment.start, match.alignment.end) for match in found]
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_index_ignores_templates_of_two_words_and_unlike_text() -> None:
    index = ScriptIndex(["Thank you", "One moment please while I check your booking."])
    assert index.find(said("thank you so much, one more thing about your booking")) == []
    assert ScriptIndex([]).find(said("anything")) == []


def test_the_longer_of_two_templates_wins() -> None:
    index = ScriptIndex(["Is there anything else?", "Is there anything else I can help you with today?"])
    found = index.find(said("Is there anything else I can help you with today?"))
    assert [match.template for match in found] == [1]


def test_of_two_thousand_templates_few_are_laid_beside_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    nouns = [
        f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("rin", "lot", "sem", "vak", "duz")
    ]
    templates = [
        f"please {nouns[i % 300]} your {nouns[i * 7 % 299]} for the {nouns[i * 13 % 293]} and "
        f"{nouns[i * 29 % 283]} we will {nouns[i * 31 % 281]} it {nouns[i * 37 % 277]}"
        for i in range(2_000)
    ]
    index = ScriptIndex(templates)
    turns = [said(f"well hello there {templates[i * 33]} is that all right for you now") for i in range(60)]
    laid: list[object] = []
    align_words = alignment.align_words
    monkeypatch.setattr(alignment, "align_words", lambda *given: laid.append(1) or align_words(*given))
    found = [index.find(turn) for turn in turns]
    assert all(i * 33 in [match.template for match in matches] for i, matches in enumerate(found))
    assert 60 <= len(laid) < 60 * 10


def test_a_template_counts_its_slots() -> None:
    ready = compile_template("{greeting}, I am {name} {surname} of Acme")
    assert ready.words == ("i", "am", "of", "acme")
    assert ready.slots == (1, 0, 2, 0)
