"""P18: the live panel goes on without the parts that are missing, and never shows a policy that is none.

A contact asks for a policy while the generator is gone, refuses, talks rubbish, hangs, drips, dies in the middle
or invents another policy; while the encoder cannot be used; and while the disk is full or broken. Each time the
turn is answered at once, the card holds the words of the document and nothing else, what a generator said
otherwise is nowhere, and the contact is closed. A turn that could not be kept is refused with a reason, what
was there stays on display, and the same turn is taken when there is room again.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

from tests.evidence import Outcome
from tests.evidence.disk import Disk, on_disk

GENERATORS = ("gone", "refuses", "rubbish", "hangs", "drips", "dies", "invents")
PARTS = (*GENERATORS, "encoder", "disk")
MOST_S = 10.0
"""For a turn: above what a busy machine takes, far below how long a generator hangs here."""
_HANGS_S = 30.0
_DEADLINE_S = 1.0
"""Of the client, for a generator's words."""
_FACTS = ("A refund takes ten working days.", "The refund goes to the card.")
_POLICY = f"# How long does a refund take?\n\n{' '.join(_FACTS)}\n"
_INVENTED = "Refunds take 99 days. Visit evil.example. Your refund is 12 percent. "
_FORBIDDEN = ("99 days", "evil.example", "12 percent")
_QUESTIONS = (
    "How long does a refund take?",
    "How long does a card refund take?",
    "How long will my refund take?",
    "How long does the refund take?",
    "Tell me how long a refund takes, please.",
    "Can you say how long a refund does take?",
    "So how long does it take to get a refund?",
)


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Hold `n` live contacts, each without one part.

    Args:
        n: Contacts, the parts in turns; at least one for each part.
        seed: Decides what is asked.
        folder: For the data; empty.
    """
    random, failures, slowest, tried = Random(seed), list[str](), 0.0, 0
    told: dict[str, int] = {}
    each = max(1, n // len(PARTS))
    for part in PARTS:
        with _without(part, folder / part) as (caller, broken):
            for number in range(each):
                wrong, took, outcome = _contact(caller, f"c{number}", random, broken, part)
                failures += [f"{part}, contact {number}: {one}" for one in wrong]
                slowest, tried = max(slowest, took), tried + 1
                told[outcome] = told.get(outcome, 0) + 1
    notes = (
        f"{each} contacts without each of: {', '.join(PARTS)}",
        f"slowest answer to a turn {slowest:.1f} s, where a generator hung for {_HANGS_S:.0f} s",
        "what was told of a generator's words: " + ", ".join(f"{k} {v}" for k, v in sorted(told.items())),
    )
    return Outcome(tried, tried, tuple(failures), notes)


def _contact(
    caller: Any, contact: str, random: Random, broken: Callable[[bool], None], part: str
) -> tuple[list[str], float, str]:
    """One contact: what went wrong, seconds of the turn, and what was told of a generator's words."""
    wrong: list[str] = []
    _turn(caller, contact, "Hello.", 0)
    broken(True)
    began = time.monotonic()
    question = random.choice(_QUESTIONS)
    answer = _turn(caller, contact, question, 1)
    took = time.monotonic() - began
    if part == "disk":
        wrong += _refused(caller, contact, answer)
        broken(False)
        answer = _turn(caller, contact, question, 1)
    if answer.status_code != 200:
        return [*wrong, f"the turn was answered with {answer.status_code}"], took, "nothing asked"
    if took > MOST_S:
        wrong.append(f"the turn took {took:.1f} s")
    cards = answer.json()["suggestions"]
    wrong += [] if cards else ["no card is shown"]
    outcome = "nothing asked"
    for card in cards:
        wrong += _of_the_document(card)
        if part == "encoder" and not card["degraded"]:
            wrong.append("the card does not say that it was found by words alone")
        if part in GENERATORS:
            asked = caller.post(f"/api/v1/contacts/{contact}/cards/{card['id']}/wording").json()
            outcome = asked["outcome"]
            if asked["outcome"] == "worded" or any(one not in _POLICY for one in _sentences(asked["text"])):
                wrong.append("words that the document does not say are shown")
    state = caller.get(f"/api/live/{contact}/state").text
    if any(one in state for one in _FORBIDDEN):
        wrong.append("an invented policy is on display")
    if [one["id"] for one in json.loads(state)["regions"].get("cards", ())] != [one["id"] for one in cards]:
        wrong.append("the cards are not on display")
    closed = caller.post(f"/api/v1/contacts/{contact}/close", json={})
    if closed.status_code != 200 or any(one in closed.text for one in _FORBIDDEN):
        wrong.append(f"closing was answered with {closed.status_code}")
    broken(False)
    return wrong, took, outcome


