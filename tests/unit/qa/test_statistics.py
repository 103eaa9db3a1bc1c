import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from models.errors import InputError
from models.records import Tally
from qa.statistics import agent_scores, base_rates, correlation, failure_rates, mean, share, trend


def tally(key, values):
    return Tally((key,), len(values), len(values), sum(values), sum(v * v for v in values))


def test_wilson_by_hand():
    # Newcombe (1998), Statistics in Medicine 17, table I: 15 of 148.
    found = share(15, 148)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0624, 0.1605)
    assert (share(0, 20).low, round(share(0, 20).high, 4)) == (0.0, 0.1611)
    nothing = share(0, 0)
    assert nothing.value is None
    assert (nothing.low, nothing.high) == (0, 1)
    with pytest.raises(InputError):
        share(3, 2)


def test_one_contact_says_nothing():
    (only,) = agent_scores([tally("a", [0.9])])
    assert (only.observed.low, only.observed.high) == (0, 1)
    assert only.against_team == "not told apart"


def test_two_equal_scores_do_not_look_certain():
    found = {
        one.agent: one for one in agent_scores([tally("new", [1.0, 1.0]), tally("old", [0.4, 0.9] * 20)])
    }
    assert found["new"].observed.value == 1.0
    assert found["new"].observed.high - found["new"].observed.low > 0.2
    assert found["new"].shrunk.value < 1.0


def test_equal_scores_of_everybody_are_no_proof():
    (one,) = agent_scores([tally("a", [1.0, 1.0])])
    assert (one.observed.value, one.observed.low) == (1.0, 0.0)
    two = mean(tally("", [0.8, 0.8]))
    many = mean(tally("", [0.8] * 200))
    assert (two.low, two.high) == (0.0, 1.0)
    assert 0.78 < many.low < 0.8 < many.high < 0.82
    level = agent_scores([tally("a", [0.9, 0.9]), tally("b", [0.8, 0.8])])
    assert {(one.best_rank, one.worst_rank) for one in level} == {(1, 2)}


def test_no_rank_between_agents_that_cannot_be_told_apart():
    noisy = random.Random(1)
    same = [tally(f"a{n}", [noisy.random() for _ in range(8)]) for n in range(6)]
    assert {(one.best_rank, one.worst_rank) for one in agent_scores(same)} == {(1, 6)}
    apart = [*same, tally("star", [0.99, 0.97, 0.98] * 30)]
    star = next(one for one in agent_scores(apart) if one.agent == "star")
    assert (star.best_rank, star.worst_rank, star.against_team) == (1, 1, "above")


def test_intervals_hold_what_they_promise():
    noisy = random.Random(2)
    held = tried = 0
    for _ in range(150):
        truths = [noisy.uniform(0.5, 0.8) for _ in range(8)]
        tallies = [
            tally(str(place), [min(1, max(0, noisy.gauss(truth, 0.1))) for _ in range(3 + 2 * place)])
            for place, truth in enumerate(truths)
        ]
        for one in agent_scores(tallies):
            tried += 1
            held += one.observed.low <= truths[int(one.agent)] <= one.observed.high
    # 95 % promised; three standard errors of the simulation are 1.9 points.
    assert abs(held / tried - 0.95) < 0.02


def test_shrinking_comes_nearer_to_the_truth():
    noisy = random.Random(3)
    plain = drawn = 0.0
    for _ in range(100):
        truths = [noisy.gauss(0.7, 0.05) for _ in range(10)]
        tallies = [
            tally(str(n), [noisy.gauss(truth, 0.2) for _ in range(4)]) for n, truth in enumerate(truths)
        ]
        for one in agent_scores(tallies):
            truth = truths[int(one.agent)]
            plain += (one.observed.value - truth) ** 2
            drawn += (one.shrunk.value - truth) ** 2
    assert drawn < 0.6 * plain


def test_trend_is_told_only_when_it_can_be():
    noisy = random.Random(4)

    def weeks(slope, spread):
        return [
            tally(f"2026-W{w:02d}", [0.5 + slope * w + noisy.gauss(0, spread) for _ in range(10)])
            for w in range(1, 11)
        ]

    assert trend(weeks(0.03, 0.02)).direction == "rising"
    assert trend(weeks(-0.03, 0.02)).direction == "falling"
    assert trend(weeks(0.0, 0.2)).direction == "not told apart"
    assert trend(weeks(0.03, 0.02)[:3]).slope is None


def test_slope_against_another_implementation_also_over_new_year():
    names = ["2025-W51", "2025-W52", "2026-W01", "2026-W03"]
    tallies = [
        tally(name, values) for name, values in zip(names, ([0.2, 0.4], [0.5], [0.6] * 3, [0.9]), strict=True)
    ]
    model = LinearRegression().fit([[0], [1], [2], [4]], [0.3, 0.5, 0.6, 0.9], sample_weight=[2, 1, 3, 1])
    assert trend(tallies[::-1]).slope.value == pytest.approx(model.coef_[0], abs=1e-6)
    assert [week for week, _ in trend(tallies).weeks] == names


def test_criteria_that_surely_fail_come_first():
    counts = {
        ("rare", "NOT_MET"): 2, ("rare", "MET"): 1, ("often", "NOT_MET"): 50, ("often", "MET"): 50,
        ("often", "NOT_APPLICABLE"): 7, ("never", "UNSCORED"): 4,
    }  # fmt: skip
    rates = failure_rates(Tally(key, count, 0, 0.0, 0.0) for key, count in counts.items())
    assert [rate.criterion for rate in rates] == ["often", "rare", "never"]
    assert (rates[0].share.value, rates[0].share.n, rates[0].not_applicable) == (0.5, 100, 7)
    assert (rates[2].share.n, rates[2].unscored) == (0, 4)


def test_base_rates():
    assert {k: (v.value, v.n) for k, v in base_rates(50, {"tone.rude": 1, "brand.guarantee": 5}).items()} == {
        "brand.guarantee": (0.1, 50),
        "tone.rude": (0.02, 50),
    }


def test_correlation_needs_enough_and_spread():
    noisy = random.Random(5)
    pairs = [(n / 20, n / 20 + noisy.gauss(0, 0.1)) for n in range(20)]
    found = correlation(pairs)
    assert found.low > 0.5
    assert found.low < found.value < found.high < 1
    assert correlation(pairs[:9]) is None
    assert correlation([(1.0, n) for n in range(20)]) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_mean_lies_in_its_interval_and_the_interval_in_bounds(values):
    found = mean(tally("a", values))
    assert 0 <= found.low <= found.value + 1e-6
    assert found.value - 1e-6 <= found.high <= 1
