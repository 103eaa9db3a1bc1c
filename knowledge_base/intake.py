"""What happens to a document before anything else sees it."""

from __future__ import annotations

from dataclasses import replace

from knowledge_base.kinds import guess_kind
from models.errors import InputError, RedactionError
from models.records import Document


def prepare(document: Document) -> Document:
    """The document as it may be stored: with a kind, and with card numbers and secrets masked.

    Raises:
        InputError: Its text cannot be written as UTF-8.
        RedactionError: Whatever went wrong while masking; nothing may be stored then.
    """
    for name, text in (("id", document.id), ("title", document.title), ("text", document.text)):
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise InputError(
                f"its {name} holds a lone surrogate at offset {problem.start}; decode with errors='replace'"
            ) from None
    try:
        from models.redaction import redact

        return redact(with_kind(document))
    except RedactionError:
        raise
    except Exception:  # noqa: BLE001 - whatever breaks in the redactor, the words must not be stored
        raise RedactionError(f"document {document.id}: the redactor failed") from None


def with_kind(document: Document) -> Document:
    """The document, with a guessed kind when it has none."""
    if document.kind is not None:
        return document
    return replace(document, kind=guess_kind(document.text, document.id.split("/")))
