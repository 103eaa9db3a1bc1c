"""P5 and P28 at the door: who guesses learns nothing, waits, and keeps nobody else waiting."""

import asyncio
import re
import statistics
import time

import httpx
import pytest
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from storage.people import People
from tests import loops
from tests.serving import serving
from tests.unit.web.conftest import fill
from web.password_gate import PasswordGate
from web.problems import Refused
from web.server import create_app
from web.workspace import Workspace

LOCAL = "http://127.0.0.1:8000"
GOOD = "three odd green bicycles"
FEWEST_ASKED = 4


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("data"), encoder=HashingEncoder())
    fill(workspace)
    people = People(workspace.folder)
    people.redeem(people.link(None), GOOD, login="ada@example.com", name="Ada")
    bo = people.redeem(people.link(people.add("bo@example.com", "Bo").id), GOOD)
    people.grant(bo.id, "Acme", "agent", by="Ada")
    out = people.redeem(people.link(people.add("out@example.com", "Out").id), GOOD)
    people.set_active(out.id, active=False)
    people.add("new@example.com", "New")
    return workspace, people


def browser(app, address="198.51.100.1"):
    client = TestClient(app, base_url=LOCAL, follow_redirects=False, client=(address, 50_000))
    client.headers |= {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    return client


def without_headers_of_the_day(answer):
    return [pair for pair in answer.headers.multi_items() if pair[0] != "date"]


@pytest.mark.parametrize(
    "login", ["bo@example.com", "out@example.com", "new@example.com", "nobody@example.com"]
)
def test_every_wrong_sign_in_is_answered_alike(world, login):
    app = create_app(world[0], pages=())
    known = browser(app, "198.51.100.2").post(
        "/login", data={"login": "ada@example.com", "password": "wrong"}
    )
    other = browser(app, "198.51.100.3").post("/login", data={"login": login, "password": "wrong"})
    assert (known.status_code, known.content) == (other.status_code, other.content) == (401, other.content)
    assert without_headers_of_the_day(known) == without_headers_of_the_day(other)
    flood = [
        browser(app, "198.51.100.4").post("/login", data={"login": login, "password": str(n)})
        for n in range(8)
    ]
    assert [one.status_code for one in flood] == [401] * 5 + [429] * 3
    assert re.sub(r"\s+", " ", flood[-1].text).count("Wait a minute") == 1


@pytest.mark.nightly
def test_time_does_not_tell_a_known_login(world):
    people = world[1]
    spent = {"ada@example.com": [], "nobody@example.com": []}
    for turn in range(60):
        for login, times in spent.items():
            begun = time.process_time()
            assert people.verify(login, f"wrong {turn}") is None
            times.append(time.process_time() - begun)
    known, unknown = (statistics.median(times) for times in spent.values())
    assert abs(known - unknown) < 0.05 * max(known, unknown)


def test_both_wrong_sign_ins_cost_one_hash(world, monkeypatch):
    from argon2 import PasswordHasher

    people, hashes, verify = world[1], [], PasswordHasher.verify
    people.verify("ada@example.com", "warm")
    people.verify("nobody@example.com", "warm")
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: hashes.append(1) or verify(*given))
    counts = []
    for login in ("ada@example.com", "nobody@example.com", "out@example.com", "new@example.com", ""):
        hashes.clear()
        people.verify(login, "wrong")
        counts.append(len(hashes))
    assert counts == [1] * 5


def test_guessing_elsewhere_does_not_lock_the_person_out(world):
    app = create_app(world[0], pages=())
    home = browser(app, "203.0.113.1")
    right = {"login": "bo@example.com", "password": GOOD}
    assert home.post("/login", data=right).status_code == 303
    statuses = [
        browser(app, f"198.51.100.{n}")
        .post("/login", data={"login": "bo@example.com", "password": "x"})
        .status_code
        for n in range(40)
    ]
    assert (statuses[0], statuses[-1]) == (401, 429)
    assert home.post("/login", data=right).status_code == 303


