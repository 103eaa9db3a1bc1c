"""What the QA pages answer, without a browser: who may ask, filters, who is who, single agents, files."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from models.errors import ConflictError, InputError
from models.records import Transcript, Turn
from qa import Scorecard
from qa.speakers import SpeakerCorrection
from storage.access import AccessKeys, Principal
from web import dashboards, dispute_desk, disputes_page, review_desk
from web.given_answers import correction_of
from web.queue_pane import condition, queue_answer
from web.reader import Reader, answered, for_script, id_in, list_in, number_in, words_in
from web.review_page import FUNCTIONS, REVIEWERS, opened
from web.sign_in import SCOPE_KEY, SignIn
from web.speakers import correct_speakers, corrections_of
from web.texts import LANGUAGES


@pytest.fixture
def lea(workspace):
    return Reader(workspace, Principal("Lea", "qa", "Acme"))


def scored(workspace, *agents, start=0):
    for number, agent in enumerate(agents, start=start):
        turns = (Turn("customer", "My parcel is late."), Turn("agent", "I will look now."))
        day = datetime(2026, 3, 2 + 7 * (number % 3), 9, tzinfo=UTC)
        transcript = Transcript(f"c-{number}", "Acme", turns, agent=agent, started_at=day)
        workspace.add_transcripts("Acme", [transcript])
        workspace.score("Acme", workspace.contact("Acme", f"c-{number}").transcript, keep=True)


# -- what a script sends ----------------------------------------------------------------------


def test_nothing_that_a_script_sends_breaks_a_function(lea):
    for said in (None, [], "x", {"contact": 5}, {"overrides": 3, "evaluation": "e"}, {"offset": -1}):
        for function in FUNCTIONS.values():
            json.dumps(answered(function, lea, said))


def test_only_reviewers_are_answered(filled):
    class Asking:
        """A request without anybody behind it."""

        headers = {"accept-language": "nl"}
        scope = {}
        request = None

    call = for_script(filled, "queue", queue_answer, roles=REVIEWERS)
    answer = call({}, Asking())
    assert answer["kind"] == "session"
    assert "html" not in answer
    assert answer["problem"].startswith("Je sessie")


@pytest.mark.parametrize(("role", "seen"), [("agent", False), ("feed", False), ("qa", True), ("admin", True)])
def test_the_role_is_looked_at_by_the_server_function_itself(workspace, role, seen):
    """Gradio lets any page's session call any function of a mount: the wall is here."""
    keys = AccessKeys(workspace.folder)
    sign_in = SignIn(keys, home=["/agent", "/qa"])
    key = keys.issue("Somebody", role, "Acme")
    begun = sign_in.sessions.begin(keys.principal(key), prefix=key.split("_")[1])
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", SCOPE_KEY: sign_in}
    scope["headers"] = [(b"host", b"127.0.0.1:8000"), (b"cookie", f"unscripted={begun.id}".encode())]
    answer = for_script(workspace, "queue", queue_answer, roles=REVIEWERS)({}, Request(scope))
    assert ("call-acme" in answer.get("html", "")) is seen
    assert (answer.get("kind") == "session") is not seen


def test_what_was_sent_is_taken_apart_with_care():
    with pytest.raises(InputError):
        words_in({"a": "x" * 11}, "a", most=10)
    with pytest.raises(InputError):
        words_in({"a": ["x"]}, "a")
    with pytest.raises(InputError):
        number_in({"a": True}, "a", low=0, high=9, otherwise=1)
    with pytest.raises(InputError):
        list_in({"a": {}}, "a")
    assert number_in({"a": "7"}, "a", low=0, high=9, otherwise=1) == 7
    assert id_in({"a": "x"}, "a") == "x"


@pytest.mark.parametrize("value", [True, {"x": 1}, [1], float("nan"), float("inf")])
def test_an_answer_is_text_a_number_or_options(value):
    with pytest.raises(InputError):
        correction_of("c", None, value, "because")
    with pytest.raises(InputError):
        correction_of("c", "PERHAPS", None, "because")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language_and_names_its_client(filled, language):
    answer = opened(Reader(filled, Principal("Lea", "qa", "Acme"), language), {})
    assert "Acme" in answer["html"]
    assert "narwhal" not in json.dumps(answer)


