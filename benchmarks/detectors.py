"""The evidence for the detectors, in one command.

    python benchmarks/detectors.py DATA [--quick] [--table NAME] [--json FILE] [--against FILE]

1. False alarms per 1,000 ordinary agent turns, on service chats that train nothing.
2. Each label on the held-back half of AgentCheck, beside four baselines fitted on its other half.
3. Labels on real texts of other sources, beside the same baselines fitted on a third source.
4. The tables of `redaction.py`, `scripting.py` and `claims.py`.

Intervals are bootstrapped over contacts, issues or threads. `--json` keeps the rows; `--against` holds them
to a kept file and ends with 3 when a figure is worse than its interval there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.detector_baselines import BASELINES
from benchmarks.detector_data import CLIENT, Item, as_contact, rows, sampled, service_chats, star
from benchmarks.detector_figures import bootstrap, ece, per_thousand, pr_auc, precision, recall, shown
from models.records import Finding, Transcript

ROOT = Path(__file__).resolve().parent.parent
PRAISE = ("tone.empathy", "tone.ownership", "tone.courtesy", "tone.uptake", "tone.expectation")
TUNED = "unscripted, development half"
"""Rows that confidences are set from, never shown as evidence."""
ENOUGH = 8
"""Positives of a label from which its figures are shown."""
TABLES = ("ordinary", "agentcheck", "real", "others")
OTHERS = ("redaction.py", "scripting.py", "claims.py")
_CUT = 0.5
Row = dict[str, Any]


def faults(findings: Sequence[Finding], *, suggested: bool = False) -> list[Finding]:
    """Tone, brand and privacy findings that count; or the suggestions, which do not."""
    from qa.detectors.standing import counts

    return [
        finding
        for finding in findings
        if finding.label.split(".")[0] in ("tone", "brand", "privacy")
        and finding.label not in PRAISE
        and counts(finding) != suggested
        and (suggested or finding.severity != "note")
    ]


def ordinary(analyser: Any, sets: dict[str, list[Transcript]]) -> Iterator[Row]:
    """Per set and label: how often something was raised on a thousand agent turns nobody called wrong."""
    kinds: dict[str, Callable[[str], bool]] = {
        "tone + brand": lambda label: label.startswith(("tone.", "brand.")),
        "rude + insult": lambda label: label in ("tone.rude", "brand.insult"),
        "privacy": lambda label: label.startswith("privacy."),
    }
    for title, contacts in sets.items():
        found = analyser.analyse_many(contacts)
        labels = sorted({one.label for each in found for one in faults(each)})
        for kind, wanted in {**kinds, **{label: label.__eq__ for label in labels}}.items():
            chosen = [[one for one in faults(each) if wanted(one.label)] for each in found]
            yield _rate(title, kind, contacts, chosen)
        suggested = [faults(each, suggested=True) for each in found]
        yield _rate(title, "suggestions (never scored)", contacts, suggested)


def _rate(title: str, kind: str, contacts: Sequence[Transcript], found: Sequence[Sequence[Finding]]) -> Row:
    groups: list[str] = []
    raised: list[int] = []
    for contact, each in zip(contacts, found, strict=True):
        turns = [turn.speaker for turn in contact.turns].count("agent")
        hits = min(len(each), turns)
        raised += [1] * hits + [0] * (turns - hits)
        groups += [contact.id] * turns
    return {
        "table": "ordinary",
        "set": title,
        "label": kind,
        "turns": len(groups),
        "per 1,000": bootstrap(per_thousand, groups, raised),
    }


def figures(what: tuple[str, str, str], method: str, items: Sequence[Item], told: Sequence[float]) -> Row:
    """Precision, recall, PR-AUC and calibration of one method; `what` is table, set and label."""
    groups = [item.group for item in items]
    truth = [item.positive for item in items]
    raised = [score >= _CUT for score in told]
    sure = [(score, positive) for score, positive in zip(told, truth, strict=True) if score > 0]
    return {
        "table": what[0],
        "set": what[1],
        "label": what[2],
        "method": method,
        "positives": sum(truth),
        "items": len(items),
        "precision": bootstrap(precision, groups, truth, raised, rounds=100),
        "recall": bootstrap(recall, groups, truth, raised, rounds=100),
        "pr_auc": bootstrap(pr_auc, groups, truth, told, rounds=100),
        "ece": ece([positive for _, positive in sure], [score for score, _ in sure], bins=5)
        if sure
        else None,
    }


def agentcheck(encoder: Any, *, baselines: bool = True) -> Iterator[Row]:
    """Every label with enough cases in the held-back half, and the baselines fitted on the other half.

    Findings as rules give them: what an earlier table of standings says neither lowers nor hides any.
    """
    from unittest.mock import patch

    from knowledge_base import KnowledgeBase
    from qa import Analyser
    from qa.detectors import standing
    from tests.agentcheck import suite

    kb = KnowledgeBase("norvane", encoder=encoder)
    kb.ingest(ROOT / "tests" / "agentcheck" / "client")
    cases = [case for function in suite.functions() if function.kind == "mft" for case in function.cases]
    contacts = [suite.contact(case.turns, case.id) for case in cases]
    with patch.object(standing, "standing", lambda _: standing.Standing("finding", None, "", {})):
        found = dict(zip([case.id for case in cases], Analyser(kb).analyse_many(contacts), strict=True))
    for label in sorted({part for case in cases for wanted in case.expect for part in wanted.split("|")}):
        halves: dict[str, list[Item]] = {"dev": [], "test": []}
        told: dict[str, list[float]] = {"dev": [], "test": []}
        for case in cases:
            meant = {
                part for wanted in case.expect for part in wanted.split("|") if label in wanted.split("|")
            }
            wording = label.startswith(("tone.", "brand.")) and label not in PRAISE
            if meant or label in case.forbid or (wording and suite.WORDING in case.forbid):
                before = case.turns[-2][1] if len(case.turns) > 1 else ""
                halves[case.split].append(Item(case.turns[-1][1], bool(meant), case.id, before))
                told[case.split].append(_surest(found[case.id], meant or {label}))
        test = halves["test"]
        if sum(item.positive for item in test) >= ENOUGH and not all(item.positive for item in test):
            what = ("agentcheck", "AgentCheck, held-back half", label)
            yield figures(what, "unscripted", test, told["test"])
            yield figures(what, TUNED, halves["dev"], told["dev"])
            if baselines:
                yield from _beside(what, test, halves["dev"])


def _surest(findings: Sequence[Finding], labels: Collection[str]) -> float:
    """The highest confidence of findings of these labels that count, 0 without any."""
    from qa.detectors.standing import counts

    return max((one.confidence for one in findings if one.label in labels and counts(one)), default=0.0)


def _beside(what: tuple[str, str, str], test: Sequence[Item], train: Sequence[Item]) -> Iterator[Row]:
    for method, make in BASELINES.items():
        yield figures(what, method, test, make(train)(test))


def real(analyser: Any, data: Path, count: int | None) -> Iterator[Row]:
    """Rudeness and empathy in texts of sources that the baselines, too, have not seen."""
    issues = [
        Item(
            row["text"][:900],
            row["label"] in ("Insulting", "Identity attack/Name-Calling", "Vulgarity"),
            f"issue-{row['issue_id']}",
        )
        for row in rows(data / "incivility_github" / "comments.jsonl")
        if row["label"] in ("None", "Insulting", "Identity attack/Name-Calling", "Vulgarity")
    ]
    bots = [
        Item(row["user"], bool(row["abusive"]), f"conv-{row['conv_id']}")
        for row in rows(data / "convabuse" / "turns.jsonl")
    ]
    crisis = [
        Item(row["response"][:900], row["levels"]["emotional_reactions"] > 0, row["seeker"], row["seeker"])
        for row in rows(data / "epitome_empathy" / "responses.jsonl")
    ]
    caring = [
        Item(row["text"], "caring" in row["labels"], str(number))
        for number, row in enumerate(rows(data / "goemotions" / "comments.jsonl"))
    ]
    rude = ("tone.rude", "brand.insult", "brand.discrimination", "tone.condescending")
    for source, label, labels, test, train in (
        ("incivility_github", "tone.rude + brand.insult", rude, issues, bots),
        ("convabuse", "tone.rude + brand.insult", rude, bots, issues),
        ("epitome reactions", "tone.empathy", ("tone.empathy",), crisis, caring),
    ):
        chosen = sampled(test, count)
        if chosen:
            what = ("real", source, label)
            found = analyser.analyse_many([as_contact(item, number) for number, item in enumerate(chosen)])
            yield figures(what, "unscripted", chosen, [_surest(each, labels) for each in found])
            yield from _beside(what, chosen, sampled(train, 6000))


def table(found: Sequence[Row]) -> str:
    """The rows of one table as Markdown: a line per set and label, the baselines by their PR-AUC."""
    if "method" not in found[0]:
        lines = ["| set | label | agent turns | per 1,000 |", "|---|---|---|---|"]
        lines += [
            f"| {row['set']} | {row['label']} | {row['turns']} | {shown(row['per 1,000'])} |" for row in found
        ]
        return "\n".join(lines)
    lines = [
        "| set | label | positive | precision | recall | PR-AUC | ECE | PR-AUC of "
        + ", ".join(BASELINES)
        + " |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        if row["method"] == "unscripted":
            same = [other for other in found if (other["set"], other["label"]) == (row["set"], row["label"])]
            beside = ", ".join(f"{other['pr_auc'][0]:.2f}" for other in same if other["method"] in BASELINES)
            told = " | ".join(shown(row[key]) for key in ("precision", "recall", "pr_auc"))
            gap = "-" if row["ece"] is None else f"{row['ece']:.3f}"
            lines.append(
                f"| {row['set']} | `{row['label']}` | {row['positives']} of {row['items']} "
                f"| {told} | {gap} | {beside} |"
            )
    return "\n".join(lines)


def worse(now: Sequence[Row], kept: Sequence[Row]) -> list[str]:
    """What fell below the interval that a kept file gives it, or rose above it for false alarms."""
    before = {_key(row): row for row in kept}
    out = []
    for row in now:
        old = before.get(_key(row))
        if old is None or row.get("method", "unscripted") != "unscripted":
            continue
        where = f"{row['set']} {row['label']}"
        out += [
            f"{where}: {figure} {row[figure][0]:.2f}, was {old[figure][0]:.2f}"
            for figure in ("precision", "recall", "pr_auc")
            if figure in row and row[figure][0] < old[figure][1]
        ]
        if "per 1,000" in row and row["per 1,000"][0] > max(old["per 1,000"][2], 0.5):
            out.append(f"{where}: {row['per 1,000'][0]:.2f} per 1,000, was {old['per 1,000'][0]:.2f}")
    return out


def _key(row: Row) -> tuple[Any, ...]:
    return row["table"], row["set"], row["label"], row.get("method")


def main() -> int:
    """Print all tables."""
    from knowledge_base import KnowledgeBase
    from models.encoders import open_encoder
    from qa import Analyser

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, and only tables 1 to 3")
    parser.add_argument("--table", choices=TABLES, action="append", help="only these")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--against", type=Path)
    options = parser.parse_args()
    encoder = open_encoder(options.encoder)
    analyser = Analyser(KnowledgeBase(CLIENT, encoder=encoder))
    few = 60 if options.quick else None
    sets = {
        "wmt nl": sampled(service_chats(options.data, "nl"), few),
        "wmt ko": sampled(service_chats(options.data, "ko"), few),
        "star, held-out domains": sampled(star(options.data, held_out=True), 60 if options.quick else 1000),
    }
    parts = {
        "False alarms per 1,000 ordinary agent turns": lambda: ordinary(analyser, sets),
        "AgentCheck, the half nobody tuned on": lambda: agentcheck(encoder),
        "Real texts of other sources": lambda: real(analyser, options.data, 400 if options.quick else 1500),
    }
    kept: list[Row] = []
    wanted = options.table or (TABLES[:-1] if options.quick else TABLES)
    for name, (title, make) in zip(TABLES[:-1], parts.items(), strict=True):
        if name not in wanted:
            continue
        found = list(make())
        kept += found
        print(f"\n## {title}\n\n{table(found) if found else '(no data)'}", flush=True)
    for other in OTHERS if "others" in wanted else ():
        if (ROOT / "benchmarks" / other).exists():
            print(f"\n## {other}\n", flush=True)
            given = [] if other == "redaction.py" else [str(options.data)]
            subprocess.run([sys.executable, str(ROOT / "benchmarks" / other), *given], check=False, cwd=ROOT)
    if options.json:
        options.json.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    lost = worse(kept, json.loads(options.against.read_text("utf-8"))) if options.against else []
    for line in lost:
        print(f"worse: {line}")
    return 3 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
