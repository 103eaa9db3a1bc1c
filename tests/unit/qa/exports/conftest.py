from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.records import Analysis, Finding, Review, Scriptedness, Span, Transcript, Turn, Verdict
from qa import Scorecard
from qa.exports import Dossier

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

CARD = Scorecard.parse("""
name: service
version: 1
title: Service <card>
sections:
  - ref: talk
    title: The talk
    criteria:
      - ref: greeting
        question: Was the customer greeted?
        check: {asked: Was there a greeting?}
      - ref: rude
        question: =HYPERLINK("http://x")
        copc: compliance
        auto_fail: form
        check: {found: [tone.rude, brand.insult], at_most: 0}
""")


def dossier(id="c1", *, status="confirmed", agent="ada", score=0.0):
    turns = (
        Turn("customer", "=1+1 is <b>wrong</b> & late", start_s=0.0, end_s=2.5),
        Turn("agent", "Are you deaf? Ça va, żółć, Привет.", start_s=3.0, end_s=6.0),
        Turn("system", "Queue changed"),
        Turn("agent", "A note that nobody heard", visibility="internal"),
    )
    contact = Transcript(id, "acme", turns, agent=agent, channel="voice", started_at=AT)
    rude = Finding(
        "tone.rude",
        "critical",
        Span(1, 0, 13),
        0.97,
        "rules@1",
        "demeans <the> customer",
        "Could you say that again?",
    )
    good = Finding("tone.courtesy", "note", Span(1, 14, 19), 0.8, "rules@1", "a kind word")
    verdicts = (
        Verdict("greeting", "MET", 1.0, "@said it in turn 2", "lead"),
        Verdict("rude", "NOT_MET", 0.0, "tone.rude (turn 2)", "service@1", (Span(1, 0, 13),)),
    )
    drafted = CARD.evaluate(contact, (rude, good))
    evaluation = replace(
        drafted, verdicts=verdicts, score=score, raw_score=0.5, status=status, passed=False,
        auto_failed=("rude",), machine=(Verdict("greeting", "UNSCORED", None, "waits", "service@1"),),
    )  # fmt: skip
    reviews = (Review(evaluation.id, "", None, "", "lead", AT),) if status != "draft" else ()
    analysis = Analysis(id, contact.digest, (rude, good), Scriptedness(33.0, 20.0, 50.0, 90), "f")
    return Dossier(contact, evaluation, CARD, analysis, reviews)


@pytest.fixture
def one():
    return dossier()
