"""What the store remembers of a live contact, read and erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from models.errors import NotFoundError
from models.records.events import LiveContact, LiveEvent, event_id

if TYPE_CHECKING:
    from models.ports import Store

Record = TypeVar("Record")


def kept(store: Store, client: str, kind: type[Record], id: str) -> Record | None:
    """A record; None when there is none."""
    try:
        return store.get(client, kind, id)
    except NotFoundError:
        return None


def events_of(store: Store, client: str, contact: str) -> list[LiveEvent]:
    """What happened in a contact, in order. Read one by one: others' events are not looked at."""
    events: list[LiveEvent] = []
    while (event := kept(store, client, LiveEvent, event_id(contact, len(events)))) is not None:
        events.append(event)
    return events


def erase_events(store: Store, client: str, contact: str, count: int) -> None:
    """Erase a contact that has ended: its `count` events in one step, then its own record."""
    store.delete_all(client, LiveEvent, [event_id(contact, number) for number in range(count)])
    store.delete(client, LiveContact, contact)
