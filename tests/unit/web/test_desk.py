"""The QA lead's day through the store: score, confirm, dispute, resolve, calibrate, check."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import app
from models.encoders import HashingEncoder
from models.errors import ConfigError, ConflictError, InputError, NotFoundError
from models.records import (
    Analysis,
    Document,
    Evaluation,
    RaterAnswers,
    Review,
    StatusChange,
    Transcript,
    Turn,
)
from qa import Scorecard
from qa.agreement import MACHINE
from qa.reviews import Correction
from web import desk, dispute_desk, standards
from web.kept_scores import keep
from web.terminal import Terminal
from web.workspace import Workspace

CARD = """\
name: desk
version: 1
title: Short
sections:
  - ref: s
    title: Manner
    criteria:
      - {ref: rude, question: Was the agent polite?, check: {found: [tone.rude], at_most: 0}, weight: 10}
      - {ref: solved, question: Solved?, check: {asked: Did the customer get an answer?}, weight: 5}
"""
ID = "call-acme:desk"


@pytest.fixture(scope="module")
def filled_folder(tmp_path_factory):
    """One client, one contact, one published card and a draft: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("desk")
    made = Workspace(folder / "data", encoder=HashingEncoder())
    made.knowledge_base("Acme", create=True).add([Document(id="policies/x", text="Refunds take a day.")])
    (folder / "desk.yaml").write_text(CARD, "utf-8")
    standards.publish(made, "Acme", folder / "desk.yaml")
    turns = (Turn("customer", "My quokka is broken."), Turn("agent", "I will send a new one today."))
    made.add_transcripts("Acme", [Transcript(id="call-acme", client="Acme", agent="Ana", turns=turns)])
    desk.score(made, "Acme", made.contact("Acme", "call-acme").transcript, keep=True)
    made.knowledge_base("Acme").store.close()
    return folder


@pytest.fixture
def workspace(filled_folder, tmp_path):
    shutil.copytree(filled_folder, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path / "data", encoder=HashingEncoder())


@pytest.fixture
def store(workspace):
    return workspace.knowledge_base("Acme").store


def test_a_score_is_confirmed_disputed_changed_and_every_step_is_kept(workspace, store):
    confirmed = desk.review(workspace, "Acme", ID, [("solved", "NOT_MET", "no date was given")], who="Lea")
    assert (confirmed.status, confirmed.score) == ("confirmed", 0.666667)
    with pytest.raises(ConflictError, match="another person"):
        opened = dispute_desk.dispute(workspace, "Acme", ID, "solved", who="Ana", reason="I said today")
        dispute_desk.settle_dispute(workspace, "Acme", opened.id, "upheld", who="Lea", reason="no date there")
    assert store.get("Acme", Evaluation, ID).status == "disputed"
    dispute_desk.take_up_dispute(workspace, "Acme", opened.id, who="Kim")
    change = Correction("solved", "MET", "today is a date")
    done = dispute_desk.settle_dispute(
        workspace, "Acme", opened.id, "changed", who="Kim", reason="today is a date", correction=change
    )
    assert (done.status, done.score) == ("resolved", 1.0)
    assert [one.state for one in dispute_desk.disputes(workspace, "Acme", ID)] == ["changed"]
    steps = desk.history(workspace, "Acme", ID)
    assert [type(one).__name__ for one in steps].count("StatusChange") == 3
    assert all(one.who and one.at for one in steps)
    assert [one.outcome for one in store.find("Acme", Review) if one.criterion == "solved"] == [
        "NOT_MET",
        "MET",
    ]
    with pytest.raises(ConflictError, match="nothing may follow"):
        desk.review(workspace, "Acme", ID, [], who="Lea")


def test_a_draft_cannot_be_disputed_and_an_acknowledged_one_can(workspace, store):
    with pytest.raises(ConflictError, match="nobody has confirmed"):
        dispute_desk.dispute(workspace, "Acme", ID, "rude", who="Ana", reason="because of this")
    desk.review(workspace, "Acme", ID, [], who="Lea")
    assert desk.acknowledge(workspace, "Acme", ID, who="Ana").status == "acknowledged"
    with pytest.raises(ConflictError, match="is acknowledged"):
        desk.acknowledge(workspace, "Acme", ID, who="Ana")
    dispute_desk.dispute(workspace, "Acme", ID, "rude", who="Ana", reason="because of this")
    assert [one.after for one in store.find("Acme", StatusChange)] == [
        "confirmed",
        "acknowledged",
        "disputed",
    ]


