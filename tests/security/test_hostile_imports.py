"""Files that somebody else made: past scores, forms and YAML, refused with a reason and in time."""

import json
import time

import pytest

from knowledge_base.client_file import parse_profile
from knowledge_base.client_rules import parse_client_rules
from models.errors import ConfigError, InputError
from models.records import Transcript, Turn
from models.yaml_lines import load_lined
from qa import Scorecard, read_folder
from qa.forms import read_form
from qa.human_scores import read_human_scores
from storage import MemoryStore
from tests.unit.web.conftest import CARD

PAN = "4539148803436467"
DEEP = ("a: " + "[" * 100_000, "a: " + "{b: " * 100_000, "- " * 100_000, "? " * 50_000, "&a [*a]")


@pytest.mark.parametrize("text", DEEP)
def test_deep_yaml_is_refused_and_ends_no_process(text):
    readers = (
        lambda: load_lined(text, origin="x"),
        lambda: Scorecard.parse(text),
        lambda: parse_client_rules(text),
        lambda: parse_profile(text, "acme"),
    )
    for read in readers:
        with pytest.raises(ConfigError):
            read()


def test_a_number_that_no_float_holds_is_no_number():
    with pytest.raises(ConfigError, match="pass_mark: must be"):
        Scorecard.parse(CARD + "pass_mark: 1" + "0" * 400)


def question(id, **more):
    options = [{"text": "a", "value": 1}, {"text": "b", "value": 0}]
    kind = "multipleChoiceQuestion"
    return {"contextId": id, "type": kind, "text": "t", "answerOptions": options, **more}


def form(tmp_path, value):
    path = tmp_path / "form.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return read_form(path)


def genesys(*questions):
    return {"name": "f", "questionGroups": [{"name": "g", "questions": list(questions)}]}


def nested():
    question = '{"Question": {"Title": "q", "RefId": "q", "QuestionType": "TEXT"}}'
    opened = '{"Section": {"Title": "s", "RefId": "s", "Items": ['
    return '{"Title": "T", "Items": [' + opened * 20_000 + question + "]}}" * 20_000 + "]}"


@pytest.mark.parametrize("value", ["[" * 100_000, '{"a":' * 100_000, nested()])
def test_a_deep_form_is_refused(tmp_path, value):
    with pytest.raises(InputError):
        form(tmp_path, value)


@pytest.mark.parametrize("huge", ["1" + "0" * 400, "NaN", "Infinity"])
def test_numbers_that_no_form_means_earn_nothing(tmp_path, huge):
    text = json.dumps(genesys(question("a"))).replace('"value": 0', f'"value": {huge}')
    (criterion,) = form(tmp_path, text).scorecard.criteria
    assert [option.share for option in criterion.answer.options] == [1.0, 0.0]


def test_a_condition_with_a_huge_place_is_not_followed(tmp_path):
    where = f"/form/questionGroup/{'9' * 5000}/question/1/answer/1"
    asked = question("a", visibilityCondition={"combiningOperation": "AND", "predicates": [where]})
    assert form(tmp_path, genesys(question("b"), asked)).scorecard.criteria[1].conditions == ()


def test_thousands_of_questions_of_one_name_take_no_minutes(tmp_path):
    start = time.process_time()
    made = form(tmp_path, genesys(*(question("the-same-name") for _ in range(600))))
    assert len({one.ref for one in made.scorecard.criteria}) == 600
    assert time.process_time() - start < 5


def test_past_scores_keep_no_card_as_contact_or_rater():
    table = f"contact_id,evaluator,rude\n{PAN},Lea,yes\nc1,Ana {PAN},yes\n"
    found = read_human_scores(table.encode(), Scorecard.parse(CARD))
    assert len(found.answers) == 2
    assert PAN not in repr(found)


def test_ids_of_past_scores_stay_whole():
    id = "12345678-1234-4234-8234-123456789012"
    found = read_human_scores(f"contact_id,rude\n{id},yes\n".encode(), Scorecard.parse(CARD), rater="Lea")
    assert found.answers[0].contact == id


@pytest.mark.parametrize("cell", ["9" * 400, "9" * 400 + "/" + "9" * 400, "9" * 400 + " %"])
def test_totals_are_numbers_or_refused(cell):
    table = f"contact_id,rude,score\nc1,yes,{cell}\n"
    found = read_human_scores(table.encode(), Scorecard.parse(CARD), rater="Lea")
    assert [row.line for row in found.rejected] == [2]


def test_a_header_of_millions_of_columns_is_refused_at_once():
    with pytest.raises(InputError, match="columns"):
        read_human_scores(b"contact_id,rude" + b"," * 1_000_000, Scorecard.parse(CARD))


@pytest.mark.parametrize("pattern", [r"\b", r"\bx?\b", r"\B", "x*", "^", r"a\C", r"\\\C"])
def test_a_rule_that_matches_nothing_or_half_a_letter_is_refused(pattern):
    text = f"rules: [{{id: r, label: tone.rude, reason: x, patterns: ['{pattern}']}}]"
    with pytest.raises(ConfigError, match="pattern 1"):
        parse_client_rules(text)


def test_a_rule_may_say_a_backslash_before_a_letter():
    text = r"rules: [{id: r, label: tone.rude, reason: x, patterns: ['\bDrive \\Cold\b']}]"
    assert len(parse_client_rules(text)) == 1


@pytest.mark.parametrize("said", ["nan", "inf", "-inf", 10**400, float("nan")])
def test_a_rating_that_is_no_number_is_none(said):
    store = MemoryStore()
    store.put("acme", Transcript("c", "acme", (Turn("agent", "Hello."),), metadata={"csat": said}))
    assert store.cases("acme")[0].csat is None


def test_a_rejected_file_named_after_a_card_is_listed_without_it(tmp_path):
    (tmp_path / f"{PAN}.json").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (one,) = read_folder(tmp_path).rejected
    assert PAN not in repr(one)
    assert one.path.endswith(".json")
