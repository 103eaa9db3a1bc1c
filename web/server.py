"""The application: REST, the live channel, sign-in and the Gradio pages behind one guard."""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError, NotFoundError, UnscriptedError
from storage.access import AccessKeys, Principal, Role
from storage.kept_sessions import KeptSessions
from storage.people import People
from web import admin_page, agent_panel, review_page
from web.abandoned import Sweeper
from web.api import api_router, described, health_router
from web.api_admin import admin_router
from web.api_feeds import FeedSettings
from web.delivery import Delivery
from web.doors import UPLOAD_BYTES, Mount
from web.gradio_start import import_gradio, routes_once
from web.guard import Guard
from web.limits import Limits
from web.live import Broker, live_routes
from web.problems import install
from web.render import safe_colour
from web.sessions import WebSessions
from web.sign_in import HOMES, LOOPBACK_HOSTS, SignIn, principal_of, signed_in_as
from web.webhooks import missing_cards
from web.wordings import Wordings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from web.workspace import Workspace

log = logging.getLogger("unscripted.web")

_STATIC = Path(__file__).with_name("static")
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_REFUSED_SETTINGS = (
    "GRADIO_SHARE",
    "GRADIO_VIBE_MODE",
    "GRADIO_PROFILING",
    "GRADIO_MCP_SERVER",
    "GRADIO_LOCAL_DEV_MODE",
    "GRADIO_WATCH_DIRS",
)
_SWITCH_S = 0.001
"""How long a thread keeps the interpreter while another one waits for it."""
_DEMO_NAMES: tuple[tuple[Role, str], ...] = (
    ("agent", "Agent"),
    ("qa", "QA lead"),
    ("admin", "Administrator"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One Gradio page: where it is, what builds it, who may see it."""

    path: str
    build: Callable[[Workspace], Any]
    roles: tuple[Role, ...]
    without_client: bool = False
    """Open to an owner who has not chosen a client."""


PAGES = (
    Page("/agent", agent_panel.agent_panel, ("agent", "admin")),
    Page("/qa", review_page.review_page, ("qa", "admin")),
    Page("/admin", admin_page.admin_page, ("admin",), without_client=True),
)


def create_app(
    workspace: Workspace,
    *,
    demo: bool = False,
    pages: Sequence[Page] = PAGES,
    allowed_origins: Sequence[str] = (),
    frame_ancestors: Sequence[str] = (),
    limits: Limits | None = None,
    feeds: FeedSettings | None = None,
) -> FastAPI:
    """The application for a data folder.

    Args:
        workspace: The data folder, opened.
        demo: `/login` offers people at every client as buttons. Answers on loopback only.
        pages: Gradio pages to mount.
        allowed_origins: Origins whose scripts may call REST with a key.
        frame_ancestors: Origins that may show the pages in a frame; needs https.
        limits: How often may be asked.
        feeds: What the deployer says of the telephony.

    Raises:
        ConfigError: A Gradio setting in the environment would open the server, or an origin is not one.
    """
    from fastapi import FastAPI
    from starlette.formparsers import MultiPartParser
    from starlette.middleware import Middleware
    from starlette.middleware.cors import CORSMiddleware

    for origin in (*allowed_origins, *frame_ancestors):
        if not origin.startswith(("https://", "http://")) or "*" in origin or " " in origin:
            raise ConfigError(f"origin {origin}: name it in full, such as https://crm.example.com")
    # Parts above a megabyte would go to a temporary file, as they came. The guard bounds how many there are.
    MultiPartParser.spool_max_size = UPLOAD_BYTES
    keys, people = AccessKeys(workspace.folder), People(workspace.folder)
    sign_in = SignIn(
        keys,
        demo=_demo_people(workspace) if demo else None,
        framed=bool(frame_ancestors),
        home=[page.path for page in pages],
        people=people,
        sessions=WebSessions(keys, people=people, kept=KeptSessions(workspace.folder)),
        clients=lambda: shown_clients(workspace),
        audit=workspace.audit,
    )
    built = _built(workspace, pages)
    guard = Middleware(
        Guard,
        sign_in=sign_in,
        mounts=[
            Mount(page.path, page.roles, _routes_of(blocks), page.without_client) for page, blocks in built
        ],
        frame_ancestors=tuple(frame_ancestors),
        loopback_only=demo,
        limits=limits,
    )
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
    )
    app = FastAPI(
        title="Unscripted",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        middleware=[cors, guard],
    )
    app.state.demo = demo
    app.state.workspace = workspace
    app.state.sign_in = sign_in
    app.state.broker = Broker()
    install(app)
    app.include_router(health_router(workspace, keys))
    live = live_routes(workspace, app.state.broker)
    # After the panels' own listener: words are added to a card that is on the panel already.
    app.state.wordings = Wordings(workspace, app.state.broker.put)
    app.include_router(api_router(workspace, app.state.wordings, limits=limits, feeds=feeds))
    plain = app.openapi
    app.openapi = lambda: app.openapi_schema or described(plain())  # type: ignore[method-assign]  # FastAPI's own way
    app.include_router(admin_router(workspace))
    app.router.routes += [
        *live,
        *sign_in.routes(),
        *_small_routes([page.path for page in pages]),
    ]
    workspace.live.listeners.append(missing_cards(workspace))
    _mount(app, built)
    return app


def serve(app: FastAPI, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until interrupted. Beyond this machine, put a proxy with TLS in front and stay on loopback.

    Raises:
        ConfigError: The demo was asked to answer beyond this machine.
    """
    import uvicorn

    if host not in LOOPBACK_HOSTS:
        if app.state.demo:
            raise ConfigError("the demo signs anybody in, so it answers on 127.0.0.1 only")
        log.warning(
            "answering on %s without TLS: browsers can sign in over https only; use a proxy with TLS", host
        )
    # No access log: an address may hold what a customer said (`/search?q=`).
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: Any = None) -> None:
            app.state.broker.close()
            await super().shutdown(sockets)

    # Turns are worked on in threads, and the loop that feeds the panels must not wait 5 ms for each of them.
    sys.setswitchinterval(_SWITCH_S)
    app.state.workspace.warm = False
    threading.Thread(target=warm_up, args=(app.state.workspace,), daemon=True).start()
    delivery = Delivery(app.state.workspace)
    delivery.start()
    sweeper = Sweeper(app.state.workspace)
    sweeper.start()
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run()
    app.state.wordings.stop()
    sweeper.stop()
    delivery.stop()


def warm_up(workspace: Workspace) -> None:
    """Load what the first turn, check and search would otherwise wait for: some ten seconds of models."""
    from models.languages import detect_language

    detect_language("Thank you for waiting.")
    for client in workspace.clients():
        try:
            # What was said is looked for in titles, whose words are read once.
            workspace.knowledge_base(client).search("warm up", limit=1, said=("warm up",))
            workspace.check(client, "Thank you for waiting.")
        except UnscriptedError as problem:
            log.warning("warm-up: %s", problem)
    # Passages and models stay as long as the server: looking through them for garbage again and again
    # would cost a live turn milliseconds.
    gc.collect()
    gc.freeze()
    workspace.warm = True


def prepare_gradio_environment() -> None:
    """What Gradio reads from the environment when it is imported: no telemetry, no look-ups, own cache.

    Raises:
        ConfigError: A setting is there that would open the server to others.
    """
    unwanted = [
        name for name in _REFUSED_SETTINGS if os.environ.get(name, "").lower() not in ("", "0", "false")
    ]
    if unwanted:
        raise ConfigError(f"environment: unset {', '.join(unwanted)}; it would open the server to others")
    if not os.environ.get("GRADIO_TEMP_DIR", "").startswith(_own_prefix()):
        folder = tempfile.mkdtemp(prefix="unscripted-gradio-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["GRADIO_TEMP_DIR"] = folder
    os.environ |= {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_RUN_HISTORY": "False",
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",
        "HF_HUB_OFFLINE": "1",
    }


def _own_prefix() -> str:
    return str(Path(tempfile.gettempdir()) / "unscripted-gradio-")


def _built(workspace: Workspace, pages: Sequence[Page]) -> list[tuple[Page, Any]]:
    if not pages:
        return []
    prepare_gradio_environment()
    import_gradio()
    with routes_once():
        built = [(page, page.build(workspace)) for page in pages]
        for _, blocks in built:
            # The default of one at a time makes everybody wait for everybody.
            blocks.queue(default_concurrency_limit=40, max_size=200, api_open=False)
    return built


def _routes_of(blocks: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("", *(route for route, *_ in blocks.pages))))


def _mount(app: FastAPI, built: Sequence[tuple[Page, Any]]) -> None:
    if not built:
        return
    import gradio as gr

    from web.look import mount_settings

    for page, blocks in built:
        gr.mount_gradio_app(
            app,
            blocks,
            path=page.path,
            auth_dependency=signed_in_as(*page.roles),
            **mount_settings(page.path),
        )
        # Gradio's queue asks the page for its routes: those that are mounted, the only ones there are.
        blocks.app = getattr(app.router.routes[-1], "app")  # noqa: B009 - a mount has one, says no type


def shown_clients(workspace: Workspace) -> dict[str, tuple[str, str]]:
    """Name and colour of every client of the folder, for people; by the client."""
    shown = {}
    for client in workspace.clients():
        try:
            profile = workspace.knowledge_base(client).profile
        except NotFoundError:
            continue
        shown[client] = (profile.name or client, safe_colour(profile.colour))
    return shown


def _demo_people(workspace: Workspace) -> Callable[[], list[tuple[str, Principal]]]:
    def people() -> list[tuple[str, Principal]]:
        listed = []
        for client in workspace.clients():
            try:
                name = workspace.knowledge_base(client).profile.name or client
            except NotFoundError:
                continue
            listed += [
                (f"{title} at {name}", Principal(f"Demo {title}", role, client))
                for role, title in _DEMO_NAMES
            ]
        return listed

    return people


def _small_routes(mounts: Sequence[str]) -> list[BaseRoute]:
    """The way home, static files, icon and manifest."""
    from starlette.responses import FileResponse, RedirectResponse, Response
    from starlette.routing import Route

    files = {path.name: path for path in sorted(_STATIC.iterdir()) if path.suffix in _TYPES}

    async def home(request: Request) -> Response:
        principal = principal_of(request)
        if principal is None or not (principal.client or principal.owner):
            return RedirectResponse("/clients", 303)
        return RedirectResponse(HOMES.get(principal.role, "/login"), 303)

    async def static(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        if path is None:
            return Response(status_code=404)
        return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": "no-cache"})

    async def icon(_: Request) -> Response:
        return FileResponse(_STATIC / "mark.svg", media_type="image/svg+xml")

    async def manifest(_: Request) -> Response:
        content = {"name": "Unscripted", "short_name": "Unscripted", "display": "browser", "start_url": "/"}
        return Response(json.dumps(content), media_type="application/manifest+json")

    return [
        Route("/", home),
        Route("/static/{name}", static),
        *[Route(f"{path}/favicon.ico", icon) for path in ("", *mounts)],
        *[Route(f"{path}/manifest.json", manifest) for path in ("", *mounts)],
    ]
