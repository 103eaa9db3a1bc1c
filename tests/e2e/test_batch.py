"""A batch accounts for every contact, in any number of processes."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base import KnowledgeBase
from models.codec import to_json
from models.encoders import HashingEncoder
from models.records import Evaluation, Transcript, Turn
from qa.batch import BatchPlan, DeadLetter, run_batch
from qa.readers import read_folder
from qa.scorecards import Scorecard
from web import commands
from web.reporting import dead_letters
from web.terminal import Terminal
from web.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"


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


BATCH = """
import sys
from app import main
sys.argv = ["unscripted", "batch", "fernhollow", sys.argv[1], "--data", sys.argv[2], "--encoder", "hashing"]
main()
"""


def test_killed_again_and_again_nothing_is_lost_or_doubled(tmp_path):
    """Killed after ever longer runs until one comes through; the same as a run that nobody broke."""
    calls = tmp_path / "calls"
    calls.mkdir()
    for path in sorted((EXAMPLES / "contacts" / "fernhollow").iterdir())[:6]:
        shutil.copy(path, calls)
    (calls / "poison.json").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    stored = {}
    for name in ("whole", "broken"):
        data = tmp_path / name
        workspace = Workspace(data, encoder=HashingEncoder())
        workspace.ingest("fernhollow", EXAMPLES / "fernhollow")
        workspace.add_scorecard(
            "fernhollow", Scorecard.load(EXAMPLES / "scorecards" / "fernhollow-chat.yaml")
        )
        command = [sys.executable, "-c", BATCH, str(calls), str(data)]
        for patience in (1.5, 3.0) if name == "broken" else ():
            run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
            try:
                run.wait(patience)
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
        store = Workspace(data, encoder=HashingEncoder()).knowledge_base("fernhollow").store
        stored[name] = sorted(map(to_json, store.find("fernhollow", Evaluation)))
        assert [letter.transcript for letter in store.find("fernhollow", DeadLetter)] == ["poison.json"]
        assert (
            len(store.cases("fernhollow")) == len(stored[name]) == len(store.find("fernhollow", Transcript))
        )
    assert stored["broken"] == stored["whole"]


def test_what_was_mended_is_no_dead_letter_any_more(tmp_path, capsys):
    calls = tmp_path / "calls"
    calls.mkdir()
    good, mended = sorted((EXAMPLES / "contacts" / "fernhollow").glob("*.json"))[:2]
    (calls / "good.json").write_bytes(good.read_bytes())
    (calls / "bad.json").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    workspace.ingest("fernhollow", EXAMPLES / "fernhollow")
    workspace.add_scorecard("fernhollow", Scorecard.load(EXAMPLES / "scorecards" / "fernhollow-chat.yaml"))
    options = {"scorecard": None, "processes": 1, "encoder": "hashing", "out": None}
    commands.batch(workspace, Terminal(), "fernhollow", calls, **options)
    assert [letter.transcript for letter in dead_letters(workspace, "fernhollow")] == ["bad.json"]
    (calls / "bad.json").write_bytes(mended.read_bytes())
    commands.batch(workspace, Terminal(), "fernhollow", calls, **options)
    assert dead_letters(workspace, "fernhollow") == []


def test_nothing_to_do(plan):
    assert run_batch([], plan) == run_batch([], plan, processes=2)
