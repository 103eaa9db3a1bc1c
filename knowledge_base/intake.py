"""What happens to a document before anything else sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge_base.kinds import guess_kind
from knowledge_base.reports import IngestReport
from models.errors import InputError, RedactionError
from models.records import Document, Rejected
from storage.keys import record_key

if TYPE_CHECKING:
    from models.ports import Store


def checked(documents: Iterable[Document]) -> list[Document]:
    """These documents.

    Raises:
        InputError: Something else is among them.
    """
    found = list(documents)
    for document in found:
        if not isinstance(document, Document):
            raise InputError(f"add: a Document is wanted, not a {type(document).__name__}")
    return found


def prepare(document: Document) -> Document:
    """The document as it may be stored: with kind and language, card numbers and secrets masked.

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
        from models.languages import document_with_language
        from models.redaction import redact

        return redact(with_kind(document_with_language(document)))
    except RedactionError:
        raise
    except Exception:  # noqa: BLE001 - whatever breaks in the redactor, the words must not be stored
        raise RedactionError(f"document {document.id}: the redactor failed") from None


def take_in(
    documents: Iterable[Document],
    known: dict[str, Document],
    *,
    store: Store,
    client: str,
    beside: Callable[[Document], None],
) -> IngestReport:
    """Store what is new or has changed, all of it in one step; what cannot be stored stops nothing.

    Args:
        documents: A later one replaces an earlier one of the same id.
        known: The documents there are, by id; brought up to date.
        store: Where they are kept; all are kept or none, where the store can do that.
        client: Name of the client.
        beside: Called with each document that is about to be stored, as it will be.
    """
    rejected: list[Rejected] = []
    ready: dict[str, Document] = {}
    order: dict[str, None] = {}
    for document in documents:
        try:
            safe = prepare(document)
            record_key(safe)
        except RedactionError:
            rejected.append(Rejected(document.id, "secrets could not be masked, so it was not stored"))
            continue
        except InputError as problem:
            rejected.append(Rejected(document.id, str(problem)))
            continue
        order[document.id] = None
        ready.pop(document.id, None)
        if known.get(document.id) != safe:
            ready[document.id] = safe
            beside(safe)
    written = (
        dict(zip(ready, store.put_all(client, list(ready.values()), supersede=True), strict=True))
        if ready
        else {}
    )
    added = tuple(id for id in order if written.get(id) and id not in known)
    replaced = tuple(id for id in order if written.get(id) and id in known)
    unchanged = tuple(id for id in order if not written.get(id))
    known.update(ready)
    return IngestReport(added, unchanged, replaced, tuple(rejected))


def with_kind(document: Document) -> Document:
    """The document, with a guessed kind when it has none."""
    if document.kind is not None:
        return document
    return replace(document, kind=guess_kind(document.text, document.id.split("/")))
