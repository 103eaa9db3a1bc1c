import threading
import time

import pytest

from copilot.draft_check import check_draft
from copilot.draft_questions import open_questions_of, unanswered
from copilot.draft_rules import draft_rules, remedy
from knowledge_base.splitting import split
from models.errors import ConfigError
from models.labels import LABELS
from models.records import ClientProfile, Document, Finding, Span, Suggestion, Transcript, Turn
from qa.detectors import standard_detectors
from qa.detectors.rules import load_rules
from tests.unit.library import Library

POLICY = Document(
    id="refunds",
    kind="policy",
    text="# Refunds\n\nA refund takes 5 working days after the item has arrived.\n\n"
    "# Repairs\n\nA technician repairs the boiler within 48 hours.\n",
)


def contact(*said):
    turns = [Turn("customer" if i % 2 == 0 else "agent", text, language="en") for i, text in enumerate(said)]
    return Transcript(id="c1", client="acme", turns=tuple(turns), language="en")


def passage(text):
    return split(Document(id="x", text=text, kind="faq"))[0]


def labels(check):
    return [finding.label for finding in check.findings]


class Marks:
    """Marks a word wherever an agent says it."""

    name = "marks.v1"
    labels = ("tone.rude", "brand.threat")

    def __init__(self, word="idiot", label="tone.rude", remedy=""):
        self.word, self.label, self.remedy = word, label, remedy

    def detect(self, readings):
        found = []
        for reading in readings:
            here = []
            for turn in reading.agent_turns:
                at = reading.transcript.turns[turn].text.find(self.word)
                if at >= 0:
                    span = Span(turn, at, at + len(self.word))
                    here.append(Finding(self.label, "critical", span, 0.9, "marks@1", "why", self.remedy))
            found.append(here)
        return found


class Slow(Marks):
    name = "slow.v1"

    def __init__(self):
        super().__init__()
        self.go, self.calls = threading.Event(), 0

    def detect(self, readings):
        self.calls += 1
        self.go.wait(20)
        return super().detect(readings)


class Broken(Marks):
    name = "broken.v1"

    def detect(self, readings):
        raise RuntimeError("spoken words must not come out of here")


def test_spans_point_into_the_draft_and_every_finding_has_a_remedy():
    check = check_draft(Library(), contact("Hi", "you idiot"), "oh you idiot", detectors=[Marks()])
    (one,) = check.findings
    assert one.span == Span(0, 7, 12)
    assert one.remedy == remedy("tone.rude")
    own = check_draft(Library(), contact("Hi"), "idiot", detectors=[Marks(remedy="Say it so.")])
    assert own.findings[0].remedy == "Say it so."


def test_advice_unless_the_client_binds_it():
    free = Library()
    bound = Library(
        profile=ClientProfile(id="acme", extra={"draft": {"block": ["brand.threat", "tone.rude"]}})
    )
    for kb, blocked in ((free, ()), (bound, ("tone.rude",))):
        check = check_draft(kb, contact("Hi"), "you idiot", detectors=[Marks()])
        assert check.blocked_by == blocked
        assert check.available
    assert check_draft(bound, contact("Hi"), "Good day", detectors=[Marks()]).blocked_by == ()


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ({"block": ["brand.thread"]}, "did you mean `brand.threat`"),
        ({"block": ["customer.churn"]}, "no draft can have"),
        ({"block": {"a": 1}}, "list of labels"),
        ({"blocks": ["brand.threat"]}, "`draft.blocks` is not known"),
        (["brand.threat"], "must be a group"),
    ],
)
def test_a_wrong_rule_is_told_and_blocks_nothing(draft, words):
    profile = ClientProfile(id="acme", extra={"draft": draft})
    with pytest.raises(ConfigError, match=words):
        draft_rules(profile)
    check = check_draft(Library(profile=profile), contact("Hi"), "you idiot", detectors=[Marks()])
    assert check.blocked_by == ()
    assert labels(check) == ["tone.rude"]
    assert words in check.note


def test_one_word_is_a_list_of_one():
    assert draft_rules(ClientProfile(id="a", extra={"draft": {"block": "brand.threat"}})).block == {
        "brand.threat"
    }
    assert draft_rules(ClientProfile(id="a")).block == frozenset()


