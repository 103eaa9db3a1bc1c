"""Amazon Connect evaluation forms (`CreateEvaluationForm`, `DescribeEvaluationForm`).

Sections nest twice at most and become one level. An option's score is held against the best option of
its question: whether Connect divides by ten or by the best is not stated, so we say what we do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.records import (
    Answer,
    AnswerIs,
    Asked,
    AutoFail,
    Check,
    Criterion,
    Found,
    Measured,
    Option,
    Outcome,
    Section,
)
from qa.forms import ImportedForm
from qa.forms.drafts import Refs, checked, number, rows, spread, text, under

_YES_NO = 2
_SAID: Mapping[str, Outcome] = {"yes": "MET", "no": "NOT_MET"}
_MEASURES = {
    "NON_TALK_TIME_PERCENTAGE": "silence_share",
    "CONTACT_DURATION": "duration_s",
    "CUSTOMER_HOLD_TIME": "hold_s",
}
"""Properties of a contact that are a measure here, in the same unit."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A section with questions of its own, and what it weighs of the form."""

    ref: str
    title: str
    weight: float | None
    questions: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A criterion further up, and the words of its options by the form's own refs."""

    criterion: Criterion
    words: Mapping[str, str]


def is_connect_form(value: object) -> bool:
    """Whether this is a form: a title, and items that are sections."""
    items = rows(under(value, "Items"))
    return bool(text(under(value, "Title"))) and any("Section" in one or "Question" in one for one in items)


def read_connect_form(form: Mapping[str, Any], *, origin: str) -> ImportedForm:
    """A scorecard of the form.

    Raises:
        InputError: Nothing in it makes a scorecard.
    """
    mode = text(under(form, "ScoringStrategy", "Mode"))
    enabled = text(under(form, "ScoringStrategy", "Status")) != "DISABLED"
    notes: list[str] = []
    if not enabled:
        notes.append("scoring was switched off in the form; its weights are used here")
    leaves = list(_leaves(form.get("Items"), "", None))
    refs, sections = Refs(), []
    known: dict[str, _Known] = {}
    for leaf in leaves:
        section = refs.make(leaf.ref, "section")
        made = [_question(one, refs, known, notes) for one in leaf.questions]
        weighed = _weighed(made, leaf, mode)
        for question, criterion in zip(leaf.questions, weighed, strict=True):
            known[text(question.get("RefId"))] = _Known(criterion, _option_words(question))
        if weighed:
            sections.append(Section(section, leaf.title or section, tuple(weighed)))
    notes.append("every criterion is customer-critical until you choose its COPC class (copc:)")
    card = checked(origin, name=form.get("Title"), title=form.get("Title"), sections=sections)
    return ImportedForm(card, "amazon_connect", tuple(notes))


def _leaves(items: object, above: str, weight: float | None) -> Sequence[_Leaf]:
    found: list[_Leaf] = []
    for section in (under(one, "Section") for one in rows(items)):
        if not isinstance(section, dict):
            continue
        title = " / ".join(part for part in (above, text(section.get("Title"))) if part)
        excluded = section.get("IsExcludedFromScoring") is True
        own = section.get("Weight")
        share = 0.0 if excluded else number(own) if own is not None else weight
        inner = section.get("Items")
        questions = tuple(
            under(one, "Question") for one in rows(inner) if isinstance(under(one, "Question"), dict)
        )
        if questions:
            found.append(_Leaf(text(section.get("RefId")), title, share, questions))
        found += _leaves(inner, title, share)
    return found


