"""The third face: what the command line prints. Tables on a terminal, JSON for machines.

Words from contacts and documents are shown as plain text: no markup, no control characters, so a
hostile transcript cannot steer the terminal.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from models.codec import to_plain
from models.label_names import label_name, named
from models.patterns import pattern
from models.records import severity_rank

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from knowledge_base import IngestReport
    from models.records import (
        Analysis,
        DisclosureState,
        DraftCheck,
        Evaluation,
        Finding,
        Hit,
        Suggestion,
        Transcript,
        Turn,
        WrapUp,
    )

_COLOUR = {"note": "dim", "minor": "yellow", "major": "red", "critical": "bold red"}
_PROGRESS = {"done": "✓", "altered": "~", "late": "!", "missing": "✗", "due": "•", "later": "·"}
_OUTCOME = {"MET": "green", "NOT_MET": "red", "NOT_APPLICABLE": "dim", "UNSCORED": "yellow"}
_QUOTE = 70
_WIDTH = 120
_STEERING = pattern("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""What JSON lets through and a terminal obeys, or cannot be written at all: escaped, it is the same value."""
_SHORT = frozenset(
    {
        "severity",
        "label",
        "turn",
        "answer",
        "points",
        "score",
        "scripted",
        "agent",
        "criterion",
        "gravest finding",
    }
)


