"""What each lever of retrieval is worth, in points over what ships.

    python benchmarks/retrieval_levers.py DATA [--corpora …] [--most 300] [--only late]

Every lever is computed here with plain arrays over all passages of a corpus (no candidates are cut off,
except for late interaction, which rates the first 100), on top of the formula that ships: cosine + 0.6 ×
BM25 share, titles counted four times. Printed: hit@1 and hit@5 of the formula, then per lever the change
in points, the mean over corpora, with 95 % intervals from 1,000 paired bootstrap resamples of questions
within each corpus. A lever that needs the states of tokens runs the shipped weights with one more output.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import log
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.retrieval import CORPORA, Corpus  # noqa: E402
from knowledge_base.calibration import utterances  # noqa: E402
from knowledge_base.corpus import TITLE_WEIGHT, encoded_text  # noqa: E402
from knowledge_base.fusion import WORD_WEIGHT, WORDS_COUNTED  # noqa: E402
from knowledge_base.lexical import stems  # noqa: E402
from knowledge_base.splitting import split  # noqa: E402
from models import weights  # noqa: E402
from models.sentences import split_sentences  # noqa: E402

POOL = 100
STATES = "layer_norm_12"
"""What the converted model calls the states of the last layer."""
KEPT = (64, 32)
"""Dimensions, of 8 bits, in which states could be kept beside the vectors."""
Array = np.ndarray


def reader() -> Callable[[str], tuple[Array, Array, Array, Array]]:
    """A text's vector, the states of its tokens, where they stand, and their ids."""
    import onnx
    import onnxruntime
    from tokenizers import Tokenizer

    content, path = weights.load()
    model = onnx.load_model_from_string(content)
    model.graph.output.append(onnx.helper.make_tensor_value_info(STATES, onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)

    def read(text: str) -> tuple[Array, Array, Array, Array]:
        tokens = tokenizer.encode(text)
        ids = np.array([tokens.ids], dtype=np.int64)
        vector, states = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return vector[0], states[0].astype(np.float16), np.array(tokens.offsets), ids[0]

    return read


def unit(rows: Array) -> Array:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


def inner(states: Array) -> Array:
    """Unit rows of a text's tokens, without the marks of its beginning and end."""
    return unit(states.astype(np.float32))[1:-1]


def axes(read: Callable[[str], tuple]) -> tuple[Array, Array]:
    """Middle and principal axes of tokens, from our own utterances: of the model, not of a client."""
    tokens = np.concatenate([inner(read(text)[1]) for text in utterances("en")])
    middle = tokens.mean(axis=0)
    return middle, np.linalg.eigh(np.cov((tokens - middle).T))[1][:, ::-1]


class Bench:
    """Scores of every question for every passage of one corpus, by signal."""

    def __init__(self, corpus: Corpus, most: int, read: Callable[[str], tuple]) -> None:
        sample = random.Random(0).sample(corpus.questions, min(most, len(corpus.questions)))
        self.questions = [question for question, _ in sample]
        ids = {document.id: place for place, document in enumerate(corpus.documents)}
        self.right = np.array([ids[id] for _, id in sample])
        self.passages = [passage for document in corpus.documents for passage in split(document)]
        self.document = np.array([ids[passage.document] for passage in self.passages])
        self.documents = len(corpus.documents)
        self.texts = [encoded_text(passage) for passage in self.passages]
        with ThreadPoolExecutor(2) as pool:
            self.read_passages = list(pool.map(read, self.texts))
            self.read_questions = list(pool.map(read, self.questions))
        self.rows = np.stack([one[0] for one in self.read_passages])
        self.asked = np.stack([one[0] for one in self.read_questions])
        self.cosine = self.asked @ self.rows.T
        self.words, self.full = self.lexical(TITLE_WEIGHT)
        self.share = self.words / self.full(WORDS_COUNTED)
        self.shipped = self.cosine + WORD_WEIGHT * self.share
        self.middle, self.axes = axes(read)

    def lexical(
        self, title_weight: int, k1: float = 1.5, b: float = 0.75
    ) -> tuple[Array, Callable[[int], Array]]:
        """BM25 of every passage, and the weight of a question's rarest words."""
        bags = [
            Counter(title_weight * stems(f"{one.title} {one.heading}") + stems(text))
            for one, text in zip(self.passages, self.texts, strict=True)
        ]
        lengths = np.array([sum(bag.values()) for bag in bags])
        held: dict[str, list[tuple[int, int]]] = {}
        for place, bag in enumerate(bags):
            for word, count in bag.items():
                held.setdefault(word, []).append((place, count))
        rarity = {word: log(1 + (len(bags) - len(at) + 0.5) / (len(at) + 0.5)) for word, at in held.items()}
        rarest = log(1 + (len(bags) + 0.5) / 0.5)
        scores = np.zeros((len(self.questions), len(bags)), dtype=np.float32)
        weights_of = []
        for row, question in zip(scores, self.questions, strict=True):
            words = list(dict.fromkeys(stems(question)))
            weights_of.append(sorted((rarity.get(word, rarest) for word in words), reverse=True))
            for word in words:
                if word in held:
                    at, counts = np.array(held[word]).T
                    norm = k1 * (1 - b + b * lengths[at] / lengths.mean())
                    row[at] += rarity[word] * counts / (counts + norm)
        return scores, lambda counted: np.array([sum(one[:counted]) or 1 for one in weights_of])[:, None]

    def found(self, scores: Array) -> Array:
        """Rank of the right document, from 0."""
        best = np.full((len(scores), self.documents), -np.inf)
        starts = np.flatnonzero(np.r_[True, self.document[1:] != self.document[:-1]])
        best[:, self.document[starts]] = np.maximum.reduceat(scores, starts, axis=1)
        return (best > best[np.arange(len(best)), self.right][:, None]).sum(axis=1)

    # -- signals --------------------------------------------------------------------------------

    def part(self, chosen: Callable[[Array, int], Array]) -> Array:
        """Cosine with the mean of some tokens of each passage (late chunking)."""
        rows = np.array(self.rows)
        for place, (_, states, offsets, _) in enumerate(self.read_passages):
            body = len(self.texts[place]) - len(self.passages[place].text)
            mask = (offsets[:, 1] > offsets[:, 0]) & chosen(offsets[:, 0], body)
            if mask.any():
                rows[place] = unit(states[mask].astype(np.float32).mean(axis=0))
        return self.asked @ rows.T

    def sentences(self) -> Array:
        """Highest cosine with the mean of a sentence's tokens."""
        best = np.zeros_like(self.cosine)
        for place, (_, states, offsets, _) in enumerate(self.read_passages):
            text, body = self.passages[place].text, len(self.texts[place]) - len(self.passages[place].text)
            rows = []
            for start, end in split_sentences(text.replace("\n", " "), "en"):
                inside = (offsets[:, 0] >= body + start) & (offsets[:, 0] < body + end)
                mask = inside & (offsets[:, 1] > offsets[:, 0])
                if mask.any():
                    rows.append(unit(states[mask].astype(np.float32).mean(axis=0)))
            made = np.stack(rows) if rows else self.rows[place : place + 1]
            best[:, place] = (self.asked @ made.T).max(axis=1)
        return best

    def late_interaction(self, dimensions: int | None = None) -> Array:
        """Mean over the question's tokens, rare ones counting more, of the closest token of a passage.

        Args:
            dimensions: Of the tokens as they would be kept, with 8 bits each; None: all, as the model gives.
        """
        counts = Counter(id for one in self.read_passages for id in set(one[3].tolist()))
        total = len(self.passages)

        def kept(states: Array) -> Array:
            rows = inner(states)
            return rows if dimensions is None else unit((rows - self.middle) @ self.axes[:, :dimensions])

        passages = [kept(one[1]) for one in self.read_passages]
        if dimensions is not None:
            passages = [np.rint(127 * rows).astype(np.int8) for rows in passages]
        scale = 1 if dimensions is None else 127
        scores = np.full(self.shipped.shape, -10.0)
        for row, (_, states, _, ids) in enumerate(self.read_questions):
            held = np.array([counts[id] for id in ids[1:-1].tolist()])
            weight = np.sqrt(np.log(1 + (total - held + 0.5) / (held + 0.5)))[:, None]
            pool = np.argsort(-self.shipped[row], kind="stable")[:POOL]
            starts = np.cumsum([0, *(len(passages[place]) for place in pool)])[:-1]
            tokens = np.concatenate([passages[place] for place in pool]).astype(np.float32)
            closest = np.maximum.reduceat(kept(states) @ tokens.T, starts, axis=1) / scale
            scores[row, pool] = (closest * weight).sum(axis=0) / weight.sum()
        return scores

    def feedback(self, passages: int, weight: float) -> Array:
        """Rocchio: the question moves towards its first passages."""
        first = np.argsort(-self.shipped, axis=1)[:, :passages]
        return unit(self.asked + weight * self.rows[first].mean(axis=1)) @ self.rows.T

    def crowd(self) -> Array:
        """Mean cosine of a passage with its ten nearest (hubness, as in CSLS)."""
        among = self.rows @ self.rows.T
        np.fill_diagonal(among, -1)
        return np.sort(among, axis=1)[:, -10:].mean(axis=1)

    def centred(self) -> Array:
        """Cosine around the mean of all passages."""
        mean = self.rows.mean(axis=0)
        return unit(self.asked - mean) @ unit(self.rows - mean).T

    def page(self) -> Array:
        """Cosine with the middle of all passages under the same title."""
        titles: dict[str, int] = {}
        of = np.array([titles.setdefault(one.title or one.document, len(titles)) for one in self.passages])
        middles = np.zeros((len(titles), self.rows.shape[1]))
        np.add.at(middles, of, self.rows)
        return (self.asked @ unit(middles).T)[:, of]

    def second(self, weight: float) -> Array:
        """The second passage of a document adds to the first."""
        scores = np.array(self.shipped)
        for document in np.unique(self.document):
            places = np.flatnonzero(self.document == document)
            if len(places) > 1:
                scores[:, places] += weight * np.sort(self.shipped[:, places], axis=1)[:, -2:-1]
        return scores


def levers(one: Bench) -> dict[str, Callable[[], Array]]:
    """What makes the scores, by the name of the lever."""
    spread = one.words.std(axis=1, keepdims=True)
    scaled = (one.words - one.words.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-6)
    highest = np.maximum(one.words.max(axis=1, keepdims=True), 1e-6)
    head = cache(lambda: one.part(lambda starts, body: starts < body))
    late = cache(one.late_interaction)

    def titles(weight: int, **settings: float) -> Array:
        words, full = one.lexical(weight, **settings)
        return one.cosine + WORD_WEIGHT * words / full(WORDS_COUNTED)

    return {
        "meaning alone": lambda: one.cosine,
        "words alone": lambda: one.share,
        "words weigh .4": lambda: one.cosine + 0.4 * one.share,
        "words weigh .8": lambda: one.cosine + 0.8 * one.share,
        "share of the 3 rarest words": lambda: one.cosine + WORD_WEIGHT * one.words / one.full(3),
        "words as standard scores": lambda: one.cosine + 0.05 * scaled,
        "words against the best passage": lambda: one.cosine + 0.4 * one.words / highest,
        "heading vector, late chunk, .3": lambda: one.shipped + 0.3 * head(),
        "body vector, late chunk, .3": lambda: one.shipped + 0.3 * one.part(lambda at, body: at >= body),
        "best sentence, late chunks, .3": lambda: one.shipped + 0.3 * one.sentences(),
        "late interaction, 1.0": lambda: one.shipped + late(),
        "late interaction, 1.5": lambda: one.shipped + 1.5 * late(),
        "late interaction 1.5, heading .3": lambda: one.shipped + 1.5 * late() + 0.3 * head(),
        **{
            f"late interaction, 1.0, {kept} x 8 bits": lambda kept=kept: (
                one.shipped + one.late_interaction(kept)
            )
            for kept in KEPT
        },
        "feedback on vectors, 3 passages": lambda: one.shipped - one.cosine + one.feedback(3, 0.3),
        "feedback on vectors, 5 passages": lambda: one.shipped - one.cosine + one.feedback(5, 0.3),
        "mean of the corpus taken off": lambda: one.shipped - one.cosine + one.centred(),
        "crowded passages stand back, .2": lambda: one.shipped - 0.2 * one.crowd(),
        "middle of the page, .1": lambda: one.shipped + 0.1 * one.page(),
        "second passage adds a tenth": lambda: one.second(0.1),
        "titles 1 times": lambda: titles(0),
        "titles 2 times": lambda: titles(1),
        "titles 7 times": lambda: titles(6),
        "BM25 k1 .9, b .4": lambda: titles(TITLE_WEIGHT, k1=0.9, b=0.4),
    }


def difference(ranks: Sequence[tuple[Array, Array]], within: int, resamples: int = 1000) -> str:
    """Change in points, the mean over corpora, with its interval."""
    generator = np.random.default_rng(0)
    changes, drawn = [], []
    for before, after in ranks:
        change = 100 * ((after < within).astype(float) - (before < within))
        changes.append(change.mean())
        drawn.append(change[generator.integers(0, len(change), (resamples, len(change)))].mean(axis=1))
    low, high = np.percentile(np.mean(drawn, axis=0), (2.5, 97.5))
    return f"{np.mean(changes):+5.1f} [{low:+.1f}, {high:+.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--corpora", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--most", type=int, default=300, help="questions per corpus, a seeded sample")
    parser.add_argument("--only", default="", help="levers with these words in their name")
    options = parser.parse_args()
    read = reader()
    ranks: dict[str, list[tuple[Array, Array]]] = {}
    for name in options.corpora:
        one = Bench(CORPORA[name](options.data), options.most, read)
        before = one.found(one.shipped)
        print(f"{name:<27} hit@1 {(before < 1).mean():.3f}   hit@5 {(before < 5).mean():.3f}", flush=True)
        tokens = np.mean([len(read[3]) for read in one.read_passages])
        print(f"  {len(one.passages)} passages of {tokens:.0f} tokens, {len(before)} questions", flush=True)
        for lever, scores in levers(one).items():
            if options.only in lever:
                ranks.setdefault(lever, []).append((before, one.found(scores())))
    print(f"{'lever':<36} {'hit@1':<20} hit@5")
    for lever, pairs in ranks.items():
        print(f"{lever:<36} {difference(pairs, 1):<20} {difference(pairs, 5)}")


if __name__ == "__main__":
    main()
