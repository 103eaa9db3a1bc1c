"""The durable knowledge base: what is still there after closing, and what its cache file costs."""

import pytest

from knowledge_base import KnowledgeBase
from models.encoders import HashingEncoder
from models.errors import NotFoundError
from models.records import ClientProfile, Document
from tests.unit.knowledge_base.test_knowledge import DELIVERY, REFUNDS, CountingEncoder


def test_everything_is_there_again(tmp_path):
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder())
    kb.add([REFUNDS, DELIVERY])
    hits, digest = kb.search("refund to a card"), kb.digest
    again = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder(), create=False)
    assert again.search("refund to a card") == hits
    assert again.digest == digest
    assert again.add([REFUNDS, DELIVERY]).unchanged == (REFUNDS.id, DELIVERY.id)


def test_opening_encodes_nothing_with_or_without_the_cache(tmp_path):
    before = KnowledgeBase.open(tmp_path, "acme", encoder=CountingEncoder())
    before.add([REFUNDS, DELIVERY])
    before.search("refund")  # measures the client's scale, which is kept
    caches = list(tmp_path.rglob("vectors-*"))
    assert [path.suffix for path in caches] == [".index"]
    for damage in (lambda path: None, lambda path: path.write_bytes(b"junk"), lambda path: path.unlink()):
        for path in tmp_path.rglob("vectors-*"):
            damage(path)
        encoder = CountingEncoder()
        hits = KnowledgeBase.open(tmp_path, "acme", encoder=encoder).search("refund to a card")
        assert hits[0].passage.document == REFUNDS.id
        assert encoder.texts == ["refund to a card"]
        assert [path.suffix for path in tmp_path.rglob("vectors-*")] == [".index"]


def test_a_document_stored_elsewhere_is_seen_after_refresh(tmp_path):
    one = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder())
    one.add([REFUNDS])
    other = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder())
    other.add([DELIVERY])
    assert len(one.documents()) == 1
    one.refresh()
    assert len(one.documents()) == 2
    assert one.search("parcel driver")[0].passage.document == DELIVERY.id


def test_another_encoder_gets_its_own_vectors(tmp_path):
    KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder(64)).add([REFUNDS])
    kb = KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder(32))
    assert not kb.search("refund")[0].degraded


def test_unknown_clients(tmp_path):
    with pytest.raises(NotFoundError):
        KnowledgeBase.open(tmp_path / "none", "acme", create=False)
    assert not (tmp_path / "none").exists()
    KnowledgeBase.open(tmp_path, "acme", encoder=HashingEncoder()).add([REFUNDS])
    with pytest.raises(NotFoundError):
        KnowledgeBase.open(tmp_path, "other", create=False)
    assert KnowledgeBase.open(tmp_path, "ACME", create=False).client == "acme"


def test_a_profile_is_kept_by_ingest(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "client.yaml").write_text("name: Acme Parcels\n")
    kb = KnowledgeBase.open(tmp_path / "data", "acme", encoder=HashingEncoder())
    assert kb.ingest(folder).profile_changed
    assert not kb.ingest(folder).profile_changed
    again = KnowledgeBase.open(tmp_path / "data", "acme", encoder=HashingEncoder())
    assert again.profile == ClientProfile(id="acme", name="Acme Parcels")


def test_two_clients_in_one_folder(tmp_path):
    KnowledgeBase.open(tmp_path, "one", encoder=HashingEncoder()).add([REFUNDS])
    KnowledgeBase.open(tmp_path, "two", encoder=HashingEncoder()).add(
        [Document(id="a", text="Parcels arrive late.")]
    )
    one = KnowledgeBase.open(tmp_path, "one", encoder=HashingEncoder())
    assert {hit.passage.document for hit in one.search("parcels arrive late", 50)} == {REFUNDS.id}


@pytest.mark.parametrize("spelling", ["ACME", " acme ", "ａｃｍｅ"])
def test_every_spelling_of_a_name_opens_the_one_client(tmp_path, spelling):
    KnowledgeBase.open(tmp_path, "Acme", encoder=HashingEncoder()).add([REFUNDS])
    again = KnowledgeBase.open(tmp_path, spelling, encoder=HashingEncoder(), create=False)
    assert (again.client, len(again.documents())) == ("Acme", 1)
