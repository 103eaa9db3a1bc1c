"""Files and folders of transcripts: limits, ids, twins; one bad file never stops the others."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge_base.reports import Progress
from models.errors import InputError
from models.patterns import pattern
from models.records import ReadWarning, Rejected, Transcript
from qa.readers.assembly import Origin, assemble
from qa.readers.drafts import Draft
from qa.readers.mapping import ColumnMapping

MAX_BYTES = 50_000_000
_MEGABYTE = 1_000_000
_SHORTEST_CARD = 12
_SUFFIX = pattern(
    r"(?:\.(?:json|jsonl|ndjson|txt|csv|tsv|xlsx|vtt|srt|sbv|vcon|log|html?|md))+\Z", re.IGNORECASE
)
_OTHER_SUFFIX = pattern(r"(?<=.)\.[a-z][a-z0-9]{0,4}\Z", re.IGNORECASE)
_LENS_NAME = pattern(r"(?P<id>.+?)_analysis(?P<redacted>_redacted)?_\d{4}-\d{2}-\d{2}.*\Z")
_TWIN_NAME = pattern(r"(?P<id>.+?)[ _.-]redacted\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a folder held."""

    transcripts: tuple[Transcript, ...]
    rejected: tuple[Rejected, ...]


def parse(
    content: bytes,
    *,
    name: str = "",
    client: str = "unknown",
    agent: str = "",
    max_bytes: int = MAX_BYTES,
    columns: ColumnMapping | None = None,
) -> list[Transcript]:
    """The transcripts in the bytes of an upload or of standard input.

    Args:
        content: The whole file, in any known format; the format is told by the content.
        name: Its name, for ids and messages; it never decides the format.
        client: Whose contacts these are. What the file says goes to `metadata["client_in_file"]`.
        agent: The agent, when the caller knows; it also names the agent among labels.
        max_bytes: Largest size read.
        columns: Which column of a CSV or XLSX file is what. A file of another format is read as always.

    Returns:
        One or more transcripts with distinct ids. Contacts without words are left out with a warning.

    Raises:
        InputError: Too large, not a known format, or no contact with words; names the file, what was
            wrong and what to do.
    """
    report = read_upload(
        content,
        name=name,
        client=client,
        agent=agent,
        max_bytes=max_bytes,
        columns=columns,
        strict=columns is not None,
    )
    transcripts, rejected = list(report.transcripts), [one.reason for one in report.rejected]
    if rejected:
        what = "rows were left out" if columns is not None else "contacts were not read"
        note = ReadWarning("contacts-rejected", f"{len(rejected)} {what}: {rejected[0]}", name)
        transcripts[0] = replace(transcripts[0], warnings=(*transcripts[0].warnings, note))
    return transcripts


def read_upload(
    content: bytes,
    *,
    name: str = "",
    client: str = "unknown",
    agent: str = "",
    max_bytes: int = MAX_BYTES,
    columns: ColumnMapping | None = None,
    strict: bool = False,
) -> ReadReport:
    """As `parse`, with every contact and row that could not be read and its reason.

    A table without the mapped columns is read as always, unless `strict`: several files come together.

    Raises:
        InputError: As `parse`.
    """
    transcripts, rejected = _parse(
        content, name=name, client=client, agent=agent, max_bytes=max_bytes, columns=columns, strict=strict
    )
    if not transcripts:
        raise InputError(f"{name or 'input'}: {rejected[0] if rejected else 'no contact in it'}")
    told = tuple(Rejected(_without_cards(name), reason) for reason in rejected)
    return ReadReport(tuple(_with_distinct_ids(transcripts)), told)


def read_transcripts(
    path: str | Path,
    *,
    client: str = "unknown",
    agent: str = "",
    max_bytes: int = MAX_BYTES,
    columns: ColumnMapping | None = None,
) -> list[Transcript]:
    """The transcripts of a file, or of every readable file below a folder.

    Args:
        path: A file or a folder.
        client: Whose contacts these are.
        agent: The agent, when the caller knows.
        max_bytes: Largest file read.
        columns: As for `parse`.

    Returns:
        In order of path, then of appearance. In a folder bad files are skipped; `read_folder` says why.

    Raises:
        InputError: No such path, or a single file that cannot be read.
    """
    place = Path(path)
    if place.is_dir():
        report = read_folder(place, client=client, agent=agent, max_bytes=max_bytes, columns=columns)
        return list(report.transcripts)
    return parse(
        _content(place, max_bytes),
        name=place.name,
        client=client,
        agent=agent,
        max_bytes=max_bytes,
        columns=columns,
    )


