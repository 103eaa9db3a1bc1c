"""Script alignment and call-outs in the other five languages, with small scripts of our own."""

from __future__ import annotations

import pytest

from models.records import Document
from qa.detectors.scripting import VERBATIM, ScriptBook
from qa.detectors.talk import says
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

SCRIPTS = {
    "nl": (
        "Uw bestelling {nummer} is vandaag aan de bezorger meegegeven en komt {dag} bij u aan.",
        "Uw bestelling 4417 is vandaag aan de bezorger meegegeven en komt vrijdag bij u aan.",
        "ja uw bestelling 4417 is vandaag aan de bezoger meegegeven en komt eh vrijdag bij u aan",
        "Ik zie dat de bezorger het pakket net heeft opgehaald, dus u hebt het vrijdag.",
    ),
    "de": (
        "Ihre Rücksendung ist bei uns eingegangen, und der Betrag von {Betrag} wird Ihnen überwiesen.",
        "Ihre Rücksendung ist bei uns eingegangen, und der Betrag von 40 Euro wird Ihnen überwiesen.",
        "also ihre rücksendung ist bei uns eingegangen und der betrag von 40 euro wird ihnen überwisen",
        "Die Schuhe sind gestern angekommen, das Geld geht heute noch an Ihre Bank.",
    ),
    "es": (
        "Hemos recibido su solicitud y un técnico visitará su domicilio el {día} por la mañana.",
        "Hemos recibido su solicitud y un técnico visitará su domicilio el martes por la mañana.",
        "hemos recibido su solisitud y un técnico visitará su domicilio el martes por la mañana",
        "El martes pasa alguien por su casa a mirar la caldera, antes de comer.",
    ),
    "fr": (
        "Votre carte a bien été bloquée et une nouvelle carte vous sera envoyée sous {délai}.",
        "Votre carte a bien été bloquée et une nouvelle carte vous sera envoyée sous cinq jours.",
        "euh votre carte a bien été bloqué et une nouvelle carte vous sera envoyée sous cinq jours",
        "J'ai coupé la carte à l'instant, la prochaine part demain par la poste.",
    ),
    "no": (
        "Fakturaen din er betalt, og du får en bekreftelse på {adresse} i løpet av dagen.",
        "Fakturaen din er betalt, og du får en bekreftelse på e-post i løpet av dagen.",
        "fakturaen din er betalt og du får en bekreftels på e-post i løpet av dagen",
        "Pengene kom inn i går, så nå er alt i orden. Kvitteringen kommer straks.",
    ),
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_line_is_found_read_out_and_misheard_and_not_in_own_words(language: str) -> None:
    line, clean, misheard, own = SCRIPTS[language]
    book = ScriptBook(Library(Document(id="scripts/s", kind="script", text=f"- {line}", language=language)))
    for said in (clean, misheard):
        found = book.recite(contact(f"A: {said}")).found
        assert [recital.line.label for recital in found] == [VERBATIM], said
        assert found[0].p >= 0.8
    assert book.recite(contact(f"A: {own}")).found == ()


@pytest.mark.parametrize(
    "said",
    [
        "Are you reading that off a script?",
        "Leest u dit voor?",
        "Dat zei u al.",
        "Bent u een robot?",
        "Spreek ik met een robot?",
        "Lesen Sie das gerade ab?",
        "Das sagten Sie schon.",
        "Sind Sie ein Roboter?",
        "Das ist doch ein Textbaustein.",
        "¿Está leyendo un guion?",
        "Eso ya me lo dijo.",
        "¿Es usted un robot?",
        "Vous lisez un script ?",
        "Vous me l'avez déjà dit.",
        "C'est une réponse toute faite.",
        "Je parle à un robot ?",
        "Leser du opp fra et manus?",
        "Det har du allerede sagt.",
        "Er du en robot?",
        "Dette er jo bare et standardsvar.",
    ],
)
def test_called_out(said: str) -> None:
    assert says("called_out", said)


@pytest.mark.parametrize(
    "said",
    [
        "I was reading your email about the script for the play.",
        "Ik lees het nog eens na.",
        "Dat had u kunnen zeggen.",
        "Ich habe den Roboter bei Ihnen gekauft.",
        "Ich lese Ihnen die Nummer vor.",
        "Compré un robot de cocina.",
        "Estoy leyendo la factura.",
        "J'ai acheté un robot de cuisine.",
        "Je lis la facture.",
        "Jeg kjøpte en robotstøvsuger.",
        "Jeg leser det på skjermen min.",
    ],
)
def test_not_called_out(said: str) -> None:
    assert not says("called_out", said)
