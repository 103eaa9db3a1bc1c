"""Measures of a contact that a criterion may ask for.

Of the contact, not of the person: pace and silence are those of the conversation, everybody together;
no pace, pitch or typing of an agent is measured. A source without times gives None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.records import Transcript, Turn


@dataclass(frozen=True, slots=True)
class Measure:
    """A number read off a transcript, with its unit."""

    unit: str
    meaning: str
    read: Callable[[Transcript], float | None]
    needs: str
    """What is missing where the measure is not available."""


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


def silence_share(transcript: Transcript) -> float | None:
    """Share of the contact, first word to last, in which nobody speaks, in percent."""
    timed = _timed(transcript)
    if timed is None or timed[-1][0] <= timed[0][0]:
        return None
    spoken, heard_until = 0.0, timed[0][0]
    for start, end in timed:
        spoken += max(0.0, end - max(start, heard_until))
        heard_until = max(heard_until, end)
    whole = heard_until - timed[0][0]
    return 100.0 * (whole - spoken) / whole if whole else None


def words_per_minute(transcript: Transcript) -> float | None:
    """Words a minute of the whole conversation, everybody together, silence included.

    Not the agent's pace: where a hurried contact shows, the reason is for a person to find.
    """
    timed = _timed(transcript)
    if timed is None:
        return None
    whole = max(end for _, end in timed) - timed[0][0]
    words = sum(len(turn.text.split()) for turn in _public(transcript) if turn.start_s is not None)
    return 60.0 * words / whole if whole else None


def duration_s(transcript: Transcript) -> float | None:
    """Seconds from the first word to the last."""
    timed = _timed(transcript)
    return None if timed is None else max(end for _, end in timed) - timed[0][0]


def hold_s(transcript: Transcript) -> float | None:
    """Seconds on hold, as the source says: `metadata["hold_s"]`, or events `hold` and `resume` with times."""
    said = transcript.metadata.get("hold_s")
    if isinstance(said, (int, float)) and not isinstance(said, bool) and said >= 0:
        return float(said)
    held: float | None = None
    since: float | None = None
    for event in transcript.metadata.get("events") or ():
        if not isinstance(event, Mapping):
            continue
        kind, at = str(event.get("type", "")).casefold(), event.get("start_s")
        if not isinstance(at, (int, float)) or isinstance(at, bool):
            continue
        if kind == "hold" and since is None:
            since, held = float(at), held or 0.0
        elif kind == "resume" and since is not None:
            held, since = (held or 0.0) + max(0.0, float(at) - since), None
    return held if since is None else None


def longest_wait_s(transcript: Transcript) -> float | None:
    """Longest time, in seconds, that a customer's message waited for the next word of agent or bot.

    From the first unanswered message on. By offsets, else by wall-clock times; None when neither is
    there for every turn, or no message was answered.
    """
    moments = [
        (turn.speaker, _moment(turn, ends=False), _moment(turn, ends=True)) for turn in _public(transcript)
    ]
    if not moments or any(begins is None for _, begins, _ in moments):
        return None
    longest: float | None = None
    since: float | None = None
    for speaker, begins, ends in moments:
        if speaker == "customer":
            since = ends if since is None else since
        elif speaker in ("agent", "bot") and since is not None and begins is not None:
            longest, since = max(longest or 0.0, begins - since), None
    return longest


def _moment(turn: Turn, *, ends: bool) -> float | None:
    if turn.start_s is not None:
        return turn.end_s if ends and turn.end_s is not None else turn.start_s
    return turn.at.timestamp() if turn.at is not None else None


def _timed(transcript: Transcript) -> list[tuple[float, float]] | None:
    """Begin and end of every public turn, in order; None when one has no times."""
    turns = _public(transcript)
    if not turns or any(turn.start_s is None or turn.end_s is None for turn in turns):
        return None
    return sorted((turn.start_s or 0.0, turn.end_s or 0.0) for turn in turns)


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


_TIMES = "the source has no times for every turn"
_WORDS = "nobody said a word"

MEASURES: dict[str, Measure] = {
    name: Measure(unit, meaning, read, needs)
    for name, unit, meaning, read, needs in (
        (
            "longest_silence_s",
            "seconds",
            "longest gap in which nobody speaks",
            longest_silence_s,
            "fewer than two turns have times",
        ),
        ("silence_share", "percent", "share of the contact in which nobody speaks", silence_share, _TIMES),
        ("agent_talk_share", "percent", "agent's share of the spoken time", agent_talk_share, _TIMES),
        ("agent_word_share", "percent", "agent's share of the words", agent_word_share, _WORDS),
        ("agent_turns", "count", "turns of the agent", agent_turns, _WORDS),
        ("agent_words", "count", "words of the agent", agent_words, _WORDS),
        (
            "words_per_minute",
            "words a minute",
            "pace of the whole conversation, everybody together",
            words_per_minute,
            _TIMES,
        ),
        ("duration_s", "seconds", "from the first word to the last", duration_s, _TIMES),
        (
            "hold_s",
            "seconds",
            "time on hold, where the source says it",
            hold_s,
            "the source does not say when the customer was on hold",
        ),
        (
            "longest_wait_s",
            "seconds",
            "longest wait of a customer's message for an answer",
            longest_wait_s,
            _TIMES,
        ),
    )
}
"""By name. `scriptedness` (percent) is a measure too; the analyser supplies it."""
