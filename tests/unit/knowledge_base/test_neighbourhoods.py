"""Above a size, a query looks at the rows near to it; what it finds is held against looking at all."""

import numpy as np
import pytest

from knowledge_base import neighbourhoods as near
from knowledge_base.index import FaissIndex
from knowledge_base.index_file import near_path

DIMENSION = 32
ROWS = 6_000


def made(count, seed=0):
    """Rows in 60 topics, as texts of one client are."""
    random = np.random.default_rng(seed)
    topics = np.random.default_rng(9).standard_normal((60, DIMENSION))
    rows = topics[random.integers(0, 60, count)] + 0.45 * random.standard_normal((count, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def ids(count):
    return [f"p{number:05}" for number in range(count)]


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(near, "LARGE", 5_000)


@pytest.fixture(scope="module")
def rows():
    return made(ROWS)


def exact(rows, query, limit):
    return set(np.argsort(-(rows @ query), kind="stable")[:limit].tolist())


def shares(index, rows, queries, limit=50):
    return np.mean(
        [len(set(index.nearest(q, limit)[0][:limit]) & exact(rows, q, limit)) / limit for q in queries]
    )


def test_it_finds_what_looking_at_all_rows_finds(large, rows):
    index = FaissIndex(DIMENSION)
    index.add(ids(ROWS), rows)
    assert index._near is not None
    assert index._near.probes < len(index._near.centres)
    index.warm_up()
    queries = made(60, seed=4)
    assert shares(index, rows, queries) >= 0.99


def test_rows_without_neighbourhoods_are_all_looked_at(large):
    random = np.random.default_rng(0)
    rows = random.standard_normal((ROWS, 256)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = FaissIndex(256)
    index.add(ids(ROWS), rows)
    assert index._near is None
    index.warm_up()
    assert shares(index, rows, rows[:5]) == 1.0


def test_a_few_allowed_rows_are_found_wherever_they_lie(large, rows):
    index = FaissIndex(DIMENSION)
    index.add(ids(ROWS), rows)
    index.warm_up()
    query = rows[0]
    among = np.zeros(ROWS, dtype=bool)
    among[np.argsort(rows @ query)[:1_000]] = True  # the farthest of all
    found = index.nearest(query, 5, among=among)[0][:5]
    allowed = np.flatnonzero(among)
    assert set(found) == set(allowed[np.argsort(-(rows[allowed] @ query), kind="stable")[:5]])


def test_rows_that_change_move_to_their_new_neighbourhood(large, rows):
    index = FaissIndex(DIMENSION)
    index.add(ids(ROWS), rows)
    centres = index._near.centres
    index.add(["p00000"], rows[5_000:5_001])
    assert index._near.centres is centres
    index.warm_up()
    assert "p00000" in [id for id, _ in index.search(rows[5_000:5_001], 3)[0]]
    index.remove(ids(2_000))
    assert index._near is None
    assert len(index) == 4_000


def test_the_same_rows_give_the_same_neighbourhoods(large, rows):
    one, other = near.neighbourhoods(rows), near.neighbourhoods(rows)
    assert one.probes == other.probes
    assert (one.of == other.of).all()
    assert (one.centres == other.centres).all()


def test_kept_ones_are_taken_up_and_damaged_ones_are_made_again(large, rows, tmp_path):
    index = FaissIndex(DIMENSION)
    index.add(ids(ROWS), rows)
    index.save(tmp_path, encoder="made@1", content="one")
    path = near_path(tmp_path, "made@1")
    kept, content = near.load(path, dimension=DIMENSION)
    assert content == "one"
    assert (kept.of == index._near.of).all()

    def opened():
        return FaissIndex.load(tmp_path, ids(ROWS), encoder="made@1", dimension=DIMENSION, content="one")

    assert (opened()._near.centres == index._near.centres).all()
    whole = bytearray(path.read_bytes())
    for at in (3, 700, len(whole) - 1):
        changed = whole.copy()
        changed[at] ^= 4
        path.write_bytes(changed)
        assert near.load(path, dimension=DIMENSION) is None
        assert opened()._near is not None
    path.write_bytes(b"")
    assert near.load(path, dimension=DIMENSION) is None
    assert near.load(tmp_path / "none.near", dimension=DIMENSION) is None
