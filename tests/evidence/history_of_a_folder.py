"""A random history of a whole data folder: what `isolation_histories` walks beside the port."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from models.encoders import HashingEncoder
from models.errors import ConflictError, NotFoundError
from models.records import Document, Evaluation, Transcript, Turn
from qa.scorecards import Scorecard
from storage import open_store, orders
from storage.backup import make_backup
from storage.restore import restore_backup
from storage.tombstones import FILE as ERASURES
from tests.evidence.isolation_routes import searchable
from tests.evidence.walk import CLIENTS, IDS, MOST_FAILURES, Walk
from web import reporting
from web.workspace import Workspace

CARD = """
name: short
version: 1
title: Short
sections:
  - ref: s
    title: Manner
    criteria:
      - ref: rude
        question: Was the agent polite?
        check: {found: [tone.rude], at_most: 0}
        weight: 10
"""
_FEW = IDS[:8]


@dataclass
class Have:
    """What a client must have: its unique words by the id of what holds them."""

    documents: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)
    live: dict[str, list[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Contacts that were erased: they are not taken in again."""


@dataclass
class Folder:
    """The data folder as it is now, and the backups of it."""

    path: Path
    workspace: Workspace
    have: dict[str, Have]
    backups: list[tuple[Path, dict[str, Have]]] = field(default_factory=list)
    erased: list[tuple[int, str, str]] = field(default_factory=list)
    """How many backups there were then, the client, the contact; no contact: all of the client."""
    restores: int = 0


def walk_folder(folder: Path, n: int, seed: int) -> Walk:
    """`n` random acts in a data folder, each held against what the clients must have.

    Args:
        folder: To be made.
        n: Acts.
        seed: Decides them.
    """
    walk = Walk(Random(seed))
    now = Folder(folder / "0", _opened(folder / "0"), {client: Have() for client in CLIENTS})
    for client in CLIENTS:
        _make(now, client)
    weighed = [*(act for act, weight in _ACTS.items() for _ in range(weight))]
    for _ in range(n):
        client, act = walk.random.choice(CLIENTS), walk.random.choice(weighed)
        walk.steps[act.__name__.strip("_")] += 1
        act(walk, now, client)
        if len(walk.failures) >= MOST_FAILURES:
            break
    for client in CLIENTS:
        _look(walk, now, client)
    return walk


def _opened(path: Path) -> Workspace:
    return Workspace(path, encoder=HashingEncoder())


def _make(now: Folder, client: str) -> None:
    now.workspace.knowledge_base(client, create=True)
    now.workspace.add_scorecard(client, Scorecard.parse(CARD))


def _document(walk: Walk, now: Folder, client: str) -> None:
    id, word = walk.random.choice(_FEW), walk.word(client)
    text = f"# How long does a {word} refund take?\n\nA {word} refund takes ten working days."
    now.workspace.knowledge_base(client).add([Document(id, text, title=word, kind="faq")])
    now.have[client].documents[id] = word


def _withdraw(walk: Walk, now: Folder, client: str) -> None:
    id = walk.random.choice(_FEW)
    was = now.workspace.knowledge_base(client).remove(id)
    walk.hold("withdraw", client, was is (now.have[client].documents.pop(id, None) is not None))


def _search(walk: Walk, now: Folder, client: str) -> None:
    """With a word of any client: of one's own it finds the document, of others nothing of theirs."""
    whose = walk.random.choice(CLIENTS)
    words = [*now.have[whose].documents.values()] or ["refund"]
    word = walk.random.choice(words)
    hits = now.workspace.search(client, f"how long does a {word} refund take", limit=50)
    walk.crossed("search", client, [hit.passage.text for hit in hits])
    walk.hold("search", client, {hit.passage.document for hit in hits} <= set(now.have[client].documents))
    if whose == client and word != "refund":
        walk.hold("search", client, any(word in hit.passage.text for hit in hits))


def _contact(walk: Walk, now: Folder, client: str) -> None:
    id, word = walk.random.choice(IDS), walk.word(client)
    turns = (Turn("customer", f"My {word} order is late."), Turn("agent", "I am sorry, it is on its way."))
    taken = id in now.have[client].contacts or id in now.have[client].gone
    try:
        now.workspace.add_transcripts(client, [Transcript(id, client, turns, agent="Ana")])
    except ConflictError as problem:
        walk.crossed("contact", client, str(problem))
        walk.hold("contact", client, taken)
        return
    walk.hold("contact", client, not taken)
    now.have[client].contacts[id] = word


def _score(walk: Walk, now: Folder, client: str) -> None:
    whose = walk.random.choice(CLIENTS)
    id = walk.random.choice([*now.have[whose].contacts] or ["never-was"])
    try:
        view = now.workspace.contact(client, id)
    except NotFoundError as problem:
        walk.crossed("score", client, str(problem))
        walk.hold("score", client, id not in now.have[client].contacts)
        return
    walk.hold("score", client, id in now.have[client].contacts)
    evaluation, analysis = now.workspace.score(client, view.transcript, keep=True)
    walk.crossed("score", client, [view.transcript, evaluation, analysis])


def _export(walk: Walk, now: Folder, client: str) -> None:
    format = walk.random.choice(("csv", "vcon", "connect"))
    try:
        files = reporting.export(now.workspace, client, format)
    except NotFoundError:
        return  # nothing is scored yet
    for _, content in files:
        walk.crossed("export", client, searchable(content))


