"""Scorecards: versioned sets of criteria, written in YAML and checked line by line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from models.codec import to_json, to_plain
from models.errors import ConfigError
from models.records import (
    Criterion,
    Evaluation,
    Finding,
    Resolver,
    Scriptedness,
    Section,
    Transcript,
    Verdict,
)
from models.yaml_lines import load_lined
from qa.card_reading import REF, one_of, read_section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_WINDOW_DAYS = 365


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
    dispute_days: int | None = None
    """Days after the confirmation in which it may be disputed; None: the client's setting."""
    resolved_by: Resolver | None = None
    """Who may resolve a dispute: `another` person than the one who confirmed, or `anyone`."""
    wording: int = 0
    """How often only words have changed since this version was published."""

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
        """SHA-256 of the whole content, wording included."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    @property
    def meaning(self) -> str:
        """SHA-256 of all that a score depends on: everything but names, words and the dispute window.

        Titles, questions, guidelines and the texts of options are wording: people read them, no
        sum does. A generator reads them too, but its answers are drafts that a person confirms.
        """
        return hashlib.sha256(json.dumps(_without_words(self), sort_keys=True).encode()).hexdigest()

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
        card.only("name", "version", "title", "pass_mark", "dispute_days", "resolved_by", "sections")
        pass_mark = float(card.get("pass_mark", (int, float), 80))
        if not 0 <= pass_mark <= 100:  # noqa: PLR2004 - percent
            raise card.fail("pass_mark", "must be a percentage, 0 to 100")
        name = card.need("name", str)
        if not REF.fullmatch(name):
            raise card.fail("name", "use 1 to 40 letters, digits, '.', '_' or '-'")
        days = card.get("dispute_days", int)
        if days is not None and not 0 <= days <= _LONGEST_WINDOW_DAYS:
            raise card.fail("dispute_days", f"must be 0 to {_LONGEST_WINDOW_DAYS} days")
        seen: dict[str, Criterion | None] = {}
        sections = tuple(read_section(item, card, seen) for item in card.need("sections", list))
        made = cls(
            name=name,
            version=str(card.need("version", (str, int, float))),
            title=card.get("title", str, name),
            sections=sections,
            pass_mark=pass_mark / 100,
            dispute_days=days,
            resolved_by=one_of(card, "resolved_by", get_args(Resolver), None),
        )
        if not any(criterion.weight > 0 and not criterion.bonus for criterion in made.criteria):
            raise card.fail("sections", "no criterion (but bonuses) has a weight above 0, so nothing scores")
        return made

    def evaluate(
        self,
        transcript: Transcript,
        findings: Sequence[Finding],
        *,
        scriptedness: Scriptedness | None = None,
        fingerprint: str = "",
        parts: Mapping[str, str] | None = None,
        answers: Sequence[Verdict] = (),
        agent: str | None = None,
    ) -> Evaluation:
        """Apply this scorecard; see `qa.scoring.evaluate`."""
        from qa.scoring import evaluate

        return evaluate(
            self,
            transcript,
            findings,
            scriptedness=scriptedness,
            fingerprint=fingerprint,
            parts=parts,
            answers=answers,
            agent=agent,
        )


def _without_words(card: Scorecard) -> Any:
    plain = to_plain(card)
    for key in ("name", "version", "title", "dispute_days", "resolved_by", "wording"):
        del plain[key]
    for section in plain["sections"]:
        del section["title"]
        for criterion in section["criteria"]:
            del criterion["question"], criterion["guideline"]
            criterion["check"].pop("question", None)
            for option in criterion["answer"]["options"]:
                del option["text"]
    return plain
