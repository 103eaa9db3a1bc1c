"""STAR as a test of script alignment: picked suggestions against typed text, split by task."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.alignment import ScriptIndex, compile_template
from models.script_match import FEATURES, line_hits
from models.sentences import split_sentences
from models.words import words

FOLDS = 5
SEED = 20261122
LEAST_FIXED = 3
"""Templates with fewer fixed words are left out, and so are turns with fewer words."""


@dataclass(frozen=True, slots=True)
class StarTurn:
    """One agent turn of a dialogue."""

    dialogue: int
    wizard: str
    text: str
    scripted: bool
    template: str | None


@dataclass(frozen=True, slots=True)
class Fold:
    """Tasks that nothing was learned from, with their library and the turns of their dialogues."""

    tasks: frozenset[str]
    library: tuple[str, ...]
    turns: tuple[StarTurn, ...]


def read_star(data: Path) -> tuple[list[dict[str, Any]], dict[str, dict[str, str]]]:
    """(complete and broken-off dialogues, responses by task)."""
    with gzip.open(data / "star" / "dialogues.jsonl.gz", "rt", encoding="utf-8") as lines:
        dialogues = [json.loads(line) for line in lines]
    with (data / "star" / "tasks.jsonl").open(encoding="utf-8") as lines:
        tasks = [json.loads(line) for line in lines]
    return dialogues, {task["task"]: task["responses"] for task in tasks}


def task_groups(responses: dict[str, dict[str, str]], count: int = FOLDS) -> list[frozenset[str]]:
    """The tasks in groups, tasks of one domain together: they share wording."""
    domains = sorted({task.split("_")[0] for task in responses})
    random.Random(SEED).shuffle(domains)
    groups: list[set[str]] = [set() for _ in range(count)]
    for domain in sorted(domains, key=lambda d: -sum(t.startswith(d + "_") or t == d for t in responses)):
        smallest = min(groups, key=len)
        smallest.update(t for t in responses if t.split("_")[0] == domain)
    return [frozenset(group) for group in groups]


def fold_of(
    dialogues: Sequence[dict[str, Any]], responses: dict[str, dict[str, str]], tasks: frozenset[str]
) -> Fold:
    """Turns of the dialogues all of whose tasks are in `tasks`, and these tasks' library.

    Left out: scripted turns whose template has fewer than three fixed words or is not in the library,
    turns of fewer than three words, typed turns that are word for word a template.
    """
    library = {name: text for task in sorted(tasks) for name, text in responses[task].items()}
    texts = tuple(dict.fromkeys(text for task in sorted(tasks) for text in responses[task].values()))
    long_enough = {name for name, text in library.items() if len(compile_template(text).words) >= LEAST_FIXED}
    exact = {_key(text) for text in texts}
    turns = []
    for dialogue in dialogues:
        if not set(dialogue["tasks"]) <= tasks:
            continue
        for turn in dialogue["turns"]:
            if turn["speaker"] != "agent" or len(words(turn["text"])) < LEAST_FIXED:
                continue
            scripted = bool(turn["scripted"])
            if scripted and turn["template"] not in long_enough:
                continue
            if not scripted and _key(turn["text"]) in exact:
                continue
            turns.append(
                StarTurn(dialogue["id"], dialogue["wizard"], turn["text"], scripted, turn["template"])
            )
    return Fold(tasks, texts, tuple(turns))


def _key(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in words(text, drop_fillers=True))


def vocabulary(dialogues: Sequence[dict[str, Any]]) -> list[str]:
    """Words of the customers, with repetition: what a recogniser may hear instead."""
    return [
        word
        for dialogue in dialogues
        for turn in dialogue["turns"]
        if turn["speaker"] == "customer"
        for word in re.findall(r"[a-z']+", turn["text"].lower())
    ]


def misheard(text: str, rate: float, heard: Sequence[str], draw: random.Random) -> str:
    """A text as a recogniser with this word error rate writes it: lower case, no punctuation.

    A third each of the errors are words left out, words put in and words heard as another; half of
    the latter are a slip of spelling, half any word of the customers.
    """
    if rate <= 0.0:
        return text
    return " ".join(_errors(re.findall(r"[\w']+", text.lower()), rate, heard, draw))


def _errors(said: Sequence[str], rate: float, heard: Sequence[str], draw: random.Random) -> Iterator[str]:
    for word in said:
        chance = draw.random()
        if chance < rate / 3.0:
            continue
        if chance < 2.0 * rate / 3.0:
            yield _slip(word, draw) if draw.random() < 0.5 else draw.choice(heard)
            continue
        yield word
        if chance < rate:
            yield draw.choice(heard)


def _slip(word: str, draw: random.Random) -> str:
    if len(word) < 3 or not word.isalpha():
        return draw.choice("aeiou") + word
    place = draw.randrange(1, len(word))
    letter = draw.choice("abcdefghiklmnoprstuvwy")
    return word[:place] + letter + word[place + draw.randrange(2) :]


RATES = (0.0, 0.05, 0.1, 0.2)
_BOUNDS = {"log_length": (None, None), "doubt": (0.0, None)}
_RIDGE = 1e-4
KEEP = 0.4
"""Share of the picked turns that is used: there are eight times as many."""


def heard(rate: float, draw: random.Random) -> float:
    """What a recogniser might say of itself: one less its error rate, give or take."""
    return 1.0 if rate == 0.0 else min(1.0, max(0.3, 1.0 - rate + draw.gauss(0.0, 0.03)))


Numbers = tuple[float, ...]
Row = tuple[float, bool, Numbers]
"""(error rate, picked from the suggestions, features)"""


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn as a recogniser with an error rate heard it, and the script lines found in it."""

    turn: StarTurn
    rate: float
    text: str
    said: tuple[str, ...]
    lines: tuple[tuple[int, Numbers], ...]
    """(words aligned, features) of each line."""


