"""What a turn calls attention to: the customer's wording, and a secret that is about to be spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.readings import read
from models.records import Finding, Transcript, Turn

if TYPE_CHECKING:
    from models.ports import Detector


def alerts(turns: Sequence[Turn], index: int, detectors: Sequence[Detector]) -> list[Finding]:
    """Alerts of one turn, in the order of the words; spans point into `turns`.

    Args:
        turns: Of the contact so far.
        index: The turn to read.
        detectors: Those with `customer.*` labels read the customer's turns.

    Returns:
        Findings `customer.*` and `privacy.secret_ahead`.
    """
    turn = turns[index]
    if turn.speaker not in ("customer", "unknown"):
        return []
    reading = read([Transcript(id="live", client="live", turns=(turn,))])
    return [
        replace(finding, span=replace(finding.span, turn=index))
        for detector in detectors
        if any(label.startswith("customer.") for label in detector.labels)
        for finding in detector.detect(reading)[0]
        if finding.label.startswith("customer.") and finding.span is not None
    ]
