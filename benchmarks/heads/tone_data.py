"""What tone heads are trained on: permissive sets only, and ordinary service turns as the other side.

Every source is named with its licence; those marked `measure_only` in `benchmarks/detector_data.py` never
come here. A head sees a text, what the other side said before (where a set has it), and 1 or 0.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detector_data import rows, star

LICENCES = {
    "incivility": "incivility_github, MIT",
    "davidson": "davidson_offensive, MIT",
    "convabuse": "convabuse, CC BY 4.0 (Cercas Curry, Abercrombie, Rieser 2021)",
    "politeness": "politeness_stanford, CC BY 4.0 (ConvoKit; Danescu-Niculescu-Mizil et al. 2013)",
    "goemotions": "goemotions, Apache-2.0 (Demszky et al. 2020)",
    "star": "STAR, MIT (Mosig, Mehri, Kober 2020)",
    "dstc9": "dstc9_track1, Apache-2.0",
    "ibm": "ibm_twitter_care, Apache-2.0",
}
HEADS = ("rude", "impatient", "impolite", "empathy", "complaint")
_CODE = re.compile(r"```.*?```|`[^`]*`|^>.*$|<[^>]+>", re.DOTALL | re.MULTILINE)
_SORRY = re.compile(r"\b(?:sorry|apolog|understand|frustrat|imagine|unfortunate)", re.IGNORECASE)
_RUDE = ("Insulting", "Mocking", "Vulgarity", "Identity attack/Name-Calling", "Threat")
_SOUR = ("annoyance", "anger", "disappointment", "disapproval", "disgust")
LONGEST = 900
"""Code points of a text that are read."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text, what it is, where from, and who must stay in one fold."""

    text: str
    before: str
    truth: bool
    source: str
    group: str


def examples(data: Path, head: str, *, seed: int = 5) -> list[Example]:
    """Everything a head is trained on, in a fixed order."""
    found = [row for row in _MAKERS[head](data) if row.text.strip()]
    random.Random(seed).shuffle(found)
    return found


def _clean(text: str) -> str:
    return " ".join(_CODE.sub(" ", text).split())[:LONGEST]


def _draw(found: Sequence[Example], count: int, seed: int = 3) -> list[Example]:
    return list(found) if len(found) <= count else random.Random(seed).sample(list(found), count)


def service(data: Path, *, sober: bool = False) -> list[Example]:
    """Ordinary service turns: none is rude. `sober` leaves out those that react to what was told."""
    found = []
    seen = set()
    for contact in star(data, held_out=False):
        before = ""
        for turn in contact.turns:
            if turn.speaker == "agent" and turn.text not in seen:
                seen.add(turn.text)
                found.append(Example(turn.text, before, False, "star", contact.id))
            elif turn.speaker != "agent":
                before = turn.text
    found = _draw(found, 3500)
    replies = [
        Example(row["response"], "", False, "dstc9", f"dstc9-{number // 20}")
        for number, row in enumerate(rows(data / "dstc9_track1" / "responses.jsonl"))
    ]
    found += _draw(replies, 1500)
    for row in rows(data / "ibm_twitter_care" / "dev.jsonl"):
        if row["agent_reply"]:
            found.append(
                Example(
                    _clean(row["agent_reply"]), row["turns"][-1]["text"], False, "ibm", f"ibm-{row['id']}"
                )
            )
    return [row for row in found if not (sober and _SORRY.search(row.text))]


def _incivility(data: Path, labels: Sequence[str], drop: Sequence[str] = ()) -> Iterator[Example]:
    for row in rows(data / "incivility_github" / "comments.jsonl"):
        if row["label"] not in drop:
            yield Example(
                _clean(row["text"]), "", row["label"] in labels, "incivility", f"issue-{row['issue_id']}"
            )


def _abuse(data: Path) -> Iterator[Example]:
    for row in rows(data / "convabuse" / "turns.jsonl"):
        yield Example(
            _clean(row["user"]),
            row["agent"] or "",
            bool(row["abusive"]),
            "convabuse",
            f"conv-{row['conv_id']}",
        )


def _rude(data: Path) -> list[Example]:
    tweets = [
        Example(
            _clean(row["text"]),
            "",
            row["label"] in ("hate", "offensive", 0, 1),
            "davidson",
            f"tweet-{number}",
        )
        for number, row in enumerate(rows(data / "davidson_offensive" / "tweets.jsonl"))
    ]
    aimed = [row for row in tweets if re.search(r"\b(?:you|u|your|ur|yo)\b", row.text, re.IGNORECASE)]
    sides = [row for row in aimed if row.truth], [row for row in tweets if not row.truth]
    return [
        *_incivility(data, _RUDE, drop=("Bitter frustration", "Impatience", "Entitlement", "Irony")),
        *_abuse(data),
        *_draw(sides[0], 800),
        *_draw(sides[1], 1200),
        *service(data),
    ]


def _impatient(data: Path) -> list[Example]:
    return [*_incivility(data, ("Impatience", "Entitlement"), drop=("Bitter frustration",)), *service(data)]


def _impolite(data: Path) -> list[Example]:
    found = [
        Example(
            _clean(row["text"]), "", row["label"] == "impolite", "politeness", f"{row['source']}-{row['id']}"
        )
        for row in rows(data / "politeness_stanford" / "requests.jsonl")
        if row["label"] != "neutral"
    ]
    return [*found, *_draw(service(data), 2500)]


def _empathy(data: Path) -> list[Example]:
    found = [
        Example(_clean(row["text"]), "", "caring" in row["labels"], "goemotions", f"g-{number}")
        for number, row in enumerate(rows(data / "goemotions" / "comments.jsonl"))
        if row["split"] == "train"
        and not ({"remorse", "sadness"} & set(row["labels"]) and "caring" not in row["labels"])
    ]
    return [
        *[row for row in found if row.truth],
        *_draw([row for row in found if not row.truth], 4000),
        *service(data, sober=True),
    ]


def _complaint(data: Path) -> list[Example]:
    found = [
        Example(_clean(row["text"]), "", bool(set(_SOUR) & set(row["labels"])), "goemotions", f"g-{number}")
        for number, row in enumerate(rows(data / "goemotions" / "comments.jsonl"))
        if row["split"] == "train"
    ]
    calm = [
        Example(turn.text, "", False, "star", contact.id)
        for contact in star(data, held_out=False)[:600]
        for turn in contact.turns
        if turn.speaker == "customer"
    ]
    return [
        *[row for row in found if row.truth],
        *_draw([row for row in found if not row.truth], 5000),
        *_draw(calm, 3000),
    ]


_MAKERS = {
    "rude": _rude,
    "impatient": _impatient,
    "impolite": _impolite,
    "empathy": _empathy,
    "complaint": _complaint,
}
