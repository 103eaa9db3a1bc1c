"""Every route of the whole application, Gradio's too, is open, signed or closed; the guard agrees."""

import re

import pytest

from web.doors import door_of
from web.server import PAGES, create_app

OPEN = {
    "GET /livez",
    "GET /readyz",
    "GET /startupz",
    "GET /api/v1/health",
    "GET /login",
    "POST /login",
    "GET /logout",
    "POST /logout",
    "GET /welcome",
    "POST /welcome",
    "GET /static/{name}",
    "GET /favicon.ico",
    "GET /manifest.json",
    "GET /agent/favicon.ico",
    "GET /agent/manifest.json",
    "GET /agent/svelte/{path:path}",
    "GET /agent/static/{path:path}",
    "GET /agent/assets/{path:path}",
    "GET /agent/theme.css",
    "GET /agent/gradio_api/theme.css",
}
SIGNED = {
    "GET /",
    "GET /clients",
    "POST /clients",
    "GET /api/v1/openapi.json",
    "GET /api/v1/search",
    "GET /api/v1/clients/me",
    "POST /api/v1/suggest",
    "POST /api/v1/check",
    "POST /api/v1/contacts/{contact:path}/turns",
    "POST /api/v1/contacts/{contact:path}/feedback",
    "POST /api/v1/contacts/{contact:path}/cards/{card}/step",
    "POST /api/v1/contacts/{contact:path}/cards/{card}/wording",
    "POST /api/v1/contacts/{contact:path}/close",
    "POST /api/v1/analyse",
    "POST /api/v1/score",
    "GET /api/v1/contacts",
    "GET /api/v1/contacts/{contact:path}",
    "GET /api/v1/queue",
    "POST /api/v1/evaluations/{evaluation:path}/review",
    "POST /api/v1/ingest",
    "POST /api/v1/ingest/preview",
    "GET /api/v1/exports/{file_format}",
    "POST /api/v1/ingest/{format}",
    "DELETE /api/v1/documents/{document:path}",
    "GET /api/v1/contacts/{contact:path}/wrap-up",
    "GET /api/v1/documents",
    "GET /api/v1/documents/{document:path}",
    "GET /api/v1/evaluations",
    "GET /api/v1/evaluations/{evaluation:path}",
    "GET /api/v1/evaluations/{evaluation:path}/history",
    "GET /api/v1/live",
    "GET /api/v1/live/{contact:path}",
    "POST /api/v1/admin/documents",
    "POST /api/v1/contacts/{contact:path}/drafts",
    "POST /api/v1/contacts/{contact:path}/open",
    "POST /api/v1/evaluations/{evaluation:path}/acknowledge",
    "POST /api/v1/evaluations/{evaluation:path}/disputes",
    "POST /api/v1/feeds/{kind}",
    "PUT /api/v1/contacts/{contact:path}/wrap-up",
    "PUT /api/v1/documents/{document:path}",
    "GET /api/live/{contact:path}",
    "GET /api/live/{contact:path}/state",
    "GET /agent/",
    "GET /agent/gradio_api/heartbeat/{session_hash}",
    "POST /agent/gradio_api/queue/join",
    "GET /agent/gradio_api/queue/data",
    "POST /agent/gradio_api/component_server",
    "POST /agent/gradio_api/component_server/",
    # Gradio's {api_name} here; the guard lets `predict` through and nothing else.
    "POST /agent/gradio_api/run/predict",
}
CLOSED = """
GET /openapi.json
POST /login
POST /login/
GET /logout
GET /config
GET /config/
GET /robots.txt
GET /pwa_icon
POST /gradio_api/upload
GET /gradio_api/upload_progress
GET /pwa_icon/{size}
GET /monitoring
GET /monitoring/summary
GET /monitoring/{key}
GET /gradio_api/deep_link
GET /gradio_api/user
GET /gradio_api/user/
GET /gradio_api/login_check
GET /gradio_api/login_check/
GET /gradio_api/token
GET /gradio_api/token/
GET /gradio_api/app_id
GET /gradio_api/app_id/
GET /gradio_api/dev/reload
GET /gradio_api/runs
GET /gradio_api/runs/
GET /gradio_api/info
GET /gradio_api/info/
GET /gradio_api/openapi.json
GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
GET /gradio_api/proxy={url_path:path}
GET /gradio_api/file={path_or_url:path}
GET /gradio_api/file/{path:path}
POST /gradio_api/stream/{event_id}
POST /gradio_api/stream/{event_id}/close
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
POST /gradio_api/reset
POST /gradio_api/reset/
POST /gradio_api/api/{api_name}
POST /gradio_api/api/{api_name}/
POST /gradio_api/run/{api_name}
POST /gradio_api/run/{api_name}/
POST /gradio_api/call/v2/{api_name}
POST /gradio_api/call/v2/{api_name}/
POST /gradio_api/call/{api_name}
POST /gradio_api/call/{api_name}/
POST /gradio_api/cancel
GET /gradio_api/call/{api_name}/{event_id}
GET /gradio_api/call/v2/{api_name}/{event_id}
GET /gradio_api/queue/status
GET /gradio_api/startup-events
POST /gradio_api/process_recording
POST /gradio_api/vibe-edit
POST /gradio_api/vibe-edit/
POST /gradio_api/undo-vibe-edit
POST /gradio_api/undo-vibe-edit/
GET /gradio_api/vibe-code
GET /gradio_api/vibe-code/
POST /gradio_api/vibe-code
POST /gradio_api/vibe-code/
POST /gradio_api/vibe-starter-queries
POST /gradio_api/vibe-starter-queries/
""".split("\n")[1:-1]


