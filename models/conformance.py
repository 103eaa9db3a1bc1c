"""What every implementation of a port must do, as checks that ours and third-party ones run alike.

Each check uses only the port, raises AssertionError with a plain reason at the first breach, and gives
nothing back otherwise:

    from models.conformance import check_encoder
    check_encoder(MyEncoder())
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.errors import ConflictError, InputError, NotFoundError
from models.labels import LABELS
from models.ports import Detector, Encoder, Store, VectorIndex
from models.readings import Reading, read
from models.records import Document, Feedback, Finding, Passage, Review, Transcript, Turn

if TYPE_CHECKING:
    from models.ports import Vectors

_TOLERANCE = 1e-4
"""Of a vector's length, and of a cosine."""

_TEXTS = (
    "How long does a refund take?",
    "A refund takes five working days.",
    "The engineer comes on Tuesday.",
    "",
    "   ",
    "¿Dónde está mi pedido? 我的订单在哪里 😀",
    "no punctuation " * 2000,
    "A refund takes five working days.",
)


def _hold(condition: object, reason: str) -> None:
    if not condition:
        raise AssertionError(reason)


def _refused(call: Callable[[], object], error: type[Exception], reason: str) -> str:
    """The text of the error that the call must raise."""
    try:
        call()
    except error as problem:
        return str(problem)
    raise AssertionError(f"{reason}: {error.__name__} expected, nothing was raised")


def _same(left: Any, right: Any) -> bool:
    return left.shape == right.shape and left.dtype == right.dtype and bool((left == right).all())


# -- encoders ---------------------------------------------------------------------------------


def check_encoder(encoder: Encoder) -> None:
    """Shape, unit length, order, equal texts, no texts, odd texts.

    Raises:
        AssertionError: With the first breach of `models.ports.Encoder`.
    """
    import numpy as np

    _hold(isinstance(encoder, Encoder), "an encoder has name, dimension and encode")
    _hold(isinstance(encoder.name, str) and encoder.name, "name is a non-empty string")
    _hold(encoder.dimension >= 1, "dimension is at least 1")
    rows = encoder.encode(_TEXTS)
    _hold(rows.shape == (len(_TEXTS), encoder.dimension), f"shape is (texts, dimension), not {rows.shape}")
    _hold(rows.dtype == np.float32, f"rows are float32, not {rows.dtype}")
    _hold(np.isfinite(rows).all(), "every number is finite")
    _hold(np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=_TOLERANCE), "rows have length 1")
    _hold(_same(rows[1], rows[-1]), "equal texts give equal rows within a call")
    _hold(_same(rows, encoder.encode(list(_TEXTS))), "the same call gives the same rows, for a list too")
    backwards = encoder.encode(_TEXTS[::-1])[::-1]
    _hold(((rows * backwards).sum(axis=1) > 1 - 1e-2).all(), "rows stand in the order of the texts")
    alone = np.concatenate([encoder.encode([text]) for text in _TEXTS])
    _hold(
        ((rows * alone).sum(axis=1) > 1 - 5e-2).all(), "a text alone gives nearly the row it gives in company"
    )
    none = encoder.encode([])
    _hold(none.shape == (0, encoder.dimension), f"no texts give shape (0, dimension), not {none.shape}")
    _hold(none.dtype == np.float32, "no texts give float32 too")
    near, far = float(rows[0] @ rows[1]), float(rows[0] @ rows[2])
    _hold(near > far, "a question is nearer to its answer than to another subject")


# -- detectors --------------------------------------------------------------------------------


