"""The client's script, sentence by sentence: what QA holds the agent's words against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.patterns import pattern
from models.redaction import redact
from models.sentences import split_sentences
from models.words import words

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase

Part = Literal["", "greeting", "hold", "closing", "empathy", "verification", "steps", "sales"]

_MARKER = pattern(
    r"^\s*(?:[-*+•–]\s+|>\s*|\(?\d{1,3}[.)]\s+|\[[ xX]\]\s+|(?:agent|rep|advisor|say|you)\s*:\s*)+",
    re.IGNORECASE,
)
_HEADING = pattern(r"^\s*(?:#{1,6}\s|\|[\s:|-]+\|\s*$|[-=*_]{3,}\s*$)")
_EMPHASIS = pattern(r"(?<![\w*])[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}(?![\w*])")

_PARTS: tuple[tuple[Part, str], ...] = (
    ("hold", r"hold|holds|holding|on hold|waiting|please wait|wait times?"),
    ("greeting", r"greetings?|openings?|welcome|introduction"),
    ("closing", r"closings?|close|farewell|goodbye|wrap[- ]?up|sign[- ]?off"),
    ("empathy", r"empathy|empathi[sz]e|apolog\w+|acknowledg\w+"),
    ("verification", r"verif\w+|identification|identity|security questions?|authentication"),
    ("steps", r"steps?|instructions?|how to|guide|walk[- ]?through|troubleshoot\w*|procedure|set[- ]?up"),
    ("sales", r"upsell\w*|cross[- ]?sell\w*|sales?|offers?|offering|promotions?|surveys?|feedback"),
)
_SALES = pattern(
    r"\b(?:may i (?:also )?tell you about|interested in (?:our|hearing|learning)|"
    r"valued customer,? you (?:qualify|are eligible)|short survey|rate this (?:chat|call)|upgrade to|"
    r"include the [\w ]+ (?:plan|cover|insurance)|take a moment to rate|"
    r"(?:special|exclusive|limited) offer|complete (?:a|our) (?:short |brief )?survey)\b",
    re.IGNORECASE,
)
"""A sales or survey line is no courtesy, whatever the heading says."""


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
    for document in [*kb.documents("script"), *kb.documents("macro")]:
        passages = kb.passages(document.id)
        for heading, start, text in _sentences(
            document.text, document.language or kb.profile.language or "en"
        ):
            key = tuple(word.text for word in words(text, drop_fillers=True))
            passage = next((p for p in passages if start < p.end), None)
            if not key or key in seen or passage is None:
                continue
            seen.add(key)
            headings = [heading, *reversed(passage.heading.split(" > ")), document.title]
            part = "sales" if _SALES.search(text) else _part(headings)
            courtesy = part in {"greeting", "hold", "closing"}
            # Masked as the contacts are: an address in the script becomes a slot.
            found.append(ScriptSentence(redact(text), passage.id, courtesy, part))
    return found


def _part(headings: list[str]) -> Part:
    for heading in headings:
        named = {part for part, pattern in _PARTS if re.search(rf"\b(?:{pattern})\b", heading, re.IGNORECASE)}
        if len(named) == 1:
            return named.pop()
    return ""


def _sentences(text: str, language: str) -> list[tuple[str, int, str]]:
    """(nearest heading, offset of the block, sentence): lines that were only wrapped are put together."""
    heading = ""
    blocks: list[tuple[str, int, str]] = []
    fresh, offset = True, 0
    for line in text.splitlines(keepends=True):
        bare, start = line.strip(), offset
        offset += len(line)
        if _HEADING.match(line):
            heading, fresh = bare.strip("#|-=*_ \t"), True
        elif not bare:
            fresh = True
        elif fresh or _MARKER.match(line) or blocks[-1][2].endswith((".", "?", "!", ":")):
            blocks.append((heading, start, bare))
            fresh = False
        else:
            blocks[-1] = (*blocks[-1][:2], f"{blocks[-1][2]} {bare}")
    found: list[tuple[str, int, str]] = []
    for above, start, block in blocks:
        plain = _EMPHASIS.sub("", _MARKER.sub("", block)).strip().strip('"“”„«»|').strip()
        found.extend((above, start, plain[low:high]) for low, high in split_sentences(plain, language))
    return found
