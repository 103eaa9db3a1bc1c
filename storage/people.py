"""People who sign in with a password: who they are, what they may do for which client.

Kept beside the clients' files and never inside one of them. A password is kept as its Argon2id hash
with the parameters below; a one-time link as its SHA-256. People hold grants (a client and a role, as
many as needed); an owner may also make clients, people and grants.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from models.errors import ConfigError, ConflictError, InputError, NotFoundError
from storage.access import Role
from storage.names import check_client_name, client_key
from storage.opening import open_file

if TYPE_CHECKING:
    import apsw
    import argon2

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
"""Argon2id: 19 MiB, two passes, one lane; the least that OWASP names, some 0.1 s."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LINK_HOURS = 24
_FEWEST_DIFFERENT = 5
_SHAPE = 1
_LONGEST_LOGIN = 200
_LONGEST_NAME = 100
_UNKNOWN_LINK = "link: is used up, too old or unknown; ask for a new one"


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

    def may(self, client: str, role: Role) -> bool:
        """Whether the person may act in this role for this client."""
        if not self.active:
            return False
        if self.owner and role == "admin":
            return True
        key = client_key(client)
        return any(client_key(one.client) == key and one.role == role for one in self.grants)


class People:
    """The people of a data folder. Safe to share between threads; several processes may use the folder."""

    def __init__(self, folder: str | Path) -> None:
        self._path = Path(folder) / "people.sqlite"
        self._lock = threading.RLock()
        self._opened: apsw.Connection | None = None
        self._known: dict[str, Person] = {}
        self._known_at: object = None

    # -- who there is -----------------------------------------------------------------------

    def list(self) -> list[Person]:
        """Everybody, oldest first, put out or not."""
        return [*self._people().values()]

    def get(self, id: str) -> Person:
        """The person of an id.

        Raises:
            NotFoundError: There is none.
        """
        try:
            return self._people()[id]
        except KeyError:
            raise NotFoundError("person: no such person; list them to see who there is") from None

    def find(self, login: str) -> Person:
        """The person of a login, in any spelling of it.

        Raises:
            NotFoundError: There is none.
        """
        key = _key(login)
        for person in self._people().values():
            if _key(person.login) == key:
                return person
        raise NotFoundError("person: no such login; list the people to see who there is")

    def has_owner(self) -> bool:
        """Whether somebody can make clients and people."""
        return any(one.owner and one.active and one.has_password for one in self._people().values())

    def stands(self, id: str, stamp: int, client: str, role: Role) -> bool:
        """Whether a web session of this person would still be let in. With no client: as themselves."""
        person = self._people().get(id)
        if person is None or not person.active or person.stamp != stamp:
            return False
        return person.may(client, role) if client else True

    # -- making and changing ----------------------------------------------------------------

    def add(self, login: str, name: str, *, language: str = "", owner: bool = False) -> Person:
        """Make a person without a password; `link` lets them set one.

        Raises:
            InputError: A login or name is empty, too long, or holds what cannot be shown.
            ConflictError: The login or the name is taken.
        """
        with self._writing() as connection:
            return self.get(_insert(connection, login, name, language=language, owner=owner))

    def grant(self, id: str, client: str, role: Role, *, by: str) -> bool:
        """Let a person act in a role for a client. False when they may already.

        Raises:
            NotFoundError: No such person.
            InputError: An unknown role or an unusable client name.
        """
        if role not in get_args(Role):
            raise InputError(f"grant: the role must be one of {', '.join(get_args(Role))}")
        self.get(id)
        row = (id, client_key(client), check_client_name(client), role, by, _text(datetime.now(UTC)))
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO grants VALUES (?, ?, ?, ?, ?, ?)", row)
            return bool(connection.changes())

    def revoke(self, id: str, client: str, role: Role | None = None) -> None:
        """Take a grant back; web sessions that rest on it end at once.

        Args:
            id: The person.
            client: Of the grant.
            role: None: every role at that client.

        Raises:
            NotFoundError: There is no such grant.
        """
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM grants WHERE person = ? AND client_key = ? AND (? IS NULL OR role = ?)",
                (id, client_key(client), role, role),
            )
            if not connection.changes():
                raise NotFoundError("grant: no such grant; list the people to see what they may do")

    def set_active(self, id: str, *, active: bool) -> Person:
        """Put a person out, or let them in again; their web sessions end.

        Raises:
            NotFoundError: No such person.
            ConflictError: They are the last owner.
        """
        person = self.get(id)
        with self._writing() as connection:
            if not active and person.owner and not _another_owner(connection, id):
                raise ConflictError("person: is the last owner; make another one first")
            connection.execute(
                "UPDATE people SET active = ?, stamp = stamp + 1 WHERE id = ?", (int(active), id)
            )
        return self.get(id)

    def set_owner(self, id: str, *, owner: bool) -> Person:
        """Give or take the right to make clients and people.

        Raises:
            NotFoundError: No such person.
            ConflictError: They are the last owner.
        """
        self.get(id)
        with self._writing() as connection:
            if not owner and not _another_owner(connection, id):
                raise ConflictError("person: is the last owner; make another one first")
            connection.execute(
                "UPDATE people SET owner = ?, stamp = stamp + 1 WHERE id = ?", (int(owner), id)
            )
        return self.get(id)

    def set_language(self, id: str, language: str) -> None:
        """The language of the pages for this person; empty: the browser's.

        Raises:
            NotFoundError: No such person.
        """
        self.get(id)
        with self._writing() as connection:
            connection.execute("UPDATE people SET language = ? WHERE id = ?", (language, id))

    # -- passwords --------------------------------------------------------------------------

    def verify(self, login: str, password: str) -> Person | None:
        """The person, if login and password are theirs and they are active.

        Costs one hash whoever is named, so that time does not tell a known login from another. Bound
        how many run at once: each takes some 0.1 s and 19 MiB.
        """
        import argon2

        with self._lock:
            found = (
                self._connection()
                .execute(
                    "SELECT id, password FROM people WHERE login_key = ? AND active = 1 AND password IS NOT NULL",
                    (_key(login[:_LONGEST_LOGIN]),),
                )
                .fetchone()
            )
        id, kept = found or ("", _nobodys_hash())
        typed = _typed(password)[: LONGEST_PASSWORD + 1]
        try:
            _hasher().verify(kept, typed)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return None
        if not id:
            return None
        if _hasher().check_needs_rehash(kept):
            with self._writing() as connection:
                connection.execute(
                    "UPDATE people SET password = ? WHERE id = ? AND password = ?",
                    (_hasher().hash(typed), id, kept),
                )
        return self._people().get(id)

    def link(self, id: str | None) -> str:
        """A token that sets a password once, within a day. Earlier ones of the same person are void.

        Args:
            id: The person; None: whoever becomes the first owner.

        Raises:
            NotFoundError: No such person.
            ConflictError: The first owner is wanted and there is one.
        """
        if id is not None:
            self.get(id)
        elif self.has_owner():
            raise ConflictError("link: this data folder has an owner, who makes the next people")
        token = secrets.token_urlsafe(32)
        until = datetime.now(UTC) + timedelta(hours=LINK_HOURS)
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM links WHERE person IS ? OR until < ?", (id, _text(datetime.now(UTC)))
            )
            connection.execute("INSERT INTO links VALUES (?, ?, ?)", (_digest(token), id, _text(until)))
        return token

    def linked(self, token: str) -> Person | None:
        """Whom a link is for; None: for the first owner.

        Raises:
            NotFoundError: The link is used up, too old or was never made.
        """
        with self._lock:
            id = _linked(self._connection(), token)
        if id is None and self.has_owner():
            raise NotFoundError(_UNKNOWN_LINK)
        return None if id is None else self.get(id)

    def redeem(self, token: str, password: str, *, login: str = "", name: str = "") -> Person:
        """Set a password by a one-time link; older web sessions of the person end.

        Args:
            token: Of the link.
            password: 12 to 256 characters.
            login: Of the first owner; not read for anybody else.
            name: Likewise.

        Raises:
            NotFoundError: The link is used up, too old or was never made.
            InputError: The password is too easy, or a login or name cannot be used.
            ConflictError: The login or the name is taken.
        """
        person = self.linked(token)
        kept = _hasher().hash(
            check_password(
                password, login=person.login if person else login, name=person.name if person else name
            )
        )
        with self._writing() as connection:
            id = _linked(connection, token)  # of two at once, the second finds nothing
            if id is None:
                if _another_owner(connection, ""):
                    raise NotFoundError(_UNKNOWN_LINK)
                id = _insert(connection, login, name, language="", owner=True)
            connection.execute("UPDATE people SET password = ?, stamp = stamp + 1 WHERE id = ?", (kept, id))
            connection.execute("DELETE FROM links WHERE digest = ? OR person IS ?", (_digest(token), id))
        return self.get(id)

    def reset(self, id: str) -> str:
        """Take a person's password away, end their web sessions, and give a link for a new one.

        Raises:
            NotFoundError: No such person.
        """
        self.get(id)
        with self._writing() as connection:
            connection.execute("UPDATE people SET password = NULL, stamp = stamp + 1 WHERE id = ?", (id,))
        return self.link(id)

    def close(self) -> None:
        """Close the file. It opens again when it is used."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = self._known_at = None

    # -- inside -----------------------------------------------------------------------------

    def _connection(self) -> apsw.Connection:
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._opened = open_file(self._path, prepare=_prepare)
        return self._opened

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._lock:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            self._known_at = None
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            else:
                connection.execute("COMMIT")
            finally:
                self._known_at = None

    def _people(self) -> dict[str, Person]:
        """By id, read again only when the file has changed: this is asked with every request."""
        with self._lock:
            connection = self._connection()
            version = connection.pragma("data_version")
            if self._known_at != version:
                grants: dict[str, list[Grant]] = {}
                for id, client, role, by, at in connection.execute(
                    "SELECT person, client, role, granted_by, granted_at FROM grants ORDER BY client, role"
                ):
                    grants.setdefault(id, []).append(Grant(client, role, by, datetime.fromisoformat(at)))
                rows: Sequence[Any] = connection.execute(
                    "SELECT id, login, name, language, owner, active, password IS NOT NULL, stamp, made_at "
                    "FROM people ORDER BY rowid"
                ).fetchall()
                self._known = {row[0]: _person(row, grants.get(row[0], ())) for row in rows}
                self._known_at = version
            return self._known


def check_password(password: str, *, login: str = "", name: str = "") -> str:
    """The password as it is hashed (NFC), if it is long and unlike the person's own names.

    Raises:
        InputError: Says what to change, never the password.
    """
    typed = _typed(password)
    if not SHORTEST_PASSWORD <= len(typed) <= LONGEST_PASSWORD:
        raise InputError(
            f"password: must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words will do"
        )
    plain = typed.casefold()
    own = {_key(login), _key(login).partition("@")[0], _key(name), "unscripted", "password"} - {""}
    rest = plain
    for word in sorted(own, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(set(plain)) < _FEWEST_DIFFERENT or len(rest.strip("0123456789!?.-_ ")) < SHORTEST_PASSWORD // 3:
        raise InputError("password: is too easy to guess; take a few words that do not belong together")
    return typed


@cache
def _hasher() -> argon2.PasswordHasher:
    import argon2

    return argon2.PasswordHasher(
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=32,
        salt_len=16,
        type=argon2.Type.ID,
    )


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))


def _insert(connection: apsw.Connection, login: str, name: str, *, language: str, owner: bool) -> str:
    login = _usable(login, _LONGEST_LOGIN, "login")
    name = _usable(name, _LONGEST_NAME, "name")
    if any(character.isspace() for character in login):
        raise InputError("person: a login has no blanks; an e-mail address is a good one")
    for column, value in (("login", login), ("name", name)):
        taken = connection.execute(
            f"SELECT 1 FROM people WHERE {column}_key = ?",  # noqa: S608 - one of two words above
            (_key(value),),
        ).fetchone()
        if taken:
            raise ConflictError(f"person: this {column} is taken; choose another one")
    id = "p-" + secrets.token_hex(8)
    connection.execute(
        "INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, 1, NULL, 0, ?)",
        (id, login, _key(login), name, _key(name), language, int(owner), _text(datetime.now(UTC))),
    )
    return id


def _another_owner(connection: apsw.Connection, id: str) -> bool:
    query = "SELECT 1 FROM people WHERE owner = 1 AND active = 1 AND password IS NOT NULL AND id != ?"
    return connection.execute(query, (id,)).fetchone() is not None


def _linked(connection: apsw.Connection, token: str) -> str | None:
    row = connection.execute("SELECT person, until FROM links WHERE digest = ?", (_digest(token),)).fetchone()
    if row is None or datetime.fromisoformat(row[1]) <= datetime.now(UTC):
        raise NotFoundError(_UNKNOWN_LINK)
    id: str | None = row[0]
    return id


def _person(row: Sequence[Any], grants: Sequence[Grant]) -> Person:
    id, login, name, language, owner, active, has_password, stamp, made_at = row
    return Person(
        id, login, name, language, bool(owner), bool(active), bool(has_password), stamp,
        datetime.fromisoformat(made_at), tuple(grants),
    )  # fmt: skip


def _usable(text: str, longest: int, what: str) -> str:
    spelled = unicodedata.normalize("NFC", text.strip())
    if not 0 < len(spelled) <= longest or not spelled.isprintable():
        raise InputError(f"person: the {what} must be 1 to {longest} printable characters")
    return spelled


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text.strip()).casefold()


def _typed(password: str) -> str:
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _prepare(connection: apsw.Connection) -> None:
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
            """
        )
        connection.pragma("user_version", _SHAPE)
