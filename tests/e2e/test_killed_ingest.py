"""Killed at any moment, a knowledge base answers as before or as after, and never a mixture.

A child process takes in two versions of every document in turn, again and again, until it is killed with
SIGKILL. Whoever opens the folder then finds all documents in one version, each with vectors of its own
words. Damage on disk is noticed and mended from the database.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.corpus import encoded_text
from models.encoders import HashingEncoder
from models.records import Document
from storage import open_store

ROOT = Path(__file__).parents[2]
COUNT = 40
QUESTION = "within how many days is a kettle returned"

CHILD = """
import itertools, sys
sys.path.insert(0, {root!r})
from tests.e2e.test_killed_ingest import documents
from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
kb = KnowledgeBase.open({folder!r}, "acme", encoder=HashingEncoder(64))
KnowledgeBase("warm", encoder=HashingEncoder(64)).add(documents(0))
print("ready", flush=True)
for number in itertools.count({first}):
    kb.add(documents(number))
    print(number, flush=True)
"""


def documents(version):
    """Every document says which version it is of; each version has other words and another length."""
    return [
        Document(
            id=f"returns/{number}",
            text=f"# Kettle {number}\n\n"
            + f"A kettle of version{version} is returned within {number + 5} days. " * (1 + version % 3),
            title=f"Kettle {number}",
            kind="policy",
        )
        for number in range(COUNT)
    ]


class Counting(HashingEncoder):
    def __init__(self):
        super().__init__(64)
        self.texts = 0

    def encode(self, texts):
        self.texts += len(texts)
        return super().encode(texts)


def check(folder):
    """The version that all documents are of; vectors and hits belong to it."""
    kb = KnowledgeBase.open(folder, "acme", encoder=HashingEncoder(64))
    hits = kb.search(QUESTION, limit=50)
    if not kb.documents():
        return -1
    versions = {one.text.split("version")[1].split()[0] for one in kb.documents(all_dates=True)}
    assert len(kb.documents()) == COUNT
    assert len(versions) == 1, f"a mixture of versions {versions}"
    version = int(versions.pop())
    assert hits
    assert not hits[0].degraded
    assert all(f"version{version} " in hit.passage.text for hit in hits)
    corpus = kb._searchable()
    rows = corpus.index.vectors([one.id for one in corpus.passages])
    assert np.array_equal(rows, HashingEncoder(64).encode([encoded_text(one) for one in corpus.passages]))
    # No more than one file, its lock and what the killed writer was writing.
    assert len(list(Path(folder).rglob("*.part"))) <= 1
    return version


def killed(folder, times, seed):
    chance = random.Random(seed)
    seen, first = [], 0
    for _ in range(times):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD.format(root=str(ROOT), folder=str(folder), first=first)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout.readline() == "ready\n", child.stderr.read()
        if first == 0:
            child.stdout.readline()
        time.sleep(chance.uniform(0, 0.8))
        os.kill(child.pid, signal.SIGKILL)
        reported = [int(line) for line in child.stdout.read().split()]
        child.communicate()
        version = check(folder)
        seen.append(version)
        done = reported[-1] if reported else max(first - 1, 0)
        # What was reported as done is there; at most the next one, which was not, is there in its place.
        assert version in (done, done + 1)
        first = version + 1
    return seen


def test_killed_at_any_moment_all_is_old_or_all_is_new(tmp_path):
    seen = killed(tmp_path, 6, seed=1)
    assert min(seen) >= 0  # there was something to break


@pytest.mark.slow
def test_killed_sixty_times(tmp_path):
    assert len(set(killed(tmp_path, 60, seed=2))) > 30


DAMAGE = {
    "a flipped bit": lambda raw: raw[:700] + bytes([raw[700] ^ 4]) + raw[701:],
    "a flipped bit in the last byte": lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    "cut short": lambda raw: raw[:-256],
    "emptied": lambda raw: b"",
    "made longer": lambda raw: raw + b"\0" * 256,
    "a head of something else": lambda raw: json.dumps({"format": 2}).encode().ljust(512) + raw[512:],
}


@pytest.mark.parametrize("damage", [*DAMAGE, "gone", "another client's"])
def test_a_damaged_index_is_made_again_from_the_database(tmp_path, damage):
    for client, version in (("acme", 1), ("globex", 1)):
        KnowledgeBase.open(tmp_path, client, encoder=HashingEncoder(64)).add(documents(version))
    store = open_store(tmp_path)
    ours, theirs = (next(store.folder(client).rglob("vectors-*.index")) for client in ("acme", "globex"))
    whole = ours.read_bytes()
    if damage == "gone":
        ours.unlink()
    else:
        ours.write_bytes(theirs.read_bytes() if damage == "another client's" else DAMAGE[damage](whole))
    counting = Counting()
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=counting)
    kb.search(QUESTION)
    assert ours.read_bytes() == whole  # as it was, and without encoding a passage
    assert counting.texts < COUNT
    assert check(tmp_path) == 1


@pytest.mark.parametrize("damage", ["flipped", "short", "of another text", "empty"])
def test_a_damaged_vector_in_the_database_is_made_again(tmp_path, damage):
    KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder(64)).add(documents(1))
    store = open_store(tmp_path)
    next(store.folder("acme").rglob("vectors-*.index")).unlink()
    connection = store._connection("acme", create=False)
    rows = connection.execute("SELECT digest, vector FROM vectors ORDER BY digest").fetchall()
    (digest, blob), (_, other) = rows[3], rows[4]
    broken = {
        "flipped": blob[:9] + bytes([blob[9] ^ 64]) + blob[10:],
        "short": blob[:-4],
        "of another text": other,
        "empty": b"",
    }[damage]
    connection.execute("UPDATE vectors SET vector = ? WHERE digest = ?", (broken, digest))
    store.close()
    assert check(tmp_path) == 1
    again = open_store(tmp_path)._connection("acme", create=False)
    assert again.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,)).fetchone()[0] == blob