def test_a_broken_detector_is_named_and_hides_no_other():
    check = check_draft(Library(), contact("Hi"), "you idiot", detectors=[Broken(), Marks()])
    assert labels(check) == ["tone.rude"]
    assert check.available
    assert "broken.v1" in check.note
    assert "You can still send" in check.note
    assert "spoken" not in check.note


def test_a_late_detector_is_named_and_not_waited_for_twice():
    kb, slow = Library(), Slow()
    check_draft(kb, contact("Hi"), "Good day to you", detectors=[Marks()])  # warm
    began = time.monotonic()
    first = check_draft(kb, contact("Hi"), "you idiot", detectors=[Marks(), slow], budget_s=0.3)
    second = check_draft(kb, contact("Hi"), "you idiot!", detectors=[slow, Marks()], budget_s=5.0)
    assert time.monotonic() - began < 15
    for check in (first, second):
        assert "slow.v1" in check.note
        assert labels(check) == ["tone.rude"]
    assert slow.calls == 1
    slow.go.set()


def test_nothing_to_check_and_nothing_to_check_with():
    assert check_draft(Library(), contact("Hi"), " \n", detectors=[Marks()]).findings == ()
    none = check_draft(Library(), contact("Hi"), "Good day", detectors=[])
    assert not none.available
    assert "still send" in none.note


def test_the_reading_level_comes_along():
    check = check_draft(
        Library(), contact("Hi"), "Send it back to us and we will pay you back.", detectors=[Marks()]
    )
    assert check.reading is not None
    assert check.reading.words == 11


def test_what_ships_finds_secrets_and_contradictions_in_a_draft():
    kb = Library(POLICY)
    detectors = standard_detectors(kb)
    said = contact("I sent the item back. When do I get the refund?")
    wrong = check_draft(
        kb, said, "A refund takes 20 working days after the item has arrived.", detectors=detectors
    )
    assert "brand.policy_contradiction" in labels(wrong)
    card = check_draft(
        kb, said, "Is it the card 4111 1111 1111 1111? Tell me the PIN too.", detectors=detectors
    )
    assert {"privacy.secret_request"} <= set(labels(card))
    assert all(finding.remedy for finding in (*wrong.findings, *card.findings))


def test_a_missing_required_statement_is_no_fault_of_a_draft():
    required = Document(
        id="rec", kind="disclosure", text="This call is recorded for training.", required_when=("always",)
    )
    kb = Library(required, POLICY)
    check = check_draft(kb, contact("Hi"), "Hello, this is Ana.", detectors=standard_detectors(kb))
    assert not [label for label in labels(check) if label.startswith("compliance.")]


PROMISES = [
    ("Your replacement will be delivered within 3 days.", True),
    ("Your refund will be with you within 5 working days.", False),  # a document says it
    ("The technician will repair the boiler within 48 hours.", False),
    ("I will call you back within 3 days.", False),
    ("Your replacement will probably be delivered within 3 days.", False),
    ("Will the replacement be delivered within 3 days?", False),
    ("The replacement was delivered within 3 days.", False),
    ("You said the replacement will be delivered within 3 days.", False),
]


@pytest.mark.parametrize(("draft", "unsupported"), PROMISES)
def test_unsupported_promises(draft, unsupported):
    check = check_draft(Library(POLICY), contact("My lamp is broken."), draft, detectors=[Marks()])
    assert ("draft.unsupported_promise" in labels(check)) == unsupported
    if unsupported:
        (one,) = check.findings
        assert draft[one.span.start : one.span.end].endswith("3 days")


def test_what_was_said_in_the_contact_or_stands_on_a_card_is_supported():
    draft = "Your replacement will be delivered within 3 days."
    heard = contact("You wrote that I have it in 3 days.")
    assert labels(check_draft(Library(POLICY), heard, draft, detectors=[Marks()])) == []
    source = passage("Swaps arrive in 3 days.")
    card = Suggestion("s", "answer", "Swaps", ("Swaps arrive in 3 days.",), source.text, (source,), None, "t")
    said = contact("My lamp is broken.")
    assert labels(check_draft(Library(POLICY), said, draft, detectors=[Marks()], cards=[card])) == []


