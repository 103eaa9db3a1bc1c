"""Gradio, really mounted: the known holes of its defaults are closed."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest

from tests.serving import serving
from web.server import Page, create_app
from web.sign_in import principal_named, principal_of


def probe_page(workspace):
    import gradio as gr

    def whoami(text, request: gr.Request):
        who, also = principal_named(request.username), principal_of(request)
        return f"{text}: {who.name} of {who.client}, {also == who}"

    def ping(value, request: gr.Request):
        who = principal_of(request)
        return f"{value}: {who.name} of {who.client}"

    with gr.Blocks(title="Probe", analytics_enabled=False) as page:
        text = gr.Textbox(elem_id="text")
        out = gr.Textbox(elem_id="out")
        gr.Button("Ask", elem_id="ask").click(whoami, text, out, api_name="whoami", api_visibility="private")
        gr.HTML("<p id='here'>here</p>", server_functions=[ping])
        gr.File(elem_id="file")
    return page


@pytest.fixture(scope="module")
def address(filled):
    pages = (
        Page("/agent", probe_page, ("agent", "admin")),
        Page("/qa", probe_page, ("qa", "admin")),
        Page("/admin", probe_page, ("admin",), without_client=True),
    )
    with serving(create_app(filled, pages=pages)) as there:
        yield there


@pytest.fixture
def person(address, keys):
    def make(who):
        client = httpx.Client(
            base_url=address, headers={"Origin": address, "Sec-Fetch-Site": "same-origin"}, timeout=30
        )
        if who is not None:
            assert client.post("/login", data={"key": keys[who]}).status_code == 303
        return client

    return make


def config_of(client, mount="agent"):
    text = client.get(f"/{mount}/").text
    return json.loads(
        re.search(r"window\.gradio_config = (\{.*?\});\s*(?:</script>|window)", text, re.DOTALL)[1]
    )


def join(client, hash, mount="agent", text="I am"):
    body = {"data": [text], "fn_index": 0, "session_hash": hash, "trigger_id": None, "event_data": None}
    return client.post(f"/{mount}/gradio_api/queue/join", json=body)


def result(client, hash, mount="agent"):
    with client.stream("GET", f"/{mount}/gradio_api/queue/data", params={"session_hash": hash}) as stream:
        assert stream.status_code == 200
        for line in stream.iter_lines():
            if line.startswith("data: "):
                message = json.loads(line[6:])
                if message["msg"] == "process_completed":
                    return message["output"]["data"][0]
    return None


def test_the_page_is_served_with_its_policy_and_no_name_of_anybody(person):
    ana = person("ana")
    answer = ana.get("/agent/")
    assert answer.status_code == 200
    assert "unsafe-eval" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert ana.cookies["unscripted"] not in answer.text
    assert "Acme" not in answer.text


def test_an_own_event_runs_as_the_person_of_the_web_session(person):
    for who, words in (("ana", "I am: Ana of Acme, True"), ("ben", "I am: Ana of Beta, True")):
        client = person(who)
        assert join(client, f"own{who}").status_code == 200
        assert result(client, f"own{who}") == words


def test_a_hash_cannot_be_taken_over(person):
    ana, bob = person("ana"), person("bob")
    assert join(ana, "victim").status_code == 200
    assert join(bob, "victim").status_code == 403
    assert bob.get("/agent/gradio_api/queue/data", params={"session_hash": "victim"}).status_code == 403
    assert bob.get("/agent/gradio_api/heartbeat/victim").status_code == 403
    assert result(ana, "victim") == "I am: Ana of Acme, True"


def server_function(client, **headers):
    component = next(c["id"] for c in config_of(client)["components"] if c["type"] == "html")
    body = {"data": "I am", "component_id": component, "fn_name": "ping", "session_hash": "fast"}
    return component, body


def test_server_functions_know_the_cookie(person):
    ana = person("ana")
    _, body = server_function(ana)
    path = "/agent/gradio_api/component_server/"
    assert ana.post(path, json=body).json() == "I am: Ana of Acme"
    plain = {"Content-Type": "text/plain"}
    assert ana.post(path, content=json.dumps(body), headers=plain).status_code == 415
    assert ana.post(path, json=body, headers={"Origin": "https://evil.example"}).status_code == 403
    assert ana.post(path, data=body, files={"f": b"x"}).status_code == 415
    assert person(None).post(path, json=body).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "heartbeat/x"),
        ("POST", "cancel"),
        ("GET", "app_id"),
        ("GET", "token"),
        ("GET", "startup-events"),
        ("POST", "reset"),
        ("POST", "queue/join"),
        ("GET", "queue/data?session_hash=x"),
        ("POST", "upload"),
        ("GET", "info"),
        ("GET", "../config"),
    ],
)
def test_nobody_gets_nothing(person, method, path):
    answer = person(None).request(method, f"/agent/gradio_api/{path}", json={} if method == "POST" else None)
    assert answer.status_code in (401, 404)


@pytest.mark.parametrize("name", ["whoami", "predict2", "0"])
def test_private_functions_are_not_run_by_name(person, name):
    ana = person("ana")
    body = {"data": ["x"], "session_hash": "byname", "fn_index": 0}
    for path in (f"call/{name}", f"api/{name}", f"run/{name}", f"call/v2/{name}", f"api/{name}/"):
        assert ana.post(f"/agent/gradio_api/{path}", json=body).status_code == 404


def test_gradio_writes_no_upload_to_a_file(person):
    ana = person("ana")
    up = ana.post("/agent/gradio_api/upload", files={"files": ("a.txt", b"quokka words", "text/plain")})
    assert up.status_code == 404
    assert ana.get("/agent/gradio_api/upload_progress?upload_id=u").status_code == 404
    folder = Path(os.environ["GRADIO_TEMP_DIR"])
    assert not any(b"quokka" in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_roles(person):
    ana, lea, adi = person("ana"), person("lea"), person("adi")
    assert (ana.get("/agent/").status_code, ana.get("/qa/").status_code) == (200, 403)
    assert (lea.get("/agent/").status_code, lea.get("/qa/").status_code) == (403, 200)
    assert (adi.get("/agent/").status_code, adi.get("/qa/").status_code) == (200, 200)
    assert [who.get("/admin/").status_code for who in (ana, lea, adi)] == [403, 403, 200]
    assert join(ana, "cross", "qa").status_code == 403
    assert join(lea, "cross", "admin").status_code == 403
    assert [c.get("/").headers["location"] for c in (ana, lea, adi)] == ["/agent/", "/qa/", "/admin/"]


def test_people_without_a_web_session_are_led_to_sign_in(person):
    answer = person(None).get("/agent/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fagent%2F")


def test_changing_the_client_kills_the_old_page(person, keys):
    client = person("ana")
    assert join(client, "before").status_code == 200
    old = client.cookies["unscripted"]
    client.post("/login", data={"key": keys["ben"]})
    assert join(client, "before").status_code == 403
    assert client.get("/agent/gradio_api/queue/data", params={"session_hash": "before"}).status_code == 403
    assert join(client, "after").status_code == 200
    assert result(client, "after") == "I am: Ana of Beta, True"
    stale = httpx.Client(base_url=client.base_url, headers=client.headers, cookies={"unscripted": old})
    assert join(stale, "before").status_code == 401


@pytest.mark.parametrize(
    "setting", ["GRADIO_SHARE", "GRADIO_MCP_SERVER", "GRADIO_PROFILING", "GRADIO_VIBE_MODE"]
)
def test_settings_that_would_open_the_server_stop_it(monkeypatch, setting):
    from models.errors import ConfigError
    from web.server import prepare_gradio_environment

    monkeypatch.setenv(setting, "1")
    with pytest.raises(ConfigError, match=setting):
        prepare_gradio_environment()


def test_gradio_keeps_quiet_and_to_itself():
    import stat

    from web.server import prepare_gradio_environment

    prepare_gradio_environment()
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    folder = os.environ["GRADIO_TEMP_DIR"]
    prepare_gradio_environment()
    assert os.environ["GRADIO_TEMP_DIR"] == folder
    assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700


def test_other_origins_may_call_rest_only_when_named(filled, keys):
    from starlette.testclient import TestClient

    app = create_app(filled, pages=(), allowed_origins=["https://crm.example.com"])
    client = TestClient(app, base_url="https://panel.example.com")
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    good = client.options("/api/v1/check", headers=ask | {"Origin": "https://crm.example.com"})
    assert good.headers["access-control-allow-origin"] == "https://crm.example.com"
    assert "access-control-allow-credentials" not in good.headers
    bad = client.options("/api/v1/check", headers=ask | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in bad.headers
    sent = {"Origin": "https://crm.example.com", "Authorization": f"Bearer {keys['ana']}"}
    answer = client.post("/api/v1/check", json={"draft": "Hello."}, headers=sent)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://crm.example.com"


def test_gradio_does_not_reflect_origins(person):
    answer = person("ana").get("/agent/", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "https://*.example.com", "crm.example.com", "https://a.example b"])
def test_origins_are_named_in_full(filled, origin):
    from models.errors import ConfigError

    with pytest.raises(ConfigError):
        create_app(filled, pages=(), allowed_origins=[origin])
    with pytest.raises(ConfigError):
        create_app(filled, pages=(), frame_ancestors=[origin])


def test_the_demo_stays_on_this_machine(filled):
    from models.errors import ConfigError
    from web.server import serve

    with pytest.raises(ConfigError):
        serve(create_app(filled, demo=True, pages=()), host="0.0.0.0")


def test_static_files_have_their_types(person):
    nobody = person(None)
    for name, kind in (
        ("plain.css", "text/css"),
        ("mark.svg", "image/svg+xml"),
        ("dom.js", "text/javascript"),
    ):
        answer = nobody.get(f"/static/{name}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)
    for name in ("server.py", "plain.css/..", "%2e%2e/server.py", "..%2fserver.py", "none.css"):
        assert nobody.get(f"/static/{name}").status_code in (400, 404)
    assert nobody.get("/agent/manifest.json").json()["name"] == "Unscripted"
    assert nobody.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_warming_up_reaches_every_client_and_survives_a_broken_one(workspace, monkeypatch):
    from models import languages
    from models.errors import ModelError
    from web import server
    from web.server import warm_up

    said = []
    monkeypatch.setattr(server.log, "warning", lambda *words: said.append(words))
    languages._loaded.cache_clear()
    checked = []
    check = workspace.check

    def noted(client, draft):
        checked.append(client)
        if client == "Acme":
            raise ModelError("weights are missing")
        return check(client, draft)

    monkeypatch.setattr(workspace, "check", noted)
    warm_up(workspace)
    assert checked == ["Acme", "Beta"]
    assert "weights are missing" in repr(said)
    assert languages._loaded.cache_info().currsize  # the first turn need not wait for it
