"""Documents and their passages at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge_base.corpus import Corpus
from knowledge_base.lexical import LexicalIndex
from knowledge_base.splitting import split
from models.codec import to_json
from models.records import ClientProfile, Document, FactDecision, Passage


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was stored, and what was made of it. Replaced as a whole, so readers need no lock."""

    documents: Mapping[str, Document] = field(default_factory=dict)
    """By id, in the order in which they were first stored."""
    passages: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)
    """By id of the document."""
    corpus: Corpus | None = None
    """None until it is needed."""
    decisions: tuple[FactDecision, ...] = ()
    """What people decided on facts, in the order in which they did."""
    lexical: LexicalIndex | None = None
    """Of exactly these passages, when it was kept; None when it is still to be made."""


def digest_of(snapshot: Snapshot, profile: ClientProfile) -> str:
    """SHA-256 of all documents, the profile and what people decided on facts."""
    whole = hashlib.sha256(to_json(profile).encode())
    for id, document in sorted(snapshot.documents.items()):
        whole.update(f"\n{id}\0{document.digest}".encode())
    for decision in snapshot.decisions:
        whole.update(f"\n{to_json(decision)}".encode())
    return whole.hexdigest()


def split_all(documents: Mapping[str, Document], before: Snapshot) -> Snapshot:
    """Passages of all documents; those of unchanged ones are taken over."""
    passages = {
        id: before.passages[id] if before.documents.get(id) == document else tuple(split(document))
        for id, document in documents.items()
    }
    return Snapshot(documents, passages, decisions=before.decisions)
