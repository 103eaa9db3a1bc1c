from knowledge_base import KnowledgeBase
from knowledge_base.fusion import relevance
from models.encoders import HashingEncoder
from models.records import Document


def test_either_argument_raises_the_relevance():
    assert relevance(0.5, 0.5) > relevance(0.4, 0.5)
    assert relevance(0.5, 0.5) > relevance(0.5, 0.4)


def test_an_encoder_may_say_what_words_weigh_beside_its_cosines():
    class Far(HashingEncoder):
        """Knows one word, which the question and one of the two documents have."""

        def encode(self, texts):
            return super().encode(["one" if "pay" in text else "refund" for text in texts])

    documents = [Document("words", "A refund takes five days."), Document("rows", "We pay within the week.")]
    first = []
    for weight in (0.0, 50.0):
        encoder = Far()
        encoder.word_weight = weight
        kb = KnowledgeBase("shop", encoder=encoder)
        kb.add(documents)
        first.append(kb.search("when do you pay a refund that takes days", limit=1)[0].passage.document)
    assert first == ["rows", "words"]
