"""The trials run one after another, and one report of what came of each, which grows from run to run.

A report in a folder keeps what it has: a trial that is run again takes the place of its own result and of no
other. So every result says itself when it was made, of which commit, at which size, on which machine.
`python -m tests.evidence.report FOLDER JSON…` takes the results of other reports into the one of a folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from tests.evidence.promises import PROMISES, Promise
from tests.evidence.surroundings import surroundings
from tests.evidence.trial_process import MOST_MINUTES, ROOT, answer_of, ended_by_signals

__all__ = ["ROOT", "Report", "Result", "chosen", "read", "run_all", "taken_in", "write"]

STATES = ("held", "failed", "not tried")
_MISSING = "Its trial is not written yet."
_ORDER = {one.id: number for number, one in enumerate(PROMISES)}
_OF_A_REPORT = ("made_at", "version", "commit", "sqlite", "python", "machine", "size", "seed")
"""Stood once in a report before every result said it."""


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
    made_at: str = ""
    """UTC, ISO 8601; when it began."""
    version: str = ""
    commit: str = ""
    sqlite: str = ""
    python: str = ""
    machine: str = ""
    size: str = ""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Report:
    """The results that are there, one of each promise, in the promises' order."""

    results: tuple[Result, ...] = ()
    finished: bool = True
    """False while trials are still to come: what is there was written on the way."""

    def count(self, state: str) -> int:
        """How many promises are in a state."""
        return sum(one.state == state for one in self.results)

    def having(self, results: Iterable[Result], *, finished: bool = True) -> Report:
        """With these results, each in the place of an older one of its promise."""
        held = {one.id: one for one in (*self.results, *results)}
        ordered = sorted(held.values(), key=lambda one: (_ORDER.get(one.id, len(_ORDER)), one.id))
        return Report(tuple(ordered), finished)


def run_all(
    promises: Sequence[Promise],
    *,
    size: str,
    seed: int,
    out: Path,
    tell: Callable[[Result], None] = lambda _: None,
    minutes: float = MOST_MINUTES,
    anew: bool = False,
) -> Report:
    """Run the trials of these promises and write each into the report, which keeps what else it has.

    A signal to end (ctrl-C, SIGTERM, SIGHUP) ends the running trial with every process that it started.

    Args:
        promises: In the order in which they are tried.
        size: `small`, `full`, or a factor of the small one.
        seed: Of every trial.
        out: The folder of `evidence.html` and `evidence.json`; made when needed.
        tell: Called with each result.
        minutes: A trial that takes longer is ended, and has failed.
        anew: Forget the results that are there.

    Returns:
        The report as it stands now.

    Raises:
        OSError: The folder cannot be written.
        ValueError: What is there is no report.
    """
    report = Report() if anew else read(out)
    out.mkdir(parents=True, exist_ok=True)
    with ended_by_signals():
        for number, promise in enumerate(promises, 1):
            about: dict[str, Any] = {"size": size, "seed": seed, "made_at": _now(), **surroundings()}
            result = replace(result_of(promise, promise.n(size), seed, minutes=minutes), **about)
            tell(result)
            report = report.having([result], finished=number == len(promises))
            write(report, out)
    return report


def result_of(promise: Promise, n: int, seed: int, *, minutes: float = MOST_MINUTES) -> Result:
    """One promise, tried in a process and a folder of its own; or why it was not."""
    if not promise.there:
        why = promise.elsewhere or _MISSING
        return Result(promise.id, promise.says, "not tried", unit=promise.unit, notes=(why,))
    found = answer_of(promise.module, promise.function, n, seed, minutes=minutes)
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


def read(folder: Path) -> Report:
    """The report of a folder; an empty one where there is none.

    Raises:
        ValueError: Its file is no report.
    """
    path = folder / "evidence.json"
    return _read(path) if path.is_file() else Report()


def _read(path: Path) -> Report:
    known = {one.name for one in fields(Result)}
    try:
        plain = json.loads(path.read_text("utf-8"))
        above = {name: plain[name] for name in _OF_A_REPORT if name in plain}
        results = [
            Result(**{name: _kept(value) for name, value in {**above, **one}.items() if name in known})
            for one in plain["results"]
        ]
        return Report().having(results, finished=bool(plain["finished"]))
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ValueError(f"{path}: is no report; take another folder, or begin anew") from problem


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def write(report: Report, out: Path) -> None:
    """Both files, each replaced in one step."""
    from tests.evidence.page import html

    plain = {**asdict(report), "counts": {state: report.count(state) for state in STATES}}
    _put(out / "evidence.json", json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    _put(out / "evidence.html", html(report))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _put(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, "utf-8")
    part.replace(path)


def taken_in(out: Path, files: Sequence[Path]) -> Report:
    """The results of other reports, taken into the one of a folder; later files win."""
    report = read(out)
    for path in files:
        report = report.having(_read(path).results)
    out.mkdir(parents=True, exist_ok=True)
    write(report, out)
    return report


if __name__ == "__main__":
    made = taken_in(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
    print(", ".join(f"{made.count(state)} {state}" for state in STATES))
