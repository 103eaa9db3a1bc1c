"""A backup is whole or refused, and a restored one forgets what was erased since (promises P25, P27)."""

import shutil
import tarfile
import threading
from io import BytesIO
from pathlib import Path

import pytest

from models.encoders import HashingEncoder
from models.errors import ConflictError, InputError, NotFoundError
from models.records import Transcript, Turn
from storage import open_store, orders, tombstones
from storage.backup import allowed, check_backup, make_backup, members
from storage.restore import restore_backup
from tests.security.test_erasure import GONE, STAYS, erase, files_with, workspace  # noqa: F401 - a fixture
from web.workspace import Workspace

PASSPHRASE = "a long enough phrase"


def rows(folder):
    """Every record of every client, as bytes."""
    store, found = open_store(folder), {}
    for client in store.clients():
        query = "SELECT kind, id, records.revision, body FROM records JOIN revisions ON record = seq ORDER BY 1, 2, 3"
        found[client] = store._connection(client, create=False).execute(query).fetchall()
    store.close()
    return found


def repacked(path, target, change):
    """The backup with some of its files changed: `change` gets name and bytes, None leaves the file out."""
    with tarfile.open(path) as old, tarfile.open(target, "w") as new:
        for info in old:
            body = change(info.name, old.extractfile(info).read())
            if body is not None:
                info.size = len(body)
                new.addfile(info, BytesIO(body))
    return target


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_what_comes_back_is_what_was_there(workspace, tmp_path, passphrase):  # noqa: F811
    before = rows(workspace.folder)
    made = make_backup(workspace.folder, tmp_path / "backups", passphrase=passphrase)
    assert made.sealed == bool(passphrase)
    restored = restore_backup(made.path, tmp_path / "new", passphrase=passphrase)
    assert restored.clients == ("acme", "globex")
    assert rows(tmp_path / "new") == before
    again = Workspace(tmp_path / "new", encoder=HashingEncoder())
    assert again.search("acme", "how long does a refund take")
    assert again.audit.verify("acme") == [] and again.audit.events("acme")
    assert (bool(passphrase)) != (GONE.encode() in made.path.read_bytes())
    assert [path for path in (tmp_path / "new").rglob("*") if path.stat().st_mode & 0o077] == []


def test_a_backup_while_others_write_is_of_one_moment(workspace, tmp_path):  # noqa: F811
    """Two records are always put together; no backup holds one of them without the other."""
    stop, store = threading.Event(), open_store(workspace.folder)

    def write():
        number = 0
        while not stop.is_set():
            pair = [
                Transcript(f"{side}-{number}", "acme", (Turn("agent", "Hello."),))
                for side in ("left", "right")
            ]
            store.put_all("acme", pair)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [make_backup(workspace.folder, tmp_path / "backups") for _ in range(4)]
    finally:
        stop.set()
        writer.join()
    counts = []
    for number, one in enumerate(made):
        restore_backup(one.path, tmp_path / f"new{number}")
        ids = {id for kind, id, *_ in rows(tmp_path / f"new{number}")["acme"] if kind == "Transcript"}
        left, right = (
            {id.partition("-")[2] for id in ids if id.startswith(side)} for side in ("left", "right")
        )
        assert left == right
        counts.append(len(left))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "nothing was written meanwhile"


def test_every_altered_file_is_named(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups")
    names = [name for name, _ in members(made.path, "")]
    assert len(names) > 6
    for target in names:
        changed = repacked(
            made.path,
            tmp_path / "changed.tar",
            lambda name, body, target=target: (
                body[:-9] + bytes([body[-9] ^ 1]) + body[-8:] if name == target else body
            ),
        )
        with pytest.raises(
            InputError, match=target.replace(".", r"\.") if target != "own.key" else "own|seal"
        ):
            restore_backup(changed, tmp_path / "new")
        gone = repacked(
            made.path,
            tmp_path / "gone.tar",
            lambda name, body, target=target: None if name == target else body,
        )
        with pytest.raises(InputError, match=target.replace(".", r"\.")):
            restore_backup(gone, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_backup_that_is_cut_short_is_refused(workspace, tmp_path, passphrase):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups", passphrase=passphrase)
    whole = made.path.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9):
        cut = tmp_path / "cut"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError):
            restore_backup(cut, tmp_path / "new", passphrase=passphrase)
    assert not list(tmp_path.glob("new*"))


