"""Set confidences and say how each label stands, from rows that `detectors.py --json` kept.

    python benchmarks/detector_standing.py ROWS.json [ROWS.json ...]

Writes `qa/detectors/data/standing.yaml`. A label's confidence is its precision on the development half of
AgentCheck, drawn towards .9 as if four more cases stood there; the gap to its precision on the held-back
half is its calibration error. A label whose confidence lies outside the 95 % interval of that precision
ships as a trend: shown, never scored.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.detectors import TUNED
from models.labels import LABELS

TARGET = Path(__file__).resolve().parent.parent / "qa" / "detectors" / "data" / "standing.yaml"
_PRIOR, _WEIGHT = 0.9, 4
_LEAST = 0.75
"""Precision on the held-back half below which a label is shown and never scored."""
_HEAD = """# How labels stand; written by benchmarks/detector_standing.py from measured rows.
# confidence: of findings of this label. figures: on the half of AgentCheck that nobody tuned on.
"""
GATES = {
    "tone.curt": "twice in a contact, or once after distress",
    "tone.missed_empathy": "the customer voiced distress; no word about it in two agent turns",
    "tone.argumentative": "a second contradiction, with nothing checked",
    "tone.stiff": "four of five signs of officialese; English only",
    "brand.dead_end": "no reason, option or next step in this or two more agent turns",
    "tone.rude": "rules count; the head tone_rude@1 suggests a look, at most twice, never scored",
    "tone.empathy": "rules count; the head tone_empathy@1 suggests a look after distress, never scored",
    "privacy.before_verification": "the client names what must be known first",
    "brand.competitor": "the client names its competitors",
}


def wilson(hits: float, total: int) -> tuple[float, float]:
    """95 % interval of a share."""
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def entry(label: str, rows: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """What is known of a label."""
    found: dict[str, Any] = {"gate": GATES[label]} if label in GATES else {}
    test, dev = rows.get((label, "unscripted")), rows.get((label, TUNED))
    if test is None or dev is None:
        return found
    raised = _raised(dev)
    hits = 0.0 if not raised else dev["precision"][0] * raised
    confidence = round((hits + _PRIOR * _WEIGHT) / (raised + _WEIGHT), 3)
    found["confidence"] = confidence
    seen = _raised(test)
    if seen:
        precision = test["precision"][0]
        low, high = wilson(precision * seen, seen)
        if not low <= confidence <= high:
            # Tuned sentences flatter this label: the held-back half says how often it is right.
            found["confidence"] = confidence = round(
                (precision * seen + _PRIOR * _WEIGHT) / (seen + _WEIGHT), 3
            )
        error = round(abs(confidence - precision), 3)
        found["ships"] = "finding" if precision >= _LEAST else "trend"
        found["figures"] = {
            "positive": test["positives"],
            "negative": test["items"] - test["positives"],
            "precision": round(precision, 3),
            "recall": round(test["recall"][0], 3),
            "pr_auc": round(test["pr_auc"][0], 3),
            "ece": error,
            "raised": seen,
        }
    return found


def _raised(row: dict[str, Any]) -> int:
    precision, recall = row["precision"][0], row["recall"][0]
    if precision != precision or not precision:  # noqa: PLR0124 - nan
        return 0
    return round(recall * row["positives"] / precision)


def main() -> None:
    """Write the file."""
    import yaml

    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sys.argv[1:]:
        for row in json.loads(Path(path).read_text("utf-8")):
            if row["table"] == "agentcheck":
                rows[row["label"], row["method"]] = row
    table = {label: found for label in LABELS if (found := entry(label, rows))}
    TARGET.write_text(_HEAD + yaml.safe_dump(table, sort_keys=False, allow_unicode=True), "utf-8")
    for label, found in table.items():
        print(
            label,
            found.get("ships", "-"),
            found.get("confidence", "-"),
            found.get("figures", {}).get("ece", "-"),
        )


if __name__ == "__main__":
    main()
