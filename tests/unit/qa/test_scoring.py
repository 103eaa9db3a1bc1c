import pytest

from models.codec import to_json
from models.errors import InputError
from models.records import Finding, Scriptedness, Span, Transcript, Turn
from qa.scorecards import Scorecard
from tests.unit.qa.test_scorecards import CARD

VOICE = Scorecard.parse(CARD)
CONTACT = Transcript(
    id="c1",
    client="acme",
    agent="a1",
    turns=(
        Turn("agent", "Hello there, how can I help?"),
        Turn("customer", "I want to complain."),
        Turn("agent", "Tell me your password."),
    ),
)
READ = Scriptedness(value=40.0, low=30.0, high=50.0, words=80)


def finding(label, *, severity="major", turn=2, source=None, absent=False):
    span = None if absent else Span(turn, 0, 4)
    return Finding(label, severity, span, 0.9, "rule@1", "because", source=source)


def outcomes(evaluation):
    return {verdict.criterion: verdict.outcome for verdict in evaluation.verdicts}


def test_nothing_found():
    evaluation = VOICE.evaluate(CONTACT, [], scriptedness=READ)
    assert outcomes(evaluation) == {
        "notice": "MET",
        "privacy": "MET",
        "own-words": "MET",
        "rights": "NOT_APPLICABLE",
        "resolved": "UNSCORED",
    }
    assert (evaluation.score, evaluation.raw_score, evaluation.passed) == (1.0, 1.0, True)
    assert evaluation.status == "draft"
    assert evaluation.copc == {"customer": 1.0, "business": None, "compliance": 1.0}


def test_not_applicable_and_unscored_leave_both_sums():
    evaluation = VOICE.evaluate(
        CONTACT, [finding("compliance.missing_disclosure", absent=True, source="disclosures/notice")]
    )
    assert outcomes(evaluation)["own-words"] == "UNSCORED"
    assert evaluation.score == pytest.approx(1 / 3, abs=1e-6)
    assert evaluation.section_scores == {"compliance": pytest.approx(1 / 3, abs=1e-6), "words": None}


def test_only_findings_of_the_named_document_count():
    other = finding("compliance.missing_disclosure", absent=True, source="disclosures/other")
    assert outcomes(VOICE.evaluate(CONTACT, [other]))["notice"] == "MET"


def test_auto_fail_of_the_form_keeps_the_raw_score():
    evaluation = VOICE.evaluate(
        CONTACT, [finding("privacy.secret_request", severity="critical")], scriptedness=READ
    )
    assert evaluation.auto_failed == ("privacy",)
    assert (evaluation.score, evaluation.passed) == (0.0, False)
    assert evaluation.raw_score == 0.75
    assert evaluation.section_scores == {"compliance": 0.0, "words": 0.0}
    verdict = evaluation.verdicts[1]
    assert verdict.evidence == (Span(2, 0, 4),)
    assert "turn 3" in verdict.reason


def test_auto_fail_of_a_section_spares_the_others():
    card = Scorecard.parse(CARD.replace("auto_fail: form", "auto_fail: section"))
    evaluation = card.evaluate(CONTACT, [finding("privacy.secret_request")], scriptedness=READ)
    assert evaluation.section_scores == {"compliance": 0.0, "words": 1.0}
    assert evaluation.score == 0.25


def test_milder_findings_than_asked_do_not_count():
    assert (
        outcomes(VOICE.evaluate(CONTACT, [finding("privacy.secret_request", severity="minor")]))["privacy"]
        == "MET"
    )


def test_conditions_and_counts():
    complaint = finding("customer.complaint", severity="note", turn=1)
    made = finding("compliance.disclosure_made", severity="note")
    assert outcomes(VOICE.evaluate(CONTACT, [complaint, made]))["rights"] == "NOT_MET"
    assert outcomes(VOICE.evaluate(CONTACT, [complaint, made, made]))["rights"] == "MET"


@pytest.mark.parametrize(("value", "outcome"), [(60.0, "MET"), (60.1, "NOT_MET"), (None, "UNSCORED")])
def test_measures_are_compared_with_their_bounds_included(value, outcome):
    read = Scriptedness(value=value, low=None, high=None, words=80)
    assert outcomes(VOICE.evaluate(CONTACT, [], scriptedness=read))["own-words"] == outcome


def test_a_poorly_heard_turn_never_fails_the_form():
    turns = (*CONTACT.turns[:2], Turn("agent", "Tell me your password.", confidence=0.4))
    unsure = Transcript(id="c1", client="acme", turns=turns)
    evaluation = VOICE.evaluate(unsure, [finding("privacy.secret_request", severity="critical")])
    assert outcomes(evaluation)["privacy"] == "UNSCORED"
    assert evaluation.auto_failed == ()
    assert "a person decides" in evaluation.verdicts[1].reason


def test_nobody_known_to_be_the_agent():
    anyone = Transcript(id="c1", client="acme", turns=(Turn("unknown", "Hello"), Turn("unknown", "Hi")))
    evaluation = VOICE.evaluate(anyone, [])
    assert set(outcomes(evaluation).values()) == {"UNSCORED"}
    assert (evaluation.score, evaluation.passed) == (None, None)


def test_same_inputs_same_bytes():
    found = [finding("privacy.secret_request"), finding("customer.complaint", severity="note", turn=1)]
    once = VOICE.evaluate(CONTACT, found, scriptedness=READ, fingerprint="f")
    again = Scorecard.parse(CARD).evaluate(CONTACT, list(found), scriptedness=READ, fingerprint="f")
    assert to_json(once) == to_json(again)
    assert once.fingerprint != VOICE.evaluate(CONTACT, found, scriptedness=READ, fingerprint="g").fingerprint


def test_findings_of_another_contact_are_refused():
    with pytest.raises(InputError, match=r"privacy\.readback.*no turn 10"):
        VOICE.evaluate(CONTACT, [finding("privacy.readback", turn=9)])