# -- the queue --------------------------------------------------------------------------------


def test_filters_become_conditions_and_unknown_ones_are_refused(lea):
    scored(lea.workspace, "Ana", "Bo")
    store = lea.kb.store
    where = condition(store, "Acme", {"agent": "Bo", "search": "C- 1", "first": "2026-03-01"})
    assert where["agent"] == "Bo"
    assert where["contact"] == ("c-1",)
    assert [one.contact for one in store.cases("Acme", where)] == ["c-1"]
    assert condition(store, "Acme", {"label": "no.such"})["contact"] == ()
    for wrong in ({"status": "odd"}, {"first": "yesterday"}, {"first": "2026-05-01", "last": "2026-04-01"}):
        with pytest.raises(InputError):
            condition(store, "Acme", wrong)


def test_a_page_of_the_queue_says_how_many_there_are(lea):
    scored(lea.workspace, "Ana", "Bo")
    answer = queue_answer(lea, {"facets": True})
    assert (answer["total"], answer["waiting"]) == (3, 3)
    assert ["Bo", "Bo"] in answer["facets"]["agent"]
    assert queue_answer(lea, {"status": "done"})["total"] == 0
    assert "call-beta" not in answer["html"]


# -- one contact ------------------------------------------------------------------------------


def test_opening_a_contact_takes_it_in_hand_and_another_is_told_by_whom(lea):
    scored(lea.workspace, "Ana")
    assert "until" in review_desk.contact_panes(lea, {"contact": "c-0"})
    kim = replace(lea, principal=Principal("Kim", "qa", "Acme"))
    assert "Lea is on this contact" in review_desk.contact_panes(kim, {"contact": "c-0"})["held"]
    with pytest.raises(ConflictError, match="Lea"):
        review_desk.save(kim, {"evaluation": "c-0:short", "status": "draft"})
    review_desk.release(lea, {"contact": "c-0"})
    assert review_desk.save(kim, {"evaluation": "c-0:short", "status": "draft"})["status"] == "confirmed"
    with pytest.raises(ConflictError, match="Kim confirmed it meanwhile"):
        review_desk.save(lea, {"evaluation": "c-0:short", "status": "draft"})


def test_a_preview_stores_nothing(lea):
    scored(lea.workspace, "Ana")
    changed = [{"criterion": "rude", "outcome": "NOT_MET", "reason": ""}]
    assert review_desk.preview(lea, {"evaluation": "c-0:short", "overrides": changed})["score"] == "0"
    assert lea.workspace.contact("Acme", "c-0").evaluation.score == 1.0


def test_who_is_who_is_set_with_a_name_and_a_reason_and_scored_again(lea):
    scored(lea.workspace, "Ana")
    swap = {("agent", ""): "customer", ("customer", ""): "agent"}
    with pytest.raises(InputError):
        correct_speakers(lea.workspace, "Acme", "c-0", swap, who="Lea", reason="no")
    correct_speakers(lea.workspace, "Acme", "c-0", swap, who="Lea", reason="the sides were mixed up")
    view = lea.workspace.contact("Acme", "c-0")
    assert [turn.speaker for turn in view.transcript.turns] == ["agent", "customer"]
    assert view.evaluation.transcript_digest == view.transcript.digest
    (kept,) = corrections_of(lea.workspace, "Acme", "c-0")
    assert (kept.who, kept.reason, kept.after) == ("Lea", "the sides were mixed up", ("agent", "customer"))
    assert isinstance(kept, SpeakerCorrection)
    lea.workspace.review("Acme", view.evaluation.id, [], who="Lea")
    with pytest.raises(ConflictError, match="confirmed"):
        correct_speakers(lea.workspace, "Acme", "c-0", swap, who="Lea", reason="and back again")


# -- disputes and dashboards ------------------------------------------------------------------


