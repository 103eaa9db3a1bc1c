"""A client's documents in memory, split as the knowledge base splits them; no search, no store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from knowledge_base.kinds import guess_kind
from knowledge_base.splitting import split
from models.codec import to_json
from models.encoders import HashingEncoder
from models.errors import NotFoundError
from models.records import ClientProfile, Document, DocumentKind, Passage
from storage import MemoryStore


class Library:
    """What detectors ask of `KnowledgeBase`, for tests that need no search."""

    def __init__(
        self, *documents: Document, client: str = "acme", profile: ClientProfile | None = None
    ) -> None:
        self.client = client
        self.store = MemoryStore()
        self.encoder = HashingEncoder()
        self.profile = profile or ClientProfile(id=client)
        self._documents = tuple(
            document
            if document.kind
            else replace(document, kind=guess_kind(document.text, document.id.split("/")))
            for document in documents
        )

    def documents(
        self, kind: DocumentKind | None = None, *, on: date | None = None, all_dates: bool = False
    ) -> list[Document]:
        day = on or date(2026, 10, 16)
        return [
            document
            for document in self._documents
            if kind in (None, document.kind) and (all_dates or document.in_force(day))
        ]

    def document(self, id: str) -> Document:
        for document in self._documents:
            if document.id == id:
                return document
        raise NotFoundError(f"no document {id}")

    def passages(self, document_id: str) -> list[Passage]:
        return split(self.document(document_id))

    @property
    def digest(self) -> str:
        return hashlib.sha256(to_json([self.profile, *self._documents]).encode()).hexdigest()
