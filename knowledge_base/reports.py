"""What came of an ingest: which documents went in, which files did not, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.records import ReadWarning, Rejected

__all__ = ["IngestReport", "Progress", "Rejected"]

Progress = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and what they are or which one is next."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What changed. Ids of documents, in the order in which they were read."""

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    """Stored as a new revision, because the content changed."""
    rejected: tuple[Rejected, ...] = ()
    missing: tuple[str, ...] = ()
    """Documents whose file has gone from the folder. They stay until `KnowledgeBase.remove`."""
    warnings: tuple[ReadWarning, ...] = ()
    """What had to be assumed or repaired."""
    profile_changed: bool = False
    """A `client.yaml` was read and differs from the profile before."""

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return bool(self.added or self.replaced or self.profile_changed)
