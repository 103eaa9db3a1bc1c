# No `from __future__ import annotations` here: see api_access.py.
"""REST under `/api/v1`. Every route calls the workspace, as the person and client of the credential."""

import shutil
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Annotated, Any

from models.errors import UnscriptedError
from models.records import Hit
from storage import sqlite_version
from storage.access import Principal
from web.api_access import allowed, answer, own_client_only
from web.api_live import live_router
from web.api_qa import qa_router
from web.health import OLDEST_SQLITE

if TYPE_CHECKING:
    from fastapi import APIRouter

    from storage.access import AccessKeys
    from web.workspace import Workspace

PREFIX = "/api/v1"
_LONGEST_QUERY = 2_000
_MOST_HITS = 50
_LEAST_FREE_BYTES = 200_000_000
_PROBE_EVERY_S = 5.0


def api_router(workspace: "Workspace") -> "APIRouter":
    """All of REST but the health routes."""
    from fastapi import APIRouter, Depends, Query

    router = APIRouter(prefix=PREFIX, dependencies=[Depends(own_client_only())])
    Anybody = Annotated[Principal, Depends(allowed("agent", "qa", "admin"))]  # noqa: N806 - a type

    @router.get("/search", tags=["knowledge"], response_model=list[Hit])
    def search(
        who: Anybody,
        q: Annotated[str, Query(min_length=1, max_length=_LONGEST_QUERY)],
        limit: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 5,
    ) -> Any:
        """Passages of the client's documents that answer a question, best first."""
        return answer(workspace.search(who.client, q, limit=limit))

    @router.get("/clients/me", tags=["knowledge"])
    def me(who: Anybody) -> Any:
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
            }
        )

    router.include_router(live_router(workspace))
    router.include_router(qa_router(workspace))
    return router


def health_router(workspace: "Workspace", keys: "AccessKeys") -> "APIRouter":
    """Alive, and ready. Open to all, so neither says whose data is here or where."""
    from fastapi import APIRouter

    router = APIRouter(tags=["health"])
    readiness = Readiness(workspace, keys)

    @router.get("/livez")
    async def livez() -> Any:
        """The process answers."""
        return answer({"status": "ok"})

    @router.get("/readyz")
    @router.get(f"{PREFIX}/health")
    def readyz() -> Any:
        """Whether contacts can be served, and what is missing."""
        state = readiness.look()
        return answer(state, 503 if state["status"] == "failed" else 200)

    return router


class Readiness:
    """What is missing, looked up at most every five seconds: the route is open to all."""

    def __init__(self, workspace: "Workspace", keys: "AccessKeys") -> None:
        self._workspace = workspace
        self._keys = keys
        self._lock = threading.Lock()
        self._seen: tuple[float, dict[str, Any]] | None = None

    def look(self) -> dict[str, Any]:
        """`status` is ok, degraded or failed; `reasons` says why, in words without names or paths."""
        with self._lock:
            now = time.monotonic()
            if self._seen is None or now - self._seen[0] > _PROBE_EVERY_S:
                self._seen = (now, self._probe())
            return self._seen[1]

    def _probe(self) -> dict[str, Any]:
        failed, degraded = [], []
        folder = self._workspace.folder
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"probe")
                file.flush()
        except OSError:
            failed.append("the data folder cannot be written")
        try:
            if shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
                degraded.append("the disk is nearly full")
        except OSError:
            failed.append("the data folder cannot be read")
        try:
            self._keys.list()
        except UnscriptedError:
            failed.append("access keys cannot be read")
        if sqlite_version() < OLDEST_SQLITE:
            degraded.append("this SQLite can damage a file that two processes write")
        if self._workspace.degraded():
            degraded.append("documents are searched by words alone")
        status = "failed" if failed else "degraded" if degraded else "ok"
        return {"status": status, "reasons": failed + degraded}
