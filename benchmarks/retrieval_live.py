"""Live conversations: is what answers the last turn among the first five?

Documents carry the name of whom they are about as title; the question seldom does. Baselines are asked
with the last three turns over whole snippets; ours goes the way of `Session.hear`: `find_question`, then
`find_answers` on the whole contact. A turn in which no question is found counts as missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.answers import find_answers
from copilot.questions import find_question
from knowledge_base import KnowledgeBase
from models.records import Document, Turn

LAST_TURNS = 3


@dataclass(frozen=True)
class Contact:
    """A conversation up to a question, and the documents that answer it, any of which is right."""

    turns: tuple[Turn, ...]
    right: frozenset[str]

    @property
    def last_turns(self) -> str:
        """What a search without a memory would be given."""
        return " ".join(turn.text for turn in self.turns[-LAST_TURNS:])


def snippets(rows: Sequence[dict]) -> list[Document]:
    """Questions with answers, and sentences of reviews, each a document under its entity's name."""
    return [
        Document(
            row["doc_id"],
            f"## {row['title']}\n\n{row['text']}" if row.get("title") else row["text"],
            title=row["entity"],
            kind="faq" if row["kind"] == "faq" else "policy",
        )
        for row in rows
    ]


def contacts(rows: Sequence[dict]) -> list[Contact]:
    """Those that end in a question which documents answer."""
    return [
        Contact(tuple(Turn(turn["speaker"], turn["text"]) for turn in row["turns"]), frozenset(row["gold"]))
        for row in rows
        if row["knowledge_seeking"]
    ]


def found_live(kb: KnowledgeBase, contact: Contact) -> list[str]:
    """Document ids, best first; none when no question is heard."""
    question = find_question(contact.turns, len(contact.turns) - 1)
    if question is None:
        return []
    return list(dict.fromkeys(hit.passage.document for hit in find_answers(kb, contact.turns, question)))


def folder(data: Path) -> Path:
    return data / "dstc11_track5"
