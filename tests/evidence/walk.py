"""A random history of three clients: its words, what was done, and what went wrong."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from models.codec import to_json

CLIENTS = ("Acme", "Beta", "Gamma")
IDS = tuple(f"call-{number}" for number in range(30))
"""The same at every client."""
MOST_FAILURES = 50
"""After which a walk ends."""
_LETTERS = "bcdfghjklmnpqrstvwxz"
_MARK = re.compile(r"zq(acme|beta|gamma)[a-z]{5}")


@dataclass
class Walk:
    """A history so far: what each client must have, and what went wrong."""

    random: Random
    failures: list[str] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)
    written: int = 0

    def word(self, client: str) -> str:
        """A word of this client that was never written before."""
        self.written += 1
        number, letters = self.written, ""
        for _ in range(5):
            number, digit = divmod(number, len(_LETTERS))
            letters += _LETTERS[digit]
        return f"zq{client.lower()}{letters}"

    def crossed(self, step: str, client: str, seen: Any) -> None:
        """Search whatever a client was given for words of the others."""
        text = seen if isinstance(seen, str) else to_json({"seen": seen})
        others = set(_MARK.findall(text)) - {client.lower()}
        if others:
            self.failures.append(
                f"step {sum(self.steps.values())}, {step}: {client} saw words of {len(others)} others"
            )

    def hold(self, step: str, client: str, sound: bool) -> None:
        """Note a breach of the model."""
        if not sound:
            self.failures.append(
                f"step {sum(self.steps.values())}, {step}: {client} does not have what it must"
            )
