"""Rules as data: wording rules of tone, brand, privacy and the customer's cues.

A rule of `rules/*.yaml` has an id (its first two parts are its label), patterns, look-alikes that must
not be in the sentence (`unless`), scopes in which the words are not meant (`skip`), a reason, a remedy
and its own test sentences. This module reads the rules and runs them; it knows no words itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError
from models.labels import LABELS
from models.records import SEVERITIES, Finding, Severity, Span
from qa.detectors.folding import Folded, fold
from qa.detectors.patterns import PhraseSet, alternatives
from qa.detectors.scope import SCOPES, Scope, in_scope, quotations
from qa.detectors.shipped import FOLDER, read_shipped

if TYPE_CHECKING:
    from models.readings import Reading, Sentence

_NOT_RULES = ("macros.yaml", "cues.yaml")
_KEYS = frozenset(
    "id label language speaker severity confidence version reason remedy patterns unless unless_near "
    "unless_before when_before skip unit yes no".split()
)
_GRAVER = {"brand.insult": ("tone.rude", "tone.condescending"), "brand.discrimination": ("tone.rude",)}
"""One finding per words: the first label wins over the others where they overlap."""
_NEIGHBOURS = 32
"""Findings on either side that can overlap one; there are not that many labels of one sentence."""
_MOST_HITS = 200
"""Of one rule in one turn that are looked at: nobody says so often what is meant, and looking costs time."""
_MOST_OF_CLIENT = 2_000
"""Of all the rules that a client brings, in one contact: a rule may be a single dot."""
_CLIENT = "client."
"""What their ids begin with."""
Looks = Counter[tuple[str, int]]
"""How often a rule was looked for in a turn, and all of the client's in the contact."""
_INTERJECTION = 12
"""Longest turn, in characters, that does not end what the other side was saying ("Yes?", "Mm-hm.")."""