class Terminal:
    """Prints records to standard output; notes and progress go to standard error.

    Args:
        as_json: One JSON document instead of tables.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        from rich.console import Console

        self.as_json = as_json
        # Into a file or a pipe, tables are as wide as their words need, up to a readable line.
        width = None if sys.stdout.isatty() else _WIDTH
        self.out: Console = Console(highlight=False, markup=False, emoji=False, width=width)
        self.err: Console = Console(stderr=True, highlight=False, markup=False, emoji=False)

    def json(self, value: Any) -> None:
        """Print records as JSON."""
        text = json.dumps(to_plain(value), ensure_ascii=False, indent=2, default=str)
        sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")

    def title(self, words: str) -> None:
        """A heading between parts."""
        self.out.print()
        self.out.rule(visible(words), style="dim", align="left")

    def say(self, words: str, *, style: str = "") -> None:
        """A line of text."""
        self.out.print(visible(words), style=style or None)

    def warn(self, words: str) -> None:
        """A line on standard error."""
        self.err.print(visible(words), style="yellow")

    @contextmanager
    def progress(self, words: str) -> Iterator[Callable[..., None]]:
        """A bar on standard error; call what it gives with (done, total[, label]).

        When what is counted changes (files, then passages), a new count begins. The rate is that of
        the last half minute, and with it the time that is left.
        """
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(words, total=None, rate="")
            known: list[int] = [-1]

            def step(done: int, total: int, label: str = "") -> None:
                if total != known[0]:
                    known[0] = total
                    bar.reset(task, total=total, rate="")
                counted = label.split() if label.endswith(" encoded") else []
                shown = bar.tasks[0]
                speed = shown.finished_speed or shown.speed
                bar.update(
                    task,
                    completed=done,
                    description=label if counted else words,
                    rate=f"{speed:,.0f} {counted[0] if counted else ''}".rstrip() + "/s" if speed else "",
                )

            yield step

    def ingest(self, client: str, report: IngestReport) -> None:
        """What an ingest did, and what it could not take."""
        self.say(
            f"{client}: {len(report.added)} added, {len(report.unchanged)} unchanged, "
            f"{len(report.replaced)} replaced, {len(report.rejected)} rejected"
        )
        for rejected in report.rejected:
            self.say(f"  rejected {rejected.path}: {rejected.reason}", style="yellow")
        for warning in report.warnings:
            self.say(f"  note: {warning}", style="dim")

    def hits(self, hits: Sequence[Hit]) -> None:
        """Search results."""
        if not hits:
            self.say("Nothing in this client's documents answers that.")
            return
        table = _table("#", "score", "passage", "words")
        for hit in hits:
            passage = hit.passage
            version = f" v{passage.version}" if passage.version else ""
            table.add_row(
                str(hit.rank),
                f"{hit.score:.2f}",
                visible(f"{passage.title}{version}\n{passage.heading}\n{passage.id}"),
                visible(shortened(passage.text, 280)),
            )
        self.out.print(table)
        if hits[0].degraded:
            self.warn("Found by words alone: the encoder is not available. Run `unscripted doctor`.")

    def turn(self, number: int, turn: Turn) -> None:
        """One turn of a contact."""
        from rich.text import Text

        style = {"agent": "cyan", "customer": "magenta"}.get(turn.speaker, "dim")
        self.out.print(Text.assemble((f"{number:>3} {turn.speaker:<9} ", style), visible(turn.text)))

    def suggestion(self, suggestion: Suggestion) -> None:
        """A card."""
        from rich.panel import Panel
        from rich.text import Text

        source = suggestion.sources[0] if suggestion.sources else None
        cited = ""
        if source is not None:
            version = f" · v{source.version}" if source.version else ""
            since = f" · from {source.effective_from}" if source.effective_from else ""
            cited = f"{source.document}{version}{since}"
        body = "\n".join(f"• {visible(fact)}" for fact in suggestion.facts)
        degraded = " · found by words alone" if suggestion.degraded else ""
        self.out.print(
            Panel(
                Text(body),
                title=Text(visible(f"{suggestion.title} ({suggestion.confidence:.2f})")),
                subtitle=Text(visible(cited + degraded)),
                title_align="left",
                subtitle_align="left",
                border_style="blue",
                width=min(100, self.out.width),
            )
        )

    def disclosures(self, states: Sequence[DisclosureState]) -> None:
        """The checklist in one line."""
        if states:
            marks = (f"{_PROGRESS[state.progress]} {state.title} ({state.progress})" for state in states)
            self.say("    required: " + "   ".join(marks), style="green")

    def draft(self, text: str, check: DraftCheck) -> None:
        """A draft and what was seen in it."""
        self.say(f'    draft: "{text}"', style="italic")
        if not check.available:
            self.say(f"    {check.note}", style="yellow")
        elif not check.findings:
            self.say("    nothing to point out", style="green")
        for finding in check.findings:
            words = text[finding.span.start : finding.span.end] if finding.span else ""
            self.say(
                f"    {finding.label}: “{shortened(words)}” {finding.reason}", style=_COLOUR[finding.severity]
            )
            if finding.remedy:
                self.say(f"      instead: {finding.remedy}", style="dim")

    def wrap_up(self, summary: WrapUp) -> None:
        """The summary after a contact."""
        for line in summary.lines:
            turns = ", ".join(str(span.turn + 1) for span in line.spans)
            self.say(
                f"  {line.heading:<17} {shortened(line.text, 110)}" + (f"  [turn {turns}]" if turns else "")
            )

    def findings(self, transcript: Transcript, analysis: Analysis, *, least: str = "note") -> None:
        """Findings of one contact, gravest first."""
        read = analysis.scriptedness
        value = "not available (fewer than 60 words)" if read.value is None else f"{read.value:.0f} of 100"
        if read.value is not None and read.low is not None and read.high is not None:
            value += f" (95 %: {read.low:.0f}-{read.high:.0f})"
        self.say(f"{transcript.id}: {len(analysis.findings)} findings; scriptedness {value}")
        for warning in transcript.warnings:
            self.say(f"  {warning.code}: {warning.message}", style="yellow")
        table = _table("severity", "label", "turn", "words", "why")
        floor = severity_rank(least)  # type: ignore[arg-type]
        for finding in sorted(analysis.findings, key=lambda f: -severity_rank(f.severity)):
            if severity_rank(finding.severity) >= floor:
                table.add_row(*_finding_row(transcript, finding), style=_COLOUR[finding.severity])
        if table.row_count:
            self.out.print(table)

    def evaluation(self, evaluation: Evaluation) -> None:
        """A scorecard's answers, criterion by criterion, and the number last."""
        table = _table("criterion", "answer", "points", "why")
        for verdict in evaluation.verdicts:
            table.add_row(
                visible(verdict.criterion),
                verdict.outcome.replace("_", " ").lower(),
                "" if verdict.points is None else f"{verdict.points:g}",
                visible(shortened(named(verdict.reason), 160)),
                style=_OUTCOME[verdict.outcome],
            )
        self.out.print(table)
        self.say(f"sections: {_shares(evaluation.section_scores)}")
        self.say(f"met, by critical class: {_shares(evaluation.copc)}")
        who = f" ({evaluation.agent})" if evaluation.agent else ""
        self.say(f"{evaluation.transcript}{who} on {evaluation.scorecard}: {score_line(evaluation)}")

    def rows(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A plain table."""
        table = _table(*columns)
        for row in rows:
            table.add_row(*(visible(cell) for cell in row))
        self.out.print(table)

    def scores(self, rows: Sequence[tuple[Transcript, Evaluation, Analysis]]) -> None:
        """One line per contact."""
        table = _table("contact", "agent", "score", "auto-fail", "scripted", "gravest finding")
        for transcript, evaluation, analysis in rows:
            gravest = max(analysis.findings, key=lambda f: severity_rank(f.severity), default=None)
            grave = gravest is not None and severity_rank(gravest.severity) > 0
            value = analysis.scriptedness.value
            table.add_row(
                visible(shortened(transcript.id, 28)),
                visible(shortened(transcript.agent, 14)),
                "-" if evaluation.score is None else f"{evaluation.score:.0%}",
                visible(", ".join(evaluation.auto_failed)),
                "-" if value is None else f"{value:.0f}",
                f"{label_name(gravest.label)} ({gravest.severity})" if grave and gravest is not None else "",
                style=None if evaluation.passed else "red",
            )
        self.out.print(table)


def _shares(shares: Mapping[str, float | None]) -> str:
    return "; ".join(f"{name} {'-' if share is None else f'{share:.0%}'}" for name, share in shares.items())


def score_line(evaluation: Evaluation) -> str:
    """The score in words: a draft until a person confirms it."""
    if evaluation.score is None:
        return "not scored: no criterion could be answered"
    line = f"{evaluation.score:.0%}, {'passed' if evaluation.passed else 'not passed'} ({evaluation.status})"
    if evaluation.auto_failed:
        line += f"; auto-fail: {', '.join(evaluation.auto_failed)}; {evaluation.raw_score:.0%} before it"
    return line


def visible(text: str) -> str:
    """Text with control and direction characters made harmless, lines and tabs kept."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t"
        else c
        for c in text
    )


def shortened(text: str, most: int = _QUOTE) -> str:
    """One line of at most that many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _finding_row(transcript: Transcript, finding: Finding) -> tuple[str, ...]:
    quote = "" if finding.span is None else f"“{shortened(transcript.quote(finding.span))}”"
    place = "all" if finding.span is None else str(finding.span.turn + 1)
    return finding.severity, finding.label, place, visible(quote), visible(finding.reason)


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _SHORT)
    return table
