"""A person's word on a machine's draft: pure, and nothing is written over.

The evaluation that a person confirms carries that person's answers and their sum; what the machine
answered stays in the draft's revision and in the reviews beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from models.errors import InputError
from models.records import Evaluation, Outcome, Review, Verdict
from qa.scoring import points_for, with_totals

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

SHORTEST_REASON = 5
"""Characters that a reason for a changed answer needs at least."""

Override = tuple[str, Outcome, str]
"""(criterion ref, outcome, reason)"""


def confirm(
    evaluation: Evaluation, scorecard: Scorecard, overrides: Sequence[Override], *, who: str, at: datetime
) -> tuple[Evaluation, list[Review]]:
    """The evaluation as a named person confirms it, and the reviews to keep.

    Args:
        evaluation: A draft, or one that is confirmed again.
        scorecard: The version it was made with.
        overrides: Answers of the person; one that differs from the machine's needs a reason.
        who: The person's name.
        at: When, with a zone.

    Raises:
        InputError: No name, another scorecard, an unknown criterion, or a missing reason.
    """
    if not who.strip():
        raise InputError(f"evaluation {evaluation.id}: a named person must confirm it")
    if evaluation.scorecard != scorecard.id:
        raise InputError(f"evaluation {evaluation.id}: was made with another scorecard version")
    weights = {criterion.ref: criterion.weight for criterion in scorecard.criteria}
    verdicts = {verdict.criterion: verdict for verdict in evaluation.verdicts}
    reviews = []
    for ref, outcome, reason in overrides:
        known = verdicts.get(ref)
        if known is None:
            raise InputError(f"evaluation {evaluation.id}: has no criterion {ref}")
        if outcome != known.outcome and len(reason.strip()) < SHORTEST_REASON:
            raise InputError(
                f"criterion {ref}: a changed answer needs a reason of {SHORTEST_REASON} characters or more"
            )
        reviews.append(Review(evaluation.id, ref, outcome, reason.strip(), who, at))
        if outcome != known.outcome:
            verdicts[ref] = Verdict(
                ref, outcome, points_for(outcome, weights[ref]), reason.strip(), who, known.evidence
            )
    reviews.append(Review(evaluation.id, "", None, "", who, at))
    answered = replace(evaluation, verdicts=tuple(verdicts.values()), status="confirmed")
    return with_totals(answered, scorecard), reviews
