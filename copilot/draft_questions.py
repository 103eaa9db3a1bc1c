"""Does a draft answer what the customer asked? `draft.unanswered`.

Raised only where the words leave little doubt: the customer asked when, how much or where, and the draft
holds no time, no amount or no place; or every sentence of the draft is a formula. A draft that asks back,
that says it will look, or that says nobody knows is an answer. English; silent in other languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copilot.draft_cues import has
from models.folding import fold
from models.records import Finding, Span, Suggestion, Transcript
from models.sentences import split_sentences
from models.words import is_back_channel

LABEL = "draft.unanswered"
BY = "draft.unanswered@1"
CONFIDENCE = 0.9
_MOST_QUESTIONS = 4
_LONGEST_QUOTE = 80
_SHORTEST = 3
"""Words of a question below which it says nothing by itself ("Why?")."""
_WANTED = (("time", "when or how long"), ("amount", "how much"), ("place", "where"))


@dataclass(frozen=True, slots=True)
class Asked:
    """An open question of the customer's."""

    span: Span
    words: str
    folded: str


def unanswered(
    transcript: Transcript, draft: str, *, language: str, cards: Sequence[Suggestion] = ()
) -> list[Finding]:
    """The open questions of the customer that a draft does not answer; at most one finding.

    Args:
        transcript: The contact so far.
        draft: The reply, as it is typed.
        language: Of the draft.
        cards: That are on display; their facts are the remedy.
    """
    if language.partition("-")[0].lower() != "en":
        return []
    reply = fold(draft).text.strip()
    sentences = [fold(draft[start:end]).text.strip(" .!") for start, end in split_sentences(draft, language)]
    telling = [sentence for sentence in sentences if not has("empty", sentence)]
    open_questions = list(open_questions_of(transcript))
    if not open_questions or not sentences:
        return []
    if not telling:
        missed = open_questions[-1]
        agreed = has("wants_yes_no", missed.folded) and _agrees(sentences)
        return [] if agreed else [_finding(missed, "it holds no answer yet", cards)]
    if not _turns_back(sentences) and not has("defers", reply):
        missing = _missing(open_questions, " . ".join(telling))
        if missing is not None:
            return [_finding(*missing, cards)]
    return []


def _missing(open_questions: Sequence[Asked], told: str) -> tuple[Asked, str] | None:
    """The first question for a time, an amount or a place that the words hold none of, and what it lacks."""
    for asked in open_questions:
        for kind, plain in _WANTED:
            if has(f"wants_{kind}", asked.folded):
                if not has(f"gives_{kind}", told):
                    return asked, f"it does not say {plain}"
                break
    return None


def open_questions_of(transcript: Transcript) -> Iterator[Asked]:
    """What the customer asked since the agent last said something, in order."""
    found: list[Asked] = []
    for index in range(len(transcript.turns) - 1, -1, -1):
        turn = transcript.turns[index]
        if turn.visibility != "public" or turn.speaker == "system":
            continue
        if turn.speaker == "agent" and is_back_channel(turn.text):
            continue
        if turn.speaker != "customer":
            break
        language = turn.language or transcript.language or "en"
        if language.partition("-")[0].lower() != "en":
            break
        here = []
        for start, end in split_sentences(turn.text, language):
            words = turn.text[start:end]
            folded = fold(words).text.strip()
            if (
                len(folded.split()) >= _SHORTEST
                and has("question", folded)
                and not has("no_question", folded)
            ):
                here.append(Asked(Span(index, start, end), words, folded))
        found = here + found
    yield from found[-_MOST_QUESTIONS:]


def _turns_back(sentences: Sequence[str]) -> bool:
    """Whether the draft asks the customer for something that the answer needs."""
    return any(
        has("asks_back", sentence) and not has("asks_only_for_more", sentence) for sentence in sentences
    )


def _agrees(sentences: Sequence[str]) -> bool:
    return any(
        word in ("ok", "okay", "alright", "right", "great", "perfect")
        for sentence in sentences
        for word in sentence.split()[:1]
    )


def _finding(asked: Asked, why: str, cards: Sequence[Suggestion]) -> Finding:
    words = " ".join(asked.words.split())
    if len(words) > _LONGEST_QUOTE:
        words = words[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"
    fact = next(
        (
            card.facts[0]
            for card in cards
            if card.facts and card.because and card.because.turn == asked.span.turn
        ),
        "",
    )
    remedy = f"The client's material says: {fact}" if fact else "Answer it, or say that you will find out."
    source = next(
        (card.sources[0].id for card in cards if fact and card.facts[:1] == (fact,) and card.sources), None
    )
    return Finding(
        LABEL, "minor", None, CONFIDENCE, BY, f"the customer asked “{words}”; {why}", remedy, source
    )
