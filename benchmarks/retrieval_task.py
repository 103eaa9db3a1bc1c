"""Questions and passages of a public set, and the numbers that an order can be made of.

For `retrieval_learned.py`: vectors, words and what is right, as plain arrays over all passages.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from retrieval import Corpus, rows  # noqa: E402

from knowledge_base.corpus import TITLE_WEIGHT, encoded_text  # noqa: E402
from knowledge_base.fusion import WORD_WEIGHT, WORDS_COUNTED  # noqa: E402
from knowledge_base.lexical import LexicalIndex, stems  # noqa: E402
from knowledge_base.splitting import split  # noqa: E402
from knowledge_base.windows import pairs  # noqa: E402
from models.encoders import default_encoder  # noqa: E402

Array = np.ndarray
FIRST = 500
"""Questions that `retrieval.py` asks; they are always among those asked here."""
POOL = 60
"""Passages that a learned order puts in order."""


def unit(vectors: Array) -> Array:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def standard(scores: Array) -> Array:
    spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-6)
    return (scores - scores.mean(axis=1, keepdims=True)) / spread


def doubles(text: str) -> list[str]:
    return list(map(" ".join, pairwise(stems(text))))


def best_of(scores: Array, starts: Array) -> Array:
    return np.maximum.reduceat(scores, starts, axis=1)


@dataclass
class Reader:
    """Texts to vectors, each list once."""

    cache: Path | None
    of: str = ""
    """Whose rows they are, where not the default encoder's."""

    def rows(self, texts: Sequence[str]) -> Array:
        """Unit rows of these texts, in order."""
        digest = hashlib.sha256((self.of + "\0".join(texts)).encode()).hexdigest()[:20]
        path = self.cache and self.cache / f"{digest}.npy"
        if path and path.exists():
            return np.load(path)
        made = self.made(list(texts))
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, made)
        return made

    def made(self, texts: list[str]) -> Array:
        """Rows that are not in the cache."""
        return default_encoder().encode(texts)


