"""P28: web sessions and keys open one client's doors, for one role, until they end."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx
from starlette.testclient import TestClient

from models.encoders import HashingEncoder
from storage.access import AccessKeys
from storage.people import People
from tests import loops
from tests.evidence import Outcome
from tests.serving import serving
from tests.unit.web.conftest import CANARIES, fill
from web.limits import Limits
from web.server import create_app
from web.workspace import Workspace

LOCAL = "http://127.0.0.1:8000"
COOKIE = "unscripted"
ME = "/api/v1/clients/me"
PASSWORD = "three odd green bicycles"
_OTHER_SITES = ("https://evil.example", "http://127.0.0.1:8001", "null", "http://127.0.0.1.evil.example:8000")
_UNSAFE = (
    ("/login", "form"),
    ("/logout", "form"),
    ("/clients", "form"),
    ("/api/v1/evaluations/call-acme:short/review", "json"),
)
_SLOWEST_S = 0.5
"""The panel's answer in the middle, while wrong sign-ins come in: no hash is waited for."""
_FLOOD_SHARE = 5
"""Sign-ins of the flood: one for so many attempts."""


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Try `n` doors with what should not open them, then a flood of wrong sign-ins.

    Args:
        n: Attempts.
        seed: Decides their order, and what is wrong about each.
        folder: For the data; empty.
    """
    random = Random(seed)
    world = _World(folder)
    failures: list[str] = []
    tried: Counter[str] = Counter()
    ways = [*_WAYS]
    for number in range(n):
        # Every way in turn, so that few attempts try all of them; what is wrong about each is by chance.
        way = ways[number % len(ways)]
        tried[way] += 1
        failures += [f"{number}, {way}: {problem}" for problem in _WAYS[way](world, random)]
    logins = max(20, n // _FLOOD_SHARE)
    median_ms, found = world.flood(logins)
    failures += found
    notes = [f"{count}: {way}" for way, count in tried.items()]
    notes.append(f"{logins} wrong sign-ins at once: the panel's answer took {median_ms:.0f} ms in the middle")
    return Outcome(n + logins, n + logins, tuple(failures), tuple(notes))


class _World:
    """Two clients, people, keys, and a server that never says "too often" unless it is asked to."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace(folder / "data", encoder=HashingEncoder())
        fill(self.workspace)
        self.keys = AccessKeys(self.workspace.folder)
        self.people = People(self.workspace.folder)
        owner = self.people.redeem(self.people.link(None), PASSWORD, login="ada@example.com", name="Ada")
        self.owner = owner.id
        invited = self.people.add("bo@example.com", "Bo")
        self.person = self.people.redeem(self.people.link(invited.id), PASSWORD).id
        patient = Limits(per_key_per_s=1e6, per_client_per_s=1e6)
        self.app = create_app(self.workspace, pages=(), limits=patient)
        self.number = 0

    def browser(self) -> TestClient:
        """A new browser, at an address of its own."""
        self.number += 1
        address = f"198.18.{self.number // 250 % 250}.{self.number % 250}"
        made = TestClient(self.app, base_url=LOCAL, follow_redirects=False, client=(address, 50_000))
        made.headers.update({"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"})
        return made

    def signed_in(self, role: Any = "agent", client: str = "Acme") -> tuple[TestClient, str]:
        """Somebody new with a key, signed in; and the key."""
        self.number += 1
        key = self.keys.issue(f"Somebody {self.number}", role, client)
        there = self.browser()
        assert there.post("/login", data={"key": key}).status_code == 303
        assert there.get(ME).status_code == 200
        return there, key

    def with_password(self, *grants: tuple[str, Any]) -> TestClient:
        """Bo, with these grants and no other, signed in."""
        for grant in self.people.get(self.person).grants:
            self.people.revoke(self.person, grant.client, grant.role)
        for client, role in grants:
            self.people.grant(self.person, client, role, by="Ada")
        there = self.browser()
        there.post("/login", data={"login": "bo@example.com", "password": PASSWORD})
        return there

    def opened_by(self, cookie: str) -> list[str]:
        """What a cookie opens that should open nothing."""
        other = self.browser()
        other.cookies.set(COOKIE, cookie)
        status = other.get(ME).status_code
        return [] if status == 401 else [f"answered {status}"]

    def flood(self, logins: int) -> tuple[float, list[str]]:
        """Wrong sign-ins from many addresses at once, while a panel asks for its own."""
        key = self.keys.issue("Ana", "agent", "Acme")
        with serving(self.app) as address:
            statuses, waits, panel = loops.run(_flooded(address, key, logins))
        median_s = statistics.median(waits)
        found = [f"flood: a wrong sign-in was answered {one}" for one in {*statuses} - {401, 429, 503}]
        found += [f"flood: the panel was answered {one}" for one in {*panel} - {200}]
        found += ["flood: the panel waited for the hashes"] if median_s > _SLOWEST_S else []
        return median_s * 1_000, found


