"""What an administrator may do, for which client, and what is noted of it. No browser."""

import re

import pytest
from starlette.testclient import TestClient

from knowledge_base import publishing
from knowledge_base.client_file import parse_profile
from knowledge_base.publishing import Proposal
from models.encoders import HashingEncoder
from models.errors import ConflictError, InputError, NotFoundError, UnscriptedError
from models.records import Document
from storage.access import Principal
from tests.unit.web.conftest import CANARIES, CARD
from web import admin, admin_people, admin_standards
from web.admin import office_of
from web.admin_page import _ACTIONS, acted, viewed
from web.admin_settings import starter
from web.admin_views import FOR_ALL, SECTIONS
from web.api import Readiness
from web.problems import Refused
from web.reader import Reader
from web.server import create_app
from web.sign_in import SERVER
from web.workspace import Workspace

OWNER = Principal("Ada", "admin", "Acme", "p-ada", owner=True)
ALL = Principal("Ada", "admin", "", "p-ada", owner=True)
ADMIN = Principal("Bo", "admin", "Acme", "p-bo")
OTHER = Principal("Cy", "admin", "Beta", "p-cy")
HOSTILE = "<img src=x onerror=alert(1)>"
OWNERS_ONLY = {"client.make", "person.add", "person.reset", "person.grant", "person.put_out", "person.let_in"}
FILES = [("refunds.md", b"# Refunds\n\nA refund takes twenty working days now.\n")]


@pytest.fixture(scope="module")
def settled(filled):
    """Two whole clients that nobody changes."""
    return office_of(filled)


@pytest.fixture
def office(tmp_path):
    """Two clients with a document each, to change."""
    workspace = Workspace(tmp_path / "data", encoder=HashingEncoder())
    for client in CANARIES:
        text = f"# How long does a refund take?\n\nA refund takes ten working days at {client}.\n"
        document = Document(id="policies/refunds", title="Refunds", kind="faq", text=text)
        workspace.knowledge_base(client, create=True).add([document])
    return office_of(workspace)


def with_four_eyes(office):
    admin.change_client(office, ADMIN, title="Acme", colour="#aa3366", language="en", four_eyes=True)


def done(office, client):
    """What people did here, newest first; what the store notes by itself left out."""
    ours = {"client.make", "client.change", "document.propose", "document.publish"}
    return [one.action for one in office.audit.events(client) if one.action in ours]


def see(office, who, section, **said):
    reader = Reader(office.workspace, who, "en")
    return viewed(office, Readiness(office.workspace, office.keys), reader, {"section": section, **said})


def do(office, who, action, **said):
    return acted(office, Reader(office.workspace, who, "en"), {"do": action, **said})


# -- rights ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["agent", "qa"])
@pytest.mark.parametrize("action", sorted(_ACTIONS))
def test_only_administrators_act(settled, role, action):
    with pytest.raises(Refused):
        do(settled, Principal("Eve", role, "Acme", "p-eve", owner=True), action, id="x", reason="x")


@pytest.mark.parametrize("action", sorted(OWNERS_ONLY))
def test_what_is_for_owners(settled, action):
    said = {"id": "p-bo", "client": "Gamma", "name": "N", "login": "l", "role": "agent", "colour": "#aa3366"}
    before = settled.people.list(), settled.workspace.clients()
    with pytest.raises(Refused):
        do(settled, ADMIN, action, **said)
    assert (settled.people.list(), settled.workspace.clients()) == before


@pytest.mark.parametrize("section", [*SECTIONS, "document", "nothing", "", None, 7, "../x"])
def test_sections_show_the_own_client_alone(settled, section):
    html = "".join(str(part) for part in see(settled, ADMIN, section, id="policies/refunds").values())
    assert CANARIES["Beta"] not in html
    assert "Beta" not in html


@pytest.mark.parametrize("section", [one for one in SECTIONS if one not in FOR_ALL])
def test_before_a_client_is_chosen_only_what_is_about_all(settled, section):
    assert see(settled, ALL, section)["section"] == "overview"


