"""What a server does by itself every hour: retention of every client, and the heads of the audit outside."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from models.errors import UnscriptedError
from storage import open_store, retention
from storage.audit import AuditTrail
from storage.panel_use import PanelUse
from web.veil import drop_others

log = logging.getLogger("unscripted.safety")

EVERY_S = 3600.0
COMPACT_EVERY_S = 86_400.0
"""How often a client's file is written anew, when something went from it; it takes time by its size."""


class Schedule:
    """A thread of its own, with a store of its own, beside a server.

    Args:
        folder: The data folder.
        limits: Most days by kind of record, whatever a client's file says.
        anchor: Where the audit's heads are appended; None: within the data folder.
    """

    def __init__(
        self, folder: Path, *, limits: Mapping[str, int] | None = None, anchor: Path | None = None
    ) -> None:
        self._folder, self._limits, self._anchor = folder, limits, anchor
        self._stopped = threading.Event()
        self._compacted: dict[str, float] = {}
        self._thread = threading.Thread(target=self._run, name="safety", daemon=True)

    def start(self) -> Schedule:
        """Run once now and then every hour."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop after the run that is going on; returns when it has ended, ten seconds at most."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(10.0)

    def once(self, *, now: datetime | None = None) -> list[retention.Kept]:
        """One run over all clients. A client that fails is logged and stops no other."""
        store, audit, done = open_store(self._folder), AuditTrail(self._folder), []
        panel = PanelUse(self._folder)
        try:
            for client in store.clients():
                if self._stopped.is_set():
                    break
                due = monotonic() - self._compacted.get(client, -COMPACT_EVERY_S) >= COMPACT_EVERY_S
                try:
                    panel.purge(client)
                    drop_others(store, client, now=now)
                    kept = retention.run(
                        store, audit, client, limits=self._limits, now=now or datetime.now(UTC), compact=due
                    )
                except (UnscriptedError, OSError) as problem:
                    log.warning("retention failed: %s", type(problem).__name__)
                    continue
                if kept.gone and due:
                    self._compacted[client] = monotonic()
                done.append(kept)
            audit.anchor(self._anchor)
        finally:
            panel.close()
            audit.close()
            store.close()
        return done

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.once()
            except Exception as problem:  # noqa: BLE001 - tomorrow's run must not depend on today's
                log.warning("the hourly run failed: %s", type(problem).__name__)
            self._stopped.wait(EVERY_S)
