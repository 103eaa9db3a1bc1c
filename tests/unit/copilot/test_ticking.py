"""Facts of cards: open, said, misstated; and that each turn is read once."""

from datetime import UTC, datetime

import pytest

from copilot import ticking
from copilot.facts import fact_lines
from copilot.ticking import ticks
from knowledge_base import KnowledgeBase
from knowledge_base.facts import decide, facts_of
from models.encoders import HashingEncoder
from models.records import Document, Span, Suggestion, Turn

RETURNS = """# Returns

You can return items within 30 days of delivery.
Opened headphones cannot be returned, unless they are faulty.
Return postage costs EUR 4.95."""
MEMBERS = "# Members\n\nMembers of the Gold club can return items within 60 days of delivery."
ASK = "can I send it back"


@pytest.fixture(scope="module")
def kb():
    made = KnowledgeBase("acme", encoder=HashingEncoder())
    made.add([Document("policies/returns", RETURNS, kind="policy", title="Returns", version="3")])
    return made


def card(kb, document="policies/returns", **fields):
    passage = kb.passages(document)[0]
    lines = fact_lines(passage, passage.text)
    fields = {"because": Span(0, 0, len(ASK)), "lines": lines} | fields
    return Suggestion(
        "c1",
        "answer",
        "Returns",
        tuple(line.text for line in lines),
        passage.text,
        (passage,),
        by="b",
        **fields,
    )


def progress(kb, *said, **fields):
    turns = [Turn("customer", ASK)]
    turns += [Turn({"A": "agent", "C": "customer", "B": "bot"}[line[0]], line[3:]) for line in said]
    return ticks(kb, [card(kb, **fields)], turns)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([], ["open", "open", "open"]),
        (["A: You can send it back within thirty days of delivery."], ["said", "open", "open"]),
        (["A: You've got 30 days from delivery to return them, and return postage is 4.95 euros."], ["said", "open", "said"]),
        (["A: Items can be returned within 60 days of delivery."], ["misstated", "open", "open"]),
        (["A: Return postage is free of charge."], ["open", "open", "misstated"]),
        (["A: Opened headphones can't be returned unless they are faulty."], ["open", "said", "open"]),
        (["A: Opened headphones can't be returned."], ["open", "open", "open"]),  # without its exception
        # A rule with an exception says little when it is turned round: not sure enough for a flag.
        (["A: Opened headphones can be returned."], ["open", "open", "open"]),
        # What was said last holds.
        (["A: Items can be returned within 60 days of delivery.",
          "A: Sorry, items can be returned within 30 days of delivery."], ["said", "open", "open"]),
        (["A: Items can be returned within 30 days of delivery.",
          "A: You can return items within 90 days of delivery."], ["misstated", "open", "open"]),
        # Look-alikes: a question, a supposition, somebody else's words, this case, another speaker.
        (["A: Was it delivered more than 60 days ago?"], ["open"] * 3),
        (["A: I see your order was delivered 20 days ago."], ["open"] * 3),
        (["A: You said they told you items can be returned within 60 days."], ["open"] * 3),
        (["A: I think you can return items within 60 days of delivery."], ["open"] * 3),
        (["A: Return postage is 4 euros 95."], ["open"] * 3),
        (["C: I can return items within 30 days of delivery."], ["open"] * 3),
        (["B: You can return items within 30 days of delivery."], ["open"] * 3),
        (["A: One moment please."], ["open"] * 3),
    ],
)  # fmt: skip
def test_progress(kb, said, wanted):
    assert [one.progress for one in progress(kb, *said)] == wanted


def test_a_short_answer_is_read_with_the_question(kb):
    found = progress(kb, "C: How long do I have to return items?", "A: Thirty days from delivery.")
    assert found[0].progress == "said"


def test_where_and_why(kb):
    turn = "Right. Items can be returned within 60 days of delivery."
    first, second, _ = progress(kb, f"A: {turn}")
    assert first.span is not None
    assert (first.span.turn, turn[first.span.start : first.span.end]) == (1, "60 days")
    assert first.reason == "said 60 days; Returns v3 says 30 days: 60 > 30"
    assert (second.progress, second.span, second.reason) == ("open", None, "")
    said = progress(kb, "A: Hello. You can return items within 30 days of delivery.")[0]
    assert said.span == Span(1, 7, 55)


def test_only_from_the_turn_that_called_for_the_card(kb):
    turns = [Turn("agent", "You can return items within 30 days of delivery."), Turn("customer", ASK)]
    assert ticks(kb, [card(kb)], turns)[0].progress == "said"
    assert ticks(kb, [card(kb, because=Span(1, 0, 3))], turns)[0].progress == "open"
    assert ticks(kb, [card(kb, because=None)], turns)[0].progress == "said"


def test_internal_notes_say_nothing(kb):
    note = Turn("agent", "You can return items within 30 days of delivery.", visibility="internal")
    assert ticks(kb, [card(kb)], [Turn("customer", ASK), note])[0].progress == "open"


def test_cards_of_facts_alone_and_cards_without_a_source(kb):
    bare = card(kb, lines=())
    turns = [Turn("customer", ASK), Turn("agent", "You can return items within 60 days of delivery.")]
    alert = Suggestion("c2", "alert", "t", ("Be kind.",), "", (), None, "b")
    found = ticks(kb, [alert, bare], turns)
    assert [(one.suggestion, one.line, one.progress) for one in found] == [
        ("c2", 0, "open"), ("c1", 0, "misstated"), ("c1", 1, "open"), ("c1", 2, "open"),
    ]  # fmt: skip


def test_another_document_that_says_so_keeps_it_from_being_misstated():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add(
        [
            Document("policies/returns", RETURNS, kind="policy"),
            Document("policies/gold", MEMBERS, kind="policy"),
        ]
    )
    said = "A: Members of the Gold club can return items within 60 days of delivery."
    assert progress(kb, said)[0].progress == "open"


def test_a_rejected_fact_is_held_against_nobody():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add([Document("policies/returns", RETURNS, kind="policy")])
    said = "A: Return postage is EUR 9.95."
    assert progress(kb, said)[2].progress == "misstated"
    wrong = [fact.id for fact in facts_of(kb) if "postage" in fact.text]
    decide(kb, wrong, "rejected", who="Kim", at=datetime(2026, 1, 1, tzinfo=UTC))
    assert progress(kb, said)[2].progress == "open"


def test_of_a_long_contact_with_three_like_cards_each_turn_is_read_once(monkeypatch):
    talk = [Turn("customer", ASK)]
    for number in range(60):
        talk += [
            Turn("agent", f"Let me look at order {number} for you, it was delivered {number} days ago."),
            Turn("customer", f"It is the {number}. pair of headphones that I return."),
        ]
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add([Document("policies/returns", RETURNS, kind="policy")])
    read, of_turn = [], ticking._of_turn
    monkeypatch.setattr(ticking, "_of_turn", lambda *given: read.append(given[3]) or of_turn(*given))
    cards = [card(kb), card(kb), card(kb)]
    for end in range(1, len(talk) + 1):
        ticks(kb, cards, talk[:end])
    assert read == [turn.text for turn in talk if turn.speaker == "agent"]
