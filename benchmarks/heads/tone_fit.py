"""Fitting a tone head: a logistic on vectors, a logistic on hashed n-grams, their mean, a Platt calibration.

Both halves are kept in one row of weights (half of each), so that the head that ships adds once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.heads.tone_data import Example
from models.sentences import split_sentences
from qa.detectors.ngrams import SIZE, places

if TYPE_CHECKING:
    from models.ports import Encoder

MOST_SENTENCES = 8
_BEFORE = 300


class Vectors:
    """Mean sentence vectors of texts; each sentence is encoded once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Any] = {}

    def learn(self, texts: Sequence[str]) -> None:
        """Encode the sentences of texts that are not known yet."""
        new = list(dict.fromkeys(part for text in texts for part in parts(text) if part not in self._known))
        for at in range(0, len(new), 500):
            chunk = new[at : at + 500]
            self._known.update(zip(chunk, self._encoder.encode(chunk), strict=True))

    def of(self, text: str) -> Any:
        """Unit mean of the text's sentences; zeros when it has none."""
        import numpy as np

        rows = [self._known[part] for part in parts(text)]
        if not rows:
            return np.zeros(self._encoder.dimension, np.float32)
        mean = np.mean(rows, axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)


def parts(text: str) -> list[str]:
    """The sentences that are read."""
    return [text[start:end] for start, end in split_sentences(text)[:MOST_SENTENCES]]


def dense(examples: Sequence[Example], vectors: Vectors) -> Any:
    """Text, what came before, and their product, shape `(n, 3 * dimension)`."""
    import numpy as np

    vectors.learn([row.text for row in examples] + [row.before[:_BEFORE] for row in examples])
    own = np.array([vectors.of(row.text) for row in examples])
    before = np.array([vectors.of(row.before[:_BEFORE]) for row in examples])
    return np.hstack([own, before, own * before]).astype(np.float32)


def sparse(examples: Sequence[Example]) -> Any:
    """Hashed n-grams, shape `(n, SIZE)`."""
    from scipy.sparse import csr_matrix

    ends, at, values = [0], [], []
    for row in examples:
        found = places(row.text)
        at += found.keys()
        values += found.values()
        ends.append(len(at))
    return csr_matrix((values, at, ends), shape=(len(examples), SIZE), dtype="float32")


@dataclass(frozen=True)
class Fit:
    """Weights of both halves, and the logit they give."""

    dense: Any
    sparse: Any
    bias: float

    def logits(self, vectors: Any, grams: Any) -> Any:
        """Uncalibrated, shape `(n,)`."""
        return vectors @ self.dense + grams @ self.sparse + self.bias


def fit(vectors: Any, grams: Any, truth: Any, *, use: tuple[bool, bool] = (True, True)) -> Fit:
    """The mean of two logistic regressions, or one of them."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    share = 1.0 / sum(use)
    zero = np.zeros(vectors.shape[1]), np.zeros(grams.shape[1])
    weights, bias = list(zero), 0.0
    for half, (wanted, rows, strength) in enumerate(((use[0], vectors, 3.0), (use[1], grams, 10.0))):
        if wanted:
            model = LogisticRegression(C=strength, max_iter=400).fit(rows, truth)
            weights[half] = share * model.coef_[0]
            bias += share * float(model.intercept_[0])
    return Fit(weights[0], weights[1], bias)


def folded(
    vectors: Any,
    grams: Any,
    truth: Any,
    groups: Sequence[str],
    *,
    folds: int = 4,
    use: tuple[bool, bool] = (True, True),
) -> Any:
    """Logits of rows whose group was not trained on."""
    import numpy as np
    from sklearn.model_selection import GroupKFold

    out = np.zeros(len(truth))
    for train, test in GroupKFold(folds).split(vectors, truth, groups):
        out[test] = fit(vectors[train], grams[train], truth[train], use=use).logits(
            vectors[test], grams[test]
        )
    return out


def platt(logits: Any, truth: Any) -> tuple[float, float]:
    """Slope and offset of a calibration on logits of rows that were held out."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=400).fit(np.asarray(logits).reshape(-1, 1), truth)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
