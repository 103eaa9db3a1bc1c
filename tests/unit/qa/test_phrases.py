"""What past contacts taught: kept, decided by a named person, and compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.errors import InputError, NotFoundError
from models.records import Document, MinedPhrase
from qa import Analyser
from qa.detectors.scripting import MINED, VERBATIM
from qa.phrases import decide, learned
from tests.unit.library import Library
from tests.unit.qa.detectors.contacts import contact

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STOCK = "We are looking into it with our colleagues at the depot in {}."
OWN = (
    "The driver left it with the florist next to your house, because nobody opened when he rang on Tuesday, "
    "so pop in before six today, the lady there has it behind her counter and only needs your surname, and I "
    "put a note on it so that it is not sent back to the shop in Leeds before you had time to fetch it yourself "
)
CITIES = "Oslo Bergen Ghent Porto Lyon Graz Cork Turin Leeds Malmo".split()
SCRIPT = Document(
    id="scripts/s", kind="script", text="- Your refund will arrive within five business days of the return."
)


def past(count: int = 12, *, reason: str = "delivery"):
    return [
        contact(
            "C: Where is it?",
            f"A: {STOCK.format(CITIES[n % 10])}",
            "C: And then?",
            f"A: {OWN}.",
            id=f"p{n}",
            agent=f"agent {n % 3}",
            metadata={"reason": reason},
        )
        for n in range(count)
    ]


@pytest.fixture
def kb() -> Library:
    return Library(SCRIPT)


def stock(analyser: Analyser) -> MinedPhrase:
    return next(one for one in analyser.keep() if "colleagues at the depot" in one.template)


def labels(kb: Library, said: str) -> set[str]:
    return {
        f.label
        for f in Analyser(kb).analyse(contact(f"A: {said}", "C: Fine."))
        if f.label in {MINED, VERBATIM}
    }


def test_a_proposal_weighs_half_approved_it_is_script_rejected_it_is_gone(kb: Library) -> None:
    said = STOCK.format("Rome")
    analyser = Analyser(kb)
    analyser.learn(past())
    assert labels(kb, said) == set()
    phrase = stock(analyser)
    assert (phrase.state, phrase.contacts, phrase.agents) == ("proposed", 12, 3)
    assert phrase.examples[0].transcript == "p0"
    assert labels(kb, said) == {MINED}
    decide(kb.store, kb.client, [phrase.id], "approved", who="Ada", at=AT)
    assert labels(kb, said) == {VERBATIM}
    decide(kb.store, kb.client, [phrase.id[7:12]], "rejected", who="Ada", at=AT)
    assert labels(kb, said) == set()


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_a_decided_phrase_is_not_proposed_again(kb: Library, state) -> None:
    analyser = Analyser(kb)
    analyser.learn(past())
    phrase = stock(analyser)
    decide(kb.store, kb.client, [phrase.id], state, who="Ada", at=AT)
    again = Analyser(kb)
    assert not any("colleagues at the depot" in one.template for one in again.learn(past()))
    again.keep()
    kept = {one.id: one for one in learned(kb.store, kb.client).phrases}
    assert (kept[phrase.id].state, kept[phrase.id].decided_by) == (state, "Ada")


def test_proposals_that_are_not_found_again_go(kb: Library) -> None:
    analyser = Analyser(kb)
    analyser.learn(past())
    analyser.keep()
    analyser.learn(past(2))
    assert analyser.keep() == ()


def test_a_required_statement_is_no_stock_phrase() -> None:
    notice = "We keep this conversation for ninety days to train our colleagues."
    analyser = Analyser(Library(SCRIPT, Document(id="d/notice", kind="disclosure", text=notice)))
    told = [contact(f"A: {notice} {STOCK.format('Rome')}", "C: Fine.", id=f"n{n}") for n in range(9)]
    assert [one for one in analyser.learn(told) if "ninety" in one.template or "90" in one.template] == []
    assert analyser.proposals != ()


def test_a_decision_needs_a_person_and_a_phrase(kb: Library) -> None:
    analyser = Analyser(kb)
    analyser.learn(past())
    phrase = stock(analyser)
    with pytest.raises(InputError, match="name of the person"):
        decide(kb.store, kb.client, [phrase.id], "approved", who=" ", at=AT)
    with pytest.raises(NotFoundError, match="no phrase has this id"):
        decide(kb.store, kb.client, ["phrase-none"], "approved", who="Ada", at=AT)
    with pytest.raises(InputError, match="approved needs"):
        replace(phrase, state="approved")


def test_the_fingerprint_moves_with_decisions(kb: Library) -> None:
    before = Analyser(kb).fingerprint
    analyser = Analyser(kb)
    analyser.learn(past())
    phrase = stock(analyser)
    proposed = Analyser(kb).fingerprint
    decide(kb.store, kb.client, [phrase.id], "approved", who="Ada", at=AT)
    assert len({before, proposed, Analyser(kb).fingerprint}) == 3


def test_the_percentile_is_within_the_contact_reason(kb: Library) -> None:
    scripted = "Your refund will arrive within five business days of the return."
    calm = past(40)
    heavy = [
        contact(
            f"A: {OWN}. {scripted}", "C: Hm?", f"A: {scripted}", id=f"h{n}", metadata={"reason": "refund"}
        )
        for n in range(40)
    ]
    analyser = Analyser(kb)
    analyser.learn([*calm, *heavy])
    middle = [f"A: {OWN}. {scripted}"]
    among_calm = analyser.scriptedness(contact(*middle, metadata={"reason": "delivery"}))
    among_heavy = analyser.scriptedness(contact(*middle, metadata={"reason": "refund"}))
    elsewhere = analyser.scriptedness(contact(*middle, metadata={"reason": "other"}))
    assert among_calm.percentile is not None
    assert among_heavy.percentile is not None
    assert elsewhere.percentile is not None
    assert among_heavy.percentile < elsewhere.percentile < among_calm.percentile
    assert (among_calm.reason, among_calm.compared) == ("delivery", 40)
    assert (elsewhere.reason, elsewhere.compared) == ("", 80)
    assert VERBATIM in {span.label for span in among_calm.top}


@pytest.mark.parametrize(("usual_script", "raised"), [(False, True), (True, False)])
def test_heavy_is_more_than_is_usual_for_the_reason(kb: Library, usual_script, raised) -> None:
    scripted = "Your refund will arrive within five business days of the return."
    lines = [f"A: {OWN}. {scripted}", "C: Are you reading from a script?", f"A: {OWN[:60]}. {scripted}"]
    told = " ".join([OWN[:200] + "."] + [scripted] * (6 if usual_script else 0)) + " " + OWN
    usual = [contact(f"A: {told}", "C: Hm?", id=f"u{n}", metadata={"reason": "refund"}) for n in range(40)]
    analyser = Analyser(kb)
    analyser.learn(usual)
    found = analyser.analyse(contact(*lines, metadata={"reason": "refund"}))
    assert "scripting.called_out" in {f.label for f in found}
    assert ("scripting.heavy" in {f.label for f in found}) is raised
    if raised:
        assert (
            "40 of this client's past contacts" in next(f for f in found if f.label.endswith("heavy")).reason
        )


def test_no_percentile_below_thirty_contacts(kb: Library) -> None:
    analyser = Analyser(kb)
    analyser.learn(past(29))
    assert analyser.scriptedness(past(1)[0]).percentile is None


def test_learning_again_does_not_undo_a_decision_taken_meanwhile(kb: Library) -> None:
    analyser = Analyser(kb)
    analyser.learn(past())
    phrase = stock(analyser)
    again = Analyser(kb)
    again.learn([*past(), contact(f"A: {STOCK.format('Bari')}", "C: Fine.", id="one more")])
    find = kb.store.find

    def slow(client, kind, **more):
        found = find(client, kind, **more)
        if kind is MinedPhrase and found and all(one.state == "proposed" for one in found):
            kb.store.find = find  # type: ignore[method-assign]
            decide(kb.store, kb.client, [phrase.id], "rejected", who="Ada", at=AT)
        return found

    kb.store.find = slow  # type: ignore[method-assign]
    again.keep()
    kept = {one.id: one for one in kb.store.find(kb.client, MinedPhrase)}
    assert (kept[phrase.id].state, kept[phrase.id].decided_by) == ("rejected", "Ada")
