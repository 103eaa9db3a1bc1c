# No `from __future__ import annotations` here: see api_access.py.
"""REST of live contacts: which are going on, turns in, drafts, cards, the wrap-up, the end."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from models.codec import to_plain
from models.errors import InputError, NotFoundError
from models.records import DraftCheck, Suggestion, WrapUp
from storage.access import Principal
from web import wrap_ups
from web.api_access import LONGEST_KEY, allowed, answer, asked_language, named_request
from web.idempotency import once_route
from web.limits import Gate
from web.live_contacts import LiveView
from web.shapes import CloseIn, DraftIn, FeedbackIn, OpenIn, TurnsIn, WrapUpIn
from web.shapes_out import HeardOut, LiveLine, LiveList
from web.veil import veil_of
from web.wordings import WordedCard

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.wordings import Wordings
    from web.workspace import Workspace

_LONGEST_CONTACT = 200


def contacts_router(workspace: "Workspace", gate: Gate, wordings: "Wordings") -> "APIRouter":
    """Routes for agents, and for admins who look after their contacts."""
    from fastapi import APIRouter, Depends, Header
    from starlette.concurrency import run_in_threadpool

    router = APIRouter(tags=["live"], route_class=once_route(workspace))
    Agent = Annotated[Principal, Depends(allowed("agent", "admin"))]  # noqa: N806 - a type
    Key = Annotated[str, Header(max_length=LONGEST_KEY)]  # noqa: N806 - a type
    Language = Annotated[str, asked_language()]  # noqa: N806 - a type
    once = [named_request()]

    @router.get("/live", response_model=LiveList)
    def live(who: Agent) -> Any:
        """Contacts that are going on: an agent's own, an admin's all of the client."""
        views = workspace.live.views(workspace.knowledge_base(who.client).client, agent=own(who))
        return answer(LiveList(tuple(_line(_seen(workspace, who, view)) for view in views)))

    @router.get("/live/{contact:path}", response_model=LiveView)
    def state(contact: str, who: Agent) -> Any:
        """All that a panel shows of a live contact; `/api/live/{contact}` streams it as it changes."""
        view = workspace.live.find(workspace.knowledge_base(who.client).client, contact, agent=own(who))
        return answer(_seen(workspace, who, view))

    @router.post("/contacts/{contact:path}/open", response_model=LiveView, dependencies=once)
    def begin(contact: str, body: OpenIn, who: Agent) -> Any:
        """Open a contact before its first turn, so that its panel has something to show. Again: as it is."""
        check_contact(contact)
        client = workspace.knowledge_base(who.client).client
        workspace.live.open(client, contact, agent=speaks_for(who, body.agent), channel=body.channel)
        return answer(workspace.live.find(client, contact))

    @router.post(
        "/contacts/{contact:path}/turns",
        response_model=HeardOut,
        dependencies=[Depends(gate.__call__)],
    )
    def hear(contact: str, body: TurnsIn, who: Agent, idempotency_key: Key = "") -> Any:
        """Turns of a live contact, which begins with its first. A known turn id replaces the turn.

        With an `Idempotency-Key`, turns without an id get one that is made from it: a repeat is
        harmless, also after a crash.
        """
        check_contact(contact)
        agent = speaks_for(who, body.agent)
        name = workspace.knowledge_base(who.client).client
        key = f"{who.name}\n{idempotency_key}" if idempotency_key else ""
        heard = workspace.live.hear(name, contact, body.arrivals(key=key), agent=agent)
        view = workspace.live.find(name, contact)
        return answer({**to_plain(heard), "disclosures": view.disclosures, "alerts": view.alerts})

    @router.post("/contacts/{contact:path}/drafts", response_model=DraftCheck, dependencies=once)
    def draft(contact: str, body: DraftIn, who: Agent, language: Language) -> Any:
        """A draft reply, read with its contact. The draft is not kept."""
        found = workspace.check(who.client, body.words(), contact=contact, agent=own(who))
        return answer(found, language=language)

    @router.post("/contacts/{contact:path}/feedback", status_code=204, dependencies=once)
    def feedback(contact: str, body: FeedbackIn, who: Agent) -> None:
        """What the agent did with a card. QA never reads it."""
        workspace.feedback(who.client, contact, body.suggestion, body.action, agent=own(who))

    @router.post(
        "/contacts/{contact:path}/cards/{card}/wording", response_model=WordedCard, dependencies=once
    )
    async def wording(contact: str, card: str, who: Agent) -> Any:
        """A generator's words for a card on display, when they are there or its deadline is over.

        Empty when the client has no generator or nothing of its words is in the card's sources. The panel
        need not ask: the live region `wording` has the same words while they come.
        """
        made = await run_in_threadpool(_wording, workspace, wordings, who, contact, card)
        deadline_s = wordings.deadline_s(who.client)
        with suppress(TimeoutError):
            return answer(await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(made)), deadline_s))
        return answer(WordedCard(outcome="late"))

    @router.post(
        "/contacts/{contact:path}/cards/{card}/step", response_model=list[Suggestion], dependencies=once
    )
    def step(contact: str, card: str, who: Agent) -> Any:
        """A step that was done without words: the next one takes its place, after the last it goes.

        Gives the cards on display. Again: no change.
        """
        client = workspace.knowledge_base(who.client).client
        return answer(workspace.live.step(client, contact, card, agent=own(who)).cards)

    @router.post("/contacts/{contact:path}/close", response_model=WrapUp, dependencies=once)
    def close(contact: str, who: Agent, body: CloseIn | None = None) -> Any:  # noqa: ARG001 - shows its shape
        """End a contact; its transcript goes to QA. Again: the same wrap-up."""
        return answer(workspace.close(who.client, contact, agent=own(who)))

    @router.get("/contacts/{contact:path}/wrap-up", response_model=WrapUp)
    def wrap_up(contact: str, who: Agent) -> Any:
        """The wrap-up of a contact that has ended, as it stands."""
        return answer(wrap_ups.read(workspace, who.client, contact, agent=own(who)))

    @router.put("/contacts/{contact:path}/wrap-up", response_model=WrapUp)
    def edited(contact: str, body: WrapUpIn, who: Agent) -> Any:
        """The wrap-up as the agent changed it; the one before it stays in the file. Again: no change."""
        changed = wrap_ups.change(
            workspace,
            who.client,
            contact,
            who=who.name,
            agent=own(who),
            lines=body.changed(),
            disposition=body.disposition,
            drafted=body.drafted,
        )
        return answer(changed)

    return router


def _wording(
    workspace: "Workspace", wordings: "Wordings", who: Principal, contact: str, card: str
) -> Future[WordedCard]:
    client = workspace.knowledge_base(who.client).client
    view = workspace.live.find(client, contact, agent=own(who))
    if view.ended or all(one.id != card for one in view.cards):
        raise NotFoundError("card: is not on display in this contact")
    return wordings.begin(client, contact, card)


def check_contact(contact: str) -> None:
    """Whether an id may name a new contact.

    Raises:
        InputError: Too long, or with characters that no screen shows.
    """
    if len(contact) > _LONGEST_CONTACT or not contact.isprintable() or contact != contact.strip("/ "):
        raise InputError(f"contact: the id must have 1 to {_LONGEST_CONTACT} printable characters")


def own(who: Principal) -> str:
    """Whose contacts: an agent's own, an admin's all."""
    return "" if who.role == "admin" else who.name


def speaks_for(who: Principal, agent: str | None) -> str:
    """Whose contact the turns are of; only an admin's key may say.

    Raises:
        InputError: An agent named somebody else.
    """
    if who.role == "admin":
        return agent or ""
    if agent not in (None, "", who.name):
        raise InputError("agent: is not the agent of this credential; leave it out")
    return who.name


def _seen(workspace: "Workspace", who: Principal, view: LiveView) -> LiveView:
    """The agent sees their own; in works-council mode nobody else sees whose contact it is."""
    if who.role == "agent":
        return view
    return replace(view, transcript=veil_of(workspace, who.client).over(view.transcript))


def _line(view: LiveView) -> LiveLine:
    said = view.transcript
    return LiveLine(said.id, said.agent, said.channel, len(said.turns), view.ended)
