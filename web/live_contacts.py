"""Contacts while they are live: whose they are, what was heard, and who wants to know of it.

What is accepted is in the client's store before it is acknowledged: a contact is a `LiveContact` and its
`LiveEvent`s. After a restart a contact is taken up from them when somebody asks for it. When it ends, its
transcript, cards and wrap-up are stored in one step with the mark that it has ended, and the events go.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models.errors import ConflictError, InputError, NotFoundError
from models.records import (
    Channel,
    FeedbackAction,
    Suggestion,
    Transcript,
    WrapUp,
)
from models.records.events import LiveContact, LiveEvent
from web.live_memory import erase_events, events_of, kept
from web.live_views import Arrival, Heard, LiveView, view_of

if TYPE_CHECKING:
    from copilot import Session
    from models.ports import Store

__all__ = ["ABANDONED_AFTER", "Arrival", "Heard", "LiveContacts", "LiveView"]

ABANDONED_AFTER = timedelta(hours=12)
"""A contact in which nothing was heard for so long is ended, unless told otherwise."""
_MOST_LIVE = 2_000
"""Contacts held in memory; the others are taken up from the store when somebody asks for them."""
_AT_ONCE = 2
"""Requests whose turns are worked on at once; more would only take turns at the interpreter's lock, and the
server's loop, which feeds the panels, would have to wait for all of them."""
_TRIES = 3
"""When another process hears turns of the same contact at the same time."""


@dataclass(slots=True)
class _Live:
    lock: threading.RLock = field(default_factory=threading.RLock)
    session: Session | None = None
    """None until it is made, or taken up from the store."""
    record: LiveContact | None = None
    """As stored; None when it is not."""
    pending: list[LiveEvent] = field(default_factory=list)
    """What happened in the call that is under way."""
    events: int = 0
    """Stored so far."""
    heard_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    suggestions: tuple[Suggestion, ...] = ()
    ended: WrapUp | None = None

    def view(self) -> LiveView:
        with self.lock:
            assert self.session is not None
            return view_of(self.session, self.suggestions, ended=self.ended is not None)