def _contacts() -> tuple[Transcript, ...]:
    def turns(*pairs: tuple[Any, str]) -> tuple[Turn, ...]:
        return tuple(Turn(speaker=speaker, text=text) for speaker, text in pairs)

    ordinary = turns(
        ("agent", "Thank you for calling, how can I help you today?"),
        ("customer", "My bill is wrong again. I was charged twice, and nobody calls me back!"),
        ("agent", "I understand your frustration. I understand your frustration. Please hold."),
        ("customer", "You sound like you are reading that from a script. I want a supervisor."),
        ("agent", "You should have read the terms, it is your fault. Calm down, sir."),
        ("agent", "What is your full card number and the security code? We guarantee a refund of $900."),
        ("system", "The contact was moved to another queue."),
        ("unknown", "hello hello"),
        ("bot", "Please say yes or no."),
        ("supervisor", "This is the supervisor. I will call you back by Friday."),
    )
    odd = (
        Turn(speaker="agent", text=""),
        Turn(speaker="customer", text="  \n "),
        Turn(speaker="agent", text="İ ß ﬁ 😀 é\u0301 {customer name} 我们马上处理。"),
        Turn(speaker="agent", text="so um yeah i was like going to check that for you you know"),
        Turn(speaker="agent", text="The customer is an idiot.", visibility="internal"),
    )
    return (
        Transcript(id="ordinary", client="acme", agent="a1", channel="voice", turns=ordinary),
        Transcript(id="odd", client="acme", agent="a2", channel="chat", turns=odd),
        Transcript(id="silent", client="acme", turns=()),
        Transcript(id="long", client="acme", turns=(*ordinary, *odd) * 5),
    )


def check_detector(
    detector: Detector, *, encoder: Encoder | None = None, transcripts: Sequence[Transcript] = ()
) -> None:
    """Names, labels, spans, order, purity; with vectors and without.

    Args:
        detector: Any detector; what it finds is not judged here.
        encoder: Makes the vectors; None: `HashingEncoder`.
        transcripts: More contacts to run it on, after those of this check.

    Raises:
        AssertionError: With the first breach of `models.ports.Detector`.
    """
    from models.encoders import HashingEncoder

    _hold(isinstance(detector, Detector), "a detector has name, labels and detect")
    stem, _, version = detector.name.rpartition(".v")
    _hold(stem and version.isdecimal(), f"name ends in a version, as in `scripting.v1`: {detector.name!r}")
    _hold(isinstance(detector.labels, tuple) and detector.labels, "labels is a non-empty tuple")
    for label in detector.labels:
        _hold(label in LABELS, f"label {label!r} stands in models/labels.py")
    _hold(detector.detect([]) == [], "no readings give no lists")
    contacts = (*_contacts(), *transcripts)
    for readings in (read(contacts), read(contacts, encoder=encoder or HashingEncoder())):
        _check_detector_on(detector, readings)


def _check_detector_on(detector: Detector, readings: list[Reading]) -> None:
    before = deepcopy(readings)
    found = detector.detect(readings)
    _hold(isinstance(found, list) and len(found) == len(readings), "one list per reading, in order")
    for reading, findings in zip(readings, found, strict=True):
        _hold(isinstance(findings, list), "findings come as a list")
        for finding in findings:
            _check_finding(detector, reading.transcript, finding)
    _hold(readings == before, "readings are not changed")
    for reading, old in zip(readings, before, strict=True):
        if reading.vectors is not None and old.vectors is not None:
            _hold(_same(reading.vectors, old.vectors), "vectors are not changed")
    _hold(detector.detect(readings) == found, "the same readings give the same findings")
    alone = [detector.detect([reading])[0] for reading in readings]
    _hold(alone == found, "a reading gives the same findings alone and in company")


def _check_finding(detector: Detector, transcript: Transcript, finding: Finding) -> None:
    where = f"transcript {transcript.id}: {finding.label}"
    _hold(finding.label in detector.labels, f"{where} is not among the detector's labels")
    _hold(finding.by and "@" in finding.by, f"{where}: `by` is name@version, not {finding.by!r}")
    _hold(finding.reason.strip(), f"{where} has no reason")
    if finding.span is None:
        return
    words = transcript.quote(finding.span)
    _hold(words.strip(), f"{where} points at no words, turn {finding.span.turn + 1}")
    visibility = transcript.turns[finding.span.turn].visibility
    _hold(visibility == "public", f"{where} points at an internal note, turn {finding.span.turn + 1}")