async def _flooded(address: str, key: str, logins: int) -> tuple[list[int], list[float], list[int]]:
    waits: list[float] = []
    panel: list[int] = []
    done = asyncio.Event()
    headers = {"Authorization": f"Bearer {key}"}

    async def wrong(caller: httpx.AsyncClient, number: int) -> int:
        login = {"login": f"somebody{number % 300}@example.com", "password": "wrong"}
        answer = await caller.post("/login", data=login, headers={"Origin": address})
        return answer.status_code

    async def ask(caller: httpx.AsyncClient) -> None:
        while not done.is_set() or not waits:
            began = time.perf_counter()
            panel.append((await caller.get(ME, headers=headers)).status_code)
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)

    limits = httpx.Limits(max_connections=200)
    async with (
        httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as many,
        httpx.AsyncClient(base_url=address, timeout=120) as one,
    ):
        asking = asyncio.create_task(ask(one))
        statuses = await asyncio.gather(*(wrong(many, number) for number in range(logins)))
        done.set()
        await asking
    return statuses, waits, panel


# -- the ways -----------------------------------------------------------------------------------


def _planted(world: _World, random: Random) -> list[str]:
    """An id that somebody else chose is not taken over at sign-in."""
    chosen = "".join(random.choices("abcdefghijklmnopqrstuvwxyz0123456789-_", k=random.choice((1, 43, 200))))
    there = world.browser()
    there.cookies.set(COOKIE, chosen)
    there.post("/login", data={"key": world.keys.issue("Planted", "agent", "Acme")})
    given = [one.value for one in there.cookies.jar if one.value and one.value != chosen]
    return world.opened_by(chosen) + ([] if given else ["no new id was given"])


def _signed_out(world: _World, random: Random) -> list[str]:
    there, _ = world.signed_in(random.choice(("agent", "qa", "admin")))
    old = there.cookies[COOKIE]
    there.post("/logout", data={})
    return world.opened_by(old)


def _signed_in_anew(world: _World, random: Random) -> list[str]:
    """Signing in again, for another client or the same, ends the old id."""
    there, _ = world.signed_in()
    old = there.cookies[COOKIE]
    there.post("/login", data={"key": world.keys.issue("Again", "agent", random.choice(("Acme", "Beta")))})
    return world.opened_by(old)


def _client_changed(world: _World, random: Random) -> list[str]:
    there = world.with_password(("Acme", "agent"), ("Beta", random.choice(("agent", "qa"))))
    old = there.cookies[COOKIE]
    place = next(one for one in world.people.get(world.person).grants if one.client == "Beta")
    there.post("/clients", data={"place": f"{place.role} Beta"})
    found = world.opened_by(old)
    now = there.get(ME)
    return found + ([] if now.json().get("client") == "Beta" else ["the new client was not opened"])


def _role_changed(world: _World, random: Random) -> list[str]:
    """A role, a grant or a whole account taken back ends what it opened, at once."""
    there = world.with_password(("Acme", "qa"))
    old = there.cookies[COOKIE]
    way = random.choice(("revoked", "other role", "inactive", "reset"))
    if way in ("revoked", "other role"):
        world.people.revoke(world.person, "Acme", "qa")
    if way == "other role":
        world.people.grant(world.person, "Acme", "agent", by="Ada")
    if way == "inactive":
        world.people.set_active(world.person, active=False)
    if way == "reset":
        world.people.redeem(world.people.reset(world.person), PASSWORD)
    found = [f"{way}: {one}" for one in world.opened_by(old)]
    if way == "inactive":
        world.people.set_active(world.person, active=True)
    return found


