"""A team, or one agent, over a period: what the confirmed evaluations say, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.errors import InputError, NotFoundError
from models.records import SEVERITIES, Between, CopcClass, Tally
from models.records.cases import COUNTED, NO_CONDITION, Wanted, Where
from qa.statistics import (
    AgentScore,
    Estimate,
    FailureRate,
    Trend,
    agent_scores,
    base_rates,
    correlation,
    failure_rates,
    mean,
    share,
    trend,
)

if TYPE_CHECKING:
    from models.ports import Store
    from qa.scorecards import Scorecard

_MOST_RATED = 5_000
"""Customer ratings, the latest, that a correlation is made of."""
_CLASSES: tuple[CopcClass, ...] = ("customer", "business", "compliance")


@dataclass(frozen=True, slots=True)
class Period:
    """Days, the first included and the last too; empty leaves that end open."""

    first: str = ""
    last: str = ""

    def __post_init__(self) -> None:
        from datetime import date

        for day in (self.first, self.last):
            try:
                if day:
                    date.fromisoformat(day)
            except ValueError:
                raise InputError("period: a day is written 2026-03-31") from None
        if self.first and self.last and self.last < self.first:
            raise InputError(f"period: ends on {self.last}, before it starts on {self.first}")

    @property
    def condition(self) -> dict[str, Wanted]:
        """As a condition on the register's column `day`."""
        if not (self.first or self.last):
            return {}
        # Whatever a day is followed by, "~" comes after it.
        return {"day": Between(self.first or None, f"{self.last}~" if self.last else None)}

    def __str__(self) -> str:
        if not (self.first or self.last):
            return "all contacts"
        return f"{self.first or 'the beginning'} to {self.last or 'today'}"


@dataclass(frozen=True, slots=True)
class LabelRate:
    """A finding's label, in how many evaluated contacts it was found and how gravely at most."""

    label: str
    contacts: Estimate
    by_severity: Mapping[str, int]
    """Contacts by the gravest that it was found in them."""


@dataclass(frozen=True, slots=True)
class TeamReport:
    """Only evaluations that a named person stands behind count; drafts and disputed ones are told apart."""

    client: str
    scorecard: str
    """Its name; all its versions."""
    title: str
    period: Period
    agent: str
    """Empty: the whole team."""
    counted: int
    drafts: int
    disputed: int
    unscored: int
    score: Estimate
    passed: Estimate
    copc: Mapping[str, Estimate]
    """Share of met criteria per class, three rates that are never blended.

    `n` counts answers. The interval takes them as independent; answers of one contact are not quite, so it is
    rather narrow where a class has many criteria.
    """
    agents: tuple[AgentScore, ...]
    """Those whom the source names."""
    trend: Trend
    failures: tuple[FailureRate, ...]
    questions: Mapping[str, str]
    """Of each criterion, as its newest version words it."""
    labels: tuple[LabelRate, ...]
    scriptedness: Estimate | None
    """0-100; None when it was not measured."""
    csat: Estimate | None
    """Rank correlation of score and customer rating; None when there are fewer than ten ratings."""
    withheld: bool = False
    """Too few agents, or contacts, to tell anything of a team without telling of somebody."""


