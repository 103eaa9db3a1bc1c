"""A draft becomes a transcript: empty turns go, times are made sane, turns sorted, roles settled.

Every repair is counted and said in a warning; nothing is invented. A missing time stays None,
overlapping turns stay overlapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from models.errors import InputError
from models.patterns import pattern
from models.records import ReadWarning, Speaker, Transcript, Turn
from qa.readers.drafts import Draft, Said
from qa.readers.roles import SURE, cast, is_diarised, role_of

_CONTACT_DETAIL = pattern(r"@|\+?\d[\d\s().-]{6,}\d")
_LONGEST_TURN = 100_000
"""Two hours of one person's speech; longer is a file read wrongly, and would hold up the others' work."""
ROLE_WARNINGS = ("speaker-inferred", "speaker-unknown", "no-agent-turns")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a draft came from."""

    file: str
    format: str
    sha256: str
    warnings: tuple[ReadWarning, ...] = ()


def assemble(draft: Draft, origin: Origin, *, id: str, client: str, agent: str = "") -> Transcript:
    """The transcript of one contact.

    Args:
        draft: What the reader found.
        origin: File, format and digest, kept in the metadata.
        id: Of the contact; used as it is.
        client: The caller's client. What the file says goes to `metadata["client_in_file"]`.
        agent: The caller's agent; empty: what the file says.

    Raises:
        InputError: When no turn has words.
    """
    notes: list[ReadWarning] = []
    said, empty = _with_words(draft.said)
    if not said:
        raise InputError(f"contact {id}: no turn has words; nothing can be scored")
    if any(len(one.text) > _LONGEST_TURN for one in said):
        raise InputError(f"contact {id}: a turn has over {_LONGEST_TURN:,} characters; export it in turns")
    if empty:
        notes.append(ReadWarning("empty-turns", f"{empty} turns without words were left out"))
    said, untimed = _timed(said, notes), draft.started_at
    said = _in_order(said)
    started_at = _zoned(untimed) if untimed else min((s.at for s in said if s.at), default=None)
    if untimed and untimed.tzinfo is None and not any(note.code == "zone-assumed" for note in notes):
        notes.append(_ZONE)
    roles, origin_of_roles, confidence = _settle(said, draft, agent)
    names = _participants(said, roles)
    turns = tuple(_turn(one, roles, names) for one in said)
    metadata: dict[str, Any] = {
        **draft.metadata,
        "file": origin.file,
        "format": origin.format,
        "sha256": origin.sha256,
        "speaker_from": origin_of_roles,
        "speaker_confidence": confidence,
        "redacted": draft.redacted,
    }
    if draft.client:
        metadata["client_in_file"] = draft.client
    if agent and draft.agent and agent != draft.agent:
        metadata["agent_in_file"] = draft.agent
    warnings = (*origin.warnings, *draft.warnings, *notes, *role_warnings(turns, origin_of_roles, confidence))
    return Transcript(
        id=id,
        client=client,
        agent=agent or draft.agent,
        turns=turns,
        channel=draft.channel,
        language=draft.language or None,
        started_at=started_at,
        metadata=metadata,
        warnings=tuple(replace(one, path=one.path or origin.file) for one in warnings),
    )


def swap_speakers(transcript: Transcript, mapping: Mapping[str, Speaker]) -> Transcript:
    """The transcript with roles as a person says they are.

    Args:
        transcript: Any contact.
        mapping: From a participant (`SPEAKER_00`) or a role (`agent`) to the right role. A
            participant wins over a role; turns that neither names keep theirs.

    Returns:
        A copy with `metadata["speaker_from"] == "user"` and the warnings about roles renewed.

    Raises:
        InputError: When a name in the mapping occurs nowhere in the transcript.

    Example:
        >>> turns = (Turn(speaker="customer", text="How can I help?"), Turn(speaker="agent", text="My bill."))
        >>> mended = swap_speakers(Transcript(id="c1", client="acme", turns=turns),
        ...     {"agent": "customer", "customer": "agent"})
        >>> [turn.speaker for turn in mended.turns]
        ['agent', 'customer']
    """
    present = {turn.speaker for turn in transcript.turns} | {turn.participant for turn in transcript.turns}
    strange = [name for name in mapping if name not in present]
    if strange:
        raise InputError(
            f"transcript {transcript.id}: {len(strange)} names in the mapping are neither a speaker nor a "
            "participant of it; use the values of Turn.participant or Turn.speaker"
        )
    turns = tuple(
        replace(turn, speaker=mapping.get(turn.participant or "", mapping.get(turn.speaker, turn.speaker)))
        for turn in transcript.turns
    )
    kept = tuple(one for one in transcript.warnings if one.code not in ROLE_WARNINGS)
    return replace(
        transcript,
        turns=turns,
        metadata={**transcript.metadata, "speaker_from": "user", "speaker_confidence": 1.0},
        warnings=(*kept, *role_warnings(turns, "user", 1.0)),
    )


