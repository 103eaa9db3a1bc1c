"""Rebuild the tone heads: fit, calibrate, measure, and write `models/weights/tone_*@1`.

    python benchmarks/heads/tone.py DATA [--head rude] [--write]

Figures come from folds by group (issue, conversation, dialogue); each source is also left out of training
once and used as a test; false alarms are counted on service chats that never train anything.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from benchmarks.detector_data import agent_pairs, rows, sampled, service_chats, star
from benchmarks.detector_figures import bootstrap, ece, per_thousand, pr_auc, roc_auc, shown
from benchmarks.heads.tone_data import HEADS, LICENCES, Example, examples
from benchmarks.heads.tone_fit import Fit, Vectors, dense, fit, folded, platt, sparse

SHIPPED = {"rude": "tone.rude", "empathy": "tone.empathy"}
"""Heads that ship, and the label each suggests; the others did not reach their gate."""
ORDINARY = 1500
"""Agent turns per set on which false alarms are counted here; `benchmarks/detectors.py` takes all."""


def measure(data: Path, name: str, vectors: Vectors) -> tuple[Fit, tuple[float, float], dict[str, Any]]:
    """Fit a head on everything, with the figures of rows it had not seen."""
    import numpy as np

    found = examples(data, name)
    truth = np.array([row.truth for row in found])
    groups = [row.group for row in found]
    sources = np.array([row.source for row in found])
    texts, grams = dense(found, vectors), sparse(found)
    logits = folded(texts, grams, truth, groups)
    slope, offset = platt(logits, truth)
    chance = _sigmoid(slope * logits + offset)
    # Calibrated on one half of the groups, looked at on the other: the shipped one is fitted on both.
    half = np.array([sum(map(ord, group)) % 2 == 0 for group in groups])
    told = _sigmoid(np.polyval(platt(logits[half], truth[half]), logits[~half]))
    figures: dict[str, Any] = {
        "rows": {
            source: [int(truth[sources == source].sum()), int((sources == source).sum())]
            for source in sorted(set(sources))
        },
        "ece": round(ece(truth[~half], told), 4),
        "pr_auc": shown(bootstrap(pr_auc, groups, truth, chance, rounds=100)),
    }
    both = [source for source in sorted(set(sources)) if truth[sources == source].any()]
    for source in both:
        here = sources == source
        figures[f"auc {source}, folds"] = shown(
            bootstrap(
                roc_auc,
                [g for g, k in zip(groups, here, strict=True) if k],
                truth[here],
                logits[here],
                rounds=100,
            )
        )
        if len(both) > 1:
            away = fit(texts[~here], grams[~here], truth[~here]).logits(texts[here], grams[here])
            figures[f"auc {source}, left out"] = round(roc_auc(truth[here], away), 3)
    final = fit(texts, grams, truth)
    figures.update(_elsewhere(data, name, final, (slope, offset), vectors))
    return final, (slope, offset), figures


def _elsewhere(
    data: Path, name: str, head: Fit, calibration: tuple[float, float], vectors: Vectors
) -> dict[str, Any]:
    """False alarms on ordinary agents, and a test set that may not train."""
    import numpy as np

    figures: dict[str, Any] = {}
    sets = {
        "nl": service_chats(data, "nl"),
        "ko": service_chats(data, "ko"),
        "star": star(data, held_out=True),
    }
    for title, contacts in sets.items():
        turns = sampled(list(agent_pairs(contacts)), ORDINARY)
        chance = _chance(
            head,
            calibration,
            [Example(text, before, False, title, contact) for contact, before, text in turns],
            vectors,
        )
        for cut in (0.5, 0.7, 0.9):
            figures[f"per 1,000 turns of {title} at {cut}"] = round(per_thousand(chance >= cut), 2)
    if name == "empathy":
        told = rows(data / "epitome_empathy" / "responses.jsonl")
        test = [
            Example(
                row["response"][:900],
                row["seeker"],
                row["levels"]["emotional_reactions"] > 0,
                "epitome",
                row["seeker"],
            )
            for row in told
        ]
        truth = np.array([row.truth for row in test])
        figures["auc epitome reactions (never trained on)"] = shown(
            bootstrap(
                roc_auc,
                [row.group for row in test],
                truth,
                _chance(head, calibration, test, vectors),
                rounds=100,
            )
        )
    if name == "rude":
        told = rows(data / "olid" / "olid.jsonl")[-1500:]
        test = [
            Example(row["text"], "", row["a"] == "OFF", "olid", str(number))
            for number, row in enumerate(told)
        ]
        truth = np.array([row.truth for row in test])
        figures["auc olid offensive (never trained on)"] = shown(
            bootstrap(
                roc_auc,
                [row.group for row in test],
                truth,
                _chance(head, calibration, test, vectors),
                rounds=100,
            )
        )
    return figures


def _chance(head: Fit, calibration: tuple[float, float], found: list[Example], vectors: Vectors) -> Any:
    import numpy as np

    return _sigmoid(np.polyval(calibration, head.logits(dense(found, vectors), sparse(found))))


def _sigmoid(values: Any) -> Any:
    import numpy as np

    return 1.0 / (1.0 + np.exp(-np.clip(values, -500, 500)))


def write(name: str, head: Fit, calibration: tuple[float, float], figures: dict[str, Any]) -> None:
    """The files that ship, and the model card."""
    import numpy as np

    from models.heads import FOLDER, save_head

    home = FOLDER / f"tone_{name}@1"
    sources = {source: LICENCES[source] for source in figures["rows"]}
    save_head(
        home,
        weights=np.concatenate([head.dense, head.sparse]),
        bias=head.bias,
        calibration=calibration,
        thresholds={"suggest": 0.5},
        about={
            "label": SHIPPED[name],
            "encoder": "all-minilm-l6-v2-int8@1",
            "layout": "3 x 384 of text, text before and their product; then 32768 hashed n-grams",
            "data": sources,
            "trained": "2026-11-22",
            "ece": figures["ece"],
            "rebuild": f"python benchmarks/heads/tone.py DATA --head {name} --write",
        },
    )
    lines = [_CARD.format(name=name, label=SHIPPED[name])]
    lines += [
        f"- {LICENCES[source]}: {positive} of {every}"
        for source, (positive, every) in figures["rows"].items()
    ]
    lines += [
        "",
        "## Figures",
        "",
        _HOW,
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [f"| {title} | {value} |" for title, value in figures.items() if title != "rows"]
    lines += ["", "## Limits", "", _LIMITS[name], ""]
    (home / "MODEL_CARD.md").write_text("\n".join(lines), "utf-8")


_CARD = """# tone_{name}@1

