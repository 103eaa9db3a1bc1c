"""Payloads of telephony vendors, written by us in their published shapes."""

import base64
import json
from datetime import UTC, datetime

import pytest

from models.errors import InputError
from web.adapters import ADAPTERS, read
from web.adapters.twilio import is_signed

SECRET_WORDS = "my cat is called Zanzibar"


def transcript(**changed):
    return {
        "Id": "t-1",
        "ParticipantId": "CUSTOMER",
        "ParticipantRole": "CUSTOMER",
        "Content": "Where is my parcel?",
        "BeginOffsetMillis": 1500,
        "EndOffsetMillis": 3250,
        "Sentiment": "NEUTRAL",
    } | changed


def utterance(**changed):
    return {
        "Id": "u-1",
        "TranscriptId": "t-1",
        "ParticipantId": "CUSTOMER",
        "ParticipantRole": "CUSTOMER",
        "PartialContent": "Where is",
        "BeginOffsetMillis": 1500,
        "EndOffsetMillis": 2000,
    } | changed


def record(*segments, event="SEGMENTS", **changed):
    return {
        "Version": "1.0.0",
        "Channel": "VOICE",
        "AccountId": "1",
        "ContactId": "c-1",
        "InstanceId": "2",
        "LanguageCode": "en-GB",
        "EventType": event,
        "Segments": list(segments),
    } | changed


def genesys(*transcripts, **changed):
    return {
        "topicName": "v2.conversations.g-1.transcription",
        "version": "2",
        "eventBody": {
            "eventTime": "2026-03-31T09:00:00Z",
            "conversationId": "g-1",
            "communicationId": "x",
            "sessionStartTimeMs": 1_774_947_600_000,
            "transcriptionStartTimeMs": 1_774_947_602_000,
            "transcripts": list(transcripts),
            "status": {"offsetMs": 0, "status": "SESSION_ONGOING"},
        }
        | changed,
    }


def uttered(**changed):
    return {
        "utteranceId": "u-1",
        "isFinal": True,
        "channel": "EXTERNAL",
        "dialect": "en-US",
        "alternatives": [
            {
                "confidence": 0.87,
                "offsetMs": 1000,
                "durationMs": 1500,
                "transcript": "where is my parcel",
                "decoratedTranscript": "Where is my parcel?",
            }
        ],
    } | changed


def twilio(**changed):
    return {
        "LanguageCode": "en-US",
        "TranscriptionSid": "GT1",
        "TranscriptionEvent": "transcription-content",
        "CallSid": "CA1",
        "TranscriptionData": json.dumps({"transcript": "Where is my parcel?", "confidence": 0.9}),
        "Timestamp": "2026-03-31T09:00:01.5Z",
        "AccountSid": "AC1",
        "Track": "inbound_track",
        "Final": "true",
        "SequenceId": "7",
    } | changed


def only(fed):
    (one,) = fed
    return one


def test_a_record_of_contact_lens():
    fed = only(read("contact-lens", record({"Utterance": utterance()}, {"Transcript": transcript()})))
    partial, final = fed.arrivals
    assert (fed.contact, fed.channel, fed.ended) == ("c-1", "voice", False)
    assert (partial.is_final, partial.turn.text, partial.turn.id) == (False, "Where is", "t-1")
    assert (final.is_final, final.turn.text, final.turn.id) == (True, "Where is my parcel?", "t-1")
    assert (final.turn.speaker, final.turn.start_s, final.turn.end_s) == ("customer", 1.5, 3.25)
    assert final.turn.language == "en-GB"


def test_a_partial_and_its_final_end_as_one_turn(filled):
    fed = only(
        read(
            "contact-lens",
            record({"Utterance": utterance()}, {"Transcript": transcript()}, ContactId="lens-1"),
        )
    )
    heard = filled.live.hear("Acme", "lens-1", fed.arrivals, agent="Ana", channel=fed.channel)
    assert (heard.accepted, heard.replaced) == (1, 1)
    view = filled.live.find("Acme", "lens-1")
    assert [turn.text for turn in view.transcript.turns] == ["Where is my parcel?"]
    assert view.transcript.channel == "voice"
    assert view.partials == ()


