"""How many lines of a wrap-up are right, how many that matter are there, and which dispositions are picked.

    python benchmarks/wrap_ups.py [--show] [--hashing]

The contacts in `benchmarks/wrap_ups/contacts.txt` are ours, with what matters marked in the text. A line
is right when it overlaps a mark of its heading; a mark is found when a line of its heading overlaps it.
`examples.yaml` judges each line that the example contacts give: one reader, after the fact, so it tells
precision alone. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from math import sqrt
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from copilot.dispositions import dispositions_of  # noqa: E402
from copilot.wrap_up import wrap_up  # noqa: E402
from models.records import ClientProfile, Span, Transcript, Turn, WrapUp  # noqa: E402

FOLDER = Path(__file__).with_name("wrap_ups")
MARK = re.compile(r"\[(issue|done|commitment|open) ([^\]]+)\]")
SPEAKERS = {"A": "agent", "C": "customer"}


def contacts() -> list[tuple[Transcript, list[tuple[str, Span]], str]]:
    """Our contacts: transcript, marks, disposition."""
    found = []
    for number, block in enumerate((FOLDER / "contacts.txt").read_text("utf-8").split("\n\n= ")[1:], 1):
        first, *lines = block.strip().splitlines()
        turns, marks = [], []
        for line in lines:
            text, plain = line[3:], ""
            at = 0
            for hit in MARK.finditer(text):
                plain += text[at : hit.start()]
                marks.append((hit[1], Span(len(turns), len(plain), len(plain) + len(hit[2]))))
                plain += hit[2]
                at = hit.end()
            turns.append(Turn(SPEAKERS[line[0]], plain + text[at:]))
        transcript = Transcript(id=f"w{number}", client="any", turns=tuple(turns))
        found.append((transcript, marks, "" if first.strip() == "-" else first.strip()))
    return found


def overlap(one: Span, other: Span) -> bool:
    return one.turn == other.turn and one.start < other.end and other.start < one.end


def interval(right: int, of: int) -> str:
    if not of:
        return "-"
    p, z = right / of, 1.96
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{right}/{of} = {p:.3f} [{middle - half:.3f}, {middle + half:.3f}]"


def examples() -> list[tuple[str, WrapUp]]:
    from models.redaction import redact
    from qa import read_transcripts

    return [
        (one.id, wrap_up(redact(one), (), ())) for one in read_transcripts(ROOT / "examples" / "contacts")
    ]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--show", action="store_true", help="Show lines that are wrong and marks not found.")
    options.add_argument(
        "--hashing", action="store_true", help="The small encoder instead of the default one."
    )
    chosen = options.parse_args()
    from models.encoders import HashingEncoder, default_encoder

    encoder = HashingEncoder() if chosen.hashing else default_encoder()
    profile = ClientProfile(id="any", extra=yaml.safe_load((FOLDER / "dispositions.yaml").read_text("utf-8")))
    known = dispositions_of(profile)
    right: Counter[str] = Counter()
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    picked = correct = 0
    gold = contacts()
    for transcript, marks, disposition in gold:
        summary = wrap_up(transcript, (), (), dispositions=known, encoder=encoder)
        for line in summary.lines:
            made[line.heading] += 1
            good = any(h == line.heading and overlap(line.spans[0], span) for h, span in marks)
            right[line.heading] += good
            if chosen.show and not good:
                print(f"wrong    {transcript.id} {line.heading}: {line.text}")
        for heading, span in marks:
            marked[heading] += 1
            there = any(h.heading == heading and overlap(h.spans[0], span) for h in summary.lines)
            found[heading] += there
            if chosen.show and not there:
                print(f"missing  {transcript.id} {heading}: {transcript.quote(span)}")
        if summary.disposition:
            picked += 1
            correct += summary.disposition == disposition
        if chosen.show and summary.disposition != disposition:
            print(f"booked   {transcript.id} {summary.disposition or '-'} instead of {disposition or '-'}")
    print(f"{len(gold)} contacts of ours, {sum(made.values()) / len(gold):.1f} lines each")
    for heading in ("issue", "done", "commitment", "open"):
        print(
            f"  {heading:<11} right {interval(right[heading], made[heading]):<34} found {interval(found[heading], marked[heading])}"  # noqa: E501 - a row of the table
        )
    print(
        f"  all lines   right {interval(right.total(), made.total()):<34} found {interval(found.total(), marked.total())}"  # noqa: E501 - a row of the table
    )
    print(f"  disposition right when picked {interval(correct, picked)}, picked {picked}/{len(gold)}")
    judged = yaml.safe_load((FOLDER / "examples.yaml").read_text("utf-8"))
    good = seen = unknown = 0
    for contact, summary in examples():
        for line in summary.lines:
            words = " ".join(line.text.split())
            wrong = any(
                words.startswith(part) for part in judged["wrong"].get(contact, {}).get(line.heading, [])
            )
            ok = any(
                words.startswith(part) for part in judged["right"].get(contact, {}).get(line.heading, [])
            )
            unknown += not (wrong or ok)
            seen += 1
            good += ok
            if chosen.show and not (wrong or ok):
                print(f"unjudged {contact} {line.heading}: {words}")
    print(
        f"{len(examples())} example contacts: right {interval(good, seen)}; {unknown} lines not judged count as wrong"  # noqa: E501 - a row of the table
    )


if __name__ == "__main__":
    main()
