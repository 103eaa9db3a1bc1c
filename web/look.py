"""How the pages look: theme, style sheets, scripts, and the settings with which every page is mounted.

Style sheets and scripts are files in `static/`, handed to Gradio as text, so the pages need no file
route and no request leaves the host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_STATIC = Path(__file__).with_name("static")


SHARED_SHEETS = ("tokens", "shared")
"""Colours and sizes, and the parts that pages share."""
SHEETS: Mapping[str, tuple[str, ...]] = {
    "/agent": ("agent_panel",),
    "/qa": ("review", "review_views"),
    "/admin": ("admin",),
}
"""The sheets of each mount. No page gets another's: the same class may mean something else there."""


@cache
def stylesheet(path: str) -> str:
    """The style sheets of one mount as one text: tokens first, then what pages share, then its own.

    Args:
        path: Under which the page is mounted; one that is not in `SHEETS` has no sheets of its own.
    """
    names = (*SHARED_SHEETS, *SHEETS.get(path, ()))
    return "\n".join((_STATIC / f"{name}.css").read_text("utf-8") for name in names)


@cache
def script(*names: str) -> str:
    """Scripts of `static/`, joined in the order named, as one function body for `js_on_load`."""
    return '"use strict";\n' + "\n".join((_STATIC / f"{name}.js").read_text("utf-8") for name in names)


@cache
def theme() -> Any:
    """The Gradio theme: fonts that ship with Gradio, in the two weights whose files are complete."""
    import gradio as gr
    from gradio.themes.utils.fonts import LocalFont

    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        radius_size="md",
        spacing_size="sm",
        text_size="sm",
        font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "ui-sans-serif", "system-ui", "sans-serif"],
        font_mono=[LocalFont("IBM Plex Mono", weights=(400, 700)), "monospace"],
    ).set(
        block_shadow="none",
        layout_gap="8px",
        body_background_fill="#f6f7f9",
        body_background_fill_dark="#0f141a",
        body_text_color="#17202b",
        body_text_color_dark="#e8edf2",
        body_text_color_subdued="#52606d",
        body_text_color_subdued_dark="#a9b6c3",
        block_label_text_color="#52606d",
        block_label_text_color_dark="#a9b6c3",
    )


def mount_settings(path: str) -> dict[str, Any]:
    """Keyword arguments for `gradio.mount_gradio_app`, the same for every page but for its style sheets.

    Example:
        `gr.mount_gradio_app(app, blocks, path="/agent", auth_dependency=..., **mount_settings("/agent"))`
    """
    return {
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "mcp_server": False,
        "ssr_mode": False,
        "pwa": False,
        "footer_links": [],
        "allowed_paths": [],
        "max_file_size": "5mb",
        "theme": theme(),
        "css": stylesheet(path),
    }


def server_function(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A function of (what the script sent, the request), callable from a page's script.

    Gradio finds the request by its annotation, which it cannot resolve inside another function.
    What the script sent is raw JSON: the function checks it, and who is asking.
    """
    import gradio as gr

    function.__annotations__ = {**function.__annotations__, "request": gr.Request}
    return function
