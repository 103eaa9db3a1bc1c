"""After the contact: an editable summary made of the contact's own sentences."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.cues import content_words, cues
from copilot.questions import find_question
from models.records import DisclosureState, Finding, Span, Transcript, WrapUp, WrapUpLine
from models.sentences import split_sentences

_MOST_LINES = 4


def wrap_up(
    transcript: Transcript, alerts: Sequence[Finding], disclosures: Sequence[DisclosureState]
) -> WrapUp:
    """Issue, what was done, commitments, open points and customer wording, each tied to its words."""
    lines: list[WrapUpLine] = []
    issue = _issue(transcript)
    if issue is not None:
        lines.append(_line("issue", transcript, issue))
    done, commitments = _agent_lines(transcript)
    lines += [_line("done", transcript, span) for span in done[-_MOST_LINES:]]
    lines += [_line("commitment", transcript, span) for span in commitments[-_MOST_LINES:]]
    lines += [
        WrapUpLine("open", f"Required statement not complete: {state.title}")
        for state in disclosures
        if state.progress in ("due", "altered", "missing")
    ]
    for alert in alerts:
        if alert.span is not None:
            lines.append(_line("customer_wording", transcript, alert.span))
    return WrapUp(contact=transcript.id, lines=tuple(lines), disclosures=tuple(disclosures))


def _issue(transcript: Transcript) -> Span | None:
    for index, turn in enumerate(transcript.turns):
        if turn.speaker == "customer":
            question = find_question(transcript.turns, index)
            if question is not None and content_words(transcript.quote(question.span)):
                return Span(index, 0, len(turn.text.rstrip()))
    return None


def _agent_lines(transcript: Transcript) -> tuple[list[Span], list[Span]]:
    done: list[Span] = []
    commitments: list[Span] = []
    for index, turn in enumerate(transcript.turns):
        if turn.speaker != "agent" or turn.visibility != "public":
            continue
        for start, end in split_sentences(turn.text, turn.language or "en"):
            sentence = turn.text[start:end]
            if sentence.endswith("?") or not content_words(sentence):
                continue
            if cues().commitment.search(sentence) and cues().when.search(sentence):
                commitments.append(Span(index, start, end))
            elif cues().done.search(sentence):
                done.append(Span(index, start, end))
    return done, commitments


def _line(heading: str, transcript: Transcript, span: Span) -> WrapUpLine:
    return WrapUpLine(heading, transcript.quote(span), (span,))  # type: ignore[arg-type]