@pytest.mark.parametrize("action", sorted(set(_ACTIONS) - OWNERS_ONLY - {"person.revoke", "audit.verify"}))
def test_what_needs_a_client(settled, action):
    said = {
        "id": "x",
        "prefix": "x",
        "reason": "x",
        "text": "a: 1",
        "name": "N",
        "role": "agent",
        "line": "x",
    }
    with pytest.raises((ConflictError, UnscriptedError)) as refused:
        do(settled, ALL, action, **said)
    assert "choose a client" in str(refused.value)


def test_another_clients_things_are_not_there(office):
    key = admin_people.issue_key(office, OTHER, "Tel", "agent", days=1)
    with_four_eyes(office)
    admin.receive_documents(office, ADMIN, FILES, folder="policies")
    (proposal,) = publishing.waiting(office.workspace.knowledge_base("Acme"))
    bo = office.people.add("b@example.com", "B")
    office.people.grant(bo.id, "Beta", "agent", by="Ada")
    with pytest.raises(NotFoundError):
        admin_people.revoke_key(office, ADMIN, key.split("_")[1])
    with pytest.raises(NotFoundError):
        admin_people.revoke_grant(office, ADMIN, bo.id, "Beta", "agent")
    with pytest.raises(NotFoundError):
        admin.publish_proposal(office, OTHER, proposal.id)
    assert office.keys.entry(key) is not None
    assert office.people.get(bo.id).grants != ()
    assert "b@example.com" not in see(office, ADMIN, "people")["main"]
    assert "b@example.com" in see(office, OTHER, "people")["main"]


# -- clients and settings --------------------------------------------------------------------


def test_making_a_client(office):
    assert (
        admin.make_client(office, ALL, "Gamma", title="Gamma & Co", colour="#112233", language="nl")
        == "Gamma"
    )
    profile = office.workspace.knowledge_base("Gamma").profile
    assert (profile.name, profile.colour, profile.language) == ("Gamma & Co", "#112233", "nl")
    for name in ("gamma", SERVER, "acme"):
        with pytest.raises(ConflictError):
            admin.make_client(office, ALL, name)
    for wrong in ({"client": "../../x"}, {"colour": "red;}"}, {"colour": '#11"223'}, {"language": "english"}):
        with pytest.raises(InputError):
            admin.make_client(office, ALL, **{"client": "Delta", **wrong})
    assert done(office, "Gamma") == ["client.make"]


def test_the_configuration_can_be_read_back(office):
    with_four_eyes(office)
    admin_standards.save_moments(office, ADMIN, "- id: cancel\n  when: [cancel]\n  alert: Say how\n")
    profile = office.workspace.knowledge_base("Acme").profile
    read, _ = parse_profile(admin.configuration(profile), "Acme")
    assert publishing.wants_four_eyes(read)
    assert (read.name, read.colour) == (profile.name, profile.colour)
    assert [one["id"] for one in read.moments] == ["cancel"]


# -- documents -------------------------------------------------------------------------------


def test_without_four_eyes_a_file_is_published_and_noted(office):
    received = admin.receive_documents(office, ADMIN, FILES, folder="policies")
    assert received.published == ("policies/refunds",)
    assert "twenty" in office.workspace.search("Acme", "How long does a refund take?")[0].passage.text
    assert admin.receive_documents(office, ADMIN, FILES, folder="policies").unchanged == ("policies/refunds",)
    (event,) = [one for one in office.audit.events("Acme") if one.action == "document.publish"]
    assert (event.action, event.of, event.who) == ("document.publish", "policies/refunds", "Bo")
    assert "twenty" in see(office, ADMIN, "document", id="policies/refunds")["main"]
    assert "ten working days" in see(office, ADMIN, "document", id="policies/refunds")["main"]


