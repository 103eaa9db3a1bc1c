"""What is particular to a vendor: partials, overlap, words, loops, roles, signatures."""

import copy
import json

import pytest
from shape_parts import ANSWER, HELLO, js
from shapes_of_clouds import CCAI, GENESYS, LENS_VOICE, REAL_TIME, TRANSCRIBE
from shapes_of_helpdesks import INTERCOM, TWILIO, ZENDESK
from shapes_of_recognisers import ASSEMBLYAI, DEEPGRAM, VCON, VCON_WTF, signed

from models.errors import InputError
from qa.readers import parse


def read(value):
    return parse(js(value), name="x.json")[0]


def codes(transcript):
    return {w.code for w in transcript.warnings}


def test_overlap_is_kept_and_turns_sorted_by_start_with_ties_in_order():
    value = copy.deepcopy(LENS_VOICE)
    value["Transcript"].reverse()
    value["Transcript"].append(
        {
            "Id": "t3",
            "ParticipantId": "p1",
            "Content": "Tie",
            "BeginOffsetMillis": 3900,
            "EndOffsetMillis": 4100,
        }
    )
    turns = read(value).turns
    assert [(t.id, t.start_s, t.end_s) for t in turns] == [
        ("t1", 0.5, 4.0),
        ("t2", 3.9, 9.0),
        ("t3", 3.9, 4.1),
    ]


def test_contact_lens_partials_are_replaced_by_their_final_in_any_order():
    value = copy.deepcopy(REAL_TIME)
    value["Segments"].reverse()
    value["Segments"].append(
        {
            "Utterance": {
                "Id": "u9",
                "TranscriptId": "t9",
                "ParticipantId": "CUSTOMER",
                "PartialContent": "And also",
                "BeginOffsetMillis": 9000,
                "EndOffsetMillis": 9500,
            }
        }
    )
    transcript = read(value)
    assert [t.text for t in transcript.turns] == [HELLO, ANSWER, "And also"]
    assert "partial-turns" in codes(transcript)


def test_deepgram_groups_words_by_speaker_not_by_utterance():
    transcript = read(DEEPGRAM)
    assert [(t.participant, t.start_s) for t in transcript.turns] == [("speaker 0", 0.0), ("speaker 1", 6.0)]
    assert transcript.turns[0].confidence == pytest.approx(0.9)


def test_deepgram_channels_are_speakers_and_pauses_end_turns():
    value = copy.deepcopy(DEEPGRAM)
    heard = value["results"]["channels"][0]["alternatives"][0]["words"]
    agent = [w for w in heard if w["speaker"] == 0]
    later = [{**w, "start": w["start"] + 20, "end": w["end"] + 20} for w in agent]
    customer = [w for w in heard if w["speaker"] == 1]
    value["results"]["channels"] = [
        {"alternatives": [{"words": agent + later}]},
        {"alternatives": [{"words": customer}]},
    ]
    transcript = read(value)
    assert [(t.speaker, t.participant) for t in transcript.turns] == [
        ("agent", "channel 0"),
        ("customer", "channel 1"),
        ("agent", "channel 0"),
    ]
    assert transcript.metadata["speaker_from"] == "channel"


def test_deepgram_without_diarisation_uses_utterances_and_knows_nobody():
    value = copy.deepcopy(DEEPGRAM)
    for word in value["results"]["channels"][0]["alternatives"][0]["words"]:
        del word["speaker"]
    value["results"]["utterances"] = [
        {"start": 0.0, "end": 3.0, "transcript": HELLO},
        {"start": 6.0, "end": 9.0, "transcript": ANSWER},
    ]
    transcript = read(value)
    assert [t.text for t in transcript.turns] == [HELLO, ANSWER]
    assert "speaker-unknown" in codes(transcript)


def test_transcribe_words_points_and_string_times():
    turns = read(TRANSCRIBE).turns
    assert turns[0].text == HELLO
    assert turns[0].start_s == 0.0
    assert turns[1].start_s == 6.0