def _question(
    question: Mapping[str, Any], refs: Refs, known: Mapping[str, _Known], notes: list[str]
) -> Criterion:
    ref = refs.make(question.get("RefId"), "question")
    kind = text(question.get("QuestionType"))
    words = text(question.get("Title")) or ref
    answer = Answer("text")
    auto_fail: AutoFail = "none"
    settings = question.get("QuestionTypeProperties")
    if kind == "SINGLESELECT":
        answer, auto_fail = _select(under(settings, "SingleSelect", "Options"), ref, notes, kind="scale")
        _automation(under(settings, "SingleSelect", "Automation"), ref, notes)
    elif kind == "MULTISELECT":
        answer, auto_fail = _select(under(settings, "MultiSelect", "Options"), ref, notes, kind="multi")
        _automation(under(settings, "MultiSelect", "Automation"), ref, notes)
    elif kind == "NUMERIC":
        return _numeric(question, ref, known, notes)
    elif kind not in ("TEXT", ""):
        notes.append(f"{ref}: is of a type that is asked as words here")
    return Criterion(
        ref,
        words,
        Asked(words),
        weight=0.0 if answer.kind == "text" else 1.0,
        auto_fail=auto_fail,
        guideline=text(question.get("Instructions")),
        answer=answer,
        conditions=_conditions(question.get("Enablement"), ref, known, notes),
    )


def _select(options: object, ref: str, notes: list[str], *, kind: str) -> tuple[Answer, AutoFail]:
    inner, shares = Refs(), []
    scope: AutoFail = "none"
    for number_, one in enumerate(rows(options), start=1):
        failing = one.get("AutomaticFail") is True
        if failing:
            scope = "section" if under(one, "AutomaticFailConfiguration", "TargetSection") else "form"
        shares.append(
            (
                inner.make(one.get("RefId"), f"option-{number_}"),
                text(one.get("Text")),
                number(one.get("Score")),
                failing,
            )
        )
    if kind == "scale" and _is_yes_no(shares):
        return Answer(), scope
    if len(shares) < (_YES_NO if kind == "scale" else 1):
        notes.append(f"{ref}: has no options, so it is asked as words here")
        return Answer("text"), "none"
    if not any(points > 0 for _, _, points, _ in shares):
        # No option earns more than another: the first that does not fail is as good as any.
        shares = [(one, words, 0.0 if failing else 1.0, failing) for one, words, _, failing in shares]
        notes.append(f"{ref}: no option has a score; those that do not fail earn all points here")
    if all(failing for *_, failing in shares):
        shares = [(*one[:2], 1.0, one[3]) for one in shares]
    return spread(shares, kind=kind), scope


def _is_yes_no(shares: Sequence[tuple[str, str, float, bool]]) -> bool:
    """Two options, yes first in points, and a failing one is the no."""
    by_word = {words.casefold(): (points, failing) for _, words, points, failing in shares}
    if len(shares) != _YES_NO or set(by_word) != {"yes", "no"}:
        return False
    return by_word["yes"][0] > by_word["no"][0] and not by_word["yes"][1]


def _numeric(
    question: Mapping[str, Any],
    ref: str,
    known: Mapping[str, _Known],
    notes: list[str],
) -> Criterion:
    settings = under(question, "QuestionTypeProperties", "Numeric")
    words = text(question.get("Title")) or ref
    ranges = rows(under(settings, "Options"))
    best = max((number(one.get("Score")) for one in ranges), default=0.0)
    bands: list[Option] = []
    scope: AutoFail = "none"
    for place, one in enumerate(ranges, start=1):
        failing = one.get("AutomaticFail") is True
        if failing:
            scope = "section" if under(one, "AutomaticFailConfiguration", "TargetSection") else "form"
        share = round(number(one.get("Score")) / best, 6) if best > 0 else 0.0 if failing else 1.0
        low, high = one.get("MinValue"), one.get("MaxValue")
        bands.append(
            Option(
                f"band-{place}",
                f"band-{place}",
                share,
                fails=failing,
                low=None if low is None else number(low),
                high=None if high is None else number(high),
            )
        )
    if not bands:
        bands = [Option("any", "any", 1.0)]
        notes.append(f"{ref}: has no ranges, so every number earns all points here")
    property_ = text(under(settings, "Automation", "PropertyValue", "Label"))
    check: Check = Asked(words)
    if property_ in _MEASURES:
        check = _measure(_MEASURES[property_])
    elif property_:
        notes.append(f"{ref}: was filled in from a property that no measure gives here; a person is asked")
    met_from = max(band.share for band in bands) or 1.0
    if not any(band.share >= met_from for band in bands):
        bands = [replace(band, share=1.0) for band in bands]
    return Criterion(
        ref,
        words,
        check,
        auto_fail=scope,
        guideline=text(question.get("Instructions")),
        answer=Answer("number", tuple(bands), met_from=met_from),
        conditions=_conditions(question.get("Enablement"), ref, known, notes),
    )


