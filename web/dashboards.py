"""Dashboards: what confirmed scores say, how surely, and the way from every point to its contacts.

The sums are those of `qa.reports` and `qa.trust`; here they become tiles, a line, bars and tables. Teams come
first: single agents show only when somebody asks, never below five contacts, and in no order of merit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge_base.protection import FEWEST
from models.errors import NotFoundError
from models.records import SEVERITIES
from models.records.cases import COUNTED
from qa.reports import Period, team_report
from web import standards
from web.reader import Answer, Reader, words_in
from web.render import drawn, fill
from web.texts import label_of
from web.veil import veil_of

if TYPE_CHECKING:
    from models.records.cases import Wanted
    from qa import Scorecard
    from qa.reports import LabelRate, TeamReport
    from qa.statistics import Estimate
    from qa.trust import CriterionTrust, TrustReport
    from web.render import Words

FEWEST_OF_AN_AGENT = 5
"""Contacts below which nothing is told of a single agent."""
_BY = ("channel", "site", "language", "reason")
_LONGEST = 300
_HEIGHT, _WIDTH, _LEFT, _BOTTOM, _TOP, _RIGHT = 260.0, 1200.0, 34.0, 44.0, 12.0, 34.0
_MOST_TICKS = 12
_MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its interval, on what it rests, and the contacts behind it."""

    key: str
    title: str
    value: str
    low: str
    high: str
    n: int
    drill: Mapping[str, str]
    range: tuple[float, float, float] | None = None
    """Low end, value and high end on a scale of 0 to 100; None when there is no value."""


@dataclass(frozen=True, slots=True)
class Point:
    """A week on the line; places in the drawing."""

    week: str
    x: float
    y: float
    low: float
    high: float
    words: str
    drill: Mapping[str, str]
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Line:
    """A mean over weeks as it is drawn, from 0 to 100."""

    points: tuple[Point, ...]
    band: str
    """The interval as a polygon's points."""
    path: str
    ticks: tuple[tuple[float, str, str], ...]
    """Place, week, and how many contacts it rests on."""
    grid: tuple[tuple[float, str], ...]
    mark: float
    """Where the pass mark runs."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar that begins at 0, with its interval."""

    name: str
    share: Estimate
    drill: Mapping[str, str]
    parts: tuple[tuple[str, int], ...] = ()
    """Contacts by gravest severity, gravest first."""


def view(reader: Reader, said: Mapping[str, Any]) -> Answer:
    """The dashboards of one scorecard, period, channel and team."""
    words = {**reader.words("review"), **reader.words("dashboards")}
    cards = reader.workspace.scorecards(reader.client)
    council = veil_of(reader.workspace, reader.client).on
    titles = {card.name: card.title for card in cards}
    shown: dict[str, Any] = {
        "client": reader.kb.profile.name or reader.client,
        "titles": titles,
        "asked": {name: words_in(said, name, most=_LONGEST) for name in ("scorecard", "first", "last", *_BY)},
        "choices": _choices(reader),
        "agents_allowed": reader.kb.profile.extra.get("per_agent") is not False and not council,
        "agents_on": bool(said.get("agents")),
        "trust_on": bool(said.get("trust")),
        "fewest": FEWEST_OF_AN_AGENT,
    }
    if not cards:
        return {"html": drawn("dashboards", words, report=None, **shown)}
    name = shown["asked"]["scorecard"] or cards[-1].name
    versions = [card for card in cards if card.name == name]
    if not versions:
        raise NotFoundError("Scorecard: no such scorecard")
    period = Period(shown["asked"]["first"], shown["asked"]["last"])
    also: dict[str, Wanted] = {key: shown["asked"][key] for key in _BY if shown["asked"][key]}
    fewest = FEWEST if council else 0
    report = team_report(reader.kb.store, reader.kb.client, versions, period=period, also=also, fewest=fewest)
    base = {key: value for key, value in shown["asked"].items() if value and key != "scorecard"}
    trust = standards.trust_of(reader.workspace, reader.client, scorecard=name) if shown["trust_on"] else None
    html = drawn(
        "dashboards",
        words,
        report=report,
        period=_period(period, words),
        tiles=tiles_of(report, base, words),
        line=line_of(report, base, words, pass_mark=versions[-1].pass_mark or 0.0),
        pass_mark=versions[-1].pass_mark,
        failing=failing_of(report, base),
        brand=labels_of(report, base, words, "brand."),
        scripting=labels_of(report, base, words, "scripting."),
        agents=agents_of(report) if shown["agents_on"] and shown["agents_allowed"] else None,
        trust=_trusted(trust, versions[-1]) if trust is not None else None,
        trust_of=trust,
        recent=reader.kb.store.cases(
            reader.kb.client,
            {**also, **period.condition, "scorecard": tuple(one.id for one in versions), "status": COUNTED},
            order=("-day", "contact"),
            limit=_MOST_ROWS,
        ),
        severities=tuple(reversed(SEVERITIES)),
        base=base,
        **{**shown, "asked": {**shown["asked"], "scorecard": name}},
    )
    return {"html": html}


