"""What is no longer in force, or not yet, is neither found nor shown."""

from datetime import date, timedelta

import pytest

from copilot import Copilot
from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.records import Document, Turn

TODAY = date.today()
ASKED = "How long does a refund to my card take?"


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (None, TODAY - timedelta(days=1), False),
        (TODAY + timedelta(days=1), None, False),
    ],
)
def test_only_what_is_in_force_today_is_found_and_shown(first, last, there):
    kb = KnowledgeBase("acme", encoder=HashingEncoder())
    text = "# Refunds\n\nA refund to your card takes five working days."
    kb.add(
        [
            Document("policies/refunds", text, kind="policy", effective_from=first, effective_until=last),
            Document("policies/parcels", "# Parcels\n\nA parcel weighs ten kilos at most.", kind="policy"),
        ]
    )
    found = {hit.passage.document for hit in kb.search(ASKED)}
    assert ("policies/refunds" in found) is there
    cards = Copilot(kb, detectors=()).session("c").hear(Turn("customer", ASKED))
    assert any("five working days" in card.text for card in cards) is there
