"""No spoken word and no word of a client's file in an error, a log record, a report or on stderr.

Every operation here must fail: one that stops failing fails its test, so no row can go quiet.
"""

import io
import json
import logging
import traceback
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copilot import Copilot
from knowledge_base import KnowledgeBase
from knowledge_base.client_file import parse_profile, read_profile
from knowledge_base.front_matter import read_front_matter
from models.codec import from_json, to_json
from models.encoders import HashingEncoder
from models.errors import UnscriptedError
from models.records import Document, Evaluation, Finding, Span, Transcript, Turn
from models.yaml_lines import load_lined
from qa import Analyser, Scorecard, parse, read_folder, read_transcripts
from qa.human_scores import read_human_scores
from qa.reviews import confirm, moved
from storage import MemoryStore, open_store
from tests.unit.web.conftest import CARD
from web.given_answers import corrections

CANARY = "axolotl"
SENTENCE = f"My {CANARY} ordered two tickets."
LONE = f"{SENTENCE} \ud800"
TABLE = f"ticket,{CANARY},priority,queue\n1,{SENTENCE},2,x\n2,{SENTENCE},3,y\n3,{CANARY},4,z\n"


def transcript(id="c1", client="acme"):
    return Transcript(id=id, client=client, turns=(Turn("customer", SENTENCE), Turn("agent", SENTENCE)))


def document(id="policies/refunds", text=SENTENCE):
    return Document(id=id, title="Refunds", kind="policy", text=text)


def loud(*_):
    raise ValueError(f"cannot read {SENTENCE!r}")


class LoudEncoder(HashingEncoder):
    """Says the texts in its errors, as foreign libraries do."""

    def encode(self, texts):
        raise ValueError(f"cannot encode {list(texts)!r}")


class LoudDetector:
    """Says the words in its errors, as foreign libraries do."""

    name = "loud.v1"
    labels = ("tone.rude",)

    def detect(self, readings):
        raise ValueError(f"cannot read {[one.transcript for one in readings]!r}")


def silent(said):
    assert CANARY not in said.casefold(), said


def silent_chain(error):
    """Neither the error nor what is shown of its causes and contexts."""
    silent("".join(traceback.format_exception(error)))
    while error is not None:
        silent(str(error))
        silent(repr(error))
        error = error.__cause__


# -- operations that raise -------------------------------------------------------------------


def closed_session(action):
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    session = Copilot(kb, detectors=()).session("c1")
    session.hear(Turn("customer", SENTENCE))
    session.close()
    action(session)


def conflict(store):
    store.put("acme", transcript())
    store.put("acme", replace(transcript(), turns=(Turn("agent", f"{CANARY} again"),)))


def confirmed_by_nobody():
    card = Scorecard.parse(CARD)
    evaluation = card.evaluate(transcript(), [])
    confirm(evaluation, card, [("rude", "NOT_MET", SENTENCE)], who=" ", at=datetime(2026, 1, 2, tzinfo=UTC))


def foreign_finding(span):
    finding = Finding("tone.rude", "minor", span, 0.5, "test.v1", SENTENCE)
    Scorecard.parse(CARD).evaluate(transcript(), [finding])


