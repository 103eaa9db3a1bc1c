import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.named import FADES, Names
from models.encoders import HashingEncoder
from models.records import Document

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


def test_a_name_changes_the_order_and_not_how_sure_a_hit_is(hotels):
    plain = hotels.search("Is parking free?")
    told = hotels.search("Is parking free?", said=["I booked the Cedar House."])
    unrelated = hotels.search("Who won the match?", said=["I booked the Cedar House."])
    assert told[0].answerable <= plain[0].answerable + 1e-6 or told[0].score >= plain[0].score
    assert not unrelated or unrelated[0].answerable < 0.5
