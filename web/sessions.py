"""Web sessions: who is signed in at this moment, and how often they may ask. In memory, one process."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from storage.access import AccessKeys, Principal
    from storage.people import People

IDLE_S = 30 * 60
ABSOLUTE_S = 12 * 60 * 60
_MOST = 10_000
_MOST_EACH = 50
"""Of one key, the least recently used ended first."""


@dataclass(slots=True, weakref_slot=True)
class WebSession:
    """One browser, signed in."""

    id: str
    """The secret in the cookie; never in a page, a log or an address."""
    name: str
    """Stands for the web session where the secret must not: in Gradio's `request.username`."""
    principal: Principal
    prefix: str
    """Of the key that opened it; empty for people with a password and the buttons of the demo."""
    started: float
    used: float
    stamp: int = 0
    """Of the person when they signed in; see `storage.people.Person.stamp`."""

    def alive(self, now: float) -> bool:
        """Whether neither the idle nor the absolute time is over."""
        return now - self.used < IDLE_S and now - self.started < ABSOLUTE_S


# The pages know a web session by its name alone. Names are random, so one table serves the process,
# and a web session that ended is no longer in it.
_BY_NAME: WeakValueDictionary[str, WebSession] = WeakValueDictionary()


class WebSessions:
    """The table of web sessions. In memory: a restart of the server signs everybody out."""

    def __init__(
        self,
        keys: AccessKeys,
        *,
        people: People | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._people = people
        self._clock = clock
        self._table: OrderedDict[str, WebSession] = OrderedDict()
        self._lock = threading.Lock()

    def begin(
        self,
        principal: Principal,
        *,
        prefix: str = "",
        stamp: int = 0,
        started: float | None = None,
        instead_of: str = "",
    ) -> WebSession:
        """A new web session under a new id; the one it replaces ends here.

        Args:
            principal: Who it is, and for which client.
            prefix: Of the key that opens it.
            stamp: Of the person whose password opens it.
            started: When they signed in, if this only changes the client: that must not add hours.
            instead_of: Id of the web session that ends.
        """
        self.end(instead_of)
        now, whose = self._clock(), _whose(prefix, principal)
        made = WebSession(
            secrets.token_urlsafe(32),
            "u-" + secrets.token_urlsafe(16),
            principal,
            prefix,
            now if started is None else started,
            now,
            stamp,
        )
        with self._lock:
            over = [id for id, known in self._table.items() if not known.alive(now)]
            # Whoever signs in over and over ends their own, never somebody else's.
            mine = [id for id, known in self._table.items() if _whose(known.prefix, known.principal) == whose]
            over += mine[: max(0, len(mine) - _MOST_EACH + 1)]
            over += list(self._table)[: max(0, len(self._table) - len(over) - _MOST + 1)]
        for id in over:
            self.end(id)
        with self._lock:
            self._table[made.id] = made
            _BY_NAME[made.name] = made
        return made

    def end(self, id: str) -> None:
        """Sign out. An unknown id changes nothing."""
        with self._lock:
            ended = self._table.pop(id, None)
            if ended is not None:
                _BY_NAME.pop(ended.name, None)

    def get(self, id: str, *, touch: bool = True) -> WebSession | None:
        """The live web session of an id.

        Ends here when its time is over, or when its key, person or grant was taken back.
        """
        now = self._clock()
        with self._lock:
            known = self._table.get(id)
        if known is None:
            return None
        if not known.alive(now) or not self._stands(known):
            self.end(id)
            return None
        if touch:
            known.used = now
            with self._lock:
                if id in self._table:
                    self._table.move_to_end(id)
        return known

    def _stands(self, known: WebSession) -> bool:
        who = known.principal
        if known.prefix:
            return self._keys.standing(known.prefix) is not None
        if who.person:
            people = self._people
            return people is not None and people.stands(who.person, known.stamp, who.client, who.role)
        return True

    def named(self, name: str) -> WebSession | None:
        """The live web session of a name."""
        known = _BY_NAME.get(name)
        return None if known is None else self.get(known.id)


def _whose(prefix: str, principal: Principal) -> tuple[str, object]:
    return prefix, principal.person or principal


def session_named(name: str | None) -> WebSession | None:
    """The web session behind a name, if it has not ended."""
    return _BY_NAME.get(name) if name else None


class Buckets:
    """How often each caller may ask: `burst` at once, then `per_s` a second.

    Args:
        per_s: Tokens that come back each second.
        burst: Tokens that a caller starts with.
        most: Callers remembered; the one heard of longest ago is forgotten first.
    """

    def __init__(
        self, *, per_s: float, burst: float, most: int = 20_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_s = per_s
        self._burst = burst
        self._most = most
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> bool:
        """Take a token. False when there is none left."""
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(caller, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._per_s)
            allowed = level >= 1
            self._levels[caller] = (level - 1 if allowed else level, now)
            while len(self._levels) > self._most:
                self._levels.popitem(last=False)
        return allowed

    def give(self, caller: str) -> None:
        """Give a token back: what it was taken for turned out well."""
        with self._lock:
            if caller in self._levels:
                level, since = self._levels[caller]
                self._levels[caller] = (min(self._burst, level + 1), since)
