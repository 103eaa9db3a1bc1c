"""While the contact is live: suggestions, required statements, draft checks, wrap-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from copilot.session import Session
from copilot.speaking import Quietness
from models.records import Channel

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector, Generator

__all__ = ["Copilot", "Quietness", "Session", "installed_detectors"]

_ENTRY_POINTS = "unscripted.detectors"


class Copilot:
    """Makes sessions for one client's contacts.

    Args:
        knowledge_base: What this client wants said.
        detectors: For draft checks and customer wording. None takes every factory registered under
            the entry-point group `unscripted.detectors`, so this room needs no import of its sibling.
        quietness: How readily sessions speak.
        generator: Words cards after they are out (`Session.word`); None, the default, words nothing.
        wording_deadline_s: Seconds after which a card's own words stand alone.
    """

    def __init__(
        self,
        knowledge_base: KnowledgeBase,
        *,
        detectors: Sequence[Detector] | None = None,
        quietness: Quietness | None = None,
        generator: Generator | None = None,
        wording_deadline_s: float = 4.0,
    ) -> None:
        self._generator, self._wording_deadline_s = generator, wording_deadline_s
        self._kb = knowledge_base
        self._detectors = None if detectors is None else tuple(detectors)
        self._quietness = quietness

    def session(self, contact: str, agent: str = "", *, channel: Channel = "other") -> Session:
        """A live contact, heard from its first turn on."""
        if self._detectors is None:
            self._detectors = installed_detectors(self._kb)
        return Session(
            self._kb,
            contact,
            agent=agent,
            channel=channel,
            detectors=self._detectors,
            quietness=self._quietness,
            generator=self._generator,
            wording_deadline_s=self._wording_deadline_s,
        )


def installed_detectors(knowledge_base: KnowledgeBase) -> tuple[Detector, ...]:
    """Detectors of every installed factory, bound to this client's material, in the order of names."""
    from importlib.metadata import entry_points

    factories = sorted(entry_points(group=_ENTRY_POINTS), key=lambda entry: entry.name)
    return tuple(detector for factory in factories for detector in factory.load()(knowledge_base))
