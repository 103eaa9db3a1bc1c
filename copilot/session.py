"""One live contact: turns in, suggestions out; drafts checked; required statements ticked off."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot.answers import find_answers
from copilot.facts import facts
from copilot.questions import Question, find_question
from copilot.wrap_up import wrap_up
from knowledge_base.disclosures import required, track
from models.errors import InputError, NotFoundError
from models.languages import with_language
from models.readings import read
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
    Hit,
    ShownCard,
    ShownCards,
    Span,
    Suggestion,
    Transcript,
    Turn,
    WrapUp,
    severity_rank,
)
from models.redaction import redact_turn

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector

BY = "copilot.v1"
_UNAVAILABLE = "Check unavailable. You can still send."


@dataclass(frozen=True, slots=True)
class Quietness:
    """How readily a session speaks."""

    threshold: float = 0.65
    """Nothing is shown for a question that the client's documents answer with less probability than this.

    The probability is on the client's own scale (`Hit.answerable`), so one number fits all clients: below
    it, one question or remark in twenty about something else would get a card (`benchmarks/silence.py`).
    """
    most_cards: int = 3
    near: float = 0.8
    """Further cards must reach this share of the first one's score."""
    cooldown_turns: int = 6
    """Turns for which a passage that was shown is not shown again."""
    context_turns: int = 12
    """Turns before a draft that its check reads."""


@dataclass(slots=True)
class _Shown:
    at_turn: dict[str, int] = field(default_factory=dict)
    suggestions: dict[str, Suggestion] = field(default_factory=dict)