@pytest.mark.parametrize(
    ("role", "speaker"),
    [
        ("AGENT", "agent"),
        ("CUSTOMER", "customer"),
        ("SYSTEM", "system"),
        ("CUSTOM_BOT", "bot"),
        ("SUPERVISOR", "supervisor"),
        ("SOMEBODY", "unknown"),
        (7, "unknown"),
    ],
)
def test_roles_of_contact_lens(role, speaker):
    said = transcript(ParticipantRole=role, ParticipantId="p")
    fed = only(read("contact-lens", record({"Transcript": said})))
    assert fed.arrivals[0].turn.speaker == speaker


@pytest.mark.parametrize("event", ["STARTED", "COMPLETED", "FAILED"])
def test_contact_lens_begins_and_ends(event):
    payload = record(event=event)
    del payload["Segments"]
    fed = only(read("contact-lens", payload))
    assert (fed.arrivals, fed.ended) == ((), event != "STARTED")


def test_what_is_no_turn_is_passed_over():
    fed = only(
        read(
            "contact-lens",
            record(
                {"Categories": {"MatchedCategories": ["x"]}},
                {"PostContactSummary": {"Content": "x"}},
                {"Transcript": None},
                {"Later": 1},
                {"Transcript": transcript()},
            ),
        )
    )
    assert len(fed.arrivals) == 1


def test_an_answer_of_the_api_names_no_contact():
    payload = {"Segments": [{"Transcript": transcript()}], "NextToken": "x"}
    assert only(read("contact-lens", payload, contact="c-9")).contact == "c-9"
    with pytest.raises(InputError, match="ContactId"):
        read("contact-lens", payload)


def test_chat_of_contact_lens():
    said = {
        "Id": "m-1",
        "ParticipantId": "p",
        "ParticipantRole": "AGENT",
        "Content": "Hello",
        "Time": {"AbsoluteTime": "2026-03-31T09:00:00Z"},
    }
    fed = only(read("contact-lens", record({"Transcript": said}, Channel="CHAT")))
    assert fed.channel == "chat"
    assert fed.arrivals[0].turn.at == datetime(2026, 3, 31, 9, tzinfo=UTC)


def test_a_lambda_event_of_two_contacts():
    def kinesis(payload):
        return {"kinesis": {"data": base64.b64encode(json.dumps(payload).encode()).decode()}}

    event = {"Records": [kinesis(record({"Transcript": transcript()}, ContactId=id)) for id in ("a", "b")]}
    assert [(one.contact, len(one.arrivals)) for one in read("contact-lens", event)] == [("a", 1), ("b", 1)]


def test_a_notification_of_genesys():
    fed = only(
        read("genesys", genesys(uttered(), uttered(utteranceId="u-2", channel="INTERNAL", isFinal=False)))
    )
    first, second = fed.arrivals
    assert (fed.contact, first.turn.id, first.turn.text) == ("g-1", "u-1", "Where is my parcel?")
    assert (first.turn.speaker, second.turn.speaker) == ("customer", "agent")
    assert (first.is_final, second.is_final) == (True, False)
    assert (first.turn.start_s, first.turn.end_s, first.turn.confidence) == (3.0, 4.5, 0.87)
    assert first.turn.language == "en-US"


def test_the_ways_in_which_genesys_arrives():
    bare = genesys(uttered())["eventBody"]
    assert only(read("genesys", bare)) == only(read("genesys", genesys(uttered())))
    assert only(read("genesys", {"detail": genesys(uttered())})) == only(read("genesys", bare))
    assert (
        read("genesys", {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}})
        == []
    )
    assert only(read("genesys", genesys(transcripts=None))).arrivals == ()
    assert only(read("genesys", genesys(uttered(alternatives=[])))).arrivals == ()
    assert only(read("genesys", genesys(status={"status": "SESSION_ENDED"}))).ended
    undecorated = uttered(alternatives=[{"transcript": "where is it"}])
    assert only(read("genesys", genesys(undecorated))).arrivals[0].turn.text == "where is it"


