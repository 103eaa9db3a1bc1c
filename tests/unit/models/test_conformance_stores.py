"""`check_store` passes what is right and catches each breach of the port."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest

from models.conformance import check_store
from models.errors import ConflictError, InputError, NotFoundError
from models.records.cases import NO_CONDITION
from storage import MemoryStore


class Shelf:
    """A right store in dictionaries, from which the faulty ones differ in one thing."""

    def __init__(self):
        self.records, self.rows, self.names, self.revisions = {}, {}, set(), {}

    def key(self, record):
        return getattr(record, "id", None) or repr(record)

    def check(self, client):
        if not re.fullmatch(r"(?!.*\.\.)(?=.*\w)[\w &.-]+", client):
            raise InputError("client: the name is not usable")

    def put(self, client, record, *, supersede=False, expected=None):
        self.check(client)
        self.names.add(client)
        place = (client, type(record), self.key(record))
        if expected is not None and self.records.get(place) != expected:
            raise ConflictError(f"{place[2]}: was changed meanwhile")
        if self.records.get(place) == record:
            return False
        if place in self.records and not supersede and expected is None:
            raise ConflictError(f"{place[2]}: exists with other content")
        self.records[place] = record
        self.revisions.setdefault(place, []).append((datetime.now(UTC), record))
        return True

    def put_all(self, client, records, *, supersede=False, expected=()):
        before = dict(self.records)
        places = {(client, type(one), self.key(one)): one for one in expected}
        try:
            if any(self.records.get(place) != one for place, one in places.items()):
                raise ConflictError("was changed meanwhile")
            return [
                self.put(client, one, supersede=supersede or (client, type(one), self.key(one)) in places)
                for one in records
            ]
        except ConflictError:
            self.records = before
            raise

    def get(self, client, kind, id):
        self.check(client)
        if (client, kind, id) not in self.records:
            raise NotFoundError(f"{kind.__name__} {id}: no such record")
        return self.records[client, kind, id]

    def find(self, client, kind, *, limit=None):
        self.check(client)
        return [record for place, record in self.records.items() if place[:2] == (client, kind)][:limit]

    def delete(self, client, kind, id):
        self.check(client)
        self.revisions.pop((client, kind, id), None)
        return self.records.pop((client, kind, id), None) is not None

    def delete_all(self, client, kind, ids):
        return sum(self.delete(client, kind, id) for id in ids)

    def history(self, client, kind, id):
        self.check(client)
        return list(self.revisions.get((client, kind, id), ()))

    def register(self, client):
        """The library's own lines, of this client's records."""
        self.check(client)
        store = MemoryStore()
        for (owner, _, _), record in self.records.items():
            if owner == client:
                store.put(client, record, supersede=True)
        return store

    def cases(self, client, where=NO_CONDITION, **asked):
        return self.register(client).cases(client, where, **asked)

    def tally(self, client, table, by=(), **asked):
        return self.register(client).tally(client, table, by, **asked)

    def put_vectors(self, client, encoder, digests, vectors):
        self.check(client)
        for digest, row in zip(digests, vectors, strict=True):
            self.rows[client, encoder, digest] = row.copy()

    def get_vectors(self, client, encoder, digests):
        self.check(client)
        return {d: self.rows[client, encoder, d] for d in digests if (client, encoder, d) in self.rows}

    def clients(self):
        return sorted(self.names)


class OverwritesSilently(Shelf):
    def put(self, client, record, *, supersede=False, expected=None):
        return super().put(client, record, supersede=True)


class AlwaysWrites(Shelf):
    def put(self, client, record, *, supersede=False, expected=None):
        super().put(client, record, supersede=supersede, expected=expected)
        return True


class NeverSupersedes(Shelf):
    def put(self, client, record, *, supersede=False, expected=None):
        return super().put(client, record)


class StoresHalf(Shelf):
    def put_all(self, client, records, *, supersede=False, expected=()):
        return [self.put(client, one, supersede=supersede) for one in records]


class ForgetsWhatWasRead(Shelf):
    def put(self, client, record, *, supersede=False, expected=None):
        return super().put(client, record, supersede=supersede or expected is not None)


class MixesClients(Shelf):
    def register(self, client):
        store = super().register(client)
        for (_, _, _), record in self.records.items():
            store.put(client, record, supersede=True)
        return store


class ErasesTooMuch(Shelf):
    def delete_all(self, client, kind, ids):
        there = super().delete_all(client, kind, ids)
        for place in [place for place in self.records if there and place[:2] == (client, kind)]:
            self.delete(*place)
        return there


class ForgetsRevisions(Shelf):
    def history(self, client, kind, id):
        return super().history(client, kind, id)[-1:]


class KeepsNoOrder(Shelf):
    def cases(self, client, where=NO_CONDITION, *, order=(), limit=None, offset=0):
        return super().cases(client, where, limit=limit, offset=offset)


class CountsDrafts(Shelf):
    def tally(self, client, table, by=(), *, where=NO_CONDITION, of=None):
        return super().tally(client, table, by, of=of)


class Tells(Shelf):
    def get(self, client, kind, id):
        if any(place[1:] == (kind, id) and place[0] != client for place in self.records):
            raise NotFoundError(f"{kind.__name__} {id}: belongs to another client")
        return super().get(client, kind, id)


class OneForAll(Shelf):
    def get(self, client, kind, id):
        self.check(client)
        return next((r for place, r in self.records.items() if place[1:] == (kind, id)), None) or super().get(
            client, kind, id
        )


class FindsAll(Shelf):
    def find(self, client, kind, *, limit=None):
        self.check(client)
        return [record for place, record in self.records.items() if place[1] == kind][:limit]


class DeletesAnywhere(Shelf):
    def delete(self, client, kind, id):
        self.check(client)
        return any(self.records.pop(place, None) for place in list(self.records) if place[1:] == (kind, id))


class TakesAnyName(Shelf):
    def check(self, client):
        if not client.strip():
            raise InputError("client: empty")


class ListsReaders(Shelf):
    def find(self, client, kind, *, limit=None):
        found = super().find(client, kind, limit=limit)
        self.names.add(client)
        return found


class SortsById(Shelf):
    def find(self, client, kind, *, limit=None):
        return sorted(super().find(client, kind, limit=limit), key=self.key)


class KeepsOneReview(Shelf):
    def key(self, record):
        return getattr(record, "id", None) or getattr(record, "evaluation", None) or repr(record)


class NeedsAnId(Shelf):
    def key(self, record):
        if not hasattr(record, "id"):
            raise AssertionError("no id")
        return record.id


class HalfPrecision(Shelf):
    def put_vectors(self, client, encoder, digests, vectors):
        super().put_vectors(client, encoder, digests, vectors.astype(np.float16).astype(np.float32))


class OneEncoder(Shelf):
    def put_vectors(self, client, encoder, digests, vectors):
        super().put_vectors(client, "", digests, vectors)

    def get_vectors(self, client, encoder, digests):
        return super().get_vectors(client, "", digests)


class SharesVectors(Shelf):
    def put_vectors(self, client, encoder, digests, vectors):
        super().put_vectors("all", encoder, digests, vectors)

    def get_vectors(self, client, encoder, digests):
        self.check(client)
        return super().get_vectors("all", encoder, digests)


class UnsortedClients(Shelf):
    def clients(self):
        return sorted(self.names, reverse=True)


def test_check_store_passes_dictionaries():
    check_store(Shelf)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (OverwritesSilently, "ConflictError expected"),
        (AlwaysWrites, "gives False"),
        (Tells, "the same text"),
        (OneForAll, "foreign id: NotFoundError expected"),
        (FindsAll, "find stays with a client"),
        (DeletesAnywhere, "cannot be deleted"),
        (TakesAnyName, "client name '../../x': InputError expected"),
        (ListsReaders, "only those that were written to"),
        (SortsById, "first stored"),
        (NeedsAnId, "no id"),
        (HalfPrecision, "bit by bit"),
        (OneEncoder, "two encoders are kept apart"),
        (SharesVectors, "two clients are kept apart"),
        (UnsortedClients, "sorted"),
        (ForgetsWhatWasRead, "replacing"),
        (StoresHalf, "a refused put_all stores nothing"),
        (ErasesTooMuch, "delete_all erases what was named"),
        (ForgetsRevisions, "history gives each revision"),
        (MixesClients, "a client sees its own"),
        (KeepsNoOrder, "in the order asked for"),
        (CountsDrafts, "a tally keeps to its conditions"),
        (object, "methods"),
    ],
)
def test_check_store_catches(make, reason):
    with pytest.raises(AssertionError, match=reason):
        check_store(make)


@pytest.mark.parametrize("make", [NeverSupersedes, KeepsOneReview])
def test_an_error_of_the_store_comes_through(make):
    with pytest.raises(ConflictError):
        check_store(make)
