"""The QA pages: review, dashboards, disputes, calibration, upload and exports, in one mounted app.

The page is a static shell. What a person sees arrives per request through server functions, as HTML that
`web.render` has escaped, in their language and for the client of their own web session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from web import calibration_page, dashboards, disputes_page, exports_page, review_desk, uploading
from web.look import script
from web.queue_pane import queue_answer
from web.reader import Answer, Reader, for_script
from web.render import drawn, safe_colour, shell

if TYPE_CHECKING:
    from storage.access import Role
    from web.workspace import Workspace

REVIEWERS: tuple[Role, ...] = ("qa", "admin")
VIEWS = ("review", "dashboards", "disputes", "calibration", "upload", "exports")


def opened(reader: Reader, _: Mapping[str, Any]) -> Answer:
    """The page around the views, and the words its script says, in the reader's language."""
    words = reader.words("review")
    profile = reader.kb.profile
    shown = profile.name or profile.id
    return {
        "html": drawn(
            "desk",
            words,
            views=VIEWS,
            client=shown,
            colour=safe_colour(profile.colour),
            name=reader.name,
            may_change=bool(reader.principal.person),
        ),
        "client": shown,
        "language": reader.language,
        "words": {key: text for key, text in words.items() if key != "months"},
        "disputes": disputes_page.open_count(reader),
    }


FUNCTIONS: Mapping[str, Callable[[Reader, Mapping[str, Any]], Answer]] = {
    "open": opened,
    "queue": queue_answer,
    "contact": review_desk.contact_panes,
    "release": review_desk.release,
    "score": review_desk.score,
    "preview": review_desk.preview,
    "save": review_desk.save,
    "speakers": review_desk.set_speakers,
    "note": review_desk.pin_note,
    "dashboards": dashboards.view,
    "disputes": disputes_page.view,
    "decide": disputes_page.decide,
    "calibration": calibration_page.view,
    "calibrate": calibration_page.begin,
    "blind": calibration_page.blind,
    "handin": calibration_page.hand_in,
    "adopt": calibration_page.adopt,
    "upload": uploading.view,
    "keep_columns": uploading.keep_columns,
    "exports": exports_page.view,
}
"""What the page's script may ask for, by name. Every one looks up role and client again."""

SCRIPTS = (
    "dom",
    "review",
    "review_marks",
    "review_answers",
    "review_views",
    "review_events",
    "review_columns",
    "review_desks",
)


def review_page(workspace: Workspace) -> Any:
    """The Gradio page, to be mounted at `/qa`; a `gradio.Blocks`."""
    import gradio as gr

    functions = [
        for_script(workspace, name, function, roles=REVIEWERS) for name, function in FUNCTIONS.items()
    ]
    with gr.Blocks(title="Unscripted", fill_width=True, analytics_enabled=False) as page:
        gr.HTML(
            shell("review"),
            js_on_load=script(*SCRIPTS),
            apply_default_css=False,
            server_functions=functions,
            elem_id="qa-review",
        )
    return page
