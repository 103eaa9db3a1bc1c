# No `from __future__ import annotations` here: FastAPI reads the annotations of functions made inside
# functions, and those must be values then.
"""What every REST route shares: who asks, for which client, in which lane the work is done."""

import asyncio
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated, Any

from models.codec import to_plain
from models.errors import InputError
from storage.access import KeyRole, Principal
from storage.names import client_key
from web.problems import Refused
from web.sign_in import principal_of
from web.texts import DEFAULT, preferred
from web.translation import told

if TYPE_CHECKING:
    from starlette.responses import Response

LONGEST_KEY = 200
_WORKERS = 2
_MOST_WAITING = 64


def allowed(*roles: KeyRole) -> Callable[..., Principal]:
    """A dependency: whoever asks, if the role is one of these."""
    from starlette.requests import Request

    def who(request: Request) -> Principal:
        principal = principal_of(request)
        if principal is None:
            raise Refused(401)
        if principal.role not in roles:
            raise Refused(403)
        return principal

    who.roles = roles  # type: ignore[attr-defined]  # read by the test that holds the table of roles
    return who


def named_request() -> Any:
    """Tells the OpenAPI document of `Idempotency-Key` and bounds it; `web.idempotency` reads it."""
    from fastapi import Depends, Header

    Key = Annotated[  # noqa: N806 - a type
        str, Header(max_length=LONGEST_KEY, description="Of the caller's making: the request is done once.")
    ]

    def key(idempotency_key: Key = "") -> None:
        del idempotency_key

    return Depends(key)


def own_client_only() -> Callable[..., Any]:
    """A dependency: the client comes from the credential; whoever names another one is told so."""
    from starlette.requests import Request

    async def check(request: Request) -> None:
        principal = principal_of(request, touch=False)
        if principal is None:
            raise Refused(401)
        if not principal.client:
            raise Refused(403, "Choose a client first.")
        named = [*request.query_params.getlist("client")]
        if request.headers.get("content-type", "").startswith("application/json"):
            named += _named(await request.body())
        if any(not _is_same(name, principal.client) for name in named):
            raise InputError("client: is not the client of this credential; leave it out")

    return check


def _named(body: bytes) -> list[Any]:
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return []  # FastAPI refuses it with its place
    if not isinstance(content, dict):
        return []
    inner = content.get("transcript")
    places = [content, inner] if isinstance(inner, dict) else [content]
    return [place["client"] for place in places if place.get("client") is not None]


def _is_same(name: Any, client: str) -> bool:
    try:
        return client_key(name) == client_key(client)
    except InputError:
        return False


def answer(value: Any, status: int = 200, *, language: str = DEFAULT) -> "Response":
    """Records as JSON.

    Args:
        value: A record, or plain values with records in them.
        status: Of HTTP.
        language: Which reasons and remedies are said in, where the caller asked for one.
    """
    from starlette.responses import Response

    plain = told(to_plain(value), language)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=str)
    headers = {} if language == DEFAULT else {"Content-Language": language}
    return Response(text, status, headers, media_type="application/json")


def asked_language() -> Any:
    """A dependency: the language that the request asks for (`Accept-Language`); English by default."""
    from fastapi import Depends
    from starlette.requests import Request

    def asked(request: Request) -> str:
        return preferred(request.headers.get("accept-language", ""))

    return Depends(asked)


class Lane:
    """Heavy work, beside the live lane: few workers, a bounded queue, an honest refusal when it is full."""

    def __init__(self, *, workers: int = _WORKERS, most_waiting: int = _MOST_WAITING) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="unscripted-qa")
        self._free = threading.BoundedSemaphore(workers + most_waiting)

    async def run(self, work: Callable[[], Any]) -> Any:
        """The result of `work`, done in a worker.

        Raises:
            Refused: Too much is waiting already.
        """
        if not self._free.acquire(blocking=False):
            raise Refused(503, "Too much scoring is waiting.", headers={"Retry-After": "10"})
        try:
            task = asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BaseException:
            self._free.release()
            raise
        # The work goes on when its caller has gone: its place is free only when it is done.
        task.add_done_callback(lambda _: self._free.release())
        return await asyncio.shield(task)
