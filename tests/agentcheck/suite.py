"""AgentCheck: functions, cases and what makes a case pass. Data stand in `cases/*.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.labels import LABELS
from models.records import Finding, Transcript, Turn, severity_rank

HERE = Path(__file__).parent
SPLITS = ("dev", "test")
KINDS = ("mft", "inv", "dir", "names", "script")
WORDING = "wording"
"""Stands for every fault of tone and brand: any of them is a false alarm."""
GRAVE = "grave"
"""Stands for those that are major or critical: a mild "damn" about a printer may be noted as minor."""
NAMES = (
    "Mr. Smith",
    "Thandiwe Nkosi",
    "Mrs. Ramakrishnan",
    "Jun-Jun Dela Cruz",
    "Nguyen Thi Hoa",
    "Mr. Oyelaran",
    "Fatima Al-Sayed",
    "Wang Xiuying",
    "Ms. Gutierrez",
    "Olga Kuznetsova",
    "Siobhan O'Connor",
    "Keanu Kahananui",
)
"""Of twelve origins; the first is the one the others are held against."""

Analyse = Callable[[Sequence[Transcript]], Sequence[Sequence[Finding]]]


@dataclass(frozen=True, slots=True)
class Case:
    """One contact and what must, and must not, be found in it."""

    id: str
    split: str
    turns: tuple[tuple[str, str], ...]
    expect: tuple[str, ...] = ()
    """Each is a label, or several with `|` of which one is enough."""
    forbid: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()
    """The second wording, of a pair."""


@dataclass(frozen=True, slots=True)
class Function:
    """What is tested, with its cases."""

    id: str
    tests: str
    kind: str
    cases: tuple[Case, ...]
    group: str = ""
    must: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case went; `why` names labels, never words."""

    case: Case
    passed: bool
    why: str = ""
    alarms: tuple[int, int] = (0, 0)
    """Faults found in the first and in the second wording of a pair."""


@cache
def functions() -> tuple[Function, ...]:
    """All functions, by file name and then as written."""
    import yaml

    found = [
        _function(path.stem, entry)
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text("utf-8"))["functions"]
    ]
    ids = [function.id for function in found]
    assert len(set(ids)) == len(ids), "a function stands twice"
    return tuple(found)


def _function(stem: str, entry: Mapping[str, Any]) -> Function:
    kind = entry["kind"]
    assert kind in KINDS, f"{stem}: {entry['id']}: unknown kind"
    cases = [
        case
        for split in SPLITS
        for number, written in enumerate(entry[split], start=1)
        for case in _cases(entry, split, f"{entry['id']}/{split}/{number}", written)
    ]
    return Function(
        entry["id"], entry["tests"], kind, tuple(cases), entry.get("group", ""), entry.get("must", "")
    )


def _cases(entry: Mapping[str, Any], split: str, id: str, written: Any) -> Iterator[Case]:
    speaker = entry.get("speaker", "agent")
    expect, forbid = tuple(entry.get("expect", ())), tuple(entry.get("forbid", ()))
    if entry["kind"] == "names":
        for name in NAMES[1:]:
            yield Case(
                f"{id}/{name}",
                split,
                (("agent", written.replace("NAME", NAMES[0])),),
                other=(("agent", written.replace("NAME", name)),),
            )
    elif entry["kind"] == "dir":
        base, added = written
        yield Case(id, split, (("agent", base),), other=(("agent", f"{base} {added}"),))
    elif entry["kind"] in ("inv", "script"):
        yield Case(id, split, (("agent", written[0]),), other=(("agent", written[1]),))
    elif isinstance(written, dict):
        turns = _turns(written["turns"]) if "turns" in written else ((speaker, written["say"]),)
        yield Case(
            id, split, turns, tuple(written.get("expect", expect)), tuple(written.get("forbid", forbid))
        )
    else:
        turns = _turns(written) if isinstance(written, list) else ((speaker, written),)
        yield Case(id, split, turns, expect, forbid)


