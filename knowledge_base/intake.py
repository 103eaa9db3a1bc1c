"""What happens to a document before anything else sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from knowledge_base.kinds import guess_kind
from knowledge_base.reports import IngestReport
from models.errors import InputError, RedactionError
from models.records import Document, Rejected


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


def take_in(
    documents: Iterable[Document], known: dict[str, Document], put: Callable[[Document], bool]
) -> IngestReport:
    """Store what is new or has changed; what cannot be stored is rejected and stops nothing.

    Args:
        documents: A later one replaces an earlier one of the same id.
        known: The documents there are, by id; brought up to date.
        put: Stores one; True when something was written.
    """
    added: list[str] = []
    unchanged: list[str] = []
    replaced: list[str] = []
    rejected: list[Rejected] = []
    for document in documents:
        try:
            safe = prepare(document)
            changed = known.get(document.id) != safe and put(safe)
        except RedactionError:
            rejected.append(Rejected(document.id, "secrets could not be masked, so it was not stored"))
            continue
        except InputError as problem:
            rejected.append(Rejected(document.id, str(problem)))
            continue
        outcome = unchanged if not changed else replaced if document.id in known else added
        outcome.append(document.id)
        known[document.id] = safe
    return IngestReport(tuple(added), tuple(unchanged), tuple(replaced), tuple(rejected))


def with_kind(document: Document) -> Document:
    """The document, with a guessed kind when it has none."""
    if document.kind is not None:
        return document
    return replace(document, kind=guess_kind(document.text, document.id.split("/")))
