"""What a careful person would say of a scorecard before it is published. Offline; nothing is scored.

An error stops publishing, a warning does not. About wording of questions, weights that move nothing,
labels that nothing finds, and answers on which people will not agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.patterns import pattern
from models.records import Asked, Criterion, Found, Measured
from models.yaml_lines import Lined, load_lined

if TYPE_CHECKING:
    from models.ports import Detector
    from qa.scorecards import Scorecard

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing to mend, and how."""

    code: str
    level: Level
    ref: str
    """Of the criterion or section; empty: the scorecard as a whole."""
    message: str
    line: int | None = None


CODES: Mapping[str, str] = {
    "vague-wording": "a question asks for something that two people see differently",
    "tone-without-behaviour": "a question about tone does not say what is said or done",
    "feeling": "a question asks what the agent feels or is like, not what was said",
    "two-questions": "one answer to two questions",
    "weight-cannot-matter": "the criterion cannot change any score",
    "section-without-weight": "nothing in the section can score",
    "pass-mark": "everybody passes, or only the faultless do",
    "no-detector": "nothing finds these labels, so the answer never changes",
    "unknown-document": "the client has no such document",
    "always-met": "the bounds hold for every contact",
    "three-way": "a middle answer on which people do not agree",
    "auto-fail-without-guideline": "a person may fail everything, and nothing says when",
}
"""By code, with the meaning."""

_VAGUE = pattern(
    r"\b(?:appropriat\w*|proper\w*|adequat\w*|professional\w*|effective\w*|efficient\w*|satisfactor\w*|"
    r"sufficient\w*|reasonabl\w*|suitabl\w*|excellent\w*|good|well|best|correctly|fully|where possible|"
    r"where needed|as needed|if necessary|good job|high[- ]quality|acceptabl\w*)\b",
    re.IGNORECASE,
)
_TONE = pattern(
    r"\b(?:tone|polite\w*|courte\w*|friendl\w*|warm\w*|empath\w*|rude\w*|respectful\w*|pleasant\w*|"
    r"patien(?:t|ce|tly)|rapport|caring|kind(?:ly|ness)?|sympath\w*|smil\w*)\b",
    re.IGNORECASE,
)
_FEELING = pattern(
    r"\b(?:attitude|enthusias\w*|mood|motivat\w*|passion\w*|bored|boredom|emotion\w*|energetic|personality|"
    r"sound(?:s|ed)? (?:like|as if|happy|bored|tired)|tone of voice|voice tone|accent|pronunciation|"
    r"smile in|confident(?:ly)? (?:manner|voice))\b",
    re.IGNORECASE,
)
_BEHAVIOUR = pattern(
    r"[\"“„«']\w|\b(?:say|says|said|saying|ask|asks|asked|name|names|named|repeat\w*|offer\w*|thank\w*|"
    r"apolog\w*|explain\w*|confirm\w*|acknowledg\w*|sentence|words?|turns?|by name|such as|for example|"
    r"e\.g\.|within \d+|at least \d+|never|before|after|until)\b",
    re.IGNORECASE,
)
_MIDDLE = pattern(
    r"\b(?:partial\w*|partly|somewhat|sometimes|to some extent|mostly|maybe|medium|neutral|average|"
    r"needs improvement|half)\b",
    re.IGNORECASE,
)
_TWO = pattern(r"\?.*\?|\band did\b|\band was\b|\band were\b|\bas well as\b|\band/or\b", re.IGNORECASE)
_SHORTEST_GUIDELINE = 30
_LEAST_SHARE = 0.005
"""Of all weight: below it a criterion cannot move the score by half a point in a hundred."""


def lint(
    card: Scorecard,
    *,
    supported: Collection[str] | None = None,
    documents: Collection[str] | None = None,
    lines: Mapping[str, int] | None = None,
) -> list[Lint]:
    """What to mend, errors first, then in the order of the card.

    Args:
        card: A scorecard that was read.
        supported: Labels that the installed detectors may raise (`supported_labels`); None: not looked at.
        documents: Ids of the client's documents; None: not looked at.
        lines: Line of each ref in the file (`lines_of`).
    """
    found = [*_whole(card), *_sections(card)]
    total = sum(one.weight for one in card.criteria if not one.bonus)
    for criterion in card.criteria:
        found += _wording(criterion)
        found += _weight(criterion, total)
        found += _answers(criterion)
        found += _machine(criterion, supported, documents)
    placed = [Lint(one.code, one.level, one.ref, one.message, (lines or {}).get(one.ref)) for one in found]
    return sorted(placed, key=lambda one: one.level != "error")


def supported_labels(detectors: Collection[Detector]) -> frozenset[str]:
    """The labels that these detectors may raise."""
    return frozenset(label for detector in detectors for label in detector.labels)


def lines_of(text: str, *, origin: str = "scorecard") -> dict[str, int]:
    """The line of each ref in a scorecard's YAML.

    Raises:
        ConfigError: Not YAML.
    """
    lines: dict[str, int] = {}

    def walk(value: object) -> None:
        if isinstance(value, Lined):
            ref = value.values.get("ref")
            if isinstance(ref, str):
                lines.setdefault(ref, value.lines["ref"])
            for item in value.values.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(load_lined(text, origin=origin))
    return lines


