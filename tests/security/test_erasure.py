"""After an erasure no byte of the data folder holds what went (promise P25)."""

import ast
import dataclasses
import importlib
import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest

import models.records
from models.encoders import HashingEncoder
from models.errors import ConflictError, InputError, NotFoundError
from models.records import (
    Calibration,
    Dispute,
    DisputeStep,
    Feedback,
    MinedPhrase,
    PhrasePlace,
    RaterAnswers,
    Review,
    ShownCard,
    ShownCards,
    Span,
    StatusChange,
    Transcript,
    Turn,
    Verdict,
    WrapUp,
    WrapUpLine,
)
from models.records.coaching import CoachingNote
from models.records.events import LiveContact, LiveEvent
from qa.batch import DeadLetter
from qa.queues import Claim
from qa.sampling import DrawnSample
from qa.scorecards import Scorecard
from storage import orders as safety
from storage.access import AccessKeys
from storage.panel_use import PanelNote, PanelUse
from storage.subjects import KINDS, changed, said
from tests.unit.qa.test_scorecards import CARD
from web.workspace import Workspace

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
GONE, STAYS = "kumquat", "rambutan"
"""A word in everything about the contact that goes, and about the one that stays."""


def contact_records(word, *, agent, who):
    """One record of every kind that is about a contact."""
    id = f"contact-{word}"
    dispute = Dispute(f"{id}:first", "greets", f"The {word} reason.", who, NOW, id=f"dispute-{word}")
    turn = Turn("customer", f"My {word} order is late.")
    return [
        Review(f"{id}:first", "greets", "MET", f"Heard the {word}.", who, NOW),
        StatusChange(f"{id}:first", "draft", "confirmed", who, NOW, f"Because of the {word}."),
        dispute,
        DisputeStep(dispute.id, "accepted", who, NOW, f"The {word} was said."),
        CoachingNote(id, 0, f"Mind the {word}.", who, NOW),
        ShownCards(id, (ShownCard(f"card-{word}", 0, f"About {word}", (), "", ()),)),
        WrapUp(id, (WrapUpLine("issue", f"A late {word}."),), edited_by=who),
        Feedback(id, f"card-{word}", "used", NOW, agent),
        RaterAnswers(
            f"{id}-answers", id, "first", who, (Verdict("greets", "MET", 1.0, f"A {word}.", who),), NOW
        ),
        Claim(id, who, NOW, NOW),
        DeadLetter(f"{id}.json", "InputError"),
        LiveContact(id, agent, "chat", NOW),
        LiveEvent(id, 0, "heard", NOW, turn),
    ]


def phrase(words, examples, contacts, state="proposed"):
    places = tuple(PhrasePlace(one, Span(0, 0, 5)) for one in examples)
    decided = ("boss", NOW) if state != "proposed" else ("", None)
    return MinedPhrase(f"phrase-{words[:5]}", words, contacts, 2, places, 1.0, state, *decided)


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace(tmp_path / "data", encoder=HashingEncoder())
    for client in ("acme", "globex"):
        folder = tmp_path / client
        folder.mkdir()
        (folder / "policy.md").write_text("# Refunds\n\nA refund takes 30 days from delivery.", "utf-8")
        opened.ingest(client, folder)
        opened.add_scorecard(client, Scorecard.parse(CARD))
        for word, agent in ((GONE, f"agent {GONE}"), (STAYS, f"agent {STAYS}")):
            fill(opened, client, word, agent=agent, who=f"reviewer {agent}")
        store = opened._store
        ids = tuple(f"contact-{word}" for word in (GONE, STAYS))
        store.put(client, Calibration("cal", "first@1", ids, (f"reviewer agent {GONE}", "ann"), "ann", NOW))
        sample = DrawnSample("s1", "random", 1, ids, 2, "ann", NOW, {f"reviewer agent {GONE}": ids})
        store.put(client, sample)
        store.put(client, phrase(f"thank you for the {GONE} call", [ids[0]], 5))
        store.put(client, phrase("is there anything else today", list(ids), 9))
        store.put(client, phrase("my pleasure to assist you", list(ids), 5, "approved"))
    return opened


def fill(opened, client, word, *, agent, who):
    id = f"contact-{word}"
    said = (Turn("customer", f"Where is my {word} order?"), Turn("agent", f"Your {word} comes on Monday."))
    told = {"customer": f"customer {word}", "file": f"{id}.json"}
    transcript = Transcript(id, client, said, agent=agent, metadata=told)
    opened.add_transcripts(client, [transcript])
    opened.score(client, transcript, keep=True)
    opened._store.put_all(client, contact_records(word, agent=agent, who=who))
    AccessKeys(opened.folder).issue(agent, "agent", client)
    panel = PanelUse(opened.folder)
    panel.note(client, PanelNote(f"card-{word}", (), "shown", datetime.now(UTC), agent))
    panel.close()
    opened.audit.note(client, who=who, action="transcript.read", of=id, reason=f"About the {word}.")
    exports = opened.own_folder(client) / "exports"
    exports.mkdir(exist_ok=True)
    (exports / f"{word}.csv").write_text(f"{id},{agent}", "utf-8")