# -- indexes ----------------------------------------------------------------------------------


def check_index(make_index: Callable[[int], VectorIndex]) -> None:
    """Exactness against brute force, ties, replacing, removing, emptiness.

    Args:
        make_index: Gives an empty index for vectors of this dimension.

    Raises:
        AssertionError: With the first breach of `models.ports.VectorIndex`.
    """
    import numpy as np

    random = np.random.default_rng(7)

    def unit(count: int) -> Vectors:
        rows = random.standard_normal((count, 24)).astype(np.float32)
        unit_rows: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit_rows

    index = make_index(24)
    _hold(isinstance(index, VectorIndex), "an index has add, search and remove")
    queries = unit(9)
    _hold(index.search(queries, 5) == [[]] * 9, "an empty index finds nothing for each query")
    index.remove(["nobody"])
    index.add([], unit(0))
    ids = [f"p{number:03d}" for number in random.permutation(200)]
    vectors = dict(zip(ids, unit(200), strict=True))
    index.add(ids[:120], np.stack([vectors[id] for id in ids[:120]]))
    index.add(ids[120:], np.stack([vectors[id] for id in ids[120:]]))
    _check_exact(index, vectors, queries)
    _hold(index.search(unit(0), 5) == [], "no queries give no lists")

    replaced = dict(zip(ids[50:70], unit(20), strict=True))
    index.add(list(replaced), np.stack(list(replaced.values())))
    vectors.update(replaced)
    _check_exact(index, vectors, queries)

    index.remove([*ids[:30], "nobody"])
    for id in ids[:30]:
        del vectors[id]
    _check_exact(index, vectors, queries)

    # More ties than any index fetches in reserve, added in an order that is not theirs.
    twin = unit(1)[0]
    twins = dict.fromkeys(ids[:30], twin)
    index.add(list(twins), np.stack(list(twins.values())))
    found = [id for id, _ in index.search(twin[None], 4)[0]]
    _hold(found == sorted(twins)[:4], "ties come by id")

    index.remove(list(vectors) + list(twins))
    _hold(index.search(queries, 5) == [[]] * 9, "an index from which all was removed is empty")
    index.add(["again"], twin[None])
    _hold(
        [id for id, _ in index.search(twin[None], 5)[0]] == ["again"], "rows can be added after removing all"
    )


def _check_exact(index: VectorIndex, vectors: dict[str, Vectors], queries: Vectors) -> None:
    """Hold the results against comparing every row."""
    for limit in (1, 7, len(vectors), len(vectors) + 50):
        results = index.search(queries, limit)
        _hold(len(results) == len(queries), "one list per query, in order")
        for query, result in zip(queries, results, strict=True):
            cosines = {id: float(query @ vector) for id, vector in vectors.items()}
            best = [id for _, id in sorted((-cosine, id) for id, cosine in cosines.items())][:limit]
            _hold(
                len(result) == len(best), f"{len(best)} results within a limit of {limit}, not {len(result)}"
            )
            _hold(len({id for id, _ in result}) == len(result), "no id stands twice")
            for (id, cosine), expected in zip(result, best, strict=True):
                _hold(id in cosines, f"id {id!r} is not in the index")
                _hold(abs(cosine - cosines[id]) < _TOLERANCE, f"the cosine of {id} is {cosines[id]:.5f}")
                _hold(abs(cosines[id] - cosines[expected]) < _TOLERANCE, "the nearest rows, best first")


# -- stores -----------------------------------------------------------------------------------

_ODD_CLIENTS = ("", "   ", "../../x", "..", "a/b", "a\\b", "a\0b", "\0", "a\nb")


