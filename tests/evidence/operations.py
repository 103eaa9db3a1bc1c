"""Every operation of the server with whom it is for: the one table of the matrix over routes.

A route that is in no table here fails `isolation_routes` and tests/security/test_web_isolation.py.
"""

from __future__ import annotations

from typing import Any

API = "/api/v1"
ALL = {"agent", "qa", "admin"}
LIVE = {"agent", "admin"}
LEADS = {"qa", "admin"}
TURNS = [{"speaker": "customer", "text": "How long does a refund take?"}]
TRANSCRIPT = {"id": "call-acme", "turns": TURNS, "agent": "Ana"}

OPERATIONS: dict[str, tuple[set[str], dict[str, Any]]] = {
    f"GET {API}/search": (ALL, {"params": {"q": "how long does a refund take"}}),
    f"GET {API}/clients/me": (ALL, {}),
    f"POST {API}/suggest": (LIVE, {"json": {"turns": TURNS}}),
    f"POST {API}/check": (LIVE, {"json": {"draft": "You are an idiot.", "contact": "live-acme"}}),
    f"POST {API}/contacts/{{contact}}/turns": (LIVE, {"json": {"turns": TURNS}}),
    f"POST {API}/contacts/{{contact}}/feedback": (LIVE, {"json": {"suggestion": "CARD", "action": "used"}}),
    f"POST {API}/contacts/{{contact}}/cards/{{card}}/wording": (LIVE, {}),
    f"POST {API}/contacts/{{contact}}/cards/{{card}}/step": (LIVE, {}),
    f"POST {API}/contacts/{{contact}}/close": (LIVE, {"json": {}}),
    f"GET {API}/live": (LIVE, {}),
    f"GET {API}/live/{{contact}}": (LIVE, {}),
    f"POST {API}/contacts/{{contact}}/open": (LIVE, {"json": {}}),
    f"POST {API}/contacts/{{contact}}/drafts": (LIVE, {"json": {"draft": "You are an idiot."}}),
    f"GET {API}/contacts/{{contact}}/wrap-up": (LIVE, {}),
    f"PUT {API}/contacts/{{contact}}/wrap-up": (LIVE, {"json": {"disposition": ""}}),
    f"POST {API}/feeds/{{kind}}": (
        {"feed", "admin"},
        {"json": {"contact": "live-elsewhere", "turns": TURNS}},
    ),
    f"GET {API}/documents": (ALL, {}),
    f"GET {API}/documents/{{document}}": (ALL, {}),
    f"PUT {API}/documents/{{document}}": ({"admin"}, {"json": {"text": "# Refunds\n\nTen days."}}),
    f"DELETE {API}/documents/{{document}}": ({"admin"}, {}),
    f"GET {API}/evaluations": (ALL, {}),
    f"GET {API}/evaluations/{{evaluation}}": (ALL, {}),
    f"GET {API}/evaluations/{{evaluation}}/history": (ALL, {}),
    f"POST {API}/evaluations/{{evaluation}}/acknowledge": (ALL, {"json": {}}),
    f"POST {API}/evaluations/{{evaluation}}/disputes": (
        ALL,
        {"json": {"criterion": "rude", "reason": "I was polite."}},
    ),
    f"POST {API}/analyse": (LEADS, {"json": {"transcript": TRANSCRIPT}}),
    f"POST {API}/score": (LEADS, {"json": {"contact": "call-acme"}}),
    f"GET {API}/contacts": (LEADS, {}),
    f"GET {API}/contacts/{{contact}}": (LEADS, {}),
    f"GET {API}/queue": (LEADS, {}),
    f"POST {API}/evaluations/{{evaluation}}/review": (LEADS, {"json": {"overrides": []}}),
    f"POST {API}/ingest": (
        LEADS,
        {"files": {"files": ("a.txt", b"Agent: Hello.\nCustomer: Hi.\n", "text/plain")}},
    ),
    f"POST {API}/ingest/preview": (
        LEADS,
        {"files": {"files": ("a.txt", b"Agent: Hello.\nCustomer: Hi.\n", "text/plain")}},
    ),
    f"GET {API}/exports/{{file_format}}": (LEADS, {"params": {"contact": "call-acme"}}),
    f"POST {API}/ingest/{{format}}": (LEADS, {"files": {"files": ("a.vtt", b"WEBVTT\n", "text/vtt")}}),
    f"POST {API}/admin/documents": (
        {"admin"},
        {"files": {"files": ("a.md", b"# Returns\n\nSend it back within ten days.\n", "text/markdown")}},
    ),
    # Not in the OpenAPI document: they stream.
    "GET /api/live/{contact}/state": (LIVE, {}),
}
"""What each operation is called with, always ids that exist at Acme, and the roles that may call it."""

OPEN = {"GET /livez", "GET /startupz", "GET /readyz", f"GET {API}/health"}
"""For everybody: whether the server stands."""

IDS = {
    "{format}": "webvtt",
    "{kind}": "plain",
    "{document}": "policies/refunds",
    "{file_format}": "vcon",
    "{evaluation}": "call-acme:short",
    "{card}": "0123456789abcdef",
}
"""What stands for each part of a path; contacts are set by whoever asks."""

STREAMS = {"GET /api/live/{contact}", "GET /api/live/{contact}/state"}
"""Not in the OpenAPI document: they stream, or answer in a stream's place."""

PAGES = {
    "GET /",
    "GET /login",
    "POST /login",
    "GET /logout",
    "POST /logout",
    "GET /welcome",
    "POST /welcome",
    "GET /clients",
    "POST /clients",
    "GET /static/{name}",
    "GET /favicon.ico",
    "GET /manifest.json",
    f"GET {API}/openapi.json",
}
"""What is neither REST of the document nor mounted by Gradio, whose own routes are all tried alike."""
