"""Nobody changes the audit unseen, and an erasure takes the words and leaves the events (promise P26)."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage.audit import AuditTrail
from tests.evidence import audit as trial

CANARY = "kumquat"


@pytest.fixture
def trail(tmp_path):
    made = AuditTrail(tmp_path)
    for number in range(8):
        made.note(
            "acme",
            who=f"reviewer {number % 2}",
            action="transcript.read",
            of=f"contact-{number}",
            reason="asked",
        )
        made.note("globex", who="ann", action="evaluation.confirm", of=f"contact-{number}", before="draft")
    made.anchor()
    return made


def tamper(trail, *statements, client="acme"):
    path = trail._path(client)
    trail.close()
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def told(trail, client="acme"):
    return [(one.number, one.what.partition(":")[0]) for one in trail.verify(client)]


def test_a_chain_that_nobody_touched_holds(trail):
    assert told(trail) == told(trail, "globex") == []
    assert [event.number for event in trail.events("acme")] == list(range(8, 0, -1))


@pytest.mark.parametrize(
    ("statements", "where", "what"),
    [
        (
            ["UPDATE events SET body = replace(body, 'transcript.read', 'transcript.sent') WHERE number = 3"],
            3,
            "edited",
        ),
        (["UPDATE words SET text = 'somebody' WHERE number = 4 AND field = 'who'"], 4, "edited"),
        (["DELETE FROM words WHERE number = 4 AND field = 'who'"], 4, "deleted"),
        (["DELETE FROM events WHERE number = 5"], 5, "deleted"),
        (["DELETE FROM events WHERE number > 6"], 7, "cut"),
        (["DELETE FROM events WHERE number < 3", "INSERT INTO base VALUES (2, 'x', 'y')"], 2, "edited"),
        (
            [
                "UPDATE events SET number = 100 WHERE number = 2",
                "UPDATE events SET number = 2 WHERE number = 3",
            ],
            2,
            "moved",
        ),
        (["UPDATE events SET at = '2020-01-01' WHERE number = 3"], 3, "moved"),
        (["DELETE FROM events", "DELETE FROM words"], 1, "cut"),
        (["INSERT INTO words VALUES (2, 'after', 'planted')"], 2, "edited"),
    ],
)
def test_a_change_is_seen_where_it_was_made(trail, statements, where, what):
    tamper(trail, *statements)
    assert (where, what) in told(trail)


def test_a_file_of_another_client_does_not_pass(trail):
    acme, globex = trail._path("acme"), trail._path("globex")
    trail.close()
    acme.write_bytes(globex.read_bytes())
    assert (1, "swapped") in told(trail)


def test_a_file_that_is_gone_is_missed(trail):
    path = trail._path("acme")
    trail.close()
    path.unlink()
    assert [number for number, _ in told(trail)] == [0]


def test_an_older_copy_of_the_file_is_a_cut_tail(trail):
    path = trail._path("acme")
    trail.close()
    before = path.read_bytes()
    trail.note("acme", who="ann", action="evaluation.resolve", of="contact-1")
    trail.anchor()
    trail.close()
    path.write_bytes(before)
    assert (9, "cut") in told(trail)


def test_without_an_anchor_a_cut_tail_passes(trail, tmp_path):
    """Said in the documents: the reason why the anchor belongs on another machine."""
    tamper(trail, "DELETE FROM events WHERE number > 6", "DELETE FROM words WHERE number > 6")
    assert trail.verify("acme", anchor=tmp_path / "nowhere") == []
    assert trail.verify("acme") != []


def test_an_erasure_takes_the_words_and_leaves_the_events(trail, tmp_path):
    trail.note("acme", who=CANARY, action="transcript.read", of=f"contact-{CANARY}", reason=f"the {CANARY}")
    gone = trail.forget(
        "acme", {f"contact-{CANARY}", CANARY}, who="officer", action="erase.person", of=CANARY
    )
    assert gone == 3
    assert told(trail) == []
    event = trail.events("acme")[1]
    assert (event.number, event.who, event.action) == (9, "erased", "transcript.read")
    trail.close()
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


def test_an_erasure_covers_nothing_that_comes_after_it(trail):
    trail.forget("acme", {"contact-3"}, who="officer", action="erase.contact", of="contact-3")
    trail.note("acme", who="ann", action="transcript.read", of="contact-3")
    tamper(trail, "DELETE FROM words WHERE number = 10 AND field = 'of'")
    assert (10, "deleted") in told(trail)


def test_what_is_old_goes_and_the_chain_holds_from_there(trail):
    tamper(trail)  # close
    assert trail.cut("acme", datetime.now(UTC) - timedelta(days=400)) == 0
    assert trail.cut("acme", datetime.now(UTC) + timedelta(seconds=1)) == 8
    trail.note("acme", who="ann", action="transcript.read", of="contact-1")
    assert told(trail) == []
    assert trail.events("acme")[0].number == 9


def test_words_that_people_typed_are_redacted(trail):
    trail.note("acme", who="ann", action="evaluation.confirm", of="c", reason="card 4111 1111 1111 1111")
    assert "4111 1111" not in trail.events("acme")[0].reason


def test_two_processes_write_one_chain(trail, tmp_path):
    other = AuditTrail(tmp_path)
    for number in range(5):
        (trail if number % 2 else other).note("acme", who="ann", action="transcript.read", of=f"c{number}")
    assert told(trail) == told(other) == []
    assert len(trail.events("acme")) == 13


@pytest.mark.parametrize("n", [60, pytest.param(2_000, marks=pytest.mark.nightly)])
def test_random_tampering_is_always_seen(tmp_path, n):
    outcome = trial.run(n, 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried == n
