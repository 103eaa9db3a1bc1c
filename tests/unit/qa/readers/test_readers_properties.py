"""Whatever comes in: text round trips, and bytes give transcripts or an InputError, nothing else."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_shapes import SHAPES

from models.errors import InputError
from qa.readers import parse

letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzäéñßжあ")
word = st.text(letters, min_size=1, max_size=8)
sentence = (
    st.lists(word, min_size=1, max_size=8)
    .map(" ".join)
    .flatmap(
        lambda text: st.sampled_from(
            [text, text + ".", text + "?", text + ", yes!", text + " 12:30", text + ": so"]
        )
    )
)
turns = st.lists(st.tuples(st.sampled_from(["agent", "customer"]), sentence), min_size=1, max_size=12)


@given(turns)
def test_plain_text_round_trip(said):
    text = "".join(f"{speaker.title()}: {words}\n" for speaker, words in said)
    transcript = parse(text.encode())[0]
    assert [(t.speaker, t.text) for t in transcript.turns] == said


@given(turns)
def test_json_round_trip(said):
    content = json.dumps({"turns": [{"speaker": speaker, "text": words} for speaker, words in said]}).encode()
    assert [(t.speaker, t.text) for t in parse(content)[0].turns] == said


@given(turns)
def test_captions_round_trip(said):
    cues = (
        f"{n + 1}\n00:{n:02}:00,000 --> 00:{n:02}:05,000\n{speaker.title()}: {words}\n"
        for n, (speaker, words) in enumerate(said)
    )
    transcript = parse("\n".join(cues).encode())[0]
    assert [(t.speaker, t.text, t.start_s) for t in transcript.turns] == [
        (s, w, n * 60.0) for n, (s, w) in enumerate(said)
    ]


@given(st.binary(max_size=300))
def test_any_bytes_give_transcripts_or_an_input_error(content):
    try:
        found = parse(content, name="x")
    except InputError:
        return
    assert all(turn.text.strip() for transcript in found for turn in transcript.turns)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_damaged_files_give_transcripts_or_an_input_error(name, data):
    content = SHAPES[name][1]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    patch = data.draw(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from([b"null", b"[]", b"{}", b'""', b"-1", b"1e999", b",", b"\n"]),
        )
    )
    try:
        found = parse(content[:start] + patch + content[end:], name="x")
    except InputError:
        return
    for transcript in found:
        starts = [turn.start_s for turn in transcript.turns if turn.start_s is not None]
        assert starts == sorted(starts)
        assert transcript.digest
