"""What REST takes in: plain dataclasses, and how they become records. Nothing here names a client."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

from models.errors import InputError
from models.records import (
    Channel,
    Deadline,
    Document,
    DocumentKind,
    FeedbackAction,
    Outcome,
    Speaker,
    Transcript,
    Turn,
    Visibility,
    WrapUpLine,
)
from web.live_contacts import Arrival

Heading = Literal["issue", "done", "commitment", "open", "customer_wording"]
MOST_TURNS = 5_000
_MOST_ARRIVING = 500
_LONGEST_TEXT = 50_000
_LONGEST_ID = 200
_LONGEST_DRAFT = 10_000
_LONGEST_DOCUMENT = 1_000_000
_LONGEST_LINE = 300


@dataclass(frozen=True)
class TurnIn:
    """A turn as callers send it. `id` or `turn_id` is what replaces a partial by its final."""

    text: str
    speaker: Speaker | None = None
    """None: taken from `participant` when that is a role, else unknown."""
    id: str | None = None
    turn_id: str | None = None
    is_final: bool = True
    start_s: float | None = None
    end_s: float | None = None
    at: datetime | None = None
    language: str | None = None
    confidence: float | None = None
    participant: str | None = None
    visibility: Visibility = "public"

    def turn(self, place: int) -> Turn:
        """The record. `place` counts from 0 and only serves the error's words.

        Raises:
            InputError: Too long, or an end before the start.
        """
        if len(self.text) > _LONGEST_TEXT:
            raise InputError(f"turn {place + 1}: longer than {_LONGEST_TEXT} characters; split it")
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise InputError(f"turn {place + 1}: ends before it starts")
        roles: dict[str, Speaker] = {role: role for role in get_args(Speaker)}
        speaker = self.speaker or roles.get((self.participant or "").lower(), "unknown")
        return Turn(
            speaker=speaker,
            text=self.text,
            start_s=self.start_s,
            end_s=self.end_s,
            at=self.at,
            language=self.language,
            confidence=self.confidence,
            visibility=self.visibility,
            id=self.id or self.turn_id,
            participant=self.participant,
        )


@dataclass(frozen=True)
class TurnsIn:
    """Turns of a live contact: several, or one."""

    turns: tuple[TurnIn, ...] = ()
    turn: TurnIn | None = None
    agent: str | None = None
    """Whose contact it is; only an admin's key, such as the telephony's, may say."""
    client: str | None = None

    def arrivals(self, *, key: str = "") -> list[Arrival]:
        """In order of time, when all of them have one.

        Args:
            key: Of the request. Turns without an id get one that is made from it, so that a repeated
                request replaces its own turns, also after a crash.

        Raises:
            InputError: None at all, or more than 500.
        """
        said = [*self.turns, *([self.turn] if self.turn is not None else [])]
        if not 0 < len(said) <= _MOST_ARRIVING:
            raise InputError(f"turns: send 1 to {_MOST_ARRIVING} at a time")
        made = [Arrival(one.turn(place), one.is_final) for place, one in enumerate(said)]
        if key:
            made = [replace(one, turn=_named(one.turn, key, place)) for place, one in enumerate(made)]
        starts = [arrival.turn.start_s for arrival in made]
        if all(start is not None for start in starts):
            made.sort(key=lambda arrival: arrival.turn.start_s or 0.0)
        return made


def _named(turn: Turn, key: str, place: int) -> Turn:
    if turn.id is not None:
        return turn
    return replace(turn, id=f"key-{hashlib.sha256(key.encode()).hexdigest()[:16]}-{place + 1}")


@dataclass(frozen=True)
class OpenIn:
    """A contact that begins."""

    agent: str | None = None
    """Whose it is; only an admin's key may say."""
    channel: Channel = "other"
    client: str | None = None


@dataclass(frozen=True)
class DraftIn:
    """A draft reply in a live contact."""

    draft: str
    client: str | None = None

    def words(self) -> str:
        """The draft.

        Raises:
            InputError: Longer than 10,000 characters.
        """
        return CheckIn(self.draft).words()


@dataclass(frozen=True)
class SuggestIn:
    """A contact so far; the last turn is the one to answer."""

    turns: tuple[TurnIn, ...]
    client: str | None = None


@dataclass(frozen=True)
class CheckIn:
    """A draft, and the live contact it belongs to."""

    draft: str
    contact: str | None = None
    client: str | None = None

    def words(self) -> str:
        """The draft.

        Raises:
            InputError: Longer than 10,000 characters.
        """
        if len(self.draft) > _LONGEST_DRAFT:
            raise InputError(f"draft: longer than {_LONGEST_DRAFT:,} characters; check it in parts")
        return self.draft


@dataclass(frozen=True)
class FeedbackIn:
    """What the agent did with a card."""

    suggestion: str
    action: FeedbackAction
    client: str | None = None


