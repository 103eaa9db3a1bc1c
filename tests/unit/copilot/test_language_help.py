import pytest

from copilot.idioms import general, languages, lines
from copilot.language_help import MOST, client_glossary, explain, read_glossary
from models.records import Document, Turn
from tests.unit.library import Library

NOBODY = Library()


def meanings(text, language="en", kb=NOBODY, speaker="customer"):
    return {one.term: one.meaning for one in explain(kb, Turn(speaker, text), 0, language=language)}


def test_what_ships():
    assert set(languages()) == {"en", "nl", "de", "es", "nb"}
    assert len(lines("en")) >= 300
    for language in ("nl", "de", "es", "nb"):
        assert len(lines(language)) >= 30
    for language in languages():
        assert general(language).size >= len(lines(language))
    assert general("fr").size == 0
    assert general("no") is general("no")


HEARD = [
    ("I'm absolutely knackered", "knackered", "very tired"),
    ("It's been a fortnight", "a fortnight", "two weeks"),
    ("you took us for a ride", "took us for a ride", "cheat"),
    ("The telly is on the fritz", "on the fritz", "not working"),
    ("There is a surcharge on it", "surcharge", "extra amount"),
    ("Open the boot of the car", "boot of the car", "luggage space"),
    ("Come this arvo", "this arvo", "afternoon"),
    ("come at half seven", "half seven", "7:30"),
    ("twenty quid", "quid", "pounds"),
    ("It does my head in!", "does my head in", "annoy or confuse"),
    ("that was bill shock", "bill shock", "high amount"),
    ("Kindly do the needful", "do the needful", "do what is necessary"),
    ("Can you prepone it?", "prepone", "earlier"),
    ("Two lakhs are missing", "lakhs", "one hundred thousand"),
    ("I was sent from pillar to post", "pillar to post", "one place to the next"),
    ("They fobbed me off again", "fobbed me off", "excuse"),
    ("He's at the end of his tether", "at the end of his tether", "no patience"),
    ("It’s gone pear-shaped", "gone pear-shaped", "gone wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term", "words"), HEARD)
def test_explained(text, term, words):
    found = meanings(text)
    assert [key for key in found if term.split()[-1] in key.replace("’", "'")], found
    assert any(words in meaning for meaning in found.values()), found


LITERAL = [
    "The house was gutted by fire last year.",
    "I waited half an hour.",
    "The first half of the order came.",
    "I would like to return a jumper cable for my car.",
    "Please tick the box.",
    "The lemon juice leaked in the bag.",
    "We took him for a ride on the train.",
    "My boots are too small.",
    "The score of the survey was five.",
    "They steal parcels here.",
    "Thank you, you have been very helpful.",
    "I just called you, just now.",
    "How do I change my address on the account?",
    "My mobile number has changed.",
]


@pytest.mark.parametrize("text", LITERAL)
def test_literal_use_is_left_alone(text):
    assert meanings(text) == {}


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("nl", "Ik word van het kastje naar de muur gestuurd.", "zonder hulp"),
        ("nl", "Kom om half acht.", "7.30"),
        ("de", "Das geht mir auf den Keks.", "stört"),
        ("de", "Ich wurde von Pontius zu Pilatus geschickt.", "ohne Hilfe"),
        ("es", "Cuesta un ojo de la cara.", "muy caro"),
        ("nb", "Jeg har kjøpt katta i sekken.", "dårlig"),
        ("nb-NO", "Vi ses halv åtte.", "7.30"),
    ],
)
def test_other_languages(language, text, words):
    assert any(words in meaning for meaning in meanings(text, language).values())


def test_the_span_is_where_it_was_said():
    turn = Turn("customer", "Well…  I'm   KNACKERED, honestly.")
    (one,) = explain(NOBODY, turn, 7, language="en-IE")
    assert one.span.turn == 7
    assert turn.text[one.span.start : one.span.end] == one.term == "KNACKERED"
    assert one.source == ""


def test_words_of_two_sentences_are_no_idiom():
    assert meanings("I am fed. Up there is the box.") == {}


def test_an_agents_words_are_never_explained():
    assert meanings("I'm knackered", speaker="agent") == {}
    hidden = Turn("customer", "I'm knackered", visibility="internal")
    assert explain(NOBODY, hidden, 0, language="en") == ()


def test_each_once_and_not_too_many():
    text = "quid quid quid " + "fortnight telly knackered skint rego ute doona brekkie loo"
    found = explain(NOBODY, Turn("customer", text), 0, language="en")
    assert len(found) == MOST
    assert len({one.meaning for one in found}) == MOST


GLOSSARY = """# Our words

| Term | Meaning |
|------|---------|
| Flexi-Saver (FS) | a tariff with two prices |
| **Red box** | the router of 2019 |

- **half seven**: our late slot, 18:30 to 19:30
- Smart Pot — the prepaid meter
1. black start: the first activation

Green card
: the proof of insurance abroad

quid = a loyalty point

This paragraph is about nothing: it explains no term at all because it is a whole sentence.
"""


@pytest.mark.parametrize(
    ("text", "term", "words"),
    [
        ("my flexi saver went up", "flexi saver", "two prices"),
        ("my FS went up", "FS", "two prices"),
        ("the red box blinks", "red box", "router"),
        ("the smart pot is empty", "smart pot", "prepaid meter"),
        ("is the black start done", "black start", "first activation"),
        ("I lost the green card", "green card", "insurance"),
        ("come at half seven", "half seven", "late slot"),
        ("I have 200 quid", "quid", "loyalty point"),
    ],
)
def test_the_clients_own_words_win(text, term, words):
    kb = Library(Document(id="words", text=GLOSSARY, kind="glossary"))
    (one,) = explain(kb, Turn("customer", text), 0, language="en")
    assert (one.term, one.source) == (term, "words")
    assert words in one.meaning


def test_other_documents_explain_nothing():
    kb = Library(Document(id="p", text="red box: the router", kind="policy"))
    assert client_glossary(kb).size == 0


@pytest.mark.parametrize("text", ["", "|||", "a:\nb:\n:\n", "- : x\n", "| a |\n|---|\n| b |", "x" * 5_000])
def test_odd_glossaries(text):
    assert read_glossary(Document(id="g", text=text, kind="glossary")) == []


def test_a_term_is_at_most_a_few_words():
    text = "one two three four five six seven eight: nine"
    assert read_glossary(Document(id="g", text=text, kind="glossary")) == []
