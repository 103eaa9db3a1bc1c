"""Long tables: one row for each answer, for whoever counts on their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from models.patterns import pattern
from qa.exports.dossier import Dossier

COLUMNS = (
    "contact", "agent", "channel", "started_at", "scorecard", "status", "confirmed_by", "confirmed_at",
    "score", "raw_score", "passed", "section", "criterion", "question", "copc", "auto_fail", "outcome",
    "value", "points", "weight", "answered_by", "machine_outcome", "reason", "turns", "words",
)  # fmt: skip
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEW_CELL = pattern(r"([;\t\r\n]\s*\"?\s*)([=+\-@＝＋－＠])")


def as_words(value: object) -> object:
    """A cell that no spreadsheet runs: words that look like a formula get an apostrophe before them.

    Numbers stay numbers. As OWASP advises against CSV injection; full-width signs are formulas too
    where the spreadsheet is set to East Asian text.
    """
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(_STARTS_A_FORMULA) else value


def long_rows(dossiers: Iterable[Dossier]) -> list[dict[str, object]]:
    """One row for each criterion of each evaluation, in order."""
    return [row for dossier in dossiers for row in _rows(dossier)]


def long_csv(dossiers: Iterable[Dossier]) -> str:
    """The rows as CSV with a header, in UTF-8 with the mark that spreadsheets look for."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in long_rows(dossiers):
        writer.writerow({name: _in_one_cell(as_words(value)) for name, value in row.items()})
    return "\ufeff" + out.getvalue()


def _in_one_cell(value: object) -> object:
    """Words that stay words where the spreadsheet parts cells at semicolons or tabs.

    Half of Europe has it so; what stands behind a semicolon would then begin a cell.
    """
    return _NEW_CELL.sub(r"\1'\2", value) if isinstance(value, str) else value


def _rows(dossier: Dossier) -> list[dict[str, object]]:
    one, contact, signed = dossier.evaluation, dossier.transcript, dossier.confirmed_by
    shared: dict[str, object] = {
        "contact": contact.id,
        "agent": one.agent or contact.agent,
        "channel": contact.channel,
        "started_at": contact.started_at.isoformat() if contact.started_at else "",
        "scorecard": one.scorecard,
        "status": one.status,
        "confirmed_by": signed.who if signed else "",
        "confirmed_at": signed.at.isoformat() if signed else "",
        "score": one.score,
        "raw_score": one.raw_score,
        "passed": "" if one.passed is None else "yes" if one.passed else "no",
    }
    rows = []
    for section, criterion, verdict in dossier.answered:
        machine = dossier.machine(criterion.ref)
        quoted = dossier.quoted(verdict.evidence)
        rows.append(
            {
                **shared,
                "section": section.ref,
                "criterion": criterion.ref,
                "question": criterion.question,
                "copc": criterion.copc,
                "auto_fail": criterion.auto_fail,
                "outcome": verdict.outcome,
                "value": _value(verdict.value),
                "points": verdict.points,
                "weight": criterion.weight,
                "answered_by": verdict.by,
                "machine_outcome": machine.outcome if machine else "",
                "reason": verdict.reason,
                "turns": " ".join(str(turn) for turn, _ in quoted),
                "words": " | ".join(words for _, words in quoted),
            }
        )
    return rows


def _value(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, (tuple, list)) else "" if value is None else value
