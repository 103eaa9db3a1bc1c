"""Which sentences grounding keeps: faithful ones, and altered ones by kind of alteration.

    python benchmarks/grounding.py [--show] [--hashing] [--words]

Pairs of a sentence and its source, all ours (`benchmarks/grounding_pairs`): rules were tuned on
`tuned.yaml`; `held.yaml` was written before and read as totals. Kept precision: of the sentences kept, how
many are faithful. Recall: of the faithful ones, how many are kept. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from math import sqrt
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from copilot.grounding import ground, read_sources  # noqa: E402

FOLDER = Path(__file__).with_name("grounding_pairs")


def interval(right: int, of: int) -> str:
    if not of:
        return "-"
    p, z = right / of, 1.96
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{right}/{of} = {p:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}]"


def run(name: str, encoder: Any, *, show: bool) -> None:
    kept: Counter[str] = Counter()
    of: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    times = []
    for group in yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8")):
        started = perf_counter()
        sources = read_sources([group["source"]], headings=[group["title"]], encoder=encoder)
        times.append(perf_counter() - started)
        pairs = [("faithful", one) for one in group["faithful"]]
        pairs += [(kind, one) for kind, sentences in group["altered"].items() for one in sentences]
        for kind, sentence in pairs:
            started = perf_counter()
            reason = ground(sentence, sources)
            times.append(perf_counter() - started)
            of[kind] += 1
            kept[kind] += reason is None
            reasons[reason or "kept"] += kind != "faithful"
            if show and (reason is None) != (kind == "faithful"):
                print(f"  {kind:<10} {reason or 'KEPT':<10} {sentence}")
    faithful, altered = kept["faithful"], kept.total() - kept["faithful"]
    print(f"{name}: {of.total()} pairs, {of['faithful']} faithful")
    print(f"  kept that are faithful (precision) {interval(faithful, faithful + altered)}")
    print(f"  faithful that are kept (recall)    {interval(faithful, of['faithful'])}")
    print(
        f"  altered that are dropped           {interval(of.total() - of['faithful'] - altered, of.total() - of['faithful'])}"  # noqa: E501 - a row of the table
    )
    for kind in sorted(set(of) - {"faithful"}):
        print(f"    {kind:<11} dropped {of[kind] - kept[kind]}/{of[kind]}")
    times.sort()
    print(
        f"  a sentence takes {1000 * times[len(times) // 2]:.1f} ms (median), {1000 * times[-1]:.0f} ms at most"  # noqa: E501 - a row of the table
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--show", action="store_true", help="Show what went wrong.")
    options.add_argument(
        "--hashing", action="store_true", help="The small encoder instead of the default one."
    )
    options.add_argument("--words", action="store_true", help="No encoder at all.")
    chosen = options.parse_args()
    from models.encoders import HashingEncoder, default_encoder

    encoder = None if chosen.words else HashingEncoder() if chosen.hashing else default_encoder()
    for name in ("tuned", "held", "fresh"):
        run(name, encoder, show=chosen.show)


if __name__ == "__main__":
    main()
