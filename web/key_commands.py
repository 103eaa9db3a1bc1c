"""Making, listing and revoking access keys from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from models.errors import InputError, NotFoundError
from storage import open_store
from storage.access import AccessKeys, Role
from storage.audit import AuditTrail
from storage.names import client_key

if TYPE_CHECKING:
    from web.terminal import Terminal


PROMPT = "command line"
"""Who acts at the prompt: whoever may use the data folder."""


def issue_key(
    folder: Path, terminal: Terminal, name: str, role: str, client: str, *, days: int | None
) -> None:
    """Make a key for a person or program and show it, once.

    Raises:
        NotFoundError: The client is not in the data folder.
        InputError: No name, an unknown role, or fewer than one day.
    """
    known = {client_key(one): one for one in open_store(folder).clients()}
    if client_key(client) not in known:
        raise NotFoundError(f"client {client}: is not in this data folder; ingest its documents first")
    client = known[client_key(client)]
    if days is not None and days < 1:
        raise InputError("access key: it must last at least one day")
    expires = datetime.now(UTC) + timedelta(days=days) if days is not None else None
    key = AccessKeys(folder).issue(name, cast("Role", role), client, expires=expires)
    AuditTrail(folder).note(
        client, who=PROMPT, action="key.issue", of=key.split("_")[1], after=f"{role}: {name}"
    )
    if terminal.as_json:
        terminal.json({"name": name, "role": role, "client": client, "key": key})
    else:
        terminal.say(key, style="bold")
        terminal.warn("This key is shown once. Paste it at /login, or send it as 'Authorization: Bearer …'.")


def list_keys(folder: Path, terminal: Terminal) -> None:
    """Every key by its prefix, with whose it is and whether it still opens the door."""
    keys = AccessKeys(folder).list()
    if terminal.as_json:
        terminal.json(keys)
        return
    now = datetime.now(UTC)
    for key in keys:
        person = key.principal
        state = "open" if key.opens(now) else "revoked" if key.revoked_at else "expired"
        terminal.say(f"{key.prefix}  {state:<8} {person.role:<6} {person.client}: {person.name}")
    if not keys:
        terminal.say("No keys yet: unscripted keys --issue NAME --role qa --client CLIENT")


def revoke_key(folder: Path, terminal: Terminal, prefix: str) -> None:
    """Close the door to a key and to every web session that came in with it.

    Raises:
        NotFoundError: There is no such key.
    """
    keys = AccessKeys(folder)
    keys.revoke(prefix)
    for key in keys.list():
        if key.prefix == prefix:
            AuditTrail(folder).note(key.principal.client, who=PROMPT, action="key.revoke", of=prefix)
    terminal.say(f"{prefix}: revoked")
