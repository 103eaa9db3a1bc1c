"""P11: what was acknowledged is there after a power cut."""

from __future__ import annotations

from pathlib import Path

from models.records import Transcript, Turn
from storage import open_store
from storage.sqlite import SqliteStore
from tests.evidence import Outcome
from tests.evidence.disk import Disk, on_disk

_MOST_PUTS = 12


def run(n: int, seed: int, folder: Path, *, synchronous: str = "") -> Outcome:
    """Cut the power `n` times, each after a random number of acknowledged writes.

    Args:
        n: Cuts.
        seed: Decides when, and which unsynced writes survive.
        folder: For the data; empty.
        synchronous: SQLite's setting instead of the store's own. NORMAL must fail, or this trial proves
            nothing.
    """
    tried, failures = 0, []
    for number in range(n):
        acknowledged, problems = _one(Disk(seed * 1_000_003 + number), folder / f"{number}", synchronous)
        tried += acknowledged
        failures += [f"cut {number}: {problem}" for problem in problems]
    return Outcome(tried, n, tuple(failures), (f"synchronous={synchronous}",) if synchronous else ())


def _one(disk: Disk, folder: Path, synchronous: str) -> tuple[int, list[str]]:
    before, after = folder / "before", folder / "after"
    single: list[str] = []
    pairs: list[str] = []
    with on_disk(disk):
        store = open_store(before)
        store.put("acme", _contact("first"))
        connection = store._connection("acme", create=True)
        assert connection is not None
        if synchronous:
            connection.execute(f"PRAGMA synchronous = {synchronous}").fetchall()
        for number in range(disk.random.randrange(1, _MOST_PUTS)):
            if disk.random.random() < 0.5:
                store.put("acme", _contact(f"single-{number}"))
                single.append(f"single-{number}")
            else:
                store.put_all("acme", [_contact(f"left-{number}"), _contact(f"right-{number}")])
                pairs.append(str(number))
        disk.cut(before, after)
        store.close()
    wanted = {"first", *single, *(f"{side}-{number}" for number in pairs for side in ("left", "right"))}
    return len(wanted), problems_in(open_store(after), wanted)


def problems_in(store: SqliteStore, wanted: set[str]) -> list[str]:
    """What a store lost, half stored, or broke."""
    try:
        with store.writing("acme") as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        there = {one.id for one in store.find("acme", Transcript)}
        lines = store.tally("acme", "cases")[0].count
    except Exception as problem:
        return [f"the database cannot be opened ({type(problem).__name__})"]
    finally:
        store.close()
    halves = {id.partition("-")[2] for id in there if id.startswith("left-")} ^ {
        id.partition("-")[2] for id in there if id.startswith("right-")
    }
    found = [] if sound else ["integrity_check fails"]
    found += [f"{len(wanted - there)} acknowledged records are lost"] if wanted - there else []
    found += [f"{len(halves)} of two records put together are alone"] if halves else []
    return found + ([f"{lines} lines for {len(there)} contacts"] if lines != len(there) else [])


def _contact(id: str) -> Transcript:
    return Transcript(
        id, "acme", (Turn("customer", "Where is my order?"), Turn("agent", "It is on its way."))
    )
