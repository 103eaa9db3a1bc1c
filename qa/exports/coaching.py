"""One page to talk about: what an agent did well, and two or three things to say differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import InputError
from models.records import Finding, severity_rank
from models.records.cases import COUNTED
from models.records.coaching import CoachingNote
from qa.exports.dossier import Dossier

MOST_POINTS = 3
"""More than this nobody takes along from one talk."""
MOST_EXAMPLES = 2
_PRAISED = frozenset(("tone.empathy", "tone.ownership", "tone.courtesy", "tone.uptake", "tone.expectation"))


@dataclass(frozen=True, slots=True)
class Example:
    """Words of a contact, and what could have been said."""

    contact: str
    turn: int
    """From 1."""
    said: str
    instead: str
    """Empty for what went well."""
    reason: str


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to talk about."""

    label: str
    contacts: int
    """In how many of the contacts it was found."""
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class CoachingSheet:
    """For one agent, from confirmed evaluations only. About words, never about the person."""

    agent: str
    contacts: int
    went_well: tuple[Point, ...]
    to_practise: tuple[Point, ...]
    criteria: tuple[tuple[str, int, int], ...]
    """Question, how often not met, how often answered; those not met most often first."""
    notes: tuple[CoachingNote, ...]


def coaching_sheet(
    agent: str, dossiers: Sequence[Dossier], notes: Sequence[CoachingNote] = ()
) -> CoachingSheet:
    """The sheet.

    Args:
        agent: Whose evaluations these are.
        dossiers: Drafts and disputed ones are refused, not passed over.
        notes: Pinned by a person to turns of these contacts; others are left out.

    Raises:
        InputError: An evaluation of another agent, or one that no person stands behind.
    """
    for dossier in dossiers:
        if dossier.evaluation.agent != agent:
            raise InputError(f"coaching: evaluation {dossier.evaluation.id} is not of agent {agent}")
        if dossier.evaluation.status not in COUNTED:
            raise InputError(f"coaching: evaluation {dossier.evaluation.id} is not confirmed")
    contacts = {dossier.transcript.id for dossier in dossiers}
    return CoachingSheet(
        agent=agent,
        contacts=len(contacts),
        went_well=_points(dossiers, well=True),
        to_practise=_points(dossiers, well=False),
        criteria=_failed(dossiers),
        notes=tuple(note for note in notes if note.contact in contacts),
    )


def coaching_html(sheet: CoachingSheet, *, client: str = "") -> str:
    """The sheet as one page to print."""
    from qa.exports.pages import environment

    page: str = environment().get_template("coaching.html.j2").render(sheet=sheet, client=client)
    return page


def _points(dossiers: Sequence[Dossier], *, well: bool) -> tuple[Point, ...]:
    found: dict[str, list[tuple[Dossier, Finding]]] = {}
    for dossier in dossiers:
        for finding in dossier.analysis.findings if dossier.analysis is not None else ():
            wanted = finding.label in _PRAISED if well else severity_rank(finding.severity) > 0
            if wanted and finding.span is not None and not finding.label.startswith("customer."):
                found.setdefault(finding.label, []).append((dossier, finding))

    def weight(label: str) -> tuple[int, int, str]:
        own = found[label]
        gravest = max(severity_rank(finding.severity) for _, finding in own)
        return (-gravest, -len({dossier.transcript.id for dossier, _ in own}), label)

    return tuple(
        Point(label, len({dossier.transcript.id for dossier, _ in found[label]}), _examples(found[label]))
        for label in sorted(found, key=weight)[:MOST_POINTS]
    )


def _examples(found: Sequence[tuple[Dossier, Finding]]) -> tuple[Example, ...]:
    best = sorted(
        found, key=lambda one: (-severity_rank(one[1].severity), -one[1].confidence, one[0].transcript.id)
    )
    examples: list[Example] = []
    told: set[tuple[str, int]] = set()
    for dossier, finding in best:
        assert finding.span is not None
        if len(examples) == MOST_EXAMPLES or (dossier.transcript.id, finding.span.turn) in told:
            continue
        told.add((dossier.transcript.id, finding.span.turn))
        turn = dossier.transcript.turns[finding.span.turn]
        said = turn.text if len(turn.text) <= 240 else dossier.transcript.quote(finding.span)  # noqa: PLR2004 - three lines
        examples.append(
            Example(dossier.transcript.id, finding.span.turn + 1, said, finding.remedy, finding.reason)
        )
    return tuple(examples)


def _failed(dossiers: Sequence[Dossier]) -> tuple[tuple[str, int, int], ...]:
    counts: dict[str, list[int]] = {}
    for dossier in dossiers:
        for _, criterion, verdict in dossier.answered:
            if verdict.outcome in ("MET", "NOT_MET"):
                own = counts.setdefault(criterion.question, [0, 0])
                own[0] += verdict.outcome == "NOT_MET"
                own[1] += 1
    failed = [(question, missed, n) for question, (missed, n) in counts.items() if missed]
    return tuple(sorted(failed, key=lambda one: (-one[1] / one[2], -one[2], one[0]))[:5])
