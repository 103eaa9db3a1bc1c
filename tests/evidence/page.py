"""The report as one page for a reader who has to say yes or no: no script, no other file, everything escaped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.evidence.promises import PROMISES

if TYPE_CHECKING:
    from tests.evidence.report import Report, Result

_PROMISED = {one.id: one for one in PROMISES}
_MOST_LINES = 200


def html(report: Report) -> str:
    """The page."""
    import jinja2

    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    made.globals |= {"named": named, "bound": bound, "again": again, "most": _MOST_LINES}
    template = Path(__file__).with_name("report.html.j2").read_text("utf-8")
    return made.from_string(template).render(report=report, about=_about(report)) + "\n"


def named(result: Result) -> str:
    """A few words for a promise."""
    promise = _PROMISED.get(result.id)
    return promise.name if promise and promise.name else result.says


def bound(result: Result) -> str:
    """What no failure says about the true share, at 95 % confidence: 3 in N; empty where it says nothing."""
    promise = _PROMISED.get(result.id)
    counts = promise.counts if promise else ""
    of = {"n": result.n, "tried": result.tried, "": 0}[counts]
    if result.state != "held" or of < 1:
        return ""
    # Of three or fewer, nothing can be said.
    return f"≤ {100 * 3 / of:.2g} %" if of > 3 else ""


def again(result: Result) -> str:
    """The command that tries it again."""
    size = f" --size {result.size}" if result.size else ""
    return f"unscripted evidence {result.id}{size} --seed {result.seed}"


def shortfalls(report: Report) -> list[tuple[str, str, str]]:
    """Id, name, and in one sentence what falls short, of the promises that are there: failures first."""
    found = []
    for one in report.results:
        if one.state == "failed":
            count = len(one.failures)
            found.append((one.id, named(one), f"Failed: {count} {'failure' if count == 1 else 'failures'}."))
    for one in report.results:
        promise = _PROMISED.get(one.id)
        known = promise.short if promise else ()
        if one.state == "not tried" and not known:
            known = one.notes or ("Not tried.",)
        found += [(one.id, named(one), said) for said in known]
    return found


def _about(report: Report) -> dict[str, Any]:
    """What is the same of all of them, or the range."""
    made = sorted(one.made_at[:10] for one in report.results if one.made_at)
    tried = [one for one in report.results if one.state != "not tried"]

    def all_of(field: str) -> str:
        return ", ".join(dict.fromkeys(str(getattr(one, field)) for one in tried if getattr(one, field)))

    return {
        "days": " to ".join(dict.fromkeys((made[0], made[-1]))) if made else "",
        "version": all_of("version"),
        "commits": all_of("commit"),
        "sizes": all_of("size"),
        "sqlite": all_of("sqlite"),
        "python": all_of("python"),
        "inputs": sum(one.tried for one in tried),
        "faults": sum(one.faults for one in tried),
        "failures": sum(len(one.failures) for one in tried),
        "hours": sum(one.seconds for one in tried) / 3600,
        "short": shortfalls(report),
        "all": len(PROMISES),
    }
