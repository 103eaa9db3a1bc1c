"""Scales, numbers, several answers, words; bonuses, conditions, auto-fail that marks; several agents."""

from dataclasses import replace

import pytest

from models.codec import from_json, to_json
from models.errors import ConfigError, InputError
from models.records import AnswerIs, Evaluation, Finding, Found, Span, Transcript, Turn, Verdict
from qa.card_writing import to_yaml
from qa.contact_agents import agents_of, part_of, turns_of
from qa.scorecards import Scorecard

CARD = """\
name: full
version: 1
pass_mark: 60
dispute_days: 7
resolved_by: anyone
sections:
  - ref: talk
    title: Talk
    criteria:
      - ref: curt
        question: How many curt answers?
        weight: 2
        answer:
          number:
            - {ref: none, at_most: 0, share: 1}
            - {ref: few, at_least: 1, at_most: 2, share: 0.5}
            - {ref: many, at_least: 3, share: 0}
        check: {found: [tone.curt]}
      - ref: silence
        question: How long was the longest silence?
        weight: 2
        answer: {number: [{at_most: 10, share: 1}, {share: 0.25}], met_from: 0.5}
        check: {measure: longest_silence_s, unit: seconds}
      - ref: thanks
        question: Thanked?
        weight: 1
        bonus: true
        check: {found: [tone.courtesy]}
  - ref: outcome
    title: Outcome
    criteria:
      - ref: offer
        question: What was offered?
        weight: 4
        answer:
          scale: [{ref: none, share: 0}, {ref: part, share: 0.5}, {ref: all, share: 1}]
          met_from: 0.5
        check: {asked: What was offered?}
      - ref: dated
        question: With a date?
        weight: 2
        applies_when: {criterion: offer, answer: [part, all]}
        check: {asked: With a date?}
      - ref: faults
        question: Which faults?
        weight: 2
        answer:
          multi: [{ref: late, share: -0.5}, {ref: short, share: -0.75}]
          starts_at: 1
        check: {asked: Which faults?}
      - ref: remark
        question: Anything else?
        answer: text
        check: {asked: Anything else?}
"""
FULL = Scorecard.parse(CARD)
CONTACT = Transcript(
    id="c1",
    client="acme",
    agent="a1",
    turns=(
        Turn("agent", "Hello there.", start_s=0.0, end_s=2.0),
        Turn("customer", "My bill is wrong.", start_s=3.0, end_s=5.0),
        Turn("agent", "So what. Bye now.", start_s=20.0, end_s=22.0),
    ),
)


def finding(label, *, turn=2, severity="major", start=0, source=None):
    return Finding(label, severity, Span(turn, start, start + 4), 0.9, "rule@1", "because", source=source)


def card_with(*criteria, **top):
    lines = "".join(f"      - {one}\n" for one in criteria)
    extra = "".join(f"{key}: {value}\n" for key, value in top.items())
    return Scorecard.parse(f"name: c\nversion: 1\n{extra}sections:\n  - ref: s\n    criteria:\n{lines}")


def answers(evaluation):
    return {one.criterion: (one.outcome, one.value, one.points) for one in evaluation.verdicts}


def person(ref, outcome, value=None, points=None):
    return Verdict(ref, outcome, points, "a person said so", "model@1", (), value)


def test_a_card_is_written_and_read_back():
    again = Scorecard.parse(to_yaml(FULL))
    assert to_json(again) == to_json(FULL)
    assert to_json(from_json(Scorecard, to_json(FULL))) == to_json(FULL)
    assert (FULL.dispute_days, FULL.resolved_by) == (7, "anyone")


@pytest.mark.parametrize(
    ("count", "expected"), [(0, ("MET", 0.0, 2.0)), (2, ("NOT_MET", 2.0, 1.0)), (5, ("NOT_MET", 5.0, 0.0))]
)
def test_how_many_were_found_falls_into_bands(count, expected):
    found = [finding("tone.curt", start=number) for number in range(count)]
    assert answers(FULL.evaluate(CONTACT, found))["curt"] == expected


def test_a_measure_falls_into_bands_and_without_times_into_none():
    assert answers(FULL.evaluate(CONTACT, []))["silence"] == ("NOT_MET", 15.0, 0.5)
    silent = replace(CONTACT, turns=tuple(replace(turn, start_s=None, end_s=None) for turn in CONTACT.turns))
    assert answers(FULL.evaluate(silent, []))["silence"] == ("UNSCORED", None, None)


def test_a_bonus_adds_and_never_takes():
    card = card_with(
        "{ref: a, question: A?, weight: 4, check: {absent: [tone.rude]}}",
        "{ref: b, question: B?, weight: 1, bonus: true, check: {found: [tone.courtesy]}}",
    )
    rude, thanks = finding("tone.rude"), finding("tone.courtesy", severity="note")
    assert card.evaluate(CONTACT, []).score == 1.0
    assert card.evaluate(CONTACT, [thanks]).score == 1.0
    assert card.evaluate(CONTACT, [rude]).score == 0.0
    assert card.evaluate(CONTACT, [rude, thanks]).score == 0.25
    assert card.evaluate(CONTACT, [rude]).copc["customer"] == 0.0


