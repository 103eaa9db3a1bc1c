from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.errors import InputError, NotFoundError
from models.records import Analysis, Finding, Scriptedness, Span, Transcript, Turn
from qa.reports import Period, team_report
from storage import MemoryStore, open_store
from tests.unit.qa.test_scoring import VOICE

RUDE = Finding("tone.rude", "critical", Span(0, 0, 4), 0.9, "r@1", "why")
MILD = Finding("tone.rude", "minor", Span(0, 0, 4), 0.9, "r@1", "why")


def contact(store, id, *findings, agent="a1", status="confirmed", score=0.9, day=1, csat=None):
    at = datetime(2026, 3, day, 9, tzinfo=UTC)
    told = {} if csat is None else {"csat": csat}
    one = Transcript(id, "acme", (Turn("agent", "some words"),), agent=agent, started_at=at, metadata=told)
    store.put("acme", one)
    store.put("acme", Analysis(id, one.digest, findings, Scriptedness(40.0, None, None, 80), ""))
    if status != "unscored":
        drafted = VOICE.evaluate(one, findings)
        store.put("acme", replace(drafted, status=status, score=score, passed=score >= 0.8))


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else open_store(tmp_path)
    contact(store, "c1", RUDE, MILD, score=0.2, day=1, csat=1)
    contact(store, "c2", score=0.9, day=8, csat=5)
    contact(store, "c3", score=0.8, agent="a2", day=9, status="acknowledged")
    contact(store, "c4", status="draft", score=0.0)
    contact(store, "c5", RUDE, status="disputed", score=0.0)
    contact(store, "c6", status="unscored")
    return store


def test_only_what_a_person_stands_behind_counts(store):
    report = team_report(store, "acme", [VOICE])
    assert (report.counted, report.drafts, report.disputed, report.unscored) == (3, 1, 1, 1)
    assert (report.score.value, report.score.n) == (pytest.approx(1.9 / 3, abs=1e-6), 3)
    assert (report.passed.value, report.passed.n) == (pytest.approx(2 / 3, abs=1e-6), 3)
    assert [(one.agent, one.observed.n) for one in report.agents] == [("a1", 2), ("a2", 1)]
    assert [week for week, _ in report.trend.weeks] == ["2026-W09", "2026-W10", "2026-W11"]
    assert report.scriptedness.value == 40
    (label,) = report.labels
    assert (label.label, label.contacts.value, label.contacts.n) == (
        "tone.rude",
        pytest.approx(1 / 3, abs=1e-6),
        3,
    )
    assert label.by_severity == {"critical": 1}
    assert report.csat is None


def test_three_rates_that_are_never_blended(store):
    report = team_report(store, "acme", [VOICE])
    assert set(report.copc) == {"customer", "business", "compliance"}
    told = [rate for rate in report.failures if rate.share.n]
    assert sum(rate.n for rate in report.copc.values()) == sum(rate.share.n for rate in told)
    assert report.questions[told[0].criterion]


def test_one_agent_and_some_days(store):
    report = team_report(store, "acme", [VOICE], agent="a1", period=Period("2026-03-02", "2026-03-08"))
    assert (report.counted, report.score.value) == (1, 0.9)
    # Beside the colleagues, not alone.
    assert {one.agent for one in report.agents} == {"a1"}
    assert {one.agent for one in team_report(store, "acme", [VOICE], agent="a1").agents} == {"a1", "a2"}
    assert team_report(store, "acme", [VOICE], contacts=["c1", "c3"]).counted == 2


def test_nothing_is_not_an_error():
    report = team_report(MemoryStore(), "acme", [VOICE])
    assert (report.counted, report.agents, report.labels, report.scriptedness) == (0, (), (), None)
    assert (report.score.low, report.score.high) == (0, 1)


def test_what_cannot_be_reported(store):
    with pytest.raises(NotFoundError):
        team_report(store, "acme", [])
    with pytest.raises(InputError):
        team_report(store, "acme", [VOICE, replace(VOICE, name="other")])
    for days in (("2026-13-01", ""), ("2026-03-02", "2026-03-01")):
        with pytest.raises(InputError):
            Period(*days)


def test_customer_ratings(store):
    for number in range(12):
        contact(store, f"r{number}", score=number / 12, csat=number + 1, day=20)
    assert team_report(store, "acme", [VOICE]).csat.low > 0