def _whole(card: Scorecard) -> Iterator[Lint]:
    if card.pass_mark == 0:
        yield Lint("pass-mark", "warning", "", "pass_mark is 0, so every contact passes")
    elif card.pass_mark == 1:
        yield Lint("pass-mark", "warning", "", "pass_mark is 100, so one miss anywhere fails the form")


def _sections(card: Scorecard) -> Iterator[Lint]:
    for section in card.sections:
        if not any(one.weight > 0 and not one.bonus for one in section.criteria) and not all(
            one.answer.kind == "text" for one in section.criteria
        ):
            words = "has no weight, so it never has a score; give one of its criteria a weight"
            yield Lint("section-without-weight", "warning", section.ref, words)


def _wording(one: Criterion) -> Iterator[Lint]:
    if not isinstance(one.check, Asked):
        return
    asked = f"{one.question} {one.check.question}"
    guided = len(one.guideline.strip()) >= _SHORTEST_GUIDELINE
    behaviour = guided and _BEHAVIOUR.search(one.guideline) is not None
    feeling = _FEELING.search(asked)
    if feeling is not None:
        words = (
            f"asks about {feeling[0]!r}: ask what was said or done instead; what somebody feels is not scored"
        )
        yield Lint("feeling", "error", one.ref, words)
    tone = _TONE.search(asked)
    if tone is not None and not behaviour:
        words = f"{tone[0]!r} without a behaviour: say in the guideline which words count, and which do not"
        yield Lint("tone-without-behaviour", "warning", one.ref, words)
    vague = _VAGUE.search(asked)
    if vague is not None and not behaviour:
        words = (
            f"{vague[0]!r} cannot be verified: name what must be said or done, or give a guideline that does"
        )
        yield Lint("vague-wording", "warning", one.ref, words)
    if _TWO.search(one.check.question) is not None:
        words = "asks two things at once; make them two criteria"
        yield Lint("two-questions", "warning", one.ref, words)
    if one.auto_fail != "none" and not guided:
        words = f"may fail the {one.auto_fail}: say in the guideline exactly when"
        yield Lint("auto-fail-without-guideline", "warning", one.ref, words)


def _weight(one: Criterion, total: float) -> Iterator[Lint]:
    if one.answer.kind == "text":
        return
    if one.weight == 0 and one.auto_fail == "none":
        words = (
            "has weight 0 and fails nothing: the answer changes no score; give it a weight or make it text"
        )
        yield Lint("weight-cannot-matter", "warning", one.ref, words)
    elif one.auto_fail == "none" and one.weight / total < _LEAST_SHARE:
        words = f"weighs {one.weight / total:.2%} of the form: no answer moves the score by half a point"
        yield Lint("weight-cannot-matter", "warning", one.ref, words)
    shares = {option.share for option in one.answer.options}
    if one.answer.kind in ("scale", "number") and len(shares) == 1 and one.auto_fail == "none":
        words = "every option earns the same share, so the answer changes no score"
        yield Lint("weight-cannot-matter", "warning", one.ref, words)


def _answers(one: Criterion) -> Iterator[Lint]:
    if one.answer.kind != "scale":
        return
    middle = [option for option in one.answer.options if _MIDDLE.search(option.text)]
    three = 3
    if len(one.answer.options) == three or (middle and len(one.answer.options) <= three + 1):
        words = "has a middle answer, on which people seldom agree; ask two yes/no questions instead"
        yield Lint("three-way", "warning", one.ref, words)


def _machine(
    one: Criterion, supported: Collection[str] | None, documents: Collection[str] | None
) -> Iterator[Lint]:
    for check in (one.check, one.applies_when, *one.conditions):
        if not isinstance(check, Found):
            continue
        if supported is not None:
            missing = [label for label in check.labels if label not in supported]
            if len(missing) == len(check.labels):
                words = f"no installed detector raises {', '.join(missing)}, so the answer never changes"
                yield Lint("no-detector", "error", one.ref, words)
            elif missing:
                words = f"no installed detector raises {', '.join(missing)}; the other labels are found"
                yield Lint("no-detector", "warning", one.ref, words)
        if documents is not None and check.document is not None and check.document not in documents:
            words = f"the client has no document {check.document!r}, so nothing is ever found about it"
            yield Lint("unknown-document", "error", one.ref, words)
    check = one.check
    if (
        isinstance(check, Found)
        and one.answer.kind != "number"
        and not check.at_least
        and check.at_most is None
    ):
        yield Lint("always-met", "warning", one.ref, "at_least: 0 holds for every contact")
    if isinstance(check, Measured) and check.unit == "percent" and one.answer.kind != "number":
        low, high = check.at_least or 0.0, 100.0 if check.at_most is None else check.at_most
        if low <= 0 and high >= 100:  # noqa: PLR2004 - percent
            yield Lint("always-met", "warning", one.ref, "0 to 100 percent holds for every contact")
