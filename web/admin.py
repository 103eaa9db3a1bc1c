"""What an administrator does about clients and documents. The page and the routes call these.

Every function is told who does it (a `Principal`) and checks that person's rights itself; every change is
noted in the audit of the client it is about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from knowledge_base import publishing
from knowledge_base.publishing import Proposal
from models.errors import ConflictError, InputError, NotFoundError
from models.records import ClientProfile, Document, ReadWarning, Rejected
from storage import SqliteStore
from storage import retention as keeping
from storage.access import AccessKeys, Principal
from storage.names import check_client_name, client_key
from storage.people import People
from web import documents as document_desk
from web.problems import Refused
from web.sign_in import SERVER
from web.texts import LANGUAGES

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from storage.audit import AuditTrail
    from storage.retention import Kept
    from web.workspace import Workspace

_MOST_FILES = 50
_DEEPEST = 4
_LONGEST_PART = 60


@dataclass(frozen=True, slots=True)
class Office:
    """What an administrator works with."""

    workspace: Workspace
    people: People
    keys: AccessKeys
    audit: AuditTrail

    def note(self, who: Principal, action: str, of: str, *, client: str = "", **words: str) -> None:
        """Into the audit of the client it is about; what is about none, into the server's."""
        self.audit.note(client or who.client or SERVER, who=who.name, action=action, of=of, **words)


def office_of(workspace: Workspace) -> Office:
    """The office of a data folder."""
    folder = workspace.folder
    return Office(workspace, People(folder), AccessKeys(folder), workspace.audit)


def check_admin(who: Principal, *, owner: bool = False, client: bool = False) -> None:
    """Whether somebody may do this.

    Raises:
        Refused: They may not (403).
        ConflictError: A client must be chosen first.
    """
    if who.role != "admin" or (owner and not who.owner):
        raise Refused(403)
    if client and not who.client:
        raise ConflictError("admin: choose a client first")


def identity(who: Principal) -> str:
    """What tells two people apart who may share a name: their id, or that they came by a key."""
    return who.person or f"key:{who.name}"


# -- clients ---------------------------------------------------------------------------------


def make_client(
    office: Office, who: Principal, client: str, *, title: str = "", colour: str = "", language: str = "en"
) -> str:
    """Make a client, empty. Its data is a file of its own.

    Raises:
        InputError: The name, colour or language is not usable.
        ConflictError: There is one of that name.
    """
    check_admin(who, owner=True)
    client = check_client_name(client)
    if client_key(client) in {client_key(one) for one in (*office.workspace.clients(), SERVER)}:
        raise ConflictError(f"client {client}: exists already")
    profile = _painted(ClientProfile(id=client), title, colour, language)
    kb = office.workspace.knowledge_base(client, create=True)
    kb.store.put(client, profile)
    kb.refresh()
    office.note(who, "client.make", client, client=client)
    return client


def change_client(
    office: Office, who: Principal, *, title: str, colour: str, language: str, four_eyes: bool
) -> ClientProfile:
    """Change how the own client is shown, and whether two people publish. Other settings: its `client.yaml`.

    Raises:
        InputError: The colour or language is not usable.
    """
    check_admin(who, client=True)
    kb = office.workspace.knowledge_base(who.client)
    known = kb.profile
    extra = {**known.extra, publishing.KEY: {"four_eyes": four_eyes}}
    changed = replace(_painted(known, title, colour, language), extra=extra)
    if changed != known:
        kb.store.put(kb.client, changed, supersede=True)
        kb.refresh()
        before, after = (_settings_line(one) for one in (known, changed))
        office.note(who, "client.change", kb.client, before=before, after=after)
    return changed


def configuration(profile: ClientProfile) -> str:
    """All settings of a client as its `client.yaml`, to read, keep and compare."""
    import yaml

    from models.codec import to_plain

    plain = {name: value for name, value in to_plain(profile).items() if name not in ("id", "extra")}
    whole = {**{name: value for name, value in plain.items() if value not in ("", [], {})}, **profile.extra}
    return yaml.safe_dump(to_plain(whole), allow_unicode=True, sort_keys=False, width=100)


def _settings_line(profile: ClientProfile) -> str:
    two = publishing.wants_four_eyes(profile)
    return f"{profile.colour} {profile.language} four_eyes={'yes' if two else 'no'}"


