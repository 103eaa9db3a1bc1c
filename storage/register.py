"""The register: lines that a store keeps beside its records, so that 100,000 contacts answer at once.

Three tables. `cases`: a contact and one evaluation of it, or none. `answers`: a criterion of an evaluation.
`labels`: a label that was found in the contact of a case, how often and how gravely at most. A line is
made anew, in the same transaction, whenever a record it comes from is stored or deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from math import isfinite, nan
from typing import Any

from models.errors import InputError
from models.records import Analysis, Evaluation, Transcript, severity_rank
from models.records.cases import COUNTED, WAITING, Between, Case, Where

Line = dict[str, Any]

CASE = tuple(field.name for field in fields(Case))
SHARED = ("contact", "agent", "channel", "language", "site", "reason", "day", "week")
ANSWER = (*SHARED, "counted", "evaluation", "scorecard", "status", "criterion", "outcome", "points", "by")
LABEL = (*SHARED, "counted", "evaluation", "scorecard", "status", "label", "severity", "times")
COLUMNS: Mapping[str, tuple[str, ...]] = {"cases": CASE, "answers": ANSWER, "labels": LABEL}


@dataclass(frozen=True, slots=True)
class Lines:
    """All lines of one contact, by table."""

    cases: tuple[Line, ...]
    answers: tuple[Line, ...]
    labels: tuple[Line, ...]

    def of(self, table: str) -> tuple[Line, ...]:
        """The lines of one table."""
        found: tuple[Line, ...] = getattr(self, table)
        return found


def contact_of(record: Any) -> str | None:
    """The contact whose lines a record changes; None for a record that makes none."""
    if isinstance(record, Evaluation):
        return record.transcript
    return record.id if isinstance(record, (Transcript, Analysis)) else None


def lines_of(
    transcript: Transcript | None, analysis: Analysis | None, evaluations: Sequence[Evaluation]
) -> Lines:
    """The lines of one contact; none when there is neither transcript nor evaluation."""
    if transcript is None and not evaluations:
        return Lines((), (), ())
    about = _about(transcript, evaluations)
    found = _found(analysis)
    cases = tuple({**about, **found, **_evaluated(one, about)} for one in evaluations or (None,))
    shared = {name: about[name] for name in SHARED}
    answers = tuple(
        {
            **shared,
            "agent": one.agent or about["agent"],
            "counted": one.status in COUNTED,
            "evaluation": one.id,
            "scorecard": one.scorecard,
            "status": one.status,
            "criterion": verdict.criterion,
            "outcome": verdict.outcome,
            "points": verdict.points,
            "by": verdict.by,
        }
        for one in evaluations
        for verdict in one.verdicts
    )
    labels = tuple(
        {
            **shared,
            "agent": (one.agent if one is not None else "") or about["agent"],
            "counted": one is not None and one.status in COUNTED,
            "evaluation": one.id if one is not None else None,
            "scorecard": one.scorecard if one is not None else "",
            "status": one.status if one is not None else "unscored",
            "label": label,
            "severity": severity,
            "times": times,
        }
        for one in evaluations or (None,)
        for label, (severity, times) in _gravest(analysis).items()
    )
    return Lines(cases, answers, labels)


def _about(transcript: Transcript | None, evaluations: Sequence[Evaluation]) -> Line:
    if transcript is None:
        contact, agent = evaluations[0].transcript, evaluations[0].agent
        blank = dict.fromkeys(("channel", "language", "site", "reason", "day", "week"), "")
        return {"contact": contact, "agent": agent, **blank, "started_at": None, "turns": 0} | {
            "heard": None,
            "csat": None,
        }
    started = transcript.started_at or next((turn.at for turn in transcript.turns if turn.at), None)
    moment = started.astimezone(UTC) if started is not None and started.tzinfo is not None else started
    heard = [turn.confidence for turn in transcript.turns if turn.confidence is not None]
    told = transcript.metadata
    return {
        "contact": transcript.id,
        "agent": transcript.agent,
        "channel": transcript.channel,
        "language": transcript.language or "",
        "site": _text(told, "site"),
        "reason": _text(told, "reason", "queue"),
        "started_at": moment,
        "day": moment.strftime("%Y-%m-%d") if moment is not None else "",
        "week": "{}-W{:02d}".format(*moment.isocalendar()[:2]) if moment is not None else "",
        "turns": len(transcript.turns),
        "heard": round(sum(heard) / len(heard), 4) if heard else None,
        "csat": _number(told.get("csat")),
    }


def _found(analysis: Analysis | None) -> Line:
    findings = analysis.findings if analysis is not None else ()
    gravest = max(findings, key=lambda finding: severity_rank(finding.severity), default=None)
    return {
        "findings": len(findings),
        "gravest": gravest.label if gravest is not None else "",
        "severity": severity_rank(gravest.severity) if gravest is not None else 0,
        "scriptedness": analysis.scriptedness.value if analysis is not None else None,
    }


def _gravest(analysis: Analysis | None) -> dict[str, tuple[int, int]]:
    """How gravely a label was found at most, and how often."""
    found: dict[str, tuple[int, int]] = {}
    for finding in analysis.findings if analysis is not None else ():
        severity, times = found.get(finding.label, (0, 0))
        found[finding.label] = (max(severity, severity_rank(finding.severity)), times + 1)
    return dict(sorted(found.items()))


def _evaluated(evaluation: Evaluation | None, about: Line) -> Line:
    status = evaluation.status if evaluation is not None else "unscored"
    return {
        "agent": (evaluation.agent if evaluation is not None else "") or about["agent"],
        "evaluation": evaluation.id if evaluation is not None else None,
        "scorecard": evaluation.scorecard if evaluation is not None else "",
        "status": status,
        "waiting": status in WAITING,
        "score": evaluation.score if evaluation is not None else None,
        "raw_score": evaluation.raw_score if evaluation is not None else None,
        "passed": evaluation.passed if evaluation is not None else None,
        "failed": len(evaluation.auto_failed) if evaluation is not None else 0,
        "auto_failed": ", ".join(evaluation.auto_failed) if evaluation is not None else "",
    }


def _text(told: Mapping[str, Any], *names: str) -> str:
    return next((str(told[name]) for name in names if isinstance(told.get(name), (str, int))), "")


def _number(value: Any) -> float | None:
    try:
        number = nan if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    # SQLite has no NaN, and one would make every sum over the column one.
    return number if isfinite(number) else None


# -- conditions, in Python and in SQL --------------------------------------------------------------


def check_columns(table: str, names: Iterable[str]) -> None:
    """Refuse a column that the table does not have; nothing else ever becomes SQL.

    Raises:
        InputError: No such table or column.
    """
    if table not in COLUMNS:
        raise InputError(f"register: no table {table!r}; there are {', '.join(COLUMNS)}")
    for name in names:
        if name not in COLUMNS[table]:
            raise InputError(f"{table}: no column {name!r}; there are {', '.join(COLUMNS[table])}")


def holds(line: Line, where: Where) -> bool:
    """Whether a line meets every condition."""
    return all(_meets(line[name], wanted) for name, wanted in where.items())


def _meets(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Between):
        low, high = plain(wanted.low), plain(wanted.high)
        value = plain(value)
        return value is not None and (low is None or value >= low) and (high is None or value < high)
    if isinstance(wanted, tuple):
        return value in wanted
    return bool(plain(value) == plain(wanted))


def condition(where: Where) -> tuple[str, list[Any]]:
    """The conditions as SQL with question marks, and their values. Columns must have been checked."""
    parts: list[str] = []
    values: list[Any] = []
    for name, wanted in where.items():
        if isinstance(wanted, Between):
            for sign, end in ((">=", wanted.low), ("<", wanted.high)):
                if end is not None:
                    parts.append(f'"{name}" {sign} ?')
                    values.append(plain(end))
            parts.append(f'"{name}" IS NOT NULL')
        elif isinstance(wanted, tuple):
            parts.append(f'"{name}" IN ({",".join("?" * len(wanted))})')
            values += map(plain, wanted)
        else:
            parts.append(f'"{name}" IS ?')
            values.append(plain(wanted))
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def ordering(order: Sequence[str]) -> list[tuple[str, bool]]:
    """`("-severity", "score")` as columns and whether each falls."""
    return [(name.removeprefix("-"), name.startswith("-")) for name in order]


def plain(value: Any) -> Any:
    """A value as it stands in a file: times as ISO text in UTC, truth as 0 or 1."""
    if isinstance(value, datetime):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def case_from(line: Mapping[str, Any]) -> Case:
    """The record of a line of `cases`, as kept in memory or read from a file."""
    started = line["started_at"]
    passed = line["passed"]
    return Case(
        **{
            **line,
            "started_at": datetime.fromisoformat(started) if isinstance(started, str) else started,
            "waiting": bool(line["waiting"]),
            "passed": None if passed is None else bool(passed),
        }
    )
