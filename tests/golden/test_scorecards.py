"""The ready scorecards on one contact with given findings: whole evaluations, read as a diff.

Changed on purpose only: `UPDATE_GOLDEN=1 python -m pytest tests/golden/test_scorecards.py`.
"""

import json
import os
from pathlib import Path

import pytest

from models.codec import to_plain
from models.records import Finding, Scriptedness, Span, Transcript, Turn
from qa.scorecards import Scorecard

ROOT = Path(__file__).parents[2]
CONTACT = Transcript(
    id="golden",
    client="acme",
    agent="Ana",
    channel="chat",
    language="en",
    turns=(
        Turn("agent", "Hello, this is Ana at Acme. How can I help?", start_s=0.0, end_s=4.0),
        Turn("customer", "I lost my job and I want to complain about the fee.", start_s=5.0, end_s=9.0),
        Turn("agent", "That is not our problem. The fee stands.", start_s=170.0, end_s=175.0),
        Turn("customer", "So that is it?", start_s=176.0, end_s=177.0),
        Turn("agent", "I guarantee you will hear from us on Friday.", start_s=179.0, end_s=183.0),
    ),
)
FINDINGS = (
    Finding("customer.complaint", "note", Span(1, 25, 33), 0.9, "rules@1", "the customer complains"),
    Finding("customer.vulnerable", "note", Span(1, 2, 13), 0.9, "rules@1", "the customer speaks of hardship"),
    Finding("tone.dismissive", "major", Span(2, 0, 23), 0.9, "rules@1", "denies that it matters"),
    Finding("tone.missed_empathy", "major", Span(1, 2, 13), 0.8, "context@1", "nobody took it up"),
    Finding("brand.dead_end", "major", Span(2, 25, 40), 0.8, "rules@1", "a no without another way"),
    Finding("brand.guarantee", "major", Span(4, 2, 11), 0.9, "rules@1", "a date is promised"),
    Finding("compliance.altered_disclosure", "minor", Span(0, 0, 5), 0.7, "disclosures@1", "words are missing", source="disclosures/notice"),
)  # fmt: skip
READ = Scriptedness(value=35.0, low=20.0, high=50.0, words=80)


@pytest.mark.parametrize("name", ["service-copc", "collections", "chat"])
def test_the_whole_evaluation_is_the_one_on_file(name):
    card = Scorecard.load(ROOT / "examples" / "scorecards" / f"{name}.yaml")
    made = to_plain(card.evaluate(CONTACT, FINDINGS, scriptedness=READ, fingerprint="golden"))
    path = Path(__file__).parent / "scorecards" / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    assert json.loads(path.read_text("utf-8")) == json.loads(json.dumps(made))