def _painted(profile: ClientProfile, title: str, colour: str, language: str) -> ClientProfile:
    from knowledge_base.client_file import parse_profile

    if language not in LANGUAGES and len(language) not in (2, 3):
        raise InputError("client: the language must be a code such as en, nl, de, es or nb")
    if colour:
        _, warnings = parse_profile(f'colour: "{colour}"' if '"' not in colour else "colour: x", profile.id)
        if warnings:
            raise InputError("client: the colour must be #rrggbb")
    title = " ".join(title.split())
    if len(title) > 100 or not title.isprintable():  # noqa: PLR2004 - as long as a client's name
        raise InputError("client: the name to show must be at most 100 printable characters")
    return replace(
        profile, name=title or profile.name, colour=colour.lower() or profile.colour, language=language
    )


# -- documents -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """What became of files that were sent."""

    published: tuple[str, ...]
    """Ids that are in force or will be on their day."""
    proposed: tuple[str, ...]
    """Ids that wait for a second person."""
    unchanged: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    warnings: tuple[ReadWarning, ...] = ()


def receive_documents(
    office: Office, who: Principal, files: Sequence[tuple[str, bytes]], *, folder: str = ""
) -> Received:
    """Documents that were sent: proposed where the client wants four eyes, else published.

    Args:
        office: The office.
        who: Who sends them.
        files: Name and content; the name without folders and suffix becomes the id.
        folder: Put before each id, such as `policies`; also a hint at the kind.

    Raises:
        InputError: No file, too many, or an unusable folder.
    """
    check_admin(who, client=True)
    if not 0 < len(files) <= _MOST_FILES:
        raise InputError(f"documents: send 1 to {_MOST_FILES} files")
    kb = office.workspace.knowledge_base(who.client)
    read, rejected, warnings = _read(kb, files, _folder(folder))
    two = publishing.four_eyes(kb)
    published, proposed, unchanged = [], [], []
    for document in read:
        current = publishing.current_version(kb, document.id)
        try:
            if two:
                made = publishing.propose(
                    kb, document, who=who.name, person=identity(who), at=datetime.now(UTC)
                )
                proposed.append(document.id)
                office.note(who, "document.propose", document.id, after=made.document.digest)
                continue
            document_desk.publish(office.workspace, who.client, document, who=who.name)
        except ConflictError as problem:
            rejected.append(Rejected(document.id, str(problem)))
            continue
        except InputError as problem:
            if "same as the current" in str(problem):
                unchanged.append(document.id)
            else:
                rejected.append(Rejected(document.id, str(problem)))
            continue
        stored = kb.document(document.id)
        if current is not None and stored.digest == current.digest:
            unchanged.append(document.id)
        else:
            published.append(document.id)
            before = current.digest if current is not None else ""
            office.note(who, "document.publish", document.id, before=before, after=stored.digest)
    return Received(tuple(published), tuple(proposed), tuple(unchanged), tuple(rejected), tuple(warnings))


def publish_proposal(office: Office, who: Principal, id: str) -> Proposal:
    """Publish what somebody else proposed. Only people with a password of their own may.

    Raises:
        ConflictError: It is the own proposal, it is decided, or the document changed meanwhile.
        NotFoundError: No such proposal.
    """
    check_admin(who, client=True)
    kb = office.workspace.knowledge_base(who.client)
    proposal = kb.store.get(kb.client, Proposal, id)
    if publishing.four_eyes(kb) and not who.person:
        raise ConflictError(
            "proposal: a key is nobody's own pair of eyes; sign in with a password to publish"
        )
    current = publishing.current_version(kb, proposal.document.id)
    publishing.publish(
        kb, id, who=who.name, person=identity(who), at=datetime.now(UTC), alone=not publishing.four_eyes(kb)
    )
    before = current.digest if current is not None else ""
    office.note(
        who,
        "document.publish",
        proposal.document.id,
        reason=f"proposed by {proposal.by}",
        before=before,
        after=proposal.document.digest,
    )
    return proposal


def reject_proposal(office: Office, who: Principal, id: str, reason: str) -> Proposal:
    """Decide against a proposal, with a reason.

    Raises:
        InputError: No reason.
        ConflictError: It is decided.
        NotFoundError: No such proposal.
    """
    check_admin(who, client=True)
    kb = office.workspace.knowledge_base(who.client)
    decided = publishing.reject(
        kb, id, who=who.name, person=identity(who), at=datetime.now(UTC), reason=reason
    )
    office.note(who, "document.reject", decided.document.id, reason=decided.reason)
    return decided


