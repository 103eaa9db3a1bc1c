"""States and disputes: what may follow what, who may decide, and what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import ConflictError, InputError
from models.records import Evaluation, Span
from qa.disputes import DisputeRules, open_dispute, rules_for, settle, state_of, take_up
from qa.reviews import STEPS, Correction, confirm, corrected, counted, machine_verdicts, moved
from qa.scorecards import Scorecard
from tests.unit.qa.test_answers import CONTACT as TIMED
from tests.unit.qa.test_answers import FULL
from tests.unit.qa.test_scorecards import CARD
from tests.unit.qa.test_scoring import CONTACT, READ, VOICE, finding

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
DRAFT = VOICE.evaluate(CONTACT, [finding("privacy.secret_request", severity="critical")], scriptedness=READ)
CONFIRMED, _ = confirm(DRAFT, VOICE, [], who="Dana", at=NOW)
STATES = ("draft", "confirmed", "acknowledged", "disputed", "resolved")


def opened(evaluation=CONFIRMED, criterion="privacy", **given):
    options = {
        "who": "Ana",
        "reason": "I asked for four digits",
        "at": LATER,
        "confirmed_at": NOW,
        "rules": DisputeRules(),
    }
    return open_dispute(evaluation, CONTACT, criterion, **options | given)


def settled(dispute, evaluation, state="upheld", **given):
    options = {
        "who": "Lea",
        "at": LATER,
        "reason": "heard the call again",
        "confirmed_by": "Dana",
        "rules": DisputeRules(),
        "others": [dispute],
    }
    return settle(dispute, evaluation, VOICE, state, **options | given)


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_only_the_steps_that_are_drawn(before, after):
    evaluation = Evaluation("e", "c", "d", "acme", "Ana", "v@1", (), None, None, status=before)
    if after in STEPS[before]:
        moved_on, step = moved(evaluation, after, who=" Dana ", at=NOW, reason="because")
        assert (moved_on.status, step.before, step.after, step.who) == (after, before, after, "Dana")
    else:
        with pytest.raises(ConflictError, match=f"is {before}"):
            moved(evaluation, after, who="Dana", at=NOW)


def test_nobody_is_no_name():
    with pytest.raises(InputError, match="named person"):
        moved(CONFIRMED, "acknowledged", who=" ", at=NOW)


def test_only_what_a_person_stands_behind_counts():
    made = [Evaluation("e", "c", "d", "acme", "Ana", "v@1", (), None, None, status=state) for state in STATES]
    assert [one.status for one in counted(made)] == ["confirmed", "acknowledged", "resolved"]


def test_machine_and_human_answers_are_both_kept():
    confirmed, reviews = confirm(DRAFT, VOICE, [("privacy", "MET", "four digits only")], who="Dana", at=NOW)
    assert {one.criterion: one.outcome for one in confirmed.verdicts}["privacy"] == "MET"
    assert [(one.criterion, one.outcome) for one in confirmed.machine] == [("privacy", "NOT_MET")]
    assert machine_verdicts(confirmed) == DRAFT.verdicts
    assert (reviews[0].before, reviews[0].before_by) == ("NOT_MET", "voice@2")
    again, more = confirm(confirmed, VOICE, [("privacy", "NOT_MET", "heard it again")], who="Lea", at=LATER)
    assert machine_verdicts(again) == DRAFT.verdicts
    assert (more[0].before, more[0].before_by) == ("MET", "Dana")


def test_a_question_follows_the_answer_it_hangs_on():
    draft = FULL.evaluate(TIMED, [])
    whole = Correction("offer", reason="half of the fee", value="part")
    answered, _ = corrected(draft, FULL, [whole], who="Dana", at=NOW)
    dated = {one.criterion: one for one in answered.verdicts}["dated"]
    assert (dated.outcome, dated.reason[:11]) == ("UNSCORED", "applies now")
    nothing, _ = corrected(
        answered, FULL, [Correction("offer", reason="it was taken back", value="none")], who="Dana", at=NOW
    )
    dated = {one.criterion: one for one in nothing.verdicts}["dated"]
    assert (dated.outcome, dated.points) == ("NOT_APPLICABLE", None)
    assert machine_verdicts(nothing) == draft.verdicts


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction("offer", reason="because", value="some"), "no such answer"),
        (Correction("offer", reason="because"), "answer is missing"),
        (Correction("offer", reason="", value="all"), "needs a reason"),
        (Correction("faults", reason="because", value=("late", "rude")), "no such answer"),
        (Correction("thanks", reason="because", value="yes"), "yes or no"),
    ],
)
def test_answers_that_are_none(correction, words):
    with pytest.raises(InputError, match=words):
        corrected(FULL.evaluate(TIMED, []), FULL, [correction], who="Dana", at=NOW)


def test_points_of_chosen_faults_and_words():
    draft = FULL.evaluate(TIMED, [])
    given = [
        Correction("faults", reason="late twice", value=("late",)),
        Correction("remark", value="Keep the greeting."),
    ]
    answered, _ = corrected(draft, FULL, given, who="Dana", at=NOW)
    said = {one.criterion: one for one in answered.verdicts}
    assert (said["faults"].outcome, said["faults"].points) == ("NOT_MET", 1.0)
    assert (said["remark"].outcome, said["remark"].value) == ("MET", "Keep the greeting.")


def test_a_dispute_goes_its_way():
    disputed, dispute, change = opened(evidence=[Span(2, 0, 4)])
    assert (disputed.status, change.after, dispute.evidence) == ("disputed", "disputed", (Span(2, 0, 4),))
    assert counted([disputed]) == []
    step = take_up(dispute, [], who="Lea", at=LATER)
    assert state_of(dispute, [step]) == "under_review"
    done = settled(dispute, disputed, steps=[step])
    assert (done.evaluation.status, done.step.state, done.change.after) == ("resolved", "upheld", "resolved")
    assert done.evaluation.score == CONFIRMED.score
    with pytest.raises(ConflictError, match="upheld already"):
        settled(dispute, disputed, steps=[step, done.step])


def test_a_changed_answer_changes_the_score_and_is_kept():
    disputed, dispute, _ = opened()
    done = settled(dispute, disputed, "changed", correction=Correction("privacy", "MET", "four digits only"))
    assert (done.evaluation.status, done.evaluation.score, done.evaluation.auto_failed) == (
        "resolved",
        1.0,
        (),
    )
    assert [(one.criterion, one.before, one.outcome, one.who) for one in done.reviews] == [
        ("privacy", "NOT_MET", "MET", "Lea")
    ]
    with pytest.raises(ConflictError, match="nothing may follow"):
        confirm(done.evaluation, VOICE, [], who="Dana", at=LATER)


def test_resolved_only_when_the_last_one_closes():
    disputed, first, _ = opened()
    disputed, second, change = opened(disputed, "notice", earlier=[first])
    assert change is None
    one = settled(first, disputed, others=[first, second])
    assert (one.evaluation.status, one.change) == ("disputed", None)
    two = settled(second, one.evaluation, others=[first, second], steps=[one.step])
    assert two.evaluation.status == "resolved"


def test_who_may_decide():
    disputed, dispute, _ = opened()
    for who in ("Dana", " dana "):
        with pytest.raises(ConflictError, match="another person"):
            settled(dispute, disputed, who=who)
    with pytest.raises(ConflictError, match="own objection"):
        settled(dispute, disputed, who="Ana", rules=DisputeRules(resolved_by="anyone"))
    assert settled(dispute, disputed, who="Dana", rules=DisputeRules(resolved_by="anyone")).step.who == "Dana"
    with pytest.raises(ConflictError, match="only the one who opened"):
        settled(dispute, disputed, "withdrawn", who="Lea")
    assert settled(dispute, disputed, "withdrawn", who="Ana").evaluation.status == "resolved"


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"at": NOW + timedelta(days=15)}, ConflictError, "14 days, until 2026-03-16"),
        ({"rules": DisputeRules(days=2)}, ConflictError, "2 days"),
        ({"who": " "}, InputError, "who disputes"),
        ({"reason": "no"}, InputError, "needs a reason"),
        ({"criterion": "nothing"}, InputError, "no criterion"),
        ({"evidence": [Span(9, 0, 1)]}, InputError, "no turn 10"),
        ({"evaluation": DRAFT}, ConflictError, "is draft"),
    ],
)
def test_what_cannot_be_disputed(given, error, words):
    with pytest.raises(error, match=words):
        opened(given.pop("evaluation", CONFIRMED), given.pop("criterion", "privacy"), **given)


def test_the_same_answer_is_disputed_once_at_a_time():
    disputed, dispute, _ = opened()
    with pytest.raises(ConflictError, match="in dispute already"):
        opened(disputed, earlier=[dispute])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"state": "open"}, "is closed as"),
        ({"state": "changed"}, "goes with the new answer"),
        ({"correction": Correction("privacy", "MET", "because")}, "goes with the new answer"),
        ({"state": "changed", "correction": Correction("notice", "NOT_MET", "because")}, "is about privacy"),
        ({"state": "changed", "correction": Correction("privacy", "NOT_MET", "because")}, "that is `upheld`"),
        ({"reason": "ok"}, "needs a reason"),
    ],
)
def test_what_cannot_be_decided(given, words):
    disputed, dispute, _ = opened()
    with pytest.raises(InputError, match=words):
        settled(dispute, disputed, given.pop("state", "upheld"), **given)


def test_the_window_is_the_cards_then_the_clients_then_ours():
    own = Scorecard.parse(
        CARD.replace("pass_mark: 75", "pass_mark: 75\ndispute_days: 3\nresolved_by: anyone")
    )
    assert rules_for(VOICE, {}) == DisputeRules(14, "another")
    assert rules_for(VOICE, {"disputes": {"days": 5, "resolved_by": "anyone"}}) == DisputeRules(5, "anyone")
    assert rules_for(own, {"disputes": {"days": 5}}) == DisputeRules(3, "anyone")
    for wrong in ({"days": "soon"}, {"resolved_by": "nobody"}, {"days": -1}):
        with pytest.raises(InputError, match=r"client\.yaml"):
            rules_for(VOICE, {"disputes": wrong})
