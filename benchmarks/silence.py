"""Is a card withheld when the documents do not answer, and does the score mean what it says?

    python benchmarks/silence.py DATA [--corpora feedbackqa_UK or_sharc …] [--most 400] [--encoder default]
        [--reranker none]

DATA holds the public sets of `benchmarks/retrieval.py`, and clinc150, star and switchboard_spontaneous.
For each corpus, loaded as one client: its own questions; questions of the other corpora; remarks and
questions about anything (clinc150 out of scope), small talk with a machine (clinc150), customers' turns
of other services (star) and turns of telephone chats (switchboard).

answered   share of its own questions that get a card: answerable at or above the copilot's threshold
carded     share of the others that do: wrong cards. The three feedbackqa corpora answer questions about
           one topic (2020 rules), so that another one's question often has an answer: a line of its own
ECE        expected calibration error of the first hit's score, 10 bins, label "it is of the document that
           answers"; `own` over the client's own questions, `mixed` with as much weight on the others
Intervals: 95 %, 2,000 bootstrap resamples over questions. No label of a client is used by what is measured.
The constants of `knowledge_base/calibration.py` were chosen on feedbackqa_CDC and stackfaq.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from retrieval import CORPORA, interval, rows  # noqa: E402

from copilot import Quietness  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import open_encoder  # noqa: E402
from models.reranking import open_reranker  # noqa: E402

CHOSEN_ON = ("feedbackqa_CDC", "stackfaq")
ONE_TOPIC = "feedbackqa"
SMALL_TALK = frozenset(
    "greeting goodbye thank_you yes no maybe repeat tell_joke fun_fact how_old_are_you what_is_your_name "
    "are_you_a_bot meaning_of_life who_made_you do_you_have_pets where_are_you_from what_are_your_hobbies "
    "flip_coin".split()
)
BINS = 10


def remarks(data: Path, most: int) -> dict[str, list[str]]:
    """What nobody's documents answer."""
    generator = random.Random(7)
    clinc = rows(data / "clinc150" / "all.jsonl")
    star = [
        turn["text"]
        for dialogue in rows(data / "star" / "dialogues.jsonl")
        for turn in dialogue["turns"]
        if turn["speaker"] == "customer"
    ]
    calls = [
        turn["text"]
        for dialogue in rows(data / "switchboard_spontaneous" / "dialogs.jsonl")
        for turn in dialogue["turns"]
    ]
    found = {
        "out of scope": [row["text"] for row in clinc if "oos" in str(row["label"])],
        "small talk": [row["text"] for row in clinc if row["label"] in SMALL_TALK],
        "other services": star,
        "telephone chat": calls,
    }
    return {name: generator.sample(texts, min(most, len(texts))) for name, texts in found.items()}


def ask(
    kb: KnowledgeBase, questions: Sequence[str], *, rerank: bool
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Per question: score of the first hit, whether anything answers, the first hit's document."""
    hits = [found[:1] for found in kb.search_many(list(questions), limit=1, rerank=rerank)]
    return (
        np.array([found[0].score if found else 0.0 for found in hits]),
        np.array([found[0].answerable if found else 0.0 for found in hits]),
        [found[0].passage.document if found else "" for found in hits],
    )


def calibration_error(scores: np.ndarray, right: np.ndarray, weights: np.ndarray) -> float:
    places = np.clip((scores * BINS).astype(int), 0, BINS - 1)
    total = 0.0
    for place in range(BINS):
        inside = places == place
        if inside.any():
            share = weights[inside].sum() / weights.sum()
            gap = np.average(scores[inside], weights=weights[inside]) - np.average(
                right[inside], weights=weights[inside]
            )
            total += share * abs(gap)
    return total


def reliability(scores: np.ndarray, right: np.ndarray) -> str:
    places = np.clip((scores * BINS).astype(int), 0, BINS - 1)
    cells = []
    for place in range(BINS):
        inside = places == place
        if inside.any():
            cells.append(f"{scores[inside].mean():.2f}→{right[inside].mean():.2f} ({inside.sum()})")
    return "  ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--most", type=int, default=400, help="questions per corpus, a seeded sample")
    parser.add_argument("--encoder", default="default")
    parser.add_argument("--reranker", default="none", help="of own questions; live cards have none")
    options = parser.parse_args()
    threshold = Quietness().threshold
    alien = remarks(options.data, options.most // 2)
    corpora = {name: CORPORA[name](options.data) for name in CORPORA}
    asked = {
        name: random.Random(0).sample(corpus.questions, min(options.most, len(corpus.questions)))
        for name, corpus in corpora.items()
    }
    print(f"threshold {threshold}; encoder {options.encoder}; * constants were chosen on it", flush=True)
    pooled: list[tuple[np.ndarray, np.ndarray]] = []
    for name in options.corpora:
        kb = KnowledgeBase(
            name, encoder=open_encoder(options.encoder), reranker=open_reranker(options.reranker)
        )
        began = time.process_time()
        kb.add(corpora[name].documents)
        added = time.process_time() - began
        began = time.process_time()
        kb.search("a first search measures the scale")
        measured = time.process_time() - began
        scores, answerable, documents = ask(kb, [question for question, _ in asked[name]], rerank=True)
        right = np.array(
            [found == gold for found, (_, gold) in zip(documents, asked[name], strict=True)], float
        )
        mark = "*" if name in CHOSEN_ON else ""
        print(f"{name}{mark}: scale measured in {measured:.1f} of {added:.1f} CPU-s")
        answered = (answerable >= threshold).astype(float)
        print(f"  answered {interval(answered)}   right first {interval(right)}")
        others = {other: [q for q, _ in sample[:120]] for other, sample in asked.items() if other != name}
        foreign, wrong = [], []
        for other, questions in {**others, **alien}.items():
            other_scores, other_answerable, _ = ask(kb, questions, rerank=False)
            same = name.startswith(ONE_TOPIC) and other.startswith(ONE_TOPIC)
            cards = (other_answerable >= threshold).astype(float)
            print(f"  carded   {interval(cards)}   {other}{' (one topic)' if same else ''}", flush=True)
            if not same:
                foreign.append(other_scores)
                wrong.append(cards)
        negatives, cards = np.concatenate(foreign), np.concatenate(wrong)
        mixed = np.concatenate([scores, negatives])
        labels = np.concatenate([right, np.zeros(len(negatives))])
        weights = np.concatenate(
            [np.full(len(scores), 1 / len(scores)), np.full(len(negatives), 1 / len(negatives))]
        )
        print(f"  carded   {interval(cards)}   all but one topic")
        print(
            f"  ECE own {calibration_error(scores, right, np.ones(len(scores))):.3f}   "
            f"mixed {calibration_error(mixed, labels, weights):.3f}   mean score {scores.mean():.3f}"
        )
        print(f"  score→right (questions), own: {reliability(scores, right)}", flush=True)
        pooled.append((scores, right))
    scores, right = (np.concatenate(each) for each in zip(*pooled, strict=True))
    print(f"all corpora, own questions: ECE {calibration_error(scores, right, np.ones(len(scores))):.3f}")
    print(f"  {reliability(scores, right)}")


if __name__ == "__main__":
    main()
