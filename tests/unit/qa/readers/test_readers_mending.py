"""What is mended, and that it is said: encodings, NUL, halves of characters, times, empty turns, odd JSON."""

import time

import pytest
from reader_shapes import OWN
from shape_parts import js

from models.codec import from_json, to_json
from models.errors import InputError
from models.records import Transcript
from qa.readers import parse


def codes(transcript):
    return {w.code for w in transcript.warnings}


def own(*turns, **more):
    return js({"id": "x", "turns": [{"speaker": s, "text": t, **extra} for s, t, extra in turns], **more})


def test_halves_of_characters_and_nul_in_json():
    content = b'{"id": "a\\u0000b", "turns": [{"speaker": "agent", "text": "x\\ud800y\\\\ud800 \\ud83d\\ude00 \\u0000z"}, {"speaker": "customer", "text": "\\udfff!"}]}'
    transcript = parse(content)[0]
    assert [t.text for t in transcript.turns] == ["x\ufffdy\\ud800 \U0001f600  z", "\ufffd!"]
    assert {"surrogate-replaced", "nul-replaced"} <= codes(transcript)
    assert to_json(transcript).encode()


def test_nul_in_text_becomes_a_blank_and_other_controls_stay():
    transcript = parse("Agent: a\x00b \x1b[31m \u202eevil\nCustomer: c".encode())[0]
    assert transcript.turns[0].text == "a b \x1b[31m \u202eevil"
    assert "nul-replaced" in codes(transcript)


def test_damaged_utf8_keeps_what_is_good():
    content = "Agent: Grüße aus Köln über München\nCustomer: café".encode().replace("é".encode(), b"\xe9")
    transcript = parse(content)[0]
    assert transcript.turns[0].text == "Grüße aus Köln über München"
    assert transcript.turns[1].text == "caf\ufffd"
    assert "encoding-damaged" in codes(transcript)


def test_empty_turns_are_dropped_with_one_count():
    transcript = parse(
        own(("agent", "hello", {}), ("customer", " \n", {}), ("agent", "", {}), ("customer", "hi", {}))
    )[0]
    assert [t.text for t in transcript.turns] == ["hello", "hi"]
    assert [w.message for w in transcript.warnings if w.code == "empty-turns"] == [
        "2 turns without words were left out"
    ]


def test_times_are_clamped_never_invented():
    transcript = parse(
        own(
            ("agent", "a", {"start_s": 5, "end_s": 2}),
            ("customer", "b", {"start_s": -3, "end_s": 1}),
            ("agent", "c", {"start_s": None, "end_s": None}),
            ("customer", "d", {"start_s": "soon", "end_s": float("inf")}),
        )
    )[0]
    assert {t.text: (t.start_s, t.end_s) for t in transcript.turns} == {
        "a": (5.0, 5.0),
        "b": (0.0, 1.0),
        "c": (None, None),
        "d": (None, None),
    }
    assert {"time-clamped", "time-negative"} <= codes(transcript)


def test_untimed_turns_stay_behind_the_one_before_them():
    transcript = parse(
        own(
            ("agent", "3", {"start_s": 9}),
            ("agent", "4", {}),
            ("customer", "1", {"start_s": 1}),
            ("customer", "2", {}),
        )
    )[0]
    assert [t.text for t in transcript.turns] == ["1", "2", "3", "4"]


def test_wall_clock_times_sort_too_and_a_missing_zone_is_said():
    transcript = parse(
        own(("agent", "2", {"at": "2026-03-01T09:05:00"}), ("customer", "1", {"at": "2026-03-01T09:00:00"}))
    )[0]
    assert [t.text for t in transcript.turns] == ["1", "2"]
    assert transcript.started_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert "zone-assumed" in codes(transcript)


def test_our_own_json_comes_back_as_it_was():
    value = {**OWN, "metadata": {"required": ["recording-notice"], "queue": "q"}}
    value["turns"] = [
        {
            **value["turns"][0],
            "id": "t1",
            "participant": "a17",
            "confidence": 0.5,
            "language": "en",
            "visibility": "internal",
        },
        {**value["turns"][1], "at": "2026-03-01T09:00:05+00:00"},
    ]
    first = parse(js(value), name="a.json", client="acme")[0]
    again = parse(to_json(first).encode(), name="a.json", client="acme")[0]
    assert again.turns == first.turns
    assert (again.id, again.agent, again.channel, again.language, again.started_at) == (
        first.id,
        first.agent,
        first.channel,
        first.language,
        first.started_at,
    )
    assert again.metadata["required"] == ["recording-notice"]
    assert (first.turns[0].visibility, first.turns[0].participant, first.turns[0].id) == (
        "internal",
        "a17",
        "t1",
    )
    assert from_json(Transcript, to_json(first)) == first


