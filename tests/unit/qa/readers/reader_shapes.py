"""One small contact in every shape we read. Written for these tests; two turns, agent first."""

from __future__ import annotations

import base64
import io
import json

HELLO = "Thank you for calling Nordlicht, how can I help you?"
ANSWER = "Hi, my parcel is two days late and I would like to know why."


def js(value: object) -> bytes:
    return json.dumps(value).encode()


def xlsx(rows: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def words(text: str, start: float, step: float, make) -> list[dict]:
    return [
        make(word, start + index * step, start + (index + 1) * step)
        for index, word in enumerate(text.split())
    ]


LENS_VOICE = {
    "Channel": "VOICE",
    "LanguageCode": "en-GB",
    "ContentMetadata": {"Output": "Raw"},
    "Participants": [
        {"ParticipantId": "p1", "ParticipantRole": "AGENT"},
        {"ParticipantId": "p2", "ParticipantRole": "CUSTOMER"},
    ],
    "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
    "Transcript": [
        {
            "Id": "t1",
            "ParticipantId": "p1",
            "Content": HELLO,
            "BeginOffsetMillis": 500,
            "EndOffsetMillis": 4000,
        },
        {
            "Id": "t2",
            "ParticipantId": "p2",
            "Content": ANSWER,
            "BeginOffsetMillis": 3900,
            "EndOffsetMillis": 9000,
        },
    ],
}
LENS_CHAT = {
    "Channel": "CHAT",
    "CustomerMetadata": {"ContactId": "chat-7"},
    "ConversationCharacteristics": {},
    "Participants": [],
    "Transcript": [
        {
            "Id": "e",
            "Type": "EVENT",
            "ContentType": "application/vnd.amazonaws.connect.event.participant.joined",
            "AbsoluteTime": "2026-03-01T09:00:00Z",
        },
        {
            "Id": "a",
            "Type": "MESSAGE",
            "ParticipantRole": "AGENT",
            "ParticipantId": "x",
            "Content": HELLO,
            "AbsoluteTime": "2026-03-01T09:00:01Z",
        },
        {
            "Id": "b",
            "Type": "MESSAGE",
            "ParticipantRole": "CUSTOMER",
            "ParticipantId": "y",
            "Content": ANSWER,
            "AbsoluteTime": "2026-03-01T09:00:09Z",
        },
    ],
}
REAL_TIME = {
    "EventType": "SEGMENTS",
    "ContactId": "rt-1",
    "Channel": "VOICE",
    "Segments": [
        {
            "Utterance": {
                "Id": "u1",
                "TranscriptId": "t1",
                "ParticipantId": "AGENT",
                "PartialContent": "Thank you for",
                "BeginOffsetMillis": 0,
                "EndOffsetMillis": 900,
            }
        },
        {
            "Transcript": {
                "Id": "t1",
                "ParticipantId": "AGENT",
                "Content": HELLO,
                "BeginOffsetMillis": 0,
                "EndOffsetMillis": 3000,
            }
        },
        {
            "Transcript": {
                "Id": "t2",
                "ParticipantId": "CUSTOMER",
                "Content": ANSWER,
                "BeginOffsetMillis": 3100,
                "EndOffsetMillis": 8000,
            }
        },
        {"Categories": {"MatchedCategories": ["Late"]}},
    ],
}
LIVE_ANALYTICS = [
    {"EventType": "START", "CallId": "lca-1"},
    {
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CallId": "lca-1",
        "SegmentId": "1",
        "Channel": "AGENT",
        "StartTime": "0.0",
        "EndTime": "2.0",
        "Transcript": "Thank",
        "IsPartial": True,
    },
    {
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CallId": "lca-1",
        "SegmentId": "1",
        "Channel": "AGENT",
        "StartTime": "0.0",
        "EndTime": "3.0",
        "Transcript": HELLO,
        "IsPartial": False,
    },
    {
        "EventType": "ADD_TRANSCRIPT_SEGMENT",
        "CallId": "lca-1",
        "SegmentId": "2",
        "Channel": "CALLER",
        "StartTime": "3.5",
        "EndTime": "6.0",
        "Transcript": ANSWER,
        "IsPartial": False,
    },
]
CALL_ANALYTICS = {
    "JobName": "job-1",
    "LanguageCode": "en-GB",
    "ConversationCharacteristics": {},
    "Transcript": [
        {
            "ParticipantRole": "AGENT",
            "Content": HELLO,
            "BeginOffsetMillis": 0,
            "EndOffsetMillis": 3000,
            "Items": [{"Confidence": 0.9}, {"Confidence": 0.7}],
        },
        {
            "ParticipantRole": "CUSTOMER",
            "Content": ANSWER,
            "BeginOffsetMillis": 2500,
            "EndOffsetMillis": 6000,
        },
    ],
}
PCA = {
    "ConversationAnalytics": {
        "GUID": "pca-1",
        "Agent": "a17",
        "Cust": "acme",
        "LanguageCode": "en-US",
        "Duration": "9.5",
        "ConversationTime": "2026-03-01 09:00:00",
        "SpeakerLabels": [
            {"Speaker": "spk_0", "DisplayText": "Agent"},
            {"Speaker": "spk_1", "DisplayText": "Caller"},
        ],
    },
    "SpeechSegments": [
        {
            "SegmentSpeaker": "spk_0",
            "SegmentStartTime": "0.5",
            "SegmentEndTime": "4.0",
            "DisplayText": HELLO,
            "IVRSegment": "False",
        },
        {
            "SegmentSpeaker": "spk_1",
            "SegmentStartTime": "4.5",
            "SegmentEndTime": "None",
            "DisplayText": ANSWER,
        },
    ],
}


def _transcribe() -> dict:
    items = []
    for who, text, start in (("spk_0", HELLO, 0.0), ("spk_1", ANSWER, 6.0)):
        for index, word in enumerate(text.split()):
            at = start + index * 0.3
            bare = word.rstrip(",.?")
            items.append(
                {
                    "type": "pronunciation",
                    "start_time": f"{at}",
                    "end_time": f"{at + 0.2}",
                    "speaker_label": who,
                    "alternatives": [{"content": bare, "confidence": "0.9"}],
                }
            )
            if bare != word:
                items.append(
                    {
                        "type": "punctuation",
                        "speaker_label": who,
                        "alternatives": [{"content": word[len(bare) :], "confidence": "0.0"}],
                    }
                )
    return {"jobName": "tr-1", "results": {"items": items}}


TRANSCRIBE = _transcribe()
GENESYS = {
    "conversationId": "gen-1",
    "mediaType": "call",
    "conversationStartTime": 1772355600000,
    "participants": [
        {"participantPurpose": "agent", "userId": "u-9", "queueId": "q-1", "divisionId": "acme"}
    ],
    "transcripts": [
        {
            "language": "en-us",
            "phrases": [
                {
                    "participantPurpose": "internal",
                    "text": "thank you",
                    "decoratedText": HELLO,
                    "startTimeMs": 1772355601000,
                    "duration": {"milliseconds": 2500},
                }
            ],
        },
        {
            "language": "en-us",
            "phrases": [
                {
                    "participantPurpose": "external",
                    "text": ANSWER,
                    "startTimeMs": 1772355604000,
                    "duration": {"milliseconds": 3000},
                }
            ],
        },
    ],
}
GENESYS_EVENTS = [
    {
        "eventBody": {
            "conversationId": "gen-2",
            "transcripts": [
                {
                    "utteranceId": "1",
                    "isFinal": True,
                    "channel": "INTERNAL",
                    "alternatives": [{"offsetMs": 0, "durationMs": 2000, "transcript": HELLO}],
                }
            ],
        }
    },
    {
        "eventBody": {
            "conversationId": "gen-2",
            "transcripts": [
                {
                    "utteranceId": "1",
                    "isFinal": False,
                    "channel": "INTERNAL",
                    "alternatives": [{"offsetMs": 0, "durationMs": 500, "transcript": "Thank"}],
                }
            ],
        }
    },
    {
        "eventBody": {
            "conversationId": "gen-2",
            "transcripts": [
                {
                    "utteranceId": "2",
                    "isFinal": True,
                    "channel": "EXTERNAL",
                    "alternatives": [{"offsetMs": 2500, "durationMs": 2000, "decoratedTranscript": ANSWER}],
                }
            ],
        }
    },
    {"eventBody": {}},
]
CCAI = {
    "entries": [
        {"text": HELLO, "role": "AGENT", "user_id": 1, "start_timestamp_usec": 0},
        {"text": ANSWER, "role": "CUSTOMER", "user_id": 2, "start_timestamp_usec": 4500000},
    ]
}
AZURE_BATCH = {
    "source": "s",
    "timestamp": "2026-03-01T09:00:00Z",
    "recognizedPhrases": [
        {
            "channel": 0,
            "speaker": 1,
            "offsetInTicks": 5000000,
            "durationInTicks": 30000000,
            "nBest": [{"confidence": 0.9, "display": HELLO}],
        },
        {
            "channel": 0,
            "speaker": 2,
            "offsetInTicks": 40000000,
            "durationInTicks": 30000000,
            "nBest": [{"confidence": 0.8, "display": ANSWER}],
        },
    ],
}
AZURE_FAST = {
    "phrases": [
        {
            "speaker": 1,
            "offsetMilliseconds": 500,
            "durationMilliseconds": 3000,
            "text": HELLO,
            "locale": "en-US",
        },
        {
            "speaker": 2,
            "offsetMilliseconds": 4000,
            "durationMilliseconds": 3000,
            "text": ANSWER,
            "locale": "en-US",
        },
    ]
}
AZURE_CU = {
    "id": "cu-1",
    "result": {
        "contents": [
            {
                "markdown": "",
                "transcriptPhrases": [
                    {
                        "speaker": "Agent",
                        "startTimeMs": 500,
                        "endTimeMs": 4000,
                        "text": HELLO,
                        "locale": "en-US",
                        "confidence": 0.9,
                    },
                    {"speaker": "Customer", "startTimeMs": 4500, "endTimeMs": 9000, "text": ANSWER},
                ],
            }
        ]
    },
}
AZURE_CONVERSATIONS = {
    "analysisInput": {
        "conversations": [
            {
                "id": "ac-1",
                "language": "en",
                "modality": "transcript",
                "conversationItems": [
                    {"id": "1", "participantId": "Agent", "text": HELLO},
                    {"id": "2", "participantId": "Customer", "text": ANSWER},
                ],
            }
        ]
    }
}
BLOB = {
    "ClientId": "10003",
    "ConversationId": "blob-1",
    "StartTime": "2026-03-01 09:00:00",
    "EndTime": "2026-03-01 09:05:00",
    "Content": f" Agent (Ben): {HELLO}\n\nCustomer (Eva): {ANSWER}\n",
}
DEEPGRAM = {
    "metadata": {"request_id": "dg-1", "duration": 12.0},
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "words": words(
                            HELLO,
                            0.0,
                            0.3,
                            lambda w, s, e: {
                                "word": w.lower(),
                                "punctuated_word": w,
                                "start": s,
                                "end": e,
                                "confidence": 0.9,
                                "speaker": 0,
                            },
                        )
                        + words(
                            ANSWER,
                            6.0,
                            0.3,
                            lambda w, s, e: {
                                "word": w.lower(),
                                "punctuated_word": w,
                                "start": s,
                                "end": e,
                                "confidence": 0.8,
                                "speaker": 1,
                            },
                        )
                    }
                ]
            }
        ],
        "utterances": [{"start": 0.0, "end": 9.0, "transcript": f"{HELLO} {ANSWER}", "speaker": 1}],
    },
}
ASSEMBLYAI = {
    "id": "aai-1",
    "audio_duration": 9,
    "language_code": "en",
    "utterances": [
        {"speaker": "A", "text": HELLO, "start": 500, "end": 4000, "confidence": 0.9},
        {"speaker": "B", "text": ANSWER, "start": 4500, "end": 9000, "confidence": 0.9},
    ],
}
WHISPERX = {
    "segments": [
        {"start": 0.5, "end": 4.0, "text": " " + HELLO, "speaker": "SPEAKER_00"},
        {"start": 4.5, "end": 9.0, "text": " " + ANSWER, "speaker": "SPEAKER_01"},
    ],
    "word_segments": [],
    "language": "en",
}
SPEECHMATICS = {
    "format": "2.9",
    "job": {"id": "sm-1", "duration": 9},
    "results": [
        {
            "type": "punctuation" if w in ",.?" else "word",
            "attaches_to": "previous",
            "start_time": i * 0.3,
            "end_time": i * 0.3 + 0.2,
            "alternatives": [{"content": w, "confidence": 0.9, "speaker": s}],
        }
        for i, (s, w) in enumerate(
            [("S1", w) for w in HELLO.replace(",", " ,").replace("?", " ?").split()]
            + [("S2", w) for w in ANSWER.replace(",", " ,").replace(".", " .").split()]
        )
    ],
}
REV = {
    "monologues": [
        {
            "speaker": 0,
            "elements": [
                {"type": "text", "value": HELLO[:-1], "ts": 0.5, "end_ts": 4.0, "confidence": 0.9},
                {"type": "punct", "value": "?"},
            ],
        },
        {
            "speaker": 1,
            "elements": [
                {"type": "text", "value": ANSWER[:-1], "ts": 4.5, "end_ts": 9.0},
                {"type": "punct", "value": "."},
            ],
        },
    ]
}
VCON = {
    "uuid": "vcon-1",
    "created_at": "2026-03-01T09:00:00Z",
    "parties": [{"name": "Eva", "role": "customer"}, {"name": "Ben", "role": "agent", "org": "acme"}],
    "dialog": [
        {
            "type": "text",
            "start": "2026-03-01T09:00:10Z",
            "parties": [0, 1],
            "body": ANSWER,
            "encoding": "none",
            "mediatype": "text/plain",
        },
        {
            "type": "text",
            "start": "2026-03-01T09:00:00Z",
            "parties": [[1], 0],
            "body": HELLO,
            "encoding": "none",
            "mediatype": "text/plain",
        },
    ],
    "analysis": [],
}
VCON_WTF = {
    "uuid": "vcon-2",
    "extensions": ["wtf_transcription"],
    "parties": [{"tel": "+441632960001"}, {"tel": "+441632960002"}],
    "dialog": [
        {
            "type": "recording",
            "start": "2026-03-01T09:00:00Z",
            "parties": [0, 1],
            "url": "https://example.invalid/a.wav",
        }
    ],
    "analysis": [
        {
            "type": "wtf_transcription",
            "dialog": 0,
            "encoding": "json",
            "body": {
                "transcript": {"text": "", "language": "en"},
                "segments": [
                    {"id": 0, "start": 0.5, "end": 4.0, "text": HELLO, "speaker": 0},
                    {"id": 1, "start": 4.5, "end": 9.0, "text": ANSWER, "speaker": 1},
                ],
                "speakers": {"0": {"label": "Ben (Customer Service)"}, "1": {"label": "Eva (Customer)"}},
            },
        }
    ],
}


