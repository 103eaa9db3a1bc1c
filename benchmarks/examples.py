"""What the detectors find in the example contacts, held against what a careful QA lead expects.

    python benchmarks/examples.py

The expectations (`examples/expected`) were written before any detector ran, but rules were mended
after seeing misses here, so these figures are a fit and no estimate for other contacts.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

DESCRIPTIVE = ("scripting.verbatim", "scripting.mined", "scripting.courtesy", "compliance.disclosure_made")


def judge(client: str, *, encoder: str = "default") -> dict[str, list[tuple[str, str, int | None]]]:
    """Wanted, hit, missed, unwanted (`not`) and surplus findings as (contact, label, turn from 1)."""
    import yaml

    from knowledge_base import KnowledgeBase
    from models.encoders import open_encoder
    from models.records import severity_rank
    from models.redaction import redact
    from qa import Analyser, read_folder

    kb = KnowledgeBase(client, encoder=open_encoder(encoder))
    kb.ingest(ROOT / "examples" / client)
    analyser = Analyser(kb)
    expected = yaml.safe_load((ROOT / "examples" / "expected" / f"{client}.yaml").read_text("utf-8"))[
        "contacts"
    ]
    contacts = {}
    for transcript in read_folder(ROOT / "examples" / "contacts" / client, client=client).transcripts:
        contacts[transcript.metadata["file"]] = contacts[f"{transcript.metadata['file']}#{transcript.id}"] = (
            transcript
        )
    result: dict[str, list[tuple[str, str, int | None]]] = {
        key: [] for key in ("hit", "missed", "unwanted", "surplus")
    }
    for name, wanted in expected.items():
        transcript = redact(contacts[name])
        found = Counter()
        grave = set()
        for finding in analyser.analyse(transcript):
            turn = None if finding.span is None else finding.span.turn + 1
            found[finding.label, turn] += 1
            if severity_rank(finding.severity) > 0 and not finding.label.startswith("customer."):
                grave.add((finding.label, turn))
        labels = [(entry["label"], entry.get("turn")) for entry in wanted.get("labels", [])]
        for label, turn in labels:
            near = [
                key
                for key in found
                if key[0] == label and (turn is None or key[1] is None or abs(key[1] - turn) <= 1)
            ]
            result["hit" if near else "missed"].append((name, label, turn))
        never = set(wanted.get("not") or ())
        look_alikes = {(entry["label"], entry["turn"]) for entry in wanted.get("look_alikes", [])}
        result["unwanted"] += [
            (name, label, turn) for label, turn in found if label in never or (label, turn) in look_alikes
        ]
        known = {label for label, _ in labels} | set(wanted.get("may") or ()) | never
        result["surplus"] += [
            (name, label, turn) for label, turn in sorted(grave, key=str) if label not in known
        ]
    return result


def main() -> None:
    """Print the table, label by label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    whole: dict[str, list[tuple[str, str, int | None]]] = {}
    for client in ("lumenor", "fernhollow"):
        for key, rows in judge(client, encoder=options.encoder).items():
            whole.setdefault(key, []).extend(rows)
    if options.json:
        print(json.dumps(whole, indent=1))
        return
    counts = {key: Counter(label for _, label, _ in rows) for key, rows in whole.items()}
    print(f"{'label':<34}{'wanted':>8}{'hit':>6}{'unwanted':>10}{'surplus':>9}")
    for label in sorted(set().union(*counts.values())):
        hit, missed = counts["hit"][label], counts["missed"][label]
        print(
            f"{label:<34}{hit + missed:>8}{hit:>6}"
            f"{counts['unwanted'][label]:>10}{counts['surplus'][label]:>9}"
        )
    for key in ("missed", "unwanted", "surplus"):
        for name, label, turn in whole[key]:
            print(f"{key:<9} {name} {label} turn {turn}")
    total = len(whole["hit"]) + len(whole["missed"])
    print(f"{len(whole['hit'])} of {total} expected findings, {len(whole['unwanted'])} unwanted")


if __name__ == "__main__":
    main()
