"""Approved other wordings of the client's, for agents who look for words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import NotFoundError
from models.records import Passage

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase


def alternatives(kb: KnowledgeBase, passage: Passage) -> tuple[str, ...]:
    """What the client wrote as other ways to say this passage; empty when it wrote none."""
    try:
        listed = kb.document(passage.document).metadata.get("alternatives")
    except NotFoundError:
        return ()
    return tuple(listed) if isinstance(listed, list | tuple) else ()