def _measure(name: str) -> Measured:
    from qa.measures import MEASURES

    return Measured(name, unit=MEASURES[name].unit)


def _automation(settings: object, ref: str, notes: list[str]) -> None:
    """Rules of the other product are named, not guessed."""
    if isinstance(settings, dict):
        notes.append(
            f"{ref}: was answered by a rule there; to answer it by machine here, give it found: labels"
        )


def _conditions(
    settings: object, ref: str, known: Mapping[str, _Known], notes: list[str]
) -> tuple[Found | AnswerIs, ...]:
    """Enablement by answers to questions further up; anything else is listed."""
    if not isinstance(settings, dict):
        return ()
    operands = rows(under(settings, "Condition", "Operands"))
    joined = text(under(settings, "Condition", "Operator")) or "AND"
    made = [_condition(under(one, "Expression"), known) for one in operands]
    read = tuple(one for one in made if one is not None)
    sure = bool(read) and len(read) == len(made) and (joined == "AND" or len(made) == 1)
    if text(under(settings, "Action")) == "ENABLE" and sure:
        return read
    notes.append(f"{ref}: is shown only under a condition that could not be read; add applies_when:")
    return ()


def _condition(expression: object, known: Mapping[str, _Known]) -> AnswerIs | None:
    """An answer to a question further up; None for anything else."""
    other = known.get(text(under(expression, "Source", "RefId")))
    wanted = {text(one.get("RefId")) for one in rows(under(expression, "Values"))}
    if other is None or text(under(expression, "Comparator")) != "IN":
        return None
    if other.criterion.answer.kind == "yes_no":
        said = {other.words.get(one, "") for one in wanted}
        outcomes: tuple[Outcome, ...] = tuple(_SAID[word] for word in sorted(said) if word in _SAID)
        return AnswerIs(other.criterion.ref, outcomes) if len(outcomes) == len(said) else None
    refs = tuple(one.ref for one in other.criterion.answer.options if one.ref in wanted)
    return AnswerIs(other.criterion.ref, options=refs) if len(refs) == len(wanted) > 0 else None


def _option_words(question: Mapping[str, Any]) -> dict[str, str]:
    options = rows(under(question, "QuestionTypeProperties", "SingleSelect", "Options"))
    return {text(one.get("RefId")): text(one.get("Text")).casefold() for one in options}


def _weighed(made: Sequence[Criterion], leaf: _Leaf, mode: str) -> list[Criterion]:
    """Criteria with the weights that the form's way of scoring gives them."""
    scoring = [one for one in made if one.answer.kind != "text"]
    weighed = []
    for one, question in zip(made, leaf.questions, strict=True):
        if one.answer.kind == "text":
            weighed.append(one)
            continue
        own = question.get("Weight")
        if mode == "SECTION_ONLY" and leaf.weight is not None:
            weight = leaf.weight / len(scoring)
        elif mode == "POINTS_BASED":
            weight = _most_points(question)
        else:
            weight = number(own, 1.0) if own is not None else 1.0
        if leaf.weight == 0 and mode != "QUESTION_ONLY":
            weight = 0.0
        weighed.append(replace(one, weight=round(min(weight, 1000.0), 6)))
    return weighed


def _most_points(question: Mapping[str, Any]) -> float:
    settings = question.get("QuestionTypeProperties")
    scores = [
        number(one.get("Score"))
        for kind in ("SingleSelect", "MultiSelect", "Numeric")
        for one in rows(under(settings, kind, "Options"))
    ]
    return max(scores, default=0.0)
