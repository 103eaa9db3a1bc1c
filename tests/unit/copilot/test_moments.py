"""Moments: when the copilot speaks without being asked."""

from datetime import date, timedelta

import pytest

from copilot import Copilot, Quietness
from copilot.cards import NOT_HERE
from knowledge_base import KnowledgeBase
from knowledge_base.moments import finder, read_moments
from models.encoders import HashingEncoder
from models.errors import ConfigError
from models.records import ClientProfile, Document, Finding, Span, Turn

LONG = "The team reads the meter on the last day and sends the final bill within the month that follows. " * 6
LEAVING = (
    f"# Leaving\n\n## Exit fee\n\nThe exit fee is $50. {LONG}\n\n## Notice\n\nThe notice is 30 days. {LONG}"
)
DOCUMENTS = [
    Document("policies/leaving", LEAVING, kind="policy", version="2"),
    Document("policies/refunds", "# Refunds\n\nA card refund takes 3 to 5 business days.", kind="policy"),
    Document(
        "policies/old", "# Old\n\nThe exit fee is $99.", kind="policy", effective_until=date(2020, 1, 1)
    ),
]


class Complaints:
    name = "complaints.v1"
    labels = ("customer.complaint",)

    def detect(self, readings):
        return [
            [
                Finding(self.labels[0], "note", Span(index, at, at + 8), 0.9, "c@1", "said so")
                for index, turn in enumerate(reading.transcript.turns)
                if (at := turn.text.find("complain")) >= 0
            ]
            for reading in readings
        ]


def session(*moments, quietness=None, documents=DOCUMENTS):
    kb = KnowledgeBase("acme", encoder=HashingEncoder(), profile=ClientProfile("acme", moments=moments))
    kb.add(documents)
    return Copilot(kb, detectors=(Complaints(),), quietness=quietness).session("c1")


def heard(live, *texts, speaker="customer", **fields):
    return [[card.moment or card.kind for card in live.hear(Turn(speaker, text, **fields))] for text in texts]


MOMENT = {"id": "leaving", "when": "cancel my contract", "show": "policies/leaving"}


@pytest.mark.parametrize(
    ("changed", "text", "speaker", "comes"),
    [
        ({}, "Please CANCEL, um, my contract now.", "customer", True),
        ({}, "Cancel my contracts.", "customer", False),
        ({}, "Cancel my contract.", "agent", False),
        ({"speaker": "agent"}, "Cancel my contract.", "agent", True),
        ({"speaker": "any"}, "Cancel my contract.", "agent", True),
        ({"unless": "do not"}, "Do not cancel my contract.", "customer", False),
        ({"unless": "/do(?:n't| not)/"}, "Don’t cancel my contract.", "customer", False),
        ({"when": "/cancel(?:l?ed)? (?:my|the) contract/"}, "I cancelled the contract.", "customer", True),
        ({"when": "customer.complaint"}, "I complain.", "customer", True),
        ({"when": "customer.complaint"}, "I do not.", "customer", False),
        ({"languages": ["en"]}, "Cancel my contract.", "customer", True),
        ({"languages": ["nl"]}, "Cancel my contract.", "customer", False),
        ({"when": "kündigen"}, "Ich will kundigen.", "customer", True),
        ({"meaning": ["I want to leave you for good"], "when": None}, "I want to leave you for good", "customer", True),
        ({"meaning": ["I want to leave you for good"], "when": None}, "The lamp is green.", "customer", False),
    ],
)  # fmt: skip
def test_when_a_moment_comes(changed, text, speaker, comes):
    entry = {key: value for key, value in {**MOMENT, **changed}.items() if value is not None}
    (cards,) = heard(session(entry), text, speaker=speaker, language="en")
    assert ("leaving" in cards) is comes


def test_the_words_that_called_for_it_are_its_evidence():
    live = session(MOMENT)
    (card,) = live.hear(Turn("customer", "Hello. Cancel  my contract, please."))
    assert live.transcript.quote(card.because) == "Cancel  my contract"


@pytest.mark.parametrize(
    ("show", "text"),
    [
        ("policies/leaving#Exit fee", "The exit fee is $50."),
        ("policies/leaving#notice", "The notice is 30 days."),
        ("policies/leaving#2", "The notice is 30 days."),
        ("policies/leaving#9", None),
        ("policies/old", None),
        ("policies/none", None),
    ],
)
def test_what_is_pinned(show, text):
    cards = session({**MOMENT, "show": show}).hear(Turn("customer", "Cancel my contract."))
    assert [card.text[: len(text or "")] for card in cards] == ([] if text is None else [text])


