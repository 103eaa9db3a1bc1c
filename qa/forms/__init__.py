"""Evaluation forms of other products, read into scorecards for a person to finish.

What a form asks of a person stays asked of a person. What the other product answered by its own rules is
listed, not guessed: the labels of those rules are theirs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import InputError

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

__all__ = ["ImportedForm", "read_form"]

MAX_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class ImportedForm:
    """A scorecard out of another product's form, and what a person should look at."""

    scorecard: Scorecard
    source: str
    """`amazon_connect` or `genesys`."""
    notes: tuple[str, ...]
    """What could not be carried over as it was, with the place in the form. Never its words."""


def read_form(path: str | Path) -> ImportedForm:
    """Read an evaluation form, told by its content.

    Raises:
        InputError: Cannot be read, not JSON, of no known shape, or nothing in it scores.
    """
    from qa.forms.amazon_connect import is_connect_form, read_connect_form
    from qa.forms.genesys import is_genesys_form, read_genesys_form

    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise InputError(f"{path.name}: cannot be read ({problem.strerror})") from problem
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path.name}: larger than {MAX_BYTES // 1_000_000} MB; is this a form?")
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InputError(f"{path.name}: not JSON in UTF-8") from None
    form = value.get("EvaluationForm", value) if isinstance(value, dict) else value
    try:
        if is_connect_form(form):
            return read_connect_form(form, origin=path.name)
        if is_genesys_form(form):
            return read_genesys_form(form, origin=path.name)
    except RecursionError:
        raise InputError(f"{path.name}: sections are nested too deeply") from None
    raise InputError(
        f"{path.name}: no known form; known: Amazon Connect (Title, Items) and Genesys (name, questionGroups)"
    )
