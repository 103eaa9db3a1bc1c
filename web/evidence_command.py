"""`unscripted evidence`: every promise tried, and one report of what came of it."""

# No `from __future__ import annotations`: typer reads the annotations.
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from models.errors import ConfigError, InputError
from web.command_options import Json, Opening

SOURCE = Path(__file__).parent.parent
"""Where `tests/` lies, in a source tree."""


def evidence(
    context: typer.Context,
    promises: Annotated[
        list[str] | None, typer.Argument(help="Only these, such as P7 P11; else all of them.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="The same as an option.")] = None,
    size: Annotated[str, typer.Option(help="small, full, or a factor of the small one such as 3.")] = "small",
    seed: Annotated[int, typer.Option(help="Decides what is tried; the same seed tries the same.")] = 1,
    out: Annotated[
        Path, typer.Option(help="Folder of the report; what it has of other promises stays.")
    ] = Path("evidence"),
    anew: Annotated[
        bool, typer.Option("--anew", help="Forget what the report has, and begin it anew.")
    ] = False,
    minutes: Annotated[float, typer.Option(help="A trial that takes longer has failed.")] = 240.0,
    json: Json = False,
) -> None:
    """Try the promises on security and durability, and write a report. Needs the source tree."""
    report = suite(SOURCE)
    opening: Opening = context.obj
    terminal = opening.terminal(json)
    try:
        wanted = report.chosen([*(promises or ()), *(only or ())])
        for one in wanted:
            one.n(size)
        if not anew:
            report.read(out)
    except ValueError as problem:
        raise InputError(f"evidence: {problem}") from problem

    def tell(one: Any) -> None:
        if not json:
            counts = f"{one.tried} tried, {one.faults} faults put in, {len(one.failures)} failures"
            told = one.notes[0] if one.state == "not tried" else f"{counts}, {one.seconds:.0f} s"
            terminal.say(f"{one.id} {one.state}: {told}", style="red" if one.state == "failed" else "")

    made = report.run_all(wanted, size=size, seed=seed, out=out, tell=tell, minutes=minutes, anew=anew)
    ids = {one.id for one in wanted}
    now = [one.state for one in made.results if one.id in ids]
    counts = {state: now.count(state) for state in report.STATES}
    if json:
        plain = {state.replace(" ", "_"): count for state, count in counts.items()}
        terminal.json({**plain, "report": str(out / "evidence.html")})
    else:
        others = len(made.results) - len(now)
        kept = f"; {others} others were in the report and stay" if others else ""
        told = ", ".join(f"{count} {state}" for state, count in counts.items())
        terminal.say(f"{told}{kept}: {out / 'evidence.html'}")
    raise typer.Exit(1 if counts["failed"] else 0)


def suite(source: Path) -> ModuleType:
    """The trials, which are part of the source tree and of no installed package.

    Raises:
        ConfigError: They are not there, or another package is called `tests`.
    """
    if not (source / "tests" / "evidence" / "report.py").is_file():
        raise ConfigError(
            "evidence: the trials are in the source tree, not in the installed package; "
            "clone the repository, pip install -e '.[dev]', and run it there"
        )
    if str(source) not in sys.path:
        sys.path.insert(0, str(source))
    try:
        found = import_module("tests.evidence.report")
    except ModuleNotFoundError as problem:
        raise ConfigError(
            f"evidence: {problem.name} is missing; pip install -e '.[dev]' in the source tree"
        ) from problem
    if Path(found.__file__ or "").parent.parent.parent != source:
        raise ConfigError("evidence: another package called tests is in the way; run it in the source tree")
    return found
