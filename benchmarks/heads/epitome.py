"""Whether the method reaches the emotional reactions of EPITOME when trained there. Evaluation only.

    python benchmarks/heads/epitome.py DATA [--sample 800]

Four folds by seeker post; nothing of EPITOME is kept or trains a head that ships. Stacked: logistic
regressions on vectors, on n-grams and on sentences (which the set's rationales mark) give logits, out of
fold within the training part; a logistic regression and small trees on these and on counts of cue words
give the level. Class weights are chosen on the training part by macro-F1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from benchmarks.detector_data import rows, sampled
from benchmarks.detector_figures import bootstrap, roc_auc
from benchmarks.heads.tone_data import LONGEST, Example
from benchmarks.heads.tone_fit import Vectors, dense, parts

if TYPE_CHECKING:
    from models.ports import Encoder

CUES = (
    r"\bsorry\b", r"\bi (?:really |do )?(?:hope|wish)\b", r"\bhere for you\b|\bhere if\b|\bpm me\b", r"!",
    r"\bi(?:'m| am) (?:so |really |very |truly )*(?:sorry|sad|glad|happy|proud)", r"\blove\b", r"\bhug",
    r"\b(?:feel|feeling) (?:for|bad|sad|so)\b", r"\bheart\b", r"\bbest of luck|good luck\b", r"\bsucks\b",
    r"\bget better|be ok|be okay|be alright\b", r"\bstay (?:strong|safe)\b", r"\bcongrat|proud\b",
    r"\bi know how|i understand|same here|me too\b", r"\bawful|terrible|horrible\b", r"<3|:\(|:\)", r"\?",
    r"\btake care\b", r"\bcare about\b",
)  # fmt: skip
"""Words of compassion, counted as they are."""
FOLDS, INNER = 4, 3
_TARGETS = (1, 2)


@dataclass(frozen=True)
class Responses:
    """The set as arrays; sentences know which response they belong to."""

    texts: list[str]
    levels: Any
    groups: Any
    vectors: Any
    cues: Any
    sentences: list[str]
    owners: Any
    marked: Any
    """Per sentence: the level of its response when a rationale touches it, else 0."""
    sentence_vectors: Any


def load(found: list[dict[str, Any]], encoder: Encoder) -> Responses:
    """Read and encode the set."""
    import numpy as np

    vectors = Vectors(encoder)
    examples = [Example(row["response"][:LONGEST], row["seeker"], False, "", row["seeker"]) for row in found]
    levels = np.array([row["levels"]["emotional_reactions"] for row in found])
    sentences: list[str] = []
    owners: list[int] = []
    marked: list[int] = []
    for number, row in enumerate(found):
        why = [text.strip().lower() for text in row["rationales"]["emotional_reactions"] if text.strip()]
        for part in parts(examples[number].text):
            sentences.append(part)
            owners.append(number)
            touched = any(text in part.lower() or part.lower() in text for text in why)
            marked.append(int(levels[number]) if touched else 0)
    whole = dense(examples, vectors)
    vectors.learn(sentences)
    counts = [
        [len(re.findall(cue, row["response"].lower())) for cue in CUES]
        + [np.log1p(len(row["response"].split())), np.log1p(len(row["seeker"].split()))]
        for row in found
    ]
    return Responses(
        [row["response"] for row in found],
        levels,
        np.array([row["seeker"] for row in found]),
        whole,
        np.array(counts, float),
        sentences,
        np.array(owners),
        np.array(marked),
        np.array([vectors.of(part) for part in sentences]),
    )


def _logits(train: Any, truth: Any, test: Any, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=300, class_weight="balanced", solver="liblinear")
    return model.fit(train, truth).decision_function(test)


def _grams(train: list[str], test: list[str]) -> tuple[Any, Any]:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    kinds = (
        TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
    )
    fitted = hstack([kind.fit_transform(train) for kind in kinds]).tocsr()
    return fitted, hstack([kind.transform(test) for kind in kinds]).tocsr()


def first(data: Responses, train: Any, test: Any) -> Any:
    """The logits of the first stage on `test`, fitted on `train`, with the counts of cues beside them."""
    import numpy as np

    out = [
        _logits(data.vectors[train], data.levels[train] >= cut, data.vectors[test], 3.0) for cut in _TARGETS
    ]
    known, asked = _grams([data.texts[at] for at in train], [data.texts[at] for at in test])
    out += [_logits(known, data.levels[train] >= cut, asked, 8.0) for cut in _TARGETS]
    inside, outside = (np.flatnonzero(np.isin(data.owners, part)) for part in (train, test))
    known, asked = _grams([data.sentences[at] for at in inside], [data.sentences[at] for at in outside])
    for cut in _TARGETS:
        truth = data.marked[inside] >= cut
        told = 0.5 * _logits(data.sentence_vectors[inside], truth, data.sentence_vectors[outside], 3.0)
        told = told + 0.5 * _logits(known, truth, asked, 8.0)
        most = np.full(len(data.texts), -9.0)
        np.maximum.at(most, data.owners[outside], told)
        total = np.bincount(data.owners[outside], np.maximum(told, 0), len(data.texts))
        out += [most[test], total[test]]
    return np.column_stack([*out, data.cues[test]])


def second(inner: Any, levels: Any, groups: Any, outer: Any) -> tuple[Any, Any]:
    """Chances of the levels by both models together, and the class weights the training part asks for."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold
    from sklearn.preprocessing import StandardScaler

    makers: tuple[Callable[[], Any], ...] = (
        lambda: LogisticRegression(C=0.3, max_iter=2000),
        lambda: HistGradientBoostingClassifier(
            max_iter=80, learning_rate=0.06, max_leaf_nodes=8, l2_regularization=5, random_state=0
        ),
    )
    scale = StandardScaler().fit(inner)
    known = scale.transform(inner)
    chances, own = np.zeros((len(outer), 3)), np.zeros((len(inner), 3))
    for make in makers:
        chances += make().fit(known, levels).predict_proba(scale.transform(outer)) / 2
        for fitted, kept in GroupKFold(INNER).split(known, levels, groups):
            own[kept] += make().fit(known[fitted], levels[fitted]).predict_proba(known[kept]) / 2
    weights = [
        np.array([1, some, much]) for some in np.arange(0.7, 1.6, 0.1) for much in np.arange(0.8, 4, 0.2)
    ]
    return chances, max(weights, key=lambda weight: macro_f1(levels, (own * weight).argmax(1)))


