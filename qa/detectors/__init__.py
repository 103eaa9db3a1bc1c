"""Detectors: what QA sees in a contact. Each is data, a function and a table of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge_base import KnowledgeBase
    from models.ports import Detector
    from qa.detectors.scripting import ScriptBook


def standard_detectors(
    kb: KnowledgeBase, *, learned: Sequence[str] = (), book: ScriptBook | None = None
) -> tuple[Detector, ...]:
    """The detectors that ship, bound to one client, always in the same order.

    Args:
        kb: The client's knowledge.
        learned: Stock phrases mined from this client's past contacts.
        book: The client's lines, where they were read already; `learned` is in them then.
    """
    from qa.detectors.heavy_scripting import HeavyScriptingDetector
    from qa.detectors.scripting import ScriptBook, ScriptingDetector

    if book is None:
        book = ScriptBook(kb, learned=learned)
    profile = kb.profile
    names = (profile.name, *profile.brands, *profile.products)
    return (
        ScriptingDetector(book),
        HeavyScriptingDetector(book, names),
        *(make(kb) for make in FACTORIES),
    )


def _rules(kb: KnowledgeBase) -> Detector:
    from qa.detectors.client_rules import rule_detector

    return rule_detector(kb)


def _disclosures(kb: KnowledgeBase) -> Detector:
    from qa.detectors.disclosures import DisclosureDetector

    return DisclosureDetector(kb, cues=(_rules(kb),))


def _context(kb: KnowledgeBase) -> Detector:
    from qa.detectors.context import context_detector

    return context_detector(kb)


def _privacy(kb: KnowledgeBase) -> Detector:
    from qa.detectors.privacy import privacy_detector

    return privacy_detector(kb)


def _names(kb: KnowledgeBase) -> Detector:
    from qa.detectors.names import name_detector

    return name_detector(kb)


def _offers(kb: KnowledgeBase) -> Detector:
    from qa.detectors.offers import offer_detector

    return offer_detector(kb)


def _contradictions(kb: KnowledgeBase) -> Detector:
    from qa.detectors.contradictions import contradiction_detector

    return contradiction_detector(kb)


def _tone_heads(kb: KnowledgeBase) -> Detector:
    from qa.detectors.tone_heads import tone_head_detector

    return tone_head_detector(kb)


FACTORIES: tuple[Callable[[KnowledgeBase], Detector], ...] = (
    _rules,
    _context,
    _privacy,
    _names,
    _offers,
    _contradictions,
    _disclosures,
    _tone_heads,
)
"""One per detector that needs the client's knowledge alone; add a function that imports inside."""
