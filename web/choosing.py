"""Pages for people with a password: choosing the client to work for, and setting a password by a link."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError, NotFoundError
from web.problems import Refused
from web.sign_in import page_of, principal_at
from web.texts import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from web.sessions import WebSession
    from web.sign_in import SignIn

_LONGEST_TOKEN = 100
_LONGEST_FIELD = 1_000
_MOST_FIELDS = 6


def choosing_routes(sign_in: SignIn) -> list[Route]:
    """`/clients` and `/welcome`."""
    from starlette.routing import Route

    async def show(request: Request) -> Response:
        return choose_page(sign_in, request, _known(sign_in, request))

    async def choose(request: Request) -> Response:
        return await change_client(sign_in, request, _known(sign_in, request))

    async def greet(request: Request) -> Response:
        return welcome_page(sign_in, request, request.query_params.get("token", ""))

    async def accept(request: Request) -> Response:
        return await take_password(sign_in, request)

    return [
        Route("/clients", show, methods=["GET"]),
        Route("/clients", choose, methods=["POST"]),
        Route("/welcome", greet, methods=["GET"]),
        Route("/welcome", accept, methods=["POST"]),
    ]


def choose_page(sign_in: SignIn, request: Request, known: WebSession, *, status: int = 200) -> Response:
    """The clients and roles that somebody may act in; one button each."""
    return page_of(
        request,
        "clients.html",
        status=status,
        who=known.principal,
        client=sign_in.client_name(known.principal),
        places=sign_in.places(known.principal),
        languages=LANGUAGES,
    )


async def change_client(sign_in: SignIn, request: Request, known: WebSession) -> Response:
    """Go on for another client, or in another role: under a new id, and no longer than before.

    Raises:
        Refused: The web session ended meanwhile.
    """
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    principal, people = known.principal, sign_in.people
    if "language" in form and principal.person and people is not None:
        language = str(form["language"])
        people.set_language(principal.person, language if language in LANGUAGES else "")
        changed = replace(principal, language=language if language in LANGUAGES else "")
        return await sign_in.enter(request, changed, stamp=known.stamp, started=known.started)
    wanted = str(form.get("place", ""))
    if not wanted and principal.owner and people is not None:  # all clients
        person = people.get(principal.person)
        return await sign_in.enter(
            request, principal_at(person, None), stamp=known.stamp, started=known.started
        )
    place = next((p for p in sign_in.places(principal) if f"{p.role} {p.client}" == wanted), None)
    if place is None:  # taken back meanwhile, or never given: the page shows what there is
        return choose_page(sign_in, request, known, status=422)
    moved = replace(principal, client=place.client, role=place.role)
    return await sign_in.enter(request, moved, prefix=known.prefix, stamp=known.stamp, started=known.started)


def welcome_page(
    sign_in: SignIn, request: Request, token: str, *, wrong: str = "", status: int = 200, **typed: str
) -> Response:
    """Where a one-time link leads: a password is set here, once. Looking uses nothing up."""
    if sign_in.people is None:
        raise Refused(404)
    try:
        person = sign_in.people.linked(token[:_LONGEST_TOKEN])
    except NotFoundError:
        if not sign_in.may_fail_again(request):
            raise Refused(429, headers={"Retry-After": "60"}) from None
        return page_of(request, "welcome.html", status=404, who=None, gone=True)
    return page_of(
        request,
        "welcome.html",
        status=status,
        who=None,
        gone=False,
        token=token,
        person=person,
        wrong=wrong,
        login=person.login if person else typed.get("login", ""),
        name=person.name if person else typed.get("name", ""),
    )


async def take_password(sign_in: SignIn, request: Request) -> Response:
    """Set the password of a link, and come in with it."""
    from starlette.concurrency import run_in_threadpool

    people, gate = sign_in.people, sign_in.gate
    if people is None or gate is None:
        raise Refused(404)
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    said = {name: str(form.get(name, ""))[:_LONGEST_FIELD] for name in ("password", "again", "login", "name")}
    token = str(form.get("token", ""))[:_LONGEST_TOKEN]
    typed = {"login": said["login"], "name": said["name"]}
    try:
        people.linked(token)
    except NotFoundError:
        return welcome_page(sign_in, request, token)
    if said["password"] != said["again"]:
        return welcome_page(sign_in, request, token, wrong="not_the_same", status=422, **typed)
    try:
        person = await gate.run(lambda: people.redeem(token, said["password"], **typed))
    except NotFoundError:
        return welcome_page(sign_in, request, token)
    except (InputError, ConflictError) as problem:
        about_password = str(problem).startswith("password")
        wrong = (
            "weak_password"
            if about_password
            else "taken"
            if isinstance(problem, ConflictError)
            else "unusable"
        )
        return welcome_page(sign_in, request, token, wrong=wrong, status=422, **typed)
    await run_in_threadpool(sign_in.note, principal_at(person, None), "person.password", person.id)
    return await sign_in.enter_person(request, person)


def _known(sign_in: SignIn, request: Request) -> WebSession:
    known = sign_in.web_session(request)
    if known is None:
        raise Refused(401)
    return known
