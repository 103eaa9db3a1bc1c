import pytest

from copilot.questions import find_question
from models.records import Span, Turn


def ask(*texts):
    turns = [Turn("customer", text) for text in texts]
    return find_question(turns, len(turns) - 1)


@pytest.mark.parametrize(
    "text",
    [
        "Hi", "Hello there!", "Good morning.", "Hi, how are you today?", "Thanks so much for your help!", "OK", "Okay, great.",
        "Thank you, that's all.", "Bye!", "One moment please", "Are you still there?", "Who am I speaking to?",
        "John Smith, 14 Elm Road.", "Yes.", "No, thank you.", "Sounds good", "It is on the kitchen table.", "", "...", "What?",
    ],
)  # fmt: skip
def test_silence(text):
    assert ask(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "How long does a refund take?",
        "can i return a sofa that was made to order",
        "I was charged twice on my May bill.",
        "My table arrived damaged.",
        "Hello, I'd like to cancel my order please",
        "What is the late fee?",
        "the boiler stopped working after the meter swap",
        "Tell me what happens with my deposit",
        "So when will the power be back?",
    ],
)
def test_something_to_answer(text):
    assert ask(text) is not None


def test_the_span_is_the_asking_sentence():
    question = ask("Hello. I moved in March. How long does the refund take? Thanks!")
    assert question.span == Span(0, 25, 55)
    assert question.asked == "How long does the refund take?"
    assert "moved in March" in question.context


def test_a_thin_question_borrows_from_what_was_said():
    question = ask("My wardrobe arrived with a cracked door.", "OK.", "And how much is that?")
    assert "cracked door" in question.context
    assert question.weight > 1


def test_a_rich_question_stands_alone():
    question = ask(
        "My name is Ann and I live in Leeds.",
        "How do I return a damaged wardrobe that was bought in a sale last week?",
    )
    assert (question.context, question.weight) == ("", 1.0)


def test_the_agents_last_words_are_context():
    turns = [
        Turn("agent", "The Mimosa is a restaurant in the centre."),
        Turn("customer", "Do they have a terrace?"),
    ]
    question = find_question(turns, 1)
    assert "Mimosa" in question.context


@pytest.mark.parametrize("speaker", ["agent", "bot", "system", "supervisor"])
def test_only_customers_are_answered(speaker):
    assert find_question([Turn(speaker, "How long does a refund take?")], 0) is None


def test_internal_notes_are_not_answered():
    assert find_question([Turn("customer", "How long does a refund take?", visibility="internal")], 0) is None
