import gc

import pytest

from storage.access import AccessKeys, Principal
from web.sessions import ABSOLUTE_S, IDLE_S, Buckets, WebSessions, session_named

ANA = Principal("Ana", "agent", "Acme")


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def table(tmp_path, clock):
    return WebSessions(AccessKeys(tmp_path), clock=clock)


def test_ids_are_new_and_the_old_one_dies(table):
    first = table.begin(ANA)
    second = table.begin(Principal("Ana", "agent", "Beta"), instead_of=first.id)
    assert first.id != second.id
    assert first.name != second.name
    assert table.get(first.id) is None
    assert session_named(first.name) is None
    assert table.get(second.id).principal.client == "Beta"
    assert session_named(second.name) is second


def test_an_id_that_was_never_given_out_is_not_taken_over(table):
    made = table.begin(ANA, instead_of="chosen-by-an-attacker")
    assert made.id != "chosen-by-an-attacker"
    assert table.get("chosen-by-an-attacker") is None


def test_idle_and_absolute_ends(table, clock):
    made = table.begin(ANA)
    clock.now += IDLE_S - 1
    assert table.get(made.id) is made
    clock.now += IDLE_S - 1
    assert table.get(made.id, touch=False) is made
    clock.now += 2
    assert table.get(made.id) is None
    made = table.begin(ANA)
    for _ in range(int(ABSOLUTE_S / 600) - 1):
        clock.now += 600
        assert table.get(made.id) is made
    clock.now += 600
    assert table.get(made.id) is None


def test_a_revoked_key_ends_what_it_opened(tmp_path, table):
    keys = AccessKeys(tmp_path)
    prefix = keys.issue("Ana", "agent", "Acme").split("_")[1]
    made = table.begin(ANA, prefix=prefix)
    assert table.get(made.id) is made
    keys.revoke(prefix)
    assert table.get(made.id) is None


def test_names_do_not_outlive_their_table(tmp_path):
    table = WebSessions(AccessKeys(tmp_path))
    name = table.begin(ANA).name
    assert session_named(name) is not None
    del table
    gc.collect()
    assert session_named(name) is None


def test_buckets_empty_and_fill_again(clock):
    buckets = Buckets(per_s=1, burst=3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b")
    clock.now += 1
    assert buckets.take("a")
    assert not buckets.take("a")
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]


def test_buckets_are_bounded(clock):
    buckets = Buckets(per_s=1, burst=1, most=10, clock=clock)
    for number in range(100):
        buckets.take(str(number))
    assert len(buckets._levels) == 10
