"""Examples of what REST takes and gives, for the OpenAPI document. A test holds that they are usable."""

from __future__ import annotations

from typing import Any

_TURN = {"id": "t1", "speaker": "customer", "text": "How long does a refund take?", "start_s": 4.2}
_TRANSCRIPT = {
    "id": "call-17",
    "agent": "Ana",
    "channel": "voice",
    "turns": [_TURN, {"speaker": "agent", "text": "Ten working days, and you get a message then."}],
}

EXAMPLES: dict[str, Any] = {
    "OpenIn": {"agent": "Ana", "channel": "voice"},
    "TurnsIn": {"turns": [_TURN]},
    "SuggestIn": {"turns": [_TURN]},
    "DraftIn": {"draft": "You will have it on Friday, guaranteed."},
    "CheckIn": {"draft": "You will have it on Friday, guaranteed.", "contact": "call-17"},
    "FeedbackIn": {"suggestion": "3f9c2d71a0b84e55", "action": "used"},
    "CloseIn": {},
    "WrapUpIn": {
        "lines": [{"heading": "done", "text": "Refund begun, ten working days."}],
        "disposition": "refund",
    },
    "AnalyseIn": {"transcript": _TRANSCRIPT},
    "ScoreIn": {"contact": "call-17", "scorecard": "voice@1", "keep": True},
    "ReviewIn": {
        "overrides": [{"criterion": "verified", "outcome": "MET", "reason": "Turn 3: date of birth asked."}]
    },
    "DisputeIn": {
        "criterion": "verified",
        "reason": "I asked for the date of birth in turn 3.",
        "evidence": [{"turn": 2, "start": 0, "end": 24}],
    },
    "NothingIn": {},
    "DocumentIn": {
        "text": "# How long does a refund take?\n\nA refund takes ten working days.",
        "title": "Refunds",
        "kind": "policy",
        "version": "8",
        "effective_from": "2026-04-01",
    },
    "FedOut": {"contacts": [{"contact": "call-17", "accepted": 1}]},
    "LiveList": {
        "contacts": [{"contact": "call-17", "agent": "Ana", "channel": "voice", "turns": 2, "ended": False}]
    },
    "HealthOut": {"status": "degraded", "reasons": ["documents are searched by words alone"]},
    "PublishedOut": {"id": "policies/refunds", "change": "replaced", "digest": "9f" * 32},
    "Problem": {
        "type": "about:blank",
        "title": "The input is not usable",
        "status": 422,
        "detail": "Some fields are missing or wrong.",
        "errors": [{"where": "body.turns.0.text", "kind": "missing"}],
    },
}
