"""The vector index keeps the promises of its port, in memory and in its cache file."""

import threading

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


@pytest.mark.parametrize("count", [0, 1, 2, 20, 2_500])
@pytest.mark.parametrize("size", [20, 6_000])
def test_only_marked_rows_take_part(count, size):
    rows = unit_rows(size)
    index = FaissIndex(8)
    index.add([str(n) for n in range(size)], rows)
    index.warm_up()
    marks = np.zeros(size, dtype=bool)
    marks[np.random.default_rng(0).permutation(size)[:count]] = True
    query = unit_rows(1, seed=4)[0]
    found, cosines = index.nearest(query, 7, among=marks)
    exact = np.where(marks, rows @ query, -2)
    assert found[:7].tolist() == np.argsort(-exact, kind="stable")[: min(7, marks.sum())].tolist()
    assert np.allclose(cosines, exact[found], atol=2e-6)


@pytest.mark.parametrize("dimension", [8, 48, 384])
@pytest.mark.parametrize("shape", ["even", "close", "twins", "one large", "unscaled"])
def test_rounded_rows_lose_nothing(dimension, shape):
    """Above the size where rows are looked at in 2 and 8 bits first, the answer is still that of all."""
    random = np.random.default_rng(dimension)
    rows = random.normal(size=(9_000, dimension)).astype(np.float32)
    if shape == "close":  # all of them within the error of rounding
        rows = rows[:1] + rows * np.float32(1e-3)
    if shape == "twins":  # ties at every border
        rows = rows[random.integers(0, 40, len(rows))]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    if shape == "one large":  # a single number that takes the whole range
        rows[17] = np.eye(dimension)[3]
    if shape == "unscaled":
        rows *= 3
    index = FaissIndex(dimension)
    ids = [f"{n:05}" for n in random.permutation(len(rows))]
    index.add(ids, rows)
    index.warm_up()
    for query in rows[random.integers(0, len(rows), 6)] + random.normal(size=(6, dimension)) * 0.02:
        query = query.astype(np.float32)
        exact = np.vecdot(rows, query).round(6)
        best = sorted(zip(ids, exact.tolist()), key=lambda pair: (-pair[1], pair[0]))
        assert index.search(query[None], 25)[0] == best[:25]


def test_a_row_has_the_same_cosine_in_any_company():
    rows = unit_rows(5_000, dimension=48)
    query = unit_rows(1, dimension=48, seed=9)[0]
    index, alone = FaissIndex(48), FaissIndex(48)
    index.add([str(n) for n in range(5_000)], rows)
    before = index.nearest(query, 5)
    index.warm_up()
    found, cosines = index.nearest(query, 5)
    assert [part.tolist() for part in before] == [found.tolist(), cosines.tolist()]
    for row, cosine in zip(found, cosines, strict=True):
        alone.add(["a"], rows[row : row + 1])
        assert alone.search(query[None], 1)[0][0][1] == cosine


def topics(count, dimension=384, seed=0):
    """Unit rows around some centres, as texts of one client lie."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(30, dimension))[random.integers(0, 30, count)]
    rows += random.normal(size=rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_two_bits_settle_most_queries_and_miss_nothing():
    rows = topics(6_000)
    random = np.random.default_rng(1)
    index = FaissIndex(384)
    index.add([str(n) for n in range(len(rows))], rows)
    index.warm_up()
    marks = random.random(len(rows)) < 0.8
    settled = 0
    for query in rows[random.integers(0, len(rows), 30)]:
        moved = query + random.normal(size=384).astype(np.float32) * np.float32(0.04)
        moved /= np.linalg.norm(moved)
        exact = np.vecdot(rows, moved).round(6)
        for among in (None, marks):
            allowed = exact if among is None else np.where(among, exact, np.float32(-2))
            found = index.nearest(moved, 20, among=among)[0][:20]
            assert found.tolist() == np.argsort(-allowed, kind="stable")[:20].tolist()
        settled += index._by_two_bits(index._looks.two_bits, moved, 20, None) is not None
    assert settled > 20


def test_rows_in_few_bits_are_made_while_queries_go_on():
    rows = topics(1_500)
    index = FaissIndex(384)
    index.add([str(n) for n in range(len(rows))], rows)
    found = [index.search(rows[:1], 5) for _ in range(12)]
    for thread in [one for one in threading.enumerate() if one.name == "index"]:
        thread.join()
    assert index._looks is not None
    assert [*found, index.search(rows[:1], 5)] == 13 * found[:1]
    index.remove(["3"])
    assert index._looks is None


def test_numbers_that_are_not_finite_are_refused():
    rows = unit_rows(2)
    rows[1, 3] = np.nan
    with pytest.raises(InputError, match="finite"):
        FaissIndex(8).add(["a", "b"], rows)


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
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".index", ".lock"]


@pytest.mark.parametrize("changes", [{"encoder": "other@1"}, {"dimension": 4}, {"content": "abd"}])
def test_an_alien_or_stale_one_does_not(tmp_path, changes):
    assert load(tmp_path, saved(tmp_path), **changes) is None


def test_a_damaged_one_does_not(tmp_path):
    ids = saved(tmp_path)
    path = next(tmp_path.glob("*.index"))
    whole = path.read_bytes()
    flipped = [
        whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in range(0, len(whole), 7)
    ]
    for broken in (whole[:-4], whole + b"\0", b"", whole[:100], b"\n" * 512, *flipped):
        path.write_bytes(broken)
        assert load(tmp_path, ids) is None
    path.write_bytes(whole)
    assert load(tmp_path, ids) is not None
    path.unlink()
    assert load(tmp_path, ids) is None
    assert load(tmp_path / "none", ids) is None


def test_what_an_interrupted_writer_left_is_removed(tmp_path):
    (tmp_path / "vectors-1.index.abc.part").write_bytes(b"half")
    (tmp_path / "vectors-1.f32").write_bytes(b"of an older version")
    saved(tmp_path)
    saved(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".index", ".lock"]
