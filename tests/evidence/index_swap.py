"""P13: a client's index is replaced whole or not at all, wherever the process ends.

One version of every document takes another's place, and the process ends before the N-th of everything
that reaches the disk on the way: a write, a sync, a rename, an unlink, of the database and of the three
index files. Whoever opens the folder then finds all documents in one version, with vectors, words and
neighbourhoods of that version, the same answers as a folder where nothing was broken, and no file left over.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.evidence import Outcome
from tests.evidence.nursery import Nursery, say

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.records import Document

COUNT = 130
"""Documents of a client; with neighbourhoods, since the sizes from which they pay are set down here."""
DIMENSION = 64
QUESTIONS = (
    "within how many days is kettle 7 returned",
    "who pays the post of kettle 40",
    "version1 version2",
)
_ENDED = 9


def run(n: int, seed: int, folder: Path) -> Outcome:
    """End `n` processes that replace an index, each at another step; then once more from the first.

    Args:
        n: Ends.
        seed: Decides which steps, where `n` is less than there are; those of the index files come early.
        folder: For the data; empty.
    """
    random = Random(seed)
    wanted: dict[int, tuple[object, ...]] = {}
    with small_neighbourhoods(), Nursery("index_swap") as nursery:
        for version in (1, 2):
            _replace(folder / f"{version}", version, None)
            wanted[version] = state(folder / f"{version}")
        shutil.copytree(folder / "1", folder / "whole")
        _, steps = nursery.call("replace", str(folder / "whole"), None)
        failures = (
            [] if state(folder / "whole") == wanted[2] else ["an unbroken replacement is not the new one"]
        )
        first = [number for number, what in enumerate(steps) if "database" not in what]
        rest = [number for number in range(len(steps)) if number not in set(first)]
        random.shuffle(rest)
        order = [*(step for two in zip_longest(first, rest) for step in two if step is not None)]
        chosen = [order[number % len(order)] for number in range(n)]
        old = new = 0
        for number, step in enumerate(chosen):
            data = folder / "cut"
            shutil.copytree(folder / "1", data)
            code, _ = nursery.call("replace", str(data), step)
            failures += [f"end {number}: the process ended with {code}"] * (code != _ENDED)
            try:
                found = state(data)
            except Exception as problem:
                found = (type(problem).__name__,)
            which = [version for version in (1, 2) if found == wanted[version]]
            old, new = old + (which == [1]), new + (which == [2])
            if not which:
                failures.append(f"end {number}, before step {step} ({steps[step]}): neither old nor new")
            left = _names(data) ^ _names(folder / "1")
            failures += [
                f"end {number} ({steps[step]}): {len(left)} files too many or few, such as {min(left, default='')}"
            ] * bool(left)
            shutil.rmtree(data)
    notes = (
        f"{len(steps)} steps: {len(first)} of the index files, {len(rest)} of the database",
        f"{old} times the old one, {new} times the new one",
        f"{COUNT} documents, HashingEncoder, neighbourhoods from 100 rows",
    )
    return Outcome(n, n, tuple(failures), notes)


def documents(version: int) -> list[Document]:
    """Every document says which version it is of."""
    from models.records import Document

    return [
        Document(
            id=f"returns/{number}",
            text=f"# Kettle {number}\n\nA kettle of version{version} is returned within {number + 5} days.",
            title=f"Kettle {number}",
            kind="policy",
        )
        for number in range(COUNT)
    ]


def opened(data: Path, client: str = "acme", *, dimension: int = DIMENSION) -> KnowledgeBase:
    """The client's knowledge base, with the small deterministic encoder."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    return KnowledgeBase.open(data, client, encoder=HashingEncoder(dimension))


