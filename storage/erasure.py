"""Erasing contacts and people from a client's file, with everything that was made of them.

`storage.subjects` says how each kind of record names them. What is about a contact goes with it; what only
names it among others, or names a person, stays without them. Other files of the client's folder follow
(`storage.leftovers`), and the file is written anew so that no page of it, and no log, holds what went.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError
from models.patterns import pattern
from storage import register_tables
from storage.subjects import KINDS, Names, changed, changed_anywhere, said, spelled

if TYPE_CHECKING:
    import apsw

    from storage.sqlite import SqliteStore

NO_NAMES = Names()
SCORES = frozenset(
    "Evaluation Review StatusChange Dispute DisputeStep RaterAnswers CoachingNote Calibration "
    "DrawnSample Claim".split()
)
"""Kinds that outlive their transcript when a client keeps scores for longer."""
_LEAST_CONTACTS = 5
"""A stock phrase that fewer contacts hold is none; `qa.mining` proposes from this number on."""
_WORD = pattern(r"[^\W_]+")


@dataclass(slots=True)
class Removed:
    """What an erasure took away."""

    records: Counter[str] = field(default_factory=Counter)
    """Records that are gone, by kind."""
    changed: Counter[str] = field(default_factory=Counter)
    """Records that stay and named it, by kind."""
    ids: set[str] = field(default_factory=set)
    """Ids that went: contacts, evaluations, disputes."""
    cards: set[str] = field(default_factory=set)
    """Cards that the contacts were shown."""


def contacts_of_person(store: SqliteStore, client: str, name: str) -> list[str]:
    """Contacts that a person had as an agent or as the customer; the customer by a reference."""
    wanted, hashed = spelled(name), store.hashed(client)
    with store.writing(client) as connection:
        rows = connection.execute(
            "SELECT contact FROM subjects WHERE subject = ?", (hashed("person", wanted),)
        ).fetchall()
        found = {str(contact): None for (contact,) in rows}
        for kind, path in (("Transcript", "id"), ("Evaluation", "transcript"), ("LiveContact", "id")):
            for body in _bodies(connection, kind):
                names = [*said(body, "agent"), *said(body, "turns[].participant"), *_references(body)]
                if any(spelled(one) == wanted for one in names):
                    found[str(body[path])] = None
    return list(found)


def erase_contacts(
    store: SqliteStore,
    client: str,
    contacts: Collection[str],
    *,
    at: datetime | None = None,
    keep: Collection[str] = (),
    despite_holds: bool = False,
) -> Removed:
    """Take contacts out of a client's file, in one transaction. The caller compacts the file afterwards.

    Args:
        store: Where.
        client: Whose.
        contacts: Ids.
        at: When it was asked for: they are then not taken in again. None: they may be (retention).
        keep: Kinds to leave as they are.
        despite_holds: Also what is held: when a restored backup forgets what was erased since.

    Raises:
        ConflictError: A contact is held; nothing is erased.
    """
    wanted = set(contacts)
    with store.writing(client) as connection:
        if not despite_holds:
            check_holds(connection, wanted)
        removed = erase_within(connection, wanted, keep=frozenset(keep))
        for contact in wanted:
            register_tables.refresh(connection, contact)
        if not keep:
            connection.executemany("DELETE FROM subjects WHERE contact = ?", [(one,) for one in wanted])
        if at is not None:
            hashed = store.hashed(client)
            connection.executemany(
                "INSERT OR IGNORE INTO erased VALUES (?, ?)",
                [(hashed("contact", one), at.astimezone(UTC).isoformat()) for one in wanted],
            )
    return removed


def rename_person(store: SqliteStore, client: str, name: str) -> Counter[str]:
    """Put a pseudonym where records that stay name a person. Returns how many, by kind."""
    wanted, hashed = spelled(name), store.hashed(client)
    pseudonym = f"erased-{hashed('person', wanted)[:10]}"

    def change(value: str) -> str:
        return pseudonym if spelled(value) == wanted else value

    found: Counter[str] = Counter()
    with store.writing(client) as connection:
        for kind in kinds(connection):
            names = KINDS.get(kind)
            found[kind] += _rewrite(connection, kind, partial(_renamed, names=names, change=change))
        for table in ("cases", "answers", "labels"):
            connection.execute(f"UPDATE {table} SET agent = ? WHERE agent = ?", (pseudonym, name))  # noqa: S608 - our own names
        connection.execute("UPDATE answers SET by = ? WHERE by = ?", (pseudonym, name))
    return +found


def contacts_known(store: SqliteStore, client: str) -> list[str]:
    """Every contact that some record is about."""
    found: dict[str, None] = {}
    with store.writing(client) as connection:
        for kind in kinds(connection):
            path = KINDS.get(kind, NO_NAMES).contact
            for body in _bodies(connection, kind) if path not in ("", "id") else ():
                found.update(dict.fromkeys(said(body, path)))
            if path == "id":
                rows = connection.execute("SELECT id FROM records WHERE kind = ?", (kind,))
                found.update(dict.fromkeys(str(id) for (id,) in rows))
    return list(found)


def contacts_of_subjects(store: SqliteStore, client: str, subjects: Collection[str]) -> list[str]:
    """Contacts of customers that are given by the keyed hashes of their references."""
    with store.writing(client) as connection:
        rows = connection.execute("SELECT subject, contact FROM subjects ORDER BY contact").fetchall()
    return [str(contact) for subject, contact in rows if subject in subjects]


def people_known(store: SqliteStore, client: str) -> list[str]:
    """Every person that some record names: by name, or a customer by their reference."""
    found: dict[str, None] = {}
    with store.writing(client) as connection:
        for kind in kinds(connection):
            paths = KINDS.get(kind, NO_NAMES).people
            for body in _bodies(connection, kind) if paths else ():
                for path in paths:
                    found.update(dict.fromkeys(said(body, path)))
                found.update(dict.fromkeys(_references(body)))
    return list(found)


def check_holds(connection: apsw.Connection, contacts: Iterable[str]) -> None:
    """Refuse what is held for a legal reason.

    Raises:
        ConflictError: A contact, or the whole client, is held; says by whom.
    """
    held = {str(contact): str(who) for contact, who in connection.execute("SELECT contact, who FROM holds")}
    for contact in ["", *contacts]:
        if contact in held:
            what = f"contact {contact}" if contact else "everything of this client"
            raise ConflictError(f"{what}: is held by {held[contact]}; release the hold first")


def erase_within(connection: apsw.Connection, contacts: set[str], *, keep: frozenset[str]) -> Removed:
    """Take contacts out, inside a transaction; kinds to keep are left as they are."""
    removed = Removed(ids=set(contacts))
    texts = _texts(connection, contacts)
    files = contacts | _source_files(connection, contacts)
    removed.cards = _cards(connection, contacts)
    evaluations = _ids_where(connection, "Evaluation", "transcript", contacts)
    disputes = _ids_where(connection, "Dispute", "evaluation", evaluations, within=contacts)
    if "Evaluation" not in keep:
        removed.ids |= evaluations | disputes
    for kind in kinds(connection):
        names = KINDS.get(kind, NO_NAMES)
        if kind in keep:
            continue
        if kind not in KINDS:
            gone = _ids_that_hold(connection, kind, contacts)
        else:
            named = files if kind == "DeadLetter" else contacts
            gone = _ids_where(connection, kind, names.contact, named)
            gone |= _ids_where(connection, kind, names.evaluation, evaluations, within=contacts)
            gone |= _ids_where(connection, kind, names.dispute, disputes)
        connection.executemany(
            "DELETE FROM records WHERE kind = ? AND id = ?", [(kind, id) for id in sorted(gone)]
        )
        removed.records[kind] += len(gone)
        if kind == "MinedPhrase":
            phrase = partial(_without_phrase, contacts=contacts, texts=texts)
            removed.changed[kind] += _rewrite(connection, kind, phrase)
        elif names.among:
            removed.changed[kind] += _rewrite(
                connection, kind, partial(_without, names=names, contacts=contacts)
            )
    removed.records, removed.changed = +removed.records, +removed.changed
    return removed


# -- finding --------------------------------------------------------------------------------


def kinds(connection: apsw.Connection) -> list[str]:
    """Kinds of which the file holds a record."""
    return [str(kind) for (kind,) in connection.execute("SELECT DISTINCT kind FROM records ORDER BY kind")]


def _bodies(connection: apsw.Connection, kind: str, ids: Collection[str] | None = None) -> Iterator[Any]:
    """Every revision's body of a kind."""
    query = "SELECT body FROM records JOIN revisions ON record = seq WHERE kind = ?"
    if ids is None:
        rows: Iterable[Any] = connection.execute(query, (kind,)).fetchall()
    else:
        rows = [row for id in ids for row in connection.execute(query + " AND id = ?", (kind, id))]
    for (body,) in rows:
        yield json.loads(body)


