"""How sure a hit is, measured on the client's own documents without anybody's labels.

What a ranker calls relevance has no scale of its own: it depends on the encoder, on the language, and on
how many passages there are to be like by chance. So every client gets a scale of its own. A few hundred
utterances that have nothing to do with any one client (`background/`, written for this) are searched in
its documents: what they reach is what being about something else looks like here. Sentences of its own
documents, reduced to a few words, say how far above that an answer lies when a client has but a page.

A query's hits then compete in a softmax, one candidate a document, with one more candidate: "nothing
here answers". Two documents that fit alike share the belief, which is what happens to the right one.
Nothing is assumed about the ranker except that more is better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from statistics import median

BACKGROUND = Path(__file__).parent / "background"
"""One file a language, one utterance a line."""
GROUPS = 3
"""Queries of up to one word with a meaning, of two, and of more: a single word is found anywhere."""
RIVALS = 12
"""Hits that compete; those below change nothing that shows."""
OWN_SENTENCES = 24
"""Passages of the client's own of which a sentence is searched."""

# Chosen on two of five public corpora, looked at on the others: `benchmarks/silence.py`.
_ABOVE = 0.7
"""How far above the ninth decile of what means nothing "as likely as not" lies, in spreads."""
_SHARPNESS = 0.27
"""Width of the softmax, in spreads."""
_LEAST_SPREAD = 0.28
"""The least a spread is, as a share of the way from the background to the client's own sentences."""
_LEAST_SPREAD_ACROSS = 0.14
"""The same where questions may be in another language than the documents: they reach less than sentences
that are in the documents' own."""
_FEWEST = 5
"""Utterances that a group must have to be measured by itself."""
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """From relevance to probability, for one client, one encoder and one ranker."""

    levels: tuple[float, ...]
    """Relevance at which a single candidate is as likely an answer as not, by length of the query."""
    width: float
    """How much more relevance makes the odds e times better, above 0."""

    def rate(
        self, relevances: Sequence[float], documents: Sequence[str], *, words: int
    ) -> tuple[list[float], float]:
        """Probability that each hit answers, and that any document does.

        Args:
            relevances: Of the hits, best first; all that compete, not only those that are shown.
            documents: Their documents; passages of one document do not compete with each other.
            words: Distinct words of the query that mean something.

        Returns:
            Probabilities in the order of the hits, never rising, and one at least as high as each.

        Example:
            >>> calibration = Calibration((0.7, 0.6, 0.5), 0.05)
            >>> scores, answerable = calibration.rate([0.8, 0.8, 0.4], ["a", "b", "c"], words=6)
            >>> [round(score, 2) for score in scores], round(answerable, 2)
            ([0.5, 0.5, 0.0], 1.0)
        """
        if not relevances:
            return [], 0.0
        level = self.levels[min(max(words - 1, 0), GROUPS - 1)]
        # Over the highest, so that nothing overflows.
        highest = max(level, relevances[0])
        nothing = exp((level - highest) / self.width)
        weights = [exp((value - highest) / self.width) for value in relevances]
        best: dict[str, float] = {}
        for document, weight in zip(documents, weights, strict=True):
            best.setdefault(document, weight)
        total = nothing + sum(best.values())
        return [weight / total for weight in weights], 1 - nothing / total


def fit(
    background: Sequence[tuple[float, int]], own: Sequence[float], *, across_languages: bool = False
) -> Calibration:
    """The scale of a client.

    Args:
        background: What each unrelated utterance reached at best, with its number of words.
        own: What sentences of the client's own documents reached; may be empty.
        across_languages: Whether meaning is compared across languages.

    Example:
        >>> noise = [(0.1 * step, words) for step in range(10) for words in (1, 2, 3)]
        >>> fitted = fit(noise, [1.5])
        >>> fitted.levels[2] > 0.9
        True
    """
    groups: list[list[float]] = [[] for _ in range(GROUPS)]
    for value, words in background:
        groups[min(max(words - 1, 0), GROUPS - 1)].append(max(value, 0.0))
    everything = sorted(value for group in groups for value in group) or [0.0]
    longest = groups[-1] if len(groups[-1]) >= _FEWEST else everything
    middle = median(longest)
    spread = _ninth_decile(longest) - middle
    if own:
        least = _LEAST_SPREAD_ACROSS if across_languages else _LEAST_SPREAD
        spread = max(spread, least * (median(own) - middle))
    spread = max(spread, _TINY)
    levels = []
    for group in groups:
        values = group if len(group) >= _FEWEST else everything
        centre = median(values)
        levels.append(centre + max(_ninth_decile(values) - centre, spread) + _ABOVE * spread)
    return Calibration(tuple(levels), _SHARPNESS * spread)


def strictest(calibrations: Sequence[Calibration]) -> Calibration:
    """The highest level of each length: what is said in one language must not pass for another."""
    levels = tuple(max(one.levels[group] for one in calibrations) for group in range(GROUPS))
    return Calibration(levels, max(one.width for one in calibrations))


@cache
def utterances(language: str) -> tuple[str, ...]:
    """Utterances about anything in a language; none where we wrote none."""
    code = {"nb": "no", "nn": "no"}.get(language, language)
    if not re.fullmatch(r"[a-z]{2}", code):
        return ()
    try:
        lines = (BACKGROUND / f"{code}.txt").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(line for line in lines if line and not line.startswith("#"))


def own_sentence(text: str, content: Sequence[str], *, most: int = 6) -> str:
    """What somebody might ask whom this passage answers: a few words of its middle sentence.

    Args:
        text: Of the passage.
        content: Words of it that say nothing about the subject.
        most: Words kept.

    Example:
        >>> own_sentence("Hello. A refund to your card takes five working days. Bye.", ["a", "to", "your"])
        'refund card takes five working days'
    """
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if len(part.split()) > _FEWEST - 1]
    sentence = sentences[len(sentences) // 2] if sentences else text
    empty = frozenset(content)
    words = [word for word in re.findall(r"\w+", sentence) if word.casefold() not in empty]
    return " ".join(words[:most])


def _ninth_decile(values: Sequence[float]) -> float:
    ordered = sorted(values)
    at = 0.9 * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])
