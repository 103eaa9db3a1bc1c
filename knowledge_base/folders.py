"""A whole folder to documents: one bad file never stops the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.client_file import read_profile
from knowledge_base.client_rules import RULE_FILE, read_client_rules
from knowledge_base.conversion import Converter
from knowledge_base.files import CLIENT_FILES, find_files, read_documents
from knowledge_base.reports import IngestReport, Progress, Rejected
from models.errors import ConfigError, InputError
from models.records import ClientProfile, Document, ReadWarning


@dataclass(frozen=True, slots=True)
class FolderRead:
    """What a folder held."""

    documents: Mapping[str, Document]
    """By id, in the order in which they were read."""
    files: frozenset[str]
    """Every file that was looked at, relative to the folder."""
    rejected: tuple[Rejected, ...]
    warnings: tuple[ReadWarning, ...]


@dataclass(frozen=True, slots=True)
class ClientFileRead:
    """What came of a folder's `client.yaml`."""

    profile: ClientProfile | None = None
    """None when there is no such file, or it is broken."""
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[ReadWarning, ...] = ()


def read_client_file(root: Path, client: str) -> ClientFileRead:
    """Read `client.yaml` and `rules.yaml` at the top of a folder; a broken one is rejected and stops nothing.

    The client's own wording rules become `ClientProfile.extra["rules"]`; when they are broken, none are
    used.
    """
    read = _read_profile(root, client)
    files = [name for name in (*CLIENT_FILES, RULE_FILE) if (root / name).is_file()]
    if not files:
        return read
    rules: list[Mapping[str, object]] = []
    rejected = list(read.rejected)
    for name in files:
        if any(entry.path == name for entry in rejected):
            continue
        if not (root / name).resolve().is_relative_to(root.resolve()):
            rejected.append(Rejected(name, "links to a file outside the folder"))
            continue
        try:
            rules.extend(read_client_rules(root / name))
        except ConfigError as problem:
            rejected.append(Rejected(name, str(problem)))
    profile = read.profile
    if rules or (profile is not None and "rules" in profile.extra):
        profile = profile or ClientProfile(id=client)
        profile = replace(profile, extra={**profile.extra, "rules": tuple(rules)})
    warnings = tuple(warning for warning in read.warnings if "`rules` is not known" not in warning.message)
    return ClientFileRead(profile, tuple(rejected), warnings)


def _read_profile(root: Path, client: str) -> ClientFileRead:
    for name in CLIENT_FILES:
        if not (root / name).is_file():
            continue
        if not (root / name).resolve().is_relative_to(root.resolve()):
            # It may lead to another client's file.
            return ClientFileRead(rejected=(Rejected(name, "links to a file outside the folder"),))
        try:
            profile, warnings = read_profile(root / name, client)
        except ConfigError as problem:
            return ClientFileRead(rejected=(Rejected(name, str(problem)),))
        return ClientFileRead(profile, warnings=warnings)
    return ClientFileRead()


def read_folder(
    root: Path, *, names: Collection[str], max_bytes: int, progress: Progress | None = None
) -> FolderRead:
    """Read every file of a folder, or one file.

    Args:
        root: The folder or file.
        names: Names of the client, for tables with a client column.
        max_bytes: Larger files are rejected.
        progress: Called with each file.

    Raises:
        InputError: No such file or folder.
    """
    files = list(find_files(root))
    documents: dict[str, Document] = {}
    rejected: list[Rejected] = []
    warnings: list[ReadWarning] = []
    with Converter() as converter:
        for number, file in enumerate(files):
            if progress is not None:
                progress(number, len(files), file.name)
            try:
                found, problems = read_documents(file, converter, max_bytes=max_bytes, names=names, root=root)
            except InputError as problem:
                rejected.append(Rejected(file.name, str(problem)))
                continue
            warnings.extend(problems)
            for document in found:
                if document.id in documents:
                    rejected.append(Rejected(file.name, f"its id `{document.id}` is taken by another file"))
                else:
                    documents[document.id] = document
    if progress is not None and files:
        progress(len(files), len(files), "files read")
    return FolderRead(documents, frozenset(file.name for file in files), tuple(rejected), tuple(warnings))


def with_reading(
    report: IngestReport, client_file: ClientFileRead, read: FolderRead, missing: tuple[str, ...]
) -> IngestReport:
    """What became of the documents, and of the files that they were read from."""
    sources = {id: str(one.metadata["file"]) for id, one in read.documents.items()}
    refused = (replace(one, path=sources[one.path]) for one in report.rejected)
    return replace(
        report,
        rejected=(*client_file.rejected, *read.rejected, *refused),
        missing=missing,
        warnings=(*client_file.warnings, *read.warnings),
    )


def find_missing(root: Path, read: FolderRead, stored: Mapping[str, Document]) -> tuple[str, ...]:
    """Ids of stored documents whose file has gone from a folder of which other files were read now.

    A client may be ingested from several folders, so a document from elsewhere is not missing.
    """
    if not root.is_dir():
        return ()
    folders = {_folder(name) for name in read.files}
    return tuple(
        id
        for id, document in stored.items()
        if (name := document.metadata.get("file")) is not None
        and id not in read.documents
        and name not in read.files
        and _folder(str(name)) in folders
    )


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
