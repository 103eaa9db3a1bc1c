import pytest

from copilot.ranking import blend
from models.records import Hit, Passage


def hits(**scores):
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    return [Hit(Passage(name, name, name, 0, 1), score, rank) for rank, (name, score) in enumerate(ranked, 1)]


def names(found):
    return [hit.passage.id for hit in found]


def test_without_context_nothing_changes():
    alone = hits(a=0.9, b=0.4)
    assert blend(alone, (), weight=3) == alone


def test_what_both_found_comes_first():
    found = blend(hits(a=0.9, b=0.8, z=0.1), hits(b=0.9, c=0.9, z=0.1), weight=1)
    assert names(found)[0] == "b"
    assert [hit.rank for hit in found] == [1, 2, 3, 4]


def test_what_only_the_context_calls_for_stays_weak():
    (best, *_) = blend(hits(a=0.05, b=0.02), hits(c=0.9, a=0.1), weight=1)
    assert best.score < 0.45


def test_a_leaning_sentence_trusts_its_context():
    alone, around = hits(a=0.7, b=0.2), hits(b=0.9, a=0.2)
    assert names(blend(alone, around, weight=3))[0] == "b"
    assert names(blend(alone, around, weight=0.5))[0] == "a"


@pytest.mark.parametrize("weight", [0.5, 1, 3])
def test_scores_stay_in_range(weight):
    for hit in blend(hits(a=1.0, b=0.0), hits(a=1.0, b=0.0), weight=weight):
        assert 0 < hit.score < 1


def test_the_order_of_equals_is_stable():
    assert names(blend(hits(b=0.5, a=0.5), hits(a=0.5, b=0.5), weight=1)) == ["a", "b"]