def erase(workspace, client="acme", **what):
    return safety.erase(
        workspace._store, workspace.audit, workspace.folder, client, who="officer", reason="asked", **what
    )


def files_with(folder, word):
    """Every file that holds the word, in any of the encodings in which one is written here."""
    forms = {form.encode(code) for form in (word, word.title()) for code in ("utf-8", "utf-16-le")}
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    )


def only(workspace, client):
    return workspace.own_folder(client)


def test_the_search_finds_what_is_there(workspace):
    found = files_with(workspace.folder, GONE)
    for name in ("unscripted.sqlite", "panel.sqlite", "access.sqlite", "exports", "audit"):
        assert any(name in one for one in found), name


def test_a_contact_goes_from_every_file_and_its_neighbour_stays(workspace):
    before = {kind: count(workspace, "globex", kind) for kind in KINDS}
    certificate = erase(workspace, contact=f"contact-{GONE}")
    assert certificate.contacts == 1
    assert {"Transcript", "Analysis", "Evaluation", "Review", "DisputeStep", "LiveEvent"} <= {
        *certificate.records
    }
    own = only(workspace, "acme")
    assert files_with(own, f"contact-{GONE}") == []
    # The agent and the reviewer of that name are people, not the contact.
    workspace._store.close()
    assert not any(
        GONE.encode() + b" order" in path.read_bytes() for path in own.rglob("*") if path.is_file()
    )
    assert files_with(own, f"contact-{STAYS}")
    assert {kind: count(workspace, "globex", kind) for kind in KINDS} == before
    assert workspace._store.tally("acme", "cases")[0].count == 1


def test_what_names_it_among_others_stays_without_it(workspace):
    erase(workspace, contact=f"contact-{GONE}")
    store = workspace._store
    assert store.get("acme", Calibration, "cal").contacts == (f"contact-{STAYS}",)
    assert store.get("acme", DrawnSample, "s1").contacts == (f"contact-{STAYS}",)
    kept = {one.template: one for one in store.find("acme", MinedPhrase)}
    assert f"thank you for the {GONE} call" not in kept
    assert kept["is there anything else today"].contacts == 8
    assert [one.transcript for one in kept["my pleasure to assist you"].examples] == [f"contact-{STAYS}"]


@pytest.mark.parametrize("person", [f"agent {GONE}", f"customer {GONE}", f"  AGENT {GONE.upper()} "])
def test_a_person_goes_with_their_contacts(workspace, person):
    erase(workspace, person=person)
    assert files_with(only(workspace, "acme"), f"contact-{GONE}") == []
    with pytest.raises(NotFoundError):
        workspace._store.get("acme", Transcript, f"contact-{GONE}")


def test_a_reviewer_keeps_their_decisions_and_loses_their_name(workspace):
    name = f"reviewer agent {STAYS}"
    certificate = erase(workspace, person=name)
    assert certificate.contacts == 0
    assert files_with(only(workspace, "acme"), name) == []
    review = workspace._store.find("acme", Review)[-1]
    assert review.who.startswith("erased-")
    assert workspace._store.get("acme", Transcript, f"contact-{STAYS}")


def test_no_byte_is_left_of_a_person_who_was_everything(workspace):
    for person in (f"agent {GONE}", f"reviewer agent {GONE}"):
        erase(workspace, person=person)
    erase(workspace, client="globex", whole_client=True)
    workspace._store.close()
    assert files_with(workspace.folder, GONE) == []
    assert files_with(workspace.folder, "globex") == []
    assert workspace._store.clients() == ["acme"]
    assert workspace.audit.verify("acme") == []
    assert workspace.audit.verify("globex") == []
    assert workspace.audit.events("globex")[0].action == "erase.client"


def test_an_erased_contact_is_not_taken_in_again(workspace):
    erase(workspace, contact=f"contact-{GONE}")
    again = Transcript(f"contact-{GONE}", "acme", (Turn("customer", "Back again."),))
    with pytest.raises(ConflictError, match="erased"):
        workspace.add_transcripts("acme", [again])
    workspace.add_transcripts("globex", [dataclasses.replace(again, id="other", client="globex")])


