"""Which addresses exist, for whom, and which requests are refused by their shape alone.

An allow-list: what is not named here is closed, so a new version of Gradio cannot open a door unseen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from storage.access import Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Body = Literal["none", "json", "upload", "form", "feed"]

JSON_BYTES = 6_000_000
FORM_BYTES = 16_384
FEED_BYTES = 262_144
UPLOAD_BYTES = 50_000_000
_MULTIPART_SLACK = 65_536

_OPEN = frozenset(
    {
        "/login",
        "/logout",
        "/welcome",
        "/livez",
        "/startupz",
        "/readyz",
        "/api/v1/health",
        "/favicon.ico",
        "/manifest.json",
    }
)
_FORMS = frozenset({"/login", "/logout", "/welcome", "/clients"})
_UPLOADS = ("/api/v1/ingest", "/api/v1/admin/documents")
FORM_FEED = "/api/v1/feeds/twilio"
"""The one feed that posts a form."""
_GRADIO_OPEN = ("assets/", "static/", "svelte/")
_GRADIO_OPEN_FILES = frozenset({"theme.css", "gradio_api/theme.css", "favicon.ico", "manifest.json"})
_GRADIO_POST: dict[str, Body] = {
    "gradio_api/queue/join": "json",
    "gradio_api/run/predict": "json",
    "gradio_api/component_server": "json",
    # With the slash is how its own script calls it.
    "gradio_api/component_server/": "json",
}
"""No upload: it would write what was sent to a named file, as it came. Files go to `_UPLOADS`."""
_GRADIO_GET = frozenset({"gradio_api/queue/data"})
_HEARTBEAT = re.compile(r"gradio_api/heartbeat/([A-Za-z0-9]{1,64})")
_TRICKS = re.compile(rb"%2e|%5c|%[01][0-9a-f]|%7f|[\\\x00-\x1f\x7f;]", re.IGNORECASE)
_TRICKS_IN_MOUNTS = re.compile(rb"%2f|%3d", re.IGNORECASE)
_FORBIDDEN_QUERIES = ("deep_link", "page")


@dataclass(frozen=True, slots=True)
class Mount:
    """One Gradio page under a path, and who may see it."""

    path: str
    roles: tuple[Role, ...]
    pages: tuple[str, ...] = ("",)
    """Routes within it that are pages."""
    without_client: bool = False
    """Open to an owner who has not chosen a client."""


@dataclass(frozen=True, slots=True)
class Door:
    """What one request wants to go through."""

    open: bool
    """Without signing in."""
    mount: Mount | None = None
    body: Body = "none"
    bound: Literal["", "page", "session_hash"] = ""
    """What within a mount belongs to the first user who used it."""
    hash: str = ""
    """The session hash, when it stands in the path."""

    @property
    def most_bytes(self) -> int:
        """Longest body."""
        sizes = {
            "none": 0,
            "json": JSON_BYTES,
            "form": FORM_BYTES,
            "feed": FEED_BYTES,
            "upload": UPLOAD_BYTES + _MULTIPART_SLACK,
        }
        return sizes[self.body]


def door_of(method: str, path: str, mounts: Sequence[Mount]) -> Door | None:
    """The door of a request; None when there is none."""
    for mount in mounts:
        if path.startswith(f"{mount.path}/"):
            return _within(mount, method, path[len(mount.path) + 1 :])
    reading = method in SAFE_METHODS
    if path in _OPEN or (reading and path.startswith("/static/")):
        return Door(open=True, body="form" if path in _FORMS and not reading else "none")
    if (path == "/" and reading) or path == "/clients":
        return Door(open=False, body="none" if reading else "form")
    if path.startswith("/api/"):
        upload = any(path == one or path.startswith(f"{one}/") for one in _UPLOADS)
        body: Body = "upload" if upload else "feed" if path == FORM_FEED else "json"
        return Door(open=False, body="none" if reading else body)
    return None


def _within(mount: Mount, method: str, rest: str) -> Door | None:
    if method in ("GET", "HEAD"):
        if rest.startswith(_GRADIO_OPEN) or rest in _GRADIO_OPEN_FILES:
            return Door(open=True, mount=mount)
        if rest in mount.pages:
            return Door(open=False, mount=mount, bound="page")
        if rest in _GRADIO_GET:
            return Door(open=False, mount=mount, bound="session_hash")
        beat = _HEARTBEAT.fullmatch(rest)
        return Door(open=False, mount=mount, bound="session_hash", hash=beat[1]) if beat else None
    body = _GRADIO_POST.get(rest) if method == "POST" else None
    if body is None:
        return None
    return Door(open=False, mount=mount, body=body, bound="session_hash")


def needs_client(path: str, door: Door, *, owner: bool) -> bool:
    """Whether somebody who has not chosen a client must do so first."""
    if path in ("/", "/clients"):
        return False
    return not (owner and door.mount is not None and door.mount.without_client)


def is_trick(path: str, raw: bytes, mounts: Sequence[Mount]) -> bool:
    """Whether the path tries to be read in two ways."""
    inside = any(path.startswith(f"{mount.path}/") for mount in mounts)
    return (
        not path.startswith("/")
        or "//" in path
        or "\\" in path
        or any(part in (".", "..") for part in path.split("/"))
        or _TRICKS.search(raw) is not None
        or (inside and _TRICKS_IN_MOUNTS.search(raw) is not None)
    )


def is_plain_query(connection: HTTPConnection, door: Door) -> bool:
    """Whether a page is asked for as it is: Gradio's own query words load other states of it."""
    return door.bound != "page" or not any(name in connection.query_params for name in _FORBIDDEN_QUERIES)


def is_from_our_page(connection: HTTPConnection, *, loopback: bool) -> bool:
    """Whether an unsafe request with a cookie was sent by a page of this very host."""
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None:
        return site is not None
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    schemes = ("http", "https") if loopback else ("https",)
    host = connection.headers.get("host", "")
    return parts.scheme in schemes and bool(host) and parts.netloc.lower() == host.lower()


def is_expected_content(content_type: str, door: Door) -> bool:
    """Whether the body is of the one kind that this door takes."""
    kind = content_type.partition(";")[0].strip().lower()
    wanted = {
        "json": "application/json",
        "upload": "multipart/form-data",
        "form": "application/x-www-form-urlencoded",
        "feed": "application/x-www-form-urlencoded",
    }
    return kind == wanted.get(door.body, kind)
