import pytest

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.labels import LABELS
from models.readings import read
from models.records import Finding, Found, Span, Transcript, Turn
from qa import Analyser
from qa.answering import _matching
from qa.detectors.ngrams import SIZE, places, tokens
from qa.detectors.shipped import read_shipped
from qa.detectors.standing import UNSCORED, counts, mark, standing
from qa.detectors.tone_heads import HEADS, MOST, ToneHeadDetector


def contact(*turns, language="en"):
    return Transcript(
        "c1",
        "acme",
        tuple(Turn("agent" if number % 2 else "customer", text) for number, text in enumerate(turns)),
        language=language,
    )


def found(label, turn, *, severity="major", by="rule@1"):
    return Finding(label, severity, Span(turn, 0, 3), 0.8, by, "Why.")


SUGGESTED = found("tone.rude", 1, severity="note", by=f"{UNSCORED}tone_rude@1")


def test_a_suggestion_is_never_scored():
    check = Found(labels=("tone.rude",))
    assert _matching(check, [SUGGESTED]) == []
    assert len(_matching(check, [found("tone.rude", 1)])) == 1


@pytest.mark.parametrize(
    ("language", "turn_language", "counted"),
    [("en", None, True), ("nl", None, False), ("en-GB", None, True), ("en", "de", False), (None, None, True)],
)
def test_tone_counts_only_where_it_was_measured(language, turn_language, counted):
    transcript = Transcript(
        "c1",
        "acme",
        (Turn("customer", "Hoi."), Turn("agent", "Nee.", language=turn_language)),
        language=language,
    )
    (reading,) = read([transcript])
    rude, insult = mark(reading, [found("tone.rude", 1), found("brand.insult", 1)])
    assert counts(rude) is counted
    assert counts(insult)
    assert (rude.severity == "note") is not counted


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        (found("tone.impatient", 1), False),
        (found("tone.rude", 1), False),
        (found("tone.impatient", 3), True),
        (found("tone.courtesy", 1, severity="note"), True),
    ],
)
def test_a_suggestion_gives_way_to_what_counts(beside, kept):
    (reading,) = read([contact("Hi.", "Well.", "Yes.", "So.")])
    assert (SUGGESTED in mark(reading, [beside, SUGGESTED])) is kept


def test_dutch_tone_is_shown_and_not_scored():
    analyser = Analyser(KnowledgeBase("acme", encoder=HashingEncoder()))
    findings = analyser.analyse(contact("Waarom niet?", "Zoals ik al zei, dat kan niet.", language="nl"))
    (impatient,) = [finding for finding in findings if finding.label == "tone.impatient"]
    assert not counts(impatient)
    assert "not scored" in impatient.reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Please send me the form.", "Please send me form."),
        ("Kindly tell me your name, sir.", "Tell me your name."),
        ("Um, it is, uh, 4471", "IT IS 99"),
        ("That's fine", "that’s fine"),
    ],
)
def test_what_must_not_move_a_head_is_taken_out(one, other):
    assert tokens(one) == tokens(other)


def test_places_lie_in_the_table_and_have_unit_length():
    values = places("You never listen, do you?")
    assert all(0 <= place < SIZE for place in values)
    assert sum(value * value for value in values.values()) == pytest.approx(1.0)
    assert places("!!! 123")
    assert places(" ") == {}


def test_heads_are_silent_with_vectors_of_another_encoder():
    detector = ToneHeadDetector(HashingEncoder())
    assert detector.detect(read([contact("Hi.", "Shut your mouth and listen, you pathetic fool.")])) == [[]]


def test_the_table_names_labels_that_exist():
    table = read_shipped("data/standing.yaml")
    assert set(table) <= set(LABELS)
    assert {standing(label).ships for label in LABELS} <= {"finding", "trend"}


@pytest.mark.weights
def test_heads_suggest_a_look_at_most_twice():
    from models.encoders import default_encoder

    rude = "What a pathetic excuse, you stupid people make me sick, just shut up and go to hell"
    turns = ["Hello, I have a question.", rude] * 4
    detector = ToneHeadDetector(default_encoder())
    ((*suggestions,),) = detector.detect(read([contact(*turns)]))
    assert len(suggestions) == MOST
    assert all(not counts(one) and one.severity == "note" and one.label == "tone.rude" for one in suggestions)
    assert detector.detect(read([contact(*turns, language="nl")])) == [[]]
    calm = ["Where is my parcel?", "It left our warehouse this morning and arrives on Friday."]
    assert detector.detect(read([contact(*calm)])) == [[]]
    assert {asked.label for asked in HEADS} == set(detector.labels)
