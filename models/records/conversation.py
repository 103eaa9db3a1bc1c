"""One contact in turns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from models.errors import InputError
from models.records.vocabulary import Channel, Speaker, Visibility


@dataclass(frozen=True, slots=True)
class Span:
    """An address of words: half-open code points `[start, end)` in one turn."""

    turn: int
    """Index into `Transcript.turns`, from 0. Screens and reasons count from 1."""
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether both hold a character of the same turn."""
        return self.turn == other.turn and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Turn:
    """What one party said or wrote in one go.

    Raises:
        InputError: Unknown speaker, text that cannot be written as UTF-8, or an end before the start.
    """

    speaker: Speaker
    text: str
    start_s: float | None = None
    """Seconds since the contact began; None when the source has no times."""
    end_s: float | None = None
    at: datetime | None = None
    """Wall-clock time, when that is what the source gives."""
    language: str | None = None
    """BCP 47."""
    confidence: float | None = None
    """Of the speech recogniser, in [0, 1]."""
    visibility: Visibility = "public"
    """`internal` notes were never said to the customer and are not scored."""
    id: str | None = None
    """The source's own id, used to replace a partial turn by its final."""
    participant: str | None = None
    """The source's id of who spoke; two agents in one contact differ here."""

    def __post_init__(self) -> None:
        if self.speaker not in get_args(Speaker):
            known = ", ".join(get_args(Speaker))
            # Not the value: sources put people's names here.
            raise InputError(f"turn: speaker must be one of {known}")
        if not isinstance(self.text, str):
            raise InputError("turn: text must be a string")
        if not self.text.isascii():
            try:
                self.text.encode()
            except UnicodeEncodeError as problem:
                raise InputError(
                    f"turn: text holds a lone surrogate at offset {problem.start}; "
                    "decode the source with errors='replace'"
                ) from None  # the cause holds the whole text
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise InputError(f"turn: ends at {self.end_s} s, before it starts at {self.start_s} s")


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something a reader had to assume or repair; shown, never hidden."""

    code: str
    """Stable, such as `speaker-inferred` or `json-tail`."""
    message: str
    path: str = ""
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, document or contact that was not taken in; the others were."""

    path: str
    """Relative to the folder that was read; the id of what had no file."""
    reason: str
    """What is wrong and what to do. Never words of the file."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One contact in turns.

    Raises:
        InputError: When the id or the client is empty.
    """

    id: str
    client: str
    turns: tuple[Turn, ...]
    agent: str = ""
    channel: Channel = "other"
    language: str | None = None
    started_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Source (vendor, format, file), queue, `required` (ids of disclosures that were due) and the like."""
    warnings: tuple[ReadWarning, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "turns", tuple(self.turns))
        object.__setattr__(self, "warnings", tuple(self.warnings))
        if not self.id:
            raise InputError("transcript: id is empty")
        if not self.client:
            raise InputError(f"transcript {self.id}: client is empty")

    @property
    def digest(self) -> str:
        """SHA-256 of everything but the warnings; equal content has an equal digest."""
        from models.codec import to_json

        return hashlib.sha256(to_json(self, exclude=("warnings",)).encode()).hexdigest()

    def quote(self, span: Span) -> str:
        """The words at `span`.

        Raises:
            InputError: When the span lies outside the transcript.
        """
        if not 0 <= span.turn < len(self.turns):
            raise InputError(f"transcript {self.id}: no turn {span.turn + 1}")
        text = self.turns[span.turn].text
        if not 0 <= span.start <= span.end <= len(text):
            raise InputError(
                f"transcript {self.id}: turn {span.turn + 1} has no characters {span.start}-{span.end}"
            )
        return text[span.start : span.end]

    def locate(self, words: str, *, from_turn: int = 0) -> Span | None:
        """The first place, at or after `from_turn`, where exactly these words stand; None if nowhere."""
        for index in range(from_turn, len(self.turns)):
            start = self.turns[index].text.find(words)
            if start >= 0:
                return Span(index, start, start + len(words))
        return None