def tiles_of(report: TeamReport, base: Mapping[str, str], words: Words) -> list[Tile]:
    """The headline numbers, each with n and interval."""
    done = {**base, "status": "done"}
    rates = {rate.label: rate for rate in report.labels}
    heavy = rates.get("scripting.heavy")
    tiles = [
        _tile("score", words["mean_score"], report.score, done, 100),
        _tile("passed", words["share_passed"], report.passed, done, 100, unit=" %"),
        *[
            _tile(kind, words[f"copc_met_{kind}"], report.copc[kind], done, 100, unit=" %")
            for kind in ("customer", "business", "compliance")
        ],
    ]
    if heavy is not None or report.counted:
        from qa.statistics import share

        estimate = heavy.contacts if heavy is not None else share(0, report.counted)
        tiles.append(
            _tile(
                "heavy", words["heavy_share"], estimate, {**done, "label": "scripting.heavy"}, 100, unit=" %"
            )
        )
    if report.scriptedness is not None:
        tiles.append(_tile("scripted", words["scriptedness_mean"], report.scriptedness, done, 1))
    return tiles


def line_of(
    report: TeamReport, base: Mapping[str, str], words: Words, *, pass_mark: float = 0.0
) -> Line | None:
    """The mean score by week with its interval, in its place in time; None below two weeks.

    Args:
        report: What counts.
        base: What every drill-down keeps.
        words: Of the page.
        pass_mark: In [0, 1]; 0: there is none.
    """
    weeks = report.trend.weeks
    if len(weeks) < 2:  # noqa: PLR2004 - one point is no line
        return None
    wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    days = [_monday(week) for week, _ in weeks]
    span = (days[-1] - days[0]) or 1

    def x(place: int) -> float:
        return round(_LEFT + 20 + (wide - 20) * (days[place] - days[0]) / span, 1)

    def y(share: float) -> float:
        return round(_TOP + tall * (1 - share), 1)

    points = tuple(
        Point(
            week,
            x(place),
            y(mean.value or 0.0),
            y(mean.low),
            y(mean.high),
            fill(
                words["point"],
                week=week_name(week, words),
                value=f"{(mean.value or 0) * 100:.0f}",
                low=f"{mean.low * 100:.0f}",
                high=f"{mean.high * 100:.0f}",
                n=mean.n,
            ),
            {**base, "week": week, "status": "done"},
            week_name(week, words),
            mean.n,
        )
        for place, (week, mean) in enumerate(weeks)
    )
    upper = [f"{point.x},{point.high}" for point in points]
    lower = [f"{point.x},{point.low}" for point in reversed(points)]
    return Line(
        points,
        " ".join(upper + lower),
        " ".join(f"{point.x},{point.y}" for point in points),
        _ticks(points),
        tuple((y(part / 4), f"{part * 25}") for part in range(5)),
        y(pass_mark),
    )


