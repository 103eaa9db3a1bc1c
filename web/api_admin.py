# No `from __future__ import annotations` here: see api_access.py.
"""REST for the admin page: documents as files, which pass through no component of Gradio."""

from typing import TYPE_CHECKING, Annotated, Any

from storage.access import Principal
from web.admin import Received, office_of, receive_documents
from web.api_access import Lane, allowed, answer, asked_language, own_client_only
from web.problems import safe_words

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace

_MOST_FILES = 50
_LONGEST_FOLDER = 200
_LONGEST_NAME = 200


def admin_router(workspace: "Workspace") -> "APIRouter":
    """Routes for administrators of a client."""
    from fastapi import APIRouter, Depends, File, Form, UploadFile

    router = APIRouter(prefix="/api/v1/admin", tags=["admin"], dependencies=[Depends(own_client_only())])
    Admin = Annotated[Principal, Depends(allowed("admin"))]  # noqa: N806 - a type
    Files = Annotated[list[UploadFile], File(max_length=_MOST_FILES)]  # noqa: N806 - a type
    Folder = Annotated[str, Form(max_length=_LONGEST_FOLDER)]  # noqa: N806 - a type
    Language = Annotated[str, asked_language()]  # noqa: N806 - a type
    office = office_of(workspace)
    lane = Lane(workers=1)

    @router.post("/documents", response_model=Received)
    async def documents(files: Files, who: Admin, language: Language, folder: Folder = "") -> Any:
        """Documents of the client as files. Proposed where two people publish, else published at once."""

        def work() -> Any:
            sent = [(_named(file.filename, number), file.file.read()) for number, file in enumerate(files, 1)]
            received = receive_documents(office, who, sent, folder=folder)
            rejected = [
                {"path": safe_words(one.path), "reason": safe_words(one.reason)} for one in received.rejected
            ]
            return answer(
                {
                    "published": received.published,
                    "proposed": received.proposed,
                    "unchanged": received.unchanged,
                    "rejected": rejected,
                    "warnings": received.warnings,
                },
                language=language,
            )

        return await lane.run(work)

    return router


def _named(said: str | None, number: int) -> str:
    """The file's own name without folders; what cannot be shown is left out."""
    name = (said or "").replace("\\", "/").rsplit("/", 1)[-1][:_LONGEST_NAME]
    return "".join(one for one in name if one.isprintable()).strip() or f"file-{number}.txt"
