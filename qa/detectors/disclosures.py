"""Required statements as findings: made, altered, late or missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from knowledge_base.disclosures import required, track
from models.labels import LABELS
from models.records import DisclosureState, Finding, Severity, severity_rank

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector
    from models.readings import Reading

_DEADLINES = {
    "opening": "in the opening of the contact",
    "before_payment": "before the payment is taken",
    "before_close": "before the contact ends",
}
_NAMED = 12
"""Missing words that a reason lists at most."""


class DisclosureDetector:
    """Holds the client's required statements against what the agent said.

    A statement may be due because of what another detector sees (`customer.complaint`); `cues` are the
    detectors that see it. They run only when a rule of the client names one of their labels.

    Args:
        kb: The client's knowledge.
        cues: Detectors whose labels a rule may name.
    """

    name = "disclosures.v1"
    labels: tuple[str, ...] = (
        "compliance.disclosure_made",
        "compliance.altered_disclosure",
        "compliance.late_disclosure",
        "compliance.missing_disclosure",
    )

    def __init__(self, kb: KnowledgeBase, cues: Sequence[Detector] = ()) -> None:
        self._kb = kb
        wanted = {when for rule in kb.profile.disclosures for when in rule.when}
        wanted.update(when for document in kb.documents("disclosure") for when in document.required_when)
        self._cues = tuple(cue for cue in cues if wanted.intersection(cue.labels))

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """One finding per required statement; the contacts are taken as closed."""
        seen: list[list[Finding]] = [[] for _ in readings]
        for cue in self._cues:
            for findings, more in zip(seen, cue.detect(readings), strict=True):
                findings.extend(more)
        return [self._read(reading, found) for reading, found in zip(readings, seen, strict=True)]

    def _read(self, reading: Reading, cues: Sequence[Finding]) -> list[Finding]:
        requirements = required(self._kb, reading.transcript, cues)
        states = track(requirements, reading.transcript, closed=True)
        return [self._finding(state, reading) for state in states]

    def _finding(self, state: DisclosureState, reading: Reading) -> Finding:
        label = _LABELS[state.progress]
        turns = reading.agent_turns
        searched = f"agent turns {turns[0] + 1} to {turns[-1] + 1}" if turns else "no agent turn at all"
        why = f" Required, because {state.because}."
        if state.progress == "missing":
            reason = f"“{state.title}” was not said; searched: {searched}.{why}"
            remedy = f"Make the statement {_DEADLINES[state.deadline]}."
        elif state.progress == "altered":
            shown = ", ".join(state.missing[:_NAMED]) + (" …" if len(state.missing) > _NAMED else "")
            what = f"not said: {shown}" if shown else "words were put in that change it"
            how = "word for word" if state.verbatim else "with all its points"
            reason = f"“{state.title}” must be said {how}; {what}.{why}"
            remedy = "Read it out as it stands." if state.verbatim else "Convey every point of it."
        elif state.progress == "late":
            reason = f"“{state.title}” was said, but it is due {_DEADLINES[state.deadline]}.{why}"
            remedy = f"Make the statement {_DEADLINES[state.deadline]}."
        else:
            reason, remedy = f"“{state.title}” was said, complete and in time.{why}", ""
        return Finding(
            label,
            _severity(state, label),
            state.span,
            0.95 if state.verbatim else 0.85,
            f"{label}@1",
            reason,
            remedy,
            source=state.document,
        )


_LABELS = {
    "done": "compliance.disclosure_made",
    "altered": "compliance.altered_disclosure",
    "late": "compliance.late_disclosure",
    "missing": "compliance.missing_disclosure",
}


def _severity(state: DisclosureState, label: str) -> Severity:
    """What the client set; a statement that was made late or altered counts no more than its label does."""
    if label == "compliance.disclosure_made":
        return "note"
    if label == "compliance.missing_disclosure":
        return state.severity
    return min(state.severity, LABELS[label].severity, key=severity_rank)
