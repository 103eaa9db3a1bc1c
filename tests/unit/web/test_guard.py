"""The guard: which doors are open to whom, and what a request must say."""

import pytest

from tests import loops
from tests.unit.web.calling import JOIN, MOUNTS, Caller, joined
from web.doors import JSON_BYTES, door_of, is_trick


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