Suggests `{label}` for review in English agent turns. It never raises a finding that counts: at most two
suggestions per contact, severity note, left out of every score.

- **Reads** a turn and what the customer said before: frozen all-MiniLM-L6-v2 int8 vectors of both and their
  product, and hashed words and letter groups without articles, honorifics, names and numbers.
- **Is** the mean of two logistic regressions with a Platt calibration on held-out groups.
- **Rebuild**: `python benchmarks/heads/tone.py DATA --head {name} --write`
- **Do not use** for languages other than English, for customers, or to rank people.

## Trained on (positive of all rows)
"""
_HOW = (
    "Folds by issue, conversation or dialogue; intervals bootstrapped by these. ECE over all rows, "
    "calibrated on one half of the groups and read on the other."
)
_LIMITS = {
    "rude": "No service agent in any permissive set is rude, so the rude side comes from developers, tweets "
    "and people abusing bots; the ordinary side from service turns. Tweets carry dialect: identity words "
    "and African-American English score too high there, which is one reason why nothing is scored on this "
    "head alone.",
    "empathy": "Positive rows are Reddit comments marked *caring*; no permissive set marks empathy of "
    "agents. It is asked only where the customer voiced distress or a complaint just before.",
}


def main() -> None:
    """Print the figures of each head; with `--write` also its files."""
    from models.encoders import default_encoder

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--head", choices=HEADS, action="append")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    vectors = Vectors(default_encoder())
    for name in options.head or HEADS:
        head, calibration, figures = measure(options.data, name, vectors)
        print(f"tone_{name}")
        for title, value in figures.items():
            print(f"  {title}: {value}")
        if options.write and name in SHIPPED:
            write(name, head, calibration, figures)


if __name__ == "__main__":
    main()
