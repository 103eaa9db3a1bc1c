"""The queue: which contacts fit what a reviewer looks for, and the pane that lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.errors import InputError
from models.records.cases import COUNTED, WAITING, Wanted
from qa.queues import RISKIEST
from qa.reports import Period
from web.reader import Answer, Reader, number_in, words_in
from web.render import age, drawn
from web.texts import label_of
from web.veil import veil_of

if TYPE_CHECKING:
    from models.ports import Store
    from qa.queues import QueueItem
    from web.render import Words

PAGE = 50
_MOST_OPTIONS = 200
_MOST_FOUND = 5_000
_GRAVE_FROM = 25
_LONGEST = 300
_AUTO_FAIL = "auto-fail: "
_STATES: Mapping[str, Wanted] = {
    "waiting": WAITING,
    "draft": "draft",
    "unscored": "unscored",
    "disputed": "disputed",
    "done": COUNTED,
    "all": None,
}
COLUMNS = ("agent", "site", "reason", "channel", "language", "week")
"""Columns of `Case` that a reviewer, or a point of a dashboard, may ask for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the queue as it is shown."""

    item: QueueItem
    age: str
    waits: bool

    @property
    def why(self) -> str:
        """The reason, with the names of criteria as words: people wrote them, and read them here."""
        parts = self.item.why.split("; ")
        return "; ".join(
            _AUTO_FAIL + one.removeprefix(_AUTO_FAIL).replace("-", " ") if one.startswith(_AUTO_FAIL) else one
            for one in parts
        )

    @property
    def is_grave(self) -> bool:
        """One to look at first."""
        return self.waits and self.item.risk >= _GRAVE_FROM


def queue_answer(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """A page of the queue as HTML, with totals; the choices of the filters when `facets` is asked for."""
    words = reader.words("review")
    offset = number_in(said, "offset", low=0, high=10_000_000, otherwise=0)
    store, client = reader.kb.store, reader.kb.client
    where, veil = condition(store, client, said), veil_of(reader.workspace, client)
    veil.refuse(words_in(said, "agent", most=_LONGEST))
    items = [veil.over(one) for one in reader.workspace.queue(client, where, limit=PAGE, offset=offset)]
    cases = store.cases(client, where, order=RISKIEST, limit=PAGE, offset=offset)
    now = datetime.now(UTC)
    started = {(case.contact, case.evaluation): case.started_at for case in cases}
    entries = [
        Entry(item, age(started.get((item.contact, item.evaluation)), now, words), item.status in WAITING)
        for item in items
    ]
    total = store.tally(client, "cases", where=where)[0].count
    narrowed = any(name not in ("facets", "offset", "status") and value for name, value in said.items())
    found: Answer = {
        "html": queue_html(
            entries, words=words, total=total, offset=offset, me=reader.name, narrowed=narrowed
        ),
        "total": total,
        "waiting": store.tally(client, "cases", where={"waiting": True})[0].count,
    }
    if said.get("facets"):
        found["facets"] = facets(store, client, words) | ({"agent": []} if veil.on else {})
    return found


def queue_html(
    entries: Sequence[Entry],
    *,
    words: Words | None = None,
    total: int = 0,
    offset: int = 0,
    me: str = "",
    narrowed: bool = False,
) -> str:
    """The queue as a list; in the order given, which is riskiest first.

    No score is shown: a reviewer sees the evidence before the number.
    """
    return drawn(
        "queue",
        words,
        entries=entries,
        total=max(total, len(entries)),
        offset=offset,
        page=PAGE,
        me=me,
        narrowed=narrowed,
    )


def condition(store: Store, client: str, said: Mapping[str, Any]) -> dict[str, Wanted]:
    """What a reviewer looks for, as a condition on the register.

    Raises:
        InputError: No such state, no such day, or a text that is none.
    """
    where: dict[str, Wanted] = {}
    status = words_in(said, "status", most=_LONGEST) or "waiting"
    if status not in _STATES:
        raise InputError(f"status: is one of {', '.join(_STATES)}")
    if _STATES[status] is not None:
        where["status"] = _STATES[status]
    for name in COLUMNS:
        value = words_in(said, name, most=_LONGEST)
        if value:
            where[name] = value
    where |= Period(words_in(said, "first", most=10), words_in(said, "last", most=10)).condition
    wanted: set[str] | None = None
    label = words_in(said, "label", most=_LONGEST)
    if label:
        wanted = _contacts(store, client, "labels", {"label": label})
    criterion = words_in(said, "criterion", most=_LONGEST)
    if criterion:
        failing = {"criterion": criterion, "outcome": words_in(said, "outcome", most=20) or "NOT_MET"}
        wanted = _both(wanted, _contacts(store, client, "answers", failing))
    search = words_in(said, "search", most=_LONGEST).casefold()
    if search:
        every = _contacts(store, client, "cases", {})
        wanted = _both(wanted, {id for id in every if all(part in id.casefold() for part in search.split())})
    if wanted is not None:
        where["contact"] = tuple(sorted(wanted)[:_MOST_FOUND])
    return where


def facets(store: Store, client: str, words: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """What may be chosen in each filter: value and words, by name."""
    found: dict[str, list[list[str]]] = {}
    for name in ("agent", "site", "reason", "channel"):
        values = sorted({str(one.key[0]) for one in store.tally(client, "cases", [name])} - {"", "None"})
        found[name] = [[value, value] for value in values[:_MOST_OPTIONS]]
    labels = {str(one.key[0]) for one in store.tally(client, "labels", ["label"])}
    named = [[label, label_of(words, label)] for label in labels]
    found["label"] = sorted(named, key=lambda pair: pair[1].casefold())
    return found


def _contacts(store: Store, client: str, table: str, where: Mapping[str, Wanted]) -> set[str]:
    return {str(one.key[0]) for one in store.tally(client, table, ["contact"], where=where)}


def _both(one: set[str] | None, other: set[str]) -> set[str]:
    return other if one is None else one & other