RAISING = {
    "a speaker that is a name": lambda: Turn(CANARY, "Hello"),
    "words that are no text": lambda: Turn("agent", SENTENCE.encode()),
    "half a character": lambda: Turn("agent", LONE),
    "a turn that ends before it starts": lambda: Turn("agent", SENTENCE, start_s=2.0, end_s=1.0),
    "a contact without a client": lambda: replace(transcript(), client=""),
    "a span outside": lambda: transcript().quote(Span(0, 0, 900)),
    "a span in no turn": lambda: transcript().quote(Span(7, 0, 1)),
    "JSON that is no record": lambda: from_json(Transcript, json.dumps({"id": "c1", "turns": SENTENCE})),
    "JSON that breaks": lambda: from_json(Transcript, f'{{"id": "{SENTENCE}'),
    "a key made of words": lambda: from_json(Evaluation, json.dumps({SENTENCE: SENTENCE})),
    "a speaker in JSON": lambda: from_json(
        Transcript,
        json.dumps({"id": "c1", "client": "acme", "turns": [{"speaker": CANARY, "text": SENTENCE}]}),
    ),
    "a transcript file that is cut off": lambda: parse(f'{{"turns": [{{"text": "{SENTENCE}'.encode()),
    "a transcript file with other columns": lambda: parse(TABLE.encode(), name="a.csv"),
    "a transcript file of another kind": lambda: parse(b"%PDF-1.7 " + SENTENCE.encode(), name="a.pdf"),
    "a transcript file with one long cell": lambda: parse(
        b'speaker,text\nagent,"' + SENTENCE.encode() * 50, name="a.csv", max_bytes=900
    ),
    "a contact without words": lambda: parse(
        json.dumps({"id": "c1", "agent": CANARY, "turns": [{"speaker": "agent", "text": " "}]}).encode()
    ),
    "a query with no room for hits": lambda: KnowledgeBase("acme", encoder=HashingEncoder()).search(
        SENTENCE, 0
    ),
    "one query for many": lambda: KnowledgeBase("acme", encoder=HashingEncoder()).search_many(SENTENCE),
    "words added as a document": lambda: KnowledgeBase("acme", encoder=HashingEncoder()).add([SENTENCE]),
    "a profile with an alias": lambda: parse_profile(f"name: *{CANARY}\n", "acme"),
    "a profile with a broken line": lambda: parse_profile(f"name: [{SENTENCE}\nx: {{", "acme"),
    "a profile of another shape": lambda: parse_profile(f"- {SENTENCE}\n", "acme"),
    "a profile with a wrong value": lambda: parse_profile(f"retention: {{calls: {SENTENCE}}}\n", "acme"),
    "a scorecard with an alias": lambda: Scorecard.parse(f"name: *{CANARY}\n"),
    "a scorecard with a tag": lambda: Scorecard.parse(f"name: !{CANARY} x\n"),
    "a scorecard with a broken line": lambda: Scorecard.parse(f"name: [{SENTENCE}\nx: {{"),
    "a scorecard with a day that is none": lambda: load_lined("version: 2026-13-45\n", origin="card.yaml"),
    "a scorecard with a wrong value": lambda: Scorecard.parse(
        CARD.replace("weight: 10", f"weight: {CANARY}")
    ),
    "past scores without a contact": lambda: read_human_scores(
        f"{CANARY},yes\n{SENTENCE},no\n".encode(), Scorecard.parse(CARD)
    ),
    "past scores that are cut off": lambda: read_human_scores(
        f'contact,rude\n"{SENTENCE}'.encode(), Scorecard.parse(CARD)
    ),
    "an answer that is none": lambda: corrections(Scorecard.parse(CARD), [f"rude={CANARY}: {SENTENCE}"]),
    "a dispute of a draft": lambda: moved(
        Scorecard.parse(CARD).evaluate(transcript(), []),
        "disputed",
        who=CANARY,
        at=datetime(2026, 1, 2, tzinfo=UTC),
        reason=SENTENCE,
    ),
    "the same id with other words, in memory": lambda: conflict(MemoryStore()),
    "a turn after the end": lambda: closed_session(lambda live: live.hear(Turn("agent", SENTENCE))),
    "feedback on nothing": lambda: closed_session(lambda live: live.feedback("s9", "used")),
    "a score that nobody confirms": confirmed_by_nobody,
    "a finding outside its contact": lambda: foreign_finding(Span(9, 0, 1)),
    "a finding past the end of its turn": lambda: foreign_finding(Span(0, 0, 999)),
}


@pytest.mark.parametrize("name", RAISING)
def test_errors_hold_no_words(name, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UnscriptedError) as raised:
        RAISING[name]()
    silent_chain(raised.value)
    silent(caplog.text)
    silent(capfd.readouterr().err)


FILES = {
    "latin.yaml": b"name: \xff" + CANARY.encode(),
    "long.yaml": SENTENCE.encode() * 60_000,
}


@pytest.mark.parametrize("name", FILES)
def test_a_profile_file_that_cannot_be_read_holds_its_words_back(tmp_path, name):
    (tmp_path / name).write_bytes(FILES[name])
    with pytest.raises(UnscriptedError) as raised:
        read_profile(tmp_path / name, "acme")
    silent_chain(raised.value)


