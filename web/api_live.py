# No `from __future__ import annotations` here: see api_access.py.
"""REST while a contact is live: turns in, suggestions out, drafts checked, the contact closed."""

import hashlib
import json
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Annotated, Any

from models.codec import to_plain
from models.errors import ConflictError, InputError, NotFoundError
from models.records import DraftCheck, Suggestion, WrapUp
from storage.access import Principal
from web.api_access import allowed, answer
from web.shapes import CheckIn, CloseIn, FeedbackIn, SuggestIn, TurnsIn, turns_of

if TYPE_CHECKING:
    from fastapi import APIRouter

    from web.workspace import Workspace

_LONGEST_KEY = 200
_LONGEST_CONTACT = 200


class Answers:
    """Answers by `Idempotency-Key`, so that a repeated request is not heard twice."""

    def __init__(self, *, most: int = 2_000) -> None:
        self._most = most
        self._known: OrderedDict[tuple[str, str, str], tuple[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str], digest: str) -> Any | None:
        """The answer given before to the same request.

        Raises:
            ConflictError: The key was used for another request.
        """
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] != digest:
            raise ConflictError("Idempotency-Key: was used for another request")
        return known[1] if known is not None else None

    def put(self, key: tuple[str, str, str], digest: str, given: Any) -> None:
        """Keep an answer; the oldest go first."""
        with self._lock:
            self._known[key] = (digest, given)
            while len(self._known) > self._most:
                self._known.popitem(last=False)


def live_router(workspace: "Workspace") -> "APIRouter":
    """Routes for agents, and for the telephony that feeds their contacts with an admin's key."""
    from fastapi import APIRouter, Depends, Header

    router = APIRouter(tags=["live"])
    Agent = Annotated[Principal, Depends(allowed("agent", "admin"))]  # noqa: N806 - a type
    answers = Answers()

    @router.post("/suggest", response_model=list[Suggestion])
    def suggest(body: SuggestIn, who: Agent) -> Any:
        """Cards for the last of these turns. Nothing is kept."""
        return answer(workspace.suggest(who.client, turns_of(body.turns)))

    @router.post("/contacts/{contact:path}/turns")
    def hear(
        contact: str,
        body: TurnsIn,
        who: Agent,
        idempotency_key: Annotated[str, Header(max_length=_LONGEST_KEY)] = "",
    ) -> Any:
        """Turns of a live contact, which begins with its first. A known turn id replaces the turn."""
        check_contact(contact)
        agent = _agent(who, body)
        digest = hashlib.sha256(json.dumps(to_plain(body), default=str).encode()).hexdigest()
        key = (who.client, contact, f"{who.name}\n{idempotency_key}")
        if idempotency_key and (known := answers.get(key, digest)) is not None:
            return answer(known)
        name = workspace.knowledge_base(who.client).client
        heard = workspace.live.hear(name, contact, body.arrivals(), agent=agent)
        view = workspace.live.find(name, contact)
        given = {**to_plain(heard), "disclosures": view.disclosures, "alerts": view.alerts}
        if idempotency_key:
            answers.put(key, digest, given)
        return answer(given)

    @router.post("/check", response_model=DraftCheck)
    def check(body: CheckIn, who: Agent) -> Any:
        """A draft, read with the contact it belongs to when that is live and the caller's own."""
        agent = _own(who)
        try:
            return answer(workspace.check(who.client, body.words(), contact=body.contact, agent=agent))
        except NotFoundError:
            return answer(workspace.check(who.client, body.words()))

    @router.post("/contacts/{contact:path}/feedback", status_code=204)
    def feedback(contact: str, body: FeedbackIn, who: Agent) -> None:
        """What the agent did with a card. QA never reads it."""
        workspace.feedback(who.client, contact, body.suggestion, body.action, agent=_own(who))

    @router.post("/contacts/{contact:path}/close", response_model=WrapUp)
    def close(contact: str, who: Agent, body: CloseIn | None = None) -> Any:  # noqa: ARG001 - shows its shape
        """End a contact; its transcript goes to QA. Again: the same wrap-up."""
        return answer(workspace.close(who.client, contact, agent=_own(who)))

    return router


def check_contact(contact: str) -> None:
    """Whether an id may name a new contact.

    Raises:
        InputError: Too long, or with characters that no screen shows.
    """
    if len(contact) > _LONGEST_CONTACT or not contact.isprintable() or contact != contact.strip("/ "):
        raise InputError(f"contact: the id must have 1 to {_LONGEST_CONTACT} printable characters")


def _own(who: Principal) -> str:
    """Whose contacts: an agent's own, an admin's all."""
    return "" if who.role == "admin" else who.name


def _agent(who: Principal, body: TurnsIn) -> str:
    if who.role == "admin":
        return body.agent or ""
    if body.agent not in (None, who.name):
        raise InputError("agent: is not the agent of this credential; leave it out")
    return who.name
