"""One small contact in every shape we read. Written for these tests; two turns, agent first."""

from __future__ import annotations

import json

from shape_parts import ANSWER, HELLO, js, xlsx
from shapes_of_clouds import (
    AZURE_BATCH,
    AZURE_CONVERSATIONS,
    AZURE_CU,
    AZURE_FAST,
    CALL_ANALYTICS,
    CCAI,
    GENESYS,
    GENESYS_EVENTS,
    LENS_CHAT,
    LENS_VOICE,
    LIVE_ANALYTICS,
    PCA,
    REAL_TIME,
    TRANSCRIBE,
)
from shapes_of_helpdesks import (
    FRESHDESK,
    INTERCOM,
    TWILIO,
    UNIPHORE,
    VERINT,
    ZENDESK,
    ZENDESK_CHAT,
    ZENDESK_QA,
)
from shapes_of_recognisers import (
    ASSEMBLYAI,
    BLOB,
    DEEPGRAM,
    REV,
    SPEECHMATICS,
    VCON,
    VCON_WTF,
    WHISPERX,
    signed,
)

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
