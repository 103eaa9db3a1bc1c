# No `from __future__ import annotations` here: see api_access.py.
"""REST for telephony: what vendors push while a contact is live. It brings turns in and reads nothing."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from models.errors import ConflictError, InputError
from storage.access import Principal
from web.adapters import Fed, read
from web.adapters.twilio import is_signed
from web.api_access import allowed, answer, named_request
from web.api_contacts import check_contact
from web.idempotency import once_route
from web.limits import Gate
from web.problems import Refused
from web.shapes_out import FedLine, FedOut

if TYPE_CHECKING:
    from fastapi import APIRouter
    from starlette.requests import Request

    from web.workspace import Workspace

Kind = Literal["contact-lens", "genesys", "twilio", "plain"]
_LONGEST_ID = 200
_MOST_FIELDS = 100


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """What the deployer says of the telephony."""

    twilio_tokens: Sequence[str] = ()
    """Auth tokens of the Twilio accounts. With any, every Twilio request must be signed by one of them."""
    public_url: str = ""
    """How this server is called from outside, such as `https://copilot.example.com`: what Twilio signs."""


def feeds_router(workspace: "Workspace", gate: Gate, settings: FeedSettings) -> "APIRouter":
    """`POST /feeds/{kind}` for a `feed` key, or an admin's."""
    from fastapi import APIRouter, Depends, Query
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request

    router = APIRouter(tags=["feeds"], route_class=once_route(workspace))
    Feeder = Annotated[Principal, Depends(allowed("feed", "admin"))]  # noqa: N806 - a type
    Id = Annotated[str, Query(max_length=_LONGEST_ID)]  # noqa: N806 - a type

    @router.post(
        "/feeds/{kind}",
        response_model=FedOut,
        dependencies=[named_request(), Depends(gate.__call__)],
        openapi_extra={"requestBody": _BODY},
    )
    async def feed(
        *,
        kind: Kind,
        request: Request,
        who: Feeder,
        contact: Id = "",
        agent: Id = "",
        customer: Literal["inbound", "outbound"] = "inbound",
        close: bool = False,
    ) -> Any:
        """Turns as a telephony pushes them; see docs/how-to/telephony.md for each kind.

        `contact` names the contact where the payload does not, `agent` whose contact it is. With
        `close=true` the contact ends when the source stops listening.
        """
        payload = await (_form(request, settings) if kind == "twilio" else _json(request))
        fed = read(kind, payload, contact=contact, customer=customer)

        def work() -> FedOut:
            client = workspace.knowledge_base(who.client).client
            return FedOut(tuple(_take(workspace, client, one, agent, close=close) for one in fed))

        return answer(await run_in_threadpool(work))

    return router


def _take(workspace: "Workspace", client: str, fed: Fed, agent: str, *, close: bool) -> FedLine:
    """Hear the turns of one contact. Those of an ended one are dropped: a source must not hang on them."""
    check_contact(fed.contact)
    counts = {"accepted": 0, "replaced": 0, "ignored": 0, "late": 0}
    whose = fed.agent or agent
    if fed.arrivals:
        try:
            heard = workspace.live.hear(client, fed.contact, fed.arrivals, agent=whose, channel=fed.channel)
            counts |= {"accepted": heard.accepted, "replaced": heard.replaced, "ignored": heard.ignored}
        except ConflictError:
            if not workspace.live.has_ended(client, fed.contact):
                raise
            counts["late"] = len(fed.arrivals)
    ended = fed.ended and close and workspace.live.is_live(client, fed.contact)
    if ended:
        workspace.close(client, fed.contact)
    return FedLine(fed.contact, **counts, ended=ended)


async def _json(request: "Request") -> Any:
    try:
        return await request.json()
    except (ValueError, RecursionError):
        raise InputError("body: is not JSON") from None


async def _form(request: "Request", settings: FeedSettings) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    if settings.twilio_tokens:
        signature = request.headers.get("x-twilio-signature", "")
        if not any(
            is_signed(url, fields, signature, settings.twilio_tokens) for url in _called(request, settings)
        ):
            raise Refused(403, "The request is not signed by this deployment's Twilio account.")
    return dict(fields)


def _called(request: "Request", settings: FeedSettings) -> list[str]:
    """The address as Twilio may have written it when it signed: with and without its name and password."""
    base = settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    rest = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    made = [base + rest]
    sent = request.headers.get("authorization", "")
    if sent.startswith("Basic "):
        try:
            pair = base64.b64decode(sent.removeprefix("Basic "), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return made
        scheme, _, host = base.partition("://")
        made.append(f"{scheme}://{pair}@{host}{rest}")
    return made


_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object", "additionalProperties": True},
            "example": {
                "contact": "call-17",
                "agent": "Ana",
                "turns": [{"id": "t1", "speaker": "customer", "text": "How long does a refund take?"}],
            },
        },
        "application/x-www-form-urlencoded": {"schema": {"type": "object", "additionalProperties": True}},
    },
}
