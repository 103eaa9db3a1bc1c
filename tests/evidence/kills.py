"""P10: what was acknowledged is there after SIGKILL, once, and the database is sound.

A process that has loaded everything forks a writer again and again; each writer is killed at a random moment
between its acknowledgements. Of every fifty kills one more is of the whole server, with three live contacts
talking: the turns it acknowledged are there, once each.
"""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from models.records import Transcript, Turn
from storage import open_store
from tests.evidence import Outcome
from tests.evidence.nursery import Nursery, kill, say
from tests.evidence.power_cut import problems_in

LONGEST_S = 0.12
"""Of a writer's life, from its first acknowledgement."""
_PER_SERVER = 50
_PER_FOLDER = 50
"""Kills of writers on one data folder: what they acknowledged is read again after each."""


def run(n: int, seed: int, folder: Path, *, forgetful: bool = False) -> Outcome:
    """Kill a writing process `n` times.

    Args:
        n: Kills of a writer; of a whole server one more for every fifty.
        seed: Decides what is written and when the kill comes, as far as the processor obeys.
        folder: For the data; empty.
        forgetful: Writers acknowledge before they write: then the trial must fail, or it proves nothing.
    """
    random = Random(seed)
    acknowledged: set[str] = set()
    records = 0
    failures: list[str] = []
    with Nursery("kills") as nursery:
        for number in range(n):
            data = _data(folder, number)
            if not number % _PER_FOLDER:
                acknowledged.clear()
                open_store(data).put("acme", _contact("first"))
            writer = nursery.begin("write", str(data), number, random.randrange(1 << 30), forgetful)
            written = set(nursery.line().split())
            time.sleep(random.uniform(0, LONGEST_S))
            kill(writer)
            written.update(id for line in nursery.over()[1] for id in line.split())
            acknowledged |= written
            records += len(written)
            failures += [f"kill {number}: {what}" for what in _problems(data, acknowledged, number)]
    turns = _servers(n // _PER_SERVER, folder, failures)
    notes = (
        f"{records} records acknowledged by {n} writers",
        f"{n // _PER_SERVER} of the kills hit a whole server, which had acknowledged {turns} turns",
    )
    return Outcome(records + turns, n + n // _PER_SERVER, tuple(failures), notes)


def _data(folder: Path, number: int) -> Path:
    return folder / f"data-{number // _PER_FOLDER}"


def _problems(data: Path, acknowledged: set[str], number: int) -> list[str]:
    found = problems_in(open_store(data), acknowledged | {"first"})
    store = open_store(data)
    there = [one.id for one in store.find("acme", Transcript)]
    store.close()
    unasked = [id for id in set(there) - acknowledged - {"first"} if int(id.split("-")[1]) == number]
    # One put may have arrived without its acknowledgement; it may have been of two.
    found += ["more than one write is there that was not acknowledged"] if len(unasked) > 2 else []
    return found + (["a record is there twice"] if len(there) != len(set(there)) else [])


def _servers(times: int, folder: Path, failures: list[str]) -> int:
    if not times:
        return 0
    live: Any = import_module("tests.e2e.test_live_killed")
    server, turns = live.Server(folder / "served"), 0
    server.start()
    try:
        for number in range(times):
            try:
                turns += live.kill_while_talking(server, number, most_s=1.5)
            except AssertionError as problem:
                failures.append(f"server kill {number}: {str(problem).splitlines()[0]}")
    finally:
        server.kill()
    return turns


def _contact(id: str) -> Transcript:
    return Transcript(id, "acme", (Turn("customer", "Where is my order?"), Turn("agent", "On its way.")))


def warm() -> None:
    """Load what a writer needs, by its own use, so that it begins to write at once."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        store.put("acme", _contact("warm"))
        store.close()


def write(data: str, number: int, seed: int, forgetful: bool) -> None:
    """In a process of its own: put contacts, alone and two together, for ever, and tell of each when stored."""
    random, store = Random(seed), open_store(Path(data))
    at = 0
    while True:
        two = random.random() < 0.4
        ids = [f"left-{number}-{at}", f"right-{number}-{at}"] if two else [f"single-{number}-{at}"]
        said = " ".join(ids)
        if forgetful:
            say(said)
        if two:
            store.put_all("acme", [_contact(id) for id in ids])
        else:
            store.put("acme", _contact(ids[0]))
        if not forgetful:
            say(said)
        at += 1
