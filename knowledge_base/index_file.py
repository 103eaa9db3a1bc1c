"""The files of an index: what they are called, what they begin with, and how one takes another's place."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

HEAD = 512
"""Bytes before the rows: what the file holds, as JSON and blanks."""
_PATIENCE_S = 60.0
"""How long a writer waits for another one."""


def index_path(folder: Path, encoder: str) -> Path:
    """File of an encoder; its name is hashed, since it may be a path."""
    return folder / f"vectors-{hashlib.sha256(encoder.encode()).hexdigest()[:12]}.index"


def near_path(folder: Path, encoder: str) -> Path:
    """Where the neighbourhoods of the same rows are."""
    return index_path(folder, encoder).with_suffix(".near")


def index_head(raw: bytes | memoryview, *, encoder: str, content: str, count: int, dimension: int) -> bytes:
    """What a file with these rows begins with; any other beginning is damaged, stale or alien."""
    said = {
        "format": 2,
        "encoder": hashlib.sha256(encoder.encode()).hexdigest(),
        "documents": content,
        "count": count,
        "dimension": dimension,
        "rows": hashlib.sha256(raw).hexdigest(),
    }
    return json.dumps(said).encode().ljust(HEAD - 1) + b"\n"


def write_file(path: Path, *parts: bytes | memoryview) -> None:
    """Put a file in place of another in one step that outlasts a power cut; one writer at a time.

    What an interrupted writer left in the folder is removed, and so are files of older versions.

    Raises:
        OSError: The folder cannot be written, or another process writes for more than a minute.
    """
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path.parent / "index.lock", timeout=_PATIENCE_S, mode=0o600):
        for pattern in ("*.part", "vectors-*.f32", "vectors-*.json"):
            for left in path.parent.glob(pattern):
                left.unlink(missing_ok=True)
        _replace(path, *parts)


def _replace(path: Path, *parts: bytes | memoryview) -> None:
    """Put a file in place of another in one step that outlasts a power cut."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if os.name != "nt":  # Windows has no handle for a folder; the rename itself is journalled
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