def test_four_eyes(office):
    with_four_eyes(office)
    received = admin.receive_documents(office, ADMIN, FILES, folder="policies")
    assert (received.published, received.proposed) == ((), ("policies/refunds",))
    found = office.workspace.search("Acme", "How long does a refund take?")
    assert "twenty" not in " ".join(hit.passage.text for hit in found)
    (proposal,) = publishing.waiting(office.workspace.knowledge_base("Acme"))
    by_key = Principal("Tel", "admin", "Acme")
    namesake = Principal("Bo", "admin", "Acme")
    for who in (ADMIN, by_key, namesake):
        with pytest.raises(ConflictError):
            admin.publish_proposal(office, who, proposal.id)
    assert admin.publish_proposal(office, OWNER, proposal.id).document.id == "policies/refunds"
    assert "twenty" in office.workspace.search("Acme", "How long does a refund take?")[0].passage.text
    for decide in (
        lambda: admin.publish_proposal(office, OWNER, proposal.id),
        lambda: admin.reject_proposal(office, OWNER, proposal.id, "no"),
    ):
        with pytest.raises(ConflictError):
            decide()
    assert done(office, "Acme") == ["document.publish", "document.propose", "client.change"]


def test_four_eyes_hold_for_programs_too(office):
    from web import documents

    with_four_eyes(office)
    with pytest.raises(ConflictError, match="two people"):
        documents.publish(office.workspace, "Acme", Document(id="faq/x", text="Words."), who="Tel")


def test_a_proposal_against_an_older_version_is_not_published(office):
    with_four_eyes(office)
    admin.receive_documents(office, ADMIN, FILES, folder="policies")
    kb = office.workspace.knowledge_base("Acme")
    (proposal,) = publishing.waiting(kb)
    kb.add([Document(id="policies/refunds", text="# Refunds\n\nA refund takes two days.\n")])
    with pytest.raises(ConflictError, match="changed meanwhile"):
        admin.publish_proposal(office, OWNER, proposal.id)
    admin.reject_proposal(office, OWNER, proposal.id, "older")
    assert kb.store.get("Acme", Proposal, proposal.id).state == "rejected"
    assert publishing.waiting(kb) == []


def test_a_card_number_in_a_draft_is_masked_before_it_is_kept(office):
    with_four_eyes(office)
    text = b"# Paying\n\nAn example: 4111 1111 1111 1111.\n"
    admin.receive_documents(office, ADMIN, [("paying.md", text)])
    (proposal,) = publishing.waiting(office.workspace.knowledge_base("Acme"))
    assert "1111 1111 1111" not in proposal.document.text
    whole = b"".join(path.read_bytes() for path in office.workspace.folder.rglob("*.sqlite*"))
    assert b"4111 1111 1111 1111" not in whole


def test_withdrawing_takes_it_out_of_force_and_keeps_it(office):
    admin.withdraw_document(office, ADMIN, "policies/refunds")
    assert office.workspace.search("Acme", "How long does a refund take?") == []
    assert "out of force" in see(office, ADMIN, "documents")["main"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc/passwd.md", ""),
        ("..\\\\x.md", ""),
        (".hidden.md", ""),
        ("a.md", "../.."),
        ("a.md", "/abs"),
        ("a.md", "a/b/c/d/e"),
    ],
)
def test_names_lead_nowhere_else(office, name, folder):
    try:
        received = admin.receive_documents(
            office, ADMIN, [(name, b"# Words\n\nSome words here.\n")], folder=folder
        )
    except InputError:
        return
    assert all(re.fullmatch(r"[\w-]+(?:/[\w-]+)*", id) for id in received.published)


def test_bad_files_stop_no_good_one(office):
    files = [*FILES, ("x.exe", b"MZ"), ("refunds.md", b"twice"), ("broken.pdf", b"%PDF-1.4 nothing")]
    received = admin.receive_documents(office, ADMIN, files)
    assert received.published == ("refunds",)
    assert {one.path for one in received.rejected} == {"x.exe", "refunds.md", "broken.pdf"}


# -- people and keys -------------------------------------------------------------------------


def test_a_person_is_made_with_a_link_and_a_grant(office):
    answer = do(office, OWNER, "person.add", name="Cy", login="cy@example.com", client="acme", role="agent")
    token = answer["once"]["path"].partition("token=")[2]
    person = office.people.linked(token)
    assert [(one.client, one.role) for one in person.grants] == [("Acme", "agent")]
    assert token not in repr(office.audit.events(SERVER)) + repr(office.audit.events("Acme"))
    with pytest.raises(NotFoundError):
        do(office, OWNER, "person.grant", id=person.id, client="Gamma", role="agent")
    with pytest.raises(InputError):
        do(office, OWNER, "person.grant", id=person.id, client="Acme", role="boss")


