"""A mapping of columns: which column of somebody's table is the contact, the speaker, the words.

A client keeps its mappings by name; as YAML one is:

    name: night desk
    columns: {contact: Case, order: Line, speaker: Who, text: Words, time: Clock, agent: Advisor}
    speakers: {KD: customer, MA: agent, SYS: system}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from models.errors import InputError
from models.patterns import pattern
from models.records import Speaker

FIELDS = (
    "contact",
    "order",
    "speaker",
    "text",
    "time",
    "end",
    "agent",
    "queue",
    "channel",
    "language",
)
"""What a column may be; `text` must be mapped, without `contact` a file is one contact."""
MOST = 50
"""Mappings of one client."""
_MOST_VALUES = 100
_LONGEST = 200
_LONGEST_NAME = 60
_MAX_BYTES = 100_000
_NAME = pattern(r"[^\W_](?:[\w .-]*[\w.-])?")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column is what, and which of its values means which speaker.

    Raises:
        InputError: No column for the text, an unknown field or role, or a column named twice.
    """

    columns: Mapping[str, str]
    """From a field of `FIELDS` to the column's name in the header."""
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    """From a value of the speaker's column, case and blanks around it aside, to a role."""
    id: str = ""
    """The name under which a client keeps it; empty for one that is used once."""
    by: str = ""
    """Who keeps it."""

    def __post_init__(self) -> None:
        where = f"mapping {self.id}".strip()
        unknown = [one for one in self.columns if one not in FIELDS]
        if unknown:
            raise InputError(f"{where}: does not know {', '.join(unknown)}; known are {', '.join(FIELDS)}")
        if "text" not in self.columns:
            raise InputError(f"{where}: needs a column for the text")
        taken: set[str] = set()
        for column in self.columns.values():
            if plain(column) in taken:
                raise InputError(f"{where}: names the column “{column}” twice")
            taken.add(plain(column))
        roles = get_args(Speaker)
        for role in self.speakers.values():
            if role not in roles:
                raise InputError(f"{where}: {role} is none of {', '.join(roles)}")

    def role(self, said: str) -> Speaker | None:
        """The role that a value of the speaker's column means; None when the mapping does not say."""
        return next((role for value, role in self.speakers.items() if plain(value) == plain(said)), None)


def plain(name: object) -> str:
    """A column's name, or a value, as it is compared: case, and how many blanks, do not matter."""
    return " ".join(str(name if name is not None else "").split()).casefold()


def mapping_of(value: Any, *, name: str = "") -> ColumnMapping:
    """A mapping out of plain values.

    Args:
        value: An object with `columns` and, if need be, `speakers` and `name`.
        name: Under which it is kept; else its own.

    Raises:
        InputError: It has another shape, or says what `ColumnMapping` refuses.
    """
    if not isinstance(value, Mapping) or not isinstance(value.get("columns"), Mapping):
        raise InputError("mapping: must have `columns`, such as `columns: {contact: Case, text: Words}`")
    columns = {
        str(what): _word(column) for what, column in value["columns"].items() if column not in (None, "")
    }
    speakers = value.get("speakers") or {}
    if not isinstance(speakers, Mapping) or len(speakers) > _MOST_VALUES:
        raise InputError(
            "mapping: `speakers` must be values and their roles, such as `speakers: {KD: customer}`"
        )
    roles: dict[str, Any] = {_word(said): str(role) for said, role in speakers.items() if role}
    return ColumnMapping(columns, roles, name or str(value.get("name") or ""))


def _word(value: Any) -> str:
    if not isinstance(value, (str, int, float)) or len(str(value)) > _LONGEST:
        raise InputError(f"mapping: a column or a value is a word of at most {_LONGEST} characters")
    return str(value)


def load_mapping(path: Path) -> ColumnMapping:
    """A mapping from a YAML file.

    Raises:
        InputError: The file cannot be read, or holds none.
    """
    import yaml

    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path.name}: larger than {_MAX_BYTES // 1000} kB; a mapping is a page")
        value = yaml.safe_load(path.read_text("utf-8-sig"))
    except OSError as problem:
        raise InputError(f"{path.name}: cannot be read ({problem.strerror}); check its permissions") from None
    except (UnicodeDecodeError, yaml.YAMLError):
        raise InputError(f"{path.name}: not valid YAML in UTF-8") from None
    return mapping_of(value)


def check_name(name: str) -> str:
    """The name under which a mapping may be kept.

    Raises:
        InputError: Too long, or with other signs than letters, digits, blanks, dots and dashes.
    """
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise InputError(
            f"mapping: the name must be 1 to {_LONGEST_NAME} letters, digits, blanks, dots or dashes"
        )
    return name
