"""P2: random histories of three clients beside each other, held against a dictionary for each of them.

The clients use the same ids, and every text has a word that is written once in the whole history. So a
record, a hit or a count that crosses over is seen, and so is one that is lost. Two walks: one through the
`Store` port, for every implementation of it alike; one through documents, search, live contacts, scores,
exports, erasure, backups and restores of a whole data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from models.errors import ConflictError, NotFoundError
from models.ports import Store
from models.records import Document, Evaluation, Transcript, Turn, Verdict
from storage import MemoryStore, open_store
from tests.evidence import Outcome
from tests.evidence.history_of_a_folder import walk_folder
from tests.evidence.walk import CLIENTS, IDS, MOST_FAILURES, Walk

_SHARE = 0.02
"""Of the steps that go through a whole data folder: one costs as much as many at the port."""


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Take `n` steps: most at the port, in memory and in files, the others through a data folder.

    Args:
        n: Steps in all.
        seed: Decides them.
        folder: For the data; empty.
    """
    deep = max(20, round(n * _SHARE))
    at_port = max(1, (n - deep) // 2)
    store = open_store(folder / "port")
    walks = {
        "MemoryStore": walk_store(MemoryStore(), at_port, seed),
        "SqliteStore": walk_store(store, at_port, seed, reopen=lambda: open_store(folder / "port")),
        "data folder": walk_folder(folder / "whole", deep, seed),
    }
    failures = [f"{name}, {failure}" for name, walk in walks.items() for failure in walk.failures]
    notes = [
        f"{name}: {sum(walk.steps.values())} steps, {walk.written} unique words; "
        + ", ".join(f"{step} {count}" for step, count in sorted(walk.steps.items()))
        for name, walk in walks.items()
    ]
    tried = sum(sum(walk.steps.values()) for walk in walks.values())
    return Outcome(tried, 0, tuple(failures), tuple(notes))


# -- at the port -------------------------------------------------------------------------------

Model = dict[str, dict[tuple[type[Any], str], list[Any]]]


def walk_store(store: Store, n: int, seed: int, *, reopen: Callable[[], Store] | None = None) -> Walk:
    """`n` random calls of a store, each held against the model.

    Args:
        store: Any implementation of the port; empty.
        n: Calls.
        seed: Decides them.
        reopen: Gives the same store anew, as after a restart; None: it has no such thing.
    """
    walk, model = Walk(Random(seed)), {client: {} for client in CLIENTS}
    known_vectors: dict[str, dict[str, float]] = {client: {} for client in CLIENTS}
    weighed = [*(name for name, weight in _STEPS.items() for _ in range(weight))]
    for _ in range(n):
        client, step = walk.random.choice(CLIENTS), walk.random.choice(weighed)
        if step == "reopen":
            if reopen is None or walk.random.random() > 0.02:
                step = "get"
            else:
                getattr(store, "close", lambda: None)()
                store = reopen()
        walk.steps[step] += 1
        if step in ("put_vectors", "get_vectors"):
            _vectors(walk, store, known_vectors, client, step)
        elif step != "reopen":
            _CALLS[step](walk, store, model, client)
        if len(walk.failures) >= MOST_FAILURES:
            break
    for client in CLIENTS:  # in the end, everything that each of them has
        for kind in (Transcript, Document, Evaluation):
            _find(walk, store, model, client, kind)
    getattr(store, "close", lambda: None)()
    return walk


def _record(walk: Walk, client: str) -> Any:
    kind, id = walk.random.choice((Transcript, Transcript, Document, Evaluation)), walk.random.choice(IDS)
    words = f"my {walk.word(client)} order"
    if kind is Transcript:
        return Transcript(
            id, client, (Turn("customer", words), Turn("agent", "It is on its way.")), agent=walk.word(client)
        )
    if kind is Document:
        return Document(id, f"About {words}.", title=words)
    verdict = Verdict("rude", "MET", 10.0, f"Nothing in {words}.", "machine")
    return Evaluation(f"{id}:short", id, "", client, "Ana", "short@1", (verdict,), 1.0, 1.0)


def _slot(record: Any) -> tuple[type[Any], str]:
    return type(record), record.id


def _put(walk: Walk, store: Store, model: Model, client: str) -> None:
    record, supersede = _record(walk, client), walk.random.random() < 0.4
    held = model[client].get(_slot(record))
    if held and walk.random.random() < 0.2:
        record, supersede = held[-1], False  # the same again: nothing happens
    try:
        wrote = store.put(client, record, supersede=supersede)
    except ConflictError as problem:
        walk.crossed("put", client, str(problem))
        walk.hold("put", client, bool(held) and not supersede and held[-1] != record)
        return
    same = bool(held) and held[-1] == record
    walk.hold("put", client, wrote is not same and (supersede or same or not held))
    if wrote:
        model[client].setdefault(_slot(record), []).append(record)


def _put_all(walk: Walk, store: Store, model: Model, client: str) -> None:
    records = list({_slot(one): one for one in (_record(walk, client) for _ in range(3))}.values())
    taken = any(_slot(one) in model[client] for one in records)
    supersede = walk.random.random() < 0.5
    try:
        store.put_all(client, records, supersede=supersede)
    except ConflictError as problem:
        walk.crossed("put_all", client, str(problem))
        walk.hold("put_all", client, taken and not supersede)
        return
    walk.hold("put_all", client, supersede or not taken)
    for one in records:
        model[client].setdefault(_slot(one), []).append(one)


def _get(walk: Walk, store: Store, model: Model, client: str) -> None:
    kind = walk.random.choice((Transcript, Document, Evaluation))
    # Ids of everybody: most of them are foreign, and may be this client's own as well.
    ids = [id for everybody in model.values() for one, id in everybody if one is kind] or ["never-was"]
    id = walk.random.choice(ids)
    held = model[client].get((kind, id))
    try:
        found = store.get(client, kind, id)
    except NotFoundError as problem:
        walk.crossed("get", client, str(problem))
        walk.hold("get", client, not held)
        return
    walk.crossed("get", client, found)
    walk.hold("get", client, bool(held) and found == held[-1])


def _find(walk: Walk, store: Store, model: Model, client: str, kind: type[Any] | None = None) -> None:
    kind = kind or walk.random.choice((Transcript, Document, Evaluation))
    found = store.find(client, kind)
    walk.crossed("find", client, found)
    wanted = {id: held[-1] for (one, id), held in model[client].items() if one is kind}
    walk.hold("find", client, len(found) == len(wanted) and {one.id: one for one in found} == wanted)


def _history(walk: Walk, store: Store, model: Model, client: str) -> None:
    kind, id = walk.random.choice((Transcript, Document)), walk.random.choice(IDS)
    found = [record for _, record in store.history(client, kind, id)]
    walk.crossed("history", client, found)
    walk.hold("history", client, found == model[client].get((kind, id), []))


def _delete(walk: Walk, store: Store, model: Model, client: str) -> None:
    kind, id = walk.random.choice((Transcript, Document)), walk.random.choice(IDS)
    walk.hold("delete", client, store.delete(client, kind, id) is ((kind, id) in model[client]))
    model[client].pop((kind, id), None)


def _delete_all(walk: Walk, store: Store, model: Model, client: str) -> None:
    ids = walk.random.sample(IDS, 3)
    count = store.delete_all(client, Document, ids)
    walk.hold("delete_all", client, count == sum((Document, id) in model[client] for id in ids))
    for id in ids:
        model[client].pop((Document, id), None)


def _cases(walk: Walk, store: Store, model: Model, client: str) -> None:
    found = store.cases(client)
    walk.crossed("cases", client, found)
    transcripts = {id: held[-1] for (kind, id), held in model[client].items() if kind is Transcript}
    scored = {held[-1].transcript for (kind, _), held in model[client].items() if kind is Evaluation}
    walk.hold("cases", client, {one.contact for one in found} == {*transcripts, *scored})
    # A line with an evaluation names the agent whom it is about.
    plain = [one for one in found if one.evaluation is None]
    walk.hold("cases", client, all(one.agent == transcripts[one.contact].agent for one in plain))


def _tally(walk: Walk, store: Store, model: Model, client: str) -> None:
    found = store.tally(client, "cases", ["agent"])
    walk.crossed("tally", client, found)
    walk.hold("tally", client, sum(one.count for one in found) == len(store.cases(client)))


def _vectors(walk: Walk, store: Store, known: dict[str, dict[str, float]], client: str, step: str) -> None:
    import numpy as np

    digests = [f"{number:064x}" for number in walk.random.sample(range(60), 3)]
    if step == "put_vectors":
        values = {
            digest: float(walk.random.randrange(10**6)) for digest in digests if digest not in known[client]
        }
        if values:
            rows = np.array([[value, 1.0] for value in values.values()], dtype=np.float32)
            store.put_vectors(client, "trial@1", list(values), rows)
            known[client] |= values
        return
    found = store.get_vectors(client, "trial@1", digests)
    wanted = {digest: known[client][digest] for digest in digests if digest in known[client]}
    walk.hold("get_vectors", client, {digest: float(row[0]) for digest, row in found.items()} == wanted)


_CALLS: dict[str, Callable[[Walk, Store, Model, str], None]] = {
    "put": _put,
    "put_all": _put_all,
    "get": _get,
    "find": _find,
    "history": _history,
    "delete": _delete,
    "delete_all": _delete_all,
    "cases": _cases,
    "tally": _tally,
}
_STEPS = {
    "put": 6,
    "put_all": 1,
    "get": 8,
    "find": 1,
    "history": 3,
    "delete": 3,
    "delete_all": 1,
    "cases": 1,
} | {
    "tally": 1,
    "put_vectors": 1,
    "get_vectors": 2,
    "reopen": 1,
}
"""How often each is taken, in parts."""