def test_assemblyai_words_when_utterances_are_null():
    value = {
        "id": "a",
        "audio_duration": 5,
        "utterances": None,
        "words": [
            {"text": "Hello", "start": 100, "end": 300, "speaker": "A"},
            {"text": "there.", "start": 310, "end": 500, "speaker": "A"},
            {"text": "Hi.", "start": 900, "end": 1200, "speaker": "B"},
        ],
    }
    assert [(t.participant, t.text, t.start_s) for t in read(value).turns] == [
        ("A", "Hello there.", 0.1),
        ("B", "Hi.", 0.9),
    ]
    assert read(ASSEMBLYAI).turns[0].end_s == 4.0


def test_whisper_loops_and_doubtful_segments_are_said():
    segments = [
        {"start": n, "end": n + 1, "text": " Thank you.", "avg_logprob": -1.5, "no_speech_prob": 0.1}
        for n in range(4)
    ]
    transcript = read({"text": "", "segments": segments, "language": "en"})
    assert {"asr-repetition", "asr-doubtful", "speaker-unknown"} <= codes(transcript)
    assert transcript.turns[0].text == "Thank you."
    assert 0.0 < transcript.turns[0].confidence < 1.0


def test_genesys_reads_every_transcript_and_matches_users_by_time():
    value = copy.deepcopy(GENESYS)
    value["participants"] = [
        {"userId": "u-1", "startTimeMs": 1772355600000, "endTimeMs": 1772355602000},
        {"userId": "u-2", "startTimeMs": 1772355602500, "endTimeMs": 1772355609000},
    ]
    value["transcripts"][1]["phrases"].append(
        {"participantPurpose": "internal", "text": "Taking over.", "startTimeMs": 1772355608000}
    )
    value["transcripts"][1]["phrases"].append(
        {"participantPurpose": "acd", "text": "Please hold.", "startTimeMs": 1772355603000}
    )
    transcript = read(value)
    assert [(t.speaker, t.participant) for t in transcript.turns] == [
        ("agent", "u-1"),
        ("system", "acd"),
        ("customer", "external"),
        ("agent", "u-2"),
    ]
    assert transcript.agent == ""


def test_ccai_microseconds_since_the_epoch():
    value = copy.deepcopy(CCAI)
    for entry in value["entries"]:
        entry["start_timestamp_usec"] += 1_772_355_600_000_000
    transcript = read(value)
    assert [t.start_s for t in transcript.turns] == [0.0, 4.5]
    assert transcript.started_at.isoformat() == "2026-03-01T09:00:00+00:00"


def test_twilio_channel_roles_when_the_record_is_there():
    value = {
        **TWILIO,
        "customer_key": "acme",
        "channel": {
            "participants": [
                {"channel_participant": 1, "role": "Agent"},
                {"channel_participant": 2, "role": "Customer"},
            ]
        },
    }
    transcript = read(value)
    assert [t.speaker for t in transcript.turns] == ["customer", "agent"]
    assert transcript.metadata["client_in_file"] == "acme"


def test_zendesk_without_users_takes_the_requester_for_the_customer():
    value = copy.deepcopy(ZENDESK)
    del value["users"]
    transcript = read(value)
    assert [t.speaker for t in transcript.turns] == ["agent", "customer", "agent"]
    assert transcript.metadata["speaker_from"] == "label"


def test_intercom_parts_out_of_order_are_sorted_and_notes_internal():
    value = copy.deepcopy(INTERCOM)
    value["conversation_parts"]["conversation_parts"].append(
        {
            "part_type": "note",
            "body": "<p>call back &amp; check</p>",
            "created_at": 1772355630,
            "author": {"type": "admin", "id": "11"},
        }
    )
    transcript = read(value)
    assert [(t.speaker, t.visibility) for t in transcript.turns] == [
        ("agent", "public"),
        ("agent", "internal"),
        ("customer", "public"),
    ]
    assert transcript.turns[1].text == "call back & check"


# -- vCon ---------------------------------------------------------------------------------------


def test_vcon_dialogs_are_sorted_and_parties_known():
    transcript = read(VCON)
    assert [t.speaker for t in transcript.turns] == ["agent", "customer"]
    assert [t.participant for t in transcript.turns] == ["party 1", "party 0"]
    assert (transcript.started_at.isoformat(), transcript.channel) == ("2026-03-01T09:00:00+00:00", "chat")


