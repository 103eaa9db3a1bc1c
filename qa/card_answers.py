"""What an answer may look like, out of a scorecard's YAML: yes or no, a scale, a number, several, words."""

from __future__ import annotations

from typing import Any

from models.errors import ConfigError
from models.patterns import pattern
from models.records import Answer, AnswerKind, Option
from models.yaml_lines import Lined

_KINDS: tuple[AnswerKind, ...] = ("yes_no", "scale", "number", "multi", "text")
_REF = pattern(r"[A-Za-z0-9._-]{1,40}")
_STEPS = pattern(r"(\d{1,2})\s*-\s*(\d{1,2})")
_MOST_OPTIONS = 50


def read_answer(item: Lined) -> Answer:
    """The `answer` of a criterion; yes or no when it says nothing.

    Raises:
        ConfigError: Names the line and key.
    """
    raw = item.get("answer", (str, Lined), "yes_no")
    if isinstance(raw, str):
        if raw not in ("yes_no", "text"):
            raise item.fail("answer", "must be yes_no, text, or a mapping: scale, number or multi")
        return Answer("yes_no" if raw == "yes_no" else "text")
    kinds = [kind for kind in _KINDS if kind in raw.values]
    if len(kinds) != 1:
        raise item.fail("answer", "needs exactly one of yes_no, scale, number, multi, text")
    kind = kinds[0]
    if kind in ("yes_no", "text"):
        raise item.fail("answer", f"write answer: {kind}")
    raw.only(kind, "met_from", *(("starts_at",) if kind == "multi" else ()))
    met_from = _share(raw, "met_from", 1.0)
    if met_from == 0:
        raise raw.fail("met_from", "must be above 0, else every answer would count as met")
    options = _options(raw, kind)
    best = max(option.share for option in options)
    starts_at = _share(raw, "starts_at", 0.0)
    if kind == "multi":
        best = min(1.0, starts_at + sum(max(option.share, 0.0) for option in options))
    if best < met_from:
        raise raw.fail(kind, f"no answer reaches met_from ({met_from:g}), so nothing could meet it")
    return Answer(kind, options, starts_at, met_from)


def _options(item: Lined, kind: AnswerKind) -> tuple[Option, ...]:
    raw = item.need(kind, (str, list))
    if isinstance(raw, str):
        steps = _STEPS.fullmatch(raw.strip())
        if kind != "scale" or steps is None or int(steps[1]) >= int(steps[2]):
            raise item.fail(kind, "must be a list of options (a scale may be written 1-5)")
        low, high = int(steps[1]), int(steps[2])
        return tuple(
            Option(str(step), str(step), round((step - low) / (high - low), 6))
            for step in range(low, high + 1)
        )
    made: list[Option] = []
    for number, one in enumerate(raw, start=1):
        if not isinstance(one, Lined):
            raise item.fail(kind, "each option must be a mapping with ref, text and share")
        made.append(_band(one, number) if kind == "number" else _option(one, kind))
    if len(made) < (2 if kind == "scale" else 1) or len(made) > _MOST_OPTIONS:
        raise item.fail(kind, f"needs {'two' if kind == 'scale' else 'one'} to {_MOST_OPTIONS} options")
    refs = [option.ref for option in made]
    if len(set(refs)) < len(refs):
        raise item.fail(kind, "two options have the same ref")
    return tuple(made)


def _option(item: Lined, kind: AnswerKind) -> Option:
    item.only("ref", "text", "share", "fails")
    raw = item.need("ref", (str, int))
    ref = str(raw)
    if not _REF.fullmatch(ref):
        raise item.fail("ref", "use 1 to 40 letters, digits, '.', '_' or '-'")
    return Option(
        ref,
        str(item.get("text", (str, int), ref)),
        _share(item, "share", 0.0, lowest=-1.0 if kind == "multi" else 0.0),
        fails=item.get("fails", bool, False),
    )


def _band(item: Lined, number: int) -> Option:
    item.only("ref", "text", "share", "fails", "at_least", "at_most")
    low, high = item.get("at_least", (int, float)), item.get("at_most", (int, float))
    if low is not None and high is not None and low > high:
        raise item.fail("at_least", "is above at_most")
    ref = str(item.get("ref", (str, int), f"band-{number}"))
    if not _REF.fullmatch(ref):
        raise item.fail("ref", "use 1 to 40 letters, digits, '.', '_' or '-'")
    return Option(
        ref,
        str(item.get("text", (str, int), ref)),
        _share(item, "share", 0.0),
        fails=item.get("fails", bool, False),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )


def _share(item: Lined, key: str, default: float, *, lowest: float = 0.0) -> float:
    value = float(item.get(key, (int, float), default))
    if not lowest <= value <= 1:
        raise _out_of_bounds(item, key, lowest)
    return value


def _out_of_bounds(item: Lined, key: str, lowest: float) -> ConfigError:
    return item.fail(key, f"is a share of the criterion's weight, from {lowest:g} to 1")


def share_of(answer: Answer, value: Any) -> float | None:
    """The share of the weight that an answer earns, in [0, 1]; None when no option or band holds it.

    Args:
        answer: What may be answered.
        value: A number, an option's ref, or several.
    """
    if answer.kind == "scale":
        return next((option.share for option in answer.options if option.ref == value), None)
    if answer.kind == "number":
        band = band_of(answer, value)
        return None if band is None else band.share
    known = {option.ref: option.share for option in answer.options}
    if any(ref not in known for ref in value):
        return None
    return round(min(max(answer.starts_at + sum(known[ref] for ref in dict.fromkeys(value)), 0.0), 1.0), 6)


def band_of(answer: Answer, value: float) -> Option | None:
    """The first band that holds a number, its ends included."""
    for band in answer.options:
        if (band.low is None or value >= band.low) and (band.high is None or value <= band.high):
            return band
    return None
