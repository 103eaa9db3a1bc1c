"""When a rule of the client's applies in a contact: always, by words, by a label, by a sentence, or unless.

A condition is a line in the client's own words:

- `always`;
- a label (`customer.complaint`): a detector saw it;
- words (`sign me up`): agent or customer said them side by side;
- a payment (`only if payment is taken`): somebody is about to pay in this contact, or does;
- a sentence (`the customer is moving house`): a sentence of the contact has most of its words, denied or
  not alike;
- `unless …` with any of these: then the rule does not apply, whatever else holds.

A leading "if", "when" or "only if" changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from models.labels import LABELS
from models.patterns import pattern
from models.records import Finding, Transcript
from models.sentences import split_sentences
from models.words import content, words

ALWAYS = "it is due in every contact"
SENTENCE_SHARE = 0.75
"""Least share of a sentence condition's words that one sentence of the contact must have."""

_WORDS, _TELLING = 5, 3
"""Words, and content words, from which a condition may be a sentence that does not say of whom."""
_OF_SOMEBODY = pattern(r"(?:the |a )?(?:customer|caller|agent|contact|call|chat)\b", re.IGNORECASE)
_OPENING = pattern(r"(?:only )?(?:if|when|in case)[: ]\s*", re.IGNORECASE)
_UNLESS = pattern(
    r"(?:unless|except (?:if|when)|not if|not when|only if not|if not|not)(?::\s*|\s+)", re.IGNORECASE
)
_TAKEN = pattern(
    r"(?:an? |the )?(?:card )?payment (?:is|was|gets|is being|will be) (?:taken|made|processed)|"
    r"(?:the )?(?:customer|caller) (?:pays|is paying|wants to pay)(?: now| by card| in the contact)?",
    re.IGNORECASE,
)
_PAYING = (
    r"(?i)\b(?:(?:pay|settle) (?:(?:it|this|that|(?:the|my|your) (?:\w+ ){0,2}\w+) )?"
    r"(?:now|today|right away|by (?:card|phone)|with (?:my|a|your) (?:\w+ )?card|over the phone|here)|"
    r"(?:take|make|taking|making|process\w*) (?:a|the|your|that|this) (?:\w+ )?payment|"
    r"(?:debit |credit |full |long )?card number|enter (?:the|your) card)\b"
)
_DENIED = pattern(r"\b(?:not|n't|never|cannot|no longer|without|don't|won't|can't)\b", re.IGNORECASE)
_Test = Callable[[str, str], bool]


def applies(
    conditions: Sequence[str], transcript: Transcript, findings: Sequence[Finding] = ()
) -> tuple[str, int] | None:
    """Why a rule applies, in plain words, and since which turn; None when it does not.

    Args:
        conditions: Any of them makes it apply, and none of those with `unless` may hold. With nothing but
            `unless` it applies always, save then.
        transcript: The contact so far.
        findings: What detectors saw.
    """
    reasons: list[tuple[int, str]] = []
    positive, excepted = False, ""
    for written in conditions:
        wanted = written.strip()
        unless = _UNLESS.match(wanted)
        if unless is not None:
            wanted = _bare(wanted[unless.end() :])
            if wanted and _holds(wanted, transcript, findings) is not None:
                return None
            excepted = excepted or wanted
            continue
        positive = True
        wanted = _bare(wanted)
        if wanted.casefold() == "always":
            reasons.append((0, ALWAYS))
            continue
        found = _holds(wanted, transcript, findings)
        if found is not None:
            reasons.append(found)
    if not positive and excepted:
        reasons.append((0, ALWAYS))
    if not reasons:
        return None
    always = [reason for reason in reasons if reason[1] == ALWAYS]
    turn, why = always[0] if always else min(reasons)
    return (f"{why}, unless: {_named(excepted)}" if excepted else why), turn


@cache
def _of_speech() -> frozenset[str]:
    """Stems that tell who speaks, not what of."""
    return frozenset(content("customer caller agent client wants asks wishes contact call chat".split()))


def _bare(condition: str) -> str:
    return _OPENING.sub("", condition.strip(), count=1).strip() or condition.strip()


def _named(condition: str) -> str:
    return LABELS[condition].meaning if condition in LABELS else condition


def _holds(wanted: str, transcript: Transcript, findings: Sequence[Finding]) -> tuple[int, str] | None:
    """The first turn in which a condition holds, and why in plain words."""
    if wanted in LABELS:
        turns = [one.span.turn if one.span else 0 for one in findings if one.label == wanted]
        return (min(turns), f"{LABELS[wanted].meaning} in turn {min(turns) + 1}") if turns else None
    if _TAKEN.fullmatch(wanted):
        turn = _first(transcript, lambda text, _: _is_paying(text))
        return None if turn is None else (turn, f"a payment is taken, from turn {turn + 1} on")
    said = [word.text for word in words(wanted, drop_fillers=True)]
    row = _row(said)
    turn = _first(transcript, lambda text, _: row in _row_of(text)) if said else None
    if turn is not None:
        return turn, f"“{wanted}” was said in turn {turn + 1}"
    meant = frozenset(content(said)) - _of_speech()
    if not meant or (_OF_SOMEBODY.match(wanted) is None and (len(said) < _WORDS or len(meant) < _TELLING)):
        return None  # a few words are to be said as they stand
    denied = _DENIED.search(wanted) is not None
    turn = _first(transcript, lambda text, language: _means(meant, denied, text, language))
    return None if turn is None else (turn, f"turn {turn + 1} says so: {wanted}")


def _first(transcript: Transcript, test: _Test) -> int | None:
    """The first public turn of agent or customer that passes a test of its words and language."""
    for index, turn in enumerate(transcript.turns):
        if turn.visibility == "internal" or turn.speaker in {"system", "bot"}:
            continue
        if test(turn.text, turn.language or transcript.language or "en"):
            return index
    return None


def _row(said: Sequence[str]) -> str:
    """Words one after the other, each between signs that no word has."""
    return "\0".join(("", *said, ""))


@lru_cache(maxsize=4096)
def _row_of(text: str) -> str:
    """The words of a turn; kept, since every turn asks for all of the contact."""
    return _row([word.text for word in words(text, drop_fillers=True)])


@lru_cache(maxsize=4096)
def _is_paying(text: str) -> bool:
    hit = re.search(_PAYING, text)
    return hit is not None and _DENIED.search(text[max(0, hit.start() - 30) : hit.start()]) is None


@lru_cache(maxsize=4096)
def _said_in(text: str, language: str) -> tuple[tuple[frozenset[str], bool], ...]:
    """Stems of each sentence, and whether it denies; kept, since every turn asks for all of the contact."""
    found = []
    for start, end in split_sentences(text, language):
        sentence = text[start:end]
        found.append(
            (frozenset(content(word.text for word in words(sentence))), _DENIED.search(sentence) is not None)
        )
    return tuple(found)


def _means(meant: frozenset[str], denied: bool, text: str, language: str) -> bool:  # noqa: FBT001 - as the condition is
    least = SENTENCE_SHARE * len(meant)
    return any(denies is denied and len(stems & meant) >= least for stems, denies in _said_in(text, language))
