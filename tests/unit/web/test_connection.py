"""The typed connection to a real server on this machine."""

import threading
from datetime import date

import pytest

from models.errors import ConflictError, InputError, ModelError, NotFoundError
from models.records import (
    Document,
    DraftCheck,
    Evaluation,
    Hit,
    Suggestion,
    Transcript,
    Turn,
    WrapUp,
    WrapUpLine,
)
from web import transport
from web.connection import AccessError, Connection
from web.live_contacts import Arrival

ASKED = Turn("customer", "How long does a refund take at Acme?", id="t1")


@pytest.fixture
def connected(served, keys):
    opened = []

    def connect(who, **options):
        opened.append(Connection(served, keys[who], **options))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


def test_a_contact_from_its_first_turn_to_its_wrap_up(connected):
    ana = connected("ana")
    assert ana.open("conn-1", channel="voice").transcript.channel == "voice"
    guess = Arrival(Turn("customer", "How long", id="t1"), is_final=False)
    assert ana.hear("conn-1", [guess]).accepted == 1
    heard = ana.hear("conn-1", [ASKED])
    assert (heard.accepted, heard.replaced) == (0, 1)
    assert isinstance(heard.suggestions[0], Suggestion)
    assert [one.contact for one in ana.live().contacts if one.contact == "conn-1"] == ["conn-1"]
    assert ana.view("conn-1").transcript.turns[0].text == ASKED.text
    ana.feedback("conn-1", heard.suggestions[0].id, "used")
    check = ana.check("You are an idiot.", contact="conn-1")
    assert isinstance(check, DraftCheck)
    assert check.findings
    with pytest.raises(NotFoundError):
        ana.wrap_up("conn-1")
    ended = ana.end("conn-1")
    assert isinstance(ended, WrapUp)
    changed = ana.change_wrap_up("conn-1", lines=[WrapUpLine("done", "Told when it comes.")])
    assert (changed.edited_by, changed.lines[0].text) == ("Ana", "Told when it comes.")
    assert ana.wrap_up("conn-1") == changed
    with pytest.raises(NotFoundError):
        connected("bob").wrap_up("conn-1")
    with pytest.raises(ConflictError):
        ana.hear("conn-1", [ASKED])


def test_reading_and_scoring(connected):
    lea = connected("lea")
    assert (lea.me().client, lea.me().role) == ("Acme", "qa")
    assert lea.ready().status in ("ok", "degraded")
    hits = lea.search("how long does a refund take")
    assert isinstance(hits[0], Hit)
    said = Transcript("conn-2", "Acme", (ASKED, Turn("agent", "You are an idiot.")), agent="Ana")
    assert "brand.insult" in [one.label for one in lea.analyse(said).findings]
    evaluation = lea.score(said, keep=True).evaluation
    assert isinstance(evaluation, Evaluation)
    assert lea.contact("conn-2").evaluation == evaluation
    assert "conn-2" in [one.contact for one in lea.queue().items]
    assert lea.contacts(limit=1).total >= 1
    confirmed = lea.review(evaluation.id)
    assert confirmed.status == "confirmed"
    ana = connected("ana")
    assert ana.evaluation(evaluation.id) == confirmed
    assert ana.acknowledge(evaluation.id).status == "acknowledged"
    made = ana.dispute(evaluation.id, "rude", "It was a joke between us.")
    assert made.who == "Ana"
    listed = ana.evaluations(status="disputed")
    assert evaluation.id in [one.evaluation for one in listed.evaluations]
    assert [one.kind for one in lea.history(evaluation.id).steps].count("dispute") == 1
    with pytest.raises(NotFoundError):
        connected("bob").evaluation(evaluation.id)


def test_documents(connected):
    adi, ana = connected("adi"), connected("ana")
    made = Document(
        id="policies/conn", text="# Chairs\n\nChairs come back for 30 days.", kind="policy", version="1"
    )
    assert adi.put_document(made).change == "added"
    assert adi.put_document(made).change == "unchanged"
    with pytest.raises(ConflictError):
        adi.put_document(Document(id=made.id, text="# Chairs\n\nOther words.", version="1", kind="policy"))
    assert ana.document(made.id).text == made.text
    assert made.id in [one.id for one in ana.documents("policy").documents]
    with pytest.raises(AccessError):
        ana.put_document(made)
    adi.withdraw_document(made.id)
    assert made.id not in [one.id for one in ana.documents().documents]
    assert adi.document(made.id).effective_until < date.today()
    with pytest.raises(NotFoundError):
        ana.document(made.id)


def test_events_go_on_after_a_break(connected):
    ana = connected("ana")
    ana.hear("conn-3", [Turn("customer", "Hello.", id="a")])
    seen, last = set(), 0
    for event in ana.events("conn-3"):
        seen.add(event.region)
        last = max(last, event.v)
        if {"contact", "turns"} <= seen:
            break
    later = threading.Timer(0.3, ana.hear, args=("conn-3", [Turn("customer", "Still there?", id="b")]))
    later.start()
    turns = next(event for event in ana.events("conn-3", since=last) if event.region == "turns")
    later.join()
    assert turns.v > last
    assert "Still there?" in str(turns.value)
    assert list(ana.events("never-was", seconds=0.5)) is not None


def test_errors_are_the_librarys_own(connected, served):
    with pytest.raises(InputError, match="https"):
        Connection("http://copilot.example.com", "un_x")
    with Connection(served, "un_wrong") as nobody, pytest.raises(AccessError):
        nobody.me()
    with pytest.raises(AccessError):
        next(Connection(served, "un_wrong").events("x"))
    with pytest.raises(NotFoundError):
        connected("lea").contact("never-was")
    with pytest.raises(InputError, match="limit"):
        connected("ana").search("x", limit=0)
    with Connection("http://127.0.0.1:9", "un_x", attempts=1) as gone, pytest.raises(ModelError) as problem:
        gone.me()
    assert problem.value.retryable


def test_a_busy_server_is_given_its_time(connected, monkeypatch):
    import httpx

    waited, statuses = [], [503, 429, 200]
    ana = connected("ana")
    real = ana._transport._http.request

    def busy(method, path, **options):
        status = statuses.pop(0)
        if status != 200:
            return httpx.Response(
                status, headers={"Retry-After": "2"}, request=httpx.Request(method, "http://x")
            )
        keys.append(options["headers"]["Idempotency-Key"])
        return real(method, path, **options)

    keys = []
    monkeypatch.setattr(ana._transport._http, "request", busy)
    monkeypatch.setattr(transport.time, "sleep", waited.append)
    assert ana.check("Fine.").available
    assert len(waited) == 2
    assert all(wait >= 2 for wait in waited)
    assert len(keys[0]) == 32
