"""What has had its time goes, kind by kind, and what has not stays."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import InputError
from models.records import Analysis, Evaluation, Feedback, Review, Transcript
from qa.batch import DeadLetter
from storage import orders, retention
from tests.security.test_erasure import GONE, STAYS, files_with, workspace  # noqa: F401 - a fixture

NOW = datetime.now(UTC)


def age(workspace, days, *, word=GONE):  # noqa: F811 - the fixture's value
    """Make everything that names a contact older."""
    at = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with workspace._store.writing("acme") as connection:
        connection.execute("UPDATE revisions SET stored_at = ? WHERE body LIKE ?", (at, f"%{word}%"))
        # Of a contact's analysis and the like, too, where the body does not say whose it is.
        connection.execute(
            "UPDATE revisions SET stored_at = ? WHERE record IN (SELECT seq FROM records WHERE id LIKE ?)",
            (at, f"%{word}%"),
        )


def run(workspace, **given):  # noqa: F811
    return retention.run(workspace._store, workspace.audit, "acme", now=NOW, **given)


def ids(workspace, kind):  # noqa: F811
    return [getattr(one, "transcript", None) or one.id for one in workspace._store.find("acme", kind)]


@pytest.mark.parametrize(
    ("days", "transcripts", "evaluations", "letters"),
    [(13, 2, 2, 2), (15, 2, 2, 1), (91, 1, 2, 1), (366, 1, 1, 1)],
)
def test_each_kind_has_its_own_time(workspace, days, transcripts, evaluations, letters):  # noqa: F811
    age(workspace, days)
    run(workspace)
    assert len(ids(workspace, Transcript)) == len(ids(workspace, Analysis)) == transcripts
    assert len(ids(workspace, Evaluation)) == evaluations
    assert len(workspace._store.find("acme", DeadLetter)) == letters
    assert len(workspace._store.find("acme", Feedback)) == (1 if days > 30 else 2)
    assert f"contact-{STAYS}" in ids(workspace, Transcript)


def test_scores_that_outlive_their_transcript_still_count(workspace):  # noqa: F811
    age(workspace, 100)
    run(workspace)
    assert workspace._store.tally("acme", "cases")[0].count == 2
    assert workspace._store.find("acme", Review)


def test_nothing_is_left_in_any_byte(workspace):  # noqa: F811
    age(workspace, 400)
    run(workspace)
    workspace._store.close()
    own = workspace.own_folder("acme")
    assert not [name for name in files_with(own, f"contact-{GONE}") if "exports" not in name]


def test_a_second_run_finds_nothing(workspace):  # noqa: F811
    age(workspace, 400)
    assert run(workspace).gone
    events = len(workspace.audit.events("acme"))
    assert not run(workspace).gone
    assert len(workspace.audit.events("acme")) == events


def test_the_shortest_wins(workspace):  # noqa: F811
    assert retention.days_of(workspace._store, "acme")["transcripts"] == 90
    assert retention.days_of(workspace._store, "acme", {"transcripts": 30})["transcripts"] == 30
    assert retention.days_of(workspace._store, "acme", {"transcripts": 180})["transcripts"] == 90


@pytest.mark.parametrize("limits", [{"transcript": 30}, {"scores": -1}])
def test_a_limit_that_means_nothing_is_refused(workspace, limits):  # noqa: F811
    with pytest.raises(InputError):
        retention.days_of(workspace._store, "acme", limits)


def test_the_clients_own_days_hold(workspace, tmp_path):  # noqa: F811
    (tmp_path / "acme" / "client.yaml").write_text("name: acme\nretention:\n  transcripts: 0\n", "utf-8")
    workspace.ingest("acme", tmp_path / "acme")
    age(workspace, 1)
    age(workspace, 1, word=STAYS)
    kept = run(workspace)
    assert kept.days["transcripts"] == 0
    assert ids(workspace, Transcript) == []


def test_what_is_held_outlives_its_time(workspace):  # noqa: F811
    orders.hold(
        workspace._store, "acme", f"contact-{GONE}", who="counsel", reason="a claim", audit=workspace.audit
    )
    age(workspace, 400)
    assert run(workspace).held == 1
    assert f"contact-{GONE}" in ids(workspace, Transcript)


def test_a_contact_that_had_its_time_may_come_again(workspace):  # noqa: F811
    before = workspace._store.get("acme", Transcript, f"contact-{GONE}")
    age(workspace, 100)
    run(workspace)
    workspace.add_transcripts("acme", [before])
    assert f"contact-{GONE}" in ids(workspace, Transcript)
