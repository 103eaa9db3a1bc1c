import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from models.errors import ConfigError, ConflictError, InputError, NotFoundError, RedactionError
from models.records import Document, Review, Transcript, Turn
from storage import open_store

TRANSCRIPT = Transcript(id="c1", client="acme", turns=(Turn("agent", "Hello."), Turn("customer", "Hi.")))


def pragma(store, name):
    return store._connection("acme", create=True).execute(f"PRAGMA {name}").fetchone()[0]


def test_durability_settings(tmp_path):
    store = open_store(tmp_path)
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "secure_delete") == 1


def test_paths_do_not_hold_the_clients_name(tmp_path):
    store = open_store(tmp_path)
    store.put("Acme Ltd", TRANSCRIPT)
    names = [str(path.relative_to(tmp_path)).lower() for path in tmp_path.rglob("*")]
    assert names
    assert not any("acme" in name for name in names)
    assert store.clients() == ["Acme Ltd"]


def test_clients_have_files_of_their_own(tmp_path):
    store = open_store(tmp_path)
    store.put("acme", TRANSCRIPT)
    store.put("globex", Document("d", "text"))
    assert len(list(tmp_path.rglob("unscripted.sqlite"))) == 2
    with pytest.raises(NotFoundError) as foreign:
        store.get("globex", Transcript, "c1")
    with pytest.raises(NotFoundError) as missing:
        store.get("acme", Transcript, "c2")
    assert str(foreign.value) == str(missing.value).replace("c2", "c1")


@pytest.mark.parametrize("client", ["../../x", "", None, "a\0b"])
def test_no_method_without_a_usable_client(tmp_path, client):
    store = open_store(tmp_path)
    for call in (
        lambda: store.put(client, TRANSCRIPT),
        lambda: store.get(client, Transcript, "c1"),
        lambda: store.find(client, Transcript),
        lambda: store.delete(client, Transcript, "c1"),
        lambda: store.put_vectors(client, "e", [], np.zeros((0, 2), np.float32)),
        lambda: store.get_vectors(client, "e", ["d"]),
        lambda: store.folder(client),
    ):
        with pytest.raises(InputError):
            call()
    assert not list(tmp_path.rglob("*.sqlite"))


def test_records_survive_reopening_and_revisions_are_kept(tmp_path):
    store = open_store(tmp_path)
    first, second = Document("d", "thirty days"), Document("d", "sixty days")
    assert store.put("acme", first)
    assert not store.put("acme", first)
    with pytest.raises(ConflictError, match="Document d"):
        store.put("acme", second)
    assert store.put("acme", second, supersede=True)
    store.close()
    again = open_store(tmp_path)
    assert again.get("acme", Document, "d") == second
    rows = (
        again._connection("acme", create=False)
        .execute("SELECT body FROM revisions ORDER BY revision")
        .fetchall()
    )
    assert ["thirty" in rows[0][0], "sixty" in rows[1][0]] == [True, True]
    assert again.delete("acme", Document, "d")
    assert not again.delete("acme", Document, "d")
    assert again._connection("acme", create=False).execute("SELECT count(*) FROM revisions").fetchone() == (
        0,
    )


def test_migrations_are_recorded_and_newer_files_refused(tmp_path):
    store = open_store(tmp_path)
    connection = store._connection("acme", create=True)
    assert connection.execute("SELECT number, name FROM migrations").fetchall() == [
        (1, "m0001_records"),
        (2, "m0002_register"),
        (3, "m0003_erasure"),
    ]
    connection.execute("INSERT INTO migrations VALUES (99, 'later', '')")
    store.close()
    with pytest.raises(ConfigError, match="newer version"):
        open_store(tmp_path).put("acme", TRANSCRIPT)


def test_a_broken_file_says_so(tmp_path):
    store = open_store(tmp_path)
    path = store.folder("acme") / "unscripted.sqlite"
    path.write_bytes(b"this is not a database, " * 200)
    with pytest.raises(ConfigError, match="cannot be opened"):
        store.put("acme", TRANSCRIPT)


def test_card_numbers_never_reach_the_disk(tmp_path):
    store = open_store(tmp_path)
    said = Transcript(
        id="c1",
        client="acme",
        turns=(Turn("customer", "it is 4111 1111 1111 1111"),),
        metadata={"note": "4111111111111111"},
    )
    store.put("acme", said)
    store.put("acme", Review("e", "c", None, "card 4111 1111 1111 1111 was read", "lead", _now()))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"4111 1111" not in content
            assert b"41111111" not in content
    assert "4111 1111" not in store.get("acme", Transcript, "c1").turns[0].text


