"""The outer guard: pure ASGI in front of everything, Gradio above all.

It decides by path, credential, origin and body size before anything is parsed, and it adds the
headers that keep hostile text harmless. No answer is buffered, so live streams pass.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from web.doors import (
    FORM_FEED,
    SAFE_METHODS,
    Door,
    Mount,
    door_of,
    is_expected_content,
    is_from_our_page,
    is_plain_query,
    is_trick,
    needs_client,
)
from web.limits import Limits
from web.problems import Refused, log_break, problem
from web.sessions import Buckets
from web.sign_in import SCOPE_KEY, Credential, SignIn, is_loopback, login_address

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_BODY_S = 30.0
_UPLOAD_S = 300.0
_MOST_UPLOADS = 8
"""At once. They are held in memory, so that what was sent is never on a disk before it is redacted."""
_UPLOADING = "unscripted.uploading"
_HASH_TTL_S = 12 * 60 * 60
_MOST_HASHES = 50_000
_LONGEST_HASH = 64


class Bindings:
    """What within a mount belongs to whom: the first user who names it owns it.

    It stays theirs when their web session ends: Gradio may still hold messages for them under it.
    """

    def __init__(self, *, most: int = _MOST_HASHES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._owners: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, mount: str, kind: str, value: str, user: str) -> bool:
        """Whether `user` may use it, taking it when nobody has it."""
        key, now = (mount, kind, value), self._clock()
        with self._lock:
            owner, used = self._owners.get(key, (user, now))
            if now - used > _HASH_TTL_S:
                owner = user
            if owner != user:
                return False
            self._owners[key] = (user, now)
            self._owners.move_to_end(key)
            while len(self._owners) > self._most:
                self._owners.popitem(last=False)
        return True


class Guard:
    """Stands in front of an application.

    Args:
        app: What it guards.
        sign_in: Tells who is asking.
        mounts: The Gradio pages.
        frame_ancestors: Origins of other products that may frame the pages.
        loopback_only: Answer only to names of this machine: in the demo a click signs in, so a page
            elsewhere must not reach it by pointing its own name here.
        requests_per_s: How often one credential may ask, in place of what `limits` says.
        limits: How often may be asked.
    """

    def __init__(
        self,
        app: App,
        *,
        sign_in: SignIn,
        mounts: Sequence[Mount] = (),
        frame_ancestors: Sequence[str] = (),
        loopback_only: bool = False,
        requests_per_s: float | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._app = app
        self._sign_in = sign_in
        self._mounts = tuple(mounts)
        self._loopback_only = loopback_only
        self._bindings = Bindings()
        self._uploads = 0
        limits = limits or Limits()
        per_key, burst = requests_per_s or limits.per_key_per_s, limits.burst_s
        self._buckets = Buckets(per_s=per_key, burst=max(1.0, burst * per_key))
        per_client = limits.per_client_per_s
        self._of_clients = Buckets(per_s=per_client, burst=max(1.0, burst * per_client))
        frames = " ".join(("frame-ancestors 'self'", *frame_ancestors))
        self._plain = _headers(f"{_STRICT_CSP}; {frames}")
        self._gradio = _headers(f"{_GRADIO_CSP}; {frames}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        inside = any(scope["path"].startswith(f"{mount.path}/") for mount in self._mounts)
        answer = _Answer(send, self._gradio if inside else self._plain)
        try:
            receive = await self._admit(scope, receive)
            await self._app(scope, receive, answer)
        except Refused as refused:
            if refused.status == 401 and scope["method"] == "GET" and _wants_page(scope):  # noqa: PLR2004 - an HTTP status
                refused = Refused(303, headers={"Location": login_address(_asked(scope))})
            await _send_problem(refused, scope, receive, answer)
        except _GoneError:
            return
        except Exception as error:  # noqa: BLE001 - its message may hold words, so it goes no further
            log_break(error)
            await _send_problem(Refused(500), scope, receive, answer)
        finally:
            self._uploads -= scope.pop(_UPLOADING, 0)

    async def _admit(self, scope: Scope, receive: Receive) -> Receive:
        """Everything that must hold before the application sees the request."""
        from starlette.requests import HTTPConnection

        connection = HTTPConnection(scope)
        method, path = scope["method"], scope["path"]
        if is_trick(path, scope.get("raw_path") or path.encode(), self._mounts):
            raise Refused(400, "The address is not plain.")
        if self._loopback_only and not is_loopback(connection):
            raise Refused(421, "The demo answers on this machine only.")
        scope[SCOPE_KEY] = self._sign_in
        if any(path == mount.path for mount in self._mounts) and method in SAFE_METHODS:
            query = scope.get("query_string", b"").decode("latin-1")
            raise Refused(307, headers={"Location": f"{path}/{'?' * bool(query)}{query}"})
        door = door_of(method, path, self._mounts)
        if door is None or not is_plain_query(connection, door):
            raise Refused(404)
        credential = None if door.open else self._come_in(connection, door)
        unsafe = method not in SAFE_METHODS
        by_key = credential is not None and credential.by == "key"
        if unsafe and not by_key and not is_from_our_page(connection, loopback=is_loopback(connection)):
            raise Refused(403, "The request did not come from a page of this server.")
        if unsafe:
            receive = await self._bounded(connection, door, receive)
        if door.mount is not None and credential is not None and door.bound not in ("", "page"):
            receive = await self._bind(connection, door, door.mount, credential, receive)
        return receive

    def _come_in(self, connection: HTTPConnection, door: Door) -> Credential:
        if connection.scope["method"] == "OPTIONS":
            raise Refused(404)
        credential = self._sign_in.credential(connection)
        if door.mount is not None and credential is not None and credential.by == "key":
            credential = None
        if credential is None:
            if "authorization" in connection.headers and not self._sign_in.may_fail_again(connection):
                raise Refused(429, headers={"Retry-After": "60"})
            # Twilio sends the name and password of an address only when it is asked for them.
            how = "Basic" if connection.url.path == FORM_FEED else "Bearer"
            raise Refused(401, headers={"WWW-Authenticate": f'{how} realm="unscripted"'})
        # The key's own first: one that floods does not use up what its client's others need.
        if not (
            self._buckets.take(credential.name)
            and self._of_clients.take(credential.principal.client.casefold())
        ):
            raise Refused(429, headers={"Retry-After": "1"})
        who = credential.principal
        if not who.client and needs_client(connection.scope["path"], door, owner=who.owner):
            if connection.scope["method"] == "GET" and _wants_page(connection.scope):
                raise Refused(303, headers={"Location": "/clients"})
            raise Refused(403, "Choose a client first, at /clients.")
        if door.mount is not None and who.role not in door.mount.roles:
            raise Refused(403)
        return credential

    async def _bounded(self, connection: HTTPConnection, door: Door, receive: Receive) -> Receive:
        """The body within its limits: short ones read here and replayed, uploads counted as they pass."""
        length = connection.headers.get("content-length")
        if length is not None and (not length.isascii() or not length.isdigit()):
            raise Refused(400, "The length of the body is not a number.")
        if length is not None and int(length) > door.most_bytes:
            raise Refused(413)
        empty = length == "0" or (length is None and "transfer-encoding" not in connection.headers)
        if not empty and not is_expected_content(connection.headers.get("content-type", ""), door):
            raise Refused(415, "Send JSON here." if door.body == "json" else "")
        if door.body == "upload":
            if self._uploads >= _MOST_UPLOADS:
                raise Refused(503, "Too many files are on their way.", headers={"Retry-After": "10"})
            self._uploads += 1
            connection.scope[_UPLOADING] = 1
            return _counted(receive, door.most_bytes)
        try:
            async with asyncio.timeout(_BODY_S):
                body = await _read(receive, door.most_bytes)
        except TimeoutError:
            raise Refused(408) from None
        return _replayed(body, receive)

    async def _bind(
        self, connection: HTTPConnection, door: Door, mount: Mount, credential: Credential, receive: Receive
    ) -> Receive:
        query = connection.query_params
        if door.hash:
            named = [door.hash]
        elif door.body == "json":
            first = await receive()
            body = first.get("body", b"")
            receive = _replayed(body, receive)
            named = [*_session_hash(body), *query.getlist("session_hash")]
        else:
            named = query.getlist(door.bound)
        if not named and door.bound == "session_hash":
            raise Refused(400, "The session hash is missing.")
        for value in named:
            if not 0 < len(value) <= _LONGEST_HASH:
                raise Refused(400, "The name is not usable.")
            if not self._bindings.holds(mount.path, door.bound, value, credential.name):
                raise Refused(403)
        return receive


class _GoneError(Exception):
    """The caller went away."""


class _Answer:
    """`send` that adds headers, and knows whether the answer has begun."""

    def __init__(self, send: Send, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            given = list(message.get("headers", ()))
            names = {name.lower() for name, _ in given}
            kind = next((value for name, value in given if name.lower() == b"content-type"), b"")
            extra = [pair for pair in self._headers if pair[0] not in names]
            if b"cache-control" not in names and kind.startswith(_NEVER_CACHED):
                extra.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*given, *extra]}
        await self._send(message)


def _language(scope: Scope) -> str:
    from web.texts import preferred

    said = next((value for name, value in scope.get("headers", ()) if name == b"accept-language"), b"")
    return preferred(said.decode("latin-1"))


async def _send_problem(refused: Refused, scope: Scope, receive: Receive, answer: _Answer) -> None:
    if answer.begun:  # too late for another answer; the server drops the connection
        return
    made = problem(
        refused.status,
        refused.detail,
        as_page=_wants_page(scope),
        headers=refused.headers,
        language=_language(scope),
    )
    await made(scope, receive, answer)


async def _read(receive: Receive, most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        if len(body) > most:
            raise Refused(413)
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever comes after it: a disconnect."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def _counted(receive: Receive, most: int) -> Receive:
    """The body as it comes, cut off beyond the limit and when it takes too long."""
    from starlette.exceptions import HTTPException

    passed, whole = 0, False
    until = time.monotonic() + _UPLOAD_S

    async def count() -> Message:
        nonlocal passed, whole
        if whole:  # what comes now is a disconnect, and nobody is in a hurry for that
            return await receive()
        try:
            async with asyncio.timeout(until - time.monotonic()):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None
        whole = not message.get("more_body", False)
        passed += len(message.get("body", b""))
        if passed > most:
            raise HTTPException(413)
        return message

    return count


def _session_hash(body: bytes) -> list[str]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "The body is not JSON.") from None
    value = content.get("session_hash") if isinstance(content, dict) else None
    if not isinstance(value, str):
        raise Refused(400, "The session hash is missing.")
    return [value]


def _wants_page(scope: Scope) -> bool:
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return b"text/html" in accepted


def _asked(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])


_NEVER_CACHED = (b"text/html", b"application/json", b"application/problem+json", b"text/event-stream")
_GRADIO_CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
_STRICT_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)


def _headers(policy: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
