# No `from __future__ import annotations` here: see api_access.py.
"""REST after the contact: analyse, score, the queue, transcripts in."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from models.errors import InputError, UnscriptedError
from models.records import Analysis, Finding, Transcript
from storage.access import Principal
from web.api_access import Lane, allowed, answer, asked_language, named_request
from web.idempotency import once_route
from web.masking import masked
from web.problems import reason_of, safe_words
from web.shapes import AnalyseIn, ScoreIn
from web.shapes_out import AnalysisOut, ContactList, ContactOut, IngestOut, QueueOut, ScoreOut
from web.veil import veil_of

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace

_MOST_LISTED = 1_000
_MOST_TOLD = 1_000
_MOST_FILES = 200
_LONGEST_FILE_NAME = 200


def qa_router(workspace: "Workspace") -> "APIRouter":
    """Routes for QA leads and admins."""
    from fastapi import APIRouter, Depends, Query

    router = APIRouter(tags=["qa"], route_class=once_route(workspace))
    once = [named_request()]
    Lead = Annotated[Principal, Depends(allowed("qa", "admin"))]  # noqa: N806 - a type
    Limit = Annotated[int, Query(ge=1, le=_MOST_LISTED)]  # noqa: N806 - a type
    Offset = Annotated[int, Query(ge=0, le=10_000_000)]  # noqa: N806 - a type
    lane = Lane()

    @router.post("/analyse", response_model=AnalysisOut, dependencies=once)
    async def analyse(body: AnalyseIn, who: Lead) -> Any:
        """Findings and scriptedness of a transcript. Spans point into the redacted words returned."""

        def work() -> Any:
            transcript = masked(workspace, body.transcript.transcript(who.client))
            analysis = workspace.analyse(who.client, transcript)
            return answer({**_analysis(analysis, transcript), "transcript": transcript})

        return await lane.run(work)

    @router.post("/score", response_model=ScoreOut, dependencies=once)
    async def score(body: ScoreIn, who: Lead) -> Any:
        """A transcript or a stored contact held against a scorecard: a draft until a person confirms."""

        def work() -> Any:
            card = workspace.scorecard(who.client, body.scorecard)
            transcript = _to_score(workspace, who.client, body)
            evaluation, analysis = workspace.score(who.client, transcript, scorecard=card, keep=body.keep)
            shown = veil_of(workspace, who.client).over(evaluation)
            return answer({"evaluation": shown, **_analysis(analysis, transcript)})

        return await lane.run(work)

    @router.get("/contacts", response_model=ContactList)
    def contacts(who: Lead, limit: Limit = 100, offset: Offset = 0) -> Any:
        """Stored contacts, in the order in which they came."""
        found, veil = workspace.transcripts(who.client), veil_of(workspace, who.client)
        listed = [
            {
                "id": one.id,
                "agent": veil.name(one.agent),
                "channel": one.channel,
                "started_at": one.started_at,
                "turns": len(one.turns),
            }
            for one in found[offset : offset + limit]
        ]
        return answer({"total": len(found), "contacts": listed})

    @router.get("/contacts/{contact:path}", response_model=ContactOut)
    async def contact(contact: str, who: Lead) -> Any:
        """A contact with its findings, evaluation and reviews."""
        shown = await lane.run(lambda: answer(_view(workspace, who.client, contact)))
        await lane.run(
            lambda: workspace.audit.note(who.client, who=who.name, action="transcript.read", of=contact)
        )
        return shown

    @router.get("/queue", response_model=QueueOut)
    def queue(who: Lead, limit: Limit = 100, offset: Offset = 0) -> Any:
        """Contacts that wait for a person, riskiest first, with the reason in words."""
        veil = veil_of(workspace, who.client)
        items = [veil.over(one) for one in workspace.queue(who.client, limit=limit, offset=offset)]
        return answer({"total": workspace.queue_size(who.client), "items": items})

    _add_ingest(router, workspace, lane)
    return router


def _add_ingest(router: "APIRouter", workspace: "Workspace", lane: Lane) -> None:
    from fastapi import Depends, File, Form, UploadFile

    from web.column_mappings import LONGEST

    Lead = Annotated[Principal, Depends(allowed("qa", "admin"))]  # noqa: N806 - a type
    Files = Annotated[list[UploadFile], File(max_length=_MOST_FILES)]  # noqa: N806 - a type

    Mapped = Annotated[str, Form(max_length=LONGEST)]  # noqa: N806 - a type
    Language = Annotated[str, asked_language()]  # noqa: N806 - a type
    once = [named_request()]

    @router.post("/ingest", response_model=IngestOut, dependencies=once)
    @router.post("/ingest/{format}", response_model=IngestOut, dependencies=once)
    async def ingest(  # noqa: PLR0917 - each is a part of the address or of the form
        files: Files, who: Lead, language: Language, format: str = "", agent: str = "", columns: Mapped = ""
    ) -> Any:
        """Transcript files of any known format, told by their content. A bad one stops no other.

        With a format in the path, files of other formats are rejected. `columns` is a mapping of columns
        as JSON, or the name of one that the client keeps; tables that have them are read by it.
        """
        return await lane.run(
            lambda: answer(_ingest(workspace, who.client, files, format, agent, columns), language=language)
        )


def _ingest(  # noqa: PLR0917 - the parts of the one call above
    workspace: "Workspace", client: str, files: list[Any], format: str, agent: str, columns: str
) -> dict[str, Any]:
    from qa.readers import read_upload
    from web.column_mappings import meant_mapping

    mapping = meant_mapping(workspace, client, columns)
    stored: list[str] = []
    rejected: list[dict[str, str]] = []
    warnings: list[dict[str, Any]] = []
    for number, file in enumerate(files, start=1):
        name = _file_name(file.filename, number)
        try:
            report = read_upload(file.file.read(), name=name, client=client, agent=agent, columns=mapping)
        except UnscriptedError as problem:
            rejected.append({"path": name, "reason": reason_of(str(problem))})
            continue
        finally:
            file.file.close()
        read = report.transcripts
        found = {str(one.metadata.get("format", "")) for one in read}
        if format and found != {format}:
            reason = f"is of format {', '.join(sorted(found))}, not what the address says"
            rejected.append({"path": name, "reason": reason})
            continue
        kept, refused = workspace.store_contacts(client, read)
        stored += [one.id for one in kept]
        warnings += [{"contact": one.id, **asdict(note)} for one in kept for note in one.warnings]
        rejected += [
            {"path": name, "reason": reason_of(one.reason)}
            for one in (*report.rejected[:_MOST_TOLD], *refused)
        ]
    return {"stored": stored, "rejected": rejected, "warnings": warnings}


def _file_name(said: str | None, number: int) -> str:
    """The file's own name without folders, safe to say back."""
    name = (said or "").replace("\\", "/").rsplit("/", 1)[-1][:_LONGEST_FILE_NAME]
    return safe_words("".join(c for c in name if c.isprintable())) or f"file {number}"


