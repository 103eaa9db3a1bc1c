# No `from __future__ import annotations` here: see api_access.py.
"""REST under `/api/v1`. Every route calls the workspace, as the person and client of the credential.

One file per subject: `api_contacts` (live contacts), `api_feeds` (telephony), `api_live` (nothing kept),
`api_qa`, `api_evaluations`, `api_documents`, `api_health`.
"""

from typing import TYPE_CHECKING, Annotated, Any

from copilot.dispositions import dispositions_of
from models.errors import ConfigError
from models.records import ClientProfile, Hit
from storage.access import Principal
from web.api_access import allowed, answer, own_client_only
from web.api_contacts import contacts_router
from web.api_desk import desk_router
from web.api_documents import documents_router
from web.api_evaluations import evaluations_router
from web.api_feeds import FeedSettings, feeds_router
from web.api_health import Readiness
from web.api_health import health_router as _health_router
from web.api_live import live_router
from web.api_qa import qa_router
from web.limits import Gate, Limits
from web.problems import TITLES
from web.reader import language_of
from web.shape_examples import EXAMPLES
from web.shapes_out import MeOut, Problem

if TYPE_CHECKING:
    from fastapi import APIRouter

    from storage.access import AccessKeys
    from web.wordings import Wordings
    from web.workspace import Workspace

__all__ = ["PREFIX", "Readiness", "api_router", "health_router"]

PREFIX = "/api/v1"
_LONGEST_QUERY = 2_000
_MOST_HITS = 50
_REFUSALS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


def api_router(
    workspace: "Workspace",
    wordings: "Wordings",
    *,
    limits: Limits | None = None,
    feeds: FeedSettings | None = None,
) -> "APIRouter":
    """All of REST but the health routes."""
    from fastapi import APIRouter, Depends, Query
    from starlette.requests import Request

    router = APIRouter(prefix=PREFIX, dependencies=[Depends(own_client_only())], responses=problems())
    Anybody = Annotated[Principal, Depends(allowed("agent", "qa", "admin"))]  # noqa: N806 - a type

    @router.get("/search", tags=["knowledge"], response_model=list[Hit])
    def search(
        who: Anybody,
        q: Annotated[str, Query(min_length=1, max_length=_LONGEST_QUERY)],
        limit: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 5,
    ) -> Any:
        """Passages of the client's documents that answer a question, best first."""
        return answer(workspace.search(who.client, q, limit=limit))

    @router.get("/clients/me", tags=["knowledge"], response_model=MeOut)
    def me(who: Anybody, request: Request) -> Any:
        """The client of this credential, and who is asking."""
        profile = workspace.knowledge_base(who.client).profile
        return answer(
            {
                "client": who.client,
                "client_name": profile.name or who.client,
                "colour": profile.colour,
                "industry": profile.industry,
                "language": profile.language,
                "currency": profile.currency,
                "name": who.name,
                "role": who.role,
                "page_language": language_of(request, who),
                "dispositions": _dispositions(profile),
                "may_change_client": bool(who.person),
            }
        )

    gate = Gate((limits or Limits()).most_turns)
    router.include_router(live_router(workspace))
    # Before the QA routes: `GET /contacts/{contact}` takes any path.
    router.include_router(contacts_router(workspace, gate, wordings))
    router.include_router(feeds_router(workspace, gate, feeds or FeedSettings()))
    router.include_router(documents_router(workspace))
    router.include_router(evaluations_router(workspace))
    router.include_router(desk_router(workspace))
    router.include_router(qa_router(workspace))
    return router


def _dispositions(profile: ClientProfile) -> list[str]:
    """Names to choose from; a fault in the client's file shows where it is read in earnest."""
    try:
        return [one.name for one in dispositions_of(profile)]
    except ConfigError:
        return []


def health_router(workspace: "Workspace", keys: "AccessKeys") -> "APIRouter":
    """Alive, started, and ready; see `web.api_health`."""
    return _health_router(workspace, keys, prefix=PREFIX)


def problems() -> dict[int | str, dict[str, Any]]:
    """Error answers, for the OpenAPI document."""
    return {
        status: {
            "description": TITLES[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in _REFUSALS
    }


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with what FastAPI cannot know: how to sign in, and what an error looks like."""
    from pydantic import TypeAdapter

    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    made = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
    schemas |= made.pop("$defs", {})
    schemas["Problem"] = made
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for name, example in EXAMPLES.items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    document["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "An access key, `un_…`, shown once."}
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path.startswith(PREFIX) and path != f"{PREFIX}/health":
                operation["security"] = [{"key": []}]
                operation["responses"] |= {str(status): one for status, one in problems().items()}
    return document
