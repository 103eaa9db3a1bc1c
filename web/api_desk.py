# No `from __future__ import annotations` here: see api_access.py.
"""REST for the desk's files: what one would bring in, looked at first, and what leaves."""

import io
import zipfile
from typing import TYPE_CHECKING, Annotated, Any

from storage.access import Principal
from web import reporting
from web.api_access import Lane, allowed, answer, asked_language
from web.column_mappings import LONGEST
from web.reporting import Choice, Format
from web.uploading import MOST_FILES, looked_at

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
    "zip": "application/zip",
}
_LONGEST = 200


def desk_router(workspace: "Workspace") -> "APIRouter":
    """A look at files before they are taken in, and the one route by which files leave."""
    from fastapi import APIRouter, Depends, File, Form, Query, UploadFile

    from qa.reports import Period

    router = APIRouter(tags=["qa"])
    Lead = Annotated[Principal, Depends(allowed("qa", "admin"))]  # noqa: N806 - a type
    Words = Annotated[str, Query(max_length=_LONGEST)]  # noqa: N806 - a type
    Files = Annotated[list[UploadFile], File(max_length=MOST_FILES)]  # noqa: N806 - a type
    Mapped = Annotated[str, Form(max_length=LONGEST)]  # noqa: N806 - a type
    Language = Annotated[str, asked_language()]  # noqa: N806 - a type
    lane = Lane(workers=1, most_waiting=8)

    @router.post("/ingest/preview")
    async def preview(
        files: Files, who: Lead, language: Language, agent: str = "", columns: Mapped = ""
    ) -> Any:
        """What files hold, and what is wrong with each; nothing is stored.

        `columns` is a mapping of columns as JSON, or the name of one that the client keeps.
        """
        return await lane.run(
            lambda: answer(
                looked_at(workspace, who.client, files, agent=agent, columns=columns), language=language
            )
        )

    @router.get("/exports/{file_format}")
    async def export(  # noqa: PLR0917 - each is a word of the address
        who: Lead,
        file_format: Format,
        scorecard: Words = "",
        first: Words = "",
        last: Words = "",
        agent: Words = "",
        sample: Words = "",
        contact: Words = "",
    ) -> Any:
        """A file to save: csv, xlsx, html, pdf, connect or vcon; several files come as one zip."""
        from starlette.responses import Response

        def work() -> tuple[str, bytes]:
            choice = Choice(scorecard, Period(first, last), agent, sample, contact)
            made = _one_file(reporting.export(workspace, who.client, file_format, choice), file_format)
            workspace.audit.note(who.client, who=who.name, action="export.make", of=contact or file_format)
            return made

        name, content = await lane.run(work)
        media = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        # Always saved, never shown as a page of this host; the name is made of plain signs.
        plain = "".join(sign if sign.isascii() else "-" for sign in reporting.safe_name(name))
        headers = {"Content-Disposition": f'attachment; filename="{plain}"', "Cache-Control": "no-store"}
        return Response(content, media_type=media, headers=headers)

    return router


def _one_file(files: list[tuple[str, bytes]], format: str) -> tuple[str, bytes]:
    if len(files) == 1:
        return files[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            # A fixed day: the same evaluations give the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return f"{format}.zip", packed.getvalue()
