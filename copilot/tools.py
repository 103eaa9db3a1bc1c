"""What a session reads a contact with: the functions of this room, bound to one client's material."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from copilot.alerts import alerts
from copilot.commitments import commitments
from copilot.language_help import explain
from copilot.speaking import Quietness, answer, call
from copilot.state import LiveState, Tools
from copilot.ticking import ticks
from knowledge_base.disclosures import required, track
from models.languages import with_language
from models.records import (
    Commitment,
    DisclosureState,
    Explanation,
    FactTick,
    Finding,
    Suggestion,
    Transcript,
    Turn,
)
from models.redaction import redact_turn
from models.redaction.masking import masking_of

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector


def tools_of(kb: KnowledgeBase, detectors: Sequence[Detector], quietness: Quietness) -> Tools:
    """The tools for a client's contacts; light to make."""
    masking = masking_of(kb.profile)
    known = frozenset[str]()

    def mask(turn: Turn, before: Sequence[Turn], language: str) -> Turn:
        nonlocal known
        if masking.names:
            # In memory alone: what is stored must not tell the name again. A name told before the process
            # began anew is known no more.
            known = masking.told([*before[-1:], turn], known)
        safe = redact_turn(turn, before, kinds=masking.kinds, known=known, kept=masking.kept)
        return with_language(safe, likely=(language, kb.profile.language))

    def find_alerts(turns: Sequence[Turn], index: int) -> list[Finding]:
        return alerts(turns, index, detectors)

    def call_cards(state: LiveState, index: int) -> tuple[Suggestion, ...]:
        return call(kb, state, index, quietness)

    def find_cards(state: LiveState, index: int, beside: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
        return answer(kb, state, index, quietness, beside=beside)

    def find_disclosures(state: LiveState) -> list[DisclosureState]:
        requirements = required(kb, state.transcript, state.alerts)
        return track(requirements, state.transcript, closed=state.closed)

    def tick(cards: Sequence[Suggestion], turns: Sequence[Turn]) -> tuple[FactTick, ...]:
        return ticks(kb, cards, turns)

    def find_commitments(transcript: Transcript, since: int) -> tuple[Commitment, ...]:
        return commitments(transcript, since=since)

    def explain_turn(turns: Sequence[Turn], index: int) -> tuple[Explanation, ...]:
        turn = turns[index]
        return explain(kb, turn, index, language=turn.language or kb.profile.language or "en")

    return Tools(
        mask=mask,
        alerts=find_alerts,
        call=call_cards,
        answer=find_cards,
        disclosures=find_disclosures,
        ticks=tick,
        commitments=find_commitments,
        explain=explain_turn,
        fresh_turns=quietness.fresh_turns,
    )
