"""`unscripted evidence`: the report names every promise, hides nothing, and says what failed."""

import dataclasses
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app
from models.errors import ConfigError
from tests.evidence import promises, quotes, report
from tests.evidence.promises import PROMISES, Promise
from web import evidence_command


def test_every_promise_is_there_once():
    assert [one.id for one in PROMISES] == [f"P{number}" for number in range(1, 31)]
    for one in PROMISES:
        assert one.says.endswith(".")
        assert bool(one.module) is not bool(one.elsewhere), one.id
        assert not one.module or (one.unit and 0 < one.small < one.full), one.id
        assert one.name
        assert all(said.endswith(".") for said in one.short), one.id


def test_sizes():
    one = Promise("P1", "x", "m", "things", 10, 300)
    assert [one.n(size) for size in ("small", "full", "2.5", "0.001")] == [10, 300, 25, 1]
    for wrong in ("huge", "0", "-1", "inf", "nan"):
        with pytest.raises(ValueError):
            one.n(wrong)


@pytest.fixture
def trials(monkeypatch, tmp_path):
    """Small trials of our own where the real ones are looked for."""

    def of(**sources):
        made = []
        for number, (name, source) in enumerate(sources.items(), 1):
            path = promises.FOLDER / f"zz_{name}.py"
            path.write_text("from tests.evidence import Outcome\n" + source, "utf-8")
            made.append(path)
            paths.append(path)
        return [
            Promise(f"P{number}", f"Promise <b>{path.stem}</b>.", path.stem, "things", 3, 30)
            for number, path in enumerate(made, 1)
        ]

    paths = []
    yield of
    for path in paths:
        path.unlink()


def test_what_holds_fails_breaks_hangs_and_is_missing(trials, tmp_path):
    listed = trials(
        holds="def run(n, seed, folder):\n (folder / 'x').touch()\n return Outcome(n, seed, (), (str(folder),))",
        fails="def run(n, seed, folder):\n return Outcome(n, 0, ('<script>alert(1)</script>',))",
        raises="def run(n, seed, folder):\n raise KeyError('a secret')",
        crashes="import os\ndef run(n, seed, folder):\n os.abort()",
        hangs="import time\ndef run(n, seed, folder):\n time.sleep(60)",
        idles="def run(n, seed, folder):\n return Outcome(0, 0)",
    )
    listed.append(Promise("P90", "Not yet.", "zz_never_written", "things", 1, 2))
    listed.append(Promise("P91", "Elsewhere.", elsewhere="Later: PostgreSQL."))
    states = []
    made = report.run_all(listed, size="small", seed=5, out=tmp_path, tell=states.append, minutes=0.2)
    assert [one.state for one in states] == ["held", *["failed"] * 5, "not tried", "not tried"]
    holds, _, raises, crashes, hangs, idles, missing, elsewhere = made.results
    assert (holds.tried, holds.faults, holds.failures, holds.n) == (3, 5, (), 3)
    assert not [one for one in holds.notes if (tmp_path / one).exists()]  # its folder is gone
    assert re.fullmatch(r"the trial ended with KeyError in zz_raises.py, line \d+", raises.failures[0])
    assert crashes.failures == ("the trial's process ended with -6",)
    assert "more than" in hangs.failures[0]
    assert idles.failures == ("nothing was tried",)
    assert missing.notes == ("Its trial is not written yet.",)
    assert elsewhere.notes == ("Later: PostgreSQL.",)
    page = (tmp_path / "evidence.html").read_text("utf-8")
    assert all(one.id in page for one in listed)
    assert "<script" not in page
    assert "<b>zz_" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "1 held, 5 failed, 2 not tried" in page
    assert not re.search(r'(src|href)="(?!#)', page)
    plain = json.loads((tmp_path / "evidence.json").read_text("utf-8"))
    assert plain["counts"] == {"held": 1, "failed": 5, "not tried": 2}
    assert plain["finished"] is True
    assert [one["id"] for one in plain["results"]] == [one.id for one in listed]
    for one in plain["results"]:
        assert all(
            one[name] for name in ("made_at", "version", "sqlite", "machine", "python", "size", "seed")
        )


def test_a_run_that_is_cut_short_leaves_what_it_had(trials, tmp_path):
    listed = trials(one="def run(n, seed, folder):\n return Outcome(n, 0)", two="")

    def stop(result):
        if result.id == "P2":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report.run_all(listed, size="small", seed=1, out=tmp_path, tell=stop)
    plain = json.loads((tmp_path / "evidence.json").read_text("utf-8"))
    assert (plain["finished"], len(plain["results"])) == (False, 1)
    assert "Not finished" in (tmp_path / "evidence.html").read_text("utf-8")


