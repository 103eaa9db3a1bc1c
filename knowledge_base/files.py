"""Files to documents: a folder of a client, or one file."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from knowledge_base.conversion import Converter
from knowledge_base.front_matter import document_fields, read_front_matter
from knowledge_base.kinds import guess_kind
from knowledge_base.sections import read_sections
from knowledge_base.tables import NO_FAQ, read_faq, rows_of_objects
from models.errors import InputError
from models.patterns import pattern
from models.records import Document, ReadWarning

LONGEST_CELL = 1_000_000
"""Code points in one cell of a CSV table."""
CLIENT_FILES = ("client.yaml", "client.yml")
FORMATS = {
    ".md": "text",
    ".markdown": "text",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".json": "json",
    ".jsonl": "json",
}
"""By suffix; a file without one is tried as text.

When two files differ in the suffix alone, the one that is earlier here takes the plain id.
"""

NO_DOCUMENTS = frozenset(
    ".yaml .yml .png .jpg .jpeg .gif .svg .webp .ico .bmp .css .js .map .py .pyc "
    ".lock .tmp .bak .ds_store".split()
)
"""Suffixes that stand beside documents and are passed over without a word."""

_SUFFIX = pattern(r"(?<=[^/])\.(?=[a-z0-9_]*[a-z])[a-z0-9_]{1,10}$", re.IGNORECASE)
_HASH = pattern(r"\s[0-9a-f]{32}$")
"""What some exports append to every name."""
_TITLE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to be read."""

    path: Path
    name: str
    """Relative to the folder, with `/`."""
    id: str
    parts: tuple[str, ...]
    """Folder names and the file's name without suffix, for guessing the kind."""


def find_files(root: Path) -> Iterator[FoundFile]:
    """The files to read in a folder and its folders, or the one file, in a fixed order.

    Hidden files, `client.yaml`, pictures and the like are left out; links to folders are not followed.

    Raises:
        InputError: No such file or folder.
    """
    if root.is_file():
        yield FoundFile(root, root.name, _id(root.name), (root.absolute().parent.name, _stem(root.name)))
        return
    if not root.is_dir():
        raise InputError(f"{root.name}: no such file or folder")
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in files:
            relative = (Path(folder) / name).relative_to(root).as_posix()
            if not _left_out(name, top=folder == str(root)):
                names.append(relative)
    order = list(FORMATS)
    names.sort(key=lambda name: (_stem(name), _rank(name, order), name))
    taken: set[str] = set()
    for name in names:
        id = _id(name)
        if id in taken:
            id = unicodedata.normalize("NFC", name)
        taken.add(id)
        yield FoundFile(root / name, name, id, (root.absolute().name, *_stem(name).split("/")))


def _left_out(name: str, *, top: bool) -> bool:
    suffix = _suffix(name)
    hidden = name.startswith((".", "~$")) or name.casefold() in ("thumbs.db", "desktop.ini")
    return hidden or suffix in NO_DOCUMENTS or (top and name.casefold() in (*CLIENT_FILES, "rules.yaml"))


def _stem(name: str) -> str:
    return name[: -len(suffix)] if (suffix := _suffix(name)) else name


def _suffix(name: str) -> str:
    """`.md` of `Refunds.MD`; nothing of `Refunds v1.2` or `Refunds`."""
    found = _SUFFIX.search(name)
    return found[0].casefold() if found else ""


def _rank(name: str, order: Sequence[str]) -> int:
    suffix = _suffix(name)
    return order.index(suffix) if suffix in order else len(order)


def _id(name: str) -> str:
    """The relative path without suffix; `Refunds 0123…` of an export loses its number."""
    parts = [_HASH.sub("", part) for part in _stem(name).split("/")]
    return unicodedata.normalize("NFC", "/".join(parts))


