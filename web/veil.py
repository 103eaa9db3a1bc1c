"""Works-council mode and sampling mode, where people and programs meet records.

In works-council mode whoever reviews sees an agent as a pseudonym. The agent sees their own scores by name,
and so does whoever talks with them about one: a dispute and a coaching sheet are about a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from knowledge_base.protection import DROPPED_AFTER, Protection, protection_of
from models.errors import InputError
from models.records import ClientProfile, Evaluation, Transcript
from storage.names import client_key
from storage.own_keys import keyed_hash, own_key
from storage.subjects import spelled

if TYPE_CHECKING:
    from pathlib import Path

    from qa.queues import QueueItem
    from storage.sqlite import SqliteStore
    from web.workspace import Workspace

    Shown = TypeVar("Shown", Transcript, Evaluation, QueueItem)

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Veil:
    """How the agents of one client are shown."""

    protection: Protection
    client: str
    key: bytes

    @property
    def on(self) -> bool:
        """Whether agents are pseudonyms."""
        return self.protection.works_council

    def name(self, agent: str) -> str:
        """An agent's name as reviewers see it: the same pseudonym each time, in this data folder alone."""
        if not self.on or not agent:
            return agent
        return f"agent-{keyed_hash(self.key, 'agent', client_key(self.client), spelled(agent))[:_DIGITS]}"

    def over(self, record: Shown) -> Shown:
        """A record with its agents as reviewers see them. Names that were spoken are words, and stay."""
        if not self.on:
            return record
        if isinstance(record, Transcript):
            turns = tuple(
                replace(turn, participant=self.name(turn.participant))
                if turn.speaker == "agent" and turn.participant
                else turn
                for turn in record.turns
            )
            return replace(record, agent=self.name(record.agent), turns=turns)
        return replace(record, agent=self.name(record.agent))

    def refuse(self, agent: str) -> None:
        """Refuse what is asked of one agent.

        Raises:
            InputError: Agents are pseudonyms, and one was named.
        """
        if self.on and agent:
            raise InputError("agent: this client works in works-council mode; ask for the team")


def veil_of(workspace: Workspace, client: str) -> Veil:
    """How the agents of a client are shown. Raises as `knowledge_base.protection.protection_of`."""
    kb = workspace.knowledge_base(client)
    return Veil(protection_of(kb.profile), kb.client, own_key(workspace.folder, "pseudonyms"))


def in_sample(workspace: Workspace, client: str, contact: str) -> bool:
    """Whether a contact that has ended is read and scored by itself; a person may always score one."""
    kb = workspace.knowledge_base(client)
    return is_drawn(workspace.folder, protection_of(kb.profile), kb.client, contact)


def is_drawn(folder: Path, protection: Protection, client: str, contact: str) -> bool:
    """Whether a contact is in the sample that is read and scored."""
    if protection.sample >= 1.0:
        return True
    return protection.draws(keyed_hash(own_key(folder, "sampling"), client_key(client), contact))


def drop_others(store: SqliteStore, client: str, *, now: datetime | None = None) -> int:
    """Take away what is outside the sample and a day old, where the client does not keep it.

    What a person has scored or what is held stays.

    Returns:
        How many contacts went.
    """
    from storage.erasure import erase_contacts

    profiles = store.find(client, ClientProfile)
    protection = protection_of(profiles[-1]) if profiles else Protection()
    if protection.others != "drop" or protection.sample >= 1.0:
        return 0
    before = (now or datetime.now(UTC)) - DROPPED_AFTER
    gone = []
    for case in store.cases(client, {"status": "unscored"}):
        if is_drawn(store.root, protection, client, case.contact):
            continue
        stored = store.history(client, Transcript, case.contact)
        if stored and stored[0][0] < before:
            gone.append(case.contact)
    with store.writing(client) as connection:
        held = {str(contact) for (contact,) in connection.execute("SELECT contact FROM holds")}
    gone = [] if "" in held else [contact for contact in gone if contact not in held]
    if gone:
        erase_contacts(store, client, gone)
    return len(gone)
