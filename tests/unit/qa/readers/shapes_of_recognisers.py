"""What recognisers of speech and recorders write, and vCon, one small contact each."""

from __future__ import annotations

import base64

from shape_parts import ANSWER, HELLO, js, words

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
