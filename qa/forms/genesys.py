"""Genesys Cloud evaluation forms (`questionGroups`), built to the published schema.

The `contextId` of a question is stable across the form's versions, so it becomes the ref.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.patterns import pattern
from models.records import Answer, AnswerIs, Asked, AutoFail, Criterion, Section
from qa.forms import ImportedForm
from qa.forms.drafts import Refs, checked, number, rows, spread, text, under

_POSITION = pattern(r"/form/questionGroup/(\d{1,6})/question/(\d{1,6})/answer/(\d{1,6})")
_YES_NO = 2


def is_genesys_form(value: object) -> bool:
    """Whether this is a form: a name and groups of questions."""
    groups = rows(under(value, "questionGroups"))
    return bool(text(under(value, "name"))) and any(isinstance(one.get("questions"), list) for one in groups)


def read_genesys_form(form: Mapping[str, Any], *, origin: str) -> ImportedForm:
    """A scorecard of the form.

    Raises:
        InputError: Nothing in it makes a scorecard.
    """
    notes: list[str] = []
    refs = Refs()
    groups = rows(form.get("questionGroups"))
    scaled = text(form.get("weightMode")) == "SCALED"
    known: dict[tuple[int, int], Criterion] = {}
    sections = []
    for place, group in enumerate(groups):
        ref = refs.make(group.get("contextId") or group.get("id"), f"group-{place + 1}")
        made: list[Criterion] = []
        for number_, question in enumerate(rows(group.get("questions"))):
            if text(question.get("type")) == "readOnlyTextBlockQuestion":
                continue
            both = (group.get("visibilityCondition"), question.get("visibilityCondition"))
            one = _question(question, refs, notes)
            one = replace(one, conditions=_conditions(both, one.ref, groups, known, notes))
            known[place, number_] = one
            made.append(one)
        if group.get("defaultAnswersToHighest") is True:
            notes.append(
                f"{ref}: answers stood at the best by default; here nothing is answered before it is"
            )
        made = _weighed(made, rows(group.get("questions")), group, scaled=scaled)
        if made:
            sections.append(Section(ref, text(group.get("name")) or ref, tuple(made)))
    notes.append("every criterion is customer-critical until you choose its COPC class (copc:)")
    card = checked(origin, name=form.get("name"), title=form.get("name"), sections=sections)
    return ImportedForm(card, "genesys", tuple(dict.fromkeys(notes)))


def _question(question: Mapping[str, Any], refs: Refs, notes: list[str]) -> Criterion:
    ref = refs.make(question.get("contextId") or question.get("id"), "question")
    words = text(question.get("text")) or ref
    kind = text(question.get("type"))
    answer = Answer("text")
    if kind == "npsQuestion":
        answer = spread([(str(one), str(one), float(one), False) for one in range(11)])
    elif kind in ("multipleChoiceQuestion", "multipleSelectQuestion"):
        answer = _options(question, ref, notes, many=kind == "multipleSelectQuestion")
    elif kind != "freeTextQuestion":
        notes.append(f"{ref}: a question of an unknown type, asked as words here")
    scope: AutoFail = "none"
    if question.get("isKill") is True and answer.kind != "text":
        scope = "form"
    if question.get("isCritical") is True:
        notes.append(f"{ref}: was critical, which had a score of its own: choose its COPC class (copc:)")
    if any(one.get("assistanceConditions") for one in rows(question.get("answerOptions"))):
        notes.append(
            f"{ref}: was answered by topics there; to answer it by machine here, give it found: labels"
        )
    return Criterion(
        ref,
        words,
        Asked(words),
        weight=0.0 if answer.kind == "text" else 1.0,
        auto_fail=scope,
        guideline=text(question.get("helpText")),
        answer=answer,
    )


def _options(question: Mapping[str, Any], ref: str, notes: list[str], *, many: bool) -> Answer:
    inner, shares = Refs(), []
    options = rows(question.get("answerOptions"))
    for place, one in enumerate(options, start=1):
        # Positions, not ids: conditions and people name an answer by where it stands.
        shares.append(
            (inner.make("", f"answer-{place}"), text(one.get("text")), number(one.get("value")), False)
        )
    words = [one[1].casefold() for one in shares]
    if not many and len(shares) == _YES_NO and set(words) == {"yes", "no"}:
        points = dict(zip(words, (one[2] for one in shares), strict=True))
        if points["yes"] > points["no"]:
            return Answer()
    if len(shares) < (1 if many else _YES_NO):
        notes.append(f"{ref}: has too few answers, so it is asked as words here")
        return Answer("text")
    if not any(points > 0 for _, _, points, _ in shares):
        notes.append(f"{ref}: no answer has points, so it is asked as words here")
        return Answer("text")
    if not many:
        return spread(shares)
    # Several may be chosen: each earns its part of all points together.
    whole = sum(max(one[2], 0.0) for one in shares)
    made = spread(shares, kind="multi")
    return replace(
        made,
        options=tuple(
            replace(option, share=round(max(one[2], 0.0) / whole, 6))
            for option, one in zip(made.options, shares, strict=True)
        ),
        met_from=0.99,
    )


def _conditions(
    settings: Sequence[object],
    ref: str,
    groups: Sequence[Mapping[str, Any]],
    known: Mapping[tuple[int, int], Criterion],
    notes: list[str],
) -> tuple[AnswerIs, ...]:
    made: list[AnswerIs] = []
    for one in settings:
        if not isinstance(one, dict):
            continue
        predicates = one.get("predicates")
        read = (
            [_answer_at(words, groups, known) for words in predicates] if isinstance(predicates, list) else []
        )
        kept = [each for each in read if each is not None]
        merged = _either(kept)
        either = text(one.get("combiningOperation")).upper() == "OR"
        if not read or len(kept) < len(read) or (either and len(merged) > 1):
            notes.append(f"{ref}: is shown only under a condition that could not be read; add applies_when:")
            return ()
        made += merged if either else kept
    return tuple(made)


def _answer_at(
    words: object, groups: Sequence[Mapping[str, Any]], known: Mapping[tuple[int, int], Criterion]
) -> AnswerIs | None:
    found = _POSITION.fullmatch(words) if isinstance(words, str) else None
    if found is None:
        return None
    group, question, place = (int(part) for part in found.groups())
    other = known.get((group, question))
    if other is None or other.answer.kind == "text":
        return None
    if other.answer.kind == "yes_no":
        options = rows(rows(groups[group].get("questions"))[question].get("answerOptions"))
        said = text(options[place].get("text")).casefold() if place < len(options) else ""
        if said not in ("yes", "no"):
            return None
        return AnswerIs(other.ref, ("MET",) if said == "yes" else ("NOT_MET",))
    if place >= len(other.answer.options):
        return None
    return AnswerIs(other.ref, options=(other.answer.options[place].ref,))


def _either(conditions: Sequence[AnswerIs]) -> list[AnswerIs]:
    """Conditions on one criterion as one that any of its answers meets."""
    by_ref: dict[str, AnswerIs] = {}
    for one in conditions:
        so_far = by_ref.get(one.criterion, AnswerIs(one.criterion))
        by_ref[one.criterion] = AnswerIs(
            one.criterion, so_far.outcomes + one.outcomes, so_far.options + one.options
        )
    return list(by_ref.values())


def _weighed(
    made: Sequence[Criterion],
    questions: Sequence[Mapping[str, Any]],
    group: Mapping[str, Any],
    *,
    scaled: bool,
) -> list[Criterion]:
    """Weights: the most points of each question, and in a scaled form the group's share of the whole."""
    asked = [one for one in questions if text(one.get("type")) != "readOnlyTextBlockQuestion"]
    points = [
        _most_points(one) if each.answer.kind != "text" else 0.0
        for one, each in zip(asked, made, strict=True)
    ]
    whole = sum(points)
    share = number(group.get("manualWeight") or group.get("weight"), 1.0)
    weights = [share * one / whole if scaled and whole else one for one in points]
    return [
        replace(one, weight=round(min(max(weight, 0.0), 1000.0), 6))
        for one, weight in zip(made, weights, strict=True)
    ]


def _most_points(question: Mapping[str, Any]) -> float:
    if text(question.get("type")) == "npsQuestion":
        return 10.0
    values = [number(one.get("value")) for one in rows(question.get("answerOptions"))]
    if text(question.get("type")) == "multipleSelectQuestion":
        return sum(max(value, 0.0) for value in values)
    return max(values, default=0.0)
