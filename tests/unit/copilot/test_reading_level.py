import pytest

from copilot.reading_level import reading_level, syllables

PLAIN = {
    "en": "Send it back to us in the box. You get your money in five days.",
    "nl": "Stuur het pakket terug. U krijgt het geld binnen vijf dagen.",
    "de": "Schicken Sie uns das Paket. Sie haben das Geld in fünf Tagen.",
    "es": "Envíe la caja a la tienda. El dinero llega en cinco días.",
    "nb": "Send pakken til oss. Du får pengene innen fem dager.",
}
HARD = {
    "en": "Reimbursement of the aforementioned transaction will subsequently be effectuated upon verification "
    "of the supporting documentation.",
    "nl": "De terugbetaling van het desbetreffende aankoopbedrag zal na verificatie van de ingediende "
    "documentatie overeenkomstig de voorwaarden plaatsvinden.",
    "de": "Die Rückerstattung des entsprechenden Kaufbetrags erfolgt nach Überprüfung der eingereichten "
    "Unterlagen gemäß unseren allgemeinen Geschäftsbedingungen.",
    "es": "La devolución del importe correspondiente se realizará tras la verificación de la documentación "
    "presentada de conformidad con las condiciones generales.",
    "nb": "Tilbakebetaling av kjøpesummen gjennomføres etter kontroll av den innsendte dokumentasjonen i "
    "henhold til alminnelige kjøpsbetingelser.",
}


@pytest.mark.parametrize("language", PLAIN)
def test_hard_words_ask_more_of_a_reader(language):
    plain, hard = reading_level(PLAIN[language], language), reading_level(HARD[language], language)
    assert plain.grade + 4 < hard.grade
    assert plain.advice == ""
    assert hard.advice.startswith("Long words: ")


def test_english_by_hand():
    # 12 words in 2 sentences, 13 syllables: .39 * 6 + 11.8 * 13 / 12 - 15.59 = -.47
    assert reading_level("You can send it back. The money comes on the next day, sir.", "en").grade == 0.0
    # 10 words in 1 sentence, 20 syllables: .39 * 10 + 11.8 * 2 - 15.59 = 11.91
    text = "Payment delivered after delay, contract cancelled, refund pending, parcel missing."
    assert sum(syllables(word.strip(".,"), "en") for word in text.split()) == 21
    assert reading_level(text, "en").grade == pytest.approx(0.39 * 10 + 11.8 * 2.1 - 15.59, abs=0.05)


@pytest.mark.parametrize(
    ("word", "language", "count"),
    [
        ("made", "en", 1), ("table", "en", 2), ("wanted", "en", 2), ("used", "en", 1), ("changes", "en", 2),
        ("people", "en", 2), ("settlement", "en", 3), ("customer", "en", 3), ("the", "en", 1),
        ("terugbetaling", "nl", 5), ("mooie", "nl", 1), ("Bestellung", "de", 3), ("Lieferung", "de", 3),
        ("Auto", "de", 2), ("devolución", "es", 4), ("días", "es", 2), ("guitarra", "es", 3), ("ciudad", "es", 2),
        ("pengene", "nb", 3),
    ],
)  # fmt: skip
def test_syllables(word, language, count):
    assert syllables(word, language) == count


LONG = (
    "We have looked at your account and we can see that the payment came in on Monday morning but the bank "
    "sent it back to us on the same day without a reason that we could see."
)


def test_a_long_sentence_is_pointed_at_and_cut_at_a_joint():
    text = f"Thank you. {LONG}"
    level = reading_level(text, "en")
    assert level.longest is not None
    assert text[level.longest.start : level.longest.end] == LONG
    assert "End it before “but the bank” and begin a new one." in level.advice


def test_a_long_sentence_without_a_joint():
    text = " ".join(f"word{'s' * (n % 3)} here" for n in range(14)) + "."
    assert "Say it in two." in reading_level(text, "en").advice


@pytest.mark.parametrize("text", ["", "   ", "12 34", "Yes, of course.", "\u3042" * 50])
def test_too_little_to_say(text):
    level = reading_level(text, "en")
    assert (level.grade, level.advice, level.longest) == (0.0, "", None)


def test_names_are_as_long_as_they_are():
    level = reading_level(f"{HARD['en'][:-1]} in Massachusettensia.", "en")
    assert "massachusettensia" not in level.advice.casefold()


SECOND_LANGUAGE = [
    "Kindly do the needful and revert back to me sir.",
    "I am having your order in front of me and same will be delivered tomorrow itself only.",
    "He don't have receive the parcel yet, please to check with the neighbour.",
    "Please find the below details and do reply me on the same.",
]


@pytest.mark.parametrize("text", SECOND_LANGUAGE)
def test_never_a_remark_on_the_english(text):
    level = reading_level(text, "en")
    assert level.advice == ""


def test_advice_knows_lengths_alone():
    text = f"Kindly do the needful. {LONG.replace('We have', 'We has')}"
    advice = reading_level(text, "en").advice
    assert advice.startswith("The longest sentence has")
    for word in ("grammar", "spelling", "English", "kindly", "needful", "has looked"):
        assert word not in advice


def test_levels_are_bounded():
    for language in ("en", "nl", "de", "es", "nb", "pl", ""):
        for text in ("a " * 500, "unverhältnismäßigkeitsprüfung " * 60, HARD["en"] * 30):
            assert 0.0 <= reading_level(text, language).grade <= 20.0
