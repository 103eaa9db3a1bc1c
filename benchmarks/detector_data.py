"""The sets the detectors are measured on, read as contacts; no text of them leaves the data folder."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.records import Transcript, Turn

CLIENT = "bench"
HELD_OUT_TASKS = ("hotel", "weather", "trivia", "apartment")
"""STAR dialogues with a task of these domains train nothing and count false alarms."""


@dataclass(frozen=True, slots=True)
class Item:
    """One text with a truth: what it is, who must stay together in a resample, and what came before."""

    text: str
    positive: bool
    group: str
    before: str = ""


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON-lines file, gzipped or not; empty when the file is not there."""
    if not path.exists():
        path = path.with_name(path.name + ".gz")
    if not path.exists():
        return []
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        return [json.loads(line) for line in lines]


def sampled(items: Sequence[Any], count: int | None, *, seed: int = 1) -> list[Any]:
    """At most so many, drawn with a seed, in their own order."""
    if count is None or len(items) <= count:
        return list(items)
    return [items[place] for place in sorted(random.Random(seed).sample(range(len(items)), count))]


def service_chats(data: Path, pair: str) -> list[Transcript]:
    """Real agents writing English (`nl` or `ko` customers, translated); segments joined to turns."""
    found = []
    for row in rows(data / "wmt_chat_2024" / f"train_en-{pair}.jsonl"):
        turns: list[Turn] = []
        for part in row["turns"]:
            text = part["text"] if part["speaker"] == "agent" else part["translation"]
            if turns and turns[-1].speaker == part["speaker"]:
                turns[-1] = Turn(part["speaker"], f"{turns[-1].text} {text}")
            elif text.strip():
                turns.append(Turn(part["speaker"], text))
        found.append(Transcript(f"{pair}-{row['id']}", CLIENT, tuple(turns), channel="chat", language="en"))
    return found


def star(data: Path, *, held_out: bool) -> list[Transcript]:
    """Complete role-play dialogues; those of held-out domains, or all the others."""
    found = []
    for row in rows(data / "star" / "dialogues.jsonl"):
        away = any(task.split("_")[0] in HELD_OUT_TASKS for task in row["tasks"])
        if row["completion"] == "Complete" and away == held_out:
            turns = tuple(
                Turn(part["speaker"], part["text"]) for part in row["turns"] if part["text"].strip()
            )
            found.append(Transcript(f"star-{row['id']}", CLIENT, turns, channel="chat", language="en"))
    return found


def agent_pairs(contacts: Sequence[Transcript]) -> Iterator[tuple[str, str, str]]:
    """Contact, what the customer said last, and the agent's turn."""
    for contact in contacts:
        before = ""
        for turn in contact.turns:
            if turn.speaker == "agent":
                yield contact.id, before, turn.text
            else:
                before = turn.text


def as_contact(item: Item, number: int, *, speaker: str = "agent") -> Transcript:
    """One text as the last turn of a contact."""
    other = "customer" if speaker == "agent" else "agent"
    turns = [Turn(other, item.before or "Hello.")]
    turns.append(Turn(speaker, item.text))  # type: ignore[arg-type]
    return Transcript(f"item-{number}", CLIENT, tuple(turns), channel="chat", language="en")


def counts(items: Sequence[Item]) -> Mapping[str, int]:
    """Positive, negative and groups."""
    return {
        "positive": sum(item.positive for item in items),
        "negative": sum(not item.positive for item in items),
        "groups": len({item.group for item in items}),
    }
