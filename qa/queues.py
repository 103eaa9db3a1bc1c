"""Which contact a person should look at first, and why in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.records import Analysis, Evaluation, Transcript, severity_rank


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of the review queue."""

    contact: str
    agent: str
    evaluation: str | None
    score: float | None
    status: str
    risk: int
    """Higher is looked at first: gravest finding, then auto-fail, then a low score."""
    why: str
    """The risk in words."""


def queue(
    transcripts: Iterable[Transcript],
    evaluations: Mapping[str, Evaluation],
    analyses: Mapping[str, Analysis],
) -> list[QueueItem]:
    """Contacts, those that wait for a person first, riskiest on top; equals by id.

    Args:
        transcripts: The contacts.
        evaluations: By transcript id.
        analyses: By transcript id.
    """
    items = [_item(one, evaluations.get(one.id), analyses.get(one.id)) for one in transcripts]
    return sorted(items, key=lambda item: (item.status not in _WAITING, -item.risk, item.contact))


_WAITING = ("draft", "unscored", "disputed")


def _item(transcript: Transcript, evaluation: Evaluation | None, analysis: Analysis | None) -> QueueItem:
    findings = analysis.findings if analysis is not None else ()
    gravest = max(findings, key=lambda finding: severity_rank(finding.severity), default=None)
    rank = severity_rank(gravest.severity) if gravest is not None else 0
    score = evaluation.score if evaluation is not None else None
    reasons = []
    if evaluation is not None and evaluation.auto_failed:
        reasons.append("auto-fail: " + ", ".join(evaluation.auto_failed))
    if gravest is not None and rank > 1:
        reasons.append(f"{gravest.severity}: {gravest.label}")
    if evaluation is None:
        reasons.append("not scored yet")
    elif score is not None and not evaluation.passed:
        reasons.append("below the pass mark")
    return QueueItem(
        contact=transcript.id,
        agent=transcript.agent,
        evaluation=evaluation.id if evaluation is not None else None,
        score=score,
        status=evaluation.status if evaluation is not None else "unscored",
        risk=10 * rank + 5 * bool(evaluation and evaluation.auto_failed) + round(4 * (1 - (score or 0.0))),
        why="; ".join(reasons) or "nothing grave found",
    )
