"""Four eyes: what one person proposes, another one publishes. Until then nobody is shown it.

A proposal is a record of its own, so a draft is in no index and no search can find it. Whether a client
wants this stands in its `client.yaml`:

    publishing:
      four_eyes: true
"""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from models.errors import ConflictError, InputError
from models.patterns import pattern
from models.records import ClientProfile, Document

if TYPE_CHECKING:
    from knowledge_base.knowledge import KnowledgeBase
    from knowledge_base.reports import IngestReport

State = Literal["waiting", "published", "rejected"]
KEY = "publishing"
"""Of `client.yaml`."""
_LONGEST_REASON = 1_000
_SENTENCE = pattern(r"(?<=[.!?…])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document version that waits for a second person."""

    id: str
    document: Document
    base: str
    """Digest of the version it was made against; empty for a new document."""
    by: str
    """Name of whoever proposed it."""
    by_id: str
    """Id of that person; two names are no proof of two people."""
    at: datetime
    state: State = "waiting"
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was rejected."""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a comparison of two versions."""

    kind: Literal["same", "added", "removed"]
    text: str


def four_eyes(kb: KnowledgeBase) -> bool:
    """Whether this client's documents are published by two people."""
    return wants_four_eyes(kb.profile)


def wants_four_eyes(profile: ClientProfile) -> bool:
    """What a client's settings say of it."""
    settings = profile.extra.get(KEY)
    return isinstance(settings, dict) and settings.get("four_eyes") is True


def propose(kb: KnowledgeBase, document: Document, *, who: str, person: str, at: datetime) -> Proposal:
    """Keep a draft version for a second person. Card numbers and secrets are masked first.

    Args:
        kb: The client's.
        document: The whole new version.
        who: Name of whoever proposes it.
        person: Their id.
        at: When.

    Raises:
        InputError: Nobody is named, it has no text, or it says what the current version says.
        RedactionError: It could not be masked; nothing is kept.
    """
    from knowledge_base.intake import prepare

    if not who.strip() or not person:
        raise InputError("proposal: whoever proposes must be named")
    if not document.text.strip():
        raise InputError(f"document {document.id}: has no text")
    safe = prepare(document)
    current = current_version(kb, document.id)
    if current == safe:
        raise InputError(f"document {document.id}: is the same as the current version")
    proposal = Proposal(
        f"proposal-{secrets.token_hex(8)}", safe, current.digest if current else "", who, person, at
    )
    kb.store.put(kb.client, proposal)
    return proposal


def waiting(kb: KnowledgeBase) -> list[Proposal]:
    """Proposals that nobody has decided on, oldest first."""
    return [one for one in kb.store.find(kb.client, Proposal) if one.state == "waiting"]


def publish(
    kb: KnowledgeBase, id: str, *, who: str, person: str, at: datetime, alone: bool = False
) -> IngestReport:
    """Make a proposal the current version.

    Args:
        kb: The client's.
        id: Of the proposal.
        who: Name of whoever publishes it.
        person: Their id.
        at: When.
        alone: One person is enough: the client does not ask for four eyes.

    Raises:
        InputError: Nobody is named, or the store refused the document.
        NotFoundError: No such proposal.
        ConflictError: The same person proposed it, it is decided, or the document has changed since.
    """
    proposal = _open(kb, id, who, person)
    if person == proposal.by_id and not (alone and not four_eyes(kb)):
        raise ConflictError(f"proposal {id}: a second person publishes it; you proposed it")
    current = current_version(kb, proposal.document.id)
    if (current.digest if current else "") != proposal.base:
        raise ConflictError(f"proposal {id}: the document was changed meanwhile; propose it again")
    # First the claim, so that of two at once one publishes; then the document.
    decided = replace(proposal, state="published", decided_by=who, decided_at=at)
    kb.store.put(kb.client, decided, expected=proposal)
    report = kb.add([proposal.document])
    if report.rejected:
        kb.store.put(kb.client, proposal, expected=decided)
        raise InputError(f"document {proposal.document.id}: {report.rejected[0].reason}")
    return report


def reject(kb: KnowledgeBase, id: str, *, who: str, person: str, at: datetime, reason: str) -> Proposal:
    """Decide against a proposal, or take an own one back; it is kept, with the reason.

    Raises:
        InputError: Nobody is named, or no reason is given.
        NotFoundError: No such proposal.
        ConflictError: It is decided.
    """
    proposal = _open(kb, id, who, person)
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        raise InputError("proposal: say in a few words why it is not published")
    from models.redaction import redact

    decided = replace(
        proposal, state="rejected", decided_by=who, decided_at=at, reason=redact(reason.strip())
    )
    kb.store.put(kb.client, decided, expected=proposal)
    return decided


def current_version(kb: KnowledgeBase, id: str) -> Document | None:
    """The current revision of a document, in force or not; None when there is none."""
    return next((one for one in kb.documents(all_dates=True) if one.id == id), None)


def changes(old: str, new: str) -> list[Change]:
    """What a version says otherwise, sentence by sentence."""
    before, after = _sentences(old), _sentences(new)
    found: list[Change] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, low, high, first, last in matcher.get_opcodes():
        if kind == "equal":
            found += [Change("same", text) for text in before[low:high]]
        else:
            found += [Change("removed", text) for text in before[low:high]]
            found += [Change("added", text) for text in after[first:last]]
    return found


def _sentences(text: str) -> Sequence[str]:
    lines = (line.strip() for line in text.splitlines())
    return [part for line in lines if line for part in _SENTENCE.split(line)]


def _open(kb: KnowledgeBase, id: str, who: str, person: str) -> Proposal:
    if not who.strip() or not person:
        raise InputError("proposal: whoever decides must be named")
    proposal = kb.store.get(kb.client, Proposal, id)
    if proposal.state != "waiting":
        raise ConflictError(f"proposal {id}: is {proposal.state} already")
    return proposal