class Session:
    """A contact while it is live. Made by `Copilot.session`.

    Safe to call from several threads; turns of one contact are heard in the order of the calls.
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
        self._transcript = Transcript(
            id=contact,
            client=knowledge_base.client,
            turns=(),
            agent=agent,
            channel=channel,
            started_at=self._clock(),
        )
        self._alerts: tuple[Finding, ...] = ()
        self._disclosures: tuple[DisclosureState, ...] = ()
        self._shown = _Shown()
        self._closed = False
        self._lock = threading.RLock()
        self._refresh_disclosures()

    @property
    def transcript(self) -> Transcript:
        """The contact so far, redacted."""
        return self._transcript

    @property
    def disclosures(self) -> list[DisclosureState]:
        """Required statements and where each stands."""
        return list(self._disclosures)

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
            for one in self._shown.suggestions.values()
        ]
        return ShownCards(self._transcript.id, tuple(cards))

    @property
    def cards(self) -> list[Suggestion]:
        """The cards on display: at most three, each in its place until it is dismissed or the oldest."""
        return list(self._shown.suggestions.values())[-self._quietness.most_cards :]

    @property
    def partials(self) -> list[Turn]:
        """Turns that the recogniser may still change, redacted, as they arrived."""
        return []

    @property
    def ticks(self) -> list[FactTick]:
        """Where each fact of the cards on display stands: open, said or misstated."""
        return []

    @property
    def commitments(self) -> list[Commitment]:
        """What the agent promised so far."""
        return []

    @property
    def explanations(self) -> list[Explanation]:
        """The customer's idioms and region words of the last turns, in plain words."""
        return []

    @property
    def health(self) -> list[str]:
        """What this contact goes without at the moment, in plain words; empty when nothing is missing."""
        return []

    @property
    def alerts(self) -> list[Finding]:
        """The customer's wording that calls for care: complaint, leaving, legal, escalation, vulnerable."""
        return list(self._alerts)

    def hear(self, turn: Turn) -> list[Suggestion]:
        """Take in a turn and say what is worth saying; usually nothing.

        A turn whose `id` was heard before replaces the earlier one; an equal one changes nothing.
        Secrets are masked before anything else sees the words.

        Returns:
            At most three suggestions, best first. Empty when there is nothing to answer or no
            passage is good enough.

        Raises:
            InputError: The session is closed.
            RedactionError: The turn could not be made safe; it was not kept.
        """
        with self._lock:
            if self._closed:
                raise InputError(f"contact {self._transcript.id}: is closed; start a new session")
            index = self._place(turn)
            if index is None:
                return []
            if self._transcript.turns[index].speaker in ("customer", "unknown"):
                self._notice_wording(index)
            self._refresh_disclosures()
            question = find_question(self._transcript.turns, index)
            return self._answer(question) if question is not None else []

    def check(self, draft: str) -> DraftCheck:
        """Read a draft with the detectors that will read the contact afterwards.

        Fails open: when a detector breaks, `available` is False and the agent can still send.
        The draft is read as it was typed, so that a card number in it is seen, and it is not kept.
        """
        if not self._detectors:
            return DraftCheck((), available=False, note="No detectors are installed. You can still send.")
        if not draft.strip():
            return DraftCheck(())
        try:
            before = self._transcript.turns[-self._quietness.context_turns :]
            turn = Turn("agent", draft)
            reading = read([replace(self._transcript, turns=(*before, turn))])
            found = [finding for detector in self._detectors for finding in detector.detect(reading)[0]]
        except Exception as problem:  # noqa: BLE001 - whatever breaks, the agent must be able to send
            return DraftCheck((), available=False, note=f"{_UNAVAILABLE} ({type(problem).__name__})")
        return DraftCheck(tuple(_in_draft(found, len(before))))

    def feedback(self, suggestion: str, action: FeedbackAction) -> None:
        """Record what the agent did with a suggestion. Helps to improve cards; QA never reads it.

        Raises:
            NotFoundError: This session made no such suggestion.
        """
        if suggestion not in self._shown.suggestions:
            raise NotFoundError(f"Suggestion {suggestion}: not of contact {self._transcript.id}")
        record = Feedback(self._transcript.id, suggestion, action, self._clock(), self._transcript.agent)
        self._kb.store.put(self._kb.client, record)

    def close(self) -> WrapUp:
        """End the contact and sum it up. Calling it again gives the same wrap-up."""
        with self._lock:
            self._closed = True
            self._refresh_disclosures()
            return wrap_up(self._transcript, self._alerts, self._disclosures)

    # -- parts ------------------------------------------------------------------------------

    def _place(self, turn: Turn) -> int | None:
        """Put the redacted turn in its place; None when it changes nothing."""
        turns = list(self._transcript.turns)
        known = [i for i, heard in enumerate(turns) if turn.id is not None and heard.id == turn.id]
        index = known[0] if known else len(turns)
        likely = (self._transcript.language or "", self._kb.profile.language)
        safe = with_language(redact_turn(turn, turns[:index]), likely=likely)
        if known and turns[index] == safe:
            return None
        turns[index : index + 1] = [safe]
        self._transcript = replace(self._transcript, turns=tuple(turns))
        return index

    def _notice_wording(self, index: int) -> None:
        heard = replace(self._transcript, turns=(self._transcript.turns[index],))
        reading = read([heard])
        kept = [alert for alert in self._alerts if alert.span is not None and alert.span.turn != index]
        for detector in self._detectors:
            if not any(label.startswith("customer.") for label in detector.labels):
                continue
            kept += [
                replace(finding, span=replace(finding.span, turn=index))
                for finding in detector.detect(reading)[0]
                if finding.label.startswith("customer.") and finding.span is not None
            ]
        self._alerts = tuple(kept)

    def _refresh_disclosures(self) -> None:
        requirements = required(self._kb, self._transcript, self._alerts)
        self._disclosures = tuple(track(requirements, self._transcript, closed=self._closed))

    def _answer(self, question: Question) -> list[Suggestion]:
        quietness = self._quietness
        hits = find_answers(self._kb, self._transcript.turns, question)
        if not hits or hits[0].answerable < quietness.threshold:
            return []
        floor = quietness.near * hits[0].score
        chosen = [hit for hit in hits if hit.score >= floor and self._is_fresh(hit, question)]
        suggestions = [self._card(hit, question) for hit in chosen[: quietness.most_cards]]
        for suggestion in suggestions:
            self._shown.suggestions[suggestion.id] = suggestion
            self._shown.at_turn[suggestion.sources[0].id] = question.span.turn
        return suggestions

    def _is_fresh(self, hit: Hit, question: Question) -> bool:
        shown_at = self._shown.at_turn.get(hit.passage.id)
        return shown_at is None or question.span.turn - shown_at > self._quietness.cooldown_turns

    def _card(self, hit: Hit, question: Question) -> Suggestion:
        passage = hit.passage
        key = f"{self._transcript.id}\n{question.span.turn}\n{passage.id}\n{passage.version}"
        return Suggestion(
            id=hashlib.sha256(key.encode()).hexdigest()[:16],
            kind="answer",
            title=passage.heading.split(" > ")[-1] or passage.title,
            facts=facts(passage, question.asked),
            text=passage.text,
            sources=(passage,),
            because=question.span,
            by=BY,
            confidence=hit.score,
            degraded=hit.degraded,
        )


def _in_draft(findings: Sequence[Finding], turn: int) -> list[Finding]:
    """Findings in the draft itself that are worth showing, pointing into it."""
    shown = [
        replace(finding, span=Span(0, finding.span.start, finding.span.end))
        for finding in findings
        if finding.span is not None
        and finding.span.turn == turn
        and (severity_rank(finding.severity) > 0 or finding.label == "scripting.verbatim")
    ]
    return sorted(shown, key=lambda finding: (finding.span.start, finding.label) if finding.span else (0, ""))
