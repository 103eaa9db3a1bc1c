import importlib.util

import pytest

from models.languages import detect_language, document_language, document_with_language, with_language
from models.records import Document, Turn

SENTENCES = {
    "en": "When will the money be back on my account?",
    "nl": "Wanneer staat het geld weer op mijn rekening?",
    "de": "Wann ist das Geld wieder auf meinem Konto?",
    "no": "Hvorfor har jeg ikke fått pengene tilbake på kontoen min ennå?",
    "fr": "Quand l'argent sera-t-il de retour sur mon compte ?",
    "es": "¿Cuándo volverá a estar el dinero en mi cuenta?",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_a_sentence_is_told(code, text):
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text", ["", "   ", "ok", "12345", "order@example.org", "https://example.org/retour/12", "🙂🙂", "X", "[CARD ****1111]"]
)  # fmt: skip
def test_what_cannot_be_told_is_not_guessed(text):
    assert detect_language(text) == ""


def test_a_turn_keeps_what_its_source_says():
    turn = Turn("customer", SENTENCES["nl"], language="en-GB")
    assert with_language(turn) is turn


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_a_turn_is_in_the_language_of_its_words_whatever_is_likely(code, text):
    assert with_language(Turn("customer", text), likely=("en",)).language == code


@pytest.mark.parametrize(
    ("text", "likely", "language"),
    [
        ("ok", ("nl-NL", "en"), "nl-NL"),
        ("ok", ("", "de"), "de"),
        ("ok", (), None),
        ("12345", ("fr",), "fr"),
        ("hvor blir det av pakken min", ("no",), "no"),
    ],
)
def test_a_short_turn_is_in_the_likeliest_language(text, likely, language):
    assert with_language(Turn("customer", text), likely=likely).language == language


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_a_document_is_told_by_its_paragraphs(code, text):
    assert document_language(f"# FAQ\n\n{text}\n\n{text} {text}") == code


def test_a_mixed_document_has_no_language():
    assert document_language("\n\n".join([SENTENCES["de"] * 3, SENTENCES["en"] * 3])) == ""
    quoting = "\n\n".join([SENTENCES["nl"] * 9, SENTENCES["en"]])
    assert document_language(quoting) == "nl"
    assert document_language("Yes.") == ""


def test_a_document_keeps_what_its_source_says():
    stated = Document("d", SENTENCES["nl"] * 3, language="de")
    assert document_with_language(stated) is stated
    assert document_with_language(Document("d", SENTENCES["nl"] * 3)).language == "nl"
    plain = Document("d", "17.5")
    assert document_with_language(plain) is plain


def test_the_model_comes_with_its_package():
    assert importlib.util.find_spec("py3langid") is not None