def test_of_two_who_confirm_the_second_is_told(workspace, store):
    draft = store.get("Acme", Evaluation, ID)
    desk.review(workspace, "Acme", ID, [], who="Lea")
    with pytest.raises(ConflictError):
        store.put("Acme", replace(draft, agent="x"), expected=draft)


class Racing:
    """A store in which somebody else acts once, right after a kind of record was read."""

    def __init__(self, store, kind, act):
        self._store, self._kind, self._act = store, kind, act

    def __getattr__(self, name):
        return getattr(self._store, name)

    def _read(self, found, kind):
        if kind is self._kind and self._act is not None:
            act, self._act = self._act, None
            act()
        return found

    def get(self, client, kind, id):
        return self._read(self._store.get(client, kind, id), kind)

    def find(self, client, kind, **more):
        return self._read(self._store.find(client, kind, **more), kind)


def test_a_refused_confirmation_leaves_no_review_behind(workspace, store, monkeypatch):
    kb = workspace.knowledge_base("Acme")
    first = lambda: desk.review(Workspace(workspace.folder), "Acme", ID, [], who="Lea")  # noqa: E731
    monkeypatch.setattr(kb, "_store", Racing(store, Evaluation, first))
    with pytest.raises(ConflictError, match="was changed meanwhile"):
        desk.review(workspace, "Acme", ID, [("solved", "NOT_MET", "no date was given")], who="Kim")
    assert [(one.who, one.criterion) for one in store.find("Acme", Review)] == [("Lea", "")]
    assert [one.who for one in store.find("Acme", StatusChange)] == ["Lea"]


def test_a_draft_made_again_never_takes_the_place_of_what_was_confirmed_meanwhile(workspace, store):
    draft = store.get("Acme", Evaluation, ID)
    analysis = store.get("Acme", Analysis, "call-acme")
    later = replace(draft, agent="later"), replace(analysis, fingerprint="later")
    confirm = lambda: desk.review(workspace, "Acme", ID, [], who="Lea")  # noqa: E731
    assert keep(Racing(store, Analysis, confirm), "Acme", *later) is False
    assert store.get("Acme", Evaluation, ID).status == "confirmed"
    assert store.get("Acme", Analysis, "call-acme") == analysis
    other = replace(draft, id="call-acme:other", scorecard="other@1")
    assert keep(store, "Acme", other, later[1]) is True
    assert store.get("Acme", Analysis, "call-acme") == analysis, "a confirmed score keeps its findings"


def test_disputes_settled_at_once_leave_the_evaluation_resolved(workspace, store):
    desk.review(workspace, "Acme", ID, [("solved", "MET", "sends a new one")], who="Lea")
    opened = [
        dispute_desk.dispute(workspace, "Acme", ID, ref, who="Ana", reason="because of this")
        for ref in ("rude", "solved")
    ]

    def uphold(one):
        own = Workspace(workspace.folder, encoder=HashingEncoder())
        dispute_desk.settle_dispute(own, "Acme", one.id, "upheld", who="Kim", reason="the answer stands")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(uphold, opened))
    assert store.get("Acme", Evaluation, ID).status == "resolved"
    assert [one.after for one in store.find("Acme", StatusChange)].count("resolved") == 1


def test_of_two_who_extend_a_guideline_at_once_the_second_is_told(workspace, store, monkeypatch):
    kb = workspace.knowledge_base("Acme")
    monkeypatch.setattr(workspace, "_store", Racing(store, Scorecard, lambda: first()))
    plain = Workspace(workspace.folder, encoder=HashingEncoder())

    def first():
        standards.adopt_guideline(plain, "Acme", "rude", "Names count.", who="Lea", scorecard="desk")

    card = kb.store.find("Acme", Scorecard)[0]
    monkeypatch.setattr(workspace, "scorecard", lambda client, name=None: card)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        standards.adopt_guideline(workspace, "Acme", "rude", "Jokes too.", who="Kim", scorecard="desk")
    assert "Names count." in store.find("Acme", Scorecard)[0].criteria[0].guideline


