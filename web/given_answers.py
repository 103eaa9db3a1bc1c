"""Answers as people give them: typed (`resolved=yes: the customer got a date`), or sent by a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, cast, get_args

from models.errors import InputError
from models.patterns import pattern
from models.records import AnswerValue, Criterion, Evaluation, Outcome, Span, Transcript

if TYPE_CHECKING:
    from qa import Scorecard
    from qa.reviews import Correction
    from web.workspace import Workspace

_OUTCOMES: Mapping[str, Outcome] = {
    "yes": "MET",
    "met": "MET",
    "no": "NOT_MET",
    "not_met": "NOT_MET",
    "na": "NOT_APPLICABLE",
    "n/a": "NOT_APPLICABLE",
    "not_applicable": "NOT_APPLICABLE",
}
_WRITTEN = pattern(r"\s*([A-Za-z0-9._-]{1,40})\s*=\s*([^:]*)(?::(.*))?", re.DOTALL)


def corrections(card: Scorecard, written: Sequence[str]) -> list[Correction]:
    """Answers as typed, read with the scorecard they are for.

    Raises:
        InputError: Not `REF=ANSWER: REASON`, no such criterion, or no such answer; says which are there.
    """
    criteria = {criterion.ref: criterion for criterion in card.criteria}
    made = []
    for number, words in enumerate(written, start=1):
        found = _WRITTEN.fullmatch(words)
        if found is None:
            raise InputError(f"answer {number}: write it as REF=ANSWER: REASON")
        criterion = criteria.get(found[1])
        if criterion is None:
            near = get_close_matches(found[1], criteria, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(criteria)}"
            raise InputError(f"answer {number}: the scorecard has no such criterion; {hint}")
        made.append(_correction(criterion, found[2].strip(), (found[3] or "").strip()))
    return made


def _correction(criterion: Criterion, said: str, reason: str) -> Correction:
    from qa.reviews import Correction

    outcome = _OUTCOMES.get(said.casefold())
    kind = criterion.answer.kind
    if outcome == "NOT_APPLICABLE" or (outcome is not None and kind == "yes_no"):
        return Correction(criterion.ref, outcome, reason)
    value: AnswerValue
    if kind == "number":
        try:
            value = float(said.replace(",", "."))
        except ValueError:
            raise InputError(f"criterion {criterion.ref}: takes a number") from None
    elif kind == "multi":
        value = tuple(part.strip() for part in said.split(",") if part.strip())
    elif kind in ("scale", "text"):
        value = said
    else:
        raise InputError(f"criterion {criterion.ref}: takes yes, no or na")
    if kind in ("scale", "multi"):
        known = [option.ref for option in criterion.answer.options]
        if any(one not in known for one in ((value,) if isinstance(value, str) else value or ())):  # type: ignore[union-attr]
            raise InputError(f"criterion {criterion.ref}: takes {', '.join(known)} or na")
    return Correction(criterion.ref, None, reason, value)


def evidence_of(workspace: Workspace, client: str, evaluation: str, turns: Sequence[int]) -> tuple[Span, ...]:
    """Whole turns, counted from 1, as the words that an objection rests on.

    Raises:
        InputError: The contact has no such turn.
    """
    kb = workspace.knowledge_base(client)
    found = kb.store.get(kb.client, Evaluation, evaluation)
    transcript = kb.store.get(kb.client, Transcript, found.transcript)
    if any(not 0 < turn <= len(transcript.turns) for turn in turns):
        raise InputError(f"transcript {transcript.id}: has turns 1 to {len(transcript.turns)}")
    return tuple(Span(turn - 1, 0, len(transcript.turns[turn - 1].text)) for turn in turns)


def correction_of(criterion: str, outcome: str | None, value: object, reason: str) -> Correction:
    """An answer as a page or a program sends it: an outcome, or a value where more than yes or no is asked.

    Raises:
        InputError: There is no such outcome, or the value is neither text, number nor a list of texts.
    """
    from qa.reviews import Correction

    if outcome is not None and outcome not in get_args(Outcome):
        raise InputError(f"criterion {criterion}: the outcome is one of {', '.join(get_args(Outcome))}")
    said: AnswerValue
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) for one in value):
        said = tuple(str(one) for one in value)
    elif isinstance(value, bool) or not isinstance(value, (int, float, str, type(None))):
        raise InputError(f"criterion {criterion}: the value is text, a number or a list of options")
    else:
        said = float(value) if isinstance(value, int) else value
    if isinstance(said, float) and not isfinite(said):
        raise InputError(f"criterion {criterion}: takes a number")
    return Correction(criterion, cast("Outcome | None", outcome), reason, said)
