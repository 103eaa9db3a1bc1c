"""The guard: bodies, uploads, and whose hash of Gradio's it is."""

import asyncio

import pytest

from tests import loops
from tests.unit.web.calling import JOIN, Caller, echo, joined
from web.guard import Bindings


def test_bodies_are_replayed_whole(call):
    body = joined(data=["x" * 100_000])
    chunks = [body[n : n + 7_000] for n in range(0, len(body), 7_000)]
    answer = call("POST", JOIN, who="ana", headers={"content-length": str(len(body))}, chunks=chunks)
    assert answer["body"] == b"reached " + body


def test_a_body_longer_than_it_says_is_cut_off(call):
    chunks = [b" " * 1_000_000] * 7
    headers = {"content-length": None, "transfer-encoding": "chunked"}
    assert call("POST", JOIN, who="ana", headers=headers, chunks=chunks)["status"] == 413
    assert call("POST", "/api/v1/check", who="ana", headers=headers, chunks=chunks)["status"] == 413


def test_uploads_are_counted_as_they_pass(tmp_path):
    from starlette.exceptions import HTTPException

    seen = []

    async def reads_all(scope, receive, send):
        try:
            while True:
                message = await receive()
                seen.append(len(message.get("body", b"")))
                if not message.get("more_body"):
                    break
        except HTTPException as refused:
            seen.append(refused.status_code)
        await echo({**scope, "method": "GET"}, receive, send)

    call = Caller(tmp_path, reads_all)
    call.person("lea", "qa")
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": None,
        "transfer-encoding": "chunked",
    }
    call("POST", "/api/v1/ingest", who="lea", headers=headers, chunks=[b" " * 10_000_000] * 7)
    assert seen[-1] == 413
    assert sum(seen[:-1]) == 50_000_000
    headers["content-length"] = "60000000"
    assert call("POST", "/api/v1/ingest/csv", who="lea", headers=headers)["status"] == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"session_hash": 7}',
        b'{"session_hash": ""}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_bodies_for_gradio_must_be_json_with_a_hash(call, body):
    assert call("POST", JOIN, who="ana", body=body)["status"] == 400


def test_a_hash_belongs_to_whoever_used_it_first(call):
    assert call("POST", JOIN, who="ana", body=joined("h1"))["status"] == 200
    assert call("POST", JOIN, who="bob", body=joined("h1"))["status"] == 403
    assert call("GET", "/agent/gradio_api/queue/data?session_hash=h1", who="bob")["status"] == 403
    assert call("GET", "/agent/gradio_api/heartbeat/h1", who="bob")["status"] == 403
    assert call("POST", "/agent/gradio_api/component_server", who="bob", body=joined("h1"))["status"] == 403
    twice = "/agent/gradio_api/queue/data?session_hash=h2&session_hash=h1"
    assert call("GET", twice, who="bob")["status"] == 403
    assert call("POST", f"{JOIN}?session_hash=h1", who="bob", body=joined("h3"))["status"] == 403
    assert call("GET", "/agent/gradio_api/queue/data?session_hash=h1", who="ana")["status"] == 200


def test_only_so_many_uploads_are_held_in_memory_at_once(tmp_path):
    going_on, turned_away = asyncio.Event(), asyncio.Event()

    async def waits(scope, receive, send):
        await going_on.wait()
        await echo({**scope, "method": "GET"}, receive, send)

    call = Caller(tmp_path, waits)
    call.person("lea", "qa")
    headers = {"content-type": "multipart/form-data; boundary=x"}
    statuses = []

    async def several():
        async def one():
            statuses.append(
                (await call.later("POST", "/api/v1/ingest", who="lea", headers=headers))["status"]
            )
            if len(statuses) == 2:
                turned_away.set()

        tasks = [asyncio.create_task(one()) for _ in range(10)]
        await turned_away.wait()
        assert statuses == [503, 503]
        going_on.set()
        await asyncio.gather(*tasks)
        assert (await call.later("POST", "/api/v1/ingest", who="lea", headers=headers))["status"] == 200

    loops.run(several())
    assert statuses[2:] == [200] * 8


def test_an_upload_that_never_ends_is_cut_off(tmp_path, monkeypatch):
    from starlette.exceptions import HTTPException

    from web import guard

    monkeypatch.setattr(guard, "_UPLOAD_S", 0.05)

    async def never():
        await asyncio.sleep(60)

    with pytest.raises(HTTPException) as cut:
        loops.run(guard._counted(never, 10)())
    assert cut.value.status_code == 408


def test_a_hash_is_dead_when_its_web_session_has_ended(call):
    call("POST", JOIN, who="ana", body=joined("h1"))
    call.sign_in.sessions.end(call.cookies["ana"])
    assert call("POST", JOIN, who="ana", body=joined("h1"))["status"] == 401
    # Gradio may still hold her messages under it, so nobody else may take it up.
    assert call("POST", JOIN, who="bob", body=joined("h1"))["status"] == 403


def test_bindings_are_bounded_and_end():
    now = [0.0]
    bindings = Bindings(most=3, clock=lambda: now[0])
    assert bindings.holds("/agent", "session_hash", "h", "ana")
    assert not bindings.holds("/agent", "session_hash", "h", "bob")
    assert bindings.holds("/qa", "session_hash", "h", "bob")
    now[0] = 13 * 3600.0
    assert bindings.holds("/agent", "session_hash", "h", "bob")
    for number in range(10):
        bindings.holds("/agent", "session_hash", str(number), "ana")
    assert len(bindings._owners) == 3
