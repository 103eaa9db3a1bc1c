"""Stock phrases from the command line: learned, shown, decided."""

import json

import pytest

from tests.e2e.test_command_line import EXAMPLES, call

STOCK = "I have asked the workshop in {} to look at it and they will ring you."


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    assert call(["ingest", "lumenor", str(EXAMPLES / "lumenor"), *options(folder)]) == 0
    contacts = tmp_path / "past"
    contacts.mkdir()
    for number, city in enumerate("Oslo Ghent Porto Lyon Graz Cork Turin Leeds".split()):
        lines = f"Agent: {STOCK.format(city)}\nCustomer: Thanks, that is all for number {number}.\n"
        (contacts / f"past-{number}.txt").write_text(lines)
    return folder, contacts


def options(folder):
    return ["--data", str(folder), "--encoder", "hashing"]


def test_learn_approve_and_show(data, capsys):
    folder, contacts = data
    assert call(["learn", "lumenor", str(contacts), *options(folder), "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["contacts"] == 8
    assert call(["phrases", "lumenor", *options(folder), "--json"]) == 0
    phrases = json.loads(last_json(capsys))
    assert [(one["state"], one["contacts"]) for one in phrases] == [("proposed", 8)]
    id = phrases[0]["id"]
    assert call(["phrases", "lumenor", "--approve", id, *options(folder)]) == 1
    assert "name of the person" in capsys.readouterr().err
    assert call(["phrases", "lumenor", "--approve", id, "--who", "Ada", *options(folder)]) == 0
    assert "approved by Ada" in capsys.readouterr().out
    assert call(["phrases", "lumenor", "--reject", "nothing", "--who", "Ada", *options(folder)]) == 1


def test_learning_from_nothing_says_so(data, capsys):
    folder, _ = data
    assert call(["learn", "lumenor", *options(folder)]) == 1
    assert "no past contacts" in capsys.readouterr().err


def last_json(capsys):
    out = capsys.readouterr().out
    return out[out.index("[") :]
