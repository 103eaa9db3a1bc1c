"""P8: what redaction finds, per kind and noise, with intervals; beside Presidio where that is installed."""

from __future__ import annotations

import importlib.util
import json
import math
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from benchmarks import presidio_spans
from benchmarks.redaction import Range, predicted, wilson
from benchmarks.redaction_corpus import FILLERS, Sample
from benchmarks.redaction_lines import innocent
from models.redaction.names import names
from models.spoken_digits import HOMOPHONES, NUMBER_WORDS
from tests.evidence import Outcome
from tests.evidence.pii_corpus import KINDS, NAMED, NAMELESS, NOISE, contacts

STRUCTURED = 0.99
"""Recall of ids that is promised where they are written as people write them."""
NAMES_FOUND, NAMES_RIGHT = 0.90, 0.80
"""Recall and precision of names that is promised at each noise, where a client has them masked."""
_NAMES_STAY = (
    "Names stay unless a client's file says `redact: {names: yes}`: their figures are with that setting, and "
    "without a model. No word of these names is in the product's lists, and nobody has looked at what it missed."
)
_HEARD_WRONG = (
    "Recogniser: words of an id, or the word that names it, are rewritten as others; the promise is that nothing "
    "usable is left: at most four of its digits and at most half of them. Recall counts what is masked whole."
)
_OWN_CLIENT = ("Acme",)
ROOT = Path(__file__).parent.parent.parent
_OWN = ROOT / ".presidio" / "bin" / "python"
_WORDS = re.compile(r"\w+")
_EMPTY = frozenset((*FILLERS, *"uh um er then and comma dash".split()))
_USABLE = 4
_LINES_EACH = 5
"""Lines without any secret, for each contact of a kind: what precision is counted on besides."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind at one noise."""

    hidden: int
    """Secrets that are masked whole, under whatever name."""
    secrets: int
    right: int
    """Masks of this kind that are on a secret."""
    masks: int
    safe: int = 0
    """Secrets of which not enough is left to be used (`is_usable`); with `hidden` the same where all is masked."""

    @property
    def recall(self) -> float:
        """Share of secrets."""
        return self.hidden / self.secrets if self.secrets else 0.0

    @property
    def precision(self) -> float:
        """Share of masks; 0 where there is none."""
        return self.right / self.masks if self.masks else 0.0

    @property
    def f2(self) -> float:
        """Recall counts four times as much as precision."""
        both = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / both if both else 0.0

    def told(self) -> str:
        """One row of the table."""
        return (
            f"recall {wilson(self.hidden, self.secrets)} precision {wilson(self.right, self.masks)} "
            f"F2 {self.f2:.3f}"
            + (f"; nothing usable left {wilson(self.safe, self.secrets)}" if self.safe > self.hidden else "")
        )


def run(n: int, seed: int, folder: Path) -> Outcome:
    """Redact `n` contacts of each kind at each noise, and as many lines without a secret.

    Args:
        n: Contacts of each kind at each noise.
        seed: Decides which.
        folder: Not used.
    """
    del folder
    made = {(kind, noise): list(contacts(kind, noise, n, seed=seed)) for noise in NOISE for kind in KINDS}
    plain = list(innocent(n * _LINES_EACH, seed=seed))
    nameless = [change(line) for change in (str, str.lower) for line in NAMELESS]
    empty = [Sample((("customer", line),), (), "") for line in (*plain, *nameless)]
    ours = _figures(made, empty, lambda samples: [_found(one) for one in samples])
    failures, notes = (
        [],
        [
            _NAMES_STAY,
            _HEARD_WRONG,
            f"{n} contacts of each kind and noise, {len(empty)} lines without a secret; recall: masked whole.",
            "The contacts are made by generators that the redactor was developed with; expect less of others.",
        ],
    )
    for (kind, noise), found in ours.items():
        notes.append(f"{kind}, {noise}: {found.told()}")
        hidden = found.safe if noise == "recogniser" else found.hidden
        if kind not in NAMED and highest(hidden, found.secrets) < STRUCTURED:
            failures.append(f"{kind}, {noise}: recall {hidden / found.secrets:.3f} is below {STRUCTURED}")
    for noise in NOISE:
        rows = [ours[kind, noise] for kind in NAMED]
        hidden, said = sum(one.hidden for one in rows), sum(one.secrets for one in rows)
        notes.append(
            f"all names, {noise}: recall {wilson(hidden, said)} at precision {rows[0].precision:.3f}"
        )
        if highest(hidden, said) < NAMES_FOUND or rows[0].precision < NAMES_RIGHT:
            failures.append(f"names, {noise}: recall {hidden / said:.3f}, precision {rows[0].precision:.3f}")
    notes += _beside(made, empty, ours)
    return Outcome(sum(map(len, made.values())) + len(empty), 0, tuple(failures), tuple(notes))


