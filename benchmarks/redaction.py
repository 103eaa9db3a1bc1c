"""Recall and precision of the redactor, per kind, with Wilson intervals; and what it costs.

    python benchmarks/redaction.py [--cards 3000] [--each 400] [--lines 2000] [--seed 1] [presidio.jsonl]

(a) on contacts made by `redaction_corpus` and `redaction_secrets`; (b) on a file in the format of
presidio-evaluator's synthetic data (a JSON object a line: `text`, `spans` of `start`, `end`, `type`).
No text of the file is printed, only counts.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.redaction_corpus import Sample, cards
from benchmarks.redaction_lines import innocent
from benchmarks.redaction_secrets import secrets
from models.records import Transcript, Turn
from models.redaction import KINDS, redact, redact_turn
from models.redaction.decide import Decider
from models.redaction.scan import scan

PRESIDIO = {
    "CREDIT_CARD": "CARD", "US_SSN": "NATIONAL ID", "US_DRIVER_LICENSE": "NATIONAL ID", "IBAN_CODE": "IBAN",
    "PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL",
}  # fmt: skip
Range = tuple[int, int, int, str]


def wilson(hits: int, total: int) -> str:
    """`0.987 [0.970, 0.994] 395/400`, at 95 %."""
    if not total:
        return "-"
    z, share = 1.959964, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return f"{share:.3f} [{max(0.0, middle - half):.3f}, {min(1.0, middle + half):.3f}] {hits}/{total}"


def predicted(turns: Iterable[tuple[str, str]], *, language: str | None = None) -> list[Range]:
    """Turn, start, end and kind of everything the redactor masks at first; the language if it is told."""
    speakers, texts = zip(*turns, strict=True)
    scans = [scan(text, language=language) for text in texts]
    edits = Decider(scans, speakers, languages=[language] * len(scans)).decide()
    return [
        (turn, *scans[turn].plain.original(edit.start, edit.end), edit.kind)
        for turn, found in enumerate(edits)
        for edit in found
    ]


class Tally:
    """Counts per kind."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, texts: list[str], gold: Iterable[Range], found: list[Range]) -> bool:
        """Count one contact; True when a secret was not wholly masked."""
        missed = False
        gold = list(gold)
        for turn, start, end, kind in gold:
            inside = [place for place in range(start, end) if texts[turn][place].isalnum()]
            masks = [mask for mask in found if mask[0] == turn and mask[1] < end and start < mask[2]]
            clear = [place for place in inside if not any(mask[1] <= place < mask[2] for mask in masks)]
            # "um" between two masked parts of a card number tells nothing.
            rest = "".join(texts[turn][place] if place in clear else " " for place in range(start, end))
            whole = not clear or (kind == "CARD" and not _digits(rest))
            self.counts[kind]["gold"] += 1
            self.counts[kind]["hidden"] += whole
            self.counts[kind]["named"] += whole and all(mask[3] == kind for mask in masks)
            missed |= not whole
        for turn, start, end, kind in found:
            near = [g for g in gold if g[0] == turn and start < g[2] and g[1] < end]
            self.counts[kind]["found"] += 1
            self.counts[kind]["true"] += bool(near)
            self.counts[kind]["right"] += any(g[3] == kind for g in near)
        return missed

    def show(self) -> None:
        """Print a row per kind."""
        print(
            f"{'kind':14} {'recall: hidden':34} {'recall: hidden, rightly named':34} "
            f"{'precision: any secret':34} precision: this kind"
        )
        for kind in KINDS:
            c = self.counts[kind]
            if c["gold"] or c["found"]:
                print(f"{kind:14} {wilson(c['hidden'], c['gold']):34} {wilson(c['named'], c['gold']):34} "
                      f"{wilson(c['true'], c['found']):34} {wilson(c['right'], c['found'])}")  # fmt: skip


def corpus(samples: Iterable[Sample], tally: Tally) -> Counter[str]:
    """Run samples; misses per shape."""
    misses: Counter[str] = Counter()
    for sample in samples:
        if tally.add([text for _, text in sample.turns], sample.secrets, predicted(sample.turns)):
            misses[sample.shape] += 1
    return misses


