"""What the documents quote of the report in `docs/evidence`: `python docs/build.py` writes it, a test compares.

Between a pair of marks in README.md and in the page on security, and the whole page beside the report.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.evidence.page import bound, named, shortfalls
from tests.evidence.report import read

if TYPE_CHECKING:
    from tests.evidence.report import Report, Result

ROOT = Path(__file__).parents[2]
REPORT = Path("docs/evidence")
README, SECURITY = Path("README.md"), Path("docs/explanation/security.md")
BEGIN, END = "<!-- evidence: made by docs/build.py -->", "<!-- evidence: end -->"


def pages(root: Path = ROOT) -> dict[Path, str]:
    """The documents that quote the report, by their paths, as they ought to be.

    Raises:
        ValueError: A document has not one pair of marks.
    """
    report = read(root / REPORT)
    said = {README: [*_summary(report), "", *_table(report), "", *_short(report)], SECURITY: _short(report)}
    found = {root / path: between((root / path).read_text("utf-8"), lines) for path, lines in said.items()}
    return {**found, root / REPORT / "README.md": _page(report)}


def between(text: str, lines: list[str]) -> str:
    """The text with these lines between its marks.

    Raises:
        ValueError: It has not one pair of them.
    """
    if (text.count(BEGIN), text.count(END)) != (1, 1):
        raise ValueError("the marks of the evidence are missing, or stand there twice")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    return before + "\n".join([BEGIN, *lines, END]) + after


def _summary(report: Report) -> list[str]:
    tried = [one for one in report.results if one.state != "not tried"]
    inputs, faults = sum(one.tried for one in tried), sum(one.faults for one in tried)
    said = (
        f"**{report.count('held')} of {len(report.results)} promises held, {report.count('failed')} failed, "
        f"{report.count('not tried')} were not tried**; {inputs:,} inputs and acts, {faults:,} faults put in. "
        "The true share is what no failure in N says of it at 95 % confidence (3/N), for inputs of "
        "the kinds that were tried."
    )
    return [said]


def _table(report: Report, *, when: bool = False) -> list[str]:
    more = ("size", "day", "commit") if when else ()
    heads = ("promise", "", "tried", "faults put in", "failures", "true share", *more)
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(['---', '---', *['---:'] * 4, *['---'] * len(more)])}|"]
    return [*lines, *(f"| {' | '.join(_cells(one, when=when))} |" for one in report.results)]


def _cells(one: Result, *, when: bool) -> list[str]:
    if one.state == "not tried":
        return [one.id, named(one), "not tried", "", "", "", *(("", "", "") if when else ())]
    failures = f"{len(one.failures):,}" if one.state == "held" else f"**{len(one.failures):,}**"
    counts = [f"{one.tried:,}", f"{one.faults:,}", failures, bound(one)]
    told = [one.size, one.made_at[:10], one.commit] if when else []
    return [one.id, named(one), *counts, *told]


def _short(report: Report) -> list[str]:
    return [
        "Where it falls short:",
        "",
        *(f"- {id}, {name}: {said}" for id, name, said in shortfalls(report)),
    ]


def _page(report: Report) -> str:
    about = (
        "What came of trying the promises. `evidence.html` beside this page has every trial with its figures, "
        "failures and machine; it is one file without scripts: download it and open it. `evidence.json` is the same for "
        "programs. [How to try it yourself](../how-to/evidence.md)."
    )
    lines = [
        "# Evidence",
        "",
        about,
        "",
        *_summary(report),
        "",
        *_table(report, when=True),
        "",
        "## Where it falls short",
        "",
        *_short(report)[2:],
    ]
    return "\n".join([*lines, ""])
