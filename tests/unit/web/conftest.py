"""Two small clients in a folder, people with keys for each, and the application without pages."""

import pytest

from models.encoders import HashingEncoder
from models.records import Document, Transcript, Turn
from qa import Scorecard
from storage.access import AccessKeys
from tests.serving import serving
from web.workspace import Workspace

CANARIES = {"Acme": "quokka", "Beta": "narwhal"}
CARD = """
name: short
version: 1
title: Short
sections:
  - ref: s
    title: Manner
    criteria:
      - ref: rude
        question: Was the agent polite?
        check: {found: [tone.rude], at_most: 0}
        weight: 10
"""


def fill(workspace: Workspace) -> None:
    for client, canary in CANARIES.items():
        kb = workspace.knowledge_base(client, create=True)
        kb.add(
            [
                Document(
                    id="policies/refunds",
                    title=f"Refunds {canary}",
                    kind="faq",
                    text=f"# How long does a refund take?\n\nA refund takes ten working days at {client}. The word is {canary}.\n",
                )
            ]
        )
        workspace.add_scorecard(client, Scorecard.parse(CARD))
        transcript = Transcript(
            id=f"call-{client.lower()}",
            client=client,
            agent="Ana",
            turns=(
                Turn("customer", f"My {canary} is broken."),
                Turn("agent", "I am sorry to hear that. I will send a new one today."),
            ),
        )
        workspace.add_transcripts(client, [transcript])
        workspace.score(client, workspace.contact(client, transcript.id).transcript, keep=True)


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("data"), encoder=HashingEncoder())
    fill(workspace)
    return workspace


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "data", encoder=HashingEncoder())
    fill(made)
    return made


PEOPLE = (
    ("ana", "Ana", "agent", "Acme"),
    ("bob", "Bob", "agent", "Acme"),
    ("lea", "Lea", "qa", "Acme"),
    ("adi", "Adi", "admin", "Acme"),
    ("ben", "Ana", "agent", "Beta"),
    ("bea", "Bea", "qa", "Beta"),
)


@pytest.fixture(scope="session")
def keys(filled):
    made = AccessKeys(filled.folder)
    return {short: made.issue(name, role, client) for short, name, role, client in PEOPLE}


@pytest.fixture(scope="session")
def app(filled):
    from web.server import create_app

    return create_app(filled, pages=())


@pytest.fixture
def client_of(app, keys):
    """A TestClient for one of the people, by key; `client_of(None)` is nobody."""
    from starlette.testclient import TestClient

    def make(who, **options):
        client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False, **options)
        if who is not None:
            client.headers["Authorization"] = f"Bearer {keys[who]}"
        return client

    return make


@pytest.fixture
def browser_of(app, keys):
    """A TestClient that signed in through the page, as a browser on this machine does."""
    from starlette.testclient import TestClient

    def make(who, base="http://127.0.0.1:8000"):
        client = TestClient(app, base_url=base, follow_redirects=False)
        client.headers["Origin"] = base
        client.headers["Sec-Fetch-Site"] = "same-origin"
        if who is not None:
            answer = client.post("/login", data={"key": keys[who]})
            assert answer.status_code == 303, answer.text
        return client

    return make


@pytest.fixture(scope="session")
def served(app):
    with serving(app) as address:
        yield address


@pytest.fixture
def call(tmp_path):
    """The guard alone, with three people who came in; see `tests.unit.web.calling`."""
    from tests.unit.web.calling import Caller

    made = Caller(tmp_path)
    made.key = made.person("ana", "agent")
    made.person("bob", "agent")
    made.person("lea", "qa")
    return made
