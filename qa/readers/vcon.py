"""vCon (IETF drafts): text dialogs, transcripts by vendor in the analysis, roles, signed containers.

Read leniently, for published examples fail the published schema; one thing is strict: an unknown name
in `critical` must not be processed. Addresses (`url`) are never fetched.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.errors import InputError
from models.records import Channel, ReadWarning, Speaker
from qa.readers.drafts import Draft, Said, kept, rows, under, words
from qa.readers.markup import without_markup
from qa.readers.plain import is_labelled, read_text
from qa.readers.roles import role_of
from qa.readers.times import moment, number

_UNDERSTOOD = frozenset(("wtf_transcription", "cc", "contact_center", "contact-center"))
_ROLES: Mapping[str, Speaker] = {"sme": "supervisor", "thirdparty": "unknown"}


def is_vcon(value: object) -> bool:
    """Parties and dialog, or `vcon` with either."""
    return isinstance(value, dict) and "dialog" in value and ("parties" in value or "vcon" in value)


def is_signed(value: object) -> bool:
    """A JWS in JSON: `payload` and `signatures`."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("payload"), str)
        and ("signatures" in value or "signature" in value)
    )


def is_encrypted(value: object) -> bool:
    """A JWE in JSON: `ciphertext`."""
    return isinstance(value, dict) and "ciphertext" in value


def refuse_encrypted(_value: Any) -> list[Draft]:
    """Nothing to read.

    Raises:
        InputError: Always.
    """
    raise InputError("the vCon is encrypted; decrypt it where its key is, and read the plain one")


def read_signed(value: Mapping[str, Any]) -> list[Draft]:
    """The payload of a signed vCon; its signature is not checked, and that is said.

    Raises:
        InputError: When the payload is not a vCon.
    """
    from qa.readers.content import load_json

    loaded = load_json(_base64(value["payload"]))
    if not loaded or not is_vcon(loaded[0][0]):
        raise InputError("the signed payload is not a vCon")
    note = ReadWarning("signature-not-checked", "the vCon is signed; the signature was not checked")
    return [replace(draft, warnings=(note, *loaded[1], *draft.warnings)) for draft in read_vcon(loaded[0][0])]


def read_vcon(value: Mapping[str, Any]) -> list[Draft]:
    """One contact: text dialogs are turns, and so are the transcripts in the analysis.

    Raises:
        InputError: An unknown name in `critical`, or no words at all.
    """
    _refuse_critical(value)
    warnings: list[ReadWarning] = []
    parties = rows(value.get("parties"))
    if not isinstance(value.get("parties"), list):
        warnings.append(ReadWarning("parties-missing", "the vCon lists no parties; speakers are unknown"))
    roles = {_party(index): role for index, party in enumerate(parties) if (role := _role(party))}
    dialogs = rows(value.get("dialog"))
    starts = [moment(dialog.get("start")) for dialog in dialogs]
    began = _earliest(starts)
    said, strange = _texts(dialogs, starts, len(parties))
    spoken, alternatives = _transcripts(value, dialogs, starts, began, warnings)
    said += spoken
    if strange:
        note = f"{strange} turns name a party that is not listed; their speaker is unknown"
        warnings.append(ReadWarning("party-unknown", note))
    if alternatives:
        note = f"{alternatives} further transcripts of the same dialog were not read"
        warnings.append(ReadWarning("transcript-alternative", note))
    if not said:
        raise InputError(
            "the vCon holds recordings and no words; transcribe them first (addresses are never fetched)"
        )
    names = {
        words(party.get("name")): role for party in parties if (role := _role(party)) and party.get("name")
    }
    stated = _names_by_party(parties, roles)
    meta = under(value.get("meta"))
    return [
        Draft(
            said,
            id=words(value.get("uuid")),
            agent=stated,
            client=_client(parties, dialogs),
            channel=_channel(dialogs, parties),
            language=next((one.language for one in said if one.language), None),
            started_at=began or moment(value.get("created_at")),
            redacted="yes" if value.get("redacted") else "unknown",
            roles={**roles, **names},
            metadata=kept(
                vendor="vcon",
                version=words(value.get("vcon")),
                disposition=words(meta.get("disposition")),
                direction=words(meta.get("direction")),
                skill=next((words(d["skill"]) for d in dialogs if d.get("skill")), None),
                campaign=next((words(d["campaign"]) for d in dialogs if d.get("campaign")), None),
                interaction=next(
                    (words(d["interaction_id"]) for d in dialogs if d.get("interaction_id")), None
                ),
            ),
            warnings=tuple(warnings),
        )
    ]


def _refuse_critical(value: Mapping[str, Any]) -> None:
    critical = value.get("critical")
    names = [words(name).casefold() for name in critical] if isinstance(critical, list) else []
    if any(name not in _UNDERSTOOD for name in names):
        raise InputError(
            "the vCon marks an extension as critical that is not known here; it must not be processed"
        )


def _party(index: int) -> str:
    return f"party {index}"