def read_documents(
    file: FoundFile,
    converter: Converter,
    *,
    max_bytes: int,
    names: Collection[str] = (),
    root: Path | None = None,
) -> tuple[list[Document], list[ReadWarning]]:
    """The documents in a file: one, or several when it is a table or JSON.

    Args:
        file: From `find_files`.
        converter: Opens the risky formats.
        max_bytes: A larger file is refused.
        names: Names of the client, for tables with a client column.
        root: The folder a linked file must lie in.

    Raises:
        InputError: The file cannot be used; the message is the reason, for a person.
    """
    suffix = _suffix(file.name)
    format = FORMATS.get(suffix) if suffix else "text"
    if format is None:
        raise InputError(f"{suffix} files are not read; known: {', '.join(FORMATS)}")
    if root is not None and root.is_dir() and not file.path.resolve().is_relative_to(root.resolve()):
        raise InputError("links to a file outside the folder")
    try:
        size = file.path.stat().st_size
    except OSError as problem:
        raise InputError(f"cannot be read ({problem.strerror})") from problem
    if size > max_bytes:
        raise InputError(f"{size / 1e6:.0f} MB, {max_bytes / 1e6:g} MB at most; split the file")
    if size == 0:
        raise InputError("is empty")
    warnings: list[ReadWarning] = []
    if format == "text":
        documents = [_from_text(file, _decoded(file, warnings), warnings)]
    elif format == "csv":
        documents = _from_rows(file, [_csv_rows(_decoded(file, warnings))], names, warnings)
    elif format == "json":
        documents = _from_json(file, _decoded(file, warnings), names, warnings)
    else:
        documents = _converted(file, format, converter, names, warnings)
    kept = [document for document in documents if document.text.strip()]
    if not kept:
        raise InputError("holds no text")
    return [replace(one, metadata={**one.metadata, "file": file.name}) for one in kept], warnings


