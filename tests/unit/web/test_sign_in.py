import re

import pytest
from starlette.testclient import TestClient

from storage.access import AccessKeys
from web.server import create_app
from web.sessions import WebSessions

LOCAL = "http://127.0.0.1:8000"
FAR = "https://panel.example.com"


def cookie(answer):
    return answer.headers["set-cookie"]


def test_signing_in_sets_a_cookie_that_scripts_cannot_read(browser_of, keys):
    browser = browser_of(None)
    answer = browser.post("/login", data={"key": f" {keys['ana']} "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert re.fullmatch(r"unscripted=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax", cookie(answer))
    assert browser.get("/").headers["location"] == "/agent/"


def test_beyond_this_machine_the_cookie_is_for_https_and_this_host(browser_of):
    browser = browser_of(None, FAR)
    answer = browser.post("/login", data={"key": "un_wrong"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


def test_host_cookie(browser_of, keys):
    answer = browser_of(None, FAR).post("/login", data={"key": keys["ana"]})
    assert re.fullmatch(
        r"__Host-unscripted=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", cookie(answer)
    )


def test_framed_cookies_travel_in_frames(filled, keys):
    app = create_app(filled, pages=(), frame_ancestors=["https://crm.example.com"])
    browser = TestClient(app, base_url=FAR, follow_redirects=False)
    answer = browser.post("/login", data={"key": keys["ana"]}, headers={"Origin": FAR})
    assert cookie(answer).endswith("HttpOnly; SameSite=None; Partitioned; Secure")
    policy = browser.get("/login").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://crm.example.com" in policy


def test_a_wrong_key_opens_nothing_and_is_not_said_back(browser_of):
    wrong = "un_0123456789ab_" + "A" * 43
    answer = browser_of(None).post("/login", data={"key": wrong})
    assert answer.status_code == 401
    assert wrong not in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_in_again_rotates_the_id_and_ends_the_old_one(browser_of, keys):
    browser = browser_of("ana")
    old = browser.cookies["unscripted"]
    browser.post("/login", data={"key": keys["ben"]})
    assert browser.cookies["unscripted"] != old
    assert browser.get("/api/v1/clients/me").json()["client"] == "Beta"
    browser.cookies.set("unscripted", old)
    other = browser_of(None)
    other.cookies.set("unscripted", old)
    assert other.get("/api/v1/clients/me").status_code == 401


def test_a_planted_cookie_is_not_taken_over(browser_of, keys):
    browser = browser_of(None)
    planted = "x" * 43
    answer = browser.post("/login", data={"key": keys["ana"]}, headers={"Cookie": f"unscripted={planted}"})
    assert planted not in cookie(answer)
    assert browser_of(None).get("/", headers={"Cookie": f"unscripted={planted}"}).status_code == 401


def test_signing_out_ends_it_here_and_everywhere(browser_of):
    browser = browser_of("ana")
    id = browser.cookies["unscripted"]
    assert "Ana" in browser.get("/logout").text
    answer = browser.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Max-Age=0" in cookie(answer)
    assert browser_of(None).get("/", headers={"Cookie": f"unscripted={id}"}).status_code == 401


def test_a_get_does_not_sign_out(browser_of):
    browser = browser_of("ana")
    browser.get("/logout")
    assert browser.get("/api/v1/clients/me").status_code == 200


@pytest.mark.parametrize("path", ["/login", "/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": ""},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_cannot_sign_anybody_in_or_out(browser_of, keys, path, headers):
    browser = browser_of("ana")
    answer = browser.post(path, data={"key": keys["bob"]}, headers=headers)
    assert answer.status_code == 403
    assert browser.get("/api/v1/clients/me").json()["name"] == "Ana"


def test_neither_origin_nor_fetch_site_is_refused(app, keys):
    browser = TestClient(app, base_url=LOCAL, follow_redirects=False)
    assert browser.post("/login", data={"key": keys["ana"]}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "onward"),
    [
        ("/agent/?contact=c1", "/agent/?contact=c1"),
        ("/qa/", "/qa/"),
        ("https://evil.example/agent/", "/"),
        ("//evil.example/agent/", "/"),
        ("/\\evil.example/agent/", "/"),
        ("/agent/\r\nX: y", "/"),
        ("/api/v1/search?q=x", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("/agent/" + "a" * 500, "/"),
    ],
)
def test_where_a_sign_in_may_lead(filled, keys, asked, onward):
    from web.sign_in import SignIn

    sign_in = SignIn(AccessKeys(filled.folder), home=["/agent", "/qa"])
    assert (sign_in.onward(asked) or "/") == onward


def test_the_pages_run_no_script(browser_of):
    answer = browser_of(None).get("/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_a_flood_of_wrong_keys_is_slowed_and_right_ones_still_open(filled, keys):
    app = create_app(filled, pages=())
    browser = TestClient(app, base_url=LOCAL, follow_redirects=False, headers={"Origin": LOCAL})
    statuses = [browser.post("/login", data={"key": f"un_{n}"}).status_code for n in range(60)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert browser.post("/login", data={"key": keys["ana"]}).status_code == 303
    wrong = [
        browser.get("/api/v1/queue", headers={"Authorization": "Bearer un_x"}).status_code for _ in range(5)
    ]
    assert 429 in wrong


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer  {key}", "bearer {key}"]
)
def test_what_is_not_a_key_header(app, keys, header):
    client = TestClient(app, base_url=LOCAL)
    sent = header.format(key=keys["ana"])
    assert client.get("/api/v1/clients/me", headers={"Authorization": sent}).status_code in (401, 429)


def test_a_bad_key_is_not_rescued_by_a_good_cookie(browser_of):
    browser = browser_of("ana")
    assert browser.get("/api/v1/clients/me", headers={"Authorization": "Bearer un_x"}).status_code in (
        401,
        429,
    )


def test_revoking_a_key_ends_its_web_sessions(filled, browser_of, app):
    made = AccessKeys(filled.folder)
    key = made.issue("Tom", "agent", "Acme")
    browser = browser_of(None)
    browser.post("/login", data={"key": key})
    assert browser.get("/api/v1/clients/me").status_code == 200
    made.revoke(key.split("_")[1])
    assert browser.get("/api/v1/clients/me").status_code == 401


class TestDemo:
    @pytest.fixture
    def demo(self, filled):
        app = create_app(filled, demo=True, pages=())
        return TestClient(app, base_url=LOCAL, follow_redirects=False, headers={"Origin": LOCAL})

    def test_one_click_each(self, demo):
        page = demo.get("/login").text
        for client in ("Acme", "Beta"):
            for title in ("Agent", "QA lead", "Administrator"):
                assert f"{title} at {client}" in page
        answer = demo.post("/login", data={"person": "QA lead at Beta"})
        assert answer.status_code == 303
        me = demo.get("/api/v1/clients/me").json()
        assert (me["client"], me["role"], me["name"]) == ("Beta", "qa", "Demo QA lead")

    def test_nobody_else_is_on_offer(self, demo):
        assert demo.post("/login", data={"person": "Agent at Gamma"}).status_code == 422
        assert demo.get("/").status_code == 401

    def test_another_site_cannot_click(self, demo):
        answer = demo.post(
            "/login", data={"person": "Agent at Acme"}, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403

    def test_another_name_for_this_machine_gets_nothing(self, filled):
        app = create_app(filled, demo=True, pages=())
        for host in ("evil.example", "127.0.0.1.evil.example", "192.168.1.2:8000", "localhost.evil.example"):
            rebound = TestClient(app, base_url=f"http://{host}", follow_redirects=False)
            assert rebound.get("/login").status_code == 421
            sent = {"Origin": f"http://{host}"}
            assert rebound.post("/login", data={"person": "Agent at Acme"}, headers=sent).status_code == 421

    def test_without_demo_there_are_no_buttons(self, browser_of):
        browser = browser_of(None)
        assert "Agent at Acme" not in browser.get("/login").text
        assert browser.post("/login", data={"person": "Agent at Acme"}).status_code == 401


def test_whoever_signs_in_over_and_over_signs_nobody_else_out(tmp_path):
    keys = AccessKeys(tmp_path)
    sessions = WebSessions(keys)
    entries = [keys.entry(keys.issue(name, "agent", "Acme")) for name in ("Ana", "Bob")]
    ana = sessions.begin(entries[0].principal, prefix=entries[0].prefix)
    flood = [sessions.begin(entries[1].principal, prefix=entries[1].prefix) for _ in range(200)]
    assert sessions.get(ana.id) is ana
    assert sum(sessions.get(one.id) is not None for one in flood) == 50
    assert sessions.get(flood[-1].id) is flood[-1]
