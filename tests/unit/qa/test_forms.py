"""Forms of other products, written by us in their shapes."""

import json

import pytest

from models.errors import InputError
from models.records import AnswerIs, Measured
from qa.card_writing import to_yaml
from qa.forms import read_form
from qa.scorecards import Scorecard


def option(ref, text, score, **more):
    return {"RefId": ref, "Text": text, "Score": score, **more}


def question(ref, kind, settings=None, **more):
    return {
        "Question": {
            "Title": f"About {ref}?",
            "RefId": ref,
            "QuestionType": kind,
            "Instructions": "Listen.",
            "QuestionTypeProperties": settings or {},
            **more,
        }
    }


def section(ref, *items, **more):
    return {"Section": {"Title": ref.title(), "RefId": ref, "Items": list(items), **more}}


YES_NO = {
    "SingleSelect": {"Options": [option("y", "Yes", 10), option("n", "No", 0)], "Automation": {"Options": []}}
}
CONNECT = {
    "EvaluationForm": {
        "Title": "Billing calls",
        "ScoringStrategy": {"Mode": "SECTION_ONLY", "Status": "ENABLED"},
        "Items": [
            section(
                "opening",
                question("greeted", "SINGLESELECT", YES_NO),
                question("why", "TEXT"),
                section("inner", question("named", "SINGLESELECT", {"SingleSelect": {"Options": [option("late", "Late", 5), option("never", "Never", 0, AutomaticFail=True), option("once", "Once", 10)]}}), Weight=20),
                Weight=40,
            ),
            section(
                "rest",
                question(
                    "pauses",
                    "NUMERIC",
                    {"Numeric": {"Options": [{"MinValue": 0, "MaxValue": 20, "Score": 10}, {"MinValue": 21, "MaxValue": 100, "Score": 2}], "Automation": {"PropertyValue": {"Label": "NON_TALK_TIME_PERCENTAGE"}}}},
                ),
                question(
                    "when",
                    "SINGLESELECT",
                    YES_NO,
                    Enablement={"Action": "ENABLE", "Condition": {"Operands": [{"Expression": {"Source": {"Type": "QUESTION_REF_ID", "RefId": "greeted"}, "Comparator": "IN", "Values": [{"Type": "OPTION_REF_ID", "RefId": "n"}]}}]}},
                ),
                question("faults", "MULTISELECT", {"MultiSelect": {"Options": [option("a", "None", 10), option("b", "Some", 4)]}}),
                question("held", "SINGLESELECT", YES_NO, Enablement={"Action": "ENABLE", "Condition": {"Operands": [{"Expression": {"Source": {"Type": "CONTACT"}, "Comparator": "IN", "Values": []}}]}}),
                Weight=60,
            ),
        ],
    }
}  # fmt: skip
GENESYS = {
    "id": "f1",
    "name": "Service check",
    "weightMode": "SCALED",
    "questionGroups": [
        {
            "name": "Opening",
            "contextId": "ctx-opening",
            "manualWeight": 30,
            "questions": [
                {"type": "multipleChoiceQuestion", "contextId": "ctx-greet", "text": "Greeted?", "answerOptions": [{"text": "Yes", "value": 5}, {"text": "No", "value": 0}]},
                {"type": "multipleChoiceQuestion", "contextId": "ctx-name", "text": "Named?", "isKill": True, "answerOptions": [{"text": "Fully", "value": 10}, {"text": "Half", "value": 5}, {"text": "No", "value": 0}]},
                {"type": "readOnlyTextBlockQuestion", "text": "Read this."},
            ],
        },
        {
            "name": "Close",
            "contextId": "ctx-close",
            "manualWeight": 70,
            "visibilityCondition": {"combiningOperation": "OR", "predicates": ["/form/questionGroup/0/question/1/answer/0", "/form/questionGroup/0/question/1/answer/1"]},
            "questions": [
                {"type": "multipleSelectQuestion", "contextId": "ctx-did", "text": "Did what?", "isCritical": True, "answerOptions": [{"text": "Recap", "value": 2}, {"text": "Thanks", "value": 2}]},
                {"type": "freeTextQuestion", "contextId": "ctx-note", "text": "Note"},
                {"type": "npsQuestion", "contextId": "ctx-nps", "text": "Would you?", "visibilityCondition": {"combiningOperation": "AND", "predicates": ["/form/questionGroup/0/question/0/answer/1"]}},
                {"type": "multipleChoiceQuestion", "contextId": "ctx-bad", "text": "Odd?", "visibilityCondition": {"predicates": ["/somewhere/else"]}, "answerOptions": [{"text": "A", "value": 1}, {"text": "B", "value": 0, "assistanceConditions": [{"topicIds": ["t"]}]}]},
            ],
        },
    ],
}  # fmt: skip


