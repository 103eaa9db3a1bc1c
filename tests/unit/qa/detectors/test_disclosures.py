"""Disclosures as findings: label, place, severity, source and a reason that names what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.conformance import check_detector
from models.readings import Reading, read
from models.records import ClientProfile, DisclosureRule, Document, Finding, Span, Transcript
from qa.detectors.disclosures import DisclosureDetector
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

NOTICE = (
    "Calls with Acme Air are recorded for training and quality, and you can ask us for a copy at any time."
)
RIGHTS = "You have the right to a formal complaint, and we send our final answer within 8 weeks."


class Complaints:
    """A detector that sees a complaint in the word itself."""

    name = "complaints.v1"
    labels: tuple[str, ...] = ("customer.complaint",)

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        return [
            [
                Finding("customer.complaint", "note", Span(turn, 0, 1), 0.9, "complaints@1", "a complaint")
                for turn in reading.customer_turns
                if "complaint" in reading.transcript.turns[turn].text
            ]
            for reading in readings
        ]


LIBRARY = Library(
    Document(id="notice", kind="disclosure", title="Recording notice", text=NOTICE, verbatim=True),
    Document(id="rights", kind="disclosure", title="Complaint rights", text=RIGHTS),
    profile=ClientProfile(
        id="acme",
        disclosures=(
            DisclosureRule("notice", deadline="opening", severity="critical"),
            DisclosureRule("rights", when=("customer.complaint",), severity="note"),
        ),
    ),
)
DETECTOR = DisclosureDetector(LIBRARY, cues=(Complaints(),))


def found(talk: Transcript) -> list[Finding]:
    return DETECTOR.detect(read([talk]))[0]


@pytest.mark.parametrize(
    ("lines", "label", "severity", "turn"),
    [
        ([f"A: {NOTICE}"], "disclosure_made", "note", 0),
        (["A: Calls are recorded for training."], "altered_disclosure", "minor", 0),
        (["A: This call may be recorded, so you know."], "altered_disclosure", "minor", 0),
        (["A: a", "C: b", "A: c", "C: d", "A: e", "C: f", f"A: {NOTICE}"], "late_disclosure", "minor", 6),
        (["A: Hello there."], "missing_disclosure", "critical", None),
    ],
)
def test_label_severity_and_place(lines: list[str], label: str, severity: str, turn: int | None) -> None:
    (finding,) = found(contact(*lines))
    assert (finding.label, finding.severity) == (f"compliance.{label}", severity)
    assert (finding.span.turn if finding.span else None) == turn
    assert finding.source == "notice"
    assert "Recording notice" in finding.reason


def test_absence_names_the_turns_searched() -> None:
    (finding,) = found(contact("C: Hi", "A: Hello there.", "C: ok", "A: Bye."))
    assert finding.span is None
    assert "agent turns 2 to 4" in finding.reason


def test_altered_lists_the_missing_words() -> None:
    (finding,) = found(contact("A: " + NOTICE.replace("training and ", "")))
    assert "not said: training, and" in finding.reason


def test_due_because_of_what_another_detector_sees() -> None:
    talk = contact(f"A: {NOTICE}", "C: I want to make a complaint.", "A: Well.")
    labels = [(f.label, f.severity, f.source) for f in found(talk)]
    assert labels == [
        ("compliance.disclosure_made", "note", "notice"),
        ("compliance.missing_disclosure", "note", "rights"),
    ]
    assert "turn 2" in found(talk)[1].reason


def test_cues_that_no_rule_names_are_not_run() -> None:
    plain = Library(Document(id="notice", kind="disclosure", text=NOTICE, due="opening"))
    assert DisclosureDetector(plain, cues=(Complaints(),)).detect(read([contact("A: Hello.")]))[0] != []


def test_conformance() -> None:
    check_detector(DETECTOR, transcripts=[contact(f"A: {NOTICE}", "C: complaint", "A: Hm.")])
