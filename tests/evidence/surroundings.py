"""What a trial was run on: versions, the commit, and the machine without its name or anybody's."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[2]
_IN_MEMORY = ("tmpfs", "ramfs")


def surroundings() -> dict[str, str]:
    """Versions, commit and machine, as fields of a result."""
    from storage import sqlite_version

    try:
        of = version("unscripted")
    except PackageNotFoundError:
        of = "from source"
    return {
        "version": of,
        "commit": _commit(),
        "sqlite": ".".join(map(str, sqlite_version())),
        "python": platform.python_version(),
        "machine": _machine(),
    }


def _commit() -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    head = _said(git, "rev-parse", "--short", "HEAD")
    changed = _said(git, "status", "--porcelain", "-uno")
    return f"{head} with changes" if head and changed else head


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _machine() -> str:
    model = ""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        pass
    parts = [platform.system(), platform.machine(), model, f"{os.cpu_count()} cores"]
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[0]:.1f} at the beginning")
    if _file_system(tempfile.gettempdir()) in _IN_MEMORY:
        parts.append("data in memory (tmpfs)")
    return ", ".join(filter(None, parts))


def _file_system(folder: str) -> str:
    """Its type, by the longest mount point above it."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return ""
    above = [(len(at), kind) for at, kind in mounts if Path(folder).is_relative_to(at)]
    return max(above, default=(0, ""))[1]
