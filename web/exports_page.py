"""Exports: what leaves as a file, chosen here and fetched from our own authorised route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.sampling import DrawnSample
from web.reader import Answer, Reader
from web.render import drawn
from web.reporting import FORMATS


def view(reader: Reader, _: Mapping[str, Any]) -> Answer:
    """The form: format, scorecard, period, sample or one contact."""
    store, client = reader.kb.store, reader.kb.client
    cards = reader.workspace.scorecards(client)
    html = drawn(
        "exports",
        reader.words("review"),
        formats=FORMATS,
        scorecards={card.name: card.title for card in cards},
        samples=[sample.id for sample in store.find(client, DrawnSample)],
        scored=sum(one.count for one in store.tally(client, "cases", ["status"]) if one.key[0] != "unscored"),
        client=reader.kb.profile.name or client,
    )
    return {"html": html}
