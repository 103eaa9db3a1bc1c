"""Requests done once, limits, the doors of telephony, and health."""

import base64
import json

import pytest
from starlette.testclient import TestClient

from models.errors import ConfigError
from models.records import Feedback
from storage.access import AccessKeys
from tests import loops
from web.adapters.twilio import _signature
from web.api_feeds import FeedSettings
from web.limits import Gate, Limits, limits_of
from web.problems import Refused
from web.server import create_app

API = "/api/v1"
BASE = "http://127.0.0.1:8000"
ASKED = {"speaker": "customer", "text": "How long does a refund take at Acme?"}


def caller(workspace, role="agent", name="Ana", **options):
    """A caller of a server that has just started."""
    key = AccessKeys(workspace.folder).issue(name, role, "Acme")
    made = TestClient(create_app(workspace, pages=(), **options), base_url=BASE)
    made.headers["Authorization"] = f"Bearer {key}"
    return made, key


def again(made, workspace):
    """The same caller at the server after a restart."""
    fresh = TestClient(
        create_app(type(workspace)(workspace.folder, encoder=workspace._encoder), pages=()), base_url=BASE
    )
    fresh.headers["Authorization"] = made.headers["Authorization"]
    return fresh


def test_turns_without_ids_are_heard_once_also_after_a_crash(workspace):
    ana, _ = caller(workspace)
    sent = {
        "json": {"turns": [ASKED, {"speaker": "agent", "text": "Hello."}]},
        "headers": {"Idempotency-Key": "k"},
    }
    assert ana.post(f"{API}/contacts/once/turns", **sent).json()["accepted"] == 2
    restarted = again(ana, workspace)
    assert restarted.post(f"{API}/contacts/once/turns", **sent).json()["ignored"] == 2
    assert len(restarted.get(f"{API}/live/once").json()["transcript"]["turns"]) == 2


def test_a_review_is_done_once_also_after_a_restart(workspace):
    lea, _ = caller(workspace, "qa", "Lea")
    path, key = f"{API}/evaluations/call-acme:short/review", {"Idempotency-Key": "r1"}
    first = lea.post(path, json={}, headers=key)
    assert first.json()["status"] == "confirmed"
    assert lea.post(path, json={}, headers=key).content == first.content
    restarted = again(lea, workspace)
    assert restarted.post(path, json={}, headers=key).json() == first.json()
    assert len(restarted.get(f"{API}/contacts/call-acme").json()["reviews"]) == 1
    other = {"overrides": [{"criterion": "rude", "outcome": "NOT_MET", "reason": "x"}]}
    assert restarted.post(path, json=other, headers=key).status_code == 409
    # Another person's key of the same words is another key.
    kim, _ = caller(workspace, "qa", "Kim")
    assert kim.post(path, json={}, headers=key).status_code == 200


def test_a_failed_request_may_be_sent_again(workspace):
    lea, _ = caller(workspace, "qa", "Lea")
    key = {"Idempotency-Key": "f1"}
    assert lea.post(f"{API}/evaluations/none/review", json={}, headers=key).status_code == 404
    assert lea.post(f"{API}/evaluations/call-acme:short/review", json={}, headers=key).status_code == 200


def test_feedback_with_a_key_is_kept_once(workspace):
    ana, _ = caller(workspace)
    card = ana.post(f"{API}/contacts/fb/turns", json={"turn": ASKED}).json()["suggestions"][0]["id"]
    for _ in range(2):
        sent = ana.post(
            f"{API}/contacts/fb/feedback",
            json={"suggestion": card, "action": "used"},
            headers={"Idempotency-Key": "one"},
        )
        assert sent.status_code == 204
    assert sum(one.action == "used" for one in workspace._store.find("Acme", Feedback)) <= 1


def test_limits_of_a_key_and_of_a_client(workspace):
    slow = Limits(per_key_per_s=0.01, burst_s=200)  # two at once
    ana, _ = caller(workspace, limits=slow)
    assert [ana.get(f"{API}/clients/me").status_code for _ in range(3)] == [200, 200, 429]
    together = Limits(per_client_per_s=0.01, burst_s=200)
    app = create_app(workspace, pages=(), limits=together)
    answers = []
    for name in ("Ana", "Bob", "Cid"):
        key = AccessKeys(workspace.folder).issue(name, "agent", "Acme")
        one = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {key}"})
        answers.append(one.get(f"{API}/clients/me"))
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"
    beta = AccessKeys(workspace.folder).issue("Ben", "agent", "Beta")
    other = TestClient(app, base_url=BASE, headers={"Authorization": f"Bearer {beta}"})
    assert other.get(f"{API}/clients/me").status_code == 200


