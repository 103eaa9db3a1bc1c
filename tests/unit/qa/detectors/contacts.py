"""Contacts written in one line a turn."""

from __future__ import annotations

from typing import Any

from models.records import Transcript, Turn

_SPEAKERS = {"A": "agent", "C": "customer", "B": "bot", "U": "unknown"}


def contact(
    *lines: str, id: str = "c1", client: str = "acme", confidence: float | None = None, **fields: Any
) -> Transcript:
    """`A: agent`, `C: customer`, `B: bot`, `U: unknown`, `N: internal note`; `A@12: …` starts at 12 s."""
    turns = []
    for line in lines:
        head, _, text = line.partition(": ")
        who, _, second = head.partition("@")
        turns.append(
            Turn(
                _SPEAKERS.get(who, "agent"),
                text,
                start_s=float(second) if second else None,
                visibility="internal" if who == "N" else "public",
                confidence=confidence,
            )
        )
    return Transcript(id=id, client=client, turns=tuple(turns), **fields)
