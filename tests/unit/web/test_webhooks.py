"""Webhooks with a real receiver on this machine."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.errors import InputError, NotFoundError
from models.records import Turn
from web import addresses, delivery, desk, dispute_desk, webhooks
from web.delivery import Delivery, after_failure
from web.live_contacts import Arrival
from web.webhooks import Outgoing, add_target, outgoing, remove_target, secret_of, targets

NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


@contextmanager
def receiver(statuses=()):
    """Takes what is posted; answers with these statuses in turn, then 204."""
    got, waiting = [], list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, dict(self.headers), body))
            status = waiting.pop(0) if waiting else 204
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", got
    finally:
        server.shutdown()
        server.server_close()


def is_signed(headers, body, secret):
    """As a receiver checks it, from the specification and without our code."""
    lower = {name.lower(): value for name, value in headers.items()}
    said = f"{lower['webhook-id']}.{lower['webhook-timestamp']}.{body.decode()}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(key, said.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{right}" in lower["webhook-signature"].split()


def test_a_signature_is_that_of_the_specification():
    # The example of Standard Webhooks 1.0.
    made = webhooks.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_happens_is_told_with_ids_alone(workspace):
    with receiver() as (url, got):
        target, secret = add_target(workspace.folder, "Acme", url)
        live = workspace.live
        live.hear("Acme", "told-1", [Arrival(Turn("customer", "My quokka is ill.", id="a"))], agent="Ana")
        live.end("Acme", "told-1")
        confirmed = desk.review(workspace, "Acme", "call-acme:short", [], who="Lea")
        made = dispute_desk.dispute(
            workspace, "Acme", confirmed.id, "rude", who="Ana", reason="I was polite."
        )
        assert Delivery(workspace).round() == 3
    told = [json.loads(body) for _, _, body in got]
    assert [one["type"] for one in told] == ["contact.ended", "evaluation.confirmed", "dispute.opened"]
    assert told[0]["data"] == {"contact": "told-1"}
    ids = {"contact": "call-acme", "evaluation": "call-acme:short"}
    assert told[1]["data"] == ids
    assert told[2]["data"] == {**ids, "dispute": made.id}
    whole = b"".join(body for _, _, body in got)
    assert b"quokka" not in whole
    assert b"polite" not in whole
    assert all(is_signed(headers, body, secret) for _, headers, body in got)
    assert not is_signed(got[0][1], got[1][2], secret)
    store = workspace.knowledge_base("Acme").store
    assert store.find("Acme", Outgoing) == []
    assert target.url == url


def test_a_draft_is_told_once(workspace):
    add_target(workspace.folder, "Acme", "https://hooks.example.com/in", events=["evaluation.draft"])
    store = workspace.knowledge_base("Acme").store
    for _ in range(2):
        transcript = workspace.contact("Acme", "call-acme").transcript
        workspace.score("Acme", transcript, keep=True)
    assert store.find("Acme", Outgoing) == []  # the same draft as before
    store.delete("Acme", type(workspace.contact("Acme", "call-acme").evaluation), "call-acme:short")
    workspace.score("Acme", transcript, keep=True)
    assert [one.evaluation for one in store.find("Acme", Outgoing)] == ["call-acme:short"]


def test_nobody_else_is_told(workspace):
    add_target(workspace.folder, "Beta", "https://hooks.example.com/in")
    add_target(workspace.folder, "Acme", "https://hooks.example.com/in", events=["dispute.opened"])
    desk.review(workspace, "Acme", "call-acme:short", [], who="Lea")
    for client in ("Acme", "Beta"):
        assert workspace.knowledge_base(client).store.find(client, Outgoing) == []


def test_a_card_that_nothing_answers_is_told_once(workspace):
    from copilot.cards import nothing_here
    from models.records import Span

    add_target(workspace.folder, "Acme", "https://hooks.example.com/in")
    listen = webhooks.missing_cards(workspace)
    live = workspace.live
    live.hear("Acme", "gap-1", [Arrival(Turn("customer", "Hello.", id="a"))], agent="Ana")
    from dataclasses import replace

    card = nothing_here("gap-1", Span(0, 0, 5))
    view = replace(live.find("Acme", "gap-1"), suggestions=(card,))
    listen(view)
    listen(view)
    told = workspace.knowledge_base("Acme").store.find("Acme", Outgoing)
    assert [(one.type, one.contact, one.suggestion) for one in told] == [("card.missing", "gap-1", card.id)]


@pytest.mark.parametrize("status", [500, 503, 429, 302, 404])
def test_what_does_not_arrive_is_tried_again(workspace, status):
    clock = [NOW]
    with receiver([status]) as (url, got):
        add_target(workspace.folder, "Acme", url)
        store = workspace.knowledge_base("Acme").store
        store.put_all("Acme", outgoing(workspace.folder, "Acme", "contact.ended", at=NOW, contact="c"))
        sender = Delivery(workspace, clock=lambda: clock[0])
        assert sender.round() == 0
        (waiting,) = store.find("Acme", Outgoing)
        assert (waiting.attempts, waiting.last, waiting.dead) == (1, str(status), False)
        assert sender.round() == 0  # not before its time
        clock[0] = NOW + timedelta(seconds=7)
        assert sender.round() == 1
        assert [path for path, _, _ in got] == ["/hook", "/hook"]  # no redirect is followed
        ids = {{k.lower(): v for k, v in headers.items()}["webhook-id"] for _, headers, _ in got}
        assert len(ids) == 1


def test_it_is_given_up_in_the_end(workspace):
    message = Outgoing("msg_1", "wh_x", "contact.ended", NOW)
    now, waits = NOW, []
    while not message.dead:
        message = after_failure(message, now, last="500")
        waits.append((message.next_at - now).total_seconds())
        now = message.next_at
    assert 9 <= message.attempts <= 13
    assert now - NOW >= timedelta(days=2)
    assert all(5 <= wait <= 72_000 * 1.2 for wait in waits)
    assert after_failure(Outgoing("m", "t", "contact.ended", NOW), NOW, last="410", gone=True).dead


def test_a_target_that_is_gone_takes_its_messages_along(workspace):
    target, _ = add_target(workspace.folder, "Acme", "https://hooks.example.com/in")
    store = workspace.knowledge_base("Acme").store
    store.put_all("Acme", outgoing(workspace.folder, "Acme", "contact.ended", contact="c"))
    remove_target(workspace.folder, target.id)
    webhooks.drop_orphans(store, workspace.folder, "Acme")
    assert store.find("Acme", Outgoing) == []
    with pytest.raises(NotFoundError):
        remove_target(workspace.folder, target.id)


def test_the_secret_is_nowhere_in_the_folder(workspace):
    target, secret = add_target(workspace.folder, "Acme", "https://hooks.example.com/in")
    assert secret_of(workspace.folder, target) == secret
    for path in workspace.folder.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes()
    assert oct((workspace.folder / webhooks.FILE).stat().st_mode)[-3:] == "600"
    other, another = add_target(workspace.folder, "Acme", "https://hooks.example.com/in")
    assert another != secret
    assert [one.id for one in targets(workspace.folder, "acme")] == [target.id, other.id]


@pytest.mark.parametrize(
    ("url", "private"),
    [
        ("http://hooks.example.com/in", False),
        ("ftp://hooks.example.com/in", False),
        ("https://10.0.0.5/in", False),
        ("https://192.168.1.1/in", False),
        ("https://169.254.169.254/latest/meta-data", True),
        ("https://[fe80::1]/in", True),
        ("https://[::ffff:10.0.0.1]/in", False),
        ("https://0.0.0.0/in", True),
        ("https://user:hunter2@hooks.example.com/in", False),
        ("https://hooks.example.com/in#x", False),
        ("https:///in", False),
        ("https://hooks.example.com:notaport/", False),
        ("https://hooks.example.com/ in", False),
        ("https://" + "x" * 500, False),
    ],
)
def test_addresses_that_are_not_called(tmp_path, url, private):
    with pytest.raises(InputError) as refused:
        add_target(tmp_path, "Acme", url, private=private)
    assert "hunter2" not in str(refused.value)


def test_addresses_that_are():
    for url, private in (
        ("https://hooks.example.com/in?x=1", False),
        ("http://127.0.0.1:9000/in", False),
        ("http://localhost/in", False),
        ("https://10.0.0.5/in", True),
    ):
        addresses.check_url(url, private=private)


@pytest.mark.parametrize("inner", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "fd00::1", "::ffff:127.0.0.1"])
def test_a_name_that_leads_inside_is_not_called(workspace, monkeypatch, inner):
    family = 10 if ":" in inner else 2
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *a, **k: [(family, 1, 6, "", (inner, 443))])
    add_target(workspace.folder, "Acme", "https://hooks.example.com/in")
    store = workspace.knowledge_base("Acme").store
    store.put_all("Acme", outgoing(workspace.folder, "Acme", "contact.ended", at=NOW, contact="c"))
    assert Delivery(workspace, clock=lambda: NOW).round() == 0
    (waiting,) = store.find("Acme", Outgoing)
    assert waiting.last == "InputError"


def test_the_connection_goes_to_the_address_that_was_checked(workspace, monkeypatch):
    """A name that points elsewhere a moment later changes nothing: it is asked once."""
    asked = []
    with receiver() as (url, got):
        port = int(url.rsplit(":", 1)[1].split("/")[0])

        def look_up(host, *_, **__):
            asked.append(host)
            return [(2, 1, 6, "", ("127.0.0.1", port))]

        target = webhooks.Target("wh_a", "Acme", f"http://localhost:{port}/hook", ())
        monkeypatch.setattr(addresses.socket, "getaddrinfo", look_up)
        status = delivery.post(target, Outgoing("msg_1", "wh_a", "webhook.test", NOW), "whsec_AAAA")
    assert status == 204
    # httpx asks for the literal address it was given, not for the name.
    assert asked[0] == "localhost"
    assert all(one in ("127.0.0.1", b"127.0.0.1") for one in asked[1:])
    assert got[0][1]["Host"] == f"localhost:{port}"


KILLED = """
import os, sys
from models.encoders import HashingEncoder
from models.records import Turn
from web.live_contacts import Arrival
from web.workspace import Workspace
workspace = Workspace(sys.argv[1], encoder=HashingEncoder())
workspace.live.hear("Acme", "killed", [Arrival(Turn("customer", "Hello.", id="a"))], agent="Ana")
workspace.live.end("Acme", "killed")
os.kill(os.getpid(), 9)
"""


def test_what_was_to_be_told_outlives_a_kill(workspace):
    with receiver() as (url, got):
        add_target(workspace.folder, "Acme", url, events=["contact.ended"])
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(workspace.folder)],
            check=False,
            env={**os.environ},
            timeout=120,
        )
        assert done.returncode == -9
        assert Delivery(workspace).round() == 1
    assert json.loads(got[0][2])["data"] == {"contact": "killed"}


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("::ffff:10.0.0.1", False),
        ("::7f00:1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::5db8:d80e", True),
        ("2002:7f00:1::", False),
        ("2001:0:5ef5:79fd::80ff:fffe", False),
        ("fec0::1", False),
        ("192.0.0.8", False),
        ("240.0.0.1", False),
        ("93.184.216.14", True),
        ("2606:4700::1111", True),
    ],
)
def test_an_address_that_holds_another_is_judged_by_that(address, may):
    assert addresses.may_call(address, "hooks.example", private=False) is may


def test_an_address_that_only_some_can_read_is_a_failure_of_that_message_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(delivery, "address_of", lambda *_, **__: "93.184.216.14")
    target = webhooks.Target("wh_x", "Acme", "https://0135.0270.0330.016/", ())
    with pytest.raises(InputError, match="cannot be read"):
        delivery.post(target, Outgoing("m", "wh_x", "webhook.test", NOW), "whsec_c2VjcmV0")
