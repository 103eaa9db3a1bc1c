"""The transcript: words with marks, findings beside them, coaches' notes under them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from models.patterns import pattern
from models.records import (
    ClientProfile,
    Criterion,
    Finding,
    Found,
    Passage,
    Speaker,
    Transcript,
    Turn,
    severity_rank,
)
from qa.marks import Piece, cut, labels_after_stops
from web.render import SEARCHED, drawn, safe_colour

if TYPE_CHECKING:
    from models.records.coaching import CoachingNote
    from qa.speakers import SpeakerCorrection
    from web.render import Words
    from web.workspace import ContactView

UNSURE = 0.6
"""Below this confidence a finding says so in words."""
_DESCRIPTIVE = ("scripting.verbatim", "scripting.mined", "scripting.courtesy")
_OF_A_MACHINE = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{20,}", re.IGNORECASE)
"""A number by which a system calls somebody."""
_LOUDNESS = ("script", "good", "customer", "warn", "bad")


@dataclass(frozen=True, slots=True)
class Note:
    """A finding as the transcript shows it, beside its words."""

    id: str
    finding: Finding
    tone: str
    """`bad`, `warn`, `customer`, `good` or `script`: colour and loudness, never the only sign."""
    criteria: tuple[str, ...]
    source: Passage | None = None
    searched: tuple[int, int] | None = None
    """For an absence: first and last turn searched, from 1."""

    @property
    def rank(self) -> int:
        """How loud it is, to choose between notes on the same words."""
        return _LOUDNESS.index(self.tone)


@dataclass(frozen=True, slots=True)
class Row:
    """One turn with its marked words and its notes."""

    number: int
    """From 1."""
    turn: Turn
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...]
    """In the order in which `Piece` numbers them."""
    coaching: tuple[CoachingNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """One party of a contact, as a person may set who it is."""

    speaker: str
    participant: str
    turns: int


def tone_of(finding: Finding) -> str:
    """How loudly a finding is shown."""
    if finding.label in _DESCRIPTIVE:
        return "script"
    if finding.label.startswith("customer."):
        return "customer"
    if finding.severity == "note":
        return "good"
    return "warn" if finding.severity == "minor" else "bad"


def concerns(finding: Finding, criterion: Criterion) -> bool:
    """Whether a criterion looks at findings like this one."""
    checks = (criterion.check, criterion.applies_when)
    return any(
        isinstance(check, Found)
        and finding.label in check.labels
        and severity_rank(finding.severity) >= severity_rank(check.severity)
        and (check.document is None or (finding.source or "").split("#")[0] == check.document)
        for check in checks
    )


def notes_of(
    findings: Sequence[Finding], criteria: Sequence[Criterion], passages: Mapping[str, Passage]
) -> list[Note]:
    """Findings with what the screen needs beside them, in order; ids are stable within a contact."""
    return [
        Note(
            id=f"f{number}",
            finding=finding,
            tone=tone_of(finding),
            criteria=tuple(c.ref for c in criteria if concerns(finding, c)),
            source=passages.get(finding.source or ""),
            searched=_searched(finding) if finding.span is None else None,
        )
        for number, finding in enumerate(findings, start=1)
    ]


def rows_of(
    transcript: Transcript, notes: Sequence[Note], coaching: Sequence[CoachingNote] = ()
) -> list[Row]:
    """Turns with their words cut at the borders of findings."""
    by_turn: dict[int, list[Note]] = {}
    for note in notes:
        if note.finding.span is not None:
            by_turn.setdefault(note.finding.span.turn, []).append(note)
    rows = []
    for index, turn in enumerate(transcript.turns):
        here = by_turn.get(index, [])
        spans = [note.finding.span for note in here]
        ranges = [(span.start, span.end) for span in spans if span is not None]
        pieces = tuple(labels_after_stops(cut(turn.text, ranges)))
        pinned = tuple(one for one in coaching if one.turn == index)
        rows.append(Row(index + 1, turn, pieces, tuple(here), pinned))
    return rows


def voices_of(transcript: Transcript) -> list[Voice]:
    """The parties of a contact, in the order in which they first speak."""
    found: dict[tuple[str, str], int] = {}
    for turn in transcript.turns:
        key = (turn.speaker, turn.participant or "")
        found[key] = found.get(key, 0) + 1
    return [Voice(speaker, participant, turns) for (speaker, participant), turns in found.items()]


def names_beside(transcript: Transcript) -> dict[str, str]:
    """What stands beside a turn's role, by participant: nothing where it would tell the reader nothing.

    Many systems call people by a number of their own. It is shown in short, and only where two of one
    role have to be told apart.
    """
    voices = voices_of(transcript)
    names = {}
    for voice in voices:
        known = voice.participant in ("", transcript.agent) or voice.participant.lower() == voice.speaker
        alone = sum(other.speaker == voice.speaker for other in voices) == 1
        machine = _OF_A_MACHINE.fullmatch(voice.participant) is not None
        if not known and not (machine and alone):
            names[voice.participant] = f"{voice.participant[:8]}…" if machine else voice.participant
    return names


def speakers_unsure(transcript: Transcript, words: Words | None = None) -> str:
    """Why who is who is in doubt, in words; empty when it is not."""
    for warning in transcript.warnings:
        if warning.code in ("speaker-inferred", "speaker-unknown", "no-agent-turns"):
            return warning.message
    if not any(turn.speaker == "agent" for turn in transcript.turns):
        told = "No turn is known to be the agent's. Say who is who before relying on any answer here."
        return words["no_agent_turn"] if words is not None else told
    return ""


def transcript_html(
    view: ContactView,
    profile: ClientProfile,
    *,
    criteria: Sequence[Criterion] = (),
    passages: Mapping[str, Passage] | None = None,
    words: Words | None = None,
    coaching: Sequence[CoachingNote] = (),
    corrections: Sequence[SpeakerCorrection] = (),
    correctable: bool = False,
    blind: bool = False,
) -> str:
    """The transcript with marks in the words and notes beside them.

    Args:
        view: The contact.
        profile: Of its client, whose name and colour stand in the pane's head.
        criteria: Of the scorecard, so that a mark leads to its criterion.
        passages: What findings were held against, by id.
        words: Of the page; None: English.
        coaching: Notes that coaches pinned to turns.
        corrections: Who set right who is who, and why.
        correctable: Whether who is who may be set here.
        blind: The words alone, without any finding: somebody scores it by themselves.
    """
    notes = [] if blind else notes_of(view.analysis.findings, criteria, passages or {})
    absent = [note for note in notes if note.finding.span is None]
    counts = {
        tone: sum(note.tone == tone for note in notes)
        for tone in ("bad", "warn", "customer", "good", "script")
    }
    return drawn(
        "transcript",
        words,
        transcript=view.transcript,
        client=profile.name or profile.id,
        colour=safe_colour(profile.colour),
        rows=rows_of(view.transcript, notes, coaching),
        absent=absent,
        counts=counts,
        unsure=speakers_unsure(view.transcript, words),
        low=UNSURE,
        voices=voices_of(view.transcript),
        names=names_beside(view.transcript),
        roles=[role for role in get_args(Speaker) if role != "system"],
        corrections=corrections,
        correctable=correctable,
        blind=blind,
    )


def _searched(finding: Finding) -> tuple[int, int] | None:
    match = SEARCHED.search(finding.reason)
    return (int(match[1]), int(match[2] or match[1])) if match else None