def test_scores_made_again_have_the_same_bytes(workspace, store):
    desk.review(workspace, "Acme", ID, [("solved", "MET", "sends a new one")], who="Lea")
    found = {one.evaluation: one for one in desk.verify(workspace, "Acme")}
    assert {one.state for one in found.values()} == {"identical"}
    assert ID in found


def test_what_changed_since_is_named(workspace, store):
    stored = store.get("Acme", Evaluation, ID)
    store.put("Acme", replace(stored, score=0.5), supersede=True)
    (tampered,) = desk.verify(workspace, "Acme", [ID])
    assert (tampered.state, tampered.changed) == ("different", ())  # the sum is made of the answers
    spoilt = replace(stored.verdicts[0], outcome="NOT_MET", points=0.0)
    store.put("Acme", replace(stored, verdicts=(spoilt, *stored.verdicts[1:])), supersede=True)
    assert desk.verify(workspace, "Acme", [ID])[0].state == "different"
    store.put("Acme", stored, supersede=True)
    workspace.knowledge_base("Acme").add(
        [Document(id="policies/new", text="Parcels are free.", kind="policy")]
    )
    (changed,) = desk.verify(workspace, "Acme", [ID])
    assert (changed.state, "documents" in changed.changed) == ("inputs changed", True)
    assert "still give this score" in changed.note
    words = workspace.contact("Acme", "call-acme").transcript
    turns = (*words.turns, Turn("agent", "Bye."))
    store.put("Acme", replace(words, turns=turns), supersede=True)
    assert "transcript" in desk.verify(workspace, "Acme", [ID])[0].changed


def test_a_contact_of_two_agents_gives_two_evaluations(workspace, store):
    shared = Transcript(
        id="passed-on",
        client="Acme",
        turns=(
            Turn("customer", "My kettle is broken."),
            Turn("agent", "One moment please.", participant="Ana"),
            Turn("agent", "You are an idiot.", participant="Ben"),
        ),
    )
    workspace.add_transcripts("Acme", [shared])
    card = workspace.scorecard("Acme", "desk")
    made = desk.score(workspace, "Acme", shared, scorecard=card, keep=True)
    assert [(one.id, one.agent) for one, _ in made] == [
        ("passed-on:desk:Ana", "Ana"),
        ("passed-on:desk:Ben", "Ben"),
    ]
    known, fresh = workspace.known_scores("Acme", [shared], card)
    assert (len(known), fresh) == (2, [])
    states = {one.evaluation: one.state for one in desk.verify(workspace, "Acme")}
    assert states["passed-on:desk:Ben"] == "identical"


