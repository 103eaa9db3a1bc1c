from knowledge_base.fusion import relevance


def test_either_argument_raises_the_relevance():
    assert relevance(0.5, 0.5) > relevance(0.4, 0.5)
    assert relevance(0.5, 0.5) > relevance(0.5, 0.4)
