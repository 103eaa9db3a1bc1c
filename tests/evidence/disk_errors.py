"""P12: a disk that is full or broken loses nothing: a write is there whole, or was refused."""

from __future__ import annotations

from pathlib import Path

from models.errors import UnscriptedError
from models.records import Transcript, Turn
from storage import open_store
from tests.evidence import Outcome
from tests.evidence.disk import Disk, on_disk
from tests.evidence.power_cut import problems_in

REFUSED = 0.03
_BEFORE_A_LOOK = 100


def run(n: int, seed: int, folder: Path, *, refused: float = REFUSED, words: int = 5) -> Outcome:
    """Put `n` records, alone and two together, on a disk that refuses some of its writes and syncs.

    Args:
        n: Puts.
        seed: Decides which fail.
        folder: For the data; empty.
        refused: Share of the disk's writes and syncs that fail, in [0, 1].
        words: Of each record.
    """
    disk, failures, clean = Disk(seed), [], 0
    kept: set[str] = set()
    given_up: set[str] = set()
    with on_disk(disk):
        store = open_store(folder / "data")
        store.put("acme", _contact("first"))
        disk.refuse = refused
        for number in range(n):
            ids = [f"single-{number}"] if number % 2 else [f"left-{number}", f"right-{number}"]
            try:
                store.put_all("acme", [_contact(id, words) for id in ids])
                kept.update(ids)
            except UnscriptedError:
                given_up.update(ids)
                clean += 1
            except Exception as problem:
                given_up.update(ids)
                failures.append(f"put {number}: raised {type(problem).__name__}")
            if number % _BEFORE_A_LOOK == _BEFORE_A_LOOK - 1:
                disk.refuse = 0.0
                there = {one.id for one in store.find("acme", Transcript)}
                failures += [f"put {number}: a record is not seen"] * bool(kept - there)
                disk.refuse = refused
        disk.refuse = 0.0
        store.put("acme", _contact("last"))
        store.close()
    failures += problems_in(open_store(folder / "data"), kept | {"first", "last"})
    back = {one.id for one in open_store(folder / "data").find("acme", Transcript)} & given_up
    failures += [f"{len(back)} refused records are there all the same"] if back else []
    notes = (f"{len(kept)} records acknowledged", f"{clean} puts refused with a readable error")
    return Outcome(n, disk.refused, tuple(failures), notes)


def _contact(id: str, words: int = 5) -> Transcript:
    return Transcript(id, "acme", (Turn("customer", "order " * words),))
