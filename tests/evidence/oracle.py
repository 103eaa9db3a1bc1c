"""P5: what belongs to another client looks like what never was, byte by byte and by the clock.

Answers for a foreign id and for a missing one, and for a known and an unknown login, are taken in pairs, one
right after the other, so that whatever else the machine does meets both alike. What counts is the median of
the differences within pairs, with an interval that assumes nothing of their shape: a few answers that waited
for a busy processor move neither. Pairs are taken until the interval lies within the bound, or all are taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import httpx

from tests.evidence import Outcome
from tests.evidence.operations import API
from tests.evidence.two_clients import PASSWORD, RATES, TwoClients, two_clients
from tests.serving import serving
from web.server import create_app

ROUNDS = 6
"""At most: once the interval lies within the bound, the others are not needed."""
MOST_GAP = 0.05
"""Of the median difference, as a share of the median answer."""
_WIDE = 3.29
"""Standard deviations of the interval: 99.9 %, since a dozen kinds are looked at."""
_NEVER = "never-was-it"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions whose answers must not differ."""

    name: str
    ask: Callable[[str], httpx.Response]
    foreign: str
    missing: str
    timed: bool = True
    slow: bool = False


def run(n: int, seed: int, folder: Path, *, rounds: int = ROUNDS) -> Outcome:
    """Take `n` answers of each kind and compare them.

    Args:
        n: Answers per kind and round; of those that hash a password, fewer.
        seed: Decides the order.
        folder: For the data; empty.
        rounds: At most, for each kind.
    """
    world, random = two_clients(folder / "data"), Random(seed)
    _login(world)
    app = create_app(world.workspace, pages=(), limits=RATES)
    _lift(app.state.sign_in)
    failures, notes, tried = [], [], 0
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        for pair in _pairs(client, world, address):
            count = max(6, n // 10) if pair.slow else n
            foreign = pair.ask(pair.foreign)
            different = _differ(foreign, pair.ask(pair.missing), pair)
            failures += [f"{pair.name}: {different}"] if different else []
            tried += 2
            if not pair.timed:
                continue
            times: list[tuple[float, float]] = []
            for _ in range(rounds):
                times += _round(pair, count, random)
                found = apart(times)
                if found.within:
                    break
            tried += 2 * len(times)
            notes.append(f"{pair.name}: {len(times)} of each, {foreign.status_code}, {found}")
            if pair.ask(pair.foreign).status_code != foreign.status_code or foreign.status_code == 429:
                failures.append(f"{pair.name}: was refused for asking too often, so its time says nothing")
            if found.tells:
                failures.append(f"{pair.name}: {found}")
    return Outcome(tried, 0, tuple(failures), tuple(notes))


def _login(world: TwoClients) -> None:
    from storage.people import People

    people = People(world.workspace.folder)
    person = people.add("known@acme.example", "Kim")
    people.redeem(people.link(person.id), PASSWORD)
    people.grant(person.id, "Acme", "agent", by="Ada")


def _lift(sign_in: Any) -> None:
    """Wrong guesses are not counted here: what they would be told then is the same for everybody."""
    from web.sessions import Buckets

    sign_in._failures = Buckets(per_s=1e9, burst=1e9)
    for name in ("_pairs", "_addresses", "_logins"):
        setattr(sign_in.gate, name, Buckets(per_s=1e9, burst=1e9))


def _pairs(client: httpx.Client, world: TwoClients, address: str) -> list[Pair]:
    ids = world.ids
    lead = {"Authorization": f"Bearer {world.keys['qa of Beta']}"}
    agent = {"Authorization": f"Bearer {world.keys['agent of Beta']}"}
    admin = {"Authorization": f"Bearer {world.keys['admin of Beta']}"}
    page = {"Origin": address, "Sec-Fetch-Site": "same-origin"}

    def get(path: str, headers: dict[str, str]) -> Callable[[str], httpx.Response]:
        return lambda one: client.get(path.replace("{id}", one), headers=headers)

    def post(path: str, headers: dict[str, str], body: dict[str, Any]) -> Callable[[str], httpx.Response]:
        return lambda one: client.post(path.replace("{id}", one), headers=headers, json=body)

    def password(login: str) -> httpx.Response:
        # The right form and a wrong password; the address is counted, so each comes from elsewhere.
        client.cookies.clear()
        return client.post("/login", data={"login": login, "password": "not the right one"}, headers=page)

    def key(prefix: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer un_{prefix}_{'x' * 43}"}
        return client.get(f"{API}/clients/me", headers=sent)

    contact = (ids["contact"], _alike(ids["contact"]))
    evaluation = (ids["evaluation"], _alike(ids["evaluation"]))
    return [
        Pair("a contact", get(f"{API}/contacts/{{id}}", lead), *contact),
        Pair("an evaluation", get(f"{API}/evaluations/{{id}}", lead), *evaluation),
        Pair("a history", get(f"{API}/evaluations/{{id}}/history", lead), *evaluation),
        Pair("a document", get(f"{API}/documents/{{id}}", agent), ids["document"], _alike(ids["document"])),
        Pair("an export", get(f"{API}/exports/csv?contact={{id}}", lead), *contact),
        Pair("a live contact", get(f"{API}/live/{{id}}", agent), ids["live"], _alike(ids["live"])),
        Pair("a live state", get("/api/live/{id}/state", agent), ids["live"], _alike(ids["live"])),
        Pair("a wrap-up", get(f"{API}/contacts/{{id}}/wrap-up", agent), ids["live"], _alike(ids["live"])),
        Pair("closing", post(f"{API}/contacts/{{id}}/close", agent, {}), ids["live"], _alike(ids["live"])),
        Pair("a review", post(f"{API}/evaluations/{{id}}/review", lead, {"overrides": []}), *evaluation),
        Pair(
            "withdrawing",
            lambda one: client.delete(f"{API}/documents/{one}", headers=admin),
            ids["document"],
            _alike(ids["document"]),
        ),
        Pair("a key", key, ids["prefix"], "0" * len(ids["prefix"])),
        Pair("a login", password, "known@acme.example", "unown@acme.example", slow=True),
    ]


def _alike(id: str) -> str:
    """An id that never was, as long as a real one, so that its length says nothing."""
    return (_NEVER * 4)[: len(id.partition(":")[0])] + "".join(id.partition(":")[1:])


def _differ(foreign: httpx.Response, missing: httpx.Response, pair: Pair) -> str:
    """How two answers differ, what was asked for itself left out."""

    def plain(answer: httpx.Response, id: str) -> tuple[Any, ...]:
        headers = [(k, v) for k, v in answer.headers.multi_items() if k.lower() not in ("date", "set-cookie")]
        return answer.status_code, answer.content.replace(id.encode(), b"ID"), headers

    one, other = plain(foreign, pair.foreign), plain(missing, pair.missing)
    named = ("status", "body", "headers")
    return ", ".join(f"another {what}" for what, a, b in zip(named, one, other, strict=True) if a != b)


def _round(pair: Pair, count: int, random: Random) -> list[tuple[float, float]]:
    """Seconds of foreign and missing, one right after the other, which of them first by chance."""
    times = []
    for _ in range(count):
        took = [0.0, 0.0]
        for which in random.sample((0, 1), 2):
            began = time.perf_counter()
            pair.ask((pair.foreign, pair.missing)[which])
            took[which] = time.perf_counter() - began
        times.append((took[0], took[1]))
    return times


@dataclass(frozen=True, slots=True)
class Apart:
    """How much longer a foreign answer takes than a missing one, as a share of the median answer."""

    gap: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Whether the whole interval is within the bound."""
        return -MOST_GAP < self.low and self.high < MOST_GAP

    @property
    def tells(self) -> bool:
        """Whether the two kinds are told apart: beyond the bound, and by more than chance."""
        return abs(self.gap) >= MOST_GAP and not self.low <= 0 <= self.high

    def __str__(self) -> str:
        return (
            f"median difference {100 * self.gap:+.1f} % of an answer, "
            f"99.9 % interval {100 * self.low:+.1f} to {100 * self.high:+.1f} %"
        )


def apart(times: Sequence[tuple[float, float]]) -> Apart:
    """The median of the differences within pairs, with the interval of the sign test."""
    differences = sorted(foreign - missing for foreign, missing in times)
    whole = median(one for pair in times for one in pair)
    count = len(differences)
    half = _WIDE * count**0.5 / 2
    low, high = (max(0, floor(count / 2 - half)), min(count - 1, ceil(count / 2 + half)))
    return Apart(*(one / whole for one in (median(differences), differences[low], differences[high])))
