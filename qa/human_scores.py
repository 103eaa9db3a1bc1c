"""Past scores that people gave, out of CSV: so that agreement can be computed on the first day.

Wide (a row per contact, a column per criterion) or long (a row per answer), told by the header. A
column is a criterion's when its header is the ref or the question. Comma, semicolon, tab or bar;
UTF-8 or cp1252; `0,8` and `80 %` are understood. A bad row is listed with its line and stops no other.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from models.errors import InputError
from models.patterns import pattern
from models.records import AnswerValue, Criterion, Outcome, RaterAnswers, Verdict
from qa.answering import outcome_of, points_for

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

MAX_BYTES = 50_000_000
_MOST_ROWS = 500_000
_MOST_COLUMNS = 2_000
_CONTACT = "contact_id contact conversation_id conversation call_id call interaction_id ticket_id id"
_RATER = "rater evaluator reviewer scored_by qa qa_analyst analyst assessor evaluated_by who"
_TOTAL = "total score total_score overall final_score qa_score overall_score percentage result"
_DATE = "date at scored_at evaluated_at evaluation_date created_at submitted_at"
_CRITERION = "criterion question question_ref criterion_ref question_text item parameter attribute"
_ANSWER = "answer outcome value response result rating mark selected_answer"
_COMMENT = "comment comments note notes reason remark remarks justification"
_YES = frozenset("yes y true 1 pass passed met ok x ✓ ja si sí sim oui da tak oo".split())
_NO = frozenset("no n false 0 fail failed nein não nao non nie".split()) | {"not met", "not_met", "not ok"}
_NOT_APPLICABLE = frozenset("na n/a n.a. not_applicable nv s/o entfällt".split()) | {
    "not applicable",
    "no aplica",
    "sans objet",
}
_NUMBER = pattern(r"([+-]?\d{1,30}(?:[.,]\d{1,30})?)\s*(%)?")
_FRACTION = pattern(r"(\d{1,30}(?:[.,]\d{1,30})?)\s*/\s*(\d{1,30}(?:[.,]\d{1,30})?)")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
_PERCENT = 100
_SHORTEST_CARD = 12
_UUID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken in."""

    line: int
    """Of the file, from 1; a cell with line breaks counts with its last."""
    reason: str
    """Never a word of the row."""


@dataclass(frozen=True, slots=True)
class HumanScores:
    """What a file of past scores held."""

    answers: tuple[RaterAnswers, ...]
    rejected: tuple[RejectedRow, ...]
    shape: str
    """`wide` or `long`."""
    unmatched: tuple[int, ...]
    """Columns, from 1, whose header is no criterion and nothing else that is known."""


class _BadRowError(ValueError):
    """Why a row is not taken; the text is safe to show."""


def read_human_scores(
    raw: bytes, card: Scorecard, *, origin: str = "scores.csv", rater: str = ""
) -> HumanScores:
    """Read a CSV file of past scores.

    Args:
        raw: The file.
        card: The scorecard whose criteria were scored.
        origin: Name of the file, kept with every answer.
        rater: Who gave them, where no column says.

    Raises:
        InputError: Not a table, far too large, no contact column, or no criterion and no total in it.
    """
    rows = _rows(raw, origin)
    _, header = next(rows, (0, []))
    if len(header) > _MOST_COLUMNS:
        raise InputError(f"{origin}: {len(header)} columns, {_MOST_COLUMNS} at most")
    columns = _columns(header, card)
    if columns.contact is None:
        raise InputError(f"{origin}: no column with the contact's id; call it contact_id")
    if columns.long and (columns.criterion is None or columns.answer is None):
        raise InputError(f"{origin}: needs a column per criterion, or the columns criterion and answer")
    rejected: list[RejectedRow] = []
    sheets: dict[tuple[str, str], _Draft] = {}
    for line, row in rows:
        try:
            _take(row, columns, sheets, rater)
        except _BadRowError as problem:
            rejected.append(RejectedRow(line, str(problem)))
    return HumanScores(
        answers=tuple(
            draft.made(contact, who, card, origin)
            for (contact, who), draft in sheets.items()
            if draft.verdicts or draft.total is not None
        ),
        rejected=tuple(rejected),
        shape="long" if columns.long else "wide",
        unmatched=columns.unmatched,
    )


