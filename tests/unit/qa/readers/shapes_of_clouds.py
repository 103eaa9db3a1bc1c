"""What Amazon, Genesys, Google and Microsoft export, one small contact each."""

from __future__ import annotations

from shape_parts import ANSWER, HELLO

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
