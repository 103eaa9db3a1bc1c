"""The client's script, sentence by sentence: what QA holds the agent's words against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.sentences import split_sentences
from models.words import words

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.records import Passage

Part = Literal["", "greeting", "hold", "closing", "empathy", "verification", "steps", "sales"]

_MARKER = re.compile(
    r"^\s*(?:[-*+•–]\s+|>\s*|\(?\d{1,3}[.)]\s+|\[[ xX]\]\s+|(?:agent|rep|advisor|say|you)\s*:\s*)+",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^\s*(?:#{1,6}\s|\|[\s:|-]+\|\s*$|[-=*_]{3,}\s*$)")
_EMPHASIS = re.compile(r"(?<![\w*])[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}(?![\w*])")

_PARTS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (
        "hold",
        re.compile(r"\b(?:hold|holds|holding|on hold|waiting|please wait|wait times?)\b", re.IGNORECASE),
    ),
    (
        "greeting",
        re.compile(r"\b(?:greeting|greetings|opening|openings|welcome|introduction)\b", re.IGNORECASE),
    ),
    (
        "closing",
        re.compile(
            r"\b(?:closing|closings|close|farewell|goodbye|wrap[- ]?up|sign[- ]?off)\b", re.IGNORECASE
        ),
    ),
    ("empathy", re.compile(r"\b(?:empathy|empathise|empathize|apolog\w+|acknowledg\w+)\b", re.IGNORECASE)),
    (
        "verification",
        re.compile(
            r"\b(?:verif\w+|identification|identity|security questions?|authentication)\b", re.IGNORECASE
        ),
    ),
    (
        "steps",
        re.compile(
            r"\b(?:steps?|instructions?|how to|guide|walk[- ]?through|troubleshoot\w*|procedure|set[- ]?up)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "sales",
        re.compile(
            r"\b(?:upsell\w*|cross[- ]?sell\w*|sales?|offers?|offering|promotions?|survey|feedback)\b",
            re.IGNORECASE,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ScriptSentence:
    """One sentence of a script or macro, slots kept (`{customer name}`, `[amount]`)."""

    text: str
    passage: str
    """Id of the passage it stands in."""
    courtesy: bool
    """Under a heading for greetings, holds or closings."""
    part: Part = ""
    """What the heading above says it is for; empty when it says nothing."""


def script_sentences(kb: KnowledgeBase) -> list[ScriptSentence]:
    """The sentences of the client's scripts and macros that are in force, each wording once.

    List marks, emphasis and speaker labels are taken off; headings are no sentences. The part comes from
    the nearest heading that names exactly one, else from the document's title.

    Args:
        kb: One client's knowledge.

    Returns:
        Sentences in the order of documents and passages.
    """
    found: list[ScriptSentence] = []
    seen: set[tuple[str, ...]] = set()
    documents = [*kb.documents("script"), *kb.documents("macro")]
    for document in documents:
        for passage in kb.passages(document.id):
            part = _part(passage)
            for text in _sentences(passage, document.language or kb.profile.language or "en"):
                key = tuple(word.text for word in words(text, drop_fillers=True))
                if key and key not in seen:
                    seen.add(key)
                    found.append(
                        ScriptSentence(text, passage.id, part in {"greeting", "hold", "closing"}, part)
                    )
    return found


def _part(passage: Passage) -> Part:
    for heading in [*reversed(passage.heading.split(" > ")), passage.title]:
        named = {part for part, pattern in _PARTS if pattern.search(heading)}
        if len(named) == 1:
            return named.pop()
    return ""


def _sentences(passage: Passage, language: str) -> list[str]:
    found: list[str] = []
    for line in passage.text.splitlines():
        if _HEADING.match(line):
            continue
        bare = _EMPHASIS.sub("", _MARKER.sub("", line)).strip().strip('"“”„«»|').strip()
        found.extend(bare[start:end] for start, end in split_sentences(bare, language))
    return [text for text in found if text]
