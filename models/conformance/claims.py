"""How a check says what it found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TOLERANCE = 1e-4
"""Of a vector's length, and of a cosine."""


def hold(condition: object, reason: str) -> None:
    """Raise with the reason unless the condition is true."""
    if not condition:
        raise AssertionError(reason)


def refused(call: Callable[[], object], error: type[Exception], reason: str) -> str:
    """The text of the error that the call must raise."""
    try:
        call()
    except error as problem:
        return str(problem)
    raise AssertionError(f"{reason}: {error.__name__} expected, nothing was raised")


def same(left: Any, right: Any) -> bool:
    """Whether two arrays are equal in shape, type and every number."""
    return left.shape == right.shape and left.dtype == right.dtype and bool((left == right).all())
