"""The analyser over a real knowledge base: the parts fit, without weights."""

from __future__ import annotations

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.records import Document
from qa.analyser import Analyser
from tests.unit.qa.detectors.contacts import contact

NOTICE = (
    "Calls with Acme Air are recorded for training and quality, and you can ask us for a copy at any time."
)


def test_script_disclosure_and_isolation() -> None:
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    kb.add(
        [
            Document(
                id="scripts/refund",
                kind="script",
                text="- Your refund of {amount} will arrive within five business days of the return.",
            ),
            Document(id="disclosures/notice", kind="disclosure", text=NOTICE, verbatim=True, due="opening"),
        ]
    )
    analyser = Analyser(kb)
    talk = contact(
        f"A: Hello. {NOTICE}",
        "C: And my refund?",
        "A: Your refund of 20 euros will arrive within 5 business days of the return.",
    )
    found = {(f.label, f.span.turn if f.span else None, f.source) for f in analyser.analyse(talk)}
    assert ("compliance.disclosure_made", 0, "disclosures/notice") in found
    assert ("scripting.verbatim", 2, "scripts/refund#1") in found
    assert kb.passages("scripts/refund")[0].id == "scripts/refund#1"
    before = analyser.fingerprint
    kb.add([Document(id="scripts/more", kind="script", text="Please keep the receipt until it arrives.")])
    assert Analyser(kb).fingerprint != before
