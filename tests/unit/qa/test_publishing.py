from dataclasses import replace

import pytest

from models.errors import InputError
from qa.publishing import next_version, plan
from qa.scorecards import Scorecard
from tests.unit.qa.test_scorecards import CARD

FIRST = Scorecard.parse(CARD)
REWORDED = Scorecard.parse(CARD.replace("Was the notice given?", "Was the notice given at the start?"))
HEAVIER = Scorecard.parse(CARD.replace("weight: 2", "weight: 3"))


def test_the_first_card_keeps_its_version():
    assert (plan(FIRST, []).change, plan(FIRST, []).card.id) == ("first", "voice@2")


def test_the_same_card_again_is_nothing_new():
    done = plan(FIRST, [FIRST])
    assert (done.change, done.card) == ("unchanged", FIRST)


def test_wording_keeps_the_version_and_counts():
    done = plan(REWORDED, [FIRST])
    assert (done.change, done.card.id, done.card.wording) == ("wording", "voice@2", 1)
    assert done.differences == ("notice.question",)
    assert done.card.meaning == FIRST.meaning
    assert plan(FIRST, [done.card]).card.wording == 2


def test_meaning_forks_a_version():
    done = plan(HEAVIER, [FIRST])
    assert (done.change, done.card.id, done.before) == ("meaning", "voice@3", "voice@2")
    assert done.differences == ("notice.weight",)
    named = plan(replace(HEAVIER, version="2026-q1"), [FIRST])
    assert named.card.id == "voice@2026-q1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pass_mark: 75", "pass_mark: 76"),
        ("copc: compliance", "copc: business"),
        ("auto_fail: form", "auto_fail: section"),
        ("auto_fail: form", "auto_fail: form\n        on_auto_fail: mark"),
        ("severity: major", "severity: critical"),
        ("at_most: 60", "at_most: 61"),
        ("at_least: 2", "at_least: 3"),
        ("ref: notice", "ref: notices"),
        ('check: {asked: "Did the customer leave with an answer?"}', "not_applicable: count_as_met\n        check: {asked: x}"),
        ('check: {asked: "Did the customer leave with an answer?"}', "bonus: true\n        check: {asked: x}"),
        ('check: {asked: "Did the customer leave with an answer?"}', "check: {asked: x, by: generator}"),
        ('check: {asked: "Did the customer leave with an answer?"}', "answer: {scale: 1-5}\n        check: {asked: x}"),
    ],
)  # fmt: skip
def test_everything_a_score_depends_on_is_meaning(old, new):
    assert old in CARD
    assert plan(Scorecard.parse(CARD.replace(old, new, 1)), [FIRST]).change == "meaning"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Voice contacts", "title: Calls"),
        ("title: Words", "title: The words"),
        ("question: No secrets?", "question: Was no secret asked for?"),
        ("Did the customer leave with an answer?", "Did the customer leave with the answer?"),
        ("auto_fail: form", "auto_fail: form\n        guideline: The last four digits are fine."),
        ("pass_mark: 75", "pass_mark: 75\ndispute_days: 5"),
    ],
)
def test_words_and_the_dispute_window_are_not(old, new):
    assert old in CARD
    assert plan(Scorecard.parse(CARD.replace(old, new, 1)), [FIRST]).change == "wording"


def test_a_fork_may_be_asked_for():
    done = plan(REWORDED, [FIRST], new_version=True)
    assert (done.change, done.card.id) == ("meaning", "voice@3")


def test_an_old_version_is_not_changed_any_more():
    newer = plan(HEAVIER, [FIRST]).card
    with pytest.raises(InputError, match="voice@3 came after it"):
        plan(Scorecard.parse(CARD.replace("weight: 2", "weight: 9")), [FIRST, newer])
    assert plan(FIRST, [FIRST, newer]).change == "unchanged"


def test_next_versions():
    assert next_version("9", {"9", "10"}) == "11"
    assert next_version("beta", set()) == "beta.2"
