from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import ConflictError, InputError, NotFoundError
from models.records import Analysis, Finding, Scriptedness, Span, Transcript, Turn
from qa.queues import Claim, assign, claim, queue, release, waiting, workload
from storage import MemoryStore
from tests.unit.qa.test_scoring import VOICE

READ = Scriptedness(None, None, None, 0)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def contact(name, *labels):
    transcript = Transcript(name, "acme", (Turn("agent", "some words"),), agent=f"agent of {name}")
    findings = tuple(Finding(label, severity, Span(0, 0, 4), 0.9, "r@1", "why") for label, severity in labels)
    analysis = Analysis(name, transcript.digest, findings, READ, "")
    return transcript, VOICE.evaluate(transcript, findings), analysis


def stored(*contacts):
    store = MemoryStore()
    for records in contacts:
        for record in records:
            if record is not None:
                store.put("acme", record)
    return store


def test_gravest_first_with_the_reason_in_words():
    store = stored(
        contact("calm"),
        contact("grave", ("privacy.secret_request", "critical")),
        contact("middling", ("tone.blaming", "major")),
    )
    items = queue(store, "acme")
    assert [item.contact for item in items] == ["grave", "middling", "calm"]
    assert items[0].why == "auto-fail: privacy; critical: privacy.secret_request; below the pass mark"
    assert items[2].why == "nothing grave found"
    assert [item.contact for item in queue(store, "acme", limit=1, offset=1)] == ["middling"]


def test_confirmed_contacts_come_last():
    transcript, evaluation, analysis = contact("done", ("privacy.secret_request", "critical"))
    store = stored((transcript, replace(evaluation, status="confirmed"), analysis), contact("open"))
    assert [item.contact for item in queue(store, "acme")] == ["open", "done"]
    assert waiting(store, "acme") == 1


def test_a_contact_that_was_never_scored_says_so():
    transcript, _, _ = contact("new")
    (item,) = queue(stored((transcript, None, None)), "acme")
    assert (item.status, item.evaluation, item.score, item.why) == ("unscored", None, None, "not scored yet")


def test_one_of_two_gets_a_contact_until_the_claim_runs_out():
    store = stored(contact("c1"))
    claim(store, "acme", "c1", who="Ada", at=NOON)
    with pytest.raises(ConflictError, match="in hand until 12:30 UTC"):
        claim(store, "acme", "c1", who="Ben", at=NOON + timedelta(minutes=29))
    assert [item.claimed_by for item in queue(store, "acme", now=NOON)] == ["Ada"]
    claim(store, "acme", "c1", who="Ada", at=NOON + timedelta(minutes=20))
    late = NOON + timedelta(minutes=51)
    assert [item.claimed_by for item in queue(store, "acme", now=late)] == [""]
    assert claim(store, "acme", "c1", who="Ben", at=late).who == "Ben"
    assert not release(store, "acme", "c1", who="Ada")
    assert release(store, "acme", "c1", who="Ben")
    assert claim(store, "acme", "c1", who="Ada", at=late).who == "Ada"


def test_a_claim_that_somebody_else_just_took_is_refused():
    store = stored(contact("c1"))
    old = claim(store, "acme", "c1", who="Ada", at=NOON)
    late = NOON + timedelta(hours=1)
    claim(store, "acme", "c1", who="Ben", at=late)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        store.put("acme", Claim("c1", "Cleo", late, late + timedelta(hours=1)), expected=old)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"who": " "}, InputError),
        ({"at": datetime(2026, 3, 2)}, InputError),
        ({"hold": timedelta(days=2)}, InputError),
        ({"contact": "nobody"}, NotFoundError),
    ],
)
def test_what_cannot_be_claimed(given, error):
    wanted = {"contact": "c1", "who": "Ada", "at": NOON} | given
    with pytest.raises(error):
        claim(stored(contact("c1")), "acme", wanted.pop("contact"), **wanted)


def test_contacts_are_spread_evenly_and_nobody_reviews_themselves():
    cases = stored(*(contact(f"c{number}") for number in range(4))).cases("acme")
    shares = assign(cases, ["Ada", "agent of c0", "Ben"], in_hand={"Ada": 1})
    assert {who: [case.contact for case in own] for who, own in shares.items()} == {
        "agent of c0": ["c1", "c3"],
        "Ben": ["c0"],
        "Ada": ["c2"],
    }
    with pytest.raises(InputError):
        assign(cases, [])


def test_workload_counts_what_still_holds():
    claims = [
        Claim("c1", "Ada", NOON, NOON + timedelta(hours=1)),
        Claim("c2", "Ben", NOON, NOON + timedelta(hours=1)),
        Claim("c3", "Ben", NOON + timedelta(minutes=5), NOON + timedelta(hours=1)),
        Claim("c4", "Cleo", NOON - timedelta(hours=2), NOON - timedelta(hours=1)),
    ]
    loads = workload(claims, now=NOON + timedelta(minutes=10))
    assert [(load.who, load.in_hand, load.oldest) for load in loads] == [("Ben", 2, NOON), ("Ada", 1, NOON)]


def test_who_lets_go_late_does_not_let_go_for_another():
    store = stored(contact("c1"))
    claim(store, "acme", "c1", who="Ada", at=NOON)
    late = NOON + timedelta(hours=1)

    class Overtaken(MemoryStore):
        def get(self, client, kind, id):
            found = store.get(client, kind, id)
            claim(store, "acme", "c1", who="Ben", at=late)
            return found

        def put(self, client, record, **more):
            return store.put(client, record, **more)

        def delete(self, client, kind, id):
            return store.delete(client, kind, id)

    assert not release(Overtaken(), "acme", "c1", who="Ada")
    assert [item.claimed_by for item in queue(store, "acme", now=late)] == ["Ben"]
    assert release(store, "acme", "c1", who="Ben")
    assert not release(store, "acme", "c1", who="Ben")
    assert [item.claimed_by for item in queue(store, "acme", now=late)] == [""]


def test_a_long_list_and_a_page_show_the_same_claims():
    store = stored(*(contact(f"c{number:03}") for number in range(201)))
    claim(store, "acme", "c007", who="Ada", at=NOON)
    for limit in (20, None):
        shown = {one.contact: one.claimed_by for one in queue(store, "acme", limit=limit, now=NOON)}
        assert {contact for contact, who in shown.items() if who} == {"c007"}