def check_store(make_store: Callable[[], Store]) -> None:
    """Putting, getting, finding, deleting, vectors, and above all: one client never sees another's.

    Args:
        make_store: Gives an empty store at each call.

    Raises:
        AssertionError: With the first breach of `models.ports.Store`.
    """
    _hold(isinstance(make_store(), Store), "a store has the methods of models.ports.Store")
    _check_writing(make_store())
    _check_walls(make_store())
    _check_appending(make_store())
    _check_vectors(make_store())
    _check_clients(make_store())


def _document(id: str, text: str = "Refunds take five working days.") -> Document:
    return Document(id=id, text=text, title="Refunds", kind="policy", metadata={"source": "refunds.md"})


def _check_writing(store: Store) -> None:
    first = _document("policies/refunds")
    _hold(store.put("acme", first) is True, "put of a new record gives True")
    _hold(store.put("acme", first) is False, "put of the same id and content gives False")
    _hold(store.get("acme", Document, first.id) == first, "get gives the record that was put")
    other = _document(first.id, "Refunds take six working days.")
    _refused(lambda: store.put("acme", other), ConflictError, "put of the same id and other content")
    _hold(store.get("acme", Document, first.id) == first, "a refused put leaves the record as it was")
    _hold(store.put("acme", other, supersede=True) is True, "a superseding put gives True")
    _hold(store.put("acme", other, supersede=True) is False, "superseding by the same content gives False")
    _hold(store.get("acme", Document, first.id) == other, "get gives the current revision")
    passage = Passage(id=first.id, document=first.id, text="Refunds", start=0, end=7)
    _hold(store.put("acme", passage) is True, "records of two kinds may share an id")
    _hold(store.get("acme", Document, first.id) == other, "a kind does not overwrite another")

    names = ["z", "b", "m", "a"]
    for name in names:
        store.put("acme", _document(name))
    found = [document.id for document in store.find("acme", Document)]
    _hold(
        found == [first.id, *names], "find gives current records in the order in which they were first stored"
    )
    limited = [document.id for document in store.find("acme", Document, limit=2)]
    _hold(limited == found[:2], "find keeps to its limit")
    _hold(store.find("acme", Document, limit=0) == [], "a limit of 0 gives nothing")

    _hold(store.delete("acme", Document, first.id) is True, "delete of a record gives True")
    _hold(store.delete("acme", Document, first.id) is False, "delete of nothing gives False")
    _refused(lambda: store.get("acme", Document, first.id), NotFoundError, "get of a deleted record")
    _hold(store.get("acme", Passage, first.id) == passage, "delete takes one kind only")
    _hold(store.put("acme", first) is True, "a deleted id is free again, its revisions are gone")
    _hold(store.get("acme", Document, first.id) == first, "get gives what was put after deleting")


def _check_walls(store: Store) -> None:
    ours = _document("policies/refunds")
    store.put("acme", ours)
    store.put("globex", _document("other"))
    foreign = _refused(lambda: store.get("globex", Document, ours.id), NotFoundError, "get of a foreign id")
    missing = _refused(lambda: store.get("globex", Document, "policies/nothing"), NotFoundError, "missing id")
    nobody = _refused(lambda: store.get("initech", Document, ours.id), NotFoundError, "client without a file")
    told = "a foreign id, a missing id and an unknown client give the same text"
    _hold(foreign == missing.replace("policies/nothing", ours.id) == nobody, told)
    _hold("acme" not in foreign, "the error does not name the other client")
    _hold(
        [document.id for document in store.find("globex", Document)] == ["other"], "find stays with a client"
    )
    _hold(store.find("initech", Document) == [], "an unknown client has no records")
    _hold(store.delete("globex", Document, ours.id) is False, "a foreign id cannot be deleted")
    changed = _document(ours.id, "Refunds take nine working days.")
    _hold(store.put("globex", changed) is True, "two clients may use the same id")
    _hold(store.get("acme", Document, ours.id) == ours, "a client does not overwrite another's record")
    for name in _ODD_CLIENTS:
        said = f"client name {name!r}"
        _refused(lambda name=name: store.put(name, ours), InputError, f"put for {said}")  # type: ignore[misc]
        _refused(lambda name=name: store.get(name, Document, ours.id), InputError, f"get for {said}")  # type: ignore[misc]
        _refused(lambda name=name: store.find(name, Document), InputError, f"find for {said}")  # type: ignore[misc]
        _refused(lambda name=name: store.delete(name, Document, ours.id), InputError, f"delete for {said}")  # type: ignore[misc]
        _refused(lambda name=name: store.get_vectors(name, "e@1", ["d"]), InputError, f"vectors for {said}")  # type: ignore[misc]
    _hold(store.clients() == ["acme", "globex"], "clients are sorted, and only those that were written to")


