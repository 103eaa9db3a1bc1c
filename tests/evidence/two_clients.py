"""Two clients with everything that a client can have, and a credential for every kind of person.

Whatever belongs to one of them holds its canary, a word that is nowhere else; ids hold none, since a
caller may be told the id that they asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowledge_base import publishing
from models.encoders import HashingEncoder
from models.records import Document, Transcript, Turn
from qa import Scorecard
from storage.access import AccessKeys
from storage.people import People
from web import dispute_desk, reporting, standards
from web.limits import Limits
from web.workspace import Workspace

CANARIES = {"Acme": "quokkaroo", "Beta": "narwhalim"}
RATES = Limits(per_key_per_s=1e6, per_client_per_s=1e6)
PASSWORD = "seven quiet walnut boats"
CARD = """
name: short
version: 1
title: Short {canary}
sections:
  - ref: s
    title: Manner
    criteria:
      - ref: rude
        question: Was the agent polite about the {canary}?
        check: {{found: [tone.rude], at_most: 0}}
        weight: 10
"""


@dataclass(frozen=True, slots=True)
class TwoClients:
    """The data folder, its people's keys by what they are, and ids that exist at Acme alone."""

    workspace: Workspace
    keys: dict[str, str]
    ids: dict[str, str]


def two_clients(folder: Path) -> TwoClients:
    """Make both, in an empty folder."""
    workspace = Workspace(folder, encoder=HashingEncoder())
    ids: dict[str, str] = {}
    for client in CANARIES:
        ids = _fill(workspace, client, ids)
    return TwoClients(workspace, _keys(workspace.folder), ids)


def _keys(folder: Path) -> dict[str, str]:
    made = AccessKeys(folder)
    keys = {
        f"{role} of {client}": made.issue("Ana" if role == "agent" else "Lea", role, client)
        for role in ("agent", "qa", "admin", "feed")
        for client in CANARIES
    }
    keys["colleague"] = made.issue("Bob", "agent", "Acme")
    past = datetime.now(UTC) - timedelta(seconds=1)
    keys["expired"] = made.issue("Ana", "admin", "Acme", expires=past)
    keys["of no client"] = made.issue("Ana", "admin", "Gamma")
    keys["revoked"] = made.issue("Ana", "admin", "Acme")
    made.revoke(keys["revoked"].split("_")[1])
    keys["to be revoked"] = made.issue("Max", "admin", "Beta")
    return keys


def _fill(workspace: Workspace, client: str, acme: dict[str, str]) -> dict[str, str]:
    """All that a client can have. Returns Acme's ids."""
    canary, short = CANARIES[client], client.lower()
    kb = workspace.knowledge_base(client, create=True)
    text = f"# How long does a {canary} refund take?\n\nA refund takes ten working days. The {canary} desk pays it.\n"
    kb.add(
        [
            Document(id="policies/refunds", title=f"Refunds {canary}", kind="faq", text=text),
            Document(id=f"policies/only-{short}", title=f"Own {canary}", kind="policy", text=text),
            Document(
                id=f"disclosures/only-{short}",
                title="Notice",
                kind="disclosure",
                text=f"The {canary} line is recorded for training.",
                verbatim=True,
            ),
        ]
    )
    workspace.add_scorecard(client, Scorecard.parse(CARD.format(canary=canary)))
    turns = (
        Turn("customer", f"My {canary} is broken."),
        Turn("agent", f"I am sorry to hear that. I will send a new {canary} today."),
    )
    for id in (f"call-{short}", f"draft-{short}"):
        workspace.add_transcripts(client, [Transcript(id=id, client=client, agent="Ana", turns=turns)])
        workspace.score(client, workspace.contact(client, id).transcript, keep=True)
    evaluation = f"call-{short}:short"
    workspace.review(client, evaluation, [], who="Lea")
    dispute = dispute_desk.dispute(
        workspace, client, evaluation, "rude", who="Ana", reason=f"The {canary} was said."
    )
    reporting.pin_note(workspace, client, f"call-{short}", 1, f"Say {canary} first.", who="Lea")
    standards.calibrate(workspace, client, f"round-{short}", [f"call-{short}"], ["Lea", "Max"], who="Lea")
    proposal = publishing.propose(
        kb,
        Document(id=f"policies/only-{short}", title=f"Own {canary}", kind="policy", text=f"{text} Soon."),
        who=f"Adi {canary}",
        person="p-adi",
        at=datetime.now(UTC),
    )
    workspace.hear(
        client, f"live-{short}", [Turn("customer", f"How long does a {canary} refund take?")], agent="Ana"
    )
    view = workspace.live.find(client, f"live-{short}")
    if client != "Acme":
        return acme
    people = People(workspace.folder)
    person = people.add(f"{canary}@acme.example", f"Adi {canary}")
    people.grant(person.id, client, "admin", by="Ada")
    key = AccessKeys(workspace.folder).issue(f"Key {canary}", "agent", client)
    return {
        "contact": "call-acme",
        "draft": "draft-acme",
        "live": "live-acme",
        "evaluation": evaluation,
        "document": "policies/only-acme",
        "notice": "disclosures/only-acme",
        "dispute": dispute.id,
        "session": "round-acme",
        "proposal": proposal.id,
        "person": person.id,
        "prefix": key.split("_")[1],
        "card": view.suggestions[0].id if view.suggestions else "none",
        "scorecard": "short@1",
        "client": "Acme",
    }


def contents(workspace: Workspace, client: str) -> dict[str, str]:
    """Digest of every revision of a client's records: what may not change when others ask."""
    with workspace._store.writing(client) as connection:
        rows = connection.execute(
            "SELECT kind, id, revisions.revision, digest FROM records JOIN revisions ON record = seq"
        ).fetchall()
    return {f"{kind} {id} {revision}": digest for kind, id, revision, digest in rows}


def people_and_keys(workspace: Workspace) -> set[str]:
    """People and keys of Acme, as an administrator's actions may change them."""
    keys = AccessKeys(workspace.folder).list()
    people = [
        repr(one) for one in People(workspace.folder).list() if any(g.client == "Acme" for g in one.grants)
    ]
    return {*people, *(f"{key.prefix} {key.revoked_at}" for key in keys if key.principal.client == "Acme")}