def test_amounts_are_left_to_the_limits_where_there_are_any():
    draft = "You will receive a compensation of 70 EUR."
    free, limited = (
        Library(POLICY),
        Library(POLICY, profile=ClientProfile(id="acme", authority={"credit": 20})),
    )
    said = contact("My lamp is broken.")
    assert labels(check_draft(free, said, draft, detectors=[Marks()])) == ["draft.unsupported_promise"]
    assert labels(check_draft(limited, said, draft, detectors=[Marks()])) == []


OPEN = [
    ("When will my parcel arrive?", "I am sorry to hear that. The parcel has left the warehouse.", True),
    ("When will my parcel arrive?", "It should be with you on Friday.", False),
    ("When will my parcel arrive?", "Let me check that for you.", False),
    ("When will my parcel arrive?", "Could you tell me the order number?", False),
    ("When will my parcel arrive?", "I do not know, the carrier has given no date.", False),
    ("How much is the fee?", "The fee applies to every change of a booking.", True),
    ("How much is the fee?", "There is no fee for that.", False),
    ("How much is the fee?", "It is 12 euros.", False),
    ("Can I change the name?", "Thank you for your patience. We apologise for the inconvenience.", True),
    ("Can I change the name?", "Yes, under My bookings.", False),
    ("Thanks, that is all.", "Thank you for calling.", False),
    ("Hello, how are you?", "Thank you for contacting us.", False),
    ("Can you help me please?", "Thank you for contacting us today.", False),
    ("Are you kidding me?", "I understand how frustrating this is.", False),
]


@pytest.mark.parametrize(("asked", "draft", "expected"), OPEN)
def test_unanswered(asked, draft, expected):
    assert bool(unanswered(contact(asked), draft, language="en")) == expected


def test_the_second_question_of_a_turn_counts_too():
    said = contact("Can I send it back? And how long does the refund take?")
    assert unanswered(said, "Yes, you can send it back to the store.", language="en")
    assert not unanswered(said, "Yes, and you have your money within a week.", language="en")


def test_only_what_is_still_open_is_asked_for():
    said = contact("How long does it take?", "About a week.", "Great, thank you.")
    assert list(open_questions_of(said)) == []
    interrupted = contact("How long does it take?", "Mm-hm.", "I sent it back on Monday.")
    assert [asked.words for asked in open_questions_of(interrupted)] == ["How long does it take?"]


def test_a_card_on_display_is_the_remedy():
    said = contact("How long does a refund take?")
    source = passage("A refund takes 5 days.")
    card = Suggestion(
        "s", "answer", "R", ("A refund takes 5 days.",), source.text, (source,), Span(0, 0, 5), "t"
    )
    (one,) = unanswered(said, "Thank you for asking.", language="en", cards=[card])
    assert "A refund takes 5 days." in one.remedy
    assert one.source == "x#1"


def test_other_languages_are_left_alone():
    said = Transcript(id="c", client="acme", turns=(Turn("customer", "Wann kommt es?", language="de"),))
    assert unanswered(said, "Vielen Dank.", language="de") == []


SECOND_LANGUAGE = [
    "Kindly do the needful and revert back to us, sir, we are having your order in front of us only.",
    "I am understanding your problem, please to wait two minutes, I am checking same.",
    "Dear madam, yesterday you have called us and same issue is solved since Monday itself.",
    "Your parcel it is arriving tomorrow, the delivery man will give to you in the hand.",
]


@pytest.mark.parametrize("draft", SECOND_LANGUAGE)
def test_second_language_english_is_nobodys_business(draft):
    kb = Library(POLICY)
    check = check_draft(kb, contact("Where is my order?"), draft, detectors=standard_detectors(kb))
    assert check.findings == ()


def test_every_fault_has_words_to_use_instead():
    for label in LABELS:
        assert remedy(label), label
    assert not [rule.id for rule in load_rules() if rule.severity != "note" and not rule.remedy]
