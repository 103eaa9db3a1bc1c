"""What a detector must beat: always no, a keyword list, a TF-IDF head, and likeness to known examples.

All are fitted on texts that are not tested: the development half of AgentCheck, or another source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import log
from typing import Any

from benchmarks.detector_data import Item

Scores = Callable[[Sequence[Item]], list[float]]
_KEYWORDS = 25


def majority(_train: Sequence[Item]) -> Scores:
    """Nothing is ever raised."""
    return lambda items: [0.0] * len(items)


def keywords(train: Sequence[Item]) -> Scores:
    """The words most telling of the positives; a text that has one is raised."""
    seen: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for item in train:
        seen[item.positive].update(_words(item.text))
    positives = sum(item.positive for item in train)
    rest = len(train) - positives
    weight = {
        word: log((count + 0.5) / (positives + 1)) - log((seen[False][word] + 0.5) / (rest + 1))
        for word, count in seen[True].items()
        if count > 1
    }
    chosen = set(sorted(weight, key=lambda word: (-weight[word], word))[:_KEYWORDS])
    return lambda items: [min(1.0, 0.5 * len(_words(item.text) & chosen)) for item in items]


def tfidf(train: Sequence[Item]) -> Scores:
    """Logistic regression on TF-IDF of words and letter groups."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    word = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    texts = [item.text for item in train]
    rows = hstack([word.fit_transform(texts), letters.fit_transform(texts)])
    model = LogisticRegression(C=10, max_iter=400).fit(rows, [item.positive for item in train])

    def score(items: Sequence[Item]) -> list[float]:
        given = [item.text for item in items]
        return list(model.predict_proba(hstack([word.transform(given), letters.transform(given)]))[:, 1])

    return score


def likeness(train: Sequence[Item]) -> Scores:
    """Rapidfuzz token-sort ratio to the nearest positive; raised from .6."""
    from rapidfuzz import fuzz, process

    known = [item.text.lower() for item in train if item.positive][:300]

    def score(items: Sequence[Item]) -> list[float]:
        given = [item.text.lower() for item in items]
        ratios: Any = process.cdist(given, known, scorer=fuzz.token_sort_ratio)
        return [float(min(1.0, row.max() / 120)) for row in ratios]

    return score


BASELINES = {"majority": majority, "keyword list": keywords, "TF-IDF head": tfidf, "rapidfuzz": likeness}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z']+", text.lower()))