def test_a_report_grows(trials, tmp_path):
    one, two, three = trials(
        one="def run(n, seed, folder):\n return Outcome(n, 0)",
        two="def run(n, seed, folder):\n return Outcome(n, 0)",
        three="def run(n, seed, folder):\n return Outcome(n, 0, ('broken',))",
    )
    report.run_all([one, two], size="small", seed=1, out=tmp_path)
    made = report.run_all([three, one], size="full", seed=2, out=tmp_path)
    assert [(of.id, of.n, of.size, of.seed) for of in made.results] == [
        ("P1", 30, "full", 2), ("P2", 3, "small", 1), ("P3", 30, "full", 2),
    ]  # fmt: skip
    assert report.read(tmp_path) == made
    alone = report.run_all([two], size="full", seed=3, out=tmp_path, anew=True)
    assert [of.id for of in alone.results] == ["P2"]
    # Reports are taken into each other; one of the first kind said for all of them when it was made.
    old = json.loads((tmp_path / "evidence.json").read_text("utf-8"))
    of_two = old["results"][0]
    old["made_at"], of_two["notes"] = of_two.pop("made_at"), ["as it was"]
    (tmp_path / "old.json").write_text(json.dumps(old), "utf-8")
    assert report.taken_in(tmp_path / "other", [tmp_path / "old.json"]).results == (
        dataclasses.replace(alone.results[0], notes=("as it was",)),
    )


def test_what_is_no_report_is_left_alone(tmp_path):
    (tmp_path / "evidence.json").write_text("[1]", "utf-8")
    done = CliRunner().invoke(app.cli, ["evidence", "P3", "--out", str(tmp_path)])
    assert "is no report" in str(done.exception)
    assert (tmp_path / "evidence.json").read_text("utf-8") == "[1]"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_end_ends_its_trial_too(trials, tmp_path, sent):
    """With everything that the trial started, also in sessions of its own."""
    told = tmp_path / "started"
    trials(
        waits=f"""
import subprocess, sys, time
def run(n, seed, folder):
    asked = [sys.executable, "-c", "import time; time.sleep(120)"]
    kept = [subprocess.Popen(asked), subprocess.Popen(asked, start_new_session=True)]
    import os
    text = " ".join(str(pid) for pid in (os.getpid(), *(one.pid for one in kept)))
    open({str(told)!r} + ".part", "w").write(text)
    os.rename({str(told)!r} + ".part", {str(told)!r})
    time.sleep(120)
"""
    )
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it\n"
        "from pathlib import Path; from tests.evidence import report; from tests.evidence.promises import Promise; "
        f"report.run_all([Promise('P1', 'x.', 'zz_waits', 'x', 1, 2)], size='small', seed=1, out=Path({str(tmp_path)!r}))"
    )
    command = subprocess.Popen([sys.executable, "-c", code], cwd=report.ROOT, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not told.exists() and time.monotonic() < until:
            time.sleep(0.05)
        pids = [int(one) for one in told.read_text().split()]
        command.send_signal(sent)
        assert command.wait(60) != 0
        until = time.monotonic() + 30
        while (left := [pid for pid in pids if runs(pid)]) and time.monotonic() < until:
            time.sleep(0.05)
        assert not left
    finally:
        command.kill()
        command.wait()


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_command(tmp_path):
    asked = ["evidence", "--only", "P26", "p3", "--size", "0.1", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app.cli, asked)
    assert done.exit_code == 0, done.output
    assert "P3 not tried: Later" in done.output
    assert "P26 held: 4 tried, 4 faults put in, 0 failures" in done.output
    assert "1 held, 0 failed, 1 not tried" in done.output
    plain = json.loads((tmp_path / "out" / "evidence.json").read_text("utf-8"))
    assert [(one["id"], one["tried"]) for one in plain["results"]] == [("P3", 0), ("P26", 4)]


@pytest.mark.parametrize("asked", [["P99"], ["P1", "--size", "huge"]])
def test_what_cannot_be_asked_is_said(tmp_path, asked):
    done = CliRunner().invoke(app.cli, ["evidence", *asked, "--out", str(tmp_path / "out")])
    assert done.exit_code != 0
    assert "evidence:" in str(done.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", [quotes.README, quotes.SECURITY, quotes.REPORT / "README.md"], ids=str)
def test_what_the_documents_quote_is_what_the_report_says(path):
    assert (quotes.ROOT / path).read_text("utf-8") == quotes.pages()[quotes.ROOT / path], (
        "run python docs/build.py"
    )


def test_the_report_that_is_kept_is_of_full_size_and_names_its_commits():
    for one in report.read(quotes.ROOT / quotes.REPORT).results:
        known = next(promise for promise in PROMISES if promise.id == one.id)
        assert one.says == known.says
        assert one.state == "not tried" or (one.commit and one.size == "full"), one.id


def test_marks_of_a_document():
    assert quotes.between(f"a{quotes.BEGIN}x{quotes.END}b", ["y"]) == f"a{quotes.BEGIN}\ny\n{quotes.END}b"
    for wrong in ("", quotes.BEGIN, f"{quotes.END}{quotes.BEGIN * 2}"):
        with pytest.raises(ValueError):
            quotes.between(wrong, [])


def test_without_the_source_tree_it_says_so(tmp_path):
    with pytest.raises(ConfigError, match="source tree"):
        evidence_command.suite(tmp_path)
