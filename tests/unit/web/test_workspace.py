"""What the workspace adds to the rooms: it sees other processes, and scores contacts that end."""

import time

import pytest

from models.encoders import HashingEncoder
from models.records import Evaluation, Transcript, Turn
from qa.scorecards import Scorecard
from tests.unit.qa.test_scorecards import CARD
from web import workspace as module
from web.workspace import Workspace


def policy(folder, days):
    folder.mkdir(exist_ok=True)
    (folder / "refunds.md").write_text(f"# Refunds\n\nA refund takes {days} days from delivery.", "utf-8")
    return folder


@pytest.fixture
def shared(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.0)
    first, second = (Workspace(tmp_path / "data", encoder=HashingEncoder()) for _ in range(2))
    first.ingest("acme", policy(tmp_path / "acme", 30))
    return first, second, tmp_path / "acme"


def said(workspace):
    return workspace.search("acme", "how long does a refund take")[0].passage.text


def test_what_another_process_ingests_is_seen_without_a_restart(shared):
    first, second, folder = shared
    assert "30 days" in said(second)
    before = second.analyser("acme")
    first.ingest("acme", policy(folder, 45))
    assert "45 days" in said(second)
    assert second.analyser("acme") is not before
    assert second.analyser("acme") is second.analyser("acme")


def test_storing_contacts_forgets_no_documents(shared, monkeypatch):
    first, _, _ = shared
    said(first)
    monkeypatch.setattr(
        "knowledge_base.KnowledgeBase.refresh", lambda kb: pytest.fail("forgot the documents")
    )
    first.add_transcripts("acme", [Transcript("c1", "acme", (Turn("agent", "Hello."),))])
    assert "30 days" in said(first)


def test_a_contact_that_ends_gets_a_draft_score(shared):
    first, _, _ = shared
    first.add_scorecard("acme", Scorecard.parse(CARD))
    first.hear(
        "acme",
        "live-1",
        [Turn("agent", "Hello, how can I help?"), Turn("customer", "My refund is late.")],
        agent="a1",
    )
    first.close("acme", "live-1", agent="a1")
    for _ in range(100):
        view = first.contact("acme", "live-1")
        if view.evaluation is not None:
            break
        time.sleep(0.05)
    assert isinstance(view.evaluation, Evaluation)
    assert (view.evaluation.status, view.evaluation.agent) == ("draft", "a1")


def test_a_person_confirms_and_the_queue_moves_on(shared):
    first, _, _ = shared
    first.add_scorecard("acme", Scorecard.parse(CARD))
    contact = Transcript(
        "c1", "acme", (Turn("agent", "Tell me your password."), Turn("customer", "No.")), agent="a1"
    )
    first.add_transcripts("acme", [contact])
    draft, _ = first.score("acme", contact, keep=True)
    confirmed = first.review(
        "acme", draft.id, [("resolved", "NOT_MET", "left without an answer")], who="Dana"
    )
    assert confirmed.status == "confirmed"
    assert {verdict.criterion: verdict.by for verdict in confirmed.verdicts}["resolved"] == "Dana"
    assert [review.criterion for review in first.contact("acme", "c1").reviews] == ["resolved", ""]
    assert [item.status for item in first.queue("acme")] == ["confirmed"]
    shown = first.contact("acme", "c1").analysis
    first.ingest("acme", policy(shared[2], 45))
    first.score("acme", contact, keep=True)
    assert first.contact("acme", "c1").evaluation == confirmed
    assert first.contact("acme", "c1").analysis == shown
