"""Web sessions: who is signed in at this moment, and how often they may ask."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from models.errors import NotFoundError, StorageError
from storage.access import Principal
from storage.kept_sessions import KeptSession, session_digest
from storage.people_rows import ROLES

if TYPE_CHECKING:
    from storage.access import AccessKeys, Role
    from storage.kept_sessions import KeptSessions
    from storage.people import People

IDLE_S = 30 * 60
ABSOLUTE_S = 12 * 60 * 60
_MOST = 10_000
_MOST_EACH = 50
"""Of one key, the least recently used ended first."""
_USED_EVERY_S = 5 * 60
"""How fresh the file's time of use is: finer would cost a write to disk for every request."""
_SET_BACK_S = 60
"""A clock may be this much behind what it said before; more, and nobody knows how long ago that was."""


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
    kept: bool = False
    """Whether the file knows it."""
    noted: float = 0.0
    """The time of use that the file knows."""

    def alive(self, now: float) -> bool:
        """Whether neither the idle nor the absolute time is over."""
        return -_SET_BACK_S <= now - self.used < IDLE_S and now - self.started < ABSOLUTE_S


# The pages know a web session by its name alone. Names are random, so one table serves the process,
# and a web session that ended is no longer in it.
_BY_NAME: WeakValueDictionary[str, WebSession] = WeakValueDictionary()


class WebSessions:
    """The table of web sessions.

    With a file, a restart of the server signs nobody out whom a person or a key stands behind; the buttons
    of the demo have neither. The file also tells what another process ended.

    Args:
        keys: The data folder's access keys.
        people: Who signs in with a password.
        kept: The file; None: a restart signs everybody out.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        keys: AccessKeys,
        *,
        people: People | None = None,
        kept: KeptSessions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._people = people
        self._kept = kept
        self._clock = clock
        self._table: OrderedDict[str, WebSession] = OrderedDict()
        """By the digest of the id: the file has no more, and a look-up tells nothing by its time."""
        self._lock = threading.Lock()
        if kept is not None:
            self._bring_back(kept)

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
            _new_name(),
            principal,
            prefix,
            now if started is None else started,
            now,
            stamp,
        )
        with self._lock:
            over = [digest for digest, known in self._table.items() if not known.alive(now)]
            # Whoever signs in over and over ends their own, never somebody else's.
            mine = [
                digest
                for digest, known in self._table.items()
                if _whose(known.prefix, known.principal) == whose
            ]
            over += mine[: max(0, len(mine) - _MOST_EACH + 1)]
            over += list(self._table)[: max(0, len(self._table) - len(over) - _MOST + 1)]
        self._tidy(over)
        digest = session_digest(made.id)
        if self._kept is not None and (prefix or principal.person):
            row = (principal.person, prefix, principal.client, principal.role)
            made.kept = self._kept.keep(KeptSession(digest, *row, made.started, now, stamp))
            made.noted = now
        with self._lock:
            self._table[digest] = made
            _BY_NAME[made.name] = made
        return made

    def end(self, id: str) -> None:
        """Sign out. An unknown id changes nothing.

        Raises:
            StorageError: The disk refuses: after a restart the id would open the door again, so they stay in.
        """
        if id:
            self._drop([session_digest(id)])

    def end_all(self, id: str) -> int:
        """Sign out wherever the person, or the key, behind this one came in; how many these were."""
        known = self.get(id, touch=False)
        if known is None:
            return 0
        whose = _whose(known.prefix, known.principal)
        with self._lock:
            mine = [
                digest for digest, one in self._table.items() if _whose(one.prefix, one.principal) == whose
            ]
        if self._kept is not None:
            who = (known.principal.person, known.prefix)
            if any(who):
                mine += [row.digest for row in self._kept.rows().values() if (row.person, row.prefix) == who]
        ended = {*mine}
        self._drop(ended)
        return len(ended)

    def get(self, id: str, *, touch: bool = True) -> WebSession | None:
        """The live web session of an id.

        Ends here when its time is over, or when its key, person or grant was taken back.
        """
        now, digest = self._clock(), session_digest(id)
        with self._lock:
            known = self._table.get(digest)
        row = self._kept.rows().get(digest) if self._kept is not None else None
        if known is None and row is not None:
            known = self._of_row(row, id)
            if known is not None:
                with self._lock:
                    known = self._table.setdefault(digest, known)
                    _BY_NAME[known.name] = known
        if known is None:
            return None
        ended_elsewhere = known.kept and row is None
        if ended_elsewhere or not known.alive(now) or not self._stands(known):
            self._tidy([digest])
            return None
        known.id = id  # one from the file knew its digest alone
        if touch:
            known.used = now
            with self._lock:
                if digest in self._table:
                    self._table.move_to_end(digest)
            if known.kept and self._kept is not None and now - known.noted > _USED_EVERY_S:
                known.noted = now
                self._kept.note_use(digest, now)
        return known

    def _drop(self, digests: Collection[str]) -> None:
        # The file first: what is in the table alone is not brought back by somebody who asks meanwhile.
        if self._kept is not None:
            rows = self._kept.rows()
            self._kept.forget([digest for digest in digests if digest in rows])
        with self._lock:
            for digest in digests:
                ended = self._table.pop(digest, None)
                if ended is not None:
                    _BY_NAME.pop(ended.name, None)

    def _tidy(self, digests: Collection[str]) -> None:
        """Drop what opens nothing any more: its time is over, in the file as well."""
        with suppress(StorageError):
            self._drop(digests)

    def _bring_back(self, kept: KeptSessions) -> None:
        """At the start: whoever was signed in when the last process ended. Their limits go on, too."""
        now = self._clock()
        over = []
        for digest, row in kept.rows().items():
            known = self._of_row(row)
            if known is None or not known.alive(now) or not self._stands(known):
                over.append(digest)
                continue
            self._table[digest] = known
            _BY_NAME[known.name] = known
        with suppress(StorageError):
            kept.forget(over)

    def _of_row(self, row: KeptSession, id: str = "") -> WebSession | None:
        """A web session from the file, as the person or the key stands today."""
        principal = self._behind(row)
        if principal is None:
            return None
        times = (row.started_s, row.used_s)
        return WebSession(
            id, _new_name(), principal, row.prefix, *times, row.stamp, kept=True, noted=row.used_s
        )

    def _behind(self, row: KeptSession) -> Principal | None:
        if row.prefix:
            entry = self._keys.standing(row.prefix)
            same = entry is not None and (entry.principal.client, entry.principal.role) == (
                row.client,
                row.role,
            )
            return entry.principal if entry is not None and same else None
        if self._people is None or row.role not in ROLES:
            return None
        try:
            person = self._people.get(row.person)
        except NotFoundError:
            return None
        role: Role = row.role
        return Principal(person.name, role, row.client, person.id, person.owner, person.language)

    def _stands(self, known: WebSession) -> bool:
        who = known.principal
        if known.prefix:
            return self._keys.standing(known.prefix) is not None
        if who.person:
            people = self._people
            return people is not None and people.stands(who.person, known.stamp, who.client, who.role)
        return True


def _new_name() -> str:
    return "u-" + secrets.token_urlsafe(16)


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
