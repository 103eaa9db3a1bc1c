"""From a customer's turn to the card on the panel, on a real server; under overload; and after `kill -9`.

    python benchmarks/live.py [--passages 20000] [--seconds 30] [--kills 3] [--cache FOLDER] [--encoder NAME]
                              [--client NAME]

A server (`unscripted serve`) runs in a process of its own over a data folder with so many made-up passages
(`passages.py`), which stays in the cache folder. This process is the telephony and the panels: 20 contacts,
in each a customer and an agent who speak in turns with pauses of their own (exponential, `PAUSE_S` on
average), and a panel that reads the contact's event stream.

card       from the moment at which a customer's turn is posted to the moment at which the card that it
           called for is read from the event stream; turns that call for none are counted apart
answered   from the same moment to the answer of the POST: the turn is on disk then
panels     the same with 150 connected panels
overload   turns posted at three times the rate that the server takes in a closed loop: how many it sends
           away, whether with Retry-After, and the 95th percentile of those it accepts
kill       the server is killed (SIGKILL) while turns are posted, started again, and asked for them

Times are what this machine gave with whatever else it did; the load average stands beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from live_server import Caller, Server, read_head  # noqa: E402
from passages import SECTIONS, document, questions  # noqa: E402

CLIENT = "live"
CONTACTS = 20
PANELS = 150
PAUSE_S = 4.0
"""Between two turns of a contact, on average: people speak 12 to 15 turns a minute at most."""
_CLOSED = 3
"""Callers of the closed loop: as many as the gate always lets in, so its rate is what the server takes."""
SAID_BY_AGENT = (
    "Let me look that up for you.",
    "One moment, please.",
    "I have that here.",
    "Is that all right?",
)


@dataclass(slots=True)
class Seen:
    """What panels and telephony measured, in seconds."""

    cards: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    silent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    events: int = 0


@dataclass(slots=True)
class Call:
    """One contact of the run."""

    id: str
    key: str
    turns: int = 0
    asked_at: dict[int, float] = field(default_factory=dict)
    """By index of the customer's turn; taken out when its card is seen."""