@dataclass(slots=True)
class _Draft:
    """Answers of one rater to one contact, as rows bring them."""

    verdicts: dict[str, Verdict]
    total: float | None = None
    at: datetime | None = None

    def made(self, contact: str, who: str, card: Scorecard, origin: str) -> RaterAnswers:
        order = [one.ref for one in card.criteria if one.ref in self.verdicts]
        id = sha256(f"{origin}\n{contact}\n{who}".encode()).hexdigest()[:16]
        return RaterAnswers(
            id=f"import:{card.name}:{id}",
            contact=contact,
            scorecard=card.name,
            who=who,
            answers=tuple(self.verdicts[ref] for ref in order),
            at=self.at,
            origin=origin,
            total=self.total,
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    contact: int | None
    rater: int | None
    total: int | None
    at: int | None
    comment: int | None
    criterion: int | None
    answer: int | None
    criteria: Mapping[int, Criterion]
    named: Mapping[str, Criterion]
    unmatched: tuple[int, ...]
    width: int

    @property
    def long(self) -> bool:
        return not self.criteria and (self.criterion is not None or self.total is None)


def _columns(header: Sequence[str], card: Scorecard) -> _Columns:
    names = [_folded(name) for name in header]
    known = _by_name(card)
    criteria: dict[int, Criterion] = {}
    for place, name in enumerate(names):
        if name in known and known[name] not in criteria.values():
            criteria[place] = known[name]

    def first(words: str) -> int | None:
        for word in words.split():
            if word in names and names.index(word) not in criteria:
                return names.index(word)
        return None

    places = [first(words) for words in (_CONTACT, _RATER, _TOTAL, _DATE, _COMMENT, _CRITERION, _ANSWER)]
    taken = {place for place in places if place is not None} | set(criteria)
    unmatched = tuple(place + 1 for place, name in enumerate(names) if name and place not in taken)
    contact, rater, total, at, comment, criterion, answer = places
    if not criteria and criterion is not None and answer is None:
        answer, total = total, None
    return _Columns(
        contact, rater, total, at, comment, criterion, answer, criteria, known, unmatched, len(header)
    )


def _take(
    row: Sequence[str],
    columns: _Columns,
    sheets: dict[tuple[str, str], _Draft],
    rater: str,
) -> None:
    if len(row) != columns.width:
        raise _BadRowError(f"has {len(row)} cells, the header has {columns.width}")
    contact = _without_card(_cell(row, columns.contact))
    who = _without_card(_cell(row, columns.rater)) or rater
    if not contact:
        raise _BadRowError("has no contact id")
    if not who:
        raise _BadRowError("does not say who scored it; name the person with --rater")
    found: dict[str, Verdict] = {}
    comment = _cell(row, columns.comment)
    if columns.long:
        name = _folded(_cell(row, columns.criterion))
        criterion = columns.named.get(name)
        if criterion is None:
            raise _BadRowError("is about no criterion of the scorecard")
        _answer_into(found, criterion, _cell(row, columns.answer), comment, who)
    else:
        for place, criterion in columns.criteria.items():
            _answer_into(found, criterion, row[place].strip(), comment, who)
    total = None
    if columns.total is not None and (said := _cell(row, columns.total)):
        total = _total(said)
        if total is None:
            raise _BadRowError("the total is no number from 0 to 100")
    draft = sheets.setdefault((contact, who), _Draft({}))
    if not columns.long and (draft.verdicts or draft.total is not None):
        raise _BadRowError("the same person scored this contact further up")
    if found.keys() & draft.verdicts.keys():
        raise _BadRowError("the same person answered this criterion further up")
    draft.verdicts |= found
    draft.total = total if total is not None else draft.total
    draft.at = _date(_cell(row, columns.at)) or draft.at


def _answer_into(found: dict[str, Verdict], criterion: Criterion, said: str, comment: str, who: str) -> None:
    """The answer in a cell; an empty cell is none.

    Raises:
        _BadRowError: The cell is no answer to this criterion; names the ref, never the cell.
    """
    if said in ("", "-"):
        return
    outcome, value = _read(criterion, said)
    if outcome is None:
        raise _BadRowError(f"{criterion.ref}: is no answer that this criterion takes")
    points = points_for(criterion, outcome, value)
    found[criterion.ref] = Verdict(criterion.ref, outcome, points, comment, who, (), value)


def _read(criterion: Criterion, said: str) -> tuple[Outcome | None, AnswerValue]:
    word = unicodedata.normalize("NFKC", said).strip().casefold()
    if word in _NOT_APPLICABLE:
        return "NOT_APPLICABLE", None
    if criterion.answer.kind == "text":
        return "MET", said
    if criterion.answer.kind in ("scale", "multi"):
        return _chosen(criterion, said)
    if criterion.answer.kind == "number":
        number = _NUMBER.fullmatch(word)
        value = None if number is None else float(number[1].replace(",", "."))
        outcome = None if value is None else outcome_of(criterion, value)
        return (None if outcome == "UNSCORED" else outcome), value
    if word in _YES or word in _NO:
        return ("MET" if word in _YES else "NOT_MET"), None
    share = _share_in(word)
    # Part of the points is no full yes: it is a no where yes or no is asked.
    return (None if share is None else "MET" if share >= 1 else "NOT_MET"), None


def _chosen(criterion: Criterion, said: str) -> tuple[Outcome | None, AnswerValue]:
    known = {_folded(name): one.ref for one in criterion.answer.options for name in (one.text, one.ref)}
    if criterion.answer.kind == "multi":
        refs = [known.get(_folded(part)) for part in re.split(r"[;|,]", said)]
        chosen = tuple(ref for ref in refs if ref is not None)
        return (None, None) if None in refs else (outcome_of(criterion, chosen), chosen)
    ref = known.get(_folded(said))
    if ref is None:
        number = _NUMBER.fullmatch(said.strip())
        whole = number is not None and float(number[1].replace(",", ".")).is_integer() and not number[2]
        ref = (
            known.get(str(int(float(number[1].replace(",", "."))))) if whole and number is not None else None
        )
    return (None, None) if ref is None else (outcome_of(criterion, ref), ref)


def _share_in(word: str) -> float | None:
    """A share of the points: `0,8`, `80 %`, `8/10`; a bare number above 1 is a percentage."""
    fraction = _FRACTION.fullmatch(word)
    if fraction is not None:
        part, whole = (float(fraction[place].replace(",", ".")) for place in (1, 2))
        return part / whole if whole and part <= whole else None
    number = _NUMBER.fullmatch(word)
    if number is None:
        return None
    value = float(number[1].replace(",", "."))
    share = value / _PERCENT if number[2] or value > 1 else value
    return share if 0 <= share <= 1 else None


def _total(said: str) -> float | None:
    share = _share_in(unicodedata.normalize("NFKC", said).strip().casefold())
    return None if share is None else round(share, 6)


def _date(said: str) -> datetime | None:
    """A day or moment, taken as UTC where it has no zone; None when it is of no known shape."""
    for shape in _DATES:
        try:
            return datetime.strptime(said, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _by_name(card: Scorecard) -> dict[str, Criterion]:
    names = {_folded(one.question): one for one in card.criteria}
    return names | {_folded(one.ref): one for one in card.criteria}


def _without_card(name: str) -> str:
    """An id or a person as it may be kept; as the readers of contacts do with names of files."""
    if sum(map(str.isdigit, name)) < _SHORTEST_CARD or _UUID.fullmatch(name):
        return name
    from models.redaction import redact

    return redact(name, kinds=("CARD",))


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None else row[place].strip()


def _folded(name: str) -> str:
    """A header as it is compared: case, blanks and punctuation apart."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", name).strip().casefold()).strip("_")


def _rows(raw: bytes, origin: str) -> Iterator[tuple[int, list[str]]]:
    if len(raw) > MAX_BYTES:
        raise InputError(f"{origin}: larger than {MAX_BYTES // 1_000_000} MB; split it")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\0" in text:
        raise InputError(f"{origin}: is no text; save it as CSV in UTF-8")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    count = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise InputError(
                f"{origin}, line {reader.line_num}: not CSV; a quotation mark is not closed"
            ) from None
        if any(cell.strip() for cell in row):
            count += 1
            if count > _MOST_ROWS:
                raise InputError(f"{origin}: more than {_MOST_ROWS} rows; split it")
            yield reader.line_num, row
