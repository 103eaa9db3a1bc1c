"""How far the machine's answers can be trusted, criterion by criterion.

Three things, kept apart: how often people overrode it and why, whether that drifts over time, and how far
it agrees with people who answered blind. That a person left an answer unchanged is counted, never called
agreement: people who see an answer tend to leave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import TYPE_CHECKING

from models.records import Evaluation, Outcome, Review, Verdict
from qa.agreement import CriterionAgreement, Sheet, agreement
from qa.reviews import counted, machine_verdicts

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_Z = 1.959964
_TOLD: tuple[Outcome, ...] = ("MET", "NOT_MET", "NOT_APPLICABLE")


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson), all in [0, 1]."""

    count: int
    of: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Overridden:
    """One answer of the machine that a person replaced."""

    evaluation: str
    before: Outcome
    after: Outcome
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class CriterionTrust:
    """What is known of the machine's answers to one criterion."""

    criterion: str
    overridden: Share | None
    """Of the answers it gave to evaluations that a person confirmed; None when it gave none."""
    unscored: int
    """Answers it left to a person; no override."""
    cases: tuple[Overridden, ...]
    months: tuple[tuple[str, Share], ...]
    """`2026-03` and the share overridden then, by the month of the confirmation."""
    drift: str
    """In words when the last month and those before differ by more than chance would; else empty."""
    blind: CriterionAgreement | None
    """Agreement with people who answered blind; None without such answers."""


@dataclass(frozen=True, slots=True)
class TrustReport:
    """All criteria of a scorecard."""

    scorecard: str
    confirmed: int
    """Evaluations that a named person stands behind."""
    blind_contacts: int
    criteria: tuple[CriterionTrust, ...]


def trust(
    card: Scorecard,
    evaluations: Iterable[Evaluation],
    reviews: Sequence[Review],
    sheets: Sequence[Sheet] = (),
) -> TrustReport:
    """The report.

    Args:
        card: The scorecard; evaluations of its other versions are left out.
        evaluations: Of one client; only those that count are looked at.
        reviews: When evaluations were confirmed.
        sheets: Blind answers and the machine's (`qa.calibration.sheets_of`).
    """
    mine = [one for one in counted(evaluations) if one.scorecard == card.id]
    confirmed_at = {one.evaluation: one.at for one in reviews if not one.criterion}
    blind = agreement(card, sheets)
    agreed = {row.criterion: row for row in blind.rows if row.group == "all"}
    return TrustReport(
        scorecard=card.id,
        confirmed=len(mine),
        blind_contacts=blind.contacts,
        criteria=tuple(_criterion(one.ref, mine, confirmed_at, agreed.get(one.ref)) for one in card.criteria),
    )


def share(count: int, of: int) -> Share:
    """A share with its Wilson interval; `of` is above 0.

    Source:
        Wilson 1927, the score interval without continuity correction.

    Example:
        >>> found = share(2, 10)
        >>> found.value, round(found.low, 3), round(found.high, 3)
        (0.2, 0.057, 0.51)
    """
    part, square = count / of, _Z * _Z
    middle = (part + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(part * (1 - part) / of + square / (4 * of * of)) / (1 + square / of)
    return Share(
        count, of, round(part, 6), round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6)
    )


def _criterion(
    ref: str,
    evaluations: Sequence[Evaluation],
    confirmed_at: Mapping[str, datetime],
    blind: CriterionAgreement | None,
) -> CriterionTrust:
    cases: list[Overridden] = []
    months: dict[str, list[bool]] = {}
    told = unscored = 0
    for evaluation in evaluations:
        before, after = _answers(evaluation, ref)
        if before is None or after is None:
            continue
        if before.outcome not in _TOLD:
            unscored += 1
            continue
        told += 1
        changed = (before.outcome, before.value) != (after.outcome, after.value)
        if changed:
            cases.append(Overridden(evaluation.id, before.outcome, after.outcome, after.reason, after.by))
        at = confirmed_at.get(evaluation.id)
        if at is not None:
            months.setdefault(f"{at:%Y-%m}", []).append(changed)
    by_month = tuple((month, share(sum(each), len(each))) for month, each in sorted(months.items()))
    return CriterionTrust(
        criterion=ref,
        overridden=share(len(cases), told) if told else None,
        unscored=unscored,
        cases=tuple(cases),
        months=by_month,
        drift=_drift(by_month),
        blind=blind,
    )


def _answers(evaluation: Evaluation, ref: str) -> tuple[Verdict | None, Verdict | None]:
    before = next((one for one in machine_verdicts(evaluation) if one.criterion == ref), None)
    return before, next((one for one in evaluation.verdicts if one.criterion == ref), None)


def _drift(months: Sequence[tuple[str, Share]]) -> str:
    """The last month against all before it; said only when the intervals do not meet."""
    if len(months) < 2:  # noqa: PLR2004 - a drift needs a before and an after
        return ""
    name, last = months[-1]
    earlier = share(sum(each.count for _, each in months[:-1]), sum(each.of for _, each in months[:-1]))
    if last.low > earlier.high:
        return f"overridden more often in {name}: {last.value:.0%}, {earlier.value:.0%} before"
    if last.high < earlier.low:
        return f"overridden less often in {name}: {last.value:.0%}, {earlier.value:.0%} before"
    return ""