async def read_panel(port: int, call: Call, seen: Seen | None, connected: asyncio.Event) -> None:
    """Read a contact's event stream until cancelled; with `seen`, tell when cards come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    try:
        writer.write(
            f"GET /api/live/{call.id} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {call.key}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        status, _ = await read_head(reader)
        assert status == 200, status
        connected.set()
        while line := await reader.readline():
            if not line.startswith(b"data:"):
                continue
            now = time.perf_counter()
            if seen is None or b'"region":"cards"' not in line:
                continue
            seen.events += 1
            for card in json.loads(line[5:])["json"]:
                began = call.asked_at.pop(card["because"]["turn"], None) if card["because"] else None
                if began is not None:
                    seen.cards.append(now - began)
    finally:
        writer.close()


async def talk(port: int, call: Call, asked: Sequence[str], seen: Seen, *, until: float, seed: int) -> None:
    """Customer and agent in turns, with pauses, until the time is over."""
    caller, chance = Caller(port, call.key), random.Random(seed)
    await asyncio.sleep(chance.uniform(0, PAUSE_S))
    try:
        while time.perf_counter() < until:
            number = call.turns
            customer = number % 2 == 0
            text = chance.choice(asked) + "?" if customer else chance.choice(SAID_BY_AGENT)
            turn = {"speaker": "customer" if customer else "agent", "text": text, "id": f"{call.id}-{number}"}
            began = time.perf_counter()
            if customer:
                call.asked_at[number] = began
            call.turns += 1
            answer = await caller.ask("POST", f"/api/v1/contacts/{call.id}/turns", {"turns": [turn]})
            seen.statuses[answer.status] += 1
            seen.answers.append(time.perf_counter() - began)
            if customer and not json.loads(answer.body).get("suggestions"):
                seen.silent += 1
                call.asked_at.pop(number, None)
            await asyncio.sleep(chance.expovariate(1 / PAUSE_S))
    finally:
        caller.close()


async def converse(
    port: int, keys: Sequence[str], asked: Sequence[str], *, panels: int, seconds: float, name: str
) -> Seen:
    """20 contacts and so many panels for so long."""
    seen = Seen()
    calls = [Call(f"{name}-{number}", keys[number % len(keys)]) for number in range(CONTACTS)]
    connected = [asyncio.Event() for _ in range(panels)]
    readers = [
        asyncio.create_task(
            read_panel(port, calls[number % CONTACTS], seen if number < CONTACTS else None, connected[number])
        )
        for number in range(panels)
    ]
    await asyncio.wait_for(asyncio.gather(*(one.wait() for one in connected)), 60)
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(talk(port, call, asked, seen, until=until, seed=number) for number, call in enumerate(calls))
    )
    await asyncio.sleep(1.0)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return seen


async def press(
    port: int, keys: Sequence[str], asked: Sequence[str], *, rate: float, seconds: float, name: str
) -> tuple[Seen, int]:
    """Customers' turns at a rate, whatever the server does (0: three callers without a pause).

    Returns:
        What was seen, and how many refusals lacked Retry-After.
    """
    seen, bare = Seen(), 0
    chance = random.Random(5)
    free: list[Caller] = []
    tasks: set[asyncio.Task[None]] = set()
    until = time.perf_counter() + seconds

    async def post(number: int) -> None:
        nonlocal bare
        caller = free.pop() if free else Caller(port, keys[number % len(keys)])
        contact = f"{name}-{number % CONTACTS}"
        turn = {"speaker": "customer", "text": chance.choice(asked) + "?", "id": f"{name}-{number}"}
        began = time.perf_counter()
        answer = await caller.ask(
            "POST",
            f"/api/v1/contacts/{contact}/turns",
            {"turns": [turn], "agent": f"agent {number % CONTACTS}"},
        )
        seen.statuses[answer.status] += 1
        if answer.status == 200:
            seen.answers.append(time.perf_counter() - began)
        elif "retry-after" not in answer.headers:
            bare += 1
        free.append(caller)

    async def closed(worker: int) -> None:
        number = worker
        while time.perf_counter() < until:
            await post(number)
            number += _CLOSED

    if rate == 0:
        await asyncio.gather(*(closed(worker) for worker in range(_CLOSED)))
    else:
        number = 0
        while time.perf_counter() < until:
            tasks.add(asyncio.create_task(post(number)))
            number += 1
            await asyncio.sleep(chance.expovariate(rate))
        await asyncio.gather(*tasks)
    for caller in free:
        caller.close()
    return seen, bare


async def kill_and_ask(
    server: Server, keys: Sequence[str], admin: str, asked: Sequence[str], number: int
) -> tuple[int, int]:
    """Kill the server while turns are posted; how many were acknowledged, and how many of them are lost."""
    acknowledged: list[tuple[str, str]] = []
    chance = random.Random(number)

    async def speak(worker: int) -> None:
        caller, contact = Caller(server.port, keys[worker]), f"killed-{number}-{worker}"
        for place in range(10_000):
            id = f"{contact}-{place}"
            turn = {"speaker": "customer", "text": chance.choice(asked) + "?", "id": id}
            answer = await caller.ask("POST", f"/api/v1/contacts/{contact}/turns", {"turns": [turn]})
            if answer.status == 200:
                acknowledged.append((contact, id))

    speakers = [asyncio.create_task(speak(worker)) for worker in range(8)]
    await asyncio.sleep(chance.uniform(1.0, 3.0))
    server.kill()
    await asyncio.gather(*speakers, return_exceptions=True)
    await server.start(admin)
    caller = Caller(server.port, admin)
    found: set[tuple[str, str]] = set()
    for contact in sorted({contact for contact, _ in acknowledged}):
        answer = await caller.ask("GET", f"/api/v1/live/{contact}")
        if answer.status == 200:
            found |= {(contact, turn["id"]) for turn in json.loads(answer.body)["transcript"]["turns"]}
    caller.close()
    return len(acknowledged), len(set(acknowledged) - found)


def prepare(folder: Path, passages: int, encoder: str, client: str) -> tuple[list[str], str]:
    """The data folder with its client, and new keys: one for each agent, and the telephony's."""
    from knowledge_base import KnowledgeBase
    from models.encoders import open_encoder
    from models.records import Document
    from storage.access import AccessKeys

    kb = KnowledgeBase.open(folder, client, encoder=open_encoder(encoder))
    wanted = [document(number) for number in range(-(-passages // SECTIONS))]
    known = len(kb.documents())
    if known < len(wanted):
        print(f"{passages:,} passages go in once …", file=sys.stderr)
        kb.add(
            Document(f"d/{number:06d}", text, title=title, kind="policy")
            for number, (title, text) in enumerate(wanted)
        )
    keys = AccessKeys(folder)
    return [keys.issue(f"agent {number}", "agent", client) for number in range(CONTACTS)], keys.issue(
        "telephony", "admin", client
    )


def percentile(values: Sequence[float], share: float) -> str:
    """In milliseconds; a dash when there are none."""
    if not values:
        return "-"
    return f"{1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))]:.0f} ms"


def told(name: str, seen: Seen) -> None:
    """One line of the table."""
    cards = f"card p50 {percentile(seen.cards, 0.5)} p95 {percentile(seen.cards, 0.95)}"
    answers = f"answered p50 {percentile(seen.answers, 0.5)} p95 {percentile(seen.answers, 0.95)}"
    counts = f"n {len(seen.cards)}, silent {seen.silent}"
    print(f"{name:<10} {cards} ({counts})  {answers}  {dict(seen.statuses)}  {load()}", flush=True)


def load() -> str:
    """What else the machine did."""
    return f"load {os.getloadavg()[0]:.1f}"


async def run(options: argparse.Namespace, folder: Path) -> None:
    """All of it, one line each."""
    agents, admin = prepare(folder, options.passages, options.encoder, options.client)
    asked = questions(500, -(-options.passages // SECTIONS))
    server = Server(folder, options.encoder)
    print(f"{options.passages:,} passages, {CONTACTS} contacts, a turn each {PAUSE_S} s on average")
    print(f"started and warm after {await server.start(admin):.1f} s")
    try:
        stamp = f"{time.time_ns():x}"
        await converse(server.port, agents, asked, panels=CONTACTS, seconds=5, name=f"warm-{stamp}")
        for name, panels in (("20 panels", CONTACTS), ("150 panels", PANELS)):
            told(
                name,
                await converse(
                    server.port,
                    agents,
                    asked,
                    panels=panels,
                    seconds=options.seconds,
                    name=f"{panels}-{stamp}",
                ),
            )
        if options.overload:
            closed, _ = await press(server.port, [admin], asked, rate=0, seconds=5, name=f"c-{stamp}")
            rate = closed.statuses[200] / 5
            seen, bare = await press(
                server.port, [admin], asked, rate=3 * rate, seconds=options.seconds / 2, name=f"o-{stamp}"
            )
            total = sum(seen.statuses.values())
            shed = total - seen.statuses[200]
            sent = total / (options.seconds / 2)
            times = f"p50 {percentile(seen.answers, 0.5)} p95 {percentile(seen.answers, 0.95)}"
            print(
                f"overload   takes {rate:.0f} turns/s in a closed loop; sent {sent:.0f}/s: sent away {shed} "
                f"of {total} ({shed / max(1, total):.0%}, {bare} without Retry-After); accepted {times}  "
                f"{dict(seen.statuses)}  {load()}",
                flush=True,
            )
        for number in range(options.kills):
            acknowledged, lost = await kill_and_ask(server, agents, admin, asked, number)
            print(f"kill -9    {acknowledged} turns acknowledged, {lost} lost", flush=True)
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--overload", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--cache", type=Path, help="folder that keeps the data; default: thrown away")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--client", default=CLIENT, help="whose documents the cached folder holds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = (options.cache or Path(thrown_away)) / f"live-{options.passages}-{options.encoder}"
        asyncio.run(run(options, folder))


if __name__ == "__main__":
    main()
