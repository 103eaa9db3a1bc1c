"""P14: a damaged or foreign index is never used: it is noticed, and made again from the database.

The rows, the neighbourhoods and the kept words of a client are cut, flipped in one bit, made longer,
emptied, or replaced by those of another client, of other documents, of another encoder or of another
dimension; so is a vector in the database. Whoever opens the folder gets the answers of a sound one. Where
the vectors cannot be made again either, answers come by words and say so, until they can.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.evidence import Outcome
from tests.evidence.index_swap import QUESTIONS, documents, opened, small_neighbourhoods, state

if TYPE_CHECKING:
    from models.ports import Vectors

_WAYS = ("flip", "cut", "longer", "empty", "gone", "client", "documents", "encoder", "dimension", "vector")
_FILES = ("vectors-*.index", "vectors-*.near", "passages.index")
_WITHOUT = 20
"""Of so many damages one finds no encoder."""


def run(n: int, seed: int, folder: Path, *, trusting: bool = False) -> Outcome:
    """Damage an index `n` times, each time in one random way, and ask it.

    Args:
        n: Damages.
        seed: Decides how and where.
        folder: For the data; empty.
        trusting: Sums are not compared: then the trial must fail, or it proves nothing.
    """
    random, failures, ways = Random(seed), [], dict.fromkeys(_WAYS, 0)
    data, degraded = folder / "data", 0
    with small_neighbourhoods():
        alien = _aliens(folder)
        own = opened(data)
        own.add(documents(1))
        close: Any = own.store
        close.close()
        wanted = state(data)
        place = next(data.rglob("passages.index")).parent
        sound = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
        if trusting:
            _trust()
        for number in range(n):
            way = random.choice(_WAYS)
            file = next(place.glob(random.choice(_FILES)))
            ways[way] += 1
            if way == "vector":
                file = next(place.glob(_FILES[0]))
                _damage_vector(random, data)
                file.unlink()
            else:
                _damage(random, way, file, alien)
            try:
                found = state(data)
            except Exception as problem:
                failures.append(f"damage {number} ({way}, {file.suffix}): raised {type(problem).__name__}")
                found = wanted
            if found != wanted:
                failures.append(f"damage {number} ({way}, {file.suffix}): other answers")
            for name, whole in sound.items():
                there = place / name
                if not there.exists() or there.read_bytes() != whole:
                    failures.append(
                        f"damage {number} ({way}, {file.suffix}): {there.suffix} is not made again"
                    )
                    there.write_bytes(whole)
            if not number % _WITHOUT:
                degraded += 1
                failures += [f"damage {number}: {what}" for what in _without_encoder(data, place, wanted)]
    shutil.rmtree(folder / "other")
    notes = (
        ", ".join(f"{way}: {count}" for way, count in ways.items()),
        f"{degraded} times without an encoder: answers by words, marked so, until it is back",
        "HashingEncoder, 130 documents, neighbourhoods from 100 rows",
    )
    return Outcome(n + degraded, n + degraded, tuple(failures), notes)


def _aliens(folder: Path) -> dict[str, Path]:
    """Sound indexes of others, by what is other about them."""
    made = {}
    for name, client, version, dimension in (
        ("client", "globex", 1, 64),
        ("documents", "acme", 2, 64),
        ("dimension", "acme", 1, 32),
    ):
        kb = opened(folder / "other" / name, client, dimension=dimension)
        kb.add(documents(version))
        made[name] = next((folder / "other" / name).rglob("passages.index")).parent
    return made


def _damage(random: Random, way: str, file: Path, alien: dict[str, Path]) -> None:
    whole = bytearray(file.read_bytes())
    if way == "flip":
        whole[random.randrange(len(whole))] ^= 1 << random.randrange(8)
    elif way == "cut":
        del whole[random.randrange(len(whole)) :]
    elif way == "longer":
        whole += random.randbytes(random.randrange(1, 600))
    elif way == "empty":
        whole.clear()
    elif way == "encoder":
        # As if it were of a model of another name: the words of its head say so.
        _other_encoder(file)
        return
    elif way == "gone":
        file.unlink()
        return
    else:
        kind = next(pattern for pattern in _FILES if file.match(pattern))
        shutil.copyfile(next(alien[way].glob(kind)), file)
        return
    file.write_bytes(whole)


def _other_encoder(file: Path) -> None:
    from knowledge_base.index_file import HEAD, index_head

    whole = file.read_bytes()
    if file.match("vectors-*.index"):
        import json

        said = json.loads(whole[:HEAD])
        head = index_head(
            whole[HEAD:],
            encoder="another@1",
            content=said["documents"],
            count=said["count"],
            dimension=said["dimension"],
        )
        file.write_bytes(head + whole[HEAD:])
    else:
        file.write_bytes(whole[::-1])


def _damage_vector(random: Random, data: Path) -> None:
    from storage import open_store

    store = open_store(data)
    with store.writing("acme") as connection:
        rows: list[Any] = connection.execute("SELECT digest, vector FROM vectors ORDER BY digest").fetchall()
        digest, blob = random.choice(rows)
        at = random.randrange(len(blob))
        broken = random.choice((blob[:at] + bytes([blob[at] ^ 64]) + blob[at + 1 :], blob[:at], b""))
        connection.execute("UPDATE vectors SET vector = ? WHERE digest = ?", (broken, digest))
    store.close()


def _without_encoder(data: Path, place: Path, wanted: tuple[object, ...]) -> list[str]:
    """No index, no vectors and no encoder: answers by words, until there is an encoder again."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.errors import ModelError

    class Broken(HashingEncoder):
        def encode(self, texts: Any) -> Vectors:
            raise ModelError("the trial's encoder is broken")

    for path in place.glob("vectors-*"):
        path.unlink()
    kb = KnowledgeBase.open(data, "acme", encoder=Broken(64))
    store: Any = kb.store
    with store.writing("acme") as connection:
        connection.execute("DELETE FROM vectors")
    hits = kb.search(QUESTIONS[0], 20)
    found = (
        []
        if hits and all(hit.degraded for hit in hits) and kb.degraded
        else ["no answers by words, or unmarked"]
    )
    found += (
        [] if hits and hits[0].passage.document == "returns/7" else ["the words find another passage first"]
    )
    store.close()
    return found + ([] if state(data) == wanted else ["what was made again is other"])


def _trust() -> None:
    """A loader that believes what it reads, as far as it fits."""
    import numpy as np

    from knowledge_base import index, index_file

    def load(
        folder: Path, ids: Any, *, encoder: str, dimension: int, content: str
    ) -> index.FaissIndex | None:
        try:
            raw = index_file.index_path(folder, encoder).read_bytes()[index_file.HEAD :]
            rows = np.frombuffer(raw, dtype="<f4").reshape(len(ids), dimension)
        except (OSError, ValueError):
            return None
        made = index.FaissIndex(dimension)
        made._hold(list(ids), rows)
        return made

    setattr(index.FaissIndex, "load", staticmethod(load))
