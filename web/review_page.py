"""The QA review page: queue, transcript and scorecard in three panes.

The page is a static shell. What a person sees arrives per request through server functions, as HTML
that `web.render` has escaped, for the client of the caller's own web session; answers go to REST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from models.errors import NotFoundError, UnscriptedError
from web import render
from web.look import script, server_function
from web.reporting import uses_of_cards
from web.sign_in import principal_of

if TYPE_CHECKING:
    from models.records import Finding, Passage
    from storage.access import Principal
    from web.workspace import Workspace

_REVIEWERS = ("qa", "admin")
_LONGEST_ID = 300
_MOST_SHOWN = 500
"""Lines of the queue that a page holds; more is no list that a person reads."""


def review_page(workspace: Workspace) -> Any:
    """The Gradio page, to be mounted at `/qa`; a `gradio.Blocks`."""
    import gradio as gr

    def queue(_: Any, request: Any) -> dict[str, str]:
        return queue_pane(workspace, principal_of(request))

    def contact(id: Any, request: Any) -> dict[str, str]:
        return contact_panes(workspace, id, principal_of(request))

    def score(id: Any, request: Any) -> dict[str, str]:
        return score_contact(workspace, id, principal_of(request))

    functions = [server_function(function) for function in (queue, contact, score)]

    with gr.Blocks(title="QA review · Unscripted", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            render.shell("review"),
            js_on_load=script("dom", "review", "review_events"),
            apply_default_css=False,
            server_functions=functions,
            elem_id="qa-review",
        )
    return page


def queue_pane(workspace: Workspace, principal: Principal | None) -> dict[str, str]:
    """The queue of the caller's client, with the client's name and colour and the caller's name."""
    if not _may_review(principal):
        return _refused()
    profile = workspace.knowledge_base(principal.client).profile
    items = workspace.queue(principal.client, limit=_MOST_SHOWN)
    return {
        "html": render.queue_html(items, total=workspace.queue_size(principal.client)),
        "client": profile.name or profile.id,
        "colour": render.safe_colour(profile.colour),
        "who": f"{principal.name}, {principal.role}",
    }


def contact_panes(workspace: Workspace, id: object, principal: Principal | None) -> dict[str, str]:
    """Transcript and scorecard of one contact; `problem` in words when there is none to show."""
    if not _may_review(principal):
        return _refused()
    if not isinstance(id, str) or not 0 < len(id) <= _LONGEST_ID:
        return {"problem": "There is no such contact."}
    client = principal.client
    try:
        view = workspace.contact(client, id)
        scorecard = workspace.scorecard(client, view.evaluation.scorecard if view.evaluation else None)
    except NotFoundError:
        return _without_scorecard(workspace, id, principal)
    return {
        "transcript": render.transcript_html(
            view,
            workspace.knowledge_base(client).profile,
            criteria=scorecard.criteria,
            passages=_passages(workspace, client, view.analysis.findings),
        ),
        "card": render.scorecard_html(
            view,
            scorecard,
            who=principal.name,
            cards=uses_of_cards(workspace, client, view.transcript),
        ),
    }


def score_contact(workspace: Workspace, id: object, principal: Principal | None) -> dict[str, str]:
    """Apply the client's scorecard to one contact and keep the draft."""
    if not _may_review(principal):
        return _refused()
    try:
        transcript = workspace.contact(principal.client, str(id)).transcript
        workspace.score(principal.client, transcript, keep=True)
    except UnscriptedError as problem:
        return {"problem": str(problem)}
    return {}


def _without_scorecard(workspace: Workspace, id: str, principal: Principal) -> dict[str, str]:
    """The transcript alone: the contact is known, but no scorecard fits it."""
    try:
        view = workspace.contact(principal.client, id)
    except NotFoundError:
        return {"problem": "There is no such contact."}
    profile = workspace.knowledge_base(principal.client).profile
    return {
        "transcript": render.transcript_html(
            view, profile, passages=_passages(workspace, principal.client, view.analysis.findings)
        ),
        "card": render.message_html(
            "No scorecard", "Publish one for this client, or name which of several applies."
        ),
    }


def _passages(workspace: Workspace, client: str, findings: tuple[Finding, ...]) -> dict[str, Passage]:
    """The passages that findings were held against, by id."""
    kb = workspace.knowledge_base(client)
    found: dict[str, Passage] = {}
    for document in sorted({(finding.source or "").split("#")[0] for finding in findings} - {""}):
        try:
            passages = kb.passages(document)
        except NotFoundError:
            continue
        found |= {passage.id: passage for passage in passages}
        if passages:
            found.setdefault(document, passages[0])
    return found


def _may_review(principal: Principal | None) -> TypeGuard[Principal]:
    return principal is not None and principal.role in _REVIEWERS


def _refused() -> dict[str, str]:
    return {"problem": "Your session has ended, or your role does not include reviewing. Sign in again."}