def test_rows_of_past_scores_are_rejected_without_their_words():
    table = f"contact,rater,rude\nc1,Lea,{CANARY}\nc2,Lea\n,{CANARY},yes\n"
    found = read_human_scores(table.encode(), Scorecard.parse(CARD), origin="past.csv")
    assert [row.line for row in found.rejected] == [2, 3, 4]
    silent(repr(found.rejected))


@pytest.mark.parametrize("name", ["connect", "genesys"])
def test_a_form_is_read_without_saying_its_words(tmp_path, name):
    from qa.forms import read_form

    question = {"Title": SENTENCE, "RefId": "q", "QuestionType": CANARY.upper(), "QuestionTypeProperties": {}}
    connect = {
        "Title": "Form",
        "Items": [{"Section": {"Title": SENTENCE, "RefId": "s", "Items": [{"Question": question}]}}],
    }
    genesys = {
        "name": "Form",
        "questionGroups": [{"name": SENTENCE, "questions": [{"type": CANARY, "text": SENTENCE}]}],
    }
    scored = {"type": "npsQuestion", "text": SENTENCE, "visibilityCondition": {"predicates": [SENTENCE]}}
    (tmp_path / "form.json").write_text(json.dumps({"connect": connect, "genesys": genesys}[name]), "utf-8")
    with pytest.raises(UnscriptedError) as raised:
        read_form(tmp_path / "form.json")
    silent_chain(raised.value)
    genesys["questionGroups"][0]["questions"].append(scored)
    (tmp_path / "form.json").write_text(json.dumps(genesys), "utf-8")
    silent(repr(read_form(tmp_path / "form.json").notes))


def test_a_store_on_disk_says_no_words(tmp_path, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(UnscriptedError) as raised:
        conflict(open_store(tmp_path))
    silent_chain(raised.value)
    silent(caplog.text)
    silent(capfd.readouterr().err)


# -- operations that go on, with a reason -----------------------------------------------------


def bad_transcripts(folder):
    (folder / "cut.json").write_text(f'{{"turns": [{{"text": "{SENTENCE}', "utf-8")
    (folder / "columns.csv").write_text(TABLE, "utf-8")
    (folder / "blank.json").write_text(json.dumps({"turns": [{"speaker": "agent", "text": " "}]}), "utf-8")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + SENTENCE.encode())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", f"<workbook><{CANARY}></workbook>")
    (folder / "broken.xlsx").write_bytes(packed.getvalue())


