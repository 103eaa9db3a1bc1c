# No `from __future__ import annotations` here: see api_access.py.
"""REST that keeps nothing: suggestions for turns that are sent along, a draft checked by itself."""

from typing import TYPE_CHECKING, Annotated, Any

from models.errors import NotFoundError
from models.records import DraftCheck, Suggestion
from storage.access import Principal
from web.api_access import allowed, answer, asked_language, named_request
from web.api_contacts import own
from web.idempotency import once_route
from web.shapes import CheckIn, SuggestIn, turns_of

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace


def live_router(workspace: "Workspace") -> "APIRouter":
    """Routes for agents, and for admins who try things out."""
    from fastapi import APIRouter, Depends

    router = APIRouter(tags=["live"], route_class=once_route(workspace))
    Agent = Annotated[Principal, Depends(allowed("agent", "admin"))]  # noqa: N806 - a type
    Language = Annotated[str, asked_language()]  # noqa: N806 - a type
    once = [named_request()]

    @router.post("/suggest", response_model=list[Suggestion], dependencies=once)
    def suggest(body: SuggestIn, who: Agent) -> Any:
        """Cards for the last of these turns. Nothing is kept."""
        return answer(workspace.suggest(who.client, turns_of(body.turns)))

    @router.post("/check", response_model=DraftCheck, dependencies=once)
    def check(body: CheckIn, who: Agent, language: Language) -> Any:
        """A draft, read with the contact it belongs to when that is live and the caller's own."""
        agent = own(who)
        try:
            found = workspace.check(who.client, body.words(), contact=body.contact, agent=agent)
        except NotFoundError:
            found = workspace.check(who.client, body.words())
        return answer(found, language=language)

    return router
