"""Acknowledged is durable, also when the power goes (promise P11)."""

import pytest

from tests.evidence import power_cut


@pytest.mark.parametrize("cuts", [25, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_nothing_that_was_acknowledged_is_lost(tmp_path, cuts):
    outcome = power_cut.run(cuts, 1, tmp_path)
    assert outcome.failures == ()
    assert outcome.tried > cuts


def test_the_trial_fails_when_commits_are_not_synced(tmp_path):
    """Its teeth: with synchronous=NORMAL the same cuts lose what was acknowledged."""
    outcome = power_cut.run(10, 1, tmp_path, synchronous="NORMAL")
    assert len([one for one in outcome.failures if "lost" in one]) >= 5
