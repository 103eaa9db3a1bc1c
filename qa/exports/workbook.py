"""A workbook: one row for each evaluation, and the team with charts."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.exports.dossier import Dossier
from qa.exports.tables import as_words
from qa.statistics import Estimate

if TYPE_CHECKING:
    from qa.reports import TeamReport

_SHORT = {"MET": 1, "NOT_MET": 0, "NOT_APPLICABLE": "n/a", "UNSCORED": ""}
_CELL = 32_000
"""Characters that a cell takes; Excel refuses more than 32,767."""


def wide_xlsx(dossiers: Sequence[Dossier], report: TeamReport) -> bytes:
    """The workbook: `Evaluations`, `Agents`, `Criteria`, `Weeks`, `Findings`, `About`.

    Words are never written as formulas or links. Charts read the cells beside them.

    Args:
        dossiers: What was evaluated.
        report: Of the same scorecard and period.
    """
    import xlsxwriter

    out = io.BytesIO()
    settings = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, settings) as book:
        book.set_properties({"title": f"{report.title}, {report.period}"})
        styles = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "percent": book.add_format({"num_format": "0.0%"}),
        }
        _evaluations(book, styles, dossiers, report)
        _agents(book, styles, report)
        _criteria(book, styles, report)
        _weeks(book, styles, report)
        _findings(book, styles, report)
        _about(book, styles, report)
    return out.getvalue()


def _table(
    sheet: Any,
    styles: dict[str, Any],
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    shares: Sequence[int] = (),
) -> None:
    for column, name in enumerate(head):
        sheet.write_string(0, column, str(as_words(name))[:_CELL], styles["head"])
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, bool) or value is None:
                continue
            if isinstance(value, (int, float)):
                if math.isfinite(value):
                    sheet.write_number(line, column, value, styles["percent"] if column in shares else None)
            else:
                sheet.write_string(line, column, str(as_words(str(value)))[:_CELL])
    sheet.freeze_panes(1, 0)
    sheet.autofit(max_width=420)


def _evaluations(book: Any, styles: dict[str, Any], dossiers: Sequence[Dossier], report: TeamReport) -> None:
    sheet = book.add_worksheet("Evaluations")
    refs = list(report.questions)
    head = [
        "contact",
        "agent",
        "day",
        "scorecard",
        "status",
        "confirmed by",
        "score",
        "before auto-fail",
        "passed",
        *refs,
    ]
    rows = []
    for dossier in dossiers:
        one, contact, signed = dossier.evaluation, dossier.transcript, dossier.confirmed_by
        outcomes = {verdict.criterion: _SHORT[verdict.outcome] for verdict in one.verdicts}
        day = contact.started_at.date().isoformat() if contact.started_at else ""
        passed = "" if one.passed is None else "yes" if one.passed else "no"
        who = signed.who if signed else ""
        rows.append(
            [
                contact.id,
                one.agent or contact.agent,
                day,
                one.scorecard,
                one.status,
                who,
                one.score,
                one.raw_score,
                passed,
                *(outcomes.get(ref, "") for ref in refs),
            ]
        )
    _table(sheet, styles, head, rows, shares=(6, 7))
    sheet.autofilter(0, 0, max(1, len(rows)), len(head) - 1)


def _agents(book: Any, styles: dict[str, Any], report: TeamReport) -> None:
    sheet = book.add_worksheet("Agents")
    head = [
        "agent",
        "contacts",
        "mean score",
        "low (95 %)",
        "high (95 %)",
        "best guess",
        "rank from",
        "rank to",
        "against the team",
        "error below",
        "error above",
    ]
    rows = [
        [
            one.agent,
            one.observed.n,
            one.observed.value,
            one.observed.low,
            one.observed.high,
            one.shrunk.value,
            one.best_rank,
            one.worst_rank,
            one.against_team,
            (one.observed.value or 0.0) - one.observed.low,
            one.observed.high - (one.observed.value or 0.0),
        ]
        for one in report.agents
    ]
    _table(sheet, styles, head, rows, shares=(2, 3, 4, 5, 9, 10))
    if rows:
        last = len(rows)
        chart = book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": "mean score with its 95 % interval",
                "categories": ["Agents", 1, 0, last, 0],
                "values": ["Agents", 1, 2, last, 2],
                "y_error_bars": {
                    "type": "custom",
                    "plus_values": f"=Agents!$K$2:$K${last + 1}",
                    "minus_values": f"=Agents!$J$2:$J${last + 1}",
                },
            }
        )
        _place(sheet, chart, "Agents: where bars of the intervals overlap, nobody is ahead", "M2", len(rows))


def _criteria(book: Any, styles: dict[str, Any], report: TeamReport) -> None:
    sheet = book.add_worksheet("Criteria")
    head = [
        "criterion",
        "question",
        "not met",
        "low (95 %)",
        "high (95 %)",
        "answered",
        "not applicable",
        "not told",
    ]
    rows = [
        [
            rate.criterion,
            report.questions.get(rate.criterion, ""),
            *_numbers(rate.share),
            rate.share.n,
            rate.not_applicable,
            rate.unscored,
        ]
        for rate in report.failures
    ]
    _table(sheet, styles, head, rows, shares=(2, 3, 4))
    if rows:
        chart = book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "name": "share not met",
                "categories": ["Criteria", 1, 0, len(rows), 0],
                "values": ["Criteria", 1, 2, len(rows), 2],
            }
        )
        _place(sheet, chart, "Criteria that were not met", "J2", len(rows))


def _weeks(book: Any, styles: dict[str, Any], report: TeamReport) -> None:
    sheet = book.add_worksheet("Weeks")
    rows = [[week, *_numbers(estimate), estimate.n] for week, estimate in report.trend.weeks]
    _table(
        sheet, styles, ["week", "mean score", "low (95 %)", "high (95 %)", "contacts"], rows, shares=(1, 2, 3)
    )
    if rows:
        chart = book.add_chart({"type": "line"})
        for column, name in ((1, "mean"), (2, "low"), (3, "high")):
            chart.add_series(
                {
                    "name": name,
                    "categories": ["Weeks", 1, 0, len(rows), 0],
                    "values": ["Weeks", 1, column, len(rows), column],
                }
            )
        _place(sheet, chart, f"Score by week: {report.trend.direction}", "G2", 10, lying=False)


def _findings(book: Any, styles: dict[str, Any], report: TeamReport) -> None:
    sheet = book.add_worksheet("Findings")
    head = ["label", "contacts", "share", "low (95 %)", "high (95 %)", "critical", "major", "minor", "note"]
    rows = [
        [
            rate.label,
            sum(rate.by_severity.values()),
            *_numbers(rate.contacts),
            *(rate.by_severity.get(name, 0) for name in ("critical", "major", "minor", "note")),
        ]
        for rate in report.labels
    ]
    _table(sheet, styles, head, rows, shares=(2, 3, 4))


def _about(book: Any, styles: dict[str, Any], report: TeamReport) -> None:
    sheet = book.add_worksheet("About")
    rows: list[list[object]] = [
        ["client", report.client],
        ["scorecard", report.title],
        ["period", str(report.period)],
        ["agent", report.agent or "all"],
        ["evaluations that count", report.counted],
        ["drafts, left out", report.drafts],
        ["disputed, left out", report.disputed],
        ["contacts not scored", report.unscored],
    ]
    for name, rate in (("score", report.score), ("passed", report.passed), *report.copc.items()):
        rows.append([name if name in ("score", "passed") else f"{name}-critical met", *_numbers(rate)])
    _table(sheet, styles, ["what", "value", "low (95 %)", "high (95 %)"], rows)


def _place(sheet: Any, chart: Any, title: str, cell: str, bars: int, *, lying: bool = True) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_size({"width": 560, "height": max(240, 26 * bars + 110)})
    chart.set_y_axis({"reverse": True} if lying else {"min": 0, "max": 1, "num_format": "0%"})
    chart.set_x_axis({"min": 0, "max": 1, "num_format": "0%"} if lying else {})
    sheet.insert_chart(cell, chart)


def _numbers(estimate: Estimate) -> list[object]:
    if estimate.value is None:
        return ["", "", ""]
    return [estimate.value, estimate.low, estimate.high]
