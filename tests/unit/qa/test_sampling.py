from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from models.records import Transcript, Turn
from qa.sampling import random_sample, risk_sample, stratified_sample, targeted_sample
from storage import MemoryStore
from tests.unit.qa.test_queues import contact


def cases(*sizes):
    """Cases of agents a0, a1, … with so many contacts each."""
    store = MemoryStore()
    for number, size in enumerate(sizes):
        for place in range(size):
            turns = (Turn("agent", "some words"),)
            store.put("acme", Transcript(f"a{number}-{place}", "acme", turns, agent=f"a{number}"))
    return store.cases("acme")


MANY = cases(60, 30, 10)


def test_the_seed_decides():
    first = random_sample(MANY, 20, seed=7)
    assert first == random_sample(list(reversed(MANY)), 20, seed=7)
    assert first.cases != random_sample(MANY, 20, seed=8).cases
    assert (len(first.cases), first.out_of, first.fair) == (20, 100, True)


def test_a_late_contact_does_not_reshuffle_the_sample():
    before = {case.contact for case in random_sample(MANY[:-1], 20, seed=7).cases}
    after = {case.contact for case in random_sample(MANY, 20, seed=7).cases}
    assert len(before - after) <= 1


def test_every_contact_is_as_likely():
    drawn = Counter(case.agent for seed in range(400) for case in random_sample(MANY, 10, seed=seed).cases)
    # Expected 2400, 1200 and 400 of 4000; four standard errors are about 120, 111 and 72.
    assert abs(drawn["a0"] - 2400) < 125
    assert abs(drawn["a1"] - 1200) < 115
    assert abs(drawn["a2"] - 400) < 75


def test_quotas_come_first_and_say_who_is_short():
    sample = random_sample(MANY, 12, seed=1, quotas={"a1": 3, "a2": 12, "nobody": 2})
    assert Counter(case.agent for case in sample.cases) == {"a1": 3, "a2": 10}
    assert sample.short == {"a2": 2, "nobody": 2}


def test_strata_get_their_share():
    sample = stratified_sample(MANY, 10, by=["agent"], seed=3)
    assert Counter(case.agent for case in sample.cases) == {"a0": 6, "a1": 3, "a2": 1}
    small = stratified_sample(cases(97, 2, 1), 10, by=["agent"], seed=3)
    assert Counter(case.agent for case in small.cases) == {"a0": 8, "a1": 1, "a2": 1}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(0, 60), st.integers(0, 5))
def test_a_stratified_sample_is_as_large_as_it_can_be(sizes, size, seed):
    many = cases(*sizes)
    sample = stratified_sample(many, size, by=["agent", "channel"], seed=seed)
    assert len(sample.cases) == min(size, len(many))
    assert len({case.contact for case in sample.cases}) == len(sample.cases)


def test_risk_first_is_not_fair():
    store = MemoryStore()
    for records in (contact("calm"), contact("grave", ("privacy.secret_request", "critical"))):
        for record in records:
            store.put("acme", record)
    sample = risk_sample(store.cases("acme"), 1)
    assert [case.contact for case in sample.cases] == ["grave"]
    assert not sample.fair
    assert not targeted_sample(MANY, 5, seed=1).fair


def test_what_cannot_be_sampled():
    for call in (
        lambda: random_sample(MANY, -1, seed=1),
        lambda: random_sample(MANY, 1, seed=1, quotas={"a0": -1}),
        lambda: stratified_sample(MANY, 1, by=["score"], seed=1),
        lambda: stratified_sample(MANY, 1, by=[], seed=1),
    ):
        with pytest.raises(InputError):
            call()
