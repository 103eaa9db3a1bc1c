"""Passages are encoded while the next documents are prepared; what comes of it is what came before."""

import threading

import numpy as np
import pytest

from knowledge_base import KnowledgeBase
from knowledge_base.index_ahead import Ahead
from models.encoders import HashingEncoder
from models.errors import ModelError
from models.records import Document
from storage import MemoryStore

PAGES = [
    Document(
        f"page-{number}",
        "\n\n".join(
            f"## Part {part}\n\nA refund of kind {number} in region {part} takes {number + part} days."
            for part in range(5)
        ),
        kind="policy",
        title=f"Refunds of kind {number}",
    )
    for number in range(40)
]


class Counting(HashingEncoder):
    """Notes who encodes what; fails in the background when told to."""

    def __init__(self, *, fails=False):
        super().__init__(64)
        self.fails = fails
        self.by: dict[str, int] = {}

    def encode(self, texts):
        name = threading.current_thread().name
        if self.fails and name == "encoding":
            raise ModelError("broken")
        self.by[name] = self.by.get(name, 0) + len(texts)
        return super().encode(texts)


def test_most_is_encoded_before_the_documents_are_stored_and_nothing_twice():
    encoder, plain = Counting(), KnowledgeBase("acme", encoder=HashingEncoder(64))
    kb = KnowledgeBase("acme", encoder=encoder)
    seen = []
    kb.add(PAGES, progress=lambda *counts: seen.append(counts))
    for page in PAGES:
        plain.add([page])
    passages = sum(len(kb.passages(page.id)) for page in PAGES)
    assert encoder.by["encoding"] >= 64
    assert sum(encoder.by.values()) == passages
    assert seen[-1] == (passages, passages, "passages encoded")
    query = "a refund of kind 7 in region 3"
    found = [[(hit.passage.id, hit.score) for hit in one.search(query)] for one in (kb, plain)]
    assert found[0] == found[1]
    before = dict(encoder.by)
    kb.add(PAGES)
    assert encoder.by == before


def test_a_failure_in_the_background_is_met_again_where_it_is_told():
    encoder = Counting(fails=True)
    kb = KnowledgeBase("acme", encoder=encoder)
    kb.add(PAGES)
    assert set(encoder.by) == {threading.current_thread().name}
    assert not kb.degraded
    gone = KnowledgeBase("acme", encoder=None)
    gone._encoder = type("Gone", (), {"name": property(lambda self: 1 / 0)})()
    gone.add(PAGES[:2])
    assert "ZeroDivisionError" in gone.degraded


def test_nothing_is_stored_ahead_and_a_break_ends_the_thread():
    store, encoder = MemoryStore(), Counting()
    with pytest.raises(KeyboardInterrupt), Ahead(lambda: encoder, store=store, client="acme") as ahead:
        for page in PAGES:
            ahead.take(page)
        raise KeyboardInterrupt
    assert "encoding" not in {one.name for one in threading.enumerate()}
    rows = ahead.finish()
    assert not store.get_vectors("acme", encoder.name, list(rows))
    assert all(row.dtype == np.float32 for row in rows.values())