def test_vcon_reuses_the_vendors_reader_and_keeps_the_first_transcript_of_a_dialog():
    value = copy.deepcopy(VCON_WTF)
    first = {"type": "transcript", "dialog": 0, "vendor": "deepgram", "encoding": "json", "body": DEEPGRAM}
    value["analysis"] = [first, *value["analysis"]]
    transcript = read(value)
    assert [t.text for t in transcript.turns] == [HELLO, ANSWER]
    assert "transcript-alternative" in codes(transcript)


BODIES = {
    "string of JSON": json.dumps(
        [{"speaker": "agent", "message": HELLO}, {"speaker": "customer", "message": ANSWER}]
    ),
    "list": [{"speaker": "agent", "message": HELLO}, {"speaker": "customer", "message": ANSWER}],
    "text": f"Agent: {HELLO}\nCustomer: {ANSWER}",
}


@pytest.mark.parametrize("body", BODIES)
def test_vcon_transcript_bodies(body):
    value = {
        **copy.deepcopy(VCON_WTF),
        "analysis": [{"type": "transcript", "dialog": 0, "body": BODIES[body]}],
    }
    assert [(t.speaker, t.text) for t in read(value).turns] == [("agent", HELLO), ("customer", ANSWER)]


def test_vcon_offsets_of_a_second_dialog_count_from_the_first():
    value = copy.deepcopy(VCON_WTF)
    value["dialog"].append({"type": "recording", "start": "2026-03-01T09:10:00Z", "parties": [0, 1]})
    value["analysis"].append({**copy.deepcopy(value["analysis"][0]), "dialog": 1})
    assert [t.start_s for t in read(value).turns] == [0.5, 4.5, 600.5, 604.5]


def test_vcon_roles_in_meta_and_old_dates():
    value = copy.deepcopy(VCON)
    for party in value["parties"]:
        party["meta"] = {"role": party.pop("role")}
    value["dialog"][0]["start"] = "Sun, 01 Mar 2026 09:00:10 +0000"
    assert [t.speaker for t in read(value).turns] == ["agent", "customer"]


def test_signed_vcon_is_read_with_a_warning_and_an_encrypted_one_refused():
    assert "signature-not-checked" in codes(read(signed(VCON)))
    with pytest.raises(InputError, match="encrypted"):
        read({"ciphertext": "x", "unprotected": {}})
    with pytest.raises(InputError, match="not a vCon"):
        read(signed({"no": "vcon"}))
    with pytest.raises(InputError, match=r"damaged|not a vCon|empty"):
        read({"payload": "A", "signatures": []})


def test_critical_extensions_are_strict():
    assert read({**VCON_WTF, "critical": ["wtf_transcription"]}).turns
    with pytest.raises(InputError, match="critical"):
        read({**VCON, "critical": ["teleport"]})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parties": None}, "parties-missing"),
        ({"parties": [{"name": "Eva", "role": "customer"}]}, "party-unknown"),
        ({"created_at": "NOT-A-DATE", "meta": {"duration": "eighteen"}}, ""),
        ({"uuid": None, "vcon": "0.0.1"}, ""),
    ],
)
def test_vcons_that_fail_their_schema_are_read_leniently(change, code):
    transcript = read({**VCON, **change})
    assert len(transcript.turns) == 2
    assert not code or code in codes(transcript)


def test_vcon_addresses_are_never_fetched():
    with pytest.raises(InputError, match="never fetched"):
        read(
            {
                "uuid": "u",
                "parties": [],
                "dialog": [{"type": "recording", "url": "http://169.254.169.254/latest"}],
            }
        )


def test_vcon_text_in_base64_and_html():
    value = copy.deepcopy(VCON)
    value["dialog"][0] |= {"encoding": "base64url", "body": "SGkgdGhlcmU"}
    value["dialog"][1] |= {"mediatype": "text/html", "body": "<p>Hello<br>again</p><script>alert(1)</script>"}
    assert [t.text for t in read(value).turns] == ["Hello\nagain", "Hi there"]
