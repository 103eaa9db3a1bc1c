"""No client ever sees another's data, by any call of the workspace."""

import pytest

from models.codec import to_json
from models.encoders import HashingEncoder
from models.errors import InputError, NotFoundError
from models.records import Transcript, Turn
from qa.scorecards import Scorecard
from tests.unit.qa.test_scorecards import CARD
from web.workspace import Workspace

CANARY = {"acme": "zebrawood", "globex": "quartzite"}


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace(tmp_path / "data", encoder=HashingEncoder())
    for client, canary in CANARY.items():
        folder = tmp_path / client
        folder.mkdir()
        (folder / "policy.md").write_text(
            f"# Refunds\n\nA {canary} refund takes 30 days from delivery.", "utf-8"
        )
        opened.ingest(client, folder)
        opened.add_scorecard(client, Scorecard.parse(CARD))
        turns = (
            Turn("customer", f"How long does a {canary} refund take?"),
            Turn("agent", f"The {canary} refund takes 30 days."),
        )
        transcript = Transcript("c1", client, turns, agent="a1")
        opened.add_transcripts(client, [transcript])
        opened.score(client, transcript, keep=True)
    return opened


@pytest.mark.parametrize(("client", "other"), [("acme", "globex"), ("globex", "acme")])
def test_nothing_of_another_client_is_seen(workspace, client, other):
    canary = CANARY[other]
    seen = [
        workspace.search(client, f"how long does a {canary} refund take", limit=50),
        workspace.hear(client, "live", [Turn("customer", "How long does a refund take for my order?")]),
        workspace.queue(client),
        workspace.transcripts(client),
        workspace.contact(client, "c1").transcript,
        workspace.contact(client, "c1").analysis,
        workspace.check(client, "A refund takes 90 days from delivery."),
    ]
    assert CANARY[client] in to_json({"seen": seen})
    assert canary not in to_json({"seen": seen})


def test_live_contacts_of_two_clients_with_one_id_are_apart(workspace):
    workspace.hear("acme", "same", [Turn("customer", "acme words")])
    assert workspace.session("globex", "same").transcript.turns == ()


def test_a_foreign_id_looks_like_one_that_never_was(workspace):
    only_acme = Transcript("only-acme", "acme", (Turn("agent", "hello"),))
    workspace.add_transcripts("acme", [only_acme])
    with pytest.raises(NotFoundError) as foreign:
        workspace.contact("globex", "only-acme")
    with pytest.raises(NotFoundError) as missing:
        workspace.contact("globex", "never-was")
    assert str(foreign.value).replace("only-acme", "") == str(missing.value).replace("never-was", "")


def test_a_contact_of_one_client_cannot_be_given_to_another(workspace):
    foreign = Transcript("c9", "acme", (Turn("agent", "hello"),))
    with pytest.raises(InputError):
        workspace.add_transcripts("globex", [foreign])
    with pytest.raises(InputError):
        workspace.analyse("globex", foreign)


@pytest.mark.parametrize("client", ["../../x", "", "nobody"])
def test_unknown_clients_get_an_error_and_no_folder(workspace, client):
    before = sorted(workspace.folder.rglob("*"))
    with pytest.raises((InputError, NotFoundError)):
        workspace.search(client, "refund")
    assert sorted(workspace.folder.rglob("*")) == before
