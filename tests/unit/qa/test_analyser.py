"""The analyser: one client, sorted findings, no roles no findings, and a fingerprint that moves when it must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.errors import InputError
from models.ports import Detector
from models.readings import Reading
from models.records import Document, Finding, Span, Transcript
from qa.analyser import Analyser
from qa.detectors import standard_detectors
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

NOTICE = (
    "Calls with Acme Air are recorded for training and quality, and you can ask us for a copy at any time."
)
LINE = "Your refund of {amount} will arrive within five business days of the return."
LIBRARY = Library(
    Document(id="script", kind="script", text=LINE),
    Document(id="notice", kind="disclosure", text=NOTICE, verbatim=True, due="opening"),
)
SAID = "Your refund of 20 euros will arrive within five business days of the return."
TALK = contact("A: Hello.", "C: And my refund?", f"A: {SAID}", "C: You said that already.", f"A: {SAID}")


class Fixed:
    """Gives the findings it was made with."""

    labels: tuple[str, ...] = ("tone.rude", "tone.curt", "brand.dead_end")

    def __init__(self, *findings: Finding, name: str = "fixed.v1") -> None:
        self.name = name
        self._findings = list(findings)

    def detect(self, readings: Sequence[Reading]) -> list[list[Finding]]:
        return [list(self._findings) for _ in readings]


def finding(label: str, span: Span | None, confidence: float = 0.9) -> Finding:
    return Finding(label, "major", span, confidence, "fixed@1", "a reason")


def test_standard_findings_are_sorted_and_within_the_contact() -> None:
    findings = Analyser(LIBRARY).analyse(TALK)
    labels = [f.label for f in findings]
    assert labels[-1] == "compliance.missing_disclosure"
    assert {"scripting.verbatim", "scripting.repeated", "scripting.called_out"} <= set(labels)
    places = [(f.span.turn, f.span.start, f.label) for f in findings if f.span]
    assert places == sorted(places)
    assert all(TALK.quote(f.span) for f in findings if f.span)


def test_duplicates_are_merged_to_the_surest() -> None:
    one, other = Span(2, 0, 4), Span(0, 0, 5)
    fixed = Fixed(
        finding("tone.rude", one, 0.5),
        finding("tone.rude", one, 0.8),
        finding("tone.curt", one),
        finding("tone.rude", other),
        finding("brand.dead_end", None),
    )
    found = Analyser(LIBRARY, detectors=[fixed]).analyse(TALK)
    assert [(f.label, f.span, f.confidence) for f in found] == [
        ("tone.rude", other, 0.9),
        ("tone.curt", one, 0.9),
        ("tone.rude", one, 0.8),
        ("brand.dead_end", None, 0.9),
    ]


def test_many_is_one_by_one() -> None:
    analyser = Analyser(LIBRARY)
    other = contact(f"A: {NOTICE}", "C: Fine.", id="c2")
    assert analyser.analyse_many([TALK, other]) == [analyser.analyse(TALK), analyser.analyse(other)]
    assert analyser.analyse_many([]) == []


@pytest.mark.parametrize("client", ["other", "unknown", "ACME"])
def test_a_contact_of_another_client_is_refused(client: str) -> None:
    analyser, foreign = Analyser(LIBRARY), replace(TALK, client=client)
    for call in (analyser.analyse, analyser.scriptedness, lambda t: analyser.learn([t])):
        with pytest.raises(InputError, match="transcript c1") as caught:
            call(foreign)
        assert client not in str(caught.value).removeprefix("transcript c1")


def test_nothing_is_found_when_nobody_is_known() -> None:
    talk = contact("U: Hello {customer name}.", f"U: {SAID}", f"U: {SAID}")
    analyser = Analyser(LIBRARY)
    assert analyser.analyse(talk) == []
    assert analyser.scriptedness(talk).words == 0
    assert analyser.analyse_many([talk, TALK])[1] == analyser.analyse(TALK)


def test_internal_notes_are_not_looked_at() -> None:
    noted = contact("A: Hello.", "N: Dear {customer name}", "C: ok")
    assert all(f.span is None or f.span.turn != 1 for f in Analyser(LIBRARY).analyse(noted))


def test_fingerprint() -> None:
    first = Analyser(LIBRARY).fingerprint
    assert first == Analyser(LIBRARY).fingerprint
    assert len(first) == 64
    other = Library(Document(id="script", kind="script", text=LINE + " Yes."))
    assert Analyser(other).fingerprint != first
    assert Analyser(LIBRARY, detectors=[Fixed()]).fingerprint != first
    renamed = Analyser(LIBRARY, detectors=[Fixed(name="fixed.v2")]).fingerprint
    assert renamed != Analyser(LIBRARY, detectors=[Fixed()]).fingerprint


def test_standard_detectors_have_a_fixed_order_and_names() -> None:
    names = [detector.name for detector in standard_detectors(LIBRARY)]
    assert names[:2] == ["scripting.v1", "heavy_scripting.v1"]
    assert "disclosures.v1" in names
    assert names == [detector.name for detector in standard_detectors(LIBRARY)]
    assert all(isinstance(detector, Detector) for detector in standard_detectors(LIBRARY))


def past(agents: int) -> list[Transcript]:
    names = ("Ann", "Bo", "Cy", "Di", "Ed", "Flo")
    return [
        contact(
            f"A: Hi {name}, our colleagues at the depot will look into parcel {number}17 straight away.",
            "C: Fine.",
            id=f"p{number}",
            agent=f"a{number % agents}" if agents else "",
        )
        for number, name in enumerate(names)
    ]


def test_learned_phrases_count_half_and_change_the_fingerprint() -> None:
    analyser = Analyser(LIBRARY)
    before = analyser.fingerprint
    (proposal,) = analyser.learn(past(agents=2))
    assert analyser.proposals == (proposal,)
    assert analyser.fingerprint != before
    talk = contact("A: Our colleagues at the depot will look into parcel 99 straight away.", "C: Oh.")
    assert "scripting.mined" in [f.label for f in analyser.analyse(talk)]
    assert {span.weight for span in analyser.scriptedness(talk).spans} == {0.5}
    analyser.learn([])
    assert analyser.proposals == ()
    assert analyser.fingerprint == before
