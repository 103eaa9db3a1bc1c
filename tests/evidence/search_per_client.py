"""P6: what search finds for one client is what comparing with every passage of that client would find.

Many clients are filled beside each other, from 20 to 20,000 rows, with questions about their own subjects
and about what only others write of; rows are taken out and put back, and the index is saved and loaded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.index import FaissIndex
from tests.evidence import Outcome

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

DIMENSION = 384
LIMIT = 10
BOUND = 0.99
SIZES = (20, 50, 200, 1_000, 5_000, 20_000)
"""Rows of a client; the two largest above the size from which rows are looked at in 8 bits first."""
_SUBJECTS = 40
_ASKED_EACH = 20
"""Questions to a client before and after rows were taken out."""


@dataclass
class Client:
    """One client's rows, as the truth has them, and its index."""

    ids: list[str]
    rows: NDArray
    subjects: NDArray
    index: FaissIndex


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Ask `n` questions of clients of every size, half of them after rows were taken out.

    Args:
        n: Questions.
        seed: Decides rows and questions.
        folder: For the saved indexes.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    # Enough clients of each size for the questions, two of them at least: there must be others.
    per_size = max(2, n // (2 * _ASKED_EACH * len(SIZES)))
    failures: list[str] = []
    found: dict[str, list[float]] = defaultdict(list)
    asked = taken = 0
    for size in SIZES:
        clients = [
            _client(random, size, number) for number in range(min(per_size, 4 if size > 2_000 else 40))
        ]
        share = -(-n // (len(SIZES) * len(clients) * 2))
        for number, client in enumerate(clients):
            other = clients[number - 1]
            for state in ("whole", "after deletions"):
                if state != "whole":
                    taken += _take_out(random, client, folder, f"c{size}-{number}")
                for question in range(share):
                    own = question % 2 == 0
                    query = _question(random, client.subjects if own else other.subjects)
                    recall, problem = _recall(client, query)
                    asked += 1
                    found[f"{size} rows, {'own' if own else 'foreign'} subjects"].append(recall)
                    failures += [f"{size} rows, {state}: {problem}"] if problem else []
    for name, recalls in found.items():
        if (mean := sum(recalls) / len(recalls)) < BOUND:
            failures.append(f"{name}: recall@{LIMIT} is {mean:.3f}, {BOUND} wanted")
    every = [recall for recalls in found.values() for recall in recalls]
    least = min(sum(one) / len(one) for one in found.values())
    notes = (
        f"mean recall@{LIMIT} {sum(every) / len(every):.4f}, least of a group {least:.4f}",
        f"{DIMENSION} numbers a row; {taken} rows taken out or replaced",
    )
    return Outcome(asked, taken, tuple(failures), notes)


def _client(random: Generator, size: int, number: int) -> Client:
    import numpy as np

    subjects = _unit(random.normal(size=(_SUBJECTS, DIMENSION)))
    rows = _unit(subjects[random.integers(0, _SUBJECTS, size)] + 0.06 * random.normal(size=(size, DIMENSION)))
    ids = [f"client-{number}:{row}" for row in range(size)]
    index = FaissIndex(DIMENSION)
    half = size // 2
    index.add(ids[:half], rows[:half])
    index.add(ids[half:], rows[half:])
    return Client(ids, np.ascontiguousarray(rows), subjects, index)


def _take_out(random: Generator, client: Client, folder: Path, name: str) -> int:
    """A third of the rows go, some come back with other words; the index is saved and loaded."""
    gone = {client.ids[row] for row in random.permutation(len(client.ids))[: len(client.ids) // 3]}
    client.index.remove(sorted(gone))
    kept = [row for row, id in enumerate(client.ids) if id not in gone]
    client.ids, client.rows = [client.ids[row] for row in kept], client.rows[kept]
    changed = sorted(random.permutation(len(kept))[: max(1, len(kept) // 20)].tolist())
    client.rows[changed] = _unit(client.rows[changed] + 0.06 * random.normal(size=(len(changed), DIMENSION)))
    client.index.add([client.ids[row] for row in changed], client.rows[changed])
    # A replaced row may lie elsewhere: the order is the index's own.
    order = [id for id in client.ids if id not in {client.ids[row] for row in changed}]
    order += [client.ids[row] for row in changed]
    client.index.save(folder / name, encoder="trial@1", content="content")
    again = FaissIndex.load(folder / name, order, encoder="trial@1", dimension=DIMENSION, content="content")
    if again is not None:
        client.index = again
    return len(gone) + len(changed)


def _question(random: Generator, subjects: NDArray) -> NDArray:
    return _unit(subjects[random.integers(0, _SUBJECTS)][None] + 0.05 * random.normal(size=(1, DIMENSION)))


def _recall(client: Client, query: NDArray) -> tuple[float, str]:
    import numpy as np

    hits = client.index.search(query, LIMIT)[0]
    wanted = min(LIMIT, len(client.ids))
    if len(hits) != wanted:
        return 0.0, f"{len(hits)} results, {wanted} wanted"
    known = set(client.ids)
    if foreign := [id for id, _ in hits if id not in known]:
        return 0.0, f"{len(foreign)} results are of nobody or of another client"
    exact = np.vecdot(client.rows, query[0])
    best = {client.ids[row] for row in np.argsort(-exact, kind="stable")[:wanted]}
    return len(best & {id for id, _ in hits}) / wanted, ""


def _unit(rows: NDArray) -> NDArray:
    import numpy as np

    rows = rows.astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
