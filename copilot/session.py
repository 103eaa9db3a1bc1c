"""One live contact: turns in, suggestions out; drafts checked; required statements ticked off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot import state as live
from copilot.dispositions import dispositions_of
from copilot.draft_check import check_draft
from copilot.speaking import Quietness
from copilot.tools import tools_of
from copilot.wrap_up import wrap_up
from models.errors import NotFoundError
from models.records import (
    Channel,
    Commitment,
    DisclosureState,
    DraftCheck,
    Explanation,
    FactTick,
    Feedback,
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

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector

__all__ = ["Quietness", "Session"]


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
    ) -> None:
        self._kb = knowledge_base
        self._detectors = tuple(detectors)
        self._quietness = quietness or Quietness()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._tools = tools_of(knowledge_base, self._detectors, self._quietness)
        self._lock = threading.RLock()
        self._summary: WrapUp | None = None
        self.journal: Callable[[LiveEvent], None] | None = None
        """Told of everything that must be remembered, in order, before the call that caused it returns."""
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
            return list(event.cards) if event is not None else []

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
        """Record what the agent did with a suggestion; a dismissed one leaves the display.

        Helps to improve cards; QA never reads it.

        Raises:
            NotFoundError: This session made no such suggestion.
        """
        with self._lock:
            if all(card.id != suggestion for card in self._state.made):
                raise NotFoundError(f"Suggestion {suggestion}: not of contact {self.transcript.id}")
            now = self._clock()
            record = Feedback(self.transcript.id, suggestion, action, now, self.transcript.agent)
            self._kb.store.put(self._kb.client, record)
            if action == "dismissed" and suggestion in self._state.places:
                self._become(*live.dismiss(self._state, suggestion, self._tools, at=now))

    def close(self) -> WrapUp:
        """End the contact and sum it up. Calling it again gives the same wrap-up."""
        with self._lock:
            if self._summary is None:
                state = self._state = live.close(self._state, self._tools)
                known = dispositions_of(self._kb.profile)
                self._summary = wrap_up(state.transcript, state.alerts, state.disclosures, dispositions=known)
            return self._summary

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