def test_who_confirmed_does_not_decide_and_foreign_disputes_do_not_exist(lea):
    scored(lea.workspace, "Ana")
    lea.workspace.review("Acme", "c-0:short", [], who="Lea")
    made = dispute_desk.dispute(
        lea.workspace, "Acme", "c-0:short", "rude", who="Ana", reason="I was not rude."
    )
    assert disputes_page.open_count(lea) == 1
    assert "Another person" in disputes_page.view(lea, {})["html"]
    bea = Reader(lea.workspace, Principal("Bea", "qa", "Beta"))
    assert "I was not rude." not in disputes_page.view(bea, {"state": "all"})["html"]
    foreign = answered(disputes_page.decide, bea, {"dispute": made.id, "step": "upheld", "reason": "because"})
    missing = answered(disputes_page.decide, bea, {"dispute": "never", "step": "upheld", "reason": "because"})
    assert foreign["kind"] == missing["kind"] == "missing"


def test_single_agents_show_on_request_from_five_contacts_on_and_by_name(lea):
    scored(lea.workspace, *["Zoe"] * 5, *["Abe"] * 6, *["Few"] * 4)
    for number in range(15):
        lea.workspace.review("Acme", f"c-{number}:short", [], who="Lea")
    assert 'data-part="agents"' not in dashboards.view(lea, {})["html"]
    shown = dashboards.view(lea, {"agents": True})["html"]
    table = shown[shown.index('data-part="agents"') :]
    assert table.index("Abe") < table.index("Zoe")
    assert "Few" not in table
    assert "Left out for having fewer: 1." in shown
    assert 'data-week="2026-W10"' in shown
    profile = lea.kb.profile
    assert profile.extra.get("per_agent") is None


def test_a_client_may_switch_single_agents_off(lea):
    scored(lea.workspace, *["Zoe"] * 5)
    for number in range(5):
        lea.workspace.review("Acme", f"c-{number}:short", [], who="Lea")
    store = lea.kb.store
    store.put("Acme", replace(lea.kb.profile, extra={"per_agent": False}), supersede=True)
    lea.kb.refresh()
    shown = dashboards.view(lea, {"agents": True})["html"]
    assert 'data-part="agents"' not in shown
    assert "switched off for this client" in shown


# -- files ------------------------------------------------------------------------------------


def test_a_look_at_files_stores_nothing_and_one_bad_file_stops_no_other(client_of):
    lea = client_of("lea")
    files = [
        ("files", ("good.txt", io.BytesIO(b"Agent: Hello.\nCustomer: Hi.\n"), "text/plain")),
        ("files", ("bad.json", io.BytesIO(b'{"turns": ['), "application/json")),
    ]
    found = lea.post("/api/v1/ingest/preview", files=files).json()["files"]
    assert [one["path"] for one in found] == ["good.txt", "bad.json"]
    assert found[0]["contacts"][0]["roles"] == {"agent": 1, "customer": 1}
    assert found[1]["reason"]
    assert "good" not in {one["id"] for one in lea.get("/api/v1/contacts").json()["contacts"]}
    assert client_of("ana").post("/api/v1/ingest/preview", files=files[:1]).status_code == 403


