"""What a recogniser did to a wording: misheard here and there, or said otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.alignment import Alignment, Template, same_word
from models.records import Transcript
from models.words import SpokenWord

PART = 0.5
"""Share of the words, in order, from which a statement was made in part."""
NEGATIONS = frozenset({"not", "no", "never", "neither", "nor", "without"})
_HEARD = 0.62
"""Share of the words from which raw recognised speech is the wording, when what is missing is scattered."""
_GAP = 4
"""Longest run of words that mishearing leaves out."""
_REACH = 3
_LONG = 4
_BARE = 0.8
"""Share of turns without a mark of punctuation that tells raw recognised speech."""
_TYPED = ("chat", "email", "sms", "whatsapp")
_SURE = 0.95
_DENSE = 0.75
_FEWEST_BLANKS = 4
"""Blanks of a turn from which on its punctuation, or the lack of it, says something."""


def changed(hit: Alignment, template: Template, inside: Sequence[SpokenWord], sure: float) -> bool:
    """A number or negation that is not the wording's, or many words put in between.

    A number or negation that is merely missing counts too, however unsure the recogniser was: what it
    swallowed and what was never said look the same.
    """
    if any(word in NEGATIONS or _is_number(word) for word in hit.missing):
        return True
    numbers = {word.text for word in inside if _is_number(word.text)} - set(template.words)
    put_in = sum(word.text in NEGATIONS for word in inside) > sum(w in NEGATIONS for w in template.words)
    foreign = bool(numbers) and not any(template.slots)  # a slot may be filled with a number
    return foreign or put_in or hit.precision < (_DENSE if sure >= _SURE else PART)


def garbled(
    template: Template, stretch: Sequence[SpokenWord], hit: Alignment, transcript: Transcript
) -> bool:
    """Whether recognised speech of unknown quality is this wording, misheard here and there.

    Mishearing scatters: a word here, two there. Leaving out a clause does not, so no run of missing words
    may be long. Every number and negation must be there, and no other may have been put in: what was lost
    by the recogniser and what was never said look the same.
    """
    if hit.recall < _HEARD or hit.precision < PART or not is_recognised(transcript):
        return False
    inside = stretch[max(0, hit.start - _REACH) : hit.end + _REACH]
    wanted, there = template.words, [word.text for word in inside]
    critical = [word for word in wanted if word in NEGATIONS or _is_number(word)]
    heard = [word.text for word in stretch[hit.start : hit.end]]
    put_in = [word for word in heard if word in NEGATIONS or _is_number(word)]
    loose = any(template.slots)
    if any(there.count(word) < critical.count(word) for word in critical) or any(
        put_in.count(word) > critical.count(word) and not (loose and _is_number(word)) for word in put_in
    ):
        return False
    return _longest_gap(wanted, there) <= min(_GAP, max(2, len(wanted) // 4))


def _longest_gap(wanted: Sequence[str], there: Sequence[str]) -> int:
    """The longest run of wanted words that an ordered match with what is there leaves out."""
    rows = [[0] * (len(there) + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted) - 1, -1, -1):
        for j in range(len(there) - 1, -1, -1):
            rows[i][j] = (
                rows[i + 1][j + 1] + 1 if _alike(wanted[i], there[j]) else max(rows[i + 1][j], rows[i][j + 1])
            )
    longest = run = i = j = 0
    while i < len(wanted):
        if j < len(there) and _alike(wanted[i], there[j]):
            i, j, run = i + 1, j + 1, 0
        elif j < len(there) and rows[i][j + 1] >= rows[i + 1][j]:
            j += 1
        else:
            i, run = i + 1, run + 1
            longest = max(longest, run)
    return longest


def _alike(wanted: str, heard: str) -> bool:
    """The same word, or one that a recogniser writes for it: "recordet", "trading" for "training"."""
    if wanted == heard or same_word(wanted, heard):
        return True
    if min(len(wanted), len(heard)) < _LONG or _is_number(wanted) or _is_number(heard):
        return False
    from rapidfuzz.distance import Levenshtein

    distance = Levenshtein.distance(wanted, heard, score_cutoff=2)
    return bool(distance <= max(1, len(wanted) // 4)) and not wanted.startswith(("un", "non", "in"))


def is_recognised(transcript: Transcript) -> bool:
    """Whether a contact reads as a speech recogniser's raw words: no confidences, hardly a full stop."""
    spoken = [
        turn.text
        for turn in transcript.turns
        if turn.visibility == "public" and turn.text.count(" ") >= _FEWEST_BLANKS
    ]
    if not spoken or any(turn.confidence is not None for turn in transcript.turns):
        return False
    if transcript.channel in _TYPED:
        return False
    bare = sum(re.search(r"[.!?,;]", text) is None for text in spoken)
    return bare >= _BARE * len(spoken)


def _is_number(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def sureness(inside: Sequence[SpokenWord], transcript: Transcript) -> float:
    """Mean recogniser confidence of the turns; 1.0 where none is given."""
    turns = {word.turn for word in inside}
    known = [c for c in (transcript.turns[turn].confidence for turn in turns) if c is not None]
    return sum(known) / len(known) if known else 1.0
