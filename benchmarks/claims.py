"""Policy claims, offers and required statements, measured on what we wrote ourselves.

    python benchmarks/claims.py [DATA] [--only dev]

`claims/dev.yaml` was tuned on, `claims/test.yaml` was written before any rule ran on it. Intervals are
bootstrapped by client. With DATA (a folder of public sets) real policies and ordinary agent turns follow.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = Path(__file__).parent / "claims"
LABEL = "brand.policy_contradiction"
TIMES = 1_000


@dataclass(frozen=True)
class Judged:
    """One pair and what the detector made of it."""

    client: str
    kind: str
    wanted: str
    found: bool
    grave: bool
    """Found, and not as a minor thing."""
    turns: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def positive(self) -> bool:
        """Whether the agent's words contradict the policy."""
        return self.wanted == "contradicts"


def load(half: str) -> list[dict[str, Any]]:
    import yaml

    clients: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{half}.yaml").read_text("utf-8"))["clients"]
    return clients


def knowledge(client: dict[str, Any], encoder: Any) -> Any:
    from knowledge_base import KnowledgeBase
    from models.records import ClientProfile, Document

    language = client.get("language", "en")
    kb = KnowledgeBase(
        client["id"], encoder=encoder, profile=ClientProfile(id=client["id"], language=language)
    )
    kb.add(Document(**{"kind": "policy", "language": language, **one}) for one in client["documents"])
    return kb


def transcript(client: dict[str, Any], name: str, turns: Sequence[str]) -> Any:
    from models.records import Transcript, Turn

    return Transcript(
        id=name,
        client=client["id"],
        language=client.get("language"),
        turns=tuple(
            Turn(speaker="agent" if line.startswith("A:") else "customer", text=line[2:].strip())
            for line in turns
        ),
    )


def judge(half: str, encoder: Any) -> list[Judged]:
    from models.readings import read
    from qa.detectors.contradictions import contradiction_detector

    rows = []
    for client in load(half):
        detector = contradiction_detector(knowledge(client, encoder))
        for number, (wanted, kind, turns) in enumerate(client["pairs"]):
            contact = transcript(client, f"{number}", turns)
            (findings,) = detector.detect(read([contact]))
            rows.append(
                Judged(
                    client["id"],
                    kind,
                    wanted,
                    bool(findings),
                    any(one.severity in ("major", "critical") for one in findings),
                    tuple(turns),
                    tuple(one.reason for one in findings),
                )
            )
    return rows


def rates(rows: Sequence[Judged]) -> tuple[float, float]:
    """Precision and recall; a correction that is found as minor counts on neither side."""
    raised = [row for row in rows if (row.found if row.positive else row.grave)]
    right = sum(row.positive for row in raised)
    wanted = sum(row.positive for row in rows)
    return right / max(1, len(raised)), right / max(1, wanted)


def interval(
    rows: Sequence[Any], key: Callable[[Any], str], measure: Callable[[Sequence[Any]], float]
) -> tuple[float, float]:
    """95 % by drawing whole clients again, with a fixed seed."""
    from random import Random

    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    names = sorted(groups)
    draw = Random(7)
    values = sorted(
        measure([row for name in draw.choices(names, k=len(names)) for row in groups[name]])
        for _ in range(TIMES)
    )
    return values[int(0.025 * TIMES)], values[int(0.975 * TIMES) - 1]


def shown(rows: Sequence[Any], key: Callable[[Any], str], measure: Callable[[Sequence[Any]], float]) -> str:
    low, high = interval(rows, key, measure)
    return f"{measure(rows):.3f} [{low:.3f}, {high:.3f}]"


def contradictions(half: str, encoder: Any, *, verbose: bool) -> None:
    rows = judge(half, encoder)
    clients = len({row.client for row in rows})
    print(f"\ncontradictions, {half}: {len(rows)} pairs, {clients} clients")
    print(f"  precision {shown(rows, lambda r: r.client, lambda r: rates(r)[0])}")
    print(f"  recall    {shown(rows, lambda r: r.client, lambda r: rates(r)[1])}")
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for row in rows:
        kinds[f"{row.wanted}: {row.kind}"].append(row)
    for kind, group in sorted(kinds.items()):
        raised = sum(row.found if row.positive else row.grave for row in group)
        print(f"  {kind:<28}{len(group):>4} pairs {raised:>4} raised")
    if verbose:
        for row in rows:
            if row.positive != (row.found if row.positive else row.grave):
                print("  WRONG", row.client, row.kind, "wanted", row.wanted, row.turns, row.reasons)


def offers(encoder: Any) -> None:
    """Offers and promises of `claims/offers.yaml`, by the detectors that raise them."""
    import yaml

    from knowledge_base import KnowledgeBase
    from models.readings import read
    from models.records import ClientProfile
    from qa.detectors.client_rules import rule_detector
    from qa.detectors.offers import offer_detector

    labels = {"offer": "brand.unauthorised_offer", "promise": "brand.guarantee"}
    judged: list[tuple[str, str, frozenset[str], str]] = []
    for client in yaml.safe_load((FOLDER / "offers.yaml").read_text("utf-8"))["clients"]:
        profile = ClientProfile(id=client["id"], authority=client["authority"])
        kb = KnowledgeBase(client["id"], encoder=encoder, profile=profile)
        detectors = (offer_detector(kb), rule_detector(kb))
        for wanted, line in client["lines"]:
            readings = read([transcript(client, "t", [f"A: {line}"])])
            found = {one.label for detector in detectors for one in detector.detect(readings)[0]}
            judged.append((client["id"], wanted, frozenset(found & set(labels.values())), line))
    print(f"\noffers and promises: {len(judged)} lines, 4 clients")
    for kind, label in labels.items():

        def precision(rows: Sequence[Any], kind: str = kind, label: str = label) -> float:
            raised = [row for row in rows if label in row[2]]
            return sum(row[1] == kind for row in raised) / max(1, len(raised))

        def recall(rows: Sequence[Any], kind: str = kind, label: str = label) -> float:
            wanted = [row for row in rows if row[1] == kind]
            return sum(label in row[2] for row in wanted) / max(1, len(wanted))

        print(f"  {kind:<8} precision {shown(judged, lambda r: r[0], precision)}")
        print(f"  {kind:<8} recall    {shown(judged, lambda r: r[0], recall)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    from models.encoders import open_encoder

    encoder = open_encoder(options.encoder)
    for half in ("dev", "test"):
        if options.only in ("", half):
            # The sealed half shows figures alone, so that nobody tunes on it by the way.
            contradictions(half, encoder, verbose=options.verbose and half == "dev")
    if not options.only:
        from benchmarks.claims_disclosures import disclosures
        from benchmarks.claims_public import public

        offers(encoder)
        disclosures()
        if options.data is not None:
            public(options.data)


if __name__ == "__main__":
    main()