@dataclass(frozen=True)
class WrapUpLineIn:
    """One line; a text that was there before keeps the words it rests on."""

    heading: Heading
    text: str


@dataclass(frozen=True)
class WrapUpIn:
    """A wrap-up as the agent changed it; what is left out stays."""

    lines: tuple[WrapUpLineIn, ...] | None = None
    disposition: str | None = None
    """Empty takes it away."""
    drafted: str | None = None
    client: str | None = None

    def changed(self) -> list[WrapUpLine] | None:
        """The lines as records, without addresses."""
        return None if self.lines is None else [WrapUpLine(one.heading, one.text) for one in self.lines]


@dataclass(frozen=True)
class CloseIn:
    """The end of a contact."""

    client: str | None = None


@dataclass(frozen=True)
class NothingIn:
    """A request that needs no words."""

    client: str | None = None


@dataclass(frozen=True)
class SpanIn:
    """Half-open code points of one turn, turns counted from 0."""

    turn: int
    start: int
    end: int


@dataclass(frozen=True)
class DisputeIn:
    """An objection to one answer."""

    criterion: str
    reason: str
    evidence: tuple[SpanIn, ...] = ()
    client: str | None = None


@dataclass(frozen=True)
class DocumentIn:
    """The whole of a document's new version."""

    text: str
    title: str = ""
    kind: DocumentKind | None = None
    version: str = ""
    effective_from: date | None = None
    effective_until: date | None = None
    """The last day on which it holds."""
    owner: str = ""
    language: str = ""
    verbatim: bool = False
    required_when: tuple[str, ...] = ()
    due: Deadline | None = None
    client: str | None = None

    def document(self, id: str) -> Document:
        """The record, under the id that the address says.

        Raises:
            InputError: Too long.
        """
        if len(self.text) > _LONGEST_DOCUMENT:
            raise InputError(f"document: longer than {_LONGEST_DOCUMENT:,} characters; split it")
        if max(len(self.title), len(self.version), len(self.owner), len(self.language)) > _LONGEST_LINE:
            raise InputError(
                f"document: title, version, owner and language have {_LONGEST_LINE} characters at most"
            )
        return Document(
            id=id,
            text=self.text,
            title=self.title,
            kind=self.kind,
            version=self.version,
            effective_from=self.effective_from,
            effective_until=self.effective_until,
            owner=self.owner,
            language=self.language,
            verbatim=self.verbatim,
            required_when=self.required_when,
            due=self.due,
        )


@dataclass(frozen=True)
class TranscriptIn:
    """A transcript as callers send it; the client comes from the credential."""

    id: str
    turns: tuple[TurnIn, ...]
    agent: str = ""
    channel: Channel = "other"
    language: str | None = None
    started_at: datetime | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    client: str | None = None

    def transcript(self, client: str) -> Transcript:
        """The record, of the credential's client.

        Raises:
            InputError: An id of more than 200 characters, or too many or too long turns.
        """
        if not 0 < len(self.id) <= _LONGEST_ID:
            raise InputError(f"transcript: the id must have 1 to {_LONGEST_ID} characters")
        return Transcript(
            id=self.id,
            client=client,
            turns=tuple(turns_of(self.turns)),
            agent=self.agent,
            channel=self.channel,
            language=self.language,
            started_at=self.started_at,
            metadata=dict(self.metadata),
        )


@dataclass(frozen=True)
class AnalyseIn:
    """A transcript to analyse; nothing is kept."""

    transcript: TranscriptIn
    client: str | None = None


@dataclass(frozen=True)
class ScoreIn:
    """A transcript, or the id of a stored contact, to hold against a scorecard."""

    transcript: TranscriptIn | None = None
    contact: str | None = None
    scorecard: str | None = None
    """`name` or `name@version`; None when the client has one only."""
    keep: bool = False
    """Store the contact and its draft evaluation for review."""
    client: str | None = None


@dataclass(frozen=True)
class OverrideIn:
    """A changed answer to one criterion, and why."""

    criterion: str
    outcome: Outcome | None = None
    """None where a value says it."""
    reason: str = ""
    value: float | str | tuple[str, ...] | None = None
    """A number, the ref of an option or written words, or the refs of several options."""


@dataclass(frozen=True)
class ReviewIn:
    """A named person's confirmation. The name is the credential's."""

    overrides: tuple[OverrideIn, ...] = ()
    client: str | None = None


def turns_of(said: Sequence[TurnIn]) -> list[Turn]:
    """Records of turns.

    Raises:
        InputError: None at all, too many, or one that is not usable.
    """
    if not 0 < len(said) <= MOST_TURNS:
        raise InputError(f"turns: send 1 to {MOST_TURNS}")
    return [one.turn(place) for place, one in enumerate(said)]
