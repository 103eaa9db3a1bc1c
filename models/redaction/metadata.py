"""Metadata: strings, numbers and keys at every depth; the key tells what a value is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_SHORTEST = 3
"""Digits below which a whole number is not looked at."""


def redact_value(value: Any, key: str, clean: Callable[[str], str]) -> Any:
    """A value with its strings, whole numbers and keys redacted; everything else as it is.

    Args:
        value: Any value of a metadata mapping.
        key: The key it stands under: "caller" makes it a telephone number, "order_id" does not.
        clean: Redacts one text.
    """
    if isinstance(value, Mapping):
        return _mapping(value, key, clean)
    if isinstance(value, (list, tuple, set, frozenset)):
        return type(value)(redact_value(item, key, clean) for item in value)
    if isinstance(value, str):
        return _string(value, key, clean)
    if isinstance(value, int) and not isinstance(value, bool) and len(str(value)) >= _SHORTEST:
        text = _string(str(value), key, clean)
        return value if text == str(value) else text
    return value


def _mapping(value: Mapping[Any, Any], key: str, clean: Callable[[str], str]) -> dict[Any, Any]:
    """A mapping with keys and values redacted; keys that become equal are numbered."""
    out: dict[Any, Any] = {}
    for name, item in value.items():
        named = isinstance(name, str)
        label = clean(name) if named else name
        fresh, number = label, 2
        while fresh in out:
            fresh, number = f"{label} {number}", number + 1
        out[fresh] = redact_value(item, name if named else key, clean)
    return out


def _string(text: str, key: str, clean: Callable[[str], str]) -> str:
    """One string, read as "key: text"."""
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in key)
    label = words.replace("_", " ").replace("-", " ").strip()
    if label and text and not any(char.isdigit() for char in label):
        prefix = f"{label}: "
        whole = clean(prefix + text)
        if whole.startswith(prefix):
            return whole[len(prefix) :]
    return clean(text)