def test_a_folder_of_broken_transcripts_is_reported_without_words(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    bad_transcripts(tmp_path)
    report = read_folder(tmp_path)
    assert len(report.rejected) == len(list(tmp_path.iterdir()))
    assert read_transcripts(tmp_path) == []
    silent(repr(report.rejected))
    silent(caplog.text)


def test_a_folder_of_broken_documents_is_reported_without_words(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    (tmp_path / "client.yaml").write_text(f"name: [{SENTENCE}", "utf-8")
    (tmp_path / "latin.md").write_bytes(b"\xff\xfe" + SENTENCE.encode("utf-8") + b"\x00")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04" + SENTENCE.encode())
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n" + SENTENCE.encode())
    (tmp_path / "broken.json").write_text(f'[{{"text": "{SENTENCE}', "utf-8")
    (tmp_path / "unclosed.md").write_text(f"---\ntitle: [{SENTENCE}\n---\nText.\n", "utf-8")
    (tmp_path / "dated.md").write_text("---\neffective_from: the day of the axolotl\n---\nText.\n", "utf-8")
    report = KnowledgeBase("acme", encoder=HashingEncoder()).ingest(tmp_path)
    assert {"client.yaml", "broken.docx", "broken.pdf", "broken.json"} <= {
        one.path for one in report.rejected
    }
    assert report.warnings
    silent(repr(report.rejected))
    silent(repr(report.warnings))
    silent(caplog.text)


def test_broken_front_matter_is_reported_without_words():
    found = read_front_matter(f"---\ntitle: [{SENTENCE}\n---\nText\n", path="a.md")
    assert found.warnings
    silent(repr(found.warnings))


def test_an_encoder_that_says_the_texts_is_not_quoted(caplog):
    caplog.set_level(logging.DEBUG)
    kb = KnowledgeBase("acme", encoder=LoudEncoder())
    kb.add([document()])
    assert kb.search(SENTENCE)
    assert kb.degraded
    silent(kb.degraded)
    silent(caplog.text)


def test_a_redactor_that_says_the_words_is_not_quoted(monkeypatch, tmp_path):
    # The one thing that no input brings about: the redactor itself breaks.
    monkeypatch.setattr("models.redaction.scan", loud)
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    report = kb.add([document()])
    assert len(report.rejected) == 1
    silent(repr(report.rejected))
    for put in (
        lambda: MemoryStore().put("acme", transcript()),
        lambda: open_store(tmp_path).put("acme", transcript()),
        lambda: Copilot(kb, detectors=()).session("c1").hear(Turn("customer", SENTENCE)),
    ):
        with pytest.raises(UnscriptedError) as raised:
            put()
        silent_chain(raised.value)


def test_a_detector_that_says_the_words_is_not_quoted_to_the_agent(caplog):
    caplog.set_level(logging.DEBUG)
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    check = Copilot(kb, detectors=[LoudDetector()]).session("c1").check(SENTENCE)
    assert not check.available
    silent(repr(check))
    silent(caplog.text)


def test_a_batch_buries_a_contact_without_its_words(tmp_path, monkeypatch, caplog):
    from qa.batch import BatchPlan, run_batch

    caplog.set_level(logging.DEBUG)
    KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder()).add([document()])
    plan = BatchPlan(str(tmp_path), "acme", to_json(Scorecard.parse(CARD)), encoder="hashing")
    monkeypatch.setattr(Analyser, "analyse", loud)
    report = run_batch([transcript()], plan, processes=1)
    assert [one.transcript for one in report.dead] == ["c1"]
    silent(repr(report.dead))
    silent(caplog.text)


def test_the_command_line_says_what_is_wrong_without_words(tmp_path, monkeypatch, capfd, caplog):
    import app

    caplog.set_level(logging.DEBUG)
    KnowledgeBase.open(tmp_path / "data", "acme", encoder=HashingEncoder()).add([document()])
    folder = tmp_path / "contacts"
    folder.mkdir()
    bad_transcripts(folder)
    places = [folder, *sorted(folder.iterdir()), tmp_path / "no such file"]
    for place in places:
        arguments = ["analyse", "acme", str(place), "--data", str(tmp_path / "data"), "--encoder", "hashing"]
        monkeypatch.setattr("sys.argv", ["unscripted", *arguments])
        with pytest.raises(SystemExit) as stopped:
            app.main()
        assert stopped.value.code == 1, place
        said = capfd.readouterr()
        assert said.err, place
        silent(said.out + said.err)
    silent(caplog.text)


def test_the_api_answers_and_logs_without_words(tmp_path, caplog, capfd):
    from starlette.testclient import TestClient

    from storage.access import AccessKeys
    from web.server import create_app
    from web.workspace import Workspace

    caplog.set_level(logging.DEBUG)
    workspace = Workspace(tmp_path, encoder=HashingEncoder())
    workspace.knowledge_base("acme", create=True).add([document()])
    keys = AccessKeys(workspace.folder)
    browser = TestClient(create_app(workspace, pages=()), base_url="http://127.0.0.1:8000")
    browser.headers["Authorization"] = f"Bearer {keys.issue('Lea', 'qa', 'acme')}"
    turns = [{"speaker": CANARY, "text": SENTENCE}]
    for method, path, sent in (
        ("GET", f"/api/v1/contacts/{CANARY}", {}),
        ("GET", "/api/v1/search", {"params": {"q": SENTENCE, "limit": CANARY}}),
        ("POST", "/api/v1/analyse", {"json": {"transcript": {"id": "c1", "turns": turns}}}),
        ("POST", "/api/v1/analyse", {"json": {CANARY: SENTENCE}}),
        ("POST", "/api/v1/analyse", {"content": f'{{"transcript": "{SENTENCE}'}),
    ):
        answer = browser.request(method, path, **sent)
        assert answer.status_code >= 400, (method, path, answer.status_code)
        silent(answer.text)
    # httpx, which plays the browser here, logs the addresses it asks for; we are not it.
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))
    ]
    silent("\n".join(ours))
    silent(capfd.readouterr().err)
