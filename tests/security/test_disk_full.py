"""A disk that is full or broken loses nothing (promise P12)."""

import pytest

from tests.evidence import disk_errors


@pytest.mark.parametrize("puts", [150, pytest.param(5_000, marks=pytest.mark.nightly)])
def test_every_write_is_there_whole_or_was_refused(tmp_path, puts):
    outcome = disk_errors.run(puts, 3, tmp_path)
    assert outcome.failures == ()
    assert outcome.faults > puts / 50
    assert any("refused" in note and not note.startswith("0 ") for note in outcome.notes)


def test_a_log_that_cannot_be_brought_into_the_file_is_no_refused_write(tmp_path):
    """Enough writes that SQLite wants to: what fails then is not the commit before it."""
    outcome = disk_errors.run(250, 7, tmp_path, refused=0.01, words=400)
    assert outcome.failures == ()


def test_a_disk_that_refuses_everything_takes_nothing(tmp_path):
    outcome = disk_errors.run(20, 1, tmp_path, refused=1.0)
    assert outcome.failures == ()
    assert outcome.notes[0] == "0 records acknowledged"
