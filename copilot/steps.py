"""Procedures, one step at a time: the next comes when the current one was said or the customer did it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from copilot.cues import content_words, cues
from models.errors import InputError
from models.patterns import pattern
from models.records import FactLine, Passage, Suggestion, Turn
from models.sentences import split_sentences
from models.stems import without_ending

_ITEM = pattern(
    r"[ \t]*(?:#{1,6}[ \t]+)?(?:\*\*)?(?P<named>step[ \t]+)?(?P<number>\d{1,2})"
    r"(?:[.):]|(?<=\d)[ \t]*[-–])"
    r"(?:\*\*)?[ \t]+(?=\S)",
    re.IGNORECASE,
)
_EMPHASIS = pattern(r"\*\*|__|`|^#{1,6}\s+", re.MULTILINE)
_CLAUSE = pattern(r"[,;]\s+(?:and\s+)?|\s+and\s+(?=then\b|finally\b)")
_FIRST_WORD = pattern(r"[^\W\d_]+")
_FEWEST = 2
_ACTIONS = 0.6
"""Share of a numbered list's items that must open with something to do."""
_SAID = 0.5
"""Share of a step's words by which it was said."""
_SAID_AHEAD, _WORDS_AHEAD = 0.6, 3
"""The same, and the least number of words, for a later step: the agent went ahead."""
_ROOT = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    named: bool = False
    """"Step 3:" says itself that it is a step."""


def procedure(passage: Passage) -> tuple[FactLine, ...]:
    """The steps of a passage in order; empty when it is no procedure.

    A numbered list whose items open with something to do or whose heading says that they are steps, or
    prose that says "first" and "then". A list of options, prices or numbered headings is none.

    Returns:
        At least two lines of kind `step`, each a whole item; or none.
    """
    for pieces in (*_lists(passage.text), _told(passage)):
        steps = tuple(_step(passage, piece) for piece in pieces)
        if len(steps) >= _FEWEST:
            return steps
    return ()


def next_step(steps: Sequence[FactLine], turns: Sequence[Turn], since: int) -> int:
    """Number of the step to show, from 1; `len(steps) + 1` when all were said or done.

    A step is behind when half of its words were said by the agent, over any turns since it came up, or
    when the customer says that it is done ("okay, it's off, what's next?") though the agent put it in
    other words. An agent who says a later step goes on from there; nothing goes back.

    Args:
        steps: From `procedure`.
        turns: Of the contact so far.
        since: Index of the first turn that can be about the steps: the one after the card came up.
    """
    wanted = [_stems(step.text) for step in steps]
    number, said = 1, set[str]()
    told = False  # the agent spoke since the step came up, in whatever words
    for turn in turns[since:]:
        if turn.visibility != "public" or number > len(steps):
            continue
        if turn.speaker == "agent":
            now = _stems(turn.text)
            said |= now
            ahead = _ahead(wanted, now, number)
            reached = number
            while reached <= len(wanted) and _covers(said, wanted[reached - 1]):
                reached += 1
            moved = max(reached, ahead)
            told = moved == number and bool(now or told)
            if moved > number:
                number, said = moved, set()
        elif turn.speaker == "customer" and told and _did_it(turn.text):
            number, said, told = number + 1, set(), False
    return number


def as_step(card: Suggestion, number: int) -> Suggestion:
    """The card of one step, made out of the answer card whose first source is a procedure.

    Its id depends on the card and the number alone, so that making it again gives the same card.

    Raises:
        InputError: The source has no such step.
    """
    steps = procedure(card.sources[0]) if card.sources else ()
    if not 1 <= number <= len(steps):
        raise InputError(f"suggestion {card.id}: has {len(steps)} steps, no step {number}")
    line = steps[number - 1]
    return replace(
        card,
        id=hashlib.sha256(f"{card.id}\n{number}".encode()).hexdigest()[:16],
        kind="step",
        facts=(line.text,),
        lines=(line,),
        step=number,
        steps=len(steps),
    )


