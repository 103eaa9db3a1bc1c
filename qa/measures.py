"""Measures of a contact that a criterion may ask for.

Of the contact, not of the person: no pace, pitch or typing of an agent is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.records import Transcript, Turn


@dataclass(frozen=True, slots=True)
class Measure:
    """A number read off a transcript, with its unit."""

    unit: str
    meaning: str
    read: Callable[[Transcript], float | None]


def longest_silence_s(transcript: Transcript) -> float | None:
    """Longest gap, in seconds, in which nobody speaks between two timed turns.

    A property of the contact, not of the agent: hold music and a slow system count too.

    Args:
        transcript: Any contact; turns without times are skipped.

    Returns:
        A number >= 0.0, or None when fewer than two turns are timed. Overlapping turns leave no
        gap; time before the first and after the last turn is not counted.

    Example:
        >>> hello = Turn(speaker="agent", text="Hello", start_s=0.0, end_s=3.0)
        >>> hi = Turn(speaker="customer", text="Hi", start_s=7.5, end_s=8.0)
        >>> longest_silence_s(Transcript(id="c1", client="acme", turns=(hello, hi)))
        4.5
    """
    timed = sorted(
        (turn.start_s, turn.end_s)
        for turn in _public(transcript)
        if turn.start_s is not None and turn.end_s is not None
    )
    if len(timed) < 2:  # noqa: PLR2004 - a gap needs two
        return None
    longest, heard_until = 0.0, timed[0][1]
    for start, end in timed[1:]:
        longest = max(longest, start - heard_until)
        heard_until = max(heard_until, end)
    return longest


def agent_talk_share(transcript: Transcript) -> float | None:
    """Share of the spoken seconds that are the agent's, in percent; None when a turn has no times."""
    spoken = [turn for turn in _public(transcript) if turn.speaker in ("agent", "customer", "bot")]
    if not spoken or any(turn.start_s is None or turn.end_s is None for turn in spoken):
        return None
    seconds = {True: 0.0, False: 0.0}
    for turn in spoken:
        assert turn.start_s is not None and turn.end_s is not None  # noqa: PT018 - checked above
        seconds[turn.speaker == "agent"] += turn.end_s - turn.start_s
    total = seconds[True] + seconds[False]
    return 100.0 * seconds[True] / total if total else None


def agent_word_share(transcript: Transcript) -> float | None:
    """Share of the words that are the agent's, in percent; None when nobody said a word."""
    words = {True: 0, False: 0}
    for turn in _public(transcript):
        if turn.speaker in ("agent", "customer", "bot"):
            words[turn.speaker == "agent"] += len(turn.text.split())
    total = words[True] + words[False]
    return 100.0 * words[True] / total if total else None


def agent_turns(transcript: Transcript) -> float:
    """How many turns the agent had."""
    return float(sum(turn.speaker == "agent" for turn in _public(transcript)))


def agent_words(transcript: Transcript) -> float:
    """How many words, split at blanks, the agent used."""
    return float(sum(len(turn.text.split()) for turn in _public(transcript) if turn.speaker == "agent"))


def _public(transcript: Transcript) -> list[Turn]:
    return [turn for turn in transcript.turns if turn.visibility == "public"]


MEASURES: dict[str, Measure] = {
    "longest_silence_s": Measure("seconds", "longest gap in which nobody speaks", longest_silence_s),
    "agent_talk_share": Measure("percent", "agent's share of the spoken time", agent_talk_share),
    "agent_word_share": Measure("percent", "agent's share of the words", agent_word_share),
    "agent_turns": Measure("count", "turns of the agent", agent_turns),
    "agent_words": Measure("count", "words of the agent", agent_words),
}
"""By name. `scriptedness` (percent) is a measure too; the analyser supplies it."""