def signed(vcon: dict) -> dict:
    payload = base64.urlsafe_b64encode(js(vcon)).decode().rstrip("=")
    return {"payload": payload, "signatures": [{"protected": "e30", "signature": "AA"}]}


ZENDESK = {
    "ticket": {
        "id": 41,
        "requester_id": 7,
        "assignee_id": 3,
        "brand_id": 99,
        "created_at": "2026-03-01T09:00:00Z",
        "via": {"channel": "email"},
    },
    "comments": [
        {"id": 1, "author_id": 3, "public": True, "body": HELLO, "created_at": "2026-03-01T09:00:00Z"},
        {
            "id": 2,
            "author_id": 7,
            "public": True,
            "body": "x",
            "plain_body": ANSWER,
            "created_at": "2026-03-01T09:05:00Z",
        },
        {
            "id": 3,
            "author_id": 3,
            "public": False,
            "body": "warehouse says lost",
            "created_at": "2026-03-01T09:06:00Z",
        },
    ],
    "users": [{"id": 3, "role": "agent"}, {"id": 7, "role": "end-user"}],
}
ZENDESK_QA = {
    "data": [
        {
            "id": "qa-1",
            "assigneeEmail": "ben@bpo.example",
            "channel": "CHAT",
            "comments": [
                {
                    "authorEmail": "ben@bpo.example",
                    "authorIsNotClient": True,
                    "public": True,
                    "comment": HELLO,
                    "created": "2026-03-01T09:00:00Z",
                },
                {
                    "authorEmail": "eva@mail.example",
                    "authorIsNotClient": False,
                    "public": True,
                    "comment": ANSWER,
                    "created": "2026-03-01T09:01:00Z",
                },
            ],
        }
    ]
}
ZENDESK_CHAT = {
    "id": "zc-1",
    "visitor": {"name": "Eva"},
    "agent_names": ["Ben"],
    "history": [
        {"type": "chat.memberjoin", "timestamp": "2026-03-01T09:00:00Z", "name": "Ben"},
        {"type": "chat.msg", "timestamp": "2026-03-01T09:00:01Z", "name": "Ben", "msg": HELLO},
        {"type": "chat.msg", "timestamp": "2026-03-01T09:00:09Z", "name": "Eva", "msg": ANSWER},
    ],
}
INTERCOM = {
    "type": "conversation",
    "id": "503",
    "created_at": 1772355600,
    "source": {"type": "conversation", "body": f"<p>{HELLO}</p>", "author": {"type": "admin", "id": "11"}},
    "conversation_parts": {
        "conversation_parts": [
            {
                "part_type": "close",
                "body": None,
                "created_at": 1772355900,
                "author": {"type": "bot", "id": "2"},
            },
            {
                "part_type": "comment",
                "body": f"<p>{ANSWER}</p>",
                "created_at": 1772355660,
                "author": {"type": "user", "id": "u"},
            },
        ]
    },
}
FRESHDESK = [
    {
        "id": 1,
        "ticket_id": 5,
        "incoming": False,
        "private": False,
        "body_text": HELLO,
        "user_id": 2,
        "created_at": "2026-03-01T09:00:00Z",
    },
    {
        "id": 2,
        "ticket_id": 5,
        "incoming": True,
        "private": False,
        "body_text": ANSWER,
        "user_id": 9,
        "created_at": "2026-03-01T09:01:00Z",
    },
]
TWILIO = {
    "sentences": [
        {
            "media_channel": 2,
            "sentence_index": 0,
            "start_time": "0.5",
            "end_time": "4.0",
            "transcript": HELLO,
            "confidence": 0.9,
            "transcript_sid": "GT1",
        },
        {
            "media_channel": 1,
            "sentence_index": 1,
            "start_time": "4.5",
            "end_time": "9.0",
            "transcript": ANSWER,
        },
    ]
}
VERINT = {
    "id": "v-1",
    "transcript_detailed": [
        {"p": HELLO, "s": 500, "e": 4000, "c": 0.9, "sp": "Agent"},
        {"p": ANSWER, "s": 4500, "e": 9000, "c": 0.9, "sp": "Customer"},
    ],
}
UNIPHORE = {
    "id": "un-1",
    "turns": [
        {"order": 1, "speaker": "agent", "startOffset": 500, "words": HELLO},
        {"order": 2, "speaker": "customer", "startOffset": 4500, "words": ANSWER},
    ],
}
OWN = {
    "id": "own-1",
    "client": "acme",
    "agent": "a17",
    "channel": "chat",
    "language": "en",
    "started_at": "2026-03-01T09:00:00+00:00",
    "turns": [
        {"speaker": "agent", "text": HELLO, "start_s": 0.5, "end_s": 4.0},
        {"speaker": "customer", "text": ANSWER, "start_s": 4.5, "end_s": 9.0},
    ],
}
MESSAGES = [{"role": "agent", "content": HELLO}, {"role": "customer", "content": ANSWER}]
VTT = f"WEBVTT\n\n00:00.500 --> 00:04.000\n<v Agent>{HELLO}</v>\n\n00:00:04.500 --> 00:00:09.000\n<v Customer>{ANSWER}\n"
SRT = f"1\n00:00:00,500 --> 00:00:04,000\nAgent: {HELLO}\n\n2\n00:00:04,500 --> 00:00:09,000\nCustomer: {ANSWER}\n"
SBV = f"0:00:00.500,0:00:04.000\nAgent: {HELLO}\n\n0:00:04.500,0:00:09.000\nCustomer: {ANSWER}\n"
WHATSAPP = f"23/11/26, 13:05 - Nordlicht Support: {HELLO}\n23/11/26, 13:07 - Eva: {ANSWER}\n"
TABLE = [
    ["call_id", "speaker", "text", "start_ms", "end_ms"],
    ["c-1", "Agent", HELLO, 500, 4000],
    ["c-1", "Customer", ANSWER, 4500, 9000],
]
CSV_TURNS = (
    f'call_id,speaker,text,start_ms,end_ms\nc-1,Agent,"{HELLO}",500,4000\nc-1,Customer,"{ANSWER}",4500,9000\n'
)
CSV_CALLS = f'call_id,agent,transcript\nc-1,Ben,"Agent: {HELLO}\nCustomer: {ANSWER}"\n'
PLAIN = f"Agent: {HELLO}\nCustomer: {ANSWER}\n"