def test_a_callback_of_twilio():
    fed = only(read("twilio", twilio()))
    (one,) = fed.arrivals
    assert (fed.contact, one.turn.id, one.turn.speaker) == ("CA1", "GT1:7", "customer")
    assert (one.turn.text, one.turn.confidence) == ("Where is my parcel?", 0.9)
    outbound = only(read("twilio", twilio(), customer="outbound"))
    assert outbound.arrivals[0].turn.speaker == "agent"


@pytest.mark.parametrize(
    ("changed", "ended"),
    [
        ({"TranscriptionEvent": "transcription-started"}, False),
        ({"TranscriptionEvent": "transcription-stopped"}, True),
        ({"TranscriptionEvent": "transcription-error"}, False),
        ({"Final": "false"}, False),  # no id that a final would share
    ],
)
def test_what_twilio_says_beside_turns(changed, ended):
    fed = only(read("twilio", twilio(**changed)))
    assert (fed.arrivals, fed.ended) == ((), ended)


def test_a_signature_of_twilio():
    # The example of Twilio's page on webhook security.
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ]
    token, right = "12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_signed(url, fields, right, ["other", token])
    assert not is_signed(url, fields, right, ["other"])
    assert not is_signed(url, [*fields, ("x", "y")], right, [token])
    assert not is_signed(url + "&x=1", fields, right, [token])
    assert not is_signed(url, fields, "", [token])


def test_a_plain_turn():
    payload = {
        "contact": "p-1",
        "agent": "Ana",
        "channel": "chat",
        "turns": [{"id": "1", "speaker": "customer", "text": "Hi."}],
        "ended": True,
    }
    fed = only(read("plain", payload))
    assert (fed.contact, fed.agent, fed.channel, fed.ended) == ("p-1", "Ana", "chat", True)
    assert fed.arrivals[0].turn.text == "Hi."
    assert only(read("plain", {"contact": "p-1", "ended": True})).arrivals == ()