def _decoded(file: FoundFile, warnings: list[ReadWarning]) -> str:
    """The text of a file by its byte-order mark, as UTF-8, or in the likeliest other encoding."""
    try:
        raw = file.path.read_bytes()
    except OSError as problem:
        raise InputError(f"cannot be read ({problem.strerror})") from problem
    marks = (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\x00\x00\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    )
    encoding = next((name for mark, name in marks if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise InputError(f"not {encoding.upper()} as its first bytes say; save it as UTF-8") from None
        text = _guessed(raw, file, warnings)
    if "\x00" in text:
        raise InputError("not a text file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(raw: bytes, file: FoundFile, warnings: list[ReadWarning]) -> str:
    from charset_normalizer import from_bytes

    if b"\x00" in raw[:8192]:
        raise InputError("not a text file")
    best = from_bytes(raw[:500_000]).best()
    encoding = best.encoding if best is not None else "cp1252"
    warnings.append(
        ReadWarning("encoding", f"read as {encoding}; save it as UTF-8 to be sure", path=file.name)
    )
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode(encoding, errors="replace")


def _from_text(file: FoundFile, text: str, warnings: list[ReadWarning]) -> Document:
    front = read_front_matter(text, path=file.name)
    warnings.extend(front.warnings)
    fields = dict(front.fields)
    fields.setdefault("kind", guess_kind(front.text, file.parts))
    fields.setdefault("title", find_title(front.text, fields["kind"]) or _title_of_name(file))
    return Document(id=file.id, text=front.text.strip("\n"), **fields)


def find_title(text: str, kind: str) -> str:
    """The heading that a text stands under, or empty: a first section's heading is no title."""
    first = text.lstrip().split("\n", 1)[0].strip()
    # A line that says it is the title needs none of what comes below it to be believed.
    told = text.startswith("# ") and first.startswith("# ")
    sections = read_sections(first if told else text[:200_000])
    if not sections:
        return ""
    path = sections[0].headings
    heading = path[0] if path and not sections[0].question else ""
    if heading and (first.startswith("# ") or all(one.headings[:1] == path[:1] for one in sections)):
        return heading[:_TITLE_CHARACTERS]
    short = len(first) <= _TITLE_CHARACTERS and len(first.split()) <= 12  # noqa: PLR2004 - a line, no sentence
    is_line = "\n" in text.strip() and first[:1].isalnum() and first[-1:] not in ".,:;!…" and "|" not in first
    return first if kind in ("policy", "authority", "glossary") and short and is_line else ""


def _title_of_name(file: FoundFile) -> str:
    """`refund-policy` reads `Refund policy`."""
    words = re.sub(r"[-_]+", " ", file.id.rsplit("/", 1)[-1]).strip()
    return words[:1].upper() + words[1:]


def _converted(
    file: FoundFile,
    format: str,
    converter: Converter,
    names: Collection[str],
    warnings: list[ReadWarning],
) -> list[Document]:
    found = converter.convert(file.path, format)
    warnings.extend(ReadWarning(format, text, path=file.name) for text in found.get("warnings", ()))
    if format == "xlsx":
        return _from_rows(file, [sheet["rows"] for sheet in found["sheets"]], names, warnings)
    text = str(found["text"])
    kind = guess_kind(text, file.parts)
    title = find_title(text, kind) or str(found.get("title", "")) or _title_of_name(file)
    return [Document(id=file.id, text=text, kind=kind, title=" ".join(title.split())[:_TITLE_CHARACTERS])]


def _csv_rows(text: str) -> list[list[str]]:
    """Rows, with the delimiter that the first line uses most."""
    csv.field_size_limit(LONGEST_CELL)
    first = text.lstrip("\n").split("\n", 1)[0]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=max(",;\t|", key=first.count)))
    except csv.Error as problem:
        raise InputError(f"not a CSV table ({problem})") from problem


def _from_rows(
    file: FoundFile,
    tables: Sequence[Sequence[Sequence[str]]],
    names: Collection[str],
    warnings: list[ReadWarning],
) -> list[Document]:
    """One document for the sheets that are a FAQ; the others are warned about."""
    documents: dict[str, Document] = {}
    reasons = []
    for number, rows in enumerate(tables, 1):
        try:
            faqs, problems = read_faq(rows, names=names)
        except InputError as problem:
            reasons.append(f"sheet {number} {problem}")
            continue
        warnings.extend(ReadWarning("faq", problem, path=file.name) for problem in problems)
        for faq in faqs:
            id = file.id + faq.suffix
            if id in documents:
                documents[id] = replace(documents[id], text=f"{documents[id].text}\n\n{faq.text}")
            else:
                fields = {"kind": "faq", "title": _title_of_name(file), **faq.fields}
                documents[id] = Document(id=id, text=faq.text, **fields)
    if not documents:
        raise InputError(reasons[0].removeprefix("sheet 1 ") if reasons else NO_FAQ)
    warnings.extend(ReadWarning("faq", reason, path=file.name) for reason in reasons)
    return list(documents.values())


def _from_json(
    file: FoundFile, text: str, names: Collection[str], warnings: list[ReadWarning]
) -> list[Document]:
    """Documents from objects with a text, or a FAQ from objects with questions and answers."""
    items = _objects(text)
    if any({"question", "answer"} <= {str(key).casefold() for key in item} or "q" in item for item in items):
        return _from_rows(file, [rows_of_objects(items)], names, warnings)
    documents = []
    for number, item in enumerate(items, 1):
        values = {str(key): value for key, value in item.items()}
        body = next((values.pop(key) for key in ("text", "body", "content") if key in values), None)
        if not isinstance(body, str) or not body.strip():
            warnings.append(ReadWarning("json", f"object {number} has no `text`", path=file.name))
            continue
        own = str(values.pop("id", number)).strip() or str(number)
        fields, problems = document_fields(values)
        warnings.extend(ReadWarning("json", f"object {number}: {one}", path=file.name) for one in problems)
        body = body.replace("\r\n", "\n").replace("\r", "\n")
        fields.setdefault("kind", guess_kind(body, (*file.parts, own)))
        fields.setdefault("title", find_title(body, fields["kind"]) or own)
        documents.append(Document(id=f"{file.id}/{own}", text=body, **fields))
    if not documents:
        raise InputError("holds no objects with a `text`")
    if len({document.id for document in documents}) < len(documents):
        raise InputError("two objects have the same `id`")
    return documents


def _objects(text: str) -> list[dict[str, Any]]:
    try:
        value = json.loads(text)
    except RecursionError:
        raise InputError("nested too deeply") from None
    except ValueError:
        try:
            value = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise InputError("neither JSON nor JSON lines") from None
    if isinstance(value, dict):
        lists = [
            item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)
        ]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError("holds no list of objects")
    return value