def test_what_is_held_stays(workspace):
    held = {"who": "counsel", "audit": workspace.audit}
    safety.hold(workspace._store, "acme", f"contact-{GONE}", reason="a claim", **held)
    for what in ({"contact": f"contact-{GONE}"}, {"person": f"agent {GONE}"}, {"whole_client": True}):
        with pytest.raises(ConflictError, match="counsel"):
            erase(workspace, **what)
    assert workspace._store.get("acme", Transcript, f"contact-{GONE}")
    safety.release(workspace._store, "acme", f"contact-{GONE}", **held)
    assert erase(workspace, contact=f"contact-{GONE}").contacts == 1


@pytest.mark.parametrize("what", [{}, {"contact": "a", "person": "b"}])
def test_one_thing_is_erased_at_a_time(workspace, what):
    with pytest.raises(InputError):
        erase(workspace, **what)


@pytest.mark.parametrize("what", [{"contact": "nothing"}, {"person": "nobody"}])
def test_what_was_never_there_cannot_be_erased(workspace, what):
    with pytest.raises(NotFoundError):
        erase(workspace, **what)


def test_a_kind_of_another_program_goes_by_its_values(workspace):
    @dataclasses.dataclass(frozen=True)
    class Foreign:
        id: str
        about: tuple[str, ...]

    workspace._store.put("acme", Foreign("f1", (f"contact-{GONE}",)))
    workspace._store.put("acme", Foreign("f2", (f"contact-{STAYS}",)))
    certificate = erase(workspace, contact=f"contact-{GONE}")
    assert certificate.records["Foreign"] == 1
    assert len(workspace._store.find("acme", Foreign)) == 1


def count(workspace, client, kind):
    row = workspace._store._read_one(client, "SELECT count(*) FROM records WHERE kind = ?", (kind,))
    return row[0]


# -- the table of kinds ----------------------------------------------------------------------

ROOMS = ("storage", "knowledge_base", "copilot", "qa", "web")
OWN_ROOMS = (
    "qa.batch",
    "qa.queues",
    "qa.sampling",
    "qa.scorecards",
    "qa.readers.mapping",
    "qa.speakers",
    "knowledge_base.publishing",
    "web.idempotency",
    "web.webhooks",
)
"""Modules that keep records of their own."""
READS = {"find": (1,), "get": (1,), "delete": (1,), "delete_all": (1,), "history": (1,), "stored": (2,)}


def kinds_read():
    """Kinds that some code reads from or deletes in a store: what is stored is read somewhere."""
    found = set()
    for path in (file for room in ROOMS for file in (Path(__file__).parents[2] / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found |= set(_kinds_of(node))
    return found


def _kinds_of(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    places = READS.get(name, ()) if name != "state" else range(1, len(call.args))
    for place in places:
        if place < len(call.args):
            given = call.args[place]
            said = given.attr if isinstance(given, ast.Attribute) else getattr(given, "id", "")
            if said[:1].isupper() and not said.isupper() and len(call.args) > 1:
                yield said


def test_every_kind_that_is_stored_says_whom_it_is_about():
    read = kinds_read()
    assert {"Transcript", "Evaluation", "Claim", "DrawnSample", "Scorecard"} <= read, "the search finds none"
    assert read - {*KINDS} == set(), "name these in storage/subjects.py"


def test_every_path_of_the_table_is_a_field_of_its_kind():
    rooms = [models.records, models.records.coaching, models.records.events]
    for name in OWN_ROOMS:
        rooms.append(importlib.import_module(name))
    known = {name: one for room in reversed(rooms) for name, one in inspect.getmembers(room, inspect.isclass)}
    for kind, names in KINDS.items():
        fields = {field.name for field in dataclasses.fields(known[kind])}
        for path in filter(
            None, (names.contact, names.evaluation, names.dispute, *names.among, *names.people)
        ):
            first = path.split(".")[0].split("[")[0].split("{")[0]
            assert first in fields, (kind, path)


@pytest.mark.parametrize(
    ("path", "body", "left"),
    [
        ("id", {"id": "x"}, {"id": None}),
        ("a[]", {"a": ["x", "y"]}, {"a": ["y"]}),
        ("a[].b", {"a": [{"b": "x"}, {"b": "y"}]}, {"a": [{"b": "y"}]}),
        ("a[].b", {"a": [{"b": None}, {"b": "y"}]}, {"a": [{"b": None}, {"b": "y"}]}),
        ("a{}[]", {"a": {"k": ["x", "y"]}}, {"a": {"k": ["y"]}}),
        ("a{key}", {"a": {"x": 1, "y": 2}}, {"a": {"y": 2}}),
        ("a.b", {"a": None}, {"a": None}),
        ("a.b", {}, {}),
    ],
)
def test_a_path_leads_to_its_words(path, body, left):
    assert changed(body, path, lambda word: None if word == "x" else word) == left
    assert ("x" in said(body, path)) == ("x" in str(body))
