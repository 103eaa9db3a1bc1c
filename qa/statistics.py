"""Statistics that are honest about few contacts: every number comes with its interval.

Scores of agents follow the normal hierarchical model of Efron and Morris (1975, "Data analysis using
Stein's estimator", JASA 70): the spread within agents is pooled, so that two equal scores of a new agent do
not look certain, and an agent with few contacts is drawn towards the team. Shares use Wilson's interval
(Brown, Cai and DasGupta 2001, Statistical Science 16). All intervals are 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from models.errors import InputError
from models.records import Tally

LEVEL = 0.95
FEWEST_FOR_CORRELATION = 10
"""Contacts below which a correlation is not told."""
_TINY = 1e-9
FEWEST_WEEKS = 4
"""Weeks below which no direction is told."""

Direction = Literal["rising", "falling", "not told apart"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval."""

    value: float | None
    """None where nothing was counted: `n` is 0."""
    low: float
    high: float
    n: int
    """Contacts it rests on; answers, where it is a share of answers."""

    def overlaps(self, other: Estimate) -> bool:
        """Whether the two cannot be told apart."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class AgentScore:
    """One agent among those of the same scorecard."""

    agent: str
    observed: Estimate
    """Mean score in [0, 1], as counted."""
    shrunk: Estimate
    """Drawn towards the team by how little is known: the fairer guess for the next contact."""
    best_rank: int
    """From 1. No rank is told between agents whose intervals overlap, so a rank is a range."""
    worst_rank: int
    against_team: Literal["above", "below", "not told apart"]


@dataclass(frozen=True, slots=True)
class Trend:
    """A mean over weeks."""

    weeks: tuple[tuple[str, Estimate], ...]
    slope: Estimate | None
    """Change per week; None below four weeks."""
    direction: Direction


@dataclass(frozen=True, slots=True)
class FailureRate:
    """How often a criterion was not met, of the contacts in which it was answered."""

    criterion: str
    share: Estimate
    not_applicable: int
    unscored: int


def share(hits: int, n: int) -> Estimate:
    """A proportion with Wilson's interval; without any contact everything is possible.

    Raises:
        InputError: More hits than contacts.
    """
    from scipy.stats import binomtest

    if not 0 <= hits <= n:
        raise InputError(f"share: {hits} of {n} cannot be")
    if n == 0:
        return Estimate(None, 0.0, 1.0, 0)
    interval = binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return _rounded(hits / n, interval.low, interval.high, n)


def mean(tally: Tally, *, within: float | None = None, freedom: int | None = None) -> Estimate:
    """Mean of numbers in [0, 1] with Student's interval, within [0, 1].

    Equal numbers do not make it certain: see `_variance`.

    Args:
        tally: Count, sum and sum of squares.
        within: Variance of a single number, when it is known better than from these alone.
        freedom: Degrees of freedom of that variance.
    """
    from scipy.stats import t

    n = tally.known
    if n == 0:
        return Estimate(None, 0.0, 1.0, 0)
    value = tally.total / n
    freedom = n - 1 if freedom is None else freedom
    if freedom < 1:
        return _rounded(value, 0.0, 1.0, n)
    if within is None:
        within = _variance(tally.squares - n * value * value, freedom)
    half = float(t.ppf((1 + LEVEL) / 2, freedom)) * math.sqrt(within / n)
    return _rounded(value, max(0.0, value - half), min(1.0, value + half), n)


def agent_scores(tallies: Iterable[Tally]) -> list[AgentScore]:
    """Agents with intervals and ranges of ranks, best guess first; equals by name.

    Args:
        tallies: Scores by agent (`Store.tally(client, "cases", ["agent"], of="score")`), counted ones only.
    """
    known = [tally for tally in tallies if tally.known]
    contacts = sum(tally.known for tally in known)
    freedom = contacts - len(known)
    within = _pooled_variance(known, freedom)
    total = sum(tally.total for tally in known) / contacts if contacts else math.nan
    between = _variance_between(known, within)
    rated = [
        (
            str(tally.key[0]),
            mean(tally, within=within, freedom=freedom),
            _shrunk(tally, total, within, between, freedom),
        )
        for tally in known
    ]
    rated.sort(key=lambda one: (-(one[2].value or 0.0), one[0]))
    return [
        AgentScore(
            agent,
            observed,
            shrunk,
            best_rank=1 + sum(other.low > shrunk.high for _, _, other in rated),
            worst_rank=len(rated) - sum(other.high < shrunk.low for _, _, other in rated),
            against_team="above"
            if shrunk.low > total
            else "below"
            if shrunk.high < total
            else "not told apart",
        )
        for agent, observed, shrunk in rated
    ]


def trend(tallies: Iterable[Tally]) -> Trend:
    """Weekly means, and the slope by least squares weighted by contacts.

    Args:
        tallies: A number in [0, 1] by week (`2026-W14`), in any order; lines without a week are left out.
    """
    import numpy as np
    from scipy.stats import t

    weekly = sorted(
        (tally for tally in tallies if tally.known and tally.key[0]), key=lambda one: str(one.key[0])
    )
    weeks = tuple((str(tally.key[0]), mean(tally)) for tally in weekly)
    if len(weekly) < FEWEST_WEEKS:
        return Trend(weeks, None, "not told apart")
    places = np.array([_week_number(str(tally.key[0])) for tally in weekly], float)
    values = np.array([tally.total / tally.known for tally in weekly])
    weights = np.array([tally.known for tally in weekly], float)
    centred = places - np.average(places, weights=weights)
    spread = float((weights * centred**2).sum())
    slope = float((weights * centred * values).sum()) / spread
    left = values - np.average(values, weights=weights) - slope * centred
    error = math.sqrt(float((weights * left**2).sum()) / (len(weekly) - 2) / spread)
    half = float(t.ppf((1 + LEVEL) / 2, len(weekly) - 2)) * error
    estimate = _rounded(slope, slope - half, slope + half, int(weights.sum()))
    direction: Direction = (
        "rising" if estimate.low > 0 else "falling" if estimate.high < 0 else "not told apart"
    )
    return Trend(weeks, estimate, direction)


def failure_rates(tallies: Iterable[Tally]) -> list[FailureRate]:
    """Criteria by how surely they fail: the highest lower bound first.

    Args:
        tallies: By criterion and outcome (`Store.tally(client, "answers", ["criterion", "outcome"])`).
    """
    outcomes: dict[str, dict[str, int]] = {}
    for tally in tallies:
        criterion, outcome = map(str, tally.key)
        outcomes.setdefault(criterion, {})[outcome] = tally.count
    rates = [
        FailureRate(
            criterion,
            share(counts.get("NOT_MET", 0), counts.get("NOT_MET", 0) + counts.get("MET", 0)),
            counts.get("NOT_APPLICABLE", 0),
            counts.get("UNSCORED", 0),
        )
        for criterion, counts in outcomes.items()
    ]
    return sorted(rates, key=lambda rate: (-rate.share.low, rate.criterion))


def base_rates(contacts: int, found_in: Mapping[str, int]) -> dict[str, Estimate]:
    """Share of contacts in which each label was found, most frequent first.

    Args:
        contacts: All that were analysed.
        found_in: Contacts in which a label was found, by label.
    """
    return {
        label: share(hits, contacts)
        for label, hits in sorted(found_in.items(), key=lambda one: (-one[1], one[0]))
    }


def correlation(pairs: Sequence[tuple[float, float]]) -> Estimate | None:
    """Spearman's rank correlation, such as of score and CSAT; None below ten pairs or without any spread.

    Interval by Fisher's transformation with the variance of Bonett and Wright (2000, Psychometrika 65).
    """
    from scipy.stats import norm, spearmanr

    if len(pairs) < FEWEST_FOR_CORRELATION or any(len({pair[side] for pair in pairs}) < 2 for side in (0, 1)):  # noqa: PLR2004 - no spread
        return None
    rho = float(spearmanr([one for one, _ in pairs], [other for _, other in pairs]).statistic)
    error = math.sqrt((1 + rho * rho / 2) / (len(pairs) - 3))
    half = float(norm.ppf((1 + LEVEL) / 2)) * error
    centre = math.atanh(max(-0.999999, min(0.999999, rho)))
    return _rounded(rho, math.tanh(centre - half), math.tanh(centre + half), len(pairs))


def _pooled_variance(tallies: Sequence[Tally], freedom: int) -> float:
    """Variance of single scores within agents."""
    if freedom < 1:
        return 0.25
    return _variance(sum(tally.squares - tally.total**2 / tally.known for tally in tallies), freedom)


def _variance(squares: float, freedom: int) -> float:
    """Variance from squared distances to the mean, of numbers in [0, 1].

    Where no spread was seen, as if one number more had been as far off as can be (0.25): two equal scores
    are no proof that the third will be the same.
    """
    return squares / freedom if squares > _TINY else 0.25 / (freedom + 1)


def _variance_between(tallies: Sequence[Tally], within: float) -> float:
    """Variance of agents' true means, by the method of moments (DerSimonian and Laird); 0 or more."""
    if len(tallies) < 2:  # noqa: PLR2004 - nothing to compare
        return 0.0
    contacts = sum(tally.known for tally in tallies)
    total = sum(tally.total for tally in tallies) / contacts
    apart = sum(tally.known * (tally.total / tally.known - total) ** 2 for tally in tallies)
    scale = contacts - sum(tally.known**2 for tally in tallies) / contacts
    return max(0.0, (apart - (len(tallies) - 1) * within) / scale)


def _shrunk(tally: Tally, total: float, within: float, between: float, freedom: int) -> Estimate:
    from scipy.stats import t

    value = tally.total / tally.known
    noise = within / tally.known
    trust = between / (between + noise) if between + noise else 1.0
    centre = total + trust * (value - total)
    if freedom < 1:
        return _rounded(centre, 0.0, 1.0, tally.known)
    half = float(t.ppf((1 + LEVEL) / 2, freedom)) * math.sqrt(trust * noise)
    return _rounded(centre, max(0.0, centre - half), min(1.0, centre + half), tally.known)


def _week_number(week: str) -> int:
    """Weeks since some Monday, so that a year's end is no gap."""
    from datetime import date

    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1).toordinal() // 7


def _rounded(value: float, low: float, high: float, n: int) -> Estimate:
    return Estimate(round(float(value), 6), round(float(low), 6), round(float(high), 6), n)
