"""What importing costs, in processor time of fresh processes with everything compiled.

    python benchmarks/imports.py [--runs 15]

The wanted bound is .3 s for all rooms. The least counts: other work on the machine only ever adds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
WANTED_CPU_S = 0.3
IMPORTED = {
    "all rooms": (
        "models, storage, knowledge_base, copilot, qa, web, copilot.session, knowledge_base.disclosures, "
        "models.encoders, models.redaction, qa.analyser, qa.batch, qa.detectors, qa.readers, qa.scorecards, "
        "storage.sqlite, web.workspace"
    ),
    "the command line": "app",
    "one reader": "qa.readers",
    "the records": "models.records",
}


def spent(modules: str, bytecode: str) -> float:
    """Processor seconds of importing these in a fresh process."""
    script = f"import time; began = time.process_time()\nimport {modules}\nprint(time.process_time() - began)"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, env=environment, check=True
    )
    return float(run.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    print("| imported | least s | median s |\n| --- | --- | --- |")
    least = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for name, modules in IMPORTED.items():
            spent(modules, bytecode)
            times = [spent(modules, bytecode) for _ in range(options.runs)]
            least[name] = min(times)
            print(f"| {name} | {least[name]:.3f} | {statistics.median(times):.3f} |", flush=True)
    return 0 if least["all rooms"] <= WANTED_CPU_S else 1


if __name__ == "__main__":
    sys.exit(main())
