"""A draft, read before it is sent: what the client's rules and documents say of it, and what to say instead.

Advice by default; `client.yaml` may make labels binding. Fails open: whatever breaks or takes too long is
left out with a note, and the agent can send. Nothing of the draft is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.readings import read
from models.records import (
    DisclosureState,
    DraftCheck,
    Finding,
    Span,
    Suggestion,
    Transcript,
    Turn,
    severity_rank,
)

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector

CONTEXT_TURNS = 12
_UNAVAILABLE = "Check unavailable. You can still send."


def check_draft(
    kb: KnowledgeBase,
    transcript: Transcript,
    draft: str,
    *,
    detectors: Sequence[Detector],
    cards: Sequence[Suggestion] = (),
    disclosures: Sequence[DisclosureState] = (),
    context_turns: int = CONTEXT_TURNS,
) -> DraftCheck:
    """What is to be said of a draft before it is sent.

    Args:
        kb: Of the client.
        transcript: The contact so far, redacted.
        draft: As it was typed, so that a card number in it is seen.
        detectors: Those that read the contact afterwards.
        cards: That the agent was shown; what they say counts as supported.
        disclosures: Required statements; one that is due and missing is no fault of a draft.
        context_turns: Turns before the draft that are read with it.
    """
    if not detectors:
        return DraftCheck((), available=False, note="No detectors are installed. You can still send.")
    if not draft.strip():
        return DraftCheck(())
    try:
        before = transcript.turns[-context_turns:]
        reading = read([replace(transcript, turns=(*before, Turn("agent", draft)))])
        found = [finding for detector in detectors for finding in detector.detect(reading)[0]]
    except Exception as problem:  # noqa: BLE001 - whatever breaks, the agent must be able to send
        return DraftCheck((), available=False, note=f"{_UNAVAILABLE} ({type(problem).__name__})")
    return DraftCheck(tuple(_in_draft(found, len(before))))


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
