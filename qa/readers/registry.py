"""The formats we read, in the order in which they are tried; the first whose sniff says yes reads.

Content decides, never the file's name. Adding a format is one row here and a function that reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from models.errors import InputError
from models.records import ReadWarning
from qa.readers import (
    amazon,
    azure,
    captions,
    conversations,
    helpdesks,
    mapped,
    plain,
    platforms,
    recognisers,
    tables,
    vcon,
    whatsapp,
)
from qa.readers.content import decode, load_json, unfenced
from qa.readers.drafts import Draft
from qa.readers.mapping import ColumnMapping
from qa.readers.markup import looks_like_html, without_markup

_DEEPEST = 3
"""Lists of lists of contacts are followed this far."""
_UNEXPECTED = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Format:
    """One row: a stable name, what it holds, how it is recognised and read."""

    name: str
    holds: Literal["json", "text"]
    sniff: Callable[[Any], bool]
    read: Callable[[Any], list[Draft]]


@dataclass(frozen=True, slots=True)
class Content:
    """What a file turned out to be."""

    format: str
    drafts: tuple[Draft, ...]
    warnings: tuple[ReadWarning, ...] = ()
    rejected: tuple[str, ...] = ()
    """Reasons for the contacts of the file that could not be read."""


def _one(read: Callable[[str], Draft]) -> Callable[[str], list[Draft]]:
    return lambda text: [read(text)]


FORMATS: tuple[Format, ...] = (
    Format("contact-lens-chat", "json", amazon.is_chat, amazon.read_chat),
    Format("transcribe-call-analytics", "json", amazon.is_call_analytics, amazon.read_voice),
    Format("contact-lens-voice", "json", amazon.is_voice, amazon.read_voice),
    Format("contact-lens-real-time", "json", amazon.is_real_time, amazon.read_real_time),
    Format("aws-live-call-analytics", "json", amazon.is_live_analytics, amazon.read_live_analytics),
    Format("aws-post-call-analytics", "json", amazon.is_pca, amazon.read_pca),
    Format("amazon-transcribe", "json", amazon.is_transcribe, amazon.read_transcribe),
    Format("genesys", "json", platforms.is_genesys, platforms.read_genesys),
    Format("genesys-events", "json", platforms.is_genesys_events, platforms.read_genesys_events),
    Format("google-ccai", "json", platforms.is_ccai, platforms.read_ccai),
    Format("azure-batch", "json", azure.is_batch, azure.read_batch),
    Format("azure-fast", "json", azure.is_fast, azure.read_fast),
    Format(
        "azure-content-understanding",
        "json",
        azure.is_content_understanding,
        azure.read_content_understanding,
    ),
    Format("azure-conversations", "json", azure.is_conversations, azure.read_conversations),
    Format("deepgram", "json", recognisers.is_deepgram, recognisers.read_deepgram),
    Format("assemblyai", "json", recognisers.is_assemblyai, recognisers.read_assemblyai),
    Format("speechmatics", "json", recognisers.is_speechmatics, recognisers.read_speechmatics),
    Format("rev", "json", recognisers.is_rev, recognisers.read_rev),
    Format("whisper", "json", recognisers.is_whisper, recognisers.read_whisper),
    Format("vcon-encrypted", "json", vcon.is_encrypted, vcon.refuse_encrypted),
    Format("vcon-signed", "json", vcon.is_signed, vcon.read_signed),
    Format("vcon", "json", vcon.is_vcon, vcon.read_vcon),
    Format("zendesk-chat", "json", helpdesks.is_zendesk_chat, helpdesks.read_zendesk_chat),
    Format("zendesk-qa", "json", helpdesks.is_zendesk_qa, helpdesks.read_zendesk_qa),
    Format("zendesk-ticket", "json", helpdesks.is_zendesk_ticket, helpdesks.read_zendesk_ticket),
    Format("intercom", "json", helpdesks.is_intercom, helpdesks.read_intercom),
    Format("freshdesk", "json", helpdesks.is_freshdesk, helpdesks.read_freshdesk),
    Format("twilio", "json", platforms.is_twilio, platforms.read_twilio),
    Format("verint", "json", platforms.is_verint, platforms.read_verint),
    Format("uniphore", "json", platforms.is_uniphore, platforms.read_uniphore),
    Format("microsoft-accelerator", "json", azure.is_blob, azure.read_blob),
    Format("json-turns", "json", conversations.is_turn_list, conversations.read_turn_list),
    Format("json-lines-of-text", "json", conversations.is_lines, conversations.read_lines),
    Format("json", "json", conversations.has_turns, conversations.read_conversation),
    Format("json-text", "json", conversations.has_text, conversations.read_conversation_text),
    Format("webvtt", "text", captions.is_webvtt, _one(captions.read_captions)),
    Format("srt", "text", captions.is_srt, _one(captions.read_captions)),
    Format("sbv", "text", captions.is_sbv, _one(captions.read_captions)),
    Format("whatsapp", "text", whatsapp.is_whatsapp, _one(whatsapp.read_whatsapp)),
    Format("csv", "text", tables.is_table, tables.read_csv),
    Format("text", "text", plain.is_labelled, _one(plain.read_text)),
)
"""Beside these: `xlsx` by its bytes, `json-list` for a list of several of them, `html` for a page of labelled
text, `unlabelled` for text in which nobody is named."""

_NOT_TRANSCRIPTS: tuple[tuple[Callable[[Mapping[str, Any]], bool], str], ...] = (
    (lambda v: "$schema" in v or ("properties" in v and "type" in v), "a JSON schema, not a transcript"),
    (lambda v: "TriggerEventSource" in v, "an Amazon Connect rule, not a transcript; import it as a rule"),
    (lambda v: "evaluationId" in v or "EvaluationFormId" in v, "an evaluation or its form, not a transcript"),
    (lambda v: "baseAnalyzerId" in v, "an analyser's settings, not a transcript"),
    (lambda v: "inference_result" in v, "a summary without the words; export the transcript beside it"),
    (lambda v: "detail-type" in v, "an event without words; export the transcript it speaks of"),
    (lambda v: "jobName" in v or "JobName" in v, "a job without a transcript; fetch its result"),
)
_UNKNOWN = 'JSON of an unknown shape; give turns as {"turns": [{"speaker": …, "text": …}]} or map the fields'


def read_content(content: bytes, columns: ColumnMapping | None = None, *, strict: bool = False) -> Content:
    """What the bytes of a file hold.

    Args:
        content: All of them.
        columns: How a table is read whose columns nobody knows, or knows wrongly.
        strict: A table without those columns is refused, not read as always.

    Raises:
        InputError: When they are no transcript; says what they are and what to do.
    """
    if columns is not None and mapped.columns_of(content) is not None:
        return _by_columns(content, columns, strict=strict)
    if content.startswith(b"PK\x03\x04"):
        return Content("xlsx", tuple(tables.read_xlsx(_workbook(content))))
    text, warnings = decode(content)
    if not text.strip():
        raise InputError("the file is empty")
    loaded = load_json(text)
    if loaded is None:
        return replace(_read_text(text), warnings=tuple(warnings))
    values, mended = loaded
    found = read_value(values[0] if len(values) == 1 else values)
    return replace(found, warnings=(*warnings, *mended, *found.warnings))


def _by_columns(content: bytes, columns: ColumnMapping, *, strict: bool) -> Content:
    """A table by its mapping; one without those columns as always, when it can be read so."""
    if not strict and not mapped.fits(content, columns):
        try:
            return read_content(content)
        except InputError:
            pass  # What it lacks is the better reason.
    found = mapped.read_mapped(content, columns)
    return Content(f"{found.format}-mapped", found.drafts, found.warnings, found.rejected)


def _workbook(content: bytes) -> bytes:
    if b"xl/workbook" not in content and b"xl/worksheets" not in content:
        raise InputError("a zip archive; unpack it and read the files in it")
    return content


def _read_text(text: str) -> Content:
    if plain.looks_like_settings(text):
        raise InputError("settings or notes in YAML, not a transcript; give turns as text, CSV or JSON")
    for row in FORMATS:
        if row.holds == "text" and row.sniff(text):
            return Content(row.name, tuple(row.read(text)))
    if looks_like_html(text):
        return Content("html", (plain.read_text(without_markup(text)),))
    if tables.looks_tabular(text):
        raise InputError(f"a table with unknown columns; {tables.KNOWN_COLUMNS}")
    return Content("unlabelled", (plain.read_text(unfenced(text)),))


def read_value(value: Any, *, depth: int = 0) -> Content:
    """What a JSON value holds.

    Raises:
        InputError: When it is no transcript, or has the marks of a format and not its shape.
    """
    for row in FORMATS:
        if row.holds != "json":
            continue
        try:
            if row.sniff(value):
                return Content(row.name, tuple(row.read(value)))
        except InputError:
            raise
        except _UNEXPECTED as problem:
            raise InputError(
                f"looks like {row.name}, but its parts have unexpected types; export it again"
            ) from problem
    for is_it, what in _NOT_TRANSCRIPTS:
        if isinstance(value, dict) and is_it(value):
            raise InputError(f"this is {what}")
    if depth < _DEEPEST and conversations.is_list_of_contacts(value):
        return _read_list(conversations.contacts_of(value), depth)
    raise InputError(_UNKNOWN)


def _read_list(values: list[Mapping[str, Any]], depth: int) -> Content:
    """Each object is a contact of its own; one that is none does not stop the others."""
    drafts: list[Draft] = []
    rejected: list[str] = []
    warnings: dict[ReadWarning, None] = {}
    names: dict[str, None] = {}
    for index, value in enumerate(values):
        try:
            found = read_value(value, depth=depth + 1)
        except InputError as problem:
            rejected.append(f"entry {index + 1}: {problem}")
            continue
        drafts += found.drafts
        rejected += found.rejected
        names[found.format] = None
        warnings.update(dict.fromkeys(found.warnings))
    if not drafts:
        raise InputError(rejected[0] if rejected else _UNKNOWN)
    return Content(
        "+".join(names) if len(names) <= _DEEPEST else "json-list",
        tuple(drafts),
        tuple(warnings),
        tuple(rejected),
    )


def read_embedded(body: object) -> list[Draft]:
    """Drafts of a JSON value, or of a string that holds one, inside another file; empty when it is none."""
    value = body
    if isinstance(body, str):
        try:
            value = json.loads(body, strict=False)
        except (ValueError, RecursionError):
            return []
    if not isinstance(value, (dict, list)) or not value or vcon.is_vcon(value) or vcon.is_signed(value):
        return []
    try:
        return list(read_value(value, depth=_DEEPEST - 1).drafts)
    except InputError:
        return []
