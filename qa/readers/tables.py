"""Tables: a row a turn, or a row a call with the transcript in a cell; CSV and XLSX alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.errors import InputError
from models.records import ReadWarning
from qa.readers.drafts import Draft, Said, channel_of, kept, words
from qa.readers.fields import Column, columns, said_of
from qa.readers.plain import read_text
from qa.readers.roles import role_of
from qa.readers.times import moment, number

_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 1_000
_LONGEST_FIELD = 50_000_000
_CUT_CELL = 32_767
"""Excel's limit: a cell of exactly this length has lost its end."""
_MOST_ROWS = 200_000
_MOST_UNPACKED = 100_000_000
_FACTS = ("queue", "campaign", "skill", "disposition", "direction", "reason", "site", "csat")
KNOWN_COLUMNS = (
    "a row a turn needs columns such as conversation_id, speaker and text; "
    "a row a call needs a call_id and a transcript column"
)


def is_table(text: str) -> bool:
    """Whether the first line names columns we know, or the rows begin with speakers."""
    return _layout(text) is not None


def looks_tabular(text: str) -> bool:
    """Whether the first lines have the same number (3 or more) of cells, whatever they hold."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:20]
    fewest_cells, fewest_rows = 3, 2
    for delimiter in _DELIMITERS:
        counts = (
            {len(row) for row in csv.reader(lines, delimiter=delimiter)}
            if len(lines) >= fewest_rows
            else set()
        )
        if len(counts) == 1 and counts.pop() >= fewest_cells:
            return True
    return False


def read_csv(text: str) -> list[Draft]:
    """The contacts of a CSV file.

    Raises:
        InputError: More than 1,000 columns, or a table that cannot be parsed.
    """
    layout = _layout(text)
    if layout is None:
        raise InputError(f"a table with unknown columns; {KNOWN_COLUMNS}")
    delimiter, header = layout
    allow_long_fields()
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        if header is not None:
            _skip_header(reader)
            return read_rows(header, reader)
        first = next(csv.reader([text.lstrip("\n").split("\n", 1)[0]], delimiter=delimiter))
        return read_rows(_guessed_header(text, delimiter) or first, reader)
    except csv.Error as problem:
        raise InputError(f"the table breaks at line {reader.line_num} ({problem}); export it again") from None


def allow_long_fields() -> None:
    """Let cells be as long as a transcript is."""
    # The limit belongs to the whole process; a transcript cell may be longer than its 128 kB.
    if csv.field_size_limit() < _LONGEST_FIELD:
        csv.field_size_limit(_LONGEST_FIELD)


def _skip_header(reader: Iterator[list[str]]) -> None:
    for row in reader:
        if any(cell.strip() for cell in row):
            return


def _layout(text: str) -> tuple[str, list[str] | None] | None:
    """Delimiter and header (None when the rows have none), or None when this is no table we know."""
    first = text.lstrip("\n").split("\n", 1)[0]
    best: tuple[int, str, list[str]] | None = None
    allow_long_fields()
    for delimiter in _DELIMITERS:
        if delimiter not in first:
            continue
        if first.count(delimiter) >= _MOST_COLUMNS:
            if _is_prose(first, delimiter):
                continue
            raise InputError(f"the table has more than {_MOST_COLUMNS} columns; keep those of the transcript")
        try:
            header = next(csv.reader([first], delimiter=delimiter))
        except (csv.Error, StopIteration):
            continue
        known = columns(enumerate(header))
        if _enough(known) and (best is None or len(known) > best[0]):
            best = (len(known), delimiter, header)
    if best:
        return best[1], best[2]
    for delimiter in _DELIMITERS:
        if delimiter in first and _guessed_header(text, delimiter):
            return delimiter, None
    return None


def _is_prose(line: str, delimiter: str) -> bool:
    """A very long line of sentences has commas too, but blanks inside its cells."""
    cells = line[:100_000].split(delimiter)
    return sum(" " in cell.strip() for cell in cells) * 10 > len(cells)


def _enough(known: Mapping[str, Column]) -> bool:
    return "text" in known and bool({"speaker", "contact", "agent", "turn_id", "participant"} & set(known))


def _guessed_header(text: str, delimiter: str) -> list[str] | None:
    """Column names for a table without them: one column holds roles, the longest other one words."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:50]
    try:
        table = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return None
    fewest, most = 2, 12
    width = min((len(row) for row in table), default=0)
    if len(table) < fewest or not fewest <= width <= most:
        return None
    enough = 0.8
    for index in range(width):
        if sum(_is_role(row[index]) for row in table) >= enough * len(table):
            others = [place for place in range(width) if place != index]
            longest = max(others, key=lambda place: sum(len(row[place]) for row in table))
            timed = [place for place in others if all(":" in row[place] for row in table)]
            names = {index: "speaker", **dict.fromkeys(timed[:1], "timestamp"), longest: "text"}
            return [names.get(place, "") for place in range(width)]
    return None