def _ids_where(
    connection: apsw.Connection,
    kind: str,
    path: str,
    wanted: Collection[str],
    *,
    within: Collection[str] = (),
) -> set[str]:
    """Records of a kind that name one of these at a path, in any revision.

    With `within`, also those that name `contact:…` of one of these: an evaluation that is gone already.
    """
    if not path or not (wanted or within):
        return set()
    if path == "id":
        query = "SELECT 1 FROM records WHERE kind = ? AND id = ?"
        return {id for id in wanted if connection.execute(query, (kind, id)).fetchone()}
    rows: list[Any] = connection.execute(
        "SELECT DISTINCT id, json_extract(body, ?) FROM records JOIN revisions ON record = seq "
        "WHERE kind = ?",
        (f"$.{path}", kind),
    ).fetchall()
    return {str(id) for id, named in rows if named in wanted or (within and _begins(str(named), within))}


def _begins(named: str, contacts: Collection[str]) -> bool:
    """Whether an evaluation's id, `contact:scorecard`, is one of these contacts'."""
    return any(named[: colon.start()] in contacts for colon in re.finditer(":", named))


def _ids_that_hold(connection: apsw.Connection, kind: str, wanted: Collection[str]) -> set[str]:
    """Records of an unknown kind that have one of these as a value, or are stored under it."""
    found = set()
    rows: list[Any] = connection.execute(
        "SELECT id, body FROM records JOIN revisions ON record = seq WHERE kind = ?", (kind,)
    ).fetchall()
    for id, body in rows:
        values = [str(id)]
        changed_anywhere(json.loads(body), values.append)
        if not set(wanted).isdisjoint(values):
            found.add(str(id))
    return found


