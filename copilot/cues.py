"""The words of `cues.yaml`, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Cues:
    """Compiled wording, by what it shows."""

    function_words: frozenset[str]
    small_talk: re.Pattern[str]
    asks: re.Pattern[str]
    problem: re.Pattern[str]
    leaning: re.Pattern[str]
    condition: re.Pattern[str]
    exception: re.Pattern[str]
    limiting: re.Pattern[str]
    """To be matched at the beginning of a line."""
    action: frozenset[str]
    step_first: re.Pattern[str]
    step_then: re.Pattern[str]
    """Both to be matched at the beginning of a sentence or clause."""
    procedure: re.Pattern[str]
    step_done: re.Pattern[str]
    step_not_done: re.Pattern[str]
    done: re.Pattern[str]
    commitment: re.Pattern[str]
    when: re.Pattern[str]


@cache
def cues() -> Cues:
    """The cues that ship with the copilot."""
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("cues.yaml").read_text("utf-8"))

    def any_of(name: str) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in data[name]), re.IGNORECASE)

    small_talk = "|".join(f"(?:{pattern})" for pattern in data["small_talk"])
    return Cues(
        function_words=frozenset(data["function_words"].split()),
        action=frozenset(data["action"].split()),
        **{name: re.compile(data[name], re.IGNORECASE) for name in ("step_first", "step_then", "procedure")},
        small_talk=re.compile(rf"^(?:(?:{small_talk})[\s,.!?]*)+$", re.IGNORECASE),
        **{
            name: any_of(name)
            for name in (
                *("asks", "problem", "leaning", "condition", "exception", "limiting"),
                *("step_done", "step_not_done", "done", "commitment", "when"),
            )
        },
    )


def content_words(text: str) -> list[str]:
    """Lower-cased words that carry meaning, in order."""
    words = [word.casefold() for word in _WORD.findall(text.replace("’", "'"))]
    skipped = cues().function_words
    return [word for word in words if word not in skipped and (len(word) > 1 or word.isdigit())]