def _is_role(cell: str) -> bool:
    return ":" not in cell and role_of(cell) is not None


def read_xlsx(content: bytes) -> list[Draft]:
    """The contacts of the first sheet whose header we know (it may stand below a few title rows).

    Raises:
        InputError: Not a workbook, an unreasonable one, or no sheet with known columns.
    """
    for rows in sheets_of(content):
        found = _read_sheet(rows)
        if found:
            return found
    raise InputError(f"a workbook with unknown columns; {KNOWN_COLUMNS}")


def sheets_of(content: bytes) -> Iterator[Iterator[Sequence[Any]]]:
    """The rows of each sheet of a workbook, in order.

    Raises:
        InputError: Not a workbook, or an unreasonable one.
    """
    import zipfile

    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked <= _MOST_UNPACKED:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as problem:  # openpyxl raises whatever the damaged part raises
        raise InputError("the workbook is damaged; save it again as XLSX or CSV") from problem
    if unpacked > _MOST_UNPACKED:
        raise InputError(f"the workbook unpacks to more than {_MOST_UNPACKED // 1_000_000} MB; split it")
    try:
        for sheet in book.worksheets:
            yield sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS)
    finally:
        book.close()


def _read_sheet(rows: Iterable[Sequence[Any]]) -> list[Draft]:
    title_rows = 10
    below = iter(rows)
    for number_of_row, row in enumerate(below):
        if _enough(columns(enumerate(row))):
            header = [words(cell) for cell in row]
            while not header[-1].strip():
                header.pop()
            # Every row comes as wide as a row may be.
            return read_rows(header, (cells[: len(header)] for cells in below))
        if number_of_row >= title_rows:
            break
    return []


def read_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Draft]:
    """Contacts from rows under a header: by contact id in order of appearance, or one a row.

    Raises:
        InputError: A header and no rows, or more than 200,000 rows.
    """
    rows = _bounded(rows)
    where = columns(enumerate(header))
    width = len(header)
    if "speaker" not in where:
        return _calls(where, rows)
    pairs: list[tuple[Any, Sequence[Any]]] = []
    ragged = 0
    for row in rows:
        if any(cell not in (None, "") for cell in row):
            ragged += len(row) != width
            pairs.append((_cell(row, where.get("contact")), row))
    if not pairs:
        raise InputError("the table has a header and no rows")
    drafts = [_contact(words(id).strip(), group, where) for id, group in _grouped(pairs)]
    if ragged:
        note = ReadWarning("ragged-rows", f"{ragged} rows have more or fewer cells than the header")
        drafts = [replace(draft, warnings=(*draft.warnings, note)) for draft in drafts]
    return drafts


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for count, row in enumerate(rows):
        if count >= _MOST_ROWS:
            raise InputError(f"the table has more than {_MOST_ROWS:,} rows; split it")
        yield row


def read_records(records: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """Contacts from a list of flat objects, a turn each (JSON and JSON lines).

    Raises:
        InputError: Too many different keys; else as `read_rows`.
    """
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record))
        if len(names) > _MOST_COLUMNS:
            raise InputError(
                f"the turns have more than {_MOST_COLUMNS} different keys; keep those of the transcript"
            )
    header = list(names)
    return read_rows(header, ([record.get(name) for name in header] for record in records))


