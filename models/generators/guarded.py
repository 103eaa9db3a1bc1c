"""A generator that cannot drag down what waits for it: at most so many at once, and a rest after failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from models.errors import ModelError, UnscriptedError
from models.ports import Generator


class GuardedGenerator:
    """Another generator behind a cap and a circuit breaker.

    Whoever finds no free place, or the breaker open, is told at once (`ModelError`, retryable) and goes
    on without wording. A stream that is closed early counts as neither success nor failure.

    Args:
        generator: What does the work.
        most_at_once: Generations that may be under way; a hung one keeps its place until it ends.
        failures: Failures in a row after which the breaker opens.
        rest_s: Seconds for which it stays open; then one try decides.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        generator: Generator,
        *,
        most_at_once: int = 2,
        failures: int = 3,
        rest_s: float = 30.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = generator.name
        self._generator = generator
        self._places = threading.BoundedSemaphore(most_at_once)
        self._most_failures, self._rest_s, self._clock = failures, rest_s, clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    def generate(self, prompts: Sequence[str], max_tokens: int) -> list[str]:
        """As the other generator.

        Raises:
            ModelError: No free place or a rest after failures (both retryable), or the generation failed.
        """
        with self._place():
            return self._generator.generate(prompts, max_tokens)

    def stream(self, prompt: str, max_tokens: int) -> Iterator[str]:
        """As the other generator; a place is taken with the first piece and given back at the end.

        Raises:
            ModelError: As `generate`.
        """
        with self._place():
            yield from self._generator.stream(prompt, max_tokens)

    @property
    def resting(self) -> bool:
        """Whether the breaker is open."""
        with self._lock:
            return self._clock() < self._open_until

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.resting:
            raise ModelError(f"generator {self.name}: rests after failures", retryable=True)
        if not self._places.acquire(blocking=False):
            raise ModelError(f"generator {self.name}: too many generations under way", retryable=True)
        try:
            yield
        except GeneratorExit:
            raise
        except UnscriptedError:
            self._count_failure()
            raise
        except Exception as problem:  # noqa: BLE001 - whatever a foreign generator raises
            self._count_failure()
            raise ModelError(
                f"generator {self.name}: failed ({type(problem).__name__})", retryable=True
            ) from None
        else:
            with self._lock:
                self._failed = 0
        finally:
            self._places.release()

    def late(self) -> None:
        """Count a deadline that passed as a failure: the caller gave up on it."""
        self._count_failure()

    def _count_failure(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._most_failures:
                self._open_until = self._clock() + self._rest_s
                self._failed = self._most_failures - 1