def withdraw_document(office: Office, who: Principal, id: str) -> Document:
    """Take a document out of force from today on. One person may: it only takes words away.

    Raises:
        NotFoundError: No such document.
    """
    check_admin(who, client=True)
    kept = document_desk.withdraw(office.workspace, who.client, id, who=who.name)
    office.note(who, "document.withdraw", id, after=kept.digest)
    return kept


def versions_of(kb: KnowledgeBase, id: str) -> list[tuple[datetime, Document]]:
    """All revisions of a document with the moment in which each was stored, newest first.

    Raises:
        NotFoundError: No such document.
    """
    found = kb.store.history(kb.client, Document, id)
    if not found:
        raise NotFoundError(f"Document {id}: no such record")
    return found[::-1]


def state_of(document: Document, on: date) -> str:
    """`in_force`, `coming` or `expired`, on a day."""
    if document.in_force(on):
        return "in_force"
    return "coming" if document.effective_from is not None and on < document.effective_from else "expired"


def _folder(written: str) -> str:
    parts = [part.strip() for part in written.replace("\\", "/").split("/") if part.strip()]
    if len(parts) > _DEEPEST or any(
        part.startswith(".") or not part.isprintable() or len(part) > _LONGEST_PART for part in parts
    ):
        raise InputError("documents: the folder is not usable; try a word such as policies")
    return "/".join(parts)


def _read(
    kb: KnowledgeBase, files: Sequence[tuple[str, bytes]], folder: str
) -> tuple[list[Document], list[Rejected], list[ReadWarning]]:
    """Files as documents. They pass through a private folder: the readers work in a process of their own."""
    from knowledge_base.folders import read_folder
    from knowledge_base.knowledge import MAX_BYTES

    names = {kb.client, kb.profile.name, *kb.profile.brands} - {""}
    with tempfile.TemporaryDirectory(prefix="unscripted-upload-") as made:
        root = Path(made)
        inside = root / folder if folder else root
        inside.mkdir(parents=True, exist_ok=True)
        taken, twice = set(), []
        for name, content in files:
            plain = PurePosixPath(name.replace("\\", "/")).name.lstrip(".")
            if not plain or not plain.isprintable() or plain.casefold() in taken:
                twice.append(Rejected(plain or "file", "has no usable name, or came twice"))
                continue
            taken.add(plain.casefold())
            (inside / plain).write_bytes(content)
        read = read_folder(root, names=names, max_bytes=MAX_BYTES)
        passed_over = {f"{folder}/{name}" if folder else name for name in _names(inside)} - set(read.files)
        unknown = [Rejected(name, _passed_over(name)) for name in sorted(passed_over)]
    return list(read.documents.values()), [*read.rejected, *twice, *unknown], list(read.warnings)


def _passed_over(name: str) -> str:
    if PurePosixPath(name).name.casefold() in ("client.yaml", "client.yml"):
        return "holds the client's settings; take them under Clients"
    return "is of a kind that holds no document"


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.is_file()]


# -- retention -------------------------------------------------------------------------------


def retention_of(office: Office, who: Principal) -> list[tuple[str, int, str]]:
    """Each kind of record with its days and who set them: `client`, `default` or `limit`."""
    check_admin(who, client=True)
    kb = office.workspace.knowledge_base(who.client)
    own, limits = kb.profile.retention, office.workspace.retention_limits
    rows = []
    for name, days in keeping.days_of(_durable(kb), kb.client, limits).items():
        asked = int(own.get(name, keeping.DEFAULT_DAYS[name]))
        rows.append((name, days, "limit" if days < asked else "client" if name in own else "default"))
    return rows


def run_retention(office: Office, who: Principal) -> Kept:
    """Take away now what has had its time at the own client."""
    check_admin(who, client=True)
    kb = office.workspace.knowledge_base(who.client)
    done = keeping.run(_durable(kb), office.audit, kb.client, limits=office.workspace.retention_limits)
    office.note(who, "retention.ask", kb.client)
    return done


def _durable(kb: KnowledgeBase) -> SqliteStore:
    assert isinstance(kb.store, SqliteStore)  # a workspace opens no other
    return kb.store