def _check_appending(store: Store) -> None:
    """Records without an id: the same one twice is one, another is another, nothing is written over."""
    at = datetime(2025, 3, 4, 10, 30, tzinfo=UTC)
    used = Feedback(contact="c1", suggestion="s1", action="used", at=at, agent="a1")
    copied = Feedback(contact="c1", suggestion="s1", action="copied", at=at, agent="a1")
    _hold(store.put("acme", used) is True, "a record without id is stored")
    _hold(store.put("acme", used) is False, "the same record without id again is not")
    _hold(store.put("acme", copied) is True, "another one is appended")
    _hold(store.find("acme", Feedback) == [used, copied], "records without id come back whole, in order")
    review = Review(
        evaluation="e1", criterion="greeting", outcome="MET", reason="It was said.", who="q1", at=at
    )
    revised = Review(evaluation="e1", criterion="greeting", outcome="NOT_MET", reason="No.", who="q2", at=at)
    _hold(store.put("acme", review) and store.put("acme", revised), "a second review is appended")
    _hold(store.find("acme", Review) == [review, revised], "a review is never written over")


def _check_vectors(store: Store) -> None:
    import numpy as np

    rows = np.random.default_rng(3).standard_normal((3, 16)).astype(np.float32)
    store.put_vectors("acme", "one@1", ["d0", "d1", "d2"], rows)
    known = store.get_vectors("acme", "one@1", ["d2", "nothing", "d0"])
    _hold(set(known) == {"d0", "d2"}, "known digests come back, unknown ones are left out")
    _hold(_same(known["d0"], rows[0]) and _same(known["d2"], rows[2]), "vectors come back bit by bit")
    _hold(store.get_vectors("acme", "one@1", []) == {}, "no digests give no vectors")
    _hold(store.get_vectors("acme", "two@1", ["d0"]) == {}, "vectors of two encoders are kept apart")
    _hold(store.get_vectors("globex", "one@1", ["d0"]) == {}, "vectors of two clients are kept apart")
    store.put_vectors("acme", "two@1", ["d0"], rows[:1, :4])
    store.put_vectors("acme", "one@1", ["d0", "d3"], rows[:2])
    _hold(store.get_vectors("acme", "two@1", ["d0"])["d0"].shape == (4,), "encoders may differ in dimension")
    _hold(
        _same(store.get_vectors("acme", "one@1", ["d3"])["d3"], rows[1]), "known and new digests may be mixed"
    )
    store.put_vectors("acme", "one@1", [], rows[:0])
    many = np.random.default_rng(4).standard_normal((1200, 4)).astype(np.float32)
    digests = [f"m{number}" for number in range(len(many))]
    store.put_vectors("acme", "many@1", digests, many)
    _hold(len(store.get_vectors("acme", "many@1", digests)) == len(many), "a thousand vectors at once")


def _check_clients(store: Store) -> None:
    _hold(store.clients() == [], "an empty store has no clients")
    for name in ("zebra", "Café & Co", "acme"):
        store.put(name, _document("d"))
    _hold(store.clients() == sorted(["zebra", "Café & Co", "acme"]), "clients come by name, sorted")
