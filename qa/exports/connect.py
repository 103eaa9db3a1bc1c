"""An evaluation in the shape of Amazon Connect's evaluation export (schema version 3.1)."""

from __future__ import annotations

import json
from typing import Any

from models.records import Criterion, Section, Verdict
from qa.exports.dossier import Dossier

SCHEMA_VERSION = "3.1"


def connect_json(dossier: Dossier) -> str:
    """JSON as Connect writes it to a bucket after an evaluation was submitted.

    Yes/no criteria become single-select questions, numbers numeric ones, texts text ones. Account and
    instance ids stay empty: there are none.
    """
    one, card, signed = dossier.evaluation, dossier.scorecard, dossier.confirmed_by
    stamped = signed.at.isoformat() if signed else ""
    body = {
        "schemaVersion": SCHEMA_VERSION,
        "evaluationId": one.id,
        "metadata": {
            "contactId": one.transcript,
            "accountId": "",
            "instanceId": "",
            "agentId": one.agent,
            "evaluationDefinitionTitle": card.title,
            "evaluator": signed.who if signed else "",
            "evaluationDefinitionId": card.name,
            "evaluationDefinitionVersion": card.version,
            "evaluationStartTimestamp": stamped,
            "evaluationSubmitTimestamp": stamped,
            "score": _score(one.score, failed=bool(one.auto_failed)),
        },
        "sections": [
            {
                "sectionRefId": section.ref,
                "sectionTitle": section.title,
                "notes": "",
                "score": _score(one.section_scores.get(section.ref)),
            }
            for section in card.sections
        ],
        "questions": [_question(*answered) for answered in dossier.answered],
    }
    return json.dumps(body, ensure_ascii=False, indent=2)


def _question(section: Section, criterion: Criterion, verdict: Verdict) -> dict[str, Any]:
    away = verdict.outcome in ("NOT_APPLICABLE", "UNSCORED")
    answer: dict[str, Any] = {"notes": verdict.reason, "metadata": {"notApplicable": away}}
    kind = criterion.answer.kind
    if kind in ("number", "text"):
        answer["value"] = "" if away or verdict.value is None else str(verdict.value)
    else:
        answer["values"] = _choices(criterion, verdict)
    share = (
        None if away or verdict.points is None or not criterion.weight else verdict.points / criterion.weight
    )
    return {
        "questionRefId": criterion.ref,
        "sectionRefId": section.ref,
        "questionType": {"number": "NUMERIC", "text": "TEXT", "multi": "MULTISELECT"}.get(
            kind, "SINGLESELECT"
        ),
        "questionText": criterion.question,
        "answer": answer,
        "score": _score(share, failed=criterion.auto_fail != "none" and verdict.outcome == "NOT_MET"),
    }


def _choices(criterion: Criterion, verdict: Verdict) -> list[dict[str, Any]]:
    options = [(option.ref, option.text) for option in criterion.answer.options]
    picked: tuple[str, ...] = ()
    if criterion.answer.kind == "yes_no":
        options = [("yes", "Yes"), ("no", "No")]
        picked = {"MET": ("yes",), "NOT_MET": ("no",)}.get(verdict.outcome, ())
    elif isinstance(verdict.value, str):
        picked = (verdict.value,)
    elif isinstance(verdict.value, tuple):
        picked = verdict.value
    return [{"valueText": text, "valueRefId": ref, "selected": ref in picked} for ref, text in options]


def _score(share: float | None, *, failed: bool = False) -> dict[str, Any]:
    if share is None:
        return {"notApplicable": True}
    return {"percentage": round(share * 100, 2)} | ({"automaticFail": True} if failed else {})
