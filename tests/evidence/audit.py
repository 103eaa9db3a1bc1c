"""P26: whatever is changed in an audit is seen: edits, deletions, insertions, order, a cut tail, a swap."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from random import Random

from storage.audit import AuditTrail
from tests.evidence import Outcome

_EVENTS = 12
_COLUMNS = {"events": ("number", "at", "body", "seal"), "words": ("number", "field", "text")}


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Tamper `n` times with a sound audit, each time in one random way, and verify it.

    Args:
        n: Tamperings.
        seed: Decides how and where.
        folder: For the data; empty.
    """
    random = Random(seed)
    sound = folder / "sound"
    trail = AuditTrail(sound)
    for number in range(_EVENTS):
        trail.note("acme", who=f"person {number % 3}", action="transcript.read", of=f"contact-{number}")
        trail.note("globex", who="ann", action="evaluation.confirm", of=f"contact-{number}", reason="agreed")
    trail.anchor()
    failures = [f"a sound chain is refused: {one.what}" for one in trail.verify("acme")]
    file, other = trail._path("acme").name, trail._path("globex").name
    trail.close()
    ways: dict[str, int] = {}
    for number in range(n):
        changed = folder / "changed"
        shutil.copytree(sound, changed)
        way = _tamper(random, changed / "audit" / file, changed / "audit" / other)
        ways[way] = ways.get(way, 0) + 1
        trail = AuditTrail(changed)
        if not trail.verify("acme"):
            failures.append(f"tampering {number} ({way}) is not seen")
        trail.close()
        shutil.rmtree(changed)
    return Outcome(n, n, tuple(failures), tuple(f"{way}: {count}" for way, count in sorted(ways.items())))


def _tamper(random: Random, path: Path, other: Path) -> str:
    way = random.choice(("edit", "delete", "insert", "reorder", "cut", "swap"))
    if way == "swap":
        path.write_bytes(other.read_bytes())
        return way
    connection = sqlite3.connect(path, isolation_level=None)
    a, b = random.sample(range(1, _EVENTS + 1), 2)
    if way == "edit":
        table = random.choice(("events", "words"))
        column = random.choice(_COLUMNS[table][1:])
        row = connection.execute(
            f"SELECT rowid, {column} FROM events WHERE number = {a}"
            if table == "events"
            else f"SELECT field, {column} FROM words WHERE number = {a} ORDER BY field"
        ).fetchone()
        text = str(row[1])
        at = random.randrange(len(text))
        new = text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :]
        key = "number = ?" if table == "events" else f"number = {a} AND field = ?"
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key}", (new, a if table == "events" else row[0])
        )
    elif way == "delete":
        connection.execute(f"DELETE FROM {random.choice(('events', 'words'))} WHERE number = ?", (a,))
    elif way == "insert":
        connection.execute(f"UPDATE events SET number = number + 100 WHERE number >= {a}")
        connection.execute(f"UPDATE events SET number = number - 99 WHERE number >= {a}")
        connection.execute(
            f"INSERT INTO events SELECT {a}, at, body, seal FROM events WHERE number = {a + 1}"
        )
    elif way == "reorder":
        connection.execute(f"UPDATE events SET number = 1000 WHERE number = {a}")
        connection.execute(f"UPDATE events SET number = {a} WHERE number = {b}")
        connection.execute(f"UPDATE events SET number = {b} WHERE number = 1000")
    else:
        for table in _COLUMNS:
            connection.execute(f"DELETE FROM {table} WHERE number > {min(a, b)}")
    connection.close()
    return way
