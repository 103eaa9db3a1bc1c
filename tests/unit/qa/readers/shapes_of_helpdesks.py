"""What helpdesks and platforms of contact centres export, one small contact each."""

from __future__ import annotations

from shape_parts import ANSWER, HELLO

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