def test_not_applicable_may_count_as_met():
    left_out = (
        "{ref: a, question: A?, applies_when: {found: [customer.complaint]}, check: {absent: [tone.rude]}}"
    )
    counted = left_out.replace("question: A?", "question: A?, not_applicable: count_as_met")
    other = "{ref: b, question: B?, check: {absent: [tone.curt]}}"
    curt = [finding("tone.curt")]
    assert card_with(left_out, other).evaluate(CONTACT, curt).score == 0.0
    evaluation = card_with(counted, other).evaluate(CONTACT, curt)
    assert (evaluation.score, evaluation.copc["customer"]) == (0.5, 0.5)
    assert evaluation.verdicts[0].outcome == "NOT_APPLICABLE"


@pytest.mark.parametrize(
    ("scope", "how", "score", "passed"),
    [("form", "zero", 0.0, False), ("form", "mark", 0.75, False), ("section", "zero", 0.0, False), ("section", "mark", 0.75, True)],
)  # fmt: skip
def test_auto_fail_zeroes_or_marks(scope, how, score, passed):
    card = card_with(
        f"{{ref: a, question: A?, auto_fail: {scope}, on_auto_fail: {how}, check: {{absent: [tone.rude]}}}}",
        "{ref: b, question: B?, weight: 3, check: {absent: [tone.curt]}}",
        pass_mark=70,
    )
    evaluation = card.evaluate(CONTACT, [finding("tone.rude")])
    assert (evaluation.score, evaluation.passed, evaluation.raw_score) == (score, passed, 0.75)
    assert evaluation.auto_failed == ("a",)


def test_an_option_may_be_what_fails():
    card = card_with(
        "{ref: a, question: A?, auto_fail: form, answer: {scale: [{ref: bad, share: 0, fails: true}, "
        "{ref: poor, share: 0.2}, {ref: good, share: 1}]}, check: {asked: A?, by: generator}}"
    )
    for value, failed in (("bad", ("a",)), ("poor", ()), ("good", ())):
        given = person("a", "NOT_MET" if value != "good" else "MET", value, 0.0)
        assert card.evaluate(CONTACT, [], answers=[given]).auto_failed == failed


def test_a_question_hangs_on_an_answer_above_it():
    waits = answers(FULL.evaluate(CONTACT, []))
    assert waits["dated"] == ("UNSCORED", None, None)
    none = FULL.evaluate(CONTACT, [], answers=[person("offer", "NOT_MET", "none", 0.0)])
    assert answers(none)["dated"][0] == "NOT_APPLICABLE"
    some = FULL.evaluate(CONTACT, [], answers=[person("offer", "MET", "part", 2.0)])
    assert some.verdicts[4].reason == "waits for a person's answer"


def test_an_asked_question_that_did_not_arise_waits_for_nobody():
    card = card_with(
        "{ref: a, question: A?, applies_when: {found: [customer.complaint]}, check: {asked: A?}}",
        "{ref: b, question: B?, applies_when: {absent: [customer.complaint]}, check: {absent: [tone.rude]}}",
    )
    assert [one.outcome for one in card.evaluate(CONTACT, []).verdicts] == ["NOT_APPLICABLE", "MET"]
    complaint = finding("customer.complaint", turn=1, severity="note")
    assert [one.outcome for one in card.evaluate(CONTACT, [complaint]).verdicts] == [
        "UNSCORED",
        "NOT_APPLICABLE",
    ]


def test_all_conditions_must_hold():
    card = card_with(
        "{ref: a, question: A?, check: {absent: [tone.rude]}}",
        "{ref: b, question: B?, applies_when: [{criterion: a, answer: yes}, {found: [customer.complaint]}], "
        "check: {absent: [tone.curt]}}",
    )
    assert card.criteria[1].conditions == (
        AnswerIs("a", ("MET",)),
        Found(("customer.complaint",), at_least=1),
    )
    complaint = finding("customer.complaint", turn=1, severity="note")
    assert card.evaluate(CONTACT, [complaint]).verdicts[1].outcome == "MET"
    assert card.evaluate(CONTACT, []).verdicts[1].outcome == "NOT_APPLICABLE"
    assert card.evaluate(CONTACT, [complaint, finding("tone.rude")]).verdicts[1].outcome == "NOT_APPLICABLE"


UNSURE = replace(CONTACT, turns=tuple(replace(turn, confidence=0.4) for turn in CONTACT.turns))
MIXED = replace(CONTACT, turns=(replace(CONTACT.turns[0], confidence=0.2), *CONTACT.turns[1:]))


