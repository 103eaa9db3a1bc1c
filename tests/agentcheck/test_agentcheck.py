"""AgentCheck: what the detectors must find, must leave alone, and must not be moved by.

`floors.yaml` holds, per function and split, the pass rate that was reached. Raise a floor when the rules
get better; a lower one needs its reason in the commit.
"""

import pytest
import yaml

from qa import Analyser
from tests.agentcheck.suite import HERE, client, functions, pass_rate, run, scriptedness_gaps

FUNCTIONS = {function.id: function for function in functions()}
FLOORS = yaml.safe_load((HERE / "floors.yaml").read_text("utf-8"))
MOST_FLIPS = 0.01
MOST_RATIO = 1.25
MOST_POINTS = 3.0


@pytest.fixture(scope="module")
def analyser():
    return Analyser(client())


@pytest.fixture(scope="module")
def outcomes(analyser):
    return {
        id: run(function, analyser.analyse_many)
        for id, function in FUNCTIONS.items()
        if function.kind != "script"
    }


def test_the_suite_is_large_enough():
    cases = [case for function in functions() for case in function.cases]
    assert len(functions()) >= 45
    assert len({case.turns + case.other for case in cases}) >= 1100
    assert all(len(function.cases) >= 25 for function in functions())


@pytest.mark.parametrize("id", [id for id in FUNCTIONS if FUNCTIONS[id].kind != "script"])
def test_a_function_keeps_what_was_reached(id, outcomes):
    failed = [f"{outcome.case.id}: {outcome.why}" for outcome in outcomes[id] if not outcome.passed]
    for split, floor in zip(("dev", "test"), FLOORS[id], strict=True):
        assert pass_rate(outcomes[id], split) >= floor - 1e-9, failed


def test_every_floor_has_its_function():
    assert set(FLOORS) == {id for id in FUNCTIONS if FUNCTIONS[id].kind != "script"}


@pytest.mark.parametrize("id", [id for id in FUNCTIONS if FUNCTIONS[id].kind in ("inv", "names")])
def test_a_group_moves_at_most_one_finding_in_a_hundred(id, outcomes):
    flips = [outcome.case.id for outcome in outcomes[id] if not outcome.passed]
    assert len(flips) <= MOST_FLIPS * len(outcomes[id]), flips


@pytest.mark.parametrize("id", [id for id in FUNCTIONS if FUNCTIONS[id].kind in ("inv", "names")])
def test_no_group_is_found_at_fault_more_often(id, outcomes):
    plain, group = (sum(outcome.alarms[side] > 0 for outcome in outcomes[id]) for side in (0, 1))
    assert group <= MOST_RATIO * plain
    assert plain <= MOST_RATIO * group


@pytest.mark.parametrize("id", [id for id in FUNCTIONS if FUNCTIONS[id].kind == "script"])
def test_the_same_content_is_as_scripted_from_any_writer(id, analyser):
    gaps = scriptedness_gaps(FUNCTIONS[id], lambda contact: analyser.scriptedness(contact).value)
    assert max(gaps.values()) <= MOST_POINTS, gaps