def test_a_key_is_shown_once(office):
    key = do(office, ADMIN, "key.issue", name="Tel", role="agent", days="30")["once"]["value"]
    assert office.keys.entry(key).principal == Principal("Tel", "agent", "Acme")
    page = see(office, ADMIN, "keys")["main"]
    assert key not in page
    assert key.split("_")[1] in page
    do(office, ADMIN, "key.revoke", prefix=key.split("_")[1])
    assert office.keys.entry(key) is None


@pytest.mark.parametrize("days", ["0", "-1", "99999", "x", 1.5, True])
def test_days_of_a_key(office, days):
    if days == "0":
        days = "0000"
    with pytest.raises(InputError):
        do(office, ADMIN, "key.issue", name="Tel", role="agent", days=days)


# -- settings --------------------------------------------------------------------------------


def test_settings_are_checked_and_then_taken_whole(office):
    text = """
name: Acme Ltd
authority: {goodwill_credit: 25}
brands: [Acme]
retention: {transcripts: 30}
disclosures: [{document: disclosures/notice, when: always, deadline: opening}]
colur: red
"""
    checked = do(office, ADMIN, "settings.check", text=text)
    assert checked["stay"]
    told = " ".join(one["text"] for one in checked["lines"])
    assert "colur" in told
    assert "disclosures/notice" in told
    assert office.workspace.knowledge_base("Acme").profile.authority == {}
    do(office, ADMIN, "settings.save", text=text)
    profile = office.workspace.knowledge_base("Acme").profile
    assert (profile.name, profile.brands, profile.retention) == ("Acme Ltd", ("Acme",), {"transcripts": 30})
    assert office.workspace.knowledge_base("Beta").profile.brands == ()
    noted = office.audit.events("Acme")
    assert any(one.action == "client.change" and "authority" in one.after for one in noted)
    assert parse_profile(admin.configuration(profile), "Acme")[0] == profile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "paste"),
        ("name: [", "line"),
        ("- one", "line 1"),
        ("retention: {transcript: 5}", "name one of"),
        ("retention: {transcripts: 99999}", "0 to"),
        ("moments: [{id: one, foo: bar}]", "foo"),
    ],
)
def test_settings_that_are_wrong_change_nothing(office, text, words):
    before = office.workspace.knowledge_base("Acme").profile
    with pytest.raises(UnscriptedError, match=words):
        do(office, ADMIN, "settings.save", text=text)
    assert office.workspace.knowledge_base("Acme").profile == before


def test_settings_that_say_nothing_of_it_leave_four_eyes_on(office):
    with_four_eyes(office)
    do(office, ADMIN, "settings.save", text="name: Acme Ltd\n")
    kb = office.workspace.knowledge_base("Acme")
    assert (kb.profile.name, publishing.four_eyes(kb)) == ("Acme Ltd", True)
    do(office, ADMIN, "settings.save", text="publishing: {four_eyes: false}\n")
    assert not publishing.four_eyes(kb)


def test_days_are_set_and_given_back_to_the_default(office):
    do(office, ADMIN, "retention.set", days_transcripts="30", days_scores="", days_audit="400")
    assert office.workspace.knowledge_base("Acme").profile.retention == {"transcripts": 30}
    rows = {name: (days, by) for name, days, by in admin.retention_of(office, ADMIN)}
    assert (rows["transcripts"], rows["audit"]) == ((30, "client"), (400, "default"))
    do(office, ADMIN, "retention.set", days_transcripts="")
    assert office.workspace.knowledge_base("Acme").profile.retention == {}
    with pytest.raises(InputError, match="name one of"):
        do(office, ADMIN, "retention.set", days_everything="1")


def test_examples_to_begin_with_need_no_mending(workspace):
    office = office_of(workspace)
    assert parse_profile(starter("client"), "Acme")[1] == ()
    assert do(office, ADMIN, "moments.check", text=starter("moments"))["say"]
    card = do(office, ADMIN, "scorecard.check", text=starter("scorecard"))
    assert card["lines"] == []


