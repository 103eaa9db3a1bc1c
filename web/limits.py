"""How much may be asked of a server: settings, and the gate that sheds turns before they pile up."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass

from models.errors import ConfigError
from web.problems import Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """How often may be asked. A caller may ask `burst_s` seconds' worth at once.

    Raises:
        ConfigError: A limit is not above 0.
    """

    per_key_per_s: float = 200.0
    """Requests a second of one key or web session."""
    per_client_per_s: float = 1_000.0
    """Requests a second of all credentials of one client together."""
    burst_s: float = 5.0
    most_turns: int = 24
    """Requests that bring turns and are worked on at once; more are sent away, to come again."""

    def __post_init__(self) -> None:
        if min(self.per_key_per_s, self.per_client_per_s, self.burst_s, self.most_turns) <= 0:
            raise ConfigError("limits: every one of them must be above 0")


class Gate:
    """At most so many at once; whoever comes then is told to come again, and waits nowhere.

    Args:
        most: How many.
        retry_after_s: When to come again, in seconds.
    """

    def __init__(self, most: int, *, retry_after_s: int = 1) -> None:
        self._most = most
        self._retry_after_s = retry_after_s
        self._inside = 0
        self._lock = threading.Lock()

    async def __call__(self) -> AsyncIterator[None]:
        """A FastAPI dependency around one request.

        Raises:
            Refused: 503 with Retry-After: it is full.
        """
        with self._lock:
            if self._inside >= self._most:
                headers = {"Retry-After": str(self._retry_after_s)}
                raise Refused(503, "Too many turns are waiting.", headers=headers)
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