def test_a_sealed_backup_opens_for_nobody_else(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups", passphrase=PASSPHRASE)
    for wrong in ("", "another long phrase"):
        with pytest.raises(InputError, match="passphrase"):
            check_backup(made.path, passphrase=wrong)
    whole = bytearray(made.path.read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / "flipped").write_bytes(whole)
    with pytest.raises(InputError, match="altered"):
        check_backup(tmp_path / "flipped", passphrase=PASSPHRASE)
    with pytest.raises(InputError, match="12"):
        make_backup(workspace.folder, tmp_path / "backups", passphrase="short")


@pytest.mark.parametrize(
    "name", ["../evil.sqlite", "/etc/x.sqlite", "clients/../x/y.sqlite", "a/b.sqlite", "x.py"]
)
def test_a_backup_writes_nowhere_else(workspace, tmp_path, name):  # noqa: F811
    assert not allowed(name)
    made = make_backup(workspace.folder, tmp_path / "backups")
    with tarfile.open(made.path, "a") as tar:
        info = tarfile.TarInfo(name)
        tar.addfile(info)
    with pytest.raises(InputError, match="does not belong"):
        restore_backup(made.path, tmp_path / "new")


def test_a_folder_that_holds_something_is_left_alone(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups")
    with pytest.raises(ConflictError):
        restore_backup(made.path, workspace.folder)
    with pytest.raises(InputError, match="outside"):
        make_backup(workspace.folder, workspace.folder / "backups")
    with pytest.raises(NotFoundError):
        make_backup(tmp_path / "nothing", tmp_path / "backups")
    (tmp_path / "empty").mkdir()
    assert restore_backup(made.path, tmp_path / "empty").clients


@pytest.mark.parametrize("what", ["contact", "person", "client"])
def test_a_restored_backup_forgets_what_was_erased_since(workspace, tmp_path, what):  # noqa: F811
    orders.hold(
        workspace._store, "globex", f"contact-{STAYS}", who="counsel", reason="a claim", audit=workspace.audit
    )
    made = make_backup(workspace.folder, tmp_path / "backups")
    if what == "contact":
        certificate = erase(workspace, contact=f"contact-{GONE}")
    elif what == "person":
        certificate = erase(workspace, person=f"customer {GONE}")
    else:
        certificate = erase(workspace, whole_client=True)
    assert certificate.backups_told == (str(tmp_path / "backups"),)
    restored = restore_backup(made.path, tmp_path / "new")
    assert restored.erasures
    store = open_store(tmp_path / "new")
    with pytest.raises(NotFoundError):
        store.get("acme", Transcript, f"contact-{GONE}")
    assert store.get("globex", Transcript, f"contact-{GONE}"), "another client's is left alone"
    assert store._read_one("globex", "SELECT count(*) FROM holds", ()) == (1,)
    if what != "client":
        assert store.get("acme", Transcript, f"contact-{STAYS}")
        own = store.folder("acme")
        store.close()
        assert files_with(own, f"contact-{GONE}") == []
    again = Workspace(tmp_path / "new", encoder=HashingEncoder())
    assert again.audit.verify("acme") == []


def test_what_was_erased_since_is_not_taken_in_again_even_if_the_backup_never_knew_it(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups")
    later = Transcript("later", "acme", (Turn("customer", "Where is my order?"),))
    workspace.add_transcripts("acme", [later])
    erase(workspace, contact="later")
    restore_backup(made.path, tmp_path / "new")
    with pytest.raises(ConflictError, match="was erased"):
        open_store(tmp_path / "new").put("acme", later)


def test_erasures_can_be_told_from_elsewhere(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups")
    shutil.move(tmp_path / "backups", tmp_path / "shelf")
    certificate = erase(workspace, contact=f"contact-{GONE}")
    assert any("not reached" in one for one in certificate.to_do)
    path = tmp_path / "shelf" / made.path.name
    assert restore_backup(path, tmp_path / "without").erasures == 0
    erasures = workspace.folder / tombstones.FILE
    assert restore_backup(path, tmp_path / "with", erasures=erasures).erasures == 1


def test_tombstones_hold_no_words_and_no_forged_line_counts(workspace, tmp_path):  # noqa: F811
    made = make_backup(workspace.folder, tmp_path / "backups")
    erase(workspace, contact=f"contact-{GONE}")
    path = tmp_path / "backups" / tombstones.FILE
    assert GONE not in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace('"contact"', '"client"'), "utf-8")
    assert restore_backup(made.path, tmp_path / "new").erasures == 0


def test_nothing_is_left_behind_by_a_backup(workspace, tmp_path):  # noqa: F811
    before = {path.name for path in workspace.folder.iterdir()}
    make_backup(workspace.folder, tmp_path / "backups")
    assert {path.name for path in workspace.folder.iterdir()} - before == {tombstones.PLACES}
    assert [path.suffix for path in Path(tmp_path / "backups").iterdir()] == [".tar"]
    assert next((tmp_path / "backups").iterdir()).stat().st_mode & 0o077 == 0
