"""Exports and the terminal: hostile names and words stay words, and no file is written over."""

import csv
import io
import json
from dataclasses import replace

import pytest

from models.errors import InputError
from models.records import Turn
from qa.exports import contact_html, contact_pdf, long_csv, team_html, team_pdf, wide_xlsx
from qa.reports import team_report
from storage import MemoryStore
from tests.unit.qa.exports.conftest import dossier
from web.report_commands import _write
from web.reporting import _named_apart, safe_name
from web.terminal import Terminal

HOSTILE = (
    "a\x00b\x0b\x1b[31m\x07\x9b2J",
    "Ana\u202e 0.9 \u2066x",
    "<img src='http://x/'><para><b>&lt;",
    r"$\frac{$ \$x$ \\$",
    "=cmd|' /C calc'!A0",
)


def made_with(words):
    one = dossier(agent=words)
    contact = replace(one.transcript, turns=(Turn("customer", words), *one.transcript.turns[1:]))
    card = replace(
        one.scorecard,
        title=words,
        sections=tuple(
            replace(
                part, title=words, criteria=tuple(replace(asked, question=words) for asked in part.criteria)
            )
            for part in one.scorecard.sections
        ),
    )
    evaluation = replace(
        one.evaluation, verdicts=tuple(replace(v, reason=words, by=words) for v in one.evaluation.verdicts)
    )
    found = tuple(replace(finding, reason=words, remedy=words) for finding in one.analysis.findings)
    whole = replace(
        one,
        transcript=contact,
        scorecard=card,
        evaluation=evaluation,
        analysis=replace(one.analysis, findings=found),
    )
    store = MemoryStore()
    for record in (contact, whole.analysis, evaluation):
        store.put("acme", record)
    return whole, team_report(store, "acme", [card])


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_every_export_takes_hostile_words_as_words(words):
    one, report = made_with(words)
    pages = contact_html(one, client=words) + team_html(report, client=words)
    for steering in "\x00\x07\x0b\x1b\x9b\u202e\u2066":
        assert steering not in pages
    assert "<img" not in pages
    assert "<para" not in pages
    assert contact_pdf(one, client=words).startswith(b"%PDF")
    assert team_pdf(report, client=words).startswith(b"%PDF")
    assert wide_xlsx([one], report).startswith(b"PK")


@pytest.mark.parametrize("part", [";", "\t", "\n", "\r\n", '; "', "; "])
@pytest.mark.parametrize("sign", "=+-@")
def test_no_cell_begins_a_formula_where_semicolons_or_tabs_part_cells(part, sign):
    one, _ = made_with(f"Hello{part}{sign}HYPERLINK(1)")
    text = long_csv([one])
    for delimiter in ";\t":
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            assert not [cell for cell in row if cell.lstrip(' "\r\n').startswith(sign)]
    assert f"Hello{part}'{sign}HYPERLINK(1)" in next(csv.DictReader(io.StringIO(text)))["question"]


def test_names_of_files_are_no_paths_and_differ():
    for id in ("../../etc/passwd", "/abs", "a\\b", "..", "", "\x00", "c:\\x", "x" * 600):
        name = safe_name(id)
        assert name
        assert not set(name) & set("/\\\0:")
        assert name not in (".", "..")
    files = _named_apart([("a-b.json", b"1"), ("A-b.json", b"2"), ("a-b.json", b"3"), ("a-b-2.json", b"4")])
    assert len({name.casefold() for name, _ in files}) == len(files)
    assert [content for _, content in files] == [b"1", b"2", b"3", b"4"]


def test_nothing_is_written_over_or_through_a_link(tmp_path):
    victim = tmp_path / "victim.txt"
    link = tmp_path / "evaluations.csv"
    link.symlink_to(victim)
    with pytest.raises(InputError, match="exists"):
        _write([("evaluations.csv", b"x")], link)
    with pytest.raises(InputError, match="exists"):
        _write([("evaluations.csv", b"x")], tmp_path)
    assert not victim.exists()
    (written,) = _write([("e.csv", b"x")], tmp_path / "mine.csv")
    assert written.read_bytes() == b"x"
    assert written.stat().st_mode & 0o077 == 0


def test_json_on_a_terminal_steers_nothing_and_is_the_same_value(capsys):
    said = "a\x1b[2J\x9b31m\u202e\u2028\ud800 żółć 👩"
    Terminal(as_json=True).json({"text": said})
    out = capsys.readouterr().out
    assert not set(out) & set("\x1b\x9b\u202e\u2028\ud800")
    assert "żółć 👩" in out
    assert json.loads(out) == {"text": said}


def test_words_in_colons_stay_as_they_were_said(capsys):
    Terminal().say("the code is :smile: [bold]x[/bold]")
    assert ":smile: [bold]x[/bold]" in capsys.readouterr().out