def _turns(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    who = {"A": "agent", "C": "customer"}
    return tuple((who[line[0]], line[2:].strip()) for line in lines)


def contact(turns: Sequence[tuple[str, str]], id: str) -> Transcript:
    """The contact of a case."""
    return Transcript(
        id=id,
        client="norvane",
        agent="a1",
        turns=tuple(Turn(speaker=speaker, text=text) for speaker, text in turns),  # type: ignore[arg-type]
    )


def faults(findings: Sequence[Finding]) -> list[Finding]:
    """Findings on tone, brand and privacy that are more than a note."""
    return [
        finding
        for finding in findings
        if finding.label.split(".", 1)[0] in ("tone", "brand", "privacy") and _rank(finding) > 0
    ]


def _rank(finding: Finding) -> int:
    """How grave the wording is; a label that only shows a trend for now counts as what it would be."""
    unscored = finding.by.startswith("unscored/")
    return severity_rank(LABELS[finding.label].severity if unscored else finding.severity)


def run(function: Function, analyse: Analyse) -> list[Outcome]:
    """Every case of a function that compares findings, in the order written."""
    contacts = [contact(case.turns, case.id) for case in function.cases]
    found = analyse(contacts)
    if function.kind == "mft":
        return [_mft(case, result) for case, result in zip(function.cases, found, strict=True)]
    others = analyse([contact(case.other, case.id) for case in function.cases])
    return [
        _pair(function, case, first, second)
        for case, first, second in zip(function.cases, found, others, strict=True)
    ]


def _mft(case: Case, findings: Sequence[Finding]) -> Outcome:
    labels = {finding.label for finding in findings}
    missing = [wanted for wanted in case.expect if not labels & set(wanted.split("|"))]
    alarms = sorted(
        {
            finding.label
            for finding in findings
            if finding.label in case.forbid
            or (finding.label.startswith(("tone.", "brand.")) and _forbidden(finding, case))
        }
    )
    why = ", ".join([*(f"no {label}" for label in missing), *(f"unwanted {label}" for label in alarms)])
    return Outcome(case, not why, why, (len(alarms), 0))


def _forbidden(finding: Finding, case: Case) -> bool:
    rank = _rank(finding)
    return (WORDING in case.forbid and rank > severity_rank("note")) or (
        GRAVE in case.forbid and rank > severity_rank("minor")
    )


def _pair(function: Function, case: Case, first: Sequence[Finding], second: Sequence[Finding]) -> Outcome:
    before, after = faults(first), faults(second)
    alarms = (len(before), len(after))
    if function.kind in ("inv", "names"):
        one, two = ({finding.label for finding in side} for side in (before, after))
        why = ", ".join([*(f"lost {label}" for label in one - two), *(f"new {label}" for label in two - one)])
        return Outcome(case, not why, why, alarms)
    low, high = (
        _gravest([finding for finding in side if not finding.label.startswith("privacy.")])
        for side in (before, after)
    )
    if function.must == "raise":
        return Outcome(case, high > low, "" if high > low else "nothing was raised", alarms)
    new = {finding.label for finding in after} - {finding.label for finding in before}
    why = ", ".join(f"new {label}" for label in sorted(new)) or ("severity rose" if high > low else "")
    return Outcome(case, not why, why, alarms)


def _gravest(findings: Sequence[Finding]) -> int:
    return max((_rank(finding) for finding in findings), default=0)


def pass_rate(outcomes: Sequence[Outcome], split: str) -> float:
    """Share of the cases of a split that passed."""
    chosen = [outcome.passed for outcome in outcomes if outcome.case.split == split]
    return sum(chosen) / len(chosen)


def scriptedness_gaps(
    function: Function, scriptedness: Callable[[Transcript], float | None]
) -> dict[str, float]:
    """Points between the mean scriptedness of the first and of the second wordings, per split.

    A reply of one sentence is too short for a figure, so the pairs of a split are read as one contact
    each way, and `scriptedness` gives a number or None.
    """
    gaps = {}
    for split in SPLITS:
        cases = [case for case in function.cases if case.split == split]
        sides = [
            scriptedness(contact(tuple(turn for case in cases for turn in getattr(case, side)), split))
            for side in ("turns", "other")
        ]
        assert sides[0] is not None and sides[1] is not None, "too few words for a figure"
        gaps[split] = abs(sides[0] - sides[1])
    return gaps


def client() -> Any:
    """The knowledge of the suite's invented client, with the small encoder that needs no weights."""
    from knowledge_base import KnowledgeBase
    from models.encoders import HashingEncoder

    kb = KnowledgeBase("norvane", encoder=HashingEncoder())
    report = kb.ingest(HERE / "client")
    assert not report.rejected, report.rejected
    return kb
