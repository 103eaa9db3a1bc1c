"""The QA lead's pages: shown scorecards are read, shown commands run in their order."""

import re
import shlex
from pathlib import Path

import pytest

import app
from qa.card_reading import _KEYS
from qa.linting import lint
from qa.scorecards import Scorecard

ROOT = Path(__file__).parents[2]
PAST = "contact_id,evaluator,respect,resolved\nprice-change-letter,Max,yes,no\napril-bill-paid-twice,Max,yes,yes\n"


def shown(page, kind):
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), flags=re.DOTALL)


def test_the_reference_names_every_key_and_its_example_uses_them():
    (example,) = shown("reference/scorecards.md", "yaml")
    page = (ROOT / "docs/reference/scorecards.md").read_text("utf-8")
    for key in _KEYS.split():
        assert f"| `{key}` |" in page, key
        assert f"{key}:" in example, key
    card = Scorecard.parse(example)
    assert {one.answer.kind for one in card.criteria} == {"yes_no", "number", "scale", "text"}
    assert lint(card) == []


@pytest.fixture
def place(tmp_path, monkeypatch):
    (card,) = shown("how-to/calibrate.md", "yaml")
    (tmp_path / "manner.yaml").write_text(card, "utf-8")
    (tmp_path / "past.csv").write_text(PAST, "utf-8")
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "lumenor").symlink_to(ROOT / "examples" / "lumenor")
    contacts = tmp_path / "examples" / "contacts" / "lumenor"
    contacts.mkdir(parents=True)
    for name in ("price-change-letter.txt", "april-bill-paid-twice.txt"):
        (found,) = (ROOT / "examples" / "contacts" / "lumenor").glob(name.split(".")[0] + ".*")
        (contacts / found.name).write_bytes(found.read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNSCRIPTED_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("UNSCRIPTED_ENCODER", "hashing")
    return tmp_path


def test_calibrating_as_shown(place, monkeypatch, capsys):
    lines = [
        line for block in shown("how-to/calibrate.md", "sh") for line in block.splitlines() if line.strip()
    ]
    assert len(lines) >= 20
    for line in lines:
        monkeypatch.setattr("sys.argv", shlex.split(line))
        try:
            app.main()
        except SystemExit as stopped:
            assert not stopped.code, f"{line}\n{capsys.readouterr().err}"
    said = capsys.readouterr().out
    assert "confirmed" in said
    assert "disputed → resolved" in said
    assert "evaluations made again, byte for byte the same" in said
