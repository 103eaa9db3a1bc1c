from dataclasses import replace

from models.records import Analysis, Finding, Scriptedness, Span, Transcript, Turn
from qa.queues import queue
from tests.unit.qa.test_scoring import VOICE

READ = Scriptedness(None, None, None, 0)


def contact(name, *labels):
    transcript = Transcript(name, "acme", (Turn("agent", "some words"),))
    findings = tuple(Finding(label, severity, Span(0, 0, 4), 0.9, "r@1", "why") for label, severity in labels)
    analysis = Analysis(name, transcript.digest, findings, READ, "")
    return transcript, VOICE.evaluate(transcript, findings), analysis


def order(*contacts):
    transcripts, evaluations, analyses = zip(*contacts, strict=True)
    return queue(transcripts, {e.transcript: e for e in evaluations if e}, {a.id: a for a in analyses if a})


def test_gravest_first_with_the_reason_in_words():
    items = order(
        contact("calm"),
        contact("grave", ("privacy.secret_request", "critical")),
        contact("middling", ("tone.blaming", "major")),
    )
    assert [item.contact for item in items] == ["grave", "middling", "calm"]
    assert items[0].why == "auto-fail: privacy; critical: privacy.secret_request; below the pass mark"
    assert items[2].why == "nothing grave found"


def test_confirmed_contacts_come_last():
    transcript, evaluation, analysis = contact("done", ("privacy.secret_request", "critical"))
    items = order((transcript, replace(evaluation, status="confirmed"), analysis), contact("open"))
    assert [item.contact for item in items] == ["open", "done"]


def test_a_contact_that_was_never_scored_says_so():
    transcript, _, _ = contact("new")
    (item,) = order((transcript, None, None))
    assert (item.status, item.evaluation, item.score, item.why) == ("unscored", None, None, "not scored yet")
