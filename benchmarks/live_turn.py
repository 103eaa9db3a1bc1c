"""What a turn of a live contact costs beside encoding what it asks for.

    python benchmarks/live_turn.py STORE [--client speed] [--turns 100]

STORE is a data folder with documents, such as `speed.py` leaves in its cache (`made-20000/store`). One
contact is heard, a customer's question and an agent's sentence in turns, in one thread; times are processor
time of that thread. "above" is what is left of a customer's turn without its encodes: redaction, named
titles, language, statements that are due, searches, cards.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from passages import questions  # noqa: E402

from copilot import Copilot  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import default_encoder, forget  # noqa: E402
from models.records import Turn  # noqa: E402


class Timed:
    """The default encoder, and the milliseconds that it took."""

    def __init__(self) -> None:
        self._encoder = default_encoder()
        self.name, self.dimension, self.spent_ms = self._encoder.name, self._encoder.dimension, 0.0

    def encode(self, texts: Sequence[str]) -> Any:
        """What the default encoder gives."""
        start = time.thread_time()
        rows = self._encoder.encode(texts)
        self.spent_ms += (time.thread_time() - start) * 1e3
        return rows


def heard(kb: KnowledgeBase, encoder: Timed, asked: Sequence[str]) -> np.ndarray:
    """Milliseconds of each customer's turn: all of it, and its encodes."""
    session = Copilot(kb).session("live")
    spent = []
    for question in asked:
        forget()
        encoder.spent_ms, start = 0.0, time.thread_time()
        session.hear(Turn("customer", question))
        spent.append(((time.thread_time() - start) * 1e3, encoder.spent_ms))
        session.hear(Turn("agent", "Let me look at that for you, one moment please."))
    return np.array(spent)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--client", default="speed")
    parser.add_argument("--turns", type=int, default=100, help="of the contact; half are the customer's")
    options = parser.parse_args()
    encoder = Timed()
    kb = KnowledgeBase.open(options.store, options.client, encoder=encoder, create=False)
    documents = kb.documents()
    asked = questions(options.turns // 2 + 12, len(documents))
    for question in asked[:12]:  # enough for the rows in few bits to be made
        kb.search(question)
    spent = heard(kb, encoder, asked[12:])
    whole, encodes = np.median(spent, axis=0)
    above = float(np.median(spent[:, 0] - spent[:, 1]))
    passages = sum(len(kb.passages(one.id)) for one in documents)
    print(f"load average {os.getloadavg()[0]:.1f}; {options.turns} turns; {passages} passages")
    print(f"a customer's turn {whole:.1f} ms, its encodes {encodes:.1f}, above {above:.1f} (medians)")
    tenth = max(1, len(spent) // 10)
    first, last = (float(np.median(part[:, 0] - part[:, 1])) for part in (spent[:tenth], spent[-tenth:]))
    print(f"above, first tenth of the contact {first:.1f} ms, last tenth {last:.1f}")


if __name__ == "__main__":
    main()