def _lists(text: str) -> Iterator[list[_Piece]]:
    """The numbered lists of a text that are procedures."""
    for pieces, opening in _numbered(text):
        actions = sum(piece.named or _opens_with_action(text[piece.start : piece.end]) for piece in pieces)
        capitals = sum(text[piece.start : piece.end].isupper() for piece in pieces)
        said = cues().procedure.search(opening) is not None
        if not capitals and (said or actions >= _ACTIONS * len(pieces)):
            yield pieces


def _numbered(text: str) -> Iterator[tuple[list[_Piece], str]]:
    """Runs of items numbered 1, 2, 3 …, and the line above each run."""
    pieces: list[_Piece] = []
    above = opening = ""
    at, gap = 0, False
    for line in text.splitlines(keepends=True):
        begin, at = at, at + len(line)
        words = line.strip()
        item = _ITEM.match(line)
        end = begin + len(line.rstrip())
        if item is not None and int(item["number"]) == len(pieces) + 1:
            opening = opening if pieces else above
            named = item["named"] is not None
            pieces.append(_Piece(begin + item.end(), end, named))
        elif pieces and words and _continues(line, item, pieces[-1], gap=gap):
            pieces[-1] = replace(pieces[-1], end=end)
        elif words:
            if pieces:
                yield pieces, opening
            pieces = []
            if item is not None and int(item["number"]) == 1:
                opening = above
                pieces = [_Piece(begin + item.end(), end, item["named"] is not None)]
        gap = not words
        above = words or above
    if pieces:
        yield pieces, opening


def _continues(line: str, item: re.Match[str] | None, last: _Piece, *, gap: bool) -> bool:
    if item is not None or line.startswith("#"):
        return False
    return last.named or not gap or line[:1] in " \t"


def _told(passage: Passage) -> list[_Piece]:
    """Prose that says "first … then …", clause by clause."""
    pieces: list[_Piece] = []
    text = passage.text
    for start, end in split_sentences(text, passage.language or "en"):
        cuts = [start, *(start + hit.end() for hit in _CLAUSE.finditer(text[start:end])), end]
        for low, high in pairwise(cuts):
            begin = low + len(text[low:high]) - len(text[low:high].lstrip())
            opener = (cues().step_then if pieces else cues().step_first).match(text, begin, high)
            if opener is not None and (
                pieces
                or opener[0].rstrip().endswith((",", ":"))
                or _opens_with_action(text[opener.end() : high])
            ):
                pieces.append(_Piece(opener.end(), high))
            elif pieces and low != start:
                pieces[-1] = replace(pieces[-1], end=high)  # a clause that says more of the same step
    return [_trimmed(text, piece) for piece in pieces]


def _trimmed(text: str, piece: _Piece) -> _Piece:
    words = text[piece.start : piece.end].rstrip()
    words = re.sub(r"(?:[,;]|[,;]?\s+and)$", "", words)
    return replace(piece, end=piece.start + len(words))


def _opens_with_action(words: str) -> bool:
    opening = [word.lower() for word in _FIRST_WORD.findall(words)[:4]]
    if opening[:1] == ["please"]:
        opening = opening[1:]
    return bool(opening) and (
        opening[0] in cues().action or opening[:2] in (["the", "customer"], ["the", "agent"])
    )


def _step(passage: Passage, piece: _Piece) -> FactLine:
    text = " ".join(_EMPHASIS.sub("", passage.text[piece.start : piece.end]).split())
    return FactLine(text, "step", passage.id, piece.start, piece.end)


def _stems(text: str) -> set[str]:
    return {without_ending(word, shortest=_ROOT) for word in content_words(text)}


def _covers(said: set[str], wanted: set[str]) -> bool:
    return bool(wanted) and len(said & wanted) >= max(min(2, len(wanted)), _SAID * len(wanted))


def _ahead(wanted: Sequence[set[str]], now: set[str], number: int) -> int:
    """The step after the furthest later one that was just said; 0 when none was."""
    current = len(now & wanted[number - 1]) / max(1, len(wanted[number - 1]))
    for later in range(len(wanted), number, -1):
        step = wanted[later - 1]
        shared = len(now & step - wanted[number - 1])
        if shared >= _WORDS_AHEAD and shared >= max(_SAID_AHEAD, current) * len(step):
            return later + 1
    return 0


def _did_it(text: str) -> bool:
    return cues().step_done.search(text) is not None and cues().step_not_done.search(text) is None
