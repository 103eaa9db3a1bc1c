"""The scorecard: evidence, then the answer, and the number last; and one without answers, to score blind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.records import (
    AnswerValue,
    Criterion,
    Evaluation,
    Finding,
    Outcome,
    Review,
    Verdict,
)
from web.render import drawn, linked
from web.transcript_pane import UNSURE, concerns

if TYPE_CHECKING:
    from qa import Scorecard
    from qa.card_use import CardUse
    from web.render import Words
    from web.workspace import ContactView

OUTCOMES: tuple[Outcome, ...] = ("MET", "NOT_MET", "NOT_APPLICABLE", "UNSCORED")
CORRECTABLE = ("confirmed", "acknowledged")


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion with its automatic answer and what a person said since."""

    criterion: Criterion
    verdict: Verdict
    reviews: tuple[Review, ...]
    turns: tuple[int, ...]
    """Turns of the evidence that the reason does not name, from 1."""
    confidence: float | None = None
    """Of the least sure finding the answer rests on; None where it rests on none."""
    machine: Verdict | None = None
    """The machine's verdict where another stands now."""

    @property
    def standing(self) -> str:
        """What stands, as the page's script compares it."""
        return json.dumps(
            {"outcome": self.verdict.outcome, "value": _plain(self.criterion, self.verdict)}, sort_keys=True
        )

    @property
    def is_unsure(self) -> bool:
        """Whether it rests on a finding of low confidence."""
        return self.confidence is not None and self.confidence < UNSURE


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several evaluations of a contact."""

    id: str
    agent: str
    title: str
    status: str
    current: bool


def line_of(
    criterion: Criterion,
    verdict: Verdict,
    reviews: Sequence[Review],
    findings: Sequence[Finding] = (),
    machine: Verdict | None = None,
) -> Line:
    """A criterion as the scorecard shows it."""
    own = tuple(review for review in reviews if review.criterion == criterion.ref)
    told = {turn for _, turn in linked(verdict.reason)}
    turns = tuple(dict.fromkeys(span.turn + 1 for span in verdict.evidence if span.turn + 1 not in told))
    sure = [one.confidence for one in findings if concerns(one, criterion)]
    confidence = min(sure) if sure and verdict.outcome == "NOT_MET" else None
    return Line(criterion, verdict, own, turns, confidence, machine)


def scorecard_html(
    view: ContactView,
    card: Scorecard,
    *,
    who: str,
    cards: Sequence[CardUse] = (),
    words: Words | None = None,
    tabs: Sequence[Tab] = (),
    history: Sequence[Any] = (),
) -> str:
    """The scorecard: evidence, then the answer, and the number last.

    Args:
        view: A scored contact.
        card: The very version the evaluation names.
        who: The person who would confirm it.
        cards: What became of the copilot's cards, as an explanation.
        words: Of the page; None: English.
        tabs: All evaluations of the contact, when there are several.
        history: What people did with the evaluation, oldest first.
    """
    evaluation: Evaluation | None = view.evaluation
    if evaluation is None:
        return drawn("unscored", words, card=card)
    verdicts = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    machine = {verdict.criterion: verdict for verdict in evaluation.machine}
    findings = view.analysis.findings
    sections = [
        (
            section,
            [
                line_of(c, verdicts[c.ref], view.reviews, findings, machine.get(c.ref))
                for c in section.criteria
                if c.ref in verdicts
            ],
        )
        for section in card.sections
    ]
    confirmed = [review for review in view.reviews if not review.criterion]
    return drawn(
        "scorecard",
        words,
        card=card,
        evaluation=evaluation,
        sections=sections,
        scriptedness=view.analysis.scriptedness,
        cards=cards,
        confirmed=confirmed[-1] if confirmed else None,
        who=who,
        outcomes=OUTCOMES,
        tabs=tabs,
        history=history,
        correctable=evaluation.status in CORRECTABLE,
        number=number_of,
        chosen=chosen_of,
    )


def blind_html(card: Scorecard, *, calibration: str, contact: str, words: Words | None = None) -> str:
    """The scorecard with no answer in it, for somebody who scores the contact by themselves."""
    return drawn("blind", words, card=card, calibration=calibration, contact=contact, outcomes=OUTCOMES[:3])


def number_of(value: AnswerValue) -> str:
    """A number as the field shows it; empty for anything else."""
    return f"{value:g}" if isinstance(value, (int, float)) else ""


def chosen_of(value: AnswerValue) -> tuple[str, ...]:
    """The refs of chosen options."""
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _plain(criterion: Criterion, verdict: Verdict) -> Any:
    """The value as the script reads it back from the fields."""
    value = verdict.value
    if criterion.answer.kind == "yes_no" or verdict.outcome not in ("MET", "NOT_MET"):
        return None
    if criterion.answer.kind == "multi":
        order: Mapping[str, int] = {one.ref: at for at, one in enumerate(criterion.answer.options)}
        return sorted(chosen_of(value), key=lambda ref: order.get(ref, len(order)))
    return value
