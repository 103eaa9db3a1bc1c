import gc

import pytest

from storage.access import AccessKeys, Principal
from storage.kept_sessions import KeptSessions, forget_all, session_digest
from storage.people import People
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


class TestAfterARestart:
    """What the file keeps, and what it must not bring back."""

    PASSWORD = "three odd green bicycles"

    @pytest.fixture
    def ana(self, tmp_path):
        people = People(tmp_path)
        made = people.add("ana@example.com", "Ana", language="nl")
        person = people.redeem(people.link(made.id), self.PASSWORD)
        people.grant(person.id, "Acme", "agent", by="Ada")
        people.grant(person.id, "Beta", "qa", by="Ada")
        return people.get(person.id)

    @pytest.fixture
    def started(self, tmp_path, clock):
        """A new process on the same folder."""

        def start():
            return WebSessions(
                AccessKeys(tmp_path), people=People(tmp_path), kept=KeptSessions(tmp_path), clock=clock
            )

        return start

    @staticmethod
    def at(person, client="Acme", role="agent"):
        return Principal(person.name, role, client, person.id, person.owner, person.language)

    def test_a_person_goes_on_where_they_were(self, started, ana):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        again = started().get(made.id)
        assert again.principal == self.at(ana)
        assert again.name != made.name
        assert session_named(again.name) is again

    def test_a_key_goes_on_until_it_is_revoked(self, tmp_path, started):
        keys = AccessKeys(tmp_path)
        entry = keys.entry(keys.issue("CRM", "agent", "Acme"))
        made = started().begin(entry.principal, prefix=entry.prefix)
        assert started().get(made.id).principal == entry.principal
        keys.revoke(entry.prefix)
        assert started().get(made.id) is None

    def test_nothing_in_the_file_opens_a_door_or_names_anybody(self, tmp_path, started, ana):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        rows = KeptSessions(tmp_path).rows()
        assert [*rows] == [session_digest(made.id)]
        assert all(started().get(digest) is None for digest in rows)
        assert made.id not in repr(rows)
        assert "Ana" not in repr(rows)

    def test_rotation_and_sign_out_last(self, started, ana):
        table = started()
        first = table.begin(self.at(ana), stamp=ana.stamp)
        second = table.begin(self.at(ana, "Beta", "qa"), stamp=ana.stamp, instead_of=first.id)
        table = started()
        assert table.get(first.id) is None
        assert table.get(second.id).principal.client == "Beta"
        table.end(second.id)
        assert started().get(second.id) is None

    def test_another_process_signs_out_at_once(self, started, ana):
        one, other = started(), started()
        made = one.begin(self.at(ana), stamp=ana.stamp)
        assert other.get(made.id) is not None
        other.end(made.id)
        assert one.get(made.id) is None

    def test_signing_out_everywhere(self, tmp_path, started, ana):
        keys = AccessKeys(tmp_path)
        entry = keys.entry(keys.issue("CRM", "agent", "Acme"))
        before = [started().begin(self.at(ana), stamp=ana.stamp) for _ in range(2)]
        table = started()
        key = table.begin(entry.principal, prefix=entry.prefix)
        here = table.begin(self.at(ana, "Beta", "qa"), stamp=ana.stamp)
        assert table.end_all(here.id) == 3
        for after in (table, started()):
            assert [after.get(one.id) for one in (*before, here)] == [None] * 3
            assert after.get(key.id) is not None
        assert table.end_all("unknown") == 0

    def test_times_go_on(self, started, ana, clock):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        clock.now += IDLE_S - 1
        assert started().get(made.id) is not None  # this use is in the file
        clock.now += IDLE_S - 1
        assert started().get(made.id, touch=False) is not None
        clock.now += 2
        assert started().get(made.id) is None
        made = started().begin(self.at(ana), stamp=ana.stamp)
        for _ in range(int(ABSOLUTE_S / 600) - 1):
            clock.now += 600
            assert started().get(made.id) is not None
        clock.now += 600
        assert started().get(made.id) is None

    def test_what_is_over_leaves_the_file(self, tmp_path, started, ana, clock):
        started().begin(self.at(ana), stamp=ana.stamp)
        clock.now += IDLE_S
        started()
        assert KeptSessions(tmp_path).rows() == {}

    def test_a_clock_set_back_ends_it(self, started, ana, clock):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        clock.now -= 3600
        assert started().get(made.id) is None

    @pytest.mark.parametrize(
        "change",
        [
            lambda people, who: people.revoke(who, "Acme"),
            lambda people, who: people.set_active(who, active=False),
            lambda people, who: people.reset(who),
            lambda people, who: people.remove(who),
        ],
        ids=["revoked", "put out", "reset", "removed"],
    )
    def test_what_was_taken_back_meanwhile_is_not_brought_back(self, tmp_path, started, ana, change):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        change(People(tmp_path), ana.id)
        assert started().get(made.id) is None
        assert KeptSessions(tmp_path).rows() == {}

    def test_the_limit_counts_those_from_before(self, tmp_path, started, ana):
        first = started().begin(self.at(ana), stamp=ana.stamp)
        table = started()
        for _ in range(50):
            table.begin(self.at(ana), stamp=ana.stamp)
        assert started().get(first.id) is None
        assert len(KeptSessions(tmp_path).rows()) == 50

    def test_the_demo_is_not_kept(self, tmp_path, started):
        made = started().begin(ANA)
        assert started().get(made.id) is None
        assert KeptSessions(tmp_path).rows() == {}

    def test_a_backup_signs_nobody_in(self, tmp_path, started, ana):
        made = started().begin(self.at(ana), stamp=ana.stamp)
        forget_all(tmp_path)
        forget_all(tmp_path / "nowhere")
        assert started().get(made.id) is None