def imported(tmp_path, form):
    (tmp_path / "form.json").write_text(json.dumps(form), "utf-8")
    return read_form(tmp_path / "form.json")


def test_amazon_connect(tmp_path):
    read = imported(tmp_path, CONNECT)
    card = read.scorecard
    by_ref = {one.ref: one for one in card.criteria}
    assert (read.source, card.id, [one.title for one in card.sections]) == (
        "amazon_connect",
        "billing-calls@1",
        ["Opening", "Opening / Inner", "Rest"],
    )
    assert (by_ref["greeted"].answer.kind, by_ref["greeted"].weight, by_ref["greeted"].guideline) == (
        "yes_no",
        40,
        "Listen.",
    )
    assert (by_ref["why"].answer.kind, by_ref["why"].weight) == ("text", 0)
    named = by_ref["named"]
    assert [(one.ref, one.share, one.fails) for one in named.answer.options] == [
        ("late", 0.5, False),
        ("never", 0.0, True),
        ("once", 1.0, False),
    ]
    assert (named.auto_fail, named.weight) == ("form", 20)
    assert by_ref["pauses"].check == Measured("silence_share", unit="percent")
    assert [(one.low, one.high, one.share) for one in by_ref["pauses"].answer.options] == [
        (0, 20, 1.0),
        (21, 100, 0.2),
    ]
    assert (by_ref["faults"].answer.kind, by_ref["faults"].weight) == ("multi", 15)
    assert by_ref["when"].conditions == (AnswerIs("greeted", ("NOT_MET",)),)
    assert by_ref["held"].conditions == ()
    assert any(note.startswith("held: is shown only under a condition") for note in read.notes)
    assert any(note.startswith("greeted: was answered by a rule") for note in read.notes)


def test_genesys(tmp_path):
    read = imported(tmp_path, GENESYS)
    by_ref = {one.ref: one for one in read.scorecard.criteria}
    assert list(by_ref) == ["ctx-greet", "ctx-name", "ctx-did", "ctx-note", "ctx-nps", "ctx-bad"]
    assert (by_ref["ctx-greet"].answer.kind, by_ref["ctx-greet"].weight) == ("yes_no", 10)
    name = by_ref["ctx-name"]
    assert ([one.share for one in name.answer.options], name.auto_fail, name.weight) == (
        [1.0, 0.5, 0.0],
        "form",
        20,
    )
    did = by_ref["ctx-did"]
    assert (did.answer.kind, [one.share for one in did.answer.options]) == ("multi", [0.5, 0.5])
    assert did.conditions == (AnswerIs("ctx-name", options=("answer-1", "answer-2")),)
    assert by_ref["ctx-note"].answer.kind == "text"
    assert by_ref["ctx-nps"].conditions[-1] == AnswerIs("ctx-greet", ("NOT_MET",))
    assert by_ref["ctx-nps"].answer.options[10].share == 1.0
    assert sum(one.weight for one in read.scorecard.sections[1].criteria) == pytest.approx(70, abs=1e-4)
    for start in ("ctx-did: was critical", "ctx-bad: is shown only", "ctx-bad: was answered by topics"):
        assert any(note.startswith(start) for note in read.notes), start


@pytest.mark.parametrize("form", [CONNECT, GENESYS], ids=["connect", "genesys"])
def test_an_imported_card_is_a_file_like_any_other(tmp_path, form):
    card = imported(tmp_path, form).scorecard
    assert Scorecard.parse(to_yaml(card)) == card


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[]", "no known form"),
        ("{", "not JSON"),
        ('{"Title": "x", "Items": [{"Section": {"Title": "s", "RefId": "s", "Items": []}}]}', "no question"),
        ('{"Title": "x", "Items": [{"Section": {"RefId": "s", "Items": [{"Question": {"RefId": "q", "Title": "Q", "QuestionType": "TEXT"}}]}}]}', "no scorecard"),
        ('{"name": "x", "questionGroups": [{"questions": []}]}', "no question"),
    ],
)  # fmt: skip
def test_what_is_no_form(tmp_path, content, words):
    (tmp_path / "form.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=words):
        read_form(tmp_path / "form.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_form(tmp_path / "none.json")
