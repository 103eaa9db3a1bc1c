"""What a detector must do."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from models.conformance.claims import hold, same
from models.labels import LABELS
from models.ports import Detector, Encoder
from models.readings import Reading, read
from models.records import Finding, Transcript, Turn


def _contacts() -> tuple[Transcript, ...]:
    def turns(*pairs: tuple[Any, str]) -> tuple[Turn, ...]:
        return tuple(Turn(speaker=speaker, text=text) for speaker, text in pairs)

    ordinary = turns(
        ("agent", "Thank you for calling, how can I help you today?"),
        ("customer", "My bill is wrong again. I was charged twice, and nobody calls me back!"),
        ("agent", "I understand your frustration. I understand your frustration. Please hold."),
        ("customer", "You sound like you are reading that from a script. I want a supervisor."),
        ("agent", "You should have read the terms, it is your fault. Calm down, sir."),
        ("agent", "What is your full card number and the security code? We guarantee a refund of $900."),
        ("system", "The contact was moved to another queue."),
        ("unknown", "hello hello"),
        ("bot", "Please say yes or no."),
        ("supervisor", "This is the supervisor. I will call you back by Friday."),
    )
    odd = (
        Turn(speaker="agent", text=""),
        Turn(speaker="customer", text="  \n "),
        Turn(speaker="agent", text="İ ß ﬁ 😀 é\u0301 {customer name} 我们马上处理。"),
        Turn(speaker="agent", text="so um yeah i was like going to check that for you you know"),
        Turn(speaker="agent", text="The customer is an idiot.", visibility="internal"),
    )
    return (
        Transcript(id="ordinary", client="acme", agent="a1", channel="voice", turns=ordinary),
        Transcript(id="odd", client="acme", agent="a2", channel="chat", turns=odd),
        Transcript(id="silent", client="acme", turns=()),
        Transcript(id="long", client="acme", turns=(*ordinary, *odd) * 5),
    )


def check_detector(
    detector: Detector, *, encoder: Encoder | None = None, transcripts: Sequence[Transcript] = ()
) -> None:
    """Names, labels, spans, order, purity; with vectors and without.

    Args:
        detector: Any detector; what it finds is not judged here.
        encoder: Makes the vectors; None: `HashingEncoder`.
        transcripts: More contacts to run it on, after those of this check.

    Raises:
        AssertionError: With the first breach of `models.ports.Detector`.
    """
    from models.encoders import HashingEncoder

    hold(isinstance(detector, Detector), "a detector has name, labels and detect")
    stem, _, version = detector.name.rpartition(".v")
    hold(stem and version.isdecimal(), f"name ends in a version, as in `scripting.v1`: {detector.name!r}")
    hold(isinstance(detector.labels, tuple) and detector.labels, "labels is a non-empty tuple")
    for label in detector.labels:
        hold(label in LABELS, f"label {label!r} stands in models/labels.py")
    hold(detector.detect([]) == [], "no readings give no lists")
    contacts = (*_contacts(), *transcripts)
    for readings in (read(contacts), read(contacts, encoder=encoder or HashingEncoder())):
        _check_detector_on(detector, readings)


def _check_detector_on(detector: Detector, readings: list[Reading]) -> None:
    before = deepcopy(readings)
    found = detector.detect(readings)
    hold(isinstance(found, list) and len(found) == len(readings), "one list per reading, in order")
    for reading, findings in zip(readings, found, strict=True):
        hold(isinstance(findings, list), "findings come as a list")
        for finding in findings:
            _check_finding(detector, reading.transcript, finding)
    hold(readings == before, "readings are not changed")
    for reading, old in zip(readings, before, strict=True):
        if reading.vectors is not None and old.vectors is not None:
            hold(same(reading.vectors, old.vectors), "vectors are not changed")
    hold(detector.detect(readings) == found, "the same readings give the same findings")
    alone = [detector.detect([reading])[0] for reading in readings]
    hold(alone == found, "a reading gives the same findings alone and in company")


def _check_finding(detector: Detector, transcript: Transcript, finding: Finding) -> None:
    where = f"transcript {transcript.id}: {finding.label}"
    hold(finding.label in detector.labels, f"{where} is not among the detector's labels")
    hold(finding.by and "@" in finding.by, f"{where}: `by` is name@version, not {finding.by!r}")
    hold(finding.reason.strip(), f"{where} has no reason")
    if finding.span is None:
        return
    words = transcript.quote(finding.span)
    hold(words.strip(), f"{where} points at no words, turn {finding.span.turn + 1}")
    visibility = transcript.turns[finding.span.turn].visibility
    hold(visibility == "public", f"{where} points at an internal note, turn {finding.span.turn + 1}")
