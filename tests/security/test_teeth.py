"""P30: the tests notice faults. One here; all of them by `python -m tests.evidence.teeth`, and in slow runs."""

import pytest

from tests.evidence import teeth
from tests.evidence.faults import FAULTS, Fault

FEWEST = 30
MOST_MISSED = 2


def test_every_fault_can_still_be_put_in():
    assert len(FAULTS) >= FEWEST
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        text = (teeth.TREE / fault.file).read_text("utf-8")
        assert text.count(fault.old) == 1, f"write this fault anew: {fault.name}"
        assert fault.new != fault.old
        for test in fault.tests:
            assert (teeth.TREE / test.partition("::")[0]).exists(), test


def test_a_fault_is_noticed(tmp_path):
    sample = [fault for fault in FAULTS if fault.name == "an answer is changed without a reason"]
    outcome = teeth.held_against(sample, tmp_path)
    assert outcome.failures == ()
    assert "test_refused" in outcome.notes[0]
    # A change that breaks nothing is told as missed, and the copy is as it was again.
    harmless = Fault(
        "harmless", "qa/reviews.py", "SHORTEST_REASON = ", "SHORTEST_REASON  = ", sample[0].tests
    )
    (tmp_path / "again").mkdir()
    assert "not noticed" in teeth.held_against([harmless], tmp_path / "again").failures[0]
    changed = (tmp_path / "again" / "0" / "tree" / "qa" / "reviews.py").read_bytes()
    assert changed == (teeth.TREE / "qa" / "reviews.py").read_bytes()


def test_a_fault_whose_text_is_gone_stops_the_trial(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(ValueError, match="stands 0 times"):
        Fault("gone", "a.py", "y = 2", "", ()).put_in(tmp_path)


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
def test_all_of_them_are_noticed(tmp_path):
    outcome = teeth.run(len(FAULTS), 1, tmp_path)
    assert outcome.tried == len(FAULTS)
    assert len(outcome.failures) <= MOST_MISSED, outcome.failures
