"""Which records are decisions of people: the store notes each in the audit by itself.

So no face of the software can forget it. What the copilot hears and shows is never among them: a live turn
waits for no second disk write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SYSTEM = "system"
"""Who acts when the record names nobody."""

Said = dict[str, str]


def _status(one: Any) -> Said:
    said = {"who": one.who, "action": f"evaluation.{one.after}", "of": one.evaluation}
    return {**said, "reason": one.reason, "before": one.before, "after": one.after}


def _review(one: Any) -> Said | None:
    if not one.criterion:
        return None  # the change of status says it
    said = {"who": one.who, "action": "evaluation.answer", "of": one.evaluation, "reason": one.reason}
    return {**said, "before": one.before or "", "after": f"{one.criterion}: {one.outcome}"}


def _phrase(one: Any) -> Said | None:
    if one.state == "proposed":
        return None
    return {"who": one.decided_by, "action": f"phrase.{one.state}", "of": one.id}


_DECISIONS: Mapping[str, Callable[[Any], Said | None]] = {
    "StatusChange": _status,
    "Review": _review,
    "MinedPhrase": _phrase,
    "Dispute": lambda one: {
        "who": one.who,
        "action": "dispute.open",
        "of": one.evaluation,
        "reason": one.reason,
    },
    "DisputeStep": lambda one: {
        "who": one.who,
        "action": f"dispute.{one.state}",
        "of": one.dispute,
        "reason": one.reason,
    },
    "FactDecision": lambda one: {"who": one.who, "action": f"fact.{one.state}", "of": one.fact},
    "CoachingNote": lambda one: {"who": one.who, "action": "coaching.note", "of": one.contact},
    "Calibration": lambda one: {"who": one.who, "action": "calibration.open", "of": one.id},
    "DrawnSample": lambda one: {"who": one.who, "action": "sample.draw", "of": one.id},
    "SpeakerCorrection": lambda one: {
        "who": one.who,
        "action": "speakers.correct",
        "of": one.contact,
        "reason": one.reason,
    },
    "Proposal": lambda one: {
        "who": one.decided_by or one.by,
        "action": f"document.{one.state}",
        "of": one.document.id,
        "reason": one.reason,
    },
    "Document": lambda one: {"action": "document.store", "of": one.id, "after": one.version or ""},
    "Scorecard": lambda one: {"action": "scorecard.publish", "of": one.id},
    "ClientProfile": lambda _: {"action": "settings.store", "of": "client.yaml"},
}


def noted(record: Any) -> Said | None:
    """What the audit says of a record that was stored; None when it is no decision."""
    decision = _DECISIONS.get(type(record).__name__)
    said = decision(record) if decision is not None else None
    if said is None:
        return None
    return {"who": SYSTEM, **{name: str(text) for name, text in said.items() if text}}
