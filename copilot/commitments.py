"""What the agent promised the customer, and by when.

A commitment is owed after the contact ends: to send, call back, pay, mend, pass on. What is done while the
customer waits ("I'll check that for you", "I'll be happy to help") is none, and neither is a promise that
is denied, hedged, asked, supposed, conditional ("if it is not there by Friday, …"), quoted or somebody
else's. "As soon as it is back, we'll refund you" is one whose moment nobody knows yet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from copilot.due import find_when
from knowledge_base.scope import in_scope, quotations
from models.folding import Folded, fold
from models.records import Commitment, Span, Transcript, Turn
from models.sentences import split_sentences

_LONGEST = 600
"""Code points of a sentence that are read."""
_NOTHING = r"(?!)"
_REPORTED = re.compile(
    r"\b(?:you|he|she|they|somebody|someone|colleague|letter|e-?mail|website|advisor|agent|team)"
    r"(?:'ve| have| has| had|'d| were| was)?(?: just| also)? "
    r"(?:said|say|says|told|mention\w*|wrote|writes?|claim\w*|promised|heard|read|zei|zegt|sagten?|dijo|sa)\b"
)


@dataclass(frozen=True, slots=True)
class _Language:
    promise: re.Pattern[str]
    timed: re.Pattern[str]
    never: re.Pattern[str]
    negated: re.Pattern[str]
    hedged: re.Pattern[str]
    conditional: re.Pattern[str]
    certain: re.Pattern[str]
    event: re.Pattern[str]
    at_once: re.Pattern[str]


def commitments(transcript: Transcript, *, since: int = 0) -> tuple[Commitment, ...]:
    """The agent's promises, in order; at most one a sentence.

    English, Dutch, German, Spanish and Norwegian, by the language of the turn. `due` is counted from the
    turn's `at`, else from the contact's `started_at` and the turn's seconds, in their time zone
    (`copilot.due` says how); without a clock there is none.

    Args:
        transcript: The contact so far.
        since: Index of the first turn to read.
    """
    found: list[Commitment] = []
    for index in range(since, len(transcript.turns)):
        turn = transcript.turns[index]
        if turn.speaker != "agent" or turn.visibility != "public":
            continue
        language = (turn.language or transcript.language or "en")[:2].lower()
        quoted = quotations(turn.text)
        now = _now(turn, transcript)
        for start, end in split_sentences(turn.text, language):
            if end - start > _LONGEST:
                continue
            one = _read(fold(turn.text[start:end]), now, language)
            if one is None or any(low <= start + one.at < high for low, high in quoted):
                continue
            when = None if one.when is None else Span(index, start + one.when[0], start + one.when[1])
            found.append(Commitment(Span(index, start, end), when, one.due))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Promise:
    at: int
    when: tuple[int, int] | None
    due: datetime | None


def _read(folded: Folded, now: datetime | None, language: str) -> _Promise | None:
    words = _words(language)
    text = folded.text.strip()
    if text.endswith("?"):
        return None
    promise = words.promise.search(folded.text)
    hit = promise or words.timed.search(folded.text)
    if hit is None or _is_none(hit, folded.text, words, sure=promise is not None):
        return None
    when = find_when(folded.text, now, language)
    if promise is None and (when is None or when.near):
        return None
    at = folded.original(hit.start(), hit.end())[0]
    if when is None:
        return _Promise(at, None, None)
    due = None if words.event.search(folded.text) or when.near else when.due
    return _Promise(at, folded.original(when.start, when.end), due)


def _is_none(hit: re.Match[str], text: str, words: _Language, *, sure: bool) -> bool:
    """Whether something about the sentence says that nothing is owed."""
    before = text[: hit.start()]
    clause = re.split(r"[,;:] |\b(?:and|but|so|en|und|y|og) ", before)[-1]
    stated = clause + hit[0]
    if words.negated.search(stated) or words.hedged.search(stated):
        return True
    if not sure and words.never.search(text):
        return True
    if sure and (words.never.search(stated) or words.at_once.search(text[hit.end() :])):
        return True
    for condition in words.conditional.finditer(text):
        if not words.certain.search(text[: condition.start()]):
            return True
    return _REPORTED.search(before) is not None or in_scope("reported", text, hit.start(), hit.end())


def _now(turn: Turn, transcript: Transcript) -> datetime | None:
    if turn.at is not None:
        return turn.at
    if transcript.started_at is None:
        return None
    return transcript.started_at + timedelta(seconds=turn.end_s or turn.start_s or 0.0)


@cache
def _words(language: str) -> _Language:
    """The words of `promises.yaml` for a language; English for one that is not in it."""
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("promises.yaml").read_text("utf-8"))
    name = {"no": "nb", "nn": "nb"}.get(language, language)
    chosen, parts = data.get(name) or data["en"], data["parts"]

    def compiled(value: str | list[str]) -> re.Pattern[str]:
        patterns = [value] if isinstance(value, str) else value
        joined = "|".join(f"(?:{pattern})" for pattern in patterns)
        for part, instead in parts.items():
            joined = joined.replace(f"{{{part}}}", instead)
        return re.compile(joined)

    return _Language(**{key: compiled(chosen.get(key, _NOTHING)) for key in _Language.__slots__})
