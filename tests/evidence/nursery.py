"""A process that has loaded everything and forks others, which may be killed: each costs milliseconds, not seconds.

It holds no open database and no thread when it forks. `python -m tests.evidence.nursery MODULE` calls that
module's `warm()` once, then takes one order a line: the name of a function of the module and its arguments.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[2]
_BROKE = 70


class Nursery:
    """The parent's end. A context manager.

    Args:
        module: Of this folder; it has `warm()`.
    """

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.evidence.nursery", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def begin(self, function: str, *given: Any) -> int:
        """Fork a process that calls the function with these plain values; its id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([function, *given]) + "\n")
        self._process.stdin.flush()
        return int(self.line())

    def line(self) -> str:
        """What the process, or the nursery, says next. Raises EOFError when nobody is left."""
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise EOFError("the nursery ended")
        return said.strip()

    def over(self) -> tuple[int, list[str]]:
        """Wait for the process to end: its code, negative for a signal, and the lines it said."""
        said = []
        while not (line := self.line()).startswith("over "):
            said.append(line)
        return os.waitstatus_to_exitcode(int(line.split()[1])), said

    def call(self, function: str, *given: Any) -> tuple[int, list[str]]:
        """`begin` and `over`."""
        self.begin(function, *given)
        return self.over()


def say(line: str) -> None:
    """One line to the parent, in one write: whoever is killed says all of it or nothing."""
    os.write(1, f"{line}\n".encode())


def kill(pid: int) -> None:
    """SIGKILL; whoever has ended by itself meanwhile has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _serve(name: str) -> None:
    module = import_module(f"tests.evidence.{name}")
    module.warm()
    for line in sys.stdin:
        function, *given = json.loads(line)
        child = os.fork()
        if not child:
            say(str(os.getpid()))
            code = _BROKE
            try:
                getattr(module, function)(*given)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        say(f"over {status}")


if __name__ == "__main__":
    _serve(sys.argv[1])