def _ticks(points: Sequence[Point]) -> tuple[tuple[float, str, str], ...]:
    """Weeks that are named: each that has room beside the one before."""
    room = (_WIDTH - _LEFT - _RIGHT) / _MOST_TICKS * 0.8
    named: list[tuple[float, str, str]] = []
    for point in points:
        if not named or point.x - named[-1][0] >= room:
            named.append((point.x, point.name, str(point.n)))
    return tuple(named)


def _monday(week: str) -> int:
    """The day on which a week such as `2026-W14` begins, counted from the year 1."""
    from datetime import date

    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1).toordinal()


def failing_of(report: TeamReport, base: Mapping[str, str]) -> list[Bar]:
    """Criteria by how often they were not met, by their question; those never failed are left out."""
    return [
        Bar(
            report.questions.get(rate.criterion, rate.criterion),
            rate.share,
            {**base, "criterion": rate.criterion, "outcome": "NOT_MET", "status": "done"},
        )
        for rate in report.failures
        if rate.share.value
    ][:_MOST_ROWS]


def labels_of(
    report: TeamReport, base: Mapping[str, str], words: Mapping[str, str], prefix: str
) -> list[Bar]:
    """Findings of one family, in how many contacts, by the gravest severity."""
    rates: Sequence[LabelRate] = [rate for rate in report.labels if rate.label.startswith(prefix)]
    return [
        Bar(
            label_of(words, rate.label),
            rate.contacts,
            {**base, "label": rate.label, "status": "done"},
            tuple((one, rate.by_severity[one]) for one in reversed(SEVERITIES) if rate.by_severity.get(one)),
        )
        for rate in rates
    ][:_MOST_ROWS]


def agents_of(report: TeamReport) -> tuple[list[Any], int]:
    """Agents by name with enough contacts, and how many are left out for having too few."""
    enough = [one for one in report.agents if one.observed.n >= FEWEST_OF_AN_AGENT]
    return sorted(enough, key=lambda one: one.agent.casefold()), len(report.agents) - len(enough)


def week_name(week: str, words: Words) -> str:
    """`2026-W14` as the day on which it begins, `30 Mar`; a day says more than a number."""
    from datetime import date

    try:
        monday = date.fromordinal(_monday(week))
    except ValueError:
        return week
    return f"{monday.day} {words['months'].split()[monday.month - 1]}"


def _tile(
    key: str, title: str, estimate: Estimate, drill: Mapping[str, str], times: float, *, unit: str = ""
) -> Tile:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value * times:.0f}"

    empty = estimate.value is None
    return Tile(
        key,
        title,
        shown(estimate.value) + unit * (not empty),
        "" if empty else shown(estimate.low),
        "" if empty else shown(estimate.high),
        estimate.n,
        drill,
        None if estimate.value is None else _range(estimate, times),
    )


def _range(estimate: Estimate, times: float) -> tuple[float, float, float]:
    low, value, high = (
        min(100.0, max(0.0, (one or 0.0) * times)) for one in (estimate.low, estimate.value, estimate.high)
    )
    return round(low, 1), round(value, 1), round(high, 1)


def _trusted(trust: TrustReport, card: Scorecard) -> list[tuple[str, CriterionTrust]]:
    questions = {criterion.ref: criterion.question for criterion in card.criteria}
    return [(questions.get(one.criterion, one.criterion), one) for one in trust.criteria]


def _period(period: Period, words: Words) -> str:
    if not (period.first or period.last):
        return words["all_days"]
    return fill(words["days"], first=period.first or words["beginning"], last=period.last or words["today"])


def _choices(reader: Reader) -> dict[str, list[str]]:
    store, client = reader.kb.store, reader.kb.client
    return {
        name: sorted({str(one.key[0]) for one in store.tally(client, "cases", [name])} - {"", "None"})
        for name in _BY
    }
