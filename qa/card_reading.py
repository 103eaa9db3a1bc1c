"""Sections and criteria of a scorecard out of YAML, checked line by line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from models.errors import ConfigError
from models.labels import LABELS
from models.patterns import pattern
from models.records import (
    SEVERITIES,
    Answer,
    AnswerIs,
    Asked,
    AutoFail,
    Check,
    CopcClass,
    Criterion,
    Found,
    Measured,
    NotApplicable,
    OnAutoFail,
    Outcome,
    Section,
)
from models.yaml_lines import Lined
from qa.card_answers import read_answer
from qa.measures import MEASURES

REF = pattern(r"[A-Za-z0-9._-]{1,40}")
UNITS = {name: measure.unit for name, measure in MEASURES.items()} | {"scriptedness": "percent"}
OUTCOMES: dict[Any, Outcome] = {
    True: "MET",
    False: "NOT_MET",
    "yes": "MET",
    "no": "NOT_MET",
    "not_applicable": "NOT_APPLICABLE",
}
"""How a condition says an outcome; YAML reads a bare yes as true."""
_HEAVIEST = 1000
_KEYS = (
    "ref question weight copc auto_fail on_auto_fail not_applicable bonus applies_when check answer guideline"
)


def read_section(item: Any, card: Lined, seen: dict[str, Criterion | None]) -> Section:
    """A section; `seen` holds the refs further up and takes up the new ones.

    Raises:
        ConfigError: Names the line and key.
    """
    if not isinstance(item, Lined):
        raise card.fail("sections", "each section must be a mapping with ref, title and criteria")
    item.only("ref", "title", "criteria")
    ref = _ref(item, seen)
    criteria = item.need("criteria", list)
    if not criteria:
        raise item.fail("criteria", "is empty")
    return Section(
        ref=ref,
        title=item.get("title", str, ref),
        criteria=tuple(_criterion(entry, item, seen) for entry in criteria),
    )


def one_of(item: Lined, key: str, choices: Sequence[str], default: Any) -> Any:
    """The value of a key that has a closed list of words.

    Raises:
        ConfigError: Another word; names the line, the key and the words there are.
    """
    value = item.get(key, str, default)
    if value not in choices and value != default:
        raise item.fail(key, f"must be one of {', '.join(choices)}")
    return value


def _criterion(item: Any, section: Lined, seen: dict[str, Criterion | None]) -> Criterion:
    if not isinstance(item, Lined):
        raise section.fail("criteria", "each criterion must be a mapping with ref, question and check")
    item.only(*_KEYS.split())
    answer = read_answer(item)
    weight = float(item.get("weight", (int, float), 0 if answer.kind == "text" else 1))
    if not 0 <= weight <= _HEAVIEST:  # a slip of the keyboard, not a weight
        raise item.fail("weight", f"must be from 0 to {_HEAVIEST}")
    applies_when, conditions = _conditions(item, seen)
    ref = _ref(item, seen)
    made = Criterion(
        ref=ref,
        question=item.need("question", str),
        check=_check(item.need("check", Lined), answer),
        weight=weight,
        copc=one_of(item, "copc", get_args(CopcClass), "customer"),
        auto_fail=one_of(item, "auto_fail", get_args(AutoFail), "none"),
        applies_when=applies_when,
        guideline=item.get("guideline", str, ""),
        answer=answer,
        on_auto_fail=one_of(item, "on_auto_fail", get_args(OnAutoFail), "zero"),
        not_applicable=one_of(item, "not_applicable", get_args(NotApplicable), "leave_out"),
        bonus=item.get("bonus", bool, False),
        conditions=conditions,
    )
    _fits_together(item, made)
    seen[ref] = made
    return made


def _fits_together(item: Lined, made: Criterion) -> None:
    kind = made.answer.kind
    if kind in ("scale", "multi", "text") and not isinstance(made.check, Asked):
        raise item.fail("answer", f"{kind} is for check: asked; findings and measures give yes_no or number")
    if kind == "text" and made.weight:
        raise item.fail("weight", "a text answer earns no points; leave the weight out")
    if kind == "text" and made.auto_fail != "none":
        raise item.fail("auto_fail", "a text answer cannot fail anything")
    if made.bonus and made.auto_fail != "none":
        raise item.fail("bonus", "a bonus can lose nothing, so it cannot auto_fail")
    if made.auto_fail == "none" and "on_auto_fail" in item.values:
        raise item.fail("on_auto_fail", "says how auto_fail works, and there is none")
    if made.auto_fail == "none" and any(option.fails for option in made.answer.options):
        raise item.fail("answer", "an option fails, so auto_fail must say what: section or form")


def _conditions(
    item: Lined, seen: dict[str, Criterion | None]
) -> tuple[Found | None, tuple[Found | AnswerIs, ...]]:
    raw = item.get("applies_when", (Lined, list))
    if raw is None:
        return None, ()
    if isinstance(raw, Lined) and "criterion" not in raw.values:
        return _found_condition(raw), ()
    made: list[Found | AnswerIs] = []
    for one in raw if isinstance(raw, list) else [raw]:
        if not isinstance(one, Lined):
            raise item.fail("applies_when", "each condition must be a mapping: found, absent or criterion")
        made.append(_answer_is(one, seen) if "criterion" in one.values else _found_condition(one))
    if not made:
        raise item.fail("applies_when", "is empty")
    return None, tuple(made)


def _found_condition(item: Lined) -> Found:
    return _found(item, at_most=0) if "absent" in item.values else _found(item, at_least=1)


def _answer_is(item: Lined, seen: dict[str, Criterion | None]) -> AnswerIs:
    item.only("criterion", "answer")
    ref = item.need("criterion", str)
    other = seen.get(ref)
    if other is None:
        near = get_close_matches(ref, [name for name, made in seen.items() if made is not None], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "a condition looks at a criterion further up"
        raise item.fail("criterion", f"{ref!r} is no criterion above this one; {hint}")
    said = item.need("answer", (str, bool, list))
    outcomes: list[Outcome] = []
    options: list[str] = []
    known = {option.ref for option in other.answer.options}
    for one in said if isinstance(said, list) else [said]:
        if str(one) in known:
            options.append(str(one))
        elif isinstance(one, (str, bool)) and one in OUTCOMES:
            outcomes.append(OUTCOMES[one])
        else:
            words = ", ".join(["yes", "no", "not_applicable", *sorted(known)])
            raise item.fail("answer", f"must be one of {words}")
    return AnswerIs(ref, tuple(outcomes), tuple(options))


def _check(item: Lined, answer: Answer) -> Check:
    kinds = [kind for kind in ("found", "absent", "measure", "asked") if kind in item.values]
    if len(kinds) != 1:
        raise ConfigError(
            f"{item.origin}, line {item.line}: check: needs exactly one of found, absent, measure, asked"
        )
    kind = kinds[0]
    if kind == "asked":
        item.only("asked", "by")
        return Asked(item.need("asked", str), by=one_of(item, "by", ("person", "generator"), "person"))
    if answer.kind == "number":
        for key in ("absent", "at_least", "at_most"):
            if key in item.values:
                raise item.fail(key, "the bands of answer: number say what a number is worth")
        return _found(item) if kind == "found" else _measured(item, bounded=False)
    if kind == "measure":
        return _measured(item, bounded=True)
    return _found(item, at_least=1) if kind == "found" else _found(item, at_most=0)


def _found(item: Lined, *, at_least: int | None = None, at_most: int | None = None) -> Found:
    key = "absent" if "absent" in item.values else "found"
    item.only(key, "document", "severity", "at_least", "at_most")
    labels = item.need(key, list)
    if not labels:
        raise item.fail(key, "is empty")
    for label in labels:
        if label not in LABELS:
            near = get_close_matches(str(label), LABELS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise item.fail(key, f"{label!r} is not a label{hint}")
    if key == "absent" and {"at_least", "at_most"} & item.values.keys():
        raise item.fail(key, "takes no at_least or at_most; write found: with at_most: instead")
    low = item.get("at_least", int, at_least if "at_most" not in item.values else None)
    high = item.get("at_most", int, at_most)
    if low is not None and high is not None and low > high:
        raise item.fail("at_least", "is above at_most, so nothing could meet it")
    return Found(
        labels=tuple(labels),
        at_least=low,
        at_most=high,
        severity=one_of(item, "severity", SEVERITIES, "note"),
        document=item.get("document", str),
    )


def _measured(item: Lined, *, bounded: bool) -> Measured:
    item.only("measure", "at_least", "at_most", "unit")
    measure = item.need("measure", str)
    if measure not in UNITS:
        near = get_close_matches(measure, UNITS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(UNITS)}"
        raise item.fail("measure", f"{measure!r} is not a measure; {hint}")
    unit = item.get("unit", str, UNITS[measure])
    if unit != UNITS[measure]:
        raise item.fail("unit", f"{measure} is given in {UNITS[measure]}")
    low, high = item.get("at_least", (int, float)), item.get("at_most", (int, float))
    if bounded and low is None and high is None:
        raise item.fail("measure", "needs at_least or at_most")
    if low is not None and high is not None and low > high:
        raise item.fail("at_least", "is above at_most, so nothing could meet it")
    # Floats, so that a card read from the store has the very bytes of one read from its file.
    return Measured(
        measure,
        at_least=None if low is None else float(low),
        at_most=None if high is None else float(high),
        unit=unit,
    )


def _ref(item: Lined, seen: dict[str, Criterion | None]) -> str:
    ref: str = item.need("ref", str)
    if not REF.fullmatch(ref):
        raise item.fail("ref", "use 1 to 40 letters, digits, '.', '_' or '-'")
    if ref in seen:
        raise item.fail("ref", f"{ref!r} is used twice")
    seen[ref] = None
    return ref
