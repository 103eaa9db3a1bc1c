"""Required statements: which are due in a contact, and how far each has been made.

Words only: whether a statement was said is a matter of its words in order (`models.alignment`), or of
its content words where the client allows a paraphrase. The copilot ticks off with it while the contact
is live, QA judges with it afterwards.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge_base.conditions import ALWAYS, applies
from knowledge_base.statements import Said, Statement, compile_statement, find_statement
from models.records import (
    Deadline,
    DisclosureProgress,
    DisclosureRule,
    DisclosureState,
    Document,
    Finding,
    Severity,
    Span,
    Transcript,
)
from models.redaction import redact
from models.words import SLOT, STOP_WORDS, SpokenWord, spans_of

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase

OPENING_TURNS = 3
"""Agent turns that count as the opening."""

_PAYMENT = (
    r"(?i)\b(?:(?:long |full |debit |credit )?card number|16[- ]digit|sixteen digits?|expir(?:y|ation) date|"
    r"security code|cvv|cvc|(?:three|3) digits on the back|card details|sort code|enter (?:the|your) card|"
    r"payment (?:of [^?!\n]{1,30}? )?(?:has been|was|is) (?:accepted|taken|processed|made|successful)|"
    r"(?:taken|taking|take) (?:the|your|this|that|a) payment|charged? (?:the|your) card|went through|"
    r"process(?:ed|ing)? (?:the|your|this) payment)\b"
)
_CARD = r"\[(?:CARD|PAN)\b[^\]]*\]|(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)"
_CLOSING = (
    r"(?i)\b(?:anything else|good ?bye|bye|have a (?:\w+ )?(?:day|evening|night|weekend|one)|"
    r"thank you for (?:calling|contacting|choosing|reaching out)|take care)\b"
)
_PAYING = r"(?i)\b(?:pay|payment|card)\b"
_MOST_DAYS = 8
_STARTED = 3
_NOT_QUITE = 0.99
"""Of a wording whose only missing words are such as "not" or "the"."""
_IDENTIFIER = r"\d(?:[ -]?\d){3,}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A statement that must be made in this contact."""

    document: str
    title: str
    text: str
    verbatim: bool
    deadline: Deadline
    severity: Severity
    because: str
    """Why it is due, in plain words, without words of the contact that are not the rule's own."""
    since: int = 0
    """Turn at which it became due."""
    language: str = "en"


def required(
    kb: KnowledgeBase, transcript: Transcript, findings: Sequence[Finding] = ()
) -> list[Requirement]:
    """The disclosures that are due in this contact.

    `metadata["required"]` (document ids) wins when the transcript has it; else `client.yaml`, and
    documents of kind disclosure that say themselves when they are due. A document that was not in force
    on the day of the contact is not required; ids that no document has are passed over.

    Args:
        kb: The client's knowledge.
        transcript: The contact so far.
        findings: What detectors saw; a rule may be due because of a label.

    Returns:
        One requirement per document, in the order of the client file, then of the documents.
    """
    day = transcript.started_at.date() if transcript.started_at else None
    documents, rules = _in_force(kb, day)
    named = transcript.metadata.get("required")
    if named is not None:
        ids = [named] if isinstance(named, str) else [str(item) for item in named]
        found = [_resolve(id, documents) for id in ids]
        return [
            _requirement(rules.get(document.id, _own_rule(document)), document, "the contact says so", 0)
            for document in dict.fromkeys(found)
            if document is not None
        ]
    due: list[Requirement] = []
    for rule in rules.values():
        document = _resolve(rule.document, documents)
        why = applies(rule.when, transcript, findings)
        if document is not None and why is not None:
            due.append(_requirement(rule, document, *why))
    return due


def statement_of(requirement: Requirement) -> Statement:
    """The wording of a requirement, ready to be looked for."""
    return _ready(requirement.text, requirement.verbatim, requirement.language)


