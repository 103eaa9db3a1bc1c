"""One trial in a process of its own: `python -m tests.evidence.trial MODULE FUNCTION N SEED FOLDER ANSWER`.

What it uses of memory, threads and settings ends with it, and a crash is a failure of that promise alone.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import traceback
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.evidence import Outcome


def tried(module: str, function: str, n: int, seed: int, folder: Path) -> dict[str, Any]:
    """What came of it, with seconds and memory; an exception is a failure, told by type and place."""
    began, used = time.monotonic(), time.process_time()
    try:
        outcome = getattr(import_module(f"tests.evidence.{module}"), function)(n, seed, folder)
    except Exception as problem:
        place = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        outcome = Outcome(0, 0, (f"the trial ended with {type(problem).__name__} in {where}",))
    return {
        **asdict(outcome),
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    module, function, n, seed, folder, answer = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    found = tried(module, function, int(n), int(seed), Path(folder))
    Path(answer).write_text(json.dumps(found), "utf-8")
    sys.stdout.flush()
    # Threads of a server that a trial started do not keep it.
    import os

    os._exit(0)
