"""Records to canonical JSON and back.

Canonical: keys sorted, no blanks, times in ISO 8601, so equal records give equal bytes and digests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from models.errors import InputError
from models.patterns import pattern

Record = TypeVar("Record")
_adapters: dict[Any, Any] = {}
_names: dict[type, tuple[str, ...]] = {}
"""Fields of the kinds of records met so far."""
_PLAIN = frozenset((str, int, float, bool, type(None)))
_FIELD = pattern(r"[A-Za-z_]{1,40}")


def to_plain(value: Any) -> Any:
    """A record as dicts, lists, strings and numbers, ready for `json.dumps`."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    names = _names.get(kind)
    if names is None and is_dataclass(value) and not isinstance(value, type):
        names = _names[kind] = tuple(field.name for field in fields(value))
    if names is not None:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def to_json(record: Any, *, exclude: tuple[str, ...] = ()) -> str:
    """Canonical JSON of a record; `exclude` leaves out top-level fields."""
    plain = to_plain(record)
    for name in exclude:
        plain.pop(name, None)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def from_json(kind: type[Record], text: str | bytes) -> Record:
    """The record that `to_json` wrote.

    Raises:
        InputError: When the text is not a `kind`; names the fields, never their values.
    """
    from pydantic import ValidationError

    try:
        record: Record = _adapter(kind).validate_json(text)
    except ValidationError as problem:
        where = "; ".join(
            f"{field_path(error['loc']) or 'record'}: {error['type']}"
            for error in problem.errors(include_input=False, include_url=False)[:5]
        )
        raise InputError(f"not a {kind.__name__}: {where}") from None
    return record


def field_path(places: Iterable[str | int]) -> str:
    """Where in a record: `turns.3.text`. A key that whoever wrote the JSON made up reads `*`."""
    return ".".join("*" if isinstance(p, str) and not _FIELD.fullmatch(p) else str(p) for p in places)
