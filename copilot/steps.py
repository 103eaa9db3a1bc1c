"""Procedures, one step at a time: the next comes when the current one was said or the customer did it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from models.errors import InputError
from models.records import FactLine, Passage, Suggestion, Turn

_ITEM = re.compile(r"^[ \t]*\d{1,2}[.)][ \t]+(?P<words>\S.*)$", re.MULTILINE)


def procedure(passage: Passage) -> tuple[FactLine, ...]:
    """The steps of a passage in order; empty when it is no procedure."""
    found = tuple(
        FactLine(hit["words"].strip(), "step", passage.id, hit.start("words"), hit.end("words"))
        for hit in _ITEM.finditer(passage.text)
    )
    return found if len(found) > 1 else ()


def next_step(steps: Sequence[FactLine], turns: Sequence[Turn], since: int) -> int:
    """Number of the step to show, from 1; `len(steps) + 1` when all were said or done.

    Args:
        steps: From `procedure`.
        turns: Of the contact so far.
        since: Index of the first turn that can be about the steps: the one after the card came up.
    """
    del turns, since
    return 1 if steps else 0


def as_step(card: Suggestion, number: int) -> Suggestion:
    """The card of one step, made out of the answer card whose first source is a procedure.

    Raises:
        InputError: The source has no such step.
    """
    steps = procedure(card.sources[0]) if card.sources else ()
    if not 1 <= number <= len(steps):
        raise InputError(f"suggestion {card.id}: has {len(steps)} steps, no step {number}")
    line = steps[number - 1]
    return replace(
        card,
        id=hashlib.sha256(f"{card.id}\n{number}".encode()).hexdigest()[:16],
        kind="step",
        facts=(line.text,),
        lines=(line,),
        step=number,
        steps=len(steps),
    )
