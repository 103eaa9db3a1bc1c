"""`check_index` passes what is right and catches each breach of the port."""

import pytest

from models.conformance import check_index


class Brute:
    """A right index, from which the faulty ones differ in one thing."""

    def __init__(self, dimension):
        self.rows = {}

    def add(self, ids, vectors):
        self.rows.update(zip(ids, vectors.copy(), strict=True))

    def remove(self, ids):
        for id in ids:
            self.rows.pop(id, None)

    def search(self, queries, limit):
        return [
            sorted(((id, float(query @ row)) for id, row in self.rows.items()), key=lambda p: (-p[1], p[0]))[
                :limit
            ]
            for query in queries
        ]


class TiesByRow(Brute):
    def search(self, queries, limit):
        return [
            sorted(((id, float(query @ row)) for id, row in self.rows.items()), key=lambda p: -p[1])[:limit]
            for query in queries
        ]


class Misses(Brute):
    def search(self, queries, limit):
        return [result[1:] if len(result) > 7 else result for result in super().search(queries, limit)]


class WorstFirst(Brute):
    def search(self, queries, limit):
        return [result[::-1] for result in super().search(queries, limit)]


class KeepsRemoved(Brute):
    def remove(self, ids):
        pass


class KeepsReplaced(Brute):
    def add(self, ids, vectors):
        for id, row in zip(ids, vectors, strict=True):
            self.rows.setdefault(id, row.copy())


class Distances(Brute):
    def search(self, queries, limit):
        return [[(id, 1 - cosine) for id, cosine in result] for result in super().search(queries, limit)]


class ForgetsEmptyQueries(Brute):
    def search(self, queries, limit):
        return super().search(queries, limit) if self.rows else []


class StrictRemove(Brute):
    def remove(self, ids):
        for id in ids:
            if id not in self.rows:
                raise AssertionError("unknown id")
            del self.rows[id]


def test_check_index_passes_brute_force():
    check_index(Brute)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (TiesByRow, "ties come by id"),
        (Misses, "results within a limit"),
        (WorstFirst, "best first"),
        (KeepsRemoved, "is not in the index"),
        (KeepsReplaced, "cosine of"),
        (Distances, "cosine of"),
        (ForgetsEmptyQueries, "empty index"),
        (StrictRemove, "unknown id"),
        (lambda dimension: object(), "add, search and remove"),
    ],
)
def test_check_index_catches(make, reason):
    with pytest.raises(AssertionError, match=reason):
        check_index(make)