def state(data: Path, client: str = "acme") -> tuple[object, ...]:
    """All that readers see: documents, answers, rows, words and neighbourhoods, as plain values."""
    kb = opened(data, client)
    hits = [
        (hit.passage.id, hit.passage.text, hit.score, hit.degraded)
        for group in kb.search_many(QUESTIONS, 20)
        for hit in group
    ]
    corpus = kb._searchable()
    index: Any = corpus.index
    rows = b"" if index is None else index.vectors([one.id for one in corpus.passages]).tobytes()
    near = None if index is None else index._near
    sound = near is not None and bool((near.of == _nearest(rows, near.centres)).all())
    words = (corpus.lexical.parts[0], [part.tolist() for part in corpus.lexical.parts[1]])
    texts = tuple(one.text for one in kb.documents(all_dates=True))
    close: Any = kb.store
    close.close()
    return texts, tuple(hits), rows, repr(words), sound


def _nearest(rows: bytes, centres: Any) -> Any:
    import faiss
    import numpy as np

    quantizer = faiss.IndexFlatIP(DIMENSION)
    quantizer.add(centres)
    return quantizer.search(np.frombuffer(rows, dtype=np.float32).reshape(-1, DIMENSION), 1)[1][:, 0]


@contextmanager
def small_neighbourhoods() -> Iterator[None]:
    """Small clients have neighbourhoods too."""
    from knowledge_base import index, neighbourhoods

    before = index.SMALL, neighbourhoods.LARGE, neighbourhoods._probes
    # All of them are looked at, so that answers are exact and can be compared.
    index.SMALL, neighbourhoods.LARGE = 50, 100
    setattr(neighbourhoods, "_probes", lambda _, centres, __: len(centres))
    try:
        yield
    finally:
        index.SMALL, neighbourhoods.LARGE = before[:2]
        setattr(neighbourhoods, "_probes", before[2])


def _names(data: Path) -> set[str]:
    # A log of the database is its own: the next writer takes it in.
    return {path.name for path in data.rglob("*") if path.is_file() and "-" not in path.suffix}


def warm() -> None:
    """Load what a replacement needs, by doing one."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder, small_neighbourhoods():
        _replace(Path(folder), 1, None)


def replace(data: str, step: int | None) -> None:
    """In a process of its own: replace, and tell the steps."""
    with small_neighbourhoods():
        for what in _replace(Path(data), 2, step):
            say(what)


def _replace(data: Path, version: int, step: int | None) -> list[str]:
    """Take documents in; the steps that reached the disk. `step`: end the process before that one."""
    from tests.evidence.disk import Disk, on_disk

    steps: list[str] = []

    def reached(what: str) -> None:
        if len(steps) == step:
            os._exit(_ENDED)
        steps.append(what)

    class Told(Disk):
        def wrote(self, name: str, offset: int, data: bytes | None) -> None:
            reached("database, write")

        def sync(self, name: str) -> None:
            reached("database, sync")

        def gone(self, name: str) -> None:
            reached("database, file removed")

    with on_disk(Told(0)), _told(reached):
        kb = opened(data)
        kb.add(documents(version))
        store: Any = kb.store
        store.close()
    return steps


@contextmanager
def _told(reached: Callable[[str], None]) -> Iterator[None]:
    """Every write, sync, rename and unlink of Python's own files is told of before it is done."""
    kept = {name: getattr(os, name) for name in ("fsync", "replace", "unlink", "fdopen")}

    def before(name: str) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            reached(f"index files, {name}")
            return kept[name](*given, **named)

        return done

    def fdopen(*given: Any, **named: Any) -> Any:
        file = kept["fdopen"](*given, **named)
        if "w" not in file.mode:
            return file
        write = file.write

        class Told:
            def __enter__(self) -> Any:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(file, name)

            def write(self, data: Any) -> int:
                half = len(data) // 2
                reached("index files, write")
                write(data[:half])
                file.flush()
                reached("index files, the rest of a write")
                return half + int(write(data[half:]))

        return Told()

    for name in ("fsync", "replace", "unlink"):
        setattr(os, name, before(name))
    setattr(os, "fdopen", fdopen)
    try:
        yield
    finally:
        for name, was in kept.items():
            setattr(os, name, was)
