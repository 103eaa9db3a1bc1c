from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.errors import ConflictError, InputError
from models.records import Evaluation
from qa.agreement import MACHINE, Sheet
from qa.calibration import adopt, groups_of, hand_in, open_calibration, sheets_of, visible_to, waiting
from qa.publishing import plan
from qa.reviews import Correction, confirm
from qa.trust import trust
from tests.unit.qa.test_scoring import CONTACT, READ, VOICE, finding

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SESSION = open_calibration("march", VOICE, ["c1", "c2"], ["Dana", "Lea"], who="Kim", at=NOW)
REFS = [criterion.ref for criterion in VOICE.criteria]


def answers(**changed):
    return [Correction(ref, changed.get(ref.replace("-", "_"), "MET"), "heard it") for ref in REFS]


def handed(contact, who, earlier=(), **changed):
    return hand_in(SESSION, VOICE, contact, answers(**changed), who=who, at=NOW, earlier=earlier)


def test_nobody_sees_others_before_their_own_are_in():
    done = [handed("c1", "Dana"), handed("c2", "Dana"), handed("c1", "Lea", notice="NOT_MET")]
    assert waiting(SESSION, done) == {"Dana": (), "Lea": ("c2",)}
    assert visible_to(SESSION, done, "dana") == done
    assert visible_to(SESSION, done, "Lea") == [done[2]]
    assert visible_to(SESSION, done, "Kim") == []  # who opened it is no rater and might tell
    done.append(handed("c2", "Lea"))
    assert visible_to(SESSION, done, "Lea") == visible_to(SESSION, done, "Kim") == done


def test_what_is_in_stays():
    first = handed("c1", "Dana")
    with pytest.raises(ConflictError, match="stay as they are"):
        handed("c1", "dana", [first], notice="NOT_MET")


@pytest.mark.parametrize(
    ("who", "contact", "given", "words"),
    [
        ("Max", "c1", answers(), "no such rater"),
        ("Dana", "c9", answers(), "no such rater or contact"),
        ("Dana", "c1", answers()[1:], "answer these too: notice"),
        ("Dana", "c1", [*answers(), Correction("nothing", "MET")], "no criterion"),
        ("Dana", "c1", [*answers(), answers()[0]], "given twice"),
        ("Dana", "c1", [Correction("notice"), *answers()[1:]], "answer is missing"),
    ],
)
def test_what_cannot_be_handed_in(who, contact, given, words):
    with pytest.raises(InputError, match=words):
        hand_in(SESSION, VOICE, contact, given, who=who, at=NOW)


@pytest.mark.parametrize(
    ("contacts", "raters", "who", "words"),
    [
        ([], ["Dana"], "Kim", "needs contacts"),
        (["c1"], [], "Kim", "needs contacts and raters"),
        (["c1"], ["Dana", "dana"], "Kim", "stands twice"),
        (["c1", "c1"], ["Dana"], "Kim", "stands twice"),
        (["c1"], [MACHINE], "Kim", "nobody's name"),
        (["c1"], ["Dana"], " ", "name of the person"),
    ],
)
def test_what_cannot_be_opened(contacts, raters, who, words):
    with pytest.raises(InputError, match=words):
        open_calibration("x", VOICE, contacts, raters, who=who, at=NOW)


def test_the_machine_takes_part_with_its_own_answers():
    draft = VOICE.evaluate(
        CONTACT, [finding("privacy.secret_request", severity="critical")], scriptedness=READ
    )
    confirmed, _ = confirm(draft, VOICE, [("privacy", "MET", "four digits only")], who="Dana", at=NOW)
    sheets = sheets_of([handed("c1", "Dana")], [confirmed])
    machine = next(one for one in sheets if one.rater == MACHINE)
    assert machine == Sheet("c1", MACHINE, draft.verdicts)
    assert sheets_of([handed("c1", "Dana")], [confirmed], contacts=["c7"]) == []


def test_what_was_agreed_on_is_wording():
    card = adopt(VOICE, "privacy", "Four digits\nare fine.", who="Kim", at=NOW, session="march")
    assert card.criteria[1].guideline == "Four digits are fine. (Agreed: Kim, 2026-03-02, calibration march.)"
    twice = adopt(card, "privacy", "A masked card too.", who="Lea", at=NOW)
    assert twice.criteria[1].guideline.splitlines()[1] == "A masked card too. (Agreed: Lea, 2026-03-02.)"
    assert plan(twice, [VOICE]).change == "wording"
    for wrong in (("nothing", "x", "Kim"), ("privacy", " ", "Kim"), ("privacy", "x", " ")):
        with pytest.raises(InputError):
            adopt(VOICE, wrong[0], wrong[1], who=wrong[2], at=NOW)


def test_groups_are_language_and_site():
    assert groups_of({"c1": "de", "c2": None}, {"c1": "Manila", "c2": ""}) == {
        "c1": ("language: de", "site: Manila"),
        "c2": (),
    }


def confirmed_in(month, number, *overrides):
    contact = replace(CONTACT, id=f"{month}-{number}")
    draft = VOICE.evaluate(contact, [], scriptedness=READ)
    return confirm(draft, VOICE, overrides, who="Dana", at=datetime(2026, month, 5, tzinfo=UTC))


def test_trust_counts_overrides_with_reasons_and_drift():
    override = ("privacy", "NOT_MET", "asked for the whole number")
    done = [confirmed_in(1, number) for number in range(20)]
    done += [confirmed_in(2, number, *([override] if number < 10 else [])) for number in range(20)]
    evaluations = [evaluation for evaluation, _ in done]
    reviews = [review for _, each in done for review in each]
    draft = replace(evaluations[0], id="d", status="draft")
    report = trust(VOICE, [*evaluations, draft], reviews)
    lines = {one.criterion: one for one in report.criteria}
    privacy = lines["privacy"]
    assert (report.confirmed, privacy.overridden.count, privacy.overridden.of) == (40, 10, 40)
    assert privacy.overridden.low < 0.25 < privacy.overridden.high
    assert (privacy.cases[0].reason, privacy.cases[0].who) == ("asked for the whole number", "Dana")
    assert [month for month, _ in privacy.months] == ["2026-01", "2026-02"]
    assert privacy.drift == "overridden more often in 2026-02: 50%, 0% before"
    assert (lines["notice"].drift, lines["notice"].overridden.count) == ("", 0)
    assert (lines["resolved"].overridden, lines["resolved"].unscored) == (None, 40)
    assert privacy.blind is None  # left unchanged is no agreement


def test_trust_takes_agreement_from_blind_answers():
    draft = VOICE.evaluate(CONTACT, [], scriptedness=READ)
    assert isinstance(draft, Evaluation)
    sheets = sheets_of([handed("c1", "Dana", privacy="NOT_MET")], [draft])
    report = trust(VOICE, [], [], sheets)
    blind = {one.criterion: one.blind for one in report.criteria}
    assert (blind["privacy"].same, blind["notice"].same) == (0.0, 1.0)
    assert report.blind_contacts == 1
