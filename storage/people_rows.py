"""The tables of people, grants, one-time links and web sessions, and their rows."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from models.errors import ConfigError, ConflictError, InputError, NotFoundError
from storage.access import KeyRole, Role
from storage.names import client_key
from storage.passwords import spelled

if TYPE_CHECKING:
    import apsw

UNKNOWN_LINK = "link: is used up, too old or unknown; ask for a new one"
ROLES: tuple[Role, ...] = ("agent", "qa", "admin")
"""Of people; other roles are for programs."""
LONGEST_LOGIN = 200
_LONGEST_NAME = 100
_SHAPE = 2


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do for one client."""

    client: str
    role: Role
    by: str
    """Who gave it, by name."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in with a password."""

    id: str
    """Random; names the person in logs."""
    login: str
    """E-mail address or another name to sign in with."""
    name: str
    """As colleagues read it; no two people share one."""
    language: str
    """Of the pages; empty: the browser's."""
    owner: bool
    """May make clients, people and grants, and administer every client."""
    active: bool
    has_password: bool
    stamp: int
    """Goes up when a password is set or taken away, or the person is put out: older web sessions end."""
    made_at: datetime
    grants: tuple[Grant, ...] = ()

    def may(self, client: str, role: KeyRole) -> bool:
        """Whether the person may act in this role for this client."""
        if not self.active:
            return False
        if self.owner and role == "admin":
            return True
        key = client_key(client)
        return any(client_key(one.client) == key and one.role == role for one in self.grants)


def insert_person(connection: apsw.Connection, login: str, name: str, *, language: str, owner: bool) -> str:
    """A new person without a password; the id.

    Raises:
        InputError: A login or name is empty, too long, or holds what cannot be shown.
        ConflictError: The login or the name is taken.
    """
    login = _usable(login, LONGEST_LOGIN, "login")
    name = _usable(name, _LONGEST_NAME, "name")
    if any(character.isspace() for character in login):
        raise InputError("person: a login has no blanks; an e-mail address is a good one")
    for column, value in (("login", login), ("name", name)):
        taken = connection.execute(
            f"SELECT 1 FROM people WHERE {column}_key = ?",  # noqa: S608 - one of two words above
            (spelled(value),),
        ).fetchone()
        if taken:
            raise ConflictError(f"person: this {column} is taken; choose another one")
    id = "p-" + secrets.token_hex(8)
    connection.execute(
        "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, 1, NULL, 0, ?)",
        (
            id,
            login,
            spelled(login),
            name,
            spelled(name),
            language,
            int(owner),
            moment_text(datetime.now(UTC)),
        ),
    )
    return id


def another_owner(connection: apsw.Connection, id: str) -> bool:
    """Whether somebody else can make clients and people."""
    query = "SELECT 1 FROM people WHERE owner = 1 AND active = 1 AND password IS NOT NULL AND id != ?"
    return connection.execute(query, (id,)).fetchone() is not None


def linked_person(connection: apsw.Connection, token: str) -> str | None:
    """Id of the person a link is for; None for the first owner.

    Raises:
        NotFoundError: The link is used up, too old or was never made.
    """
    row = connection.execute(
        "SELECT person, until FROM links WHERE digest = ?", (token_digest(token),)
    ).fetchone()
    if row is None or datetime.fromisoformat(row[1]) <= datetime.now(UTC):
        raise NotFoundError(UNKNOWN_LINK)
    id: str | None = row[0]
    return id


def person_of(row: Sequence[Any], grants: Sequence[Grant]) -> Person:
    """The record of a row."""
    id, login, name, language, owner, active, has_password, stamp, made_at = row
    return Person(
        id, login, name, language, bool(owner), bool(active), bool(has_password), stamp,
        datetime.fromisoformat(made_at), tuple(grants),
    )  # fmt: skip


def _usable(text: str, longest: int, what: str) -> str:
    kept = unicodedata.normalize("NFC", text.strip())
    if not 0 < len(kept) <= longest or not kept.isprintable():
        raise InputError(f"person: the {what} must be 1 to {longest} printable characters")
    return kept


def token_digest(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def moment_text(moment: datetime) -> str:
    """As the tables hold it."""
    return moment.astimezone(UTC).isoformat()


def prepare(connection: apsw.Connection) -> None:
    """Make the tables where there are none.

    Raises:
        ConfigError: A newer version made them.
    """
    shape = connection.pragma("user_version")
    if shape > _SHAPE:
        raise ConfigError(
            f"people.sqlite is of shape {shape}, this version knows {_SHAPE}: install a newer version"
        )
    with connection:
        connection.execute(
            """
            CREATE TABLE IF NOT EXISTS people (
                id TEXT NOT NULL PRIMARY KEY,
                login TEXT NOT NULL,
                login_key TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                name_key TEXT NOT NULL UNIQUE,
                language TEXT NOT NULL,
                owner INTEGER NOT NULL,
                active INTEGER NOT NULL,
                password TEXT,
                stamp INTEGER NOT NULL,
                made_at TEXT NOT NULL
            );
            CREATE TABLE IF NOT EXISTS grants (
                person TEXT NOT NULL REFERENCES people (id),
                client_key TEXT NOT NULL,
                client TEXT NOT NULL,
                role TEXT NOT NULL CHECK (role IN ('agent', 'qa', 'admin')),
                granted_by TEXT NOT NULL,
                granted_at TEXT NOT NULL,
                PRIMARY KEY (person, client_key, role)
            );
            CREATE TABLE IF NOT EXISTS links (
                digest TEXT NOT NULL PRIMARY KEY,
                person TEXT REFERENCES people (id),
                until TEXT NOT NULL
            );
            CREATE TABLE IF NOT EXISTS web_sessions (
                digest TEXT NOT NULL PRIMARY KEY,
                person TEXT NOT NULL,
                prefix TEXT NOT NULL,
                client TEXT NOT NULL,
                role TEXT NOT NULL,
                started_s REAL NOT NULL,
                used_s REAL NOT NULL,
                stamp INTEGER NOT NULL
            );
            """
        )
        connection.pragma("user_version", _SHAPE)
