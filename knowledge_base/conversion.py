"""The parent's end of `knowledge_base.convert`: files in, text or a reason out.

One child serves many files. A file that kills it, by time, memory or a fault in a library, loses only
itself: the next file gets a new child.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from models.errors import InputError

WALL_S = 30.0
"""Seconds a file may take, start of the child included."""


class Converter:
    """Opens files of risky formats in a limited child process. A context manager; light until used.

    Args:
        wall_s: Seconds one file may take.
    """

    def __init__(self, *, wall_s: float = WALL_S) -> None:
        self._wall_s = wall_s
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def convert(self, path: Path, format: str) -> dict[str, Any]:
        """What a reader of `knowledge_base.readers` found in the file.

        Raises:
            InputError: The file cannot be read, with a reason fit for the person who supplied it.
        """
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        timed_out = threading.Event()

        def stop() -> None:
            timed_out.set()
            child.kill()

        clock = threading.Timer(self._wall_s, stop)
        clock.daemon = True
        clock.start()
        try:
            child.stdin.write(json.dumps({"path": str(path.absolute()), "format": format}) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except (BrokenPipeError, ValueError):
            line = ""
        finally:
            clock.cancel()
        answer = _parsed(line)
        if answer is None:
            self.close()
            if timed_out.is_set():
                raise InputError(f"took longer than {self._wall_s:g} s to open; split or simplify the file")
            if child.returncode in _CPU_SIGNALS:
                raise InputError("took too much processor time to open; split or simplify the file")
            raise InputError("the reader broke off; the file is damaged or made to do harm")
        if answer.get("spent"):
            self.close()
        if "error" in answer:
            raise InputError(str(answer["error"]))
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            _close(pipe)

    def _started(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            # A bare environment: nothing of the parent's settings or secrets reaches the readers.
            environment = {
                "PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path),
                "PYTHONDONTWRITEBYTECODE": "1",
                "OPENPYXL_LXML": "False",
                "OPENBLAS_NUM_THREADS": "1",
            }
            self._child = subprocess.Popen(
                [sys.executable, "-m", "knowledge_base.convert"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                encoding="utf-8",
                close_fds=True,
            )
        return self._child


_CPU_SIGNALS = (-24, -9)
"""SIGXCPU, and SIGKILL when the hard limit strikes."""


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with suppress(OSError):  # unsent bytes for a child that is gone
            pipe.close()
