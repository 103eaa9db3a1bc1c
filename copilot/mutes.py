"""A kind of card that an agent has muted for one contact. What protects the customer cannot be muted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import InputError
from models.records import Suggestion, SuggestionKind

MUTABLE: tuple[SuggestionKind, ...] = ("answer", "step")
"""Required statements and alerts stay."""


@dataclass(frozen=True, slots=True)
class Mutes:
    """Kinds that are muted in one contact; it ends with the contact."""

    kinds: frozenset[SuggestionKind] = frozenset()

    def with_kind(self, kind: SuggestionKind) -> Mutes:
        """The same and one kind more.

        Raises:
            InputError: Cards of that kind cannot be muted.
        """
        if kind not in MUTABLE:
            raise InputError(f"cards: {kind} cannot be muted; {' and '.join(MUTABLE)} can")
        return Mutes(self.kinds | {kind})

    def without(self, kind: SuggestionKind) -> Mutes:
        """The same without one kind."""
        return Mutes(self.kinds - {kind})

    def heard(self, suggestions: Sequence[Suggestion]) -> list[Suggestion]:
        """The suggestions whose kind is not muted, in order."""
        return [one for one in suggestions if one.kind not in self.kinds]
