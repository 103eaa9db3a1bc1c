"""What the detectors cost: CPU time as a ratio to encoding the same contact, rates, memory, long turns.

    python benchmarks/detectors_speed.py [--contacts 1000] [--processes 2]

CPU seconds are taken beside wall seconds, because a busy machine stretches the second and not the first.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from models.records import Transcript, Turn

ROOT = Path(__file__).resolve().parent.parent
CLIENT = "lumenor"
_AGENT = (
    "I can see the {thing} on your account, it was {done} on the {day}th.",
    "Could you tell me the {thing} number, please?",
    "Thank you, I have noted {many} points about the {thing} and will send them to the team.",
    "The {thing} should be {done} within {many} working days.",
    "I'm sorry that the {thing} took so long, let me look at it now.",
)
_CUSTOMER = (
    "My {thing} was {done} twice and nobody called me in {many} days.",
    "It says {many}{day} on the {thing}, is that right?",
    "I was told on the {day}th that the {thing} would be {done}.",
    "Okay, and what about the {thing} from last month?",
)
_WORDS = {
    "thing": "refund bill parcel meter contract invoice reading tariff order payment deposit visit".split(),
    "done": "booked cancelled changed posted delivered checked sent closed opened corrected".split(),
    "day": "11 12 13 14 15 16 17 18 19".split(),
    "many": "two three four five six seven eight nine".split(),
}


def contact(number: int, turns: int) -> Transcript:
    """A contact of ours, seeded by its number."""
    rng = random.Random(number)
    said = []
    for place in range(turns):
        line = rng.choice(_CUSTOMER if place % 2 else _AGENT)
        text = line.format(**{name: rng.choice(words) for name, words in _WORDS.items()})
        said.append(Turn("customer" if place % 2 else "agent", text))
    return Transcript(
        f"speed-{number}", CLIENT, tuple(said), agent=f"a{number % 5}", channel="chat", language="en"
    )


def main() -> None:
    """Print the table."""
    from knowledge_base import KnowledgeBase
    from models.codec import to_json
    from models.encoders import default_encoder
    from models.readings import read
    from qa import Analyser, Scorecard
    from qa.batch import BatchPlan, run_batch
    from qa.detectors.client_rules import rule_detector

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    encoder = default_encoder()
    kb = KnowledgeBase(CLIENT, encoder=encoder)
    kb.ingest(ROOT / "examples" / CLIENT)
    analyser = Analyser(kb)
    analyser.analyse(contact(1, 6))
    print("| what | wall s | CPU s |\n|---|---|---|")
    long = contact(0, 60)
    sentences = list(dict.fromkeys(part.text for part in read([long])[0].sentences))
    bare = _timed("encode the unique sentences of a 60-turn contact", lambda: encoder.encode(sentences))
    cold = _timed("analyse it, nothing kept from before", lambda: analyser.analyse(long))
    print(f"| analysing to encoding, CPU | {cold[1] / bare[1]:.2f} | |")
    rules = rule_detector(kb)
    times = []
    for size in (250_000, 500_000, 1_000_000):
        text = " ".join(turn.text for turn in contact(2, 40_000).turns)[:size]
        readings = read([Transcript("big", CLIENT, (Turn("agent", text),))])
        times.append(
            _timed(
                f"rules on one turn of {size:,} characters", lambda readings=readings: rules.detect(readings)
            )[1]
        )
    print(f"| twice the text costs, CPU | {times[1] / times[0]:.2f} | {times[2] / times[1]:.2f} |")
    with tempfile.TemporaryDirectory() as folder:
        durable = KnowledgeBase.open(Path(folder), CLIENT, encoder=encoder)
        durable.ingest(ROOT / "examples" / CLIENT)
        del durable
        card = Scorecard.load(ROOT / "examples" / "scorecards" / f"{CLIENT}-voice.yaml")
        plan = BatchPlan(folder, CLIENT, to_json(card))
        many = [contact(number, 20) for number in range(options.contacts)]
        wall, _ = _timed(
            f"batch of {options.contacts:,} contacts of 20 turns, {options.processes} processes",
            lambda: run_batch(many, plan, processes=options.processes),
        )
    print(f"| contacts a second | {options.contacts / wall:.1f} | |")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    rate = options.contacts * options.processes / (spent.ru_utime + spent.ru_stime)
    print(f"| contacts a second if no other work ran, by CPU, start of processes counted | {rate:.1f} | |")
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"| most memory of one process, GB | {memory / 1e6:.2f} | |")


def _timed(what: str, call: object) -> tuple[float, float]:
    wall, used = time.perf_counter(), time.process_time()
    call()  # type: ignore[operator]
    taken = time.perf_counter() - wall, time.process_time() - used
    print(f"| {what} | {taken[0]:.2f} | {taken[1]:.2f} |", flush=True)
    return taken


if __name__ == "__main__":
    main()
