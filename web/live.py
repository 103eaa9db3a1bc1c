"""The live channel: what changed in a contact, pushed to the agent's panel as server-sent events.

Each region of the panel is sent whole when it changed, with the version it changed in. A reader that
comes back names the last version it saw and gets what is newer; nothing is queued for slow readers.
A contact that is not there yet and one that is somebody else's look alike: a stream without events.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.codec import to_plain
from models.errors import NotFoundError
from web.problems import Refused
from web.sign_in import SCOPE_KEY, Credential
from web.texts import DEFAULT, preferred
from web.translation import told

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from models.records import ClientProfile, Suggestion, Turn
    from storage.access import Principal
    from web.live_contacts import LiveView
    from web.workspace import Workspace

BEAT_S = 15.0
_MOST_TOPICS = 2_000
_MOST_CARDS = 12
"""Of a contact, kept as they were written out."""
_MOST_READERS = 1_000
_MOST_READERS_EACH = 20
_WITH_SENTENCES = ("alerts", "cards", "disclosures", "health", "suggestions", "ticks")
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Event:
    """One region of a panel, as it stands since version `v`."""

    v: int
    region: str
    json: str

    def sent(self, language: str = DEFAULT) -> str:
        """As a server-sent event, with the sentences of ours in the reader's language."""
        text = self.told(language)
        return f'id: {self.v}\ndata: {{"v":{self.v},"region":{json.dumps(self.region)},"json":{text}}}\n\n'

    def told(self, language: str) -> str:
        """The region in a language; most regions hold words of the contact and the client alone."""
        if language == DEFAULT or self.region not in _WITH_SENTENCES:
            return self.json
        return _text(told({self.region: json.loads(self.json)}, language)[self.region])


@dataclass(slots=True)
class _Topic:
    agent: str
    v: int
    regions: dict[str, Event] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    """What the regions were made of."""
    turns: dict[Turn, str] = field(default_factory=dict)
    """Turns as they were written out: a contact has hundreds, and one of them is new."""

    cards: dict[str, tuple[Suggestion, str]] = field(default_factory=dict)
    """Cards as they were written out, by id: two regions hold them, through many turns."""

    def text(self, region: str, source: Any) -> str:
        """A region."""
        if region == "turns":
            return self.turns_text(source)
        if region == "suggestions":
            return f"[{','.join(self.card_text(card) for card in source)}]"
        if region == "cards":
            places, cards = source
            # A card is an object with fields, so its place can stand before them.
            placed = (
                f'{{"place":{place},{self.card_text(card)[1:]}'
                for place, card in zip(places, cards, strict=True)
            )
            return f"[{','.join(placed)}]"
        return _text(plain(region, source))

    def card_text(self, card: Suggestion) -> str:
        """A card."""
        known = self.cards.get(card.id)
        if known is None or known[0] is not card:
            if len(self.cards) >= _MOST_CARDS:
                self.cards.clear()
            known = self.cards[card.id] = (card, _text(to_plain(card)))
        return known[1]

    def turns_text(self, turns: Sequence[Turn]) -> str:
        """The turns' region."""
        self.turns = {turn: self.turns.get(turn) or _text(to_plain(turn)) for turn in turns}
        return f"[{','.join(self.turns[turn] for turn in turns)}]"


@dataclass(eq=False, slots=True)
class _Reader:
    loop: asyncio.AbstractEventLoop
    news: asyncio.Event
    name: str


