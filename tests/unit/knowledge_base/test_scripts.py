"""Script sentences: what is a sentence of the script, what it is for, and what is courtesy."""

from __future__ import annotations

from knowledge_base.scripts import script_sentences
from models.records import Document
from tests.unit.library import Library


def test_sentences_parts_and_passages() -> None:
    library = Library(
        Document(
            id="scripts/calls",
            kind="script",
            title="Calls",
            text=(
                "# Greeting\n\n- Thank you for calling Acme, my name is {agent name}.\n\n# Verification\n\n"
                '1. May I have your account number, please?\n\n# Returns\n\nAgent: "Your refund of [amount] is on\n'
                'its way. It takes **five** days."\n\n# Closing\n\n* Would you take a moment to rate this chat?\n'
            ),
        ),
        Document(id="macros/bye", kind="macro", title="Farewell", text="Goodbye and take care of yourself."),
        Document(id="policies/refunds", kind="policy", text="A refund takes five days."),
    )
    found = script_sentences(library)
    assert [(s.text, s.part, s.courtesy) for s in found] == [
        ("Thank you for calling Acme, my name is {agent name}.", "greeting", True),
        ("May I have your account number, please?", "verification", False),
        ("Your refund of [amount] is on its way.", "", False),
        ("It takes five days.", "", False),
        ("Would you take a moment to rate this chat?", "sales", False),
        ("Goodbye and take care of yourself.", "closing", True),
    ]
    passages = {p.id: p.text for d in ("scripts/calls", "macros/bye") for p in library.passages(d)}
    assert all(sentence.passage in passages for sentence in found)
    assert "refund of [amount]" in passages[found[2].passage]


def test_each_wording_once() -> None:
    library = Library(
        Document(id="a", kind="script", text="Please hold the line."),
        Document(id="b", kind="macro", text="please hold the line"),
    )
    assert [s.passage for s in script_sentences(library)] == ["a#1"]


def test_no_script_no_sentences() -> None:
    assert script_sentences(Library()) == []