def _to_score(workspace: "Workspace", client: str, body: ScoreIn) -> Transcript:
    if (body.transcript is None) == (body.contact is None):
        raise InputError("score: send a transcript or the id of a stored contact, one of the two")
    if body.contact is not None:
        return workspace.contact(client, body.contact).transcript
    assert body.transcript is not None
    transcript = masked(workspace, body.transcript.transcript(client))
    if body.keep:
        workspace.add_transcripts(client, [transcript])
    return transcript


def _analysis(analysis: Analysis, transcript: Transcript) -> dict[str, Any]:
    return {
        "findings": [_finding(finding, transcript) for finding in analysis.findings],
        "scriptedness": analysis.scriptedness,
        "fingerprint": analysis.fingerprint,
    }


def _finding(finding: Finding, transcript: Transcript) -> dict[str, Any]:
    """A finding with the words it points at, so that a caller need not count code points."""
    plain = {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
    return {**plain, "quote": transcript.quote(finding.span) if finding.span is not None else None}


def _view(workspace: "Workspace", client: str, contact: str) -> dict[str, Any]:
    from web.reporting import uses_of_cards

    view, veil = workspace.contact(client, contact), veil_of(workspace, client)
    return {
        "transcript": veil.over(view.transcript),
        **_analysis(view.analysis, view.transcript),
        "evaluation": veil.over(view.evaluation) if view.evaluation is not None else None,
        "reviews": view.reviews,
        "cards": uses_of_cards(workspace, client, view.transcript),
    }
