"""After the contact: an editable summary made of the contact's own sentences.

Each line is a slice of a turn and points at it; nothing is reworded. With a generator there is a drafted
text beside the lines, every sentence of it grounded in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from copilot import wrap_up_lines as lines_of
from copilot.commitments import commitments
from copilot.dispositions import Disposition, choose
from copilot.wording import Wording, collected, word_lines
from models.errors import InputError
from models.records import DisclosureState, Finding, Span, Transcript, WrapUp, WrapUpLine

if TYPE_CHECKING:
    from models.ports import Encoder, Generator

Heading = Literal["issue", "done", "commitment", "open", "customer_wording"]
_HEADINGS: dict[str, str] = {
    "issue": "Issue",
    "done": "Done",
    "commitment": "Promised",
    "open": "Open",
    "customer_wording": "Customer's words",
}
LONGEST_LINE = 500
"""Characters of a line that a person wrote."""
MOST_LINES = 40


def wrap_up(
    transcript: Transcript,
    alerts: Sequence[Finding],
    disclosures: Sequence[DisclosureState],
    *,
    dispositions: Sequence[Disposition] = (),
    encoder: Encoder | None = None,
) -> WrapUp:
    """Issue, what was done, commitments, open points and customer wording, each tied to its words.

    Args:
        transcript: The contact, redacted.
        alerts: The customer's wording that calls for care.
        disclosures: Required statements and where each stands.
        dispositions: The client's own (`copilot.dispositions.dispositions_of`).
        encoder: Helps to tell dispositions apart; None goes by words.
    """
    promised = commitments(transcript)
    finished = lines_of.done(transcript)
    later, unkept = lines_of.split_commitments(transcript, promised, finished)
    lines = [_line("issue", transcript, span) for span in lines_of.issues(transcript)]
    lines += [_line("done", transcript, span) for span in finished]
    lines += [_line("commitment", transcript, span) for span in later]
    open_points = [*lines_of.unanswered(transcript), *unkept]
    lines += [_line("open", transcript, span) for span in _in_order(open_points)[: lines_of.MOST_OPEN]]
    lines += [
        WrapUpLine("open", f"Required statement not complete: {state.title}")
        for state in disclosures
        if state.progress in ("due", "altered", "missing")
    ]
    said = lines_of.customer_wordings(transcript, alerts)
    lines += [_line("customer_wording", transcript, span) for span in said]
    telling = [line.text for line in lines if line.heading in ("issue", "done", "commitment")]
    language = transcript.language or "en"
    return WrapUp(
        contact=transcript.id,
        lines=tuple(lines),
        disclosures=tuple(disclosures),
        disposition=choose(dispositions, telling, encoder=encoder, language=language),
        commitments=tuple(promised),
    )


def draft(
    summary: WrapUp,
    generator: Generator,
    *,
    deadline_s: float = 8.0,
    encoder: Encoder | None = None,
    language: str = "en",
) -> tuple[WrapUp, Wording]:
    """A wrap-up with a generator's text beside its lines, and what became of the generator's words.

    Every sentence is grounded in a line, or dropped; nothing is left of a generator that is late.

    Args:
        summary: From `wrap_up`.
        generator: Any; put it behind `GuardedGenerator`.
        deadline_s: Seconds for all of it.
        encoder: As `copilot.wording.word`.
        language: Of the lines.
    """
    lines = [line.text for line in summary.lines if line.heading != "customer_wording"]
    headed = [f"{_HEADINGS[line.heading]}: {line.text}" for line in summary.lines if line.text in lines]
    made = collected(
        word_lines(lines, headed, generator, deadline_s=deadline_s, encoder=encoder, language=language)
    )
    return replace(summary, drafted=made.text), made


def edit(
    summary: WrapUp,
    *,
    who: str,
    lines: Sequence[WrapUpLine] | None = None,
    disposition: str | None = None,
    drafted: str | None = None,
    dispositions: Sequence[Disposition] = (),
) -> WrapUp:
    """A wrap-up as a person changed it; put it in the store with `supersede=True` for a new revision.

    A line whose text is as it was keeps its spans; one that was changed or added stands on the person's
    word and has none.

    Args:
        summary: As it was.
        who: Changed it.
        lines: All lines that it has now; None leaves them.
        disposition: Empty takes it away; None leaves it.
        drafted: None leaves it.
        dispositions: The client's own; when given, no other name is taken.

    Raises:
        InputError: Nobody is named, a line is empty, too long or has no such heading, there are too
            many, or the disposition is not one of the client's.
    """
    if not who.strip():
        raise InputError("wrap-up: say who changes it")
    changed = replace(summary, edited_by=who)
    if lines is not None:
        if len(lines) > MOST_LINES:
            raise InputError(f"wrap-up: more than {MOST_LINES} lines")
        known = {(line.heading, line.text): line.spans for line in summary.lines}
        fresh = []
        for place, line in enumerate(lines, 1):
            text = line.text.strip()
            if line.heading not in _HEADINGS or not text or len(text) > LONGEST_LINE:
                raise InputError(
                    f"wrap-up: line {place} needs a known heading and 1 to {LONGEST_LINE} characters"
                )
            fresh.append(WrapUpLine(line.heading, text, known.get((line.heading, text), ())))
        changed = replace(changed, lines=tuple(fresh))
    if disposition is not None:
        if disposition and dispositions and disposition not in {one.name for one in dispositions}:
            raise InputError("wrap-up: the disposition is not one of the client's")
        changed = replace(changed, disposition=disposition)
    if drafted is not None:
        if len(drafted) > LONGEST_LINE * 4:
            raise InputError(f"wrap-up: the text is longer than {LONGEST_LINE * 4} characters")
        changed = replace(changed, drafted=drafted)
    return changed


def _in_order(spans: Sequence[Span]) -> list[Span]:
    return sorted(dict.fromkeys(spans), key=lambda span: (span.turn, span.start))


def _line(heading: Heading, transcript: Transcript, span: Span) -> WrapUpLine:
    return WrapUpLine(heading, transcript.quote(span), (span,))