def _revoked(world: _World, random: Random) -> list[str]:
    there, key = world.signed_in(random.choice(("agent", "qa")))
    old = there.cookies[COOKIE]
    world.keys.revoke(key.split("_")[1])
    found = world.opened_by(old)
    return found + _key_opens(world, key, 401)


def _wrong_key(world: _World, random: Random) -> list[str]:
    """A key with one character changed, cut or added opens nothing."""
    key = world.keys.issue("Right", "admin", "Acme")
    at = random.randrange(len(key))
    changed = random.choice(
        (key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :], key[:-1], f"{key}A", key.swapcase())
    )
    return _key_opens(world, changed, 401)


def _other_site(world: _World, random: Random) -> list[str]:
    """A page of another site sends with the person's cookie: refused, and nothing is changed."""
    there, _ = world.signed_in("qa")
    path, kind = random.choice(_UNSAFE)
    there.headers.pop("Origin")
    there.headers.pop("Sec-Fetch-Site")
    origin = {"Origin": random.choice(_OTHER_SITES)}
    site = {"Sec-Fetch-Site": random.choice(("cross-site", "same-site"))}
    headers = random.choice((origin, site, {**origin, **site}, {**site, "Origin": LOCAL}, {}))
    body: dict[str, Any] = {"data": {"key": "x"}} if kind == "form" else {"json": {"overrides": []}}
    status = there.post(path, headers=headers, **body).status_code
    found = [] if status == 403 else [f"{path} answered {status}"]
    return found + ([] if there.get(ME).status_code == 200 else ["the person was signed out"])


def _foreign_key(world: _World, random: Random) -> list[str]:
    """A key of one client asks for things of the other, in every place where a client could be named."""
    mine, other = random.sample([*CANARIES], 2)
    headers = {"Authorization": f"Bearer {world.keys.issue('Lea', 'admin', mine)}"}
    headers |= random.choice(({}, {"X-Client": other}, {"Client": other}, {"Cookie": f"client={other}"}))
    contact = f"call-{other.lower()}"
    path, wanted = random.choice(
        (
            (f"/api/v1/contacts/{contact}", {404}),
            (f"/api/v1/live/{contact}", {404}),
            (f"/api/v1/evaluations/{contact}:short/history", {404, 200}),
            (f"/api/v1/search?query={CANARIES[other]}", {200, 404, 405, 422}),
            (f"/api/v1/contacts?client={other}", {200, 403, 422}),
            (f"{ME}?client={other}", {200, 403, 422}),
        )
    )
    answer = world.browser().get(path, headers=headers)
    found = [] if answer.status_code in wanted else [f"{path} answered {answer.status_code}"]
    seen = answer.text.replace(path, "") if answer.status_code == 200 else answer.text
    own = CANARIES[other] not in seen and f'"{other}"' not in seen
    return found + ([] if own else [f"{path} showed something of the other client"])


def _no_client(world: _World, random: Random) -> list[str]:
    """Whoever has two clients and has chosen none reaches none."""
    there = world.with_password(("Acme", "qa"), ("Beta", "qa"))
    path = random.choice((ME, "/api/v1/contacts", "/api/v1/queue", "/api/v1/contacts/call-acme"))
    status = there.get(path).status_code
    return [] if status == 403 else [f"{path} answered {status}"]


def _key_opens(world: _World, key: str, wanted: int) -> list[str]:
    answer = world.browser().get(ME, headers={"Authorization": f"Bearer {key}"})
    return [] if answer.status_code == wanted else [f"the key was answered {answer.status_code}"]


_WAYS: dict[str, Callable[[_World, Random], list[str]]] = {
    "a planted id": _planted,
    "an id after sign-out": _signed_out,
    "an id after signing in anew": _signed_in_anew,
    "an id after choosing another client": _client_changed,
    "an id after a role was taken back": _role_changed,
    "an id and a key after the key was revoked": _revoked,
    "a key that is not quite right": _wrong_key,
    "a page of another site": _other_site,
    "a key of another client": _foreign_key,
    "no client chosen": _no_client,
}
