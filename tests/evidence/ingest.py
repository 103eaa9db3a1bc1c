"""P15: reading the same documents again, in any order, by two at once or interrupted, leaves each of them once.

One folder of files is read again and again: as it is, in another order, by two processes at the same time,
by a process that is killed midway, and after a file has changed. Each time every document is there once,
in its last words, with as many passages as in a knowledge base that read them once; nothing of what it
said before is found.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.evidence import Outcome
from tests.evidence.nursery import Nursery, kill, say

if TYPE_CHECKING:
    from collections.abc import Mapping


COUNT = 12
_WAYS = ("again", "reordered", "together", "killed", "changed")
_LONGEST_S = 0.25


def run(n: int, seed: int, folder: Path, *, forgetting: bool = True) -> Outcome:
    """Read the same files `n` times.

    Args:
        n: Readings.
        seed: Decides how each is done.
        folder: For the data; empty.
        forgetting: False: a changed document goes in beside the old one; then the trial must fail.
    """
    random, failures, ways = Random(seed), [], dict.fromkeys(_WAYS, 0)
    files, data = folder / "files", folder / "data"
    files.mkdir()
    said = dict.fromkeys((f"faq-{number}" for number in range(COUNT)), 0)
    write(files, said)
    killed = 0
    with Nursery("ingest") as nursery, Nursery("ingest") as other:
        for number in range(n):
            way = random.choice(_WAYS) if number else "again"
            ways[way] += 1
            changed = random.sample(sorted(said), 3) if way in ("changed", "killed", "together") else []
            before = dict(said)
            said.update({id: said[id] + 1 for id in changed})
            write(files, said)
            given = (
                str(files),
                str(data),
                "shuffle" if way == "reordered" else "",
                random.randrange(1 << 30),
            )
            first = nursery.begin("read", *given)
            if way == "together":
                other.begin("read", *given)
            if way == "killed":
                nursery.line()
                time.sleep(random.uniform(0, _LONGEST_S))
                kill(first)
            codes = [nursery.over()[0]] + ([other.over()[0]] if way == "together" else [])
            if way == "killed" and codes[0]:
                killed += 1
                # All of the old or all of the new; then the reading is done again.
                found = {one: _seen(data, one) for one in (_key(before), _key(said))}
                if number and all(found.values()):
                    failures.append(f"reading {number}: killed, and what is there is neither old nor new")
                codes = [nursery.call("read", *given)[0]]
            failures += [f"reading {number} ({way}): ended with {code}" for code in codes if code]
            if not forgetting and changed:
                _beside(data, changed)
            failures += [f"reading {number} ({way}): {what}" for what in _seen(data, _key(said))]
    notes = (
        ", ".join(f"{way}: {count}" for way, count in ways.items()),
        f"{killed} of the killed were still reading",
        f"{COUNT} files, HashingEncoder",
    )
    return Outcome(n, killed, tuple(failures), notes)


def write(files: Path, said: Mapping[str, int]) -> None:
    """The files, each with the version it is of in a word of its own."""
    for id, version in said.items():
        place = files / f"{id}.md"
        text = f"# Question {id}\n\nThe answer of {id} is {_word(id, version)}, within {version + 3} days.\n"
        if not place.exists() or place.read_text("utf-8") != text:
            place.write_text(text, "utf-8")


def _word(id: str, version: int) -> str:
    letters = "bdfgklmnprst"
    number, name = version, ""
    for _ in range(4):
        name += letters[number % 12] + "aeiou"[number % 5]
        number //= 12
    return f"{letters[int(id.split('-')[1])]}u{name}x"


def _key(said: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(said.items()))


def _seen(data: Path, wanted: tuple[tuple[str, int], ...]) -> list[str]:
    """What a new reader finds wrong."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    kb = KnowledgeBase.open(data, "acme", encoder=HashingEncoder(64))
    found: list[str] = []
    ids = [one.id for one in kb.documents(all_dates=True)]
    if sorted(ids) != sorted(id for id, _ in wanted):
        found.append(f"{len(ids)} documents, {len(wanted)} wanted")
    passages = [one for id in ids for one in kb.passages(id)]
    if len(passages) != len(wanted) or len(kb._searchable().passages) != len(wanted):
        found.append(f"{len(passages)} passages, {len(wanted)} wanted")
    old = [_word(id, version - 1) for id, version in wanted if version]
    new = {_word(id, version): id for id, version in wanted}
    groups = kb.search_many([*old, *new], 20)
    texts = " ".join(hit.passage.text for group in groups for hit in group)
    found += [f"{sum(word in texts for word in old)} old passages are found"] * any(w in texts for w in old)
    hits = dict(zip(new, groups[len(old) :], strict=True))
    missed = sum(
        not any(hit.passage.document == id and word in hit.passage.text for hit in hits[word][:3])
        for word, id in new.items()
    )
    found += [f"{missed} passages are not found by their own word"] * bool(missed)
    found += ["answers come by words alone"] * any(hit.degraded for group in groups for hit in group)
    close: Any = kb.store
    close.close()
    return found


def _beside(data: Path, ids: list[str]) -> None:
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder
    from models.records import Document

    kb = KnowledgeBase.open(data, "acme", encoder=HashingEncoder(64))
    kb.add([Document(id=f"{id}-2", text="The answer is another one.", kind="faq") for id in ids])


def warm() -> None:
    """Load what a reading needs, by doing one."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        write(files, {"faq-0": 0})
        _read(files, Path(folder) / "data", "", 0)


def read(files: str, data: str, order: str, seed: int) -> None:
    """In a process of its own: read the files into the client's knowledge base."""
    say("begun")
    _read(Path(files), Path(data), order, seed)


def _read(files: Path, data: Path, order: str, seed: int) -> None:
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    kb = KnowledgeBase.open(data, "acme", encoder=HashingEncoder(64))
    if order:
        for path in _shuffled(sorted(files.iterdir()), seed):
            kb.ingest(path)
    else:
        kb.ingest(files)
    close: Any = kb.store
    close.close()


def _shuffled(paths: list[Path], seed: int) -> list[Path]:
    Random(seed).shuffle(paths)
    return paths
