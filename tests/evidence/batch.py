"""P16: a batch accounts for every contact, whatever is in it and whoever is killed.

A folder of short made-up contacts, one in a hundred of them poison: empty, over 50 MB, zero bytes, half a
surrogate, nested a hundred thousand deep, a workbook that explodes, another schema. `unscripted batch` is
started and killed up to twenty times, while it stores or while it scores, now its own process, now one of
its workers, and then left in peace.
Each time what is scored is scored once; in the end scored and dead are what was submitted, and the results
are to the byte those of a run that nobody broke.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.evidence import Outcome

ROOT = Path(__file__).parents[2]
RESTARTS = 20
_PER_RESTART = 30
"""Contacts, at least, for each restart: with few contacts it is killed a few times."""
_STORING = 0.35
"""Share of the restarts that are killed while contacts are still being stored; the others while they are scored."""
_LOOK_S = 0.5
_COMMAND = """
import sys
# What reads sentences loads torch when it is there and uses none of it: seconds of every start.
sys.modules["torch"] = None
from app import main
if __name__ == "__main__":
    sys.argv = ["unscripted", "batch", "acme", sys.argv[1], "--data", sys.argv[2], "--encoder", "hashing",
                "--processes", "2"]
    main()
"""
_POISON = ("empty", "huge", "nul", "surrogate", "deep", "bomb", "schema", "long")


def run(n: int, seed: int, folder: Path, *, doubling: bool = False) -> Outcome:
    """Score `n` contacts in a batch that is killed again and again, and in one that is not.

    Args:
        n: Contacts, poison included.
        seed: Decides their words, and when and who is killed.
        folder: For the data; empty.
        doubling: What the broken run stored is scored with another card in the end: the trial must fail.
    """
    random, failures = Random(seed), list[str]()
    files, script = folder / "calls", folder / "batch.py"
    files.mkdir()
    script.write_text(_COMMAND, "utf-8")
    for number in range(n):
        _contact(random, number, files / f"c{number:05}.json")
    poisoned = max(1, n // 100)
    for number in range(poisoned):
        _poison(_POISON[number % len(_POISON)], files / f"c{number * (n // poisoned):05}.json")
    whole, broken = folder / "whole", folder / "broken"
    for data in (whole, broken):
        _prepare(data, folder, pass_mark=80 if doubling and data == broken else 75)
    command = [sys.executable, str(script), str(files)]
    unbroken = _start([*command, str(whole)])
    drivers = workers = seen = 0
    restarts = max(1, min(RESTARTS, n // _PER_RESTART))
    for number in range(restarts):
        process = _start([*command, str(broken)])
        # Early and late: the first ones when so many are stored, the others when so many are scored.
        storing = max(1, round(restarts * _STORING))
        share = (number + random.random()) / storing
        kind, target = "Transcript", int(min(share, 0.95) * n)
        if number >= storing:
            share = (number - storing + random.random()) / (restarts - storing + 1)
            kind, target = "Evaluation", int(share * n)
        while process.poll() is None and _count(broken, kind) < target:
            time.sleep(_LOOK_S)
        time.sleep(random.uniform(0, 1.0))
        if number % 2 and (worker := _worker(process)):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                workers += 1
            time.sleep(random.uniform(0, 3.0))
        drivers += process.poll() is None
        _end(process)
        scored, _, wrong = _counts(broken)
        failures += [f"restart {number}: {one}" for one in wrong]
        failures += [f"restart {number}: {seen - scored} scores are gone"] * (scored < seen)
        seen = scored
    failures += _finish(_start([*command, str(broken)]), "the last run")
    failures += _finish(unbroken, "the unbroken run")
    scored, dead, wrong = _counts(broken)
    failures += wrong
    if scored + dead != n:
        failures.append(f"{scored} scored and {dead} dead of {n} submitted")
    if _results(broken) != _results(whole):
        failures.append("the results are not those of the unbroken run")
    notes = (
        f"{scored} scored, {dead} dead letters, 0 pending; {poisoned} of {n} were poison",
        f"{drivers} kills of the batch, {workers} of a worker, in {restarts} restarts",
        "short contacts, HashingEncoder, two processes",
    )
    return Outcome(n, drivers + workers + poisoned, tuple(failures), notes)


def _contact(random: Random, number: int, path: Path) -> None:
    lines = (
        ("customer", "Where is my order?"), ("agent", "That is not my problem."), ("customer", "This is late."),
        ("agent", "I am sorry to hear that. It comes on Monday."), ("agent", "You are an idiot."),
        ("agent", "A refund takes 12 days."), ("customer", "Thank you."), ("agent", "Happy to help, goodbye."),
    )  # fmt: skip
    turns = [
        {"speaker": speaker, "text": text}
        for speaker, text in (random.choice(lines) for _ in range(random.randrange(2, 8)))
    ]
    turns[0] = {"speaker": "agent", "text": f"Hello, this is number {number % 97} speaking."}
    path.write_text(json.dumps({"agent": f"agent {number % 7}", "turns": turns}), "utf-8")


def _poison(kind: str, path: Path) -> None:
    turns = '{"turns": [{"speaker": "customer", "text": "%s"}, {"speaker": "agent", "text": "Hello."}]}'
    if kind == "huge":
        with path.open("wb") as file:
            file.truncate(50_000_001)
        return
    bomb = io.BytesIO()
    if kind == "bomb":
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("xl/workbook.xml", b"\0" * 120_000_000)
    path.write_bytes(
        {
            "empty": b"",
            "nul": b"\0" * 5_000,
            "surrogate": (turns % "\\ud800 is half").encode(),
            "deep": b"[" * 100_000 + b"]" * 100_000,
            "bomb": bomb.getvalue(),
            "schema": b'{"invoice": {"lines": [1, 2, 3]}}',
            "long": (turns % ("a" * 300_000)).encode(),
        }[kind]
    )


def _prepare(data: Path, folder: Path, *, pass_mark: int) -> None:
    from models.encoders import HashingEncoder
    from qa.scorecards import Scorecard
    from web.workspace import Workspace

    files = folder / "documents"
    files.mkdir(exist_ok=True)
    (files / "refunds.md").write_text("# Refunds\n\nA refund takes 5 to 7 business days.", "utf-8")
    workspace = Workspace(data, encoder=HashingEncoder())
    workspace.ingest("acme", files)
    workspace.add_scorecard("acme", Scorecard.parse(_CARD.format(pass_mark=pass_mark)))


_CARD = """\
name: words
version: 1
title: Words
pass_mark: {pass_mark}
sections:
  - ref: words
    title: Words
    criteria:
      - {{ref: polite, question: Free of insults?, check: {{absent: [brand.insult, tone.rude, tone.dismissive]}}}}
      - {{ref: right, question: As the policy says?, check: {{absent: [brand.policy_contradiction]}}}}
