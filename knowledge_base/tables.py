"""Questions and answers in a table: CSV, a spreadsheet, or JSON objects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.front_matter import document_fields
from models.errors import InputError

COLUMNS = {
    "question": (
        "question", "questions", "q", "query", "customer question", "frage", "vraag", "pregunta", "utterance",
    ),
    "answer": (
        "answer", "answers", "a", "response", "reply", "solution", "antwort", "antwoord", "respuesta",
    ),
    "client": ("client", "brand", "account", "tenant"),
}  # fmt: skip
"""Names of the columns that make a FAQ; compared without case, `_` and `-` as blanks."""

NO_FAQ = "has no question and answer columns; name them `question` and `answer`"


@dataclass(frozen=True, slots=True)
class Faq:
    """Questions that hold in the same days, with one set of document fields."""

    suffix: str
    """For the id, when a table holds answers of different days; else empty."""
    text: str
    fields: Mapping[str, Any]


def read_faq(rows: Sequence[Sequence[str]], *, names: Collection[str] = ()) -> tuple[list[Faq], list[str]]:
    """Questions and answers from rows, the first of which names the columns.

    Each question becomes a heading with its answer below. Rows that hold in different days or
    languages go into different documents, so that an expired answer is never shown.

    Args:
        rows: Cells as strings; blank rows are skipped.
        names: Names of this client. When the table has a client column, rows that name somebody
            else are left out. Empty: such a column is not read.

    Returns:
        The documents to be, and warnings.

    Raises:
        InputError: No such columns, or no complete row.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise InputError("is empty")
    columns = _columns(filled[0])
    if not {"question", "answer"} <= columns.keys():
        raise InputError(NO_FAQ)
    own = {name.casefold().strip() for name in names if name}
    ranks = set(columns.values())
    rest = [(place, name) for place, name in enumerate(filled[0]) if place not in ranks and name.strip()]
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    fields_of: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    problems: Counter[str] = Counter()
    for row in filled[1:]:
        question = " ".join(_at(row, columns["question"]).split())
        answer = _at(row, columns["answer"]).strip()
        whose = _at(row, columns["client"]).strip() if own and "client" in columns else ""
        if not question or not answer:
            problems["rows without a question or an answer were left out"] += 1
            continue
        if whose and whose.casefold() not in own:
            problems["rows of another client were left out"] += 1
            continue
        fields, wrong = document_fields({name: _at(row, place) for place, name in rest})
        fields.pop("metadata", None)
        fields.pop("title", None)
        for problem in wrong:
            problems[problem] += 1
        key = tuple(sorted((name, str(value)) for name, value in fields.items()))
        groups.setdefault(key, []).append(f"## {question}\n\n{escaped(answer)}")
        fields_of[key] = fields
    if not groups:
        raise InputError("has no row with both a question and an answer")
    warnings = [f"{count} × {problem}" for problem, count in problems.items()]
    faqs = [
        Faq(_suffix(fields_of[key]) if len(groups) > 1 else "", "\n\n".join(entries), fields_of[key])
        for key, entries in groups.items()
    ]
    return faqs, warnings


def escaped(answer: str) -> str:
    """An answer whose lines cannot be taken for headings."""
    return re.sub(
        r"^#", " #", answer.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"), flags=re.MULTILINE
    )


def rows_of_objects(objects: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """JSON objects as rows; several questions for one answer are put one after the other."""
    names = list(dict.fromkeys(name for item in objects for name in item))
    return [names, *([_cell(item.get(name)) for name in names] for item in objects)]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(_cell(item) for item in value)
    return "" if value is None else str(value)


def _columns(header: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\s_\-]+", " ", name.strip().strip("\ufeff*:?").casefold()) for name in header]
    found = {}
    for column, aliases in COLUMNS.items():
        place = next((plain.index(alias) for alias in aliases if alias in plain), None)
        if place is not None:
            found[column] = place
    return found


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _suffix(fields: Mapping[str, Any]) -> str:
    """Readable and the same for the same fields: ` from 2026-01-01 until 2026-06-30`."""
    words = {"effective_from": "from", "effective_until": "until"}
    return "".join(f" {words.get(name, name)} {value}" for name, value in sorted(fields.items()))
