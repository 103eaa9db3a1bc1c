"""A server that is killed (SIGKILL) loses nothing that it acknowledged, doubles nothing, and revives no ended contact."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from models.encoders import HashingEncoder
from models.records import Document, ShownCards, Transcript, WrapUp
from models.records.events import LiveContact, LiveEvent
from storage import open_store
from storage.access import AccessKeys
from web.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
SERVE = """
import sys
sys.path.insert(0, sys.argv[1])
from models.encoders import HashingEncoder
from web.server import create_app, serve
from web.workspace import Workspace
serve(create_app(Workspace(sys.argv[2], encoder=HashingEncoder()), pages=()), port=int(sys.argv[3]))
"""
REFUNDS = "# Refunds\n\nA card refund takes 3 to 5 business days. A bank refund takes 7 days."
ASKED = "How long does a card refund take?"


class Server:
    """The real server in a process of its own, over one data folder."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        workspace = Workspace(folder, encoder=HashingEncoder())
        workspace.knowledge_base("Acme", create=True).add(
            [Document("policies/refunds", REFUNDS, kind="policy")]
        )
        self.key = AccessKeys(folder).issue("Ana", "agent", "Acme")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(ROOT), str(self.folder), str(self.port)],
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        with self.caller() as caller:
            for _ in range(3_000):
                try:
                    caller.get("/livez")
                    return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def caller(self):
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=150,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("killed") / "data")
    made.start()
    yield made
    made.kill()


def post(caller, contact, number, text="hm", **fields):
    turn = {"speaker": "customer", "text": text, "id": str(number), **fields}
    return caller.post(f"/api/v1/contacts/{contact}/turns", json={"turns": [turn]})


def talk_until_killed(server, contact, acknowledged, refused, chance):
    number = 0
    with server.caller() as caller:
        while True:
            try:
                answer = post(
                    caller, contact, number, chance.choice((ASKED, "Well.", "My number is 483 55."))
                )
            except httpx.TransportError:
                return
            if answer.status_code == 503:
                time.sleep(0.02)  # busy: it says so before it acknowledges
            elif answer.status_code != 200:
                refused.append(answer.text)
                return
            else:
                acknowledged.append((contact, str(number)))
                number += 1


def kill_while_talking(server, round_number, *, most_s):
    chance = random.Random(round_number)
    acknowledged, refused = [], []
    threads = [
        threading.Thread(
            target=talk_until_killed, args=(server, f"c{round_number}-{one}", acknowledged, refused, chance)
        )
        for one in range(3)
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 150
    while not acknowledged and not refused and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, most_s))
    server.kill()
    for thread in threads:
        thread.join()
    assert not refused
    server.start()
    with server.caller() as caller:
        for contact in {contact for contact, _ in acknowledged}:
            found = caller.get(f"/api/v1/live/{contact}").json()["transcript"]["turns"]
            ids = [turn["id"] for turn in found]
            assert len(ids) == len(set(ids)), "a turn stands twice"
            missing = {id for name, id in acknowledged if name == contact} - set(ids)
            assert not missing, f"{len(missing)} acknowledged turns are lost"
    return len(acknowledged)


@pytest.mark.parametrize("kills", [1, pytest.param(100, marks=pytest.mark.nightly)])
def test_nothing_acknowledged_is_lost(server, kills):
    assert sum(kill_while_talking(server, number, most_s=1.5) for number in range(kills)) >= kills


def test_after_a_kill_the_contact_goes_on_as_it_was_and_ends_once(server):
    with server.caller() as caller:
        first = post(caller, "c1", 1, ASKED).json()
        (card, *_) = first["suggestions"]
        post(caller, "c1", 2, "My card is 4111 1111 1111 1111.")
        assert caller.post(
            "/api/v1/contacts/c1/feedback", json={"suggestion": card["id"], "action": "dismissed"}
        ).is_success
        before = caller.get("/api/v1/live/c1").json()
    server.kill()
    server.start()
    with server.caller() as caller:
        after = caller.get("/api/v1/live/c1").json()
        assert after == before
        assert all(one["id"] != card["id"] for one in after["cards"])
        # The same request again is harmless: its turn has an id.
        again = post(caller, "c1", 1, ASKED).json()
        assert (again["accepted"], again["ignored"]) == (0, 1)
        summary = caller.post("/api/v1/contacts/c1/close", json={}).json()
    server.kill()
    server.start()
    store = open_store(server.folder)
    assert [one.id for one in store.find("Acme", Transcript)] == ["c1"]
    assert [one.contact for one in store.find("Acme", WrapUp)] == ["c1"]
    assert [one.id for one in store.find("Acme", ShownCards)] == ["c1"]
    assert "c1" not in {one.id for one in store.find("Acme", LiveContact)}
    assert "c1" not in {one.contact for one in store.find("Acme", LiveEvent)}
    with server.caller() as caller:
        assert post(caller, "c1", 3).status_code == 409
        assert caller.get("/api/v1/live/c1").status_code == 404
        closed = caller.post("/api/v1/contacts/c1/close", json={})
        assert closed.json() == summary
