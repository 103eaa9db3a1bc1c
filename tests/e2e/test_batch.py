"""A batch accounts for every contact, in any number of processes."""

from pathlib import Path

import pytest

from knowledge_base import KnowledgeBase
from models.codec import to_json
from models.encoders import HashingEncoder
from models.records import Transcript, Turn
from qa.batch import BatchPlan, run_batch
from qa.readers import read_folder
from qa.scorecards import Scorecard

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    KnowledgeBase.open(folder, "fernhollow", encoder=HashingEncoder()).ingest(EXAMPLES / "fernhollow")
    card = Scorecard.load(EXAMPLES / "scorecards" / "fernhollow-chat.yaml")
    return BatchPlan(str(folder), "fernhollow", to_json(card), "hashing")


@pytest.fixture(scope="module")
def contacts():
    return read_folder(EXAMPLES / "contacts" / "fernhollow", client="fernhollow").transcripts


def test_processes_give_the_same_bytes_as_one(plan, contacts):
    seen = []
    alone = run_batch(contacts, plan, processes=1, progress=lambda done, total: seen.append((done, total)))
    together = run_batch(contacts, plan, processes=2)
    assert [to_json(pair) for pair in alone.scored] == [to_json(pair) for pair in together.scored]
    assert len(alone.scored) == len(contacts)
    assert alone.dead == ()
    assert seen == [(number, len(contacts)) for number in range(1, len(contacts) + 1)]


def test_a_contact_of_another_client_is_a_dead_letter_and_the_rest_is_scored(plan, contacts):
    foreign = Transcript(id="foreign", client="lumenor", turns=(Turn("agent", "Hello, secret words."),))
    report = run_batch([contacts[0], foreign, contacts[1]], plan, processes=1)
    assert [evaluation.transcript for evaluation, _ in report.scored] == [contacts[0].id, contacts[1].id]
    (letter,) = report.dead
    assert letter.transcript == "foreign"
    assert "secret words" not in letter.reason


def test_workers_that_cannot_start_lose_nothing(plan, contacts):
    broken = BatchPlan(str(Path(plan.folder) / "gone"), "fernhollow", plan.scorecard, "hashing")
    report = run_batch(contacts[:3], broken, processes=2)
    assert report.scored == ()
    assert [letter.transcript for letter in report.dead] == [contact.id for contact in contacts[:3]]
    assert all("died twice" in letter.reason for letter in report.dead)


def test_nothing_to_do(plan):
    assert run_batch([], plan) == run_batch([], plan, processes=2)