def _grouped(pairs: list[tuple[Any, Sequence[Any]]]) -> list[tuple[Any, list[Sequence[Any]]]]:
    groups: dict[Hashable, list[Sequence[Any]]] = {}
    for id, row in pairs:
        groups.setdefault(words(id).strip(), []).append(row)
    return list(groups.items())


def _cell(row: Sequence[Any], column: Column | None) -> Any:
    return row[column.key] if column and column.key < len(row) else None


def _contact(id: str, group: list[Sequence[Any]], where: Mapping[str, Column]) -> Draft:
    order = [number(_cell(row, where.get("order"))) for row in group]
    if None not in order:
        group = [row for _, row in sorted(zip(order, group, strict=True), key=lambda pair: pair[0])]  # type: ignore[arg-type,return-value]

    def turn(row: Sequence[Any]) -> Said:
        one = said_of(lambda key: row[key] if key < len(row) else None, where)
        by_row = words(_cell(row, where.get("agent"))).strip()
        role = one.speaker or role_of(one.who)
        if by_row and role == "agent":
            return replace(one, who=by_row, speaker="agent")
        return one

    agents = _distinct(group, where.get("agent"))
    draft = _about(id, group[0], where)
    return replace(
        draft,
        said=[turn(row) for row in group],
        agent=agents[0] if len(agents) == 1 else "",
        metadata={**draft.metadata, **kept(agents=agents if len(agents) > 1 else None)},
    )


def _distinct(group: list[Sequence[Any]], column: Column | None) -> list[str]:
    found = {words(_cell(row, column)).strip(): None for row in group} if column else {}
    return [name for name in found if name]


def _about(id: str, row: Sequence[Any], where: Mapping[str, Column]) -> Draft:
    """What the columns of a row say about the contact as a whole."""

    def text(field: str) -> str:
        return words(_cell(row, where.get(field))).strip()

    required = text("required")
    return Draft(
        (),
        id=id,
        agent=text("agent"),
        client=text("client"),
        channel=channel_of(text("channel")),
        language=text("language") or None,
        started_at=moment(_cell(row, where.get("started_at"))),
        speaker_from="label",
        metadata=kept(
            **{name: text(name) for name in _FACTS},
            required=[part.strip() for part in required.replace(";", ",").split(",") if part.strip()],
        ),
    )


def _calls(where: Mapping[str, Column], rows: Iterable[Sequence[Any]]) -> list[Draft]:
    """A row a call: the cell holds labelled text, or JSON."""
    drafts: list[Draft] = []
    for row in rows:
        cell = words(_cell(row, where.get("text")))
        if not cell.strip():
            continue
        id = words(_cell(row, where.get("contact") or where.get("turn_id"))).strip()
        about = _about(id, row, where)
        if about.started_at is None:
            about = replace(about, started_at=moment(_cell(row, where.get("at") or where.get("start"))))
        inner = _in_cell(cell)
        cut = (ReadWarning("cell-cut", "the cell has 32,767 characters, Excel's limit: its end is missing"),)
        drafts.append(
            replace(
                about,
                said=inner.said,
                agent=about.agent or inner.agent,
                started_at=about.started_at or inner.started_at,
                speaker_from=inner.speaker_from,
                roles=inner.roles,
                metadata={**inner.metadata, **about.metadata},
                warnings=(*inner.warnings, *(cut if len(cell) == _CUT_CELL else ())),
            )
        )
    if not drafts:
        raise InputError("the table has a header and no transcript in any row")
    return drafts


def _in_cell(cell: str) -> Draft:
    from qa.readers.registry import read_embedded

    found = read_embedded(cell) if cell.lstrip().startswith(("{", "[")) else []
    return found[0] if len(found) == 1 else read_text(cell.replace("\\n", "\n") if "\n" not in cell else cell)
