"""Cues by name: wordings of `rules/cues.yaml` that other detectors ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from qa.detectors.folding import fold
from qa.detectors.patterns import PhraseSet
from qa.detectors.shipped import read_shipped


@cache
def _table() -> Mapping[str, Sequence[str]]:
    return dict(read_shipped("rules/cues.yaml"))


@cache
def _phrases(name: str) -> PhraseSet:
    return PhraseSet([tuple(_table()[name])])


def has(cue: str, text: str) -> bool:
    """Whether a cue occurs in a text (not folded)."""
    return bool(_phrases(cue).matching(fold(text).text))


def places(cue: str, text: str) -> list[tuple[int, int]]:
    """Where a cue occurs in a text (not folded): half-open ranges of the original, in order."""
    folded = fold(text)
    return [folded.original(start, end) for start, end in _phrases(cue).spans(0, folded.text)]


def without(cue: str, text: str) -> str:
    """The text with the places of a cue blanked out."""
    out = list(text)
    for start, end in places(cue, text):
        out[start:end] = " " * (end - start)
    return "".join(out)
