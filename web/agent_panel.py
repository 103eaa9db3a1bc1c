"""The agent panel: what this client's policy says while a contact is live, in one narrow column.

The page is a static shell. It holds no client data: its script reads the live channel
(`/api/live/{contact}`), posts to REST, and builds everything from text nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import UnscriptedError
from models.label_names import label_names
from web.look import script, server_function
from web.render import shell
from web.sign_in import principal_of

if TYPE_CHECKING:
    from web.workspace import Workspace


def agent_panel(workspace: Workspace) -> Any:
    """The Gradio page, to be mounted at `/agent`; a `gradio.Blocks`."""
    import gradio as gr

    def wording(document: Any, request: Any) -> str:
        return statement_wording(workspace, document, principal_of(request))

    with gr.Blocks(title="Agent panel · Unscripted", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            shell("agent_panel"),
            js_on_load=script("dom", "draft", "live", "agent_panel", "agent_events"),
            apply_default_css=False,
            server_functions=[server_function(wording)],
            elem_id="agent-panel",
            labels=label_names(),
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
