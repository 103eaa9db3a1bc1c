"""How long a client's records are kept, by kind, and taking away what has had its time.

Days count from when a record was first stored. The client's file says how long (`client.yaml: retention`),
these defaults hold where it does not, and a limit of whoever runs the software cuts both short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.errors import InputError
from models.records import ClientProfile
from storage import erasure, leftovers, register_tables

if TYPE_CHECKING:
    import apsw

    from storage.audit import AuditTrail
    from storage.sqlite import SqliteStore

DEFAULT_DAYS: Mapping[str, int] = {
    "transcripts": 90,
    "scores": 365,
    "feedback": 30,
    "dead_letters": 14,
    "deliveries": 14,
    "panel": 30,
    "exports": 7,
    "audit": 400,
}
"""Shaped by law in the EU; to be checked by counsel for each country."""
_ALONE: Mapping[str, tuple[str, ...]] = {
    "feedback": ("Feedback",),
    "dead_letters": ("DeadLetter",),
    "deliveries": ("Outgoing", "Done"),
}
"""Kinds that go by their own age."""
WHO = "schedule"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a run took away from one client."""

    client: str
    days: Mapping[str, int]
    gone: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Records, rows and files that went, by kind of record."""
    held: int = 0
    """Contacts that would have gone and are held."""


def days_of(store: SqliteStore, client: str, limits: Mapping[str, int] | None = None) -> dict[str, int]:
    """Days by kind of record: the client's, else the default, and never more than the limit.

    Raises:
        InputError: A limit for a kind that there is not, or below 0.
    """
    for name, days in (limits or {}).items():
        if name not in DEFAULT_DAYS or days < 0:
            raise InputError(
                f"retention: {name}: {days}; name one of {', '.join(DEFAULT_DAYS)}, 0 days or more"
            )
    profiles = store.find(client, ClientProfile)
    own = profiles[-1].retention if profiles else {}
    found = {name: int(own.get(name, days)) for name, days in DEFAULT_DAYS.items()}
    return {name: min(days, (limits or {}).get(name, days)) for name, days in found.items()}


def own_ages() -> dict[str, str]:
    """Kinds of record that go by their own age, and the name of their days."""
    return {kind: name for name, kinds in _ALONE.items() for kind in kinds}


def run(
    store: SqliteStore,
    audit: AuditTrail,
    client: str,
    *,
    limits: Mapping[str, int] | None = None,
    now: datetime | None = None,
    compact: bool = True,
) -> Kept:
    """Take away what has had its time.

    Args:
        store: Where.
        audit: Notes what went, and loses its own oldest events.
        client: Whose.
        limits: Most days by kind, whatever the client says.
        now: The time that ages are counted to; None: the clock's.
        compact: Also write the file anew, so that no page holds what went; costs time by its size.
    """
    now = now or datetime.now(UTC)
    days = days_of(store, client, limits)
    before = {name: now - timedelta(days=count) for name, count in days.items()}
    gone, held = _records(store, client, before)
    if gone and compact:
        store.compact(client)
    gone["exports"] = leftovers.drop_exports(store.folder(client), before_s=before["exports"].timestamp())
    gone["panel"] = _panel(store, client, before["panel"])
    gone["audit"] = audit.cut(client, before["audit"])
    gone = +gone
    if gone:
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(gone.items()))
        audit.note(client, who=WHO, action="retention.run", of=client, after=said)
    return Kept(client, days, dict(gone), held)


def _records(store: SqliteStore, client: str, before: Mapping[str, datetime]) -> tuple[Counter[str], int]:
    gone: Counter[str] = Counter()
    with store.writing(client) as connection:
        held = {str(contact) for (contact,) in connection.execute("SELECT contact FROM holds")}
        if "" in held:
            return gone, len(held)
        old = _older(connection, "Transcript", before["transcripts"])
        old |= _older(connection, "LiveContact", before["transcripts"])
        scored = _scored(connection, before["scores"]) - held
        for kind in (kind for kinds in _ALONE.values() for kind in kinds):
            name = next(one for one, kinds in _ALONE.items() if kind in kinds)
            gone[kind] += _drop(connection, kind, _older(connection, kind, before[name]))
    kept = len(old & held)
    # What outlives its transcript stays by its own age; what does not goes with it.
    gone += erasure.erase_contacts(store, client, old - held, keep=erasure.SCORES).records
    gone += _drop_scores(store, client, scored, before["scores"])
    return +gone, kept


def _scored(connection: apsw.Connection, before: datetime) -> set[str]:
    """Contacts all of whose evaluations have had their time."""
    rows: list[Any] = connection.execute(
        "SELECT json_extract(body, '$.transcript'), min(stored_at) FROM records JOIN revisions "
        "ON record = seq WHERE kind = 'Evaluation' GROUP BY seq"
    ).fetchall()
    old: set[str] = set()
    young: set[str] = set()
    for contact, first in rows:
        (old if str(first) < _text(before) else young).add(str(contact))
    return old - young


def _drop_scores(store: SqliteStore, client: str, contacts: set[str], before: datetime) -> Counter[str]:
    """The evaluations of these contacts with all that people said of them; and what is old by itself."""
    gone: Counter[str] = Counter()
    with store.writing(client) as connection:
        others = [kind for kind in erasure.kinds(connection) if kind not in erasure.SCORES]
        if contacts:
            gone += erasure.erase_within(connection, contacts, keep=frozenset(others)).records
        for kind in sorted(erasure.SCORES - {"Evaluation"}):
            gone[kind] += _drop(connection, kind, _older(connection, kind, before))
        for contact in contacts:
            register_tables.refresh(connection, contact)
        connection.execute(
            "DELETE FROM subjects WHERE contact NOT IN (SELECT contact FROM cases) "
            "AND contact NOT IN (SELECT id FROM records WHERE kind = 'Transcript')"
        )
    return gone


def _older(connection: apsw.Connection, kind: str, before: datetime) -> set[str]:
    rows = connection.execute(
        "SELECT id FROM records JOIN revisions ON record = seq WHERE kind = ? "
        "GROUP BY seq HAVING min(stored_at) < ?",
        (kind, _text(before)),
    )
    return {str(id) for (id,) in rows}


def _drop(connection: apsw.Connection, kind: str, ids: set[str]) -> int:
    connection.executemany(
        "DELETE FROM records WHERE kind = ? AND id = ?", [(kind, id) for id in sorted(ids)]
    )
    return len(ids)


def _panel(store: SqliteStore, client: str, before: datetime) -> int:
    """What was done with cards: unlinked after a day, gone after its days."""
    from storage.panel_use import FILE, PanelUse

    if not (store.folder(client) / FILE).exists():
        return 0
    panel = PanelUse(store.root)
    try:
        return panel.purge(client) + leftovers.drop_rows(
            store.folder(client) / FILE, "cards", _second(before)
        )
    finally:
        panel.close()


def _text(moment: datetime) -> str:
    """As `stored_at` is written."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _second(moment: datetime) -> str:
    """As the panel's file writes its times."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
