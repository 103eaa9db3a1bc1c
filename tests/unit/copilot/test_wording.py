"""Wording is streamed, grounded, bounded in time and labelled; the passage stands whatever happens."""

import threading
import time

import pytest

from copilot.wording import collected, label_of, word, worded
from models.errors import ModelError
from models.generators import GuardedGenerator, QuotingGenerator
from models.records import Passage, Suggestion

TEXT = "A refund takes 5 working days. The pick-up costs EUR 39. Gift cards cannot be returned."


def card(**changes):
    passage = Passage("p#1", "policies/refunds", TEXT, 0, len(TEXT), "Refunds", "Refunds", version="v12")
    fields = {"facts": tuple(TEXT.split(". ")), "text": TEXT, "sources": (passage,), "kind": "answer"}
    fields |= changes
    return Suggestion(id="s", title="Refunds", because=None, by="copilot.v1", **fields)


class Speaking:
    """Gives fixed pieces, waiting before each."""

    name = "speaking@1"

    def __init__(self, *pieces, wait_s=0.0):
        self.pieces, self.wait_s, self.closed = pieces, wait_s, threading.Event()

    def generate(self, prompts, max_tokens):
        return ["".join(self.pieces) for _ in prompts]

    def stream(self, prompt, max_tokens):
        try:
            for piece in self.pieces:
                time.sleep(self.wait_s)
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed.set()


def test_sentences_come_one_by_one_and_grounded():
    said = Speaking(
        "A refund takes ", "5 working days. The pick-up", " costs EUR 3. Gift cards", " cannot be returned."
    )
    stream = word(card(), "When do I get my money?", said)
    assert next(stream) == "A refund takes 5 working days."
    assert next(stream) == "Gift cards cannot be returned."
    with pytest.raises(StopIteration) as end:
        next(stream)
    made = end.value.value
    assert made.text == "A refund takes 5 working days. Gift cards cannot be returned."
    assert made.outcome == "worded"
    assert made.label == "AI-worded, check Refunds v12"
    assert made.by == "speaking@1"
    assert [(one.sentence, one.reason) for one in made.dropped] == [("The pick-up costs EUR 3.", "number")]


def test_the_quoting_generator_is_kept_whole():
    made = worded(card(), "When?", QuotingGenerator())
    assert made.text == TEXT
    assert made.dropped == ()


@pytest.mark.parametrize(
    ("pieces", "reasons"),
    [
        (["It takes 9 years."], ["words"]),
        (["A refund takes 5 working days"], ["unfinished"]),
        (["A refund takes 5 working days.\n", "A refund takes 5 working days."], ["repeated"]),
        ([""], []),
        (["   \n\n  "], []),
    ],
)
def test_what_cannot_be_kept_is_not_shown(pieces, reasons):
    made = worded(card(), "When?", Speaking(*pieces))
    assert [one.reason for one in made.dropped] == reasons
    assert made.outcome == ("worded" if "repeated" in reasons else "nothing")


def test_at_most_four_sentences_and_no_endless_reply():
    lines = [f"Part {number} costs EUR {number}." for number in range(2, 40)]
    text = " ".join(lines)
    passage = Passage("p#1", "p", text, 0, len(text), "Parts")
    made = worded(
        card(facts=tuple(lines), text=text, sources=(passage,)), "?", Speaking(*(f"{one} " for one in lines))
    )
    assert made.text == " ".join(lines[:4])

    class Endless(Speaking):
        def stream(self, prompt, max_tokens):
            while True:
                yield "nothing of this is said there "

    assert worded(card(), "?", Endless(), deadline_s=20).text == ""


def test_after_the_deadline_the_passage_stands():
    slow = Speaking("A refund takes 5 working days. ", *["The pick-up costs EUR 39. "] * 1_000, wait_s=0.05)
    made = worded(card(), "When?", slow, deadline_s=0.2)  # all of it would take fifty seconds
    assert made.outcome == "late"
    assert TEXT.startswith(made.text)
    assert slow.closed.wait(3)


def test_a_reader_that_leaves_stops_the_generator():
    said = Speaking(*["A refund takes 5 working days. "] * 50, wait_s=0.02)
    stream = word(card(), "When?", said, deadline_s=20)
    next(stream)
    stream.close()
    assert said.closed.wait(3)


@pytest.mark.parametrize(
    "problem", [ModelError("gone", retryable=True), OSError("gone"), RuntimeError("gone")]
)
def test_a_generator_that_breaks_costs_its_own_words_alone(problem):
    made = worded(card(), "When?", Speaking("A refund takes 5 working days. The", problem))
    assert made.outcome == "failed"
    assert made.text == "A refund takes 5 working days."
    assert worded(card(), "When?", Speaking(b"bytes")).outcome == "failed"


def test_late_and_failed_open_the_breaker():
    guarded = GuardedGenerator(Speaking("A", wait_s=0.3), failures=2, most_at_once=4)
    for _ in range(2):
        assert worded(card(), "When?", guarded, deadline_s=0.05).outcome == "late"
    assert guarded.resting
    assert worded(card(), "When?", guarded, deadline_s=0.05).outcome == "failed"


def test_nothing_to_word():
    assert worded(card(facts=(), text=""), "?", QuotingGenerator()).outcome == "not asked"
    assert worded(card(sources=()), "?", QuotingGenerator()).outcome == "not asked"
    assert worded(card(kind="alert"), "?", QuotingGenerator()).outcome == "not asked"
    assert label_of(()) == "AI-worded"


def test_a_redactor_that_fails_sends_nothing(monkeypatch):
    from models import redaction
    from models.errors import RedactionError

    def fail(*_, **__):
        raise RedactionError("no")

    monkeypatch.setattr(redaction, "redact", fail)
    said = Speaking("A refund takes 5 working days.")
    assert collected(word(card(), "When?", said)).outcome == "failed"
    assert not said.closed.is_set()
