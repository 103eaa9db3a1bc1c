"""What publishing a scorecard does: a new version when its meaning changed, else new wording for the old.

A published version never changes what it means. Words that people read may be mended under the same
version; the store keeps every wording. Pure: the caller looks up and stores.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from models.codec import to_plain
from models.errors import InputError

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

Change = Literal["first", "unchanged", "wording", "meaning"]


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing would do."""

    card: Scorecard
    """As it would be stored: version and wording number are set."""
    change: Change
    differences: tuple[str, ...]
    """`criterion.field`, in the order of the card."""
    before: str = ""
    """`name@version` that it was held against; empty for the first one."""


def plan(card: Scorecard, published: Sequence[Scorecard], *, new_version: bool = False) -> Publication:
    """How a card would be published.

    Args:
        card: As its file says.
        published: All published cards of the client, oldest first.
        new_version: Also fork when only words changed, because they change what is asked.

    Raises:
        InputError: The file says a version that was published with another meaning and is not the newest.
    """
    family = [one for one in published if one.name == card.name]
    if not family:
        return Publication(replace(card, wording=0), "first", ())
    last = family[-1]
    same = next((one for one in reversed(family) if one.version == card.version), last)
    if same is not last and same.meaning == card.meaning:
        last = same
    elif same is not last and same.version == card.version:
        raise InputError(
            f"scorecard {card.id}: was published with another meaning, and {last.id} came after it; "
            "start from that one"
        )
    differences = tuple(_differences(last, card))
    if last.meaning == card.meaning and not (new_version and differences):
        same_words = replace(card, version=last.version, wording=last.wording)
        if same_words == last:
            return Publication(last, "unchanged", (), last.id)
        return Publication(replace(same_words, wording=last.wording + 1), "wording", differences, last.id)
    taken = {one.version for one in family}
    version = card.version if card.version not in taken else next_version(last.version, taken)
    return Publication(replace(card, version=version, wording=0), "meaning", differences, last.id)


def next_version(version: str, taken: set[str]) -> str:
    """The version after: its last number one higher, until it is free.

    Example:
        >>> next_version("2", {"1", "2"}), next_version("2026-a", set())
        ('3', '2026-a.2')
    """
    while True:
        found = re.fullmatch(r"(.*?)(\d+)", version)
        version = f"{found[1]}{int(found[2]) + 1}" if found is not None else f"{version}.2"
        if version not in taken:
            return version


def _differences(old: Scorecard, new: Scorecard) -> list[str]:
    keys = ("title", "pass_mark", "dispute_days", "resolved_by")
    found = [key for key in keys if getattr(old, key) != getattr(new, key)]
    before, after = _by_ref(old), _by_ref(new)
    for ref, fields in after.items():
        if ref not in before:
            found.append(f"{ref} (new)")
        else:
            found += [f"{ref}.{key}" for key in fields if fields[key] != before[ref].get(key)]
    found += [f"{ref} (gone)" for ref in before if ref not in after]
    if not found and list(before) != list(after):
        found.append("order")
    return found


def _by_ref(card: Scorecard) -> dict[str, dict[str, Any]]:
    fields: dict[str, dict[str, Any]] = {}
    for section in card.sections:
        fields[section.ref] = {"title": section.title}
        for criterion in section.criteria:
            fields[criterion.ref] = {**to_plain(criterion), "section": section.ref}
    return fields