def macro_f1(truths: Any, told: Any) -> float:
    """Mean of the F1 of the three levels."""
    import numpy as np

    truths, told = np.asarray(truths), np.asarray(told)
    each = []
    for level in range(3):
        both = ((truths == level) & (told == level)).sum()
        each.append(2 * both / max((truths == level).sum() + (told == level).sum(), 1))
    return float(np.mean(each))


def evaluate(data: Responses) -> None:
    """Print macro-F1 per fold and over all."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    told, any_reaction = np.zeros(len(data.texts), int), np.zeros(len(data.texts))
    for train, test in GroupKFold(FOLDS).split(data.vectors, data.levels, data.groups):
        inner = np.zeros((len(train), len(CUES) + 10))
        for fitted, kept in GroupKFold(INNER).split(train, data.levels[train], data.groups[train]):
            inner[kept] = first(data, train[fitted], train[kept])
        outer = first(data, train, test)
        chances, weight = second(inner, data.levels[train], data.groups[train], outer)
        told[test] = (chances * weight).argmax(1)
        any_reaction[test] = 1 - chances[:, 0]
        print(f"fold of {len(test)}: macro-F1 {macro_f1(data.levels[test], told[test]):.3f}", flush=True)
    value, low, high = bootstrap(macro_f1, list(data.groups), data.levels, told)
    print(f"all: macro-F1 {value:.3f} [{low:.3f}, {high:.3f}], {len(told)} responses")
    print(f"AUC of any reaction: {roc_auc(data.levels > 0, any_reaction):.3f}")


def main() -> None:
    """Print the figures."""
    from models.encoders import default_encoder

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", type=int)
    options = parser.parse_args()
    found = sampled(rows(options.data / "epitome_empathy" / "responses.jsonl"), options.sample)
    evaluate(load(found, default_encoder()))


if __name__ == "__main__":
    main()
