import itertools
import json

import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.calibration import Calibration, fit, own_sentence, strictest, utterances
from models.encoders import HashingEncoder
from models.records import Document

SCALE = Calibration((0.8, 0.7, 0.6), 0.05)
DOCUMENTS = [
    Document("rides", "# Ride times\n\nThe ferry across the lake takes forty minutes and leaves every hour.", kind="faq"),
    Document("tickets", "# Tickets\n\nA day ticket for the ferry costs nine euros; children under six ride free.", kind="faq"),
]  # fmt: skip


class NoEncoder(HashingEncoder):
    def encode(self, texts):
        raise RuntimeError


class Counting(HashingEncoder):
    def __init__(self):
        super().__init__(72)
        self.name = "counting-72@1"
        self.count = 0

    def encode(self, texts):
        self.count += len(texts)
        return super().encode(texts)


def test_more_relevance_is_never_less_probable():
    values = [SCALE.rate([step / 20], ["a"], words=4)[0][0] for step in range(-10, 60)]
    assert all(0 <= value <= 1 for value in values)
    assert all(low <= high for low, high in itertools.pairwise(values))


def test_half_way_is_the_level_of_its_length():
    for words, level in ((0, 0.8), (1, 0.8), (2, 0.7), (3, 0.6), (40, 0.6)):
        scores, answerable = SCALE.rate([level], ["a"], words=words)
        assert scores == [pytest.approx(0.5)]
        assert answerable == pytest.approx(0.5)


def test_documents_that_fit_alike_share_the_belief_and_the_query_stays_answerable():
    alone, _ = SCALE.rate([0.9], ["a"], words=4)
    shared, answerable = SCALE.rate([0.9, 0.9], ["a", "b"], words=4)
    assert alone[0] > 0.9
    assert shared == [pytest.approx(0.5, abs=0.01)] * 2
    assert answerable > 0.9
    same_document, _ = SCALE.rate([0.9, 0.9], ["a", "a"], words=4)
    assert same_document == [pytest.approx(alone[0])] * 2


def test_no_hits_nothing_answers():
    assert SCALE.rate([], [], words=3) == ([], 0.0)
    scores, answerable = SCALE.rate([1e9, -1e9], ["a", "b"], words=3)
    assert (scores, answerable) == ([1.0, 0.0], 1.0)


def test_the_scale_moves_and_stretches_with_the_ranker():
    noise = [(0.01 * step, 1 + step % 3) for step in range(60)]
    plain = fit(noise, [1.0])
    moved = fit([(3 * value + 2, words) for value, words in noise], [5.0])
    for words in (1, 2, 3):
        for value in (0.3, 0.7, 1.0, 1.5):
            before, _ = plain.rate([value], ["a"], words=words)
            after, _ = moved.rate([3 * value + 2], ["a"], words=words)
            assert after == pytest.approx(before)


def test_without_anything_to_measure_there_is_a_scale_still():
    assert fit([], []).width > 0
    assert fit([(0.0, 3)] * 20, [0.0]).width > 0


def test_a_page_alone_is_measured_by_its_own_sentences():
    noise = [(0.02, 3)] * 50
    assert fit(noise, [1.0]).levels[2] > 0.3 > fit(noise, []).levels[2]


def test_the_strictest_of_several():
    assert strictest([SCALE, Calibration((0.1, 0.9, 0.1), 0.1)]) == Calibration((0.8, 0.9, 0.6), 0.1)


@pytest.mark.parametrize("language", ["en", "nl", "de", "no", "fr", "es"])
def test_utterances_stand_once_and_are_of_every_length(language):
    lines = utterances(language)
    assert len(lines) == len({line.casefold() for line in lines}) >= 75
    assert all(line == line.strip() for line in lines)
    assert sum(len(line.split()) <= 2 for line in lines) >= 10


def test_utterances_of_other_languages():
    assert utterances("nb") == utterances("nn") == utterances("no")
    assert utterances("xx") == utterances("../en") == utterances("") == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hi. The ferry leaves the harbour every hour. Bye.", "ferry leaves harbour every hour"),
        ("Fares", "Fares"),
        ("", ""),
        ("one two three four five six seven eight", "one two three four five six"),
    ],
)
def test_a_sentence_of_its_own(text, kept):
    assert own_sentence(text, ["the"]) == kept


# By words alone a single page is too little to know which words are rare.
@pytest.mark.parametrize(
    ("encoder", "documents"),
    [(HashingEncoder, DOCUMENTS[:1]), (HashingEncoder, DOCUMENTS), (NoEncoder, DOCUMENTS)],
)
@pytest.mark.parametrize(
    ("query", "answered"),
    [
        ("how long does the ferry across the lake take", True),
        ("hello", False),
        ("good morning, how are you", False),
        ("thank you very much for your help", False),
        ("what is your name", False),
        ("my cat is ill and will not eat", False),
        ("how do I open a savings account", False),
    ],
)
def test_a_page_answers_what_it_says_and_nothing_else(encoder, documents, query, answered):
    kb = KnowledgeBase("acme", encoder=encoder())
    kb.add(documents)
    hits = kb.search(query)
    answerable = hits[0].answerable if hits else 0.0
    assert (answerable > (0.5 if encoder is HashingEncoder else 0.1)) == answered
    assert all(0 <= hit.score <= hit.answerable <= 1 for hit in hits)


def test_the_scale_does_not_depend_on_how_many_hits_are_asked_for():
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add(DOCUMENTS)
    assert kb.search("ferry for children", 1) == kb.search("ferry for children", 50)[:1]


def test_a_kept_scale_is_used_while_it_holds(tmp_path):
    first = KnowledgeBase.open(tmp_path, "acme", encoder=Counting())
    first.add(DOCUMENTS)
    hits = first.search("when does the ferry leave")
    (path,) = tmp_path.rglob("scale-*.json")
    encoder = Counting()
    assert KnowledgeBase.open(tmp_path, "acme", encoder=encoder).search("when does the ferry leave") == hits
    assert encoder.count == 1

    stored = json.loads(path.read_text())
    for damage in (
        b"junk",
        b"{}",
        json.dumps({**stored, "width": -1}).encode(),
        json.dumps({**stored, "content": "another"}).encode(),
        json.dumps({**stored, "probes": [{**stored["probes"][0], "reached": [9.0]}]}).encode(),
    ):
        path.write_bytes(damage)
        again = KnowledgeBase.open(tmp_path, "acme", encoder=Counting())
        assert again.search("when does the ferry leave") == hits
        assert json.loads(path.read_text()) == stored
