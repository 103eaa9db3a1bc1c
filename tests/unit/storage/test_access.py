from datetime import UTC, datetime, timedelta

import pytest

from models.errors import InputError, NotFoundError
from storage.access import AccessKeys, Principal


@pytest.fixture
def keys(tmp_path):
    made = AccessKeys(tmp_path)
    yield made
    made.close()


def test_a_key_opens_for_its_principal_alone(keys):
    key = keys.issue("Ana", "agent", "Acme")
    other = keys.issue("Ben", "qa", "Beta")
    assert keys.principal(key) == Principal("Ana", "agent", "Acme")
    assert keys.principal(other) == Principal("Ben", "qa", "Beta")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key.replace("un_", "UN_"),
        lambda key: key[:3] + "0" * 12 + key[15:],
        lambda key: key[:15] + "_" + "A" * 43,
        lambda key: " " + key,
        lambda key: key + "\n",
        lambda key: "un_\ud800",
    ],
)
def test_anything_else_does_not(keys, spoil):
    key = keys.issue("Ana", "agent", "Acme")
    assert keys.principal(spoil(key)) is None


def test_expired_and_revoked_keys_do_not_open(keys):
    now = datetime.now(UTC)
    assert keys.principal(keys.issue("A", "qa", "Acme", expires=now - timedelta(seconds=1))) is None
    key = keys.issue("A", "qa", "Acme", expires=now + timedelta(hours=1))
    assert keys.principal(key) is not None
    prefix = key.split("_")[1]
    keys.revoke(prefix)
    assert keys.principal(key) is None
    assert keys.standing(prefix) is None
    first = keys.list()[-1].revoked_at
    keys.revoke(prefix)
    assert keys.list()[-1].revoked_at == first


def test_the_file_holds_no_key(keys, tmp_path):
    key = keys.issue("Ana", "agent", "Acme")
    secret = key.split("_", 2)[2].encode()
    assert all(secret not in path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "access.sqlite").stat().st_mode & 0o077 == 0


def test_another_process_sees_a_revocation_at_once(keys, tmp_path):
    key = keys.issue("Ana", "agent", "Acme")
    second = AccessKeys(tmp_path)
    assert second.principal(key) is not None
    keys.revoke(key.split("_")[1])
    assert second.principal(key) is None
    new = second.issue("Eve", "agent", "Acme")
    assert keys.principal(new) is not None
    second.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"role": "owner"},
        {"client": "../x"},
        {"client": ""},
        {"expires": datetime(2030, 1, 1)},
    ],
)
def test_what_a_key_cannot_be_made_of(keys, wrong):
    said = {"name": "Ana", "role": "agent", "client": "Acme", "expires": None} | wrong
    with pytest.raises(InputError):
        keys.issue(said["name"], said["role"], said["client"], expires=said["expires"])
    assert keys.list() == []


def test_revoking_an_unknown_key_says_so(keys):
    with pytest.raises(NotFoundError):
        keys.revoke("0" * 12)


def test_a_feed_key_is_a_key_of_its_own_kind(keys):
    key = keys.issue("Telephony", "feed", "Acme")
    assert keys.principal(key) == Principal("Telephony", "feed", "Acme")


def test_the_last_use_is_known_also_to_another_process(keys, tmp_path):
    key = keys.issue("Ana", "agent", "Acme")
    assert keys.list()[0].used_at is None
    before = datetime.now(UTC)
    keys.principal(key)
    used = AccessKeys(tmp_path).list()[0].used_at
    assert used is not None
    assert used >= before
    keys.principal(key)  # within five minutes: no second write
    assert AccessKeys(tmp_path).list()[0].used_at == used


def test_keys_of_the_first_shape_still_open(tmp_path):
    import apsw

    from storage.access import _digest

    key = "un_" + "ab" * 6 + "_" + "x" * 43
    connection = apsw.Connection(str(tmp_path / "access.sqlite"))
    connection.execute(
        "CREATE TABLE keys (prefix TEXT NOT NULL UNIQUE, digest TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "
        "role TEXT NOT NULL CHECK (role IN ('agent', 'qa', 'admin')), client TEXT NOT NULL, "
        "issued_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT)"
    )
    connection.execute(
        "INSERT INTO keys VALUES (?, ?, 'Ana', 'qa', 'Acme', '2026-01-01T00:00:00+00:00', NULL, NULL)",
        ("ab" * 6, _digest(key)),
    )
    connection.pragma("user_version", 1)
    connection.close()
    keys = AccessKeys(tmp_path)
    assert keys.principal(key) == Principal("Ana", "qa", "Acme")
    keys.issue("Telephony", "feed", "Acme")
    assert [one.principal.role for one in keys.list()] == ["qa", "feed"]
