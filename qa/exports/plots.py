"""Plots, as SVG text or PNG bytes: the same numbers give the same ones."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from models.patterns import pattern

if TYPE_CHECKING:
    from qa.reports import TeamReport
    from qa.statistics import Estimate

_INK, _QUIET, _BAR = "#334155", "#94a3b8", "#3b6ea5"
_MOST = 25
"""Lines of a plot; more is read in the table."""
_STEERING = pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def harmless(words: str) -> str:
    """Words without control characters and without those that turn the direction of what follows.

    A name that ends in one would show the number after it backwards. Joiners stay: scripts need them.
    """
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", words)


def agents(report: TeamReport) -> Any | None:
    """Mean scores with their intervals; the team's mean as a line. None without agents."""
    rows = [(one.agent or "(no name)", one.observed) for one in report.agents[:_MOST]]
    return _intervals(rows, "score", line=report.score.value) if rows else None


def failures(report: TeamReport) -> Any | None:
    """Share of contacts in which each criterion was not met. None when nothing was answered."""
    rows = [(rate.criterion, rate.share) for rate in report.failures if rate.share.n][:_MOST]
    return _intervals(rows, "share not met") if rows else None


def trend(report: TeamReport) -> Any | None:
    """Mean score by week with its intervals. None below two weeks."""
    weeks = report.trend.weeks
    if len(weeks) < 2:  # noqa: PLR2004 - a single point is no trend
        return None
    figure, axes = _axes(3.0)
    places = range(len(weeks))
    axes.fill_between(
        places, [e.low for _, e in weeks], [e.high for _, e in weeks], color=_BAR, alpha=0.18, lw=0
    )
    axes.plot(places, [e.value for _, e in weeks], color=_BAR, marker="o", ms=4)
    every = max(1, len(weeks) // 12)
    axes.set_xticks(list(places)[::every], [week for week, _ in weeks][::every], fontsize=8, color=_INK)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(_percent())
    return figure


def _intervals(rows: Sequence[tuple[str, Estimate]], name: str, *, line: float | None = None) -> Any:
    figure, axes = _axes(0.6 + 0.32 * len(rows))
    for place, (_, estimate) in enumerate(rows):
        axes.plot([estimate.low, estimate.high], [place, place], color=_QUIET, lw=2, solid_capstyle="round")
        axes.plot([estimate.value], [place], "o", color=_BAR, ms=6)
        axes.annotate(
            f"n {estimate.n}", (1.01, place), va="center", fontsize=8, color=_INK, annotation_clip=False
        )
    if line is not None:
        axes.axvline(line, color=_INK, lw=1, ls=(0, (4, 3)))
    # A dollar sign would begin a formula.
    axes.set_yticks(
        range(len(rows)),
        [harmless(words).replace("$", r"\$")[:40] for words, _ in rows],
        fontsize=9,
        color=_INK,
    )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xlabel(name, fontsize=9, color=_INK)
    axes.xaxis.set_major_formatter(_percent())
    return figure


def _axes(height: float) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.add_subplot()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(_QUIET)
    axes.tick_params(colors=_INK, labelsize=8)
    return figure, axes


def _percent() -> Any:
    from matplotlib.ticker import PercentFormatter

    return PercentFormatter(1.0, decimals=0)


def as_svg(figure: Any) -> str:
    """An `<svg>` element with words as words."""
    from matplotlib import rc_context

    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "unscripted"}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawn = out.getvalue()
    return drawn[drawn.index("<svg") :]


def as_png(figure: Any) -> bytes:
    """A picture at 160 dots per inch on white."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=160, metadata={"Software": None})
    return out.getvalue()