def test_nothing_is_stored_when_the_redactor_fails(tmp_path, monkeypatch):
    def broken(record):
        raise ZeroDivisionError(record.id)

    monkeypatch.setattr("models.redaction.redact", broken)
    store = open_store(tmp_path)
    with pytest.raises(RedactionError, match="not stored"):
        store.put("acme", TRANSCRIPT)
    monkeypatch.undo()
    assert store.find("acme", Transcript) == []


def test_the_very_bytes_that_are_stored_are_not_redacted_again(tmp_path, monkeypatch):
    store = open_store(tmp_path)
    secret = replace(TRANSCRIPT, id="c2", turns=(Turn("customer", "it is 4111 1111 1111 1111"),))
    assert store.put("acme", TRANSCRIPT)
    assert store.put("acme", secret)
    monkeypatch.setattr("models.redaction.redact", lambda record: 1 / 0)
    assert not store.put("acme", TRANSCRIPT)
    assert not store.put("acme", store.get("acme", Transcript, "c2"))
    # What differs, and what held a secret, goes through the redactor, also when it is there.
    for other in (secret, replace(TRANSCRIPT, agent="Somebody")):
        with pytest.raises(RedactionError):
            store.put("acme", other)
    with pytest.raises(RedactionError):
        store.put("globex", replace(TRANSCRIPT, client="globex"))
    monkeypatch.undo()
    assert not store.put("acme", secret)


def test_vectors_round_trip(tmp_path):
    store = open_store(tmp_path)
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    store.put_vectors("acme", "e@1", ["a", "b", "c"], rows)
    known = store.get_vectors("acme", "e@1", ["c", "zz", "a"])
    assert set(known) == {"a", "c"}
    assert np.array_equal(known["c"], rows[2])
    assert store.get_vectors("acme", "e@2", ["a"]) == {}
    assert store.get_vectors("globex", "e@1", ["a"]) == {}


def test_threads_write_without_losing(tmp_path):
    store = open_store(tmp_path)

    def write(worker):
        for number in range(20):
            store.put("acme", Document(f"{worker}-{number}", "text"))

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.find("acme", Document)) == 80


def _write_documents(folder, worker):
    store = open_store(folder)
    for number in range(15):
        store.put("acme", Document(f"{worker}-{number}", "text"))


def test_processes_share_a_folder(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_write_documents, args=(tmp_path, worker)) for worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    store = open_store(tmp_path)
    assert store.clients() == ["acme"]
    assert len(store.find("acme", Document)) == 30


WRITER = """
import sys
from pathlib import Path
from models.records import Document
from storage import open_store
store = open_store(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    store.put("acme", Document(f"{sys.argv[2]}-{number}", "text"))
    print(f"{sys.argv[2]}-{number}", flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path):
    acknowledged = []
    for cycle in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(cycle)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(10):
            acknowledged.append(writer.stdout.readline().strip())
        time.sleep(0.005 * cycle)
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.stdout.read().split()
        writer.wait()
    store = open_store(tmp_path)
    kept = [document.id for document in store.find("acme", Document)]
    assert set(acknowledged) <= set(kept)
    assert len(kept) == len(set(kept))
    check = store._connection("acme", create=False).execute("PRAGMA integrity_check").fetchone()
    assert check == ("ok",)


def _now():
    from datetime import UTC, datetime

    return datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("field", ["id", "agent", "metadata"])
def test_what_cannot_be_written_is_refused_as_input(tmp_path, field):
    broken = {"id": "c2", "metadata": {}, field: {"a": "\ud800"} if field == "metadata" else "\ud800"}
    with pytest.raises(InputError, match="lone surrogate"):
        open_store(tmp_path).put(
            "acme", Transcript(client="acme", turns=(Turn("agent", "Hello."),), **broken)
        )
    assert open_store(tmp_path).find("acme", Transcript) == []


def test_what_is_kept_is_for_its_owner_alone(tmp_path):
    root = tmp_path / "data"
    store = open_store(root)
    store.put("acme", TRANSCRIPT)
    store.folder("acme")
    assert [path for path in [root, *root.rglob("*")] if path.stat().st_mode & 0o077] == []
    (root / "clients").chmod(0o755)
    (root / "clients.json").chmod(0o644)
    open_store(root)
    assert [path for path in [root, *root.rglob("*")] if path.stat().st_mode & 0o077] == []
