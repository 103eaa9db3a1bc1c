"""How rare is "not in this client's material", and is it said of what the material does answer?

    python benchmarks/unanswered.py DATA [--most 400] [--encoder default]

DATA as for `benchmarks/silence.py`. The clients are the two of `examples/` and one public corpus of it
(stackfaq). Each text is the first turn of a contact.

own        the corpus's own questions, which it answers: every "not here" is wrong
remarks    what nobody's documents answer: small talk, other services' customers, telephone chats
foreign    questions of another corpus: "not here" is right, where the text says by itself what it asks for
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from retrieval import CORPORA  # noqa: E402
from silence import remarks  # noqa: E402

from copilot import Copilot  # noqa: E402
from copilot.cards import is_nothing_here  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import open_encoder  # noqa: E402
from models.records import Turn  # noqa: E402


def count(kb: KnowledgeBase, texts: Sequence[str]) -> tuple[int, int]:
    """How many texts get a card, and how many "not here"."""
    copilot = Copilot(kb, detectors=())
    cards = [copilot.session(str(number)).hear(Turn("customer", text)) for number, text in enumerate(texts)]
    told = sum(any(is_nothing_here(card) for card in made) for made in cards)
    return sum(bool(made) for made in cards) - told, told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--most", type=int, default=400, help="texts of each kind, a seeded sample")
    parser.add_argument("--encoder", default="default")
    options = parser.parse_args()
    chance = random.Random(0)
    encoder = open_encoder(options.encoder)
    corpus = CORPORA["stackfaq"](options.data)
    asked = [question for question, _ in corpus.questions]
    other = [question for question, _ in CORPORA["feedbackqa_UK"](options.data).questions]
    kinds = {f"remarks: {name}": texts for name, texts in remarks(options.data, options.most).items()}
    kinds["foreign"] = chance.sample(other, min(options.most, len(other)))
    public = KnowledgeBase("stackfaq", encoder=encoder)
    public.add(corpus.documents)
    clients = {"stackfaq": (public, {"own": chance.sample(asked, min(options.most, len(asked))), **kinds})}
    for name in ("lumenor", "fernhollow"):
        kb = KnowledgeBase(name, encoder=encoder)
        kb.ingest(ROOT / "examples" / name)
        clients[name] = (kb, kinds)
    for name, (kb, sets) in clients.items():
        for kind, texts in sets.items():
            answered, told = count(kb, texts)
            shares = f"card {answered / len(texts):6.1%}  not here {told / len(texts):6.1%} ({told})"
            print(f"{name:<11} {kind:<24} n {len(texts):<5} {shares}", flush=True)


if __name__ == "__main__":
    main()
