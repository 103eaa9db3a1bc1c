"""Our kappa and alpha against published values and two other implementations; reports of agreement."""

import random

import pytest

from models.errors import InputError
from models.records import Verdict
from qa.agreement import MACHINE, Sheet, agreement, cohen_kappa, krippendorff_alpha
from qa.trust import share
from tests.unit.qa.test_answers import FULL
from tests.unit.qa.test_scoring import VOICE

# Krippendorff 2011, example C: twelve units, four observers, gaps.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [[one for one in unit if one is not None] for unit in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_the_published_one(level, alpha):
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=6e-4)


def drawn(seed, raters, units, values, gaps=0.2):
    chance = random.Random(seed)
    truth = [chance.choice(values) for _ in range(units)]
    rows = [
        [chance.choice(values) if chance.random() < 0.3 else value for value in truth] for _ in range(raters)
    ]
    return [[None if chance.random() < gaps else value for value in row] for row in rows]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_alpha_is_that_of_nltk(seed, level):
    agree = pytest.importorskip("nltk.metrics.agreement")
    from nltk.metrics.distance import binary_distance

    rows = drawn(seed, 3, 25, [1, 2, 3, 5])
    units = [[one for one in unit if one is not None] for unit in zip(*rows, strict=True)]
    told = [
        (f"rater {rater}", f"unit {unit}", row[unit])
        for unit, each in enumerate(units)
        if len(each) > 1
        for rater, row in enumerate(rows)
        if row[unit] is not None
    ]
    distance = binary_distance if level == "nominal" else lambda one, other: float((one - other) ** 2)
    theirs = agree.AnnotationTask(data=told, distance=distance).alpha()
    assert krippendorff_alpha(units, level) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_kappa_is_that_of_scikit_learn(seed):
    metrics = pytest.importorskip("sklearn.metrics")
    one, other = drawn(seed, 2, 40, ["MET", "NOT_MET", "NOT_APPLICABLE"], gaps=0)
    theirs = metrics.cohen_kappa_score(one, other)
    assert cohen_kappa(list(zip(one, other, strict=True))) == pytest.approx(theirs, abs=1e-6)


def test_where_neither_is_defined():
    assert cohen_kappa([]) is None
    assert cohen_kappa([("MET", "MET")] * 9) is None
    assert krippendorff_alpha([["MET", "MET"]] * 9) is None
    assert krippendorff_alpha([["MET"], []]) is None
    with pytest.raises(InputError, match="numbers"):
        krippendorff_alpha([["low", "high"]], "ordinal")


def sheet(contact, rater, **outcomes):
    return Sheet(
        contact,
        rater,
        tuple(Verdict(ref, outcome, None, "said so", rater) for ref, outcome in outcomes.items()),
    )


def sheets(contacts=30, wrong=6):
    made = []
    for number in range(contacts):
        outcome = "MET" if number % 2 else "NOT_MET"
        other = {"MET": "NOT_MET", "NOT_MET": "MET"}[outcome] if number < wrong else outcome
        made += [
            sheet(f"c{number}", "Dana", notice=outcome, resolved="MET"),
            sheet(f"c{number}", MACHINE, notice=other, resolved="UNSCORED"),
        ]
    return made


def test_a_report_per_criterion_and_group():
    groups = {
        f"c{number}": ("language: de",) if number < 10 else ("language: en", "site: Manila")
        for number in range(30)
    }
    report = agreement(VOICE, sheets(), groups=groups)
    rows = {(row.criterion, row.group): row for row in report.rows}
    assert {group for _, group in rows} == {"all", "language: de", "language: en", "site: Manila"}
    whole = rows["notice", "all"]
    assert (whole.contacts, whole.raters, whole.same, whole.kappa.value) == (30, 2, 0.8, 0.6)
    assert whole.kappa.low < 0.6 < whole.kappa.high
    assert rows["notice", "language: en"].kappa.value == 1.0
    assert rows["notice", "language: de"].same == 0.4
    assert not any(criterion == "resolved" for criterion, _ in rows)  # the machine has not answered
    assert [one.contact for one in report.disagreements] == [f"c{number}" for number in range(6)]
    assert report.disagreements[0].answers[0] == ("Dana", "NOT_MET", "said so")


def test_intervals_are_the_same_each_time_and_narrower_with_more_contacts():
    one, again = agreement(VOICE, sheets()).rows[0], agreement(VOICE, sheets()).rows[0]
    more = agreement(VOICE, sheets(300, 60)).rows[0]
    assert one == again
    assert more.kappa.value == one.kappa.value
    assert more.kappa.high - more.kappa.low < (one.kappa.high - one.kappa.low) / 2
    assert agreement(VOICE, sheets(), resamples=0).rows[0].kappa.low is None


def test_scales_are_ordinal_and_the_last_sheet_counts():
    def offered(contact, rater, value):
        return Sheet(contact, rater, (Verdict("offer", "MET", None, "", rater, (), value),))

    values = ["none", "part", "all", "all"]
    near = [offered(f"c{n}", "A", value) for n, value in enumerate(values)] + [
        offered(f"c{n}", "B", value) for n, value in enumerate(["part", "part", "all", "all"])
    ]
    far = [*near, offered("c0", "B", "all")]
    close, wide = (agreement(FULL, made).rows[0] for made in (near, far))
    assert close.level == "ordinal"
    assert close.alpha.value > wide.alpha.value
    assert (close.kappa, close.people.value) == (None, close.alpha.value)


def test_wilson():
    assert (share(0, 5).low, round(share(0, 5).high, 3)) == (0.0, 0.434)
    assert (round(share(5, 5).low, 3), share(5, 5).high) == (0.566, 1.0)
