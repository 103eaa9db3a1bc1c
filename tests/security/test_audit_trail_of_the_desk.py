"""What people do leaves an event, whichever way they did it."""

from pathlib import Path

import pytest

from tests.security.test_erasure import GONE, workspace  # noqa: F401 - a fixture
from web import desk, key_commands
from web.terminal import Terminal


def actions(workspace, client="acme"):  # noqa: F811
    return [event.action for event in workspace.audit.events(client)]


def test_what_was_stored_by_people_is_in_the_audit(workspace):  # noqa: F811
    found = set(actions(workspace))
    assert {
        "document.store",
        "scorecard.publish",
        "evaluation.confirmed",
        "evaluation.answer",
        "dispute.open",
        "coaching.note",
        "calibration.open",
        "sample.draw",
        "phrase.approved",
    } <= found
    assert workspace.audit.verify("acme") == []


def test_a_confirmation_says_who_and_from_what_to_what(workspace):  # noqa: F811
    evaluation = workspace.contact("acme", f"contact-{GONE}").evaluation
    desk.review(workspace, "acme", evaluation.id, [], who="Robin")
    event = workspace.audit.events("acme")[0]
    assert (event.action, event.who, event.of) == ("evaluation.confirmed", "Robin", evaluation.id)
    assert (event.before, event.after) == ("draft", "confirmed")


def test_a_live_turn_leaves_none(workspace):  # noqa: F811
    from models.records import Turn

    before = actions(workspace)
    workspace.hear("acme", "live-1", [Turn("customer", "How long does a refund take?")])
    assert actions(workspace) == before


@pytest.mark.parametrize("revoke", [False, True])
def test_keys_are_issued_and_revoked_on_record(workspace, capsys, revoke):  # noqa: F811
    folder: Path = workspace.folder
    key_commands.issue_key(folder, Terminal(as_json=True), "Sam", "qa", "acme", days=None)
    if revoke:
        prefix = workspace.audit.events("acme")[0].of
        key_commands.revoke_key(folder, Terminal(as_json=True), prefix)
    assert actions(workspace)[0] == ("key.revoke" if revoke else "key.issue")
    assert capsys.readouterr().out
