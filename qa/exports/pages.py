"""Self-contained pages: one file to send or print, without scripts and without anything to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from models.label_names import label_name, named
from models.records import Finding, Turn
from qa.exports import plots
from qa.exports.dossier import OUTCOME_WORDS, Dossier
from qa.marks import Piece, cut

if TYPE_CHECKING:
    from qa.card_use import CardUse
    from qa.reports import TeamReport


@dataclass(frozen=True, slots=True)
class MarkedTurn:
    """A turn with its words cut where findings begin and end."""

    number: int
    """From 1."""
    turn: Turn
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


def contact_html(dossier: Dossier, *, client: str = "", cards: Sequence[CardUse] = ()) -> str:
    """One evaluated contact: answers with their evidence, the number, and the marked transcript.

    Args:
        dossier: The evaluation and what it rests on.
        client: The client's name as people say it.
        cards: What became of the copilot's cards; an explanation, never points.
    """
    page: str = (
        environment()
        .get_template("contact.html.j2")
        .render(
            dossier=dossier,
            client=client or dossier.transcript.client,
            turns=marked_turns(dossier),
            absent=[f for f in _findings(dossier) if f.span is None],
            cards=cards,
        )
    )
    return page


def team_html(report: TeamReport, *, client: str = "") -> str:
    """A team or agent over a period, with plots."""
    from markupsafe import Markup

    drawn = {
        "agents": plots.agents(report) if not report.agent else None,
        "failures": plots.failures(report),
        "trend": plots.trend(report),
    }
    # SVG of our own making, in which names are escaped.
    safe = {
        name: Markup(plots.as_svg(figure)) if figure is not None else ""  # noqa: S704
        for name, figure in drawn.items()
    }
    page: str = (
        environment()
        .get_template("team.html.j2")
        .render(report=report, client=client or report.client, plots=safe)
    )
    return page


def marked_turns(dossier: Dossier) -> list[MarkedTurn]:
    """The turns of the contact with the findings in each."""
    found: dict[int, list[Finding]] = {}
    for finding in _findings(dossier):
        if finding.span is not None:
            found.setdefault(finding.span.turn, []).append(finding)
    marked = []
    for index, turn in enumerate(dossier.transcript.turns):
        here = tuple(found.get(index, ()))
        ranges = [(f.span.start, f.span.end) for f in here if f.span is not None]
        marked.append(MarkedTurn(index + 1, turn, tuple(cut(turn.text, ranges)), here))
    return marked


def _findings(dossier: Dossier) -> tuple[Finding, ...]:
    return dossier.analysis.findings if dossier.analysis is not None else ()


@cache
def environment() -> Any:
    """The templates, every value escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("qa.exports"),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    environment.filters["span"] = interval
    environment.filters["label"] = label_name
    environment.filters["named"] = named
    environment.globals["words"] = OUTCOME_WORDS
    return environment


def _finalized(value: Any) -> Any:
    # What is safe already (`Markup`) was made of words that went through here or through the plots.
    return plots.harmless(value) if type(value) is str else value


def percent(value: float | None) -> str:
    """`0.875` as `87.5 %`; a dash when there is none."""
    return "–" if value is None or value != value else f"{value * 100:.1f} %"  # noqa: PLR0124 - NaN


def interval(estimate: Any) -> str:
    """`87.5 % (80.1–92.0, n 40)`."""
    if estimate.value is None:
        return "no contacts"
    return (
        f"{estimate.value * 100:.1f} % ({estimate.low * 100:.1f}–{estimate.high * 100:.1f}, n {estimate.n})"
    )
