from datetime import UTC, date, datetime

import pytest

from copilot import Copilot
from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.errors import InputError, NotFoundError
from models.records import ClientProfile, DisclosureRule, Document, Feedback, Finding, Span, Turn

DOCUMENTS = [
    Document("policies/refunds", "# Refunds\n\nA card refund takes 3 to 5 business days. A bank refund takes 7 days.", kind="policy", version="4"),
    Document("policies/late-fees", "# Late fees\n\nThe late fee is $15 and is added 10 days after the due date.", kind="policy"),
    Document("policies/old", "# Late fees\n\nThe late fee is $99.", kind="policy", effective_until=date(2020, 1, 1)),
    Document("disclosures/notice", "Calls are recorded for training.", kind="disclosure", title="Recording notice", verbatim=True),
]  # fmt: skip
PROFILE = ClientProfile("acme", disclosures=(DisclosureRule("disclosures/notice", deadline="opening"),))


class LoudWords:
    """A small real detector: capital letters in an agent's turn, the word 'complain' in a customer's."""

    name = "loud.v1"
    labels = ("tone.rude", "tone.courtesy", "customer.complaint")

    def detect(self, readings):
        return [list(self._find(reading.transcript)) for reading in readings]

    def _find(self, transcript):
        for index, turn in enumerate(transcript.turns):
            for word in turn.text.split():
                start = turn.text.index(word)
                span = Span(index, start, start + len(word))
                if turn.speaker == "agent" and len(word) > 3 and word.isupper():
                    yield Finding(
                        "tone.rude", "critical", span, 0.9, "loud.capitals@1", "shouted", "say it calmly"
                    )
                if turn.speaker == "agent" and word == "please":
                    yield Finding("tone.courtesy", "note", span, 0.9, "loud.please@1", "courteous")
                if turn.speaker == "customer" and word.startswith("complain"):
                    yield Finding("customer.complaint", "note", span, 0.9, "loud.complain@1", "complaint")


class Broken:
    name = "broken.v1"
    labels = ("tone.rude",)

    def detect(self, readings):
        raise ZeroDivisionError(str(readings))


def session(*detectors, turns=()):
    kb = KnowledgeBase("acme", encoder=HashingEncoder(), profile=PROFILE)
    kb.add(DOCUMENTS)
    opened = Copilot(kb, detectors=detectors).session("c1", agent="a17")
    for turn in turns:
        opened.hear(turn)
    return opened, kb


def test_a_question_gets_a_card_with_facts_and_source():
    live, _ = session()
    (card, *_) = live.hear(Turn("customer", "Hello. How long does a card refund take?"))
    assert card.kind == "answer"
    assert "A card refund takes 3 to 5 business days." in card.facts
    assert (card.sources[0].document, card.sources[0].version) == ("policies/refunds", "4")
    assert live.transcript.quote(card.because) == "How long does a card refund take?"
    assert card.by == "copilot.v1"


@pytest.mark.parametrize(
    "text", ["Hello!", "Thank you so much.", "My name is Ann.", "What is your favourite football team?"]
)
def test_silence_is_the_default(text):
    live, _ = session()
    assert live.hear(Turn("customer", text)) == []


def test_agents_get_no_cards_for_their_own_words():
    live, _ = session()
    assert live.hear(Turn("agent", "How long does a card refund take?")) == []


def test_expired_documents_are_never_shown():
    live, _ = session()
    cards = live.hear(Turn("customer", "What is the late fee?"))
    assert cards
    assert all("99" not in fact for card in cards for fact in card.facts)


def test_a_card_is_not_shown_again_soon():
    live, _ = session()
    question = Turn("customer", "How long does a card refund take?")
    first = live.hear(question)
    assert first
    assert not {card.sources[0].id for card in live.hear(question)} & {card.sources[0].id for card in first}


def test_a_final_replaces_its_partial_and_an_equal_turn_changes_nothing():
    live, _ = session()
    assert live.hear(Turn("customer", "How long", id="t1")) == []
    assert live.hear(Turn("customer", "How long does a card refund take?", id="t1"))
    assert live.hear(Turn("customer", "How long does a card refund take?", id="t1")) == []
    assert len(live.transcript.turns) == 1


