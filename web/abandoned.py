"""Contacts that nobody ended: closed after some hours without a turn, so that their transcripts are kept."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import TYPE_CHECKING

from models.errors import UnscriptedError

if TYPE_CHECKING:
    from web.workspace import Workspace

log = logging.getLogger("unscripted.live")
EVERY_S = 600.0


def close_abandoned(workspace: Workspace, *, now: datetime | None = None) -> int:
    """End all abandoned contacts; how many. What a crash left of ended ones is erased on the way."""
    closed = 0
    for client in workspace.clients():
        try:
            for contact in workspace.live.abandoned(client, now=now):
                workspace.close(client, contact)
                closed += 1
        except UnscriptedError as problem:
            log.warning("abandoned contacts not closed: %s", type(problem).__name__)
    return closed


class Sweeper:
    """Does it now and then, beside a server."""

    def __init__(self, workspace: Workspace, *, every_s: float = EVERY_S) -> None:
        self._workspace = workspace
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="abandoned-contacts", daemon=True)

    def start(self) -> None:
        """Begin; the first look comes after one pause, so that a start is not slowed down."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the contact that is being closed."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(self._every_s):
            close_abandoned(self._workspace)
