"""Set confidences and say how each label stands, from AgentCheck as the rules stand now.

    python benchmarks/detector_standing.py [ROWS.json]

Measures (two minutes), or reads rows that `detectors.py --json` kept, and writes
`qa/detectors/data/standing.yaml`. A label's confidence is its precision on the development half of
AgentCheck, drawn towards .9 as if eight more cases stood there; the gap to its precision on the held-back
half is its calibration error (ECE). Where the gap is over .06, tuned sentences flatter the label: the
confidence is then set on the held-back half, and the gap is told leaving each case out in turn. A label
whose gap is over .06 even so, or that is right in less than three of four held-back cases, ships as a
trend: shown, never scored. Under eight raised cases the table says that they are too few to tell.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.detectors import TUNED
from models.labels import LABELS

TARGET = Path(__file__).resolve().parent.parent / "qa" / "detectors" / "data" / "standing.yaml"
_PRIOR, _WEIGHT, _WEIGHT_HELD_BACK = 0.9, 8, 4
_MOST_ECE = 0.06
_FEW = 8
"""Raised cases from which a gap can be told from chance."""
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


def entry(label: str, rows: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """What is known of a label."""
    found: dict[str, Any] = {"gate": GATES[label]} if label in GATES else {}
    test, dev = rows.get((label, "unscripted")), rows.get((label, TUNED))
    if test is None or dev is None:
        return found
    raised, seen = _raised(dev), _raised(test)
    hits = dev["precision"][0] * raised if raised else 0.0
    confidence = _drawn(hits, raised, _WEIGHT)
    if seen:
        precision = test["precision"][0]
        right = precision * seen
        error, held_back = abs(confidence - precision), False
        if error > _MOST_ECE and seen > 1:
            held_back = True
            confidence = _drawn(right, seen, _WEIGHT_HELD_BACK)
            # The mean of what the other cases say, over the cases: none sets what it is measured by.
            error = abs(_drawn(right * (seen - 1) / seen, seen - 1, _WEIGHT_HELD_BACK) - precision)
        trend = precision < _LEAST or (error > _MOST_ECE and seen >= _FEW)
        found["ships"] = "trend" if trend else "finding"
        found["figures"] = {
            "positive": test["positives"],
            "negative": test["items"] - test["positives"],
            "precision": round(precision, 3),
            "recall": round(test["recall"][0], 3),
            "pr_auc": round(test["pr_auc"][0], 3),
            "ece": round(error, 3),
            "raised": seen,
        }
        if held_back:
            found["figures"]["calibrated_on"] = "held-back half, each case left out in turn"
        if seen < _FEW:
            found["figures"]["too_few"] = "too few raised cases to tell the ECE from chance"
    found["confidence"] = round(confidence, 3)
    return found


def _drawn(right: float, raised: int, weight: int) -> float:
    """A share drawn towards the prior."""
    return (right + _PRIOR * weight) / (raised + weight)


def _raised(row: dict[str, Any]) -> int:
    precision, recall = row["precision"][0], row["recall"][0]
    if precision != precision or not precision:  # noqa: PLR0124 - nan
        return 0
    return round(recall * row["positives"] / precision)


def main() -> None:
    """Write the file."""
    import yaml

    from benchmarks.detectors import agentcheck
    from models.encoders import default_encoder

    kept = [row for path in sys.argv[1:] for row in json.loads(Path(path).read_text("utf-8"))]
    measured = kept or agentcheck(default_encoder(), baselines=False)
    rows = {(row["label"], row["method"]): row for row in measured if row["table"] == "agentcheck"}
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
