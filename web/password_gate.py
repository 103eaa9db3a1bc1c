"""Checking passwords without letting anybody guess them, or keep the server busy with guesses.

A hash costs some 0.1 s of a core and 19 MiB on purpose. So few run at once, at low priority, few wait,
and whoever guesses wrong waits longer with every guess. Nothing here depends on whether a login exists.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from storage.passwords import spelled
from web.problems import Refused
from web.sessions import Buckets

if TYPE_CHECKING:
    from storage.people import People
    from storage.people_rows import Person

Result = TypeVar("Result")
_MOST_WAITING = 20
_MOST_KNOWN = 10_000
_LONGEST_KEPT = 100
_LOW_PRIORITY = 10


class PasswordGate:
    """What stands between a sign-in form and a hash.

    Args:
        people: Whose passwords.
        workers: Hashes at once; None: half the cores, 2 at most.
        most_waiting: Sign-ins that may wait for them; more are refused at once.
        clock: Seconds.
    """

    def __init__(
        self,
        people: People,
        *,
        workers: int | None = None,
        most_waiting: int = _MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        workers = workers or min(2, max(1, (os.cpu_count() or 1) // 2))
        self._people = people
        self._pool = ThreadPoolExecutor(workers, "unscripted-password", initializer=_step_back)
        self._free = threading.BoundedSemaphore(workers + most_waiting)
        self._pairs = Buckets(per_s=1 / 30, burst=5, clock=clock)
        self._addresses = Buckets(per_s=0.2, burst=30, clock=clock)
        self._logins = Buckets(per_s=1 / 60, burst=30, clock=clock)
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    async def verify(self, login: str, password: str, address: str) -> Person | None:
        """The person whose login and password these are.

        Raises:
            Refused: Too many wrong guesses (429), or too many people sign in at this moment (503).
        """
        name = spelled(login)[:_LONGEST_KEPT]
        taken = self._take(name, address)
        person = await self.run(lambda: self._people.verify(login, password))
        if person is not None:
            for buckets, key in taken:
                buckets.give(key)
            with self._lock:
                self._good[name, address] = None
                self._good.move_to_end((name, address))
                while len(self._good) > _MOST_KNOWN:
                    self._good.popitem(last=False)
        return person

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of something that hashes, done in its turn.

        Raises:
            Refused: Too many wait.
        """
        if not self._free.acquire(blocking=False):
            raise Refused(503, "Too many people sign in at this moment.", headers={"Retry-After": "5"})
        try:
            task = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BaseException:
            self._free.release()
            raise
        # The hash goes on when its caller has gone: its place is free only when it is done.
        task.add_done_callback(self._release)
        return await asyncio.shield(task)

    def _release(self, done: asyncio.Future[Any]) -> None:
        self._free.release()
        if not done.cancelled():
            done.exception()  # told to the caller, if there still is one

    def _take(self, name: str, address: str) -> list[tuple[Buckets, str]]:
        """A guess from each allowance that this sign-in draws on; given back when it is right."""
        wanted = [(self._pairs, f"{name}\n{address}"), (self._addresses, address)]
        with self._lock:
            # Somebody who guesses from many places must not keep the person out of their own place.
            if (name, address) not in self._good:
                wanted.append((self._logins, name))
        for buckets, key in wanted:
            if not buckets.take(key):
                words = "Too many wrong passwords. Wait a minute and try again."
                raise Refused(429, words, headers={"Retry-After": "60"})
        return wanted


def _step_back() -> None:
    """Live contacts go first: on Linux a thread has a priority of its own."""
    with contextlib.suppress(OSError, AttributeError):
        if os.uname().sysname == "Linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW_PRIORITY)