def live(samples: Iterable[Sample]) -> tuple[int, int, int]:
    """Contacts, those with a digit of the card left, and those where a party's turns keep nine or more."""
    total = some = many = 0
    for sample in samples:
        turns: list[Turn] = []
        left: Counter[str] = Counter()
        for number, (speaker, text) in enumerate(sample.turns):
            turns.append(redact_turn(Turn(speaker=speaker, text=text), turns))
            clear = text
            for turn, start, end, _ in sorted(sample.secrets, reverse=True):
                clear = clear[:start] + " | " + clear[end:] if turn == number else clear
            left[speaker] += max(0, _digits(turns[-1].text) - _digits(clear))
        most = max(left.values(), default=0)
        total, some, many = total + 1, some + (most > 0), many + (most >= 9 and "unknown" not in left)
    return total, some, many


def _digits(text: str) -> int:
    return sum(len(run.digits) for run in scan(text).runs)


def presidio(path: Path) -> None:
    """Report on a file of presidio-evaluator's synthetic data."""
    tally, outside = Tally(), Counter[str]()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        gold = [(0, s["start"], s["end"], PRESIDIO[s["type"]]) for s in row["spans"] if s["type"] in PRESIDIO]
        found = predicted([("customer", row["text"])])
        tally.add([row["text"]], gold, found)
        for _, start, end, kind in found:
            if not any(start < g[2] and g[1] < end for g in gold):
                over = [s["type"] for s in row["spans"] if s["start"] < end and start < s["end"]]
                outside[f"{kind} on {over[0] if over else 'plain text'}"] += 1
    tally.show()
    print("masked without being one of these kinds:", dict(outside.most_common()) or "nothing")


def cost() -> None:
    """Milliseconds of processor time per live turn, seconds for long texts."""
    samples = list(cards(300, seed=5)) + list(secrets(30, seed=5))
    turns = [[Turn(speaker=s, text=t) for s, t in sample.turns] for sample in samples]
    chat = [
        Turn(speaker="customer" if n % 2 else "agent", text=line)
        for n, line in enumerate(innocent(300, seed=5))
    ]
    times = []
    for contact in (*turns, chat):
        for number, turn in enumerate(contact):
            start = time.process_time()
            redact_turn(turn, contact[:number])
            times.append((time.process_time() - start) * 1e3)
    times.sort()
    p50, p95 = (times[int(len(times) * share)] for share in (0.5, 0.95))
    print(f"live turn: p50 {p50:.2f} ms, p95 {p95:.2f} ms, max {times[-1]:.2f} ms, n {len(times)}")
    record = Transcript(id="b", client="b", turns=tuple(chat))
    start = time.process_time()
    redact(record)
    print(f"transcript of 300 turns: {(time.process_time() - start) * 1e3:.0f} ms")
    for name, text in (
        ("digits", "4" * 10**6),
        ("double double", "double double " * 71_000),
        ("words", "the quick brown fox jumps " * 38_000),
    ):
        start = time.process_time()
        redact(text)
        print(f"1 MB of {name}: {time.process_time() - start:.2f} CPU-s")


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("presidio", nargs="?", type=Path, help="a presidio-evaluator jsonl file")
    parser.add_argument("--cards", type=int, default=3000)
    parser.add_argument("--each", type=int, default=400)
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    print("(a) made-up contacts")
    tally = Tally()
    misses = corpus(cards(options.cards, seed=options.seed), tally)
    missed = sum(misses.values())
    bound = f"at most {300 / options.cards:.2f} % at 95 % (rule of three)" if not missed else dict(misses)
    print(f"card numbers: {missed} contacts of {options.cards} with a digit left: {bound}")
    print(
        "others, contacts not wholly masked:",
        dict(corpus(secrets(options.each, seed=options.seed), tally)) or "none",
    )
    tally.show()
    alarms = sum(redact(line) != line for line in innocent(options.lines, seed=options.seed))
    print(f"false alarms on lines without a secret: {wilson(alarms, options.lines)}")
    total, some, many = live(cards(options.cards // 3, seed=options.seed + 1))
    print(
        f"live, turn by turn: a digit left in {some} of {total} contacts, nine or more of one party in {many}"
    )
    cost()
    if options.presidio:
        print("(b) presidio-evaluator data")
        presidio(options.presidio)


if __name__ == "__main__":
    main()