def test_disclosures_tick_off():
    live, _ = session()
    assert [state.progress for state in live.disclosures] == ["due"]
    live.hear(Turn("agent", "Hello. Calls are recorded for training. How can I help?"))
    assert [state.progress for state in live.disclosures] == ["done"]


def test_wording_of_the_customer_is_a_signal_and_no_card():
    live, _ = session(LoudWords())
    assert live.hear(Turn("customer", "I will complain about you.")) == []
    (alert,) = live.alerts
    assert alert.label == "customer.complaint"
    assert live.transcript.quote(alert.span) == "complain"


def test_a_draft_is_checked_and_not_kept():
    live, _ = session(LoudWords(), turns=[Turn("customer", "It broke.")])
    check = live.check("please READ the manual")
    (finding,) = check.findings
    assert check.available
    assert (finding.label, finding.span) == ("tone.rude", Span(0, 7, 11))
    assert len(live.transcript.turns) == 1


def test_offsets_hold_when_the_draft_has_a_secret():
    live, _ = session(LoudWords())
    draft = "your card 4111 1111 1111 1111 is WRONG"
    (finding,) = live.check(draft).findings
    assert draft[finding.span.start : finding.span.end] == "WRONG"


def test_a_broken_detector_fails_open_and_tells_no_words():
    live, _ = session(Broken())
    check = live.check("secret words")
    assert (check.available, check.findings) == (False, ())
    assert "You can still send" in check.note
    assert "secret" not in check.note


def test_no_detectors_is_said():
    live, _ = session()
    assert not live.check("anything").available


def test_secrets_are_masked_before_anything_is_kept():
    live, _ = session()
    live.hear(Turn("customer", "my card is 4111 1111 1111 1111, how long does a refund take?"))
    assert "4111 1111" not in live.transcript.turns[0].text
    assert "[CARD ****1111]" in live.transcript.turns[0].text


def test_what_is_done_with_a_card_is_noted_apart():
    live, kb = session()
    noted = []
    live.note_use = noted.append
    (card, *_) = live.hear(Turn("customer", "How long does a card refund take?"))
    live.feedback(card.id, "used")
    record = noted[-1]
    assert (record.suggestion, record.action, record.agent) == (card.id, "used", "a17")
    assert record.passages == (card.sources[0].id,)
    assert kb.store.find("acme", Feedback) == []
    with pytest.raises(NotFoundError):
        live.feedback("none", "used")


def test_a_muted_kind_stays_away_until_the_contact_ends():
    live, _ = session()
    (card, *_) = live.hear(Turn("customer", "How long does a card refund take?"))
    live.feedback(card.id, "muted")
    assert live.cards == []
    for number in range(8):
        live.hear(Turn("agent", f"One moment, number {number}."))
    assert live.hear(Turn("customer", "How long does a card refund take?")) == []
    assert [one for one in live.cards if one.kind == "answer"] == []


def test_wrap_up_rests_on_words():
    live, _ = session(
        LoudWords(),
        turns=[
            Turn("customer", "I was charged twice and I complain."),
            Turn("agent", "I have refunded the second payment. You will get it within 5 days."),
        ],
    )
    summary = live.close()
    lines = {line.heading: line for line in summary.lines}
    assert lines["issue"].text == "I was charged twice and I complain."
    assert lines["done"].text == "I have refunded the second payment."
    assert lines["commitment"].text == "You will get it within 5 days."
    assert "Recording notice" in lines["open"].text
    assert all(
        live.transcript.quote(span) == line.text
        for line in summary.lines
        for span in line.spans
        if line.heading != "customer_wording"
    )
    assert live.close() == summary
    with pytest.raises(InputError, match="closed"):
        live.hear(Turn("agent", "Hello?"))


def test_installed_detectors_are_found_by_entry_point():
    from copilot import installed_detectors

    _, kb = session()
    names = [detector.name for detector in installed_detectors(kb)]
    assert "scripting.v1" in names
    assert len(names) == len(set(names))


def test_time_comes_from_the_clock():
    live, _ = session()
    assert live.transcript.started_at.tzinfo is not None
    assert live.transcript.started_at <= datetime.now(UTC)
