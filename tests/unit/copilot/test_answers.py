import pytest

from copilot.answers import find_answers
from copilot.questions import find_question
from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder, default_encoder
from models.records import Document, Turn

PLACES = ("Harbour View Inn", "The Old Mill", "Birchwood Lodge")
TOPICS = {
    "parking": "## Can I park there?\n\nYes, there is a car park behind the building. It costs four euros a day.",
    "pets": "## Are animals welcome?\n\nSmall dogs may stay in rooms on the ground floor.",
    "breakfast": "## When is breakfast served?\n\nFrom seven to half past ten, in the room beside the bar.",
}


def library(encoder):
    kb = KnowledgeBase("inns", encoder=encoder)
    kb.add(
        Document(f"{place}/{topic}", text, title=place, kind="faq")
        for place in PLACES
        for topic, text in TOPICS.items()
    )
    return kb


def first(kb, *turns):
    heard = tuple(Turn(speaker, text) for speaker, text in turns)
    question = find_question(heard, len(heard) - 1)
    assert question is not None
    return find_answers(kb, heard, question)[0].passage.document


@pytest.fixture(scope="module")
def hashed():
    return library(HashingEncoder())


@pytest.mark.parametrize("place", PLACES)
def test_the_question_is_answered_for_the_place_the_agent_proposed(hashed, place):
    found = first(
        hashed,
        ("customer", "I am looking for a room by the river."),
        ("agent", f"I would suggest the {place}."),
        ("customer", "Sounds good. When is breakfast served?"),
    )
    assert found == f"{place}/breakfast"


def test_the_place_named_last_is_meant(hashed):
    found = first(
        hashed,
        ("agent", "There is the Harbour View Inn."),
        ("customer", "Too dear."),
        ("agent", "Then Birchwood Lodge?"),
        ("customer", "Fine. Can I park there?"),
    )
    assert found == "Birchwood Lodge/parking"


def test_what_was_said_in_private_names_nobody(hashed):
    heard = (
        Turn("agent", "The Old Mill would do."),
        Turn("agent", "Birchwood Lodge pays us more", visibility="internal"),
        Turn("customer", "Can I park there?"),
    )
    hits = find_answers(hashed, heard, find_question(heard, 2))
    assert hits[0].passage.document == "The Old Mill/parking"


@pytest.mark.weights
@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("is there somewhere to leave my car?", "parking"),
        ("would my puppy be allowed in?", "pets"),
        ("how early can we eat in the morning?", "breakfast"),
    ],
)
def test_by_meaning_too(asked, topic):
    kb = library(default_encoder())
    found = first(
        kb, ("agent", "We have a room at the Old Mill."), ("customer", "That is nice. And " + asked)
    )
    assert found == f"The Old Mill/{topic}"
