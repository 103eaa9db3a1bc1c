"""What counts and what does not: suggestions of learned heads, and tone in languages nobody measured.

A finding that does not count is still shown, as a note, so that a person may look; no scorecard reads it.
How each label stands (finding, suggestion or trend only), with the figures behind it, is data:
`data/standing.yaml`, from which `docs/reference/labels.md` is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.records import Finding
from qa.detectors.shipped import read_shipped

if TYPE_CHECKING:
    from models.readings import Reading

UNSCORED = "unscored/"
"""Begins the `by` of a finding that no score may rest on."""
MEASURED = ("en",)
"""Languages whose tone findings were measured; elsewhere they are shown and never scored."""
_CLIENT = "client."
"""Begins the `by` of a finding of a client's own rule."""
_TELLING = 5
"""Words from which a turn without a language of its own is asked for one."""
_JUDGES = ("tone.",)
_UNMEASURED = "tone is not scored in this language: its wordings are not measured yet"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a label may be trusted, and the figures that say so."""

    ships: str
    """`finding`, `suggestion` (never scored) or `trend` (rates only, never scored)."""
    confidence: float | None
    """Measured share of right findings, drawn towards .9; None: what the rule itself says."""
    gate: str
    """What must be so beside the words, in plain language."""
    figures: Mapping[str, Any]
    """Measured by `benchmarks/detectors.py`; empty where nothing could be measured."""


def standing(label: str) -> Standing:
    """How a label stands; a plain finding without figures when the table does not name it."""
    entry = (read_shipped("data/standing.yaml") or {}).get(label, {})
    return Standing(
        str(entry.get("ships", "finding")),
        entry.get("confidence"),
        str(entry.get("gate", "")),
        entry.get("figures") or {},
    )


def counts(finding: Finding) -> bool:
    """Whether a score may rest on a finding."""
    return not finding.by.startswith(UNSCORED)


def uncounted(finding: Finding, why: str) -> Finding:
    """The same words as a note that no score rests on."""
    return replace(
        finding, severity="note", by=f"{UNSCORED}{finding.by}", reason=f"{finding.reason.rstrip('.')} ({why})"
    )


def mark(reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """Findings of one contact, those on tone in an unmeasured language and of trend labels uncounted.

    A suggestion falls away where a finding that counts says as much of the same turn.
    """
    turns = reading.transcript.turns
    out: list[Finding] = []
    for finding in findings:
        if not counts(finding):
            if not any(_says_as_much(other, finding) for other in findings):
                out.append(finding)
            continue
        if finding.label.startswith(_JUDGES) and finding.span is not None and finding.severity != "note":
            turn = turns[finding.span.turn]
            language = turn.language or _heard(turn.text) or reading.transcript.language or "en"
            if language.partition("-")[0].lower() not in MEASURED:
                out.append(uncounted(finding, _UNMEASURED))
                continue
        if finding.severity != "note" and standing(finding.label).ships == "trend":
            out.append(uncounted(finding, "a trend only: too little is measured to score it"))
            continue
        out.append(finding)
    return out


def calibrated(finding: Finding) -> Finding:
    """A finding of a detector that ships, with its measured share of right ones as confidence, if any.

    A rule of the client keeps the confidence that the client wrote: nothing was measured on it.
    """
    if finding.by.startswith(_CLIENT):
        return finding
    confidence = standing(finding.label).confidence
    if confidence is None or finding.severity == "note" or not counts(finding):
        return finding
    return replace(finding, confidence=confidence)


def _heard(text: str) -> str:
    """The language a turn is in, when enough words say so; "" else. A mixed turn is in neither."""
    from models.languages import detect_language

    return detect_language(text) if len(text.split()) >= _TELLING else ""


def _says_as_much(other: Finding, suggestion: Finding) -> bool:
    """Whether a finding that counts is on the same turn, with the same label or as a fault of wording."""
    if not counts(other) or other.span is None or suggestion.span is None:
        return False
    fault = other.severity != "note" and other.label.startswith(("tone.", "brand."))
    same = other.label == suggestion.label or (fault and suggestion.label == "tone.rude")
    return same and other.span.turn == suggestion.span.turn