@dataclass(frozen=True, slots=True)
class Example:
    """A test sentence of a rule, and what the other side said before it, if that matters."""

    say: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One wording rule; the fields are those of the YAML."""

    id: str
    label: str
    language: str
    speaker: str
    severity: Severity
    confidence: float
    version: int
    reason: str
    remedy: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """Look-alikes: found anywhere in the same sentence, they rule the hit out."""
    unless_near: tuple[str, ...] = ()
    """Found anywhere in this turn or the two before it, whoever spoke, they rule the hit out."""
    unless_before: tuple[str, ...] = ()
    """Found in what the other side said last, they rule the hit out."""
    when_before: tuple[str, ...] = ()
    """Must be found in what the other side said last."""
    skip: tuple[Scope, ...] = ()
    unit: str = "sentence"
    yes: tuple[Example, ...] = ()
    no: tuple[Example, ...] = ()

    @property
    def by(self) -> str:
        """`id@version`, as findings name it."""
        return f"{self.id}@{self.version}"


@cache
def load_rules() -> tuple[Rule, ...]:
    """All rules that ship, by file name and then in the order written.

    Raises:
        ConfigError: When a file is not valid; names the file and the rule.
    """
    rules: list[Rule] = []
    for path in sorted((FOLDER / "rules").glob("*.yaml")):
        if path.name not in _NOT_RULES:
            rules.extend(_read(path.name, read_shipped(f"rules/{path.name}")))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise ConfigError(f"rules: {rule.id} stands twice")
        seen.add(rule.id)
    return tuple(rules)


def _read(name: str, content: Mapping[str, Any]) -> list[Rule]:
    common = {key: value for key, value in content.items() if key != "rules"}
    # YAML 1.1 reads the bare keys yes and no as booleans.
    spelled = {True: "yes", False: "no"}
    return [
        _rule(name, {**common, **{spelled.get(key, key): value for key, value in entry.items()}})
        for entry in content["rules"]
    ]


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:
    where = f"rules/{name}: {entry.get('id', 'a rule without id')}"
    unknown = set(entry) - _KEYS
    if unknown:
        raise ConfigError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    try:
        id = str(entry["id"])
        label = str(entry.get("label") or ".".join(id.split(".")[:2]))
        severity = entry.get("severity") or LABELS[label].severity
        rule = Rule(
            id=id,
            label=label,
            language=str(entry.get("language", "en")),
            speaker=str(entry.get("speaker", "agent")),
            severity=severity,
            confidence=float(entry.get("confidence", 0.9)),
            version=int(entry.get("version", 1)),
            reason=str(entry["reason"]),
            remedy=str(entry.get("remedy", "")),
            patterns=tuple(entry["patterns"]),
            unless=tuple(entry.get("unless", ())),
            unless_near=tuple(entry.get("unless_near", ())),
            unless_before=tuple(entry.get("unless_before", ())),
            when_before=tuple(entry.get("when_before", ())),
            skip=tuple(entry.get("skip", ())),
            unit=str(entry.get("unit", "sentence")),
            yes=_examples(entry.get("yes", ())),
            no=_examples(entry.get("no", ())),
        )
    except KeyError as problem:
        raise ConfigError(f"{where}: {problem.args[0]} is missing or not known") from problem
    if severity not in SEVERITIES or set(rule.skip) - set(SCOPES) or rule.unit not in ("sentence", "turn"):
        raise ConfigError(f"{where}: severity, skip or unit has a value that does not exist")
    return rule


def _examples(entries: Sequence[Any]) -> tuple[Example, ...]:
    return tuple(Example(**entry) if isinstance(entry, dict) else Example(str(entry)) for entry in entries)


class RuleDetector:
    """Runs wording rules over the turns of their speaker."""

    def __init__(self, rules: Sequence[Rule], own: Sequence[str] = ()) -> None:
        self.name = "rules.v1"
        self.rules = tuple(rules)
        self.labels = tuple(dict.fromkeys(rule.label for rule in self.rules))
        extra = {"brand": alternatives(own)}
        self._phrases = PhraseSet([rule.patterns for rule in self.rules], extra)
        self._wide = PhraseSet([rule.patterns if rule.unit == "turn" else () for rule in self.rules], extra)
        self._unless = PhraseSet([rule.unless for rule in self.rules], extra)
        self._guards = {
            index: tuple(
                PhraseSet([patterns], extra)
                for patterns in (rule.unless_near, rule.unless_before, rule.when_before)
            )
            for index, rule in enumerate(self.rules)
            if rule.unless_near or rule.unless_before or rule.when_before
        }

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        """Findings per reading, in order of the words."""
        return [self._read(reading) for reading in readings]

    def _read(self, reading: Reading) -> list[Finding]:
        findings: list[Finding] = []
        heard = {"agent": "", "customer": ""}
        near: list[str] = []
        begun: dict[str, Span] = {}
        looks: Looks = Counter()
        for index, turn in enumerate(reading.transcript.turns):
            if turn.visibility != "public" or turn.speaker not in heard:
                continue
            other = heard["customer" if turn.speaker == "agent" else "agent"]
            near = [*near[-2:], turn.text]
            found = self._turn(reading, index, other, near, looks)
            if turn.speaker in begun and reading.of(index):
                found = _settle(
                    [*found, *self._across(reading, begun[turn.speaker], index, looks)], reading.of(index)
                )
            findings.extend(found)
            heard[turn.speaker] = turn.text
            _keep_begun(reading, index, begun)
        return findings

    def _across(self, reading: Reading, tail: Span, index: int, looks: Looks) -> Iterator[Finding]:
        """What is said in two turns, "how many times" and "do I have to tell you": on the later words."""
        turns = reading.transcript.turns
        head = reading.of(index)[0]
        begun = turns[tail.turn].text[tail.start : tail.end]
        whole = fold(f"{begun} {head.text}")
        for position in self._phrases.matching(whole.text):
            rule = self.rules[position]
            if rule.speaker != turns[index].speaker or rule.unit != "sentence" or position in self._guards:
                continue
            place = Span(index, head.span.start - len(begun) - 1, head.span.end)
            for found in self._hits(position, whole, place, (), looks):
                assert found.span is not None
                if found.span.start < head.span.start - 1 and found.span.end > head.span.start:
                    span = Span(index, head.span.start, found.span.end)
                    yield replace(found, span=span, reason=f"{rule.reason} Begun in turn {tail.turn + 1}.")

    def _turn(
        self, reading: Reading, index: int, heard: str, near: Sequence[str], looks: Looks
    ) -> list[Finding]:
        turn = reading.transcript.turns[index]
        sentences = reading.of(index)
        parts = [(fold(sentence.text), sentence.span, "sentence") for sentence in sentences]
        parts.append((fold(turn.text), Span(index, 0, len(turn.text)), "turn"))
        quoted = quotations(turn.text)
        found: list[Finding] = []
        for folded, place, unit in parts:
            for position in (self._phrases if unit == "sentence" else self._wide).matching(folded.text):
                rule = self.rules[position]
                if rule.speaker == turn.speaker and rule.unit == unit and self._fits(position, heard, near):
                    found.extend(self._hits(position, folded, place, quoted, looks))
        return _settle(found, sentences)

    def _fits(self, position: int, heard: str, near: Sequence[str]) -> bool:
        """Whether the surroundings allow the rule: what was said before, and nearby."""
        if position not in self._guards:
            return True
        unless_near, unless, when = self._guards[position]
        if self.rules[position].unless_near and any(unless_near.matching(fold(text).text) for text in near):
            return False
        before = fold(heard).text
        if self.rules[position].unless_before and unless.matching(before):
            return False
        return not self.rules[position].when_before or bool(when.matching(before))

    def _hits(
        self,
        position: int,
        folded: Folded,
        place: Span,
        quoted: Sequence[tuple[int, int]],
        looks: Looks,
    ) -> list[Finding]:
        rule = self.rules[position]
        if _spent(rule, place.turn, looks):
            return []
        if rule.unless and any(True for _ in self._unless.spans(position, folded.text)):
            return []
        for start, end in self._phrases.spans(position, folded.text):
            if _spent(rule, place.turn, looks):
                break
            looks[rule.by, place.turn] += 1
            looks[_CLIENT, 0] += rule.id.startswith(_CLIENT)
            first, last = folded.original(start, end)
            first, last = first + place.start, last + place.start
            if "quoted" in rule.skip and any(low <= first and last <= high for low, high in quoted):
                continue
            if any(in_scope(scope, folded.text, start, end) for scope in rule.skip if scope != "quoted"):
                continue
            span = Span(place.turn, first, last)
            return [
                Finding(rule.label, rule.severity, span, rule.confidence, rule.by, rule.reason, rule.remedy)
            ]
        return []


def _spent(rule: Rule, turn: int, looks: Looks) -> bool:
    """Whether a rule was looked for often enough: in the turn, or of the client in the contact."""
    return looks[rule.by, turn] >= _MOST_HITS or (
        rule.id.startswith(_CLIENT) and looks[_CLIENT, 0] >= _MOST_OF_CLIENT
    )


def _keep_begun(reading: Reading, index: int, begun: dict[str, Span]) -> None:
    """Note that a turn breaks off, and forget one that nobody went on with."""
    turn = reading.transcript.turns[index]
    sentences = reading.of(index)
    if sentences and not turn.text.rstrip().endswith((".", "!", "?", "\u2026", ":")):
        begun[turn.speaker] = sentences[-1].span
    else:
        begun.pop(turn.speaker, None)
    if len(turn.text) > _INTERJECTION:
        for speaker in set(begun) - {turn.speaker}:
            del begun[speaker]


def _settle(found: Sequence[Finding], sentences: Sequence[Sentence]) -> list[Finding]:
    """One finding per label and sentence (the surest, then the longest), and per words the graver label."""
    ends = [sentence.span.end for sentence in sentences]
    best: dict[tuple[str, int], Finding] = {}
    for finding in found:
        assert finding.span is not None
        place = 0 if finding.severity == "note" else bisect_right(ends, finding.span.start)
        rival = best.get((finding.label, place))
        if rival is None or _strength(finding) > _strength(rival):
            best[finding.label, place] = finding
    kept = sorted(best.values(), key=_order)
    return [finding for number, finding in enumerate(kept) if not _outdone(kept, number)]


def _outdone(kept: Sequence[Finding], number: int) -> bool:
    """Whether a finding close by, in the order of the words, says the graver thing about the same words."""
    finding = kept[number]
    near = kept[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS]
    return any(finding.label in _GRAVER.get(other.label, ()) and _overlap(finding, other) for other in near)


def _strength(finding: Finding) -> tuple[int, float, int, int]:
    assert finding.span is not None
    rank = SEVERITIES.index(finding.severity)
    return rank, finding.confidence, finding.span.end - finding.span.start, -finding.span.start


def _overlap(one: Finding, other: Finding) -> bool:
    return one.span is not None and other.span is not None and one.span.overlaps(other.span)


def _order(finding: Finding) -> tuple[int, int, str]:
    assert finding.span is not None
    return finding.span.start, finding.span.end, finding.label
