"""What was made of a client's documents, kept beside them, so that a new process need not make it again.

Where passages begin and end, and the postings of their words: cutting and stemming 20,000 passages takes
several seconds, reading this a fraction of one. A cache: what does not match the documents, or the code
that would make it now, is as if it were not there. It holds no running text, only headings and stems.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge_base.index_file import write_file
from knowledge_base.indexing import cache_folder
from knowledge_base.lexical import LexicalIndex
from knowledge_base.snapshot import Snapshot
from models.records import Document, Passage

if TYPE_CHECKING:
    from models.ports import Store

_NAME = "passages.index"
_DIGEST = 32
_TYPES = ("<i8", "<i8", "<f8", "<i4", "<f4")
"""Of the arrays of `LexicalIndex.parts`."""


def taken_up(store: Store, client: str, documents: Mapping[str, Document], *, language: str) -> Snapshot:
    """A snapshot to begin with: these documents with what was kept of them, or an empty one."""
    folder = cache_folder(store, client)
    kept = None if folder is None else load(folder, documents, client=client, language=language)
    return kept or Snapshot()


def keep(store: Store, client: str, snapshot: Snapshot, lexical: LexicalIndex, *, language: str) -> None:
    """Keep what was made of a snapshot, when the store has a folder; of one without passages, nothing."""
    folder = cache_folder(store, client)
    if folder is None:
        return
    if any(snapshot.passages.values()):
        save(folder, snapshot, lexical, client=client, language=language)
    else:
        _forget(folder)


def load(folder: Path, documents: Mapping[str, Document], *, client: str, language: str) -> Snapshot | None:
    """What was kept for exactly these documents; None when it is not there, stale or damaged.

    Args:
        folder: The client's cache.
        documents: By id, each with a kind.
        client: Name of the client.
        language: Of documents that name none.
    """
    import numpy as np

    key = _key(documents, client, language)
    try:
        whole = (folder / _NAME).read_bytes()
    except OSError:
        return None
    body = memoryview(whole)[2 * _DIGEST :]
    if key is None or whole[: 2 * _DIGEST] != key + hashlib.sha256(body).digest():
        return None
    length = int.from_bytes(body[:8], "little")
    said = json.loads(bytes(body[8 : 8 + length]))
    arrays, at = [], 8 + length
    for kind, count in zip(_TYPES, said["counts"], strict=True):
        arrays.append(np.frombuffer(body, dtype=kind, count=count, offset=at))
        at += arrays[-1].nbytes
    passages = {
        id: tuple(
            _passage(document, number, *cut) for number, cut in enumerate(said["passages"][id], start=1)
        )
        for id, document in documents.items()
    }
    return Snapshot(documents, passages, lexical=LexicalIndex.of(said["words"], arrays))


def save(folder: Path, snapshot: Snapshot, lexical: LexicalIndex, *, client: str, language: str) -> None:
    """Keep it, in one step; when that fails, the next process makes it again."""
    import numpy as np

    key = _key(snapshot.documents, client, language)
    if key is None:
        return
    words, numbers = lexical.parts
    arrays = [np.ascontiguousarray(array, dtype=kind) for kind, array in zip(_TYPES, numbers, strict=True)]
    cuts = {
        id: [(one.start, one.end, one.heading) for one in group] for id, group in snapshot.passages.items()
    }
    said = json.dumps({"words": words, "passages": cuts, "counts": [len(array) for array in arrays]}).encode()
    # To eight bytes, so that the numbers lie where a processor reads them at once.
    said += b" " * (-len(said) % 8)
    body = b"".join((len(said).to_bytes(8, "little"), said, *(array.tobytes() for array in arrays)))
    with suppress(OSError):
        write_file(folder / _NAME, key, hashlib.sha256(body).digest(), body)


def _forget(folder: Path) -> None:
    """Remove what is kept of a client without passages: headings, words and vectors are content too."""
    for path in folder.glob("*.index"):
        path.unlink(missing_ok=True)


def _passage(document: Document, number: int, start: int, end: int, heading: str) -> Passage:
    assert document.kind is not None
    return Passage(
        id=f"{document.id}#{number}",
        document=document.id,
        text=document.text[start:end],
        start=start,
        end=end,
        title=document.title,
        heading=heading,
        kind=document.kind,
        version=document.version,
        language=document.language,
        effective_from=document.effective_from,
        effective_until=document.effective_until,
    )


def _key(documents: Mapping[str, Document], client: str, language: str) -> bytes | None:
    """Digest of everything that decides what would be made now; None when that cannot be told."""
    recipe = _recipe()
    if recipe is None:
        return None
    whole = hashlib.sha256(f"{recipe}\0{client}\0{language}".encode())
    for id, document in documents.items():
        whole.update(f"\0{id}\0{document!r}".encode())
    return whole.digest()


@cache
def _recipe() -> str | None:
    """Digest of the code that cuts and stems: whoever changes it need not remember that this exists."""
    whole = hashlib.sha256(version("PyStemmer").encode())
    try:
        for folder in (Path(__file__).parent, Path(__file__).parent.parent / "models"):
            for path in sorted(folder.glob("*.py")):
                whole.update(path.read_bytes())
    except OSError:
        return None
    return whole.hexdigest()
