"""Signing in: a key is pasted once, a cookie stands for it afterwards; programs send the key itself.

The client comes from here and from nowhere else. Whoever serves two clients signs in again for the
other one: the web session gets a new id, and the page of the first client goes dead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from storage.access import Principal, Role
from web.problems import pages, problem
from web.sessions import Buckets, WebSession, WebSessions, session_named

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
    from starlette.routing import Route

    from storage.access import AccessKeys

SCOPE_KEY = "unscripted.sign_in"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST_NEXT = 400
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Credential:
    """How somebody came in to this request."""

    principal: Principal
    by: Literal["cookie", "key"]
    name: str
    """Of the web session, or the key's prefix."""


class SignIn:
    """Who is asking. One for each application.

    Args:
        keys: The data folder's access keys.
        demo: None, or what gives the people whom `/login` offers as buttons. Loopback only.
        framed: The pages live in another product's frame, so the cookie must travel there.
        home: Paths to which a sign-in may lead.
    """

    def __init__(
        self,
        keys: AccessKeys,
        *,
        demo: Callable[[], Sequence[tuple[str, Principal]]] | None = None,
        framed: bool = False,
        home: Sequence[str] = (),
        sessions: WebSessions | None = None,
    ) -> None:
        self.keys = keys
        self.sessions = sessions or WebSessions(keys)
        self._demo = demo
        self._framed = framed
        self._home = tuple(home)
        self._failures = Buckets(per_s=0.2, burst=20)

    # -- reading a request ------------------------------------------------------------------

    def credential(self, connection: HTTPConnection, *, touch: bool = True) -> Credential | None:
        """Who sent this request: by key when there is one, else by cookie."""
        sent = connection.headers.get("authorization")
        if sent is not None:
            entry = self.keys.entry(sent.removeprefix("Bearer ")) if sent.startswith("Bearer ") else None
            return Credential(entry.principal, "key", entry.prefix) if entry else None
        known = self.web_session(connection, touch=touch)
        return Credential(known.principal, "cookie", known.name) if known else None

    def web_session(self, connection: HTTPConnection, *, touch: bool = True) -> WebSession | None:
        """The live web session of the request's cookie."""
        id = connection.cookies.get(cookie_name(connection), "")
        return self.sessions.get(id, touch=touch) if id else None

    def may_fail_again(self, connection: HTTPConnection) -> bool:
        """Count a wrong key against the address it came from; False when there were too many.

        Only wrong keys are counted: many people behind one proxy cannot lock each other out, and
        256 random bits cannot be guessed anyway. This keeps a flood cheap.
        """
        return self._failures.take(connection.client.host if connection.client else "")

    # -- routes -----------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        """`/login` and `/logout`."""
        from starlette.routing import Route

        return [
            Route("/login", self._show, methods=["GET"]),
            Route("/login", self._come_in, methods=["POST"]),
            Route("/logout", self._ask, methods=["GET"]),
            Route("/logout", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return self._page(request)

    async def _come_in(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=5)
        onward = self._next(str(form.get("next", "")))
        person = str(form.get("person", ""))
        if person and self._demo is not None:
            chosen = dict(self._demo()).get(person)
            if chosen is None:
                return self._page(request, "That person is not on offer.", status=422)
            return self._welcome(request, chosen, "", onward)
        entry = self.keys.entry(str(form.get("key", "")).strip()[:_LONGEST_KEY])
        if entry is None:
            if not self.may_fail_again(request):
                words = "Too many wrong keys from this address."
                return problem(429, words, as_page=True, headers={"Retry-After": "60"})
            return self._page(request, "This key does not open anything. Check it, or ask for a new one.")
        return self._welcome(request, entry.principal, entry.prefix, onward)

    async def _ask(self, request: Request) -> Response:
        return _html("sign_out.html", who=self._who(request))

    async def _leave(self, request: Request) -> Response:
        from starlette.responses import RedirectResponse

        self.sessions.end(request.cookies.get(cookie_name(request), ""))
        answer = RedirectResponse("/login", 303, headers={"Clear-Site-Data": '"storage"'})
        self._set_cookie(request, answer, "")
        return answer

    # -- parts ------------------------------------------------------------------------------

    def _page(self, request: Request, wrong: str = "", *, status: int = 0) -> Response:
        return _html(
            "sign_in.html",
            status=status or (401 if wrong else 200),
            who=self._who(request),
            wrong=wrong,
            onward=self._next(request.query_params.get("next", "")),
            people=[label for label, _ in self._demo()] if self._demo is not None else [],
        )

    def _who(self, request: Request) -> Principal | None:
        known = self.web_session(request, touch=False)
        return known.principal if known is not None else None

    def _welcome(self, request: Request, principal: Principal, prefix: str, onward: str) -> Response:
        from starlette.responses import RedirectResponse

        old = request.cookies.get(cookie_name(request), "")
        made = self.sessions.begin(principal, prefix=prefix, instead_of=old)
        answer = RedirectResponse(onward or "/", 303)
        self._set_cookie(request, answer, made.id)
        return answer

    def _set_cookie(self, request: Request, answer: Response, id: str) -> None:
        secure = not is_loopback(request)
        name = cookie_name(request)
        site = "SameSite=None; Partitioned" if self._framed and secure else "SameSite=Lax"
        # Written by hand: Partitioned is not known to http.cookies before Python 3.14.
        words = f"{name}={id}; Path=/; HttpOnly; {site}"
        answer.headers.append("set-cookie", words + ("; Secure" * secure) + ("; Max-Age=0" * (not id)))

    def _next(self, asked: str) -> str:
        """Where to go after signing in: one of our pages, or nowhere in particular."""
        usable = len(asked) <= _LONGEST_NEXT and asked.isprintable() and "\\" not in asked
        return asked if usable and asked.partition("?")[0] in {f"{path}/" for path in self._home} else ""


def is_loopback(connection: HTTPConnection) -> bool:
    """Whether the address that the caller typed names this machine."""
    return (connection.url.hostname or "") in LOOPBACK_HOSTS


def cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` binds a cookie to this very host over https; plain http is for loopback alone."""
    return "unscripted" if is_loopback(connection) else "__Host-unscripted"


def principal_of(request: Any, *, touch: bool = True) -> Principal | None:
    """Who sent this request: a Starlette or FastAPI request, or a `gradio.Request`."""
    inner = getattr(request, "request", None) or request
    sign_in = inner.scope.get(SCOPE_KEY)
    found = sign_in.credential(inner, touch=touch) if isinstance(sign_in, SignIn) else None
    return found.principal if found is not None else None


def principal_named(username: str | None) -> Principal | None:
    """Who stands behind `gradio.Request.username`; None when that web session has ended."""
    known = session_named(username)
    return known.principal if known is not None else None


def signed_in_as(*roles: Role) -> Callable[[Any], str | None]:
    """For Gradio's `auth_dependency`: the web session's name, or None for anybody else.

    Keys do not open pages: a page is a browser, and a browser has a web session.
    """

    def dependency(request: Any) -> str | None:
        sign_in = request.scope.get(SCOPE_KEY)
        known = sign_in.web_session(request) if isinstance(sign_in, SignIn) else None
        return known.name if known is not None and known.principal.role in roles else None

    return dependency


def login_address(asked: str) -> str:
    """`/login`, remembering what was asked for."""
    return f"/login?next={quote(asked, safe='')}"


def _html(template: str, *, status: int = 200, **values: Any) -> Response:
    from starlette.responses import HTMLResponse

    return HTMLResponse(pages().get_template(template).render(**values), status)
