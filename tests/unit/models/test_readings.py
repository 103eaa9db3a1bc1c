"""Transcripts read once for all detectors."""

import numpy as np
import pytest

from models.encoders import HashingEncoder
from models.readings import Reading, Sentence, read
from models.records import Span, Transcript, Turn

CONTACT = Transcript(
    id="c1",
    client="acme",
    turns=(
        Turn(speaker="agent", text="Hello. How can I help?"),
        Turn(speaker="customer", text=" My bill went up\n Why? "),
        Turn(speaker="agent", text="She is right. Credit her.", visibility="internal"),
        Turn(speaker="agent", text=""),
        Turn(speaker="agent", text="Hello."),
        Turn(speaker="system", text="Moved."),
    ),
)


class Counting:
    """The hashing encoder, with a list of what it was asked."""

    def __init__(self):
        self.inner = HashingEncoder(32)
        self.name, self.dimension = self.inner.name, 32
        self.calls = []

    def encode(self, texts):
        self.calls.append(list(texts))
        return self.inner.encode(texts)


def test_sentences_and_their_addresses():
    [reading] = read([CONTACT])
    assert [sentence.text for sentence in reading.sentences] == [
        "Hello.", "How can I help?", "My bill went up", "Why?", "Hello.", "Moved.",
    ]  # fmt: skip
    assert reading.sentences[2] == Sentence(Span(1, 1, 16), "My bill went up")
    assert all(CONTACT.quote(sentence.span) == sentence.text for sentence in reading.sentences)
    assert reading.vectors is None


def test_turns_by_speaker_are_public_ones():
    [reading] = read([CONTACT])
    assert reading.agent_turns == [0, 3, 4]
    assert reading.customer_turns == [1]


@pytest.mark.parametrize(
    ("turn", "texts"),
    [
        (0, ["Hello.", "How can I help?"]),
        (1, ["My bill went up", "Why?"]),
        (2, []),
        (3, []),
        (4, ["Hello."]),
        (9, []),
    ],
)
def test_sentences_of_a_turn(turn, texts):
    [reading] = read([CONTACT])
    assert [sentence.text for sentence in reading.of(turn)] == texts
    assert [reading.sentences[row].text for row in reading.rows(turn)] == texts


def test_each_distinct_sentence_is_encoded_once_for_all_transcripts():
    encoder = Counting()
    other = Transcript(id="c2", client="acme", turns=(Turn(speaker="agent", text="Why? Goodbye."),))
    silent = Transcript(id="c3", client="acme", turns=())
    readings = read([CONTACT, other, silent], encoder=encoder)
    assert len(encoder.calls) == 1
    assert sorted(encoder.calls[0]) == sorted(
        ["Hello.", "How can I help?", "My bill went up", "Why?", "Moved.", "Goodbye."]
    )
    for reading in readings:
        expected = encoder.inner.encode([sentence.text for sentence in reading.sentences])
        assert reading.vectors.shape == (len(reading.sentences), 32)
        assert reading.vectors.dtype == np.float32
        assert np.array_equal(reading.vectors, expected)


@pytest.mark.parametrize(
    ("of_turn", "of_transcript", "sentences"),
    [
        (None, None, ["See Mt. Ida."]),
        ("en-US", "xx", ["See Mt. Ida."]),
        (None, "xx", ["See Mt.", "Ida."]),
        ("xx", "en", ["See Mt.", "Ida."]),
    ],
)
def test_the_language_is_the_turns_then_the_transcripts_then_english(of_turn, of_transcript, sentences):
    turn = Turn(speaker="agent", text="See Mt. Ida.", language=of_turn)
    [reading] = read([Transcript(id="c1", client="acme", language=of_transcript, turns=(turn,))])
    assert [sentence.text for sentence in reading.sentences] == sentences


def test_no_transcripts_give_no_readings():
    assert read([]) == []
    assert read([], encoder=HashingEncoder()) == []


def test_equal_readings_are_equal_with_and_without_vectors():
    [plain], [encoded] = read([CONTACT]), read([CONTACT], encoder=HashingEncoder())
    assert plain == encoded == Reading(CONTACT, plain.sentences)
    assert "vectors" not in repr(encoded)
