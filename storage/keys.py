"""What a record is stored under, and what is taken out of it first."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from models.codec import to_json
from models.errors import InputError, RedactionError, UnscriptedError
from models.records import Dispute, Document, Review, Transcript, Turn, WrapUp

_HELD_WORDS: Any = (Transcript, Turn, Document)
_WORDS_TYPED_BY_PEOPLE: Any = (Review, Dispute)
_LONGEST_ID = 512


def redacted(record: Any) -> Any:
    """The record as it may be written: secrets replaced by type marks.

    Raises:
        RedactionError: The redactor failed; the caller must store nothing.
    """
    from models.redaction import redact

    clean: Any = redact
    try:
        if isinstance(record, _HELD_WORDS):
            return clean(record)
        if isinstance(record, WrapUp):
            return replace(
                record, lines=tuple(replace(line, text=redact(line.text)) for line in record.lines)
            )
        if isinstance(record, _WORDS_TYPED_BY_PEOPLE):
            return replace(record, reason=redact(record.reason))
    except UnscriptedError:
        raise
    except Exception:  # noqa: BLE001 - whatever breaks in the redactor, the words must not be stored
        raise RedactionError(
            f"{type(record).__name__}: the redactor failed, so the record was not stored"
        ) from None
    return record


def record_key(record: Any) -> str:
    """The record's `id`; one without an id is appended under the digest of its content.

    Raises:
        InputError: The id is not a string of 1-512 characters.
    """
    key = getattr(record, "id", None)
    if key is None:
        return hashlib.sha256(to_json(record).encode()).hexdigest()
    if not isinstance(key, str) or not 0 < len(key) <= _LONGEST_ID or "\0" in key:
        raise InputError(f"{type(record).__name__}: the id must be text of 1 to {_LONGEST_ID} characters")
    return key
