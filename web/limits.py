"""How much may be asked of a server: settings, and the gate that sheds turns before they pile up."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from models.errors import ConfigError
from web.problems import Refused

MOST_WAIT_S = 0.15
"""How long a turn may wait for those before it. Half of what is promised, since parsing comes on top."""
_NEVER_REFUSED = 2
"""Inside already when the next is still let in: one is worked on, one waits."""
_WEIGHT = 0.2
"""Of the newest gap in the moving average."""


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


_NAMES = {
    "key": "per_key_per_s",
    "client": "per_client_per_s",
    "burst": "burst_s",
    "turns": "most_turns",
}


def limits_of(said: str) -> Limits:
    """Limits as a setting says them: `key=200,client=1000,burst=5,turns=24`; what is left out stays.

    Raises:
        ConfigError: An unknown name, or no number above 0.
    """
    found: dict[str, float] = {}
    for part in filter(None, (one.strip() for one in said.split(","))):
        name, _, number = part.partition("=")
        if name not in _NAMES:
            raise ConfigError(f"rates: unknown limit {name}; known are {', '.join(_NAMES)}")
        try:
            found[_NAMES[name]] = float(number)
        except ValueError:
            raise ConfigError(f"rates: {name} needs a number, such as {name}=200") from None
    usual = Limits()
    return Limits(
        per_key_per_s=found.get("per_key_per_s", usual.per_key_per_s),
        per_client_per_s=found.get("per_client_per_s", usual.per_client_per_s),
        burst_s=found.get("burst_s", usual.burst_s),
        most_turns=int(found.get("most_turns", usual.most_turns)),
    )


class Gate:
    """A queue bounded by age: whoever would wait too long is told to come again, and waits nowhere.

    How long a request would wait is how many are inside times how far apart they came out lately. So the
    gate lets in as many as the machine can do in time, whatever else the machine does.

    Args:
        most: How many at once, whatever they take.
        most_wait_s: How long one may wait, in seconds.
        retry_after_s: When to come again, in seconds.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        most: int,
        *,
        most_wait_s: float = MOST_WAIT_S,
        retry_after_s: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._most_wait_s = most_wait_s
        self._retry_after_s = retry_after_s
        self._clock = clock
        self._inside = 0
        self._gap_s = 0.0
        """Between two that came out one after the other while the next was waiting; a moving average."""
        self._since = 0.0
        """When the last one came out, or the first one of a busy time went in."""
        self._lock = threading.Lock()

    async def __call__(self) -> AsyncIterator[None]:
        """A FastAPI dependency around one request.

        Raises:
            Refused: 503 with Retry-After: it would wait too long.
        """
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Go in.

        Raises:
            Refused: As the call.
        """
        with self._lock:
            wait_s = (self._inside + 1) * self._gap_s if self._inside >= _NEVER_REFUSED else 0.0
            if self._inside >= self._most or wait_s > self._most_wait_s:
                headers = {"Retry-After": str(self._retry_after_s)}
                raise Refused(503, "Too many turns are waiting.", headers=headers)
            if self._inside == 0:
                self._since = self._clock()
            self._inside += 1

    def leave(self) -> None:
        """Come out."""
        with self._lock:
            self._inside -= 1
            now = self._clock()
            # Loading a model takes seconds, once: such a gap says no more than that it is too long.
            gap_s = min(now - self._since, self._most_wait_s)
            self._gap_s += _WEIGHT * (gap_s - self._gap_s)
            self._since = now
