"""Do the queue, the filters and the dashboards' queries answer at once in a large client's file?

    python benchmarks/register.py [--contacts 100000] [--criteria 12]

Fills a new data folder with contacts, analyses and evaluations through the store's own tables (the records
themselves through `put` would take an hour and change nothing here), then times each question 20 times
through `Store.cases`, `Store.tally` and `qa.queues.queue`, and one `put` of each kind into the full file.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from models.codec import to_json  # noqa: E402
from models.records import (  # noqa: E402
    Analysis,
    Between,
    Evaluation,
    Finding,
    Scriptedness,
    Span,
    Transcript,
    Turn,
    Verdict,
)
from models.records.cases import COUNTED  # noqa: E402
from qa.queues import queue  # noqa: E402
from storage import open_store  # noqa: E402
from storage.register import COLUMNS, lines_of, plain  # noqa: E402

CLIENT = "acme"
STATES = ("draft", "confirmed", "confirmed", "confirmed", "acknowledged", "disputed")
LABELS = (("tone.rude", "critical"), ("brand.guarantee", "major"), ("tone.curt", "minor"))


def records(number: int, criteria: int) -> tuple[Transcript, Analysis, Evaluation]:
    chance = random.Random(number)
    id, agent = f"contact-{number:06d}", f"a{chance.randrange(300):03d}"
    turns = tuple(
        Turn("customer" if place % 2 else "agent", "some words of talk " * 4) for place in range(10)
    )
    started = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=5 * number)
    transcript = Transcript(id, CLIENT, turns, agent=agent, channel="voice", started_at=started)
    found = chance.choice(LABELS) if chance.random() < 0.2 else None
    findings = (Finding(found[0], found[1], Span(0, 0, 4), 0.9, "r@1", "why"),) if found else ()  # type: ignore[arg-type]
    analysis = Analysis(id, "d", findings, Scriptedness(chance.random() * 100, None, None, 90), "f")
    score = round(chance.random(), 4)
    verdicts = tuple(
        Verdict(f"c{place}", "MET" if chance.random() < 0.8 else "NOT_MET", 1.0, "because", "card@1")
        for place in range(criteria)
    )
    evaluation = Evaluation(
        f"{id}:card", id, "d", CLIENT, agent, "card@1", verdicts, score, score,
        status=chance.choice(STATES), passed=score > 0.8,
    )  # fmt: skip
    return transcript, analysis, evaluation


def fill(folder: Path, contacts: int, criteria: int) -> None:
    store = open_store(folder)
    store.put(CLIENT, records(0, criteria)[0])
    with store._writing(CLIENT) as connection:  # noqa: SLF001 - one transaction for the whole file
        for number in range(1, contacts):
            transcript, analysis, evaluation = records(number, criteria)
            for record in (transcript, analysis, evaluation):
                kind = type(record).__name__
                connection.execute(
                    "INSERT INTO records (kind, id, revision) VALUES (?, ?, 1)", (kind, record.id)
                )
                connection.execute(
                    "INSERT INTO revisions VALUES (?, 1, 'd', ?, 'now')",
                    (connection.last_insert_rowid(), to_json(record)),
                )
            lines = lines_of(transcript, analysis, [evaluation])
            for table, columns in COLUMNS.items():
                connection.executemany(
                    f"INSERT INTO {table} VALUES ({','.join('?' * len(columns))})",
                    ([plain(line[name]) for name in columns] for line in lines.of(table)),
                )
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--criteria", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        fill(Path(name), options.contacts, options.criteria)
        print(f"{options.contacts} contacts filled in {time.perf_counter() - began:.0f} s")
        store = open_store(Path(name))
        counted = {"scorecard": ("card@1",), "status": COUNTED}
        answered = {"scorecard": ("card@1",), "counted": True}
        march = Between("2026-03-01", "2026-04-01")
        fresh = iter(range(options.contacts, options.contacts + 1000))
        questions: dict[str, Callable[[], object]] = {
            "queue, first 50": lambda: queue(store, CLIENT, limit=50, now=datetime.now(UTC)),
            "queue, items 40,000-40,050": lambda: queue(store, CLIENT, limit=50, offset=40_000),
            "queue of one agent": lambda: queue(store, CLIENT, {"agent": "a007"}, limit=50),
            "filter: rude, one month, 50": lambda: store.cases(
                CLIENT,
                {"gravest": "tone.rude", "day": Between("2026-03-01", "2026-04-01")},
                order=("-started_at",),
                limit=50,
            ),
            "count by state": lambda: store.tally(CLIENT, "cases", ["status"]),
            "score by agent": lambda: store.tally(CLIENT, "cases", ["agent"], where=counted, of="score"),
            "score by week": lambda: store.tally(CLIENT, "cases", ["week"], where=counted, of="score"),
            "failing criteria": lambda: store.tally(
                CLIENT, "answers", ["criterion", "outcome"], where=answered
            ),
            "labels by severity": lambda: store.tally(
                CLIENT, "labels", ["label", "severity"], where=answered, of="times"
            ),
            "failing criteria, one month": lambda: store.tally(
                CLIENT, "answers", ["criterion", "outcome"], where=answered | {"day": march}
            ),
            "score by agent, one month": lambda: store.tally(
                CLIENT, "cases", ["agent"], where=counted | {"day": march}, of="score"
            ),
            "scriptedness by agent": lambda: store.tally(
                CLIENT, "cases", ["agent"], where=counted, of="scriptedness"
            ),
            "put of a contact, its analysis and score": lambda: [
                store.put(CLIENT, record) for record in records(next(fresh), options.criteria)
            ],
        }
        print("| question | median ms | worst of 20 ms |\n|---|---|---|")
        for question, ask in questions.items():
            times = []
            for _ in range(20):
                began = time.perf_counter()
                ask()
                times.append((time.perf_counter() - began) * 1000)
            print(f"| {question} | {statistics.median(times):.1f} | {max(times):.1f} |", flush=True)


if __name__ == "__main__":
    main()