def _found(sample: Sample) -> list[Range]:
    """What is masked of a contact, for a client that has names masked too."""
    speakers, texts = zip(*sample.turns, strict=True)
    named, _ = names(texts, speakers, kept=_OWN_CLIENT)
    told = [(turn, start, end, "NAME") for turn, ranges in enumerate(named) for start, end in ranges]
    return [*predicted(sample.turns), *told]


def _figures(
    made: dict[tuple[str, str], list[Sample]], empty: list[Sample], find: object
) -> dict[tuple[str, str], Figures]:
    assert callable(find)
    false = Counter(kind for found in find(empty) for *_, kind in found)
    figures = {}
    by_noise: dict[str, Counter[str]] = defaultdict(Counter)
    right_by_noise: dict[str, Counter[str]] = defaultdict(Counter)
    hidden: Counter[tuple[str, str]] = Counter()
    safe: Counter[tuple[str, str]] = Counter()
    for (kind, noise), samples in made.items():
        for sample, found in zip(samples, find(samples), strict=True):
            left = left_of(sample, found)
            hidden[kind, noise] += not left
            safe[kind, noise] += not left or (kind not in NAMED and not is_usable(sample, left))
            for turn, start, end, called in found:
                on = any(turn == t and start < e and s < end for t, s, e, _ in sample.secrets)
                by_noise[noise][called] += 1
                right_by_noise[noise][called] += on
    for (kind, noise), samples in made.items():
        called = "NAME" if kind in NAMED else kind
        figures[kind, noise] = Figures(
            hidden[kind, noise],
            len(samples),
            right_by_noise[noise][called],
            by_noise[noise][called] + false[called],
            safe[kind, noise],
        )
    return figures


def left_of(sample: Sample, found: list[Range]) -> list[str]:
    """Words and digits of the sample's secrets that no mask covers; what fills a pause tells nothing."""
    left = []
    for turn, start, end, _ in sample.secrets:
        text = sample.turns[turn][1]
        masks = [(s, e) for t, s, e, _ in found if t == turn]
        clear = "".join(
            text[place] if not any(s <= place < e for s, e in masks) else " " for place in range(start, end)
        )
        left += [word for word in _WORDS.findall(clear) if word not in _EMPTY]
    return left


def is_usable(sample: Sample, left: list[str]) -> bool:
    """Whether what is left of a secret is enough to be used: more than four digits, or more than half of it.

    A recogniser that hears "to" for the last digit of a number leaves an ordinary word where the digit was. It
    is counted as a digit here, as whoever knows the trick can read it; one of sixteen is no card number.
    """
    whole = [
        word
        for turn, start, end, _ in sample.secrets
        for word in _WORDS.findall(sample.turns[turn][1][start:end])
        if word not in _EMPTY
    ]
    size, rest = sum(map(_signs, whole)), sum(map(_signs, left))
    return rest > _USABLE or 2 * rest > size


def _signs(word: str) -> int:
    """Digits or letters that a word says."""
    digits = NUMBER_WORDS.get(word) or HOMOPHONES.get(word)
    return len(digits) if digits else len(word)


def _beside(
    made: dict[tuple[str, str], list[Sample]], empty: list[Sample], ours: dict[tuple[str, str], Figures]
) -> list[str]:
    """The same contacts through Presidio, turn by turn, as it has no notion of a contact."""
    python = sys.executable if importlib.util.find_spec("presidio_analyzer") else str(_OWN)
    if not Path(python).exists():
        return [
            "Presidio: not installed, so nothing is beside these figures; see benchmarks/presidio_spans.py"
        ]
    theirs = _figures(made, empty, lambda samples: _presidio(python, samples))
    rows = [f"Presidio: recognisers as they come, any confidence, {presidio_spans.MODEL} for names"]
    rows += [f"Presidio, {kind}, {noise}: {found.told()}" for (kind, noise), found in theirs.items()]
    better = [key for key in ours if key[0] not in NAMED and ours[key].recall >= theirs[key].recall]
    worse = sorted(
        {f"{kind}, {noise}" for kind, noise in ours if kind not in NAMED} - {f"{k}, {s}" for k, s in better}
    )
    rows.append(f"Recall of structured ids is at least Presidio's in {len(better)} of {len(better) + len(worse)} rows"
                + (f"; not in {'; '.join(worse)}" if worse else ""))  # fmt: skip
    return rows


def _presidio(python: str, samples: list[Sample]) -> list[list[Range]]:
    texts = [
        (number, turn, text) for number, one in enumerate(samples) for turn, (_, text) in enumerate(one.turns)
    ]
    done = subprocess.run(
        [python, presidio_spans.__file__],
        input="".join(json.dumps(text) + "\n" for *_, text in texts),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[Range]] = [[] for _ in samples]
    for (number, turn, _), line in zip(texts, done.stdout.splitlines(), strict=True):
        found[number] += [(turn, start, end, kind) for start, end, kind in json.loads(line)]
    return found


def highest(hits: int, total: int) -> float:
    """Upper bound of Wilson's interval at 95 %."""
    z, share = 1.959964, hits / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (middle + half) / (1 + z * z / total)
