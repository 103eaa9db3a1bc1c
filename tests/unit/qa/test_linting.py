from pathlib import Path

import pytest

from models.labels import LABELS
from qa.linting import CODES, lines_of, lint
from qa.scorecards import Scorecard

READY = sorted((Path(__file__).parents[3] / "examples" / "scorecards").glob("*.yaml"))
GUIDE = "guideline: 'The agent says the name and repeats the amount that is due.'"


def card(*criteria, pass_mark=80):
    lines = "".join(f"      - {{ref: c{number}, {one}}}\n" for number, one in enumerate(criteria))
    return Scorecard.parse(
        f"name: c\nversion: 1\npass_mark: {pass_mark}\nsections:\n  - ref: s\n    criteria:\n{lines}"
    )


@pytest.mark.parametrize(
    ("criterion", "codes"),
    [
        ("question: 'Greeted?', check: {asked: 'Did the agent say the name?'}", []),
        ("question: 'Appropriate?', check: {asked: 'Was the greeting appropriate?'}", ["vague-wording"]),
        (f"question: 'Appropriate?', check: {{asked: 'Was it appropriate?'}}, {GUIDE}", []),
        ("question: 'Proper?', check: {absent: [tone.rude]}", []),
        ("question: 'Polite?', check: {asked: 'Was the agent polite?'}", ["tone-without-behaviour"]),
        (f"question: 'Polite?', check: {{asked: 'Was the agent polite?'}}, {GUIDE}", []),
        ("question: 'Energy plan?', check: {asked: 'Was the energy plan named?'}", []),
        ("question: 'Attitude?', check: {asked: 'Did the agent show a positive attitude?'}", ["feeling"]),
        ("question: 'Keen?', check: {asked: 'Was the agent enthusiastic?'}", ["feeling"]),
        ("question: 'Both?', check: {asked: 'Was it solved and was it logged?'}", ["two-questions"]),
        ("question: 'Zero?', weight: 0, check: {absent: [tone.rude]}", ["weight-cannot-matter"]),
        ("question: 'Fails?', weight: 0, auto_fail: form, check: {absent: [tone.rude]}", []),
        ("question: 'Fails?', auto_fail: form, check: {asked: 'Said?'}", ["auto-fail-without-guideline"]),
        ("question: 'Any?', check: {found: [tone.rude], at_least: 0}", ["always-met"]),
        ("question: 'All?', check: {measure: silence_share, at_most: 100}", ["always-met"]),
        (
            (
                "question: 'How?', answer: {scale: [{ref: a, share: 0}, {ref: b, share: 0.5}, {ref: c, share: 1}]}, "
                "check: {asked: 'How much was said?'}"
            ),
            ["three-way"],
        ),
        (
            (
                "question: 'How?', answer: {scale: [{ref: a, share: 0}, {ref: b, text: Partially, share: 0.5}, "
                "{ref: d, share: 0.7}, {ref: c, share: 1}]}, check: {asked: 'How much was said?'}"
            ),
            ["three-way"],
        ),
        ("question: 'How?', answer: {scale: 1-5}, check: {asked: 'How much was said?'}", []),
        (
            "question: 'How?', answer: {number: [{at_most: 3, share: 1}, {share: 1}]}, check: {found: [tone.rude]}",
            ["weight-cannot-matter"],
        ),
    ],
)
def test_what_is_to_mend(criterion, codes):
    other = "question: 'Other?', weight: 5, check: {absent: [brand.insult]}"
    found = lint(card(criterion, other))
    assert [one.code for one in found] == codes
    assert all(one.ref == "c0" and one.code in CODES for one in found)


def test_a_weight_too_small_to_move_the_score():
    found = lint(
        card(
            "question: 'Small?', weight: 1, check: {absent: [tone.rude]}",
            "question: 'Large?', weight: 500, check: {absent: [brand.insult]}",
        )
    )
    assert [(one.code, one.ref) for one in found] == [("weight-cannot-matter", "c0")]


def test_labels_that_nothing_finds_and_documents_that_are_not_there():
    one = card(
        "question: 'A?', check: {absent: [tone.rude, tone.curt]}",
        "question: 'B?', check: {absent: [brand.insult], document: policies/x}",
    )
    found = lint(one, supported={"tone.curt"}, documents={"policies/y"})
    assert [(each.code, each.level, each.ref) for each in found] == [
        ("no-detector", "error", "c1"),
        ("unknown-document", "error", "c1"),
        ("no-detector", "warning", "c0"),
    ]
    assert lint(one, supported=set(LABELS), documents={"policies/x"}) == []


@pytest.mark.parametrize(("mark", "codes"), [(0, ["pass-mark"]), (100, ["pass-mark"]), (80, [])])
def test_a_pass_mark_that_says_nothing(mark, codes):
    assert [
        one.code for one in lint(card("question: 'A?', check: {absent: [tone.rude]}", pass_mark=mark))
    ] == codes


def test_lines_are_those_of_the_file():
    text = "name: c\nversion: 1\nsections:\n  - ref: s\n    criteria:\n      - question: Fine?\n        ref: a\n        weight: 0\n        check: {absent: [tone.rude]}\n      - {ref: b, question: B?, check: {absent: [tone.curt]}}\n"
    found = lint(Scorecard.parse(text), lines=lines_of(text))
    assert [(one.ref, one.line) for one in found] == [("a", 7)]


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_the_ready_scorecards_have_nothing_to_mend(path):
    assert lint(Scorecard.load(path), supported=set(LABELS)) == []