def test_a_full_gate_sends_away():
    async def run():
        gate = Gate(1)
        inside = gate()
        await anext(inside)
        with pytest.raises(Refused) as refused:
            await anext(gate())
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (503, "1")
        await inside.aclose()
        await anext(gate())

    loops.run(run())


@pytest.mark.parametrize("said", ["key=0", "key=x", "speed=3", "turns=0.5", "key"])
def test_limits_that_are_none(said):
    with pytest.raises(ConfigError):
        limits_of(said)


def test_limits_as_a_setting():
    assert limits_of("") == Limits()
    assert limits_of("key=10, turns=3") == Limits(per_key_per_s=10, most_turns=3)


def form(**changed):
    return {
        "TranscriptionEvent": "transcription-content",
        "CallSid": "CA1",
        "TranscriptionSid": "GT1",
        "TranscriptionData": json.dumps({"transcript": ASKED["text"]}),
        "Track": "inbound_track",
        "Final": "true",
        "SequenceId": "1",
    } | changed


def test_twilio_comes_with_a_password_and_a_signature(workspace):
    keys = AccessKeys(workspace.folder)
    feed = keys.issue("Telephony", "feed", "Acme")
    settings = FeedSettings(("token",), "https://copilot.example.com")
    made = TestClient(create_app(workspace, pages=(), feeds=settings), base_url=BASE)
    path = f"{API}/feeds/twilio?agent=Ana"
    asked = made.post(path, data=form())
    assert (asked.status_code, asked.headers["www-authenticate"].split()[0]) == (401, "Basic")
    basic = {"Authorization": "Basic " + base64.b64encode(f"feed:{feed}".encode()).decode()}
    assert made.post(path, data=form(), headers=basic).status_code == 403
    whole = "https://copilot.example.com" + path + "".join(f"{k}{v}" for k, v in sorted(form().items()))
    signed = {"X-Twilio-Signature": _signature(whole, "token")}
    answer = made.post(path, data=form(), headers=basic | signed)
    assert answer.json()["contacts"][0] | {"contact": "CA1", "accepted": 1} == answer.json()["contacts"][0]
    assert workspace.live.find("Acme", "CA1", agent="Ana").transcript.turns[0].text == ASKED["text"]
    agents = keys.issue("Ana", "agent", "Acme")
    basic = {"Authorization": "Basic " + base64.b64encode(f"x:{agents}".encode()).decode()}
    assert made.get(f"{API}/clients/me", headers=basic).status_code == 401


def test_a_source_that_stops_may_end_the_contact_and_late_turns_hurt_nobody(workspace):
    feed, _ = caller(workspace, "feed", "Telephony")
    turn = {"contact": "fed-1", "agent": "Ana", "turns": [ASKED | {"id": "1"}]}
    assert feed.post(f"{API}/feeds/plain", json=turn).json()["contacts"][0]["accepted"] == 1
    over = feed.post(f"{API}/feeds/plain?close=true", json={"contact": "fed-1", "ended": True}).json()
    assert over["contacts"][0]["ended"]
    late = feed.post(f"{API}/feeds/plain", json=turn | {"turns": [ASKED | {"id": "2"}]})
    assert (late.status_code, late.json()["contacts"][0]["late"]) == (200, 1)
    broken = feed.post(f"{API}/feeds/genesys", json={"eventBody": "my cat is called Zanzibar"})
    assert broken.status_code == 422
    assert "eventBody" in broken.json()["detail"]
    assert "Zanzibar" not in broken.text
    assert feed.post(f"{API}/feeds/morse", json={}).status_code == 422


def test_started_and_ready(workspace):
    made, _ = caller(workspace)
    nobody = TestClient(made.app, base_url=BASE)
    assert nobody.get("/startupz").status_code == 200
    workspace.warm = False
    assert nobody.get("/startupz").status_code == 503
    workspace.warm = True
    assert nobody.get("/startupz").json() == {"status": "ok", "reasons": []}


def test_a_clock_that_leaps_is_said(workspace, monkeypatch):
    from web import api_health

    readiness = api_health.Readiness(workspace, AccessKeys(workspace.folder))
    readiness.look()
    readiness._seen = None
    real = api_health.time.time()
    monkeypatch.setattr(api_health.time, "time", lambda: real + 3_600)
    assert "the clock has leapt" in readiness.look()["reasons"]
    readiness._seen = None
    monkeypatch.setattr(api_health.time, "time", lambda: 1_000.0)
    assert "the clock is wrong" in readiness.look()["reasons"]
