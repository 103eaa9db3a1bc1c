"""A scorecard as YAML: what `Scorecard.parse` reads back into the very same card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.records import Answer, AnswerIs, Asked, Check, Criterion, Found, Outcome

if TYPE_CHECKING:
    from qa.scorecards import Scorecard

_SAID: Mapping[Outcome, str] = {"MET": "yes", "NOT_MET": "no", "NOT_APPLICABLE": "not_applicable"}


def to_yaml(card: Scorecard) -> str:
    """The file of a scorecard, defaults left out."""
    import yaml

    plain: dict[str, Any] = {
        "name": card.name,
        "version": card.version,
        "title": card.title,
        "pass_mark": _number(round(card.pass_mark * 100, 6)),
    }
    if card.dispute_days is not None:
        plain["dispute_days"] = card.dispute_days
    if card.resolved_by is not None:
        plain["resolved_by"] = card.resolved_by
    plain["sections"] = [
        {"ref": one.ref, "title": one.title, "criteria": [_criterion(each) for each in one.criteria]}
        for one in card.sections
    ]
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=110)


def _criterion(one: Criterion) -> dict[str, Any]:
    plain: dict[str, Any] = {"ref": one.ref, "question": one.question, "weight": _number(one.weight)}
    plain["copc"] = one.copc
    if one.answer != Answer():
        plain["answer"] = _answer(one.answer)
    if one.auto_fail != "none":
        plain["auto_fail"] = one.auto_fail
        plain["on_auto_fail"] = one.on_auto_fail
    if one.not_applicable != "leave_out":
        plain["not_applicable"] = one.not_applicable
    if one.bonus:
        plain["bonus"] = True
    if one.applies_when is not None:
        plain["applies_when"] = _condition(one.applies_when)
    elif one.conditions:
        plain["applies_when"] = [_condition(each) for each in one.conditions]
    plain["check"] = _check(one.check)
    if one.guideline:
        plain["guideline"] = one.guideline
    return plain


def _answer(answer: Answer) -> Any:
    if answer.kind in ("yes_no", "text"):
        return answer.kind
    options = []
    for one in answer.options:
        option: dict[str, Any] = {"ref": one.ref, "text": one.text, "share": _number(one.share)}
        if one.low is not None:
            option["at_least"] = _number(one.low)
        if one.high is not None:
            option["at_most"] = _number(one.high)
        if one.fails:
            option["fails"] = True
        options.append(option)
    plain: dict[str, Any] = {answer.kind: options}
    if answer.starts_at:
        plain["starts_at"] = _number(answer.starts_at)
    if answer.met_from != 1:
        plain["met_from"] = _number(answer.met_from)
    return plain


def _condition(one: Found | AnswerIs) -> dict[str, Any]:
    if isinstance(one, Found):
        return _check(one)
    return {
        "criterion": one.criterion,
        "answer": [*(_SAID[outcome] for outcome in one.outcomes), *one.options],
    }


def _check(check: Check) -> dict[str, Any]:
    if isinstance(check, Asked):
        return {"asked": check.question} | ({"by": check.by} if check.by != "person" else {})
    plain: dict[str, Any]
    bounds: dict[str, float | None]
    if isinstance(check, Found):
        absent = check.at_most == 0 and check.at_least is None
        plain = {"absent" if absent else "found": list(check.labels)}
        bounds = {} if absent else {"at_least": check.at_least, "at_most": check.at_most}
        if check.severity != "note":
            plain["severity"] = check.severity
        if check.document is not None:
            plain["document"] = check.document
    else:
        plain = {"measure": check.measure}
        bounds = {"at_least": check.at_least, "at_most": check.at_most}
        plain["unit"] = check.unit
    return plain | {key: _number(bound) for key, bound in bounds.items() if bound is not None}


def _number(value: float) -> float:
    """A whole number without its point."""
    return int(value) if float(value).is_integer() else value
