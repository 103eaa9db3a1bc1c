"""Signing in with a password, choosing a client, one-time links; over HTTP, without Gradio."""

import re

import pytest
from starlette.testclient import TestClient

from storage.people import People
from web.server import create_app

LOCAL = "http://127.0.0.1:8000"
GOOD = "three odd green bicycles"


@pytest.fixture
def people(workspace):
    return People(workspace.folder)


@pytest.fixture
def app(workspace):
    return create_app(workspace, pages=())


@pytest.fixture
def browser(app):
    def make(login=None, password=GOOD):
        client = TestClient(app, base_url=LOCAL, follow_redirects=False)
        client.headers |= {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
        if login:
            client.came_in = client.post("/login", data={"login": login, "password": password})
        return client

    return make


def person(people, login, name, *grants, owner=False):
    made = people.redeem(people.link(people.add(login, name, owner=owner).id), GOOD)
    for client, role in grants:
        people.grant(made.id, client, role, by="Ada")
    return people.get(made.id)


def me(browser):
    answer = browser.get("/api/v1/clients/me")
    return (
        (answer.json()["client"], answer.json()["role"]) if answer.status_code == 200 else answer.status_code
    )


def test_one_grant_leads_straight_to_its_client(people, browser):
    person(people, "bo@example.com", "Bo", ("Acme", "agent"))
    bo = browser("bo@example.com")
    assert (bo.came_in.status_code, bo.came_in.headers["location"]) == (303, "/")
    assert me(bo) == ("Acme", "agent")
    assert bo.get("/").headers["location"] == "/agent/"


def test_of_several_clients_none_is_open_before_one_is_chosen(people, browser):
    person(people, "bo@example.com", "Bo", ("Acme", "agent"), ("Beta", "qa"))
    bo = browser("bo@example.com")
    assert bo.came_in.headers["location"] == "/clients"
    assert me(bo) == 403
    assert bo.get("/").headers["location"] == "/clients"
    assert bo.get("/api/v1/clients/me", headers={"Accept": "text/html"}).headers["location"] == "/clients"
    page = bo.get("/clients").text
    assert page.count('name="place"') == 2
    before = bo.cookies["unscripted"]
    assert bo.post("/clients", data={"place": "qa Beta"}).status_code == 303
    assert bo.cookies["unscripted"] != before
    assert me(bo) == ("Beta", "qa")
    stale = browser()
    stale.cookies.set("unscripted", before)
    assert stale.get("/clients").status_code == 401


@pytest.mark.parametrize(
    "place", ["admin Beta", "agent Beta", "qa Acme", "agent Gamma", "agent", "Acme", "../.."]
)
def test_nobody_chooses_what_they_were_not_given(people, browser, place):
    person(people, "bo@example.com", "Bo", ("Acme", "agent"))
    bo = browser("bo@example.com")
    assert bo.post("/clients", data={"place": place}).status_code == 422
    assert me(bo) == ("Acme", "agent")


def test_a_key_serves_its_own_client_only(workspace, browser):
    from storage.access import AccessKeys

    lea = browser()
    lea.post("/login", data={"key": AccessKeys(workspace.folder).issue("Lea", "qa", "Acme")})
    assert lea.post("/clients", data={"place": "qa Beta"}).status_code == 422
    assert 'name="place"' not in lea.get("/clients").text


def test_changing_the_client_adds_no_hours(people, browser, app):
    person(people, "bo@example.com", "Bo", ("Acme", "agent"), ("Beta", "agent"))
    bo = browser("bo@example.com")
    sessions = app.state.sign_in.sessions
    first = sessions.get(bo.cookies["unscripted"]).started
    bo.post("/clients", data={"place": "agent Beta"})
    assert sessions.get(bo.cookies["unscripted"]).started == first


@pytest.mark.parametrize(
    "change",
    [
        lambda people, bo: people.revoke(bo.id, "Acme", "agent"),
        lambda people, bo: people.set_active(bo.id, active=False),
        lambda people, bo: people.reset(bo.id),
        lambda people, bo: people.remove(bo.id),
    ],
)
def test_taking_back_ends_it_at_once(people, browser, change):
    bo = person(people, "bo@example.com", "Bo", ("Acme", "agent"))
    there = browser("bo@example.com")
    assert me(there) == ("Acme", "agent")
    change(people, bo)
    assert me(there) == 401


def test_an_owner_sees_no_client_before_choosing(people, browser):
    person(people, "ada@example.com", "Ada", owner=True)
    ada = browser("ada@example.com")
    assert ada.get("/").headers["location"] == "/admin/"
    assert me(ada) == 403
    assert ada.get("/clients").text.count('name="place"') == 3  # both clients, and all of them
    ada.post("/clients", data={"place": "admin Beta"})
    assert me(ada) == ("Beta", "admin")
    ada.post("/clients", data={"place": ""})
    assert me(ada) == 403


def test_another_site_cannot_change_the_client(people, browser):
    person(people, "bo@example.com", "Bo", ("Acme", "agent"), ("Beta", "agent"))
    bo = browser("bo@example.com")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert bo.post("/clients", data={"place": "agent Beta"}, headers=headers).status_code == 403
    assert me(bo) == 403


def test_the_language_is_the_persons(people, browser):
    bo = person(people, "bo@example.com", "Bo", ("Acme", "agent"))
    there = browser("bo@example.com")
    assert "Who are you working for?" in there.get("/clients").text
    assert "Für wen arbeiten Sie?" in there.get("/clients", headers={"Accept-Language": "de-AT,de"}).text
    there.post("/clients", data={"language": "nb"})
    assert "Hvem jobber du for?" in there.get("/clients").text
    assert people.get(bo.id).language == "nb"
    there.post("/clients", data={"language": "xx"})
    assert people.get(bo.id).language == ""


class TestWelcome:
    def test_the_first_owner(self, people, browser):
        token = people.link(None)
        there = browser()
        page = there.get("/welcome", params={"token": token}).text
        assert token in page
        assert "<script" not in page
        fields = {"token": token, "password": GOOD, "again": GOOD, "login": "ada@example.com", "name": "Ada"}
        assert there.post("/welcome", data=fields | {"again": "x"}).status_code == 422
        assert (
            there.post("/welcome", data=fields | {"password": "short", "again": "short"}).status_code == 422
        )
        assert there.post("/welcome", data=fields | {"login": "two words"}).status_code == 422
        answer = there.post("/welcome", data=fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert there.get("/").headers["location"] == "/admin/"
        assert browser().get("/welcome", params={"token": token}).status_code == 404
        assert browser().post("/welcome", data=fields | {"login": "eve", "name": "Eve"}).status_code == 404
        assert [one.name for one in people.list()] == ["Ada"]

    def test_what_was_typed_comes_back_but_no_password(self, people, browser):
        fields = {
            "token": people.link(None),
            "password": "hunter22",
            "again": "hunter22",
            "login": "l<i>",
            "name": "N",
        }
        answer = browser().post("/welcome", data=fields)
        assert "hunter22" not in answer.text
        assert "l&lt;i&gt;" in answer.text

    @pytest.mark.parametrize("token", ["", "x", "\x00", "a" * 5000])
    def test_links_that_never_were(self, people, browser, token):
        assert browser().get("/welcome", params={"token": token}).status_code == 404
        assert browser().post("/welcome", data={"token": token}).status_code == 404

    def test_guessing_links_is_slowed(self, people, browser):
        there = browser()
        assert 429 in {there.get("/welcome", params={"token": str(n)}).status_code for n in range(40)}


def test_the_sign_in_page_says_it_in_five_languages(browser):
    words = {
        language: re.search(
            "<h1>(.*?)</h1>", browser().get("/login", headers={"Accept-Language": language}).text
        )[1]
        for language in ("en", "nl", "de", "es", "nb")
    }
    assert words["nl"] == "Aanmelden"
    assert len(set(words.values())) == 5


def test_who_came_in_is_noted(people, browser, workspace):
    bo = person(people, "bo@example.com", "Bo", ("Acme", "agent"))
    browser("bo@example.com")
    (event,) = workspace.audit.events("Acme", limit=1)
    assert (event.action, event.who, event.of) == ("session.begin", "Bo", bo.id)
