"""What a format's reader hands over: words and claims, before anything is decided about them.

A reader copies what the source says and nothing more. Who the agent is, how turns are ordered and
what is mended is decided once, for all formats, in `assembly.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.records import Channel, ReadWarning, Speaker, Visibility


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the source gives it."""

    text: str
    who: str = ""
    """The source's id or label of who spoke; empty when it names nobody."""
    speaker: Speaker | None = None
    """The role, when the source says it; None: to be told from the label or the words."""
    start_s: float | None = None
    end_s: float | None = None
    at: datetime | None = None
    """Naive when the source gives no zone."""
    language: str | None = None
    confidence: float | None = None
    visibility: Visibility = "public"
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One contact as the source gives it."""

    said: Iterable[Said]
    id: str = ""
    agent: str = ""
    client: str = ""
    """What the file says; it never decides where the contact is stored."""
    channel: Channel = "other"
    language: str | None = None
    started_at: datetime | None = None
    speaker_from: str = "vendor"
    """Where roles come from: vendor, channel or label. Inference overrides it."""
    redacted: str = "unknown"
    """yes, no or unknown."""
    roles: Mapping[str, Speaker] = field(default_factory=dict)
    """Names whose role the file states elsewhere (`{"Ben": "agent"}`)."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[ReadWarning, ...] = ()


CHANNELS: Mapping[str, Channel] = {
    "voice": "voice",
    "call": "voice",
    "phone": "voice",
    "telephone": "voice",
    "telephony": "voice",
    "audio": "voice",
    "recording": "voice",
    "chat": "chat",
    "webchat": "chat",
    "messaging": "chat",
    "message": "chat",
    "web": "chat",
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "sms": "sms",
    "text": "sms",
    "whatsapp": "whatsapp",
}


def channel_of(value: object, default: Channel = "other") -> Channel:
    """Our word for the source's channel; `default` when it says nothing we know."""
    return CHANNELS.get(str(value or "").strip().casefold(), default)


def words(value: object) -> str:
    """A text field as a string: numbers are written out, anything else that is not text is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def rows(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; everything else in it, and everything that is no list, is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def under(value: object) -> Mapping[str, Any]:
    """The object itself, or an empty one when the source holds something else here."""
    return value if isinstance(value, dict) else {}


def kept(**facts: object) -> dict[str, Any]:
    """Facts for the metadata: only those that say something, and only plain ones."""
    return {name: fact for name, fact in facts.items() if fact not in (None, "", [], {})}
