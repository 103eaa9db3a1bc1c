"""P1, P5, P28 over HTTP: every operation of REST and the live channel, for everybody who should get nothing.

The operations come from the OpenAPI document: one that the table below does not know fails the build.
"""

import io
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from tests.evidence.operations import API, IDS, OPEN, OPERATIONS, TURNS
from tests.serving import serving
from tests.unit.web.conftest import CANARIES, fill
from web.server import create_app
from web.workspace import Workspace

LIVE_ENDS = ("/turns", "/feedback", "/close", "/open", "/drafts", "/wording", "/step")
BASE = "http://127.0.0.1:8000"
CANARY = CANARIES["Acme"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Acme and Beta, a live contact of Acme's Ana with a card, and a key for every kind of person."""
    workspace = Workspace(tmp_path_factory.mktemp("data"), encoder=HashingEncoder())
    fill(workspace)
    keys = AccessKeys(workspace.folder)
    people = {
        f"{role} of {client}": keys.issue("Ana", role, client)
        for role in ("agent", "qa", "admin", "feed")
        for client in ("Acme", "Beta")
    }
    people["colleague"] = keys.issue("Bob", "agent", "Acme")
    people["expired"] = keys.issue("Ana", "admin", "Acme", expires=datetime.now(UTC) - timedelta(seconds=1))
    revoked = keys.issue("Ana", "admin", "Acme")
    keys.revoke(revoked.split("_")[1])
    people["revoked"] = revoked
    people["of no client"] = keys.issue("Ana", "admin", "Gamma")
    app = create_app(workspace, pages=())
    client = TestClient(app, base_url=BASE, follow_redirects=False)
    sent = {"Authorization": f"Bearer {people['agent of Acme']}"}
    turn = {"speaker": "customer", "text": f"How long does a refund take for my {CANARY}?"}
    heard = client.post(f"{API}/contacts/live-acme/turns", json={"turns": [turn]}, headers=sent).json()
    card = heard["suggestions"][0]["id"]
    return app, people, card, workspace


def called(world, operation, who, *, contact=None):
    app, people, card, _ = world
    method, path = operation.split()
    if contact is None:
        is_live = "live" in path or path.endswith(LIVE_ENDS)
        contact = "live-acme" if is_live else "call-acme"
        if path.endswith(("/turns", "/open")) and not (who or "").endswith("Acme"):
            contact = (
                "live-elsewhere"  # the first turn makes a contact; see the test of one id at two clients
            )
    for mark, id in (IDS | {"{contact}": contact, "{card}": card}).items():
        path = path.replace(mark, id)
    options = json.loads(
        json.dumps(OPERATIONS[operation][1], default=repr).replace('"CARD"', json.dumps(card))
    )
    if "files" in options:
        name, content, kind = OPERATIONS[operation][1]["files"]["files"]
        options = {"files": {"files": (name, io.BytesIO(content), kind)}}
    headers = {"Authorization": f"Bearer {people[who]}"} if who else {}
    return TestClient(app, base_url=BASE, follow_redirects=False).request(
        method, path, headers=headers, **options
    )


def test_the_table_knows_every_operation(world):
    document = world[0].openapi()
    found = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    streams = {operation for operation in OPERATIONS if "/api/live/" in operation}
    assert found == (set(OPERATIONS) - streams) | OPEN


@pytest.mark.parametrize("who", [None, "expired", "revoked"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_credential_no_answer(world, operation, who):
    answer = called(world, operation, who)
    assert answer.status_code in (401, 429)
    assert CANARY not in answer.text


@pytest.mark.parametrize("role", ["agent", "qa", "admin", "feed"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_roles(world, operation, role):
    # Asked by Beta's people, so that nothing of Acme changes; what counts is who is turned away.
    answer = called(world, operation, f"{role} of Beta")
    assert (answer.status_code == 403) is (role not in OPERATIONS[operation][0])


@pytest.mark.parametrize(
    "who", ["agent of Beta", "qa of Beta", "admin of Beta", "feed of Beta", "feed of Acme", "of no client"]
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_of_acme_reaches_anybody_else(world, operation, who):
    answer = called(world, operation, who)
    assert CANARY not in answer.text
    assert all(CANARY not in f"{name}{value}" for name, value in answer.headers.items())
    assert answer.status_code < 500


@pytest.mark.parametrize("who", ["agent of Beta", "qa of Beta", "admin of Beta", "colleague"])
@pytest.mark.parametrize(
    "operation", [op for op in OPERATIONS if "{contact}" in op and not op.endswith(("/turns", "/open"))]
)
def test_foreign_and_missing_are_byte_identical(world, operation, who):
    foreign = called(world, operation, who)
    missing = called(world, operation, who, contact="never-was")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.headers.multi_items() == missing.headers.multi_items()


def test_foreign_evaluations_look_missing(world):
    app, people, _, _ = world
    client = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {people['qa of Beta']}"})
    foreign = client.post(f"{API}/evaluations/call-acme:short/review", json={})
    missing = client.post(f"{API}/evaluations/never-was/review", json={})
    assert (foreign.status_code, foreign.content) == (404, missing.content)
    scored = client.post(f"{API}/score", json={"contact": "call-acme"})
    unknown = client.post(f"{API}/score", json={"contact": "never-was"})
    assert (scored.status_code, scored.content) == (404, unknown.content)


def test_one_contact_id_at_two_clients_is_two_contacts(world):
    app, people, _, workspace = world
    turns = [{"speaker": "customer", "text": f"How long does a refund take for my {CANARY}?"}]
    for who, said in (("agent of Acme", turns), ("agent of Beta", TURNS)):
        client = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {people[who]}"})
        answer = client.post(f"{API}/contacts/shared-id/turns", json={"turns": said})
        assert answer.status_code == 200
        assert (CANARY in answer.text) is (who == "agent of Acme")
    assert CANARY in workspace.live.find("Acme", "shared-id").transcript.turns[0].text


def test_a_feed_key_brings_turns_in_and_reads_nothing(world):
    app, people, _, workspace = world
    client = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {people['feed of Acme']}"})
    said = {"id": "f1", "speaker": "customer", "text": f"How long does a refund take for my {CANARY}?"}
    answer = client.post(f"{API}/feeds/plain", json={"contact": "fed", "agent": "Ana", "turns": [said]})
    assert answer.status_code == 200
    assert CANARY not in answer.text
    assert CANARY in workspace.live.find("Acme", "fed").transcript.turns[0].text
    signed_in = client.post(
        "/login",
        data={"key": people["feed of Acme"]},
        headers={"Origin": BASE, "Sec-Fetch-Site": "same-origin"},
    )
    assert signed_in.status_code == 401


def test_acme_itself_is_served(world):
    """The other tests would pass on a server that serves nobody."""
    for operation, (roles, _) in OPERATIONS.items():
        if operation.endswith(("/close", "/review", "/wrap-up", "/acknowledge", "/disputes")):
            continue  # they end something, or wait for what only a person can do first
        if operation.startswith(("PUT", "DELETE")):
            continue
        who = next(role for role in ("agent", "qa", "admin") if role in roles) + " of Acme"
        if "{evaluation}" in operation:
            who = "qa of Acme"  # a draft is nothing that its agent sees
        answer = called(world, operation, who)
        wanted = (422,) if operation.endswith("/step") else (200, 204)  # the card is Acme's, and no step
        assert answer.status_code in wanted, (operation, answer.text)
    assert CANARY in called(world, f"GET {API}/search", "agent of Acme").text
    assert CANARY in called(world, f"GET {API}/contacts/{{contact}}", "qa of Acme").text
    assert CANARY in called(world, "GET /api/live/{contact}/state", "agent of Acme").text


def test_streams_of_others_stay_silent(world):
    app, people, _, _ = world

    def first_lines(address, who, contact):
        lines = []
        headers = {"Authorization": f"Bearer {people[who]}"}
        with httpx.stream("GET", f"{address}/api/live/{contact}", headers=headers, timeout=20) as answer:
            for line in answer.iter_lines():
                lines.append(line)
                if line.startswith("data: "):
                    break
        return lines

    with serving(app) as address:
        assert "Acme" in "".join(first_lines(address, "agent of Acme", "live-acme"))
        for who in ("agent of Beta", "admin of Beta", "colleague"):
            theirs = first_lines(address, who, "call-acme")
            assert theirs == first_lines(address, who, "never-was")
            assert CANARY not in "".join(theirs)


def test_a_key_in_the_address_or_the_body_opens_nothing(world):
    app, people, _, _ = world
    client = TestClient(app, base_url=BASE)
    key = people["admin of Acme"]
    assert client.get(f"{API}/queue", params={"key": key, "access_token": key}).status_code == 401
    assert client.post(f"{API}/check", json={"draft": "x", "key": key}).status_code == 401
    assert (
        client.get(f"{API}/queue", headers={"X-Client": "Acme", "X-Forwarded-User": "Ana"}).status_code == 401
    )


def test_headers_do_not_change_the_client(world):
    app, people, _, _ = world
    client = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {people['qa of Beta']}"})
    for headers in ({"X-Client": "Acme"}, {"X-Forwarded-Host": "acme"}, {"Cookie": "client=Acme"}):
        answer = client.get(f"{API}/contacts", headers=headers)
        assert CANARY not in answer.text
        assert "call-acme" not in answer.text
