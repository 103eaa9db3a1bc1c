import itertools

import pytest

from knowledge_base.fusion import confidence, relevance


@pytest.mark.parametrize("words_only", [False, True])
def test_confidence_rises_within_bounds(words_only):
    values = [confidence(value / 10, words_only=words_only) for value in range(-20, 40)]
    assert all(0.0 <= value <= 1.0 for value in values)
    assert all(low <= high for low, high in itertools.pairwise(values))


def test_either_argument_raises_the_relevance():
    assert relevance(0.5, 0.5) > relevance(0.4, 0.5)
    assert relevance(0.5, 0.5) > relevance(0.5, 0.4)
    assert relevance(0.5, None) == 0.5
