"""Signing in: with login and password, or with a key; a cookie stands for it afterwards.

The client comes from here and from nowhere else. Whoever serves two clients chooses at `/clients`: the
web session gets a new id, and the page of the first client goes dead. Programs send a key with each call.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from storage.access import KeyRole, Principal, Role
from web.password_gate import PasswordGate
from web.problems import Refused, pages
from web.sessions import Buckets, WebSession, WebSessions, session_named
from web.texts import preferred, texts

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
    from starlette.routing import Route

    from storage.access import AccessKeys
    from storage.audit import AuditTrail
    from storage.people import People
    from storage.people_rows import Person

SCOPE_KEY = "unscripted.sign_in"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST_NEXT = 400
_LONGEST_KEY = 200
_LONGEST_BASIC = 500
_LONGEST_PASSWORD = 1_000
_MOST_FIELDS = 6
SERVER = "(server)"
"""In the audit: what is about no client."""
HOMES: Mapping[KeyRole, str] = {"agent": "/agent/", "qa": "/qa/", "admin": "/admin/"}
"""Where each role lands."""


@dataclass(frozen=True, slots=True)
class Place:
    """A client, and the role in which somebody may act there."""

    client: str
    role: Role
    name: str
    """Of the client, for people."""
    colour: str


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
        people: Who signs in with a password; None: nobody does.
        clients: Name and colour of every client, by the client; asked when somebody chooses.
        audit: Where it is noted who came in.
    """

    def __init__(
        self,
        keys: AccessKeys,
        *,
        demo: Callable[[], Sequence[tuple[str, Principal]]] | None = None,
        framed: bool = False,
        home: Sequence[str] = (),
        sessions: WebSessions | None = None,
        people: People | None = None,
        clients: Callable[[], Mapping[str, tuple[str, str]]] = dict,
        audit: AuditTrail | None = None,
    ) -> None:
        self.keys = keys
        self.people = people
        self.sessions = sessions or WebSessions(keys, people=people)
        self.gate = PasswordGate(people) if people is not None else None
        self._demo = demo
        self._framed = framed
        self._home = tuple(home)
        self._clients = clients
        self._audit = audit
        self._failures = Buckets(per_s=0.2, burst=20)

    # -- reading a request ------------------------------------------------------------------

    def credential(self, connection: HTTPConnection, *, touch: bool = True) -> Credential | None:
        """Who sent this request: by key when there is one, else by cookie."""
        sent = connection.headers.get("authorization")
        if sent is not None:
            key, basic = key_in(sent)
            entry = self.keys.entry(key)
            # Name and password stand in an address, and addresses are logged: for telephony alone.
            if entry is None or (basic and entry.principal.role != "feed"):
                return None
            return Credential(entry.principal, "key", entry.prefix)
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
        return self._failures.take(address_of(connection))

    # -- where somebody may go --------------------------------------------------------------

    def places(self, principal: Principal) -> list[Place]:
        """The clients and roles that somebody may choose from, without asking for the password again."""
        known = self._clients()
        found: dict[tuple[str, Role], None] = {}
        if principal.person and self.people is not None:
            person = self.people.get(principal.person)
            found = {(one.client, one.role): None for one in person.grants}
            if person.owner:
                found |= {(client, "admin"): None for client in known}
        elif self._demo is not None:
            mine = [one for _, one in self._demo() if one.name == principal.name]
            found = {(one.client, one.role): None for one in mine if one.role != "feed"}
        return [Place(client, role, *known[client]) for client, role in found if client in known]

    def places_of(self, person: Person) -> list[Place]:
        """The same, for somebody who is at the door."""
        return self.places(Principal(person.name, "agent", "", person.id))

    # -- routes -----------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        """`/login` and `/logout`; and for people with a password, `/clients` and `/welcome`."""
        from starlette.routing import Route

        from web.choosing import choosing_routes

        return [
            Route("/login", self._show, methods=["GET"]),
            Route("/login", self._come_in, methods=["POST"]),
            Route("/logout", self._ask, methods=["GET"]),
            Route("/logout", self._leave, methods=["POST"]),
            *choosing_routes(self),
        ]

    async def _show(self, request: Request) -> Response:
        return self._page(request)

    async def _come_in(self, request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        onward = self.onward(str(form.get("next", "")))
        chosen = str(form.get("person", ""))
        if chosen and self._demo is not None:
            principal = dict(self._demo()).get(chosen)
            if principal is None:
                return self._page(request, "not_on_offer", status=422)
            return await self.enter(request, principal, onward=onward)
        if "login" in form and self.gate is not None:
            return await self._with_password(request, form, onward)
        entry = self.keys.entry(str(form.get("key", "")).strip()[:_LONGEST_KEY])
        if entry is None or entry.principal.role == "feed":  # telephony has no pages
            if not self.may_fail_again(request):
                return self._page(request, "too_many_keys", status=429)
            return self._page(request, "wrong_key")
        return await self.enter(request, entry.principal, prefix=entry.prefix, onward=onward)

    async def _with_password(self, request: Request, form: Mapping[str, Any], onward: str) -> Response:
        assert self.gate is not None
        login, password = str(form.get("login", "")), str(form.get("password", ""))[:_LONGEST_PASSWORD]
        try:
            person = await self.gate.verify(login, password, address_of(request))
        except Refused as refused:
            wrong = "too_many_passwords" if refused.status == 429 else "too_many_people"  # noqa: PLR2004 - HTTP
            return self._page(request, wrong, status=refused.status, headers=refused.headers)
        if person is None:
            return self._page(request, "wrong_password")
        return await self.enter_person(request, person, onward=onward)

    async def enter_person(self, request: Request, person: Person, *, onward: str = "") -> Response:
        """A web session for somebody whose password was right: at their only client, or before choosing."""
        places = self.places_of(person)
        place = places[0] if len(places) == 1 else None
        return await self.enter(request, principal_at(person, place), stamp=person.stamp, onward=onward)

    async def enter(
        self,
        request: Request,
        principal: Principal,
        *,
        prefix: str = "",
        stamp: int = 0,
        started: float | None = None,
        onward: str = "",
    ) -> Response:
        """A web session under a new id, and the way to the first page."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import RedirectResponse

        if principal.client or principal.owner:
            await run_in_threadpool(
                self.note, principal, "session.begin", principal.person or prefix or "demo"
            )
        old = request.cookies.get(cookie_name(request), "")
        made = self.sessions.begin(principal, prefix=prefix, stamp=stamp, started=started, instead_of=old)
        unchosen = not principal.client and not principal.owner
        answer = RedirectResponse("/clients" if unchosen else onward or "/", 303)
        self._set_cookie(request, answer, made.id)
        return answer

    async def _ask(self, request: Request) -> Response:
        who = self.who(request)
        return page_of(request, "sign_out.html", who=who, client=self.client_name(who))

    async def _leave(self, request: Request) -> Response:
        from starlette.responses import RedirectResponse

        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
        id = request.cookies.get(cookie_name(request), "")
        if form.get("everywhere"):
            self.sessions.end_all(id)
        self.sessions.end(id)
        answer = RedirectResponse("/login", 303, headers={"Clear-Site-Data": '"storage"'})
        self._set_cookie(request, answer, "")
        return answer

    # -- parts ------------------------------------------------------------------------------

    def _page(
        self, request: Request, wrong: str = "", *, status: int = 0, headers: Mapping[str, str] | None = None
    ) -> Response:
        who = self.who(request)
        return page_of(
            request,
            "sign_in.html",
            status=status or (401 if wrong else 200),
            headers=headers or ({"Retry-After": "60"} if status == 429 else {}),  # noqa: PLR2004 - HTTP
            who=who,
            client=self.client_name(who),
            wrong=wrong,
            onward=self.onward(request.query_params.get("next", "")),
            people=[label for label, _ in self._demo()] if self._demo is not None else [],
            passwords=self.people is not None,
        )

    def note(self, principal: Principal, action: str, of: str) -> None:
        """Into the audit of the client; of somebody at no client, into the server's. Waits for the disk."""
        if self._audit is not None:
            client = principal.client or SERVER
            self._audit.note(client, who=principal.name, action=action, of=of, after=principal.role)

    def who(self, request: HTTPConnection) -> Principal | None:
        """Who is signed in with this browser."""
        known = self.web_session(request, touch=False)
        return known.principal if known is not None else None

    def client_name(self, who: Principal | None) -> str:
        """The client's name for people; empty before one was chosen."""
        return self._clients().get(who.client, (who.client, ""))[0] if who is not None else ""

    def _set_cookie(self, request: Request, answer: Response, id: str) -> None:
        secure = not is_loopback(request)
        name = cookie_name(request)
        site = "SameSite=None; Partitioned" if self._framed and secure else "SameSite=Lax"
        # Written by hand: Partitioned is not known to http.cookies before Python 3.14.
        words = f"{name}={id}; Path=/; HttpOnly; {site}"
        answer.headers.append("set-cookie", words + ("; Secure" * secure) + ("; Max-Age=0" * (not id)))

    def onward(self, asked: str) -> str:
        """Where to go after signing in: one of our pages, or nowhere in particular."""
        usable = len(asked) <= _LONGEST_NEXT and asked.isprintable() and "\\" not in asked
        return asked if usable and asked.partition("?")[0] in {f"{path}/" for path in self._home} else ""


def principal_at(person: Person, place: Place | None) -> Principal:
    """A person acting at a place; before they chose, an owner for all clients and others for none."""
    role: Role = place.role if place is not None else "admin" if person.owner else "agent"
    client = place.client if place is not None else ""
    return Principal(person.name, role, client, person.id, person.owner, person.language)


def address_of(connection: HTTPConnection) -> str:
    """Where a request came from; the proxy's word for it when that stands on this machine."""
    return connection.client.host if connection.client else ""


def key_in(sent: str) -> tuple[str, bool]:
    """The key in an `Authorization` header, and whether it came as the password of `Basic`."""
    scheme, _, rest = sent.partition(" ")
    if scheme == "Bearer":
        return rest, False
    if scheme != "Basic" or len(rest) > _LONGEST_BASIC:
        return "", False
    try:
        pair = base64.b64decode(rest, validate=True).decode("ascii")
    except ValueError:
        return "", True
    return pair.partition(":")[2], True


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
        if known is None or known.principal.role not in roles:
            return None
        # Somebody who has not chosen a client sees no page; an owner sees what is about all of them.
        return known.name if known.principal.client or known.principal.owner else None

    return dependency


def login_address(asked: str) -> str:
    """`/login`, remembering what was asked for."""
    return f"/login?next={quote(asked, safe='')}"


def page_of(
    request: HTTPConnection,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """A page without Gradio, in the reader's language."""
    from starlette.responses import HTMLResponse

    who = values.get("who")
    language = preferred(
        request.headers.get("accept-language", ""), chosen=who.language if isinstance(who, Principal) else ""
    )
    words = texts(language, "sign_in")
    html = pages().get_template(template).render(t=words, language=language, **values)
    return HTMLResponse(html, status, headers)
