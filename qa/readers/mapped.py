"""Tables read by a mapping of columns: rows that cannot be read are told by their number, the others stay."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.errors import InputError
from models.records import ReadWarning
from qa.readers.content import decode
from qa.readers.drafts import Draft, Said, channel_of, kept, words
from qa.readers.fields import Column, said_of
from qa.readers.mapping import ColumnMapping, plain
from qa.readers.roles import role_of
from qa.readers.tables import allow_long_fields, sheets_of
from qa.readers.times import number

MOST_ROWS = 200_000
_MOST_COLUMNS = 200
_TITLE_ROWS = 10
_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 500
_MOST_VALUES = 12
_LONGEST_VALUE = 60
_MOST_NAMED = 5
Row = tuple[int, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table offers to be mapped: its columns, and the values that each repeats."""

    names: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    """For each column its values when they are few and come again, such as those of a speaker; else none."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """The contacts of a table, and the rows that are in none of them."""

    format: str
    drafts: tuple[Draft, ...]
    rejected: tuple[str, ...]
    """`row 7: has no text`; rows are counted as a spreadsheet counts them, from 1 with the header."""
    warnings: tuple[ReadWarning, ...] = ()


def columns_of(content: bytes) -> Columns | None:
    """The columns of a CSV or XLSX file with a header row; None when it is no such table."""
    for _, _, rows in _tables(content, None):
        header = next(rows, None)
        if header is None:
            continue
        names = [words(cell).strip() for cell in header[1]]
        sample = [row for _, row in itertools.islice(rows, _SAMPLE_ROWS) if any(map(words, row))]
        # Sentences have commas too: a table's rows are as wide as its header, which is of names.
        wide = sum(_width(row) <= len(names) <= len(row) for row in sample)
        if 2 * wide <= len(sample) or any(len(name) > _LONGEST_VALUE or ": " in name for name in names):
            continue
        seen: list[dict[str, int]] = [{} for _ in names]
        for row in sample:
            for place, cell in enumerate(row[: len(names)]):
                value = words(cell).strip()
                if value and len(value) <= _LONGEST_VALUE and len(seen[place]) <= _MOST_VALUES:
                    seen[place][value] = seen[place].get(value, 0) + 1
        few = [len(one) <= _MOST_VALUES and sum(one.values()) > len(one) for one in seen]
        return Columns(
            tuple(names),
            tuple(tuple(sorted(one)) if ok else () for one, ok in zip(seen, few, strict=True)),
        )
    return None


def _width(row: Sequence[Any]) -> int:
    """Cells up to the last that holds something."""
    return max((place for place, cell in enumerate(row, start=1) if words(cell).strip()), default=0)


def fits(content: bytes, mapping: ColumnMapping) -> bool:
    """Whether a file is a table with all columns that the mapping names."""
    return any(next(rows, None) for _, _, rows in _tables(content, mapping))


def read_mapped(content: bytes, mapping: ColumnMapping) -> Mapped:
    """The contacts of a CSV or XLSX file, by the mapping.

    Raises:
        InputError: It is no table, lacks a column that the mapping names (says which, and what there is),
            or no row of it can be read.
    """
    for format, warnings, rows in _tables(content, mapping):
        header = next(rows, None)
        if header is not None:
            drafts, rejected = _contacts(header[1], rows, mapping)
            return Mapped(format, tuple(drafts), tuple(rejected), warnings)
    found = columns_of(content)
    if found is None:
        raise InputError("a column mapping needs a CSV or XLSX file with a header row")
    there = {plain(name) for name in found.names}
    missing = next(column for column in mapping.columns.values() if plain(column) not in there)
    named = ", ".join(name for name in found.names[:20] if name)
    raise InputError(f"the file has no column “{missing}”; its columns are {named}")


def _tables(
    content: bytes, mapping: ColumnMapping | None
) -> Iterator[tuple[str, tuple[ReadWarning, ...], Iterator[Row]]]:
    """The file as tables: rows from the header on. With a mapping, those whose header has its columns."""
    if content.startswith(b"PK\x03\x04"):
        for sheet in sheets_of(content):
            yield "xlsx", (), _from_header(enumerate(sheet, start=1), mapping)
        return
    text, warnings = decode(content)
    if text.lstrip()[:6].startswith(("{", "[", "<", "WEBVTT")):
        return
    allow_long_fields()
    start = text[:20_000]
    for delimiter in sorted(_DELIMITERS, key=lambda one: -start.count(one)):
        if delimiter in start:
            reader = csv.reader(io.StringIO(text), delimiter=delimiter)
            yield "csv", tuple(warnings), _from_header(_records(reader), mapping)


def _records(reader: Any) -> Iterator[Row]:
    """Rows by their number; where the table breaks, the rows before it are kept."""
    count = 0
    while True:
        count += 1
        try:
            yield count, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield count, ("\0",)


def _from_header(rows: Iterator[Row], mapping: ColumnMapping | None) -> Iterator[Row]:
    fewest = 2
    for at, row in rows:
        names = {plain(words(cell)) for cell in row[:_MOST_COLUMNS]} - {""}
        wanted = {plain(column) for column in mapping.columns.values()} if mapping is not None else set()
        if (wanted and wanted <= names) or (mapping is None and len(names) >= fewest):
            header = list(row)
            while header and not words(header[-1]).strip():
                header.pop()
            yield at, header
            yield from rows
            return
        if at > _TITLE_ROWS:
            return


def _contacts(
    header: Sequence[Any], rows: Iterator[Row], mapping: ColumnMapping
) -> tuple[list[Draft], list[str]]:
    places = {plain(words(cell)): place for place, cell in reversed(list(enumerate(header)))}
    where = {what: Column(places[plain(column)]) for what, column in mapping.columns.items()}
    groups: dict[str, list[Row]] = {}
    rejected: list[str] = []
    for count, (at, row) in enumerate(rows):
        if count >= MOST_ROWS:
            raise InputError(f"the table has more than {MOST_ROWS:,} rows; split it")
        if not any(words(cell).strip() for cell in row):
            continue
        wrong = _wrong(row, len(header), where)
        if wrong:
            rejected.append(f"row {at}: {wrong}")
        else:
            groups.setdefault(words(_cell(row, where.get("contact"))).strip(), []).append((at, row))
    if not groups:
        raise InputError(
            f"no row fits the mapping: {rejected[0]}" if rejected else "the table has a header and no rows"
        )
    return [_contact(id, group, where, mapping) for id, group in groups.items()], rejected


def _wrong(row: Sequence[Any], width: int, where: dict[str, Column]) -> str:
    """Why a row cannot be read; empty when it can."""
    if row == ("\0",):
        return "cannot be parsed; a quotation mark may be missing"
    if any(words(cell).strip() for cell in row[width:]):
        return f"has {len(row)} cells, the header {width}"
    if "contact" in where and not words(_cell(row, where["contact"])).strip():
        return "has no contact id"
    return "" if words(_cell(row, where["text"])).strip() else "has no text"


def _cell(row: Sequence[Any], column: Column | None) -> Any:
    return row[column.key] if column is not None and column.key < len(row) else None


def _contact(id: str, group: list[Row], where: dict[str, Column], mapping: ColumnMapping) -> Draft:
    first = group[0][1]
    notes: list[ReadWarning] = []
    orders = [number(_cell(row, where.get("order"))) for _, row in group]
    if "order" in where:
        unread = [at for (at, _), one in zip(group, orders, strict=True) if one is None]
        if unread:
            notes.append(_note("row-order", unread, "its turn number is no number"))
        else:
            group = [
                row for _, row in sorted(zip(orders, group, strict=True), key=lambda pair: pair[0] or 0.0)
            ]
    # Our names of a turn's fields: a time is an offset or a moment, and only the value tells.
    names = {"start": "time", "end": "end", "speaker": "speaker", "text": "text", "language": "language"}
    turn_of = {ours: where[theirs] for ours, theirs in names.items() if theirs in where}
    strange: list[int] = []
    untimed: list[int] = []
    said: list[Said] = []
    for at, row in group:
        one = said_of(lambda key, row=row: row[key] if key < len(row) else None, turn_of)  # type: ignore[misc]
        label = words(_cell(row, where.get("speaker"))).strip()
        role = mapping.role(label) or (None if mapping.speakers else role_of(label))
        if "speaker" in where and role is None and mapping.speakers:
            strange.append(at)
            role = "unknown"
        if "time" in where and one.start_s is None and one.at is None and words(_cell(row, where["time"])):
            untimed.append(at)
        agent = words(_cell(row, where.get("agent"))).strip()
        said.append(replace(one, speaker=role, who=agent if agent and role == "agent" else label))
    if strange:
        notes.append(_note("row-speaker", strange, "its speaker is none of those mapped"))
    if untimed:
        notes.append(_note("row-time", untimed, "its time cannot be read"))
    agents = list(
        dict.fromkeys(filter(None, (words(_cell(row, where.get("agent"))).strip() for _, row in group)))
    )
    return Draft(
        said,
        id=id,
        agent=agents[0] if len(agents) == 1 else "",
        channel=channel_of(words(_cell(first, where.get("channel")))),
        language=words(_cell(first, where.get("language"))).strip() or None,
        speaker_from="user",
        metadata=kept(
            queue=words(_cell(first, where.get("queue"))).strip(),
            agents=agents if len(agents) > 1 else None,
            columns=mapping.id,
        ),
        warnings=tuple(notes),
    )


def _note(code: str, rows: Sequence[int], what: str) -> ReadWarning:
    """A note on some rows, the first few by number."""
    if len(rows) == 1:
        return ReadWarning(code, f"row {rows[0]}: {what}")
    named = ", ".join(str(one) for one in rows[:_MOST_NAMED]) + (", …" if len(rows) > _MOST_NAMED else "")
    return ReadWarning(code, f"rows {named}: {what}")
