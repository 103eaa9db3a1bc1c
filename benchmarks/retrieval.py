"""Is the right document found: for single questions, and in the middle of a conversation?

    python benchmarks/retrieval.py DATA [--corpora feedbackqa_UK or_sharc … live] [--most 500] [--skip 0]
        [--encoder default] [--reranker none]

DATA holds the public sets feedbackqa, or_sharc, stackfaq and dstc11_track5 as JSON lines (folders of those
names). Baselines in the same run, over whole passages (title, headings, text): BM25 (bm25s, English stems),
the default encoder alone, and their reciprocal-rank fusion (k = 60, top 100 each). Ours: the documents
through `KnowledgeBase.add` and `search_many`; a document counts as found by its best passage. In
conversations the baselines are asked with the last three turns, ours goes the way of `Session.hear`.

Intervals: 95 %, 2,000 bootstrap resamples over questions; the gain over fusion is paired. Silence: questions
of the other corpora are asked of each one; a card is a first hit that is answerable at the copilot's
threshold (`silence.py` has the whole of it). The three feedbackqa corpora share a topic, so a "foreign"
question there often has an answer that fits.

`--encoder` and `--reranker` change ours alone; `usual` is search without them, `encoder` with that encoder
and no reranker, and what they cost is measured side by side. `--skip` asks others than the first so many
questions of the sample.

Constants of single questions were chosen with these sets in view, those of names on a quarter of the
conversations: the figures say less about other clients than the baselines' do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.retrieval_live import Contact, contacts, folder, found_live, snippets  # noqa: E402
from copilot import Quietness  # noqa: E402
from knowledge_base import KnowledgeBase  # noqa: E402
from models.encoders import default_encoder, forget, open_encoder  # noqa: E402
from models.records import Document  # noqa: E402
from models.reranking import open_reranker  # noqa: E402

DEEP = 100
RRF_K = 60
SHOWN = 10
LIVE = "live"
OURS = ("usual", "encoder", "ours")
TIMED = 30
"""Questions that are asked one by one to take the time of a search; the first one loads and measures."""


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


def sampled(corpus: Corpus, most: int, skip: int) -> list[tuple[str, str]]:
    """Questions of a seeded sample, or others than its first ones."""
    first = random.Random(0).sample(corpus.questions, min(skip or most, len(corpus.questions)))
    if not skip:
        return first
    seen = set(first)
    rest = [one for one in corpus.questions if one not in seen]
    random.Random(1).shuffle(rest)
    return rest[:most]


def opened(name: str, encoder: str, reranker: str) -> KnowledgeBase:
    """A client without documents, its models loaded."""
    parts = open_encoder(encoder), open_reranker(reranker)
    for part in parts:
        if hasattr(part, "warm_up"):
            part.warm_up()
    return KnowledgeBase(name, encoder=parts[0], reranker=parts[1])


def processor_s(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def compared(kb: KnowledgeBase, usual: KnowledgeBase, corpus: Corpus, questions: Sequence[str]) -> None:
    """Add the documents to both, and print what adding and asking take, side by side."""
    adding = [processor_s(lambda one=one: one.add(corpus.documents)) for one in (usual, kb)]
    print(
        f"  added in {adding[0]:.1f} and {adding[1]:.1f} s of processor time ({adding[1] / adding[0]:.1f} x)"
    )
    asked: list[list[float]] = [[], [], []]
    ways = ((usual, True), (kb, False), (kb, True))
    for question in questions[:TIMED]:
        for taken, (one, rerank) in zip(asked, ways, strict=True):
            forget()
            taken.append(1000 * processor_s(lambda o=one, q=question, r=rerank: o.search(q, rerank=r)))
    medians = [float(np.median(taken[1:])) for taken in asked]
    print("  a search: usual {:.1f} ms, without the reranker {:.1f}, ours {:.1f}".format(*medians))


def ours(kb: KnowledgeBase, questions: Sequence[str], *, rerank: bool = True) -> list[list[str]]:
    return [
        list(dict.fromkeys(hit.passage.document for hit in hits))[:SHOWN]
        for hits in kb.search_many(list(questions), limit=3 * SHOWN, rerank=rerank)
    ]


def measures(found: Sequence[Sequence[str]], right: Sequence[str | frozenset[str]]) -> dict[str, np.ndarray]:
    """Per question; what is right is one document, or any of several."""
    right = [frozenset((one,)) if isinstance(one, str) else one for one in right]
    ranks = [
        next((rank for rank, id in enumerate(ids[:SHOWN]) if id in among), None)
        for ids, among in zip(found, right, strict=True)
    ]
    return {
        "hit@1": np.array([rank == 0 for rank in ranks], float),
        "hit@5": np.array([rank is not None and rank < 5 for rank in ranks], float),
        "MRR@10": np.array([0.0 if rank is None else 1 / (rank + 1) for rank in ranks]),
    }


def interval(values: np.ndarray, *, digits: int = 3, resamples: int = 2000) -> str:
    generator = np.random.default_rng(0)
    means = values[generator.integers(0, len(values), (resamples, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return f"{values.mean():.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def report(
    methods: dict[str, list[list[str]]], right: Sequence[frozenset[str]]
) -> dict[str, dict[str, np.ndarray]]:
    """Print a line for each method and the gain of ours over fusion; gains per question in points."""
    measured = {name: measures(found, right) for name, found in methods.items()}
    for name, values in measured.items():
        print(f"  {name:<7} " + "   ".join(f"{key} {interval(one)}" for key, one in values.items()))
    gains = {
        name: {key: 100 * (values[key] - measured["fusion"][key]) for key in ("hit@1", "hit@5")}
        for name, values in measured.items()
        if name in OURS
    }
    shown = (f"{key} {interval(gain, digits=1)}" for key, gain in gains["ours"].items())
    print("  gain    " + "   ".join(shown), flush=True)
    return gains


def live(options: argparse.Namespace) -> None:
    place = folder(options.data)
    documents = snippets(rows(place / "docs.jsonl"))
    every = contacts(rows(place / "val.jsonl"))
    sample: list[Contact] = random.Random(0).sample(every, min(options.most, len(every)))
    print(f"live conversations: {len(documents)} documents, {len(sample)} contacts")
    kb = opened("live", options.encoder, "none")
    kb.add(documents)
    corpus = Corpus("live", tuple(documents), ())
    found = baselines(corpus, [contact.last_turns for contact in sample])
    found["ours"] = [found_live(kb, contact) for contact in sample]
    report(found, [contact.right for contact in sample])


def silence(bases: dict[str, KnowledgeBase], asked: dict[str, list[tuple[str, str]]]) -> None:
    threshold = Quietness().threshold
    print(f"silence at the copilot's threshold of {threshold}:")

    def carded(kb: KnowledgeBase, questions: list[str]) -> str:
        found = kb.search_many(questions, limit=1, rerank=False)
        return interval(np.array([bool(hits) and hits[0].answerable >= threshold for hits in found], float))

    for name, kb in bases.items():
        others = [
            question for other, sample in asked.items() if other != name for question, _ in sample[:100]
        ]
        if others:
            own = carded(kb, [question for question, _ in asked[name]])
            print(f"  {name:<27} own answered {own}   foreign carded {carded(kb, others)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=[*CORPORA, LIVE], default=[*CORPORA, LIVE])
    parser.add_argument("--most", type=int, default=500, help="questions per corpus, a seeded sample")
    parser.add_argument("--skip", type=int, default=0, help="questions of that sample not to ask")
    parser.add_argument("--encoder", default="default", help="of ours")
    parser.add_argument("--reranker", default="none", help="of ours")
    options = parser.parse_args()
    as_usual = (options.encoder, options.reranker) == ("default", "none")
    bases: dict[str, KnowledgeBase] = {}
    asked: dict[str, list[tuple[str, str]]] = {}
    gains: list[dict[str, dict[str, np.ndarray]]] = []
    for name in (name for name in options.corpora if name != LIVE):
        corpus = CORPORA[name](options.data)
        asked[name] = sample = sampled(corpus, options.most, options.skip)
        questions, right = [question for question, _ in sample], [frozenset((id,)) for _, id in sample]
        print(f"{name}: {len(corpus.documents)} documents, {len(sample)} questions")
        found = baselines(corpus, questions)
        bases[name] = kb = opened(name, options.encoder, options.reranker)
        if as_usual:
            kb.add(corpus.documents)
        else:
            usual = opened(name, "default", "none")
            compared(kb, usual, corpus, questions)
            found["usual"] = ours(usual, questions)
            found["encoder"] = ours(kb, questions, rerank=False)
        gains.append(report({**found, "ours": ours(kb, questions)}, right))
    if gains:
        for way in gains[0]:
            means = (
                f"{key} {np.mean([gain[way][key].mean() for gain in gains]):+.1f}"
                for key in ("hit@1", "hit@5")
            )
            print(f"mean gain over fusion, in points, {way}: " + "   ".join(means))
        silence(bases, asked)
    if LIVE in options.corpora:
        live(options)


if __name__ == "__main__":
    main()
