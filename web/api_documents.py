# No `from __future__ import annotations` here: see api_access.py.
"""REST of a client's documents: everybody reads, admins put new versions and withdraw."""

from typing import TYPE_CHECKING, Annotated, Any

from models.errors import NotFoundError
from models.records import Document, DocumentKind
from storage.access import Principal
from web import documents as desk_of_documents
from web.api_access import allowed, answer
from web.shapes import DocumentIn
from web.shapes_out import DocumentLine, DocumentList, PublishedOut

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace


def documents_router(workspace: "Workspace") -> "APIRouter":
    """Routes of documents. A PUT or DELETE that is sent again changes nothing."""
    from fastapi import APIRouter, Depends

    router = APIRouter(tags=["knowledge"])
    Anybody = Annotated[Principal, Depends(allowed("agent", "qa", "admin"))]  # noqa: N806 - a type
    Admin = Annotated[Principal, Depends(allowed("admin"))]  # noqa: N806 - a type

    @router.get("/documents", response_model=DocumentList)
    def listed(who: Anybody, *, kind: DocumentKind | None = None, all_dates: bool = False) -> Any:
        """Documents in force today; with `all_dates`, expired and coming ones too."""
        kb = workspace.knowledge_base(who.client)
        today = {one.id for one in kb.documents()}
        found = kb.documents(kind, all_dates=all_dates)
        return answer(DocumentList(tuple(_line(one, in_force=one.id in today) for one in found)))

    @router.get("/documents/{document:path}", response_model=Document)
    def read(document: str, who: Anybody) -> Any:
        """One document as it stands, secrets masked. Agents read what is in force."""
        kb = workspace.knowledge_base(who.client)
        found = kb.document(document)
        if who.role == "agent" and found.id not in {one.id for one in kb.documents()}:
            raise NotFoundError("document: no such record")
        return answer(found)

    @router.put("/documents/{document:path}", response_model=PublishedOut)
    def put(document: str, body: DocumentIn, who: Admin) -> Any:
        """Make this the current version; those before it stay in the file."""
        made = body.document(document)
        report = desk_of_documents.publish(workspace, who.client, made, who=who.name)
        change = "added" if report.added else "replaced" if report.replaced else "unchanged"
        stored = workspace.knowledge_base(who.client).document(made.id)
        return answer(PublishedOut(stored.id, change, stored.digest))

    @router.delete("/documents/{document:path}", response_model=DocumentLine)
    def withdraw(document: str, who: Admin) -> Any:
        """Take a document out of force from now on. It stays as evidence of what was said under it."""
        found = desk_of_documents.withdraw(workspace, who.client, document, who=who.name)
        return answer(_line(found, in_force=False))

    return router


def _line(one: Document, *, in_force: bool) -> DocumentLine:
    return DocumentLine(
        one.id,
        one.title,
        one.kind or "policy",
        one.version,
        one.language,
        one.owner,
        one.effective_from,
        one.effective_until,
        in_force,
        one.verbatim,
    )
