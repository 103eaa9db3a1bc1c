"""Alerts: the customer's wording, and secrets before they are spoken."""

import pytest

from copilot.alerts import AHEAD, REQUEST, alerts
from models.labels import LABELS
from models.records import Finding, Span, Turn


class Words:
    """A small real detector: it finds one word in the turns of one speaker."""

    def __init__(self, label, speaker, word):
        self.name, self.labels = f"{word}.v1", (label,)
        self._speaker, self._word = speaker, word

    def detect(self, readings):
        return [list(self._find(reading.transcript.turns)) for reading in readings]

    def _find(self, turns):
        for index, turn in enumerate(turns):
            start = turn.text.lower().find(self._word)
            if turn.speaker == self._speaker and start >= 0:
                yield Finding(
                    self.labels[0],
                    "critical",
                    Span(index, start, start + len(self._word)),
                    0.8,
                    "w@1",
                    "seen",
                )


COMPLAINT = Words("customer.complaint", "customer", "complain")
ASKS = Words(REQUEST, "agent", "your pin")


def ahead(text, language=None, speaker="customer"):
    return [one for one in alerts([Turn(speaker, text, language=language)], 0, ()) if one.label == AHEAD]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My card number is", None),
        ("okay so the number on my card is, hang on", None),
        ("the code they texted me is", None),
        ("I'll read you my password.", None),
        ("Shall I give you my card number?", None),
        ("It says your code is", None),
        ("Do you need the three digits on the back?", None),
        ("It's a Visa, the number is", None),
        ("I'll send you a photo of my card.", None),
        ("My PIN is", "en-GB"),
        ("mijn pincode is", "nl"),
        ("zal ik de code die ik heb gekregen voorlezen?", "nl"),
        ("meine Kartennummer lautet", "de"),
        ("soll ich Ihnen das Passwort sagen?", "de"),
        ("el número de mi tarjeta es", "es"),
        ("le leo el código que me han enviado", "es"),
        ("kortnummeret mitt er", "nb"),
        ("skal jeg lese opp passordet?", "no"),
    ],
)
def test_a_secret_is_coming(text, language):
    (found,) = ahead(text, language)
    assert found.severity == LABELS[AHEAD].severity == "critical"
    assert found.span is not None
    assert text[found.span.start : found.span.end]
    assert "secure line" in found.remedy


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My order number is", None),
        ("my phone number is", None),
        ("You should never tell anybody your PIN.", None),
        ("I never give anyone my card number.", None),
        ("I don't want to read out my card number.", None),
        ("The last four digits of my card number are", None),
        ("My gift card number is", None),
        ("the error code is", None),
        ("My password is not working.", None),
        ("My card number is on file.", None),
        ("I forgot my password.", None),
        ("A man called and said I should give him my PIN.", None),
        ('The letter says "my card number is".', None),
        ("Is it safe to save my card number?", None),
        ("word " * 200 + "my card number is", None),
        ("mijn ordernummer is", "nl"),
        ("mijn wachtwoord is niet goed", "nl"),
        ("ich sage nie meine PIN", "de"),
        ("he olvidado mi contraseña", "es"),
        ("jeg har glemt passordet mitt", "nb"),
    ],
)
def test_look_alikes(text, language):
    assert ahead(text, language) == []


def test_an_agent_who_asks_is_told_to_stop():
    (found,) = alerts([Turn("customer", "Hi"), Turn("agent", "And what is your PIN?")], 1, [COMPLAINT, ASKS])
    assert (found.label, found.severity, found.span) == (AHEAD, "critical", Span(1, 12, 20))
    assert found.confidence == 0.8
    assert alerts([Turn("agent", "My card number is")], 0, [ASKS]) == []
    assert alerts([Turn("agent", "And your name?")], 0, [ASKS]) == []


def test_wording_of_the_customer_comes_with_it_in_the_order_of_the_words():
    text = "My card number is 4, and I will complain."
    found = alerts([Turn("agent", "Hello."), Turn("customer", text)], 1, [COMPLAINT, ASKS])
    assert [(one.label, one.span.turn) for one in found] == [(AHEAD, 1), ("customer.complaint", 1)]
    assert found[1].by == "w@1"


def test_one_call_for_a_turn_and_none_for_notes_and_bots():
    twice = "My card number is hidden. My PIN is. My password is"
    assert len(ahead(twice)) == 1
    assert ahead("My PIN is", speaker="bot") == []
    assert alerts([Turn("customer", "My PIN is", visibility="internal")], 0, [COMPLAINT]) == []
    assert len(ahead("My PIN is", speaker="unknown")) == 1


def test_no_words_of_the_customer_in_the_reason():
    (found,) = ahead("the password for my dog's account is")
    assert "dog" not in found.reason + found.remedy
