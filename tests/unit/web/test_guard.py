"""The guard before a bare application that says what reached it."""

import asyncio
import json

import pytest

from storage.access import AccessKeys
from tests import loops
from web.doors import JSON_BYTES, Mount, door_of, is_trick
from web.guard import Bindings, Guard
from web.sign_in import SignIn

MOUNTS = (Mount("/agent", ("agent", "admin"), ("", "history")), Mount("/qa", ("qa", "admin")))
JOIN = "/agent/gradio_api/queue/join"


async def echo(scope, receive, send):
    body = b""
    if scope["method"] == "POST":
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"reached " + body})


class Caller:
    """Sends one ASGI request and keeps the answer."""

    def __init__(self, tmp_path, app=echo, **options):
        self.keys = AccessKeys(tmp_path)
        self.sign_in = SignIn(self.keys, home=["/agent", "/qa"])
        self.guard = Guard(app, sign_in=self.sign_in, mounts=MOUNTS, **options)
        self.cookies = {}

    def person(self, name, role, client="Acme"):
        key = self.keys.issue(name, role, client)
        made = self.sign_in.sessions.begin(self.keys.principal(key), prefix=key.split("_")[1])
        self.cookies[name] = made.id
        return key

    def __call__(self, *arguments, **options):
        return loops.run(self.later(*arguments, **options))

    async def later(self, method, target, *, who=None, headers=None, body=b"", chunks=None):
        path, _, query = target.partition("?")
        sent = {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}
        if method == "POST":
            sent |= {"content-type": "application/json", "content-length": str(len(body))}
        if who:
            sent["cookie"] = f"unscripted={self.cookies[who]}"
        sent |= headers or {}
        from urllib.parse import unquote

        scope = {
            "type": "http",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items() if v is not None],
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 5000),
        }
        waiting = list(chunks if chunks is not None else [body])
        answer = {"body": b"", "status": None, "headers": {}}

        async def receive():
            if waiting:
                return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                answer["headers"] = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                answer["body"] += message.get("body", b"")

        await self.guard(scope, receive, send)
        return answer


@pytest.fixture
def call(tmp_path):
    made = Caller(tmp_path)
    made.key = made.person("ana", "agent")
    made.person("bob", "agent")
    made.person("lea", "qa")
    return made


def joined(hash="h1", **extra):
    return json.dumps({"session_hash": hash, "data": [], **extra}).encode()


