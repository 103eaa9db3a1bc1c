"""Is everything here that is needed? For `unscripted doctor` and the health route."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from models.errors import UnscriptedError

_NEEDED = ("torch", "transformers", "sentence-transformers", "faiss-cpu", "spacy", "gradio", "onnxruntime")
OLDEST_SQLITE = (3, 51, 3)
"""Before it, two processes that write could corrupt the file."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one part, in words that say what to do."""

    part: str
    state: Literal["ok", "degraded", "failed"]
    words: str


def checks(data: Path) -> list[Health]:
    """Look at every part; nothing is changed but the encoder's cache, made when it is missing."""
    return [_python(), _packages(), _sqlite(), _data(data), _encoder(), _detectors()]


def _python() -> Health:
    words = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Health("python", "ok" if sys.version_info >= (3, 11) else "failed", words)


def _packages() -> Health:
    found, missing = [], []
    for name in _NEEDED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Health(
            "packages", "failed", f"missing: {', '.join(missing)}; run pip install unscripted again"
        )
    return Health("packages", "ok", ", ".join(found))


def _sqlite() -> Health:
    from storage import sqlite_version

    version = sqlite_version()
    text = ".".join(map(str, version))
    if version < OLDEST_SQLITE:
        return Health("sqlite", "degraded", f"{text} can corrupt a WAL; pip install --upgrade apsw")
    return Health("sqlite", "ok", text)


def _data(data: Path) -> Health:
    from storage import open_store

    try:
        clients = open_store(data).clients()
    except (UnscriptedError, OSError) as problem:
        return Health("data", "failed", f"{data}: {problem}")
    return Health("data", "ok", f"{data}: {len(clients)} clients")


def _encoder() -> Health:
    from models.encoders import default_encoder

    try:
        encoder = default_encoder()
        encoder.encode(["ready"])
    except UnscriptedError as problem:
        return Health("encoder", "degraded", f"search goes on by words alone: {problem}")
    return Health("encoder", "ok", f"{encoder.name}, {encoder.dimension} dimensions")


def _detectors() -> Health:
    from importlib.metadata import entry_points

    names = sorted(entry.value for entry in entry_points(group="unscripted.detectors"))
    if not names:
        return Health("detectors", "degraded", "none registered: drafts are not checked; pip install . again")
    return Health("detectors", "ok", ", ".join(names))
