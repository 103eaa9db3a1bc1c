"""`check_detector` passes what is right and catches each breach of the port."""

from dataclasses import replace

import pytest

from models.conformance import check_detector
from models.errors import InputError
from models.readings import read
from models.records import Finding, Span, Transcript, Turn


class Guarantees:
    """A small right detector: the word `guarantee`, and nothing said about a silent contact."""

    name = "guarantees.v1"
    labels = ("brand.guarantee",)

    def detect(self, readings):
        return [
            [
                Finding(
                    "brand.guarantee",
                    "major",
                    Span(index, at, at + 9),
                    0.9,
                    "guarantees@1",
                    "Says guarantee.",
                )
                for index, turn in enumerate(reading.transcript.turns)
                if turn.visibility == "public" and (at := turn.text.find("guarantee")) >= 0
            ]
            for reading in readings
        ]


def changed(**fields):
    class Changed(Guarantees):
        def detect(self, readings):
            return [[replace(finding, **fields) for finding in found] for found in super().detect(readings)]

    return Changed


class CountsCalls(Guarantees):
    calls = 0

    def detect(self, readings):
        self.calls += 1
        confidence = 1 / (1 + self.calls)
        return [
            [replace(finding, confidence=confidence) for finding in found]
            for found in super().detect(readings)
        ]


class LooksAround(Guarantees):
    def detect(self, readings):
        confidence = 1 / len(readings) if readings else 0
        return [
            [replace(finding, confidence=confidence) for finding in found]
            for found in super().detect(readings)
        ]


class OneList(Guarantees):
    def detect(self, readings):
        return [[finding for found in super().detect(readings) for finding in found]] if readings else []


class Internal(Guarantees):
    def detect(self, readings):
        return [
            [
                Finding("brand.guarantee", "major", Span(index, 0, len(turn.text)), 0.9, "g@1", "A note.")
                for index, turn in enumerate(reading.transcript.turns)
                if turn.visibility == "internal"
            ]
            for reading in readings
        ]


class Scribbles(Guarantees):
    def detect(self, readings):
        for reading in readings:
            if reading.vectors is not None:
                reading.vectors[:] = 0
        return super().detect(readings)


class Unversioned(Guarantees):
    name = "guarantees"


class UnknownLabel(Guarantees):
    labels = ("brand.guaranty",)


class OtherLabel(Guarantees):
    labels = ("tone.rude",)


class NoEmpty(Guarantees):
    def detect(self, readings):
        return super().detect(readings) or [[]]


def test_check_detector_passes_a_right_one():
    check_detector(Guarantees())
    [found] = Guarantees().detect(read([Transcript("c", "acme", (Turn("agent", "We guarantee it."),))]))
    assert found[0].span == Span(0, 3, 12)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (changed(reason=" "), "no reason"),
        (changed(by="guarantees"), "name@version"),
        (changed(span=Span(0, 3, 3)), "points at no words"),
        (CountsCalls, "same findings"),
        (LooksAround, "alone and in company"),
        (OneList, "one list per reading"),
        (Internal, "internal note"),
        (Scribbles, "vectors are not changed"),
        (Unversioned, "ends in a version"),
        (UnknownLabel, "stands in models/labels.py"),
        (OtherLabel, "not among the detector's labels"),
        (NoEmpty, "no readings"),
        (object, "name, labels and detect"),
    ],
)
def test_check_detector_catches(make, reason):
    with pytest.raises(AssertionError, match=reason):
        check_detector(make())


def test_check_detector_catches_spans_outside_the_contact():
    with pytest.raises(InputError, match="no turn 100"):
        check_detector(changed(span=Span(99, 0, 1))())


def test_check_detector_runs_on_given_transcripts_too():
    class Rare(Guarantees):
        def detect(self, readings):
            if any("aardvark" in turn.text for reading in readings for turn in reading.transcript.turns):
                raise AssertionError("met it")
            return super().detect(readings)

    check_detector(Rare())
    with pytest.raises(AssertionError, match="met it"):
        check_detector(Rare(), transcripts=[Transcript("c", "acme", (Turn("agent", "An aardvark."),))])
