"""Where sentences begin and end."""

import time

import pytest

from models.sentences import CHUNK, split_sentences

SPLITS = [
    # ordinary
    ("Hello. How are you? Fine!", ["Hello.", "How are you?", "Fine!"]),
    ("Hello", ["Hello"]),
    ("  Hello.  \t Bye.  ", ["Hello.", "Bye."]),
    ("Stop!! Really?! Yes...", ["Stop!!", "Really?!", "Yes..."]),
    ("Wait... what? No.", ["Wait... what?", "No."]),
    ("Hi 😀! 😀 Thanks. 👍", ["Hi 😀!", "😀 Thanks.", "👍"]),
    # abbreviations
    ("Mr. Smith called. He waits.", ["Mr. Smith called.", "He waits."]),
    ("Ask Mrs. Jones or Dr. Lee. Thanks.", ["Ask Mrs. Jones or Dr. Lee.", "Thanks."]),
    (
        "Some items, e.g. lamps, are excluded. Others not.",
        ["Some items, e.g. lamps, are excluded.", "Others not."],
    ),
    ("The fee, i.e. $5, applies.", ["The fee, i.e. $5, applies."]),
    ("See No. 5 below. Then No. 6.", ["See No. 5 below.", "Then No. 6."]),
    ("Is it there? No. Then I wait.", ["Is it there?", "No.", "Then I wait."]),
    ("Your ref. 8812 is open. Dial ext. 40.", ["Your ref. 8812 is open.", "Dial ext. 40."]),
    ("It takes approx. 3 days. Or more.", ["It takes approx. 3 days.", "Or more."]),
    ("Cables, plugs, etc. are free. Lamps too.", ["Cables, plugs, etc. are free.", "Lamps too."]),
    ("We sell cables, plugs, etc. They are free.", ["We sell cables, plugs, etc.", "They are free."]),
    ("We open at 9 a.m. Monday. Come then.", ["We open at 9 a.m. Monday.", "Come then."]),
    ("We close at 5 p.m. Please come earlier.", ["We close at 5 p.m.", "Please come earlier."]),
    ("This is Acme Inc. We record calls.", ["This is Acme Inc.", "We record calls."]),
    ("Acme Inc. sells lamps.", ["Acme Inc. sells lamps."]),
    ("The U.S. office is shut. Try later.", ["The U.S. office is shut.", "Try later."]),
    ("The A.P.R. is 21%. It varies.", ["The A.P.R. is 21%.", "It varies."]),
    ("J. Smith signed. K. Lee did not.", ["J. Smith signed.", "K. Lee did not."]),
    # numbers, addresses
    ("It costs $3.50. Is that fine?", ["It costs $3.50.", "Is that fine?"]),
    ("You owe $1,000.50! Pay 10.5% by 10:30.", ["You owe $1,000.50!", "Pay 10.5% by 10:30."]),
    ("Version 2.0.1 is out. Update.", ["Version 2.0.1 is out.", "Update."]),
    (
        "Go to https://a.example.com/x.html?y=1. Then log in.",
        ["Go to https://a.example.com/x.html?y=1.", "Then log in."],
    ),
    ("Write to j.Smith@example.com. Thanks.", ["Write to j.Smith@example.com.", "Thanks."]),
    ("See Acme.Com or Terms.PDF for more.", ["See Acme.Com or Terms.PDF for more."]),
    # lists
    ("1. Open the lid. 2. Press the key.", ["1. Open the lid.", "2. Press the key."]),
    ("a) Open it. b) Close it.", ["a) Open it.", "b) Close it."]),
    ("Two points. - One. - Two.", ["Two points.", "- One.", "- Two."]),
    # quotation marks and brackets
    ('Really? "I see." Fine.', ["Really?", '"I see."', "Fine."]),
    ("Good. (Not bad.) Bye.", ["Good.", "(Not bad.)", "Bye."]),
    ("¿Qué tal? ¡Hola! Sí.", ["¿Qué tal?", "¡Hola!", "Sí."]),
    # chat and speech
    ("Hi.Thanks for waiting.", ["Hi.", "Thanks for waiting."]),
    ("ok. i will do that. thanks", ["ok.", "i will do that.", "thanks"]),
    (
        "so um i was calling about my bill it went up again",
        ["so um i was calling about my bill it went up again"],
    ),
    ("Hello {customer name}. Your [amount] is due.", ["Hello {customer name}.", "Your [amount] is due."]),
    # lines
    (
        "Dear Ann\nthank you\r\nfor waiting\rbye\u2028Bob",
        ["Dear Ann", "thank you", "for waiting", "bye", "Bob"],
    ),
    ("One.\n\n\n  Two", ["One.", "Two"]),
]


@pytest.mark.parametrize(("text", "sentences"), SPLITS)
def test_splits(text, sentences):
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@pytest.mark.parametrize("text", ["", " ", "\n\n \t", "\u3000\r\n"])
def test_blank_text_has_no_sentences(text):
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    "text", [".", "?!", '"', "...", "- ", "1.", ". . .", "a.b.c", "\x00.", "No.", "etc.", "(.", "‘.’ "]
)
def test_ranges_are_never_empty_and_cover_all_but_blanks(text):
    ranges = split_sentences(text)
    assert ranges
    assert all(start < end for start, end in ranges)
    assert "".join(text[start:end] for start, end in ranges).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("de", "Das ist z.B. gut. Ja?", ["Das ist z.B. gut.", "Ja?"]),
        ("es", "El Sr. López llamó. Gracias.", ["El Sr. López llamó.", "Gracias."]),
        ("en-GB", "Mr. Lee. Yes.", ["Mr. Lee.", "Yes."]),
        ("pt_BR", "Oi. Tudo bem?", ["Oi.", "Tudo bem?"]),
        ("zh", "中文。好吗？", ["中文。", "好吗？"]),
        ("ja", "はい。どうぞ。", ["はい。", "どうぞ。"]),
        ("zz", "One. Two.", ["One.", "Two."]),
        ("", "One. Two.", ["One.", "Two."]),
        ("tokenizer_exceptions", "One. Two.", ["One.", "Two."]),
        ("../../etc", "One. Two.", ["One.", "Two."]),
    ],
)
def test_other_and_unknown_languages(language, text, sentences):
    assert [text[start:end] for start, end in split_sentences(text, language)] == sentences


def test_long_text_splits_like_short_text():
    block = "Mr. Lee paid $3.50 for it. Is that right? Yes.\n"
    text = block * (2 * CHUNK // len(block) + 1)
    ranges = split_sentences(text)
    once = split_sentences(block)
    lines = len(text) // len(block)
    assert ranges == [
        (start + n * len(block), end + n * len(block)) for n in range(lines) for start, end in once
    ]


def test_a_line_longer_than_a_chunk():
    spoken = "word " * (CHUNK // 2)
    assert split_sentences(spoken) == [(0, len(spoken) - 1)]
    written = "This is fine. " * (CHUNK // 10)
    ranges = split_sentences(written)
    assert {written[start:end] for start, end in ranges} == {"This is fine."}
    assert len(ranges) == CHUNK // 10


@pytest.mark.parametrize(
    "piece", ["!", "(", '"', "a@", "a.b", "1.", "No. 5 ", "http://", "Mr. ", " ", "5 p.m. He "]
)
def test_time_grows_with_length_only(piece):
    text = "x" + piece * (CHUNK // len(piece))
    before = time.process_time()
    split_sentences(text)
    assert time.process_time() - before < 8  # quadratic time would be minutes
