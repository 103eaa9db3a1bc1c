"""Facts: compiled once, decided on by a person, and a decision outlives a re-ingest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.facts import decide, fact_book, facts_of
from models.encoders import HashingEncoder
from models.errors import InputError, NotFoundError
from models.readings import read
from models.records import Document, FactDecision, Transcript, Turn
from qa.detectors.contradictions import contradiction_detector

RETURNS = Document(
    id="policies/returns",
    kind="policy",
    version="1",
    text="Books may be returned within 30 days of delivery.",
)
AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def kb():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add([RETURNS, Document(id="scripts/hello", kind="script", text="Books come within 3 days.")])
    return kb


def period(kb):
    (fact,) = [fact for fact in facts_of(kb) if fact.frame.quantity is not None]
    return fact


def raised(kb):
    turn = Turn(speaker="agent", text="Books may be returned within 60 days of delivery.")
    (found,) = contradiction_detector(kb).detect(read([Transcript(id="t", client="acme", turns=(turn,))]))
    return found


def test_only_policies_and_answers_are_compiled(kb):
    assert {fact.passage.document for fact in facts_of(kb)} == {"policies/returns"}
    assert {fact.passage.document for fact in facts_of(kb, document="scripts/hello")} == {"scripts/hello"}


def test_an_approved_fact_counts_for_more_and_a_rejected_one_for_nothing(kb):
    before, digest = raised(kb), kb.digest
    decide(kb, [period(kb).id], "approved", who="Ana", at=AT)
    after = raised(kb)
    assert before[0].confidence < after[0].confidence
    assert kb.digest != digest
    decide(kb, [fact.id for fact in facts_of(kb)], "rejected", who="Ben", at=AT.replace(hour=10))
    assert raised(kb) == []
    assert (period(kb).state, period(kb).by, period(kb).at) == (
        "rejected",
        "Ben",
        "2026-05-04T10:30:00+00:00",
    )
    assert len(kb.store.find("acme", FactDecision)) == 3


def test_a_decision_outlives_a_new_version_while_the_words_are_unchanged(kb):
    decide(kb, [period(kb).id], "approved", who="Ana", at=AT)
    kb.add([replace(RETURNS, version="2", text=RETURNS.text + " Games may be returned as well.")])
    (fact,) = [fact for fact in facts_of(kb) if fact.value == "30 days"]
    assert (fact.state, fact.passage.version) == ("approved", "2")
    kb.add([replace(RETURNS, version="3", text=RETURNS.text.replace("30", "45"))])
    assert period(kb).state == "proposed"


def test_facts_are_compiled_once_for_each_state_of_the_documents(kb):
    book = fact_book(kb)
    assert fact_book(kb) is book
    kb.add([replace(RETURNS, text="Books may be returned within 10 days of delivery.")])
    assert fact_book(kb) is not book


def test_a_decision_needs_a_known_fact_and_a_name(kb):
    with pytest.raises(NotFoundError, match="f-none"):
        decide(kb, [period(kb).id, "f-none"], "approved", who="Ana", at=AT)
    assert kb.fact_decisions == ()
    with pytest.raises(InputError, match="name"):
        decide(kb, [period(kb).id], "approved", who=" ", at=AT)
