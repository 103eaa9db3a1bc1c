"""P7: no card number, code or id reaches a byte that stays or leaves: disk, log, export, backup, webhook, generator.

Every contact is taken through what a client's contacts go through, on one of several ways in, then analysed,
scored, reviewed, exported, crashed upon and backed up; afterwards all bytes are searched.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_args

from benchmarks.redaction import wilson
from copilot.wording import collected
from models.errors import NotFoundError, UnscriptedError
from models.records import Transcript
from storage.backup import make_backup
from storage.restore import restore_backup
from tests.evidence import Outcome
from tests.evidence.card_talk import Search, Talk, talks
from tests.evidence.office import CLIENT, Office, files_of, own_temporary
from tests.evidence.pii_recall import highest
from web import reporting
from web.delivery import Delivery
from web.generation import GenerationSettings
from web.reporting import Choice, Format
from web.webhooks import add_target

WAYS = ("live", "telephony", "upload", "score", "folder")
"""Ways in, in turn; the last contacts of a run are live when the process is killed."""
SURVIVE = 0.99
"""Share of lines with ordinary numbers that must come out as they went in."""
_AT_CRASH = 20
"""One contact of so many is going on when the process is killed."""
_SHOWN, _EVERY = 40, 4
"""Contacts whose own page and PDF are made; the tables hold all of them."""
_PER_FILE = 25


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Take `n` contacts with unique secrets through everything, and search every byte.

    Args:
        n: Contacts.
        seed: Decides what they say.
        folder: For the data; empty.
    """
    made = list(talks(n, seed))
    search = Search(made)
    failures = [
        f"the search is blind to contact {number} ({one.shape})" for number, one in _unseen(made, search)
    ]
    by_way = {
        way: [one for number, one in enumerate(made) if number % len(WAYS) == place]
        for place, way in enumerate(WAYS)
    }
    killed = by_way["live"][:: max(1, _AT_CRASH // len(WAYS))]
    by_way["live"] = [one for one in by_way["live"] if one not in killed]
    ids = {id(one): f"talk-{number}" for number, one in enumerate(made)}
    said: dict[str, bytes] = {}
    log, printed = io.StringIO(), io.StringIO()
    with (
        own_temporary(folder / "tmp") as temporary,
        _logged(log),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        _endpoint() as (url, asked),
    ):
        office = _office(folder, url)
        sent: list[str] = []
        delivery = Delivery(office.workspace, send=lambda _, message, __: sent.append(message.body()) or 200)
        for one in by_way["live"]:
            _live(office, one, ids[id(one)])
        for one in by_way["telephony"]:
            _telephony(office, one, ids[id(one)])
        for first in range(0, len(by_way["upload"]), _PER_FILE):
            _upload(office, by_way["upload"][first : first + _PER_FILE], ids)
        for one in by_way["score"]:
            _score(office, one, ids[id(one)])
        _folder(office, by_way["folder"], ids, folder / "out.jsonl")
        delivery.round()
        office.close()
        said["a process that was killed"] = _crash(folder / "data", url, killed, ids)
        office = Office(folder / "data", again=True)
        for one in killed:
            closed = office.call("agent", "POST", f"/contacts/{ids[id(one)]}/close", json={})
            failures += [f"{ids[id(one)]}: is lost after the kill"] if closed.status_code != 200 else []
        _afterwards(office, made, ids)
        survived, beside = _survived(office, made, ids, failures)
        for name, content in _exported(office, made, ids):
            (folder / "exports").mkdir(exist_ok=True)
            (folder / "exports" / name).write_bytes(content)
        Delivery(office.workspace, send=lambda _, message, __: sent.append(message.body()) or 200).round()
        backup = make_backup(office.data, folder / "backups")
        failures += _search(search, {"a file while it runs": _bytes(office.data, temporary)})
        office.close()
        restored = restore_backup(backup.path, folder / "restored")
    answers = office.answers
    said |= {
        "the log": log.getvalue().encode(),
        "the terminal": printed.getvalue().encode(),
        "what a generator was sent": "\n".join(asked).encode(),
        "webhooks": "\n".join(sent).encode(),
        "out.jsonl": (folder / "out.jsonl").read_bytes(),
    }
    everywhere = {
        "a file": _bytes(folder / "data", temporary),
        "an export": _bytes(folder / "exports"),
        "a backup": _bytes(folder / "backups"),
        "a restored folder": _bytes(restored.folder),
        "said": said.items(),
        "an answer": ((what, body) for what, _, body in answers),
    }
    failures += _search(search, everywhere)
    cards = sum(bool(one.number) for one in made)
    notes = [
        f"{cards} with card numbers, {n - cards} with codes, ids, addresses; {len({one.shape for one in made})} shapes",
        f"0 in {cards} is at most {300 / cards:.2f} % at 95 % (rule of three)"
        if cards and not failures
        else "",
        f"{len(asked)} prompts were sent to a generator, {len(sent)} webhooks; {len(killed)} contacts at a kill",
        f"lines with ordinary numbers that came out as they went in: {wilson(*survived)}",
        f"the same right behind a secret, where more is masked: {wilson(*beside)}",
    ]
    if survived[1] and highest(*survived) < SURVIVE:
        failures.append(f"ordinary numbers: {survived[0]} of {survived[1]} lines came out as they went in")
    return Outcome(n, len(killed), tuple(failures), tuple(filter(None, notes)))


# -- the parts that it goes through -----------------------------------------------------------


def _office(folder: Path, url: str) -> Office:
    office = Office(folder / "data")
    office.workspace.generation = GenerationSettings("", url, "recording")
    own = folder / "client"
    own.mkdir()
    (own / "client.yaml").write_text("name: Acme\ngenerator: {use: remote, deadline_s: 5}\n", "utf-8")
    office.workspace.ingest(CLIENT, own)
    add_target(office.data, CLIENT, "http://127.0.0.1:9/hook")
    return office


def _live(office: Office, one: Talk, id: str) -> None:
    base = f"/contacts/{id}"
    last = one.worst
    for place, (speaker, text) in enumerate(one.turns):
        turn = {"speaker": speaker, "text": text, "id": f"t{place}"}
        if place % 3 == 2:
            half = turn | {"text": text[: len(text) // 2], "is_final": False}
            office.call("agent", "POST", f"{base}/turns", json={"turns": [half]})
        answer = office.call("agent", "POST", f"{base}/turns", json={"turns": [turn]})
        for card in answer.json().get("suggestions", ())[:1]:
            office.call(
                "agent", "POST", f"{base}/feedback", json={"suggestion": card["id"], "action": "dismissed"}
            )
    asks = {"speaker": "customer", "text": f"{last} How long does a refund take?"}
    shown = (
        office.call("agent", "POST", f"{base}/turns", json={"turns": [asks]}).json().get("suggestions", ())
    )
    session = office.workspace.live.session(office.workspace.knowledge_base(CLIENT).client, id)
    for card in shown[:1]:
        with contextlib.suppress(UnscriptedError):
            collected(session.word(card["id"]))
    office.call("agent", "POST", f"{base}/drafts", json={"draft": f"I noted: {last}"})
    office.call("agent", "POST", f"{base}/close", json={})
    lines = [{"heading": "issue", "text": last[:480]}, {"heading": "done", "text": f"Took {last[:400]}"}]
    office.call("agent", "PUT", f"{base}/wrap-up", json={"lines": lines, "drafted": last})


def _telephony(office: Office, one: Talk, id: str) -> None:
    turns = [
        {"speaker": speaker, "text": text, "id": f"t{place}"}
        for place, (speaker, text) in enumerate(one.turns)
    ]
    office.call("feed", "POST", "/feeds/plain", json={"contact": id, "agent": "Ana", "turns": turns})
    office.call("admin", "POST", f"/contacts/{id}/close", json={})


def _upload(office: Office, some: list[Talk], ids: dict[int, str]) -> None:
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(("conversation_id", "speaker", "text", "start"))
    for one in some:
        rows.writerows(
            (ids[id(one)], speaker, text, place) for place, (speaker, text) in enumerate(one.turns)
        )
    file = ("talks.csv", io.BytesIO(table.getvalue().encode()))
    office.call("qa", "POST", "/ingest/preview", files=[("files", file)])
    file[1].seek(0)
    office.call("qa", "POST", "/ingest", files=[("files", file)])


def _score(office: Office, one: Talk, id: str) -> None:
    turns = [{"speaker": speaker, "text": text} for speaker, text in one.turns]
    worst = one.worst
    transcript = {"id": id, "turns": turns, "agent": "Ana", "metadata": {"note": worst, worst[:100]: "key"}}
    office.call("qa", "POST", "/analyse", json={"transcript": transcript})
    office.call("qa", "POST", "/score", json={"transcript": transcript, "keep": True})


def _folder(office: Office, some: list[Talk], ids: dict[int, str], out: Path) -> None:
    """Files in a folder, by the commands."""
    from web import commands
    from web.terminal import Terminal

    own = out.parent / "contacts"
    own.mkdir()
    for one in some:
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(("conversation_id", "speaker", "text", "start"))
        rows.writerows(
            (ids[id(one)], speaker, text, place) for place, (speaker, text) in enumerate(one.turns)
        )
        (own / f"{ids[id(one)]}.csv").write_text(table.getvalue(), "utf-8")
    out.write_bytes(b"")
    if some:
        commands.batch(
            office.workspace, Terminal(), CLIENT, own, scorecard=None, processes=1, encoder="hashing", out=out
        )


def _crash(data: Path, url: str, some: list[Talk], ids: dict[int, str]) -> bytes:
    """A process of its own hears contacts and is killed in the middle; what it said."""
    told = json.dumps([[ids[id(one)], one.turns] for one in some])
    done = subprocess.run(
        [sys.executable, "-m", "tests.evidence.card_data", str(data), url],
        input=told.encode(),
        capture_output=True,
        check=False,
        cwd=Path(__file__).parent.parent.parent,
    )
    if done.returncode != -signal.SIGKILL:
        raise RuntimeError(f"the process ended with {done.returncode}")
    return done.stdout + done.stderr


def _killed(data: Path, url: str) -> None:
    office = Office(data, again=True)
    office.workspace.generation = GenerationSettings("", url, "recording")
    for contact, turns in json.load(sys.stdin):
        for speaker, text in turns:
            turn = {"speaker": speaker, "text": text}
            office.call("agent", "POST", f"/contacts/{contact}/turns", json={"turns": [turn]})
    os.kill(os.getpid(), signal.SIGKILL)


def _afterwards(office: Office, made: list[Talk], ids: dict[int, str]) -> None:
    """Scores, reviews and disputes, with the secret again in what people type."""
    for number, one in enumerate(made):
        contact = ids[id(one)]
        office.call("qa", "POST", "/score", json={"contact": contact, "keep": True})
        if number % 4:
            continue
        worst = one.worst[:400]
        override = {"criterion": "rude", "outcome": "NOT_MET", "reason": f"They said {worst}"}
        office.call("qa", "POST", f"/evaluations/{contact}:short/review", json={"overrides": [override]})
        office.call(
            "agent",
            "POST",
            f"/evaluations/{contact}:short/disputes",
            json={"criterion": "rude", "reason": worst},
        )
        with contextlib.suppress(UnscriptedError):
            reporting.pin_note(office.workspace, CLIENT, contact, 1, worst, who="Lea", before=worst)
        office.call("qa", "GET", f"/contacts/{contact}")
        office.call("agent", "GET", "/search", params={"q": worst[:200]})


def _survived(
    office: Office, made: list[Talk], ids: dict[int, str], failures: list[str]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Lines with ordinary numbers that came out as they went in, and how many: apart from the secret, beside it."""
    same, total, beside = 0, 0, 0
    for one in made:
        try:
            kept = office.store.get(CLIENT, Transcript, ids[id(one)])
        except NotFoundError:
            failures.append(f"{ids[id(one)]}: is not stored ({one.shape})")
            continue
        texts = {" ".join(turn.text.split()) for turn in kept.turns}
        total += len(one.ordinary)
        same += sum(" ".join(one.turns[place][1].split()) in texts for place in one.ordinary)
        beside += " ".join(one.turns[one.beside][1].split()) in texts
    return (same, total), (beside, len(made))


def _exported(office: Office, made: list[Talk], ids: dict[int, str]) -> Iterator[tuple[str, bytes]]:
    for format in get_args(Format):
        for name, content in reporting.export(office.workspace, CLIENT, format):
            yield f"{format}-{name}", content
    for one in made[:: max(_EVERY, len(made) // _SHOWN)]:
        for format in ("html", "pdf"):
            for name, content in reporting.export(
                office.workspace, CLIENT, format, Choice(contact=ids[id(one)])
            ):  # type: ignore[arg-type]
                yield f"one-{name}", content
                answer = office.call("qa", "GET", f"/exports/{format}", params={"contact": ids[id(one)]})
                yield f"web-{name}", answer.content


# -- the search --------------------------------------------------------------------------------


def _unseen(made: list[Talk], search: Search) -> Iterator[tuple[int, Talk]]:
    """Contacts whose secret the search would not find, were it there as it was said."""
    for number, one in enumerate(made):
        raw = json.dumps(one.turns, ensure_ascii=number % 2 == 0).encode()
        if not search.left_in(raw):
            yield number, one


def _search(search: Search, places: dict[str, Iterable[tuple[str, bytes]]]) -> list[str]:
    failures = []
    for what, found in places.items():
        for name, content in found:
            left = search.left_in(content)
            if left:
                failures.append(f"{what} ({name}) holds {len(left)} secrets: {', '.join(sorted(left)[:3])}")
    return failures


def _bytes(*roots: Path) -> Iterator[tuple[str, bytes]]:
    """Every byte of every file, as it lies there and as its format holds it: rows, members, pages."""
    for name, content in files_of(*roots):
        yield name, content
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from ((f"{name}/{inner}", archive.read(inner)) for inner in archive.namelist())
        elif name.endswith(".tar"):
            with contextlib.suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(content)) as archive:
                for member in archive:
                    file = archive.extractfile(member)
                    yield f"{name}/{member.name}", file.read() if file is not None else b""
        elif content[:5] == b"%PDF-":
            from pypdf import PdfReader

            pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
            yield f"{name}, text", "\n".join(pages).encode()
    for root in roots:
        for path in sorted(root.rglob("*.sqlite")):
            yield f"{path.name}, rows", b"\n".join(_rows(path))


def _rows(path: Path) -> Iterator[bytes]:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            with contextlib.suppress(sqlite3.DatabaseError):  # a virtual table of a module that is not here
                for row in connection.execute(f'SELECT * FROM "{table}"'):
                    yield b"\n".join(
                        value if isinstance(value, bytes) else str(value).encode()
                        for value in row
                        if value is not None
                    )


@contextlib.contextmanager
def _logged(into: io.StringIO) -> Iterator[None]:
    """Every log line of our own, however fine; the callers' library names addresses, which are theirs."""
    handler = logging.StreamHandler(into)
    handler.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@contextlib.contextmanager
def _endpoint() -> Iterator[tuple[str, list[str]]]:
    """A generator behind OpenAI's protocol on this machine that keeps all it is sent."""
    asked: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(f"{self.headers}{body.decode()}")
            answer = json.dumps(
                {"choices": [{"message": {"content": "A refund takes ten working days."}}]}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    _killed(Path(sys.argv[1]), sys.argv[2])