def _references(body: Any) -> list[str]:
    """The customer, as a transcript's metadata gives them."""
    from storage.writing import SUBJECT_KEYS

    told = body.get("metadata")
    if not isinstance(told, dict):
        return []
    return [str(told[key]) for key in SUBJECT_KEYS if isinstance(told.get(key), (str, int))]


def _source_files(connection: apsw.Connection, contacts: Collection[str]) -> set[str]:
    """Files from which the contacts came: a dead letter may be kept under one."""
    told = [body.get("metadata") or {} for body in _bodies(connection, "Transcript", contacts)]
    return {str(one["file"]) for one in told if one.get("file")}


def _cards(connection: apsw.Connection, contacts: Collection[str]) -> set[str]:
    """Ids of the cards that the contacts were shown, by which other files name them."""
    found: set[str] = set()
    for body in _bodies(connection, "ShownCards", contacts):
        found.update(said(body, "cards[].suggestion"))
    for kind, path in (("LiveEvent", "cards[].id"), ("Feedback", "suggestion")):
        for body in _bodies(connection, kind):
            if body.get("contact") in contacts:
                found.update(said(body, path))
    return found


def _texts(connection: apsw.Connection, contacts: Collection[str]) -> list[str]:
    """The contacts' words, one text each, as stock phrases are looked for in them."""
    return [
        _plain(" ".join(said(body, "turns[].text")))
        for contact in contacts
        for body in list(_bodies(connection, "Transcript", [contact]))[-1:]
    ]


# -- changing -------------------------------------------------------------------------------


def _rewrite(connection: apsw.Connection, kind: str, change: Callable[[Any], Any]) -> int:
    """Change every revision of a kind in its place; a record whose change is None goes."""
    rows: list[Any] = connection.execute(
        "SELECT seq, id, records.revision, revisions.revision, body FROM records JOIN revisions "
        "ON record = seq WHERE kind = ? ORDER BY seq",
        (kind,),
    ).fetchall()
    touched = set()
    for seq, id, current, revision, body in rows:
        before = json.loads(body)
        after = change(before)
        if after == before:
            continue
        touched.add(seq)
        if after is None:
            connection.execute("DELETE FROM records WHERE seq = ?", (seq,))
            continue
        text = json.dumps(after, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(
            "UPDATE revisions SET body = ?, digest = ? WHERE record = ? AND revision = ?",
            (text, digest, seq, revision),
        )
        if revision == current and before.get("id") is None and re.fullmatch(r"[0-9a-f]{64}", id):
            # Stored under the digest of its content, which would tell whoever guesses the name.
            connection.execute("UPDATE OR REPLACE records SET id = ? WHERE seq = ?", (digest, seq))
    return len(touched)


def _without(body: Any, names: Names, contacts: Collection[str]) -> Any:
    for path in names.among:
        body = changed(body, path, lambda value: None if value in contacts else value)
    return body


def _without_phrase(body: Any, contacts: Collection[str], texts: Collection[str]) -> Any:
    """A stock phrase without these contacts; None when too few are left to call it one.

    Only the first examples are kept by address, so its words are looked for in what goes, too.
    """
    after = _without(body, KINDS["MinedPhrase"], contacts)
    parts = [_plain(part) for part in str(body.get("template", "")).split("{}")]
    longest = max(parts, key=len, default="")
    dropped = len({one["transcript"] for one in body.get("examples", ()) if one["transcript"] in contacts})
    fewer = max(dropped, sum(bool(longest) and longest in text for text in texts))
    if not fewer:
        return after
    left = max(0, int(body.get("contacts", 0)) - fewer)
    # An approved phrase is the client's own line by a named person's decision, no longer what was mined.
    return None if left < _LEAST_CONTACTS and body.get("state") == "proposed" else {**after, "contacts": left}


def _renamed(body: Any, names: Names | None, change: Callable[[str], str]) -> Any:
    if names is None:
        return changed_anywhere(body, change)
    for path in names.people:
        body = changed(body, path, change)
    return body


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
