"""Kinds of documents: checked when named, else guessed by the folder, then by the text.

A guess is shown for correction and never required, so the rules are few and plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import get_args

from models.errors import InputError
from models.patterns import pattern
from models.records import DocumentKind

NAMES: dict[str, DocumentKind] = {
    "policy": "policy",
    "policies": "policy",
    "guidelines": "policy",
    "procedures": "policy",
    "procedure": "policy",
    "rules": "policy",
    "articles": "policy",
    "script": "script",
    "scripts": "script",
    "call_scripts": "script",
    "scripting": "script",
    "faq": "faq",
    "faqs": "faq",
    "questions": "faq",
    "q_and_a": "faq",
    "q&a": "faq",
    "disclosure": "disclosure",
    "disclosures": "disclosure",
    "statements": "disclosure",
    "legal_statements": "disclosure",
    "macro": "macro",
    "macros": "macro",
    "canned": "macro",
    "canned_replies": "macro",
    "canned_responses": "macro",
    "templates": "macro",
    "snippets": "macro",
    "replies": "macro",
    "predefined_replies": "macro",
    "authority": "authority",
    "authorities": "authority",
    "limits": "authority",
    "authority_table": "authority",
    "glossary": "glossary",
    "glossaries": "glossary",
    "definitions": "glossary",
    "vocabulary": "glossary",
}
"""Folder names and front-matter words, and the kind they mean."""

FILE_WORDS = frozenset(
    (
        "faq",
        "faqs",
        "script",
        "scripts",
        "macro",
        "macros",
        "authority",
        "glossary",
        "disclosure",
        "disclosures",
    )
)
"""Words that also say it in a file's name; `terms` or `rules` there would say nothing."""

_LINE_SEEN = 1_000
"""Characters of a line that tell what it is."""
_SLOT = pattern(r"\{[^{}\n]{1,40}\}|\[(?![ xX]\])[^\[\]\n]{1,40}\](?!\()|<<[^<>\n]{1,40}>>")
_SPEECH = pattern(
    r"""^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:>\s*)?(?:agent\s*:|["“„«].{8,}["”“»]\s*$)""", re.IGNORECASE
)
_QUOTED = pattern(r"^\s*>\s*\S")
_QUESTION_LINE = pattern(
    r"^\s*+(?:(?:\*\*|__)\s*+)?(?:Q|Question|Frage|Vraag|F)\s*+(?:\d++\s*+)?[:.)]\s*\S", re.IGNORECASE
)
_QUESTION_HEADING = pattern(r"^(?:#{1,6}\s.*|\*\*[^*]+)\?\s*+(?:\*\*\s*+)?#*+\s*+$")
_HEADING = pattern(r"^#{1,6}\s+\S")
_ADDRESSED = pattern(
    r"\b(?:you|your|yours|I|I'm|I'll|we|we'll|my|our|please|thank|hello|hi|Sie|Ihnen|Ihre?n?|ich|wir|u|uw|ik|wij)\b",
    re.IGNORECASE,
)
_ABOUT = pattern(r"\b(?:the|a|an|each|every) (?:customer|caller|client|user|member|guest)s?\b", re.IGNORECASE)
_LIMIT = pattern(
    r"\b(?:may|can|must not|cannot|not)\s+(?:only\s+)?(?:offer|refund|credit|waive|grant|approve|promise)"
    r"|\bup to\b|\bmaximum\b|\blimits?\b|\bapprov(?:al|ed|es)\b|\bauthori[sz](?:ed|ation|ity)\b",
    re.IGNORECASE,
)
_MONEY = pattern(
    r"[$€£¥₹]\s?\d|\d\s?(?:%|[$€£¥₹]|USD\b|EUR\b|GBP\b|dollars\b|euros?\b|pounds\b)", re.IGNORECASE
)
_ROLE = pattern(
    r"\b(?:agents?|supervisors?|team leads?|managers?|advisors?|tier \d|level \d)\b", re.IGNORECASE
)


def kind_named(word: str) -> DocumentKind | None:
    """The kind that a word means, such as `FAQs` or `canned replies`; None when it means none."""
    return NAMES.get(re.sub(r"[\s\-]+", "_", word.strip().casefold()))


def checked_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds as a set.

    Raises:
        InputError: One does not exist; names the nearest that does.
    """
    wanted = frozenset(kinds)
    known = get_args(DocumentKind)
    for kind in sorted(wanted.difference(known)):
        near = get_close_matches(str(kind), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise InputError(f"kind {kind!r} does not exist; {hint}")
    return wanted


def guess_kind(text: str, parts: Sequence[str] = ()) -> DocumentKind:
    r"""The likeliest kind of a document.

    Args:
        text: The document without front matter.
        parts: Folder names and, last, the file's name without suffix. A file called `faq` is one;
            then the innermost folder that names a kind decides, a word of the file's name, the text.

    Returns:
        `policy` when nothing speaks for another kind.

    Example:
        >>> guess_kind("Refunds take five days.", ["scripts", "refunds"])
        'script'
        >>> guess_kind("Q: How long do refunds take?\nA: Five days.")
        'faq'
    """
    *folders, name = [part.strip().casefold() for part in parts] or [""]
    words = [word for word in re.split(r"[\W_]+", name) if word in FILE_WORDS]
    if name in FILE_WORDS:
        return NAMES[name]
    for folder in reversed(folders):
        kind = kind_named(folder)
        if kind is not None:
            return kind
    if words:
        return NAMES[words[-1]]
    return _from_text(text)


def _from_text(text: str) -> DocumentKind:
    """By the shape of the lines; the first thousand are enough."""
    lines = [line[:_LINE_SEEN] for line in text.splitlines()[:1000] if line.strip()]
    if not lines:
        return "policy"
    headings = [line for line in lines if _HEADING.match(line)]
    questions = sum(1 for line in lines if _QUESTION_LINE.match(line))
    asked = sum(1 for line in lines if _QUESTION_HEADING.match(line))
    pairs = questions >= 2 or (questions == 1 and len(lines) <= 4)  # noqa: PLR2004 - a pair and its title
    if pairs or (asked >= 2 and asked * 2 >= len(headings) - 1):  # noqa: PLR2004 - one question is a title
        return "faq"
    if _is_authority(lines):
        return "authority"
    body = [line for line in lines if not _HEADING.match(line) and not line.lstrip().startswith("|")]
    spoken = sum(1 for line in body if _SPEECH.match(line) or _QUOTED.match(line))
    slotted = sum(1 for line in body if _SLOT.search(line))
    speech = [_SLOT.sub(" ", line) for line in body]
    addressed = sum(1 for line in speech if _ADDRESSED.search(line))
    about = sum(1 for line in speech if _ABOUT.search(line))
    # A procedure names its screens in brackets too, but it speaks about the customer, not to them.
    slots = slotted >= 2 and slotted * 4 >= len(body) and addressed * 3 >= slotted and addressed > about  # noqa: PLR2004
    quotes = bool(body) and spoken * 5 >= len(body) * 2
    return "script" if quotes or slots else "policy"


def _is_authority(lines: Sequence[str]) -> bool:
    """A table with amounts and with words about who may grant what."""
    rows = [line for line in lines if line.lstrip().startswith("|") and line.count("|") > 2]  # noqa: PLR2004
    if len(rows) < 3 or len(rows) * 3 < len(lines):  # noqa: PLR2004 - header, rule, a row; not an aside
        return False
    table = "\n".join(rows)
    signs = (_LIMIT.search(table), _MONEY.search(table), _ROLE.search(table))
    return sum(sign is not None for sign in signs) >= 2  # noqa: PLR2004 - two of the three
