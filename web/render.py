"""Records to HTML: pure functions, one template each, everything escaped by the environment.

No template uses a raw-markup filter and every attribute is quoted. What these functions return is
put into the page as it is, so this module is the wall between spoken words and the browser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.label_names import label_name, named
from models.records import (
    ClientProfile,
    Criterion,
    Evaluation,
    Finding,
    Found,
    Outcome,
    Passage,
    Review,
    Transcript,
    Turn,
    Verdict,
    severity_rank,
)
from qa.marks import Piece, cut, labels_after_stops

if TYPE_CHECKING:
    import jinja2

    from qa import Scorecard
    from qa.card_use import CardUse
    from qa.queues import QueueItem
    from web.workspace import ContactView

OUTCOME_WORDS: Mapping[Outcome, str] = {
    "MET": "Met",
    "NOT_MET": "Not met",
    "NOT_APPLICABLE": "Not applicable",
    "UNSCORED": "Could not tell",
}
SHORT_OUTCOMES: Mapping[Outcome, str] = {**OUTCOME_WORDS, "NOT_APPLICABLE": "N/A", "UNSCORED": "Can’t tell"}
UNSURE = 0.6
"""Below this confidence a finding says so in words."""
_DESCRIPTIVE = ("scripting.verbatim", "scripting.mined", "scripting.courtesy")
_LOUDNESS = ("script", "good", "customer", "warn", "bad")
_TURNS = re.compile(r"(turns \d+(?:[-–]| to )\d+|turns? \d+)")
_SEARCHED = re.compile(r"turns? (\d+)(?:(?:[-–]| to )(\d+))?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@cache
def environment() -> jinja2.Environment:
    """The one Jinja environment of the pages with Gradio."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "label": label_name,
        "clock": clock,
        "day": day,
        "linked": linked,
        "named": named,
        "percent": percent,
    }
    return made


def shell(name: str) -> str:
    """The static frame of a page, without any data."""
    return environment().get_template(f"{name}.html.j2").render()


# -- small words ------------------------------------------------------------------------------


def clock(turn: Turn) -> str:
    """When a turn began: `m:ss` or `h:mm:ss` into the contact, else `hh:mm`, else nothing."""
    if turn.start_s is not None:
        minutes, seconds = divmod(int(turn.start_s), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{turn.at:%H:%M}" if turn.at is not None else ""


def day(moment: datetime | None) -> str:
    """`3 May 2026`, or nothing."""
    return f"{moment.day} {moment:%b %Y}" if moment is not None else ""


def percent(share: float | None) -> str:
    """A share in [0, 1] out of 100, as screens show it; a dash for none."""
    return "–" if share is None else f"{share * 100:.0f}"


def linked(reason: str) -> list[tuple[str, int | None]]:
    """A reason in pieces, labels by name; `turn 5` and `turns 1-14` come with the turn they begin with."""
    pieces = []
    for piece in _TURNS.split(named(reason)):
        match = _SEARCHED.fullmatch(piece)
        if piece:
            pieces.append((piece, int(match[1]) if match else None))
    return pieces


def safe_colour(colour: str) -> str:
    """A `#rrggbb` colour as it is, anything else as the neutral one."""
    return colour if _COLOUR.fullmatch(colour) else "#52606d"


# -- the queue --------------------------------------------------------------------------------


def queue_html(items: Sequence[QueueItem], *, total: int | None = None, grave_from: int = 25) -> str:
    """The queue as a list; in the order given, which is riskiest first.

    No score is shown: a reviewer sees the evidence before the number.

    Args:
        items: Of one client.
        total: Lines of the whole queue, when these are only its beginning.
        grave_from: Risk from which an item is marked as one to look at first.
    """
    return environment().get_template("queue.html.j2").render(items=items, total=total, grave_from=grave_from)


# -- the transcript ---------------------------------------------------------------------------


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


def rows_of(transcript: Transcript, notes: Sequence[Note]) -> list[Row]:
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
        rows.append(Row(index + 1, turn, tuple(labels_after_stops(cut(turn.text, ranges))), tuple(here)))
    return rows


def speakers_unsure(transcript: Transcript) -> str:
    """Why who is who is in doubt, in words; empty when it is not."""
    for warning in transcript.warnings:
        if warning.code.startswith("speaker"):
            return warning.message
    if not any(turn.speaker == "agent" for turn in transcript.turns):
        return "No turn is known to be the agent's. Say who is who before relying on any answer here."
    return ""


def transcript_html(
    view: ContactView,
    profile: ClientProfile,
    *,
    criteria: Sequence[Criterion] = (),
    passages: Mapping[str, Passage] | None = None,
) -> str:
    """The transcript with marks in the words and notes beside them."""
    notes = notes_of(view.analysis.findings, criteria, passages or {})
    absent = [note for note in notes if note.finding.span is None]
    counts = {
        tone: sum(note.tone == tone for note in notes)
        for tone in ("bad", "warn", "customer", "good", "script")
    }
    return (
        environment()
        .get_template("transcript.html.j2")
        .render(
            transcript=view.transcript,
            client=profile.name or profile.id,
            colour=safe_colour(profile.colour),
            rows=rows_of(view.transcript, notes),
            absent=absent,
            counts=counts,
            unsure=speakers_unsure(view.transcript),
            low=UNSURE,
        )
    )


def _searched(finding: Finding) -> tuple[int, int] | None:
    match = _SEARCHED.search(finding.reason)
    return (int(match[1]), int(match[2] or match[1])) if match else None


# -- the scorecard ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion with its automatic answer and what a person said since."""

    criterion: Criterion
    verdict: Verdict
    answer: Outcome
    """The person's, where there is one, else the automatic one."""
    reviews: tuple[Review, ...]
    turns: tuple[int, ...]
    """Turns of the evidence that the reason does not name, from 1."""


def line_of(criterion: Criterion, verdict: Verdict, reviews: Sequence[Review]) -> Line:
    """A criterion as the scorecard shows it."""
    own = tuple(review for review in reviews if review.criterion == criterion.ref)
    said = [review.outcome for review in own if review.outcome is not None]
    told = {turn for _, turn in linked(verdict.reason)}
    turns = tuple(dict.fromkeys(span.turn + 1 for span in verdict.evidence if span.turn + 1 not in told))
    return Line(criterion, verdict, said[-1] if said else verdict.outcome, own, turns)


def scorecard_html(view: ContactView, card: Scorecard, *, who: str, cards: Sequence[CardUse] = ()) -> str:
    """The scorecard: evidence, then the answer, and the number last.

    Args:
        view: A scored contact.
        card: The very version the evaluation names.
        who: The person who would confirm it.
        cards: What became of the copilot's cards, as an explanation.
    """
    evaluation: Evaluation | None = view.evaluation
    if evaluation is None:
        return environment().get_template("unscored.html.j2").render(card=card)
    verdicts = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    sections = [
        (section, [line_of(c, verdicts[c.ref], view.reviews) for c in section.criteria if c.ref in verdicts])
        for section in card.sections
    ]
    confirmed = [review for review in view.reviews if not review.criterion]
    return (
        environment()
        .get_template("scorecard.html.j2")
        .render(
            card=card,
            evaluation=evaluation,
            sections=sections,
            scriptedness=view.analysis.scriptedness,
            cards=cards,
            confirmed=confirmed[-1] if confirmed else None,
            who=who,
            words=OUTCOME_WORDS,
            short=SHORT_OUTCOMES,
        )
    )


def message_html(title: str, words: str) -> str:
    """A short state of a pane: empty, or not available, and what to do next."""
    return environment().get_template("message.html.j2").render(title=title, words=words)
