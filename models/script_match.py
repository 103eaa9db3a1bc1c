"""How surely a stretch of words is a line of a script: seven features of an alignment, and their head.

The unit is the sentences the line touches. A line said word for word inside a longer turn is that line;
a sentence that merely shares words with one has other words around them, and that is what tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import log
from typing import TYPE_CHECKING

from models.alignment import SLOT_WORDS, Alignment, Match, ScriptIndex, Template

if TYPE_CHECKING:
    from models.heads import Head

FEATURES = ("f", "recall", "precision", "run_share", "token_sort", "log_length", "doubt")
HEAD = "scripting@1"
RECALL = 0.8
"""Least share of a line's fixed words, in order, when the words are sure."""
LEAST_RECALL = 0.5
"""And when the recogniser was very unsure."""
TOLERANCE = 1.5
"""How fast it falls: of a tenth of the words misheard, some cost two words of an alignment."""
_WINDOW = 4
_EDGE = 2
"""A slot at the edge of a line absorbs so many times `SLOT_WORDS`: nothing bounds it on the other side."""


def line_hits(
    index: ScriptIndex, said: Sequence[str], sentences: Sequence[tuple[int, int]], sure: float
) -> list[tuple[Match, tuple[float, ...]]]:
    """The lines said in a stretch, each with its features. The less sure the words, the more tolerant.

    Args:
        index: The lines.
        said: Normalised words.
        sentences: Half-open ranges of them.
        sure: Mean confidence of the recogniser; 1.0 for written words.
    """
    hits = index.find(said, recall=max(LEAST_RECALL, RECALL - TOLERANCE * (1.0 - sure)))
    owner = [-1] * len(said)
    for number, hit in enumerate(hits):
        owner[hit.alignment.start : hit.alignment.end] = [number] * (hit.alignment.end - hit.alignment.start)
    found = []
    for number, hit in enumerate(hits):
        template, place = index.templates[hit.template], hit.alignment
        low, high = unit_bounds(place, sentences, template)
        others = sum(one not in {-1, number} for one in owner[low:high])
        before = next(
            (n for n in range(place.start - low) if owner[place.start - n - 1] != -1), place.start - low
        )
        after = next((n for n in range(high - place.end) if owner[place.end + n] != -1), high - place.end)
        numbers = features(place, template, said[low:high], others=others, edges=(before, after), sure=sure)
        first, last = _absorbed(template, (before, after))
        whole = replace(place, start=place.start - first, end=place.end + last)
        owner[whole.start : whole.end] = [number] * (whole.end - whole.start)
        found.append((Match(hit.template, whole), numbers))
    return found


def unit_bounds(hit: Alignment, sentences: Sequence[tuple[int, int]], template: Template) -> tuple[int, int]:
    """The stretch of words a line is judged in: the sentences it touches, clipped around it.

    Clipped, because recognisers write no full stops: a line's length on either side is enough to see
    that it stands among other words.

    Args:
        hit: With word positions.
        sentences: Half-open word ranges, in order.
        template: The line.
    """
    slots = sum(template.slots) + template.trailing
    around = max(_WINDOW, hit.fixed) + _EDGE * SLOT_WORDS * slots
    touched = [(start, end) for start, end in sentences if start < hit.end and end > hit.start] or [
        (hit.start, hit.end)
    ]
    return max(touched[0][0], hit.start - around), min(touched[-1][1], hit.end + around)


def features(
    hit: Alignment,
    template: Template,
    said: Sequence[str],
    *,
    others: int,
    edges: tuple[int, int],
    sure: float,
) -> tuple[float, ...]:
    """The seven numbers of `FEATURES`.

    Args:
        hit: The line's alignment.
        template: The line.
        said: Normalised words of the unit.
        others: How many of them belong to other lines.
        edges: Words of the unit before and after the aligned ones that belong to no other line.
        sure: Mean confidence of the recogniser, in [0, 1]; 1.0 for written words.
    """
    from rapidfuzz import fuzz

    absorbed = sum(_absorbed(template, edges))
    own = max(1, len(said) - others)
    precision = min(1.0, (hit.precision * (hit.end - hit.start) + absorbed) / own)
    f = 2.0 * hit.recall * precision / (hit.recall + precision) if hit.recall else 0.0
    ratio = fuzz.token_sort_ratio(" ".join(template.words), " ".join(said)) / 100.0
    return f, hit.recall, precision, hit.run / hit.fixed, ratio, log(hit.fixed), 1.0 - sure


def _absorbed(template: Template, edges: tuple[int, int]) -> tuple[int, int]:
    """Words before and after the fixed ones that fill a slot at the line's edge."""
    return (
        min(edges[0], _EDGE * SLOT_WORDS * template.slots[0]),
        min(edges[1], _EDGE * SLOT_WORDS * template.trailing),
    )


@cache
def head() -> Head:
    """The head that ships; trained on STAR, see its model card."""
    from models.heads import load_head

    return load_head(HEAD)


def probability(numbers: Sequence[float]) -> float:
    """Calibrated P(the words were taken from the line), from `features`."""
    return head().score(numbers)


def confidence(numbers: Sequence[float]) -> float:
    """What a finding may claim: as if every word was surely heard, less what the recogniser doubts.

    Doubt makes the alignment tolerant; it never makes a finding surer than the same words in writing.
    """
    doubt = numbers[-1]
    return head().score([*numbers[:-1], 0.0]) * (1.0 - 0.5 * doubt)
