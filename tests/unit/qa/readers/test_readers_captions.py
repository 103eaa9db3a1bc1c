"""WebVTT, SRT and SBV as they are found, and WhatsApp exports."""

import pytest

from qa.readers import parse


def read(text, **options):
    return parse(text.encode(), name="t.txt", **options)[0]


def said(text):
    return [(t.speaker, t.text) for t in read(text).turns]


def test_voices_two_in_a_cue_classes_and_entities():
    text = (
        "WEBVTT - title\nKind: captions\n\nNOTE\nnot said\n\nSTYLE\n::cue { color: red }\n\n"
        "cue one\n00:00:01.000 --> 00:00:04.000 align:start\n<v.loud Agent>Fish &amp; chips?</v> <v Customer>Yes &lt;3\n\n"
        "00:05.000 --> 00:06.000\n<v Agent>Plain <i>italic</i> <00:05.500>timed\n"
    )
    transcript = read(text)
    assert [(t.speaker, t.text, t.start_s, t.end_s) for t in transcript.turns] == [
        ("agent", "Fish & chips?", 1.0, 4.0),
        ("customer", "Yes <3", 1.0, 4.0),
        ("agent", "Plain italic timed", 5.0, 6.0),
    ]


def test_milliseconds_hours_and_overlap_are_kept():
    text = "WEBVTT\n\n01:00:00.125 --> 01:00:04.875\n<v Agent>one\n\n01:00:03.250 --> 01:00:06.000\n<v Customer>two\n"
    assert [(t.start_s, t.end_s) for t in read(text).turns] == [(3600.125, 3604.875), (3603.25, 3606.0)]


def test_an_end_before_the_start_is_clamped_and_counted():
    text = "WEBVTT\n\n00:10.000 --> 00:02.000\n<v Agent>one\n\n00:13.000 --> 00:03.000\n<v Customer>two\n"
    transcript = read(text)
    assert [(t.start_s, t.end_s) for t in transcript.turns] == [(10.0, 10.0), (13.0, 13.0)]
    assert [w.message for w in transcript.warnings if w.code == "time-clamped"] == [
        "2 turns ended before they started; the end was moved"
    ]


def test_rolling_captions_are_said_once():
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nhello there\n\n00:02.000 --> 00:03.000\nhello there\nhow are you\n\n"
        "00:03.000 --> 00:04.000\nhello there\nhow are you\nall well\n"
    )
    transcript = read(text)
    assert [t.text for t in transcript.turns] == ["hello there", "how are you", "all well"]
    assert "rolling-captions" in {w.code for w in transcript.warnings}
    twice = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Yes.\n\n00:02.000 --> 00:03.000\n<v Customer>Yes.\n\n00:03.000 --> 00:04.000\n<v Agent>Good.\n"
    assert [t[1] for t in said(twice)] == ["Yes.", "Yes.", "Good."]


def test_a_cue_without_times_keeps_its_words():
    transcript = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>one\n\n<v Customer>two\n\n00:03.000 --> 00:04.000\n<v Agent>three\n"
    )
    assert [(t.text, t.start_s) for t in transcript.turns] == [("one", 1.0), ("two", None), ("three", 3.0)]
    assert "cue-without-time" in {w.code for w in transcript.warnings}


def test_srt_empty_cues_lines_labels_and_windows_encoding():
    text = (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\n[SPEAKER_00]: Thank you for calling, how can I help you?\r\n\r\n"
        "2\r\n00:00:02,000 --> 00:00:03,000\r\n\r\n3\r\n00:00:03,000 --> 00:00:04,000\r\n"
        "[SPEAKER_01]: I want my café order,\r\nit is late.\r\n\r\n4\r\n00:00:04,000 --> 00:00:05,000\r\nand cold.\r\n"
    )
    transcript = parse(text.encode("cp1252"), name="a.srt")[0]
    assert [(t.speaker, t.text, t.start_s) for t in transcript.turns] == [
        ("agent", "Thank you for calling, how can I help you?", 1.0),
        ("customer", "I want my café order,\nit is late.", 3.0),
        ("customer", "and cold.", 4.0),
    ]
    assert {"empty-turns", "speaker-carried", "encoding-guessed", "speaker-inferred"} <= {
        w.code for w in transcript.warnings
    }


def test_sbv():
    text = "0:00:00.378,0:00:11.378\nAgent: one\n(still one)\n\n0:00:11.378,0:00:12.305\nCustomer: two\n"
    assert said(text) == [("agent", "one\n(still one)"), ("customer", "two")]


SHAPES = {
    "Android": "23/11/26, 13:05 - Dana: Hello\n23/11/26, 13:06 - Eva: Hi\nthere",
    "iPhone": "[23/11/26, 13:05:10] Dana: Hello\n[23/11/26, 13:06:10] Eva: Hi\nthere",
    "marks": "\u200e[23/11/26, 1:05:10\u202fPM] Dana: \u200eHello\n[23/11/26, 1:06:10\u202fp.\xa0m.] Eva: Hi\nthere",
    "American": "11/23/26, 1:05 PM - Dana: Hello\n11/23/26, 1:06 PM - Eva: Hi\nthere",
    "German": "23.11.26, 13:05 - Dana: Hello\n23.11.26, 13:06 - Eva: Hi\nthere",
    "year first": "[2026-11-23, 13:05:10] Dana: Hello\n[2026-11-23, 13:06:10] Eva: Hi\nthere",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whatsapp_lines(shape):
    transcript = read(SHAPES[shape], agent="Dana")
    assert transcript.metadata["format"] == "whatsapp"
    assert [(t.speaker, t.text, t.start_s) for t in transcript.turns] == [
        ("agent", "Hello", None),
        ("customer", "Hi\nthere", None),
    ]
    assert transcript.turns[0].at.isoformat()[:16] == "2026-11-23T13:05"
    assert "date-order-assumed" not in {w.code for w in transcript.warnings}
    assert transcript.channel == "whatsapp"


def test_whatsapp_undecidable_dates_are_said_and_order_in_time_decides():
    undecided = read("03/04/26, 13:05 - Dana: Hello\n03/04/26, 13:06 - Eva: Hi", agent="Dana")
    assert "date-order-assumed" in {w.code for w in undecided.warnings}
    decided = read("01/02/26, 13:05 - Dana: Hello\n02/01/26, 13:06 - Eva: Hi", agent="Dana")
    assert [t.at.isoformat()[:10] for t in decided.turns] == ["2026-01-02", "2026-02-01"]


def test_whatsapp_system_lines_and_media_are_events():
    text = "23/11/26, 13:00 - Messages are encrypted\n23/11/26, 13:05 - Dana: Hello\n23/11/26, 13:06 - Eva: <Media omitted>\n23/11/26, 13:07 - Eva: Hi"
    transcript = read(text, agent="Dana")
    assert [t.text for t in transcript.turns] == ["Hello", "Hi"]
    assert [e["type"] for e in transcript.metadata["events"]] == ["system", "media"]