def role_warnings(turns: Iterable[Turn], origin: str, confidence: float) -> list[ReadWarning]:
    """What has to be said about the roles: inferred, unknown, or nobody is the agent."""
    turns = list(turns)
    unknown = sum(turn.speaker == "unknown" for turn in turns)
    warnings = []
    if origin == "inferred" and confidence >= SURE:
        text = f"the agent was told from the words, with confidence {confidence:.2f}; swap by hand if wrong"
        warnings.append(ReadWarning("speaker-inferred", text))
    if unknown:
        text = f"{unknown} of {len(turns)} turns: role-dependent checks are refused; swap by hand"
        warnings.append(ReadWarning("speaker-unknown", text))
    if not any(turn.speaker == "agent" for turn in turns):
        warnings.append(
            ReadWarning("no-agent-turns", "nobody is known as the agent; there is nothing to score")
        )
    return warnings


def _with_words(said: Iterable[Said]) -> tuple[list[Said], int]:
    """Turns that have words, their texts trimmed, and how many had none."""
    found, empty = [], 0
    for one in said:
        text = one.text.strip()
        if not text:
            empty += 1
        elif len(text) != len(one.text):
            found.append(replace(one, text=text))
        else:
            found.append(one)
    return found, empty


_ZONE = ReadWarning("zone-assumed", "the source gives no time zone; read as UTC")


def _timed(said: list[Said], notes: list[ReadWarning]) -> list[Said]:
    """Ends before starts clamped, negative starts set to 0, times without a zone read as UTC."""
    clamped = negative = naive = 0
    for index, one in enumerate(said):
        start, end, at = one.start_s, one.end_s, one.at
        if start is not None and start < 0:
            negative += 1
            start = 0.0
        if end is not None and (end < 0 or (start is not None and end < start)):
            clamped += 1
            end = start
        if at is not None and at.tzinfo is None:
            naive += 1
            at = _zoned(at)
        if (start, end, at) != (one.start_s, one.end_s, one.at):
            said[index] = replace(one, start_s=start, end_s=end, at=at)
    if clamped:
        notes.append(
            ReadWarning("time-clamped", f"{clamped} turns ended before they started; the end was moved")
        )
    if negative:
        notes.append(
            ReadWarning("time-negative", f"{negative} turns started before the contact; read as 0 s")
        )
    if naive:
        notes.append(_ZONE)
    return said


def _zoned(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _in_order(said: list[Said]) -> list[Said]:
    """By start, ties and untimed turns in source order (an untimed turn stays behind the one before it)."""
    timed = any(one.start_s is not None for one in said)
    last = float("-inf")
    keys = []
    for one in said:
        clock = one.at.timestamp() if one.at else None
        key = one.start_s if timed else clock
        last = last if key is None else key
        keys.append(last)
    if all(a <= b for a, b in pairwise(keys)):
        return said
    order = sorted(range(len(said)), key=keys.__getitem__)
    return [said[index] for index in order]


def _settle(said: list[Said], draft: Draft, agent: str) -> tuple[Mapping[str, Speaker], str, float]:
    """The role of every name without one, where the roles come from, and how sure that is."""
    open_turns = [one for one in said if one.speaker is None]
    if not open_turns:
        return {}, draft.speaker_from, 1.0
    stated: dict[str, Speaker] = dict(draft.roles)
    named = {name.casefold() for name in (agent, draft.agent) if name}
    for one in said:
        if one.who and one.who not in stated:
            role = one.speaker or role_of(one.who)
            if role is None and one.who.casefold() in named:
                role = "agent"
            if role is not None:
                stated[one.who] = role
    found = cast(((one.who, one.text) for one in said), stated)
    doubtful = [one for one in open_turns if one.who not in stated]
    if not doubtful:
        return found.roles, draft.speaker_from, 1.0
    origin = "channel" if draft.speaker_from == "channel" else "inferred"
    return found.roles, origin, found.confidence


def _participants(said: list[Said], roles: Mapping[str, Speaker]) -> dict[str, str]:
    """Names to keep; a customer's phone number or address is replaced by a number."""
    names: dict[str, str] = {}
    hidden = 0
    for one in said:
        if one.who and one.who not in names:
            speaker = one.speaker or roles.get(one.who, "unknown")
            staff = speaker in ("agent", "supervisor", "bot", "system") or is_diarised(one.who)
            if not staff and _CONTACT_DETAIL.search(one.who):
                hidden += 1
                names[one.who] = f"participant-{hidden}"
            else:
                names[one.who] = one.who[:200]
    return names


def _turn(one: Said, roles: Mapping[str, Speaker], names: Mapping[str, str]) -> Turn:
    confidence = one.confidence
    return Turn(
        speaker=one.speaker or roles.get(one.who, "unknown"),
        text=one.text,
        start_s=one.start_s,
        end_s=one.end_s,
        at=one.at,
        language=one.language,
        confidence=None if confidence is None else min(max(confidence, 0.0), 1.0),
        visibility=one.visibility,
        id=one.id,
        participant=names.get(one.who),
    )