def test_publishing_forks_for_meaning_and_not_for_words(workspace, store, tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(path.read_text("utf-8").replace("Solved?", "Was it solved?"), "utf-8")
    publication, _ = standards.publish(workspace, "Acme", path, dry=True)
    assert (publication.change, workspace.scorecard("Acme", "desk").wording) == ("wording", 0)
    standards.publish(workspace, "Acme", path)
    assert workspace.scorecard("Acme", "desk").wording == 1
    assert {one.state for one in desk.verify(workspace, "Acme", [ID])} == {"identical"}
    path.write_text(path.read_text("utf-8").replace("weight: 5", "weight: 6"), "utf-8")
    assert standards.publish(workspace, "Acme", path)[0].card.id == "desk@2"
    assert workspace.scorecard("Acme", "desk@1").criteria[1].weight == 5
    path.write_text(
        path.read_text("utf-8").replace(
            "Did the customer get an answer?", "Did the agent show a positive attitude?"
        ),
        "utf-8",
    )
    with pytest.raises(ConfigError, match=r"desk\.yaml, line 9: solved"):
        standards.publish(workspace, "Acme", path)


def test_a_file_with_other_words_scores_with_the_published_version(workspace, store):
    words = Scorecard.parse(CARD.replace("Solved?", "Was it solved?"))
    assert workspace.add_scorecard("Acme", words) is False
    with pytest.raises(ConflictError, match="another meaning"):
        workspace.add_scorecard("Acme", Scorecard.parse(CARD.replace("weight: 5", "weight: 6")))


def test_another_client_sees_nothing(workspace, store):
    workspace.knowledge_base("Beta", create=True).add(
        [Document(id="policies/x", text="Refunds take a week.")]
    )
    desk.review(workspace, "Acme", ID, [], who="Lea")
    opened = dispute_desk.dispute(workspace, "Acme", ID, "rude", who="Ana", reason="because of this")
    for refused in (
        lambda: desk.review(workspace, "Beta", ID, [], who="Lea"),
        lambda: desk.acknowledge(workspace, "Beta", ID, who="Lea"),
        lambda: desk.verify(workspace, "Beta", [ID]),
        lambda: dispute_desk.dispute(workspace, "Beta", ID, "rude", who="Ana", reason="because of this"),
        lambda: dispute_desk.settle_dispute(
            workspace, "Beta", opened.id, "upheld", who="Kim", reason="because"
        ),
        lambda: standards.show_calibration(workspace, "Beta", "march", who="Lea"),
        lambda: standards.agreement_of(workspace, "Beta", scorecard="desk"),
    ):
        with pytest.raises(NotFoundError):
            refused()
    assert dispute_desk.disputes(workspace, "Beta") == desk.history(workspace, "Beta", ID) == []


def both(outcome):
    return [Correction("rude", "MET", "polite"), Correction("solved", outcome, "read it twice")]


def test_calibration_is_blind_and_ends_in_a_guideline(workspace, store):
    standards.calibrate(
        workspace, "Acme", "march", ["call-acme"], ["Lea", "Kim"], who="Lea", scorecard="desk"
    )
    standards.answer_calibration(workspace, "Acme", "march", "call-acme", both("NOT_MET"), who="Lea")
    early = standards.show_calibration(workspace, "Acme", "march", who="Kim")
    assert (early.answers, early.report) == ((), None)
    assert standards.agreement_of(workspace, "Acme", scorecard="desk").contacts == 0
    standards.answer_calibration(workspace, "Acme", "march", "call-acme", both("MET"), who="Kim")
    report = standards.show_calibration(workspace, "Acme", "march", who="Kim").report
    assert [one.criterion for one in report.disagreements] == ["solved"]
    assert set(report.raters) == {"Kim", "Lea", MACHINE}
    done = standards.adopt_guideline(
        workspace, "Acme", "solved", "A date is an answer.", who="Lea", session="march", scorecard="desk"
    )
    assert (done.change, done.card.id) == ("wording", "desk@1")
    assert "Lea" in workspace.scorecard("Acme", "desk").criteria[1].guideline
    trusted = {one.criterion: one for one in standards.trust_of(workspace, "Acme", scorecard="desk").criteria}
    assert trusted["rude"].blind.same == 1.0


def test_past_scores_give_agreement_on_the_first_day(workspace, store, tmp_path):
    table = tmp_path / "past.csv"
    table.write_text(
        "contact_id,rater,rude,solved,comment\ncall-acme,Lea,yes,no,card 4111 1111 1111 1111\ncall-9,Lea,yes,no,\n",
        "utf-8",
    )
    read, unknown = standards.import_scores(workspace, "Acme", table, scorecard="desk")
    assert (len(read.answers), unknown) == (2, ["call-9"])
    kept = store.find("Acme", RaterAnswers)
    assert "4111 1111" not in kept[0].answers[0].reason
    report = standards.agreement_of(workspace, "Acme", scorecard="desk")
    assert [(one.criterion, one.same) for one in report.rows] == [("rude", 1.0)]
    with pytest.raises(InputError, match="cannot be read"):
        standards.import_scores(workspace, "Acme", tmp_path / "none.csv", scorecard="desk")


def test_a_dry_run_counts_answers_and_stores_nothing(workspace, store):
    before = store.find("Acme", Evaluation)
    run = standards.try_out(workspace, "Acme", Scorecard.parse(CARD.replace("name: desk", "name: other")))
    counts = {one.criterion: (one.met, one.not_met, one.unscored) for one in run.answers}
    assert (run.contacts, counts) == (1, {"rude": (1, 0, 0), "solved": (0, 0, 1)})
    assert store.find("Acme", Evaluation) == before


# -- the commands, as typed ------------------------------------------------------------------


@pytest.fixture
def run(workspace, store, monkeypatch, capsys):
    monkeypatch.setattr(app, "_workspace", lambda data, encoder: workspace)
    monkeypatch.setattr(app, "_terminal", lambda json=False: Terminal(as_json=json))

    def typed(*arguments, code=0):
        monkeypatch.setattr("sys.argv", ["unscripted", *map(str, arguments)])
        try:
            app.main()
            said = 0
        except SystemExit as stopped:
            said = stopped.code or 0
        printed = capsys.readouterr()
        assert said == code, printed.out + printed.err
        return printed.out + printed.err

    return typed


def test_reviews_and_disputes_as_typed(run):
    assert ID in run("review", "Acme")
    assert "sections: s 100%" in run("review", "Acme", ID)
    assert "did you mean 'solved'" in run(
        "review", "Acme", ID, "--who", "Lea", "--answer", "solvd=yes: x", code=1
    )
    assert "takes yes, no or na" in run(
        "review", "Acme", ID, "--who", "Lea", "--answer", "solved=maybe: x", code=1
    )
    assert "confirmed" in run(
        "review", "Acme", ID, "--who", "Lea", "--answer", "solved=no: there was no date"
    )
    assert "acknowledged" in run("review", "Acme", ID, "--who", "Ana", "--acknowledge")
    assert "is open" in run(
        "dispute",
        "Acme",
        ID,
        "--who",
        "Ana",
        "--criterion",
        "solved",
        "--reason",
        "today is a date",
        "--turn",
        2,
    )
    dispute = f"{ID}:dispute-1"
    assert "under_review" in run("dispute", "Acme", dispute, "--who", "Kim", "--take-up")
    assert "100%" in run(
        "dispute", "Acme", dispute, "--who", "Kim", "--change", "yes", "--reason", "today is a date"
    )
    assert "changed" in run("dispute", "Acme")
    shown = run("review", "Acme", ID)
    for words in (
        "Lea  answered solved: NOT_MET",
        "Ana  disputed solved",
        "Kim  dispute changed",
        "disputed → resolved",
    ):
        assert words in shown
    assert "say one of" in run("dispute", "Acme", ID, "--who", "Ana", code=1)
    assert "1 of 1 evaluations" in run("score", "Acme", "--verify")
    run("score", "Acme", code=2)


def test_scorecards_and_trust_as_typed(run, tmp_path):
    card = tmp_path / "desk.yaml"
    assert "nothing to mend" in run("lint", card)
    assert "nothing to mend" in run("lint", card, "--client", "Acme")
    assert "published already" in run("publish", "Acme", card)
    assert "would pass" in run("dry-run", "Acme", card)
    assert json.loads(run("dry-run", "Acme", card, "--json"))["contacts"] == 1
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        card.read_text("utf-8").replace("Did the customer get an answer?", "Was the mood good?"), "utf-8"
    )
    assert "bad.yaml, line 9: solved" in run("lint", bad, code=1)
    opened = run(
        "calibrate",
        "Acme",
        "march",
        "--who",
        "Lea",
        "--contact",
        "call-acme",
        "--rater",
        "Lea",
        "--scorecard",
        "desk",
    )
    assert "1 contacts, 1 raters" in opened
    assert "1 contacts to answer" in run("calibrate", "Acme", "march", "--who", "Lea")
    run(
        "calibrate",
        "Acme",
        "march",
        "--who",
        "Lea",
        "--contact",
        "call-acme",
        "--answer",
        "rude=no: it was not",
        "--answer",
        "solved=yes: it was",
    )
    assert "machine: MET" in run("calibrate", "Acme", "march", "--who", "Lea")
    assert "answered by two or more" in run("agreement", "Acme", "--scorecard", "desk")
    assert "wording 1" in run(
        "adopt", "Acme", "rude", "Only insults count.", "--who", "Lea", "--scorecard", "desk"
    )
    assert "left unchanged is no agreement" in run("trust", "Acme", "--scorecard", "desk")
    table = tmp_path / "past.csv"
    table.write_text("contact_id,rater,rude\ncall-acme,Kim,yes\ncall-acme,Kim,no\n", "utf-8")
    assert "1 rows rejected" in run("import-scores", "Acme", table, "--scorecard", "desk")
    form = tmp_path / "form.json"
    form.write_text(
        '{"name": "F", "questionGroups": [{"name": "G", "questions": [{"type": "npsQuestion", "text": "N?"}]}]}',
        "utf-8",
    )
    assert "questions" not in run("import-form", form, "--out", tmp_path / "form.yaml")
    assert Scorecard.load(tmp_path / "form.yaml").name == "f"
    assert "exists" in run("import-form", form, "--out", tmp_path / "form.yaml", code=1)