@pytest.mark.parametrize(
    ("check", "contact", "found", "outcome"),
    [
        ("absent: [tone.rude]", UNSURE, ["tone.rude"], "UNSCORED"),
        ("absent: [tone.rude]", CONTACT, ["tone.rude"], "NOT_MET"),
        ("absent: [tone.rude]", MIXED, ["tone.rude"], "NOT_MET"),
        ("found: [tone.empathy]", UNSURE, [], "UNSCORED"),
        ("found: [tone.empathy]", CONTACT, [], "NOT_MET"),
        ("measure: longest_silence_s, at_most: 3", UNSURE, [], "UNSCORED"),
        ("measure: longest_silence_s, at_most: 3", CONTACT, [], "NOT_MET"),
    ],
)
def test_words_heard_badly_fail_nothing_by_machine(check, contact, found, outcome):
    card = card_with(f"{{ref: a, question: A?, auto_fail: form, check: {{{check}}}}}")
    evaluation = card.evaluate(contact, [finding(label) for label in found])
    assert evaluation.verdicts[0].outcome == outcome
    assert evaluation.auto_failed == (("a",) if outcome == "NOT_MET" else ())


SHARED = Transcript(
    id="c2",
    client="acme",
    turns=(
        Turn("customer", "Hello?"),
        Turn("agent", "Hello, this is Ana.", participant="Ana"),
        Turn("customer", "It is broken."),
        Turn("agent", "I pass you on.", participant="Ana"),
        Turn("agent", "Ben here, so what.", participant="Ben"),
        Turn("customer", "That is rude."),
    ),
)


def test_a_contact_that_was_passed_on_has_two_parts():
    assert agents_of(SHARED) == ("Ana", "Ben")
    assert (turns_of(SHARED, "Ana"), turns_of(SHARED, "Ben")) == ({0, 1, 2, 3}, {4, 5})
    assert len(part_of(SHARED, "Ben").turns) == 2
    assert agents_of(CONTACT) == ("a1",)


def test_each_agent_answers_for_their_own_part():
    card = card_with(
        "{ref: a, question: A?, check: {absent: [tone.rude]}}",
        "{ref: b, question: B?, check: {absent: [compliance.missing_disclosure]}}",
        "{ref: c, question: C?, check: {measure: agent_turns, at_most: 1, unit: count}}",
    )
    missing = Finding("compliance.missing_disclosure", "major", None, 0.9, "rule@1", "never said")
    found = [finding("tone.rude", turn=4), missing]
    ana, ben = (card.evaluate(SHARED, found, agent=agent) for agent in agents_of(SHARED))
    assert [one.outcome for one in ana.verdicts] == ["MET", "UNSCORED", "NOT_MET"]
    assert [one.outcome for one in ben.verdicts] == ["NOT_MET", "UNSCORED", "MET"]
    assert "a person says whose it is" in ben.verdicts[1].reason
    assert (ana.id, ben.id) == ("c2:c:Ana", "c2:c:Ben")
    assert (ana.agent, ben.agent) == ("Ana", "Ben")
    with pytest.raises(InputError, match="no agent of that name"):
        card.evaluate(SHARED, found, agent="Cid")


def test_fingerprint_says_what_it_was_made_of():
    evaluation = FULL.evaluate(CONTACT, [], fingerprint="f", parts={"analyser": "f", "documents": "d"})
    assert set(evaluation.parts) == {"analyser", "documents", "scorecard", "transcript"}
    words = Scorecard.parse(CARD.replace("How many curt answers?", "How often was it curt?"))
    weights = Scorecard.parse(CARD.replace("weight: 4", "weight: 5"))
    assert words.evaluate(CONTACT, [], fingerprint="f").fingerprint == evaluation.fingerprint
    assert weights.evaluate(CONTACT, [], fingerprint="f").fingerprint != evaluation.fingerprint
    assert to_json(from_json(Evaluation, to_json(evaluation))) == to_json(evaluation)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("{ref: few, at_least: 1, at_most: 2, share: 0.5}", "{at_least: 3, at_most: 2}", 16, "above at_most"),
        ("check: {found: [tone.curt]}", "check: {absent: [tone.curt]}", 18, "bands"),
        ("check: {asked: What was offered?}", "check: {found: [tone.curt]}", 35, "is for check: asked"),
        ("starts_at: 1", "starts_at: 3", 49, "from 0 to 1"),
        ("{ref: part, share: 0.5}", "{ref: part, share: 50}", 36, "share of the criterion's weight"),
        ("{ref: part, share: 0.5}", "{ref: none, share: 0.5}", 36, "same ref"),
        ("met_from: 0.5\n        check: {asked: What", "met_from: 0\n        check: {asked: What", 37, "above 0"),
        ("answer: [part, all]", "answer: [some]", 42, "none, part"),
        ("criterion: offer", "criterion: remark", 42, "further up"),
        ("answer: text", "answer: text\n        weight: 2", 54, "earns no points"),
        ("bonus: true", "bonus: true\n        auto_fail: form", 27, "bonus can lose nothing"),
        ("bonus: true", "on_auto_fail: mark", 27, "there is none"),
        ("dispute_days: 7", "dispute_days: 700", 4, "0 to 365"),
        ("resolved_by: anyone", "resolved_by: nobody", 5, "another, anyone"),
        ("answer: {number: [", "answer: {scale: [", 0, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said_with_its_line(old, new, line, words):
    assert old in CARD
    with pytest.raises(ConfigError) as raised:
        Scorecard.parse(CARD.replace(old, new, 1), origin="card.yaml")
    assert words in str(raised.value)
    if line:
        assert f"card.yaml, line {line}" in str(raised.value)
