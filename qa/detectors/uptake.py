"""`tone.uptake` (went well): the agent takes up the customer's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from models.records import Finding, Span
from models.stems import without_ending
from qa.detectors.contact import customer_before, finding, replies
from qa.detectors.folding import fold

if TYPE_CHECKING:
    from models.readings import Reading

_SHARED = 2
"""Content words that both sides use."""
_LENGTH = 6
"""Words of a sentence that says more than the customer's words back."""
_LETTERS = 4
"""Shortest content word, and shortest stem."""
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_STOP = frozenset(
    """
    about account address after again already also always another because been before being company
    could customer days does doing done down during each email even ever every from give going gonna
    good great have having hello help here hours into just know last like little look made make many
    maybe minutes more most much need never next number okay once only order other over please really
    right said same should since some something still such sure take tell than thank thanks that their
    them then there these they thing things think this those time today tomorrow until very want wanted
    well went were what when where which while with without would yeah yesterday your yours
    """.split()
)


def uptake(reading: Reading) -> Iterator[Finding]:
    """`tone.uptake` (went well): the agent takes up two or more of the customer's own content words."""
    for turn in replies(reading):
        before = customer_before(reading, turn)
        if before is None:
            continue
        theirs = {_stem(word) for word in _content(reading.transcript.turns[before].text)}
        for sentence in reading.of(turn):
            text = sentence.text
            shared = [hit for hit in _WORD.finditer(text) if _stem(hit.group().lower()) in theirs]
            kinds = {_stem(hit.group().lower()) for hit in shared}
            if len(kinds) >= _SHARED and len(_WORD.findall(text)) >= _LENGTH:
                start, end = sentence.span.start + shared[0].start(), sentence.span.start + shared[-1].end()
                yield finding(
                    "tone.uptake",
                    Span(turn, start, end),
                    0.6,
                    f"takes up the customer's own words of turn {before + 1}",
                    "",
                )
                break


def _content(text: str) -> Iterator[str]:
    for hit in _WORD.finditer(fold(text).text):
        if len(hit.group()) >= _LETTERS and hit.group() not in _STOP and not hit.group().isdigit():
            yield hit.group()


def _stem(word: str) -> str:
    return without_ending(word, shortest=_LETTERS)
