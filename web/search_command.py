"""`unscripted search`: in a module of its own, since it is what people wait for at a prompt.

A search needs the client's knowledge base and nothing of the review room, whose import costs as much as
finding the passages.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.ports import Encoder, Reranker
    from web.terminal import Terminal


def search(
    folder: Path,
    encoder: Encoder,
    terminal: Terminal,
    client: str,
    query: str,
    *,
    limit: int,
    reranker: Reranker | None = None,
) -> None:
    """Show the passages of a client that answer a question.

    Raises:
        NotFoundError: The client is not in this folder.
        InputError: The limit is below 1.
    """
    from knowledge_base import KnowledgeBase

    kb = KnowledgeBase.open(folder, client, encoder=encoder, create=False, reranker=reranker)
    hits = kb.search(query, limit=limit)
    if terminal.as_json:
        terminal.json(hits)
    else:
        terminal.hits(hits)
        if kb.reranker_failed:
            terminal.warn(kb.reranker_failed)