def routes_of(routes, prefix=""):
    """`METHOD /path` of every route, mounts and included routers gone into."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes, prefix + route.include_context.prefix)
        elif getattr(route, "methods", None) is not None:
            yield from (f"{method} {prefix}{route.path}" for method in route.methods if method != "HEAD")
        else:
            assert route.routes is not None, f"{route} is of a kind that this test does not know"
            yield from routes_of(route.routes, prefix + route.path)


def as_agent(name):
    return name.replace(" /qa/", " /agent/", 1).replace(" /admin/", " /agent/", 1)


def mounts_of(app):
    return next(m.kwargs["mounts"] for m in app.user_middleware if "mounts" in m.kwargs)


@pytest.fixture(scope="module")
def whole(filled):
    return create_app(filled)


def test_every_route_is_classified(whole):
    found = set(routes_of(whole.routes))
    known = OPEN | SIGNED | {f"{line.split()[0]} /agent{line.split()[1]}" for line in CLOSED}
    assert {name for name in found if as_agent(name) not in known} == set()
    assert len(found) > 150


def test_the_guard_agrees_with_the_classes(whole):
    mounts = mounts_of(whole)

    def door(name):
        method, path = name.split()
        return door_of(method, re.sub(r"\{[^}]*\}", "x1", path), mounts)

    for mount in ("agent", "qa", "admin"):
        there = [name.replace("/agent/", f"/{mount}/") for name in OPEN]
        assert [name for name in there if (found := door(name)) is None or not found.open] == []
        there = [name.replace("/agent/", f"/{mount}/") for name in SIGNED]
        assert [name for name in there if (found := door(name)) is None or found.open] == []
        there = [f"{line.split()[0]} /{mount}{line.split()[1]}" for line in CLOSED]
        assert [name for name in there if door(name) is not None] == []


def test_roles_of_the_pages():
    assert {page.path: page.roles for page in PAGES} == {
        "/agent": ("agent", "admin"),
        "/qa": ("qa", "admin"),
        "/admin": ("admin",),
    }
    assert [page.path for page in PAGES if page.without_client] == ["/admin"]
