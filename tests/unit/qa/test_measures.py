from datetime import UTC, datetime, timedelta

import pytest

from models.records import Transcript, Turn
from qa.measures import MEASURES


def contact(*turns, **metadata):
    made = tuple(Turn(who, words, start_s=start, end_s=end) for who, words, start, end in turns)
    return Transcript(id="c", client="acme", turns=made, metadata=metadata)


TALK = contact(
    ("agent", "one two three four", 0.0, 10.0),
    ("customer", "five six", 8.0, 12.0),
    ("customer", "seven", 15.0, 16.0),
    ("agent", "eight nine ten", 20.0, 30.0),
)
UNTIMED = Transcript(id="c", client="acme", turns=(Turn("agent", "one two"), Turn("customer", "three")))
NOBODY = Transcript(id="c", client="acme", turns=())
NOTE = Transcript(
    id="c",
    client="acme",
    turns=(*TALK.turns, Turn("agent", "a note", start_s=500.0, end_s=900.0, visibility="internal")),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("longest_silence_s", 4.0),
        ("silence_share", 100 * 7 / 30),
        ("agent_talk_share", 80.0),
        ("agent_word_share", 70.0),
        ("agent_turns", 2.0),
        ("agent_words", 7.0),
        ("words_per_minute", 20.0),
        ("duration_s", 30.0),
        ("longest_wait_s", 8.0),
        ("hold_s", None),
    ],
)
def test_values(name, value):
    expected = None if value is None else pytest.approx(value)
    assert MEASURES[name].read(TALK) == expected
    assert MEASURES[name].read(NOTE) == expected  # a note was never said


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_without_times_nothing_is_invented(name):
    timed = name not in ("agent_word_share", "agent_turns", "agent_words")
    assert (MEASURES[name].read(UNTIMED) is None) == timed
    assert MEASURES[name].read(NOBODY) in (None, 0.0)
    assert MEASURES[name].needs
    assert MEASURES[name].unit


@pytest.mark.parametrize(
    ("metadata", "seconds"),
    [
        ({"hold_s": 40}, 40.0),
        ({"hold_s": -1}, None),
        ({"hold_s": True}, None),
        ({"events": [{"type": "hold", "start_s": 5}, {"type": "resume", "start_s": 25.5}]}, 20.5),
        ({"events": [{"type": "HOLD", "start_s": 5}]}, None),
        ({"events": [{"type": "resume", "start_s": 5}, "odd", {"type": "hold", "start_s": "soon"}]}, None),
    ],
)
def test_hold_is_what_the_source_says(metadata, seconds):
    assert MEASURES["hold_s"].read(contact(("agent", "one", 0.0, 1.0), **metadata)) == seconds


def test_a_chat_has_wall_clock_times():
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    chat = Transcript(
        id="c",
        client="acme",
        turns=tuple(
            Turn(who, "words", at=noon + timedelta(seconds=seconds))
            for who, seconds in (
                ("customer", 0),
                ("customer", 60),
                ("agent", 90),
                ("customer", 100),
                ("agent", 110),
            )
        ),
    )
    assert MEASURES["longest_wait_s"].read(chat) == 90.0


def test_nobody_waits_for_an_answer_that_never_comes():
    assert MEASURES["longest_wait_s"].read(contact(("customer", "one", 0.0, 1.0))) is None