def read_folder(
    path: str | Path,
    *,
    client: str = "unknown",
    agent: str = "",
    progress: Progress | None = None,
    max_bytes: int = MAX_BYTES,
    columns: ColumnMapping | None = None,
) -> ReadReport:
    """Everything below a folder (or one file), with a reason for each file that was not read.

    Hidden files are passed over; links are not followed.

    Args:
        path: A folder or a file.
        client: Whose contacts these are.
        agent: The agent, when the caller knows.
        progress: Called with files done, files in all and the file's name.
        max_bytes: Largest file read.
        columns: As for `parse`.

    Raises:
        InputError: No such path.
    """
    root = Path(path)
    if not root.exists():
        raise InputError(f"{root}: no such file or folder; check the path")
    files = sorted(_files(root)) if root.is_dir() else [root]
    transcripts: list[Transcript] = []
    rejected: list[Rejected] = []
    for done, file in enumerate(files):
        name = file.relative_to(root).as_posix() if root.is_dir() else file.name
        if progress:
            progress(done, len(files), name)
        try:
            content = _content(file, max_bytes)
            found, reasons = _parse(
                content, name=name, client=client, agent=agent, max_bytes=max_bytes, columns=columns
            )
        except InputError as problem:
            rejected.append(Rejected(_without_cards(name), str(problem).removeprefix(f"{name}: ")))
            continue
        transcripts += found
        rejected += [Rejected(_without_cards(name), reason) for reason in reasons]
    if progress:
        progress(len(files), len(files), "")
    transcripts = _without_raw_twins(transcripts, rejected)
    return ReadReport(tuple(_with_distinct_ids(transcripts)), tuple(rejected))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def _content(file: Path, max_bytes: int) -> bytes:
    name = file.name
    if file.is_symlink():
        raise InputError(f"{name}: a link; links are not followed, copy the file")
    if not file.exists():
        raise InputError(f"{file}: no such file or folder; check the path")
    if not file.is_file():
        raise InputError(f"{name}: not a regular file; copy its content to one")
    try:
        if file.stat().st_size > max_bytes:
            raise _too_large(name, max_bytes)
        with file.open("rb") as opened:
            return opened.read(max_bytes + 1)
    except OSError as problem:
        raise InputError(f"{name}: cannot be read ({problem.strerror}); check its permissions") from problem


def _too_large(name: str, max_bytes: int) -> InputError:
    size = f"{max_bytes // _MEGABYTE} MB" if max_bytes >= _MEGABYTE else f"{max_bytes} bytes"
    return InputError(f"{name or 'input'}: over {size}; split it")


def _parse(
    content: bytes,
    *,
    name: str,
    client: str,
    agent: str,
    max_bytes: int,
    columns: ColumnMapping | None,
    strict: bool = False,
) -> tuple[list[Transcript], list[str]]:
    """Transcripts, and reasons for the contacts that are none."""
    if len(content) > max_bytes:
        raise _too_large(name, max_bytes)
    from qa.readers.registry import read_content  # sixty patterns are compiled: only when a file is read

    try:
        found = read_content(content, columns, strict=strict)
    except InputError as problem:
        raise InputError(f"{name or 'input'}: {problem}") from problem
    digest = hashlib.sha256(content).hexdigest()
    origin = Origin(Path(_without_cards(name)).name, found.format, digest, found.warnings)
    stem, redacted = _stem(_without_cards(name))
    transcripts: list[Transcript] = []
    rejected = list(found.rejected)
    for index, draft in enumerate(found.drafts):
        fallback = stem or f"contact-{digest[:12]}"
        numbered = f"{fallback}-{index + 1}" if len(found.drafts) > 1 else fallback
        try:
            transcripts.append(
                assemble(
                    _marked(draft, redacted=redacted),
                    origin,
                    id=draft.id or numbered,
                    client=client,
                    agent=agent,
                )
            )
        except InputError as problem:
            rejected.append(str(problem))
    return transcripts, rejected


def _without_cards(name: str) -> str:
    """A file's name as it may become an id: people name files after what is in them."""
    if sum(character.isdigit() for character in name) < _SHORTEST_CARD:
        return name
    from models.redaction import redact

    return redact(name, kinds=("CARD",))


def _stem(name: str) -> tuple[str, bool]:
    """The id a file name stands for, and whether it says `redacted`."""
    base = Path(name).name if name else ""
    stem = _SUFFIX.sub("", base)
    stem = _OTHER_SUFFIX.sub("", base) if stem == base else stem
    lens = _LENS_NAME.match(stem)
    if lens:
        return lens["id"], bool(lens["redacted"])
    twin = _TWIN_NAME.match(stem)
    return (twin["id"], True) if twin else (stem, False)


def _marked(draft: Draft, *, redacted: bool) -> Draft:
    return replace(draft, redacted="yes") if redacted else draft


def _without_raw_twins(transcripts: Iterable[Transcript], rejected: list[Rejected]) -> list[Transcript]:
    """Of a raw and a redacted file of one contact only the redacted one is kept."""
    transcripts = list(transcripts)
    covered = {one.id: one.metadata["file"] for one in transcripts if one.metadata["redacted"] == "yes"}
    kept = []
    for one in transcripts:
        twin = covered.get(one.id)
        if twin and one.metadata["redacted"] != "yes" and one.metadata["file"] != twin:
            reason = f"contact {one.id} is also there redacted ({twin}); the raw twin is left out"
            rejected.append(Rejected(one.metadata["file"], reason))
        else:
            kept.append(one)
    return kept


def _with_distinct_ids(transcripts: list[Transcript]) -> list[Transcript]:
    """A number behind ids that occur again, with a warning."""
    taken: set[str] = {one.id for one in transcripts}
    seen: set[str] = set()
    result = []
    for one in transcripts:
        if one.id not in seen:
            seen.add(one.id)
            result.append(one)
            continue
        number = 2
        while f"{one.id}-{number}" in taken:
            number += 1
        id = f"{one.id}-{number}"
        taken.add(id)
        seen.add(id)
        note = ReadWarning(
            "id-repeated", f"contact {one.id} occurs again; this one was named {id}", one.metadata["file"]
        )
        result.append(replace(one, id=id, warnings=(*one.warnings, note)))
    return result
