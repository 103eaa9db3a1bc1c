"""Works-council mode and sampling mode: what reviewers see, what is counted, what is scored by itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

import app
from knowledge_base.client_file import parse_profile
from knowledge_base.protection import Protection, protection_of
from models.errors import ConfigError, InputError, NotFoundError
from models.records import ShownCards, Transcript, Turn
from storage.access import AccessKeys, Principal
from tests.unit.web.test_qa_views import scored
from web import dashboards, desk, dispute_desk, disputes_page, own_scores, reporting, review_desk
from web.queue_pane import queue_answer
from web.reader import Reader
from web.reporting import Choice
from web.server import create_app
from web.veil import drop_others, in_sample, veil_of

NAMES = ("Ana", "Bodil", "Cleo", "Dirk", "Eva")


def council(workspace, text="protection:\n  works_council: yes\n"):
    kb = workspace.knowledge_base("Acme")
    kb.store.put("Acme", parse_profile(text, "Acme")[0], supersede=True)
    kb.refresh()
    return kb


@pytest.fixture
def lea(workspace):
    return Reader(workspace, Principal("Lea", "qa", "Acme"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Protection()),
        ("protection:", Protection()),
        ("protection: {works_council: yes}", Protection(works_council=True)),
        ("protection: {sample: 10 %, others: drop}", Protection(sample=0.1, others="drop")),
        ("protection: {works_council: no, sample: 0.25}", Protection(sample=0.25)),
    ],
)
def test_settings(text, wanted):
    assert protection_of(parse_profile(text, "Acme")[0]) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "protection: yes",
        "protection: {works_council: maybe}",
        "protection: {sample: 110 %}",
        "protection: {sample: a few}",
        "protection: {sample: yes}",
        "protection: {others: sell}",
        "protection: {works_councils: yes}",
    ],
)
def test_a_setting_that_means_nothing_is_refused_when_the_file_is_read(text):
    with pytest.raises(ConfigError, match="protection"):
        parse_profile(text, "Acme")


def test_pages_rest_and_exports_show_pseudonyms(lea):
    workspace = lea.workspace
    scored(workspace, *NAMES)
    seen = {
        "queue": lambda: queue_answer(lea, {"facets": True}),
        "contact": lambda: review_desk.contact_panes(lea, {"contact": "c-1"}),
        "csv": lambda: reporting.export(workspace, "Acme", "csv"),
        "html": lambda: reporting.export(workspace, "Acme", "html", Choice(contact="c-1")),
        "vcon": lambda: reporting.export(workspace, "Acme", "vcon", Choice(contact="c-1")),
    }
    key = AccessKeys(workspace.folder).issue("Lea", "qa", "Acme")
    rest = TestClient(create_app(workspace, pages=()), headers={"Authorization": f"Bearer {key}"})
    paths = ("contacts", "contacts/c-1", "queue", "evaluations", "evaluations/c-1:short")
    seen |= {path: lambda path=path: rest.get(f"/api/v1/{path}").text for path in paths}
    assert all("Bodil" in str(look()) for look in seen.values())
    council(workspace)
    pseudonym = veil_of(workspace, "Acme").name("Bodil")
    assert pseudonym == veil_of(workspace, "Acme").name(" BODIL") != veil_of(workspace, "Acme").name("Ana")
    for name, look in seen.items():
        said = str(look())
        assert pseudonym in said, name
        assert not [agent for agent in NAMES if f">{agent}<" in said or f'"{agent}"' in said], name
        assert "Bodil" not in said, name
    assert rest.get("/api/v1/evaluations", params={"agent": "Bodil"}).status_code == 422
    with pytest.raises(InputError, match="works-council"):
        queue_answer(lea, {"agent": "Bodil"})
    with pytest.raises(InputError, match="works-council"):
        reporting.export(workspace, "Acme", "csv", Choice(agent="Bodil"))


def test_commands_and_answers_that_confirm_show_pseudonyms(workspace, tmp_path, monkeypatch):
    scored(workspace, "Ana", "Bodil")
    council(workspace)
    pseudonym = veil_of(workspace, "Acme").name("Bodil")
    keys = AccessKeys(workspace.folder)
    lead, admin, bodil = (
        {"Authorization": f"Bearer {keys.issue(name, role, 'Acme')}"}
        for name, role in (("Lea", "qa"), ("Adi", "admin"), ("Bodil", "agent"))
    )
    rest = TestClient(create_app(workspace, pages=()))
    turns = {"turns": [{"speaker": "customer", "text": "Where is my order?"}]}
    rest.post("/api/v1/contacts/live-1/turns", json=turns, headers=bodil).raise_for_status()
    for path in ("live", "live/live-1"):
        assert pseudonym in (said := rest.get(f"/api/v1/{path}", headers=admin).text), path
        assert "Bodil" not in said, path
        assert "Bodil" in rest.get(f"/api/v1/{path}", headers=bodil).text, path
    folder = tmp_path / "calls"
    folder.mkdir()
    call = {"agent": "Bodil", "turns": [{"speaker": "agent", "text": "Hello."}]}
    (folder / "new.json").write_text(json.dumps(call), "utf-8")
    data = ["--data", str(workspace.folder), "--encoder", "hashing"]
    asked = [
        ["batch", "Acme", str(folder), "--processes", "1", "--out", str(tmp_path / "out.jsonl")],
        ["batch", "Acme", str(folder), "--processes", "1", "--json"],
        ["score", "Acme", str(folder / "new.json")],
        ["score", "Acme", str(folder / "new.json"), "--json"],
        ["review", "Acme"],
        ["review", "Acme", "--json"],
        ["review", "Acme", "c-1:short"],
        ["review", "Acme", "c-1:short", "--json"],
        ["review", "Acme", "c-1:short", "--who", "Lea", "--json"],
    ]
    for words in asked:
        done = CliRunner().invoke(app.cli, [*words, *data])
        assert done.exit_code == 0, (words, done.output, done.exception)
        assert "Bodil" not in done.output, words
        assert pseudonym[:12] in done.output, words
    assert "Bodil" not in (tmp_path / "out.jsonl").read_text("utf-8")
    for path, body in (("review", {"overrides": []}), ("acknowledge", {})):
        done = rest.post(f"/api/v1/evaluations/c-0:short/{path}", json=body, headers=lead)
        assert done.is_success, done.text
        assert '"Ana"' not in done.text


def test_stored_records_keep_their_names_and_the_agent_sees_their_own(lea):
    workspace = lea.workspace
    scored(workspace, "Ana", "Bodil")
    council(workspace)
    review_desk.contact_panes(lea, {"contact": "c-1"})
    review_desk.save(lea, {"evaluation": "c-1:short", "status": "draft"})
    evaluation = workspace.contact("Acme", "c-1").evaluation
    assert (evaluation.agent, evaluation.status) == ("Bodil", "confirmed")
    bo = replace(lea, principal=Principal("Bodil", "agent", "Acme"))
    assert own_scores.opened(bo, {"evaluation": "c-1:short"})["percent"] == 100
    # Where the score of one person is talked about, it is about that person.
    assert reporting.coaching(workspace, "Acme", "Bodil").agent == "Bodil"
    dispute_desk.dispute(workspace, "Acme", "c-1:short", "rude", who="Bodil", reason="I was polite.")
    assert "Bodil" in disputes_page.view(lea, {})["html"]


def test_figures_of_teams_of_five_only_and_nobody_ranked(lea):
    workspace = lea.workspace
    scored(workspace, *NAMES[:4], "Ana")
    council(workspace)
    for number in range(5):
        desk.review(workspace, "Acme", f"c-{number}:short", [], who="Lea")
    few = reporting.report(workspace, "Acme")
    assert (few.withheld, few.counted, few.score.value, few.agents) == (True, 0, None, ())
    assert lea.words("dashboards")["withheld"] in dashboards.view(lea, {})["html"]
    scored(workspace, "Eva", start=5)
    desk.review(workspace, "Acme", "c-5:short", [], who="Lea")
    enough = reporting.report(workspace, "Acme")
    assert (enough.withheld, enough.counted, enough.score.value) == (False, 6, 1.0)
    assert (enough.agents, enough.trend.weeks) == ((), ())
    page = dashboards.view(lea, {"agents": True})["html"]
    assert 'data-part="agents"' not in page
    assert not [name for name in NAMES if name in page]
    with pytest.raises(InputError, match="works-council"):
        reporting.report(workspace, "Acme", Choice(agent="Ana"))


def test_card_use_is_off(lea, monkeypatch):
    workspace = lea.workspace
    transcript = workspace.contact("Acme", "call-acme").transcript
    lea.kb.store.put("Acme", ShownCards("call-acme", ()))
    monkeypatch.setattr(reporting, "card_uses", lambda *_: ["told"])
    assert reporting.uses_of_cards(workspace, "Acme", transcript) == ["told"]
    council(workspace)
    assert reporting.uses_of_cards(workspace, "Acme", transcript) == []


def test_a_sample_is_drawn_by_chance_and_cannot_be_steered(workspace, tmp_path):
    from web.workspace import Workspace

    council(workspace, "protection: {sample: 20 %}")
    ids = [f"call-{number}" for number in range(2_000)]
    drawn = {id for id in ids if in_sample(workspace, "Acme", id)}
    assert 0.17 < len(drawn) / len(ids) < 0.23
    assert drawn == {id for id in ids if in_sample(workspace, "Acme", id)}
    # Another data folder has another key: the ids alone say nothing.
    other = Workspace(tmp_path / "other", encoder=workspace._encoder)
    other.knowledge_base("Acme", create=True)
    council(other, "protection: {sample: 20 %}")
    assert 0.1 < len({id for id in drawn if in_sample(other, "Acme", id)}) / len(drawn) < 0.3


@pytest.mark.parametrize(("sample", "status"), [("0 %", "unscored"), ("100 %", "draft")])
def test_only_what_is_drawn_is_scored_when_a_contact_ends(workspace, sample, status):
    kb = council(workspace, f"protection: {{sample: {sample}}}")
    workspace.hear("Acme", "live-1", [Turn("agent", "Hello, I will look.")], agent="Ana")
    workspace.close("Acme", "live-1", agent="Ana")
    workspace._later.shutdown(wait=True)
    assert [one.status for one in kb.store.cases("Acme", {"contact": "live-1"})] == [status]


def test_what_is_not_drawn_may_be_dropped_after_a_day(workspace):
    kb = council(workspace, "protection: {sample: 0 %, others: drop}")
    store = workspace._store
    workspace.add_transcripts(
        "Acme", [Transcript(f"t-{n}", "Acme", (Turn("agent", "Hello."),)) for n in range(3)]
    )
    with store.writing("Acme") as connection:
        connection.execute("INSERT INTO holds VALUES ('t-2', 'Adi', 'a claim', 'now')")
    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    assert drop_others(store, "Acme") == 0
    assert drop_others(store, "Beta", now=tomorrow) == 0
    assert drop_others(store, "Acme", now=tomorrow) == 2
    assert {one.id for one in kb.store.find("Acme", Transcript)} == {"call-acme", "t-2"}  # scored, held
    with pytest.raises(NotFoundError):
        workspace.contact("Acme", "t-0")
    assert workspace.contact("Acme", "call-acme").evaluation is not None
