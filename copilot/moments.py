"""Which of a client's moments a turn calls for."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge_base.moments import Moment, finder, read_moments
from models.labels import LABELS
from models.records import ClientProfile, Finding, Passage, Span, Suggestion, Turn
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Encoder, Vectors

_FEWEST_WORDS = 2
"""A sentence of one word means too little to be compared."""
_books: weakref.WeakKeyDictionary[KnowledgeBase, tuple[ClientProfile, MomentBook]] = (
    weakref.WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A moment whose words are compiled."""

    moment: Moment
    finds: Callable[[str], tuple[int, int] | None]
    ruled_out: Callable[[str], tuple[int, int] | None]
    labels: frozenset[str]


class MomentBook:
    """The moments of one client, ready to be held against turns. Never changed once made."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self._ready = tuple(
            _Ready(one, finder(one.when), finder(one.unless), frozenset(one.when) & LABELS.keys())
            for one in sorted(moments, key=lambda one: -one.priority)
        )
        self._examples: tuple[str, Vectors] | None = None

    def called(
        self,
        turns: Sequence[Turn],
        index: int,
        alerts: Sequence[Finding],
        made: Sequence[Suggestion],
        *,
        language: str,
        encoder: Callable[[], Encoder],
    ) -> list[tuple[Moment, Span]]:
        """Moments that a turn calls for and the words that do, the most important one first.

        Args:
            turns: Of the contact.
            index: The turn to read.
            alerts: Findings so far; a moment may wait for a label.
            made: Cards so far: a moment comes at most so often, and not again within its cooldown.
            language: Of turns that name none.
            encoder: Called when some moment has example sentences.
        """
        turn = turns[index]
        if turn.visibility != "public" or turn.speaker in ("system", "bot"):
            return []
        speaker = "agent" if turn.speaker in ("agent", "supervisor") else "customer"
        code = (turn.language or language or "en").casefold()
        free = [
            one
            for one in self._ready
            if one.moment.speaker in (speaker, "any")
            and (not one.moment.languages or _is_language(code, one.moment.languages))
            and _is_free(one.moment, index, made)
        ]
        found: dict[str, Span] = {}
        for one in free:
            words = one.finds(turn.text)
            labelled = [a.span for a in alerts if a.label in one.labels and a.span and a.span.turn == index]
            if words is not None:
                found[one.moment.id] = Span(index, *words)
            elif labelled:
                found[one.moment.id] = labelled[0]
        unsure = [one.moment for one in free if one.moment.meaning and one.moment.id not in found]
        if unsure:
            found |= self._alike(unsure, turn, index, code, encoder)
        return [
            (one.moment, found[one.moment.id])
            for one in free
            if one.moment.id in found and one.ruled_out(turn.text) is None
        ]

    def _alike(
        self, moments: Sequence[Moment], turn: Turn, index: int, code: str, encoder: Callable[[], Encoder]
    ) -> dict[str, Span]:
        """Moments of which an example sentence means what a sentence of the turn does."""
        sentences = [
            (start, end)
            for start, end in split_sentences(turn.text, code)
            if len(turn.text[start:end].split()) >= _FEWEST_WORDS
        ]
        if not sentences:
            return {}
        model = encoder()
        vectors = model.encode([turn.text[start:end] for start, end in sentences])
        likeness = vectors @ self._vectors(model).T
        first: dict[str, int] = {}
        place = 0
        for one in self._ready:
            first[one.moment.id] = place
            place += len(one.moment.meaning)
        found = {}
        for moment in moments:
            begin = first[moment.id]
            best = likeness[:, begin : begin + len(moment.meaning)].max(axis=1)
            if best.max() >= moment.near:
                found[moment.id] = Span(index, *sentences[int(best.argmax())])
        return found

    def _vectors(self, model: Encoder) -> Vectors:
        """Of all example sentences, in order; made once for an encoder."""
        known = self._examples
        if known is None or known[0] != model.name:
            sentences = [sentence for one in self._ready for sentence in one.moment.meaning]
            known = self._examples = (model.name, model.encode(sentences))
        return known[1]


def moment_book(kb: KnowledgeBase) -> MomentBook:
    """The client's moments, compiled once for each profile.

    Raises:
        ConfigError: One of them is wrong; says which line.
    """
    profile = kb.profile
    known = _books.get(kb)
    if known is None or known[0] is not profile:
        known = (profile, MomentBook(read_moments(profile.moments)))
        _books[kb] = known
    return known[1]


def pinned(kb: KnowledgeBase, moment: Moment) -> list[Passage]:
    """The passages that a moment shows, in force today: one by number or heading, else the document's first.

    Empty when there is none: the document is not in force, or was taken away.
    """
    id, _, part = moment.show.partition("#")
    if not any(document.id == id for document in kb.documents()):
        return []
    passages = kb.passages(id)
    if not part:
        return passages[:1]
    wanted = part.strip().casefold()
    return [
        passage
        for number, passage in enumerate(passages, start=1)
        if wanted == str(number) or wanted in _headings(passage)
    ][:1]


def _headings(passage: Passage) -> set[str]:
    """The heading that a passage stands under, and those that stand in it: short sections share a passage."""
    inside = (line.lstrip("# ") for line in passage.text.splitlines() if line.startswith("#"))
    return {one.strip().casefold() for one in (passage.heading.split(" > ")[-1], *inside)}


def _is_language(code: str, languages: Sequence[str]) -> bool:
    return any(code == one or code.split("-", maxsplit=1)[0] == one for one in languages)


def _is_free(moment: Moment, index: int, made: Sequence[Suggestion]) -> bool:
    """Whether it came less often than allowed, and not lately."""
    at = {card.because.turn for card in made if card.moment == moment.id and card.because is not None}
    return len(at) < moment.most and all(abs(index - turn) > moment.cooldown_turns for turn in at)
