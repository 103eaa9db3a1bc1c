"""Putting and withdrawing a client's documents: the one way for REST and for the admin's page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from knowledge_base.publishing import four_eyes
from models.errors import ConflictError, InputError
from models.records import Document
from storage.keys import redacted

if TYPE_CHECKING:
    from knowledge_base import IngestReport
    from web.workspace import Workspace

_LONGEST_ID = 200


def publish(workspace: Workspace, client: str, document: Document, *, who: str) -> IngestReport:
    """Make a document version the current one; the versions before it stay in the file.

    Args:
        workspace: The data folder.
        client: Whose.
        document: The whole new version; the same content again changes nothing.
        who: The named person, or the key's name, who does it.

    Raises:
        InputError: No name, an unusable id, no text, an end before the beginning, or the store refused it.
        ConflictError: The version is there already with other words: give it a new one. Or the client's
            documents are published by two people (`publishing: {four_eyes: true}`).
    """
    _check(document, who)
    kb = workspace.knowledge_base(client)
    if four_eyes(kb):
        words = "this client's documents are published by two people; propose it on the admin page"
        raise ConflictError(f"document {document.id}: {words}")
    known = {one.id: one for one in kb.documents(all_dates=True)}.get(document.id)
    same_version = known is not None and document.version and known.version == document.version
    if same_version and known is not None and known.text != redacted(document).text:
        words = f"version {document.version} is there with other words; name a new one"
        raise ConflictError(f"document {document.id}: {words}")
    report = kb.add([document])
    if report.rejected:
        raise InputError(f"document {document.id}: {report.rejected[0].reason}")
    return report


def withdraw(workspace: Workspace, client: str, id: str, *, who: str, today: date | None = None) -> Document:
    """Take a document out of force: it is not shown or searched from now on, and stays as evidence.

    Raises:
        InputError: No name.
        NotFoundError: No such document.
    """
    if not who.strip():
        raise InputError("document: whoever withdraws it must be named")
    kb = workspace.knowledge_base(client)
    known = kb.document(id)
    last = (today or date.today()) - timedelta(days=1)  # noqa: DTZ011 - a policy ends at midnight where the centre is
    if known.effective_until is None or known.effective_until > last:
        known = replace(known, effective_until=last)
        kb.add([known])
    return kb.document(id)


def _check(document: Document, who: str) -> None:
    if not who.strip():
        raise InputError("document: whoever publishes it must be named")
    if (
        len(document.id) > _LONGEST_ID
        or not document.id.isprintable()
        or document.id != document.id.strip("/ ")
    ):
        raise InputError(f"document: the id must have 1 to {_LONGEST_ID} printable characters")
    if not document.text.strip():
        raise InputError(f"document {document.id}: has no text")
    starts, ends = document.effective_from, document.effective_until
    if starts is not None and ends is not None and ends < starts:
        raise InputError(f"document {document.id}: ends before it begins")
