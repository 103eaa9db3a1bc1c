"""Queue, sample, report, export and coaching, through the functions and the command line."""

import json

import pytest
from typer.testing import CliRunner

from app import cli
from models.codec import to_plain
from models.encoders import HashingEncoder
from models.errors import ConflictError, InputError, NotFoundError
from models.records import ShownCard, ShownCards
from qa.reports import Period
from tests.unit.qa.exports.conftest import CARD, dossier
from web import reporting
from web.reporting import Choice
from web.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    kb = workspace.knowledge_base("acme", create=True)
    kb.store.put("acme", CARD)
    for number, status in enumerate(("confirmed", "confirmed", "draft", "draft")):
        one = dossier(f"c{number}", status=status, agent="ada" if number % 2 else "ben", score=number / 4)
        for record in (one.transcript, one.analysis, one.evaluation, *one.reviews):
            kb.store.put("acme", record)
    return workspace


@pytest.mark.parametrize("format", reporting.FORMATS)
def test_every_format_exports(workspace, format):
    files = reporting.export(workspace, "acme", format)
    assert files
    assert all(name and content for name, content in files)
    if format in ("connect", "vcon"):
        assert len(files) == 4


def test_one_contact_is_a_page_of_its_own(workspace):
    ((name, page),) = reporting.export(workspace, "acme", "html", Choice(contact="c1"))
    assert name == "c1-service.html"
    assert b"Are you deaf?" in page


def test_a_sample_of_nothing_is_not_everything(workspace):
    sample, _ = reporting.draw(
        workspace, "acme", "none", method="targeted", size=5, seed=1, who="Lea", label="brand.threat"
    )
    assert not sample.cases
    found = reporting.report(workspace, "acme", Choice(sample="none"))
    assert (found.counted, found.score.value) == (0, None)
    assert reporting.chosen(workspace, "acme", Choice(sample="none")) == []
    with pytest.raises(NotFoundError, match="no evaluation fits"):
        reporting.export(workspace, "acme", "csv", Choice(sample="none"))
    assert reporting.export(workspace, "acme", "pdf", Choice(sample="none"))
    assert reporting.export(workspace, "acme", "html", Choice(sample="none"))
    assert "NaN" not in json.dumps(to_plain(found))


def test_cards_explain_unless_the_client_has_switched_them_off(workspace):
    kb = workspace.knowledge_base("acme")
    card = ShownCard("s1", 0, "Hearing", ("Are you deaf ça va żółć Привет",), "", ())
    kb.store.put("acme", ShownCards("c1", (card,)))
    ((_, page),) = reporting.export(workspace, "acme", "html", Choice(contact="c1"))
    assert b"Hearing" in page
    folder = workspace.folder.parent / "client"
    folder.mkdir()
    (folder / "client.yaml").write_text("name: Acme\ncard_use: off\n")
    assert not kb.ingest(folder).warnings
    ((_, page),) = reporting.export(workspace, "acme", "html", Choice(contact="c1"))
    assert b"Hearing" not in page


def test_a_sample_is_kept_and_a_report_may_rest_on_it(workspace):
    sample, kept = reporting.draw(
        workspace, "acme", "week", method="random", size=1, seed=4, who="lead", people=["lead", "ada"]
    )
    assert set(kept.contacts) < {"c2", "c3"}, "only what waits is drawn"
    assert sum(map(len, kept.assigned.values())) == 1
    with pytest.raises(ConflictError):
        reporting.draw(workspace, "acme", "week", method="random", size=2, seed=4, who="lead")
    with pytest.raises(InputError):
        reporting.draw(workspace, "acme", "next", method="best", size=2, seed=4, who="lead")
    assert reporting.report(workspace, "acme", Choice(sample="week")).counted == 0
    assert sample.fair


def test_what_there_is_not(workspace):
    with pytest.raises(NotFoundError):
        reporting.export(workspace, "acme", "csv", Choice(agent="nobody"))
    with pytest.raises(NotFoundError):
        reporting.coaching(workspace, "acme", "nobody")
    with pytest.raises(NotFoundError):
        reporting.report(workspace, "acme", Choice(sample="none"))
    with pytest.raises(InputError):
        reporting.export(workspace, "acme", "doc")
    for turn in (0, 5):
        with pytest.raises(InputError, match="turns 1 to 4"):
            reporting.pin_note(workspace, "acme", "c1", turn, "Slower", who="lead")


def run(workspace, *words):
    result = CliRunner().invoke(cli, [*words, "--data", str(workspace.folder), "--encoder", "hashing"])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_the_command_line(workspace, tmp_path):
    assert "c3" in run(workspace, "queue", "acme", "--limit", "1") + run(workspace, "queue", "acme")
    assert "Ada" in run(workspace, "queue", "acme", "--claim", "c2", "--who", "Ada")
    assert json.loads(run(workspace, "queue", "acme", "--workload", "--json"))[0]["in_hand"] == 1
    assert "put back" in run(workspace, "queue", "acme", "--release", "c2", "--who", "Ada")
    assert "2 of 2" in run(workspace, "sample", "acme", "w1", "--size", "2", "--who", "lead")
    report = json.loads(
        run(workspace, "report", "acme", "--from", "2026-03-01", "--to", "2026-03-02", "--json")
    )
    assert (report["counted"], report["drafts"]) == (2, 2)
    assert "compliance-critical met" in run(workspace, "report", "acme")
    assert (
        run(workspace, "export", "acme", "--format", "vcon", "--out", str(tmp_path / "out")).count(
            "vcon.json"
        )
        == 4
    )
    run(
        workspace,
        "coach",
        "acme",
        "ada",
        "--contact",
        "c1",
        "--turn",
        "2",
        "--note",
        "Breathe",
        "--who",
        "lead",
    )
    assert json.loads(run(workspace, "coach", "acme", "ada", "--json"))["notes"][0]["text"] == "Breathe"
    run(workspace, "coach", "acme", "ada", "--out", str(tmp_path / "ada.html"))
    again = CliRunner().invoke(
        cli, ["coach", "acme", "ada", "--out", str(tmp_path / "ada.html"), "--data", str(workspace.folder)]
    )
    assert isinstance(again.exception, InputError)


def test_periods(workspace):
    assert reporting.report(workspace, "acme", Choice(period=Period("2026-03-03"))).counted == 0
    assert reporting.report(workspace, "acme", Choice(period=Period("", "2026-03-02"))).counted == 2