@lru_cache(maxsize=256)
def _ready(text: str, verbatim: bool, language: str) -> Statement:  # noqa: FBT001 - a cache wants plain arguments
    # Masked as the contact is: an e-mail address in the wording becomes a slot, and so does the one said.
    return compile_statement(redact(text), verbatim=verbatim, language=language)


def track(
    requirements: Sequence[Requirement], transcript: Transcript, *, closed: bool
) -> list[DisclosureState]:
    """How far each requirement has been met.

    - *done*: said, word for word where the client wants it (97 % of the words in order, fewer when the
      recogniser was unsure), before its deadline;
    - *altered*: said in part or changed; `missing` has the words that were not said;
    - *late*: said, after the point where it was due;
    - *missing*: not said and no longer possible in time; *due*: to be said now; *later*: not yet.

    `complete` is the share of its content words that were said. `overdue`: the contact is live, the point
    before which it had to be made has passed (the opening is over, a payment was taken), and it was not said.

    Args:
        requirements: From `required`.
        transcript: The contact so far.
        closed: Whether the contact has ended; then nothing is due or later any more.

    Returns:
        One state per requirement, in order.
    """
    return [_state(requirement, transcript, closed=closed) for requirement in requirements]


def disclosure_words(kb: KnowledgeBase, transcript: Transcript) -> list[Said]:
    """Where any disclosure of the client, required here or not, was said in whole or in part.

    Mandatory words are nobody's script: scriptedness leaves them out.
    """
    documents = kb.documents("disclosure", all_dates=True)
    found = []
    for document in documents:
        requirement = _requirement(_own_rule(document), document, "", 0)
        said = find_statement(statement_of(requirement), transcript)
        if said is not None:
            found.append(said)
    return found


_days: weakref.WeakKeyDictionary[
    KnowledgeBase, dict[tuple[str, date], tuple[dict[str, Document], dict[str, DisclosureRule]]]
] = weakref.WeakKeyDictionary()


def _in_force(kb: KnowledgeBase, day: date | None) -> tuple[dict[str, Document], dict[str, DisclosureRule]]:
    """The documents of a day and the rules among them; asked with every turn, made when one has changed."""
    key = (kb.digest, day or date.today())  # noqa: DTZ011 - a policy starts at midnight where the centre is
    known = _days.setdefault(kb, {})
    found = known.get(key)
    if found is None:
        documents = {document.id: document for document in kb.documents(on=day)}
        if len(known) >= _MOST_DAYS:
            known.clear()
        found = known[key] = (documents, _rules(kb, documents))
    return found


def _rules(kb: KnowledgeBase, documents: dict[str, Document]) -> dict[str, DisclosureRule]:
    rules: dict[str, DisclosureRule] = {}
    for rule in kb.profile.disclosures:
        document = _resolve(rule.document, documents)
        if document is not None:
            rules.setdefault(document.id, replace(rule, document=document.id))
    for document in documents.values():
        own = document.required_when or document.due or document.metadata.get("unless")
        if document.kind == "disclosure" and own:
            rules.setdefault(document.id, _own_rule(document))
    return rules


def _own_rule(document: Document) -> DisclosureRule:
    severity = document.metadata.get("severity")
    unless = document.metadata.get("unless", ())
    listed = (unless,) if isinstance(unless, str) else unless if isinstance(unless, list | tuple) else ()
    return DisclosureRule(
        document=document.id,
        when=(*(document.required_when or ("always",)), *(f"unless {one}" for one in listed)),
        deadline=document.due or "before_close",
        severity=severity if severity in ("note", "minor", "major", "critical") else "major",
    )


def _resolve(id: str, documents: dict[str, Document]) -> Document | None:
    """By id, else by its last part or its title when that is not ambiguous."""
    wanted = re.sub(r"\.(?:md|txt|html?|pdf|docx)$", "", id.strip())
    if wanted in documents:
        return documents[wanted]
    folded = wanted.casefold()
    near = [
        document
        for document in documents.values()
        if document.id.casefold().rsplit("/", 1)[-1] == folded or document.title.casefold() == folded
    ]
    return near[0] if len(near) == 1 else None


