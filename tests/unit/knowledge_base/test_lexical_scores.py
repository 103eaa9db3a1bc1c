"""Our BM25 against an independent implementation."""

import random

import numpy as np
import pytest

from knowledge_base.lexical import LexicalIndex


@pytest.mark.parametrize("seed", range(4))
def test_as_bm25s_has_it(seed):
    import bm25s

    chance = random.Random(seed)
    words = [f"w{number}" for number in range(60)]
    passages = [chance.choices(words, weights=range(60, 0, -1), k=chance.randint(1, 40)) for _ in range(300)]
    theirs = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    theirs.index(passages, show_progress=False)
    ours = LexicalIndex(passages)
    for _ in range(20):
        query = chance.sample(words, 5)
        assert np.allclose(ours.scores([*query, "unknown"]), theirs.get_scores(query), atol=1e-5)


@pytest.mark.parametrize("passages", [[], [[]], [[], ["a"], []]])
def test_passages_without_words(passages):
    index = LexicalIndex(passages)
    scores = index.scores(["a", "b"])
    assert scores.shape == (len(passages),)
    assert [bool(score) for score in scores] == [bool(one) for one in passages]
    assert index.full_share(["a", "b"], 5) > 0
    assert index.full_share([], 5) == 0
