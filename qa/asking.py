"""Asked criteria put to an optional generator, whose word counts only with a quote that stands there.

The task (what is asked, how the answer is read) is here and in the template; the model is a port. An
answer without a quote, or with one that the transcript does not hold, is UNSCORED and waits for a person,
as does every "no": words that are not there cannot be quoted. What remains is a draft like all machine's
answers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from models.records import Asked, Criterion, Span, Transcript, Verdict
from qa.answering import outcome_of, settled

if TYPE_CHECKING:
    from models.ports import Generator
    from qa.scorecards import Scorecard

PROMPT = Path(__file__).parent / "prompts" / "ask.v1.txt"
MAX_TOKENS = 120
_MOST_CHARACTERS = 12_000
_SHORTEST_QUOTE = 3
"""Words; fewer stand everywhere."""
_ANSWER = re.compile(r"^\s*ANSWER:\s*([A-Za-z0-9._-]{1,40})\s*$", re.IGNORECASE | re.MULTILINE)
_QUOTE = re.compile(r"^\s*QUOTE:\s*[\"“„«']?(.+?)[\"”“»']?\s*$", re.IGNORECASE | re.MULTILINE)


def ask(scorecard: Scorecard, transcript: Transcript, generator: Generator) -> list[Verdict]:
    """A generator's answers to the criteria that allow one, for `Scorecard.evaluate(answers=...)`.

    Args:
        scorecard: Criteria with `check: {asked: ..., by: generator}` are put, yes/no and scales.
        transcript: Redacted, as always.
        generator: Its name stands as `by`.

    Raises:
        ModelError: The generator cannot be used.
    """
    asked = [
        one
        for one in scorecard.criteria
        if isinstance(one.check, Asked)
        and one.check.by == "generator"
        and one.answer.kind in ("yes_no", "scale")
    ]
    if not asked:
        return []
    said = generator.generate([prompt(one, transcript) for one in asked], MAX_TOKENS)
    return [
        read_answer(one, transcript, text, by=generator.name) for one, text in zip(asked, said, strict=True)
    ]


def prompt(criterion: Criterion, transcript: Transcript) -> str:
    """What the generator is given for one criterion; the contact's end when it is long."""
    assert isinstance(criterion.check, Asked)
    spoken = "\n".join(
        f"{turn.speaker}: {' '.join(turn.text.split())}"
        for turn in transcript.turns
        if turn.visibility == "public"
    )
    options = [option.ref for option in criterion.answer.options] or ["yes", "no"]
    words = {
        "TRANSCRIPT": spoken[-_MOST_CHARACTERS:],
        "QUESTION": criterion.check.question,
        "GUIDELINE": criterion.guideline or "none",
        "OPTIONS": ", ".join([*options, "unknown"]),
    }
    template = PROMPT.read_text("utf-8")
    # One pass: what a customer said may look like a mark of the template.
    return re.sub(r"\{(TRANSCRIPT|QUESTION|GUIDELINE|OPTIONS)\}", lambda found: words[found[1]], template)


def read_answer(criterion: Criterion, transcript: Transcript, said: str, *, by: str) -> Verdict:
    """The verdict in what a generator said; UNSCORED unless its quote stands in the transcript."""
    answer, quote = _ANSWER.search(said), _QUOTE.search(said)
    word = answer[1].casefold() if answer is not None else "unknown"
    refs = {option.ref.casefold(): option.ref for option in criterion.answer.options}
    if word not in ({*refs} if refs else {"yes", "no"}):
        return settled(criterion, "UNSCORED", "the generator could not tell; a person answers", by)
    span = find_quote(transcript, quote[1]) if quote is not None else None
    if span is None:
        why = "the generator gave no words that stand in the contact; a person answers"
        return settled(criterion, "UNSCORED", why, by)
    reason = f"answered {word} by {by}, from its words in turn {span.turn + 1}"
    if not refs:
        if word == "no":
            why = "the generator says no, which no quote can show; a person answers"
            return settled(criterion, "UNSCORED", why, by, evidence=(span,))
        return settled(criterion, "MET", reason, by, evidence=(span,))
    outcome = outcome_of(criterion, refs[word])
    return settled(criterion, outcome, reason, by, evidence=(span,), value=refs[word])


def find_quote(transcript: Transcript, quote: str) -> Span | None:
    """Where these very words were said in public, blanks and case apart; None when nowhere, or too few."""
    words = quote.split()
    if len(words) < _SHORTEST_QUOTE:
        return None
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)
    for index, turn in enumerate(transcript.turns):
        found = pattern.search(turn.text) if turn.visibility == "public" else None
        if found is not None:
            return Span(index, found.start(), found.end())
    return None
