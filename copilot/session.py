"""One live contact: turns in, suggestions out; drafts checked; required statements ticked off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from collections.abc import Generator as Generating
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot import state as live
from copilot.dispositions import Disposition, dispositions_of
from copilot.draft_check import check_draft
from copilot.mutes import Mutes
from copilot.speaking import Quietness
from copilot.steps import as_step
from copilot.tools import tools_of
from copilot.wording import DEADLINE_S, Wording, word
from copilot.wrap_up import wrap_up
from knowledge_base.facts import fact_book
from models.errors import InputError, NotFoundError, UnscriptedError
from models.records import (
    Channel,
    Commitment,
    DisclosureState,
    DraftCheck,
    Explanation,
    FactTick,
    FeedbackAction,
    Finding,
    ShownCard,
    ShownCards,
    Suggestion,
    Transcript,
    Turn,
    WrapUp,
)
from models.records.events import LiveEvent
from storage.panel_use import PanelNote, PanelUse

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector, Generator

__all__ = ["Quietness", "Session"]

log = logging.getLogger("unscripted.copilot")


class Session:
    """A contact while it is live. Made by `Copilot.session`.

    A locked shell around `copilot.state`: safe to call from several threads, and turns of one contact are
    heard in the order of the calls. Readers never wait: they see the state before or after a turn.
    """

    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        contact: str,
        *,
        agent: str = "",
        channel: Channel = "other",
        detectors: Sequence[Detector] = (),
        quietness: Quietness | None = None,
        clock: Callable[[], datetime] | None = None,
        generator: Generator | None = None,
        wording_deadline_s: float = DEADLINE_S,
    ) -> None:
        self._kb = knowledge_base
        self.generator = generator
        self._wording_deadline_s = wording_deadline_s
        self._detectors = tuple(detectors)
        self._quietness = quietness or Quietness()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._tools = tools_of(knowledge_base, self._detectors, self._quietness)
        self._lock = threading.RLock()
        self._summary: WrapUp | None = None
        self.journal: Callable[[LiveEvent], None] | None = None
        """Told of everything that must be remembered, in order, before the call that caused it returns."""
        own = PanelUse(clock=self._clock)
        self.note_use: Callable[[PanelNote], None] = lambda note: own.note(knowledge_base.client, note)
        """Told of what is done with cards; kept in memory unless a durable book is put here. QA has none."""
        self._mutes = Mutes()
        beginning = Transcript(
            id=contact,
            client=knowledge_base.client,
            turns=(),
            agent=agent,
            channel=channel,
            started_at=self._clock(),
        )
        self._state = live.begin(beginning, self._tools)

    # -- what is known ----------------------------------------------------------------------

    @property
    def state(self) -> live.LiveState:
        """All of it, at one moment."""
        return self._state

    @property
    def transcript(self) -> Transcript:
        """The contact so far, redacted."""
        return self._state.transcript

    @property
    def disclosures(self) -> list[DisclosureState]:
        """Required statements and where each stands."""
        return list(self._state.disclosures)

    @property
    def shown(self) -> ShownCards:
        """The cards of this contact so far; what the agent did with them is not in here."""
        cards = [
            ShownCard(
                one.id,
                one.because.turn if one.because is not None else 0,
                one.title,
                one.facts,
                one.text,
                tuple(source.id for source in one.sources),
            )
            for one in self._state.made
            if one.sources
        ]
        return ShownCards(self.transcript.id, tuple(cards))

    @property
    def cards(self) -> list[Suggestion]:
        """The cards on display: at most three, each in its place until it is dismissed or the oldest."""
        return list(self._state.cards)

    @property
    def partials(self) -> list[Turn]:
        """Turns that the recogniser may still change, redacted, as they arrived."""
        return list(self._state.partials)

    @property
    def ticks(self) -> list[FactTick]:
        """Where each fact of the cards on display stands: open, said or misstated."""
        return list(self._state.ticks)

    @property
    def commitments(self) -> list[Commitment]:
        """What the agent promised so far."""
        return list(self._state.commitments)

    @property
    def explanations(self) -> list[Explanation]:
        """The customer's idioms and region words of the last turns, in plain words."""
        return list(self._state.explanations)

    @property
    def alerts(self) -> list[Finding]:
        """Wording that calls for care: complaint, leaving, legal, escalation, vulnerable; a secret ahead."""
        return list(self._state.alerts)

    @property
    def health(self) -> list[str]:
        """What this contact goes without at the moment, in plain words; empty when nothing is missing."""
        missing = [f"{part}: not available ({problem})" for part, problem in self._state.failed]
        return [*([f"search: {self._kb.degraded}"] if self._kb.degraded else []), *missing]

    # -- what happens -----------------------------------------------------------------------

    def hear(self, turn: Turn, *, is_final: bool = True) -> list[Suggestion]:
        """Take in a turn and say what is worth saying; usually nothing.

        A turn whose `id` was heard before replaces the earlier one; with the same words it changes nothing.
        One that says when it began (`start_s`, else `at`) takes its place by that, however late it comes. A
        partial (`is_final=False`) is kept and shown until its final comes, and called for nothing.
        Secrets are masked before anything else sees the words.

        Returns:
            At most three suggestions, best first. Empty when there is nothing to answer or no
            passage is good enough.

        Raises:
            InputError: The session is closed, or a partial has no id.
            RedactionError: The turn could not be made safe; it was not kept.
        """
        with self._lock:
            after, event = live.hear(self._state, turn, self._tools, at=self._clock(), is_final=is_final)
            self._become(after, event)
            made = list(event.cards) if event is not None else []
            for card in made:
                self._note(card, "shown")
            spoken = self._mutes.heard(made)
            for card in made:
                if card not in spoken and card.id in self._state.places:
                    self._become(*live.dismiss(self._state, card.id, self._tools, at=self._clock()))
            return spoken

    def check(self, draft: str) -> DraftCheck:
        """Read a draft with the detectors that will read the contact afterwards.

        Fails open: when a detector breaks, `available` is False and the agent can still send.
        The draft is read as it was typed, so that a card number in it is seen, and it is not kept.
        """
        now = self._state
        return check_draft(
            self._kb,
            now.transcript,
            draft,
            detectors=self._detectors,
            cards=now.cards,
            disclosures=now.disclosures,
            context_turns=self._quietness.context_turns,
        )

    def feedback(self, suggestion: str, action: FeedbackAction) -> None:
        """Note what the agent did with a suggestion; a dismissed one leaves the display.

        "muted" keeps further cards of that kind off the display until the contact ends, or until one of
        them is "unmuted". Helps to improve cards; QA never reads it.

        Raises:
            InputError: Cards of that kind cannot be muted.
            NotFoundError: This session made no such suggestion.
        """
        with self._lock:
            card = next((card for card in self._state.made if card.id == suggestion), None)
            if card is None:
                raise NotFoundError(f"Suggestion {suggestion}: not of contact {self.transcript.id}")
            if action == "muted":
                self._mutes = self._mutes.with_kind(card.kind)
            elif action == "unmuted":
                self._mutes = self._mutes.without(card.kind)
            self._note(card, action)
            if action in ("dismissed", "muted") and suggestion in self._state.places:
                now = self._clock()
                self._become(*live.dismiss(self._state, suggestion, self._tools, at=now))

    def step(self, suggestion: str) -> None:
        """Go on to the next step of a procedure, for one that was done without words.

        The next step takes the place of this one; after the last the card leaves the display. A card that
        has left it already changes nothing, so a repeated call is harmless.

        Raises:
            InputError: The card is no step.
            NotFoundError: This session made no such suggestion.
        """
        with self._lock:
            card = next((card for card in self._state.made if card.id == suggestion), None)
            if card is None:
                raise NotFoundError(f"Suggestion {suggestion}: not of contact {self.transcript.id}")
            if not card.step:
                raise InputError(f"Suggestion {suggestion}: is no step of a procedure")
            if suggestion not in self._state.places:
                return
            now = self._clock()
            self._note(card, "used")
            if card.step >= card.steps:
                self._become(*live.dismiss(self._state, suggestion, self._tools, at=now))
                return
            following = as_step(card, card.step + 1)
            self._become(*live.step(self._state, card, following, self._tools, at=now))
            self._note(following, "shown")

    def _note(self, card: Suggestion, action: FeedbackAction) -> None:
        """Tell what was done with a card; a book that cannot take it must not stop the contact."""
        try:
            passages = tuple(source.id for source in card.sources)
            heading = "" if passages else self._nearest_heading(card)
            agent = self.transcript.agent
            self.note_use(PanelNote(card.id, passages, action, self._clock(), agent, card.kind, heading))
        except UnscriptedError as problem:
            log.warning("use of a card not noted: %s", type(problem).__name__)

    def _nearest_heading(self, card: Suggestion) -> str:
        """Of the client's documents, for a question that they do not answer; no words of the customer's."""
        if card.because is None:
            return ""
        hits = self._kb.search(self.transcript.quote(card.because), limit=1, rerank=False)
        return (hits[0].passage.heading or hits[0].passage.title) if hits else ""

    def word(self, suggestion: str) -> Generating[str, None, Wording]:
        """A generator's wording of a card, sentence by sentence, each grounded in the card's sources.

        Ask for it after the card is out, in a thread of its own; without a generator there is nothing
        to ask. Nothing of it is kept here, and no lock is held meanwhile.

        Raises:
            NotFoundError: This session made no such suggestion, or has no generator.
        """
        card = next((card for card in self._state.made if card.id == suggestion), None)
        if card is None or self.generator is None:
            raise NotFoundError(f"Suggestion {suggestion}: nothing to word in contact {self.transcript.id}")
        asked = self.transcript.quote(card.because) if card.because is not None else card.title
        return word(
            card,
            asked,
            self.generator,
            deadline_s=self._wording_deadline_s,
            encoder=self._kb.encoder,
            book=fact_book(self._kb),
        )

    def close(self) -> WrapUp:
        """End the contact and sum it up. Calling it again gives the same wrap-up."""
        with self._lock:
            if self._summary is None:
                state = self._state = live.close(self._state, self._tools)
                self._summary = self._summed_up(state, dispositions_of(self._kb.profile))
            return self._summary

    def _summed_up(self, state: live.LiveState, known: Sequence[Disposition]) -> WrapUp:
        """Dispositions go by meaning; by words alone where the encoder is not there."""
        try:
            encoder = self._kb.encoder if known else None
        except UnscriptedError as problem:
            log.warning("dispositions by words alone: %s", type(problem).__name__)
            encoder = None
        return wrap_up(state.transcript, state.alerts, state.disclosures, dispositions=known, encoder=encoder)

    def restore(self, started_at: datetime, events: Sequence[LiveEvent]) -> None:
        """Take up a contact where another process left it: nothing is searched anew."""
        with self._lock:
            beginning = replace(self._state.transcript, started_at=started_at, turns=())
            self._state = live.restored(live.LiveState(beginning), events, self._tools)

    def return_to(self, state: live.LiveState) -> None:
        """Undo what could not be stored."""
        with self._lock:
            self._state = state

    def _become(self, state: live.LiveState, event: LiveEvent | None) -> None:
        if event is not None and self.journal is not None:
            self.journal(event)
        self._state = state
