"""The child process that opens PDF, DOCX, XLSX and HTML: `python -m knowledge_base.convert`.

These formats come from strangers, so a limited process opens them: little memory, little processor
time per file, no files written, no sockets, no programs started. It reads requests from standard
input and answers on standard output, one JSON object a line. `conversion.py` is the other end.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from knowledge_base.readers import READERS, UnreadableError

MEMORY_BYTES = 512_000_000
"""Address space of the process."""
CPU_S = 20
"""Processor time per file."""
MOST_CHARACTERS = 5_000_000
"""Longer text is no document."""
LARGEST_LINE = 1_000_000

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.remove",
    "os.rename",
)


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not answer for us
    _protect()
    for line in iter(lambda: sys.stdin.readline(LARGEST_LINE), ""):
        request = json.loads(line)
        _limit_time()
        answer = _answer(Path(request["path"]), READERS[request["format"]])
        answers.write(json.dumps(answer, ensure_ascii=True) + "\n")
        answers.flush()
        if answer.get("spent"):
            return


def _answer(path: Path, read: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """What the reader found, or the reason why it found nothing."""
    try:
        found = read(path)
    except UnreadableError as problem:
        return {"error": str(problem)}
    except MemoryError:
        # What is left of the process is not worth keeping.
        return {"error": f"needs more than {MEMORY_BYTES // 1_000_000:,} MB of memory", "spent": True}
    except RecursionError:
        return {"error": "nested too deeply"}
    except Exception as problem:  # noqa: BLE001 - readers of broken files raise anything at all
        return {"error": f"damaged or not of this format ({type(problem).__name__})"}
    if len(found.get("text", "")) > MOST_CHARACTERS:
        return {"error": f"more than {MOST_CHARACTERS:,} characters of text; split the file"}
    return found


def _limit_time() -> None:
    """Processor time for the next file, counted from what is used up."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock remains
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_S + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _protect() -> None:
    """Take away what a reader of documents does not need."""
    import defusedxml

    defusedxml.defuse_stdlib()  # type: ignore[attr-defined]
    try:
        import resource
    except ImportError:
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is not allowed here")
        if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            raise PermissionError("writing is not allowed here")

    sys.addaudithook(refuse)


if __name__ == "__main__":
    main()
