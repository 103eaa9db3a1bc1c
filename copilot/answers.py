"""The passages for a question asked in a contact, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from copilot.ranking import blend
from models.records import Hit, Turn

if TYPE_CHECKING:
    from copilot.questions import Question
    from knowledge_base import KnowledgeBase

ANSWER_KINDS = ("policy", "faq", "macro", "authority", "glossary", "script")
"""Kinds of documents that answer; disclosures are said, not answered with."""
CANDIDATES = 20
"""Hits of each search that are put together."""


def find_answers(knowledge_base: KnowledgeBase, turns: Sequence[Turn], question: Question) -> list[Hit]:
    """Hits for the sentence that asks and for what was said around it, in one order.

    Documents whose title was named in the contact, by either side, come first: "is it quiet there?" is
    asked of the hotel that the agent proposed three turns before.

    Args:
        knowledge_base: Of the client.
        turns: Of the contact.
        question: From `find_question`, of one of these turns.
    """
    heard = turns[: question.span.turn + 1]
    queries = [question.asked, question.context] if question.context else [question.asked]
    found = knowledge_base.search_many(
        queries,
        limit=CANDIDATES,
        kinds=ANSWER_KINDS,
        said=[turn.text for turn in heard if turn.visibility == "public"],
        rerank=False,
    )
    return blend(found[0], found[1] if question.context else (), weight=question.weight)
