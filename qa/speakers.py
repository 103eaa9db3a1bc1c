"""Who is who, set right by a person: roles change, words do not, and who said so is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from models.errors import InputError
from models.records import ReadWarning, Speaker, Transcript

SHORTEST_REASON = 5
_DOUBTS = ("speaker-inferred", "speaker-unknown", "no-agent-turns")
"""Warnings of a reader that a person's word takes the place of."""

Voice = tuple[str, str]
"""Role and participant as the transcript has them; the participant is empty where the source has none."""


@dataclass(frozen=True, slots=True)
class SpeakerCorrection:
    """A person set right who is who in a contact; appended."""

    contact: str
    who: str
    at: datetime
    reason: str
    before: tuple[str, ...]
    """Roles, voice by voice, in the order in which the voices first spoke."""
    after: tuple[str, ...]


def with_speakers(
    transcript: Transcript, roles: Mapping[Voice, str], *, who: str, reason: str, at: datetime
) -> tuple[Transcript, SpeakerCorrection]:
    """The contact with other roles, and the record of who said so.

    Args:
        transcript: Whose roles are wrong or unknown.
        roles: Per voice the role it has; a voice that is left out keeps its own.
        who: A named person.
        reason: Why.
        at: When, with a zone.

    Raises:
        InputError: No name or reason, no such voice or role, or nothing would change.

    Example:
        >>> from datetime import UTC
        >>> from models.records import Turn
        >>> turns = (Turn("agent", "My bill is wrong."), Turn("customer", "Let me look."))
        >>> mixed = Transcript("c1", "acme", turns)
        >>> swap = {("agent", ""): "customer", ("customer", ""): "agent"}
        >>> right, _ = with_speakers(mixed, swap, who="Lea", reason="sides mixed up", at=datetime.now(UTC))
        >>> [turn.speaker for turn in right.turns]
        ['customer', 'agent']
    """
    if not who.strip() or len(reason.strip()) < SHORTEST_REASON:
        raise InputError(
            f"transcript {transcript.id}: who is who is set by a named person, with a reason of "
            f"{SHORTEST_REASON} characters or more"
        )
    voices = list(dict.fromkeys((turn.speaker, turn.participant or "") for turn in transcript.turns))
    if not set(roles) <= set(voices) or not set(roles.values()) <= set(get_args(Speaker)):
        raise InputError(f"transcript {transcript.id}: has no such voice, or there is no such role")
    turns = tuple(
        replace(
            turn, speaker=cast("Speaker", roles.get((turn.speaker, turn.participant or ""), turn.speaker))
        )
        for turn in transcript.turns
    )
    if turns == transcript.turns:
        raise InputError(f"transcript {transcript.id}: these are the roles it has")
    told = ReadWarning("roles-corrected", f"{who.strip()} set who is who: {reason.strip()}")
    kept = tuple(one for one in transcript.warnings if one.code not in _DOUBTS)
    correction = SpeakerCorrection(
        transcript.id,
        who.strip(),
        at,
        reason.strip(),
        tuple(speaker for speaker, _ in voices),
        tuple(roles.get(voice, voice[0]) for voice in voices),
    )
    return replace(transcript, turns=turns, warnings=(*kept, told)), correction