class LiveContacts:
    """The contacts of all clients that are live, by client and id.

    Args:
        make: Opens a session for (client, contact, agent, channel).
        store: Where events are kept, and the transcripts of contacts that are over.
    """

    def __init__(self, make: Callable[[str, str, str, Channel], Session], store: Store) -> None:
        self._make = make
        self._store = store
        self._live: OrderedDict[tuple[str, str], _Live] = OrderedDict()
        self._lock = threading.RLock()
        self._lane = threading.Semaphore(_AT_ONCE)
        self.abandoned_after = ABANDONED_AFTER
        self.listeners: list[Callable[[LiveView], None]] = []
        """Called, from whatever thread, after a contact changed."""
        self.leaves: Callable[[Transcript], Sequence[object]] = lambda _: ()
        """Records that are stored in the same step when a contact ends."""

    def open(self, client: str, contact: str, *, agent: str = "", channel: Channel = "other") -> Session:
        """The session of a live contact, opened when it is new.

        Raises:
            ConflictError: Another agent has the contact, or it has ended.
        """
        live = self._taken_up(client, contact, agent, channel)
        with live.lock:
            if live.record is None and live.ended is None:
                self._remember(client, live)
            assert live.session is not None
            return live.session

    def find(self, client: str, contact: str, *, agent: str = "") -> LiveView:
        """A live contact. With `agent`, only one of that agent's own.

        Raises:
            NotFoundError: No such live contact, or not that agent's: the same words for both.
        """
        return self._find(client, contact, agent).view()

    def views(self, client: str, *, agent: str = "") -> list[LiveView]:
        """Contacts of a client that are going on, or one agent's; those heard of last come last."""
        for record in self._store.find(client, LiveContact):
            if not record.ended and agent in ("", record.agent):
                self._known(client, record.id)
        with self._lock:
            known = [one for (whose, _), one in self._live.items() if whose == client]
        views = [one.view() for one in known if one.session is not None and one.ended is None]
        return [one for one in views if agent in ("", one.transcript.agent)]

    def is_live(self, client: str, contact: str) -> bool:
        """Whether a contact is going on."""
        live = self._known(client, contact)
        return live is not None and live.ended is None

    def has_ended(self, client: str, contact: str) -> bool:
        """Whether a contact of this id is over: its transcript is stored."""
        return kept(self._store, client, Transcript, contact) is not None

    def hear(
        self,
        client: str,
        contact: str,
        arrivals: Sequence[Arrival],
        *,
        agent: str = "",
        channel: Channel = "other",
    ) -> Heard:
        """Take in turns, in the order of the calls; all of them are stored when it returns, or none is.

        A turn whose id is known replaces the earlier one, so a repeated call is harmless.

        Raises:
            ConflictError: The contact has ended, or another agent has it.
            InputError: A partial turn has no id.
        """
        if any(not arrival.is_final and not arrival.turn.id for arrival in arrivals):
            raise InputError("turn: one that is not final needs an id, so that its final can replace it")
        for _ in range(_TRIES):
            live = self._taken_up(client, contact, agent, channel)
            with live.lock:
                if live.ended is not None:
                    raise ConflictError("contact: has ended; a new contact needs a new id")
                with self._lane:
                    heard = self._heard(client, live, arrivals)
                    if heard is not None:
                        self._tell(live)
                        return heard
            self._forget(client, contact, live)
        raise ConflictError("contact: another process hears it at the same time; send the turns again")

    def feedback(
        self, client: str, contact: str, suggestion: str, action: FeedbackAction, *, agent: str = ""
    ) -> None:
        """What the agent did with a card; a dismissed one leaves the display, also after a restart.

        Raises:
            NotFoundError: No such live contact, not that agent's, or no such card.
        """
        live = self._find(client, contact, agent)
        with live.lock:
            assert live.session is not None
            live.session.feedback(suggestion, action)
            if live.pending:
                if live.ended is None:
                    self._remember(client, live)
                live.pending.clear()
                self._tell(live)

    def step(self, client: str, contact: str, suggestion: str, *, agent: str = "") -> LiveView:
        """Go on to the next step of a procedure; the contact as it is then, also after a restart.

        Raises:
            InputError: The card is no step.
            NotFoundError: No such live contact, not that agent's, or no such card.
        """
        live = self._find(client, contact, agent)
        with live.lock:
            assert live.session is not None
            if live.ended is None:
                live.session.step(suggestion)
                if live.pending:
                    self._remember(client, live)
                    live.pending.clear()
                    self._tell(live)
            return live.view()

    def end(self, client: str, contact: str, *, agent: str = "") -> WrapUp:
        """End a contact and store its transcript. Again: the same wrap-up.

        Raises:
            NotFoundError: No such contact, or not that agent's.
        """
        try:
            live = self._find(client, contact, agent)
        except NotFoundError:
            summary = self._ended_before(client, contact, agent)
            if summary is None:
                raise
            return summary
        with live.lock:
            if live.ended is None:
                assert live.session is not None
                summary = live.session.close()
                self._keep(client, live, summary)
                live.ended = summary
                self._tell(live)
            return live.ended

    def session(self, client: str, contact: str, *, agent: str = "") -> Session:
        """The session of a contact that is live already. Raises as `find` does."""
        session = self._find(client, contact, agent).session
        assert session is not None
        return session

    def abandoned(self, client: str, *, now: datetime | None = None) -> list[str]:
        """Contacts without an event for `abandoned_after`; what ended ones left behind is erased.

        The caller ends them, so that their transcripts are kept.
        """
        before = (now or datetime.now(UTC)) - self.abandoned_after
        found = []
        for record in self._store.find(client, LiveContact):
            live = self._known(client, record.id)
            if live is not None and live.ended is None and live.heard_at < before:
                found.append(record.id)
        return found

    # -- parts ------------------------------------------------------------------------------

    def _find(self, client: str, contact: str, agent: str) -> _Live:
        live = self._known(client, contact)
        if live is None or (agent and live.session and live.session.transcript.agent != agent):
            raise NotFoundError("contact: no such live contact")
        return live

    def _known(self, client: str, contact: str) -> _Live | None:
        """A contact that is in memory or in the store; None when there is none."""
        with self._lock:
            live = self._live.get((client, contact))
        if live is not None and live.session is not None:
            return live
        record = kept(self._store, client, LiveContact, contact)
        if record is None:
            return None
        if record.ended:
            erase_events(self._store, client, contact, len(events_of(self._store, client, contact)))
            return None
        return self._held(client, contact, record.agent, record.channel)

    def _taken_up(self, client: str, contact: str, agent: str, channel: Channel) -> _Live:
        """The contact, from memory, from the store, or new."""
        live = self._known(client, contact) or self._held(client, contact, agent, channel)
        assert live.session is not None
        owner = live.session.transcript.agent
        if agent and owner and owner != agent:
            raise ConflictError("contact: belongs to another agent")
        return live

    def _held(self, client: str, contact: str, agent: str, channel: Channel) -> _Live:
        with self._lock:
            live = self._live.setdefault((client, contact), _Live())
            self._live.move_to_end((client, contact))
        with live.lock:
            if live.session is None:
                try:
                    self._load(client, contact, agent, channel, live)
                except BaseException:
                    self._forget(client, contact, live)
                    raise
        self._make_room()
        return live

    def _load(self, client: str, contact: str, agent: str, channel: Channel, live: _Live) -> None:
        record = kept(self._store, client, LiveContact, contact)
        if record is None and self.has_ended(client, contact):
            raise ConflictError("contact: has ended; a new contact needs a new id")
        if record is not None:
            agent, channel = record.agent, record.channel
        session = self._make(client, contact, agent, channel)
        if record is not None:
            events = events_of(self._store, client, contact)
            session.restore(record.started_at, events)
            live.record, live.events = record, len(events)
            live.heard_at = events[-1].at if events else record.started_at
            live.suggestions = next((one.cards for one in reversed(events) if one.cards), ())
        session.journal = live.pending.append
        live.session = session

    def _heard(self, client: str, live: _Live, arrivals: Sequence[Arrival]) -> Heard | None:
        """Hear them all and store them in one step; None when another process was faster."""
        session = live.session
        assert session is not None
        before, shown = session.state, live.suggestions
        counts = {"accepted": 0, "replaced": 0, "ignored": 0}
        suggestions: tuple[Suggestion, ...] = ()
        try:
            for arrival in arrivals:
                outcome, suggestions = _hear(session, arrival)
                counts[outcome] += 1
                live.suggestions = suggestions or live.suggestions
            if live.pending:
                self._remember(client, live)
        except BaseException as problem:
            session.return_to(before)
            live.suggestions = shown
            if isinstance(problem, ConflictError):
                return None
            raise
        finally:
            live.pending.clear()
        return Heard(**counts, suggestions=suggestions)

    def _remember(self, client: str, live: _Live) -> None:
        """Put what is pending into the store; durable when it returns."""
        session = live.session
        assert session is not None
        transcript = session.transcript
        started = transcript.started_at or datetime.now(UTC)
        record = live.record or LiveContact(transcript.id, transcript.agent, transcript.channel, started)
        numbered = [
            replace(event, number=number) for number, event in enumerate(live.pending, start=live.events)
        ]
        if live.record is None:
            self._store.put_all(client, [record, *numbered])
        else:
            # Refused when another process has ended the contact meanwhile.
            self._store.put_all(client, numbered, expected=[record])
        live.record = record
        live.events += len(numbered)
        if numbered:
            live.heard_at = numbered[-1].at

    def _keep(self, client: str, live: _Live, summary: WrapUp) -> None:
        """Store what the contact leaves, then erase the rest; broken off, the next look does it."""
        session = live.session
        assert session is not None
        transcript, shown = session.transcript, session.shown
        left: list[object] = []
        if transcript.turns:
            left = [transcript, summary, *([shown] if shown.cards else []), *self.leaves(transcript)]
        if live.record is not None:
            left.append(replace(live.record, ended=True))
        self._store.put_all(client, left, supersede=True)
        if live.record is not None:
            erase_events(self._store, client, transcript.id, live.events)

    def _ended_before(self, client: str, contact: str, agent: str) -> WrapUp | None:
        """The wrap-up of a contact that ended before this process began, if it is that agent's."""
        transcript = kept(self._store, client, Transcript, contact)
        if transcript is None or agent not in ("", transcript.agent):
            return None
        return kept(self._store, client, WrapUp, contact)

    def _forget(self, client: str, contact: str, live: _Live) -> None:
        with self._lock:
            if self._live.get((client, contact)) is live:
                del self._live[client, contact]

    def _make_room(self) -> None:
        """Contacts that nobody asked for longest leave the memory; the store has them."""
        with self._lock:
            while len(self._live) > _MOST_LIVE:
                self._live.popitem(last=False)

    def _tell(self, live: _Live) -> None:
        view = live.view()
        for listener in self.listeners:
            listener(view)


def _hear(session: Session, arrival: Arrival) -> tuple[str, tuple[Suggestion, ...]]:
    """What became of one turn, and what it called for."""
    before = session.state
    suggestions = tuple(session.hear(arrival.turn, is_final=arrival.is_final))
    after = session.state
    if after is before:
        return "ignored", ()
    grown = len(after.transcript.turns) + len(after.partials) > len(before.transcript.turns) + len(
        before.partials
    )
    return ("accepted" if grown else "replaced"), suggestions