"""


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=quiet,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def _finish(process: subprocess.Popen[bytes], what: str) -> list[str]:
    code = process.wait()
    return [f"{what} ended with {code}"] if code else []


def _worker(process: subprocess.Popen[bytes]) -> int:
    """A process that scores for this one; 0 when there is none."""
    with suppress(OSError):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        for child in reversed(children):
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
    return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its whole group, as a machine that goes down takes all."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _count(data: Path, kind: str) -> int:
    from storage import open_store

    store = open_store(data)
    (count,) = store._read_one("acme", "SELECT count(*) FROM records WHERE kind = ?", (kind,)) or (0,)
    store.close()
    return int(str(count))


def _counts(data: Path) -> tuple[int, int, list[str]]:
    """Scored, dead, and what is wrong."""
    from qa.batch import DeadLetter
    from storage import open_store

    store = open_store(data)
    dead = {one.transcript for one in store.find("acme", DeadLetter)}
    lines = store.tally("acme", "cases")
    cases = lines[0].count if lines else 0
    with store.writing("acme") as connection:
        # Their contacts alone, read where they lie: twenty times ten thousand records are read otherwise.
        scored = [
            str(one)
            for (one,) in connection.execute(
                "SELECT json_extract(body, '$.transcript') FROM records JOIN revisions ON record = seq "
                "AND revisions.revision = records.revision WHERE kind = 'Evaluation'"
            )
        ]
        there = [
            str(one) for (one,) in connection.execute("SELECT id FROM records WHERE kind = 'Transcript'")
        ]
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store.close()
    wrong = ["a contact is scored twice"] if len(scored) != len(set(scored)) else []
    wrong += ["a contact is there twice"] if len(there) != len(set(there)) else []
    wrong += ["a score is of no contact"] if set(scored) - set(there) else []
    wrong += [f"{cases} lines for {len(scored)} scored"] if cases < len(scored) or cases > len(there) else []
    wrong += ["a contact is scored and dead"] if {f"{id}.json" for id in scored} & dead else []
    return len(scored), len(dead), wrong + ([] if sound else ["integrity_check fails"])


def _results(data: Path) -> list[str]:
    from models.codec import to_json
    from models.records import Analysis, Evaluation
    from qa.batch import DeadLetter
    from storage import open_store

    store = open_store(data)
    found = [to_json(one) for kind in (Evaluation, Analysis, DeadLetter) for one in store.find("acme", kind)]
    store.close()
    return sorted(found)