SHAPES: dict[str, tuple[str, bytes]] = {
    "Contact Lens voice": ("contact-lens-voice", js(LENS_VOICE)),
    "Contact Lens voice with a stray brace": ("contact-lens-voice", js(LENS_VOICE) + b"\n}"),
    "Contact Lens chat": ("contact-lens-chat", js(LENS_CHAT)),
    "Contact Lens real time": ("contact-lens-real-time", js(REAL_TIME)),
    "Contact Lens real time, lines": (
        "contact-lens-real-time",
        js({"EventType": "STARTED", "ContactId": "rt-1"}) + b"\n" + js(REAL_TIME),
    ),
    "Live Call Analytics, lines": ("aws-live-call-analytics", b"\n".join(map(js, LIVE_ANALYTICS))),
    "Transcribe Call Analytics": ("transcribe-call-analytics", js(CALL_ANALYTICS)),
    "AWS PCA": ("aws-post-call-analytics", js(PCA)),
    "Amazon Transcribe": ("amazon-transcribe", js(TRANSCRIBE)),
    "Genesys file": ("genesys", js(GENESYS)),
    "Genesys events": ("genesys-events", js(GENESYS_EVENTS)),
    "Google CCAI": ("google-ccai", js(CCAI)),
    "Azure batch": ("azure-batch", js(AZURE_BATCH)),
    "Azure fast": ("azure-fast", js(AZURE_FAST)),
    "Azure Content Understanding": ("azure-content-understanding", js(AZURE_CU)),
    "Azure Conversations": ("azure-conversations", js(AZURE_CONVERSATIONS)),
    "accelerator blob": ("microsoft-accelerator", js(BLOB)),
    "Deepgram": ("deepgram", js(DEEPGRAM)),
    "AssemblyAI": ("assemblyai", js(ASSEMBLYAI)),
    "WhisperX": ("whisper", js(WHISPERX)),
    "Speechmatics": ("speechmatics", js(SPEECHMATICS)),
    "Rev": ("rev", js(REV)),
    "vCon": ("vcon", js(VCON)),
    "vCon with a WTF transcript": ("vcon", js(VCON_WTF)),
    "vCon, signed": ("vcon-signed", js(signed(VCON))),
    "Zendesk ticket": ("zendesk-ticket", js(ZENDESK)),
    "Zendesk QA import": ("zendesk-qa", js(ZENDESK_QA)),
    "Zendesk Chat": ("zendesk-chat", js(ZENDESK_CHAT)),
    "Intercom": ("intercom", js(INTERCOM)),
    "Freshdesk": ("freshdesk", js(FRESHDESK)),
    "Twilio": ("twilio", js(TWILIO)),
    "Verint": ("verint", js(VERINT)),
    "Uniphore": ("uniphore", js(UNIPHORE)),
    "our JSON": ("json", js(OWN)),
    "our JSON with a byte-order mark": ("json", b"\xef\xbb\xbf" + js(OWN)),
    "our JSON in UTF-16": ("json", json.dumps(OWN).encode("utf-16")),
    "our JSON with comments": (
        "json",
        json.dumps(OWN, indent=1).replace('"client"', '// whose\n "client"').encode(),
    ),
    "JSON list of turns": ("json-turns", js(MESSAGES)),
    "JSON lines, a turn each": (
        "json-turns",
        b"\n".join(js({"call_id": "c-1", **turn}) for turn in MESSAGES),
    ),
    "JSON lines, a contact each": ("json", js(OWN) + b"\n" + js({**OWN, "id": "own-2"})),
    "JSON list of contacts": ("json", js({"contacts": [OWN, {**OWN, "id": "own-2"}]})),
    "JSON with the text in one field": ("json-text", js({"id": "t-1", "transcript": PLAIN})),
    "JSON list of lines": ("json-lines-of-text", js(PLAIN.strip().split("\n"))),
    "JSON list of pairs": ("json-turns", js([["agent", HELLO], ["customer", ANSWER]])),
    "WebVTT": ("webvtt", VTT.encode()),
    "WebVTT with a byte-order mark": ("webvtt", b"\xef\xbb\xbf" + VTT.encode()),
    "WebVTT in a fence": ("webvtt", f"```{VTT}```".encode()),
    "SRT": ("srt", SRT.encode()),
    "SRT with full stops and no numbers": ("srt", SRT.replace(",500", ".500").replace("1\n0", "0").encode()),
    "SBV": ("sbv", SBV.encode()),
    "WhatsApp": ("whatsapp", WHATSAPP.encode()),
    "CSV, a row a turn": ("csv", CSV_TURNS.encode()),
    "CSV with semicolons": (
        "csv",
        f'Call ID;Role;Message\nc-1;Agent;"{HELLO}"\nc-1;Customer;"{ANSWER}"\n'.encode("utf-8-sig"),
    ),
    "CSV with tabs": (
        "csv",
        f"call_id\tspeaker\ttext\nc-1\tAgent\t{HELLO}\nc-1\tCustomer\t{ANSWER}\n".encode(),
    ),
    "CSV, a row a call": ("csv", CSV_CALLS.encode()),
    "CSV without a header": ("csv", f'agent,"{HELLO}"\ncustomer,"{ANSWER}"\n'.encode()),
    "XLSX, a row a turn": ("xlsx", xlsx(TABLE)),
    "XLSX below a title": ("xlsx", xlsx([["Export of March"], [], *TABLE])),
    "plain text": ("text", PLAIN.encode()),
    "plain text, Windows line ends": ("text", PLAIN.replace("\n", "\r\n").encode()),
    "plain text in a page": (
        "html",
        f"<html><body><p>Agent: {HELLO}</p><p>Customer: {ANSWER}</p></body></html>".encode(),
    ),
}