BROKEN = [
    ("contact-lens", {}, "EventType"),
    ("contact-lens", {"EventType": SECRET_WORDS}, "EventType"),
    ("contact-lens", record(ContactId=None), "ContactId"),
    ("contact-lens", record(ContactId=7), "ContactId"),
    ("contact-lens", record(ContactId="a\nb"), "ContactId"),
    ("contact-lens", record(Segments=SECRET_WORDS), "Segments"),
    ("contact-lens", record(SECRET_WORDS), "Segments.0"),
    ("contact-lens", record({"Transcript": SECRET_WORDS}), "Segments.0.Transcript"),
    (
        "contact-lens",
        record({"Transcript": transcript(Content=[SECRET_WORDS])}),
        "Segments.0.Transcript.Content",
    ),
    ("contact-lens", record({"Transcript": transcript(Id="")}), "Segments.0.Transcript.Id"),
    (
        "contact-lens",
        record({"Utterance": utterance(TranscriptId=None)}),
        "Segments.0.Utterance.TranscriptId",
    ),
    ("contact-lens", record({"Transcript": transcript(BeginOffsetMillis=SECRET_WORDS)}), "BeginOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(BeginOffsetMillis=True)}), "BeginOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(EndOffsetMillis=-1)}), "EndOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(EndOffsetMillis=10**400)}), "EndOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(EndOffsetMillis=1)}), "EndOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(EndOffsetMillis="nan")}), "EndOffsetMillis"),
    ("contact-lens", record({"Transcript": transcript(Time={"AbsoluteTime": SECRET_WORDS})}), "AbsoluteTime"),
    ("contact-lens", {"Records": [SECRET_WORDS]}, "Records.0"),
    ("contact-lens", {"Records": [{"kinesis": {"data": SECRET_WORDS}}]}, "Records.0.kinesis.data"),
    ("contact-lens", {"Records": [{}] * 501}, "Records"),
    ("genesys", {}, "conversationId"),
    ("genesys", {"eventBody": SECRET_WORDS}, "eventBody"),
    ("genesys", genesys(conversationId=[SECRET_WORDS]), "eventBody.conversationId"),
    ("genesys", genesys(SECRET_WORDS), "eventBody.transcripts.0"),
    ("genesys", genesys(uttered(utteranceId=None)), "eventBody.transcripts.0.utteranceId"),
    ("genesys", genesys(uttered(isFinal=SECRET_WORDS)), "isFinal"),
    ("genesys", genesys(uttered(alternatives=SECRET_WORDS)), "alternatives"),
    ("genesys", genesys(uttered(alternatives=[SECRET_WORDS])), "alternatives.0"),
    ("genesys", genesys(uttered(alternatives=[{"offsetMs": 1}])), "alternatives.0.transcript"),
    ("genesys", genesys(uttered(alternatives=[{"transcript": "x", "offsetMs": SECRET_WORDS}])), "offsetMs"),
    ("genesys", genesys(uttered(), transcriptionStartTimeMs=10**16), "transcriptionStartTimeMs"),
    ("twilio", {}, "TranscriptionEvent"),
    ("twilio", twilio(CallSid=""), "CallSid"),
    ("twilio", twilio(Track=SECRET_WORDS), "Track"),
    ("twilio", twilio(Final=SECRET_WORDS), "Final"),
    ("twilio", twilio(TranscriptionData=SECRET_WORDS), "TranscriptionData"),
    ("twilio", twilio(TranscriptionData=json.dumps([SECRET_WORDS])), "TranscriptionData"),
    ("twilio", twilio(TranscriptionData="[" * 100_000), "TranscriptionData"),
    ("twilio", twilio(TranscriptionData=json.dumps({"transcript": 7})), "TranscriptionData.transcript"),
    ("twilio", twilio(SequenceId=""), "SequenceId"),
    ("twilio", twilio(Timestamp=SECRET_WORDS), "Timestamp"),
    ("twilio", twilio(Timestamp="2026-03-31T09:00:00"), "Timestamp"),
    ("plain", {}, "contact"),
    ("plain", {"contact": "p", "turns": SECRET_WORDS}, "turns"),
    ("plain", {"contact": "p", "turns": [{"text": "x", "speaker": SECRET_WORDS}]}, "speaker"),
    ("plain", {"contact": "p"}, "turns"),
    ("plain", {"contact": "p", "channel": SECRET_WORDS}, "channel"),
    ("plain", {"contact": "p", "ended": SECRET_WORDS}, "ended"),
    ("plain", {"contact": "p", "agent": {"x": SECRET_WORDS}, "turn": {"text": "x"}}, "agent"),
    ("nothing", {}, "feed"),
]


@pytest.mark.parametrize(("kind", "payload", "field"), BROKEN)
def test_what_is_broken_is_named_and_never_said_back(kind, payload, field):
    with pytest.raises(InputError) as problem:
        read(kind, payload)
    assert field in str(problem.value)
    assert "Zanzibar" not in str(problem.value)


@pytest.mark.parametrize("kind", ADAPTERS)
@pytest.mark.parametrize("payload", [None, [], "x", 7])
def test_no_object(kind, payload):
    with pytest.raises(InputError):
        read(kind, payload)


@pytest.mark.parametrize("kind", ADAPTERS)
def test_an_id_of_an_agent_is_never_read_from_a_vendor(kind):
    """Vendors' names of agents are not ours; the deployer says whose contact it is."""
    sample = {
        "contact-lens": record({"Transcript": transcript()}),
        "genesys": genesys(uttered()),
        "twilio": twilio(),
    }
    if kind in sample:
        assert all(one.agent == "" for one in read(kind, sample[kind]))
