"""How a scorecard would have fallen on past contacts, before anybody is scored with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.records import Evaluation, Outcome
from models.records.vocabulary import CopcClass

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_FEW = 10
"""Contacts below which nothing is said of a criterion that always falls the same way."""


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How often each answer to one criterion would fall."""

    criterion: str
    copc: CopcClass
    met: int
    not_met: int
    not_applicable: int
    unscored: int
    values: tuple[tuple[str, int], ...]
    """Options or bands that were hit, most often first."""
    auto_fails: int
    note: str
    """What to look at: it always falls the same way, or never applies."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a scorecard would have done."""

    scorecard: str
    contacts: int
    scored: int
    passed: int
    auto_failed: int
    lowest: float | None
    quarter: float | None
    median: float | None
    three_quarters: float | None
    highest: float | None
    """Of the scores, in [0, 1]; None without any."""
    answers: tuple[AnswerCounts, ...]


def dry_run(card: Scorecard, evaluations: Iterable[Evaluation]) -> DryRun:
    """Count the answers of a card's evaluations; nothing is stored.

    Args:
        card: The scorecard that made them.
        evaluations: What `card.evaluate` gave for past contacts, machine's answers only.
    """
    made = list(evaluations)
    scores = sorted(one.score for one in made if one.score is not None)
    return DryRun(
        scorecard=card.id,
        contacts=len(made),
        scored=len(scores),
        passed=sum(one.passed is True for one in made),
        auto_failed=sum(bool(one.auto_failed) for one in made),
        lowest=_at(scores, 0.0),
        quarter=_at(scores, 0.25),
        median=_at(scores, 0.5),
        three_quarters=_at(scores, 0.75),
        highest=_at(scores, 1.0),
        answers=tuple(_counted(card, place, made) for place in range(len(card.criteria))),
    )


def _counted(card: Scorecard, place: int, made: list[Evaluation]) -> AnswerCounts:
    from qa.card_answers import band_of

    criterion = card.criteria[place]
    verdicts = [one.verdicts[place] for one in made]
    counts: dict[Outcome, int] = {"MET": 0, "NOT_MET": 0, "NOT_APPLICABLE": 0, "UNSCORED": 0}
    values: dict[str, int] = {}
    for verdict in verdicts:
        counts[verdict.outcome] += 1
        said = verdict.value
        if isinstance(said, (int, float)):
            band = band_of(criterion.answer, said)
            said = band.ref if band is not None else "no band"
        for one in (said,) if isinstance(said, str) else said or ():
            values[one] = values.get(one, 0) + 1
    return AnswerCounts(
        criterion=criterion.ref,
        copc=criterion.copc,
        met=counts["MET"],
        not_met=counts["NOT_MET"],
        not_applicable=counts["NOT_APPLICABLE"],
        unscored=counts["UNSCORED"],
        values=tuple(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))),
        auto_fails=sum(criterion.ref in one.auto_failed for one in made),
        note=_note(counts, len(made)),
    )


def _note(counts: dict[Outcome, int], contacts: int) -> str:
    if contacts < _FEW:
        return ""
    if counts["UNSCORED"] == contacts:
        return "always waits for a person"
    if counts["NOT_APPLICABLE"] == contacts:
        return "never applied"
    told = counts["MET"] + counts["NOT_MET"]
    if told and counts["MET"] == told:
        return "always met where it applied: does it tell contacts apart?"
    if told and counts["NOT_MET"] == told:
        return "never met where it applied: is it asked for at all?"
    return ""


def _at(scores: list[float], place: float) -> float | None:
    """The score at a share of the sorted list; nearest below."""
    return scores[int(place * (len(scores) - 1))] if scores else None
