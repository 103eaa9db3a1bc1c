"""The same pages on paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from models.errors import ModelError
from models.label_names import label_name, named
from qa.exports import plots
from qa.exports.dossier import OUTCOME_WORDS, Dossier
from qa.exports.pages import interval, marked_turns, percent

if TYPE_CHECKING:
    from qa.card_use import CardUse
    from qa.exports.pages import MarkedTurn
    from qa.reports import TeamReport

_COLOURS = {"critical": "#fbd5d1", "major": "#fbd5d1", "minor": "#fbe6bd", "note": "#dde9f8"}
_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"


def contact_pdf(dossier: Dossier, *, client: str = "", cards: Sequence[CardUse] = ()) -> bytes:
    """One evaluated contact: answers with their evidence, the number, and the marked transcript."""
    one, contact, signed = dossier.evaluation, dossier.transcript, dossier.confirmed_by
    page = _Page(f"{contact.id} · {dossier.scorecard.title}")
    page.quiet(client or contact.client)
    page.title(contact.id)
    page.quiet(
        f"{dossier.scorecard.title} ({one.scorecard}) · agent {one.agent or contact.agent or '-'}"
        f" · {contact.channel}"
    )
    page.words(
        f"Confirmed by {signed.who} on {signed.at:%Y-%m-%d}. State: {one.status}."
        if signed
        else "A draft of the machine. No person has confirmed it."
    )
    page.heading("Answers and what they rest on")
    rows = [["Question", "Answer", "Why, and the words", "Points"]]
    for _, criterion, verdict in dossier.answered:
        quoted = [f"Turn {turn}: {said}" for turn, said in dossier.quoted(verdict.evidence)]
        machine = dossier.machine(criterion.ref)
        changed = [f"The machine had said: {OUTCOME_WORDS[machine.outcome]}."] if machine else []
        points = "-" if verdict.points is None else f"{verdict.points:g} of {criterion.weight:g}"
        rows.append(
            [
                criterion.question,
                OUTCOME_WORDS[verdict.outcome],
                "\n".join([named(verdict.reason), *quoted, *changed]),
                points,
            ]
        )
    page.table(rows, (0.3, 0.12, 0.46, 0.12))
    facts = [f"Score {percent(one.score)}", f"before auto-fail {percent(one.raw_score)}"]
    facts += [f"{name}-critical met {percent(rate)}" for name, rate in one.copc.items()]
    page.words(" · ".join(facts))
    if cards:
        page.heading("The copilot's cards in this contact")
        for card in cards:
            page.words(f"{card.title}: {card.words}")
    page.heading("Transcript")
    for row in marked_turns(dossier):
        page.markup(_turn(row))
    page.quiet(f"Evaluation {one.id} · fingerprint {one.fingerprint[:16]}")
    return page.made()


def team_pdf(report: TeamReport, *, client: str = "") -> bytes:
    """A team or agent over a period, with plots."""
    page = _Page(f"{report.title} · {report.period}")
    page.quiet(client or report.client)
    page.title(f"{report.title}: agent {report.agent}" if report.agent else report.title)
    page.quiet(
        f"{report.period} · {report.counted} evaluations that a person has confirmed. Left out: "
        f"{report.drafts} drafts, {report.disputed} disputed; {report.unscored} contacts are not scored."
    )
    rates = [("Mean score", report.score), ("Passed", report.passed)]
    rates += [(f"{name.capitalize()}-critical met", rate) for name, rate in report.copc.items()]
    page.table(
        [["What", "Value (95 % interval)"], *([name, interval(rate)] for name, rate in rates)], (0.4, 0.6)
    )
    if report.agents and not report.agent:
        page.heading("Agents")
        page.quiet("Where intervals overlap nobody is ahead: a rank is then a range.")
        page.picture(plots.agents(report))
        head = ["Agent", "Mean score", "Best guess", "Rank", "Against the team"]
        page.table(
            [head]
            + [
                [
                    one.agent or "(no name)",
                    interval(one.observed),
                    percent(one.shrunk.value),
                    f"{one.best_rank}-{one.worst_rank}",
                    one.against_team,
                ]
                for one in report.agents
            ],
            (0.2, 0.34, 0.14, 0.12, 0.2),
        )
    page.heading("Criteria that were not met")
    page.picture(plots.failures(report))
    page.table(
        [
            ["Criterion", "Not met"],
            *(
                [report.questions.get(rate.criterion, rate.criterion), interval(rate.share)]
                for rate in report.failures
            ),
        ],
        (0.6, 0.4),
    )
    page.heading(f"By week: {report.trend.direction}")
    page.picture(plots.trend(report))
    page.heading("Findings")
    page.table(
        [
            ["Label", "In contacts"],
            *([label_name(rate.label), interval(rate.contacts)] for rate in report.labels),
        ],
        (0.5, 0.5),
    )
    return page.made()


class _Page:
    """Paragraphs, tables and pictures one below the other."""

    def __init__(self, title: str) -> None:
        from reportlab.lib.styles import ParagraphStyle

        _register_fonts()
        self._title = title
        self._flow: list[Any] = []
        self._plain = ParagraphStyle(
            "plain", fontName=_FONT, fontSize=8.5, leading=12, wordWrap="LTR", splitLongWords=True
        )
        self._quiet = ParagraphStyle("quiet", parent=self._plain, textColor="#5b6675")
        self._head = ParagraphStyle(
            "head",
            parent=self._plain,
            fontName=_BOLD,
            fontSize=11,
            leading=15,
            spaceBefore=12,
            spaceAfter=4,
            keepWithNext=1,
        )
        self._big = ParagraphStyle("big", parent=self._head, fontSize=16, leading=20)

    def title(self, words: str) -> None:
        self._add(escape(words), self._big)

    def heading(self, words: str) -> None:
        self._add(escape(words), self._head)

    def quiet(self, words: str) -> None:
        self._add(escape(words), self._quiet)

    def words(self, words: str) -> None:
        self._add(escape(words), self._plain)

    def markup(self, safe: str) -> None:
        """Words with marks that were escaped already."""
        self._add(safe, self._plain)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        from reportlab.platypus import Paragraph, Table

        cells = [
            [
                Paragraph(escape(cell).replace("\n", "<br/>"), self._quiet if at == 0 else self._plain)
                for cell in row
            ]
            for at, row in enumerate(rows)
        ]
        line = [
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#d6dbe2"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
        # One long answer may fill more than a page, so rows may break.
        self._flow.append(
            Table(
                cells, colWidths=[width * _WIDTH for width in widths], style=line, repeatRows=1, splitInRow=1
            )
        )

    def picture(self, figure: Any | None) -> None:
        from reportlab.platypus import Image

        if figure is not None:
            wide, high = figure.get_size_inches()
            width = min(_WIDTH, _HIGHEST * wide / high)
            self._flow.append(
                Image(io.BytesIO(plots.as_png(figure)), width=width, height=width * high / wide)
            )

    def made(self) -> bytes:
        from reportlab.platypus import SimpleDocTemplate

        out = io.BytesIO()
        document = SimpleDocTemplate(
            out, pagesize=_A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN,
            bottomMargin=_MARGIN, title=self._title, author="Unscripted", invariant=1,
        )  # fmt: skip
        document.build(self._flow, onFirstPage=_number, onLaterPages=_number)
        return out.getvalue()

    def _add(self, safe: str, style: Any) -> None:
        from reportlab.platypus import Paragraph

        self._flow.append(Paragraph(safe, style))


_A4 = (595.28, 841.89)
_MARGIN = 45.0
_WIDTH = _A4[0] - 2 * _MARGIN
_HIGHEST = 340.0
"""Of a picture, in points: it shares a page with its heading and the table below."""


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(_FONT, 7)
    canvas.setFillColor("#5b6675")
    canvas.drawRightString(_A4[0] - _MARGIN, 25, f"{document.page}")


def _turn(row: MarkedTurn) -> str:
    said = "".join(
        f'<font backColor="{_COLOURS[row.findings[piece.over[-1]].severity]}">{escape(piece.text)}</font>'
        if piece.over
        else escape(piece.text)
        for piece in row.pieces
    )
    notes = "".join(
        f'<br/><font color="#5b6675">{escape(told)}</font>'
        for told in (f"[{f.severity}] {label_name(f.label)}: {named(f.reason)}" for f in row.findings)
    )
    return f'<font color="#5b6675">{row.number} {row.turn.speaker}</font> {said}{notes}'


@cache
def _register_fonts() -> None:
    """DejaVu, which comes with matplotlib: the fonts of every PDF reader know Western letters alone."""
    import matplotlib as mpl
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    try:
        for name in (_FONT, _BOLD):
            registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    except TTFError:
        raise ModelError(
            f"{folder}: the fonts of matplotlib are not there; install matplotlib anew"
        ) from None