@pytest.mark.parametrize(
    "path",
    [
        "/agent/assets/index.js",
        "/agent/static/fonts/x.woff2",
        "/agent/svelte/a.js",
        "/agent/theme.css",
        "/agent/favicon.ico",
        "/qa/manifest.json",
        "/login",
        "/logout",
        "/static/plain.css",
        "/livez",
        "/readyz",
        "/api/v1/health",
    ],
)
def test_open_doors(call, path):
    assert call("GET", path)["status"] == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/agent/"),
        ("GET", "/agent/history"),
        ("GET", "/agent/gradio_api/queue/data?session_hash=h"),
        ("GET", "/agent/gradio_api/heartbeat/h1"),
        ("POST", JOIN),
        ("POST", "/agent/gradio_api/run/predict"),
        ("POST", "/agent/gradio_api/component_server"),
        ("GET", "/api/v1/search?q=x"),
        ("POST", "/api/v1/check"),
        ("GET", "/api/live/c1"),
        ("GET", "/api/v1/openapi.json"),
    ],
)
def test_signed_doors_ask_who_it_is(call, method, path):
    answer = call(method, path, body=joined() if method == "POST" else b"")
    assert answer["status"] == 401
    assert answer["headers"]["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/agent/config"),
        ("GET", "/agent/gradio_api/info"),
        ("POST", "/agent/gradio_api/upload"),
        ("GET", "/agent/gradio_api/upload_progress?upload_id=u"),
        ("GET", "/agent/gradio_api/openapi.json"),
        ("GET", "/agent/openapi.json"),
        ("GET", "/agent/docs"),
        ("GET", "/agent/gradio_api/app_id"),
        ("GET", "/agent/gradio_api/token"),
        ("GET", "/agent/gradio_api/user"),
        ("GET", "/agent/gradio_api/startup-events"),
        ("GET", "/agent/gradio_api/queue/status"),
        ("GET", "/agent/gradio_api/file=/etc/passwd"),
        ("GET", "/agent/gradio_api/file/x"),
        ("GET", "/agent/file=/etc/passwd"),
        ("GET", "/agent/gradio_api/proxy=x.example"),
        ("GET", "/agent/gradio_api/deep_link"),
        ("GET", "/agent/?deep_link=abc"),
        ("GET", "/agent/?page=x"),
        ("GET", "/agent/monitoring"),
        ("GET", "/agent/monitoring/summary"),
        ("GET", "/agent/gradio_api/runs"),
        ("GET", "/agent/login_check"),
        ("GET", "/agent/login"),
        ("GET", "/agent/logout"),
        ("GET", "/agent/robots.txt"),
        ("POST", "/agent/gradio_api/cancel"),
        ("POST", "/agent/gradio_api/reset"),
        ("POST", "/agent/gradio_api/call/anything"),
        ("POST", "/agent/gradio_api/call/v2/anything"),
        ("POST", "/agent/gradio_api/api/anything"),
        ("POST", "/agent/gradio_api/run/anything"),
        ("POST", "/agent/gradio_api/queue/join/"),
        ("POST", "/agent/api/predict"),
        ("POST", "/agent/run/predict"),
        ("POST", "/agent/queue/join"),
        ("POST", "/agent/gradio_api/vibe-edit"),
        ("POST", "/agent/gradio_api/process_recording"),
        ("POST", "/agent/gradio_api/stream/x"),
        ("POST", "/agent/login"),
        ("POST", "/agent/"),
        ("PUT", "/agent/"),
        ("DELETE", JOIN),
        ("OPTIONS", JOIN),
        ("GET", JOIN),
        ("GET", "/docs"),
        ("GET", "/redoc"),
        ("GET", "/openapi.json"),
        ("GET", "/nothing"),
        ("POST", "/"),
        ("GET", "/agentx/"),
    ],
)
def test_everything_else_is_closed_even_when_signed_in(call, method, path):
    assert call(method, path, who="ana", body=joined() if method == "POST" else b"")["status"] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/agent/../qa/",
        "/agent/./",
        "/agent//",
        "//agent/",
        "/agent/assets/..%2f..%2fconfig",
        "/agent/static/%2e%2e/config",
        "/agent/assets/%5c..%5cconfig",
        "/agent/assets\\config",
        "/agent/gradio_api/file%3D/etc/passwd",
        "/agent%2fconfig",
        "/agent/assets/a%00b",
        "/agent/;/config",
        "/static/..%2fserver.py",
        "/static/%2e%2e/server.py",
    ],
)
def test_paths_that_can_be_read_in_two_ways(call, path):
    assert call("GET", path, who="ana")["status"] in (400, 404)
    assert b"reached" not in call("GET", path, who="ana")["body"]


def test_ids_with_a_slash_are_for_rest_alone():
    assert not is_trick("/api/v1/contacts/a/b", b"/api/v1/contacts/a%2Fb", MOUNTS)
    assert is_trick("/agent/a/b", b"/agent/a%2Fb", MOUNTS)


def test_a_page_without_its_slash_keeps_its_question(call):
    answer = call("GET", "/agent?contact=c1", who="ana")
    assert (answer["status"], answer["headers"]["location"]) == (307, "/agent/?contact=c1")


def test_people_are_sent_to_sign_in_and_programs_are_told(call):
    answer = call("GET", "/agent/?contact=c%201", headers={"accept": "text/html,*/*"})
    assert answer["status"] == 303
    assert answer["headers"]["location"] == "/login?next=%2Fagent%2F%3Fcontact%3Dc%25201"
    assert call("GET", "/agent/")["status"] == 401


