"""`Idempotency-Key`: a request that is sent twice is carried out once.

Every POST takes the key. While the server runs, the first answer is given again, byte for byte. Across a
restart it depends on the route:

- nothing is kept by the route (`/suggest`, `/check`, drafts, `/analyse`): carried out again, harmless;
- turns: those without an id get one that is made from the key, so a repeat replaces them by themselves;
- `/score`, `/ingest`, close, open: the same content is stored once by its id;
- what is appended (feedback, review, acknowledge, disputes): a mark without words is kept in the client's
  file, and the answer is read again from the record.

See docs/decisions/0027.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, NotFoundError
from models.records import Dispute, Evaluation
from web.api_access import LONGEST_KEY, answer
from web.problems import Refused
from web.sign_in import principal_of

if TYPE_CHECKING:
    from fastapi.routing import APIRoute
    from starlette.requests import Request
    from starlette.responses import Response

    from storage.access import Principal
    from web.workspace import Workspace

_KEPT_S = 60 * 60
_KEPT_DAYS = 7
_MOST = 2_000
_MOST_BYTES = 64_000_000
_CLEAN_EVERY = 200
_USED = "Idempotency-Key: was used for another request"


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was carried out, without a word of it."""

    id: str
    """Digest of who sent it and of the key."""
    fingerprint: str
    """Of the request."""
    at: datetime


@dataclass(frozen=True, slots=True)
class _Given:
    fingerprint: str
    status: int
    body: bytes
    kind: str | None
    at: float


class Answers:
    """Answers of the last hour by key, bounded in number and bytes."""

    def __init__(self, *, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._known: OrderedDict[str, _Given] = OrderedDict()
        self._under_way: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, id: str, fingerprint: str) -> _Given | None:
        """The answer given before to the same request; None: go on, and call `end`.

        Raises:
            ConflictError: The key was used for another request.
            Refused: 409, the first request is still being worked on.
        """
        with self._lock:
            known = self._known.get(id)
            if known is not None and time.monotonic() - known.at > _KEPT_S:
                self._forget(id)
                known = None
            if known is not None and known.fingerprint != fingerprint:
                raise ConflictError(_USED)
            if known is None and id in self._under_way:
                raise Refused(409, "Idempotency-Key: is being worked on.", headers={"Retry-After": "1"})
            if known is None:
                self._under_way.add(id)
            return known

    def end(self, id: str, given: _Given | None = None) -> None:
        """The work is over; without an answer it may be tried again."""
        with self._lock:
            self._under_way.discard(id)
            if given is None or len(given.body) > self._most_bytes:
                return
            self._known[id] = given
            self._bytes += len(given.body)
            while len(self._known) > self._most or self._bytes > self._most_bytes:
                self._forget(next(iter(self._known)))

    def _forget(self, id: str) -> None:
        self._bytes -= len(self._known.pop(id).body)


class Marks:
    """What outlives a restart: that a request was carried out."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._written = 0

    def seen(self, client: str, id: str, fingerprint: str) -> bool:
        """Whether the request was carried out before.

        Raises:
            ConflictError: The key was used for another request.
        """
        kb = self._workspace.knowledge_base(client)
        try:
            mark = kb.store.get(kb.client, Done, id)
        except NotFoundError:
            return False
        if mark.fingerprint != fingerprint:
            raise ConflictError(_USED)
        return True

    def keep(self, client: str, id: str, fingerprint: str) -> None:
        """Write the mark; old ones go now and then."""
        kb = self._workspace.knowledge_base(client)
        now = datetime.now(UTC)
        kb.store.put(kb.client, Done(id, fingerprint, now), supersede=True)
        self._written += 1
        if self._written % _CLEAN_EVERY == 1:
            for mark in kb.store.find(kb.client, Done):
                if now - mark.at > timedelta(days=_KEPT_DAYS):
                    kb.store.delete(kb.client, Done, mark.id)


def once_route(workspace: Workspace) -> type[APIRoute]:
    """The class of routes whose POSTs are carried out once."""
    from fastapi.routing import APIRoute
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    answers, marks = Answers(), Marks(workspace)

    class OnceRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            work = super().get_route_handler()
            if "POST" not in (self.methods or ()):
                return work
            again = _AGAIN.get(self.endpoint.__name__)

            async def handle(request: Request) -> Response:
                key = request.headers.get("idempotency-key", "")
                who = principal_of(request, touch=False)
                if who is None or not 0 < len(key) <= LONGEST_KEY:
                    return await work(request)
                id = _digest(who.client, who.name, who.role, key)
                body = await request.body()
                fingerprint = _digest(request.url.path, request.url.query, body)
                known = answers.begin(id, fingerprint)
                if known is not None:
                    return Response(known.body, known.status, media_type=known.kind)
                given = None
                try:
                    if again is not None and await run_in_threadpool(marks.seen, who.client, id, fingerprint):
                        made = await run_in_threadpool(again, workspace, who, request.path_params)
                    else:
                        made = await work(request)
                        if again is not None and made.status_code < 300:  # noqa: PLR2004 - an HTTP status
                            await run_in_threadpool(marks.keep, who.client, id, fingerprint)
                    given = _Given(
                        fingerprint, made.status_code, bytes(made.body), made.media_type, time.monotonic()
                    )
                    return made
                finally:
                    answers.end(id, given)

            return handle

    return OnceRoute


def _digest(*parts: str | bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


# -- the answer to a request that was carried out before a restart ----------------------------


def _evaluation(workspace: Workspace, who: Principal, path: dict[str, Any]) -> Response:
    kb = workspace.knowledge_base(who.client)
    return answer(kb.store.get(kb.client, Evaluation, path["evaluation"]))


def _dispute(workspace: Workspace, who: Principal, path: dict[str, Any]) -> Response:
    kb = workspace.knowledge_base(who.client)
    own = [
        one
        for one in kb.store.find(kb.client, Dispute)
        if one.evaluation == path["evaluation"] and one.who == who.name
    ]
    if not own:
        raise NotFoundError("dispute: no such record")
    return answer(own[-1], 201)


def _nothing(workspace: Workspace, who: Principal, path: dict[str, Any]) -> Response:  # noqa: ARG001 - one shape
    from starlette.responses import Response

    return Response(status_code=204)


_AGAIN: dict[str, Callable[[Workspace, Principal, dict[str, Any]], Response]] = {
    "review": _evaluation,
    "acknowledge": _evaluation,
    "dispute": _dispute,
    "feedback": _nothing,
}
