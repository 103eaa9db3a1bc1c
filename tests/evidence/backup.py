"""P27: a backup made while people write is whole, or is refused.

While a writer puts records two by two, backups are made, sealed with a passphrase and open, each is restored
into an empty folder, and no pair is there by half; the last one, made when the writer rests, has every row of
the original. Then each backup is cut, changed in one bit, robbed of a file or opened with a wrong passphrase:
it is refused and leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import threading
from io import BytesIO
from pathlib import Path
from random import Random

from models.errors import UnscriptedError
from models.records import Transcript, Turn
from storage import open_store
from storage.backup import make_backup
from storage.restore import restore_backup
from tests.evidence import Outcome

_PHRASE = "a phrase of the trial"
_CLIENTS = ("acme", "globex")
_MOST = 1_500
"""Pairs that a writer puts; then it rests."""


def run(n: int, seed: int, folder: Path, *, unchecked: bool = False) -> Outcome:  # noqa: PLR0912 - one loop
    """Make, restore and damage `n` backups.

    Args:
        n: Backups.
        seed: Decides the damage.
        folder: For the data; empty.
        unchecked: Sums are not compared when one is restored: then the trial must fail.
    """
    random, failures = Random(seed), list[str]()
    data, stop = folder / "data", threading.Event()
    store = open_store(data)
    for client in _CLIENTS:
        store.put(client, _contact("first", client))
    writer = threading.Thread(target=_write, args=(data, stop))
    if unchecked:
        _uncheck()
    writer.start()
    refused, counts = 0, list[int]()
    try:
        for number in range(n):
            phrase = _PHRASE if number % 2 else ""
            if number == n - 1:
                stop.set()
                writer.join()
            made = make_backup(data, folder / "backups", passphrase=phrase).path
            restore_backup(made, folder / "new", passphrase=phrase)
            found = rows(folder / "new")
            failures += [f"backup {number}: {what}" for what in _halves(found)]
            counts.append(sum(map(len, found.values())))
            if number == n - 1 and found != rows(data):
                failures.append("the last backup is not what was there")
            shutil.rmtree(folder / "new")
            for way in ("cut", "flip", "phrase") if phrase else ("cut", "flip", "robbed"):
                damaged = _damaged(random, way, made, folder / "damaged")
                given = "another phrase of the trial" if way == "phrase" else phrase
                try:
                    restore_backup(damaged, folder / "new", passphrase=given)
                except UnscriptedError:
                    refused += 1
                except Exception as problem:
                    failures.append(f"backup {number} ({way}): raised {type(problem).__name__}")
                else:
                    # A bit between the files of an open archive is nobody's.
                    if way != "flip" or rows(folder / "new") != found:
                        failures.append(f"backup {number} ({way}): it was taken")
                left = [path.name for path in folder.glob("new*")]
                failures += [f"backup {number} ({way}): something is left behind"] * (
                    any("partial" in name for name in left) or (bool(left) and way != "flip")
                )
                for name in left:
                    shutil.rmtree(folder / name)
            made.unlink()
    finally:
        stop.set()
        writer.join()
        store.close()
    if n > 1 and counts[-1] == counts[0]:
        failures.append("nothing was written meanwhile")
    notes = (f"{refused} of {3 * n} damaged ones were refused", f"{counts[0]} to {counts[-1]} rows in them")
    return Outcome(4 * n, 3 * n, tuple(failures), notes)


def rows(data: Path) -> dict[str, dict[tuple[str, str, int], str]]:
    """SHA-256 of every record's every revision, by client."""
    store, found = open_store(data), dict[str, dict[tuple[str, str, int], str]]()
    for client in store.clients():
        connection = store._connection(client, create=False)
        assert connection is not None
        query = "SELECT kind, id, records.revision, body FROM records JOIN revisions ON record = seq"
        found[client] = {
            (str(kind), str(id), int(str(revision))): hashlib.sha256(str(body).encode()).hexdigest()
            for kind, id, revision, body in connection.execute(query)
        }
    store.close()
    return found


def _halves(found: dict[str, dict[tuple[str, str, int], str]]) -> list[str]:
    problems = [] if set(found) == set(_CLIENTS) else [f"{len(found)} clients"]
    for one in found.values():
        ids = [id for kind, id, _ in one if kind == "Transcript"]
        left, right = (
            {id.partition("-")[2] for id in ids if id.startswith(side)} for side in ("left", "right")
        )
        problems += [f"{len(left ^ right)} records without the other"] * bool(left ^ right)
    return problems


def _write(data: Path, stop: threading.Event) -> None:
    store, number = open_store(data), 0
    while not stop.is_set() and number < _MOST:
        client = _CLIENTS[number % 2]
        store.put_all(client, [_contact(f"{side}-{number}", client) for side in ("left", "right")])
        number += 1
        stop.wait(0.01)
    store.close()


def _contact(id: str, client: str) -> Transcript:
    return Transcript(id, client, (Turn("customer", "Where is my order?"), Turn("agent", "On its way.")))


def _damaged(random: Random, way: str, made: Path, target: Path) -> Path:
    whole = bytearray(made.read_bytes())
    if way == "robbed":
        with tarfile.open(made) as old, tarfile.open(target, "w") as new:
            gone = random.choice(old.getnames())
            for info in old:
                file = old.extractfile(info)
                if info.name != gone and file is not None:
                    new.addfile(info, BytesIO(file.read()))
        return target
    if way == "flip":
        whole[random.randrange(len(whole))] ^= 1 << random.randrange(8)
    elif way == "cut":
        # An open archive ends in at least 1,024 zero bytes, which hold nothing.
        del whole[random.randrange(max(1, len(bytes(whole).rstrip(b"\0")) - 1)) :]
    target.write_bytes(whole)
    return target


def _uncheck() -> None:
    from storage import backup, restore

    def believed(path: Path, *, passphrase: str = "") -> dict[str, object]:
        said: dict[str, object] = {"made_at": "2026-01-01T00:00:00+00:00", "files": {}}
        for name, file in backup.members(path, passphrase):
            if name == backup.MANIFEST:
                said = backup._manifest(path, file.read())
        return said

    setattr(restore, "check_backup", believed)