@dataclass
class Task:
    """Questions, passages, and what is right; scores have the shape (questions, passages)."""

    questions: list[str]
    texts: list[str]
    above: list[str]
    document: Array
    right: Array
    reader: Reader
    heading: list[str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    pairs: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.asked, self.held = self.reader.rows(self.questions), self.reader.rows(self.texts)
        self.query_words = [list(dict.fromkeys(stems(question))) for question in self.questions]
        self.bags = [
            TITLE_WEIGHT * stems(up) + stems(text) for up, text in zip(self.above, self.texts, strict=True)
        ]
        index = LexicalIndex(self.bags)
        self.full = np.array([index.full_share(words, WORDS_COUNTED) or 1 for words in self.query_words])[
            :, None
        ]
        self.words = np.array([index.scores(words) for words in self.query_words])
        self.share = self.words / self.full
        self.cosine = self.asked @ self.held.T
        self.shipped = self.cosine + WORD_WEIGHT * self.share
        self.gold = self.document[None] == self.right[:, None]
        self.pool = np.argsort(-self.shipped, axis=1, kind="stable")[:, :POOL]

    def found(self, scores: Array) -> Array:
        """Rank of the right document, from 0."""
        starts = np.flatnonzero(np.r_[True, self.document[1:] != self.document[:-1]])
        best = best_of(scores, starts)
        right = np.searchsorted(self.document[starts], self.right)
        return (best > best[np.arange(len(best)), right][:, None]).sum(axis=1)

    def mean_of(self, groups: Sequence[object]) -> Array:
        """Cosine with the mean of a passage's group."""
        _, of = np.unique(np.array(groups), return_inverse=True)
        means = np.zeros((of.max() + 1, self.held.shape[1]))
        np.add.at(means, of, self.held)
        return (self.asked @ unit(means).T)[:, of]

    def by_words(self, bags: Sequence[Sequence[str]], asked: Sequence[Sequence[str]]) -> Array:
        """BM25 over these words of the passages, as a share."""
        index = LexicalIndex(bags)
        return np.array([index.scores(words) for words in asked]) / self.full

    def heads(self) -> Array:
        """How much nearer a passage's title and headings are than the passage; 0 where it has no heading."""
        texts = [
            " ".join(dict.fromkeys(filter(None, both))) for both in zip(self.title, self.heading, strict=True)
        ]
        named = [text if heading else "" for text, heading in zip(texts, self.heading, strict=True)]
        distinct = list(dict.fromkeys(filter(None, named)))
        at = {text: place for place, text in enumerate(distinct)}
        rows_of = self.reader.rows(distinct)
        chosen = rows_of[[at.get(text, 0) for text in named]]
        return np.where(np.array([bool(text) for text in named]), self.asked @ chosen.T - self.cosine, 0)

    def alone(self) -> Array:
        """Marks of passages whose headings no other document has."""
        held = {
            (*key, document) for *key, document in zip(self.title, self.heading, self.document, strict=True)
        }
        counts = Counter((title, heading) for title, heading, _ in held)
        return np.array([counts[key] == 1 for key in zip(self.title, self.heading, strict=True)])

    def features(self) -> Array:
        """What costs next to nothing, of the pool; shape (questions, POOL, features)."""
        first = self.pool[:, :3]
        among = self.held @ self.held.T
        np.fill_diagonal(among, -1)
        near = np.argsort(-among, axis=1)[:, :5]
        two, two_asked = map(doubles, self.texts), map(doubles, self.questions)
        titles = self.title or [""] * len(self.texts)
        length = np.log([len(bag) + 1 for bag in self.bags])[None]
        long = np.log([max(len(words), 1) for words in self.query_words])[:, None] - 2
        ranks = [1 / (10 + np.argsort(np.argsort(-one, axis=1), axis=1)) for one in (self.cosine, self.words)]
        covered = [[[*set(bag)] for bag in bags] for bags in (self.bags, [stems(up) for up in self.above])]
        made = [
            self.cosine, self.share, self.cosine * self.share, long * self.share, *ranks,
            self.words / np.maximum(self.words.max(axis=1, keepdims=True), 1e-6),
            standard(self.cosine),
            standard(self.words),
            self.by_words([stems(text) for text in self.texts], self.query_words),
            self.by_words([stems(up) for up in self.above], self.query_words),
            *(self.by_words(bags, self.query_words) for bags in covered),
            self.by_words(list(two), list(two_asked)),
            unit(self.held[first].mean(axis=1)) @ self.held.T,
            self.shipped[:, near].mean(axis=2), self.shipped[:, near].max(axis=2),
            self.mean_of(self.document),
            self.mean_of([title or str(at) for title, at in zip(titles, self.document, strict=True)]),
            np.broadcast_to(np.sort(among, axis=1)[:, -10:].mean(axis=1), self.cosine.shape),
            np.broadcast_to(length, self.cosine.shape),
        ]  # fmt: skip
        return np.stack([np.take_along_axis(np.asarray(one), self.pool, axis=1) for one in made], axis=-1)

    def in_pool(self, values: Array) -> Array:
        """Scores of the pool alone, for all passages."""
        scores = np.full(self.shipped.shape, -1e9)
        np.put_along_axis(scores, self.pool, values, axis=1)
        return scores


def task_of(corpus: Corpus, most: int, reader: Reader) -> Task:
    asked = random.Random(0).sample(corpus.questions, min(FIRST, len(corpus.questions)))
    rest = [one for one in corpus.questions if one not in set(asked)]
    random.Random(1).shuffle(rest)
    asked = (asked + rest)[:most]
    ids = {document.id: place for place, document in enumerate(corpus.documents)}
    passages = [passage for document in corpus.documents for passage in split(document)]
    return Task(
        [question for question, _ in asked],
        [encoded_text(one) for one in passages],
        [f"{one.title} {one.heading}" for one in passages],
        np.array([ids[one.document] for one in passages]),
        np.array([ids[id] for _, id in asked]),
        reader,
        [one.heading for one in passages],
        [one.title for one in passages],
        [pairs(one) for one in passages],
    )


def allowed(data: Path, reader: Reader) -> Iterator[Task]:
    """Question and answer, other words for the same, reply and what it rests on: of sets that may ship."""
    generator = random.Random(3)
    faqs = rows(data / "dstc9_track1" / "docs.jsonl")
    generator.shuffle(faqs)
    faqs = faqs[:700]
    every = [
        (
            [one["title"] for one in faqs],
            [f"{one['entity']}\n{one['text']}" for one in faqs],
            list(range(700)),
        )
    ]
    for path in ("banking77/train.jsonl", "clinc150/all.jsonl"):
        by_label: dict[str, list[str]] = {}
        for row in rows(data / path):
            if "oos" not in str(row["label"]):
                by_label.setdefault(row["label"], []).append(row["text"])
        questions, texts, right = [], [], []
        for place, (_, said) in enumerate(sorted(by_label.items())):
            generator.shuffle(said)
            texts.append(" ".join(said[:3]))
            questions += said[3:9]
            right += [place] * len(said[3:9])
        every.append((questions, texts, right))
    for questions, texts, right in every:
        yield Task(questions, texts, [""] * len(texts), np.arange(len(texts)), np.array(right), reader)
    place_of = {one["doc_id"]: place for place, one in enumerate(faqs)}
    replies = [
        (row["response"], place_of[row["gold"][0]])
        for row in rows(data / "dstc9_track1" / "responses.jsonl")
        if row["gold"][0] in place_of
    ]
    yield Task(
        [reply for reply, _ in replies],
        [f"{one['entity']}\n{one['title']}\n{one['text']}" for one in faqs],
        [f"{one['entity']} {one['title']}" for one in faqs],
        np.arange(len(faqs)),
        np.array([place for _, place in replies]),
        reader,
        [one["title"] for one in faqs],
        [one["entity"] for one in faqs],
    )