def test_first_steps_go_away_when_they_are_done(settled, office):
    steps = see(office, OWNER, "overview")["main"]
    assert "First steps" in steps
    assert steps.count("is-done") == 1
    assert "First steps" not in see(office, ALL, "overview")["main"]


def test_what_was_done_is_told_in_words(office):
    do(office, OWNER, "client.change", title="Acme", colour="#aa3366", language="en")
    main = see(office, OWNER, "audit")["main"]
    assert "Changed settings" in main
    assert "Document stored" in main


# -- standards, retention, audit -------------------------------------------------------------


def test_a_scorecard_is_checked_tried_and_published(workspace):
    office = office_of(workspace)
    text = CARD.replace("version: 1", "version: 2").replace("weight: 10", "weight: 20")
    assert do(office, ADMIN, "scorecard.check", text=text)["stay"]
    assert "1 contacts" in do(office, ADMIN, "scorecard.try", text=text)["say"]
    before = len(office.workspace.scorecards("Acme"))
    do(office, ADMIN, "scorecard.publish", text=text)
    assert len(office.workspace.scorecards("Acme")) == before + 1
    assert len(office.workspace.scorecards("Beta")) == before
    with pytest.raises(UnscriptedError):
        do(office, ADMIN, "scorecard.check", text="[")


def test_moments_name_the_line_that_is_wrong(office):
    with pytest.raises(UnscriptedError, match="line 3"):
        admin_standards.check_moments(ADMIN, "- id: a\n  when: [x]\n  speaker: nobody\n  alert: y\n")
    with pytest.raises(UnscriptedError, match="line 4"):
        admin_standards.check_moments(
            ADMIN, "moments:\n- id: a\n  when: [x]\n  speaker: nobody\n  alert: y\n"
        )


def test_retention_shows_who_set_the_days(office):
    office.workspace.retention_limits = {"transcripts": 30}
    rows = {name: (days, by) for name, days, by in admin.retention_of(office, ADMIN)}
    assert rows["transcripts"] == (30, "limit")
    assert rows["scores"] == (365, "default")
    assert "0 records" in do(office, ADMIN, "retention.run")["say"]


def test_the_chain_is_verified(office):
    with_four_eyes(office)
    assert "holds" in do(office, ADMIN, "audit.verify")["say"]


# -- hostile words ---------------------------------------------------------------------------


def test_words_of_people_are_text(office):
    office.people.add("e@example.com", HOSTILE)
    admin.change_client(office, ADMIN, title=HOSTILE, colour="#aa3366", language="en", four_eyes=True)
    kb = office.workspace.knowledge_base("Acme")
    kb.add([Document(id="faq/x", title=HOSTILE, text=HOSTILE, version=HOSTILE)])
    admin.receive_documents(office, ADMIN, [("y.md", f"# {HOSTILE}\n\n{HOSTILE} words.\n".encode())])
    admin_people.issue_key(office, ADMIN, HOSTILE, "agent", days=1)
    admin_standards.save_moments(office, ADMIN, f"- id: a\n  when: [x]\n  alert: '{HOSTILE}'\n")
    for section in SECTIONS:
        answer = see(office, OWNER, section)
        assert "<img" not in "".join(str(part) for part in answer.values()), section
    assert "<img" not in see(office, OWNER, "document", id="faq/x")["main"]


# -- the route for files ---------------------------------------------------------------------


def test_files_by_rest(office):
    workspace = office.workspace
    app = create_app(workspace, pages=())
    keys = office.keys
    files = {"files": ("refunds.md", FILES[0][1], "text/markdown")}

    def post(role, **options):
        client = TestClient(app, base_url="http://127.0.0.1:8000")
        headers = {"Authorization": f"Bearer {keys.issue('Tel', role, 'Beta')}"}
        return client.post("/api/v1/admin/documents", headers=headers, files=files, **options)

    assert post("agent").status_code == 403
    assert post("qa").status_code == 403
    answer = post("admin", data={"folder": "policies"})
    assert answer.json()["published"] == ["policies/refunds"]
    assert "twenty" in workspace.search("Beta", "How long does a refund take?")[0].passage.text
    assert "twenty" not in workspace.search("Acme", "How long does a refund take?")[0].passage.text
    assert post("admin", data={"folder": "../.."}).status_code == 422
