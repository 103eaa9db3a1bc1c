"""The example contacts, held against what a careful QA lead expects of them.

The rules were mended on these contacts, so this holds what works; it estimates nothing.
"""

import runpy
from collections import Counter
from pathlib import Path

import pytest

BENCHMARK = runpy.run_path(str(Path(__file__).parent.parent.parent / "benchmarks" / "examples.py"))
pytestmark = pytest.mark.weights
GRAVE = (
    "brand.",
    "privacy.",
    "compliance.missing",
    "tone.rude",
    "tone.blaming",
    "tone.missed_empathy",
    "scripting.c",
)


@pytest.fixture(scope="module", params=["lumenor", "fernhollow"])
def judged(request):
    return BENCHMARK["judge"](request.param, encoder="default")


def test_nothing_that_must_not_appear_appears(judged):
    assert judged["unwanted"] == []


def test_grave_findings_are_found(judged):
    hit, missed = (
        Counter(
            label for _, label, _ in judged[key] if label.startswith(GRAVE) and "contradiction" not in label
        )
        for key in ("hit", "missed")
    )
    assert hit.total() >= 0.9 * (hit.total() + missed.total()), missed


def test_most_of_all_findings_are_found(judged):
    hit, missed = len(judged["hit"]), len(judged["missed"])
    assert hit >= 0.8 * (hit + missed)


def test_little_beyond_what_was_expected(judged):
    assert len(judged["surplus"]) <= 4
