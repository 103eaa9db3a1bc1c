from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from models.errors import ConflictError, InputError
from models.records import (
    Analysis,
    Between,
    Evaluation,
    Finding,
    Scriptedness,
    Span,
    Transcript,
    Turn,
    Verdict,
)
from storage import MemoryStore, open_store
from storage.migrations import MIGRATIONS
from storage.opening import open_file


def contact(id, *, agent="a1", day=1, **told):
    turns = (Turn("customer", "Where is my order?", confidence=0.8), Turn("agent", "It left this morning."))
    started = datetime(2026, 3, day, 9, tzinfo=UTC)
    return Transcript(id, "acme", turns, agent=agent, channel="voice", started_at=started, metadata=told)


def analysis(id, *findings):
    return Analysis(id, "digest", findings, Scriptedness(30.0, 20.0, 40.0, 80), "print")


def finding(label="tone.rude", severity="critical"):
    return Finding(label, severity, Span(1, 0, 2), 0.9, "rules@1", "because")


def evaluation(id, *, score=0.5, status="draft", card="service", agent="a1", failed=()):
    verdicts = (
        Verdict("greeting", "MET", 1.0, "said", f"{card}@1"),
        Verdict("empathy", "NOT_MET", 0.0, "not said", "lead"),
    )
    return Evaluation(
        f"{id}:{card}", id, "digest", "acme", agent, f"{card}@1", verdicts, score, score, status=status,
        passed=score >= 0.8, auto_failed=failed,
    )  # fmt: skip


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else open_store(tmp_path)


def test_a_contact_has_a_line_before_it_is_scored(store):
    store.put("acme", contact("c1", reason="delivery", csat=4))
    (case,) = store.cases("acme")
    assert (case.contact, case.agent, case.status, case.waiting) == ("c1", "a1", "unscored", True)
    assert (case.day, case.week, case.reason, case.csat, case.heard) == (
        "2026-03-01",
        "2026-W09",
        "delivery",
        4,
        0.8,
    )
    assert case.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (case.evaluation, case.score, case.passed) == (None, None, None)


def test_lines_follow_their_records(store):
    store.put("acme", contact("c1"))
    store.put("acme", analysis("c1", finding(), finding("tone.curt", "minor")))
    store.put("acme", evaluation("c1", failed=("empathy",)))
    (case,) = store.cases("acme")
    assert (case.status, case.score, case.passed, case.failed) == ("draft", 0.5, False, 1)
    assert case.auto_failed == "empathy"
    assert (case.gravest, case.severity, case.findings, case.scriptedness) == ("tone.rude", 3, 2, 30.0)

    store.put("acme", evaluation("c1", score=0.9, status="confirmed"), supersede=True)
    (case,) = store.cases("acme")
    assert (case.status, case.waiting, case.score, case.passed) == ("confirmed", False, 0.9, True)

    store.put("acme", evaluation("c1", card="chat"))
    assert [case.scorecard for case in store.cases("acme")] == ["service@1", "chat@1"]
    store.delete("acme", Evaluation, "c1:service")
    store.delete("acme", Evaluation, "c1:chat")
    (case,) = store.cases("acme")
    assert (case.status, case.evaluation) == ("unscored", None)
    store.delete("acme", Transcript, "c1")
    assert store.cases("acme") == []
    assert store.tally("acme", "labels", ["label"]) == []


def test_conditions_order_and_pages(store):
    for number in range(6):
        store.put("acme", contact(f"c{number}", agent=f"a{number % 2}", day=number + 1))
        if number:
            store.put("acme", evaluation(f"c{number}", score=number / 10, agent=f"a{number % 2}"))
    ids = [case.contact for case in store.cases("acme", order=("-score", "contact"))]
    assert ids == ["c5", "c4", "c3", "c2", "c1", "c0"]
    assert [case.contact for case in store.cases("acme", order=("score",), limit=2, offset=1)] == ["c1", "c2"]
    assert [c.contact for c in store.cases("acme", {"day": Between("2026-03-02", "2026-03-04")})] == [
        "c1",
        "c2",
    ]
    assert [c.contact for c in store.cases("acme", {"agent": ("a1",), "score": Between(0.2)})] == ["c3", "c5"]
    assert [c.contact for c in store.cases("acme", {"score": None})] == ["c0"]
    assert [c.contact for c in store.cases("acme", {"waiting": True, "status": "unscored"})] == ["c0"]