def _role(party: Mapping[str, Any]) -> Speaker | None:
    role = words(party.get("role") or under(party.get("meta")).get("role")).casefold()
    return _ROLES.get(role) or role_of(role) if role else None


def _names_by_party(parties: list[Mapping[str, Any]], roles: Mapping[str, Speaker]) -> str:
    agents = [
        words(party.get("name") or party.get("mailto"))
        for index, party in enumerate(parties)
        if roles.get(_party(index)) == "agent"
    ]
    return agents[0] if len(agents) == 1 else ""


def _client(parties: list[Mapping[str, Any]], dialogs: list[Mapping[str, Any]]) -> str:
    orgs = [words(party["org"]) for party in parties if party.get("org") and _role(party) == "agent"]
    return next(iter(orgs), "") or next((words(d["campaign"]) for d in dialogs if d.get("campaign")), "")


def _earliest(starts: list[datetime | None]) -> datetime | None:
    given = [start for start in starts if start]
    aware = [start for start in given if start.tzinfo]
    return min(aware or given, default=None)


def _channel(dialogs: list[Mapping[str, Any]], parties: list[Mapping[str, Any]]) -> Channel:
    kinds = {words(dialog.get("type")) for dialog in dialogs}
    if kinds & {"recording", "recording-set"}:
        return "voice"
    mailed = any(dialog.get("message_id") for dialog in dialogs) or any(
        party.get("mailto") for party in parties
    )
    return "email" if mailed else "chat"


def _texts(
    dialogs: list[Mapping[str, Any]], starts: list[datetime | None], known: int
) -> tuple[list[Said], int]:
    """The text dialogs in order of time, and how many name a party that is not listed."""
    said, strange = [], 0
    for dialog, start in zip(dialogs, starts, strict=True):
        if dialog.get("type") != "text":
            continue
        speaker = dialog.get("originator", dialog.get("parties"))
        while isinstance(speaker, list) and speaker:
            speaker = speaker[0]
        index = speaker if isinstance(speaker, int) else None
        listed = index is not None and 0 <= index < known
        strange += not listed
        who = _party(index) if listed and index is not None else ""
        said.append(Said(_body(dialog), who, at=start))
    return said, strange


def _body(dialog: Mapping[str, Any]) -> str:
    body = dialog.get("body")
    text = words(body) or words(under(body).get("text") or under(body).get("body"))
    if dialog.get("encoding") == "base64url":
        text = _base64(text)
    mediatype = words(dialog.get("mediatype") or dialog.get("mimetype"))
    return without_markup(text) if "html" in mediatype else text


def _base64(text: str) -> str:
    from qa.readers.content import decode

    try:
        return decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))[0]
    except (binascii.Error, ValueError) as problem:
        raise InputError("a base64url body of the vCon is damaged; export it again") from problem


def _transcripts(
    value: Mapping[str, Any],
    dialogs: list[Mapping[str, Any]],
    starts: list[datetime | None],
    began: datetime | None,
    warnings: list[ReadWarning],
) -> tuple[list[Said], int]:
    """Turns of the first readable transcript of each dialog, and how many more there were."""
    said: list[Said] = []
    seen: set[int] = set()
    alternatives = 0
    for analysis in rows(value.get("analysis")):
        if words(analysis.get("type")) not in ("transcript", "wtf_transcription"):
            continue
        dialog = analysis.get("dialog")
        index = next((d for d in dialog if isinstance(d, int)), 0) if isinstance(dialog, list) else dialog
        index = index if isinstance(index, int) else 0
        inner = _inner(analysis)
        if inner is None:
            continue
        if index in seen:
            alternatives += 1
            continue
        seen.add(index)
        warnings += inner.warnings
        offset = _offset(starts, index, began) if 0 <= index < len(dialogs) else 0.0
        said += [_shifted(one, offset) for one in inner.said]
    return said, alternatives


def _inner(analysis: Mapping[str, Any]) -> Draft | None:
    """The transcript in an analysis, by the vendor's own reader; None when it has no words."""
    from qa.readers.registry import read_embedded

    body = analysis.get("body", analysis.get("transcript"))
    if isinstance(body, str) and analysis.get("encoding") == "base64url":
        body = _base64(body)
    found = read_embedded(body)
    if found:
        return found[0]
    if isinstance(body, str) and body.strip() and not body.lstrip().startswith(("{", "[")):
        return read_text(body) if is_labelled(body) else Draft([Said(body)], speaker_from="label")
    return None


def _offset(starts: list[datetime | None], index: int, began: datetime | None) -> float:
    start = starts[index]
    if start is None or began is None or (start.tzinfo is None) != (began.tzinfo is None):
        return 0.0
    return max((start - began).total_seconds(), 0.0)


def _shifted(one: Said, offset: float) -> Said:
    start, end = number(one.start_s), number(one.end_s)
    if not offset:
        return one
    return replace(
        one, start_s=None if start is None else start + offset, end_s=None if end is None else end + offset
    )
