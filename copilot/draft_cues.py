"""The wording of `draft.yaml`, compiled once."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("draft.yaml").read_text("utf-8"))
    return {name: re.compile("|".join(f"(?:{one})" for one in patterns)) for name, patterns in data.items()}


def has(name: str, folded: str) -> bool:
    """Whether a folded text has the wording of that name."""
    return _patterns()[name].search(folded) is not None


def said(name: str, folded: str) -> str:
    """The first words of that name in a folded text; empty when there are none."""
    hit = _patterns()[name].search(folded)
    return hit.group() if hit is not None else ""
