import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.corpus import Corpus
from knowledge_base.named import FADES, Names
from models.encoders import HashingEncoder
from models.records import Document, Passage

TITLES = ["Acorn Guest House", "Lensfield Hotel", "Cedar House", ""]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        (["I would like the Acorn Guest House."], 0),
        (["the lensfield hotel please"], 1),
        (["Acorn Guest House or Lensfield Hotel?", "The Lensfield Hotel then."], 1),
        (["the Lensfield Hotel", "no, rather the Acorn Guest House"], 0),
    ],
)
def test_the_title_named_last_counts_most(said, first):
    shares = Names(TITLES, ["en"]).named(said)
    assert shares is not None
    assert shares[:3].argmax() == first
    assert shares[3] == shares.max(), "a passage without a title is about everybody"


@pytest.mark.parametrize("said", [[], ["Is there any house?"], ["Hello!", "Do you have parking?"]])
def test_a_word_that_many_titles_have_names_none(said):
    assert Names(TITLES, ["en"]).named(said) is None


def test_a_name_fades_with_every_turn():
    names = Names(TITLES, ["en"])
    now, later = names.named(["Lensfield Hotel"]), names.named(["Lensfield Hotel", "Fine.", "Fine."])
    assert later[1] == pytest.approx(now[1] * FADES**2)


@pytest.fixture(scope="module")
def hotels():
    kb = KnowledgeBase("hotels", encoder=HashingEncoder())
    kb.add(
        Document(f"{name}-{topic}", text, title=name, kind="faq")
        for name in ("Acorn Guest House", "Lensfield Hotel", "Cedar House")
        for topic, text in (
            ("parking", "Parking is free for guests who stay the night."),
            ("pets", "Dogs are welcome in the garden rooms."),
        )
    )
    return kb


def test_of_equal_answers_the_one_of_the_named_place_comes_first(hotels):
    for name in ("Acorn Guest House", "Lensfield Hotel", "Cedar House"):
        hits = hotels.search("Is parking free?", said=[f"I booked the {name}.", "Is parking free?"])
        assert hits[0].passage.document == f"{name}-parking"


def test_a_name_changes_the_order_and_not_how_relevant_the_first_is(hotels):
    passages = [one for document in hotels.documents() for one in hotels.passages(document.id)]
    corpus = Corpus(passages, language="en", index=None)
    plain = corpus.rank("Is parking free?", None, 10, None)
    told = corpus.rank("Is parking free?", None, 10, None, named=corpus.named(["I booked the Cedar House."]))
    assert passages[told.places[0]].document == "Cedar House-parking" != passages[plain.places[0]].document
    assert told.relevances[0] == plain.relevances[plain.places.index(told.places[0])]
    assert told.relevances == sorted(told.relevances, reverse=True)


def test_words_of_a_title_count_more_than_words_of_a_text():
    passages = [
        Passage(id="a#1", document="a", text="We send a refund.", start=0, end=17, title="Deliveries"),
        Passage(id="b#1", document="b", text="It takes five days.", start=0, end=19, title="Refund"),
    ]
    assert Corpus(passages, language="en", index=None).rank("refund", None, 2, None).places == [1, 0]
