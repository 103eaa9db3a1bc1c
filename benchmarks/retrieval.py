"""Is the right document found, and is a card withheld when there is none?

    python benchmarks/retrieval.py DATA [--corpora feedbackqa_UK or_sharc …] [--most 500]

DATA holds the public sets feedbackqa, or_sharc and stackfaq as JSON lines (folders of those names).
Baselines in the same run, over whole passages (title, headings, text): BM25 (bm25s, English stems),
the default encoder alone, and their reciprocal-rank fusion (k = 60, top 100 each). Ours: the documents
through `KnowledgeBase.add` and `search_many`. A document counts as found by its best passage.

Intervals: 95 %, 2,000 bootstrap resamples over questions. Silence: questions of the other corpora are
asked of each one; a card is a hit at or above the copilot's threshold. The three feedbackqa corpora
share a topic, so a "foreign" question there often has an answer that fits. Our fusion's constants were
chosen on some of these sets, so its figures say less about other clients than the baselines' do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from copilot import Quietness  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import default_encoder  # noqa: E402
from models.records import Document  # noqa: E402

DEEP = 100
RRF_K = 60
SHOWN = 10


@dataclass(frozen=True)
class Corpus:
    """One client's documents and questions with the id of the document that answers."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[tuple[str, str], ...]


def rows(path: Path) -> list[dict]:
    path = path if path.exists() else path.with_name(path.name + ".gz")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def feedbackqa(data: Path, part: str) -> Corpus:
    documents = []
    for row in rows(data / "feedbackqa" / f"{part}_passages.jsonl"):
        headers = row["section_headers"]
        heading = " ".join(headers) if isinstance(headers, list) else headers or ""
        text = f"## {heading}\n\n{row['text']}" if heading else row["text"]
        documents.append(Document(str(row["passage_id"]), text, title=row["page_title"] or ""))
    questions = [
        (row["question"], str(row["gold"])) for row in rows(data / "feedbackqa" / f"{part}_questions.jsonl")
    ]
    return Corpus(f"feedbackqa_{part}", tuple(documents), tuple(questions))


def or_sharc(data: Path) -> Corpus:
    documents = [Document(str(row["id"]), row["text"]) for row in rows(data / "or_sharc" / "snippets.jsonl")]
    questions = [
        (f"{row['question']} {row['scenario']}".strip(), str(row["gold_snippet_id"]))
        for row in rows(data / "or_sharc" / "dev.jsonl")
    ]
    return Corpus("or_sharc", tuple(documents), tuple(questions))


def stackfaq(data: Path) -> Corpus:
    documents = []
    for row in rows(data / "stackfaq" / "faqs.jsonl"):
        answers = row["answers"]
        answer = "\n\n".join(answers) if isinstance(answers, list) else str(answers)
        documents.append(
            Document(str(row.get("faq_id", row.get("id"))), f"## {row['question']}\n\n{answer}", kind="faq")
        )
    questions = [(row["query"], str(row["gold"])) for row in rows(data / "stackfaq" / "queries.jsonl")]
    return Corpus("stackfaq", tuple(documents), tuple(questions))


CORPORA: dict[str, Callable[[Path], Corpus]] = {
    "feedbackqa_UK": lambda data: feedbackqa(data, "UK"),
    "feedbackqa_CDC": lambda data: feedbackqa(data, "CDC"),
    "feedbackqa_Quebec_coll123": lambda data: feedbackqa(data, "Quebec_coll123"),
    "or_sharc": or_sharc,
    "stackfaq": stackfaq,
}


def baselines(corpus: Corpus, questions: Sequence[str]) -> dict[str, list[list[str]]]:
    """Document ids per question, best first, for BM25, dense and their fusion."""
    import bm25s
    import Stemmer

    texts = [f"{document.title} {document.text}".replace("#", " ").strip() for document in corpus.documents]
    ids = [document.id for document in corpus.documents]
    deep = min(DEEP, len(ids))
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(
        bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    asked = bm25s.tokenize(list(questions), stopwords="en", stemmer=stemmer, show_progress=False)
    lexical, _ = index.retrieve(asked, k=deep, show_progress=False)
    encoder = default_encoder()
    scores = encoder.encode(list(questions)) @ encoder.encode(texts).T
    dense = np.argsort(-scores, axis=1, kind="stable")[:, :deep]
    fused = []
    for words, meaning in zip(lexical, dense, strict=True):
        total: dict[int, float] = {}
        for ranked in (words, meaning):
            for rank, place in enumerate(ranked, start=1):
                total[int(place)] = total.get(int(place), 0.0) + 1 / (RRF_K + rank)
        fused.append(sorted(total, key=lambda place: (-total[place], place)))
    return {
        name: [[ids[int(place)] for place in ranked[:SHOWN]] for ranked in order]
        for name, order in (("BM25", lexical), ("dense", dense), ("fusion", fused))
    }


def ours(kb: KnowledgeBase, questions: Sequence[str]) -> list[list[str]]:
    return [
        list(dict.fromkeys(hit.passage.document for hit in hits))[:SHOWN]
        for hits in kb.search_many(list(questions), limit=3 * SHOWN)
    ]


def measures(found: Sequence[Sequence[str]], gold: Sequence[str]) -> dict[str, np.ndarray]:
    ranks = [ids.index(right) if right in ids else None for ids, right in zip(found, gold, strict=True)]
    return {
        "hit@1": np.array([rank == 0 for rank in ranks], float),
        "hit@5": np.array([rank is not None and rank < 5 for rank in ranks], float),
        "MRR@10": np.array([0.0 if rank is None else 1 / (rank + 1) for rank in ranks]),
    }


def interval(values: np.ndarray, *, resamples: int = 2000) -> str:
    generator = np.random.default_rng(0)
    means = values[generator.integers(0, len(values), (resamples, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--most", type=int, default=500, help="questions per corpus, a seeded sample")
    options = parser.parse_args()
    threshold = Quietness().threshold
    bases: dict[str, KnowledgeBase] = {}
    asked: dict[str, list[tuple[str, str]]] = {}
    for name in options.corpora:
        corpus = CORPORA[name](options.data)
        sample = random.Random(0).sample(corpus.questions, min(options.most, len(corpus.questions)))
        asked[name] = sample
        bases[name] = kb = KnowledgeBase(name)
        kb.add(corpus.documents)
        questions, gold = [question for question, _ in sample], [right for _, right in sample]
        print(f"{name}: {len(corpus.documents)} documents, {len(sample)} questions")
        for method, found in (*baselines(corpus, questions).items(), ("ours", ours(kb, questions))):
            line = "   ".join(f"{key} {interval(values)}" for key, values in measures(found, gold).items())
            print(f"  {method:<7} {line}", flush=True)
    print(f"silence at the copilot's threshold of {threshold}:")
    for name, kb in bases.items():
        own = np.array(
            [
                bool(hits) and hits[0].score >= threshold
                for hits in kb.search_many([q for q, _ in asked[name]], limit=1)
            ],
            float,
        )
        others = [
            question for other, sample in asked.items() if other != name for question, _ in sample[:100]
        ]
        if others:
            foreign = np.array(
                [bool(hits) and hits[0].score >= threshold for hits in kb.search_many(others, limit=1)], float
            )
            print(f"  {name:<27} own answered {interval(own)}   foreign carded {interval(foreign)}")


if __name__ == "__main__":
    main()
