"""Whose part of a contact is whose: a contact that was passed on gives one evaluation per agent.

Possible where the source tells its agents apart (`Turn.participant`). A turn belongs to the agent who
has the contact: an agent's own turns, and what others say from there until another agent speaks. What
comes before the first agent's words is the first agent's.
"""

from __future__ import annotations

from dataclasses import replace

from models.records import Transcript


def agents_of(transcript: Transcript) -> tuple[str, ...]:
    """The agents of a contact, in the order in which they came in.

    Returns:
        At least one name; `transcript.agent` alone where the source does not tell several apart.
    """
    named = dict.fromkeys(
        turn.participant
        for turn in transcript.turns
        if turn.speaker == "agent" and turn.visibility == "public" and turn.participant
    )
    return tuple(named) if len(named) > 1 else (transcript.agent,)


def turns_of(transcript: Transcript, agent: str) -> frozenset[int]:
    """Indexes of the turns in an agent's part; all of them when the contact had one agent."""
    agents = agents_of(transcript)
    if len(agents) == 1:
        return frozenset(range(len(transcript.turns)))
    holder, mine = agents[0], set()
    for index, turn in enumerate(transcript.turns):
        if turn.speaker == "agent" and turn.participant in agents:
            holder = turn.participant
        if holder == agent:
            mine.add(index)
    return frozenset(mine)


def part_of(transcript: Transcript, agent: str) -> Transcript:
    """The contact with this agent's turns alone: for measures, never for addresses of words."""
    mine = turns_of(transcript, agent)
    if len(mine) == len(transcript.turns):
        return transcript
    turns = tuple(turn for index, turn in enumerate(transcript.turns) if index in mine)
    return replace(transcript, turns=turns, agent=agent)
