"""The agent panel: what this client's policy says while a contact is live, in one narrow column.

The page is a static shell. It holds no client data: its script reads the live channel
(`/api/live/{contact}`), posts to REST, and builds everything from text nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import UnscriptedError
from web import own_scores
from web.look import script, server_function
from web.reader import for_script
from web.render import shell
from web.sign_in import principal_of
from web.texts import LANGUAGES, with_labels

if TYPE_CHECKING:
    from web.workspace import Workspace

_SCRIPTS = (
    "dom",
    "words",
    "draft",
    "live",
    "agent_panel",
    "agent_cards",
    "agent_required",
    "agent_feed",
    "agent_wrap",
    "agent_scores",
    "agent_events",
)


def agent_panel(workspace: Workspace) -> Any:
    """The Gradio page, to be mounted at `/agent`; a `gradio.Blocks`."""
    import gradio as gr

    def wording(document: Any, request: Any) -> str:
        return statement_wording(workspace, document, principal_of(request))

    scores = [
        for_script(workspace, "own_scores", own_scores.listed, roles=("agent",)),
        for_script(workspace, "own_score", own_scores.opened, roles=("agent",)),
        for_script(workspace, "dispute", own_scores.dispute, roles=("agent",)),
        for_script(workspace, "acknowledge", own_scores.acknowledge, roles=("agent",)),
    ]
    with gr.Blocks(title="Agent panel · Unscripted", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            shell("agent_panel"),
            js_on_load=script(*_SCRIPTS),
            apply_default_css=False,
            server_functions=[server_function(wording), *scores],
            elem_id="agent-panel",
            words={language: dict(with_labels(language, "agent")) for language in LANGUAGES},
        )
    return page


def statement_wording(workspace: Workspace, document: object, principal: Any) -> str:
    """The words of a verbatim disclosure of the caller's own client, for Insert.

    Empty for anything else: nobody signed in, an unknown document, or one that is not said word for
    word, so that the panel never hands out a script to be read aloud.
    """
    if principal is None or not isinstance(document, str):
        return ""
    try:
        found = workspace.knowledge_base(principal.client).document(document)
    except UnscriptedError:
        return ""
    return found.text.strip() if found.kind == "disclosure" and found.verbatim else ""
