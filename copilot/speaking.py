"""What a turn calls for: the next step of a procedure, the client's moments, then a search; at most three.

Silence is the default. A clear question after a rule or an offer that the client's documents do not answer
gets one line that says so, so that nobody guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copilot.answers import ANSWER_KINDS, find_answers
from copilot.cards import alert_card, answer_card, is_nothing_here, nothing_here
from copilot.moments import moment_book, pinned
from copilot.questions import Question, find_question
from copilot.steps import as_step, next_step, procedure
from copilot.unanswered import asks_for_rule
from models.records import Suggestion

if TYPE_CHECKING:
    from copilot.state import LiveState
    from knowledge_base import KnowledgeBase
    from knowledge_base.moments import Moment
    from models.records import Hit, Passage, Span


@dataclass(frozen=True, slots=True)
class Quietness:
    """How readily a session speaks."""

    threshold: float = 0.65
    """Nothing is shown for a question that the client's documents answer with less probability than this.

    The probability is on the client's own scale (`Hit.answerable`), so one number fits all clients: below
    it, one question or remark in twenty about something else would get a card (`benchmarks/silence.py`).
    """
    most_cards: int = 3
    near: float = 0.8
    """Further cards must reach this share of the first one's score."""
    cooldown_turns: int = 6
    """Turns for which a passage that was shown is not shown again."""
    context_turns: int = 12
    """Turns before a draft that its check reads."""
    unanswered: float = 0.2
    """A question after a rule or an offer ("do you …", "can I …") gets "not in this client's material" when
    the documents answer it with less probability than this. 0: never. Between this and `threshold` the answer
    may be there, and nothing is said. How rare that is: `benchmarks/unanswered.py`."""
    fresh_turns: int = 8
    """Turns for which a card stays on display."""


def call(kb: KnowledgeBase, state: LiveState, index: int, quietness: Quietness) -> tuple[Suggestion, ...]:
    """The cards that turn `index` calls for by rule: next steps, then the client's moments.

    Args:
        kb: Of the client.
        state: With the turn in its place.
        index: The turn that was just heard.
        quietness: How readily to speak.
    """
    cards = _next_steps(state, index) + _of_moments(kb, state, index, quietness)
    return tuple(cards[: quietness.most_cards])


def answer(
    kb: KnowledgeBase,
    state: LiveState,
    index: int,
    quietness: Quietness,
    *,
    beside: Sequence[Suggestion] = (),
) -> tuple[Suggestion, ...]:
    """The cards that turn `index` calls for by what it asks, best first; usually none.

    Args:
        kb: Of the client.
        state: With the turn in its place.
        index: The turn that was just heard.
        quietness: How readily to speak.
        beside: Cards that it called for by rule; all of them together are at most `most_cards`.
    """
    if len(beside) >= quietness.most_cards:
        return ()
    question = find_question(state.transcript.turns, index)
    return tuple(_of_search(kb, state, question, quietness, beside=beside)) if question is not None else ()


def _next_steps(state: LiveState, index: int) -> list[Suggestion]:
    """The step after one on display that was said or done."""
    turns = state.transcript.turns
    if index != len(turns) - 1:
        return []
    found = []
    for card in state.cards:
        if card.step and card.sources and card.because is not None:
            steps = procedure(card.sources[0])
            number = next_step(steps, turns, card.because.turn + 1)
            if card.step < number <= len(steps):
                found.append(as_step(card, number))
    return found


def _of_moments(kb: KnowledgeBase, state: LiveState, index: int, quietness: Quietness) -> list[Suggestion]:
    if not kb.profile.moments:
        return []
    called = moment_book(kb).called(
        state.transcript.turns,
        index,
        state.alerts,
        state.made,
        language=state.transcript.language or kb.profile.language,
        encoder=lambda: kb.encoder,
    )
    cards: list[Suggestion] = []
    for moment, because in called:
        cards += [
            card
            for card in _of_moment(kb, state, moment, because, quietness)
            if not _was_shown(card, (*state.made, *cards), index, quietness)
        ][:1]
    return cards[: quietness.most_cards]


def _of_moment(
    kb: KnowledgeBase, state: LiveState, moment: Moment, because: Span, quietness: Quietness
) -> list[Suggestion]:
    contact, asked = state.transcript.id, state.transcript.quote(because)
    if moment.alert:
        return [alert_card(contact, because, moment)]
    passages: list[tuple[Passage, Hit | None]] = [(one, None) for one in pinned(kb, moment)]
    if moment.search:
        hits = kb.search(moment.search, limit=1, kinds=ANSWER_KINDS, rerank=False)
        passages = [(hit.passage, hit) for hit in hits if hit.answerable >= quietness.threshold]
    query = moment.search or asked
    return [
        answer_card(kb, passage, contact=contact, because=because, query=query, hit=hit, moment=moment)
        for passage, hit in passages
    ]


def _of_search(
    kb: KnowledgeBase,
    state: LiveState,
    question: Question,
    quietness: Quietness,
    *,
    beside: Sequence[Suggestion],
) -> list[Suggestion]:
    hits = find_answers(kb, state.transcript.turns, question)
    answerable = hits[0].answerable if hits else 0.0
    if answerable < quietness.threshold:
        is_told = not beside and answerable < quietness.unanswered and asks_for_rule(question)
        if is_told and not _was_said(state.made, question, quietness):
            return [nothing_here(state.transcript.id, question.span)]
        return []
    floor = quietness.near * hits[0].score
    room = quietness.most_cards - len(beside)
    cards: list[Suggestion] = []
    known = (*state.made, *beside)
    for hit in hits:
        if hit.score < floor or len(cards) == room:
            break
        if _is_passage_shown(hit.passage.id, known, question.span.turn, quietness):
            continue
        cards.append(
            answer_card(
                kb,
                hit.passage,
                contact=state.transcript.id,
                because=question.span,
                query=question.asked,
                hit=hit,
            )
        )
    return cards


def _was_shown(card: Suggestion, made: Sequence[Suggestion], index: int, quietness: Quietness) -> bool:
    if not card.sources:
        return False
    return _is_passage_shown(card.sources[0].id, made, index, quietness)


def _is_passage_shown(id: str, made: Sequence[Suggestion], index: int, quietness: Quietness) -> bool:
    return any(
        card.sources
        and card.sources[0].id == id
        and card.because is not None
        and abs(index - card.because.turn) <= quietness.cooldown_turns
        for card in made
    )


def _was_said(made: Sequence[Suggestion], question: Question, quietness: Quietness) -> bool:
    return any(
        is_nothing_here(card)
        and card.because is not None
        and abs(question.span.turn - card.because.turn) <= quietness.cooldown_turns
        for card in made
    )
