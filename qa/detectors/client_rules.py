"""The wording rules of one client for the rule engine; `knowledge_base.client_rules` has checked them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError
from models.labels import LABELS
from qa.detectors.rules import Example, Rule, RuleDetector, load_rules

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase


def client_rules(kb: KnowledgeBase) -> tuple[Rule, ...]:
    """The rules in the client's profile, in the order written; a finding names them `client.<id>@<version>`.

    Raises:
        ConfigError: The profile holds rules that were not read by `knowledge_base.client_rules`.
    """
    entries = kb.profile.extra.get("rules") or ()
    try:
        return tuple(_rule(entry) for entry in entries)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ConfigError("client.yaml: rules: cannot be used as they are; ingest the folder again") from None


def rule_detector(kb: KnowledgeBase) -> RuleDetector:
    """The rules that ship and the client's own, with its names for what must not be run down."""
    return RuleDetector((*load_rules(), *client_rules(kb)), _names(kb))


def failing_examples(kb: KnowledgeBase) -> tuple[str, ...]:
    """Which of the client's own test sentences its rules get wrong: file, line, list and number, no words."""
    rules = client_rules(kb)
    problems: list[str] = []
    for rule, entry in zip(rules, kb.profile.extra.get("rules") or (), strict=True):
        detector = RuleDetector([rule], _names(kb))
        for key, examples, wanted in (("yes", rule.yes, True), ("no", rule.no, False)):
            for number, example in enumerate(examples, start=1):
                if _found(detector, rule, example) != wanted:
                    did = "is not found" if wanted else "is found"
                    problems.append(f"{entry['file']}, line {entry['line']}: {key}: sentence {number} {did}")
    return tuple(problems)


def _found(detector: RuleDetector, rule: Rule, example: Example) -> bool:
    from models.readings import read
    from models.records import Transcript, Turn

    turns = (Turn(speaker=rule.speaker, text=example.say),)  # type: ignore[arg-type]
    return bool(detector.detect(read([Transcript(id="example", client="example", turns=turns)]))[0])


def _names(kb: KnowledgeBase) -> tuple[str, ...]:
    return (kb.profile.name, *kb.profile.brands, *kb.profile.products)


def _rule(entry: Mapping[str, Any]) -> Rule:
    label = str(entry["label"])
    return Rule(
        id=f"client.{entry['id']}",
        label=label,
        language=str(entry.get("language", "en")),
        speaker=str(entry.get("speaker", "agent")),
        severity=entry.get("severity") or LABELS[label].severity,
        confidence=float(entry["confidence"]),
        version=int(entry.get("version", 1)),
        reason=str(entry["reason"]),
        remedy=str(entry.get("remedy", "")),
        patterns=tuple(entry["patterns"]),
        unless=tuple(entry.get("unless", ())),
        skip=tuple(entry.get("skip", ("negated", "quoted", "reported", "apology"))),
        unit=str(entry.get("unit", "sentence")),
        yes=tuple(Example(text) for text in entry.get("yes", ())),
        no=tuple(Example(text) for text in entry.get("no", ())),
    )
