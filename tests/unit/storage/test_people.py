import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from models.errors import ConflictError, InputError, NotFoundError
from storage import people_rows
from storage.passwords import check_password, hash_password, is_outdated, matches
from storage.people import People

GOOD = "three odd green bicycles"


@pytest.fixture
def people(tmp_path):
    return People(tmp_path)


@pytest.fixture
def owner(people):
    return people.redeem(people.link(None), GOOD, login="ada@example.com", name="Ada")


def test_the_first_link_makes_an_owner_once(people):
    token = people.link(None)
    assert people.linked(token) is None
    made = people.redeem(token, GOOD, login="ada@example.com", name="Ada")
    assert (made.owner, made.active, made.has_password, made.grants) == (True, True, True, ())
    for again in (token, "never-was", ""):
        with pytest.raises(NotFoundError):
            people.redeem(again, GOOD, login="eve@example.com", name="Eve")
    with pytest.raises(ConflictError):
        people.link(None)
    assert [one.name for one in people.list()] == ["Ada"]


def test_of_two_first_links_the_older_is_void(people):
    old, new = people.link(None), people.link(None)
    with pytest.raises(NotFoundError):
        people.linked(old)
    assert people.linked(new) is None


def test_a_link_ends_after_a_day(people, owner, monkeypatch):
    token = people.reset(people.add("bo@example.com", "Bo").id)
    later = datetime.now(UTC) + timedelta(hours=24, seconds=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    monkeypatch.setattr(people_rows, "datetime", Later)
    with pytest.raises(NotFoundError):
        people.redeem(token, GOOD)


def test_a_wrong_password_does_not_use_the_link_up(people):
    token = people.link(None)
    with pytest.raises(InputError):
        people.redeem(token, "short", login="ada@example.com", name="Ada")
    assert people.redeem(token, GOOD, login="ada@example.com", name="Ada").has_password


def test_verify(people, owner):
    assert people.verify("ADA@example.com ", GOOD).id == owner.id
    assert people.verify("ada@example.com", "cafe\u0301 " + GOOD) is None
    for login, password in (
        ("ada@example.com", GOOD + "!"),
        ("eve@example.com", GOOD),
        ("", ""),
        ("ada@example.com", ""),
    ):
        assert people.verify(login, password) is None
    people.set_owner(people.redeem(people.link(people.add("b", "B").id), GOOD).id, owner=True)
    people.set_active(owner.id, active=False)
    assert people.verify("ada@example.com", GOOD) is None


def test_one_spelling_of_a_password(people):
    person = people.redeem(people.link(None), "cafe\u0301 in the quiet yard", login="a", name="A")
    assert people.verify("a", "caf\u00e9 in the quiet yard").id == person.id


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "a" * 257,
        "aaaaaaaaaaaaaaaa",
        "ada@example.com1",
        "Password1234!",
        "123456789012",
        "unscripted2026",
    ],
)
def test_passwords_that_are_too_easy(password):
    with pytest.raises(InputError) as problem:
        check_password(password, login="ada@example.com", name="Ada")
    assert not password or password not in str(problem.value)


def test_what_is_kept_opens_nothing(people, owner, tmp_path):
    token = people.reset(people.add("bo@example.com", "Bo").id)
    whole = b"".join(path.read_bytes() for path in tmp_path.glob("people.sqlite*"))
    assert GOOD.encode() not in whole
    assert token.encode() not in whole
    kept = sqlite3.connect(tmp_path / "people.sqlite").execute("SELECT password FROM people").fetchone()[0]
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (tmp_path / "people.sqlite").stat().st_mode & 0o777 == 0o600


def test_nothing_kept_matches_nothing():
    assert not matches(None, GOOD)
    assert not matches("no hash at all", GOOD)
    kept = hash_password(GOOD)
    assert matches(kept, GOOD)
    assert not is_outdated(kept)


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        (lambda people, bo: None, True),
        (lambda people, bo: people.revoke(bo.id, "acme", "agent"), False),
        (lambda people, bo: people.revoke(bo.id, "Beta"), True),
        (lambda people, bo: people.reset(bo.id), False),
        (lambda people, bo: people.set_active(bo.id, active=False), False),
        (lambda people, bo: people.remove(bo.id), False),
        (lambda people, bo: people.redeem(people.link(bo.id), GOOD + "!"), False),
    ],
)
def test_what_ends_a_web_session(people, owner, change, stands):
    bo = people.redeem(people.link(people.add("bo@example.com", "Bo").id), GOOD)
    people.grant(bo.id, "Acme", "agent", by="Ada")
    people.grant(bo.id, "Beta", "qa", by="Ada")
    assert people.stands(bo.id, bo.stamp, "Acme", "agent")
    assert not people.stands(bo.id, bo.stamp, "Acme", "qa")
    assert not people.stands(bo.id, bo.stamp, "Gamma", "agent")
    change(people, bo)
    assert people.stands(bo.id, bo.stamp, "Acme", "agent") is stands


def test_an_owner_administers_every_client_and_nothing_more(people, owner):
    assert people.stands(owner.id, owner.stamp, "Acme", "admin")
    assert not people.stands(owner.id, owner.stamp, "Acme", "agent")


def test_the_last_owner_stays(people, owner):
    for change in (
        lambda: people.set_active(owner.id, active=False),
        lambda: people.set_owner(owner.id, owner=False),
        lambda: people.remove(owner.id),
    ):
        with pytest.raises(ConflictError):
            change()
    assert people.has_owner()


def test_logins_and_names_are_one_persons(people, owner):
    for login, name in (("ADA@EXAMPLE.COM", "Other"), ("other@example.com", "ada")):
        with pytest.raises(ConflictError):
            people.add(login, name)
    for login, name in (("", "N"), ("two words", "N"), ("x", ""), ("x", "a\x00b"), ("x" * 201, "N")):
        with pytest.raises(InputError):
            people.add(login, name)


def test_another_process_is_seen_at_once(people, owner, tmp_path):
    bo = people.redeem(people.link(people.add("bo@example.com", "Bo").id), GOOD)
    people.grant(bo.id, "Acme", "agent", by="Ada")
    assert people.stands(bo.id, bo.stamp, "Acme", "agent")
    People(tmp_path).revoke(bo.id, "Acme")
    assert not people.stands(bo.id, bo.stamp, "Acme", "agent")


def test_grants(people, owner):
    bo = people.add("bo@example.com", "Bo")
    assert people.grant(bo.id, "Acme", "agent", by="Ada")
    assert not people.grant(bo.id, "ACME", "agent", by="Ada")
    assert people.grant(bo.id, "Acme", "qa", by="Ada")
    assert [(one.client, one.role, one.by) for one in people.get(bo.id).grants] == [
        ("Acme", "agent", "Ada"),
        ("Acme", "qa", "Ada"),
    ]
    people.revoke(bo.id, "acme")
    assert people.get(bo.id).grants == ()
    with pytest.raises(NotFoundError):
        people.revoke(bo.id, "acme")
    with pytest.raises(InputError):
        people.grant(bo.id, "../../x", "agent", by="Ada")
    with pytest.raises(InputError):
        people.grant(bo.id, "Acme", "boss", by="Ada")
