# No `from __future__ import annotations` here: see api_access.py.
"""Alive, started, ready. Open to all, so nothing here says whose data this is or where it is."""

import shutil
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

from models.errors import UnscriptedError
from storage import sqlite_version
from web.api_access import answer
from web.health import OLDEST_SQLITE
from web.shapes_out import HealthOut

if TYPE_CHECKING:
    from fastapi import APIRouter

    from storage.access import AccessKeys
    from web.workspace import Workspace

_LEAST_FREE_BYTES = 200_000_000
_PROBE_EVERY_S = 5.0
_EARLIEST = 1_767_225_600  # 2026-01-01: no server runs this before it was written
_LEAP_S = 120.0


def health_router(workspace: "Workspace", keys: "AccessKeys", *, prefix: str) -> "APIRouter":
    """`/livez`, `/startupz` and `/readyz`."""
    from fastapi import APIRouter

    router = APIRouter(tags=["health"])
    readiness = Readiness(workspace, keys)
    failed: dict[int | str, dict[str, Any]] = {503: {"model": HealthOut, "description": "Not now."}}

    @router.get("/livez", response_model=HealthOut)
    async def livez() -> Any:
        """The process answers."""
        return answer(HealthOut("ok"))

    @router.get("/startupz", response_model=HealthOut, responses=failed)
    def startupz() -> Any:
        """Whether the first turn would be answered at once: models and documents are in memory."""
        return answer(*readiness.started())

    @router.get("/readyz", response_model=HealthOut, responses=failed)
    @router.get(f"{prefix}/health", response_model=HealthOut, responses=failed)
    def readyz() -> Any:
        """Whether contacts can be served, and what is missing. A missing generator changes nothing here."""
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
        self._clocks = (time.time(), time.monotonic())

    def look(self) -> dict[str, Any]:
        """`status` is ok, degraded or failed; `reasons` says why, in words without names or paths."""
        with self._lock:
            now = time.monotonic()
            if self._seen is None or now - self._seen[0] > _PROBE_EVERY_S:
                self._seen = (now, self._probe())
            return self._seen[1]

    def started(self) -> tuple[dict[str, Any], int]:
        """Whether the warm-up is over, where one was begun, and the HTTP status that says so."""
        if self._workspace.warm is False:
            return {"status": "failed", "reasons": ["models and documents are being read"]}, 503
        return {"status": "ok", "reasons": []}, 200

    def _probe(self) -> dict[str, Any]:
        failed, degraded = [], []
        failed += self._folder()
        try:
            if shutil.disk_usage(self._workspace.folder).free < _LEAST_FREE_BYTES:
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
        if self._workspace.reranker_failed():
            degraded.append("the reranker of searches failed")
        degraded += self._clock()
        status = "failed" if failed else "degraded" if degraded else "ok"
        return {"status": status, "reasons": failed + degraded}

    def _folder(self) -> list[str]:
        """A write, and the files of every client: of a shape that this version knows, and readable."""
        failed = []
        try:
            with tempfile.TemporaryFile(dir=self._workspace.folder) as file:
                file.write(b"probe")
                file.flush()
        except OSError:
            failed.append("the data folder cannot be written")
        try:
            for client in self._workspace.clients():
                # Opening brings the file to the newest shape; asking for its state reads it.
                self._workspace.knowledge_base(client)
        except UnscriptedError:
            failed.append("a client's file cannot be read, or was written by a newer version")
        return failed

    def _clock(self) -> list[str]:
        """Policies begin and keys end by the clock: one that is wrong or leaps is worth saying."""
        wall, steady = time.time(), time.monotonic()
        before = self._clocks
        self._clocks = (wall, steady)
        if wall < _EARLIEST:
            return ["the clock is wrong"]
        if abs((wall - before[0]) - (steady - before[1])) > _LEAP_S:
            return ["the clock has leapt"]
        return []
