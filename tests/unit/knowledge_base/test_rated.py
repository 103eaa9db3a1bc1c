"""What a reranker may do to a search: change the order of the best, and nothing else."""

from datetime import date

import pytest

from copilot import Copilot
from knowledge_base import KnowledgeBase
from knowledge_base.rated import RATED, WEIGHT, Rated
from models.encoders import HashingEncoder
from models.errors import MissingExtraError
from models.records import Document, Hit, Passage, Turn

QUESTION = "How long does a refund take?"


class Chosen:
    """Sure of the passages of these documents, sure that no other answers."""

    name = "chosen@1"

    def __init__(self, *documents):
        self.documents, self.asked = documents, []

    def rate(self, query, passages):
        self.asked.append((query, [one.document for one in passages]))
        return [float(one.document in self.documents) for one in passages]


class Broken:
    name = "broken@1"

    def __init__(self, outcome):
        self.outcome = outcome

    def rate(self, query, passages):
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


# What answers says it in other words: each text is a little farther from the question than the one before.
PLACES = (
    "shop street airport harbour station market museum garden library theatre stadium hospital school".split()
)
DOCUMENTS = [
    *(
        Document(place, f"# Refunds\n\nHow long a refund takes at the {' '.join(PLACES[:at])} {place}.")
        for at, place in enumerate(PLACES)
    ),
    Document(
        "script", "# Refund\n\nHow long does a refund take? Let me look that up for you.", kind="script"
    ),
    Document("old", "# Refunds\n\nHow long does a refund take?", effective_until=date(2020, 1, 1)),
]


def opened(reranker=None):
    kb = KnowledgeBase("shop", encoder=HashingEncoder(), reranker=reranker)
    kb.add(DOCUMENTS)
    return kb


@pytest.fixture(scope="module")
def plain():
    return opened()


def ids(hits):
    return [hit.passage.document for hit in hits]


def hits_of(*scores):
    return [
        Hit(Passage(f"p{at}", f"d{at}", "t", 0, 1, "", ""), score, at + 1, answerable=0.9)
        for at, score in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("ratings", "order", "scores"),
    [
        ([0.5, 0.5, 0.5], [0, 1, 2], [0.6, 0.3, 0.1]),  # says nothing
        ([0.1, 0.9, 0.9], [1, 2, 0], [0.3, 0.1, 0.1]),
        ([0.0, 1.0, 0.5], [1, 2, 0], [0.3, 0.1, 0.1]),  # as sure as a rating may be
        ([0.2, 0.2, 0.8], [2, 0, 1], [0.1, 0.1, 0.1]),
        ([0.3, 0.5, 0.5], [0, 1, 2], [0.6, 0.3, 0.1]),  # not enough for the distance
    ],
)
def test_ratings_change_the_order_and_no_hit_becomes_surer(ratings, order, scores):
    hits = Rated(Broken(ratings)).ordered("q", hits_of(0.6, 0.3, 0.1), [0.52, 0.5, 0.49])
    assert ids(hits) == [f"d{at}" for at in order]
    assert [hit.score for hit in hits] == scores
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert {hit.answerable for hit in hits} == {0.9}


def test_ties_stay_in_order_and_the_rest_is_not_read():
    count = RATED + 5
    reranker = Chosen()
    rated = Rated(reranker)
    hits = hits_of(*(1 / (at + 2) for at in range(count)))
    assert rated.ordered("q", hits, [0.5] * count) == hits
    assert len(reranker.asked[0][1]) == RATED


def test_one_hit_or_none_is_not_rated():
    reranker = Chosen()
    for few in (hits_of(), hits_of(0.4)):
        assert Rated(reranker).ordered("q", few, [0.5] * len(few)) == few
    assert not reranker.asked


def test_the_best_of_a_search_are_rated_whatever_is_shown(plain):
    before = plain.search(QUESTION, limit=30)
    chosen = before[3].passage.document
    reranker = Chosen(chosen)
    kb = opened(reranker)
    after = kb.search(QUESTION, limit=30)
    assert ids(after) == [chosen, *(one for one in ids(before) if one != chosen)]
    assert after[0].score == before[3].score < before[0].score
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)
    assert {hit.answerable for hit in after} == {before[0].answerable}
    assert [hit.rank for hit in after] == [hit.rank for hit in before]
    assert ids(kb.search(QUESTION, limit=1)) == [chosen]
    assert all(asked == ids(before)[:RATED] for _, asked in reranker.asked)


def test_only_what_may_be_found_is_rated():
    reranker = Chosen("old")
    kb = opened(reranker)
    assert ids(kb.search(QUESTION, kinds=["script", "policy", "faq"]))
    assert not any("old" in asked for _, asked in reranker.asked)
    assert ids(kb.search(QUESTION, on=date(2019, 5, 1)))[0] == "old"
    assert len(reranker.asked) == 2
    assert ids(kb.search(QUESTION, kinds="script")) == ["script"]
    assert kb.search("   ") == []
    assert len(reranker.asked) == 2


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (ZeroDivisionError("how long"), "ZeroDivisionError"),
        (MissingExtraError("pip install it"), "pip install it"),
        ([0.5], "a rating in"),
        ([float("nan")] * RATED, "a rating in"),
        ([2.0] * RATED, "a rating in"),
    ],
)
def test_a_reranker_that_fails_costs_the_order_and_not_the_answer(plain, outcome, said):
    reranker = Broken(outcome)
    kb = opened(reranker)
    assert kb.search_many([QUESTION, "harbour"]) == plain.search_many([QUESTION, "harbour"])
    assert said in kb.reranker_failed
    assert "how long" not in kb.reranker_failed
    assert kb.degraded == ""
    reranker.outcome = [0.5] * RATED
    assert kb.search(QUESTION) == plain.search(QUESTION)
    assert kb.reranker_failed == ""


def test_a_live_contact_does_not_wait_for_it(plain):
    reranker = Chosen(plain.search(QUESTION)[3].passage.document)
    kb = opened(reranker)
    heard = [
        Copilot(one, detectors=()).session("contact-1").hear(Turn("customer", QUESTION))
        for one in (kb, plain)
    ]
    assert heard[0]
    assert heard[0] == heard[1]
    assert kb.search(QUESTION, rerank=False) == plain.search(QUESTION)
    assert not reranker.asked


def test_an_opened_one_takes_it(tmp_path, plain):
    chosen = plain.search(QUESTION)[3].passage.document
    KnowledgeBase.open(tmp_path, "shop", encoder=HashingEncoder()).add(DOCUMENTS)
    kb = KnowledgeBase.open(tmp_path, "shop", encoder=HashingEncoder(), reranker=Chosen(chosen))
    assert ids(kb.search(QUESTION, limit=1)) == [chosen]


def test_by_words_alone_too():
    class Gone:
        name, dimension = "gone@1", 8

        def encode(self, texts):
            raise ZeroDivisionError

    found = []
    for reranker in (None, Chosen("airport")):
        kb = KnowledgeBase("shop", encoder=Gone(), reranker=reranker)
        kb.add(DOCUMENTS)
        found.append(kb.search(QUESTION))
    assert ids(found[0])[0] != ids(found[1])[0] == "airport"
    assert all(hit.degraded for hit in found[1])


def test_what_a_rating_may_weigh():
    assert 0.1 < WEIGHT * 23 < 0.6, "of sure and sure not, between a stand-back and a full share of words"