@pytest.mark.parametrize("path", ["/qa/", "/qa/gradio_api/queue/data?session_hash=h9"])
def test_an_agent_does_not_reach_qa(call, path):
    assert call("GET", path, who="ana")["status"] == 403
    assert call("GET", path, who="lea")["status"] == 200
    page = call("GET", "/qa/", who="ana", headers={"accept": "text/html"})
    assert (page["status"], page["headers"]["content-type"]) == (403, "text/html; charset=utf-8")


def test_a_key_opens_rest_and_no_page(call):
    sent = {"authorization": f"Bearer {call.key}"}
    assert call("GET", "/api/v1/search?q=x", headers=sent)["status"] == 200
    assert call("GET", "/agent/", headers=sent)["status"] == 401


def test_a_key_needs_no_origin(call):
    sent = {"authorization": f"Bearer {call.key}", "origin": None}
    assert call("POST", "/api/v1/check", headers=sent, body=b"{}")["status"] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "same-origin", "origin": None}, 200),
        ({"origin": None}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": None}, 415),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-type": "text/json"}, 415),
        ({"content-length": "abc"}, 400),
        ({"content-length": "-1"}, 400),
        ({"content-length": str(JSON_BYTES + 1)}, 413),
    ],
)
@pytest.mark.parametrize("path", [JOIN, "/agent/gradio_api/component_server/", "/api/v1/check"])
def test_unsafe_requests(call, path, headers, status):
    assert call("POST", path, who="ana", headers=headers, body=joined())["status"] == status


def test_beyond_this_machine_the_origin_must_be_https(tmp_path):
    call = Caller(tmp_path)
    call.person("ana", "agent")
    there = {"host": "panel.example.com", "cookie": f"__Host-unscripted={call.cookies['ana']}"}
    sent = there | {"origin": "https://panel.example.com"}
    assert call("POST", JOIN, headers=sent, body=joined())["status"] == 200
    sent = there | {"origin": "http://panel.example.com"}
    assert call("POST", JOIN, headers=sent, body=joined())["status"] == 403
    plain = {"host": "panel.example.com", "cookie": f"unscripted={call.cookies['ana']}"}
    assert call("GET", "/agent/", headers=plain)["status"] == 401


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
    going_on = asyncio.Event()

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

        tasks = [asyncio.create_task(one()) for _ in range(10)]
        await asyncio.sleep(0.05)
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


def test_websockets_are_closed(call):
    sent = []

    async def run():
        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message)

        await call.guard({"type": "websocket", "path": "/agent/gradio_api/queue/join"}, receive, send)

    loops.run(run())
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_headers(call):
    inside = call("GET", "/agent/", who="ana")["headers"]
    outside = call("GET", "/login")["headers"]
    for headers in (inside, outside, call("GET", "/nothing")["headers"]):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert (
            "object-src 'none'" in headers["content-security-policy"]
            or "default-src 'none'" in headers["content-security-policy"]
        )
    assert "img-src 'self' data: blob:" in inside["content-security-policy"]
    assert "connect-src 'self'" in inside["content-security-policy"]
    assert "unsafe" not in outside["content-security-policy"]


def test_what_breaks_inside_says_nothing(tmp_path, caplog):
    async def breaks(scope, receive, send):
        raise ValueError("4111 1111 1111 1111 said the customer")

    call = Caller(tmp_path, breaks)
    answer = call("GET", "/login")
    assert answer["status"] == 500
    assert b"4111" not in answer["body"]
    assert "4111" not in caplog.text
    assert "ValueError at test_guard.py" in caplog.text


def test_too_many_requests(tmp_path):
    call = Caller(tmp_path, requests_per_s=2)
    call.person("ana", "agent")
    call.person("bob", "agent")
    statuses = [call("GET", "/", who="ana")["status"] for _ in range(15)]
    assert statuses[:10] == [200] * 10
    assert statuses[-1] == 429
    assert call("GET", "/", who="bob")["status"] == 200


def test_no_door_is_open_by_accident():
    opened = [
        (method, path)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE")
        for path in ("/", "/x", "/agent/x", "/agent/", "/api/v1/x", "/login", "/static/x")
        if (door := door_of(method, path, MOUNTS)) is not None and door.open
    ]
    assert {path for _, path in opened} == {"/login", "/static/x"}
