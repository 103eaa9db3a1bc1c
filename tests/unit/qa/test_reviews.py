from datetime import UTC, datetime

import pytest

from models.errors import InputError
from models.records import Review
from qa.reviews import confirm
from qa.scorecards import Scorecard
from tests.unit.qa.test_scorecards import CARD
from tests.unit.qa.test_scoring import CONTACT, READ, VOICE, finding

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DRAFT = VOICE.evaluate(CONTACT, [finding("privacy.secret_request", severity="critical")], scriptedness=READ)


def sign(*overrides, who="Dana", draft=DRAFT, card=VOICE):
    return confirm(draft, card, overrides, who=who, at=NOW)


def test_agreeing_changes_nothing_but_the_status():
    confirmed, reviews = sign()
    assert (confirmed.status, confirmed.score, confirmed.verdicts) == (
        "confirmed",
        DRAFT.score,
        DRAFT.verdicts,
    )
    assert reviews == [Review(DRAFT.id, "", None, "", "Dana", NOW)]


def test_a_changed_answer_changes_the_sum_and_names_the_person():
    confirmed, reviews = sign(
        ("privacy", "MET", "she asked for the last four only"), ("resolved", "MET", "dated next step")
    )
    answers = {verdict.criterion: verdict for verdict in confirmed.verdicts}
    assert (answers["privacy"].outcome, answers["privacy"].points, answers["privacy"].by) == (
        "MET",
        1.0,
        "Dana",
    )
    assert (confirmed.auto_failed, confirmed.score, confirmed.passed) == ((), 1.0, True)
    assert [review.criterion for review in reviews] == ["privacy", "resolved", ""]
    assert DRAFT.score == 0.0


def test_a_person_can_fail_the_form():
    clean = VOICE.evaluate(CONTACT, [], scriptedness=READ)
    confirmed, _ = sign(("privacy", "NOT_MET", "asked for a PIN in turn 3"), draft=clean)
    assert (confirmed.score, confirmed.auto_failed) == (0.0, ("privacy",))


def test_order_of_verdicts_stays():
    confirmed, _ = sign(("resolved", "NOT_MET", "left without an answer"))
    assert [verdict.criterion for verdict in confirmed.verdicts] == [
        verdict.criterion for verdict in DRAFT.verdicts
    ]


@pytest.mark.parametrize(
    ("overrides", "who", "words"),
    [
        ((("privacy", "MET", "no"),), "Dana", "needs a reason"),
        ((("privacy", "MET", "      "),), "Dana", "needs a reason"),
        ((("none", "MET", "because of this"),), "Dana", "no criterion none"),
        ((), "  ", "named person"),
    ],
)
def test_refused(overrides, who, words):
    with pytest.raises(InputError, match=words):
        sign(*overrides, who=who)


def test_another_version_is_refused():
    other = Scorecard.parse(CARD.replace("version: 2", "version: 3"))
    with pytest.raises(InputError, match="another scorecard version"):
        sign(card=other)