class Broker:
    """Versions of every live contact's regions, and who waits for the next."""

    def __init__(self) -> None:
        self._topics: OrderedDict[tuple[str, str], _Topic] = OrderedDict()
        self._readers: dict[tuple[str, str], set[_Reader]] = {}
        self._lock = threading.Lock()
        self.closed = False

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self.closed = True
        with self._lock:
            readers = [reader for known in self._readers.values() for reader in known]
        for reader in readers:
            reader.loop.call_soon_threadsafe(reader.news.set)

    def publish(self, view: LiveView, profile: ClientProfile, *, only_new: bool = False) -> None:
        """Take in a contact as it is now. Called from any thread.

        Args:
            view: Of the contact.
            profile: Of its client.
            only_new: Do nothing when the contact is known: what was heard of it meanwhile is newer.
        """
        transcript = view.transcript
        key = (transcript.client, transcript.id)
        with self._lock:
            topic = self._topics.get(key)
            if topic is not None and only_new:
                return
            if topic is None:
                # Beginning at the clock keeps versions rising over restarts and forgotten contacts.
                topic = self._topics[key] = _Topic(transcript.agent, time.time_ns() // 1_000_000)
            self._topics.move_to_end(key)
            while len(self._topics) > _MOST_TOPICS:
                self._topics.popitem(last=False)
            topic.agent = transcript.agent
            # Only what is another object than last time is written out: most of a panel stays as it is.
            for region, source in sources(view, profile).items():
                if region in topic.sources and topic.sources[region] == source:
                    continue
                topic.sources[region] = source
                text = topic.text(region, source)
                known = topic.regions.get(region)
                if known is None or known.json != text:
                    topic.v += 1
                    topic.regions[region] = Event(topic.v, region, text)
            readers = list(self._readers.get(key, ()))
        for reader in readers:
            reader.loop.call_soon_threadsafe(reader.news.set)

    def put(self, client: str, contact: str, region: str, value: Any) -> None:
        """Take in a region that is made beside the turns; nothing for a contact that nobody knows of."""
        key, text = (client, contact), _text(value)
        with self._lock:
            topic = self._topics.get(key)
            known = topic.regions.get(region) if topic is not None else None
            if topic is None or (known is not None and known.json == text):
                return
            topic.v += 1
            topic.regions[region] = Event(topic.v, region, text)
            readers = list(self._readers.get(key, ()))
        for reader in readers:
            reader.loop.call_soon_threadsafe(reader.news.set)

    def since(self, principal: Principal, contact: str, v: int) -> list[Event]:
        """Regions that changed after version `v`, oldest first. None of a contact not one's own."""
        with self._lock:
            topic = self._topics.get((principal.client, contact))
            if topic is None or (principal.role != "admin" and topic.agent != principal.name):
                return []
            newest = v if v <= topic.v else 0
            return sorted((e for e in topic.regions.values() if e.v > newest), key=lambda event: event.v)

    def join(self, client: str, contact: str, name: str) -> _Reader:
        """Wait for news of a contact.

        Raises:
            Refused: Too many streams are open.
        """
        reader = _Reader(asyncio.get_running_loop(), asyncio.Event(), name)
        with self._lock:
            everybody = [known for readers in self._readers.values() for known in readers]
            mine = sum(known.name == name for known in everybody)
            if len(everybody) >= _MOST_READERS or mine >= _MOST_READERS_EACH:
                raise Refused(429, "Too many live panels are open.", headers={"Retry-After": "15"})
            self._readers.setdefault((client, contact), set()).add(reader)
        return reader

    def leave(self, client: str, contact: str, reader: _Reader) -> None:
        """Stop waiting."""
        with self._lock:
            readers = self._readers.get((client, contact), set())
            readers.discard(reader)
            if not readers:
                self._readers.pop((client, contact), None)


def sources(view: LiveView, profile: ClientProfile) -> dict[str, Any]:
    """What each region of a panel is made of; equal while the region is."""
    transcript = view.transcript
    return {
        "contact": (
            profile,
            transcript.client,
            transcript.agent,
            transcript.id,
            transcript.channel,
            view.ended,
        ),
        "turns": transcript.turns,
        "partials": view.partials,
        "cards": (view.places, view.cards),
        "ticks": view.ticks,
        "commitments": view.commitments,
        "explanations": view.explanations,
        "health": view.health,
        "suggestions": view.suggestions,
        "disclosures": view.disclosures,
        "alerts": view.alerts,
    }


def plain(region: str, source: Any) -> Any:
    """A region as the panel takes it."""
    if region == "contact":
        profile, client, agent, id, channel, ended = source
        return {**_about(profile, client, agent), "id": id, "channel": channel, "ended": ended}
    return to_plain(source)


def live_routes(workspace: Workspace, broker: Broker) -> list[BaseRoute]:
    """`/api/live/{contact}` and its fallback for readers without server-sent events."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    def publish(view: LiveView) -> None:
        broker.publish(view, workspace.knowledge_base(view.transcript.client).profile)

    workspace.live.listeners.append(publish)

    async def stream(request: Request) -> Response:
        credential = _admitted(request)
        contact = request.path_params["contact"]
        await run_in_threadpool(_catch_up, workspace, broker, credential.principal, contact)
        principal = credential.principal
        profile = await run_in_threadpool(lambda: workspace.knowledge_base(principal.client).profile)
        about = _text(_about(profile, principal.client, principal.name))
        reader = broker.join(credential.principal.client, contact, credential.name)
        body = _events(request, broker, reader, credential, contact, about=about)
        return StreamingResponse(body, media_type="text/event-stream", headers=_HEADERS)

    async def state(request: Request) -> Response:
        credential = _admitted(request)
        contact = request.path_params["contact"]
        await run_in_threadpool(_catch_up, workspace, broker, credential.principal, contact)
        events = broker.since(credential.principal, contact, _version(request))
        if not events:
            return Response(status_code=204, headers=_HEADERS)
        language = _language(request, credential.principal)
        body = ",".join(f"{json.dumps(event.region)}:{event.told(language)}" for event in events)
        text = f'{{"v":{events[-1].v},"regions":{{{body}}}}}'
        return Response(text, media_type="application/json", headers=_HEADERS)

    return [
        Route("/api/live/{contact:path}/state", state, methods=["GET"]),
        Route("/api/live/{contact:path}", stream, methods=["GET"]),
    ]


async def _events(
    request: Request, broker: Broker, reader: _Reader, credential: Credential, contact: str, *, about: str
) -> AsyncIterator[str]:
    principal = credential.principal
    seen = _version(request)
    sign_in = request.scope[SCOPE_KEY]
    language = _language(request, principal)
    try:
        yield "retry: 2000\n\n"
        if not broker.since(principal, contact, 0):
            # Before the first turn: the caller's own client and name, no secret to them.
            yield Event(seen, "contact", about).sent()
        while not broker.closed:
            reader.news.clear()
            events = broker.since(principal, contact, seen)
            # Sign-out, revocation and time end the stream; only news counts as being there.
            if sign_in.credential(request, touch=bool(events)) != credential:
                return
            for event in events:
                yield event.sent(language)
                seen = event.v
            try:
                async with asyncio.timeout(BEAT_S):
                    await reader.news.wait()
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        broker.leave(principal.client, contact, reader)


def _admitted(request: Request) -> Credential:
    credential: Credential | None = request.scope[SCOPE_KEY].credential(request)
    if credential is None:
        raise Refused(401)
    if credential.principal.role not in ("agent", "admin"):
        raise Refused(403)
    return credential


def _catch_up(workspace: Workspace, broker: Broker, principal: Principal, contact: str) -> None:
    """Publish a contact that is live but has not been heard of here."""
    agent = "" if principal.role == "admin" else principal.name
    try:
        view = workspace.live.find(principal.client, contact, agent=agent)
    except NotFoundError:
        return
    broker.publish(view, workspace.knowledge_base(principal.client).profile, only_new=True)


def _about(profile: ClientProfile, client: str, agent: str) -> dict[str, Any]:
    name = profile.name or client
    return {"client": client, "client_name": name, "colour": profile.colour, "agent": agent}


def _language(request: Request, principal: Principal) -> str:
    """The language that the panel's address names, else the reader's own."""
    from web.reader import language_of

    return (
        preferred(request.query_params.get("lang", ""))
        if "lang" in request.query_params
        else language_of(request, principal)
    )


def _version(request: Request) -> int:
    """The last version that the reader saw; 0 when it says nothing usable."""
    said = request.headers.get("last-event-id") or request.query_params.get("since", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 16 else 0  # noqa: PLR2004 - digits of a version that can have been sent


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
