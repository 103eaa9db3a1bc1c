"""Wording by a generator: streamed after the passage, every sentence grounded in it or dropped.

The passage stands whatever happens here. A generator that is slow, breaks, babbles or obeys somebody
else costs its own words and nothing more: what is not in the passage is dropped, and after the deadline
the passage stands alone.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator as Generating
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from copilot.grounding import Dropped, Sources, ground, plain, read_sources
from copilot.prompts import answer_prompt, wrap_up_prompt
from models.errors import UnscriptedError
from models.generators import GuardedGenerator
from models.records import Passage, Suggestion
from models.sentences import split_sentences

if TYPE_CHECKING:
    from knowledge_base.facts import FactBook
    from models.ports import Encoder, Generator

Outcome = Literal["worded", "nothing", "late", "failed", "not asked"]

DEADLINE_S = 4.0
"""Seconds after the card within which wording may still appear."""
MOST_TOKENS = 120
MOST_SENTENCES = 4
MOST_CHARACTERS = 700
_MOST_RAW = 4_000
"""Characters of a generator's reply that are read at all."""
_TERMINAL = (".", "!", "?", "…", "。")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a generator made of a card, as far as it is grounded."""

    text: str
    """Plain text; empty when nothing could be kept. Never shown without the label and the passage."""
    label: str
    """`AI-worded, check <title> <version>`."""
    by: str
    outcome: Outcome
    """`late`, `failed`: the passage stands, with what was grounded until then. `not asked`: the card
    has nothing to word."""
    dropped: tuple[Dropped, ...] = ()


def label_of(sources: Sequence[Passage]) -> str:
    """What stands beside words that a generator made."""
    named = [f"{one.title or one.document} {one.version}".strip() for one in sources]
    return "AI-worded, check " + ", ".join(dict.fromkeys(named)) if named else "AI-worded"


def word(
    card: Suggestion,
    question: str,
    generator: Generator,
    *,
    deadline_s: float = DEADLINE_S,
    encoder: Encoder | None = None,
    book: FactBook | None = None,
) -> Generating[str, None, Wording]:
    """Word a card; gives each grounded sentence as soon as it is complete.

    Args:
        card: With its sources; its facts are what is worded.
        question: The customer's words.
        generator: Any; put it behind `GuardedGenerator`.
        deadline_s: Seconds from the first `next`; a sentence under way is dropped then.
        encoder: To hold meanings against each other; None compares words alone.
        book: The client's facts; a sentence that contradicts one is dropped.

    Yields:
        Plain sentences, in order.

    Returns:
        All of it, with what was dropped and why (`copilot.wording.worded` collects it).
    """
    label = label_of(card.sources)
    facts = card.facts or tuple(line for line in card.text.splitlines() if line.strip())
    if not facts or not card.sources or card.kind == "alert":
        return Wording("", label, generator.name, "not asked")
    passages = [one.text for one in card.sources]
    headings = [f"{one.title} {one.heading}" for one in card.sources]
    language = card.sources[0].language or "en"
    sources = read_sources(passages, headings=headings, language=language, encoder=encoder)
    try:
        prompt = answer_prompt(sources.usable(facts), question)
    except UnscriptedError:
        return Wording("", label, generator.name, "failed")
    return (yield from _worded(generator, prompt, sources, label, deadline_s=deadline_s, book=book))


def word_lines(
    lines: Sequence[str],
    headed: Sequence[str],
    generator: Generator,
    *,
    deadline_s: float,
    encoder: Encoder | None = None,
    language: str = "en",
) -> Generating[str, None, Wording]:
    """Word the lines of a wrap-up; as `word`, grounded in the lines.

    Args:
        lines: What the sentences must be in.
        headed: The same with their headings, as the generator reads them.
        generator: Any.
        deadline_s: Seconds for all of it.
        encoder: As `word`.
        language: Of the lines.
    """
    label = "AI-worded, check the lines"
    sources = read_sources(lines, language=language, encoder=encoder)
    usable = sources.usable(headed)
    if not usable:
        return Wording("", label, generator.name, "not asked")
    try:
        prompt = wrap_up_prompt(usable)
    except UnscriptedError:
        return Wording("", label, generator.name, "failed")
    return (yield from _worded(generator, prompt, sources, label, deadline_s=deadline_s, book=None))


def worded(
    card: Suggestion,
    question: str,
    generator: Generator,
    *,
    deadline_s: float = DEADLINE_S,
    encoder: Encoder | None = None,
    book: FactBook | None = None,
) -> Wording:
    """As `word`, all at once."""
    return collected(word(card, question, generator, deadline_s=deadline_s, encoder=encoder, book=book))


def collected(stream: Generating[str, None, Wording]) -> Wording:
    """What a stream of sentences amounts to."""
    while True:
        try:
            next(stream)
        except StopIteration as end:
            made: Wording = end.value
            return made


def _worded(
    generator: Generator,
    prompt: str,
    sources: Sources,
    label: str,
    *,
    deadline_s: float,
    book: FactBook | None,
    most_sentences: int = MOST_SENTENCES,
) -> Generating[str, None, Wording]:
    kept: list[str] = []
    dropped: list[Dropped] = []
    ends: list[Outcome] = []
    length = 0
    for sentence in _sentences(_pieces(generator, prompt, deadline_s, ends), ends, sources.language):
        if len(kept) >= most_sentences:
            break
        clean = plain(sentence)
        if clean in kept:
            dropped.append(Dropped(clean, "repeated"))
            continue
        if not clean.endswith(_TERMINAL):
            dropped.append(Dropped(clean, "unfinished"))
            continue
        reason = ground(sentence, sources, book=book)
        if reason is None and length + len(clean) > MOST_CHARACTERS:
            reason = "long"
        if reason is not None:
            dropped.append(Dropped(clean, reason))
            continue
        kept.append(clean)
        length += len(clean) + 1
        yield clean
    outcome: Outcome = ends[0] if ends else ("worded" if kept else "nothing")
    return Wording(" ".join(kept), label, generator.name, outcome, tuple(dropped))


def _sentences(pieces: Iterator[str], ends: list[Outcome], language: str) -> Iterator[str]:
    """Sentences and lines of a stream, each as soon as the next one begins."""
    rest, read = "", 0
    for piece in pieces:
        rest += piece
        read += len(piece)
        *lines, rest = rest.split("\n")
        for line in lines:
            yield from (line[start:end] for start, end in split_sentences(line, language))
        borders = split_sentences(rest, language)
        for start, end in borders[:-1]:
            yield rest[start:end]
        if len(borders) > 1:
            rest = rest[borders[-1][0] :]
        if read > _MOST_RAW:
            return
    if not ends:  # what a deadline or a break cut off is no sentence
        yield from (rest[start:end] for start, end in split_sentences(rest, language))


def _pieces(generator: Generator, prompt: str, deadline_s: float, ends: list[Outcome]) -> Iterator[str]:
    """The generator's pieces until it ends or the time is up; `ends` says which, when it is no good end."""
    arrived: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
    left = threading.Event()

    def run() -> None:
        try:
            stream = generator.stream(prompt, MOST_TOKENS)
            for piece in stream:
                if left.is_set():
                    close = getattr(stream, "close", None)
                    if close is not None:
                        close()
                    return
                arrived.put(piece)
            arrived.put(None)
        except Exception as problem:  # noqa: BLE001 - whatever breaks, the passage stands
            arrived.put(problem)

    until = monotonic() + deadline_s
    threading.Thread(target=run, name="wording", daemon=True).start()
    try:
        while True:
            try:
                piece = arrived.get(timeout=max(0.0, until - monotonic()))
            except queue.Empty:
                if isinstance(generator, GuardedGenerator):
                    generator.late()
                ends.append("late")
                return
            if piece is None:
                return
            if not isinstance(piece, str):
                ends.append("failed")
                return
            yield piece
    finally:
        left.set()
