"""One module per promise, each with `run(n, seed, folder) -> Outcome`: what tests run small and a report large.

A trial makes its own data in the folder it is given, tries `n` times, counts what it tried and which faults
it put in, and says in words what failed. It is decided by its seed as far as threads and processes allow.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the trials of one promise."""

    tried: int
    """Inputs or acts that the promise was held against."""
    faults: int
    """Faults that were put in on purpose: cuts, errors, flipped bits, killed processes."""
    failures: tuple[str, ...] = ()
    """Each breach in one line, without anybody's words; empty: the promise held."""
    notes: tuple[str, ...] = ()
    """Figures beside it, and what was left out."""

    @property
    def held(self) -> bool:
        """Whether nothing failed, and something was tried."""
        return self.tried > 0 and not self.failures
