"""The vector index keeps the promises of its port, in memory and in its cache file."""

import json

import numpy as np
import pytest

from knowledge_base.index import FaissIndex
from models.conformance import check_index
from models.errors import InputError


def test_faiss_index():
    check_index(FaissIndex)


def unit_rows(count, dimension=8, seed=3):
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def filled(count=20):
    index = FaissIndex(8)
    index.add([f"id-{n:02}" for n in range(count)], unit_rows(count))
    return index


@pytest.mark.parametrize(
    "allowed", [[], ["id-03"], ["id-03", "id-07", "none"], [f"id-{n:02}" for n in range(20)]]
)
def test_only_allowed_ids_take_part(allowed):
    index = filled()
    query = unit_rows(1, seed=4)
    everything = index.search(query, 20)[0]
    assert index.search(query, 20, among=allowed)[0] == [pair for pair in everything if pair[0] in allowed]


def test_the_best_are_exact():
    index = filled()
    queries = unit_rows(5, seed=5)
    rows = unit_rows(20)
    for query, found in zip(queries, index.search(queries, 3), strict=True):
        best = np.argsort(-(rows @ query), kind="stable")[:3]
        assert [id for id, _ in found] == [f"id-{n:02}" for n in best]


@pytest.mark.parametrize(
    ("ids", "shape"), [(["a"], (1, 7)), (["a", "b"], (1, 8)), (["a", "a"], (2, 8)), (["a"], (8,))]
)
def test_wrong_rows_are_refused(ids, shape):
    with pytest.raises(InputError):
        FaissIndex(8).add(ids, np.zeros(shape, dtype=np.float32))


@pytest.mark.parametrize(("shape", "limit"), [((1, 7), 5), ((8,), 5), ((1, 8), 0)])
def test_wrong_queries_are_refused(shape, limit):
    with pytest.raises(InputError):
        filled().search(np.zeros(shape, dtype=np.float32), limit)


def saved(folder):
    index = filled()
    index.save(folder, encoder="small@1", content="abc")
    return [f"id-{n:02}" for n in range(20)]


def load(folder, ids, **changes):
    return FaissIndex.load(folder, ids, **{"encoder": "small@1", "dimension": 8, "content": "abc", **changes})


def test_a_saved_index_comes_back(tmp_path):
    ids = saved(tmp_path)
    again = load(tmp_path, ids)
    query = unit_rows(1, seed=6)
    assert again.search(query, 5) == filled().search(query, 5)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".f32", ".json"]


@pytest.mark.parametrize("changes", [{"encoder": "other@1"}, {"dimension": 4}, {"content": "abd"}])
def test_an_alien_or_stale_one_does_not(tmp_path, changes):
    assert load(tmp_path, saved(tmp_path), **changes) is None


def test_a_damaged_one_does_not(tmp_path):
    ids = saved(tmp_path)
    rows = next(tmp_path.glob("*.f32"))
    whole = rows.read_bytes()
    for broken in (whole[:-4], whole + b"\0", b"", bytes([whole[0] ^ 1]) + whole[1:]):
        rows.write_bytes(broken)
        assert load(tmp_path, ids) is None
    rows.write_bytes(whole)
    assert load(tmp_path, ids) is not None
    manifest = next(tmp_path.glob("*.json"))
    for text in ("", "{", "[]", "null", json.dumps({"encoder": "small@1"})):
        manifest.write_text(text)
        assert load(tmp_path, ids) is None
    manifest.unlink()
    assert load(tmp_path, ids) is None
    assert load(tmp_path / "none", ids) is None