def team_report(
    store: Store,
    client: str,
    versions: Sequence[Scorecard],
    *,
    period: Period | None = None,
    agent: str = "",
    contacts: Sequence[str] | None = None,
    also: Where = NO_CONDITION,
    fewest: int = 0,
) -> TeamReport:
    """Everything about one scorecard.

    Args:
        store: Where the client's evaluations are.
        client: Whose.
        versions: Of one scorecard, oldest first.
        period: None: all days.
        agent: Only this agent; empty: all.
        contacts: Only these, such as a random sample; None: all.
        also: Columns that every table of the register has (`channel`, `site`, `language`, `reason`), and what
            they must be.
        fewest: Works-council mode: agents, and contacts, below which nothing is told of the team or of a
            week; and nothing is told of single agents. 0: everything is told.

    Raises:
        NotFoundError: No version was given.
        InputError: Versions of several scorecards, or one agent in works-council mode.
    """
    if not versions:
        raise NotFoundError("Scorecard: no such scorecard; publish one with its file")
    if len({card.name for card in versions}) > 1:
        raise InputError("report: versions of one scorecard are wanted; name it")
    if fewest and agent:
        raise InputError("report: this client works in works-council mode; ask for the team")
    span = period or Period()
    only: dict[str, Wanted] = {**also, "scorecard": tuple(card.id for card in versions), **span.condition}
    if contacts is not None:
        only["contact"] = tuple(contacts)
    whose: dict[str, Wanted] = {**only, **({"agent": agent} if agent else {})}
    counted = {**whose, "status": COUNTED}
    if fewest and contacts != ():
        people = store.tally(client, "cases", ["agent"], where=counted)
        if min(len(people), sum(one.count for one in people)) < fewest:
            nobody = team_report(store, client, versions, period=period, contacts=(), also=also)
            return replace(nobody, withheld=bool(people))
    states = {str(one.key[0]): one.count for one in store.tally(client, "cases", ["status"], where=whose)}
    marks = {one.key[0]: one.count for one in store.tally(client, "cases", ["passed"], where=counted)}
    answers = store.tally(
        client, "answers", ["criterion", "outcome"], where=_without_status(whose) | {"counted": True}
    )
    newest = {criterion.ref: criterion for card in versions for criterion in card.criteria}
    unscored = {name: value for name, value in whose.items() if name != "scorecard"} | {"status": "unscored"}
    scripted = _whole(store, client, counted, "scriptedness")
    return TeamReport(
        client=client,
        scorecard=versions[-1].name,
        title=versions[-1].title,
        period=span,
        agent=agent,
        counted=sum(states.get(state, 0) for state in COUNTED),
        drafts=states.get("draft", 0),
        disputed=states.get("disputed", 0),
        unscored=store.tally(client, "cases", where=unscored)[0].count,
        score=mean(_whole(store, client, counted, "score")),
        passed=share(marks.get(1, 0), marks.get(0, 0) + marks.get(1, 0)),
        copc=_copc_rates(answers, {ref: criterion.copc for ref, criterion in newest.items()}),
        agents=tuple(
            agent_scores(
                tally
                for tally in store.tally(
                    client, "cases", ["agent"], where={**only, "status": COUNTED}, of="score"
                )
                if tally.key[0] and not fewest
            )
        ),
        trend=trend(_weeks(store, client, counted, fewest)),
        failures=tuple(failure_rates(answers)),
        questions={ref: criterion.question for ref, criterion in newest.items()},
        labels=_label_rates(store, client, whose, sum(states.get(state, 0) for state in COUNTED)),
        scriptedness=_of_hundred(scripted),
        csat=_csat(store, client, counted),
    )


def _weeks(store: Store, client: str, counted: Mapping[str, Wanted], fewest: int) -> list[Tally]:
    """Scores by week; in works-council mode without the weeks in which few agents were counted."""
    weeks = store.tally(client, "cases", ["week"], where=counted, of="score")
    if not fewest:
        return weeks
    agents = [one.key[0] for one in store.tally(client, "cases", ["week", "agent"], where=counted)]
    return [one for one in weeks if agents.count(one.key[0]) >= fewest]


def _without_status(where: Mapping[str, Wanted]) -> dict[str, Wanted]:
    return {name: value for name, value in where.items() if name != "status"}


def _whole(store: Store, client: str, where: Mapping[str, Wanted], column: str) -> Tally:
    return store.tally(client, "cases", where=where, of=column)[0]


def _copc_rates(answers: Sequence[Tally], classes: Mapping[str, CopcClass]) -> dict[str, Estimate]:
    rates: dict[str, Estimate] = {}
    for name in _CLASSES:
        told = {"MET": 0, "NOT_MET": 0}
        for tally in answers:
            criterion, outcome = map(str, tally.key)
            if classes.get(criterion) == name and outcome in told:
                told[outcome] += tally.count
        rates[name] = share(told["MET"], sum(told.values()))
    return rates


def _label_rates(
    store: Store, client: str, where: Mapping[str, Wanted], contacts: int
) -> tuple[LabelRate, ...]:
    found_in: dict[str, dict[str, int]] = {}
    for tally in store.tally(client, "labels", ["label", "severity"], where={**where, "counted": True}):
        found_in.setdefault(str(tally.key[0]), {})[SEVERITIES[int(tally.key[1] or 0)]] = tally.count
    rates = base_rates(contacts, {label: sum(counts.values()) for label, counts in found_in.items()})
    return tuple(LabelRate(label, rate, found_in[label]) for label, rate in rates.items())


def _of_hundred(tally: Tally) -> Estimate | None:
    part = mean(Tally(tally.key, tally.count, tally.known, tally.total / 100, tally.squares / 10_000))
    if part.value is None:
        return None
    return Estimate(round(part.value * 100, 4), round(part.low * 100, 4), round(part.high * 100, 4), part.n)


def _csat(store: Store, client: str, where: Mapping[str, Wanted]) -> Estimate | None:
    rated = store.cases(client, {**where, "csat": Between()}, order=("-day",), limit=_MOST_RATED)
    return correlation(
        [(case.score, case.csat) for case in rated if case.score is not None and case.csat is not None]
    )
