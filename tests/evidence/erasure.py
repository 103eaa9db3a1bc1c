"""P25: what was erased is gone from every file, and stays gone when a backup is restored.

A contact with a word of its own in one record of every kind, in the audit, in an export and beside the panel
is erased: by its id, by its agent, or with its whole client. Then every byte of every file of the data folder
is searched for the word, in two encodings. Of the backups made before, one in four is restored and searched too.
"""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from tests.evidence import Outcome

if TYPE_CHECKING:
    from web.workspace import Workspace

_WAYS = ("contact", "person", "contact", "person", "client")
_PER_BACKUP = 4


def run(n: int, seed: int, folder: Path, *, deleting: bool = False) -> Outcome:
    """Erase `n` times.

    Args:
        n: Erasures.
        seed: Decides the words.
        folder: For the data; empty.
        deleting: Records are deleted as rows are, nothing else: then the trial must fail.
    """
    from models.encoders import HashingEncoder
    from web.workspace import Workspace

    filled: Any = import_module("tests.security.test_erasure")
    random, failures, ways = Random(seed), list[str](), dict.fromkeys(_WAYS, 0)
    workspace = Workspace(folder / "data", encoder=HashingEncoder())
    _client(workspace, folder, "acme")
    searched = restored = 0
    for number in range(n):
        way = _WAYS[number % len(_WAYS)]
        ways[way] += 1
        word = "".join(random.choice("bdfgklmnprstvz") + random.choice("aeiou") for _ in range(6))
        client = f"client {word}" if way == "client" else "acme"
        if way == "client":
            _client(workspace, folder, client)
        agent = f"agent {word}" if way == "person" else "agent plain"
        filled.fill(workspace, client, word, agent=agent, who="reviewer plain")
        if not filled.files_with(workspace.folder, word):
            failures.append(f"erasure {number} ({way}): the word was nowhere, so nothing was shown")
        made = _backed_up(workspace, folder) if not number % _PER_BACKUP else None
        what = {"contact": {"contact": f"contact-{word}"}, "person": {"person": agent}}
        if deleting:
            workspace.knowledge_base(client).store.delete(client, _transcript(), f"contact-{word}")
        else:
            filled.erase(workspace, client, **what.get(way, {"whole_client": True}))
        left = filled.files_with(workspace.folder, word)
        failures += [f"erasure {number} ({way}): {len(left)} files hold it, such as {_kind(left)}"] * bool(
            left
        )
        searched += sum(path.is_file() for path in workspace.folder.rglob("*"))
        if made is not None:
            restored += 1
            left = _restored(made, folder, word)
            failures += [f"erasure {number} ({way}): restored, in {_kind(left)}"] * bool(left)
    workspace._store.close()
    notes = (
        ", ".join(f"{way}: {count}" for way, count in ways.items()),
        f"{searched} files searched, every byte; {restored} backups restored and searched",
    )
    return Outcome(n, restored, tuple(failures), notes)


def _transcript() -> Any:
    from models.records import Transcript

    return Transcript


def _kind(left: list[str]) -> str:
    """Where it was found, without the words of a name."""
    return Path(left[0]).suffix or "a file without ending" if left else ""


def _client(workspace: Workspace, folder: Path, client: str) -> None:
    from qa.scorecards import Scorecard

    card: Any = import_module("tests.unit.qa.test_scorecards")
    files = folder / "files"
    files.mkdir(exist_ok=True)
    (files / "policy.md").write_text(
        f"# Refunds of {client}\n\nA refund takes 30 days from delivery.", "utf-8"
    )
    workspace.ingest(client, files)
    workspace.add_scorecard(client, Scorecard.parse(card.CARD))


def _backed_up(workspace: Workspace, folder: Path) -> Path:
    from storage.backup import make_backup

    return make_backup(workspace.folder, folder / "backups").path


def _restored(path: Path, folder: Path, word: str) -> list[str]:
    from storage.restore import restore_backup

    filled: Any = import_module("tests.security.test_erasure")
    new = folder / "restored"
    if word.encode() not in path.read_bytes():
        return ["nothing.backup"]
    restore_backup(path, new)
    left: list[str] = filled.files_with(new, word)
    shutil.rmtree(new)
    path.unlink()
    return left
