import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from models.errors import InputError
from models.records.coaching import CoachingNote
from qa import read_transcripts
from qa.card_use import CardUse
from qa.exports import (
    coaching_html,
    coaching_sheet,
    connect_json,
    contact_html,
    contact_pdf,
    long_csv,
    team_html,
    team_pdf,
    vcon_json,
    wide_xlsx,
)
from qa.exports.dossier import Dossier, dossiers
from qa.exports.tables import as_words
from qa.reports import team_report
from storage import MemoryStore
from tests.unit.qa.exports.conftest import AT, CARD, dossier


@pytest.fixture
def report():
    store = MemoryStore()
    for number, agent in enumerate(("ada", "ada", "=cmd", "$ben$ <i>")):
        one = dossier(f"c{number}", agent=agent, score=number / 4)
        for record in (one.transcript, one.analysis, one.evaluation):
            store.put("acme", record)
    return team_report(store, "acme", [CARD])


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1+cmd|x", "@SUM(A1)", "\t=1", " =1", "＝1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_words(words):
    assert as_words(words) == "'" + words


@pytest.mark.parametrize("value", [-1.5, 3, None, True, "a=b", "turn 2", ""])
def test_other_cells_stay_as_they_are(value):
    assert as_words(value) == value


def test_long_csv_has_a_row_for_each_answer(one):
    text = long_csv([one])
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["criterion"] for row in rows] == ["greeting", "rude"]
    assert rows[0]["machine_outcome"] == "UNSCORED"
    assert (rows[0]["reason"], rows[1]["question"]) == ("'@said it in turn 2", '\'=HYPERLINK("http://x")')
    assert (rows[1]["turns"], rows[1]["words"], rows[1]["confirmed_by"]) == ("2", "Are you deaf?", "lead")


def test_workbook_holds_words_numbers_and_charts(one, report):
    data = wide_xlsx([one, dossier("c2", status="draft")], report)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Evaluations", "Agents", "Criteria", "Weeks", "Findings", "About"]
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), "no cell is a formula"
            assert all(cell.hyperlink is None for cell in row)
    (head, first, second) = list(book["Evaluations"].values)
    assert dict(zip(head, first, strict=True))["rude"] == 0
    assert dict(zip(head, second, strict=True))["confirmed by"] in (None, "")
    assert {row[0] for row in book["Agents"].values} >= {"ada", "'=cmd"}
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert sum("charts/chart" in name for name in names) == 3


def test_contact_page_stands_alone_and_runs_nothing(one):
    cards = [CardUse("s1", "Refunds <x>", "own words", None)]
    page = contact_html(one, client="Acme & Co", cards=cards)
    assert "<b>wrong</b>" not in page
    assert "&lt;b&gt;wrong&lt;/b&gt;" in page
    assert '<mark class="critical">Are you deaf?</mark>' in page
    assert "Acme &amp; Co" in page
    assert "conveyed in the agent&#39;s own words" in page
    for outside in ("<script", "src=", "href=", "@import", "url("):
        assert outside not in page
    assert "The machine had said: not told" in page
    assert "No person has confirmed it" in contact_html(dossier(status="draft"))


def test_team_page_has_plots_with_names_as_words(report):
    page = team_html(report)
    assert page.count("<svg") == 2
    assert "$ben$ &lt;i&gt;" in page
    assert "<i>" not in page
    assert team_html(report) == page, "the same report gives the same bytes"
    assert "<script" not in page


def test_pdfs_say_the_same_in_every_script(one, report):
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(contact_pdf(one))).pages)
    for said in (
        "Are you deaf?",
        "Привет",
        "żółć",
        "Confirmed by lead on 2026-03-02",
        "demeans <the> customer",
    ):
        assert said in words
    assert contact_pdf(one) == contact_pdf(one)
    assert "3 disputed" not in " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(team_pdf(report))).pages
    )


def test_a_very_long_turn_still_fits_on_paper(one):
    long = replace(
        one.transcript, turns=(*one.transcript.turns, replace(one.transcript.turns[1], text="word " * 9000))
    )
    huge = replace(one, transcript=long, analysis=None)
    assert len(PdfReader(io.BytesIO(contact_pdf(huge))).pages) > 5


def test_connect_shape(one):
    body = json.loads(connect_json(one))
    assert (body["schemaVersion"], body["metadata"]["contactId"]) == ("3.1", "c1")
    assert body["metadata"]["score"] == {"percentage": 0.0, "automaticFail": True}
    rude = body["questions"][1]
    assert rude["questionType"] == "SINGLESELECT"
    assert [value["valueText"] for value in rude["answer"]["values"] if value["selected"]] == ["No"]
    assert rude["score"] == {"percentage": 0.0, "automaticFail": True}


def test_vcon_comes_back_as_the_same_turns(one, tmp_path):
    path = tmp_path / "c1.vcon.json"
    path.write_text(vcon_json(one))
    (read,) = read_transcripts(path, client="acme")
    assert [(turn.speaker, turn.text) for turn in read.turns] == [
        ("customer", one.transcript.turns[0].text),
        ("agent", one.transcript.turns[1].text),
    ]
    body = json.loads(path.read_text())
    assert body["analysis"][0]["body"]["score"] == 0.0
    assert vcon_json(one) == path.read_text()


def test_coaching_is_about_words_and_from_confirmed_evaluations(one):
    note = CoachingNote(
        "c1", 1, "Breathe first", "lead", AT, before="Are you deaf?", after="Shall I repeat it?"
    )
    sheet = coaching_sheet("ada", [one], [note, replace(note, contact="c9")])
    assert [point.label for point in sheet.to_practise] == ["tone.rude"]
    assert [point.label for point in sheet.went_well] == ["tone.courtesy"]
    assert sheet.to_practise[0].examples[0].instead == "Could you say that again?"
    assert sheet.criteria == (('=HYPERLINK("http://x")', 1, 1),)
    assert len(sheet.notes) == 1
    page = coaching_html(sheet, client="Acme")
    assert "Shall I repeat it?" in page
    for refused in (dossier(status="draft"), dossier(status="disputed"), dossier(agent="ben")):
        with pytest.raises(InputError, match="coaching"):
            coaching_sheet("ada", [refused])


def test_a_dossier_belongs_together(one):
    with pytest.raises(InputError, match="another contact"):
        Dossier(replace(one.transcript, id="c2"), one.evaluation, CARD)
    with pytest.raises(InputError, match="scorecard version"):
        Dossier(one.transcript, one.evaluation, replace(CARD, version="2"))


def test_what_is_stored_becomes_dossiers_and_erased_contacts_do_not(one):
    store = MemoryStore()
    other = dossier("c2")
    for record in (one.transcript, one.analysis, one.evaluation, *one.reviews, other.evaluation, CARD):
        store.put("acme", record)
    (found,) = dossiers(store, "acme", [one.evaluation, other.evaluation])
    assert found.transcript.id == "c1"
    assert found.confirmed_by.who == "lead"
    changed = replace(one.transcript, turns=one.transcript.turns[:1])
    store.put("acme", changed, supersede=True)
    (found,) = dossiers(store, "acme", [one.evaluation])
    assert found.analysis is None, "marks of another text are not shown"
    assert found.quoted(one.evaluation.verdicts[1].evidence) == []
