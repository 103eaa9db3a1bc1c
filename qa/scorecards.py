"""Scorecards: versioned sets of criteria, written in YAML and checked line by line."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from models.codec import to_json
from models.errors import ConfigError
from models.labels import LABELS
from models.records import (
    SEVERITIES,
    Asked,
    AutoFail,
    Check,
    CopcClass,
    Criterion,
    Evaluation,
    Finding,
    Found,
    Measured,
    Scriptedness,
    Section,
    Transcript,
)
from models.yaml_lines import Lined, load_lined
from qa.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

_REF = re.compile(r"[A-Za-z0-9._-]{1,40}")
_MEASURES = {name: measure.unit for name, measure in MEASURES.items()} | {"scriptedness": "percent"}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One version of a scorecard.

    A published version never changes: what a score means is `name@version`.
    """

    name: str
    version: str
    title: str
    sections: tuple[Section, ...]
    pass_mark: float = 0.8
    """In [0, 1]; the file says percent."""

    @property
    def id(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in order."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    @property
    def digest(self) -> str:
        """SHA-256 of the whole content."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    @classmethod
    def load(cls, path: str | Path) -> Scorecard:
        """Read a scorecard file.

        Raises:
            ConfigError: The file cannot be read, or a line is wrong; names the file, line and key.
        """
        path = Path(path)
        try:
            text = path.read_text("utf-8-sig")
        except OSError as problem:
            raise ConfigError(f"{path}: cannot be read ({problem.strerror})") from problem
        except UnicodeDecodeError as problem:
            raise ConfigError(f"{path}: not UTF-8 text (byte {problem.start})") from None
        return cls.parse(text, origin=path.name)

    @classmethod
    def parse(cls, text: str, *, origin: str = "scorecard") -> Scorecard:
        """Read a scorecard from YAML text.

        Raises:
            ConfigError: Names the line and key.
        """
        card = load_lined(text, origin=origin)
        card.only("name", "version", "title", "pass_mark", "sections")
        pass_mark = float(card.get("pass_mark", (int, float), 80))
        if not 0 <= pass_mark <= 100:  # noqa: PLR2004 - percent
            raise card.fail("pass_mark", "must be a percentage, 0 to 100")
        name = card.need("name", str)
        if not _REF.fullmatch(name):
            raise card.fail("name", "use 1 to 40 letters, digits, '.', '_' or '-'")
        seen: set[str] = set()
        sections = tuple(_section(item, card, seen) for item in card.need("sections", list))
        made = cls(
            name=name,
            version=str(card.need("version", (str, int, float))),
            title=card.get("title", str, name),
            sections=sections,
            pass_mark=pass_mark / 100,
        )
        if not any(criterion.weight > 0 for criterion in made.criteria):
            raise card.fail("sections", "no criterion has a weight above 0, so there is nothing to score")
        return made

    def evaluate(
        self,
        transcript: Transcript,
        findings: Sequence[Finding],
        *,
        scriptedness: Scriptedness | None = None,
        fingerprint: str = "",
    ) -> Evaluation:
        """Apply this scorecard; see `qa.scoring.evaluate`."""
        from qa.scoring import evaluate

        return evaluate(self, transcript, findings, scriptedness=scriptedness, fingerprint=fingerprint)


def _section(item: Any, card: Lined, seen: set[str]) -> Section:
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


def _criterion(item: Any, section: Lined, seen: set[str]) -> Criterion:
    if not isinstance(item, Lined):
        raise section.fail("criteria", "each criterion must be a mapping with ref, question and check")
    item.only("ref", "question", "weight", "copc", "auto_fail", "applies_when", "check", "guideline")
    weight = float(item.get("weight", (int, float), 1))
    if not 0 <= weight <= 1000:  # noqa: PLR2004 - a slip of the keyboard, not a weight
        raise item.fail("weight", "must be from 0 to 1000")
    condition = item.get("applies_when", Lined)
    return Criterion(
        ref=_ref(item, seen),
        question=item.need("question", str),
        check=_check(item.need("check", Lined)),
        weight=weight,
        copc=_one_of(item, "copc", get_args(CopcClass), "customer"),
        auto_fail=_one_of(item, "auto_fail", get_args(AutoFail), "none"),
        applies_when=_found(condition, at_least=1) if condition is not None else None,
        guideline=item.get("guideline", str, ""),
    )


def _check(item: Lined) -> Check:
    kinds = [kind for kind in ("found", "absent", "measure", "asked") if kind in item.values]
    if len(kinds) != 1:
        raise ConfigError(
            f"{item.origin}, line {item.line}: check: needs exactly one of found, absent, measure, asked"
        )
    kind = kinds[0]
    if kind == "found":
        return _found(item, at_least=1)
    if kind == "absent":
        return _found(item, at_most=0)
    if kind == "asked":
        item.only("asked")
        return Asked(item.need("asked", str))
    return _measured(item)


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
    at_most = item.get("at_most", int, at_most)
    return Found(
        labels=tuple(labels),
        at_least=item.get("at_least", int, at_least if "at_most" not in item.values else None),
        at_most=at_most,
        severity=_one_of(item, "severity", SEVERITIES, "note"),
        document=item.get("document", str),
    )


def _measured(item: Lined) -> Measured:
    item.only("measure", "at_least", "at_most", "unit")
    measure = item.need("measure", str)
    if measure not in _MEASURES:
        near = get_close_matches(measure, _MEASURES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_MEASURES)}"
        raise item.fail("measure", f"{measure!r} is not a measure; {hint}")
    unit = item.get("unit", str, _MEASURES[measure])
    if unit != _MEASURES[measure]:
        raise item.fail("unit", f"{measure} is given in {_MEASURES[measure]}")
    low, high = item.get("at_least", (int, float)), item.get("at_most", (int, float))
    if low is None and high is None:
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


def _ref(item: Lined, seen: set[str]) -> str:
    ref: str = item.need("ref", str)
    if not _REF.fullmatch(ref):
        raise item.fail("ref", "use 1 to 40 letters, digits, '.', '_' or '-'")
    if ref in seen:
        raise item.fail("ref", f"{ref!r} is used twice")
    seen.add(ref)
    return ref


def _one_of(item: Lined, key: str, choices: Sequence[str], default: str) -> Any:
    value = item.get(key, str, default)
    if value not in choices:
        raise item.fail(key, f"must be one of {', '.join(choices)}")
    return value