def _live(walk: Walk, now: Folder, client: str) -> None:
    id, word = f"live-{walk.random.randrange(4)}", walk.word(client)
    if id in now.have[client].contacts or id in now.have[client].gone:
        return  # it was closed: its id is taken
    suggestions = now.workspace.hear(
        client, id, [Turn("customer", f"How long does my {word} refund take?")], agent="Ana"
    )
    walk.crossed("live", client, suggestions)
    heard = now.have[client].live.setdefault(id, [])
    heard.append(word)
    transcript = now.workspace.live.find(client, id).transcript
    walk.crossed("live", client, transcript)
    walk.hold(
        "live",
        client,
        [word in turn.text for turn, word in zip(transcript.turns, heard, strict=True)]
        == [True] * len(heard),
    )


def _close(walk: Walk, now: Folder, client: str) -> None:
    if not now.have[client].live:
        return
    id = walk.random.choice([*now.have[client].live])
    walk.crossed("close", client, now.workspace.close(client, id, agent="Ana"))
    now.have[client].contacts[id] = now.have[client].live.pop(id)[0]


def _erase(walk: Walk, now: Folder, client: str) -> None:
    id = walk.random.choice([*now.have[client].contacts] or [""])
    if not id:
        return
    _erased(now, client, contact=id)
    del now.have[client].contacts[id]
    now.have[client].gone.add(id)
    now.erased.append((len(now.backups), client, id))


def _erase_client(walk: Walk, now: Folder, client: str) -> None:
    if walk.random.random() > 0.3:
        return
    _erased(now, client)
    now.have[client] = Have()
    now.erased.append((len(now.backups), client, ""))
    now.workspace = _opened(now.path)
    walk.hold("erase client", client, client not in now.workspace.clients())
    _make(now, client)


def _erased(now: Folder, client: str, contact: str = "") -> None:
    now.workspace._later.submit(int).result()  # what ended is scored in the background
    store = open_store(now.path)
    orders.erase(
        store,
        now.workspace.audit,
        now.path,
        client,
        contact=contact,
        whole_client=not contact,
        who="Ada",
        reason="asked",
    )
    store.close()


def _reopen(walk: Walk, now: Folder, client: str) -> None:
    now.workspace._later.submit(int).result()
    now.workspace = _opened(now.path)
    _look(walk, now, client)


def _reindex(walk: Walk, now: Folder, client: str) -> None:
    """The index files of one client are gone, or another's lie in their place; it is opened anew."""
    now.workspace._later.submit(int).result()
    own, other = now.workspace.own_folder(client), now.workspace.own_folder(walk.random.choice(CLIENTS))
    for path in [*own.rglob("*.index")]:
        path.unlink()
        foreign = next(other.rglob("*.index"), None)
        if foreign is not None and own != other:
            shutil.copy(foreign, path)
    now.workspace = _opened(now.path)
    _look(walk, now, client)


def _backup(walk: Walk, now: Folder, client: str) -> None:
    now.workspace._later.submit(int).result()
    made = make_backup(now.path, now.path.with_name("backups"))
    now.backups.append((made.path, deepcopy(now.have)))
    walk.hold("backup", client, made.files > 0)


def _restore(walk: Walk, now: Folder, client: str) -> None:
    if not now.backups:
        return
    now.workspace._later.submit(int).result()
    number = walk.random.randrange(len(now.backups))
    path, have = now.backups[number]
    now.restores += 1
    into = now.path.with_name(str(now.restores))
    restore_backup(path, into, erasures=now.path / ERASURES if (now.path / ERASURES).exists() else None)
    now.have = deepcopy(have)
    since = [(whose, contact) for backups, whose, contact in now.erased if backups > number]
    for whose, contact in since:
        now.have[whose].contacts.pop(contact, None)
        now.have[whose].live.pop(contact, None)  # it was going on when the backup was made
        now.have[whose].gone.add(contact)
    for whose in {whose for whose, contact in since if not contact}:
        now.have[whose] = Have()  # nothing is left of a client, not even what was refused
    now.path, now.workspace = into, _opened(into)
    for whose in CLIENTS:
        if whose not in now.workspace.clients():
            walk.hold("restore", whose, not now.have[whose].documents and not now.have[whose].contacts)
        _make(now, whose)
        _look(walk, now, whose)


def _look(walk: Walk, now: Folder, client: str) -> None:
    """Everything that the client has, and nothing else."""
    kb, have = now.workspace.knowledge_base(client), now.have[client]
    documents = {one.id: one for one in kb.documents(all_dates=True)}
    contacts = {one.id: one for one in now.workspace.transcripts(client)}
    walk.crossed(
        "look", client, [*documents.values(), *contacts.values(), *kb.store.find(kb.client, Evaluation)]
    )
    walk.hold("documents", client, set(documents) == set(have.documents))
    walk.hold(
        "documents",
        client,
        all(word in documents[id].text for id, word in have.documents.items() if id in documents),
    )
    walk.hold("contacts", client, set(contacts) == set(have.contacts))
    walk.hold(
        "contacts",
        client,
        all(word in contacts[id].turns[0].text for id, word in have.contacts.items() if id in contacts),
    )


_ACTS: dict[Callable[[Walk, Folder, str], None], int] = {
    _document: 4,
    _withdraw: 1,
    _search: 6,
    _contact: 4,
    _score: 4,
    _export: 1,
    _live: 4,
    _close: 1,
    _erase: 1,
    _erase_client: 1,
    _reopen: 1,
    _reindex: 1,
    _backup: 1,
    _restore: 1,
    _look: 1,
}
"""How often each is taken, in parts."""
