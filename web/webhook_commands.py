"""`unscripted webhooks`: the addresses that are told what happened. Set on the server's machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.codec import to_plain
from models.errors import InputError, NotFoundError
from storage import open_store
from storage.names import client_key
from web import webhooks
from web.delivery import try_target

if TYPE_CHECKING:
    from web.terminal import Terminal


def add(folder: Path, terminal: Terminal, client: str, url: str, *, events: list[str], private: bool) -> None:
    """Set an address for a client and show the secret that signs its messages, once.

    Raises:
        NotFoundError: The client is not in the data folder.
        InputError: The address or an event is not usable.
    """
    known = {client_key(one): one for one in open_store(folder).clients()}
    if client_key(client) not in known:
        raise NotFoundError(f"client {client}: is not in this data folder; ingest its documents first")
    target, secret = webhooks.add_target(
        folder, known[client_key(client)], url, events=events, private=private
    )
    if terminal.as_json:
        terminal.json({"id": target.id, "client": target.client, "url": target.url, "secret": secret})
    else:
        terminal.say(f"{target.id}  {secret}", style="bold")
        terminal.warn("The secret is shown once. Messages are signed with it; see docs/how-to/webhooks.md.")


def show(folder: Path, terminal: Terminal) -> None:
    """Every address, with how many messages wait for it and how many were given up."""
    store = open_store(folder)
    known = webhooks.targets(folder)
    listed = []
    for target in known:
        messages = [one for one in store.find(target.client, webhooks.Outgoing) if one.target == target.id]
        dead = sum(one.dead for one in messages)
        last = next((one.last for one in reversed(messages) if one.last), "")
        listed.append({**to_plain(target), "waiting": len(messages) - dead, "given_up": dead, "last": last})
        if terminal.as_json:
            continue
        trouble = f"; last answer {last}" if last else ""
        terminal.say(
            f"{target.id}  {target.client}: {target.url} ({', '.join(target.events) or 'all events'})"
        )
        terminal.say(f"  {len(messages) - dead} waiting, {dead} given up{trouble}")
    if terminal.as_json:
        terminal.json(listed)
    elif not known:
        terminal.say("No webhooks yet: unscripted webhooks add URL --client CLIENT")


def remove(folder: Path, terminal: Terminal, id: str) -> None:
    """Forget an address, and what was on its way to it.

    Raises:
        NotFoundError: There is no such target.
    """
    target = _found(folder, id)
    webhooks.remove_target(folder, id)
    webhooks.drop_orphans(open_store(folder), folder, target.client)
    terminal.say(f"{id}: removed")


def test(folder: Path, terminal: Terminal, id: str) -> bool:
    """Send a test message now; True when the target took it.

    Raises:
        NotFoundError: There is no such target.
    """
    target = _found(folder, id)
    try:
        status = try_target(folder, target)
    except InputError as problem:
        terminal.warn(str(problem))
        return False
    except OSError as problem:
        terminal.warn(f"{id}: could not be reached ({problem})")
        return False
    took = 200 <= status < 300  # noqa: PLR2004 - HTTP
    terminal.say(f"{id}: answered {status}", style="green" if took else "red")
    return took


def _found(folder: Path, id: str) -> webhooks.Target:
    for target in webhooks.targets(folder):
        if target.id == id:
            return target
    raise NotFoundError(f"webhook {id}: no such target; list them to see their ids")
