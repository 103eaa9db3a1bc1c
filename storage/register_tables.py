"""The register as tables of a client's SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.codec import from_json
from models.records import Analysis, Evaluation, Transcript
from models.records.cases import Case, Tally, Where
from storage.register import ANSWER, CASE, COLUMNS, LABEL, case_from, condition, lines_of, ordering, plain

if TYPE_CHECKING:
    import apsw

_TYPES = dict.fromkeys("turns waiting passed failed findings severity counted times".split(), "INTEGER") | (
    dict.fromkeys("heard csat score raw_score scriptedness points".split(), "REAL")
)
_CURRENT = (
    "SELECT body FROM records JOIN revisions ON record = seq AND revisions.revision = records.revision "
    "WHERE kind = ? AND id = ?"
)


def create(connection: apsw.Connection) -> None:
    """The three tables. A column that comes later needs a migration of its own for files made before."""
    for table, columns in (("cases", CASE), ("answers", ANSWER), ("labels", LABEL)):
        typed = ", ".join(f'"{name}" {_TYPES.get(name, "TEXT")}' for name in columns)
        connection.execute(f"CREATE TABLE {table} ({typed})")
        connection.execute(f"CREATE INDEX {table}_contact ON {table} (contact)")
    connection.execute(
        """
        CREATE UNIQUE INDEX cases_evaluation ON cases (evaluation) WHERE evaluation IS NOT NULL;
        CREATE INDEX cases_queue ON cases (waiting DESC, severity DESC, failed DESC, score, contact);
        CREATE INDEX cases_scorecard ON cases (
            scorecard, status, agent, week, day, score, passed, scriptedness, csat, contact
        );
        CREATE INDEX cases_agent ON cases (agent, waiting DESC, severity DESC, failed DESC, score, contact);
        CREATE INDEX answers_counted ON answers (counted, criterion, outcome, scorecard, day, agent);
        CREATE INDEX labels_counted ON labels (counted, scorecard, label, severity, times, day, agent);
        """
    )


def refresh(connection: apsw.Connection, contact: str, evaluations: Sequence[str] = ()) -> None:
    """Make the lines of a contact anew from the records that the file holds now.

    Args:
        connection: In a transaction.
        contact: Id of the transcript.
        evaluations: Ids of evaluations that may not have a line yet.
    """
    known = connection.execute(
        "SELECT evaluation FROM cases WHERE contact = ? AND evaluation IS NOT NULL ORDER BY rowid", (contact,)
    ).fetchall()
    ids = dict.fromkeys([*(str(id) for (id,) in known), *evaluations])
    kept = [_current(connection, Evaluation, id) for id in ids]
    lines = lines_of(
        _current(connection, Transcript, contact),
        _current(connection, Analysis, contact),
        [one for one in kept if one is not None and one.transcript == contact],
    )
    for table, columns in COLUMNS.items():
        connection.execute(f"DELETE FROM {table} WHERE contact = ?", (contact,))  # noqa: S608 - our own names
        marks = ",".join("?" * len(columns))
        connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608 - our own names
            ([plain(line[name]) for name in columns] for line in lines.of(table)),
        )


def contacts_of(connection: apsw.Connection, evaluations: Sequence[str]) -> list[str]:
    """The contacts among whose lines these evaluations are."""
    marks = ",".join("?" * len(evaluations))
    query = f"SELECT DISTINCT contact FROM cases WHERE evaluation IN ({marks})"  # noqa: S608 - only question marks
    return [str(contact) for (contact,) in connection.execute(query, tuple(evaluations))]


def refresh_all(connection: apsw.Connection) -> None:
    """Make all lines anew."""
    evaluated: dict[str, list[str]] = {}
    for contact, id in connection.execute(
        "SELECT json_extract(body, '$.transcript'), id FROM records JOIN revisions ON record = seq AND "
        "revisions.revision = records.revision WHERE kind = 'Evaluation' ORDER BY seq"
    ):
        evaluated.setdefault(str(contact), []).append(str(id))
    stored = connection.execute("SELECT id FROM records WHERE kind = 'Transcript' ORDER BY seq").fetchall()
    for contact in dict.fromkeys([*(str(id) for (id,) in stored), *evaluated]):
        refresh(connection, contact, evaluated.get(contact, ()))


def cases(
    connection: apsw.Connection, where: Where, order: Sequence[str], limit: int | None, offset: int
) -> list[Case]:
    """Lines of `cases` that meet the conditions; the columns were checked."""
    needed, values = condition(where)
    # Nothing stands before something, in Python as here, so that both stores agree. Equals come by
    # contact, then as they were stored: `refresh` keeps the order of a contact's own lines, and theirs alone.
    by = [f'"{name}"{" DESC" if falls else ""}' for name, falls in ordering(order)]
    by += [column for column in ("contact", "rowid") if f'"{column}"' not in by]
    rows = connection.execute(
        f"SELECT * FROM cases{needed} ORDER BY {', '.join(by)} LIMIT ? OFFSET ?",  # noqa: S608
        (*values, -1 if limit is None else limit, offset),
    )
    return [case_from(dict(zip(CASE, row, strict=True))) for row in rows]


def tally(
    connection: apsw.Connection, table: str, by: Sequence[str], where: Where, of: str | None
) -> list[Tally]:
    """Lines counted by some columns; the columns were checked."""
    needed, values = condition(where)
    keys = ", ".join(f'"{name}"' for name in by)
    summed = f'count("{of}"), total("{of}"), total("{of}" * "{of}")' if of else "0, 0.0, 0.0"
    grouped = f" GROUP BY {keys} ORDER BY {keys}" if keys else ""
    found = connection.execute(
        f"SELECT {keys + ', ' if keys else ''}count(*), {summed} FROM {table}{needed}{grouped}",  # noqa: S608
        values,
    )
    width = len(by)
    return [Tally(tuple(row[:width]), row[width], *row[width + 1 :]) for row in found]


def _current(connection: apsw.Connection, kind: type[Any], id: str) -> Any:
    row = connection.execute(_CURRENT, (kind.__name__, id)).fetchone()
    return from_json(kind, str(row[0])) if row is not None else None
