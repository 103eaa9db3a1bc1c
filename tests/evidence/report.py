"""The trials run one after another, and one page that says of every promise what came of it.

A promise whose trial is missing is named like the others. The page has no script and needs no other file.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from tests.evidence.promises import PROMISES, Promise

ROOT = Path(__file__).parents[2]
MOST_MINUTES = 240.0
"""For one trial."""
_MISSING = "Its trial is not written yet."


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one promise."""

    id: str
    says: str
    state: Literal["held", "failed", "not tried"]
    n: int = 0
    unit: str = ""
    tried: int = 0
    faults: int = 0
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_mb: int = 0
    trial: str = ""
    """The file with the trial, from the root of the source tree."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of them, with where and when."""

    made_at: str
    """UTC, ISO 8601."""
    version: str
    commit: str
    sqlite: str
    python: str
    machine: str
    size: str
    seed: int
    results: tuple[Result, ...]
    finished: bool = True
    """False while trials are still to come: what is there was written on the way."""

    def count(self, state: str) -> int:
        """How many promises are in a state."""
        return sum(one.state == state for one in self.results)


def run_all(
    promises: Sequence[Promise],
    *,
    size: str,
    seed: int,
    out: Path,
    tell: Callable[[Result], None] = lambda _: None,
    minutes: float = MOST_MINUTES,
) -> Report:
    """Run the trials of these promises and write the report, anew after each of them.

    Args:
        promises: In the order in which they are tried and shown.
        size: `small`, `full`, or a factor of the small one.
        seed: Of every trial.
        out: The folder of `evidence.html` and `evidence.json`; made when needed.
        tell: Called with each result.
        minutes: A trial that takes longer is ended, and has failed.

    Raises:
        OSError: The folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    about = surroundings()
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    results: list[Result] = []
    report = Report(made_at, **about, size=size, seed=seed, results=(), finished=not promises)
    for number, promise in enumerate(promises, 1):
        results.append(result_of(promise, promise.n(size), seed, minutes=minutes))
        tell(results[-1])
        report = Report(
            made_at,
            **about,
            size=size,
            seed=seed,
            results=tuple(results),
            finished=number == len(promises),
        )
        write(report, out)
    return report


def result_of(promise: Promise, n: int, seed: int, *, minutes: float = MOST_MINUTES) -> Result:
    """One promise, tried in a process and a folder of its own; or why it was not."""
    if not promise.there:
        why = promise.elsewhere or _MISSING
        return Result(promise.id, promise.says, "not tried", unit=promise.unit, notes=(why,))
    with tempfile.TemporaryDirectory(prefix="unscripted-evidence-", ignore_cleanup_errors=True) as place:
        answer = Path(place) / "answer.json"
        asked = [promise.module, promise.function, str(n), str(seed), str(Path(place) / "data"), str(answer)]
        problem = ""
        try:
            done = subprocess.run(
                [sys.executable, "-m", "tests.evidence.trial", *asked],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=minutes * 60,
                check=False,
            )
            problem = f"the trial's process ended with {done.returncode}"
        except subprocess.TimeoutExpired:
            problem = f"the trial took more than {minutes:g} minutes"
        found: dict[str, Any] = (
            json.loads(answer.read_text("utf-8"))
            if answer.is_file()
            else {"tried": 0, "faults": 0, "failures": [problem], "notes": []}
        )
    failures = tuple(found.pop("failures"))
    if not found["tried"] and not failures:
        failures = ("nothing was tried",)
    return Result(
        promise.id,
        promise.says,
        "failed" if failures else "held",
        n=n,
        unit=promise.unit,
        failures=failures,
        notes=tuple(found.pop("notes")),
        trial=f"tests/evidence/{promise.module}.py",
        **found,
    )


def chosen(ids: Sequence[str]) -> tuple[Promise, ...]:
    """The promises with these ids, in their own order; all when there are none.

    Raises:
        ValueError: There is no such promise.
    """
    wanted = {id.upper() for id in ids}
    if unknown := wanted - {one.id for one in PROMISES}:
        raise ValueError(f"no promise {', '.join(sorted(unknown))}; they are P1 to {PROMISES[-1].id}")
    return tuple(one for one in PROMISES if not wanted or one.id in wanted)


def write(report: Report, out: Path) -> None:
    """Both files, each replaced in one step."""
    plain = {**asdict(report), "counts": {state: report.count(state) for state in STATES}}
    _put(out / "evidence.json", json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    _put(out / "evidence.html", html(report))


STATES = ("held", "failed", "not tried")


def html(report: Report) -> str:
    """The page; everything in it is escaped."""
    import jinja2

    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = Path(__file__).with_name("report.html.j2").read_text("utf-8")
    return made.from_string(template).render(report=report, every=len(PROMISES)) + "\n"


def surroundings() -> dict[str, str]:
    """Versions and machine, without its name or anybody's."""
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
    asked = {"cwd": ROOT, "capture_output": True, "text": True, "check": False}
    head = subprocess.run([git, "rev-parse", "--short", "HEAD"], **asked).stdout.strip()
    changed = subprocess.run([git, "status", "--porcelain", "-uno"], **asked).stdout.strip()
    return f"{head} with changes" if head and changed else head


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
    return ", ".join(filter(None, parts))


def _put(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
