"""A trial's process: begun, waited for, and ended with everything that it started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[2]
MOST_MINUTES = 240.0
"""For one trial."""
_PARENT, _SESSION = 1, 3
"""Where a process's status line has them, after the name."""
_GONE_S = 10.0


def answer_of(module: str, function: str, n: int, seed: int, *, minutes: float) -> dict[str, Any]:
    """What a trial found, in a process, a session and a folder of its own; how it ended where it found nothing."""
    with tempfile.TemporaryDirectory(prefix="unscripted-evidence-", ignore_cleanup_errors=True) as place:
        answer = Path(place) / "answer.json"
        asked = [module, function, str(n), str(seed), str(Path(place) / "data"), str(answer)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.evidence.trial", *asked],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            problem = f"the trial's process ended with {process.wait(minutes * 60)}"
        except subprocess.TimeoutExpired:
            problem = f"the trial took more than {minutes:g} minutes"
        finally:
            end(process)
        if answer.is_file():
            found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
            return found
    return {"tried": 0, "faults": 0, "failures": [problem], "notes": []}


def end(process: subprocess.Popen[Any]) -> None:
    """Kill a session's first process, the rest of its session, and whatever descends from either."""
    others = _of_session(process.pid)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pid in others:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GONE_S)


def _of_session(session: int) -> set[int]:
    """Everybody in a session, and their descendants in sessions of their own, ourselves left out."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(words[_PARENT])
            found |= {int(path.parent.name)} if int(words[_SESSION]) == session else set()
    found |= {session}
    while below := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= below
    return found - {os.getpid(), session}


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP unwind as ctrl-C does, so that what was begun is ended. In the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = [one for one in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if one is not None]
    before = {one: signal.signal(one, _unwind) for one in wanted}
    try:
        yield
    finally:
        for one, was in before.items():
            signal.signal(one, was)


def _unwind(number: int, frame: FrameType | None) -> None:
    del frame
    raise SystemExit(128 + number)
