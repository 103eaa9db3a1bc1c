"""Parts of a scorecard while a form is read: refs that fit, and the scorecard checked as if typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError, InputError
from models.records import Answer, Option, Section
from qa.card_writing import to_yaml

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_LONGEST_REF = 40
_LARGEST = 1e15


class Refs:
    """Stable refs: the form's own where they fit, made unlike each other."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def make(self, wanted: object, otherwise: str) -> str:
        """A ref out of an id or a title."""
        words = re.sub(r"[^A-Za-z0-9._-]+", "-", text(wanted)).strip("-")[:_LONGEST_REF] or otherwise
        ref, short = words, words[: _LONGEST_REF - 6]
        # Counted on, not from 2 again: a form may call ten thousand questions the same.
        number = self._next.get(short, 2)
        while ref in self._taken:
            ref = f"{short}-{number}"
            number += 1
            self._next[short] = number
        self._taken.add(ref)
        return ref


def checked(
    origin: str, *, name: object, title: object, sections: Sequence[Section], pass_mark: float = 0.8
) -> Scorecard:
    """The scorecard of a form, held to the rules of a typed one.

    Raises:
        InputError: The form makes no scorecard; says what is missing.
    """
    from qa.scorecards import Scorecard

    if not sections:
        raise InputError(f"{origin}: has no question in a section")
    slug = re.sub(r"[^a-z0-9]+", "-", text(name).casefold()).strip("-")[:_LONGEST_REF] or "imported-form"
    made = Scorecard(slug, "1", text(title) or slug, tuple(sections), pass_mark)
    try:
        return Scorecard.parse(to_yaml(made), origin=origin)
    except ConfigError as problem:
        # Lines of a file that nobody has; the key says enough.
        words = re.sub(r"^.*?line \d+: ", "", str(problem))
        raise InputError(f"{origin}: makes no scorecard: {words}") from None


def spread(shares: Sequence[tuple[str, str, float, bool]], *, kind: str = "scale") -> Answer:
    """An answer of options: ref, text, points, fails. Points are held against the best option's.

    A `scale` where the best is no more than 0 earns nothing at all.
    """
    best = max((points for _, _, points, _ in shares), default=0.0)
    options = tuple(
        Option(ref, words, _share(points, best), fails=failing) for ref, words, points, failing in shares
    )
    met_from = max((one.share for one in options), default=1.0) or 1.0
    return Answer("scale" if kind == "scale" else "multi", options, met_from=met_from)


def _share(points: float, best: float) -> float:
    return round(min(max(points / best, 0.0), 1.0), 6) if best > 0 else 0.0


def text(value: object) -> str:
    """A value as words; nothing for anything that is no text or number."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return " ".join(str(value).split())


def number(value: object, default: float = 0.0) -> float:
    """A value as a number; `default` for anything else, and for what no form means: NaN, 10**400."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        return default
    return float(value)


def rows(value: object) -> list[Mapping[str, Any]]:
    """The mappings in a list; nothing for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def under(value: object, *path: str) -> Any:
    """What stands below keys; None when the way ends before."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value
