"""The draft check measured: how long it takes, how often it is right, how often it disturbs.

`python benchmarks/draft.py` prints time by length of the draft and precision and recall on the cases of
`draft_cases.yaml`, the half that was looked at and the sealed half apart. `--replies FILE` adds false
findings per thousand ordinary replies: a file of lines with `customer<TAB>agent`, which stays where it is.
`--open` leaves the sealed half out, for tuning.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from copilot.draft_check import check_draft
from knowledge_base import KnowledgeBase
from models.encoders import default_encoder
from models.records import Document, Transcript, Turn
from qa import Analyser

HERE = Path(__file__).parent
ROOT = HERE.parent
UNLIMITED_S = 60.0
_CUSTOMER = (
    "I was charged twice for July, can you look at that?",
    "The account is in my husband's name, but I pay the bills.",
    "And the meter reading on the letter is not ours.",
    "How long does a refund take to reach my card?",
    "I also wanted to ask about the late fee on the last bill.",
    "We moved in on the third of May, in case that matters.",
    "Somebody told me on Monday that it was settled.",
)
_AGENT = (
    "Of course, let me open the account and look at July.",
    "Thank you. I can see both names here, so we can talk about it.",
    "I see two payments on the second, one of them from the old card.",
    "The reading on the letter was estimated, I will note the real one.",
    "Give me a moment, the bill is loading.",
    "The late fee came from the second attempt, I am looking at why.",
)
_SENTENCES = (
    "Thank you for waiting while I looked at both payments.",
    "I can see that the second one was taken by mistake, so I am sending it back to your card now.",
    "A card refund takes three to five business days from today.",
    "The late fee belongs to the same mistake and I have taken it off the bill.",
    "You can read the meter yourself and send us the number in the app.",
    "If the money is not there next week, call us with the reference and we trace it for you.",
    "The new bill comes at the start of the month and shows both corrections.",
)


def draft_of(length: int, seed: int) -> str:
    """Sentences up to a number of words; the last word differs, as while somebody types."""
    said: list[str] = []
    for number in range(100):
        said += _SENTENCES[(number + seed) % len(_SENTENCES)].split()
        if len(said) >= length:
            break
    return " ".join(said[:length]) + "abcdefghij"[: seed % 10]


def timing(rounds: int) -> None:
    kb = KnowledgeBase("lumenor")
    kb.ingest(ROOT / "examples" / "lumenor")
    detectors = Analyser(kb).detectors
    turns = tuple(
        Turn("customer", _CUSTOMER[i // 2 % len(_CUSTOMER)], language="en")
        if i % 2 == 0
        else Turn("agent", _AGENT[i // 2 % len(_AGENT)], language="en")
        for i in range(30)
    )
    contact = Transcript(id="c", client="lumenor", turns=turns[:29], language="en")
    check_draft(kb, contact, draft_of(40, 0), detectors=detectors)
    encoder = default_encoder()
    encoder.encode(["warm"])
    encode = []
    for number in range(rounds):
        began = time.perf_counter()
        encoder.encode([f"How long does a refund take to reach my card, number {number}?"])
        encode.append((time.perf_counter() - began) * 1e3)
    one = statistics.median(encode)
    print(f"one encode: p50 {one:.1f} ms; contact of {len(contact.turns)} turns, warm, {rounds} drafts each")
    print("| words | p50 ms | p95 ms | CPU p50 ms | p50 in encodes | late |\n|---|---|---|---|---|---|")
    for length in (10, 20, 40, 80, 160):
        times, spent, late = [], [], 0
        for number in range(rounds):
            text = draft_of(length, number)
            began, before = time.perf_counter(), time.process_time()
            late += bool(check_draft(kb, contact, text, detectors=detectors).note)
            times.append((time.perf_counter() - began) * 1e3)
            spent.append((time.process_time() - before) * 1e3)
        times.sort()
        p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(
            f"| {length} | {p50:.1f} | {p95:.1f} | {statistics.median(spent):.1f} "
            f"| {p50 / one:.1f} | {late} |"
        )


def cases(*, sealed: bool) -> None:
    import yaml

    from models.encoders import HashingEncoder

    data = yaml.safe_load((HERE / "draft_cases.yaml").read_text("utf-8"))
    kb = KnowledgeBase("cases", encoder=HashingEncoder())
    kb.add([Document(id="terms", text=data["documents"], kind="policy")])
    detectors = Analyser(kb).detectors
    for name, label in (("unanswered", "draft.unanswered"), ("promises", "draft.unsupported_promise")):
        for half in ("open", "sealed") if sealed else ("open",):
            hits = wrong = missed = 0
            rows = data[name][half == "sealed" :: 2]
            for customer, draft, right in rows:
                contact = Transcript(
                    id="c", client="cases", turns=(Turn("customer", customer, language="en"),), language="en"
                )
                found = check_draft(kb, contact, draft, detectors=detectors, budget_s=UNLIMITED_S).findings
                # A promise with "guarantee" in it is told once, by the detector that also reads contacts.
                same = {label, "brand.guarantee"} if name == "promises" else {label}
                raised = any(finding.label in same for finding in found)
                hits += raised and right
                wrong += raised and not right
                missed += right and not raised
                if half == "open" and raised != right:
                    print(f"    {'false' if raised else 'missed'}: {customer} / {draft}")
            print(
                f"{label} ({half}, {len(rows)} cases): precision {rate(hits, hits + wrong)}, "
                f"recall {rate(hits, hits + missed)}"
            )


def rate(hits: int, of: int) -> str:
    """A share with its Wilson interval at 95 %."""
    if not of:
        return "none raised"
    p, z = hits / of, 1.96
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{p:.2f} [{max(0, middle - half):.2f}, {min(1, middle + half):.2f}] ({hits}/{of})"


def replies(path: Path, *, show: int) -> None:
    """Findings on ordinary replies; what is false among them a person has to say."""
    from models.encoders import HashingEncoder

    kb = KnowledgeBase("nobody", encoder=HashingEncoder())
    detectors = Analyser(kb).detectors
    counts: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    pairs = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.count("\t") == 1]
    for customer, agent in pairs:
        contact = Transcript(
            id="c", client="nobody", turns=(Turn("customer", customer, language="en"),), language="en"
        )
        for finding in check_draft(kb, contact, agent, detectors=detectors, budget_s=UNLIMITED_S).findings:
            counts[finding.label] += 1
            if finding.label.startswith("draft.") and shown[finding.label] < show:
                shown[finding.label] += 1
                print(f"    {finding.label}: {finding.reason} | {agent}")
    print(f"{len(pairs)} ordinary replies; findings per 1,000:")
    for label, count in counts.most_common():
        print(f"  {label}: {1000 * count / len(pairs):.1f} ({count})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--replies", type=Path)
    parser.add_argument("--show", type=int, default=0, help="findings on replies to print")
    parser.add_argument("--open", action="store_true", help="leave the sealed half out")
    parser.add_argument("--no-time", action="store_true")
    parser.add_argument("--only-time", action="store_true")
    given = parser.parse_args()
    if not given.only_time:
        cases(sealed=not given.open)
    if not given.no_time:
        timing(given.rounds)
    if given.replies:
        replies(given.replies, show=given.show)


if __name__ == "__main__":
    main()