def test_cooldown_and_most():
    entry = {**MOMENT, "show": None, "alert": "Offer the pause first.", "cooldown_turns": 2, "most": 2}
    live = session({key: value for key, value in entry.items() if value})
    cancel, other = "Cancel my contract.", "Well."
    came = heard(live, cancel, cancel, other, cancel, other, other, other, cancel)
    assert came == [["leaving"], [], [], ["leaving"], [], [], [], []]


def test_the_more_important_comes_first_and_never_more_than_three():
    entries = [
        {"id": f"m{number}", "when": "contract", "alert": f"Line {number}.", "priority": number}
        for number in range(5)
    ]
    assert heard(session(*entries), "My contract.") == [["m4", "m3", "m2"]]


def test_moments_come_before_search():
    live = session({"id": "first", "when": "refund", "alert": "Check the card."})
    assert heard(live, "How long does a card refund take?") == [["first", "answer"]]


def test_a_search_and_an_alert_show_what_they_say():
    live = session({"id": "s", "when": "card", "search": "how long does a card refund take"})
    (card,) = live.hear(Turn("customer", "My card."))
    assert card.sources[0].document == "policies/refunds"
    alert = session({"id": "a", "when": "card", "alert": "Say less."}).hear(Turn("customer", "My card."))[0]
    assert (alert.kind, alert.notice, alert.facts) == ("alert", "Say less.", ())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Do you deliver to Norway?", True),
        ("Do you have a loyalty program?", True),
        ("Can I pay with bitcoin?", True),
        ("Can you check my order?", False),
        ("Did it go through?", False),
        ("What is your favourite football team?", False),
        ("Do you have my address?", False),
        ("I deliver to Norway.", False),
        ("Hello!", False),
    ],
)
def test_what_nothing_answers_is_said_of_rules_and_offers_alone(text, told):
    cards = session().hear(Turn("customer", text))
    assert [card.notice for card in cards if card.kind == "alert"] == ([NOT_HERE] if told else [])


def test_it_is_not_said_again_soon_and_can_be_switched_off():
    live = session()
    asked = ("Do you deliver to Norway?", "Do you accept bitcoin payments?")
    assert heard(live, *asked) == [["alert"], []]
    assert heard(session(quietness=Quietness(unanswered=0.0)), *asked) == [[], []]


def test_a_changed_document_says_so_for_two_weeks():
    asked = Turn("customer", "How long does a card refund take?")
    recent = date.today() - timedelta(days=3)
    new = Document(
        "policies/refunds", "# Refunds\n\nA card refund takes 9 business days.", kind="policy", version="5"
    )
    before = Document("policies/refunds", DOCUMENTS[1].text, kind="policy", version="4")

    def notice(*revisions):
        live = session(documents=[DOCUMENTS[0], revisions[0]])
        for revision in revisions[1:]:
            live._kb.add([revision])
        return live.hear(asked)[0].notice

    assert notice(before) == ""
    assert "now version 5; before it was version 4" in notice(before, new)
    dated = Document(new.id, new.text, kind="policy", version="5", effective_from=recent)
    assert notice(dated).startswith("New: version 5 holds since ")
    old = Document(new.id, new.text, kind="policy", version="5", effective_from=recent - timedelta(days=30))
    assert notice(old) == ""


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ({"when": "x", "show": "y"}, "id"),
        ({"id": "a", "show": "y"}, "when"),
        ({"id": "a", "when": "x"}, "show"),
        ({"id": "a", "when": "x", "show": "y", "alert": "z"}, "alert"),
        ({"id": "a", "when": "/(?=x)y/", "show": "y"}, "when"),
        ({"id": "a", "when": "...", "show": "y"}, "when"),
        ({"id": "a", "when": "x", "unless": "/(/", "show": "y"}, "unless"),
        ({"id": "a", "when": "x", "show": "y", "near": 2}, "near"),
        ({"id": "a", "when": "x", "show": "y", "speaker": "nobody"}, "speaker"),
        ({"id": "a", "when": "x", "show": "y", "whn": "z"}, "whn"),
    ],
)
def test_what_is_wrong_names_file_line_and_key(entry, key):
    with pytest.raises(ConfigError, match=f"client.yaml, line 7: {key}"):
        read_moments([{**entry, "line": 7}])


def test_an_endless_pattern_is_harmless():
    find = finder(["/(a+)+b/"])
    assert find("a" * 50_000) is None
