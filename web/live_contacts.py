"""Contacts while they are live: whose they are, what was heard, and who wants to know of it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError, NotFoundError
from models.records import (
    Channel,
    Commitment,
    DisclosureState,
    Explanation,
    FactTick,
    Finding,
    Suggestion,
    Transcript,
    Turn,
    WrapUp,
)

if TYPE_CHECKING:
    from copilot import Session
    from models.ports import Store

_MOST_LIVE = 2_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A turn as it came in."""

    turn: Turn
    is_final: bool = True
    """False: the recogniser may still change it. It is not read until its final comes."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of arriving turns."""

    accepted: int
    replaced: int
    ignored: int
    """Equal to what was there, or a partial later than its final."""
    suggestions: tuple[Suggestion, ...]
    """Called for by the last of them; usually none."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """All that a panel shows of a live contact, at one moment."""

    transcript: Transcript
    suggestions: tuple[Suggestion, ...]
    """The cards made last; they stand until others are made."""
    disclosures: tuple[DisclosureState, ...]
    alerts: tuple[Finding, ...]
    ended: bool = False
    cards: tuple[Suggestion, ...] = ()
    """On display: at most three, never reordered."""
    partials: tuple[Turn, ...] = ()
    ticks: tuple[FactTick, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    health: tuple[str, ...] = ()
    """What this contact goes without, in plain words."""


@dataclass(slots=True)
class _Live:
    session: Session
    lock: threading.RLock = field(default_factory=threading.RLock)
    finals: set[str] = field(default_factory=set)
    partials: set[str] = field(default_factory=set)
    suggestions: tuple[Suggestion, ...] = ()
    ended: WrapUp | None = None

    def view(self) -> LiveView:
        with self.lock:
            session = self.session
            return LiveView(
                session.transcript,
                self.suggestions,
                tuple(session.disclosures),
                tuple(session.alerts),
                ended=self.ended is not None,
                cards=tuple(session.cards),
                partials=tuple(session.partials),
                ticks=tuple(session.ticks),
                commitments=tuple(session.commitments),
                explanations=tuple(session.explanations),
                health=tuple(session.health),
            )


class LiveContacts:
    """The contacts of all clients that are live in this process, by client and id.

    Args:
        make: Opens a session for (client, contact, agent, channel).
        store: Where the transcripts of contacts go that are over.
    """

    def __init__(self, make: Callable[[str, str, str, Channel], Session], store: Store) -> None:
        self._make = make
        self._store = store
        self._live: OrderedDict[tuple[str, str], _Live] = OrderedDict()
        self._lock = threading.RLock()
        self.listeners: list[Callable[[LiveView], None]] = []
        """Called, from whatever thread, after a contact changed."""

    def open(self, client: str, contact: str, *, agent: str = "", channel: Channel = "other") -> Session:
        """The session of a live contact, opened when it is new.

        Raises:
            ConflictError: Another agent has the contact.
        """
        return self._open(client, contact, agent, channel).session

    def find(self, client: str, contact: str, *, agent: str = "") -> LiveView:
        """A live contact. With `agent`, only one of that agent's own.

        Raises:
            NotFoundError: No such live contact, or not that agent's: the same words for both.
        """
        return self._find(client, contact, agent).view()

    def views(self, client: str, *, agent: str = "") -> list[LiveView]:
        """Contacts of a client that are going on, or one agent's; those heard of last come last."""
        with self._lock:
            known = [one for (whose, _), one in self._live.items() if whose == client]
        mine = [one for one in known if not agent or one.session.transcript.agent == agent]
        return [one.view() for one in mine if one.ended is None]

    def is_live(self, client: str, contact: str) -> bool:
        """Whether a contact is going on here."""
        with self._lock:
            live = self._live.get((client, contact))
        return live is not None and live.ended is None

    def hear(
        self,
        client: str,
        contact: str,
        arrivals: Sequence[Arrival],
        *,
        agent: str = "",
        channel: Channel = "other",
    ) -> Heard:
        """Take in turns, in the order of the calls. A turn whose id is known replaces the earlier one.

        Raises:
            ConflictError: The contact has ended, or another agent has it.
            InputError: A partial turn has no id.
        """
        if any(not arrival.is_final and not arrival.turn.id for arrival in arrivals):
            raise InputError("turn: one that is not final needs an id, so that its final can replace it")
        live = self._open(client, contact, agent, channel)
        counts = {"accepted": 0, "replaced": 0, "ignored": 0}
        suggestions: tuple[Suggestion, ...] = ()
        with live.lock:
            fresh = not live.session.transcript.turns
            if live.ended is not None or (fresh and self.has_ended(client, contact)):
                raise ConflictError("contact: has ended; a new contact needs a new id")
            for arrival in arrivals:
                outcome, suggestions = _hear(live, arrival)
                counts[outcome] += 1
                live.suggestions = suggestions or live.suggestions
            self._tell(live)
        return Heard(**counts, suggestions=suggestions)

    def end(self, client: str, contact: str, *, agent: str = "") -> WrapUp:
        """End a contact and store its transcript. Again: the same wrap-up.

        Raises:
            NotFoundError: No such live contact, or not that agent's.
        """
        live = self._find(client, contact, agent)
        with live.lock:
            if live.ended is None:
                summary = live.session.close()
                if live.session.transcript.turns:
                    self._keep(live.session)
                live.ended = summary
                self._tell(live)
            return live.ended

    def session(self, client: str, contact: str, *, agent: str = "") -> Session:
        """The session of a contact that is live already. Raises as `find` does."""
        return self._find(client, contact, agent).session

    # -- parts ------------------------------------------------------------------------------

    def _find(self, client: str, contact: str, agent: str) -> _Live:
        with self._lock:
            live = self._live.get((client, contact))
        if live is None or (agent and live.session.transcript.agent != agent):
            raise NotFoundError("contact: no such live contact")
        return live

    def _open(self, client: str, contact: str, agent: str, channel: Channel) -> _Live:
        over: list[_Live] = []
        with self._lock:
            live = self._live.get((client, contact))
            if live is None:
                live = _Live(self._make(client, contact, agent, channel))
                self._live[(client, contact)] = live
                while len(self._live) > _MOST_LIVE:
                    over.append(self._live.popitem(last=False)[1])
            self._live.move_to_end((client, contact))
        for forgotten in over:
            # Nobody closed it; what was heard must not be lost with it.
            with forgotten.lock:
                if forgotten.ended is None and forgotten.session.transcript.turns:
                    forgotten.ended = forgotten.session.close()
                    self._keep(forgotten.session)
        if agent and live.session.transcript.agent and live.session.transcript.agent != agent:
            raise ConflictError("contact: belongs to another agent")
        return live

    def has_ended(self, client: str, contact: str) -> bool:
        """Whether a contact of this id is over: its transcript is stored."""
        try:
            self._store.get(client, Transcript, contact)
        except NotFoundError:
            return False
        return True

    def _keep(self, session: Session) -> None:
        transcript, shown = session.transcript, session.shown
        self._store.put(transcript.client, transcript, supersede=True)
        if shown.cards:
            self._store.put(transcript.client, shown, supersede=True)

    def _tell(self, live: _Live) -> None:
        view = live.view()
        for listener in self.listeners:
            listener(view)


def _hear(live: _Live, arrival: Arrival) -> tuple[str, tuple[Suggestion, ...]]:
    """What became of one turn, and what it called for."""
    id = arrival.turn.id
    if not arrival.is_final:
        assert id is not None
        if id in live.finals:
            return "ignored", ()
        outcome = "replaced" if id in live.partials else "accepted"
        live.partials.add(id)
        return outcome, ()
    before = live.session.transcript
    suggestions = tuple(live.session.hear(arrival.turn))
    after = live.session.transcript
    if id is not None:
        live.finals.add(id)
    if after is before:
        return "ignored", ()
    grown = len(after.turns) > len(before.turns)
    if id is not None and id in live.partials:
        live.partials.discard(id)
        return "replaced", suggestions
    return ("accepted" if grown else "replaced"), suggestions