def test_a_right_password_uses_no_guess_up(world):
    app = create_app(world[0], pages=())
    there = browser(app, "203.0.113.2")
    right = {"login": "bo@example.com", "password": GOOD}
    assert {there.post("/login", data=right).status_code for _ in range(12)} == {303}


def test_few_hashes_run_and_few_wait(world):
    gate = PasswordGate(world[1], workers=1, most_waiting=3)
    running, most = 0, 0

    def work():
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.02)
        running -= 1
        return "done"

    async def flood():
        return await asyncio.gather(*(gate.run(work) for _ in range(50)), return_exceptions=True)

    results = loops.run(flood())
    assert results.count("done") == 4
    refused = [one for one in results if isinstance(one, Refused)]
    assert {one.status for one in refused} == {503}
    assert len(refused) == 46
    assert most == 1
    assert loops.run(gate.run(work)) == "done"


@pytest.mark.parametrize("logins", [120, pytest.param(1000, marks=pytest.mark.nightly)])
def test_a_flood_of_wrong_logins_leaves_agents_alone(world, logins):
    """All of them at once, from many addresses, while an agent's panel asks for its own."""
    workspace, _ = world
    key = AccessKeys(workspace.folder).issue("Ana", "agent", "Acme")
    app = create_app(workspace, pages=())

    async def run(address):
        waits, statuses, done = [], [], asyncio.Event()

        async def flood():
            async def wrong(number):
                headers = {"Origin": address, "X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"}
                data = {"login": f"somebody{number % 300}@example.com", "password": "wrong"}
                return (await client.post("/login", data=data, headers=headers)).status_code

            limits = httpx.Limits(max_connections=200)
            async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
                return await asyncio.gather(*(wrong(number) for number in range(logins)))

        async def panel():
            headers = {"Authorization": f"Bearer {key}"}
            while not done.is_set():
                begun = time.perf_counter()
                answer = await agent.get("/api/v1/clients/me", headers=headers)
                waits.append(time.perf_counter() - begun)
                assert answer.status_code == 200
                await asyncio.sleep(0.01)

        async with httpx.AsyncClient(base_url=address, timeout=60) as agent:
            asking = asyncio.create_task(panel())
            while not statuses or (len(waits) < FEWEST_ASKED and len(statuses) < 10 * logins):
                statuses += await flood()
            done.set()
            await asking
        return statuses, waits

    with serving(app) as address:
        began = time.perf_counter()
        statuses, waits = loops.run(run(address))
        took_s = time.perf_counter() - began
    assert set(statuses) <= {401, 429, 503}
    assert statuses.count(503) > logins // 4  # turned away at once, not queued
    assert len(waits) >= FEWEST_ASKED
    # No request of the panel waits for all the hashes before it.
    assert statistics.median(waits) < max(0.5, took_s / 4)
    assert browser(app).post("/login", data={"login": "bo@example.com", "password": GOOD}).status_code == 303


def test_whoever_has_not_chosen_a_client_reaches_no_client(world):
    """Every operation of REST, for an owner and for an agent of two clients before they chose."""
    workspace, people = world
    two = people.redeem(people.link(people.add("two@example.com", "Two").id), GOOD)
    for client in ("Acme", "Beta"):
        people.grant(two.id, client, "agent", by="Ada")
    app = create_app(workspace, pages=())
    document = app.openapi()["paths"]
    for login in ("ada@example.com", "two@example.com"):
        there = browser(app)
        assert there.post("/login", data={"login": login, "password": GOOD}).status_code == 303
        for path, methods in document.items():
            for method in methods:
                if path in ("/livez", "/readyz", "/startupz", "/api/v1/health"):
                    continue
                concrete = re.sub(r"\{[^}]*\}", "call-acme", path)
                answer = there.request(method.upper(), concrete)
                assert answer.status_code == 403, (method, path)
                assert "quokka" not in answer.text
    people.remove(two.id)
