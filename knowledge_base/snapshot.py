"""Documents and their passages at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge_base.corpus import Corpus
from knowledge_base.lexical import LexicalIndex
from knowledge_base.splitting import split
from models.records import Document, FactDecision, Passage


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


def split_all(documents: Mapping[str, Document], before: Snapshot) -> Snapshot:
    """Passages of all documents; those of unchanged ones are taken over."""
    passages = {
        id: before.passages[id] if before.documents.get(id) == document else tuple(split(document))
        for id, document in documents.items()
    }
    return Snapshot(documents, passages, decisions=before.decisions)
