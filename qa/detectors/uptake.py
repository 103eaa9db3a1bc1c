"""`tone.uptake` (went well): the agent takes up the customer's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from models.patterns import pattern
from models.records import Finding, Span
from models.stems import without_ending
from qa.detectors.contact import customer_before, finding, replies
from qa.detectors.folding import fold

if TYPE_CHECKING:
    from models.readings import Reading

_SHARED = 2
"""Content words that the agent and the customer's last turn both use."""
_SHARED_LATER = 2
"""The same, for what the customer said before that."""
_BACK = 4
"""Customer turns that are looked back on."""
_SAID = pattern(
    r"\byou(?:'ve| have)? (?:told|mentioned|said|asked|wrote|described|explained)\b", re.IGNORECASE
)
_LENGTH = 6
"""Words of a sentence that says more than the customer's words back."""
_LETTERS = 4
"""Shortest content word, and shortest stem."""
_WORD = pattern(r"[^\W_]+(?:['\u2019][^\W_]+)*")
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
    """`tone.uptake` (went well): the agent takes up the customer's own content words.

    Two words of what the customer said right before, or of one of the turns before that, or one
    where the agent says so ("you told me about the job").
    """
    turns = reading.transcript.turns
    heard: list[int] = []
    at = 0
    for turn in replies(reading):
        heard += [index for index in range(at, turn) if turns[index].speaker == "customer"]
        at = turn
        last = customer_before(reading, turn)
        for before in reversed(heard[-_BACK:]):
            place = _taken_up(reading, turn, before, _SHARED if before == last else _SHARED_LATER)
            if place is not None:
                reason = f"takes up the customer's own words of turn {before + 1}"
                yield finding("tone.uptake", place, 0.6, reason, "")
                break


def _taken_up(reading: Reading, turn: int, before: int, needed: int) -> Span | None:
    """From the first to the last shared word of the first sentence that has enough of them."""
    theirs = {_stem(word) for word in _content(reading.transcript.turns[before].text)}
    if not theirs:
        return None
    for sentence in reading.of(turn):
        said = list(_WORD.finditer(sentence.text))
        if len(said) < _LENGTH:
            continue
        shared = [hit for hit in said if _stem(hit.group().lower()) in theirs]
        kinds = {_stem(hit.group().lower()) for hit in shared}
        if kinds and (len(kinds) >= needed or _SAID.search(sentence.text)):
            start = sentence.span.start
            return Span(turn, start + shared[0].start(), start + shared[-1].end())
    return None


def _content(text: str) -> Iterator[str]:
    for hit in _WORD.finditer(fold(text).text):
        if len(hit.group()) >= _LETTERS and hit.group() not in _STOP and not hit.group().isdigit():
            yield hit.group()


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return without_ending(word, shortest=_LETTERS)