def _requirement(rule: DisclosureRule, document: Document, because: str, since: int) -> Requirement:
    return Requirement(
        document=document.id,
        title=document.title or document.id,
        text=document.text,
        verbatim=document.verbatim,
        deadline=rule.deadline,
        severity=rule.severity,
        because=because,
        since=since,
        language=document.language or "en",
    )


def _state(requirement: Requirement, transcript: Transcript, *, closed: bool) -> DisclosureState:
    said = find_statement(statement_of(requirement), transcript)
    over = _last_turn_in_time(requirement, transcript, said)
    progress: DisclosureProgress
    if said is not None and not said.complete:
        progress = "altered"
    elif said is not None:
        progress = "late" if over is not None and said.words[0].turn > over else "done"
    elif closed or (over is not None and _agent_spoke_after(over, transcript)):
        progress = "missing"
    else:
        progress = "due" if _is_time(requirement, transcript) else "later"
    return DisclosureState(
        document=requirement.document,
        title=requirement.title,
        progress=progress,
        deadline=requirement.deadline,
        verbatim=requirement.verbatim,
        span=_main_span(said.words) if said is not None else None,
        missing=said.missing if said is not None else (),
        because=requirement.because,
        severity=requirement.severity,
        complete=_complete(requirement, said),
        overdue=not closed and said is None and over is not None,
    )


def _complete(requirement: Requirement, said: Said | None) -> float:
    """Share of the wording's content words that were said; below 1 for as long as anything is missing."""
    if said is None or said.complete:
        return 0.0 if said is None else 1.0
    every = {word for template in statement_of(requirement).sentences for word in template.words}
    telling = (every - STOP_WORDS - {SLOT}) or every
    share = 1.0 - len(telling & set(said.missing)) / len(telling)
    return round(min(share, _NOT_QUITE), 3)


def _main_span(said: Sequence[SpokenWord]) -> Span:
    """The longest of its spans: a finding has one address."""
    return max(spans_of(said), key=lambda span: (span.end - span.start, -span.turn))


def _last_turn_in_time(requirement: Requirement, transcript: Transcript, said: Said | None) -> int | None:
    """Index of the last turn in which it is in time; None while the deadline is open."""
    if requirement.deadline == "opening":
        return _end_of_opening(transcript)
    if requirement.deadline == "before_payment":
        own = {word.turn for word in said.words} if said is not None else set()
        for index, turn in enumerate(transcript.turns):
            if index < requirement.since or index in own or turn.visibility == "internal":
                continue
            pattern = {"agent": _PAYMENT, "customer": _CARD}.get(turn.speaker)
            if pattern is not None and re.search(pattern, turn.text):
                return index
    return None


def _end_of_opening(transcript: Transcript) -> int | None:
    """The third turn of the agent; the second, when by the third the customer has been identified."""
    spoken, identified, last = 0, False, 0
    for index, turn in enumerate(transcript.turns):
        if turn.visibility == "internal":
            continue
        if turn.speaker == "agent":
            spoken += 1
            if spoken == OPENING_TURNS:
                return last if identified else index
            last = index
        elif turn.speaker == "customer" and spoken:
            identified = identified or re.search(_IDENTIFIER, turn.text) is not None
    return None


def _agent_spoke_after(index: int, transcript: Transcript) -> bool:
    later = transcript.turns[index + 1 :]
    return any(turn.speaker == "agent" and turn.visibility == "public" for turn in later)


def _is_time(requirement: Requirement, transcript: Transcript) -> bool:
    """Whether an open requirement should be met now rather than at some later point."""
    if requirement.deadline == "opening" or not requirement.because.startswith(ALWAYS):
        return True
    talk = [turn.text for turn in transcript.turns if turn.speaker in {"agent", "customer"}]
    if requirement.deadline == "before_payment":
        return any(re.search(_PAYING, text) for text in talk)
    return any(re.search(_CLOSING, text) for text in talk[_STARTED:])
