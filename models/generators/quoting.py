"""A generator without a model: it words an answer from the quoted facts alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.generators.fences import parts
from models.patterns import pattern

_BULLET = pattern(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_ENDS = (".", "!", "?", "…", ":")
_WORD = pattern(r"\S+\s*")


class QuotingGenerator:
    """Says the facts of a prompt one after the other, each as a sentence; deterministic, no weights.

    A stand-in where no model is installed, and the least that wording can do: nothing is reworded, so
    all of it is grounded. A token is a word here.
    """

    name = "quoting@1"

    def generate(self, prompts: Sequence[str], max_tokens: int) -> list[str]:
        """One text per prompt, in order; empty for a prompt without facts."""
        return ["".join(self.stream(prompt, max_tokens)) for prompt in prompts]

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        """The same, a word at a time; whole sentences only, as far as the words reach."""
        left = max_tokens
        separator = ""
        for sentence in _sentences(prompt):
            words = _WORD.findall(sentence)
            if len(words) > left:
                return
            left -= len(words)
            yield from [separator + words[0], *words[1:]]
            separator = " "


def _sentences(prompt: str) -> Iterator[str]:
    for part in parts(prompt):
        if part.name != "facts":
            continue
        for line in part.text.splitlines():
            plain = " ".join(_BULLET.sub("", line).split())
            if "|" in plain:  # a row of a table: what it is about, then what holds
                first, *cells = [cell.strip() for cell in plain.split("|") if cell.strip()] or [""]
                plain = f"{first}: {', '.join(cells)}" if cells else first
            if plain:
                yield plain if plain.endswith(_ENDS) else f"{plain}."
