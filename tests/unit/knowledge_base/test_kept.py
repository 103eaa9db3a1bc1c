"""What is kept beside the documents is used when it fits, and only then."""

import pytest

from knowledge_base import KnowledgeBase, kept
from models.encoders import HashingEncoder
from models.records import ClientProfile, Document
from storage import open_store

TEXT = (
    "# Refunds\n\nA refund goes to the card within five days.\n\n## Post\n\nParcels are sent on Mondays. " * 4
)


def documents(count=5):
    return [
        Document(id=f"p/{n}", text=f"{TEXT}\n\n## Part {n}\n\nSofa number{n} is blue.") for n in range(count)
    ]


def opened(folder):
    return KnowledgeBase.open(folder, "acme", encoder=HashingEncoder(64))


def state(kb):
    corpus = kb._searchable()
    words, arrays = corpus.lexical.parts
    return corpus.passages, words, [array.tolist() for array in arrays], kb.search("is the sofa number3 blue")


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path).add(documents())
    return tmp_path


def path_of(folder):
    return next(folder.rglob("passages.index"))


def test_it_is_used_and_gives_the_same(folder, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("knowledge_base.snapshot.split", lambda document: pytest.fail("cut again"))
        patched.setattr("knowledge_base.corpus._weighted_stems", lambda *_: pytest.fail("stemmed again"))
        fast = state(opened(folder))
    path_of(folder).unlink()
    assert state(opened(folder)) == fast
    assert path_of(folder).exists()


@pytest.mark.parametrize("at", [0, 40, 70, 200, -1])
def test_a_flipped_bit_is_noticed(folder, at):
    whole = bytearray(path_of(folder).read_bytes())
    wanted = state(opened(folder))
    whole[at] ^= 1
    path_of(folder).write_bytes(whole)
    assert state(opened(folder)) == wanted
    assert path_of(folder).read_bytes() != bytes(whole)


@pytest.mark.parametrize("length", [0, 10, 64, 70, 500])
def test_so_is_a_file_cut_short(folder, length):
    wanted = state(opened(folder))
    path_of(folder).write_bytes(path_of(folder).read_bytes()[:length])
    assert state(opened(folder)) == wanted


def test_other_documents_another_client_another_language_or_other_code(folder, monkeypatch):
    store = open_store(folder)
    stored = {one.id: one for one in opened(folder).documents()}
    place = path_of(folder).parent
    assert kept.load(place, stored, client="acme", language="en") is not None
    assert kept.load(place, dict(list(stored.items())[:-1]), client="acme", language="en") is None
    assert kept.load(place, stored, client="globex", language="en") is None
    assert kept.load(place, stored, client="acme", language="nl") is None
    monkeypatch.setattr(kept, "_recipe", lambda: "other")
    assert kept.load(place, stored, client="acme", language="en") is None
    monkeypatch.setattr(kept, "_recipe", lambda: None)
    assert kept.load(place, stored, client="acme", language="en") is None
    store.close()


def test_a_changed_document_is_found_by_its_new_words(folder):
    kb = opened(folder)
    kb.add([Document(id="p/3", text="# Sofas\n\nThe settee is crimson.")])
    assert opened(folder).search("crimson settee")[0].passage.document == "p/3"


def test_nothing_is_kept_of_a_client_without_passages(folder):
    kb = opened(folder)
    for document in kb.documents():
        kb.remove(document.id)
    assert list(folder.rglob("*.index")) == []


def test_a_new_language_of_the_client_is_stemmed_anew(folder):
    kb = opened(folder)
    kb.search("sofa")
    before = kb._searchable()
    kb._take(ClientProfile(id="acme", language="nl"))
    assert kb._searchable() is not before
