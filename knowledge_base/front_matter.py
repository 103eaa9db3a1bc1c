"""Front matter: the optional YAML block above a document's text.

Nothing in it can lose a file. A value that cannot be meant is left out with a warning, a broken
block is left in the text with a warning, and unknown keys go into the document's metadata.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from knowledge_base.kinds import kind_named
from models.patterns import pattern
from models.records import Deadline, ReadWarning

MAX_CHARACTERS = 20_000
"""A longer block is text between two rulers."""

_BLOCK = pattern(r"\A\s*---[ \t]*\r?\n(.*?)(?:\A|(?<=\n))(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_KEY = pattern(r"^\s*[\w \-]+:(?:\s|$)", re.MULTILINE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = pattern(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})$")
_NAMED_US = pattern(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
_NUMBERS = pattern(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_YES = frozenset(("true", "yes", "on", "y", "1", "ja", "oui", "sí", "si"))
_NO = frozenset(("false", "no", "off", "n", "0", "nein", "nee", "non", ""))

SPELLINGS = {
    "type": "kind",
    "valid_from": "effective_from",
    "effective": "effective_from",
    "effective_date": "effective_from",
    "valid_to": "effective_until",
    "valid_until": "effective_until",
    "effective_to": "effective_until",
    "expires": "effective_until",
    "expires_on": "effective_until",
    "lang": "language",
    "when": "required_when",
    "deadline": "due",
}
"""Other names for the known keys, as real files write them."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Fields for a `Document`, and the text without the block."""

    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments of `Document`, `metadata` among them."""
    warnings: tuple[ReadWarning, ...] = ()


def read_front_matter(text: str, *, path: str = "") -> FrontMatter:
    r"""Take the front matter off a text.

    Args:
        text: The whole file.
        path: For the warnings.

    Returns:
        The rest of the text and the fields; the whole text when there is no block or it is broken.

    Example:
        >>> read_front_matter("---\nversion: 1.10\n---\nText").fields["version"]
        '1.10'
    """
    block = _BLOCK.match(text[: MAX_CHARACTERS + 8])
    if block is None:
        warnings: tuple[ReadWarning, ...] = ()
        if re.match(r"\s*---[ \t]*\r?\n\s*[\w-]+:\s", text):
            message = "the front matter is not closed by a line ---; it was left in the text"
            warnings = (ReadWarning("front-matter", message, path=path),)
        return FrontMatter(text, {}, warnings)
    if not block[1].strip():
        return FrontMatter(text[block.end() :])
    if not _KEY.search(block[1]):
        return FrontMatter(text)  # prose between two rulers
    values, reason = _parse(block[1])
    if values is None:
        message = f"the front matter is not readable ({reason}); it was left in the text"
        return FrontMatter(text, {}, (ReadWarning("front-matter", message, path=path),))
    fields, problems = document_fields(values)
    return FrontMatter(
        text[block.end() :],
        fields,
        tuple(ReadWarning("front-matter", problem, path=path) for problem in problems),
    )


def _parse(block: str) -> tuple[dict[str, Any] | None, str]:
    """The block with every scalar as it is written: version 1.10 stays so, and `no` is Norwegian."""
    import yaml

    try:
        if any(
            isinstance(event, yaml.events.AliasEvent) for event in yaml.parse(block, Loader=yaml.BaseLoader)
        ):
            return None, "aliases are not supported"
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes strings, lists, dicts
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        return None, f"line {mark.line + 2}" if mark is not None else "not YAML"
    except (yaml.YAMLError, RecursionError, TypeError, ValueError):
        return None, "not YAML"
    if not isinstance(values, dict):
        return None, "not `key: value` lines"
    return {str(key): value for key, value in values.items()}, ""


def document_fields(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Keyword arguments of `Document` from raw keys and values, and what was wrong with the others.

    Values may be strings, or what a spreadsheet or JSON gives (numbers, dates, booleans, lists).
    """
    fields: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    problems: list[str] = []
    for written, value in values.items():
        key = written.strip().casefold().replace("-", "_").replace(" ", "_")
        key = SPELLINGS.get(key, key)
        read = _READERS.get(key)
        if read is None:
            metadata[written] = value
            continue
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        found = read(value)
        if found is None:
            problems.append(f"`{written}` has a value that cannot be used ({_WANTED[key]}); it was left out")
        elif key not in fields:
            fields[key] = found
    starts, ends = fields.get("effective_from"), fields.get("effective_until")
    if starts is not None and ends is not None and ends < starts:
        problems.append("`effective_until` is before `effective_from`: the document is never in force")
    if metadata:
        fields["metadata"] = metadata
    return fields, problems


def read_date(value: Any) -> date | None:
    """A day from a date, ISO 8601, `1 March 2026`, `March 1, 2026`, or numbers that can mean one day only.

    Example:
        >>> read_date("31/12/2026"), read_date("01/02/2026")
        (datetime.date(2026, 12, 31), None)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    try:
        return (
            date.fromisoformat(text.replace("/", "-")[:10])
            if re.match(r"\d{4}[-/]\d\d[-/]\d\d", text)
            else _spelt(text)
        )
    except ValueError:
        return None


def _spelt(text: str) -> date | None:
    """A day in words, or in numbers that leave no doubt which is the month."""
    named, american, numbers = _NAMED.match(text), _NAMED_US.match(text), _NUMBERS.match(text)
    if named or american:
        day, month, year = named.groups() if named else (american[2], american[1], american[3])  # type: ignore[index]
        short = month[:3].casefold()
        return date(int(year), _MONTHS.index(short) + 1, int(day)) if short in _MONTHS else None
    if numbers:
        first, second, year = (int(number) for number in numbers.groups())
        if first == second or second > 12:  # noqa: PLR2004 - months in a year
            return date(year, first, second)
        if first > 12:  # noqa: PLR2004 - months in a year
            return date(year, second, first)
    return None


def _kind(value: Any) -> str | None:
    return kind_named(value) if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    if isinstance(value, (datetime, date)):
        return value.isoformat()[:10]
    return " ".join(str(value).split()) if isinstance(value, (str, int, float)) else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    return True if word in _YES else False if word in _NO else None


def _words(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (" ".join(value.split()),)
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, int, float)) for item in value):
        return tuple(" ".join(str(item).split()) for item in value if str(item).strip())
    return None


def _due(value: Any) -> str | None:
    word = re.sub(r"[\s\-]+", "_", str(value).strip().casefold())
    word = {"before_closing": "before_close", "close": "before_close", "start": "opening"}.get(word, word)
    return word if word in get_args(Deadline) else None


_READERS = {
    "kind": _kind,
    "title": _word,
    "version": _word,
    "effective_from": read_date,
    "effective_until": read_date,
    "language": _word,
    "owner": _word,
    "verbatim": _flag,
    "required_when": _words,
    "due": _due,
}
_WANTED = {
    "kind": "policy, script, faq, disclosure, macro, authority or glossary",
    "title": "one line",
    "version": "one word",
    "effective_from": "a day such as 2026-03-01",
    "effective_until": "a day such as 2026-03-01",
    "language": "a code such as en",
    "owner": "one line",
    "verbatim": "yes or no",
    "required_when": "words or a list of words",
    "due": ", ".join(get_args(Deadline)),
}