def test_tallies(store):
    for number, status in enumerate(("confirmed", "confirmed", "draft")):
        store.put("acme", contact(f"c{number}"))
        store.put("acme", analysis(f"c{number}", finding(), finding()))
        store.put("acme", evaluation(f"c{number}", score=0.5 + number / 10, status=status))
    (confirmed, draft) = store.tally("acme", "cases", ["status"], of="score")
    assert (confirmed.key, confirmed.count, round(confirmed.mean, 6)) == (("confirmed",), 2, 0.55)
    assert round(confirmed.squares, 6) == 0.61
    assert draft.key == ("draft",)
    answers = store.tally("acme", "answers", ["criterion", "outcome"], where={"counted": True})
    assert [(tally.key, tally.count) for tally in answers] == [
        (("empathy", "NOT_MET"), 2),
        (("greeting", "MET"), 2),
    ]
    store.put("acme", analysis("c0", finding(), finding(severity="minor")), supersede=True)
    (label,) = store.tally("acme", "labels", ["label", "severity"], where={"counted": True}, of="times")
    assert (label.key, label.count, label.total) == (("tone.rude", 3), 2, 4.0), "the gravest counts"
    assert store.tally("acme", "cases", where={"agent": "nobody"})[0].count == 0


def test_of_two_who_change_what_both_read_the_second_is_told(store):
    first, mine, theirs = evaluation("c1"), evaluation("c1", score=0.8), evaluation("c1", score=0.1)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        store.put("acme", mine, expected=first)
    store.put("acme", first)
    assert store.put("acme", mine, expected=first)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        store.put("acme", theirs, expected=first)
    assert store.get("acme", Evaluation, first.id) == mine


def test_only_known_columns_and_only_this_client(store):
    store.put("acme", contact("c1"))
    for call in (
        lambda: store.cases("acme", {'agent" OR 1': 1}),
        lambda: store.cases("acme", order=("-nothing",)),
        lambda: store.tally("acme", "records"),
        lambda: store.tally("acme", "cases", ["body"]),
        lambda: store.tally("acme", "cases", of="body"),
    ):
        with pytest.raises(InputError, match=r"no table|no column"):
            call()
    assert store.cases("globex") == []
    assert [tally.count for tally in store.tally("globex", "cases")] == [0]


def test_an_older_file_gets_its_register(tmp_path):
    path = tmp_path / "old.sqlite"
    connection = open_file(path, prepare=lambda opened: MIGRATIONS[0](opened))
    from models.codec import to_json

    for seq, record in enumerate(
        (contact("c1"), analysis("c1", finding()), evaluation("c1"), contact("c2")), 1
    ):
        connection.execute("INSERT INTO records VALUES (?, ?, ?, 1)", (seq, type(record).__name__, record.id))
        connection.execute("INSERT INTO revisions VALUES (?, 1, 'd', ?, 'now')", (seq, to_json(record)))
    MIGRATIONS[1](connection)
    rows = connection.execute("SELECT contact, status, severity FROM cases").fetchall()
    assert rows == [("c1", "draft", 3), ("c2", "unscored", 0)]
    assert connection.execute("SELECT count(*) FROM answers").fetchall() == [(2,)]


def test_equals_come_by_contact_whatever_was_made_anew(store):
    for id in ("c2", "c1", "c3"):
        store.put("acme", contact(id))
        store.put("acme", evaluation(id))
        store.put("acme", evaluation(id, card="chat"))
    store.put("acme", evaluation("c2", status="confirmed"), supersede=True)
    wanted = [f"{id}:{card}" for id in ("c1", "c2", "c3") for card in ("service", "chat")]
    assert [case.evaluation for case in store.cases("acme")] == wanted
    assert [case.evaluation for case in store.cases("acme", order=("-agent",), limit=2)] == wanted[:2]


def test_an_evaluation_that_turns_out_to_be_of_another_contact_has_one_line(store):
    store.put_all("acme", [contact("c1"), contact("c2"), evaluation("c1")])
    store.put("acme", replace(evaluation("c1"), transcript="c2"), supersede=True)
    assert [(case.contact, case.evaluation) for case in store.cases("acme")] == [
        ("c1", None),
        ("c2", "c1:service"),
    ]


def test_many_records_at_once_have_their_lines_or_none_is_stored(store):
    draft = evaluation("c1")
    store.put_all("acme", [contact("c1"), draft])
    confirmed = replace(draft, status="confirmed")
    store.put_all("acme", [confirmed, analysis("c1", finding())], expected=[draft])
    with pytest.raises(ConflictError, match="c1:service"):
        store.put_all("acme", [replace(draft, status="disputed"), contact("c9")], expected=[draft])
    (case,) = store.cases("acme")
    assert (case.status, case.gravest) == ("confirmed", "tone.rude")


def test_as_many_digests_as_vectors(store):
    with pytest.raises(InputError, match="2 digests for 1 rows"):
        store.put_vectors("acme", "e@1", ["d1", "d2"], np.zeros((1, 4), dtype="float32"))
    assert store.get_vectors("acme", "e@1", ["d1"]) == {}
