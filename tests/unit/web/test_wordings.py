"""Words of a generator come beside the turns: never in their way, never without their label."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from models.errors import NotFoundError
from models.generators.guarded import GuardedGenerator
from models.records import Document, WrapUp
from storage.access import AccessKeys
from web import generation
from web.generation import GenerationSettings
from web.server import create_app
from web.wordings import Wordings
from web.workspace import Workspace

POLICY = "# How long does a refund take?\n\nA refund takes ten working days. The refund goes to the card.\n"
ASKED = {"speaker": "customer", "text": "How long does a refund take?"}
SOON_S = 20.0
"""Far above what a turn takes, far below how long a generator hangs here."""
GOOD = "A refund takes ten working days."


def opted_in(tmp_path, use, deadline_s=4.0, settings=None):
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    workspace.generation = settings or GenerationSettings()
    folder = tmp_path / "acme"
    folder.mkdir()
    wanted = f"generator: {{use: {use}, deadline_s: {deadline_s}}}\n" if use else ""
    (folder / "client.yaml").write_text(f"name: Acme\n{wanted}dispositions: [Refund takes time]\n")
    (folder / "refunds.md").write_text(POLICY)
    workspace.ingest("acme", folder)
    return workspace


@contextmanager
def faulty(fault):
    """An endpoint that speaks the protocol, up to its fault."""
    over = threading.Event()

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            if fault == "refuses":
                self.send_error(500)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            said = "" if fault == "hangs" else "Refunds take 99 days. Visit evil.example. "
            if fault in ("good", "hangs after one"):
                said = f"{GOOD} The "
            for piece in said.split(" "):
                chunk = {"choices": [{"index": 0, "delta": {"content": f"{piece} "}}]}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()
            if fault.startswith("hangs"):
                over.wait(120)
            elif fault != "dies":
                self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield GenerationSettings(remote_url=f"http://127.0.0.1:{server.server_port}/v1", remote_model="small")
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        generation._remote.cache_clear()


@contextmanager
def people(workspace):
    app = create_app(workspace, pages=())
    key = AccessKeys(workspace.folder).issue("Ana", "agent", "acme")
    client = TestClient(app, base_url="http://127.0.0.1:8000", headers={"Authorization": f"Bearer {key}"})
    try:
        yield app, client
    finally:
        app.state.wordings.stop()


def regions(client, contact="c1"):
    answer = client.get(f"/api/live/{contact}/state")
    return answer.json()["regions"] if answer.status_code == 200 else {}


def until(look, seconds=10.0):
    """What `look` gives as soon as it gives something."""
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def ask(client, contact="c1"):
    return client.post(f"/api/v1/contacts/{contact}/turns", json={"turns": [ASKED]}).json()["suggestions"]


def test_words_come_beside_the_card_and_go_with_it(tmp_path):
    with people(opted_in(tmp_path, "quotes")) as (_, client):
        (card,) = ask(client)
        word = until(
            lambda: (made := regions(client).get("wording", {}).get(card["id"])) and made["done"] and made
        )
        assert GOOD in word["text"]
        assert word["label"].startswith("AI-worded, check ")
        asked = client.post(f"/api/v1/contacts/c1/cards/{card['id']}/wording").json()
        assert (asked["text"], asked["done"], asked["outcome"]) == (word["text"], True, "worded")
        client.post("/api/v1/contacts/c1/feedback", json={"suggestion": card["id"], "action": "dismissed"})
        assert regions(client)["wording"] == {}
        gone = client.post(f"/api/v1/contacts/c1/cards/{card['id']}/wording")
        assert gone.status_code == 404


def test_nothing_is_worded_that_the_client_did_not_ask_for(tmp_path):
    with people(opted_in(tmp_path, "")) as (_, client):
        (card,) = ask(client)
        asked = client.post(f"/api/v1/contacts/c1/cards/{card['id']}/wording").json()
        assert (asked["text"], asked["outcome"]) == ("", "not asked")
        client.post("/api/v1/contacts/c1/close", json={})
        assert client.get("/api/v1/contacts/c1/wrap-up").json()["drafted"] == ""
        assert {"wording", "wrap_up"}.isdisjoint(regions(client))


def test_an_opt_in_that_is_taken_back_counts_at_once(tmp_path):
    workspace = opted_in(tmp_path, "quotes")
    with people(workspace) as (_, client):
        client.post("/api/v1/contacts/c1/open", json={})
        (tmp_path / "acme" / "client.yaml").write_text("name: Acme\n")
        workspace.ingest("acme", tmp_path / "acme")
        (card,) = ask(client)
        asked = client.post(f"/api/v1/contacts/c1/cards/{card['id']}/wording").json()
        assert asked["outcome"] == "not asked"


def test_the_wrap_up_gets_a_drafted_text_and_says_so(tmp_path):
    workspace = opted_in(tmp_path, "quotes")
    with people(workspace) as (_, client):
        ask(client)
        said = [{"speaker": "agent", "text": "I have refunded your order. I will send an email tomorrow."}]
        client.post("/api/v1/contacts/c1/turns", json={"turns": said})
        closed = client.post("/api/v1/contacts/c1/close", json={}).json()
        assert closed["drafted"] == ""
        told = until(lambda: regions(client).get("wrap_up"))
        kept = client.get("/api/v1/contacts/c1/wrap-up").json()
        assert kept["drafted"]
        assert kept["drafted"] == told["drafted"]
        assert kept["lines"] == closed["lines"]
        store = workspace.knowledge_base("acme").store
        assert [bool(one.drafted) for _, one in store.history("acme", WrapUp, "c1")] == [False, True]


def test_what_a_person_wrote_is_not_drafted_over(tmp_path, monkeypatch):
    workspace = opted_in(tmp_path, "quotes")
    with people(workspace) as (app, client):
        ask(client)
        wait = threading.Event()
        later = app.state.wordings._later
        monkeypatch.setattr(
            app.state.wordings, "_later", lambda work, **more: later(lambda: wait.wait(10) and work(), **more)
        )
        client.post("/api/v1/contacts/c1/close", json={})
        client.put("/api/v1/contacts/c1/wrap-up", json={"drafted": "By hand."})
        wait.set()
        app.state.wordings._pool.shutdown(wait=True)
        assert client.get("/api/v1/contacts/c1/wrap-up").json()["drafted"] == "By hand."


@pytest.mark.parametrize(
    ("fault", "kept", "outcome"),
    [
        ("good", GOOD, "worded"),
        ("hangs", "", "late"),
        ("hangs after one", GOOD, "late"),
        ("dies", "", "failed"),
        ("refuses", "", "failed"),
        ("rubbish", "", "nothing"),
    ],
)
def test_a_generator_delays_nothing_whatever_it_does(tmp_path, fault, kept, outcome):
    with faulty(fault) as settings:
        workspace = opted_in(tmp_path, "remote", 1.5, settings)
        with people(workspace) as (_, client):
            client.post("/api/v1/contacts/warm/turns", json={"turns": [{**ASKED, "text": "Hello."}]})
            began = time.monotonic()
            (card,) = ask(client)
            assert time.monotonic() - began < SOON_S
            asked = client.post(f"/api/v1/contacts/c1/cards/{card['id']}/wording").json()
            assert (asked["text"], asked["outcome"], asked["done"]) == (kept, outcome, True)
            began = time.monotonic()
            assert client.post("/api/v1/contacts/c1/close", json={}).json()["contact"] == "c1"
            assert time.monotonic() - began < SOON_S


def test_what_finds_no_place_goes_without(tmp_path):
    workspace = opted_in(tmp_path, "quotes")
    told = []
    wordings = Wordings(workspace, lambda *region: told.append(region), workers=1, most_waiting=1)
    hold = threading.Event()
    wordings._later(lambda: hold.wait(10))
    try:
        workspace.live.open("acme", "c1", agent="Ana")
        made = wordings.begin("acme", "c1", "any")
        assert made.result(1).outcome == "not asked"
    finally:
        hold.set()
        wordings.stop()
    assert not told


def test_a_card_that_left_while_it_was_worded_is_told_of_nowhere(tmp_path):
    with faulty("hangs") as settings:
        workspace = opted_in(tmp_path, "remote", 1.0, settings)
        with people(workspace) as (app, client):
            (card,) = ask(client)
            future = app.state.wordings.begin("acme", "c1", card["id"])
            client.post(
                "/api/v1/contacts/c1/feedback", json={"suggestion": card["id"], "action": "dismissed"}
            )
            assert future.result(0.5).text == ""
            assert app.state.wordings._tasks == {}
            assert regions(client)["wording"] == {}


STEPS = "# How do I reset my router?\n\n1. Unplug the router.\n2. Wait thirty seconds.\n3. Plug the router in again.\n"


def test_a_step_that_was_done_in_silence_gives_way_to_the_next_also_after_a_restart(tmp_path):
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    workspace.knowledge_base("acme", create=True).add([Document("router", STEPS, title="Router", kind="faq")])
    with people(workspace) as (_, client):
        asked = {"speaker": "customer", "text": "How do I reset my router?"}
        (card,) = client.post("/api/v1/contacts/c1/turns", json={"turns": [asked]}).json()["suggestions"]
        assert (card["kind"], card["step"], card["steps"]) == ("step", 1, 3)

        def step(id):
            return client.post(f"/api/v1/contacts/c1/cards/{id}/step")

        (second,) = step(card["id"]).json()
        assert (second["step"], second["facts"]) == (2, ["Wait thirty seconds."])
        assert step(card["id"]).json() == [second]
        again = Workspace(tmp_path / "data", encoder=HashingEncoder()).live.find("acme", "c1")
        assert [one.id for one in again.cards] == [second["id"]]
        (third,) = step(second["id"]).json()
        assert step(third["id"]).json() == []
        assert step("never").status_code == 404
    with pytest.raises(NotFoundError):
        workspace.live.step("acme", "c1", third["id"], agent="Bob")


def test_the_guard_is_what_a_remote_generator_stands_behind():
    assert isinstance(generation._remote("http://127.0.0.1:1/v1", "small", ""), GuardedGenerator)
