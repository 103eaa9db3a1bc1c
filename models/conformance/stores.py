"""What a store must do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from models.conformance.claims import hold, refused, same
from models.errors import ConflictError, InputError, NotFoundError
from models.ports import Store
from models.records import (
    Analysis,
    Between,
    Document,
    Evaluation,
    Feedback,
    Finding,
    Passage,
    Review,
    Scriptedness,
    Span,
    Transcript,
    Turn,
    Verdict,
)

_ODD_CLIENTS = ("", "   ", "../../x", "..", "a/b", "a\\b", "a\0b", "\0", "a\nb")


def check_store(make_store: Callable[[], Store]) -> None:
    """Putting, getting, finding, deleting, vectors, and above all: one client never sees another's.

    Args:
        make_store: Gives an empty store at each call.

    Raises:
        AssertionError: With the first breach of `models.ports.Store`.
    """
    hold(isinstance(make_store(), Store), "a store has the methods of models.ports.Store")
    _check_writing(make_store())
    _check_walls(make_store())
    _check_appending(make_store())
    _check_replacing(make_store())
    _check_together(make_store())
    _check_erasing(make_store())
    _check_history(make_store())
    _check_vectors(make_store())
    _check_clients(make_store())
    _check_register(make_store())


def _document(id: str, text: str = "Refunds take five working days.") -> Document:
    return Document(id=id, text=text, title="Refunds", kind="policy", metadata={"source": "refunds.md"})


def _check_writing(store: Store) -> None:
    first = _document("policies/refunds")
    hold(store.put("acme", first) is True, "put of a new record gives True")
    hold(store.put("acme", first) is False, "put of the same id and content gives False")
    hold(store.get("acme", Document, first.id) == first, "get gives the record that was put")
    other = _document(first.id, "Refunds take six working days.")
    refused(lambda: store.put("acme", other), ConflictError, "put of the same id and other content")
    hold(store.get("acme", Document, first.id) == first, "a refused put leaves the record as it was")
    hold(store.put("acme", other, supersede=True) is True, "a superseding put gives True")
    hold(store.put("acme", other, supersede=True) is False, "superseding by the same content gives False")
    hold(store.get("acme", Document, first.id) == other, "get gives the current revision")
    passage = Passage(id=first.id, document=first.id, text="Refunds", start=0, end=7)
    hold(store.put("acme", passage) is True, "records of two kinds may share an id")
    hold(store.get("acme", Document, first.id) == other, "a kind does not overwrite another")

    names = ["z", "b", "m", "a"]
    for name in names:
        store.put("acme", _document(name))
    found = [document.id for document in store.find("acme", Document)]
    hold(
        found == [first.id, *names], "find gives current records in the order in which they were first stored"
    )
    limited = [document.id for document in store.find("acme", Document, limit=2)]
    hold(limited == found[:2], "find keeps to its limit")
    hold(store.find("acme", Document, limit=0) == [], "a limit of 0 gives nothing")

    hold(store.delete("acme", Document, first.id) is True, "delete of a record gives True")
    hold(store.delete("acme", Document, first.id) is False, "delete of nothing gives False")
    refused(lambda: store.get("acme", Document, first.id), NotFoundError, "get of a deleted record")
    hold(store.get("acme", Passage, first.id) == passage, "delete takes one kind only")
    hold(store.put("acme", first) is True, "a deleted id is free again, its revisions are gone")
    hold(store.get("acme", Document, first.id) == first, "get gives what was put after deleting")


def _check_walls(store: Store) -> None:
    ours = _document("policies/refunds")
    store.put("acme", ours)
    store.put("globex", _document("other"))
    foreign = refused(lambda: store.get("globex", Document, ours.id), NotFoundError, "get of a foreign id")
    missing = refused(lambda: store.get("globex", Document, "policies/nothing"), NotFoundError, "missing id")
    nobody = refused(lambda: store.get("initech", Document, ours.id), NotFoundError, "client without a file")
    told = "a foreign id, a missing id and an unknown client give the same text"
    hold(foreign == missing.replace("policies/nothing", ours.id) == nobody, told)
    hold("acme" not in foreign, "the error does not name the other client")
    hold(
        [document.id for document in store.find("globex", Document)] == ["other"], "find stays with a client"
    )
    hold(store.find("initech", Document) == [], "an unknown client has no records")
    hold(store.delete("globex", Document, ours.id) is False, "a foreign id cannot be deleted")
    changed = _document(ours.id, "Refunds take nine working days.")
    hold(store.put("globex", changed) is True, "two clients may use the same id")
    hold(store.get("acme", Document, ours.id) == ours, "a client does not overwrite another's record")
    for name in _ODD_CLIENTS:
        said = f"client name {name!r}"
        refused(lambda name=name: store.put(name, ours), InputError, f"put for {said}")  # type: ignore[misc]
        refused(lambda name=name: store.get(name, Document, ours.id), InputError, f"get for {said}")  # type: ignore[misc]
        refused(lambda name=name: store.find(name, Document), InputError, f"find for {said}")  # type: ignore[misc]
        refused(lambda name=name: store.delete(name, Document, ours.id), InputError, f"delete for {said}")  # type: ignore[misc]
        refused(lambda name=name: store.get_vectors(name, "e@1", ["d"]), InputError, f"vectors for {said}")  # type: ignore[misc]
    hold(store.clients() == ["acme", "globex"], "clients are sorted, and only those that were written to")


def _check_appending(store: Store) -> None:
    """Records without an id: the same one twice is one, another is another, nothing is written over."""
    at = datetime(2025, 3, 4, 10, 30, tzinfo=UTC)
    used = Feedback(contact="c1", suggestion="s1", action="used", at=at, agent="a1")
    copied = Feedback(contact="c1", suggestion="s1", action="copied", at=at, agent="a1")
    hold(store.put("acme", used) is True, "a record without id is stored")
    hold(store.put("acme", used) is False, "the same record without id again is not")
    hold(store.put("acme", copied) is True, "another one is appended")
    hold(store.find("acme", Feedback) == [used, copied], "records without id come back whole, in order")
    review = Review(
        evaluation="e1", criterion="greeting", outcome="MET", reason="It was said.", who="q1", at=at
    )
    revised = Review(evaluation="e1", criterion="greeting", outcome="NOT_MET", reason="No.", who="q2", at=at)
    hold(store.put("acme", review) and store.put("acme", revised), "a second review is appended")
    hold(store.find("acme", Review) == [review, revised], "a review is never written over")


def _check_vectors(store: Store) -> None:
    import numpy as np

    rows = np.random.default_rng(3).standard_normal((3, 16)).astype(np.float32)
    store.put_vectors("acme", "one@1", ["d0", "d1", "d2"], rows)
    known = store.get_vectors("acme", "one@1", ["d2", "nothing", "d0"])
    hold(set(known) == {"d0", "d2"}, "known digests come back, unknown ones are left out")
    hold(same(known["d0"], rows[0]) and same(known["d2"], rows[2]), "vectors come back bit by bit")
    hold(store.get_vectors("acme", "one@1", []) == {}, "no digests give no vectors")
    hold(store.get_vectors("acme", "two@1", ["d0"]) == {}, "vectors of two encoders are kept apart")
    hold(store.get_vectors("globex", "one@1", ["d0"]) == {}, "vectors of two clients are kept apart")
    store.put_vectors("acme", "two@1", ["d0"], rows[:1, :4])
    store.put_vectors("acme", "one@1", ["d0", "d3"], rows[:2])
    hold(store.get_vectors("acme", "two@1", ["d0"])["d0"].shape == (4,), "encoders may differ in dimension")
    hold(
        same(store.get_vectors("acme", "one@1", ["d3"])["d3"], rows[1]), "known and new digests may be mixed"
    )
    store.put_vectors("acme", "one@1", [], rows[:0])
    many = np.random.default_rng(4).standard_normal((1200, 4)).astype(np.float32)
    digests = [f"m{number}" for number in range(len(many))]
    store.put_vectors("acme", "many@1", digests, many)
    hold(len(store.get_vectors("acme", "many@1", digests)) == len(many), "a thousand vectors at once")


def _check_clients(store: Store) -> None:
    hold(store.clients() == [], "an empty store has no clients")
    for name in ("zebra", "Café & Co", "acme"):
        store.put(name, _document("d"))
    hold(store.clients() == sorted(["zebra", "Café & Co", "acme"]), "clients come by name, sorted")


def _check_replacing(store: Store) -> None:
    """Of two who change what both have read, the second is told."""
    read, mine, theirs = _document("d"), _document("d", "Mine."), _document("d", "Theirs.")
    refused(lambda: store.put("acme", mine, expected=read), ConflictError, "replacing what is not there")
    store.put("acme", read)
    hold(store.put("acme", mine, expected=read) is True, "replacing what was read gives True")
    refused(lambda: store.put("acme", theirs, expected=read), ConflictError, "replacing what has changed")
    hold(store.get("acme", Document, "d") == mine, "a refused replacement leaves the record as it was")


def _check_together(store: Store) -> None:
    """Many records at once: all or none, in order."""
    one, two, changed = _document("d1"), _document("d2"), _document("d1", "Changed.")
    hold(store.put_all("acme", [one, two]) == [True, True], "put_all of new records gives True for each")
    hold(store.put_all("acme", [one, two]) == [False, False], "the same again changes nothing")
    new = _document("d3")
    refused(lambda: store.put_all("acme", [new, changed]), ConflictError, "put_all of a taken id")
    hold(store.find("acme", Document) == [one, two], "a refused put_all stores nothing")
    hold(
        store.put_all("acme", [changed, new], expected=[one]) == [True, True],
        "put_all replaces what was read",
    )
    refused(
        lambda: store.put_all("acme", [_document("d4")], expected=[one]),
        ConflictError,
        "put_all when what was read has changed, though nothing replaces it",
    )
    hold(store.find("acme", Document) == [changed, two, new], "and nothing of it is stored")
    hold(store.put_all("acme", [one], supersede=True) == [True], "a superseding put_all replaces")
    hold(store.put_all("acme", []) == [], "nothing at all is stored, too")


def _check_erasing(store: Store) -> None:
    """Many erased at once; those of another client stay."""
    one, two, three = _document("d1"), _document("d2"), _document("d3")
    hold(store.delete_all("acme", Document, ["d1"]) == 0, "delete_all where nothing is gives 0")
    store.put_all("acme", [one, two, three])
    store.put("beta", one)
    hold(store.delete_all("acme", Document, ["d1", "none", "d3"]) == 2, "delete_all counts what was there")  # noqa: PLR2004 - two of the three
    hold(store.find("acme", Document) == [two], "delete_all erases what was named and nothing else")
    hold(store.find("beta", Document) == [one], "delete_all leaves other clients alone")
    hold(store.history("acme", Document, "d1") == [], "what was erased has no history")
    hold(store.delete_all("acme", Document, []) == 0, "delete_all of nothing gives 0")


def _check_history(store: Store) -> None:
    """Every revision with its moment, oldest first."""
    first, second = _document("d"), _document("d", "Changed.")
    hold(store.history("acme", Document, "d") == [], "what was never stored has no history")
    began = datetime.now(UTC) - timedelta(seconds=1)
    store.put("acme", first)
    store.put("acme", first)
    store.put("acme", second, supersede=True)
    store.put("acme", _document("other"))
    found = store.history("acme", Document, "d")
    hold([record for _, record in found] == [first, second], "history gives each revision, oldest first")
    ended = datetime.now(UTC) + timedelta(seconds=1)
    hold(all(began <= at <= ended for at, _ in found), "history says when, with a zone")
    hold(store.history("beta", Document, "d") == [], "another client's history is not there")


def _evaluated(id: str, *, agent: str, score: float, status: str) -> tuple[Transcript, Analysis, Evaluation]:
    turns = (Turn("customer", "Where is my order?"), Turn("agent", "Are you deaf?"))
    contact = Transcript(id, "acme", turns, agent=agent, started_at=datetime(2026, 3, 2, tzinfo=UTC))
    found = (Finding("tone.rude", "critical", Span(1, 0, 13), 0.9, "r@1", "demeaning"),)
    verdict = Verdict("respect", "NOT_MET", 0.0, "tone.rude", "card@1")
    evaluation = Evaluation(
        f"{id}:card", id, "d", "acme", agent, "card@1", (verdict,), score, score,
        status=status,  # type: ignore[arg-type]
        passed=False,
    )  # fmt: skip
    return contact, Analysis(id, "d", found, Scriptedness(None, None, None, 4), "f"), evaluation


def _check_register(store: Store) -> None:
    """Lines follow their records, for their client alone."""
    for number, status in enumerate(("confirmed", "draft", "confirmed")):
        for record in _evaluated(f"c{number}", agent=f"a{number % 2}", score=number / 4, status=status):
            store.put("acme", record)
    store.put("acme", Transcript("c9", "acme", (Turn("agent", "Hello."),)))
    cases = store.cases("acme", order=("-score", "contact"))
    hold([case.contact for case in cases] == ["c2", "c1", "c0", "c9"], "cases come in the order asked for")
    hold([case.status for case in cases[2:]] == ["confirmed", "unscored"], "cases say how they stand")
    hold(
        (cases[0].gravest, cases[0].severity, cases[0].week) == ("tone.rude", 3, "2026-W10"), "cases say what"
    )
    hold(
        [case.contact for case in store.cases("acme", order=("agent",))] == ["c9", "c0", "c2", "c1"],
        "equal cases come by contact",
    )
    some = store.cases("acme", {"score": Between(0.1, 0.3)}, limit=5)
    hold([case.contact for case in some] == ["c1"], "cases keep to their conditions")
    page = store.cases("acme", {"agent": ("a0", "a1")}, order=("contact",), limit=1, offset=1)
    hold([case.contact for case in page] == ["c1"], "cases come in pages")
    confirmed = store.tally("acme", "cases", ["status"], where={"status": "confirmed"}, of="score")
    hold(len(confirmed) == 1, "a tally keeps to its conditions")
    (scores,) = confirmed
    hold(
        (scores.key, scores.count, scores.total, scores.squares) == (("confirmed",), 2, 0.5, 0.25),
        "a tally sums",
    )
    (answers,) = store.tally("acme", "answers", ["criterion", "outcome"], where={"counted": True})
    hold((answers.key, answers.count) == (("respect", "NOT_MET"), 2), "answers are tallied")
    (labels,) = store.tally("acme", "labels", ["label"], where={"counted": True})
    hold((labels.key, labels.count) == (("tone.rude",), 2), "labels are tallied")
    hold(
        store.cases("globex") == [] and store.tally("globex", "cases", ["agent"]) == [],
        "a client sees its own",
    )
    refused(lambda: store.cases("acme", {"body": "x"}), InputError, "a condition on no column")
    refused(lambda: store.tally("acme", "records"), InputError, "a tally of no table")
    store.delete("acme", Evaluation, "c2:card")
    hold(
        store.cases("acme", {"contact": "c2"})[0].status == "unscored",
        "a deleted evaluation leaves the contact",
    )
    for name in _ODD_CLIENTS:
        said = f"cases for client name {name!r}"
        refused(lambda name=name: store.cases(name), InputError, said)  # type: ignore[misc]
