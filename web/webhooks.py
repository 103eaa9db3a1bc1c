"""Signed webhooks: what happened, told to addresses that the deployer's admin has set.

A message holds ids, never words. It is written to the client's own file in the same transaction as what
it tells of, so a kill loses neither (`outgoing`), and sent from there by `web.delivery`. Signed as
Standard Webhooks 1.0 says: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from copilot.cards import is_nothing_here
from models.errors import ConfigError, InputError, NotFoundError
from storage.names import client_key
from storage.opening import flush_folder
from storage.own_keys import own_key

if TYPE_CHECKING:
    from models.ports import Store
    from models.records import Evaluation
    from web.live_contacts import LiveView
    from web.workspace import Workspace

EventType = Literal[
    "contact.ended",
    "evaluation.draft",
    "evaluation.confirmed",
    "evaluation.acknowledged",
    "dispute.opened",
    "dispute.settled",
    "card.missing",
    "webhook.test",
]
FILE = "webhooks.json"
_MOST_SEEN = 5_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that wants to hear of events of one client."""

    id: str
    """Letters alone, so that nothing takes it for a number to mask."""
    client: str
    url: str
    events: tuple[EventType, ...]
    """Empty: all of them."""
    private: bool = False
    """The address may be one of a private network."""

    def wants(self, type: EventType) -> bool:
        """Whether it is told of this kind of event."""
        return not self.events or type in self.events or type == "webhook.test"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to one target. Kept in the client's file until it has arrived."""

    id: str
    """`webhook-id`: the same at every attempt."""
    target: str
    type: EventType
    at: datetime
    """When it happened."""
    contact: str = ""
    evaluation: str = ""
    dispute: str = ""
    suggestion: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    """When to try again; None: at once."""
    dead: bool = False
    """Given up."""
    last: str = ""
    """What came of the last attempt: a status, or the kind of failure."""

    def body(self) -> str:
        """What is sent: JSON with ids alone."""
        data = {
            name: getattr(self, name)
            for name in ("contact", "evaluation", "dispute", "suggestion")
            if getattr(self, name)
        }
        whole = {"type": self.type, "timestamp": self.at.astimezone(UTC).isoformat(), "data": data}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def outgoing(
    folder: Path,
    client: str,
    type: EventType,
    *,
    at: datetime | None = None,
    contact: str = "",
    evaluation: str = "",
    dispute: str = "",
    suggestion: str = "",
) -> list[Outgoing]:
    """Records to store together with what they tell of; none when nobody wants to hear of it.

    Args:
        folder: The data folder.
        client: Whose event.
        type: What happened.
        at: When; None: now.
        contact: Id of what it is about, likewise the others.
        evaluation: See `contact`.
        dispute: See `contact`.
        suggestion: See `contact`.
    """
    when = at or datetime.now(UTC)
    return [
        Outgoing(
            f"msg_{secrets.token_hex(12)}",
            target.id,
            type,
            when,
            contact=contact,
            evaluation=evaluation,
            dispute=dispute,
            suggestion=suggestion,
        )
        for target in targets(folder, client)
        if target.wants(type)
    ]


def told(workspace: Workspace, type: EventType, evaluation: Evaluation, dispute: str = "") -> list[Outgoing]:
    """`outgoing` for what happened to an evaluation."""
    contact, client = evaluation.transcript, evaluation.client
    return outgoing(
        workspace.folder, client, type, contact=contact, evaluation=evaluation.id, dispute=dispute
    )


def missing_cards(workspace: Workspace) -> Callable[[LiveView], None]:
    """A listener of live contacts: tells once of each card that says nothing here answers."""
    seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    def listen(view: LiveView) -> None:
        client, contact = view.transcript.client, view.transcript.id
        for card in view.suggestions:
            if not is_nothing_here(card) or (contact, card.id) in seen:
                continue
            seen[contact, card.id] = None
            while len(seen) > _MOST_SEEN:
                seen.popitem(last=False)
            made = outgoing(workspace.folder, client, "card.missing", contact=contact, suggestion=card.id)
            if made:
                workspace.knowledge_base(client).store.put_all(client, made)

    return listen


# -- targets: settings of the deployer, beside the clients' files ------------------------------


def targets(folder: Path, client: str | None = None) -> list[Target]:
    """The targets of a client, or of all; oldest first.

    Raises:
        ConfigError: The file cannot be read.
    """
    known = _read(folder)
    wanted = None if client is None else client_key(client)
    return [one for one in known if wanted is None or client_key(one.client) == wanted]


def add_target(
    folder: Path, client: str, url: str, *, events: Sequence[str] = (), private: bool = False
) -> tuple[Target, str]:
    """Set an address. The secret that signs its messages is returned; `secret_of` makes it again.

    Raises:
        InputError: The address or an event is not usable.
    """
    from web.addresses import check_url

    check_url(url, private=private)
    unknown = sorted(set(events) - set(get_args(EventType)))
    if unknown:
        raise InputError(f"webhook: unknown event {unknown[0]}; known are {', '.join(get_args(EventType))}")
    id = "wh_" + "".join(secrets.choice(_LETTERS) for _ in range(16))
    target = Target(id, client, url, cast("tuple[EventType, ...]", tuple(events)), private)
    _change(folder, lambda known: [*known, target])
    return target, secret_of(folder, target)


def remove_target(folder: Path, id: str) -> None:
    """Forget an address; what was on its way to it is dropped.

    Raises:
        NotFoundError: There is no such target.
    """
    if not any(one.id == id for one in _read(folder)):
        raise NotFoundError(f"webhook {id}: no such target; list them to see their ids")
    _change(folder, lambda known: [one for one in known if one.id != id])


def secret_of(folder: Path, target: Target) -> str:
    """The secret of a target, as `whsec_…`; derived from the data folder's own key and kept nowhere."""
    key = hmac.digest(own_key(folder, "webhooks"), target.id.encode(), hashlib.sha256)
    return "whsec_" + base64.b64encode(key).decode()


def signature(secret: str, id: str, timestamp: int, body: str) -> str:
    """`webhook-signature` of a message, as Standard Webhooks 1.0 says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, f"{id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return "v1," + base64.b64encode(made).decode()


def drop_orphans(store: Store, folder: Path, client: str) -> None:
    """Erase messages whose target is gone."""
    known = {one.id for one in targets(folder, client)}
    for message in store.find(client, Outgoing):
        if message.target not in known:
            store.delete(client, Outgoing, message.id)


_SEEN: dict[Path, tuple[int, int, list[Target]]] = {}


def _read(folder: Path) -> list[Target]:
    """The file, read again only when it has changed: every event asks."""
    path = folder / FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return []
    known = _SEEN.get(path)
    if known is not None and known[:2] == (found.st_mtime_ns, found.st_ino):
        return known[2]
    try:
        entries = json.loads(path.read_text("utf-8"))
        made = [Target(**{**entry, "events": tuple(entry["events"])}) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise ConfigError(f"{path}: cannot be read; restore it from a backup") from problem
    _SEEN[path] = (found.st_mtime_ns, found.st_ino, made)
    return made


def _change(folder: Path, change: Callable[[list[Target]], list[Target]]) -> None:
    from filelock import FileLock

    with FileLock(folder / "webhooks.lock"):
        fresh = change(_read(folder))
        temporary = folder / f"{FILE}.{secrets.token_hex(4)}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump([asdict(one) for one in fresh], file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / FILE)
        flush_folder(folder)
