"""Wrap-ups of contacts that have ended: read, and changed by whoever had the contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from copilot.dispositions import dispositions_of
from copilot.wrap_up import edit
from models.errors import NotFoundError
from models.records import Transcript, WrapUp, WrapUpLine

if TYPE_CHECKING:
    from web.workspace import Workspace


def read(workspace: Workspace, client: str, contact: str, *, agent: str = "") -> WrapUp:
    """The wrap-up of a contact, as it stands.

    Args:
        workspace: The data folder.
        client: Whose.
        contact: Id of the contact.
        agent: Only that agent's own.

    Raises:
        NotFoundError: The contact has not ended, or is not that agent's: the same words for both.
    """
    kb = workspace.knowledge_base(client)
    missing = NotFoundError("wrap-up: no such contact that has ended")
    try:
        transcript = kb.store.get(kb.client, Transcript, contact)
        found = kb.store.get(kb.client, WrapUp, contact)
    except NotFoundError:
        raise missing from None
    if agent and transcript.agent != agent:
        raise missing
    return found


def change(
    workspace: Workspace,
    client: str,
    contact: str,
    *,
    who: str,
    agent: str = "",
    lines: Sequence[WrapUpLine] | None = None,
    disposition: str | None = None,
    drafted: str | None = None,
) -> WrapUp:
    """The wrap-up as a person changed it; None leaves a part as it is. A new revision is stored.

    Raises:
        NotFoundError: As `read`.
        InputError: See `copilot.wrap_up.edit`.
        ConflictError: Somebody changed it meanwhile.
    """
    kb = workspace.knowledge_base(client)
    before = read(workspace, client, contact, agent=agent)
    after = edit(
        before,
        who=who,
        lines=lines,
        disposition=disposition,
        drafted=drafted,
        dispositions=dispositions_of(kb.profile),
    )
    kb.store.put(kb.client, after, expected=before)
    return read(workspace, client, contact)