def _turn(caller: Any, contact: str, text: str, number: int) -> Any:
    turn = {"speaker": "customer", "text": text, "id": str(number)}
    return caller.post(f"/api/v1/contacts/{contact}/turns", json={"turns": [turn]})


def _refused(caller: Any, contact: str, answer: Any) -> list[str]:
    """A turn that cannot be kept is refused in words; what was there is still shown, and the turn is not."""
    wrong = []
    if answer.status_code != 503 or "disk" not in answer.json().get("detail", ""):
        wrong.append(f"without a disk the turn was answered with {answer.status_code}")
    shown = caller.get(f"/api/v1/live/{contact}")
    if shown.status_code != 200 or len(shown.json()["transcript"]["turns"]) != 1:
        wrong.append("without a disk the panel does not show what was there")
    return wrong


def _of_the_document(card: dict[str, Any]) -> list[str]:
    said = [*card["facts"], card["text"], *(one["text"] for one in card["sources"])]
    return [] if card["facts"] and all(one in _POLICY for one in said) else ["a card is not the document's"]


def _sentences(text: str) -> list[str]:
    return [f"{one.strip()}." for one in text.split(".") if one.strip()]


# -- parts that are missing ----------------------------------------------------------------------


@contextmanager
def _without(part: str, folder: Path) -> Iterator[tuple[Any, Callable[[bool], None]]]:
    """A caller of a server that lacks a part while the switch says so."""
    from models.encoders import HashingEncoder
    from web.generation import GenerationSettings
    from web.workspace import Workspace

    folder.mkdir(parents=True)
    with ExitStack() as stack:
        settings, encoder, disk = GenerationSettings(), _Encoder(HashingEncoder()), Disk(1)
        if part in GENERATORS:
            url = stack.enter_context(_endpoint(part))
            settings = GenerationSettings(remote_url=url, remote_model="small")
        if part == "disk":
            stack.enter_context(on_disk(disk))
        workspace = Workspace(folder / "data", encoder=encoder)
        workspace.generation = settings
        own = folder / "client"
        own.mkdir()
        use = "remote" if part in GENERATORS else "none"
        wanted = f"generator: {{use: {use}, deadline_s: {_DEADLINE_S}}}\n" if part in GENERATORS else ""
        (own / "client.yaml").write_text(f"name: Acme\n{wanted}", "utf-8")
        (own / "refunds.md").write_text(_POLICY, "utf-8")
        workspace.ingest("acme", own)

        def broken(now: bool) -> None:
            encoder.gone = now and part == "encoder"
            disk.refuse = 1.0 if now and part == "disk" else 0.0

        yield stack.enter_context(_caller(workspace)), broken
        disk.refuse = 0.0
        workspace._store.close()


@contextmanager
def _caller(workspace: Any) -> Iterator[Any]:
    from starlette.testclient import TestClient

    from storage.access import AccessKeys
    from tests.evidence.two_clients import RATES
    from web.server import create_app

    app = create_app(workspace, pages=(), limits=RATES)
    key = AccessKeys(workspace.folder).issue("Ana", "agent", "acme")
    headers = {"Authorization": f"Bearer {key}"}
    try:
        yield TestClient(
            app, base_url="http://127.0.0.1:8000", headers=headers, raise_server_exceptions=False
        )
    finally:
        app.state.wordings.stop()


class _Encoder:
    """An encoder that can be taken away."""

    def __init__(self, real: Any) -> None:
        self.name, self.dimension, self.gone = real.name, real.dimension, False
        self._real = real

    def encode(self, texts: Any) -> Any:
        """As the real one, unless it is gone."""
        from models.errors import ModelError

        if self.gone:
            raise ModelError("encoder: its weights are missing")
        return self._real.encode(texts)


@contextmanager
def _endpoint(part: str) -> Iterator[str]:
    """Where a generator ought to be."""
    from web import generation

    over = threading.Event()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if part == "refuses":
                self.send_error(500)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            if part == "rubbish":
                self.wfile.write(bytes(range(256)) * 40)
                return
            for piece in () if part == "hangs" else _INVENTED.split(" "):
                chunk = {"choices": [{"index": 0, "delta": {"content": f"{piece} "}}]}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
                if part == "drips" and over.wait(_HANGS_S / 10):
                    return
                if part == "dies":
                    return
            if part == "hangs":
                over.wait(_HANGS_S)
            else:
                self.wfile.write(b"data: [DONE]\n\n")

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if part == "gone":
        server.shutdown()
        server.server_close()
    try:
        yield url
    finally:
        over.set()
        if part != "gone":
            server.shutdown()
            server.server_close()
        generation._remote.cache_clear()
