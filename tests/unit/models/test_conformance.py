"""The checks pass what is right and catch each breach of a port."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from models.conformance import check_detector, check_encoder, check_index, check_store
from models.encoders import HashingEncoder
from models.errors import ConflictError, InputError, NotFoundError
from models.readings import read
from models.records import Finding, Span, Transcript, Turn
from models.records.cases import NO_CONDITION
from storage import MemoryStore

# -- encoders ---------------------------------------------------------------------------------


class Wrong(HashingEncoder):
    """An encoder with one fault."""

    def __init__(self, fault):
        super().__init__(64)
        self.fault = fault
        self.calls = 0

    def encode(self, texts):
        self.calls += 1
        return self.fault(self, texts, super().encode(texts))


def drift(encoder, texts, rows):
    rows = rows + 0.2 * encoder.calls * np.eye(64, dtype=np.float32)[3]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def company(encoder, texts, rows):
    rows = rows + 0.5 * len(texts) * np.eye(64, dtype=np.float32)[3]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def second_of_equals(encoder, texts, rows):
    return np.concatenate([rows[:-1], -rows[-1:]])


def blank_is_zero(encoder, texts, rows):
    return rows * np.array([[bool(text.strip())] for text in texts], dtype=np.float32).reshape(-1, 1)


def sorted_rows(encoder, texts, rows):
    return rows[np.argsort([len(text) for text in texts], kind="stable")]


ENCODER_FAULTS = [
    (lambda e, t, r: r.astype(np.float64), "float32"),
    (lambda e, t, r: r * 2, "length 1"),
    (lambda e, t, r: r[:, :-1], "shape"),
    (lambda e, t, r: r if len(t) else np.zeros((0,), np.float32), "no texts"),
    (lambda e, t, r: r if len(t) else r.astype(np.float64), "no texts give float32"),
    (lambda e, t, r: r * np.nan, "finite"),
    (blank_is_zero, "length 1"),
    (second_of_equals, "equal texts"),
    (drift, "same rows"),
    (company, "alone"),
    (sorted_rows, "equal texts|order"),
    (lambda e, t, r: np.tile(np.eye(64, dtype=np.float32)[0], (len(t), 1)), "nearer"),
]


def test_check_encoder_passes_the_hashing_encoder():
    check_encoder(HashingEncoder(64))


@pytest.mark.parametrize(("fault", "reason"), ENCODER_FAULTS)
def test_check_encoder_catches(fault, reason):
    with pytest.raises(AssertionError, match=reason):
        check_encoder(Wrong(fault))


def test_check_encoder_wants_the_port():
    with pytest.raises(AssertionError, match="name, dimension and encode"):
        check_encoder(object())


# -- indexes ----------------------------------------------------------------------------------


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


# -- stores -----------------------------------------------------------------------------------


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


# -- detectors --------------------------------------------------------------------------------


class Guarantees:
    """A small right detector: the word `guarantee`, and nothing said about a silent contact."""

    name = "guarantees.v1"
    labels = ("brand.guarantee",)

    def detect(self, readings):
        return [
            [
                Finding(
                    "brand.guarantee",
                    "major",
                    Span(index, at, at + 9),
                    0.9,
                    "guarantees@1",
                    "Says guarantee.",
                )
                for index, turn in enumerate(reading.transcript.turns)
                if turn.visibility == "public" and (at := turn.text.find("guarantee")) >= 0
            ]
            for reading in readings
        ]


def changed(**fields):
    class Changed(Guarantees):
        def detect(self, readings):
            return [[replace(finding, **fields) for finding in found] for found in super().detect(readings)]

    return Changed


class CountsCalls(Guarantees):
    calls = 0

    def detect(self, readings):
        self.calls += 1
        confidence = 1 / (1 + self.calls)
        return [
            [replace(finding, confidence=confidence) for finding in found]
            for found in super().detect(readings)
        ]


class LooksAround(Guarantees):
    def detect(self, readings):
        confidence = 1 / len(readings) if readings else 0
        return [
            [replace(finding, confidence=confidence) for finding in found]
            for found in super().detect(readings)
        ]


class OneList(Guarantees):
    def detect(self, readings):
        return [[finding for found in super().detect(readings) for finding in found]] if readings else []


class Internal(Guarantees):
    def detect(self, readings):
        return [
            [
                Finding("brand.guarantee", "major", Span(index, 0, len(turn.text)), 0.9, "g@1", "A note.")
                for index, turn in enumerate(reading.transcript.turns)
                if turn.visibility == "internal"
            ]
            for reading in readings
        ]


class Scribbles(Guarantees):
    def detect(self, readings):
        for reading in readings:
            if reading.vectors is not None:
                reading.vectors[:] = 0
        return super().detect(readings)


class Unversioned(Guarantees):
    name = "guarantees"


class UnknownLabel(Guarantees):
    labels = ("brand.guaranty",)


class OtherLabel(Guarantees):
    labels = ("tone.rude",)


class NoEmpty(Guarantees):
    def detect(self, readings):
        return super().detect(readings) or [[]]


def test_check_detector_passes_a_right_one():
    check_detector(Guarantees())
    [found] = Guarantees().detect(read([Transcript("c", "acme", (Turn("agent", "We guarantee it."),))]))
    assert found[0].span == Span(0, 3, 12)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (changed(reason=" "), "no reason"),
        (changed(by="guarantees"), "name@version"),
        (changed(span=Span(0, 3, 3)), "points at no words"),
        (CountsCalls, "same findings"),
        (LooksAround, "alone and in company"),
        (OneList, "one list per reading"),
        (Internal, "internal note"),
        (Scribbles, "vectors are not changed"),
        (Unversioned, "ends in a version"),
        (UnknownLabel, "stands in models/labels.py"),
        (OtherLabel, "not among the detector's labels"),
        (NoEmpty, "no readings"),
        (object, "name, labels and detect"),
    ],
)
def test_check_detector_catches(make, reason):
    with pytest.raises(AssertionError, match=reason):
        check_detector(make())


def test_check_detector_catches_spans_outside_the_contact():
    with pytest.raises(InputError, match="no turn 100"):
        check_detector(changed(span=Span(99, 0, 1))())


def test_check_detector_runs_on_given_transcripts_too():
    class Rare(Guarantees):
        def detect(self, readings):
            if any("aardvark" in turn.text for reading in readings for turn in reading.transcript.turns):
                raise AssertionError("met it")
            return super().detect(readings)

    check_detector(Rare())
    with pytest.raises(AssertionError, match="met it"):
        check_detector(Rare(), transcripts=[Transcript("c", "acme", (Turn("agent", "An aardvark."),))])