def heard_turns(fold: Fold, customers: Sequence[str], *, keep: float = KEEP) -> list[Heard]:
    """Every turn at every error rate; of the picked ones the share `keep`."""
    draw = random.Random(SEED)
    lines = dict.fromkeys(
        text[start:end] for text in fold.library for start, end in split_sentences(text, "en")
    )
    index = ScriptIndex(lines)
    found = []
    for turn in fold.turns:
        if turn.scripted and draw.random() > keep:
            continue
        for rate in RATES:
            text = misheard(turn.text, rate, customers, draw)
            said: list[str] = []
            sentences = []
            for start, end in split_sentences(text, "en"):
                more = [word.text for word in words(text[start:end], drop_fillers=True)]
                sentences.append((len(said), len(said) + len(more)))
                said.extend(more)
            hits = line_hits(index, said, sentences, heard(rate, draw))
            places = tuple((hit.alignment.end - hit.alignment.start, numbers) for hit, numbers in hits)
            found.append(Heard(turn, rate, text, tuple(said), places))
    return found


def rows_of(turns: Sequence[Heard]) -> tuple[list[Row], dict[bool, int]]:
    """Every line found in the turns; and how many turns of each kind were looked at."""
    looked_at = {kind: sum(one.turn.scripted == kind for one in turns) for kind in (True, False)}
    rows = [(one.rate, one.turn.scripted, numbers) for one in turns for _, numbers in one.lines]
    return rows, looked_at


def fit(rows: list[Row], looked_at: dict[bool, int]) -> tuple[np.ndarray[Any, Any], float]:
    """Logistic weights and bias; ridge; picked and typed turns have the same weight."""
    from scipy.optimize import minimize

    x = np.array([numbers for _, _, numbers in rows])
    y = np.array([1.0 if scripted else -1.0 for _, scripted, _ in rows])
    weight = np.where(y > 0, 1.0 / looked_at[True], 1.0 / looked_at[False])
    weight /= weight.sum()
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / spread

    def loss(parts: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
        margin = y * (z @ parts[:-1] + parts[-1])
        share = 1.0 / (1.0 + np.exp(margin))
        slope = -(z * (weight * y * share)[:, None]).sum(0) + 2 * _RIDGE * parts[:-1]
        value = (weight * np.logaddexp(0, -margin)).sum() + _RIDGE * (parts[:-1] ** 2).sum()
        return float(value), np.append(slope, -(weight * y * share).sum())

    bounds = [_BOUNDS.get(name, (0.0, None)) for name in FEATURES]
    best = minimize(
        loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]
    ).x
    weights = best[:-1] / spread
    return weights, float(best[-1] - (weights * mean).sum())