@pytest.mark.parametrize(
    ("format", "kind", "name"),
    [
        ("csv", "text/csv", "evaluations.csv"),
        ("vcon", "application/json", "call-acme-short.vcon.json"),
        ("html", "text/html", "short-report.html"),
    ],
)
def test_an_export_is_a_file_to_save(client_of, format, kind, name):
    answer = client_of("lea").get(
        f"/api/v1/exports/{format}", params={"contact": "call-acme"} if format == "vcon" else {}
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "narwhal" not in answer.text


def test_exports_of_nothing_of_an_unknown_kind_or_for_agents_are_refused(client_of):
    lea = client_of("lea")
    assert lea.get("/api/v1/exports/csv", params={"contact": "call-beta"}).status_code == 404
    assert lea.get("/api/v1/exports/exe").status_code == 422
    assert client_of("ana").get("/api/v1/exports/csv").status_code == 403


def test_several_files_come_as_one_zip_with_the_same_bytes():
    from web.api_desk import _one_file

    files = [("a.json", b"{}"), ("b.json", b"[]")]
    name, content = _one_file(files, "vcon")
    assert (name, content) == _one_file(files, "vcon")
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["a.json", "b.json"]


def test_every_kind_of_answer_is_reviewed_over_rest(workspace):
    from web.shapes import OverrideIn

    card = Scorecard.parse(
        "name: s\nversion: 1\ntitle: S\nsections:\n  - ref: a\n    title: A\n    criteria:\n"
        "      - ref: how\n        question: How?\n        check: {asked: How?}\n        answer: {scale: 1-5}\n"
    )
    workspace.add_scorecard("Acme", card)
    transcript = workspace.contact("Acme", "call-acme").transcript
    (made, analysis) = workspace.score("Acme", transcript, scorecard=card)
    workspace.keep("Acme", made, analysis)
    sent = OverrideIn("how", value="4", reason="it was good")
    given = correction_of(sent.criterion, sent.outcome, sent.value, sent.reason)
    assert workspace.review("Acme", made.id, [given], who="Lea").score == 0.75


# -- which column of a table is what ---------------------------------------------------------


NIGHT = "Fall;Wer;Inhalt\nF1;KD;My parcel is late\nF1;MA;I will look now\n;KD;Lost\nF2;KD;Hello\n"
COLUMNS = {
    "columns": {"contact": "Fall", "speaker": "Wer", "text": "Inhalt"},
    "speakers": {"KD": "customer", "MA": "agent"},
}


def test_a_table_is_mapped_looked_at_taken_in_and_the_mapping_is_kept(client_of, filled):
    http, lea = client_of("lea"), Reader(filled, Principal("Lea", "qa", "Acme"))
    sent = {"files": ("night.csv", NIGHT.encode())}
    (found,) = http.post("/api/v1/ingest/preview", files=sent).json()["files"]
    assert "a table with unknown columns" in found["reason"]
    assert found["columns"]["names"] == ["Fall", "Wer", "Inhalt"]
    assert found["columns"]["values"][1] == ["KD", "MA"]
    asked = {"columns": json.dumps(COLUMNS)}
    german = {"Accept-Language": "de"}
    (found,) = http.post("/api/v1/ingest/preview", files=sent, data=asked, headers=german).json()["files"]
    assert (found["reason"], found["total"], found["left_out"]) == ("", 2, 1)
    assert found["rejected"] == [{"reason": "Zeile 4: hat keine Kontakt-ID"}]
    assert [turn["speaker"] for turn in found["contacts"][0]["first"]] == ["customer", "agent"]

    kept = answered(FUNCTIONS["keep_columns"], lea, {"name": "night", **COLUMNS})
    assert kept == {"kept": [{"name": "night", **COLUMNS}]}
    last = filled.audit.events("Acme", limit=1)[0]
    assert (last.who, last.action, last.of) == ("Lea", "mapping.keep", "night")
    html = answered(FUNCTIONS["upload"], lea, {})["html"]
    assert "night" in html
    report = http.post("/api/v1/ingest", files=sent, data={"columns": "night"}).json()
    assert report["stored"] == ["F1", "F2"]
    assert report["rejected"] == [{"path": "night.csv", "reason": "row 4: has no contact id"}]
    answer = http.post("/api/v1/ingest", files=sent, data={"columns": "day"})
    assert (answer.status_code, "there are: night" in answer.json()["detail"]) == (422, True)
    assert http.post("/api/v1/ingest/preview", files=sent, data={"columns": "{"}).status_code == 422
    # Another client has none of it.
    other = replace(lea, principal=Principal("Bo", "qa", "Beta"))
    filled.knowledge_base("Beta", create=True)
    assert '"night"' not in answered(FUNCTIONS["upload"], other, {})["html"]


def test_mappings_that_cannot_be_kept_are_told(lea):
    german = replace(lea, language="de")
    problem = answered(FUNCTIONS["keep_columns"], german, {"name": "../x", **COLUMNS})["problem"]
    assert problem.startswith("Zuordnung: der Name muss 1 bis 60 Buchstaben")
    problem = answered(FUNCTIONS["keep_columns"], german, {"name": "x", "columns": {"contact": "a"}})[
        "problem"
    ]
    assert problem == "Zuordnung x: braucht eine Spalte für den Text"
    assert "problem" in answered(FUNCTIONS["keep_columns"], lea, {"name": "x" * 30_000, **COLUMNS})