def test_json_with_comments_trailing_commas_and_a_tail():
    text = b'{\n "id": "x", // whose\n "url": "https://example.invalid//a", "turns": [{"speaker": "agent", "text": "a // b, }",},],\n}\n}'
    transcript = parse(text)[0]
    assert transcript.turns[0].text == "a // b, }"
    assert {"json-comments", "json-tail"} <= codes(transcript)


def test_json_lines_with_a_broken_line_keep_the_others():
    content = js(OWN) + b'\n{"id": "broken", "turns": [\n' + js({**OWN, "id": "own-2"}) + b"\n"
    found = parse(content, name="all.jsonl")
    assert [t.id for t in found] == ["own-1", "own-2"]
    assert "json-tail" in codes(found[0])


def test_text_that_begins_like_json_is_still_text():
    assert len(parse(b"[00:12] Agent: hello\n[00:15] Customer: hi")[0].turns) == 2
    assert len(parse(b"[Transcript Start]\nAgent: hello\nCustomer: hi")[0].turns) == 2


def test_deep_metadata_is_left_out_not_followed():
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    transcript = parse(
        b'{"turns": [{"speaker": "agent", "text": "hi"}], "metadata": {"deep": ' + deep + b"}}"
    )[0]
    assert "deep" not in transcript.metadata
    assert to_json(transcript)


def test_an_assistant_is_read_as_the_agent_and_said():
    transcript = parse(
        js(
            {
                "messages": [
                    {"role": "system", "content": "Be kind."},
                    {"role": "user", "content": "Hi"},
                    {"role": "assistant", "content": "Hello"},
                ]
            }
        )
    )[0]
    assert [t.speaker for t in transcript.turns] == ["system", "customer", "agent"]
    assert "assistant-as-agent" in codes(transcript)


@pytest.mark.parametrize("key", ["Turns", "messages", "utterances", "conversation", "transcript", "dialogue"])
@pytest.mark.parametrize(
    "pair", [("speaker", "text"), ("role", "message"), ("Speaker", "content"), ("author", "utterance")]
)
def test_objects_with_turns_under_other_names(key, pair):
    who, what = pair
    content = js(
        {"conversation_id": "c", key: [{who: "Agent", what: "hello"}, {who: "Customer", what: "hi"}]}
    )
    assert [(t.speaker, t.text) for t in parse(content)[0].turns] == [("agent", "hello"), ("customer", "hi")]


def test_ids_without_a_name_or_an_id_come_from_the_content():
    first, second = parse(b"Agent: hello\nCustomer: hi"), parse(b"Agent: hello\nCustomer: hi")
    assert first[0].id == second[0].id
    assert first[0].id.startswith("contact-")
    assert [t.id for t in parse(b"id,speaker,text\n,Agent,hi\n", name="week 9.csv")] == ["week 9"]


HOSTILE = {
    "brackets": b"[" * 200_000,
    "objects": b'{"a":' * 60_000,
    "unclosed strings": b'{"a\n' * 60_000,
    "escaped quotes": b'{"a":' + b'\\"' * 100_000,
    "colons": b"A:" * 100_000,
    "open asides": b"Agent: hi\n" + (b"(" + b" " * 250 + b"\n") * 1_000,
    "open tags": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 60_000,
    "markup": b"<p>" * 20_000 + b"Agent: hi",
    "commas": b"," * 200_000 + b"\n",
    "blank lines": b"\n" * 200_000 + b"Agent: hi\nCustomer: hi",
    "many labels": b"".join(b"Nam%06d: hello\n" % n for n in range(15_000)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_cost_seconds_at_most(case):
    began = time.process_time()
    try:
        parse(HOSTILE[case])
    except InputError:
        pass
    assert time.process_time() - began < 5


def test_a_large_text_is_read_in_reasonable_time():
    text = (
        b"Agent: Thank you for calling, how can I help you with this today?\nCustomer: I would like to know why.\n"
        * 8_000
    )
    began = time.process_time()
    assert len(parse(text)[0].turns) == 16_000
    assert time.process_time() - began < 5
